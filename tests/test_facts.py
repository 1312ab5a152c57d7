"""The facts of the shipped briefing, cell by cell, and the views that answer with them."""

import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import ARTICLE, REPOSITORY, Gz

FACTS = (REPOSITORY / "facts.sql").read_text(encoding="utf-8")
SOURCE = "guizhou-2024-06-14"
VIEWS = ("bases", "trade", "figures", "measures", "claims", "speakers", "topics", "sources")
EXPECTED = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
"""By view, its columns and its rows; `named` is what the report names in each paragraph, 0 to 8."""

CHECK_WORDING = REPOSITORY.parent / "shared" / "tools" / "check-wording"


@pytest.fixture
def plain() -> Iterator[sqlite3.Connection]:
    """Return the database that `sqlite3 facts.db < facts.sql` gives: no more than SQLite itself."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(FACTS)
    yield connection
    connection.close()


def rows(plain: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query answers."""
    return plain.execute(sql).fetchall()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_answers_cell_for_cell(inside: Gz, plain: sqlite3.Connection, view: str) -> None:
    """Each view has the columns and the rows of facts.json, in plain SQLite and as the JSON of its command.

    Paragraphs 0, 1 and 5 are credited to nobody, 2 to 4 and 6 to Li, 7 and 8 to Qiu.
    """
    columns, *expected = EXPECTED[view]
    cursor = plain.execute(f"SELECT * FROM {view}")
    assert [name for name, *_ in cursor.description] == columns
    assert list(map(list, cursor)) == expected
    answered = inside(view, "--json").rows
    assert list(answered[0]) == columns
    assert [
        [", ".join(cell) if isinstance(cell, list) else cell for cell in row.values()] for row in answered
    ] == expected


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    """Return the path of a database that SQLite alone has made of facts.sql."""
    path = tmp_path / "by-hand.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"BEGIN; {FACTS}; COMMIT")
    return path


def test_database_that_sqlite_alone_has_made(inside: Gz, by_hand: Path) -> None:
    """It is searched and verified as any other, and not a byte of it changes; also where somebody has edited it."""
    before = by_hand.read_bytes()
    for command in (("who-said", "green development"), ("trade",), ("cite", "trade-asean")):
        assert inside("--db", by_hand, *command) == inside(*command)
    assert inside("--db", by_hand, "verify").status == 0
    assert by_hand.read_bytes() == before
    with closing(sqlite3.connect(by_hand)) as db, db:
        db.execute("UPDATE claim SET statement = 'In words of my own.' WHERE slug = 'tourism'")
    before = by_hand.read_bytes()
    found = inside("--db", by_hand, "who-said", "my own words", "--json").rows
    assert [row["claim"] for row in found] == [f"{SOURCE}:tourism"]
    assert inside("--db", by_hand, "verify").status == 1
    assert by_hand.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("CREATE TABLE claim_fts (statement, quote)", 0),
        ("CREATE VIRTUAL TABLE claim_fts USING fts5 (statement)", 0),
        ("DROP VIEW claim_words", 3),
        ("UPDATE claim SET statement = CAST(x'ff' AS TEXT) WHERE id = 1", 3),
    ],
)
def test_database_made_by_hand_and_altered(inside: Gz, by_hand: Path, statement: str, status: int) -> None:
    """What somebody has put where gz would put its index is not used, and what is gone is reported."""
    with closing(sqlite3.connect(by_hand)) as db, db:
        db.execute(statement)
    ran = inside("--db", by_hand, "who-said", "coal")
    assert ran.status == status, ran.err
    assert inside("--db", by_hand, "bases") == inside("bases")


@pytest.mark.parametrize("paragraph", range(9))
def test_each_thing_named_is_found_at_its_paragraph(inside: Gz, paragraph: int) -> None:
    """Each figure, industry, measure, person and organization of the report is found, in its paragraph, by its name."""
    for name in EXPECTED["named"][paragraph]:
        assert paragraph in {row["paragraph"] for row in inside("who-said", name, "--json").rows}, name


