"""The README's commands and transcripts: extract them, run them, and write their output into it.

`python tests/readme.py` runs every transcript and writes what it printed into the README.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import REPOSITORY, clean_environment

README = REPOSITORY / "README.md"
PICTURES = REPOSITORY / "tests" / "pictures"
DRAWN = {"trade.svg": "COLUMNS=90 gz trade -f svg", "who-said.svg": 'COLUMNS=90 gz who-said "green development" -f svg'}
"""The pictures of the README that the program draws, and the command that draws each."""

_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_PANDOC = """
import os, pypandoc, sys
program = os.path.join(pypandoc.__path__[0], "files", "pandoc")
os.execv(program, [program, *sys.argv[1:]])
"""
_TOOLS = {
    "gz": "-m guizhou_cli",
    "python": "",
    "sqlite-utils": "-m sqlite_utils",
    "pandoc": f"-c {shlex.quote(_PANDOC)}",  # of the tests' own requirements, not one that happens to be installed
}


def blocks(kind: str) -> list[str]:
    """Return the text of each fenced block of that kind, in order."""
    return [match["text"] for match in _BLOCK.finditer(README.read_text()) if match["kind"] == kind]


def steps(block: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of one transcript with what they print, stdout and stderr together."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, printed = re.split(r"(?<!\\)\n", part, maxsplit=1)
        yield command, printed


class Shell:
    """A shell in a folder of its own, with `gz` on its path, 80 columns wide."""

    def __init__(self, folder: Path) -> None:
        tools = folder / "bin"
        tools.mkdir()
        for name, arguments in _TOOLS.items():
            program = tools / name
            program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {arguments} "$@"\n')
            program.chmod(0o755)
        self.work = folder / "work"
        shutil.copytree(REPOSITORY / "tests" / "examples", self.work)
        self._environment = clean_environment(folder, COLUMNS="80")
        self._environment["PATH"] = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"

    def run(self, command: str) -> str:
        """Return what a command prints, stdout and stderr together."""
        done = subprocess.run(
            ["bash", "-c", command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.work,
            env=self._environment,
            timeout=120,
            check=False,
        )
        return done.stdout.decode()


def picture(command: str) -> str:
    """Return what a command draws, from a home of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return Shell(Path(folder)).run(command)


def with_outputs(shell: Shell) -> str:
    """Return the README with each transcript as the program prints it now."""

    def written(match: re.Match[str]) -> str:
        if match["kind"] != "console":
            return match.group()
        text = "".join(f"$ {command}\n{shell.run(command)}" for command, _ in steps(match["text"]))
        return f"```console\n{text}```"

    return _BLOCK.sub(written, README.read_text())


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name, drawing in DRAWN.items():
        (PICTURES / name).write_text(picture(drawing))
    with tempfile.TemporaryDirectory() as home:
        README.write_text(with_outputs(Shell(Path(home))))
