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


@pytest.mark.parametrize("cell", ["x'00'", "9e999", "-9e999", "CAST(x'ff' AS TEXT)", "abs(-9223372036854775808)"])
def test_cells_that_no_answer_holds(db: Connection, cell: str) -> None:
    """Bytes, infinities and text that is not UTF-8 are damage, also in a later row."""
    _, rows = read(db, f"SELECT 1 UNION ALL SELECT {cell}")

    with pytest.raises(DatabaseProblem, match=r"^the database is damaged: "):
        list(rows)


def test_each_row_has_the_full_budget(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The budget of steps ends a query that gives no row, and none that gives rows."""
    monkeypatch.setattr(connection, "_BUDGET", 3)
    with pytest.raises(DatabaseProblem, match="took too long"):
        ask(db, ENDLESS.format("count(*)"))

    _, rows = read(db, ENDLESS.format("x"))
    assert sum(1 for _ in zip(range(100_000), rows, strict=False)) == 100_000


def failing(code: int) -> sqlite3.OperationalError:
    """Return an error of SQLite with a code."""
    error = sqlite3.OperationalError("its words")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (failing(sqlite3.SQLITE_BUSY), "x.db is busy: another program is using it"),
        (failing(sqlite3.SQLITE_LOCKED_SHAREDCACHE), "x.db is busy: another program is using it"),
        (failing(sqlite3.SQLITE_FULL), "there is no room left to write the database"),
        (failing(sqlite3.SQLITE_READONLY), "x.db can't be opened or written: its words"),
        (failing(sqlite3.SQLITE_READONLY_ROLLBACK), "x.db was left in the middle of a change"),
        (failing(sqlite3.SQLITE_IOERR_READ), "x.db can't be read or written: its words"),
        (failing(sqlite3.SQLITE_INTERRUPT), "x.db took too long to answer"),
        (failing(sqlite3.SQLITE_CORRUPT), "x.db is damaged: its words"),
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
