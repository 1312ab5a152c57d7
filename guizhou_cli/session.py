"""Opening the database for a command: first use, renewal, reading, changing. Each command does it once."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from guizhou_cli.db.connection import INDEX_VERSION, SCHEMA_VERSION, Connection, default_path, open_db, release
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

        A database that is left at an older schema, or is to be searched by an older index, is read from a renewed copy
        in memory. `to_search` says whether the index will be used. Raises what `open_db` does.
        """
        with closing(self._opened()) as db:
            found = release(db)
            if found.schema == SCHEMA_VERSION and (found.words >= INDEX_VERSION or not to_search):
                yield db
                return
            from guizhou_cli.db.build import changed_copy, index
            from guizhou_cli.db.change import renew

            with closing(changed_copy(db, renew if found.schema < SCHEMA_VERSION else index)) as copy:
                yield copy

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

    def _opened(self) -> Connection:
        path, default = self.path(), self.named is None
        if default and not os.path.lexists(path):
            from guizhou_cli.db.build import first_use

            return first_use(path)
        db = open_db(path, recover=default)
        if not default or not release(db).behind:
            return db
        db.close()
        from guizhou_cli.db.change import writing

        try:
            with writing(path, recover=True, keep=False):
                pass
        except DatabaseProblem as problem:
            note(f"answering from an older release's facts: {problem.message}")
        return open_db(path, recover=True)


def has_screen() -> bool:
    """Return whether a browser opens a window; one in a terminal would take it from this program."""
    return sys.platform in {"win32", "darwin"} or not {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)
