"""Opening a database, reading from it, and saying what is wrong with it.

A file that somebody hands over is opened so that nothing beside it is rolled back, renamed, deleted or created. On the
path of every query, so it imports nothing that a query does without.
"""

import math
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.answer import Row
from guizhou_cli.errors import DatabaseProblem

if TYPE_CHECKING:
    from sqlite3 import _Parameters

APPLICATION_ID = int.from_bytes(b"gzfs", "big")
SCHEMA_VERSION = 2
"""`PRAGMA user_version` of facts.sql: the version of its tables and views."""

FACTS_VERSION = 2
"""build.facts of facts.sql, to be raised with each change of its facts or views."""

INDEX_VERSION = 3
"""build.words: the version of the rules of spelling.py and build.index, to be raised when those change."""

BUSY_SECONDS = 3.0
"""How long to wait for another process that is writing."""

CHECKED_SIZE = 2_000_000
"""Bytes. A database of up to this size is checked page by page at each start, which takes about a millisecond; a
larger one is checked by SQLite where it is read, and in full by `gz verify`."""

COMPANIONS = ("-journal", "-wal", "-shm")
"""What SQLite adds to a database's name for the files that it keeps beside it."""

DAMAGE = (sqlite3.Error, ValueError, OverflowError, MemoryError)
"""What sqlite3 raises of a damaged file: UnicodeDecodeError is a ValueError."""

_LARGEST_CELL = 50_000_000
"""Bytes of a value or a row; no briefing and no report that is taken in comes near."""

_STEPS = 100_000
"""Steps of SQLite's virtual machine between two looks at the budget and at Ctrl-C: about a millisecond."""

_BUDGET = 6_000
"""Looks until the next row is due: about seven seconds."""

_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_START_AFRESH = "if gz built it, move it away and the next run builds a fresh one; or name another with --db"
_PERMISSIONS = "are its permissions right?"
_BUSY = ("{name} is busy: another program is using it", "try again in a moment")
_UNWRITABLE = ("{name} can't be opened or written: {words}", _PERMISSIONS)
_BY_HAND = "if it is yours, let SQLite undo the change: sqlite3 {name} .tables; else move {name}-journal away"
_DAMAGED = ("{name} is damaged: {words}", _START_AFRESH)
_PROBLEMS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: ("there is no room left to write the database", "nothing was changed"),
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_READONLY_ROLLBACK: ("{name} was left in the middle of a change", _BY_HAND),
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_IOERR: ("{name} can't be read or written: {words}", "nothing was changed"),
    sqlite3.SQLITE_INTERRUPT: ("{name} took too long to answer", "gz verify checks it; or ask for less at once"),
}
"""What a result code of SQLite, or else its primary code, means to a person, and the way out; the rest is damage."""


class Release(NamedTuple):
    """The version of a database's tables, of its shipped facts, and of its search index, 0 where there is none."""

    schema: int
    facts: int
    words: int

    @property
    def behind(self) -> bool:
        """Whether this program would renew it. One of a later release is read as it is."""
        return self.schema < SCHEMA_VERSION or self.facts < FACTS_VERSION or self.words < INDEX_VERSION


class Connection(sqlite3.Connection):
    """A connection whose statements end, by a budget or by Ctrl-C, whatever the views of its database are.

    `name` is its path, for messages; `looks` is how many looks at the budget are left, below 0 when it is exhausted.
    """

    name = "the database"
    looks = _BUDGET

    def execute(self, sql: str, values: "_Parameters" = (), /) -> sqlite3.Cursor:
        """Execute a statement, with the full budget."""
        self.looks = _BUDGET
        return super().execute(sql, values)

    def _look(self) -> bool:
        # Python handles a Ctrl-C at this call. The exception ends the statement as an exhausted budget does.
        self.looks -= 1
        return self.looks < 0


def connect(target: str) -> Connection:
    """Connect to a file or a URI, without transactions that sqlite3 begins by itself."""
    db = Connection(target, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_CELL)
    db.set_progress_handler(db._look, _STEPS)  # noqa: SLF001 - its own
    return db


