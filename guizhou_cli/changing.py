"""Changing a database: one write transaction, the words that a search looks through, and taking a source out.

Loaded by what writes. sqlite-utils does the work.
"""

import signal
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from guizhou_cli import spelling
from guizhou_cli.database import connect, problem_with
from guizhou_cli.errors import DatabaseProblem

SEARCHED = ("statement", "context", "role")
"""The columns that a search looks through."""

SHARED = {"speaker": "appearance", "topic": "claim_topic", "trade_partner": "trade_growth"}
"""The tables that sources have in common, and in which one each is referred to."""


@contextmanager
def writing(path: Path, *, foreign_keys: bool = True, keep: bool = True, last: bool = False) -> Iterator[Database]:
    """Open the database for one write transaction: all of what is done inside is kept, or none of it.

    Args:
        path: the database.
        foreign_keys: whether each statement is held to the foreign keys.
        keep: whether to commit in the end; else all of it is rolled back.
        last: whether the process has nothing to do after it but to say so: then it takes no Ctrl-C any more.

    Raises:
        DatabaseProblem: if the database can't be opened or written, is damaged, or stays busy.

    """
    connection = connect(path, "rw")
    with closing(connection):
        try:
            connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
            connection.execute("BEGIN IMMEDIATE")
            yield Database(connection)
            with _undisturbed(for_good=last):
                connection.execute("COMMIT" if keep else "ROLLBACK")
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            traceback.clear_frames(error.__traceback__)
            connection.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
                _rolled_back(path.resolve())
            raise problem_with(error, str(path)) from error
        except KeyboardInterrupt as interrupt:
            # What sqlite-utils was about to roll back, were it to do so after this, it would find no connection for.
            connection.rollback()
            traceback.clear_frames(interrupt.__traceback__)
            raise


def _rolled_back(path: Path) -> None:
    """Bring a database back to what it was: out of room, SQLite leaves that to whoever opens it next."""
    if path.with_name(f"{path.name}-journal").exists():
        with suppress(sqlite3.Error, DatabaseProblem), closing(connect(path, "rw")):
            pass


@contextmanager
def _undisturbed(*, for_good: bool) -> Iterator[None]:
    """Take no Ctrl-C for a moment, or for good: after it, nobody could tell whether the change was kept."""
    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    kept = False
    try:
        yield
        kept = True
    finally:
        if before is not None and not (kept and for_good):
            signal.signal(signal.SIGINT, before)


def index(db: Database, source: str | None = None) -> None:
    """Fill the words that a search looks through, for one source or for all."""
    of_source, values = ("", []) if source is None else (" WHERE source = ?", [source])
    words = db.execute(f"SELECT claim_id, statement, context, role FROM claim_words{of_source}", values)
    # Not by a function within SQLite: to that, a Ctrl-C that arrives meanwhile is a fault of the function.
    db.table("claim_search").insert_all(
        {"claim_id": id_} | {name: spelling.canonical(text) for name, text in zip(SEARCHED, texts, strict=True)}
        for id_, *texts in words
    )


def take_out(db: Database, source: str) -> None:
    """Delete a source; and each speaker, topic and partner that no other source has."""
    of_source = {"appearance": "source_id = ?"}
    of_claims = "claim_id IN (SELECT id FROM claim WHERE source_id = ?)"
    used = {
        table: db.execute(
            f"SELECT DISTINCT {table}_id FROM {referring} WHERE {of_source.get(referring, of_claims)}", [source]
        ).fetchall()
        for table, referring in SHARED.items()
    }
    db.execute("DELETE FROM source WHERE id = ?", [source])  # its claims and all of theirs go with it
    for table, referring in SHARED.items():
        unused = f"DELETE FROM {table} WHERE id = ? AND NOT EXISTS (SELECT 1 FROM {referring} WHERE {table}_id = ?)"
        for (id_,) in used[table]:
            db.execute(unused, [id_, id_])
