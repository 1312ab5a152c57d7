"""A session opens the database once for a command: builds, renews, reads or changes it."""

import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from guizhou_cli.db import connection
from guizhou_cli.db.connection import ask
from guizhou_cli.session import Session


@pytest.fixture
def session(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Return a session of a user without a database; its changes ignore Ctrl-C for good, but not for later tests."""
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    before = signal.getsignal(signal.SIGINT)
    yield Session(None, color=False, pager=False)
    signal.signal(signal.SIGINT, before)


def test_first_use_by_reading_and_by_changing(session: Session) -> None:
    """Reading builds the default database where there is none, and so does changing; Ctrl-C is too late after it."""
    with session.reading() as db:
        assert len(ask(db, "SELECT * FROM bases")) == 6
    session.path().unlink()
    before = signal.getsignal(signal.SIGINT)
    for keep in (False, True):
        assert signal.getsignal(signal.SIGINT) is before
        with session.changing(keep=keep) as db:
            db.execute("INSERT INTO topic VALUES ('new', 'new')")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    with session.reading() as db:
        assert ask(db, "SELECT name FROM topic WHERE id = 'new'") == [("new",)]


def test_each_command_opens_the_database_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading opens the file once, and so does changing."""
    with session.reading():
        pass
    connect = Mock(wraps=connection.connect)
    monkeypatch.setattr(connection, "connect", connect)
    with session.reading():
        assert connect.call_count == 1
    with session.changing(keep=False):
        assert connect.call_count == 2


def test_reading_cannot_write(session: Session) -> None:
    """A connection for reading refuses to write, also the one of the first use."""
    for _ in range(2):
        with session.reading() as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("DELETE FROM topic")