@contextmanager
def closed_on_error(db: Connection) -> Iterator[Connection]:
    """Close a connection if an error or Ctrl-C comes before it is handed on."""
    try:
        yield db
    except BaseException:
        db.close()
        raise


@contextmanager
def reported(db: sqlite3.Connection) -> Iterator[None]:
    """Raise what sqlite3 raises as a DatabaseProblem, or as a KeyboardInterrupt where Ctrl-C has ended a statement."""
    try:
        yield
    except DAMAGE as error:
        if code(error) == sqlite3.SQLITE_INTERRUPT and getattr(db, "looks", -1) >= 0:
            raise KeyboardInterrupt from error
        raise problem_with(error, getattr(db, "name", Connection.name)) from error


def code(error: BaseException | None) -> int:
    """Return the primary result code that an error of SQLite has; 0 of any other."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def problem_with(error: BaseException, name: str) -> DatabaseProblem:
    """Return what SQLite, or reading from it, raised, as an error for a person."""
    if isinstance(error, OSError):
        return DatabaseProblem(f"{name} can't be opened: {error.strerror}", _PERMISSIONS)
    found = _PROBLEMS.get(getattr(error, "sqlite_errorcode", 0)) or _PROBLEMS.get(code(error), _DAMAGED)
    words = str(error) or "it asks for too much memory"
    message, hint = (part.format(name=name, words=words) for part in found)
    return DatabaseProblem(message, hint)


def default_path() -> Path:
    """Return the path of the user's database; raise a DatabaseProblem if there is no home folder."""
    if sys.platform == "linux":
        # What platformdirs answers here (a test compares them), without the 5 ms in 70 that importing it costs. By
        # the XDG specification a relative XDG_DATA_HOME is to be ignored.
        given = os.environ.get("XDG_DATA_HOME", "")
        folder = given if os.path.isabs(given) else os.path.expanduser("~/.local/share")  # noqa: PTH111, PTH117
        path = Path(folder, "guizhou-cli", "facts.db")
    else:
        from platformdirs import user_data_path

        path = user_data_path("guizhou-cli", appauthor=False) / "facts.db"
    if not path.is_absolute():
        raise DatabaseProblem("there is no home folder to keep the database in", "set HOME, or name a file with --db")
    return path


def open_db(path: Path, *, recover: bool, write: bool = False) -> Connection:
    """Open a database of ours: to read the state of one moment, or to `write`, outside a transaction.

    `recover` says whether SQLite may complete or roll back what a killed writer left beside it. That is for the default
    database only; beside any other file nothing is changed.

    Raises:
        DatabaseProblem: if the file is not there, not ours, damaged, newer than this program, or busy; or if it can't
            be read without changing something beside it.

    """
    if write and not recover and os.path.lexists(f"{os.path.realpath(path)}-journal"):
        open_db(path, recover=False).close()  # refuses what a killed writer left
    try:
        parameters = _check_files(path, recover=recover)
        # as_uri() quotes what would otherwise end the path: ? # % and blanks.
        db = connect(f"{path.absolute().as_uri()}?{'mode=rw' if write else parameters}")
    except (*DAMAGE, OSError) as error:
        raise problem_with(error, str(path)) from error
    db.name = str(path)
    with closed_on_error(db), reported(db):
        db.execute("PRAGMA trusted_schema = OFF")  # views and triggers of others may not call what has side effects
        if not write:
            db.execute("BEGIN")
        release(db)
        size = path.stat().st_size
        if size % db.execute("PRAGMA page_size").fetchone()[0]:  # SQLite would take the rest of the page for zeros
            raise ValueError("it is cut short")
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0] if size <= CHECKED_SIZE else "ok"
        if found != "ok":
            raise ValueError(found)
    return db


