"""The versions of a database, and what went wrong with it in words."""

import sqlite3
from contextlib import closing

import pytest

from guizhou_cli.db import connection
from guizhou_cli.db.build import build, facts_sql
from guizhou_cli.db.connection import problem_with, release


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
