"""A change that is interrupted, out of disk, locked out or not allowed: all of it is kept, or none. No test waits."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from conftest import INTERRUPTED, PROGRAM, Gz, Ran, clean_environment, run_inside
from samples import SHIPPED, SOUTH, assert_sound, content, sha256, small

CLAIMS = 800
MANY = small("many", CLAIMS)

# Interrupted -------------------------------------------------------------------------------------------------

DROPPING = """
import time
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
DURING = """
import os, signal, sys
from guizhou_cli import __main__
from guizhou_cli.briefings import store
from guizhou_cli.db import rows

def interrupted(*args):
    os.kill(os.getpid(), signal.SIGINT)

store.insert_rows = store.remove_source = rows.insert_rows = rows.remove_source = interrupted
__main__.main()
"""
TOO_LATE = """
import os, signal
from guizhou_cli import __main__, cli
note = cli.note
cli.note = lambda text: (os.kill(os.getpid(), signal.SIGINT), note(text))
__main__.main()
"""
READING = """
import os, signal, sys
from guizhou_cli import __main__, files

def interrupted(*_):
    os.kill(os.getpid(), signal.SIGINT)
    return b""

files._stdin = interrupted
__main__.main()
"""
LOADING = """
import os, signal, sys
from guizhou_cli import __main__

MODULE = sys.argv[1]

class Interrupting:
    def find_spec(self, name, *_):
        if name == MODULE:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv[1:] = ["bases", *sys.argv[2:]]
__main__.main()
"""


def interrupted(home: Path, script: str, *args: str | Path) -> Ran:
    """Run the program with a Ctrl-C at a moment that a script defines."""
    ran = subprocess.run(
        [sys.executable, "-c", script, *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=clean_environment(home, **INTERRUPTED),
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize("command", ["add", "remove", "replace"])
def test_interrupted_while_it_writes(home: Path, mine: Path, tmp_path: Path, command: str) -> None:
    """A change that is interrupted while it writes ends with 130 and silence, and changes nothing."""
    south = tmp_path / "south.toml"
    south.write_text(SOUTH, encoding="utf-8")
    if command != "add":
        assert run_inside(home, "add", south).status == 0
    args: dict[str, list[str | Path]]
    args = {"add": ["add", south], "remove": ["remove", "southland-2025-06-10"], "replace": ["add", south, "--replace"]}
    before = content(mine)

    assert interrupted(home, DURING, *args[command]) == Ran(130, "", "")

    assert content(mine) == before
    assert_sound(mine)
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]


@pytest.mark.parametrize("command", ["add", "remove"])
def test_interrupted_when_it_is_done(home: Path, tmp_path: Path, mine: Path, command: str) -> None:
    """A Ctrl-C that comes when the change is kept changes nothing any more: the message says what was done."""
    south = tmp_path / "south.toml"
    south.write_text(SOUTH, encoding="utf-8")
    assert mine.exists()
    if command == "remove":
        assert run_inside(home, "add", south).status == 0

    ran = interrupted(home, TOO_LATE, command, south if command == "add" else "southland-2025-06-10")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith(("gz: added southland-2025-06-10: 4", "gz: removed southland-2025-06-10: 4"))
    assert len(run_inside(home, "sources", "--json").rows) == (2 if command == "add" else 1)


def test_interrupted_where_python_drops_it(home: Path) -> None:
    """Ctrl-C in the middle of a destructor, out of which Python raises nothing, ends the program all the same."""
    assert interrupted(home, DROPPING) == Ran(130, "", "")


def test_interrupted_while_it_reads_stdin(home: Path, mine: Path) -> None:
    """Ctrl-C while `gz add -` reads its stdin ends it with 130 and silence."""
    before = sha256(mine)
    assert interrupted(home, READING, "add", "-") == Ran(130, "", "")
    assert sha256(mine) == before


@pytest.mark.parametrize("module", ["typer", "sqlite3", "guizhou_cli.app", "guizhou_cli.ask.views", "rich.console"])
def test_interrupted_while_it_loads(home: Path, mine: Path, module: str) -> None:
    """Ctrl-C while the modules are still loading ends the program with 130 and silence."""
    assert mine.exists()
    assert interrupted(home, LOADING, module) == Ran(130, "", "")


# A full disk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 4096, 30_000, 250_000])
@pytest.mark.parametrize("command", ["add", "replace", "remove"])
def test_no_room(gz_after: Gz, home: Path, mine: Path, tmp_path: Path, room: int, command: str) -> None:
    """Where there is no room to write, a change is refused with 3 and two lines, and nothing in the database changes.

    SQLite may have written to pages that held nothing, which it does not restore, so it is the content that counts.
    """
    many = tmp_path / "many.toml"
    many.write_text(MANY, encoding="utf-8")
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
    assert content(mine) == before
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]
    assert_sound(mine)


