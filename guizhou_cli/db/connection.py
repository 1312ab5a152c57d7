"""Opening a database read-only, and reading from it.

A file that somebody hands over is opened so that nothing beside it is rolled back, renamed, deleted or created. On the
path of every query, so it imports nothing that a query does without.
"""

import math
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn

from guizhou_cli.answer import Row
from guizhou_cli.errors import DatabaseProblem

APPLICATION_ID = int.from_bytes(b"gzfs", "big")
SCHEMA_VERSION = 2
"""`PRAGMA user_version` of facts.sql: the version of its tables and views."""

FACTS_VERSION = 2
"""build.facts of facts.sql, to be raised with each change of its facts or views."""

INDEX_VERSION = 1
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

LARGEST_CELL = 50_000_000
"""Bytes of a value or a row; no briefing and no report that is taken in comes near."""

_STEPS = 100_000
"""Steps of SQLite's virtual machine between two looks at the budget and at Ctrl-C: about a millisecond."""

_BUDGET = 6_000
"""Looks until the next row is due: about seven seconds."""

_HEADER = 100
_MAGIC = b"SQLite format 3\0"
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_START_AFRESH = "if gz built it, move it away and the next run builds a fresh one; or name another with --db"
_PERMISSIONS = "are its permissions right?"
_BUSY = ("{name} is busy: another program is using it", "try again in a moment")
_UNWRITABLE = ("{name} can't be opened or written: {words}", _PERMISSIONS)
_PROBLEMS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: ("there is no room left to write the database", "nothing was changed"),
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_IOERR: ("{name} can't be read or written: {words}", "nothing was changed"),
    sqlite3.SQLITE_INTERRUPT: ("{name} took too long to answer", "gz verify checks it; or ask for less at once"),
    sqlite3.SQLITE_NOTADB: ("{name} is not a database", _START_AFRESH),
}
"""What a primary result code of SQLite means to a person, and the way out; every other one is damage."""

_NEWER = "upgrade: pip install --upgrade guizhou-cli"


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
    """A connection whose queries end, by a budget or by Ctrl-C, whatever the views of its database are."""

    looks = _BUDGET

    def budget(self) -> None:
        """Bound what each query may cost, in steps until the next row and in bytes of a cell."""
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
        self.set_progress_handler(self._look, _STEPS)

    def _look(self) -> bool:
        # Python handles a Ctrl-C at this call. The exception ends the query as an exhausted budget does.
        self.looks -= 1
        return self.looks < 0


@contextmanager
def closed_on_error(db: Connection) -> Iterator[Connection]:
    """Close a connection if an error or Ctrl-C comes before it is handed on."""
    try:
        yield db
    except BaseException:
        db.close()
        raise


def facts_sql() -> bytes:
    """Return the packaged facts.sql: in the package when installed, at the top of the repository otherwise."""
    package = Path(__file__).parent.parent
    try:
        return (package / "facts.sql").read_bytes()
    except FileNotFoundError:
        return (package.parent / "facts.sql").read_bytes()


def default_path() -> Path:
    """Return the path of the database in the user's data folder, which is used unless --db or GZ_DB names another.

    Raises:
        DatabaseProblem: if there is no home folder.

    """
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


