"""Renewing a database of an older release: the facts that ship are replaced, what was added is added again."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from guizhou_cli.db.build import build, index, temporary_copy, write_down
from guizhou_cli.db.connection import Connection, ask, closed_on_error, facts_sql, pragma, restart
from guizhou_cli.db.rows import BY_CLAIM, SHARED, insert_rows, source_rows
from guizhou_cli.errors import DatabaseProblem, note

FIRST_ADDED = 100_001
"""The first number of a claim that a user adds; those below are left to the claims that ship."""

_VERSION_1 = set(
    "source passage speaker appearance topic claim claim_topic industrial_base policy_measure trade_partner"
    " trade_partner_alias trade_growth abbreviation claim_search claim_search_fts build attributed bases trade measures"
    " claims speakers topics sources claim_words show reports passages".split()
)
"""The tables and views of schema version 1."""

_FIGURES_1 = "trade_growth"
_BY_CLAIM_1 = ("claim_topic", "industrial_base", "policy_measure", _FIGURES_1)


def renew(db: Connection) -> None:
    """Rebuild a database in place, within the caller's transaction and with foreign keys off.

    Each added briefing is set aside as rows, our tables and views are replaced by the packaged ones, and the briefings
    are added again. Other tables stay as they are.

    Raises:
        DatabaseProblem: if it can't be read, or somebody's view has a name that is needed.
        sqlite3.Error: if it can't be written, or what was added breaks a constraint.

    """
    with closing(build()) as fresh:
        ours = {str(name) for (name,) in ask(fresh, "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL")}
    first_version = pragma(db, "user_version") == 1
    how = "added" if ask(db, "SELECT 1 FROM build LIMIT 1") else "there"
    _set_aside(db, first_version=first_version)
    _drop(db, _VERSION_1 if first_version else ours)
    _make_room(db, ours)
    for statement in _statements(facts_sql().decode()):
        db.execute(statement)
    write_down(db)
    _bring_back(db, how)
    index(db)
    _require_references(db, ours)


def migrated_copy(db: sqlite3.Connection) -> Connection:
    """Return a renewed copy in memory of a database that may not be changed."""
    with closed_on_error(temporary_copy(db)) as copy:
        copy.execute("PRAGMA foreign_keys = OFF")
        copy.execute("BEGIN")
        renew(copy)
        copy.execute("COMMIT")
        copy.execute("PRAGMA query_only = ON")
    return copy


def split_keywords(joined: str) -> list[str]:
    r"""Return the keywords that version 1 kept in one text: joined by `; `, with `;` and `\` of theirs after a `\`."""
    keywords: list[list[str]] = [[]]
    characters = iter(joined)
    for character in characters:
        if character == ";":
            keywords.append([])
        else:
            keywords[-1].append(next(characters, "") if character == "\\" else character)
    return [keyword for keyword in ("".join(parts).removeprefix(" ") for parts in keywords) if keyword]


def _set_aside(db: Connection, *, first_version: bool) -> None:
    """Keep what belongs to added briefings in a temporary table, source by source, as JSON."""
    tables = (_BY_CLAIM_1, SHARED | {"trade_partner": _FIGURES_1}) if first_version else (BY_CLAIM, SHARED)
    db.execute("CREATE TEMP TABLE kept (source TEXT, rows TEXT)")
    for (source,) in ask(db, "SELECT id FROM source WHERE id NOT IN (SELECT source_id FROM build) ORDER BY rowid"):
        rows = source_rows(db, str(source), *tables)
        db.execute("INSERT INTO temp.kept VALUES (?, ?)", [source, json.dumps(rows)])


def _bring_back(db: Connection, how: str) -> None:
    """Insert what was set aside. `how` says how a source of an id that ships now came to be there."""
    for (source,) in ask(db, "SELECT source FROM temp.kept WHERE source IN (SELECT id FROM main.source)"):
        note(f"{source} ships with gz now, in place of the one that was {how}")
        db.execute("DELETE FROM temp.kept WHERE source = ?", [source])
    lowest = "SELECT min(json_extract(c.value, '$.id')) FROM temp.kept, json_each(rows, '$.claim') AS c"
    [(first, last)] = ask(db, f"SELECT ({lowest}), (SELECT max(id) FROM main.claim)")
    # Only where somebody has numbered claims by hand do they collide with those that ship.
    shift = FIRST_ADDED - first if isinstance(first, int) and isinstance(last, int) and first <= last else 0
    for (rows,) in ask(db, "SELECT rows FROM temp.kept ORDER BY rowid"):
        insert_rows(db, _current(json.loads(str(rows)), shift))
    db.execute("DROP TABLE temp.kept")


def _current(rows: dict[str, list[dict[str, object]]], shift: int) -> dict[str, list[dict[str, object]]]:
    """Return rows of this or an older schema as rows of this one, with their claims' numbers raised by `shift`."""
    fingerprinted = {row["number"] for row in rows["passage"] if row["sha256"]}
    for row in rows["claim"]:
        if "keywords" in row:
            row["evidence"] = "checked" if row["paragraph"] in fingerprinted else "unchecked"  # as version 1 added it
            keywords = enumerate(split_keywords(str(row.pop("keywords"))), 1)
            numbered = [{"claim_id": row["id"], "position": at, "keyword": keyword} for at, keyword in keywords]
            rows.setdefault("claim_keyword", []).extend(numbered)
    growth = rows.pop(_FIGURES_1, None)
    if growth is not None:
        fixed = {"position": 1, "what": "trade", "unit": "percent", "change": "growth"}
        rows["figure"] = [{**fixed, **row, "value": row["annual_growth_pct"]} for row in growth]
        for row in rows["figure"]:
            del row["annual_growth_pct"]
    for table, of_table in rows.items() if shift else ():
        for row in of_table:
            for column in ("id",) if table == "claim" else ("claim_id",):
                if column in row:
                    row[column] = int(str(row[column])) + shift
    return rows


def _make_room(db: Connection, ours: set[str]) -> None:
    """Rename a table of the user's own that has a name which an older release did not need.

    Raises:
        DatabaseProblem: if it is a view or an index, which SQLite can't rename.

    """
    for kind, name in ask(db, "SELECT type, name FROM sqlite_schema WHERE type <> 'trigger'"):
        if name not in ours:
            continue
        if kind != "table":
            raise DatabaseProblem(
                f"your own {kind} {name} has a name that gz needs now", f"DROP {kind} {name} in sqlite3"
            )
        db.execute("PRAGMA legacy_alter_table = ON")  # leave views as they are, also those of missing tables
        db.execute(f'ALTER TABLE "{name}" RENAME TO "own_{name}"')
        note(f"your own table {name} is own_{name} now, for gz needs the name")


def _drop(db: Connection, ours: set[str]) -> None:
    for kind in ("view", "table"):
        for (name,) in ask(db, "SELECT name FROM sqlite_schema WHERE type = ?", [kind]):
            if name in ours and not str(name).startswith(("claim_fts_", "claim_search_fts_")):  # go with their table
                restart(db)
                db.execute(f'DROP {kind} IF EXISTS main."{name}"')


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script: sqlite3's own `executescript` ends the transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _require_references(db: Connection, ours: set[str]) -> None:
    """Raise an IntegrityError where a table of ours refers to a row that is not there; a user's own are theirs."""
    restart(db)
    if any(table in ours for table, *_ in ask(db, "PRAGMA foreign_key_check")):
        raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")
