"""`gz verify`: whether the database holds together, and whether a report says what the database says it does."""

import hashlib
import re
import shutil
import sqlite3
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import ARTICLE, Gz, Ran, run_inside
from report import BRIEFING, REPORT, SOURCE
from sqlite_utils import Database

from guizhou_cli import changing, verification
from guizhou_cli.article import normalised, read_article
from guizhou_cli.errors import NothingFound

SHIPPED = "guizhou-2024-06-14"
CHECKS = ["database", "references", "tables and views", "shipped facts", "search index", "search words"]

Row = dict[str, Any]


def told(ran: Ran) -> list[tuple[Any, ...]]:
    """Return what a verification tells beyond the checks that passed, without source and claim's source."""
    return [
        (row["check"], row["status"], row["paragraph"], row["claim"] and row["claim"].rpartition(":")[2], row["detail"])
        for row in ran.rows
        if row["status"] != "ok"
    ]


def statuses(ran: Ran) -> dict[int, str]:
    """Return the status of each passage."""
    return {row["paragraph"]: row["status"] for row in ran.rows if row["check"] == "passage"}


def changed(path: Path, *statements: str) -> None:
    """Run SQL on a database as somebody would who minds neither keys nor checks."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            db.execute(statement)


@pytest.fixture(scope="session")
def both(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds the tests' own briefing beside the shipped one."""
    folder = tmp_path_factory.mktemp("both")
    path = folder / "facts.db"
    shutil.copyfile(seeded, path)
    (folder / "briefing.toml").write_text(BRIEFING)
    (folder / "report.txt").write_text(REPORT)
    ran = run_inside(folder, "--db", path, "add", folder / "briefing.toml", "--article", folder / "report.txt")
    assert ran == Ran(0, "", f"gz: added {SOURCE}: 8 claims, 7 paragraphs, 2 speakers\n")
    return path


@pytest.fixture
def own(both: Path, tmp_path: Path) -> Path:
    """Return a copy of that database, to be changed."""
    return Path(shutil.copyfile(both, tmp_path / "own.db"))


@pytest.fixture
def copy(seeded: Path, tmp_path: Path) -> Path:
    """Return a copy of a database with the shipped facts alone, to be changed."""
    return Path(shutil.copyfile(seeded, tmp_path / "copy.db"))


Verify = Callable[..., Ran]


@pytest.fixture
def verify(inside: Gz, tmp_path: Path) -> Verify:
    """Return a function that verifies a text against a database: `verify(path, text, "--source", …)`."""

    def run(path: Path, text: str | bytes | None = None, *args: str) -> Ran:
        given: list[str | Path] = []
        if text is not None:
            article = tmp_path / "article.txt"
            article.write_bytes(text.encode() if isinstance(text, str) else text)
            given = [article]
        return inside("--db", path, "verify", *given, *args, "--json")

    return run