def exists(path: Path) -> bool:
    """Return whether anything has this name, a broken link included.

    Raises:
        DatabaseProblem: if nothing can have this name.

    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise DatabaseProblem(f"{path} can't be a database: {error}", "name another with --db") from error
    return True


def open_ro(path: Path, *, recover: bool) -> Connection:
    """Open a database of ours read-only, within a transaction, so that a command reads the state of one moment.

    Args:
        path: the file.
        recover: whether SQLite may complete or roll back what a killed writer left beside it. That is for the default
            database only; beside any other file nothing is changed.

    Raises:
        DatabaseProblem: if the file is not there, not ours, damaged, newer than this program, or busy; or if it can't
            be read without changing something beside it.

    """
    parameters, _ = _check_files(path, recover=recover)
    with _reported(path):
        try:
            return _checked(path, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
        _require_recoverable(path, recover=recover)
        roll_back(path)
        return _checked(path, parameters)


def open_rw(path: Path, *, recover: bool) -> Connection:
    """Open a database of ours for writing; otherwise as `open_ro`, and outside a transaction."""
    if _check_files(path, recover=recover)[1]:
        open_ro(path, recover=recover).close()  # refuses or rolls back what a killed writer left
    with _reported(path):
        return _checked(path, "mode=rw")


def _check_files(path: Path, *, recover: bool) -> tuple[str, bool]:
    """Check the file and what is beside it before SQLite opens them.

    Returns:
        The URI parameters to read it with, and whether there is a journal, of this moment or of a killed writer.

    Raises:
        DatabaseProblem: as `open_ro`.

    """
    if not exists(path):
        raise DatabaseProblem(f"no database at {path}", "gz path names the one in use; gz --db PATH names another")
    if not path.is_file():
        raise DatabaseProblem(f"{path} is not a file", "gz --db PATH takes a database that gz has built")
    with _reported(path):
        real = Path(os.path.realpath(path))  # SQLite looks for journals beside the file that a link points to
        with real.open("rb") as file:
            header = file.read(_HEADER)
        _check_header(path, header)
        sizes = {suffix: _companion_size(real, suffix, recover=recover) for suffix in COMPANIONS}
    journal = bool(sizes["-journal"])
    if recover:
        return "mode=ro", journal
    if sizes["-wal"]:
        raise DatabaseProblem(
            f"{path} has changes of another program in {real.name}-wal, which reading would have to write",
            "end the program that uses it, or copy the database with: sqlite3 FILE '.backup COPY'",
        )
    in_wal_mode = max(header[18:20]) > 1
    return "mode=ro&immutable=1" if in_wal_mode or sizes["-wal"] is not None else "mode=ro", journal


def roll_back(path: Path) -> None:
    """Let SQLite undo what a writer left half done, which only a connection that may write can do."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)) as db:
        db.execute("SELECT count(*) FROM sqlite_schema")


def release(db: sqlite3.Connection) -> Release:
    """Return which release a database is of.

    Raises:
        DatabaseProblem: if it is busy or damaged, or newer than this program.

    """
    [(schema,)] = ask(db, "PRAGMA user_version")
    if not isinstance(schema, int) or schema > SCHEMA_VERSION:
        raise DatabaseProblem("the database was made by a newer gz", _NEWER)
    if schema < SCHEMA_VERSION:
        return Release(schema, 0, 0)
    [(facts, words)] = ask(db, "SELECT coalesce(min(facts), 0), coalesce(min(coalesce(words, 0)), 0) FROM build")
    return Release(schema, int(facts or 0), int(words or 0))


