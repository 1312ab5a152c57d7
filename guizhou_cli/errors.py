"""Errors and their exit statuses, and the one function that writes a note to stderr."""

import sys
from contextlib import suppress

from guizhou_cli.text import visible

SHOWN_AT_MOST = 1000
"""Faults of one file that are printed."""


class ExitStatus:  # not an enumeration: making one takes a two-hundredth of the instructions of a query
    """The exit statuses of the program."""

    FOUND = 0  # the answer is on stdout
    NOTHING = 1  # nothing was found, or a verification failed
    USAGE = 2  # the command line is not understood
    PROBLEM = 3  # a file or the database has a problem
    FAULT = 70  # the program itself has a fault (EX_SOFTWARE of sysexits.h)
    INTERRUPTED = 130  # Ctrl-C (128 + SIGINT, as shells count)


class GzError(Exception):
    """An error for a person: `message` in one line, and a `hint` that names the way out. Each class has its status."""

    status = ExitStatus.FAULT

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NothingFound(GzError):  # noqa: N818 - an answer rather than an error
    """A name that was typed is unknown."""

    status = ExitStatus.NOTHING


class UsageProblem(GzError):  # noqa: N818 - reads as what it reports
    """The question is not understood."""

    status = ExitStatus.USAGE


class FileProblem(GzError):  # noqa: N818 - reads as what it reports
    """A file can't be read, written or understood."""

    status = ExitStatus.PROBLEM


class DatabaseProblem(FileProblem):
    """The database can't be opened, read or written."""


class PageProblem(GzError):  # noqa: N818 - reads as what it reports
    """The page, or another server, can't be started."""

    status = ExitStatus.PROBLEM


class BriefingProblem(FileProblem):
    """A file is not a valid briefing: `faults` has a line for each thing that is wrong."""

    def __init__(self, name: str, faults: list[str]) -> None:
        count = "one thing is wrong" if len(faults) == 1 else f"{len(faults)} things are wrong"
        more = [f"and {len(faults) - SHOWN_AT_MOST} more"] if len(faults) > SHOWN_AT_MOST else []
        super().__init__(f"{name}: {count}; nothing was added", "\n".join(faults[:SHOWN_AT_MOST] + more))
        self.faults = faults


def note(message: str, hint: str | None = None) -> None:
    """Write one line for a person to stderr, and the lines of a hint below; do nothing where stderr is closed."""
    if sys.stderr is None:
        return
    lines = [f"gz: {message.replace(chr(10), ' ')}", *(f"    {line}" for line in (hint or "").split("\n") if line)]
    encoding = sys.stderr.encoding or "ascii"
    text = "\n".join(map(visible, lines)).encode(encoding, "backslashreplace").decode(encoding)
    with suppress(OSError):  # stderr is closed or full, and there is no other place to report that
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that does
