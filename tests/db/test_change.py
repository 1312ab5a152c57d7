"""A change is kept as a whole or not at all; removing a source removes only what is its own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from samples import SHIPPED

from guizhou_cli.db import change
from guizhou_cli.db.build import build
from guizhou_cli.db.change import writing
from guizhou_cli.db.connection import Connection, ask, open_db
from guizhou_cli.db.rows import remove_source
from guizhou_cli.errors import DatabaseProblem

ADD = "INSERT INTO topic VALUES ('new', 'new')"


def topics(path: Path) -> int:
    """Return how many topics are called new."""
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("SELECT count(*) FROM topic WHERE id = 'new'").fetchone()[0])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, sqlite3.IntegrityError, MemoryError, RuntimeError])
def test_nothing_is_kept_after_an_error(mine: Path, error: type[BaseException]) -> None:
    """Whatever is raised within a change, nothing of it is kept; what SQLite raises becomes a DatabaseProblem."""
    expected = error if error in {KeyboardInterrupt, RuntimeError} else DatabaseProblem

    with pytest.raises(expected), writing(mine, recover=True) as db:  # noqa: PT012 - an error after a change
        db.execute(ADD)
        raise error

    assert topics(mine) == 0
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]


def test_ctrl_c_within_a_statement(mine: Path) -> None:
    """A statement that Ctrl-C has ended raises KeyboardInterrupt, also where no read of ours has run it."""
    with pytest.raises(KeyboardInterrupt), writing(mine, recover=True) as db:  # noqa: PT012 - an error of a change
        db.set_progress_handler(lambda: True, 1)
        db.execute(ADD)
    assert topics(mine) == 0


def test_database_of_a_later_release_while_waiting(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that a later release has made its own while this one waited for the lock is not written to."""

    def overtaken(path: Path, *, recover: bool, write: bool) -> Connection:
        db = open_db(path, recover=recover, write=write)
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA user_version = 3")
        return db

    monkeypatch.setattr(change, "open_db", overtaken)
    with pytest.raises(DatabaseProblem, match="made by a newer gz"), writing(mine, recover=True):
        pass


def test_what_other_sources_use_stays() -> None:
    """Speakers, topics and partners of another source stay when a source is removed."""
    with closing(build()) as db:
        fields = "title, publisher, published, event, event_date, place, url, language, subject, accessed, archive_url"
        db.executescript(
            f"INSERT INTO source SELECT 'own', {fields} FROM source;"
            "INSERT INTO passage (source_id, number) VALUES ('own', 1);"
            "INSERT INTO claim (id, source_id, slug, paragraph, attribution, statement) VALUES (100001, 'own', 'a', 1,"
            " 'reported', 'x'); INSERT INTO claim_topic VALUES (100001, 'trade'); INSERT INTO figure VALUES"
            " (100001, 1, 'trade', NULL, 1, 'percent', 'growth', 'asean', NULL, NULL)"
        )

        remove_source(db, SHIPPED)

        assert ask(db, "SELECT id FROM topic") == [("trade",)]
        assert ask(db, "SELECT id FROM trade_partner") == [("asean",)]
        assert ask(db, "SELECT count(*) FROM trade_partner_alias") == [(5,)]
        assert ask(db, "SELECT count(*) FROM speaker") == [(0,)]
