"""Building the database from facts.sql, and its full-text index.

Loaded on first use, by what writes, and by `gz verify`, which compares a database with a fresh one. Plain sqlite3.
"""

import os
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from guizhou_cli.db.connection import (
    COMPANIONS,
    INDEX_VERSION,
    Connection,
    closed_on_error,
    connect,
    read,
    reported,
)
from guizhou_cli.errors import note
from guizhou_cli.spelling import indexed

_COLUMNS = "statement, quote, passage, terms"


def facts_sql() -> bytes:
    """Return the packaged facts.sql: in the package when installed, at the top of the repository otherwise."""
    package = Path(__file__).parent.parent
    try:
        return (package / "facts.sql").read_bytes()
    except FileNotFoundError:
        return (package.parent / "facts.sql").read_bytes()


def build() -> Connection:
    """Return a new database in memory: the packaged facts.sql and its full-text index."""
    with closed_on_error(connect(":memory:")) as db:
        db.execute("BEGIN")
        lay_down(db)
        index(db)
        db.execute("COMMIT")
        db.execute("PRAGMA foreign_keys = ON")
    return db


def lay_down(db: sqlite3.Connection) -> None:
    """Make our tables, the facts that ship and our views, within the caller's transaction."""
    statement = ""
    for line in facts_sql().decode().splitlines(keepends=True):  # sqlite3's own `executescript` ends the transaction
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    db.execute("UPDATE build SET checksum = ?", [checksum()])


def checksum() -> int:
    """Return the CRC-32 of the packaged facts.sql."""
    return zlib.crc32(facts_sql())


def index(db: sqlite3.Connection, source: str | None = None) -> None:
    """Index the words of one source's claims, or make the index anew for all, within the caller's transaction."""
    if source is None:
        db.execute("DROP TABLE IF EXISTS claim_fts")
        tokenize = "porter unicode61 remove_diacritics 2"
        db.execute(f"CREATE VIRTUAL TABLE claim_fts USING fts5 ({_COLUMNS}, tokenize = '{tokenize}')")
        db.execute("UPDATE build SET words = ?", [INDEX_VERSION])
    else:
        # A release of later rules finds here that some claims are indexed by older ones, and makes the index anew.
        db.execute("UPDATE build SET words = min(words, ?)", [INDEX_VERSION])
        db.execute("DELETE FROM claim_fts WHERE rowid IN (SELECT id FROM claim WHERE source_id = ?)", [source])
    # In the order of the ids, in which FTS5 takes them fastest.
    where, values = (" WHERE source = ?", [source]) if source else ("", [])
    claims = read(db, f"SELECT claim_id, {_COLUMNS} FROM claim_words{where} ORDER BY claim_id", values)[1]
    words = ((id_, *index_texts(*map(str, texts))) for id_, *texts in claims)
    db.executemany(f"INSERT INTO claim_fts (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?)", words)


def index_texts(statement: str, quote: str, passage: str, terms: str) -> tuple[str, str, str, str]:
    """Return the columns of the index for a claim: its texts, and with its terms all its words in one spelling.

    The passage, of which other claims are made too, has its own words in one spelling behind it.
    """
    spelt = indexed(passage)
    own = indexed(f"{statement} | {quote} | {terms}")
    return statement, quote, f"{passage} | {spelt}" if spelt else passage, f"{terms} | {own}"


def changed_copy(db: sqlite3.Connection, change: Callable[[Connection], object]) -> Connection:
    """Return a copy of a database after a change, read-only; SQLite puts on disk what is larger than its cache.

    Raises:
        DatabaseProblem: if the database can't be read, the change fails, or there is no room.

    """
    copy = connect("")
    copy.name = getattr(db, "name", copy.name)
    with closed_on_error(copy), reported(copy):
        copy.execute("PRAGMA journal_mode = OFF")
        db.backup(copy, pages=5000, progress=lambda *_: None)  # Python handles a Ctrl-C at these calls
        copy.execute("PRAGMA trusted_schema = OFF")
        copy.execute("BEGIN")
        change(copy)
        copy.execute("COMMIT")
        copy.execute("PRAGMA query_only = ON")
    return copy


def first_use(path: Path) -> Connection:
    """Build the database, keep it at `path` if that can be written, and return it, read-only.

    Safe when many processes do so at once, and when one is killed: the file appears complete, and only once.
    """
    with closed_on_error(build()) as db:
        try:
            for folder in reversed([folder for folder in path.parents if not folder.exists()]):
                folder.mkdir(mode=0o700, exist_ok=True)
            with _alone_in(path.parent):
                if not os.path.lexists(path):  # another first run may have been faster, and its database is as good
                    _store(db.serialize(), path)
        except OSError as error:
            note(f"answering from memory: {path} can't be written ({error.strerror or error})")
        db.execute("PRAGMA query_only = ON")
    return db


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Let one first run at a time put its database there."""
    if os.name != "posix":  # Windows, whose rename never replaces a file
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _store(image: bytes, path: Path) -> None:
    unfinished = f".{path.name}-"
    for left in path.parent.glob(f"{unfinished}*.new"):  # of first runs that were killed: this one is alone here
        left.unlink(missing_ok=True)
    for suffix in COMPANIONS:
        left = path.with_name(path.name + suffix)
        if os.path.lexists(left):  # SQLite would replay it into the database that takes the place of the one it was of
            aside = left.rename(left.with_name(f"{left.name}.{os.urandom(4).hex()}.old"))
            note(f"{left.name} was left of a database that is gone; it is {aside.name} now")
    # Exclusive and unpredictable: nobody can have put a link of that name there.
    handle, name = tempfile.mkstemp(prefix=unfinished, suffix=".new", dir=path.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - of a descriptor
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)  # unlike a rename, never over a database that is already in use
        except OSError:  # a file system without hard links, or a database that was put there meanwhile
            if not os.path.lexists(path):
                os.rename(name, path)  # noqa: PTH104 - as os.link
    finally:
        Path(name).unlink(missing_ok=True)
