"""`checks` finds what is wrong with a database, names the claim, and changes nothing."""

from contextlib import closing
from pathlib import Path

import pytest
from conftest import Gz
from samples import edit, sha256

from guizhou_cli.answer import Row
from guizhou_cli.db import build as building
from guizhou_cli.db.connection import open_db
from guizhou_cli.db.integrity import checks

CHECKS = ["database", "references", "tables and views", "shipped facts", "search index", "search words"]


def failed(path: Path, script: str) -> list[Row]:
    """Return the failed checks of a database after running SQL in it."""
    edit(path, script)
    before = sha256(path)
    with closing(open_db(path, recover=True)) as db:
        found = [row for row in checks(db) if row[1] != "ok"]
    assert sha256(path) == before
    return found


def test_fresh_database_is_sound(mine: Path) -> None:
    """Each check of a fresh database is one row that says ok."""
    with closing(open_db(mine, recover=True)) as db:
        assert list(checks(db)) == [(check, "ok", None, None, None, None) for check in CHECKS]


FAULTS = """
UPDATE figure SET value = 33.7 WHERE claim_id = 19
    shipped facts | figure 19, 1: value is 33.7; facts.sql says 33.8 | trade-asean | 6
UPDATE topic SET name = 'Trade' WHERE id = 'trade'
    shipped facts | topic trade: name is 'Trade'; facts.sql says 'trade'
DELETE FROM claim_topic WHERE claim_id = 12 AND topic_id = 'tourism'
    shipped facts | claim_topic 12, tourism: is not there | tourism | 3
INSERT INTO claim_keyword VALUES (12, 9, 'own')
    shipped facts | claim_keyword 12, 9: is not in facts.sql | tourism | 3
INSERT INTO abbreviation VALUES ('X', 'exports')
    shipped facts | abbreviation X, exports: is not in facts.sql
INSERT INTO claim_topic VALUES (99, 'trade')
    references | claim_topic refers to a claim that is not there
DROP VIEW trade; CREATE VIEW trade AS SELECT 1
    tables and views | the view trade is not as facts.sql has it
DROP VIEW passages
    tables and views | the view passages is not there
UPDATE claim_fts_content SET c0 = 'x' WHERE id = 12
    search index | the full-text index does not match the words that it was made of
UPDATE claim_fts_content SET c0 = 'x' WHERE id = 12
    search words | a search finds it by other words than it has | tourism | 3
UPDATE claim_fts_content SET c3 = c3 || ' x' WHERE id = 12
    search words | a search finds it by other words than it has | tourism | 3
DELETE FROM claim_fts WHERE rowid = 5
    search words | a search finds it by other words than it has | base-resources | 2
DELETE FROM claim_fts_data WHERE id > 10
    search index | the full-text index does not match the words that it was made of
DROP TABLE claim_fts
    search index | PATH is damaged: no such table: claim_fts
INSERT INTO claim_fts (rowid, statement) VALUES (99, 'x')
    search words | the index has words of a claim 99, which is not there
"""
"""A script, and below it the check that fails, what it says, and the claim with its paragraph."""


@pytest.mark.parametrize(("script", "row"), list(zip(*[iter(FAULTS.strip().splitlines())] * 2, strict=True)))
def test_what_is_wrong_is_named(here: Gz, mine: Path, script: str, row: str) -> None:
    """A failed check names the fault, and the claim where there is one; `gz verify` ends with 1."""
    found = [
        (check, detail, key and str(key).split(":")[1], place)
        for check, _, detail, key, place, _ in failed(mine, script)
    ]
    assert row.strip().replace("PATH", str(mine)) in [
        " | ".join(str(cell) for cell in cells if cell is not None) for cells in found
    ]
    assert here("verify").status == 1


def test_additions_are_no_faults(mine: Path) -> None:
    """A user's own tables, topics and partners, and a kept copy of the shipped report, are no faults."""
    own = (
        "CREATE TABLE own (x); INSERT INTO topic VALUES ('own', 'own'); INSERT INTO trade_partner VALUES ('own', 'O');"
    )
    assert failed(mine, f"{own} UPDATE passage SET text = 'kept' WHERE number = 9") == []


def test_many_faults_are_cut(mine: Path) -> None:
    """Of many faults of one check, the first twenty are listed."""
    found = failed(mine, "UPDATE claim SET statement = 'x'")

    facts = [row for row in found if row[0] == "shipped facts"]
    assert len(facts) == 21
    assert facts[-1] == ("shipped facts", "failed", "and more", None, None, None)


@pytest.mark.parametrize(
    ("script", "unchecked"),
    [
        ("UPDATE build SET checksum = 1; UPDATE figure SET value = 1", {"tables and views", "shipped facts"}),
        ("UPDATE build SET words = 9; UPDATE claim_fts_content SET c3 = 'x'", {"search index", "search words"}),
        ("UPDATE build SET words = NULL; DROP TABLE claim_fts", {"search index", "search words"}),
    ],
)
def test_other_releases_are_not_held_to_this_one(mine: Path, script: str, unchecked: set[str]) -> None:
    """Facts and words of another release are not compared with these, and a row that says ok gives the reason."""
    edit(mine, script)
    with closing(open_db(mine, recover=True)) as db:
        assert {row[0] for row in checks(db) if row[1] == "ok" and row[2]} == unchecked


def test_only_some_of_many_claims_are_spelled_again(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many claims, a bounded number is spelled again; all of their words as written are compared."""
    spelled: list[str] = []

    def counted(*texts: str) -> tuple[str, ...]:
        spelled.append(texts[0])
        return building.index_texts(*texts)

    monkeypatch.setattr("guizhou_cli.db.integrity._SAMPLE", 5)
    monkeypatch.setattr("guizhou_cli.db.integrity.index_texts", counted)
    assert failed(mine, "SELECT 1") == []
    assert len(spelled) == 5
