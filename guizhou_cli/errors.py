"""What can go wrong, and the exit status of each: an error owns its status, its message and the way out.

Messages are for people: one line that says what is wrong, and a hint, where there is one, that says what to do.
"""

import re
import sys
from enum import IntEnum

TOLD_AT_MOST = 1000
"""Faults of one file: nobody reads more."""


class ExitStatus(IntEnum):
    """What the program's exit status says."""

    FOUND = 0
    """There is an answer, and it is on stdout."""

    NOTHING = 1
    """There is none; or a verification has failed."""

    USAGE = 2
    """The command line can't be understood."""

    PROBLEM = 3
    """Something is wrong with a file or the database."""

    FAULT = 70
    """The program itself is wrong (EX_SOFTWARE of sysexits.h)."""

    INTERRUPTED = 130
    """Ctrl-C (128 + SIGINT, as shells count)."""


class GzError(Exception):
    """An error to tell a person: `message` in one line, and perhaps a `hint` as the way out."""

    status = ExitStatus.FAULT

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class NothingFound(GzError):  # noqa: N818 - an answer rather than an error, though it travels as one
    """The question was understood, and nothing in the database answers it."""

    status = ExitStatus.NOTHING


class VerificationFailed(GzError):  # noqa: N818 - an answer rather than an error, though it travels as one
    """Something that was verified does not hold."""

    status = ExitStatus.NOTHING


class UsageProblem(GzError):  # noqa: N818 - reads as what it tells
    """The question itself can't be understood."""

    status = ExitStatus.USAGE


class FileProblem(GzError):  # noqa: N818 - reads as what it tells
    """A file can't be read, written or understood."""

    status = ExitStatus.PROBLEM


class DatabaseProblem(FileProblem):
    """The database can't be opened, read or written."""


class PageProblem(GzError):  # noqa: N818 - reads as what it tells
    """The page can't be served."""

    status = ExitStatus.PROBLEM


class BriefingProblem(FileProblem):
    """What is no briefing: `faults` says, for each thing wrong, where it stands and what was expected."""

    def __init__(self, name: str, faults: list[str]) -> None:
        count = "one thing is wrong with it" if len(faults) == 1 else f"{len(faults)} things are wrong with it"
        more = [f"and {len(faults) - TOLD_AT_MOST} more"] if len(faults) > TOLD_AT_MOST else []
        super().__init__(f"{name}: {count}; nothing was added", "\n".join(faults[:TOLD_AT_MOST] + more))
        self.faults = faults


def visible(text: str) -> str:
    r"""Return `text` with every character that steers a terminal, or can't be encoded, written out (ESC as `\x1b`).

    Those are the C0 and C1 controls, line and paragraph separators, the bidirectional overrides and isolates,
    and lone surrogates.
    """
    if text.isprintable():  # the common case at C speed; it is false for all of these, and for a few harmless ones
        return text
    return re.sub(f"[{STEERING}]", lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


STEERING = (
    r"\x00-\x1f"  # C0
    r"\x7f-\x9f"  # DEL and C1
    r"\u061c"  # Arabic letter mark
    r"\u200e\u200f"  # left-to-right and right-to-left marks
    r"\u2028-\u202e"  # separators of lines and paragraphs, embeddings and overrides
    r"\u2066-\u2069"  # isolates
    r"\ud800-\udfff"  # lone surrogates
    r"\ufeff"  # byte order mark
    r"\ufff9-\ufffb"  # interlinear annotation
)
"""What steers a terminal, or can't be encoded: the inside of a character class of `re`, compiled when first used."""


def note(message: str, *, prefix: str = "gz: ") -> None:
    """Write one line for a person to stderr, and nothing where stderr is closed."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "ascii"
    line = (prefix + visible(message)).encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is where it is done
    except OSError:  # nobody can be told that nobody can be told
        return
