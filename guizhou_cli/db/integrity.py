"""Whether the database is sound: SQLite's own checks, the search index, and the facts that ship with gz.

The database is read, never written: what SQLite only checks where it may write is checked in a copy.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, NamedTuple

from guizhou_cli.answer import Row
from guizhou_cli.db.build import build, checksum, index_terms, temporary_copy
from guizhou_cli.db.connection import DAMAGE, INDEX_VERSION, problem_with, restart, was_interrupted
from guizhou_cli.db.rows import BY_CLAIM, source_rows
from guizhou_cli.errors import DatabaseProblem

_AT_MOST = 20
"""Faults of one check that are listed one by one."""

_RESPELLED = 5_000
"""Claims whose words in one spelling are compared; of more, this many evenly spread ones. All words as written are."""

_Key = tuple[Any, ...]

_TRANSIENT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL}


class Fault(NamedTuple):
    """What is wrong, and with which claim; or with `status` ok, why something is not checked."""

    detail: str
    claim: str | None = None
    paragraph: int | None = None
    source: str | None = None
    status: str = "failed"


def checks(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield rows (check, status, detail, claim, paragraph, source): one with status ok, or one for each fault.

    Raises:
        DatabaseProblem: if the database is busy, or there is no room for the copy in which the index is checked.

    """
    with closing(build()) as packaged:
        for name, check in _CHECKS.items():
            restart(db)
            faults = _faults(check, db, packaged)
            if not faults:
                yield (name, "ok", None, None, None, None)
            for fault in faults[:_AT_MOST]:
                yield (name, fault.status, *fault[:-1])
            if len(faults) > _AT_MOST:
                yield (name, "failed", "and more", None, None, None)


def _faults(check: "_Check", db: sqlite3.Connection, packaged: sqlite3.Connection) -> list[Fault]:
    try:
        return list(islice(check(db, packaged), _AT_MOST + 1))
    except DAMAGE as error:
        if was_interrupted(db, error):
            raise KeyboardInterrupt from error
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _TRANSIENT:
            raise problem_with(error) from error
        return [Fault(str(error) or "it asks for too much memory")]
    except DatabaseProblem as problem:
        return [Fault(problem.message)]


