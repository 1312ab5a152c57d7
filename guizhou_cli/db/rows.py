"""The rows of one source, table by table: reading them, inserting them, removing them."""

import sqlite3
from collections.abc import Mapping, Sequence

from guizhou_cli.db.connection import ask, read, restart

Fields = dict[str, object]
"""A row, its values by column."""

Rows = Mapping[str, Sequence[Fields]]
"""Rows by table of facts.sql, parents first."""

BY_SOURCE = ("source", "passage", "appearance", "claim")
BY_CLAIM = ("claim_keyword", "claim_topic", "industrial_base", "policy_measure", "figure")

SHARED = {"speaker": "appearance", "topic": "claim_topic", "trade_partner": "figure"}
"""The tables that sources have in common, and the one that refers to each."""

_BATCH = 500


def source_rows(
    db: sqlite3.Connection, source: str, by_claim: Sequence[str] = BY_CLAIM, shared: Mapping[str, str] = SHARED
) -> dict[str, list[Fields]]:
    """Return all rows of a source, and those of its speakers, topics and partners, ordered by their keys.

    Raises:
        DatabaseProblem: if the database is damaged.

    """
    where = {table: f"id IN ({_used(table, referring, by_claim)})" for table, referring in shared.items()}
    where["trade_partner_alias"] = f"trade_partner_{where['trade_partner']}"
    where |= {table: _chosen(table, by_claim) for table in (*BY_SOURCE, *by_claim)}
    found: dict[str, list[Fields]] = {}
    for table, condition in where.items():
        # table_info leaves out the columns that are generated.
        columns = [str(row[1]) for row in ask(db, f"PRAGMA table_info({table})")]
        rows = read(db, f"SELECT {', '.join(columns)} FROM {table} WHERE {condition} ORDER BY 1, 2", [source])[1]
        found[table] = [dict(zip(columns, row, strict=True)) for row in rows]
    return found


def insert_rows(db: sqlite3.Connection, rows: Rows) -> None:
    """Insert rows within the caller's transaction; of speakers, topics and partners only those that are not there.

    Raises:
        sqlite3.IntegrityError: if a row breaks a constraint.

    """
    from sqlite_utils import Database

    database = Database(db, recursive_triggers=False)
    for table, of_table in rows.items():
        shared = table in SHARED or table == "trade_partner_alias"
        for at in range(0, len(of_table), _BATCH):
            restart(db)
            database.table(table).insert_all(of_table[at : at + _BATCH], ignore=shared, batch_size=_BATCH)


def remove_source(db: sqlite3.Connection, source: str) -> None:
    """Delete a source, and each speaker, topic and partner that no other source has."""
    used = {table: ask(db, _used(table, referring), [source]) for table, referring in SHARED.items()}
    db.execute("DELETE FROM claim_fts WHERE rowid IN (SELECT id FROM claim WHERE source_id = ?)", [source])
    restart(db)
    db.execute("DELETE FROM source WHERE id = ?", [source])  # and, by the foreign keys, all that belongs to it
    for table, referring in SHARED.items():
        unused = f"DELETE FROM {table} WHERE id = ? AND NOT EXISTS (SELECT 1 FROM {referring} WHERE {table}_id = ?)"
        for (id_,) in used[table]:
            db.execute(unused, [id_, id_])


def _used(table: str, referring: str, by_claim: Sequence[str] = BY_CLAIM) -> str:
    """Return the SELECT of which rows of a shared table a source uses."""
    return f"SELECT DISTINCT {table}_id FROM {referring} WHERE {_chosen(referring, by_claim)}"


def _chosen(table: str, by_claim: Sequence[str]) -> str:
    """Return the condition that chooses the rows of one source in a table."""
    if table in by_claim:
        return "claim_id IN (SELECT id FROM claim WHERE source_id = ?)"
    return "id = ?" if table == "source" else "source_id = ?"
