"""Building the database from facts.sql, and its full-text index.

Loaded on first use, by what writes, and by `gz verify`, which compares a database with a fresh one. Plain sqlite3.
"""

import os
import re
import sqlite3
import stat
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from guizhou_cli.db.connection import (
    BUSY_SECONDS,
    COMPANIONS,
    INDEX_VERSION,
    Connection,
    closed_on_error,
    exists,
    facts_sql,
    restart,
)
from guizhou_cli.errors import note
from guizhou_cli.spelling import indexed

_FTS = (
    "CREATE VIRTUAL TABLE claim_fts USING fts5 (statement, quote, passage, terms,"
    " tokenize = 'porter unicode61 remove_diacritics 2')"
)
_PAGES = 5_000
"""Pages that are copied between two looks at Ctrl-C."""


def build() -> Connection:
    """Return a new database in memory: the packaged facts.sql and its full-text index."""
    with closed_on_error(sqlite3.connect(":memory:", isolation_level=None, factory=Connection)) as db:
        db.executescript(f"BEGIN; {facts_sql().decode()}; COMMIT; PRAGMA foreign_keys = ON")
        db.execute("BEGIN")
        write_down(db)
        index(db)
        db.execute("COMMIT")
        db.budget()
    return db


def write_down(db: sqlite3.Connection) -> None:
    """Record which facts.sql the shipped sources are of."""
    db.execute("UPDATE build SET checksum = ?", [checksum()])


def checksum() -> int:
    """Return the CRC-32 of the packaged facts.sql."""
    return zlib.crc32(facts_sql())


def index(db: sqlite3.Connection, source: str | None = None) -> None:
    """Index the words of one source's claims, or make the index anew for all, within the caller's transaction."""
    if source is None:
        db.execute("DROP TABLE IF EXISTS claim_fts")
        db.execute(_FTS)
        db.execute("UPDATE build SET words = ?", [INDEX_VERSION])
        where, values = "", []
    else:
        # A release of later rules finds here that some claims are indexed by older ones, and makes the index anew.
        db.execute("UPDATE build SET words = min(words, ?)", [INDEX_VERSION])
        [(first, last)] = db.execute("SELECT min(id), max(id) FROM claim WHERE source_id = ?", [source])
        db.execute("DELETE FROM claim_fts WHERE rowid IN (SELECT id FROM claim WHERE source_id = ?)", [source])
        where, values = " WHERE claim_id BETWEEN ? AND ? AND source = ?", [first, last, source]
    # In the order of the ids, in which FTS5 takes them fastest.
    words = db.execute(
        f"SELECT claim_id, statement, quote, passage, terms FROM claim_words{where} ORDER BY claim_id", values
    )
    db.executemany(
        "INSERT INTO claim_fts (rowid, statement, quote, passage, terms) VALUES (?, ?, ?, ?, ?)", _indexed(db, words)
    )


def searchable_copy(db: sqlite3.Connection) -> Connection:
    """Return a temporary copy of a database that is indexed by older rules or not at all, indexed anew."""
    with closed_on_error(temporary_copy(db)) as copy:
        index(copy)
        copy.execute("PRAGMA query_only = ON")
    return copy


def temporary_copy(db: sqlite3.Connection) -> Connection:
    """Return a copy in memory, of which SQLite puts on disk what is larger than its cache."""
    with closed_on_error(sqlite3.connect("", isolation_level=None, factory=Connection)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")
        db.backup(copy, pages=_PAGES, progress=lambda *_: None)  # Python handles a Ctrl-C at these calls
        copy.execute("PRAGMA trusted_schema = OFF")
        copy.budget()
    return copy


def first_use(path: Path) -> Connection:
    """Build the database, keep it at `path` if that can be written, and return it, read-only.

    Safe when many processes do so at once, and when one is killed: the file appears complete, and only once.
    """
    with closed_on_error(build()) as db:
        try:
            _store(db.serialize(), path)
        except OSError as error:
            note(f"answering from memory: {path} can't be written ({error.strerror or error})")
        db.execute("PRAGMA query_only = ON")
    return db


def _indexed(db: sqlite3.Connection, words: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
    for id_, statement, quote, passage, terms in words:
        restart(db)
        yield id_, statement, quote, passage, index_terms(statement, quote, passage, terms)


def index_terms(statement: str, quote: str, passage: str, terms: str) -> str:
    """Return what the column `terms` of the index holds: a claim's terms, and all its words in one spelling."""
    return f"{terms} | {indexed(f'{statement} | {quote} | {passage} | {terms}')}"


def _store(image: bytes, path: Path) -> None:
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    _remove_leftovers(path)
    # Exclusive and unpredictable: nobody can have put a link of that name there.
    handle, unfinished = tempfile.mkstemp(prefix=f"{path.name}.{os.getpid()}.", suffix=".new", dir=path.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        with _alone_in(path.parent):
            if exists(path):
                return  # another first run was faster, and its database is as good
            _set_aside_companions(path)
            try:
                os.link(unfinished, path)  # unlike a rename, never over a database that is already in use
            except FileExistsError:
                return
            except OSError:  # a file system without hard links
                if not exists(path):
                    os.rename(unfinished, path)  # noqa: PTH104 - as os.link
    finally:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)  # noqa: PTH108 - as os.link


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let one first run at a time put its database there; where folders can't be locked, go on without."""
    try:
        import fcntl
    except ImportError:  # Windows, whose rename never replaces a file
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        os.close(handle)


def _set_aside_companions(path: Path) -> None:
    """Rename what is left of a database that is gone: SQLite would replay it into the one that takes its place."""
    for suffix in COMPANIONS:
        left = path.with_name(path.name + suffix)
        if exists(left):
            aside = left.with_name(f"{left.name}.{os.urandom(4).hex()}.old")
            left.rename(aside)
            note(f"{left.name} was left of a database that is gone; it is {aside.name} now")


def _remove_leftovers(path: Path) -> None:
    """Remove the unfinished files of first runs that were killed; one that is still running keeps its file."""
    ours = re.compile(rf"{re.escape(path.name)}\.(\d{{1,9}})\.\w+\.new")
    for leftover in path.parent.iterdir() if os.name == "posix" else ():
        named = ours.fullmatch(leftover.name)
        with suppress(FileNotFoundError):  # another first run has just removed its own
            if named and stat.S_ISREG(leftover.lstat().st_mode) and not _runs(int(named[1])):
                leftover.unlink()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
