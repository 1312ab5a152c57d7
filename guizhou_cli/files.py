"""What a person hands in: a file, or stdin, read whole where it is no larger than it may be."""

import os
import stat
import sys

from guizhou_cli.errors import FileProblem, visible


def contents(file: str, most: int, larger: str) -> bytes:
    """Return what a file holds, or stdin for `-`.

    Args:
        file: a path, or `-`.
        most: bytes that it may hold.
        larger: what to say to somebody whose file holds more.

    Raises:
        FileProblem: if it can't be read, is no file, such as a folder or a pipe of a name, or is larger.

    """
    name = called(file)
    try:
        data = _stdin(most) if file == "-" else _file(file, most)
    except (OSError, ValueError) as error:
        raise FileProblem(f"{name} can't be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > most:
        raise FileProblem(f"{name} is over {_size(most)}", larger)
    return data


def called(file: str) -> str:
    """Return what to call a file in a message."""
    return "stdin" if file == "-" else visible(file)


def _stdin(most: int) -> bytes:
    if sys.stdin is None:
        raise FileProblem("stdin is closed: there is nothing to read")
    return sys.stdin.buffer.read(most + 1)


def _file(file: str, most: int) -> bytes:
    # Without O_NONBLOCK a FIFO would be waited for until somebody writes to it.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileProblem(f"{visible(file)} is not a file", "name a file, or - for stdin")
    with open(descriptor, "rb") as opened:  # noqa: PTH123
        return opened.read(most + 1)


def _size(count: int) -> str:
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count // 1000} kB"  # noqa: PLR2004
