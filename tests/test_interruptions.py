"""A change that is killed, interrupted, out of disk, locked out or not allowed: all of it is there, or none."""

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from briefings import SHIPPED, SOUTH, assert_sound, content, sha256, small
from conftest import INTERRUPTED, PROGRAM, Gz, Ran, clean_environment, run_inside
from poised import Poised, place

CLAIMS = 800
MANY = small("many", CLAIMS)
OLD = small("many", 3)
NEXT_ADDED = Ran(0, "", "gz: added southland-2025-06-10: 4 claims, 3 paragraphs, 2 speakers\n")


def claims_of_many(home: Path) -> int:
    """Return how many claims of the briefing the next run counts, and a search finds."""
    sources = {row["source"]: row["claims"] for row in run_inside(home, "sources", "--json").rows}
    claims: int = sources.get("many", 0)
    with closing(sqlite3.connect(place(home))) as db:
        found = "SELECT count(*) FROM claim_search_fts WHERE claim_search_fts MATCH 'marmalad'"
        assert db.execute(found).fetchone() == (claims,)
    assert sources[SHIPPED] == 23
    return claims


# Killed and interrupted ------------------------------------------------------------------------------------


@pytest.fixture
def poised(home: Path, mine: Path) -> Iterator[Poised]:
    """Return a process that is ready to become the program, in the home folder."""
    assert mine.exists()
    with Poised(home) as runner:
        yield runner


def seconds_of_writing(poised: Poised, mine: Path, file: Path) -> float:
    """Return how long the program takes from the beginning of its transaction to its end."""
    image = mine.read_bytes()
    begun: list[float] = []
    journal = mine.with_name("facts.db-journal")
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            if not begun and journal.exists():
                begun.append(time.monotonic())
            time.sleep(0.001)

    watching = threading.Thread(target=watch)
    watching.start()
    assert poised.run("add", str(file)).status == 0
    ended = time.monotonic()
    done.set()
    watching.join()
    mine.write_bytes(image)
    return ended - begun[0]


def test_killed_at_sixty_moments(poised: Poised, home: Path, mine: Path, tmp_path: Path) -> None:
    """Killed at any moment of its writing, `gz add` leaves all of the briefing or none, with --replace the new one or
    the old one, and the next run finds a sound database.
    """
    many, old, south = tmp_path / "many.toml", tmp_path / "old.toml", tmp_path / "south.toml"
    many.write_text(MANY)
    old.write_text(OLD)
    south.write_text(SOUTH)
    empty = mine.read_bytes()
    run_inside(home, "add", old)
    with_old = mine.read_bytes()
    mine.write_bytes(empty)
    lasts = seconds_of_writing(poised, mine, many)
    ends = set()
    torn = 0
    for moment in range(60):
        replacing = moment % 2 == 1
        mine.write_bytes(with_old if replacing else empty)
        more = ["--replace"] if replacing else []

        ran = poised.run(
            "add", str(many), *more, then=signal.SIGKILL, after=lasts * (moment / 56 if moment < 58 else 5)
        )

        torn += mine.with_name("facts.db-journal").exists()
        there = claims_of_many(home)
        ends.add(there)
        assert there in ({3, CLAIMS} if replacing else {0, CLAIMS})
        assert ran.status in ({0, -9} if there == CLAIMS else {-9})
        assert_sound(mine)
        assert run_inside(home, "add", south) == NEXT_ADDED
        assert_sound(mine)
        assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]
    assert torn > 10, "few were killed in the middle of it"
    assert ends == {0, 3, CLAIMS}


def test_interrupted_at_forty_moments(poised: Poised, home: Path, mine: Path, tmp_path: Path) -> None:
    """Ctrl-C at any moment of its writing ends `gz add` with 130, silence and nothing added, or comes too late."""
    many = tmp_path / "many.toml"
    many.write_text(MANY)
    before, image = sha256(mine), mine.read_bytes()
    lasts = seconds_of_writing(poised, mine, many)
    interrupted = 0
    for moment in range(40):
        ran = poised.run("add", str(many), then=signal.SIGINT, after=lasts * moment / 40)

        assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]
        if claims_of_many(home) == 0:
            interrupted += 1
            assert ran == Ran(130, "", "")
            assert sha256(mine) == before
        else:  # it came while the program said so, or after
            assert claims_of_many(home) == CLAIMS
            assert ran.status in {0, 130}
            assert ran.err in {"", f"gz: added many: {CLAIMS} claims, 9 paragraphs, 0 speakers\n"}
            mine.write_bytes(image)
    assert interrupted > 10


