"""Opening the database for a command: first use, renewal, reading, changing. Each command does it once."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guizhou_cli.db.connection import (
    INDEX_VERSION,
    SCHEMA_VERSION,
    Connection,
    closed_on_error,
    default_path,
    open_ro,
    release,
    reported,
)
from guizhou_cli.errors import DatabaseProblem, note

if TYPE_CHECKING:
    import sqlite3


class Session:
    """What the options before a command say.

    Args:
        named: the database that --db or GZ_DB names, which must exist and which no query changes; None for the
            default one, which is built on first use and renewed after an upgrade of the program.
        color: whether colour may be used.
        pager: whether a long answer may go through a pager.

    """

    def __init__(self, named: Path | None, *, color: bool, pager: bool) -> None:
        self.named, self.color, self.pager = named, color, pager

    def path(self) -> Path:
        """Return the path of the database in use; raise a DatabaseProblem if there is no home folder."""
        return self.named or default_path()

    @contextmanager
    def reading(self, *, to_search: bool = False) -> "Iterator[sqlite3.Connection]":
        """Open the database read-only, building or renewing the default one where that is needed.

        `to_search` says whether the full-text index will be used. Raises what `open_ro` does.
        """
        with closing(self._opened(to_search=to_search)) as db:
            yield db

    @contextmanager
    def changing(self, *, keep: bool = True) -> "Iterator[sqlite3.Connection]":
        """Open the database for one write transaction; with `keep` false, nothing is kept. Raises as `writing`."""
        from signal import SIG_IGN, SIGINT, signal

        from guizhou_cli.db.change import writing

        path = self.path()
        if self.named is None and not os.path.lexists(path):
            from guizhou_cli.db.build import first_use

            first_use(path).close()
        with writing(path, recover=self.named is None, keep=keep) as db:
            yield db
            if keep:  # from the commit on, the process only has to report success
                signal(SIGINT, SIG_IGN)

    def _opened(self, *, to_search: bool) -> Connection:
        path, default = self.path(), self.named is None
        if default and not os.path.lexists(path):
            from guizhou_cli.db.build import first_use

            return first_use(path)
        db = open_ro(path, recover=default)
        found = release(db)
        if default and found.behind:
            from guizhou_cli.db.change import writing

            db.close()
            try:
                with writing(path, recover=True, keep=False):
                    pass
            except DatabaseProblem as problem:
                note(f"answering from an older release's facts: {problem.message}")
            db = open_ro(path, recover=True)
            found = release(db)
        if found.schema < SCHEMA_VERSION:
            from guizhou_cli.db.change import renew as change
        elif to_search and found.words < INDEX_VERSION:
            from guizhou_cli.db.build import index as change
        else:
            return db
        from guizhou_cli.db.build import temporary_copy

        with closing(db), reported(db), closed_on_error(temporary_copy(db)) as copy, reported(copy):
            copy.execute("BEGIN")
            change(copy)
            copy.execute("COMMIT")
            copy.execute("PRAGMA query_only = ON")
        return copy


def has_screen() -> bool:
    """Return whether a browser opens a window; one in a terminal would take it from this program."""
    return sys.platform in {"win32", "darwin"} or not {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)