# Locked out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("holding", ["BEGIN; SELECT count(*) FROM claim", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
@pytest.mark.parametrize("command", ["add", "remove"])
def test_locked_out(gz: Gz, home: Path, mine: Path, tmp_path: Path, holding: str, command: str) -> None:
    """While another program reads or writes without end, a change gives up, says busy, and changes nothing."""
    file = tmp_path / "many.toml"
    file.write_text(small("many", 3), encoding="utf-8")
    if command == "remove":
        assert run_inside(home, "add", file).status == 0
    before = sha256(mine)
    with closing(sqlite3.connect(mine, isolation_level=None)) as db:
        for statement in holding.split("; "):
            db.execute(statement).fetchone()
        ran = gz("add", file) if command == "add" else gz("remove", "many")

    assert ran == Ran(3, "", f"gz: {mine} is busy: another program is using it\n    try again in a moment\n")
    assert sha256(mine) == before


def test_several_at_once(home: Path, mine: Path, tmp_path: Path) -> None:
    """Those who each add a briefing of their own at once succeed one after the other, or are told that it is busy."""
    running = []
    for number in range(4):
        file = tmp_path / f"{number}.toml"
        file.write_text(small(f"source-{number}", 40), encoding="utf-8")
        command = [*PROGRAM, "add", str(file)]
        running.append(subprocess.Popen(command, stderr=subprocess.PIPE, env=clean_environment(home), text=True))
    added = {f"source-{at}" for at, process in enumerate(running) if process.wait(120) == 0}
    for process in running:
        assert process.stderr is not None
        said = process.stderr.read()
        assert said.startswith("gz: added source-") if process.returncode == 0 else "is busy" in said
        process.stderr.close()

    assert_sound(mine)
    assert {row["source"] for row in run_inside(home, "sources", "--json").rows} == {SHIPPED, *added}
    assert added


# Not allowed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["file", "folder", "both"])
@pytest.mark.parametrize("command", ["add", "remove"])
def test_not_allowed(ordinary: Gz, home: Path, mine: Path, tmp_path: Path, closed: str, command: str) -> None:
    """Where the file, its folder or both are read-only, a change is refused with 3 and queries still answer."""
    file = tmp_path / "many.toml"
    file.write_text(small("many", 3), encoding="utf-8")
    if command == "remove":
        assert run_inside(home, "add", file).status == 0
    before = sha256(mine)
    mine.chmod(0o600 if closed == "folder" else 0o400)
    mine.parent.chmod(0o700 if closed == "file" else 0o500)

    changed = ordinary("add", file) if command == "add" else ordinary("remove", "many")
    answers = ordinary("bases", "--json"), ordinary("export", SHIPPED), ordinary("who-said", "coal")

    mine.parent.chmod(0o700)
    assert (changed.status, changed.out) == (3, "")
    assert changed.err.startswith(f"gz: {mine} can't be opened or written: ")
    assert [(ran.status, ran.err) for ran in answers] == [(0, "")] * 3
    assert sha256(mine) == before
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]


def test_without_stderr(gz_after: Gz, home: Path, mine: Path, tmp_path: Path) -> None:
    """Where stderr is closed a briefing is added in silence, and a bad one still ends with 3."""
    (tmp_path / "south.toml").write_text(SOUTH, encoding="utf-8")
    assert gz_after("os.close(2)", "add", tmp_path / "south.toml") == Ran(0, "", "")
    assert run_inside(home, "sources", "--json").rows[1]["claims"] == 4
    assert gz_after("os.close(2)", "add", tmp_path / "south.toml") == Ran(3, "", "")
    assert_sound(mine)


# The quick exit ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("args", "printed"), [(["bases"], 1), (["add", "none.toml"], 1), (["nonsense"], 1)])
def test_handlers_of_the_exit_run(home: Path, mine: Path, args: list[str], printed: int) -> None:
    """What a library registers for the exit runs once, whether the exit is the quick one or not."""
    script = (
        "import atexit, os\nfrom guizhou_cli import __main__\n"
        "atexit.register(os.write, 2, b'<at exit>')\n__main__.main()"
    )
    assert mine.exists()
    assert interrupted(home, script, *args).err.count("<at exit>") == printed


def test_a_query_collects_no_garbage(home: Path, mine: Path) -> None:
    """A query, with a table or without, ends before the first collection of garbage."""
    script = (
        "import atexit, gc, os\nfrom guizhou_cli import __main__\n"
        "def collections(): return sum(stats['collections'] for stats in gc.get_stats())\n"
        "before = collections()\natexit.register(lambda: os.write(2, b'%d' % (collections() - before)))\n"
        "__main__.main()"
    )
    assert mine.exists()
    assert interrupted(home, script, "who-said", "coal").err == "0"
