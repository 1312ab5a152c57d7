"""A database is built from facts.sql, and its words are indexed."""

from contextlib import closing
from pathlib import Path

from samples import SHIPPED

from guizhou_cli.db.build import build, checksum, first_use
from guizhou_cli.db.connection import INDEX_VERSION, ask


def test_build_is_facts_sql_and_an_index_of_every_claim() -> None:
    """The index has each claim once, and finds it by its words and terms; the build is recorded."""
    with closing(build()) as db:
        assert ask(db, "SELECT rowid FROM claim_fts") == ask(db, "SELECT id FROM claim ORDER BY id")
        assert ask(db, "SELECT rowid FROM claim_fts WHERE claim_fts MATCH 'terms : tourism'") == [(12,)]
        assert ask(db, "SELECT * FROM build") == [(SHIPPED, 2, checksum(), INDEX_VERSION)]


def test_leftovers_of_killed_first_uses_are_removed(tmp_path: Path) -> None:
    """Unfinished files of first uses that were killed are removed; other files are left alone."""
    for name in (".facts.db-abcd_efg.new", "facts.db.new", ".other.db-abcdefgh.new"):
        (tmp_path / name).touch()

    first_use(tmp_path / "facts.db").close()

    assert {file.name for file in tmp_path.iterdir()} == {"facts.db", "facts.db.new", ".other.db-abcdefgh.new"}
