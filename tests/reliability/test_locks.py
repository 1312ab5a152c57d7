"""Another process that holds the database: queries wait, answer or say that it is busy."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from conftest import Gz, Ran
from samples import small, unharmed

from guizhou_cli.db.connection import BUSY_SECONDS, open_db, release
from guizhou_cli.errors import DatabaseProblem

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2].split("; "):
    db.execute(statement).fetchone()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, statement: str) -> Iterator["subprocess.Popen[str]"]:
    """Have another process hold the database by having executed a statement."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


HOLDING = ["BEGIN; SELECT count(*) FROM claim", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"]


@pytest.mark.parametrize("holding", HOLDING, ids=["reading", "writing", "exclusive"])
def test_another_process_holds_the_database(
    here: Gz, home: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, holding: str
) -> None:
    """While another program holds it, changes say that it is busy, and queries only where it is EXCLUSIVE."""
    assert BUSY_SECONDS <= 5
    monkeypatch.setattr("guizhou_cli.db.connection.BUSY_SECONDS", 0)
    briefing = home / "briefing.toml"
    briefing.write_text(small("small"), encoding="utf-8")
    assert here("add", briefing).status == 0
    busy = Ran(3, "", f"gz: {mine} is busy: another program is using it\n    try again in a moment\n")

    with unharmed(mine), held(mine, holding):
        for change in (["add", briefing, "--replace"], ["remove", "small", "--yes"]):
            assert here(*change) == busy
        for query in (["bases"], ["who-said", "coal"], ["show", "trade-asean"], ["--db", mine, "bases"]):
            ran = here(*query)
            assert ran == busy if holding == "BEGIN EXCLUSIVE" else (ran.status, ran.err) == (0, "")


def test_another_process_holds_it_for_a_moment(here: Gz, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query waits for another process that is done in a moment, and then answers."""
    monkeypatch.setattr("guizhou_cli.db.connection.BUSY_SECONDS", 120)  # however loaded the machine is
    with held(mine, "BEGIN EXCLUSIVE") as process:
        waiting = subprocess.Popen(
            [sys.executable, "-c", "import sys, time; time.sleep(0.5); sys.stdin.close()"], stdin=process.stdin
        )
        assert process.stdin is not None
        process.stdin.close()  # the other still has it
        ran = here("bases", "--json")
        waiting.wait()

    assert ran.status == 0, ran.err
    assert len(ran.rows) == 6


def test_one_command_reads_at_one_moment(mine: Path) -> None:
    """What is removed while a command reads is still there for all that the command reads."""
    with closing(open_db(mine, recover=True)) as db, closing(sqlite3.connect(mine, timeout=0)) as other:
        before = db.execute("SELECT count(*) FROM claim").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"), other:
            other.execute("DELETE FROM claim")
        assert db.execute("SELECT count(*) FROM claim").fetchone() == before


def test_lock_taken_in_between_is_no_fault(mine: Path) -> None:
    """A database that another process locks between opening it and reading it is busy, which is no fault of ours."""
    with closing(open_db(mine, recover=True)) as db, closing(sqlite3.connect(mine, isolation_level=None)) as other:
        db.execute("ROLLBACK")
        db.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseProblem, match="is busy"):
            release(db)
