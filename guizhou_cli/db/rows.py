"""The rows of one source, table by table: reading them, inserting them, removing them."""

import sqlite3
from collections.abc import Mapping, Sequence
from operator import itemgetter

from guizhou_cli.db.connection import ask, read

Fields = dict[str, object]
"""A row, its values by column."""

Rows = Mapping[str, Sequence[Fields]]
"""Rows by table of facts.sql, parents first."""

BY_CLAIM = ("claim_keyword", "claim_topic", "industrial_base", "policy_measure", "figure")

SHARED = {"speaker": "appearance", "topic": "claim_topic", "trade_partner": "figure"}
"""The tables that sources have in common, and the one that refers to each."""

_OF_CLAIM = "claim_id IN (SELECT id FROM claim WHERE source_id = ?)"
_PARTNER = f"IN (SELECT trade_partner_id FROM figure WHERE {_OF_CLAIM})"

TABLES = {
    "speaker": "id IN (SELECT speaker_id FROM appearance WHERE source_id = ?)",
    "topic": f"id IN (SELECT topic_id FROM claim_topic WHERE {_OF_CLAIM})",
    "trade_partner": f"id {_PARTNER}",
    "trade_partner_alias": f"trade_partner_id {_PARTNER}",
    "source": "id = ?",
    **dict.fromkeys(("passage", "appearance", "claim"), "source_id = ?"),
    **dict.fromkeys(BY_CLAIM, _OF_CLAIM),
}
"""The tables that have rows of a source, parents first, and the condition by which it has them."""


def source_rows(db: sqlite3.Connection, source: str, tables: Mapping[str, str] = TABLES) -> dict[str, list[Fields]]:
    """Return all rows of a source, and those of its speakers, topics and partners, ordered by their keys."""
    found: dict[str, list[Fields]] = {}
    for table, condition in tables.items():
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
        if table in SHARED or table == "trade_partner_alias":
            database.table(table).insert_all(of_table, ignore=True)
        elif of_table:  # thousands of rows: sqlite-utils looks at each value, which takes twice as long
            columns, marks = [*of_table[0]], ", ".join("?" * len(of_table[0]))
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            db.executemany(sql, map(itemgetter(*columns), of_table))


def remove_source(db: sqlite3.Connection, source: str) -> None:
    """Delete a source, and each speaker, topic and partner that no other source has."""
    used = {table: ask(db, f"SELECT id FROM {table} WHERE {TABLES[table]}", [source]) for table in SHARED}
    db.execute("DELETE FROM claim_fts WHERE rowid IN (SELECT id FROM claim WHERE source_id = ?)", [source])
    db.execute("DELETE FROM source WHERE id = ?", [source])  # and, by the foreign keys, all that belongs to it
    for table, referring in SHARED.items():
        unused = f"DELETE FROM {table} WHERE id = ? AND NOT EXISTS (SELECT 1 FROM {referring} WHERE {table}_id = id)"
        db.executemany(unused, used[table])
