"""Tables: the answer first, what is common to the rows once, complete at any width."""

import re
import unicodedata
from collections import Counter
from typing import Any

import pytest
from answers import EXPECTED, SECOND, SHIPPED, VIEWS, asked, question, written

from guizhou_cli.answer import Answer, Row
from guizhou_cli.output.sheets import amount

PRINTED = "base topic detail partner_name period measure policy statement organization url".split()


def green() -> Answer:
    """Return the answer of who-said "green development"."""
    marks = {f"{SHIPPED}:green-development": [(30, 47)]}
    return asked("claims", "statement LIKE '%green development%'").but(view="who-said", marks=marks)


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes, by the Unicode tables rather than by Rich's."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def rows_of(view: str, *rows: Row) -> Answer:
    """Return rows of a view that is no view of the database."""
    columns = {"read": "paragraph text claims source", "verify": "check status detail claim paragraph source"}
    return asked("bases").but(view=view, columns=tuple(columns[view].split()), rows=list(rows))


FOUND: tuple[Row, ...] = (
    ("quote", "failed", "the quote is not in the report", f"{SHIPPED}:base-energy", 2, SHIPPED),
    ("text", "ok", None, f"{SHIPPED}:energy", 3, SHIPPED),
)
TABLES: dict[str, tuple[Answer, dict[str, Any]]] = {
    # The speaker, the report and the paragraph of all rows are one caption line.
    "bases": (asked("bases"), {}),
    # The rates have bars of one scale, and what is our arithmetic is in the caption and says so.
    "trade": (asked("trade"), {}),
    "trade-narrow": (asked("trade"), {"COLUMNS": "40"}),
    # Claims are grouped by speaker, each at its paragraph, and the caption names the event and the report.
    "who-said": (green(), {}),
    # Rows of several speakers and reports are grouped by both.
    "two-reports": (asked("trade", change=SECOND), {"COLUMNS": "100"}),
    # A claim that is doubted, unchecked or drafted has a mark, and the caption says what it means.
    "evidence": (asked("claims", "source = 'south'", change=SECOND), {"COLUMNS": "44"}),
    # A report is read paragraph by paragraph, with the claims of each beside it.
    "read": (rows_of("read", (0, "First … last", "one, two", SHIPPED), (1, "More", None, SHIPPED)), {}),
    # A finding has its status first, and its key has no source; in a narrow table that of a fault is below the detail.
    "verify": (rows_of("verify", *FOUND), {"COLUMNS": "64"}),
    "verify-narrow": (rows_of("verify", *FOUND), {"COLUMNS": "50"}),
    # Columns that were chosen are under their own names, in the order asked for.
    "chosen-columns": (asked("trade"), {"columns": ["annual_growth_pct", "partner_name"]}),
    # One claim has a line for each thing that is known, and its link and citation are not folded.
    "show": (question("show", where="claim LIKE '%:trade-asean'"), {"COLUMNS": "60"}),
    "show-nobody": (question("show", where="claim LIKE '%:trade-expansion'"), {}),
    # In an encoding without the signs they are words.
    "ascii": (asked("claims", "paragraph > 5"), {"encoding": "ascii"}),
}


@pytest.mark.parametrize("name", TABLES)
def test_table(name: str) -> None:
    """A table is drawn like this, to the character."""
    answer, options = TABLES[name]
    assert written(answer, **options) == (EXPECTED / f"{name}.txt").read_text(encoding="utf-8")


def test_bars() -> None:
    """A fall is drawn differently, figures of different kinds have no bars, and without years growth is no year's."""
    fell = asked("trade", change="UPDATE figure SET value = -14.2 WHERE claim_id = 18")
    assert re.findall("[█░]{3,}", written(fell, COLUMNS="100")) == ["░" * 5, "█" * 10]
    assert "█" not in written(asked("figures", change=SECOND), COLUMNS="200")
    assert "█" not in written(asked("trade", "partner = 'asean'"), COLUMNS="200")
    grew = written(asked("trade", change="UPDATE figure SET years = NULL"))
    assert (grew.split()[2], "a year" in grew, "█" in grew) == ("growth", False, True)


def test_keys_where_there_is_room() -> None:
    """The claims' keys are shown where each row then still is one line, or below the row where they are asked for."""
    assert "base-energy" not in written(asked("bases"))
    assert written(asked("bases"), COLUMNS="120").splitlines()[4].split() == ["5", "Energy", f"{SHIPPED}:base-energy"]
    lines = written(asked("bases"), keys=True).splitlines()
    assert lines[8:10] == ["  5  Energy", f"       {SHIPPED}:base-energy"]
    assert "energy" in written(rows_of("verify", FOUND[1]), COLUMNS="20", keys=True)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200, 1000])
@pytest.mark.parametrize("view", VIEWS)
def test_no_character_is_lost_at_any_width(view: str, width: int) -> None:
    """However narrow the screen, what a wide table shows is all there, piped, and no line is wider than the screen."""
    answer = question(view, SECOND)
    narrow = written(answer, COLUMNS=str(width))
    needed: Counter[str] = Counter()
    for row in answer.dicts():
        for name in PRINTED:
            needed.update(re.sub(r"\s", "", str(row.get(name) or "")))
    assert needed - Counter(re.sub(r"\s", "", narrow)) == Counter()
    assert "\x1b" not in narrow
    if view != "show":
        assert max(map(columns_of, narrow.splitlines())) <= width


@pytest.mark.parametrize("columns", ["0", "-1", "1", "abc", "1.5", "", "2147483647", "9" * 21, " 80", "٨٠"])
def test_columns_of_any_value(columns: str) -> None:
    """COLUMNS is anybody's to set, and the table is there whatever it says."""
    assert "Advanced" in written(asked("bases"), COLUMNS=columns)


@pytest.mark.parametrize(("letter", "width"), [("a", 1), ("东", 2)])
def test_one_long_word_is_folded(letter: str, width: int) -> None:
    """A word of 2,000 letters is folded, none of them lost; wide characters count as two columns."""
    change = f"UPDATE claim SET statement = '{letter * 2000}' WHERE id = 20"
    drawn = written(asked("claims", "paragraph = 7", change=change))
    assert drawn.count(letter) >= 2000
    assert max(map(columns_of, drawn.splitlines())) <= 80
    assert drawn.count("\n") == 2 + -(-2000 // (74 // width))


def test_what_matched_is_marked() -> None:
    """On a terminal the words that a search matched are marked, and the paragraph is a link to its passage."""
    styled = written(green(), FORCE_COLOR="1", TERM="xterm-256color")
    assert re.findall(r"\x1b\[1;4m(.*?)\x1b\[0m", styled) == ["green development"]
    assert styled.count("#:~:text=Measures%20include,Qiu%20said") == 3
    bare = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[\d;]*m", "", styled)
    assert bare == written(green())
    assert "\x1b" not in written(green(), FORCE_COLOR="1", TERM="dumb")
    assert "\x1b" not in written(green(), FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (7.4e12, "yuan", "7.4 trillion yuan"),
        (28.4, "percent", "28.4%"),
        (5, "percentage points", "5 percentage points"),
        (1234567, "hectares", "1,234,567 hectares"),
        (2500000, None, "2.5 million"),
        (-3.0, "percent", "-3%"),
        (2024, None, "2024"),
        (45000.0, "kilometers", "45,000 kilometers"),
        (None, None, ""),
        ("\x1b", None, r"\x1b"),
    ],
)
def test_figures_as_reports_give_them(value: float | str | None, unit: str | None, expected: str) -> None:
    """A figure in base units is shown as a report gives it, and never rounded."""
    assert amount(value, unit) == expected