@pytest.mark.parametrize("command", ["add", "remove", "replace"])
def test_interrupted_program(home: Path, mine: Path, tmp_path: Path, command: str) -> None:
    """The real program, interrupted while it writes, ends with 130 and silence, and the database is unharmed."""
    many = tmp_path / "many.toml"
    many.write_text(small("many", 4000))
    args = {"add": ["add", str(many)], "remove": ["remove", "many"], "replace": ["add", str(many), "--replace"]}
    if command != "add":
        assert run_inside(home, "add", many).status == 0
    before = content(mine)
    with subprocess.Popen(
        [*PROGRAM, *args[command]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(home, **INTERRUPTED),
        cwd=home,
    ) as process:
        until = time.monotonic() + 60
        while not mine.with_name("facts.db-journal").exists() and time.monotonic() < until:
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err) == (130, b"", b"")
    assert content(mine) == before
    assert_sound(mine)
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]


DROPPING = """
import sys, time
from guizhou_cli import __main__, cli

class Dropping:
    def __del__(self):
        raise KeyboardInterrupt

def run(args):
    Dropping()
    while True:
        time.sleep(0.001)

cli.run = run
__main__.main()
"""


def test_interrupted_where_python_drops_it(home: Path) -> None:
    """Ctrl-C in the middle of a destructor, out of which Python raises nothing, ends the program all the same."""
    done = subprocess.run(
        [sys.executable, "-c", DROPPING], capture_output=True, timeout=50, check=False, env=clean_environment(home)
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_interrupted_while_it_reads_stdin(home: Path, mine: Path) -> None:
    """Ctrl-C while `gz add -` waits for its stdin ends it with 130 and silence."""
    before = sha256(mine)
    ready = "import sys, threading\nfrom guizhou_cli import briefing, cli, shelf\nprint(flush=True)\n"
    with subprocess.Popen(
        [sys.executable, "-c", f"{ready}sys.exit(cli.run(['add', '-']))"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(home, **INTERRUPTED),
        cwd=home,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        process.stdin.write(SOUTH[:100].encode())
        process.stdin.flush()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, b"")
    assert sha256(mine) == before


TOO_LATE = """
import os, signal, sys
from guizhou_cli import __main__, cli
note = cli.note
cli.note = lambda text: (os.kill(os.getpid(), signal.SIGINT), note(text))
__main__.main()
"""


@pytest.mark.parametrize("command", ["add", "remove"])
def test_interrupted_when_it_is_done(home: Path, tmp_path: Path, command: str) -> None:
    """A Ctrl-C that comes when the change is kept changes nothing any more: what was done is told, with status 0."""
    south = tmp_path / "south.toml"
    south.write_text(SOUTH)
    if command == "remove":
        assert run_inside(home, "add", south).status == 0
    args = [command, south if command == "add" else "southland-2025-06-10"]
    environment = clean_environment(home, **INTERRUPTED)
    ran = subprocess.run(
        [sys.executable, "-c", TOO_LATE, *args], capture_output=True, text=True, check=False, env=environment
    )
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr.startswith(("gz: added southland-2025-06-10: 4", "gz: removed southland-2025-06-10: 4"))
    assert len(run_inside(home, "sources", "--json").rows) == (2 if command == "add" else 1)


# A full disk -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 512, 4096, 30_000, 250_000, 400_000])
@pytest.mark.parametrize("command", ["add", "replace", "remove"])
def test_no_room(gz_after: Gz, home: Path, mine: Path, tmp_path: Path, room: int, command: str) -> None:
    """Where there is no room to write, a change is refused with 3 and two lines, and nothing in the database changes.

    SQLite may have written to pages that held nothing, which it does not restore, so it is the content that counts.
    """
    many = tmp_path / "many.toml"
    many.write_text(MANY)
    args = {"add": ["add", str(many)], "remove": ["remove", "many"], "replace": ["add", str(many), "--replace"]}
    if command != "add":
        assert run_inside(home, "add", many).status == 0
    before = content(mine)
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"

    ran = gz_after(limit, *args[command])

    assert ran in (
        Ran(3, "", f"gz: {mine} can't be read or written: disk I/O error\n    nothing was changed\n"),
        Ran(3, "", "gz: there is no room left to write the database\n    nothing was changed\n"),
    )
    assert claims_of_many(home) == (0 if command == "add" else CLAIMS)
    assert content(mine) == before
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]
    assert_sound(mine)


@pytest.mark.parametrize("room", [170_000, 400_000, 1_000_000])
def test_no_room_for_much(gz_after: Gz, mine: Path, tmp_path: Path, room: int) -> None:
    """Where SQLite has begun to write a large change and can't take it back itself, that is done before it is told."""
    many = tmp_path / "many.toml"
    many.write_text(small("many", 8000))
    before = sha256(mine)
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))"
    assert gz_after(limit, "add", many).status == 3
    assert (sha256(mine), [file.name for file in mine.parent.iterdir()]) == (before, ["facts.db"])


# Locked out ------------------------------------------------------------------------------------------------

