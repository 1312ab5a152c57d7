"""What every test has at hand: the real program in a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

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
    named = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM", "LANG", "HOME", "PYTHONUTF8", "PYTHONIOENCODING"}
    kept = {name: value for name, value in os.environ.items() if name not in named and not name.startswith(ours)}
    changed: Mapping[str, str | None] = {"HOME": str(home), "LANG": "C.UTF-8", "PYTHONWARNINGS": "error"} | more
    return {name: value for name, value in {**kept, **changed}.items() if value is not None}


Gz = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a new home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def gz(home: Path) -> Gz:
    """Return a function that runs the real program: `gz("bases", "--json", COLUMNS="60")`."""

    def run(*args: str | bytes | Path, stdin: str | bytes = b"", cwd: Path | None = None, **env: str | None) -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*PROGRAM, *args],
            input=given,
            capture_output=True,
            timeout=120,
            check=False,
            cwd=cwd or home,
            env=clean_environment(home, **env),
        )
        return Ran(done.returncode, done.stdout.decode("utf-8", "backslashreplace"), done.stderr.decode())

    return run


@pytest.fixture
def database(gz: Gz) -> Path:
    """Return the path of a database that has just been built in the home folder."""
    ran = gz("path")
    assert ran.status == 0, ran.err
    return Path(ran.out.removesuffix("\n"))