def test_the_sql_is_plain_and_holds_together(plain: sqlite3.Connection) -> None:
    """facts.sql begins and ends no transaction, needs no maths functions, and breaks none of its foreign keys."""
    code = re.sub(r"--[^\n]*|'[^']*'", "", FACTS)
    assert not re.search(r"\b(BEGIN|COMMIT|ROLLBACK|power|exp|ln)\b", code, re.IGNORECASE)
    assert rows(plain, "PRAGMA foreign_key_check") == []
    tables = rows(plain, "SELECT sql FROM sqlite_schema WHERE type = 'table'")
    assert all(re.search(r"\) STRICT(, WITHOUT ROWID)?$", sql) for (sql,) in tables)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE claim SET attribution = 'reported' WHERE slug = 'trade-asean'",
        "UPDATE claim SET attribution = 'said' WHERE slug = 'trade-expansion'",
        "UPDATE claim SET speaker_id = 'nobody' WHERE slug = 'trade-asean'",
        "UPDATE claim SET paragraph = 9 WHERE slug = 'trade-asean'",
        "UPDATE figure SET value = 'fast'",
        "UPDATE figure SET change = 'faster'",
        "UPDATE figure SET years = 101",
        "UPDATE claim SET statement = NULL WHERE slug = 'trade-asean'",
        "UPDATE claim SET evidence = 'believed'",
        "UPDATE source SET event_date = '14 June'",
        "UPDATE passage SET sha256 = 'x' WHERE number = 1",
    ],
)
def test_the_tables_refuse_what_cannot_be(plain: sqlite3.Connection, wrong: str) -> None:
    """A credit without a speaker, a paragraph that is not there, a rate that is no number: the tables refuse it."""
    with pytest.raises(sqlite3.IntegrityError):
        plain.execute(wrong)


@pytest.fixture
def paragraphs() -> list[str]:
    """Return the headline and the paragraphs of the report, where a copy lies beside this repository."""
    if not ARTICLE.is_file():
        pytest.skip("the report is its publisher's, and no copy lies beside this repository")
    headline, rest = ARTICLE.read_text(encoding="utf-8").split("\n", 1)
    return [headline, *rest.split("\n\n")[1:9]]


def test_the_fingerprints_are_those_of_the_report(plain: sqlite3.Connection, paragraphs: list[str]) -> None:
    """Each paragraph's fingerprint is the SHA-256 of that paragraph of the report, which its locator words enclose."""
    for number, sha256, first, last in rows(plain, "SELECT number, sha256, first_words, last_words FROM passage"):
        text = paragraphs[number]
        assert hashlib.sha256(text.encode()).hexdigest() == sha256
        assert text.startswith(first)
        assert text.rstrip(".").endswith(last)
        assert sum(paragraph.count(first) for paragraph in paragraphs) == 1


def test_keywords_stand_in_their_paragraph(plain: sqlite3.Connection, paragraphs: list[str]) -> None:
    """Each keyword stands in the report, in the paragraph of its claim, in that spelling."""
    for paragraph, keyword in rows(plain, "SELECT paragraph, keyword FROM claim JOIN claim_keyword ON claim_id = id"):
        assert keyword.lower() in paragraphs[paragraph].lower()


def test_the_reports_text_is_not_there(plain: sqlite3.Connection) -> None:
    """Neither the report's text nor a quotation of it ships."""
    assert rows(plain, "SELECT * FROM passage WHERE text IS NOT NULL") == []
    assert rows(plain, "SELECT * FROM claim WHERE quote IS NOT NULL OR said_in IS NOT NULL") == []


def test_the_derived_figure_is_the_rate_compounded(plain: sqlite3.Connection) -> None:
    """The implied total growth is the annual rate compounded over its years, to a decimal, for other rates too."""
    for rate, years, total in ((28.4, 2, 64.9), (10.0, 3, 33.1), (-50.0, 2, -75.0), (0.0, 9, 0.0), (7.0, 1, 7.0)):
        plain.execute("UPDATE figure SET value = ?, years = ? WHERE claim_id = 18", [rate, years])
        assert rows(plain, "SELECT implied_total_growth_pct FROM trade WHERE partner <> 'asean'") == [(total,)]
    plain.execute("UPDATE figure SET years = NULL WHERE claim_id = 18")
    assert rows(plain, "SELECT implied_total_growth_pct FROM trade WHERE partner <> 'asean'") == [(None,)]


@pytest.mark.skipif(not shutil.which("sqlite3"), reason="no sqlite3 shell is installed here")
def test_the_sqlite3_shell_reads_it() -> None:
    """The sqlite3 shell reads facts.sql and answers `select * from trade`."""
    asked = "sqlite3 :memory: '.read facts.sql' 'select partner, annual_growth_pct, speaker from trade'"
    done = subprocess.run(["sh", "-c", asked], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", "belt-and-road|28.4|Li Bingjun\nasean|33.8|Li Bingjun\n")


def test_no_run_of_the_reports_words_stands_in_the_project() -> None:
    """No file of the project carries ten or more words of the report in a row."""
    if not CHECK_WORDING.is_file():
        pytest.skip("the report is its publisher's, and what compares with it is not beside this repository")
    done = subprocess.run([sys.executable, CHECK_WORDING, REPOSITORY], capture_output=True, text=True, check=False)
    if done.returncode == 2:
        pytest.skip(f"it could not look: {done.stderr.strip()}")
    assert (done.returncode, done.stdout) == (0, "")
