"""Building the database from facts.sql, whole or not at all.

Loaded on first use, after an upgrade, and by `gz verify`, which holds a database against a fresh one. sqlite-utils
does the work.
"""

import os
import sqlite3
import time
from pathlib import Path

from sqlite_utils import Database

from guizhou_cli.changing import SEARCHED, index
from guizhou_cli.database import checksums, facts_sql
from guizhou_cli.errors import note

_SECONDS_STALE = 1.0
"""After this a journal beside no database is nobody's."""


def build() -> sqlite3.Connection:
    """Return a new database in memory: the packaged facts.sql, its full-text index, and what it was built from."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    db = Database(connection)
    create(db)
    make_searchable(db)
    return connection


def create(db: Database) -> None:
    """Run the packaged facts.sql in a database, and write down which one that was."""
    db.executescript(facts_sql().decode("utf-8"))
    _write_down(db)


def searchable_copy(plain: sqlite3.Connection) -> sqlite3.Connection:
    """Return a copy in memory, read-only and searchable, of a database that SQLite alone has made of a facts.sql."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        plain.backup(connection)
        db = Database(connection)
        for trigger in db.table("claim_search").triggers:  # whatever somebody has put there
            db.execute(f'DROP TRIGGER "{trigger.name}"')
        db.execute("DROP TABLE IF EXISTS claim_search_fts")
        db.table("claim_search").delete_where()
        _write_down(db)
        make_searchable(db)
    except BaseException:
        connection.close()
        raise
    connection.execute("PRAGMA query_only = ON")
    return connection


def _write_down(db: Database) -> None:
    facts, words = checksums()
    sources = [row["id"] for row in db.table("source").rows]
    db.table("build").insert_all({"source_id": source, "facts": facts, "words": words} for source in sources)


def make_searchable(db: Database) -> None:
    """Index for full text all claims that are there, and by triggers those to come."""
    index(db)
    db.table("claim_search").enable_fts(SEARCHED, tokenize="porter unicode61", create_triggers=True)


def first_use(path: Path) -> sqlite3.Connection:
    """Build the database, keep it at `path` if that can be written, and return it, open read-only.

    Safe when many processes do so at once, and when one is killed: the file appears whole, and only once.
    """
    connection = build()
    try:
        _store(connection.serialize(), path)
    except OSError as error:
        note(f"answering from memory: {path} can't be written ({error.strerror or error})")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _store(image: bytes, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_leftovers(path)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        _clear_stale_journal(path)
        try:
            os.link(unfinished, path)  # unlike a rename, never over a database that is already in use
        except FileExistsError:
            return  # another first run was faster, and its database is as good
        except OSError:  # a file system without hard links
            if not path.exists():
                unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _clear_stale_journal(path: Path) -> None:
    """Remove the journal of a database that is gone: SQLite would roll it back into the one that takes its place.

    A journal that is written this very second may be that of a database which another first run has just made.
    """
    journal = path.with_name(f"{path.name}-journal")
    while not path.exists():
        try:
            age = time.time() - journal.stat().st_mtime
        except FileNotFoundError:
            return
        if age < 0 or age > _SECONDS_STALE:
            journal.unlink(missing_ok=True)
            return
        time.sleep(_SECONDS_STALE / 10)


def _clear_leftovers(path: Path) -> None:
    """Remove what first runs that were killed have left; one that is still running keeps its file."""
    for leftover in path.parent.glob(f"{path.name}.*.new"):
        pid = leftover.name.removesuffix(".new").rpartition(".")[2]
        if os.name == "posix" and pid.isdecimal() and not _runs(int(pid)):
            leftover.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
