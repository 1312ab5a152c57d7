"""Renewing a database that an older release has built: the facts that ship are replaced, what was added stays.

Loaded after an upgrade of the program only.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from guizhou_cli.building import build, create, make_searchable
from guizhou_cli.changing import SHARED, index, take_out, writing
from guizhou_cli.database import is_current
from guizhou_cli.errors import note

_NOW_SHIPPED = "{} now comes with gz, in place of the one that was {}"
_BY_SOURCE = ("source", "passage", "appearance", "claim")
_BY_CLAIM = ("claim_topic", "industrial_base", "policy_measure", "trade_growth")
_USED = {table: f"SELECT {table}_id FROM kept_{referring}" for table, referring in SHARED.items()}


def upgrade(path: Path) -> None:
    """Replace the shipped facts, the tables and the views by the packaged ones; keep every briefing that was added.

    Raises:
        DatabaseProblem: as `writing`.

    """
    with closing(build()) as fresh:
        with writing(path) as db:
            if is_current(db.conn):  # another process was faster
                return
            if _same_tables(db.conn, fresh):
                _renew_facts(db, Database(fresh))
                return
        ours = dict(fresh.execute("SELECT name, type FROM sqlite_schema"))
    with writing(path, foreign_keys=False) as db:
        if is_current(db.conn):
            return
        own = _own_additions(db, ours)
        _set_aside(db)
        how = "added" if db.table("build").count else "there"
        _drop_ours(db, ours)
        create(db)
        _bring_back(db, how)
        make_searchable(db)
        _add_again(db, own)
        _require_references(db, ours)


def _require_references(db: Database, ours: Mapping[str, str]) -> None:
    """Raise an IntegrityError where a table of ours refers to a row that is not there; a user's own are theirs."""
    if any(table in ours for table, *_ in db.execute("PRAGMA foreign_key_check")):
        raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")


def _same_tables(old: sqlite3.Connection, fresh: sqlite3.Connection) -> bool:
    """Tell whether only facts and views have changed, so that the added briefings can stay where they are."""
    version = "PRAGMA user_version"
    tables = "SELECT type, name, sql FROM sqlite_schema WHERE type <> 'view' AND name NOT GLOB 'claim_search_fts_*'"
    same = old.execute(version).fetchone() == fresh.execute(version).fetchone()
    if not same or not set(fresh.execute(tables)) <= set(old.execute(tables)):
        return False
    # A table of the user's that refers to a claim would lose its rows along with the shipped claims.
    referring = "SELECT t.name FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) WHERE t.type = 'table'"
    if not set(old.execute(referring)) <= set(fresh.execute(referring)):
        return False
    shipped = {id_ for (id_,) in fresh.execute("SELECT id FROM claim")}
    added = "SELECT id FROM claim WHERE source_id NOT IN (SELECT source_id FROM build) AND id <= ?"
    return not shipped & {id_ for (id_,) in old.execute(added, [max(shipped, default=0)])}


def _renew_facts(db: Database, fresh: Database) -> None:
    """Put the shipped facts and the views of `fresh` in the place of those in `db`."""
    stale = _spells_otherwise(db, fresh)
    for name, sql in fresh.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").fetchall():
        db.execute(f'DROP VIEW IF EXISTS "{name}"')
        db.execute(sql)
    was = {row["source_id"] for row in db.table("build").rows}
    now = [row["id"] for row in fresh.table("source").rows]
    for source in [*sorted(was), *(source for source in now if source not in was)]:
        if was and source not in was and db.execute("SELECT 1 FROM source WHERE id = ?", [source]).fetchone():
            note(_NOW_SHIPPED.format(source, "added"))
        take_out(db, source)
    partners = [row["id"] for row in fresh.table("trade_partner").rows]
    db.table("abbreviation").delete_where()
    db.table("trade_partner_alias").delete_where(f"trade_partner_id IN ({', '.join('?' * len(partners))})", partners)
    for table in (*SHARED, "trade_partner_alias", "abbreviation", *_BY_SOURCE, *_BY_CLAIM, "build"):
        columns = [column.name for column in fresh.table(table).columns]
        rows = [{name: row[name] for name in columns} for row in fresh.table(table).rows]
        if table in SHARED:
            renamed = f"SELECT 1 FROM {table} WHERE id = ? AND name <> ?"
            stale = stale or any(db.execute(renamed, [row["id"], row["name"]]).fetchone() for row in rows)
            db.table(table).upsert_all(rows, pk="id")
        else:
            db.table(table).insert_all(rows)
    if stale:  # added briefings are searched by these names and words too
        db.execute("DELETE FROM claim_search")
    for source in [None] if stale else now:
        index(db, source)


