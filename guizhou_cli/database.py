"""Where the database is, whether it is ours and sound, and opening it read-only; building it is building.py's.

On the path of every query, so it imports nothing that a query can do without.
"""

import os
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from guizhou_cli.errors import DatabaseProblem, note

APPLICATION_ID = int.from_bytes(b"gzfs", "big")
SCHEMA_VERSION = 1
"""As `PRAGMA user_version` in facts.sql says: the version of its tables and views."""

BUSY_SECONDS = 3.0
"""How long to wait for another process that is writing."""

CHECKED_WHOLE = 2_000_000
"""Bytes. A database of up to this size is checked page by page at each start, which takes about a millisecond; a
larger one is checked by SQLite where it is read, and whole by `gz verify`."""

_START_AFRESH = "if gz built it, move it away and the next run builds a fresh one; or name another with --db"
_UPGRADE = "upgrade: pip install --upgrade guizhou-cli"


def facts_sql() -> bytes:
    """Return the packaged facts.sql: beside this module when installed, at the top of the repository otherwise."""
    here = Path(__file__).parent
    try:
        return (here / "facts.sql").read_bytes()
    except FileNotFoundError:
        return (here.parent / "facts.sql").read_bytes()


def checksums() -> tuple[int, int]:
    """Return the CRC-32 of the packaged facts.sql, and that of the rules by which words are spelt for a search.

    Enough to see that they changed, and it needs no OpenSSL.
    """
    return zlib.crc32(facts_sql()), zlib.crc32(Path(__file__).with_name("spelling.py").read_bytes())


def default_path() -> Path:
    """Return where the database lies unless --db or GZ_DB says otherwise: in the user's data folder.

    Raises:
        DatabaseProblem: if no such folder can be told.

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


def open_readonly(named: Path | None, *, to_search: bool = False, to_change: bool = False) -> sqlite3.Connection:
    """Open the database for queries, building it first where that is needed.

    One that SQLite alone has made of facts.sql is not touched, unless it is about to change; to be searched, it is
    copied to memory.

    Args:
        named: the file that the user named, which must exist; None for the default one, which is built on first
            use, and in memory where its folder can't be written.
        to_search: whether the words of its claims will be asked for.
        to_change: whether it will be written to next.

    Raises:
        DatabaseProblem: if the file is not there, not ours, damaged, newer than this program, or busy.

    """
    path = named or default_path()
    if named is None and not _exists(path):
        from guizhou_cli.building import first_use

        return first_use(path)
    connection = connect(path, "ro")
    with _closed_on_error(connection):
        current = is_current(connection)
        by_hand = not current and not to_change and _made_by_hand(connection)
    if by_hand and to_search:
        from guizhou_cli.building import searchable_copy

        with closing(connection):
            try:
                return searchable_copy(connection)
            except (sqlite3.Error, ValueError, OverflowError) as error:  # what damage looks like from here
                raise problem_with(error, str(path)) from error
    if not current and not by_hand:
        from guizhou_cli.upgrade import upgrade

        connection.close()
        try:
            upgrade(path)
        except DatabaseProblem as problem:
            connection = connect(path, "ro")
            if _pragma(connection, "user_version") != SCHEMA_VERSION:
                connection.close()
                raise
            note(f"answering from facts of an older release: {problem.message}")
            return connection
        connection = connect(path, "ro")
    connection.execute("BEGIN")  # what one command reads, it reads at one moment
    return connection


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """Open an existing database of ours, in SQLite's URI mode `ro` or `rw`, and check that it is sound.

    Raises:
        DatabaseProblem: as `open_readonly`.

    """
    if not _exists(path):
        raise DatabaseProblem(f"no database at {path}", "gz path names the one in use; gz --db PATH names another")
    if not path.is_file():
        raise DatabaseProblem(f"{path} is not a file", "gz --db PATH takes a database that gz has built")
    try:
        try:
            return _sound(path, mode)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
        # A writer died in the middle of a transaction. Only a connection that may write can roll it back, which is
        # not ours to do in a database of another program.
        _check_header(path)
        with closing(_open(path, "rw")) as writer:
            writer.execute("SELECT count(*) FROM sqlite_schema")
        return _sound(path, mode)
    except (sqlite3.Error, ValueError) as error:
        raise problem_with(error, str(path)) from error


def problem_with(error: Exception, name: str = "the database") -> DatabaseProblem:
    """Return what SQLite, or reading from it, ran into as a line for a person."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseProblem(f"{name} is busy: another program is using it", "try again in a moment")
    if code is not None and code & 0xFF == sqlite3.SQLITE_FULL:
        return DatabaseProblem("there is no room left to write the database", "nothing was changed")
    if code is not None and code & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return DatabaseProblem(f"{name} can't be opened or written: {error}", "are its permissions right?")
    if code is not None and code & 0xFF == sqlite3.SQLITE_IOERR:
        return DatabaseProblem(f"{name} can't be read or written: {error}", "nothing was changed")
    if code == sqlite3.SQLITE_NOTADB:
        return DatabaseProblem(f"{name} is not a database", _START_AFRESH)
    return DatabaseProblem(f"{name} is damaged: {error}", _START_AFRESH)


