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
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from conftest import REPOSITORY, clean_environment

README = REPOSITORY / "README.md"
PICTURES = REPOSITORY / "tests" / "pictures"
_BLOCK = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


PANDOC = """
import os, pypandoc, sys
program = os.path.join(pypandoc.__path__[0], "files", "pandoc")
os.execv(program, [program, *sys.argv[1:]])
"""


class Step(NamedTuple):
    """A command of a transcript, and what the README says it prints, stdout and stderr together."""

    command: str
    printed: str


def blocks(kind: str) -> list[str]:
    """Return the text of each fenced block of that kind, in order."""
    return [match["text"] for match in _BLOCK.finditer(README.read_text()) if match["kind"] == kind]


def steps(block: str) -> Iterator[Step]:
    """Yield the commands of one transcript with what they print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.split("\n")
        end = 1
        while lines[end - 1].endswith("\\"):
            end += 1
        yield Step("\n".join(lines[:end]), "\n".join(lines[end:]))


class Shell:
    """A shell in a folder of its own, with `gz` on its path, 80 columns wide."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        tools = folder / "bin"
        tools.mkdir()
        calls = {
            "gz": "-m guizhou_cli",
            "python": "",
            "sqlite-utils": "-m sqlite_utils",
            # The pandoc of the tests' own requirements, not one that happens to be installed.
            "pandoc": f"-c {shlex.quote(PANDOC)}",
        }
        for name, arguments in calls.items():
            program = tools / name
            call = f"{shlex.quote(sys.executable)} {arguments}"
            program.write_text(f'#!/bin/sh\nexec {call} "$@"\n')
            program.chmod(0o755)
        self.work = folder / "work"
        shutil.copytree(REPOSITORY / "tests" / "examples", self.work)
        environment = clean_environment(folder, COLUMNS="80")
        self._environment = environment | {
            "PATH": f"{tools}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        }

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


def with_outputs() -> str:
    """Return the README with each transcript as the program prints it now."""
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(Path(folder))

        def written(match: re.Match[str]) -> str:
            if match["kind"] != "console":
                return match.group()
            text = "".join(f"$ {step.command}\n{shell.run(step.command)}" for step in steps(match["text"]))
            return f"```console\n{text}```"

        return _BLOCK.sub(written, README.read_text())


def picture(command: str) -> str:
    """Return the picture that a command draws, from a home of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return Shell(Path(folder)).run(command)


DRAWN = {"trade.svg": "COLUMNS=90 gz trade -f svg", "who-said.svg": 'COLUMNS=90 gz who-said "green development" -f svg'}
"""The pictures of the README that the program draws, and the command that draws each."""


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name, command in DRAWN.items():
        (PICTURES / name).write_text(picture(command))
    README.write_text(with_outputs())
