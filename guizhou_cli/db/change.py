"""Changing a database: one transaction, kept as a whole or not at all."""

import signal
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from guizhou_cli.db.connection import (
    DAMAGE,
    Connection,
    open_rw,
    problem_with,
    release,
    restart,
    roll_back,
    was_interrupted,
)

_UNFINISHED = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


@contextmanager
def writing(path: Path, *, recover: bool, keep: bool = True, last: bool = False) -> Iterator[Connection]:
    """Open the database for one write transaction, after renewing it where it is of an older release.

    Args:
        path: the database.
        recover: whether it is the default one; see `open_ro`.
        keep: whether to commit in the end, or to roll back.
        last: whether the process only has to report success after it: then Ctrl-C is ignored from the commit on.

    Raises:
        DatabaseProblem: if the database can't be opened or written, is damaged, or stays busy.
        KeyboardInterrupt: after Ctrl-C; nothing is kept then.

    """
    db = open_rw(path, recover=recover)
    with closing(db):
        try:
            _begin(db)
            yield db
            with _undisturbed(for_good=last):
                restart(db)
                db.execute("COMMIT" if keep else "ROLLBACK")
        except DAMAGE as error:
            interrupted = was_interrupted(db, error)
            traceback.clear_frames(error.__traceback__)  # their statements would keep the connection open
            db.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _UNFINISHED:
                with suppress(sqlite3.Error):  # out of room, SQLite leaves the rollback to the next that opens it
                    roll_back(path)
            if interrupted:
                raise KeyboardInterrupt from error
            raise problem_with(error, str(path)) from error
        except KeyboardInterrupt as interrupt:
            db.rollback()
            traceback.clear_frames(interrupt.__traceback__)
            raise


def upgrade(path: Path) -> None:
    """Renew the default database if it is of an older release; what was added stays.

    Raises:
        DatabaseProblem: as `writing`.

    """
    with writing(path, recover=True, keep=False):
        pass


def _begin(db: Connection) -> None:
    """Begin a transaction in which the database is not of an older release, seen once the lock is held."""
    db.execute("BEGIN IMMEDIATE")
    while release(db).behind:
        from guizhou_cli.db.migrate import renew

        db.execute("ROLLBACK")
        db.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
        db.execute("BEGIN IMMEDIATE")
        if release(db).behind:
            renew(db)
        restart(db)
        db.execute("COMMIT")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("BEGIN IMMEDIATE")


@contextmanager
def _undisturbed(*, for_good: bool) -> Iterator[None]:
    """Ignore Ctrl-C for a moment, or for good: during a commit nobody could say whether the change is kept."""
    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    kept = False
    try:
        yield
        kept = True
    finally:
        if before is not None and not (kept and for_good):
            signal.signal(signal.SIGINT, before)