HOLDING = {
    "reading": "BEGIN; SELECT count(*) FROM claim",
    "about to write": "BEGIN IMMEDIATE",
    "writing": "BEGIN EXCLUSIVE",
}


@contextmanager
def held(path: Path, how: str) -> Iterator[sqlite3.Connection]:
    """Hold a database from this process, which the program runs outside of."""
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as db:
        for statement in HOLDING[how].split("; "):
            db.execute(statement).fetchone()
        yield db


@pytest.mark.parametrize("how", HOLDING)
@pytest.mark.parametrize("command", ["add", "remove"])
def test_locked_out(gz: Gz, home: Path, mine: Path, tmp_path: Path, how: str, command: str) -> None:
    """While another program reads or writes without end, a change gives up after a few seconds, says busy, and the
    database is unharmed.
    """
    file = tmp_path / "many.toml"
    file.write_text(OLD)
    if command == "remove":
        assert run_inside(home, "add", file).status == 0
    before = sha256(mine)
    with held(mine, how):
        begun = time.monotonic()
        ran = gz("add", file) if command == "add" else gz("remove", "many")
        waited = time.monotonic() - begun

    assert ran == Ran(3, "", f"gz: {mine} is busy: another program is using it\n    try again in a moment\n")
    assert 2.5 < waited < 60, "it waits 3 s, and other work may keep it waiting longer"
    assert sha256(mine) == before
    assert claims_of_many(home) == (0 if command == "add" else 3)


@pytest.mark.parametrize("how", HOLDING)
def test_locked_out_for_a_moment(gz: Gz, mine: Path, tmp_path: Path, how: str) -> None:
    """A change waits for a program that reads or writes for a moment."""
    (tmp_path / "south.toml").write_text(SOUTH)
    with held(mine, how) as db:
        timer = threading.Timer(1.0, db.rollback)
        timer.start()
        assert gz("add", tmp_path / "south.toml") == NEXT_ADDED
        timer.join()
    assert_sound(mine)


def test_queries_while_another_program_is_about_to_write(gz: Gz, mine: Path) -> None:
    """Queries and exports answer while another program has begun to write."""
    with held(mine, "about to write"):
        assert gz("bases").status == 0
        assert gz("export", SHIPPED).status == 0


def test_ten_at_once(home: Path, mine: Path, tmp_path: Path) -> None:
    """Ten who each add a briefing of their own in the same moment all succeed, one after the other."""
    running = []
    for number in range(10):
        file = tmp_path / f"{number}.toml"
        file.write_text(small(f"source-{number}", 40))
        running.append(
            subprocess.Popen(
                [*PROGRAM, "add", str(file)], stderr=subprocess.PIPE, env=clean_environment(home), cwd=home, text=True
            )
        )
    for number, process in enumerate(running):
        told = process.communicate(timeout=120)[1]
        assert told == f"gz: added source-{number}: 40 claims, 9 paragraphs, 0 speakers\n"
    assert_sound(mine)
    assert [row["claims"] for row in run_inside(home, "sources", "--json").rows] == [23, *[40] * 10]


# Not allowed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["file", "folder", "both"])
@pytest.mark.parametrize("command", ["add", "remove"])
def test_not_allowed(ordinary: Gz, home: Path, mine: Path, tmp_path: Path, closed: str, command: str) -> None:
    """Where the file, its folder or both are read-only, a change is refused with 3 and queries still answer."""
    file = tmp_path / "many.toml"
    file.write_text(OLD)
    if command == "remove":
        assert run_inside(home, "add", file).status == 0
    before, rows = sha256(mine), content(mine)
    mine.chmod(0o600 if closed == "folder" else 0o400)
    mine.parent.chmod(0o700 if closed == "file" else 0o500)

    changed = ordinary("add", file) if command == "add" else ordinary("remove", "many")
    answers = ordinary("bases", "--json"), ordinary("export", SHIPPED), ordinary("who-said", "coal")

    mine.parent.chmod(0o700)
    assert changed.status == 3
    assert changed.out == ""
    first, second = changed.err.splitlines()
    assert first.startswith(f"gz: {mine} can't be opened or written: ")
    assert second == "    are its permissions right?"
    assert [(ran.status, ran.err) for ran in answers] == [(0, "")] * 3
    assert (sha256(mine), content(mine)) == (before, rows)
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]


def test_nobody_to_tell(gz_after: Gz, home: Path, mine: Path, tmp_path: Path) -> None:
    """Where stderr is closed a briefing is added in silence, and a bad one still ends with 3."""
    (tmp_path / "south.toml").write_text(SOUTH)
    assert gz_after("os.close(2)", "add", tmp_path / "south.toml") == Ran(0, "", "")
    assert run_inside(home, "sources", "--json").rows[1]["claims"] == 4
    assert gz_after("os.close(2)", "add", tmp_path / "south.toml") == Ran(3, "", "")
    assert_sound(mine)
