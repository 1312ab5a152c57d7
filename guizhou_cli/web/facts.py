"""The database as the page reads it: a connection for each query, read-only, with limits of time, size and memory."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from sys import getsizeof
from time import perf_counter
from typing import TypeVar

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results
from datasette.views.base import DatasetteError

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.db.connection import Connection, open_ro
from guizhou_cli.errors import GzError
from guizhou_cli.session import Session

SECONDS = 2.0
"""The time limit of one query. A writer waits longer than this, so no query keeps `gz add` out."""

_COUNT_SECONDS = 0.2
"""The time limit of counting the rows of a filtered view; the page does without the number."""

_BYTES = 10_000_000
"""The size limit of the rows of one query, as Python objects."""

_HEAP = 150_000_000
"""Bytes that SQLite may allocate for all queries together."""

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 500_000,  # bytes of a cell: a function of SQL works on it for up to a second,
    sqlite3.SQLITE_LIMIT_COLUMN: 64,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,  # as does LIKE, and nothing interrupts it
}

T = TypeVar("T")


@dataclass
class Visit:
    """One request.

    Attributes:
        ends: when its time is up, by `perf_counter`.
        escape: what is done to each cell of its rows, where they go to a spreadsheet.
        answers: the answers found for it, by question.
        keys: what `answer` in SQL has returned, by question and words.
        problem: why a question could not be answered.

    """

    ends: float
    escape: Callable[[Cell], Cell] | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    keys: dict[tuple[object, str], str] = field(default_factory=dict)
    problem: GzError | None = None


VISIT: ContextVar[Visit] = ContextVar("VISIT")


class Facts(Database):
    """The database of a session, as Datasette asks it.

    Args:
        site: the server.
        session: how the database is opened.
        counted: by view, the table with a row for each row of the view, which is slow to count itself.

    """

    def __init__(self, site: Datasette, session: Session, counted: Mapping[str, str]) -> None:
        super().__init__(site, path=str(session.path()))
        self.cached_size = 0  # Datasette asks for the size of the file, and there may be none
        self.stopping = False
        self._session, self._counted = session, counted
        self._source: tuple[object, bytes | None] = ((), None)
        with self.opened(perf_counter() + 60) as db:
            db.execute(f"PRAGMA hard_heap_limit = {_HEAP + 4 * len(self._source[1] or b'')}")

    @contextmanager
    def opened(self, ends: float) -> Iterator[sqlite3.Connection]:
        """Open the database as it is now, read-only. A query ends when the time is up or the program stops.

        Raises:
            DatabaseProblem: if it can't be opened.

        """
        with closing(self._connected()) as db:

            def ended() -> bool:
                if self.stopping or perf_counter() > ends:
                    db.looks = -1  # as after a budget: what reads the rows then says that it took too long
                return db.looks < 0

            for limit, most in _LIMITS.items():
                db.setlimit(limit, most)
            # The heap limit bounds what is in memory; nothing would bound a temporary file.
            db.executescript("PRAGMA temp_store = MEMORY; BEGIN")
            db.set_progress_handler(ended, 1000)
            yield db

    def _connected(self) -> Connection:
        path = Path(self.path)
        seen, image = self._source
        if seen != _identity(path):  # the file was built, replaced, changed or removed: the session decides anew
            with self._session.reading(to_search=True) as db:
                in_file = db.execute("PRAGMA database_list").fetchone()[2]
                image = None if in_file else db.serialize()
            self._source = (_identity(path), image)
        if image is None:
            return open_ro(path, recover=self._session.named is None)
        copy = sqlite3.connect(":memory:", isolation_level=None, factory=Connection)
        copy.deserialize(image)
        copy.executescript("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")
        return copy

    async def ask(self, question: Callable[[sqlite3.Connection], T], seconds: float = SECONDS) -> T:
        """Return what a question of ask/ answers, within a time limit."""

        def in_thread() -> T:
            with self.opened(min(perf_counter() + seconds, VISIT.get().ends)) as db:
                return question(db)

        answering = partial(copy_context().run, in_thread)
        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, answering)

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T], seconds: float = SECONDS) -> T:
        """Return what a function of Datasette's returns, on a connection that plugins have prepared."""

        def prepared(db: sqlite3.Connection) -> T:
            self.ds._prepare_connection(db, self.name)  # noqa: SLF001 - as Datasette's own databases do
            return fn(db)

        return await self.ask(prepared, seconds)

    async def execute(
        self,
        sql: str,
        params: Mapping[str, Cell] | None = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,  # noqa: ARG002 - an error is shown on the page, not in the terminal
    ) -> Results:
        """Return the rows of a query; where they are to be truncated, as many as a page shows.

        Raises:
            QueryInterrupted: if the time is up or the program stops.
            sqlite3.Error: if the query is wrong, or its rows are too large.

        """
        most = self.ds.max_returned_rows + (page_size == self.ds.max_returned_rows)
        seconds = min(SECONDS, (custom_time_limit or 1000 * SECONDS) / 1000)
        view = sql.removeprefix("select count(*) from ")
        if view != sql and not truncate:
            seconds = _COUNT_SECONDS
            sql = f"SELECT count(*) FROM {self._counted.get(view.strip(), view)}"
        visit = VISIT.get()

        def ran(db: sqlite3.Connection) -> Results:
            cursor = db.execute(sql, params or {})
            if not truncate:
                return Results(list(_bounded(cursor)), truncated=False, description=cursor.description)
            rows = [row for row, _ in zip(_bounded(cursor), range(most + 1), strict=False)]
            shown = [tuple(map(visit.escape, row)) for row in rows[:most]] if visit.escape else rows[:most]
            return Results(shown, len(rows) > most, cursor.description)

        try:
            return await self.execute_fn(ran, seconds)
        except sqlite3.DatabaseError as error:
            interrupted = error.args == ("interrupted",)
            if visit.escape:  # Datasette would send a file without rows, or end it without words
                words = "it took too long; this is not all" if interrupted else str(error)
                raise DatasetteError(words, status=400) from error
            if interrupted:
                raise QueryInterrupted(error, sql, params) from error
            if visit.problem:  # SQLite knows only that a function failed
                raise visit.problem from error
            raise

    async def table_counts(self, limit: int = 10) -> dict[str, int]:  # noqa: ARG002 - as Datasette declares it
        """Return nothing: no page shows a table, and to look at each would take a query."""
        return {}


def _bounded(rows: Iterable[sqlite3.Row]) -> Iterator[sqlite3.Row]:
    """Yield rows as long as they fit into the size limit.

    Raises:
        sqlite3.DataError: if they do not.

    """
    size = 0
    for row in rows:
        size += sum(map(getsizeof, row))
        if size > _BYTES:
            raise sqlite3.DataError(f"the answer has more than {_BYTES // 1_000_000} MB; select less")
        yield row


def _identity(path: Path) -> tuple[int, ...] | None:
    """Return what differs between two files of one name, or two states of one file; None where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
