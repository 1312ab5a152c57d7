"""A database is built from facts.sql, and its words are indexed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from samples import SHIPPED

from guizhou_cli.db.build import build, checksum, first_use
from guizhou_cli.db.connection import INDEX_VERSION, Connection, ask


@pytest.fixture
def db() -> Iterator[Connection]:
    """Return a database that was just built in memory."""
    with closing(build()) as built:
        yield built


def matching(db: sqlite3.Connection, words: str) -> list[object]:
    """Return the ids of the claims that the index finds."""
    return [id_ for (id_,) in db.execute("SELECT rowid FROM claim_fts WHERE claim_fts MATCH ? ORDER BY 1", [words])]


def test_build_is_facts_sql_and_an_index_of_every_claim(db: Connection) -> None:
    """The index has each claim once, by its own words; the build is recorded."""
    assert matching(db, "statement : guizhou") == matching(db, "guizhou AND statement : g*")
    assert ask(db, "SELECT rowid FROM claim_fts") == ask(db, "SELECT id FROM claim ORDER BY id")
    assert ask(db, "SELECT * FROM build") == [(SHIPPED, 2, checksum(), INDEX_VERSION)]
    assert matching(db, "terms : tourism") == [12]


def test_leftovers_of_killed_first_uses_are_removed(tmp_path: Path) -> None:
    """Unfinished files of first uses that were killed are removed; other files are left alone."""
    for name in (".facts.db-abcd_efg.new", "facts.db.new", ".other.db-abcdefgh.new"):
        (tmp_path / name).touch()

    first_use(tmp_path / "facts.db").close()

    assert {file.name for file in tmp_path.iterdir()} == {"facts.db", "facts.db.new", ".other.db-abcdefgh.new"}
