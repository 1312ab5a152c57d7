"""Whether the database is sound: SQLite's own checks, the search index, and the facts that ship with gz.

The database is read, never written: what SQLite only checks where it may write is checked in a copy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

from guizhou_cli.answer import Cell, Row
from guizhou_cli.db.build import build, changed_copy, checksum, index_texts
from guizhou_cli.db.connection import INDEX_VERSION, ask, code, read, reported
from guizhou_cli.db.rows import Fields, source_rows
from guizhou_cli.errors import DatabaseProblem

_AT_MOST = 20
"""Faults of one check that are listed one by one."""

_SAMPLE = 2_000
"""Claims of which all indexed words are compared; of more, this many evenly spread ones. Their texts all are."""


class NotComparedError(Exception):
    """There is nothing to compare with, for a reason that is no fault."""


def checks(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield rows (check, status, detail, claim, paragraph, source): one with status ok, or one for each fault.

    Raises:
        DatabaseProblem: if there is no room for the copy in which the index is checked.

    """
    with closing(build()) as packaged:
        for name, check in _CHECKS.items():
            try:
                with reported(db):
                    faults = list(islice(check(db, packaged), _AT_MOST + 1))
            except NotComparedError as reason:
                yield (name, "ok", str(reason), None, None, None)
                continue
            except DatabaseProblem as problem:
                if code(problem.__cause__) == sqlite3.SQLITE_FULL:
                    raise
                faults = [_fault(problem.message)]
            faults[_AT_MOST:] = [_fault("and more") for _ in faults[_AT_MOST:]]
            yield from [(name, "failed", *fault) for fault in faults] or [(name, "ok", None, None, None, None)]


def _fault(detail: Cell, claim: Cell = None, paragraph: Cell = None, source: Cell = None) -> Row:
    """Return what is wrong, and with which claim."""
    return (detail, claim, paragraph, source)


def _integrity(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Row]:
    yield from (_fault(found) for (found,) in ask(db, f"PRAGMA integrity_check({_AT_MOST + 1})") if found != "ok")


def _references(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Row]:
    for table, row, parent, _key in ask(db, "PRAGMA foreign_key_check"):
        yield _fault(f"{table}{'' if row is None else f' {row}'} refers to a {parent} that is not there")


def _definitions(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Row]:
    """Compare tables, indexes and views with facts.sql; what a user has added beside them is the user's."""
    _require_ours(db)
    # The definitions of FTS5's own tables differ between versions of SQLite.
    schema = "SELECT name, type, sql FROM sqlite_schema WHERE name NOT GLOB 'claim_fts*' AND name NOT GLOB 'sqlite*'"
    there = {name: sql for name, _, sql in ask(db, schema)}
    for name, kind, sql in ask(packaged, schema):
        if sql != there.get(name):
            yield _fault(f"the {kind} {name} is not {'as facts.sql has it' if name in there else 'there'}")


def _facts(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Row]:
    """Compare the shipped sources with facts.sql, cell by cell. A user's copy of the report is no difference."""
    _require_ours(db)
    claims = "SELECT id, key, paragraph, source_id FROM claim"
    places: dict[object, list[Cell]] = {id_: place for id_, *place in ask(packaged, claims)}
    for (source,) in ask(packaged, "SELECT source_id FROM build"):
        wanted, there = (_shipped(of, str(source)) for of in (packaged, db))
        for table, *key in there | wanted:
            ours, other = wanted.get((table, *key), {}), there.get((table, *key), {})
            if not other:
                wrong = ["is not there"]
            elif not ours:
                wrong = ["is not in facts.sql"]
            else:
                different = [(name, cell) for name, cell in ours.items() if cell != other[name]]
                wrong = [f"{name} is {other[name]!r}; facts.sql says {cell!r}" for name, cell in different]
            for each in wrong:  # of a claim, or of a table whose key begins with one
                yield _fault(f"{table} {', '.join(map(str, key))}: {each}", *places.get(key[0], []))


def _shipped(db: sqlite3.Connection, source: str) -> dict[tuple[object, ...], Fields]:
    """Return the rows of a source by table and key, which is the column `id` or the first two."""
    rows = source_rows(db, source)
    for passage in rows["passage"]:
        del passage["text"]
    rows["abbreviation"] = [{"short": short, "long": long} for short, long in ask(db, "SELECT * FROM abbreviation")]
    return {
        (table, *list(row.values())[: 1 if "id" in row else 2]): row for table, found in rows.items() for row in found
    }


def _index(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Row]:
    _require_index(db)
    # FTS5 answers only an INSERT, which a read-only database refuses.
    check = "INSERT INTO claim_fts (claim_fts, rank) VALUES ('integrity-check', 1)"
    try:
        changed_copy(db, lambda copy: copy.execute(check)).close()
    except DatabaseProblem as problem:
        if code(problem.__cause__) != sqlite3.SQLITE_CORRUPT:
            raise
        yield _fault("the full-text index does not match the words that it was made of")


def _words(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Row]:
    """Compare the indexed words with the claims they are of."""
    _require_index(db)
    for (id_,) in ask(db, "SELECT id FROM claim_fts_content WHERE id NOT IN (SELECT id FROM claim)"):
        yield _fault(f"the index has words of a claim {id_}, which is not there")
    [(count,)] = ask(db, "SELECT count(*) FROM claim")
    step = max(1, int(str(count)) // _SAMPLE)
    compared = (
        "SELECT c.key, c.paragraph, c.source_id, f.c0, f.c1, f.c2, f.c3, w.statement, w.quote, w.passage, w.terms"
        " FROM claim_words AS w JOIN claim AS c ON c.id = w.claim_id LEFT JOIN claim_fts_content AS f ON f.id = c.id"
        " WHERE c.id % ? = 0"
        " OR (f.c0, f.c1, substr(f.c2, 1, length(w.passage))) IS NOT (w.statement, w.quote, w.passage)"
    )
    for key, paragraph, source, *cells in read(db, compared, [step])[1]:
        if tuple(cells[:4]) != index_texts(*map(str, cells[4:])):
            yield _fault("a search finds it by other words than it has", key, paragraph, source)


def _require_index(db: sqlite3.Connection) -> None:
    if ask(db, "SELECT min(words) FROM build") != [(INDEX_VERSION,)]:
        raise NotComparedError("not indexed by the rules of this release")


def _require_ours(db: sqlite3.Connection) -> None:
    """Require that the shipped facts are of this release; in a database that no gz has built they must be."""
    if not set(ask(db, "SELECT checksum FROM build")) <= {(None,), (checksum(),)}:
        raise NotComparedError("of another release of gz, which has them to compare with")


_CHECKS = {
    "database": _integrity,
    "references": _references,
    "tables and views": _definitions,
    "shipped facts": _facts,
    "search index": _index,
    "search words": _words,
}
"""A check yields what is wrong with a database, given it and one that was just built from facts.sql."""