@pytest.fixture(scope="session", params=["own", "shipped"])
def report(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a source and its report: the tests' own, and the shipped one where its article is at hand."""
    if request.param == "own":
        return SOURCE, REPORT
    if not ARTICLE.is_file():
        pytest.skip(f"the article is not at {ARTICLE}")
    return SHIPPED, read_article(str(ARTICLE))


# Without an article ----------------------------------------------------------------------------------------


def test_sound(inside: Gz, both: Path) -> None:
    """A database that holds together passes every check, in a table for people."""
    assert inside("--db", both, "verify") == Ran(
        0,
        " check             status\n"
        " ─────────────────────────\n"
        " database          ok\n"
        " references        ok\n"
        " tables and views  ok\n"
        " shipped facts     ok\n"
        " search index      ok\n"
        " search words      ok\n",
        "",
    )


def test_sound_for_programs(verify: Verify, both: Path) -> None:
    """As JSON each check is an object, and what it does not tell is null."""
    keys = dict.fromkeys(("detail", "claim", "paragraph", "source"))
    assert verify(both).rows == [{"check": check, "status": "ok"} | keys for check in CHECKS]


SWAP = """
    UPDATE trade_growth
       SET annual_growth_pct = (SELECT sum(annual_growth_pct) FROM trade_growth) - annual_growth_pct
"""
UNSOUND: dict[str, tuple[list[str], list[tuple[str, str | None, str]]]] = {
    "swapped rates": (
        [SWAP],
        [
            ("search words", "trade-belt-and-road", "a search finds it by other words than it has"),
            ("search words", "trade-asean", "a search finds it by other words than it has"),
            ("shipped facts", "trade-belt-and-road", "trade_growth 18: annual_growth_pct is 33.8; facts.sql says 28.4"),
            ("shipped facts", "trade-asean", "trade_growth 19: annual_growth_pct is 28.4; facts.sql says 33.8"),
        ],
    ),
    "a row too many": (
        ["INSERT INTO claim_topic VALUES (1, 'trade')"],
        [
            ("search words", "high-quality-growth", "a search finds it by other words than it has"),
            ("shipped facts", "high-quality-growth", "claim_topic 1, trade: is not in facts.sql"),
        ],
    ),
    "a row too few": (
        ["DELETE FROM trade_partner_alias WHERE alias = '东盟'"],
        [("shipped facts", None, "trade_partner_alias asean, 东盟: is not there")],
    ),
    "another view": (
        [
            "DROP VIEW topics",
            "CREATE VIEW topics AS SELECT name AS topic, 99 AS claims FROM topic",
            "DROP INDEX claim_slug",
            "DROP TRIGGER claim_search_ai",
        ],
        [
            ("tables and views", None, "the index claim_slug is not there"),
            ("tables and views", None, "the view topics is not as facts.sql has it"),
            ("tables and views", None, "the trigger claim_search_ai is not there"),
        ],
    ),
    "a broken reference": (
        ["UPDATE claim SET speaker_id = 'nobody' WHERE slug = 'tourism'"],
        [
            ("references", None, "claim 12 refers to a appearance that is not there"),
            ("search words", "tourism", "a search finds it by other words than it has"),
            ("shipped facts", "tourism", "claim 12: speaker_id is 'nobody'; facts.sql says 'li-bingjun'"),
        ],
    ),
    "an index of other words": (
        ["DROP TRIGGER claim_search_au", "UPDATE claim_search SET statement = 'steel' WHERE claim_id = 12"],
        [
            ("search index", None, "the full-text index does not match the words it was made of"),
            ("search words", "tourism", "a search finds it by other words than it has"),
            ("tables and views", None, "the trigger claim_search_au is not there"),
            (
                "shipped facts",
                "tourism",
                ("claim_search 12: statement is 'steel';"
                " facts.sql says 'guizhou is upgrading its tourism industry'"),
            ),
        ],
    ),
    "words that are gone": (
        ["DELETE FROM claim_search WHERE claim_id = 12"],
        [
            ("search words", "tourism", "a search finds it by other words than it has"),
            ("shipped facts", "tourism", "claim_search 12: is not there"),
        ],
    ),
    "no index at all": (
        ["DROP TABLE claim_search_fts"],
        [
            ("search index", None, "no such table: claim_search_fts"),
            *[
                ("tables and views", None, f"the table claim_search_fts{part} is not there")
                for part in ("", "_data", "_idx", "_docsize", "_config")
            ],
        ],
    ),
    "a view that asks for what is not there": (
        ["DROP VIEW claim_words", "CREATE VIEW claim_words AS SELECT 1 AS claim_id, lost FROM topic"],
        [
            ("search words", None, "no such column: lost"),
            ("tables and views", None, "the view claim_words is not as facts.sql has it"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound(verify: Verify, copy: Path, name: str) -> None:
    """What is wrong with a database is told by the check that sees it, with the claim; the other checks still run."""
    statements, expected = UNSOUND[name]
    changed(copy, *statements)
    before = hashlib.sha256(copy.read_bytes()).hexdigest()
    ran = verify(copy)
    assert ran.status == 1
    found = [(check, claim, detail) for check, _, _, claim, detail in told(ran)]
    assert Counter(found) == Counter(expected)
    assert list(dict.fromkeys(row["check"] for row in ran.rows)) == list(CHECKS)
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == before


def test_failure_in_a_line(inside: Gz, copy: Path) -> None:
    """What does not hold is told in one line on stderr, and the table says more."""
    changed(copy, "DELETE FROM trade_partner_alias WHERE alias LIKE '东%'")
    ran = inside("--db", copy, "verify", "-f", "tsv")
    assert (ran.status, ran.err) == (1, "gz: it does not hold: shipped facts failed and 1 more\n")
    changed(copy, "INSERT INTO trade_partner_alias VALUES ('asean', '东盟')")
    ran = inside("--db", copy, "verify", "-f", "tsv")
    assert (ran.status, ran.err) == (1, "gz: it does not hold: shipped facts failed\n")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "INSERT INTO abbreviation VALUES ('coal', 'green development')",
            "abbreviation coal, green development: is not in facts.sql",
        ),
        (
            "INSERT INTO trade_partner_alias VALUES ('asean', 'B.R.I.')",
            "B.R.I. is a name of asean and of belt-and-road",
        ),
    ],
)
def test_names_that_mislead(verify: Verify, copy: Path, statement: str, fault: str) -> None:
    """An abbreviation of nobody's, or a name that two partners have, is told: a search would go astray by it."""
    changed(copy, statement)
    assert fault in [row[4].replace("BRI is", "B.R.I. is") for row in told(verify(copy)) if row[1] == "failed"]


def test_many_faults(verify: Verify, copy: Path) -> None:
    """Of many faults the first twenty are told, and how many more there are."""
    changed(copy, "DELETE FROM claim_topic")
    details = [row[4] for row in told(verify(copy)) if row[0] == "shipped facts"]
    assert len(details) == 21
    assert details[-1] == "and 19 more"


def test_page_of_nothing(verify: Verify, both: Path, tmp_path: Path) -> None:
    """A large database with a page of zeros fails its check, where a small one is refused before."""
    path = tmp_path / "large.db"
    shutil.copyfile(both, path)
    changed(path, "CREATE TABLE ballast (filling TEXT)")
    numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
    changed(path, f"INSERT INTO ballast {numbers} SELECT hex(randomblob(600)) FROM n")
    with path.open("r+b") as file:
        file.seek(400 * 4096)
        file.write(bytes(4096))
    ran = verify(path)
    assert ran.status == 1
    assert next(row["status"] for row in ran.rows if row["check"] == "database") == "failed"


def test_what_is_not_ours_may_stand_beside(verify: Verify, copy: Path) -> None:
    """Tables, views and rows that a user has added are no fault."""
    changed(
        copy,
        "CREATE TABLE notes (claim TEXT)",
        "CREATE VIEW mine AS SELECT * FROM notes",
        "INSERT INTO topic VALUES ('steel', 'steel')",
        "INSERT INTO trade_partner_alias VALUES ('asean', 'Asean')",
    )
    assert verify(copy).status == 0


def test_read_only_folder(ordinary: Gz, seeded: Path, tmp_path: Path) -> None:
    """A database that can't be written, in a folder that can't be written, is verified all the same."""
    folder = tmp_path / "kept"
    folder.mkdir()
    path = shutil.copyfile(seeded, folder / "facts.db")
    path.chmod(0o400)
    folder.chmod(0o500)
    ran = ordinary("--db", path, "verify", "-f", "csv")
    assert (ran.status, ran.err) == (0, "")
    assert [file.name for file in folder.iterdir()] == ["facts.db"]


def test_in_memory(gz: Gz, home: Path) -> None:
    """Where the database is answered from memory it is verified there."""
    (home / ".local").write_text("a file where the data folder should be")
    ran = gz("verify", "--json")
    assert ran.status == 0
    assert [row["status"] for row in ran.rows] == ["ok"] * 6


# With an article -------------------------------------------------------------------------------------------


def wrapped(text: str, width: int, *, hyphens: bool) -> str:
    """Return a text with each paragraph folded anew."""
    folded = (textwrap.fill(paragraph, width, break_on_hyphens=hyphens) for paragraph in text.split("\n\n"))
    return "\n\n".join(folded)


def typographic(text: str) -> str:
    """Return a text as a word processor would have it."""
    text = re.sub(r'"(\w)', "\u201c\\1", text).replace('"', "\u201d").replace("'", "\u2019").replace("--", "\u2014")
    return text.replace(" the ", " the\u00a0").replace("growth", "gro\u00adwth").replace("harbour", "har\u200bbour")


def among(text: str) -> str:
    """Return a text as it stands on a page: below menus and its own name, above more of the like."""
    name = text.splitlines()[0]
    menu = f"Home > News\n{name}\n\nA- A+\n\n"
    return f"{menu * 3}{text}\n\nRead more\n\n{name}\nNothing of this is known.\n"


COPIES: dict[str, Callable[[str], str | bytes]] = {
    "as it is": str,
    "folded to 20": lambda text: wrapped(text, 20, hyphens=False),
    "folded to 60, within words": lambda text: wrapped(text, 60, hyphens=True),
    "on one line": lambda text: " ".join(text.split()),
    "a word a line": lambda text: "\n".join(text.split()),
    "without blank lines": lambda text: re.sub(r"\n+", "\n", text),
    "with more blank lines": lambda text: text.replace("\n", "\n \t\n"),
    "indented": lambda text: textwrap.indent(text, "   "),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "typographic": typographic,
    "with en dashes": lambda text: text.replace(" -- ", " \u2013 "),
    "among menus": among,
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "all at once": lambda text: (
        typographic(among(wrapped(text, 40, hyphens=True))).replace("\n", "\r\n").encode("utf-16")
    ),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_of_one_report(verify: Verify, both: Path, report: tuple[str, str], name: str) -> None:
    """However a copy is folded, ended, quoted, encoded or surrounded, each passage and claim is verified in it."""
    source, text = report
    ran = verify(both, COPIES[name](text))
    assert (ran.status, ran.err) == (0, "")
    assert {row["status"] for row in ran.rows} <= {"ok", "verified", "unclaimed"}
    assert {row["source"] for row in ran.rows} == {None, source}
    with closing(sqlite3.connect(both)) as db:
        count = db.execute("SELECT count(*) FROM passage WHERE source_id = ?", [source]).fetchone()[0]
    assert list(statuses(ran)) == list(range(count))


def test_verified(inside: Gz, both: Path, tmp_path: Path) -> None:
    """The table says where each passage stands and how many claims it bears out, or that nobody claims any of it."""
    path = tmp_path / "report.txt"
    path.write_text(REPORT)
    ran = inside("--db", both, "verify", path, COLUMNS="80")
    assert ran.err == ""
    assert ran.status == 0
    assert ran.out.split("search words")[1] == (
        "                 ok\n"
        " passage                   0  verified   line 1: bears out 1 claim\n"
        " passage                   1  verified   line 4: bears out 1 claim\n"
        " passage                   2  verified   line 6: bears out 3 claims\n"
        " passage                   3  verified   line 9: bears out 2 claims\n"
        " passage                   4  verified   line 12: bears out 1 claim\n"
        " passage                   5  unclaimed  line 15: no claim is made of it\n"
        " passage                   6  unclaimed  line 17: no claim is made of it\n"
        "\n"
        f" source: {SOURCE}\n"
    )


IN_THE_ARTICLE = {
    "swapped rates": (
        ("12.5 percent and 21.3", "21.3 percent and 12.5"),
        (3, "changed", "line 9: not word for word"),
    ),
    "another speaker": (("Lund said", "Reyes said"), (3, "changed", 'line 9: not word for word, without "Lund said"')),
    "another figure": (
        ("12.5 percent", "12.6 percent"),
        (3, "changed", 'line 9: not word for word, without "12.5 percent"'),
    ),
    "another keyword": (
        ("hull repair", "hull paint"),
        (2, "changed", 'line 6: not word for word, without "hull repair"'),
    ),
    "another beginning": (
        ("Its trade", "Northmark's trade"),
        (3, "changed", 'line 9: not word for word, without "Its trade"'),
    ),
    "a small word": (("in the\npast", "in these\npast"), (3, "changed", "line 9: not word for word")),
    "another case": (("ports have", "Ports have"), (1, "changed", "line 4: not word for word")),
    "cut off": (("Visitors came in numbers, and the ships came in numbers.", ""), (5, "missing", None)),
    "words between": (("pilotage", "(see our podcast) pilotage"), (2, "changed", "line 6: not word for word")),
}


@pytest.mark.parametrize("name", IN_THE_ARTICLE)
def test_changed_article(verify: Verify, both: Path, name: str) -> None:
    """A passage of other words is told from one that is not there, with what is near and what it lacks."""
    (old, new), (number, status, detail) = IN_THE_ARTICLE[name]
    assert old in REPORT
    ran = verify(both, REPORT.replace(old, new))
    assert ran.status == 1
    assert ran.err == f"gz: it does not hold: passage of paragraph {number} {status}\n"
    found = {row["paragraph"]: (row["status"], row["detail"]) for row in ran.rows if row["check"] == "passage"}
    assert found.pop(number) == (status, detail)
    assert {status for status, _ in found.values()} == {"verified", "unclaimed"}


def test_what_is_near(verify: Verify, both: Path) -> None:
    """A text is a changed passage if a third of what tells the passage is in it, and of one passage only."""
    parts = REPORT.split("\n\n")
    ran = verify(both, "\n\n".join([parts[0], parts[1], "Of pilotage nothing is known.", *parts[3:]]))
    assert statuses(ran)[2] == "missing"
    ran = verify(both, "\n\n".join([parts[0], parts[1], "Of pilotage and hull repair it is known.", *parts[3:]]))
    assert statuses(ran)[2] == "changed"
    # The headline's keyword stands in paragraph 1 as well.
    ran = verify(both, "\n\n".join([parts[1].replace("begun", "started"), *parts[2:]]))
    assert {number: status for number, status in statuses(ran).items() if number < 2} == {0: "missing", 1: "changed"}


def test_found_without_a_locator(verify: Verify, own: Path) -> None:
    """A passage of which the fingerprint alone is known is found as a paragraph or a line."""
    changed(own, f"UPDATE passage SET first_words = NULL, last_words = NULL WHERE source_id = '{SOURCE}'")
    assert verify(own, REPORT).status == 0
    assert verify(own, wrapped(REPORT.replace("\nUpdated", "\n\nUpdated"), 30, hyphens=False)).status == 0


def test_passage_that_stands_twice(verify: Verify, copy: Path, inside: Gz, tmp_path: Path) -> None:
    """Of two passages that say the same, each has a place of its own."""
    briefing, report = tmp_path / "briefing.toml", tmp_path / "report.txt"
    briefing.write_text(BRIEFING)
    report.write_text(f"{REPORT}\nCopyright© | Contact us\n")
    assert inside("--db", copy, "add", briefing, "--article", report).status == 0
    assert verify(copy, report.read_text()).status == 0
    ran = verify(copy, REPORT)
    assert (ran.status, min(statuses(ran).values())) == (1, "moved")


def test_name_of_the_page(verify: Verify, both: Path) -> None:
    """Where the headline is also the name of the page, it is found where the report begins."""
    ran = verify(both, among(REPORT))
    assert told(ran)[0] == ("passage", "verified", 0, None, "line 16: bears out 1 claim")
    assert not [row for row in ran.rows if row["check"] == "text"]


@pytest.mark.parametrize("name", ["on one line", "without blank lines", "folded to 20"])
def test_changed_where_paragraphs_run_together(verify: Verify, both: Path, name: str) -> None:
    """A changed passage is told from a missing one where no blank line parts it from its neighbours, too."""
    ran = verify(both, COPIES[name](REPORT.replace("Lund said", "Reyes said")))
    assert {number for number, status in statuses(ran).items() if status == "changed"} == {3}
    ran = verify(both, COPIES[name](re.sub("Its trade.*?said\\.", "", REPORT, flags=re.DOTALL)))
    assert {number for number, status in statuses(ran).items() if status == "missing"} == {3}


def test_shifted_article(verify: Verify, both: Path) -> None:
    """A passage that has changed places with others is found, and does not pass."""
    parts = REPORT.split("\n\n")
    parts.insert(1, parts.pop(3))
    ran = verify(both, "\n\n".join(parts))
    assert ran.status == 1
    assert ("passage", "moved", 3, None, "line 4: not in its place among the others") in told(ran)
    assert [number for number, status in statuses(ran).items() if status == "moved"] == [3]


def test_texts_between(verify: Verify, both: Path) -> None:
    """A paragraph among the passages that is none of them is told, and harms nothing; so is one with a date."""
    ran = verify(both, REPORT.replace("Its trade", "An advertisement for \x1b[1mboots\n\nIts trade"))
    assert ran.status == 0
    assert [row for row in told(ran) if row[0] == "text"] == [
        ("text", "unclaimed", None, None, 'line 9: none of the passages: "An advertisement for \\x1b[1mboots"')
    ]
    ran = verify(both, REPORT.replace("Its trade", "June 15, 2025: withdrawn\n\nIts trade"))
    assert [row["detail"] for row in ran.rows if row["check"] == "text"] == [
        'line 9: none of the passages: "June 15, 2025: withdrawn"'
    ]


def test_date_line_of_the_headline(verify: Verify, both: Path) -> None:
    """A date line may stand below the headline, behind it or in a paragraph of its own, and is not told."""
    for date in (
        *("\nMay 7, 2025 09:15", " Updated: May 7, 2025", " 7 May 2025", "\n\nUpdated: May 7, 2025"),
        *(" | May 7, 2025", " Last updated: May 7, 2025 09:15 Northmark Gazette", " Wednesday, May 7, 2025"),
        *(" Posted on 7 May 2025 | Northmark Gazette", " 2025-05-07 09:15:30", " 2025\u5e745\u67087\u65e5 09:15"),
    ):
        ran = verify(both, REPORT.replace("\nUpdated: May 7, 2025 09:15 Northmark Gazette", date))
        assert (ran.status, [row for row in ran.rows if row["check"] == "text"]) == (0, [])


def test_another_text(verify: Verify, copy: Path, both: Path) -> None:
    """Of a text that is no copy every passage is missing; where there are several reports it is of none of them."""
    ran = verify(copy, "Steel, said somebody.")
    assert ran.status == 1
    assert statuses(ran) == dict.fromkeys(range(9), "missing")
    ran = verify(both, "Steel, said somebody.")
    assert (ran.status, ran.err) == (1, "gz: it does not hold: report unknown\n")
    assert told(ran) == [("report", "unknown", None, None, "of no report here; --source says which it should be")]
    ran = verify(both, "Steel, said somebody.", "--source", SOURCE)
    assert statuses(ran) == dict.fromkeys(range(7), "missing")


def test_which_report(verify: Verify, both: Path) -> None:
    """Which report a copy is of is told by its passages, and by their ends where none of them is as it was."""
    worse = re.sub(r"\b(and|of|the|on|next)\b", "or", REPORT).replace("cleaner", "tidier")
    ran = verify(both, worse)
    assert {row["source"] for row in ran.rows} == {None, SOURCE}
    assert set(statuses(ran).values()) <= {"changed", "missing", "unclaimed"}
    assert list(statuses(ran).values()).count("changed") >= 3


def test_one_report_under_two_names(verify: Verify, own: Path, inside: Gz, tmp_path: Path) -> None:
    """Where a copy could be of several reports, it is asked which; a name that nobody knows is answered."""
    again = tmp_path / "again.toml"
    again.write_text(BRIEFING.replace(SOURCE, "northmark-again"))
    report = tmp_path / "report.txt"
    report.write_text(REPORT)
    assert inside("--db", own, "add", again, "--article", report).status == 0
    ran = verify(own, REPORT)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == (
        f"gz: it could be a copy of several reports\n    --source says which: {SOURCE}, northmark-again\n"
    )
    assert verify(own, REPORT, "--source", "Northmark-Again").status == 0
    ran = verify(own, REPORT, "--source", "southmark-again")
    assert (ran.status, ran.rows) == (1, [])
    assert ran.err.splitlines()[0] == 'gz: no source "southmark-again"; did you mean northmark-again?'


def test_source_without_an_article(inside: Gz, both: Path) -> None:
    """To name a source and give no article is a question that can't be understood."""
    assert inside("--db", both, "verify", "--source", SOURCE) == Ran(
        2, "", "gz: --source says which report ARTICLE is a copy of, and there is none\n    gz verify ARTICLE\n"
    )


def test_nobody_fingerprinted(verify: Verify, copy: Path, inside: Gz, tmp_path: Path) -> None:
    """A briefing that was added without its article does not pass: there is nothing to hold the article against."""
    path = tmp_path / "briefing.toml"
    path.write_text(BRIEFING)
    assert inside("--db", copy, "add", path).status == 0
    ran = verify(copy, REPORT, "--source", SOURCE)
    assert ran.status == 1
    assert told(ran) == [
        ("passage", "unknown", number, None, "nobody has fingerprinted it: gz add --replace --article does")
        for number in range(5)
    ]


def test_stdin(gz: Gz, both: Path) -> None:
    """The article may come from stdin."""
    ran = gz("--db", both, "verify", "-", "-f", "jsonl", stdin=REPORT)
    assert (ran.status, ran.err) == (0, "")
    assert len(ran.out.splitlines()) == len(CHECKS) + 7


PATHOLOGICAL = {
    "nothing but a beginning": "Its trade " * 50_000,
    "beginnings and ends": "Its trade Li said Over the to Li " * 15_000,
    "beginnings, then an end": ("Its trade " * 20 + "Li said\n\n") * 2_300,
    "a line each letter": "a\n" * 250_000,
    "a paragraph each three letters": "abc\n\n" * 100_000,
    "characters to make plain": "\u201c\u00e9\u201d\u2014 " * 40_000,
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_time(both: Path, name: str) -> None:
    """Whatever the largest article holds, it is answered in two seconds."""
    with closing(sqlite3.connect(both)) as db:
        begun = time.process_time()
        answer = verification.verify(db, PATHOLOGICAL[name], SHIPPED)
        assert time.process_time() - begun < 2
    assert answer.total > len(CHECKS)


def test_needle(both: Path, report: tuple[str, str]) -> None:
    """A report is found within as much other text as an article may have."""
    source, text = report
    hay = "Its trade, the measures include it, over the hills to Li, as Lund said and Li said.\n"
    with closing(sqlite3.connect(both)) as db:
        rows = verification.verify(
            db, f"{hay * 2500}\n{wrapped(text, 50, hyphens=False)}\n\n{hay * 2500}", source
        ).dicts()
    assert {row["status"] for row in rows if row["check"] == "passage"} <= {"verified", "unclaimed"}


# Claims against their passages -------------------------------------------------------------------------------


def index_anew(db: sqlite3.Connection) -> None:
    """Index all claims as the program does."""
    db.execute("DELETE FROM claim_search")
    changing.index(Database(db))


def rewritten(path: Path, statement: str) -> None:
    """Run SQL on a database and index it anew, as somebody would who covers the traces."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(statement)
        index_anew(db)


OF = f"source_id = '{SOURCE}' AND slug"
IN_THE_DATABASE = {
    "another speaker": (
        f"UPDATE claim SET speaker_id = 'omar-reyes' WHERE {OF} = 'three-hubs'",
        [("claim", 2, "three-hubs", "paragraph 2 does not name Omar Reyes")],
    ),
    "another paragraph": (
        f"UPDATE claim SET paragraph = 3 WHERE {OF} = 'hub-repair'",
        [("claim", 3, "hub-repair", 'the keyword "hull repair" is not in paragraph 3')],
    ),
    "another figure": (
        f"UPDATE claim SET statement = replace(statement, '12.5', '15.2') WHERE {OF} = 'trade-asean'",
        [
            ("claim", 3, "trade-asean", "the figure 15.2 is not in paragraph 3"),
            ("claim", 3, "trade-asean", "annual_growth_pct 12.5 is not the rate that the statement gives"),
        ],
    ),
    "another number in words": (
        f"UPDATE claim SET statement = replace(statement, 'Three', 'Seven') WHERE {OF} = 'three-hubs'",
        [("claim", 2, "three-hubs", "the figure 7 is not in paragraph 2")],
    ),
    "another year than the next": (
        f"UPDATE claim SET statement = replace(statement, '2026', '2027') WHERE {OF} = 'batteries'",
        [("claim", 4, "batteries", "the figure 2027 is not in paragraph 4")],
    ),
    "a year that is not told": (
        f"UPDATE claim SET statement = replace(statement, '2026', '2024') WHERE {OF} = 'batteries'",
        [("claim", 4, "batteries", "the figure 2024 is not in paragraph 4")],
    ),
    "another keyword": (
        f"UPDATE claim SET keywords = 'pilotage; harbor guides' WHERE {OF} = 'hub-pilotage'",
        [("claim", 2, "hub-pilotage", 'the keyword "harbor guides" is not in paragraph 2')],
    ),
    "part of a word": (
        f"UPDATE claim SET keywords = 'pilot' WHERE {OF} = 'hub-pilotage'",
        [("claim", 2, "hub-pilotage", 'the keyword "pilot" is not in paragraph 2')],
    ),
    "swapped rates": (
        "UPDATE trade_growth SET annual_growth_pct = round(33.8 - annual_growth_pct, 1) WHERE claim_id > 100",
        [
            ("claim", 3, "trade-asean", "annual_growth_pct 21.3 stands with another partner in paragraph 3"),
            ("claim", 3, "trade-asean", "annual_growth_pct 21.3 is not the rate that the statement gives"),
            ("claim", 3, "trade-mercosur", "annual_growth_pct 12.5 stands with another partner in paragraph 3"),
            ("claim", 3, "trade-mercosur", "annual_growth_pct 12.5 is not the rate that the statement gives"),
        ],
    ),
    "a rate from nowhere": (
        "UPDATE trade_growth SET annual_growth_pct = 12.25 WHERE annual_growth_pct = 12.5",
        [
            ("claim", 3, "trade-asean", "annual_growth_pct 12.25 is not in paragraph 3"),
            ("claim", 3, "trade-asean", "annual_growth_pct 12.25 is not the rate that the statement gives"),
        ],
    ),
    "another partner": (
        "UPDATE trade_growth SET trade_partner_id = 'mercosur' WHERE annual_growth_pct = 12.5",
        [("claim", 3, "trade-asean", "the partner mercosur is not the one that the statement names")],
    ),
    "a partner from nowhere": (
        "UPDATE trade_growth SET trade_partner_id = 'belt-and-road' WHERE annual_growth_pct = 12.5",
        [
            ("claim", 3, "trade-asean", "the partner belt-and-road is not in paragraph 3"),
            ("claim", 3, "trade-asean", "the partner belt-and-road is not the one that the statement names"),
        ],
    ),
    "years that nobody speaks of": (
        "UPDATE trade_growth SET years = 7, period = NULL WHERE annual_growth_pct = 12.5",
        [("claim", 3, "trade-asean", "years 7 is not in paragraph 3, and no period says so in the report's words")],
    ),
    "other years": (
        "UPDATE trade_growth SET years = 4 WHERE annual_growth_pct = 12.5",
        [("claim", 3, "trade-asean", "years 4 is not what the period says")],
    ),
    "another period": (
        "UPDATE trade_growth SET period = 'last three years' WHERE annual_growth_pct = 12.5",
        [("claim", 3, "trade-asean", 'the period "last three years" is not in paragraph 3')],
    ),
    "another beginning of the link": (
        f"UPDATE passage SET first_words = 'The' WHERE source_id = '{SOURCE}' AND number = 2",
        [("link", 2, None, "its first and last words don't lead to it")],
    ),
    "an end of the link that comes too early": (
        f"UPDATE passage SET last_words = 'in numbers' WHERE source_id = '{SOURCE}' AND number = 5",
        [("link", 5, None, "its first and last words don't lead to it")],
    ),
    "another end of the link": (
        f"UPDATE passage SET last_words = 'a press' WHERE source_id = '{SOURCE}' AND number = 2",
        [("link", 2, None, "its first and last words don't lead to it")],
    ),
    "a fingerprint of nothing": (
        f"UPDATE passage SET sha256 = '{'0' * 64}' WHERE source_id = '{SOURCE}' AND number = 2",
        [("passage", 2, None, "line 6: not word for word")],
    ),
}


@pytest.mark.parametrize("name", IN_THE_DATABASE)
def test_changed_database(verify: Verify, own: Path, name: str) -> None:
    """What an added briefing says, and its report does not, is told claim by claim."""
    statement, expected = IN_THE_DATABASE[name]
    rewritten(own, statement)
    assert verify(own).status == 0  # the database is sound; only the report can tell
    ran = verify(own, REPORT)
    assert ran.status == 1
    assert [
        (check, number, claim, detail)
        for check, status, number, claim, detail in told(ran)
        if status not in {"verified", "unclaimed"}
    ] == expected


def test_claims_counted(verify: Verify, own: Path) -> None:
    """A passage tells how many of its claims it bears out."""
    rewritten(own, f"UPDATE claim SET keywords = 'steel; iron' WHERE {OF} = 'hub-pilotage'")
    assert ("passage", "verified", 2, None, "line 6: word for word; bears out 2 of 3 claims") in told(
        verify(own, REPORT)
    )


@pytest.mark.parametrize(
    ("passage", "told"),
    [
        ("Trade with ASEAN and Mercosur grew by 12.5 percent and 21.3 percent", False),
        ("Trade with ASEAN and Mercosur grew by 21.3 percent and 12.5 percent", True),
        ("Trade with the ASEAN countries and the Southern Common Market grew by 21.3% and 12.5%", True),
        ("Trade with ASEAN grew by 21.3 percent, with Mercosur by 12.5 percent", True),
        ("Trade grew by 21.3 percent with ASEAN and 12.5 percent with Mercosur", True),
        ("Trade grew by 21.3 percent with Mercosur and 12.5 percent with ASEAN", False),
        ("Trade with ASEAN grew by 21.3 percent. Trade with Mercosur grew by 12.5 percent", True),
        ("With ASEAN it grew by 21.3 percent; with Mercosur by 12.5 percent", True),
        ("With ASEAN it grew by 12.5 percent; with Mercosur by 21.3 percent", False),
        ("Lund spoke of ASEAN and Mercosur. Trade grew by 21.3 percent with the latter; by 12.5 percent else", False),
        ("Of ASEAN and Mercosur, the latter grew by 21.3 percent and the former by 12.5 percent", False),
        ("Trade with ASEAN grew less fast than that with Mercosur, at 21.3 percent, reaching 12.5 percent", False),
        ("Trade with ASEAN did not match Mercosur's 21.3 percent and reached 12.5 percent", False),
        ("Trade with ASEAN, unlike Mercosur with 21.3 percent, grew 12.5 percent", False),
        ("Growth hit 12.5 percent, but in Mercosur, a rival of ASEAN, it was 21.3 percent", False),
        ("Trade with ASEAN and Mercosur grew by 21.3 percent and 12.5 percent, or 12.5 percent", False),
    ],
)
def test_swapped_rates(copy: Path, inside: Gz, tmp_path: Path, passage: str, told: bool) -> None:
    """Rates that a sentence gives in the other order than their partners are told; where it may be either, not."""
    path, text = tmp_path / "briefing.toml", tmp_path / "report.txt"
    head, *claims = BRIEFING.split("[[claim]]")
    trade = [re.sub(r", years.*(?= })|keywords.*", "", claim) for claim in claims if "trade = {" in claim]
    path.write_text("[[claim]]".join([head, *trade]).replace("paragraph = 3", "paragraph = 1"))
    text.write_text(f"Headline here\n\nLund spoke. {passage}.")
    ran = inside("--db", copy, "add", path, "--article", text, "--dry-run")
    assert [line.strip() for line in ran.err.splitlines()[1:]] == [
        f"claim[{at}]: annual_growth_pct {rate} stands with another partner in paragraph 1"
        for at, rate in enumerate(("12.5", "21.3"))
        if told
    ]
    assert ran.status == (3 if told else 0)


@pytest.mark.parametrize(
    ("name", "passage", "named"),
    [
        ("Ada Lund", "so Lund said", True),
        ("Ada Lund", "so LUND said", True),
        ("Ada Lund", "so lund said", False),
        ("Ada Lund", "so Lundgren said", False),
        ("Li Bingjun", "according to Li.", True),
        ("Li Bingjun", "according to Lin", False),
        ("\u674e\u70b3\u519b", "\u7701\u957f\u674e\u70b3\u519b\u8bf4", True),
        ("\u674e\u70b3\u519b", "\u7701\u957f\u674e\u4e09\u8bf4", False),
        ("\u674e\u70b3\u519b", "\u4ed6\u8bf4", True),
        ("\u674e\u70b3\u519b", "\u5176\u4ed6\u63aa\u65bd", False),
        ("D'Arcy O\u2019Neill", "O'Neill agreed", True),
        ("Ada Lund", "true, she said", True),
        ("Ada Lund", "wahr, sagte sie", True),
        ("Ada Lund", 'so. "It will be done," an aide wrote', True),
        ("Ada Lund", 'a "hub" of theirs', False),
        ("Ada Lund", "true, the governor said", True),
        ("Ada Lund", "true, the governor of Southmark said", False),
        ("Ada Lund", "true, the governor, Bo Lind, said", False),
        ("Ada Lund", "true, Reyes said, and she agreed", False),
        ("Ada Lund", "true, Bo Lund said", False),
        ("Ada Lund", "true, Ada Berg said", False),
        ("Ada Lund", "true, Governor Lund said", True),
        ("Ada Lund", "true, Northmark Governor Lund said", True),
        ("Ada Lund", "true, Mr. Lund said", True),
        ("Ada Lund", "true, Ada M. Lund said", True),
        ("Ada Lund", "true, said Lund. Ada Berg agreed", True),
        ("Ada Lund", "true, Yesterday Lund said", True),
        ("Ada Lund", "true. But Lund said", True),
        ("Ada Lund", "true, on Monday Lund said", True),
        ("Ada Lund", "true, Vice-Governor Lund said", True),
        ("Ada Lund", "true, Premier Bo Lund said", False),
        ("Ada Lund", "true, Northmark Lund said\n\nAda Lund is the governor", True),
        ("Bo Reyesson", "true, Reyesson said", True),
        ("Ada Reyes", "true, Omar Reyes said\n\nAda Reyes is the governor", False),
        ("Li Bingjun", "true, Li Zaiyong said", False),
        ("Li Bingjun", "true, Vice Governor Li said", True),
    ],
)
def test_names(copy: Path, inside: Gz, tmp_path: Path, name: str, passage: str, named: bool) -> None:
    """A speaker is named: in full, or by the first or last word; or, where no other is, quoted, in office, or she."""
    path, text = tmp_path / "briefing.toml", tmp_path / "report.txt"
    head = BRIEFING.split("[[partner]]")[0].replace("Ada Lund", name)
    claim = 'id = "one"\nstatement = "So it is."\nparagraph = 1\nspeaker = "ada-lund"'
    path.write_text(f"{head}\n[[claim]]\n{claim}\n")
    text.write_text(f"Headline here\n\nIt is {passage}")
    ran = inside("--db", copy, "add", path, "--article", text, "--dry-run")
    assert ran.status == (0 if named else 3)
    assert named or ran.err.splitlines()[1] == f"    claim[0]: paragraph 1 does not name {normalised(name)}"


# Mutations -----------------------------------------------------------------------------------------------------


def cells(db: sqlite3.Connection, source: str) -> Iterator[tuple[str, str, dict[str, Any], Any]]:
    """Yield each cell of a source's facts, and of what it shares with added ones: table, column, key and value."""
    mine = "SELECT id FROM claim WHERE source_id = :source"
    conditions = {"source_id": "source_id = :source", "claim_id": f"claim_id IN ({mine})", "published": "id = :source"}
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'claim_search%'"
    for (table,) in db.execute(tables).fetchall():
        columns = [(row[1], row[5]) for row in db.execute(f"PRAGMA table_info({table})")]
        names = [name for name, _ in columns]
        condition = next((conditions[name] for name in conditions if name in names), "1" if source == SHIPPED else "0")
        for row in db.execute(
            f"SELECT {', '.join(names)} FROM {table} WHERE {condition}", {"source": source}
        ).fetchall():
            values = dict(zip(names, row, strict=True))
            key = {name: values[name] for name, in_key in columns if in_key}
            for name in names:
                yield table, name, key, values[name]


def another(db: sqlite3.Connection, cell: tuple[str, str, dict[str, Any], Any]) -> Any:
    """Return what a cell might say instead: what another row says, or something near where that must be unique."""
    table, column, key, value = cell
    if column not in key and f"{table}.{column}" not in {"claim.slug", "claim.source_id"}:
        row = db.execute(
            f"SELECT {column} FROM {table} WHERE {column} IS NOT ? AND {column} IS NOT NULL LIMIT 1", [value]
        ).fetchone()
        if row:
            return row[0]
    return value + 1000 if isinstance(value, int | float) else f"{value or ''}x"


def seen(
    db: sqlite3.Connection,
    cell: tuple[str, str, dict[str, Any], Any],
    text: str | None,
    also: Callable[[sqlite3.Connection], None],
) -> set[str]:
    """Change one cell, do something more, return the checks that fail, and put the cell back."""
    table, column, key, value = cell
    place = " AND ".join(f"{name} IS ?" for name in key)
    other = another(db, cell)
    update = f"UPDATE {table} SET {column} = ? WHERE {place}"
    assert db.execute(update, [other, *key.values()]).rowcount == 1
    db.execute("PRAGMA ignore_check_constraints = OFF")
    also(db)
    try:
        answer = verification.verify(db, text, SOURCE if text else None)
        return {str(row["check"]) for row in answer.dicts() if row["status"] not in {"ok", "verified", "unclaimed"}}
    except NothingFound:
        return {"report"}
    finally:
        db.execute("PRAGMA ignore_check_constraints = ON")
        moved = key | ({column: other} if column in key else {})
        assert db.execute(update, [value, *moved.values()]).rowcount == 1


def nothing_more(db: sqlite3.Connection) -> None:
    """Leave a database as it is."""


@pytest.fixture
def careless() -> Iterator[Callable[[Path], sqlite3.Connection]]:
    """Return a function that opens a copy of a database in memory, with neither keys nor checks to hold to."""
    opened = sqlite3.connect(":memory:", isolation_level=None)

    def open_(path: Path) -> sqlite3.Connection:
        with closing(sqlite3.connect(path)) as db:
            db.backup(opened)
        opened.execute("PRAGMA ignore_check_constraints = ON")
        return opened

    with closing(opened):
        yield open_


def test_each_shipped_cell(careless: Callable[[Path], sqlite3.Connection], seeded: Path) -> None:
    """Whichever cell of the shipped facts is changed, the database is no longer what facts.sql says."""
    db = careless(seeded)
    every = list(cells(db, SHIPPED))
    assert len(every) > 400
    unseen = [cell for cell in every if "shipped facts" not in seen(db, cell, None, nothing_more)]
    assert unseen == []
    assert verification.verify(db).rows == [(check, "ok", None, None, None, None) for check in CHECKS]


UNSEEN = {
    # What a copy of the report does not say, or says in words that we can't hold to anything.
    "source.title": 1,
    "source.publisher": 1,
    "source.published": 1,
    "source.event": 1,
    "source.place": 1,
    "source.url": 1,
    "source.language": 1,
    "appearance.role": 2,
    "appearance.organization": 2,
    # Our own words and names: what they mean is for a person to hold against the report.
    "claim.slug": 8,
    "claim.statement": 8,
    "industrial_base.position": 2,
    "industrial_base.name": 2,
    "industrial_base.detail": 2,
    "policy_measure.action": 1,
    "policy_measure.policy": 1,
    # A paragraph that nobody claims anything of may have any number that keeps the order; and the keywords of one
    # claim stand in two paragraphs.
    "passage.number": 1,
    "claim.paragraph": 1,
}
"""Columns of an added briefing, and how many of their cells can be changed without its article telling."""


def test_each_added_cell(careless: Callable[[Path], sqlite3.Connection], both: Path) -> None:
    """Of an added briefing, indexed anew, the article tells whichever cell is changed, but for these."""
    db = careless(both)
    unseen: dict[str, int] = {}
    for cell in cells(db, SOURCE):
        if not seen(db, cell, REPORT, index_anew):
            column = f"{cell[0]}.{cell[1]}"
            unseen[column] = unseen.get(column, 0) + 1
    assert unseen == UNSEEN


@pytest.mark.parametrize("width", [20, 60, 10_000])
@pytest.mark.parametrize(
    ("number", "was", "now"),
    [
        (3, "Its trade with", "It is not true that Its trade with"),
        (3, "Lund said.", "Lund said. Both figures were later withdrawn."),
        (3, "Lund said.", "Lund said.\nBoth figures were later withdrawn."),
        (5, "ships came in numbers.", "ships came in numbers. None of this is true."),
        (3, "Lund said.", "Lund said. June 15, 2025: withdrawn"),
        (0, "Northmark plans", "FAKE NEWS: Northmark plans"),
        (0, "cleaner harbours\n", "cleaner harbours in vain\n"),
        (0, "cleaner harbours\n", "cleaner harbours? No May 7, 2025\n"),
        (0, "cleaner harbours\n", "cleaner harbours off 7 May 2025\n"),
        (0, "cleaner harbours\n", "cleaner harbours no: 7 May 2025\n"),
    ],
    ids=[
        "before",
        "behind",
        "below",
        "at the end",
        "a date",
        "headline",
        "headline, behind",
        "denied",
        "put off",
        "not",
    ],
)
def test_words_beside_a_passage(verify: Verify, both: Path, width: int, number: int, was: str, now: str) -> None:
    """A paragraph to which words were added is changed, though each word of it is still there, however it is folded."""

    def folded(text: str) -> str:
        return "\n".join("\n".join(textwrap.wrap(line, width)) for line in text.split("\n"))

    headline, *paragraphs = REPORT.split("\n\n")
    unfolded = "\n\n".join([headline, *(" ".join(paragraph.split()) for paragraph in paragraphs)])
    assert verify(both, folded(unfolded)).status == 0

    ran = verify(both, folded(unfolded.replace(was, now, 1)))

    assert (ran.status, statuses(ran)[number]) == (1, "changed")
    assert "other words stand beside it" in ran.out
