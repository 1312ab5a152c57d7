"""A copy of a report is compared with its passages, and the claims with the copy."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from samples import BRIEFING, NORTH, REPORT, SHIPPED, SOURCE

from guizhou_cli.briefings import load, store
from guizhou_cli.briefings.verify import require, verify
from guizhou_cli.db.build import build, index
from guizhou_cli.errors import NothingFound, UsageProblem

NORTHLAND = "northland-2023-04-01"
BODY = REPORT[: REPORT.index("\nCopyright")]


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Return a database with the report of Northmark, fingerprinted, and a briefing without fingerprints."""
    with closing(build()) as built:
        store.add(built, load.parse(BRIEFING, "x"), report=BODY)
        store.add(built, load.parse(NORTH, "x"))
        yield built


def statuses(db: sqlite3.Connection, text: str, source: str | None = None) -> list[tuple[object, object]]:
    """Return paragraph and status of each passage of a copy."""
    return [(row[4], row[1]) for row in verify(db, text, source).rows if row[0] == "passage"]


SAME = [(0, "verified"), (1, "verified"), (2, "verified"), (3, "verified"), (4, "verified"), (5, "unclaimed")]


def test_the_database_alone(db: sqlite3.Connection) -> None:
    """Without a copy, the database is checked, and all of it holds."""
    answer = verify(db)
    assert {row[1] for row in answer.rows} == {"ok"}
    require(answer)


@pytest.mark.parametrize(
    "copy",
    [
        REPORT,
        f"Gazette | News | Sport\n\n{REPORT}\n\nMore news",
        REPORT.replace("\n", "\r\n"),
        REPORT.replace("harbours.", "har\u00adbours.").replace("'", "\u2019").replace(" -- ", " \u2014 "),
        REPORT.replace("pilotage (harbour\nguides)", "pilotage\n(harbour guides)"),
        "\n".join(" ".join(block.split("\n")) for block in REPORT.split("\n\n")).replace(
            "Updated: May 7, 2025 09:15 Northmark Gazette", ""
        ),
    ],
    ids=["same", "menus", "windows", "typography", "folded", "lines"],
)
def test_copies_of_one_report(db: sqlite3.Connection, copy: str) -> None:
    """A copy with menus, other line ends, typography or folding is the same report."""
    answer = verify(db, copy)
    assert [(row[4], row[1]) for row in answer.rows if row[0] == "passage"] == SAME
    require(answer)


def test_what_a_row_says(db: sqlite3.Connection) -> None:
    """A row says on which line of the copy a passage begins and how many claims are made of it, or how to know it."""
    rows = [row for row in verify(db, REPORT).rows if row[0] == "passage"]
    assert rows[2] == ("passage", "verified", "line 6: 3 claims", None, 2, SOURCE)
    assert rows[5] == ("passage", "unclaimed", "line 15: no claim is made of it", None, 5, SOURCE)
    rows = [row for row in verify(db, REPORT, NORTHLAND).rows if row[0] == "passage"]
    detail = "nobody has fingerprinted it: gz add --replace --article does"
    assert rows == [("passage", "unknown", detail, None, number, NORTHLAND) for number in (4, 5)]


def test_a_changed_copy(db: sqlite3.Connection) -> None:
    """A changed passage is named, with the claims that it does not bear out; verification fails."""
    answer = verify(db, REPORT.replace("12.5", "12.6"))
    wrong = [row for row in answer.rows if row[1] not in {"ok", "verified", "unclaimed"}]
    assert wrong[0] == ("passage", "changed", "line 9: not word for word", None, 3, SOURCE)
    assert {row[3] for row in wrong[1:]} == {f"{SOURCE}:trade-asean"}
    assert "failed" in {row[1] for row in wrong[1:]}
    with pytest.raises(NothingFound, match=r"^not everything holds: passage of paragraph 3 changed and "):
        require(answer)


def test_a_missing_passage(db: sqlite3.Connection) -> None:
    """A passage that the copy does not have is missing, wherever in it."""
    blocks = REPORT.split("\n\n")
    for at, number in ((3, 3), (5, 5)):
        copy = "\n\n".join(block for each, block in enumerate(blocks) if each != at)
        assert statuses(db, copy) == [*SAME[:number], (number, "missing"), *SAME[number + 1 :]]


def test_a_doubt_is_no_failure(db: sqlite3.Connection) -> None:
    """A doubt about a claim is a row, and verification does not fail for it."""
    statement = "Trade with Mercosur fell by 21.3 percent a year."
    db.execute("UPDATE claim SET statement = ? WHERE slug = 'trade-mercosur'", [statement])
    index(db, SOURCE)
    rows = verify(db, REPORT).rows
    assert {row[1] for row in rows if row[3] == f"{SOURCE}:trade-mercosur"} == {"doubt"}
    require(verify(db, REPORT))
    with pytest.raises(NothingFound):
        require(verify(db, REPORT), strict=True)


def test_which_report(db: sqlite3.Connection) -> None:
    """The report is the one with most of the copy's passages; it may also be named."""
    assert statuses(db, REPORT) == statuses(db, REPORT, SOURCE) == SAME
    assert {status for _, status in statuses(db, REPORT, SHIPPED)} <= {"missing", "changed"}
    assert statuses(db, "Northmark plans cleaner harbours\n\nAnother text.\n")[0] == (0, "verified")
    [row] = [row for row in verify(db, "A port opened.\n\nA ship came in.").rows if row[0] == "report"]
    assert row[1:3] == ("unknown", "a copy of no report here; --source says of which it should be")


def test_one_report_under_two_names(db: sqlite3.Connection) -> None:
    """Where a copy could be one of several reports, they are named; --source decides."""
    store.add(db, load.parse(BRIEFING.replace(SOURCE, "again"), "x"), report=BODY)
    with pytest.raises(UsageProblem, match="it could be a copy of several reports") as raised:
        verify(db, REPORT)
    assert raised.value.hint == f"--source says which: again, {SOURCE}"
    assert statuses(db, REPORT, "again") == SAME


def test_a_source_without_a_copy(db: sqlite3.Connection) -> None:
    """A source alone is a question that is not understood, and an unknown one is nothing found."""
    with pytest.raises(UsageProblem):
        verify(db, None, SOURCE)
    with pytest.raises(NothingFound):
        verify(db, REPORT, "steel-2024")
