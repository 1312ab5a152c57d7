"""Whether the database holds together: SQLite's own checks, the search index, and the facts that came with gz.

The database is read, never written: what SQLite only checks where it may write is checked in a copy.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from guizhou_cli import building, known, spelling
from guizhou_cli.database import problem_with
from guizhou_cli.progress import Progress
from guizhou_cli.reading import Row

_AT_MOST = 20
"""Faults that are told one by one."""

_TRANSIENT = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM}


class Fault(NamedTuple):
    """What is wrong, and with which claim."""

    detail: str
    claim: str | None = None
    paragraph: int | None = None
    source: str | None = None


def checks(db: sqlite3.Connection) -> Iterator[Row]:
    """Yield the checks of a database as rows with the columns of `queries.VERIFICATION`: passed, or a row each fault.

    Raises:
        DatabaseProblem: if the database is busy, or there is no room for the copy that the index is checked in.

    """
    with closing(building.build()) as packaged:
        for name, check in _CHECKS.items():
            yield from _checked(name, check, db, packaged)


def _checked(name: str, check: "_Check", db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Row]:
    try:
        faults = list(check(db, packaged))
    except (sqlite3.Error, ValueError, OverflowError) as error:  # what damage looks like from here
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _TRANSIENT:
            raise problem_with(error) from error
        faults = [Fault(str(error))]
    if not faults:
        yield (name, "ok", None, None, None, None)
    for fault in faults[:_AT_MOST]:
        yield (name, "failed", *fault)
    if len(faults) > _AT_MOST:
        yield (name, "failed", f"and {len(faults) - _AT_MOST} more", None, None, None)


def _integrity(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    for (found,) in db.execute(f"PRAGMA integrity_check({_AT_MOST + 1})"):
        if found != "ok":
            yield Fault(str(found))


def _references(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    for table, row, parent, _ in db.execute("PRAGMA foreign_key_check"):
        yield Fault(f"{table}{'' if row is None else f' {row}'} refers to a {parent} that is not there")


def _index(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    # FTS5 answers only an INSERT, so that a read-only database can't be asked. The copy is a temporary file of
    # SQLite's own, of which no more is held in memory than its cache.
    with closing(sqlite3.connect("", isolation_level=None)) as copy:
        db.backup(copy)
        try:
            copy.execute("INSERT INTO claim_search_fts (claim_search_fts, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            yield Fault("the full-text index does not match the words it was made of")


def _words(db: sqlite3.Connection, _: sqlite3.Connection) -> Iterator[Fault]:
    asked = (
        "SELECT c.key, c.paragraph, c.source_id, w.statement, w.context, w.role, s.statement, s.context, s.role"
        "  FROM claim_words AS w JOIN claim AS c ON c.id = w.claim_id LEFT JOIN claim_search AS s USING (claim_id)"
    )
    with Progress("checking", db.execute("SELECT count(*) FROM claim").fetchone()[0]) as shown:
        for key, paragraph, source, *texts in db.execute(asked):
            shown.advance(1)
            if texts[3:] != [spelling.canonical(text) for text in texts[:3]]:
                yield Fault("a search finds it by other words than it has", key, paragraph, source)


def _definitions(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Fault]:
    """Hold tables, indexes and views against facts.sql; whatever a user has added beside them is theirs."""
    there = _schema(db)
    for name, (kind, sql) in _schema(packaged).items():
        if name not in there:
            yield Fault(f"the {kind} {name} is not there")
        elif sql != there[name][1]:
            yield Fault(f"the {kind} {name} is not as facts.sql has it")


def _schema(db: sqlite3.Connection) -> dict[str, tuple[str, str | None]]:
    """Return kind and definition by name; of what sqlite-utils adds, whose spelling it may change, only the kind."""
    return {
        name: (kind, None if kind == "trigger" or name.startswith("claim_search_fts") else sql)
        for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_schema")
        if not name.startswith("sqlite_")
    }


def _facts(db: sqlite3.Connection, packaged: sqlite3.Connection) -> Iterator[Fault]:
    """Hold the shipped sources against facts.sql, cell for cell; what added ones may share must be there.

    Nothing but facts.sql tells abbreviations, so that there must be no others; and no two partners share a name.
    """
    claims = {id_: place for id_, *place in packaged.execute("SELECT id, key, paragraph, source_id FROM claim")}
    sources = [source for (source,) in packaged.execute("SELECT source_id FROM build")]
    for table in _tables(packaged):
        asked = f"SELECT * FROM {table.name}"
        if table.shipped:
            asked += f" WHERE {table.shipped.format(marks=', '.join('?' * len(sources)))}"
        values = sources if table.shipped else []
        wanted, there = (table.rows(connection.execute(asked, values)) for connection in (packaged, db))
        shared = not table.shipped and table.name != "abbreviation"
        for key, wrong in _differences(table.columns, wanted, there, shared=shared):
            place = claims.get(key[0], []) if table.of_claims else []
            yield Fault(f"{table.name} {', '.join(map(str, key))}: {wrong}", *place)
    partners: dict[str, str] = {}
    for partner, called in known.partner_names(db).items():
        for name in filter(spelling.fold, (partner, *called)):
            if partners.setdefault(spelling.fold(name), partner) != partner:
                yield Fault(f"{name} is a name of {partners[spelling.fold(name)]} and of {partner}")


_Rows = dict[tuple[Any, ...], tuple[Any, ...]]
"""Rows by their primary key."""

_SHIPPED = {
    "source_id": "source_id IN ({marks})",
    "claim_id": "claim_id IN (SELECT id FROM claim WHERE source_id IN ({marks}))",
    "published": "id IN ({marks})",  # table source itself
}
"""By which column a table's rows belong to a source, and how to choose them; rows of other tables are shared."""


class _Table(NamedTuple):
    name: str
    columns: list[str]
    identity: list[int]
    shipped: str | None

    @property
    def of_claims(self) -> bool:
        """Whether the primary key begins with a claim's id."""
        return self.name == "claim" or self.columns[self.identity[0]] == "claim_id"

    def rows(self, found: Iterable[tuple[Any, ...]]) -> _Rows:
        return {tuple(row[at] for at in self.identity): row for row in found}


def _tables(packaged: sqlite3.Connection) -> Iterator[_Table]:
    listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'claim_search_fts%'"
    for (name,) in packaged.execute(listed).fetchall():
        described = packaged.execute(f"PRAGMA table_xinfo({name})").fetchall()
        columns = [column[1] for column in described]
        shipped = next((how for column, how in _SHIPPED.items() if column in columns), None)
        yield _Table(name, columns, [at for at, column in enumerate(described) if column[5]], shipped)


def _differences(columns: list[str], wanted: _Rows, there: _Rows, *, shared: bool) -> Iterator[tuple[Any, str]]:
    for key, row in wanted.items():
        if key not in there:
            yield key, "is not there"
            continue
        for name, cell, other in zip(columns, row, there[key], strict=True):
            if cell != other:
                yield key, f"{name} is {other!r}; facts.sql says {cell!r}"
    if not shared:
        yield from ((key, "is not in facts.sql") for key in there if key not in wanted)


_Check = Callable[[sqlite3.Connection, sqlite3.Connection], Iterable[Fault]]
"""What is wrong with a database, given it and one that has just been built of facts.sql."""

_CHECKS: dict[str, _Check] = {
    "database": _integrity,
    "references": _references,
    "tables and views": _definitions,
    "shipped facts": _facts,
    "search index": _index,
    "search words": _words,
}
