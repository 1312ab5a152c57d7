"""Fixtures: the real program in a home of its own, as a process or within this one."""

import gc
import io
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

import pytest

from guizhou_cli import cli
from guizhou_cli.errors import GzError

if TYPE_CHECKING:
    from served import Served

# A test run in the background may have Ctrl-C ignored, which the programs it starts would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart() -> None:
    """Import Datasette, and collect the connection that it leaves open before Python 3.13 warns of it in a test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        import datasette.app  # noqa: F401

        gc.collect()


PROGRAM = (sys.executable, "-m", "guizhou_cli")
REPOSITORY = Path(__file__).parent.parent
ARTICLE = REPOSITORY.parent / "shared" / "briefing" / "article.txt"


class Ran(NamedTuple):
    """What a process left: its exit status, and what it wrote, as UTF-8."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return stdout read as JSON."""
        rows: list[dict[str, Any]] = json.loads(self.out)
        return rows


def clean_environment(home: Path, **more: str | None) -> dict[str, str]:
    """Return an environment in which nothing of this machine's user or terminal shows; None takes a name away."""
    ours = ("GZ_", "XDG_", "LC_", "TYPER_", "_TYPER")
    named = "PYTEST_CURRENT_TEST COLUMNS LINES NO_COLOR FORCE_COLOR TERM LANG HOME PYTHONUTF8 PYTHONIOENCODING".split()
    kept = {name: value for name, value in os.environ.items() if name not in named and not name.startswith(ours)}
    changed: Mapping[str, str | None] = {"HOME": str(home), "LANG": "C.UTF-8", "PYTHONWARNINGS": "error"} | more
    return {name: value for name, value in {**kept, **changed}.items() if value is not None}


UNMEASURED: dict[str, str | None] = {"COVERAGE_PROCESS_CONFIG": None, "COVERAGE_PROCESS_START": None}
"""For processes that are interrupted or short of means, which a measurement of coverage does not survive."""

INTERRUPTED = UNMEASURED | {"PYTHONWARNINGS": "error,ignore::ResourceWarning"}
"""For processes that Ctrl-C reaches at any moment, also while Python has the file of a module open."""

Gz = Callable[..., Ran]


def process(home: Path, command: Sequence[str | bytes | Path], environment: Mapping[str, str | None]) -> Ran:
    """Run a command in an environment of its own, and return what it left."""
    env = clean_environment(home, **environment)
    done = subprocess.run(command, input=b"", capture_output=True, timeout=120, check=False, cwd=home, env=env)
    return Ran(done.returncode, done.stdout.decode("utf-8", "backslashreplace"), done.stderr.decode())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a new home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def gz(home: Path) -> Gz:
    """Return a function that runs the real program: `gz("bases", "--json", COLUMNS="60")`."""

    def run(*args: str | bytes | Path, **env: str | None) -> Ran:
        return process(home, [*PROGRAM, *args], env)

    return run


def launcher(setup: str) -> list[str]:
    """Return the beginning of a command line that runs some Python, and then becomes the command that follows."""
    return [sys.executable, "-c", f"import os, sys\n{setup}\nos.execv(sys.argv[1], sys.argv[1:])"]


@pytest.fixture
def gz_after(home: Path) -> Gz:
    """Return a function that runs the real program where some Python has run first: `gz_after("os.close(1)", "bases")`.

    The same process becomes the program, which inherits limits, streams and lost powers.
    """

    def run(setup: str, *args: str | Path, **env: str | None) -> Ran:
        return process(home, [*launcher(setup), *PROGRAM, *args], env | UNMEASURED)

    return run


def on_a_terminal(home: Path, command: list[str], environment: Mapping[str, str], keys: Sequence[bytes] = ()) -> str:
    """Return what a command shows on a terminal while keys are typed, each once it is silent for two seconds."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(home)
        colourful = {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "50"}
        os.execvpe(command[0], command, clean_environment(home, **{**colourful, **environment}))  # noqa: S606
    shown = b""
    for key in [*keys, b""]:
        os.write(terminal, key)
        with suppress(OSError):  # how Linux reports that the other side has closed
            while select.select([terminal], [], [], 2 if key else 60)[0]:
                shown += os.read(terminal, 65536)
    os.close(terminal)
    os.waitpid(pid, 0)
    return shown.decode(errors="replace")


AS_ORDINARY_USER = """
import ctypes
if os.geteuid() == 0:
    for power in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, by which root passes all permissions
        if ctypes.CDLL(None).prctl(24, power, 0, 0, 0):  # PR_CAPBSET_DROP
            sys.exit("can't give up the powers of root")
"""


@pytest.fixture
def ordinary(gz_after: Gz, tmp_path: Path) -> Gz:
    """Return a function that runs the real program held to file permissions, even where the tests run as root."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    process(locked, [*launcher(AS_ORDINARY_USER), sys.executable, "-c", "open('attempt', 'w')"], UNMEASURED)
    if (locked / "attempt").exists():
        pytest.skip("nothing here holds this user to file permissions")
    return partial(gz_after, AS_ORDINARY_USER)


def run_inside(home: Path, *args: str | Path, **env: str | None) -> Ran:
    """Run a command line within this process: ten times as fast, for tests in which a process is not the point."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    with (
        patch.dict(os.environ, clean_environment(home, **env), clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        interrupting = signal.getsignal(signal.SIGINT)
        try:
            status = cli.run([str(arg) for arg in args])
        finally:
            signal.signal(signal.SIGINT, interrupting)  # a change that is kept takes no Ctrl-C any more
    written = []
    for stream in (out, err):
        stream.flush()
        written.append(stream.buffer.getvalue().decode("utf-8", "backslashreplace"))
    return Ran(status, *written)


@pytest.fixture(scope="session")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Gz:
    """Return `run_inside` with a home folder of its own, in which the database is built once."""
    return partial(run_inside, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def seeded(inside: Gz) -> Path:
    """Return the path of a database as first use builds it, for tests that read it or copy it."""
    ran = inside("path")
    assert ran.status == 0, ran.err
    return Path(ran.out.removesuffix("\n"))


def place(home: Path) -> Path:
    """Return the path of the default database of a home folder."""
    return home / ".local" / "share" / "guizhou-cli" / "facts.db"


@pytest.fixture
def mine(home: Path, seeded: Path) -> Path:
    """Return the path of a copy of the seeded database, where the home folder's own database lies."""
    place(home).parent.mkdir(parents=True)
    return Path(shutil.copyfile(seeded, place(home)))


@pytest.fixture
def here(home: Path, mine: Path) -> Gz:
    """Return `run_inside` in the home folder, where the database is there already."""
    assert mine == place(home)
    return partial(run_inside, home)


@pytest.fixture(scope="module")
def page(seeded: Path) -> Iterator["Served"]:
    """Return the page over the database as first use builds it."""
    from served import serving

    with serving(seeded.parent, "--db", seeded) as served:
        yield served


@pytest.fixture(name="cli")
def of_seeded(inside: Gz, seeded: Path) -> Gz:
    """Return a function that asks the command line about the same database."""
    return partial(inside, "--db", seeded)


def work(call: Callable[[], object]) -> int:
    """Return how many lines of Python a call runs."""
    lines = 0

    def trace(_frame: object, event: str, _arg: object) -> object:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # its type asks for more than it needs
    try:
        call()
    except GzError:
        pass
    finally:
        sys.settrace(before)
    return lines
