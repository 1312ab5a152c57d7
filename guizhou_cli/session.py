"""Opening the database for a command: first use, renewal, reading, changing. Each command does it once."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.db.connection import (
    DAMAGE,
    INDEX_VERSION,
    SCHEMA_VERSION,
    Connection,
    default_path,
    exists,
    open_ro,
    problem_with,
    release,
)
from guizhou_cli.errors import DatabaseProblem, note

if TYPE_CHECKING:
    import sqlite3


class Session(NamedTuple):
    """What the options before a command say.

    Attributes:
        named: the database that --db or GZ_DB names, which must exist and which no query changes; None for the
            default one, which is built on first use and renewed after an upgrade of the program.
        color: whether colour may be used.
        pager: whether a long answer may go through a pager.

    """

    named: Path | None
    color: bool
    pager: bool

    def path(self) -> Path:
        """Return the path of the database in use.

        Raises:
            DatabaseProblem: if there is no home folder.

        """
        return self.named or default_path()

    @contextmanager
    def reading(self, *, to_search: bool = False) -> "Iterator[sqlite3.Connection]":
        """Open the database read-only, building or renewing the default one where that is needed.

        Args:
            to_search: whether the full-text index will be used.

        Raises:
            DatabaseProblem: as `open_ro`.

        """
        with closing(self._opened(to_search=to_search)) as db:
            yield db

    @contextmanager
    def changing(self, *, keep: bool = True) -> "Iterator[sqlite3.Connection]":
        """Open the database for one write transaction; with `keep` false, nothing of it is kept.

        Raises:
            DatabaseProblem: as `guizhou_cli.db.change.writing`.

        """
        from guizhou_cli.db.change import writing

        path = self.path()
        if self.named is None and not exists(path):
            from guizhou_cli.db.build import first_use

            first_use(path).close()
        with writing(path, recover=self.named is None, keep=keep, last=True) as db:
            yield db

    def _opened(self, *, to_search: bool) -> Connection:
        path = self.path()
        if self.named is None and not exists(path):
            from guizhou_cli.db.build import first_use

            return first_use(path)
        db = open_ro(path, recover=self.named is None)
        try:
            found = release(db)
            if self.named is None and found.behind:
                from guizhou_cli.db.change import upgrade

                db.close()
                try:
                    upgrade(path)
                except DatabaseProblem as problem:
                    note(f"answering from an older release's facts: {problem.message}")
                db = open_ro(path, recover=True)
                found = release(db)
            if found.schema < SCHEMA_VERSION:
                from guizhou_cli.db.migrate import migrated_copy as copied
            elif to_search and found.words < INDEX_VERSION:
                from guizhou_cli.db.build import searchable_copy as copied
            else:
                return db
            with closing(db):
                return copied(db)
        except DAMAGE as error:
            db.close()
            raise problem_with(error, str(path)) from error
        except BaseException:
            db.close()
            raise


def has_screen() -> bool:
    """Return whether a browser opens a window; one in a terminal would take it from this program."""
    return sys.platform in {"win32", "darwin"} or not {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}.isdisjoint(os.environ)
