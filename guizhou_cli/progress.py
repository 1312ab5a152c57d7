"""How far a change has come, on stderr, for a person who waits."""

import sys
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

SHOWN_AFTER = 1.0
"""Seconds. A change that takes longer shows its progress, where stderr is a terminal."""


class Progress:
    """A bar on stderr for a change that takes longer than a second; nothing where stderr is no terminal."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total, self._done = what, total, 0
        self._begun = time.monotonic()
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.stop()

    def advance(self, count: int) -> None:
        """Count `count` rows as done."""
        self._done += count
        if self._bar is None:
            if time.monotonic() - self._begun < SHOWN_AFTER or sys.stderr is None or not sys.stderr.isatty():
                return
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(stderr=True), transient=True)
            self._bar.add_task(self._what, total=self._total)
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=self._done)