def is_current(connection: sqlite3.Connection) -> bool:
    """Tell whether this database is of the packaged facts.sql, and indexed as this program searches."""
    try:
        if _pragma(connection, "user_version") != SCHEMA_VERSION:
            return False
        built_from = connection.execute("SELECT * FROM build").fetchall()  # older ones have other columns
    except (sqlite3.Error, OverflowError) as error:
        raise problem_with(error) from error
    return {row[1:] for row in built_from} == {checksums()}


def _made_by_hand(connection: sqlite3.Connection) -> bool:
    """Tell whether no gz has built this database: somebody has run the facts.sql of this version in SQLite."""
    same_version = _pragma(connection, "user_version") == SCHEMA_VERSION
    return same_version and not connection.execute("SELECT 1 FROM build LIMIT 1").fetchone()


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:  # a folder that is a file, a name that is too long or holds a NUL
        if isinstance(error, NotADirectoryError | PermissionError):
            return False
        raise DatabaseProblem(f"{path} can't be a database: {error}", "name another with --db") from error
    return True


def _open(path: Path, mode: str) -> sqlite3.Connection:
    # as_uri() quotes what would otherwise end the path: ? # % and blanks.
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    if mode == "ro":
        connection.execute("PRAGMA query_only = ON")
    return connection


def _sound(path: Path, mode: str) -> sqlite3.Connection:
    connection = _open(path, mode)
    with _closed_on_error(connection):
        _check(connection, path)
    return connection


@contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _check(connection: sqlite3.Connection, path: Path) -> None:
    ours = _pragma(connection, "application_id")
    size = path.stat().st_size
    if ours != APPLICATION_ID:
        what = "is not a database of gz" if size else "is empty"
        raise DatabaseProblem(f"{path} {what}", _START_AFRESH)
    version = _pragma(connection, "user_version")
    if version > SCHEMA_VERSION:
        raise DatabaseProblem(f"{path} was made by a newer gz", _UPGRADE)
    if version < 1:
        raise DatabaseProblem(f"{path} is damaged: no gz made version {version}", _START_AFRESH)
    if size % _pragma(connection, "page_size"):  # SQLite would take the rest of the last page for zeros
        raise DatabaseProblem(f"{path} is damaged: it is cut short", _START_AFRESH)
    if size <= CHECKED_WHOLE:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DatabaseProblem(f"{path} is damaged: {found}", _START_AFRESH)


def _check_header(path: Path) -> None:
    """Refuse a file whose first page says that it is not ours, or newer (https://sqlite.org/fileformat2.html)."""
    with path.open("rb") as file:
        header = file.read(100)
    version, ours = (int.from_bytes(header[at : at + 4], "big") for at in (60, 68))
    if ours != APPLICATION_ID:
        raise DatabaseProblem(f"{path} is not a database of gz", _START_AFRESH)
    if version > SCHEMA_VERSION:
        raise DatabaseProblem(f"{path} was made by a newer gz", _UPGRADE)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
