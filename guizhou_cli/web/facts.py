"""The database as Datasette asks it: a connection for each query, read-only, with limits of time, size and memory."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from pathlib import Path
from sys import getsizeof
from time import perf_counter
from typing import TypeVar

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted, Results
from datasette.views.base import DatasetteError

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.db.connection import open_db
from guizhou_cli.errors import GzError

SECONDS = 2.0
"""The time limit of one query. A writer waits longer than this, so no query keeps `gz add` out."""

_COUNT_MILLISECONDS = 200
"""The time limit of counting the rows of a filtered view; the page does without the number."""

_BYTES = 10_000_000
"""The size limit of the rows of one query, as Python objects."""

_HEAP = 150_000_000
"""Bytes that SQLite may allocate for all queries together."""

_CELL = 500_000
"""Bytes of a cell: a function of SQL works on one of this size for up to a second, and nothing interrupts it."""

_PATTERN = 100
"""Bytes of a pattern of LIKE, which nothing interrupts either."""

T = TypeVar("T")


@dataclass
class Visit:
    """One request."""

    escape: Callable[[Cell], Cell] | None = None  # what is done to each cell, where a spreadsheet will read it
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)  # by question and words
    problem: GzError | None = None  # why a question could not be answered


VISIT: ContextVar[Visit] = ContextVar("VISIT")


class Facts(Database):
    """A database of ours, as Datasette asks it. The file is opened anew for each query, with `recover` as `open_db`."""

    def __init__(self, site: Datasette, path: Path, *, recover: bool) -> None:
        super().__init__(site, path=str(path))
        self.cached_size = 0  # Datasette would ask for the size of a file that may be gone
        self._recover = recover
        with self.opened() as db:
            db.execute(f"PRAGMA hard_heap_limit = {_HEAP}")

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Open the database read-only, or raise DatabaseProblem. A query ends when the time is up."""
        ends = perf_counter() + SECONDS
        db = open_db(Path(self.path), recover=self._recover)

        def ended() -> bool:
            if perf_counter() > ends:
                db.looks = -1  # as after a budget: what reads the rows then says that it took too long
            return db.looks < 0

        try:
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _CELL)
            db.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _PATTERN)
            db.executescript("PRAGMA temp_store = MEMORY; BEGIN")  # nothing would bound a temporary file
            db.set_progress_handler(ended, 1000)
            yield db
        finally:
            db.close()

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Return what a question of ask/ answers, from a thread."""

        def in_thread() -> T:
            with self.opened() as db:
                return question(db)

        return await asyncio.get_running_loop().run_in_executor(self.ds.executor, copy_context().run, in_thread)

    async def execute_fn(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Return what a function of Datasette's returns, on a connection that plugins have prepared."""

        def prepared(db: sqlite3.Connection) -> T:
            self.ds._prepare_connection(db, self.name)  # noqa: SLF001 - as Datasette's own databases do
            db.row_factory = _bounded(VISIT.get().escape)
            return fn(db)

        return await self.ask(prepared)

    async def execute(
        self,
        sql: str,
        params: Mapping[str, Cell] | None = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,  # noqa: ARG002 - an error is shown on the page, not in the terminal
    ) -> Results:
        """Return the rows of a query, and count those of a view by the table that page.toml names.

        Raises QueryInterrupted if the time is up, GzError if a question in the query can't be answered, and
        sqlite3.Error if the query is wrong or its rows are too large.
        """
        view = sql.removeprefix("select count(*) from ")
        if view != sql and not truncate:
            custom_time_limit = _COUNT_MILLISECONDS
            sql = f"select count(*) from {self.ds.metadata('counted', self.name, view.strip()) or view}"
        try:
            return await super().execute(sql, params, truncate, custom_time_limit, page_size, log_sql_errors=False)
        except (QueryInterrupted, sqlite3.Error) as error:
            visit = VISIT.get()
            if visit.problem:  # SQLite knows only that a function failed
                raise visit.problem from error
            if visit.escape:  # Datasette would send a file without rows, or end it without words
                late = isinstance(error, QueryInterrupted)
                raise DatasetteError("it took too long; this is not all" if late else str(error), status=400) from error
            raise

    async def table_counts(self, limit: int = 10) -> dict[str, int]:  # noqa: ARG002 - as Datasette declares it
        """Return nothing: no page shows a table, and to look at each would take a query."""
        return {}


def _bounded(escape: Callable[[Cell], Cell] | None) -> Callable[[sqlite3.Cursor, tuple[Cell, ...]], sqlite3.Row]:
    """Return a row factory for one query, which refuses the row that makes its rows larger than the size limit."""
    size = 0

    def row(cursor: sqlite3.Cursor, cells: tuple[Cell, ...]) -> sqlite3.Row:
        nonlocal size
        size += sum(map(getsizeof, cells))
        if size > _BYTES:
            raise sqlite3.DataError(f"the answer has more than {_BYTES // 1_000_000} MB; select less")
        return sqlite3.Row(cursor, tuple(map(escape, cells)) if escape else cells)

    return row