def read(db: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the names of the columns of a query, and its rows as they are read.

    Raises:
        DatabaseProblem: if the database is busy or damaged, or the next row takes too long; while rows are read, too.

    """
    restart(db)
    try:
        cursor = db.execute(sql, tuple(map(_storable, values)))
    except DAMAGE as error:
        _fail(db, error)
    return tuple(column for column, *_ in cursor.description or ()), _rows(db, cursor)


def ask(db: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> list[Row]:
    """Return all rows of a query. Raises what `read` does."""
    return list(read(db, sql, values)[1])


def restart(db: sqlite3.Connection) -> None:
    """Give the next row, or the next statement, the full budget."""
    if isinstance(db, Connection):
        db.looks = _BUDGET


def was_interrupted(db: sqlite3.Connection, error: BaseException) -> bool:
    """Return whether a statement ended because of Ctrl-C, rather than by its budget."""
    ended = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT
    return ended and isinstance(db, Connection) and db.looks >= 0


def problem_with(error: BaseException, name: str = "the database") -> DatabaseProblem:
    """Return what SQLite, or reading from it, raised, as an error for a person."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if isinstance(error, OSError):
        message, hint = "{name} can't be opened: {error.strerror}", _PERMISSIONS
    else:
        message, hint = _PROBLEMS.get(code, ("{name} is damaged: {words}", _START_AFRESH))
    words = str(error) or "it asks for too much memory"
    return DatabaseProblem(message.format(name=name, error=error, words=words), hint)


def pragma(db: sqlite3.Connection, name: str) -> int:
    """Return the value of a pragma that is a number."""
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def _rows(db: sqlite3.Connection, cursor: sqlite3.Cursor) -> Iterator[Row]:
    while True:
        restart(db)
        try:
            row: Row | None = cursor.fetchone()
        except DAMAGE as error:
            _fail(db, error)
        if row is None:
            return
        for cell in row:  # what a STRICT table can't hold, but a damaged file or somebody's view can
            if isinstance(cell, bytes) or (isinstance(cell, float) and not math.isfinite(cell)):
                raise problem_with(ValueError("a value is of the wrong type"))
        yield row


def _fail(db: sqlite3.Connection, error: Exception) -> NoReturn:
    if was_interrupted(db, error):
        raise KeyboardInterrupt from error
    raise problem_with(error) from error


def _storable(value: object) -> object:
    """Return `value` as SQLite can take it: a lone surrogate of the command line becomes a question mark."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except (*DAMAGE, OSError) as error:
        raise problem_with(error, str(path)) from error


def _check_header(path: Path, header: bytes) -> None:
    """Refuse a file that is no database of ours (https://sqlite.org/fileformat2.html)."""
    if not header:
        raise DatabaseProblem(f"{path} is empty", _START_AFRESH)
    if not header.startswith(_MAGIC) or len(header) < _HEADER:
        raise DatabaseProblem(f"{path} is not a database", _START_AFRESH)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise DatabaseProblem(f"{path} is not a database of gz", _START_AFRESH)


def _companion_size(path: Path, suffix: str, *, recover: bool) -> int | None:
    """Return the size of a file beside a database, None where there is none; refuse a link or a named pipe."""
    name = path.with_name(path.name + suffix)
    try:
        found = name.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise DatabaseProblem(
            f"{name} is not a file", f"move it away: SQLite keeps a file of that name beside {path.name}"
        )
    if recover and hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise DatabaseProblem(f"{name} is another user's", f"if nobody is using {path.name}, move it away")
    return found.st_size


def _checked(path: Path, parameters: str) -> Connection:
    # as_uri() quotes what would otherwise end the path: ? # % and blanks.
    uri = f"{path.absolute().as_uri()}?{parameters}"
    db = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, factory=Connection)
    try:
        db.budget()
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")  # views and triggers of others may not call what has side effects
        if parameters != "mode=rw":
            db.execute("PRAGMA query_only = ON")
            db.execute("BEGIN")
        _check(db, path)
    except BaseException as error:
        interrupted = was_interrupted(db, error)
        db.close()
        if interrupted:
            raise KeyboardInterrupt from error
        raise
    return db


def _check(db: Connection, path: Path) -> None:
    version = pragma(db, "user_version")
    if version > SCHEMA_VERSION:
        raise DatabaseProblem(f"{path} was made by a newer gz", _NEWER)
    if version < 1:
        raise DatabaseProblem(f"{path} is damaged: no gz made version {version}", _START_AFRESH)
    size = path.stat().st_size
    if size % pragma(db, "page_size"):  # SQLite would take the rest of the last page for zeros
        raise DatabaseProblem(f"{path} is damaged: it is cut short", _START_AFRESH)
    if size <= CHECKED_SIZE:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DatabaseProblem(f"{path} is damaged: {found}", _START_AFRESH)


def _require_recoverable(path: Path, *, recover: bool) -> None:
    """Refuse a journal that is not ours to roll back, or that names a further file, which SQLite would delete then."""
    journal = Path(os.path.realpath(path) + "-journal")
    by_hand = f"if it is yours, let SQLite undo the change: sqlite3 {path} .tables; else move {journal.name} away"
    if not recover:
        raise DatabaseProblem(f"{path} was left in the middle of a change, which {journal.name} would undo", by_hand)
    with journal.open("rb") as file:
        file.seek(max(0, journal.stat().st_size - len(_JOURNAL_MAGIC)))
        if file.read() == _JOURNAL_MAGIC:  # the end of a journal that is one of several; gz writes none
            raise DatabaseProblem(f"{journal} refers to another journal, which no gz does", by_hand)
