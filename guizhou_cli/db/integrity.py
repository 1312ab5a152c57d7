"""Whether the database is sound: SQLite's own checks, the search index, and the facts that ship with gz.

The database is read, never written: what SQLite only checks where it may write is checked in a copy.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import NamedTuple

from guizhou_cli.answer import Row
from guizhou_cli.db.build import build, checksum, index_terms, temporary_copy
from guizhou_cli.db.connection import INDEX_VERSION, ask, code, reported, restart
from guizhou_cli.db.rows import BY_CLAIM, Fields, source_rows
from guizhou_cli.errors import DatabaseProblem

_AT_MOST = 20
"""Faults of one check that are listed one by one."""

_SAMPLE = 2_000
"""Claims of which all indexed words are compared; of more, this many evenly spread ones. Their texts all are."""

_TRANSIENT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}


class Fault(NamedTuple):
    """What is wrong, and with which claim."""

    detail: str
    claim: str | None = None
    paragraph: int | None = None
    source: str | None = None


class NotComparedError(Exception):
    """There is nothing to compare with, for a reason that is no fault."""


def checks(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield rows (check, status, detail, claim, paragraph, source): one with status ok, or one for each fault.

    Raises:
        DatabaseProblem: if the database is busy, or there is no room for the copy in which the index is checked.

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
                if code(problem.__cause__) in _TRANSIENT:
                    raise
                faults = [Fault(problem.message)]
            if not faults:
                yield (name, "ok", None, None, None, None)
            yield from ((name, "failed", *fault) for fault in faults[:_AT_MOST])
            if len(faults) > _AT_MOST:
                yield (name, "failed", "and more", None, None, None)


def _integrity(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    yield from (Fault(str(found)) for (found,) in ask(db, f"PRAGMA integrity_check({_AT_MOST + 1})") if found != "ok")


def _references(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Fault(f"{table}{'' if row is None else f' {row}'} refers to a {parent} that is not there")


def _definitions(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Fault]:
    """Compare tables, indexes and views with facts.sql; what a user has added beside them is the user's."""
    _require_ours(db)
    # The definitions of FTS5's own tables differ between versions of SQLite.
    schema = "SELECT name, type, sql FROM sqlite_schema WHERE name NOT GLOB 'claim_fts*' AND name NOT GLOB 'sqlite*'"
    there = {name: sql for name, _, sql in db.execute(schema)}
    for name, kind, sql in packaged.execute(schema):
        if name not in there:
            yield Fault(f"the {kind} {name} is not there")
        elif sql != there[name]:
            yield Fault(f"the {kind} {name} is not as facts.sql has it")


def _facts(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Fault]:
    """Compare the shipped sources with facts.sql, cell by cell. A user's copy of the report is no difference."""
    _require_ours(db)
    places = {id_: place for id_, *place in packaged.execute("SELECT id, key, paragraph, source_id FROM claim")}
    for (source,) in ask(packaged, "SELECT source_id FROM build"):
        wanted, there = (_shipped(of, str(source)) for of in (packaged, db))
        for (table, *key), row in (there | wanted).items():
            other = there.get((table, *key), {})
            if not other:
                wrong = ["is not there"]
            elif (table, *key) not in wanted:
                wrong = ["is not in facts.sql"]
            else:
                different = [(name, cell) for name, cell in row.items() if cell != other[name]]
                wrong = [f"{name} is {other[name]!r}; facts.sql says {cell!r}" for name, cell in different]
            place = places.get(key[0], []) if table == "claim" or table in BY_CLAIM else []
            yield from (Fault(f"{table} {', '.join(map(str, key))}: {each}", *place) for each in wrong)


def _shipped(db: sqlite3.Connection, source: str) -> dict[tuple[object, ...], Fields]:
    """Return the rows of a source by table and key, which is the column `id` or the first two."""
    rows = source_rows(db, source)
    for passage in rows["passage"]:
        del passage["text"]
    rows["abbreviation"] = [{"short": short, "long": long} for short, long in ask(db, "SELECT * FROM abbreviation")]
    return {
        (table, *list(row.values())[: 1 if "id" in row else 2]): row for table, found in rows.items() for row in found
    }


def _index(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    _require_index(db)
    # FTS5 answers only an INSERT, which a read-only database refuses.
    try:
        with closing(temporary_copy(db)) as copy, reported(copy):
            copy.execute("INSERT INTO claim_fts (claim_fts, rank) VALUES ('integrity-check', 1)")
    except DatabaseProblem as problem:
        if code(problem.__cause__) != sqlite3.SQLITE_CORRUPT:
            raise
        yield Fault("the full-text index does not match the words that it was made of")


def _words(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    """Compare the indexed words with the claims they are of."""
    _require_index(db)
    if ask(db, "SELECT min(words) FROM build") != [(INDEX_VERSION,)]:
        raise NotComparedError("indexed by the rules of another release")
    place = "SELECT c.key, c.paragraph, c.source_id"
    indexed = (
        " FROM claim_words AS w JOIN claim AS c ON c.id = w.claim_id LEFT JOIN claim_fts_content AS f ON f.id = c.id"
    )
    for found in db.execute(f"{place}{indexed} WHERE (f.c0, f.c1, f.c2) IS NOT (w.statement, w.quote, w.passage)"):
        yield Fault("a search finds it by other words than it has", *found)
    for (id_,) in ask(db, "SELECT id FROM claim_fts_content WHERE id NOT IN (SELECT id FROM claim)"):
        yield Fault(f"the index has words of a claim {id_}, which is not there")
    [(count,)] = db.execute("SELECT count(*) FROM claim")
    terms = f"{place}, f.c3, w.statement, w.quote, w.passage, w.terms{indexed} WHERE c.id % ? = 0"
    for key, paragraph, source, there, *texts in db.execute(terms, [max(1, count // _SAMPLE)]):
        restart(db)
        if there != index_terms(*texts):
            yield Fault("a search finds it by other terms than it should", key, paragraph, source)


def _require_index(db: sqlite3.Connection) -> None:
    if ask(db, "SELECT 1 FROM sqlite_schema WHERE name = 'claim_fts_content'"):
        return
    if ask(db, "SELECT 1 FROM build WHERE words IS NOT NULL"):
        raise DatabaseProblem("the table claim_fts is not there")
    raise NotComparedError("not indexed; a search indexes it in memory")


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