def release(db: sqlite3.Connection) -> Release:
    """Return which release a database is of; raise a DatabaseProblem if it is busy, damaged or of a newer schema."""
    with reported(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            name = getattr(db, "name", Connection.name)
            raise DatabaseProblem(f"{name} was made by a newer gz", "upgrade: pip install --upgrade guizhou-cli")
        if version < 1:
            raise ValueError(f"no gz made version {version}")
        if version < SCHEMA_VERSION:
            return Release(version, 0, 0)
        found = db.execute("SELECT coalesce(min(facts), 0), coalesce(min(coalesce(words, 0)), 0) FROM build").fetchone()
        return Release(version, *map(int, found))


def read(db: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the names of the columns of a query, and its rows as they are read.

    Raises:
        DatabaseProblem: if the database is busy or damaged, or the next row takes too long; while rows are read, too.

    """
    # A lone surrogate of the command line, which SQLite can't take, becomes a question mark.
    given = [value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value for value in values]
    with reported(db):
        cursor = db.execute(sql, given)
    return tuple(column for column, *_ in cursor.description or ()), _rows(db, cursor)


def ask(db: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> list[Row]:
    """Return all rows of a query. Raises what `read` does."""
    return list(read(db, sql, values)[1])


def _rows(db: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[Row]:
    with reported(db):
        for row in cursor:
            for cell in row:  # what a STRICT table can't hold, but a damaged file or somebody's view can
                if isinstance(cell, bytes) or (isinstance(cell, float) and not math.isfinite(cell)):
                    raise ValueError("a value is of the wrong type")
            yield row
            if isinstance(db, Connection):
                db.looks = _BUDGET


def _check_files(path: Path, *, recover: bool) -> str:
    """Check a file and what is beside it before SQLite opens them, and return the URI parameters to read it with."""
    if not os.path.lexists(path):
        raise DatabaseProblem(f"no database at {path}", "gz path names the one in use; gz --db PATH names another")
    if not path.is_file():
        raise DatabaseProblem(f"{path} is not a file", "gz --db PATH takes a database that gz has built")
    real = Path(os.path.realpath(path))  # SQLite looks for journals beside the file that a link points to
    with real.open("rb") as file:
        header = file.read(100)  # https://sqlite.org/fileformat2.html
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:  # noqa: PLR2004
        raise DatabaseProblem(f"{path} is not a database", _START_AFRESH)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise DatabaseProblem(f"{path} is not a database of gz", _START_AFRESH)
    sizes: dict[str, int] = {}
    for suffix in COMPANIONS:
        with suppress(FileNotFoundError):
            name = real.with_name(real.name + suffix)
            found = name.lstat()
            if not stat.S_ISREG(found.st_mode):  # a link or a named pipe
                raise DatabaseProblem(f"{name} is not a file", "move it away: SQLite keeps a file of that name there")
            sizes[suffix] = found.st_size
    if recover:
        if sizes.get("-journal"):
            _recover(real)
        return "mode=ro"
    in_wal_mode = "-wal" in sizes or max(header[18:20]) > 1
    if sizes.get("-wal") or (in_wal_mode and sizes.get("-journal")):
        raise DatabaseProblem(
            f"{path} has changes of another program beside it, which reading would have to write",
            "end the program that uses it, or copy the database with: sqlite3 FILE '.backup COPY'",
        )
    return "mode=ro&immutable=1" if in_wal_mode else "mode=ro"


def _recover(path: Path) -> None:
    """Let SQLite roll back a journal, unless it names a further file, which SQLite would delete then."""
    journal = path.with_name(f"{path.name}-journal")
    with suppress(FileNotFoundError), journal.open("rb") as file:  # a writer may be done by now
        file.seek(max(0, journal.stat().st_size - len(_JOURNAL_MAGIC)))
        if file.read() == _JOURNAL_MAGIC:  # the end of a journal that is one of several; gz writes none
            raise DatabaseProblem(f"{journal} refers to another journal, which no gz does", "move it away")
    with closing(connect(f"{path.absolute().as_uri()}?mode=rw")) as db:  # only what may write rolls back
        db.execute("SELECT count(*) FROM sqlite_schema")
