"""A change that is killed, interrupted or out of disk: all of it is kept, or none. No test waits."""

import signal
import sys
from pathlib import Path

import pytest
from conftest import INTERRUPTED, Gz, Ran, process, run_inside
from samples import assert_sound, content, folder_of, small, unharmed

pytestmark = pytest.mark.usefixtures("mine")


def prepared(home: Path, command: str, claims: int = 3) -> list[str]:
    """Return the command line of a change that would succeed: to add, replace or remove a briefing."""
    file = home / "many.toml"
    file.write_text(small("many", claims), encoding="utf-8")
    if command != "add":
        assert run_inside(home, "add", file).status == 0
    return ["remove", "many", "--yes"] if command == "remove" else ["add", str(file), "--replace"]


# Interrupted -------------------------------------------------------------------------------------------------

INTERRUPT = """
import os, signal, sys, time
from guizhou_cli import __main__

def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)
    return b""
"""
DROPPING = """
from guizhou_cli import cli

class Dropping:
    def __del__(self):
        raise KeyboardInterrupt

def run(args):
    Dropping()
    while True:
        time.sleep(0.001)

cli.run = run
"""
TOO_LATE = """
from guizhou_cli import cli
note = cli.note
cli.note = lambda text: (interrupt(), note(text))
"""
READING = """
from guizhou_cli import files
files._stdin = interrupt
"""
LOADING = """
class Interrupting:
    def find_spec(self, name, *_):
        if name == {module!r}:
            interrupt()

sys.meta_path.insert(0, Interrupting())
"""


AT_EXIT = """
import atexit, gc
collections = lambda: sum(stats["collections"] for stats in gc.get_stats())
before = collections()
atexit.register(lambda: os.write(2, b"<%d>" % (collections() - before)))
"""


def interrupted(home: Path, script: str, *args: str | Path) -> Ran:
    """Run the program with a Ctrl-C at a moment that a script defines."""
    return process(home, [sys.executable, "-c", f"{INTERRUPT}{script}\n__main__.main()", *args], INTERRUPTED)


STOPPED = """
import os, sys
from guizhou_cli import __main__
from guizhou_cli.db import connection
steps, by = int(sys.argv.pop(1)), int(sys.argv.pop(1))
class Stopping(connection.Connection):
    def stop(self):
        global steps
        steps -= 1
        if steps == 0:
            os.kill(os.getpid(), by)
    def execute(self, *args):
        self.stop()
        return super().execute(*args)
    def executemany(self, *args):
        self.stop()
        return super().executemany(*args)
connection.Connection = Stopping
__main__.main()
"""


STOPS = [("add", signal.SIGKILL), *((command, signal.SIGINT) for command in ("add", "replace", "remove"))]


@pytest.mark.parametrize(("command", "by"), STOPS)
def test_stopped_at_sixty_statements(home: Path, mine: Path, command: str, by: signal.Signals) -> None:
    """A change that is killed or interrupted before any of its statements is kept as a whole or not at all."""
    args = prepared(home, command, claims=30)
    before, image = content(mine), mine.read_bytes()
    assert run_inside(home, *args).status == 0
    after, statuses = content(mine), set()
    for step in range(1, 61, 3):
        mine.write_bytes(image)
        ended = process(home, [sys.executable, "-c", STOPPED, str(step), str(int(by)), *args], INTERRUPTED)
        statuses.add(ended.status)
        assert [*folder_of(mine)] == ["facts.db"] or by == signal.SIGKILL
        assert run_inside(home, "bases").status == 0  # which rolls back what is left
        assert content(mine) == (after if ended.status == 0 else before)
        assert_sound(mine)
        assert ended.status == 0 or ended == Ran(130 if by == signal.SIGINT else -9, "", "")
    assert statuses >= {130 if by == signal.SIGINT else -9}


@pytest.mark.parametrize(("command", "sources"), [("add", 2), ("remove", 1)])
def test_interrupted_when_it_is_done(home: Path, command: str, sources: int) -> None:
    """A Ctrl-C that comes when the change is kept changes nothing any more: the message says what was done."""
    ran = interrupted(home, TOO_LATE, *prepared(home, command))

    assert (ran.status, ran.out) == (0, "")
    assert ran.err.startswith(("gz: added many: 3", "gz: removed many: 3"))
    assert len(run_inside(home, "sources", "--json").rows) == sources


def test_interrupted_where_python_drops_it(home: Path) -> None:
    """Ctrl-C in the middle of a destructor, out of which Python raises nothing, ends the program all the same."""
    assert interrupted(home, DROPPING) == Ran(130, "", "")


def test_interrupted_while_it_reads_stdin(home: Path, mine: Path) -> None:
    """Ctrl-C while `gz add -` reads its stdin ends it with 130 and silence."""
    with unharmed(mine):
        assert interrupted(home, READING, "add", "-") == Ran(130, "", "")


@pytest.mark.parametrize("module", ["typer", "sqlite3", "guizhou_cli.app", "guizhou_cli.ask.views", "rich.console"])
def test_interrupted_while_it_loads(home: Path, module: str) -> None:
    """Ctrl-C while the modules are still loading ends the program with 130 and silence."""
    assert interrupted(home, LOADING.format(module=module), "bases") == Ran(130, "", "")


@pytest.mark.parametrize("args", ["who-said coal", "add none.toml", "nonsense"])
def test_the_quick_exit(home: Path, args: str) -> None:
    """What a library registers for the exit runs once, and before it, nothing short collects garbage."""
    assert interrupted(home, AT_EXIT, *args.split()).err.count("<0>") == 1


# Refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 4096, 30_000, 250_000])
@pytest.mark.parametrize("command", ["add", "replace", "remove"])
def test_no_room(gz_after: Gz, home: Path, mine: Path, room: int, command: str) -> None:
    """Where there is no room to write, a change is refused with 3 and two lines, and no content changes."""
    args = prepared(home, command, claims=800)
    before = content(mine)

    ran = gz_after(f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))", *args)

    assert ran in (
        Ran(3, "", f"gz: {mine} can't be read or written: disk I/O error\n    nothing was changed\n"),
        Ran(3, "", "gz: there is no room left to write the database\n    nothing was changed\n"),
    )
    assert content(mine) == before
    assert [*folder_of(mine)] == ["facts.db"]
    assert_sound(mine)