def _integrity(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    for (found,) in db.execute(f"PRAGMA integrity_check({_AT_MOST + 1})"):
        if found != "ok":
            yield Fault(str(found))


def _references(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Fault(f"{table}{'' if row is None else f' {row}'} refers to a {parent} that is not there")


def _definitions(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Fault]:
    """Compare tables, indexes and views with facts.sql; what a user has added beside them is the user's."""
    if not _is_ours(db):
        yield _OTHER_RELEASE
        return
    there = _schema(db)
    for name, (kind, sql) in _schema(packaged).items():
        if name not in there:
            if not name.startswith("claim_fts"):
                yield Fault(f"the {kind} {name} is not there")
        elif sql != there[name][1]:
            yield Fault(f"the {kind} {name} is not as facts.sql has it")


def _schema(db: sqlite3.Connection) -> dict[str, tuple[str, str | None]]:
    """Return kind and definition by name; only the kind of FTS5's own tables, which differ between versions."""
    return {
        str(name): (kind, None if str(name).startswith("claim_fts_") else sql)
        for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_schema")
        if not str(name).startswith("sqlite_")
    }


def _facts(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Fault]:
    """Compare the shipped sources with facts.sql, cell by cell. A user's copy of the report is no difference."""
    if not _is_ours(db):
        yield _OTHER_RELEASE
        return
    places = {id_: place for id_, *place in packaged.execute("SELECT id, key, paragraph, source_id FROM claim")}
    for (source,) in packaged.execute("SELECT source_id FROM build").fetchall():
        there = source_rows(db, source)
        for table, rows in source_rows(packaged, source).items():
            for key, wrong in _differences(rows, there[table]):
                place = places.get(key[0], []) if table == "claim" or table in BY_CLAIM else []
                yield Fault(f"{table} {', '.join(map(str, key))}: {wrong}", *place)
    short_forms = [
        [{"short": short, "long": long} for short, long in connection.execute("SELECT short, long FROM abbreviation")]
        for connection in (packaged, db)
    ]
    yield from (Fault(f"abbreviation {', '.join(key)}: {wrong}") for key, wrong in _differences(*short_forms))


def _differences(wanted: Sequence[Mapping[str, Any]], there: Sequence[Mapping[str, Any]]) -> Iterator[tuple[_Key, str]]:
    """Yield the key of each row that differs, and how."""
    by_key = {_key(row): row for row in there}
    for row in wanted:
        other = by_key.pop(_key(row), None)
        if other is None:
            yield _key(row), "is not there"
            continue
        for name, cell in row.items():
            if cell != other[name] and name != "text":
                yield _key(row), f"{name} is {other[name]!r}; facts.sql says {cell!r}"
    yield from ((key, "is not in facts.sql") for key in by_key)


def _key(row: Mapping[str, Any]) -> _Key:
    """Return the first columns of a row, by which the tables of facts.sql identify it."""
    return (row["id"],) if "id" in row else tuple(row.values())[:2]


def _index(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    if not _has_index(db):
        yield from _without_index(db)
        return
    # FTS5 answers only an INSERT, which a read-only database refuses.
    with closing(temporary_copy(db)) as copy:
        try:
            copy.execute("INSERT INTO claim_fts (claim_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if was_interrupted(copy, error):
                raise KeyboardInterrupt from error
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            yield Fault("the full-text index does not match the words that it was made of")


def _words(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    """Compare the indexed words with the claims they are of."""
    [(words,)] = db.execute("SELECT min(words) FROM build")
    if words != INDEX_VERSION or not _has_index(db):
        yield Fault("indexed by the rules of another release, or not at all", status="ok")
        return
    place = "SELECT c.key, c.paragraph, c.source_id"
    differing = (
        " FROM claim_words AS w JOIN claim AS c ON c.id = w.claim_id LEFT JOIN claim_fts_content AS f ON f.id = c.id"
        " WHERE (f.c0, f.c1, f.c2) IS NOT (w.statement, w.quote, w.passage)"
        "    OR substr(f.c3, 1, length(w.terms) + 3) IS NOT w.terms || ' | '"
    )
    for found in db.execute(place + differing):
        yield Fault("a search finds it by other words than it has", *found)
    for (id_,) in db.execute("SELECT id FROM claim_fts_content WHERE id NOT IN (SELECT id FROM claim)"):
        yield Fault(f"the index has words of a claim {id_}, which is not there")
    [(count,)] = db.execute("SELECT count(*) FROM claim")
    spelled = (
        f"{place}, f.c3, w.statement, w.quote, w.passage, w.terms"
        " FROM claim_words AS w JOIN claim AS c ON c.id = w.claim_id JOIN claim_fts_content AS f ON f.id = c.id"
        " WHERE w.claim_id % ? = 0"
    )
    for key, paragraph, source, terms, *texts in db.execute(spelled, [max(1, count // _RESPELLED)]):
        restart(db)
        if terms != index_terms(*texts):
            yield Fault("a search finds it by other spellings than it should", key, paragraph, source)


def _has_index(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'claim_fts_content'").fetchone() is not None


def _without_index(db: sqlite3.Connection) -> Iterator[Fault]:
    """Yield a fault, or a row ok where no gz has indexed the database."""
    if db.execute("SELECT 1 FROM build WHERE words IS NOT NULL").fetchone():
        yield Fault("the table claim_fts is not there")
    else:
        yield Fault("not indexed; a search indexes it in memory", status="ok")


def _is_ours(db: sqlite3.Connection) -> bool:
    """Return whether the shipped facts are of this release; in a database that no gz has built they must be."""
    return {of for (of,) in db.execute("SELECT checksum FROM build")} <= {None, checksum()}


_OTHER_RELEASE = Fault("of another release of gz, which has them to compare with", status="ok")

_Check = Callable[[sqlite3.Connection, sqlite3.Connection], Iterable[Fault]]
"""A check yields what is wrong with a database, given it and one that was just built from facts.sql."""

_CHECKS: dict[str, _Check] = {
    "database": _integrity,
    "references": _references,
    "tables and views": _definitions,
    "shipped facts": _facts,
    "search index": _index,
    "search words": _words,
}
