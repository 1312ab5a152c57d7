"""The program with its modules loaded, poised to run, so that it can be stopped at a moment of its writing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from conftest import INTERRUPTED, Ran, clean_environment


def place(home: Path) -> Path:
    """Return where the database lies in a home folder."""
    return home / ".local" / "share" / "guizhou-cli" / "facts.db"


POISED = """
import json, os, sys
from guizhou_cli import __main__, briefing, building, cli, shelf
while line := sys.stdin.readline():
    home, errors, args = json.loads(line)
    if (child := os.fork()) == 0:
        os.environ["HOME"] = home
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        sys.argv[1:] = args
        try:
            __main__.main()
        except SystemExit as ended:
            os._exit(ended.code)
    print(child, flush=True)
    sys.stdin.readline()
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Poised:
    """A process with the program's modules loaded, which becomes the program whenever it is told to.

    So a run takes no time to start, and moments within it can be told apart.
    """

    def __init__(self, home: Path) -> None:
        self._home, self._errors = home, home / "errors"
        self._runner = subprocess.Popen(
            [sys.executable, "-c", POISED],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=clean_environment(home, **INTERRUPTED),
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.communicate(timeout=60)

    def run(self, *args: str, then: signal.Signals | None = None, after: float = 0) -> Ran:
        """Run the program; send it a signal so long after it has begun to write; return how it ended."""
        assert self._runner.stdin is not None
        assert self._runner.stdout is not None
        print(json.dumps([str(self._home), str(self._errors), args]), file=self._runner.stdin, flush=True)
        child = int(self._runner.stdout.readline())
        if then:
            journal = place(self._home).with_name("facts.db-journal")
            until = time.monotonic() + 60
            while not journal.exists() and time.monotonic() < until:
                pass
            time.sleep(after)
            os.kill(child, then)  # it is not waited for yet, so the number is still its own
        print(file=self._runner.stdin, flush=True)
        status = int(self._runner.stdout.readline())
        return Ran(status, "", self._errors.read_text())
