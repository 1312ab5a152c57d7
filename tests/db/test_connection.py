"""What a read returns and raises, and what bounds a query."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from guizhou_cli.db import connection
from guizhou_cli.db.build import build, facts_sql
from guizhou_cli.db.connection import Connection, ask, problem_with, read, release
from guizhou_cli.errors import DatabaseProblem


@pytest.fixture
def db() -> Iterator[Connection]:
    """Return a connection to an empty database, with a budget."""
    with closing(connection.connect(":memory:")) as found:
        yield found


ENDLESS = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT {} FROM c"


def test_versions_are_those_of_facts_sql() -> None:
    """The versions in the code are those that facts.sql writes into a database."""
    with closing(sqlite3.connect(":memory:")) as plain:
        plain.executescript(facts_sql().decode())
        assert plain.execute("PRAGMA application_id").fetchone() == (connection.APPLICATION_ID,)
        assert plain.execute("PRAGMA user_version").fetchone() == (connection.SCHEMA_VERSION,)
        assert plain.execute("SELECT DISTINCT facts FROM build").fetchall() == [(connection.FACTS_VERSION,)]
    with closing(build()) as built:
        assert release(built) == (connection.SCHEMA_VERSION, connection.FACTS_VERSION, connection.INDEX_VERSION)
        assert not release(built).behind


def test_rows_are_read_as_they_are_asked_for(db: Connection) -> None:
    """A read returns the columns at once, and each row when it is asked for: an endless query has first rows."""
    columns, rows = read(db, ENDLESS.format("x, x * ? AS double"), [2])

    assert columns == ("x", "double")
    assert [next(rows) for _ in range(3)] == [(1, 2), (2, 4), (3, 6)]


def test_values_that_sqlite_cannot_take(db: Connection) -> None:
    """A lone surrogate of the command line is read as a question mark; a number that is too large is an error."""
    assert ask(db, "SELECT ?", ["a\udcffb"]) == [("a?b",)]
    with pytest.raises(DatabaseProblem):
        ask(db, "SELECT ?", [2**70])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "x.db is damaged: it asks for too much memory"),
        (OverflowError("too large"), "x.db is damaged: too large"),
        (PermissionError(13, "Permission denied"), "x.db can't be opened: Permission denied"),
    ],
)
def test_what_went_wrong_in_words(error: Exception, message: str) -> None:
    """Each kind of error is one line with a way out."""
    problem = problem_with(error, "x.db")

    assert problem.message == message
    assert problem.hint
