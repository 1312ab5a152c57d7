"""Reading rows from the database: what answers a question, and each cell of the answer, goes through here.

What only a damaged file can hold, or SQLite can't take, ends as a line for a person.
"""

import math
import sqlite3
from collections.abc import Sequence

from guizhou_cli.database import problem_with

Cell = str | int | float | None
"""What a column of a view holds."""

Row = tuple[Cell, ...]


def read(db: sqlite3.Connection, sql: str, values: Sequence[str | int] = ()) -> tuple[tuple[str, ...], list[Row]]:
    """Return the names of the columns that a SELECT answers with, and its rows.

    Raises:
        DatabaseProblem: if the database is busy or damaged.

    """
    try:
        cursor = db.execute(sql, [_storable(value) for value in values])
        rows: list[Row] = cursor.fetchall()
    except (sqlite3.Error, ValueError, OverflowError) as error:
        raise problem_with(error) from error
    # What a STRICT table can't hold, but a damaged file can.
    if any(_impossible(cell) for row in rows for cell in row):
        raise problem_with(ValueError("a value is of the wrong type"))
    return tuple(column for column, *_ in cursor.description), rows


def ask(db: sqlite3.Connection, sql: str, values: Sequence[str | int] = ()) -> list[Row]:
    """Return the rows that a SELECT answers with; it raises what `read` does."""
    return read(db, sql, values)[1]


def _impossible(cell: object) -> bool:
    return isinstance(cell, bytes) or (isinstance(cell, float) and not math.isfinite(cell))


def _storable(value: str | int) -> str | int:
    """Return `value` as SQLite can take it: a lone surrogate of the command line becomes a question mark."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