def _spells_otherwise(db: Database, fresh: Database) -> bool:
    """Tell whether the words that a search looks through are chosen or spelt in another way now."""
    chosen = "SELECT sql FROM sqlite_schema WHERE name = 'claim_words'"
    spelt = "SELECT DISTINCT words FROM build"
    return any(db.execute(sql).fetchall() != fresh.execute(sql).fetchall() for sql in (chosen, spelt))


def _own_additions(db: Database, ours: Mapping[str, str]) -> dict[str, str]:
    """Return the triggers and indexes that a user has added to our tables, which are dropped along with those."""
    listed = "SELECT name, sql, tbl_name FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
    return {name: sql for name, sql, table in db.execute(listed) if name not in ours and table in ours}


def _add_again(db: Database, own: dict[str, str]) -> None:
    for name, sql in own.items():
        try:
            db.execute(sql)
        except sqlite3.OperationalError as error:
            note(f"your own {name} does not fit the new tables and is gone: {error}")


def _set_aside(db: Database) -> None:
    """Copy what belongs to added briefings into temporary tables."""
    added = "NOT IN (SELECT source_id FROM main.build)"
    for table in _BY_SOURCE:
        column = "id" if table == "source" else "source_id"
        db.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table} WHERE {column} {added}")
    for table in _BY_CLAIM:
        db.execute(
            f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table}"
            " WHERE claim_id IN (SELECT id FROM kept_claim)"
        )
    for table, used in _USED.items():
        db.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table} WHERE id IN ({used})")
    db.execute(
        "CREATE TEMP TABLE kept_trade_partner_alias AS SELECT * FROM main.trade_partner_alias"
        " WHERE trade_partner_id IN (SELECT id FROM kept_trade_partner)"
    )


def _drop_ours(db: Database, ours: Mapping[str, str]) -> None:
    """Drop what facts.sql is about to create, and nothing that a user has added beside it."""
    shadows = "claim_search_fts_"  # go with their virtual table
    for kind in ("view", "table"):
        for name in ours:
            if ours[name] == kind and not name.startswith(shadows):
                db.execute(f'DROP {kind} IF EXISTS main."{name}"')


def _bring_back(db: Database, how: str) -> None:
    """Put the added briefings back under the new tables; a column that is no more is left out.

    `how` says how they came to be there: added, unless no gz has built the database.
    """
    for (source,) in db.execute("SELECT id FROM kept_source WHERE id IN (SELECT id FROM main.source)").fetchall():
        note(_NOW_SHIPPED.format(source, how))
        for table in reversed(_BY_CLAIM):
            db.execute(
                f"DELETE FROM kept_{table} WHERE claim_id IN (SELECT id FROM kept_claim WHERE source_id = ?)", [source]
            )
        for table in reversed(_BY_SOURCE):
            column = "id" if table == "source" else "source_id"
            db.execute(f"DELETE FROM kept_{table} WHERE {column} = ?", [source])
    # The shipped claims come first; a larger release pushes the numbers of the added ones up.
    shift = db.execute(
        "SELECT max(0, coalesce((SELECT max(id) FROM main.claim) + 1 - min(id), 0)) FROM kept_claim"
    ).fetchone()[0]
    in_use = {table: f"id NOT IN (SELECT id FROM main.{table}) AND id IN ({used})" for table, used in _USED.items()}
    in_use["trade_partner_alias"] = (
        "trade_partner_id NOT IN (SELECT id FROM main.trade_partner)"
        f" AND trade_partner_id IN ({_USED['trade_partner']})"
    )
    for table in ("trade_partner_alias", *SHARED, *_BY_SOURCE, *_BY_CLAIM):
        before = {row[1] for row in db.execute(f"PRAGMA temp.table_info(kept_{table})")}
        columns = [column.name for column in db.table(table).columns if column.name in before]
        moved = {"id" if table == "claim" else "claim_id"} if table in ("claim", *_BY_CLAIM) else set()
        values = ", ".join(f"{name} + {shift}" if name in moved else name for name in columns)
        where = in_use.get(table, "true")
        db.execute(f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM kept_{table} WHERE {where}")
