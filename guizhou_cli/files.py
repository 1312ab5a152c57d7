"""What a person hands in: the bytes of a file or of stdin, up to a limit."""

import os
import stat
import sys

from guizhou_cli.errors import FileProblem
from guizhou_cli.text import visible


def contents(file: str, most: int, hint: str) -> bytes:
    """Return the bytes of a file, or of stdin for `-`.

    Args:
        file: a path, or `-`.
        most: bytes that it may have.
        hint: the way out for somebody whose file has more.

    Raises:
        FileProblem: if it can't be read, is not a regular file (a directory, a named pipe), or is larger.

    """
    name = called(file)
    try:
        data = _stdin(most) if file == "-" else _file(file, most)
    except (OSError, ValueError) as error:
        raise FileProblem(f"{name} can't be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > most:
        mega = most // 1_000_000
        raise FileProblem(f"{name} is over {f'{mega} MB' if mega else f'{most // 1000} kB'}", hint)
    return data


def called(file: str) -> str:
    """Return what to call a file in a message."""
    return "stdin" if file == "-" else visible(file)


def _stdin(most: int) -> bytes:
    if sys.stdin is None:
        raise FileProblem("stdin is closed: there is nothing to read")
    return sys.stdin.buffer.read(most + 1)


def _file(file: str, most: int) -> bytes:
    # O_NONBLOCK, for to open a named pipe waits until somebody writes to it.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileProblem(f"{visible(file)} is not a file", "name a file, or - for stdin")
    with open(descriptor, "rb") as opened:  # noqa: PTH123
        return opened.read(most + 1)
