"""A database of version 1, or of older facts, is renewed; nothing that a user added is lost."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from samples import SHIPPED, edit, sha256

from guizhou_cli.db.change import writing
from guizhou_cli.db.connection import ask, open_db
from guizhou_cli.db.integrity import checks
from guizhou_cli.errors import DatabaseProblem
from guizhou_cli.session import Session

VERSION_1 = Path(__file__).with_name("version1.sql").read_text(encoding="utf-8")
HARBOUR = "harbour-2025-05-06"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a database of version 1."""
    path = tmp_path / "old.db"
    edit(path, f"BEGIN; {VERSION_1}; COMMIT")
    return path


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Return what a query of a database answers."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def renewed_in_place(path: Path) -> None:
    """Renew a database as adding to it does."""
    with writing(path, recover=False, keep=False):
        pass


def assert_harbour(ask_: Callable[[str], list[tuple[object, ...]]]) -> None:
    """Assert that the briefing that was added to version 1 is there in all its parts."""
    assert ask_(
        "SELECT id, slug, paragraph, speaker_id, attribution, statement, quote, evidence FROM claim WHERE id > 99"
    ) == [
        (100001, "corridor", 1, "ada-lund", "said", "A corridor for hydrogen is to open.", None, "checked"),
        (100002, "trade", 2, "li-bingjun", "said", "Trade with Norway grew by 3 percent a year.", None, "unchecked"),
        (100003, "boats", 2, None, "reported", "A base for boats is being built.", None, "unchecked"),
        (100004, "dredging", 2, None, "reported", "Harbours are to be deepened.", None, "unchecked"),
    ]
    assert ask_("SELECT * FROM claim_keyword WHERE claim_id > 99") == [
        (100001, 1, "hydrogen; green"),
        (100001, 2, "back\\slash"),
        (100001, 3, "plain"),
        (100003, 1, "boats"),
    ]
    assert ask_("SELECT * FROM claim_topic WHERE claim_id > 99") == [
        (100001, "energy"),
        (100001, "harbours"),
        (100003, "harbours"),
    ]
    assert ask_("SELECT * FROM figure WHERE claim_id > 99") == [
        (100002, 1, "trade", None, 3.0, "percent", "growth", "norway", "past two years", 2)
    ]
    assert ask_("SELECT * FROM industrial_base WHERE claim_id > 99") == [(100003, 1, "Boats", "small ones")]
    assert ask_("SELECT * FROM policy_measure WHERE claim_id > 99") == [(100004, "Deepen harbours", "blue growth")]
    assert ask_(f"SELECT * FROM appearance WHERE source_id = '{HARBOUR}'") == [
        (HARBOUR, "ada-lund", "Minister", "Harbour"),
        (HARBOUR, "li-bingjun", "Guest of honour", "Guizhou"),
    ]
    assert ask_(f"SELECT number, sha256 IS NULL, first_words, text FROM passage WHERE source_id = '{HARBOUR}'") == [
        (1, 0, "A corridor", None),
        (2, 1, None, None),
    ]
    assert ask_("SELECT alias FROM trade_partner_alias WHERE trade_partner_id = 'norway'") == [("NO",), ("Norge",)]
    assert ask_(f"SELECT title, url, language, subject FROM source WHERE id = '{HARBOUR}'") == [
        ("A harbour; and more", "https://example.org/harbour", "en", None)
    ]
    assert ask_("SELECT rowid FROM claim_fts WHERE claim_fts MATCH 'hydrogen'") == [(100001,)]
    assert ask_("SELECT count(*) FROM claim WHERE id < 100000") == [(23,)]  # the present facts
    assert ask_("SELECT name FROM speaker WHERE id = 'li-bingjun'") == [("Li Bingjun",)]


def test_version_1_is_renewed_in_place(old: Path) -> None:
    """What was added is there in version 2, beside the present facts; so are a user's own tables and views."""
    edit(
        old,
        """
        CREATE TABLE my_note (claim_id INTEGER REFERENCES claim (id) ON DELETE CASCADE, text TEXT);
        INSERT INTO my_note VALUES (1, 'shipped'), (100001, 'added');
        CREATE VIEW mine AS SELECT n.text, c.slug FROM my_note AS n JOIN claim AS c ON c.id = n.claim_id;
        """,
    )

    renewed_in_place(old)

    assert_harbour(lambda sql: rows(old, sql))
    assert rows(old, "SELECT * FROM my_note") == [(1, "shipped"), (100001, "added")]
    assert ("added", "corridor") in rows(old, "SELECT * FROM mine")
    with closing(open_db(old, recover=False)) as db:
        assert {row[1] for row in checks(db)} == {"ok"}


def test_query_of_a_named_database_of_version_1_changes_no_byte(old: Path) -> None:
    """A query of a file that --db names answers from a renewed copy in memory, and leaves the file as it is."""
    before = sha256(old), old.stat().st_mtime_ns

    with Session(old, color=False, pager=False).reading() as db:
        assert_harbour(lambda sql: list(ask(db, sql)))

    assert (sha256(old), old.stat().st_mtime_ns) == before
    assert [file.name for file in old.parent.iterdir()] == ["old.db"]


def test_default_database_of_version_1_is_renewed_once(old: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default database is renewed by the first query, and not touched by the next."""
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    session = Session(None, color=False, pager=False)
    session.path().parent.mkdir()
    old.rename(session.path())

    with session.reading() as db:
        assert_harbour(lambda sql: list(ask(db, sql)))
    once = sha256(session.path())
    with session.reading():
        pass
    assert sha256(session.path()) == once


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("CREATE VIEW figures AS SELECT 1", "your own view figures has a name that gz needs"),
        ("CREATE TABLE figure (x); INSERT INTO figure VALUES (7)", "your own table figure has a name that gz needs"),
        (f"DELETE FROM passage WHERE source_id = '{HARBOUR}' AND number = 2", "FOREIGN KEY"),
    ],
)
def test_what_stands_in_the_way_is_named(old: Path, script: str, message: str) -> None:
    """A user's table or view with a name that is ours now, or damage, is named, and nothing is changed."""
    edit(old, script)
    before = sha256(old)

    with pytest.raises(DatabaseProblem, match=message):
        renewed_in_place(old)

    assert sha256(old) == before


def test_source_that_ships_now(old: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A briefing that was added under the id of one that ships now gives way to it, and a note says so."""
    edit(old, "DELETE FROM build")

    renewed_in_place(old)

    assert capsys.readouterr().err == f"gz: {SHIPPED} ships with gz now, in place of the one that was there\n"
    assert_harbour(lambda sql: rows(old, sql))
