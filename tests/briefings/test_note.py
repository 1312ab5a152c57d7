"""A note's citations exist, and its figures and speakers are those of the claims that it cites."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from samples import NORTH, SHIPPED, SOUTH

from guizhou_cli.briefings import load, store
from guizhou_cli.briefings.note import check_note
from guizhou_cli.db.build import build

NORTHLAND = "northland-2023-04-01"


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Return a database with the shipped briefing and two others."""
    with closing(build()) as built:
        built.execute("BEGIN")
        store.add(built, load.parse(SOUTH, "x"))
        store.add(built, load.parse(NORTH, "x"))
        yield built


def checked(db: sqlite3.Connection, note: str) -> list[tuple[object, ...]]:
    """Return check, status and detail of each row."""
    return [row[:3] for row in check_note(db, note).rows]


def test_the_example(db: sqlite3.Connection) -> None:
    """A true sentence holds; another figure and another speaker do not."""
    note = (Path(__file__).parent.parent / "examples" / "note.md").read_text(encoding="utf-8")
    source = (6, SHIPPED)
    assert check_note(db, note).rows == [
        ("citation", "ok", "line 1: 2 claims", None, *source),
        ("figure", "ok", "line 1: 33.8 percent", f"{SHIPPED}:trade-asean", *source),
        ("citation", "ok", "line 2: 2 claims", None, *source),
        ("figure", "failed", "line 2: no claim cited has the figure 28.4 million", None, *source),
        ("speaker", "failed", "line 2: no claim cited is Qiu Zhenguo's; they are Li Bingjun's", None, *source),
    ]


@pytest.mark.parametrize(
    ("sentence", "doubt"),
    [
        ("Trade with ASEAN grew by 33.8 percent a year", None),
        ("Trade with ASEAN fell by 33.8 percent a year", '"fell" is not what the report says: "grew"'),
        (
            "Trade with Belt and Road countries grew by 33.8 percent",
            "the report has another figure beside Belt and Road",
        ),
    ],
)
def test_doubts(db: sqlite3.Connection, sentence: str, doubt: str | None) -> None:
    """A sentence that says the opposite of the claims it cites, or gives a figure to another, is doubted."""
    rows = checked(db, f"{sentence} [@{SHIPPED}, para. 6].")
    assert next((row[2] for row in rows if row[:2] == ("statement", "doubt")), None) == (doubt and f"line 1: {doubt}")


@pytest.mark.parametrize(
    "citation",
    [
        f"[@{SHIPPED}, para. 6]",
        f"[see @{SHIPPED}, p. 6, for more]",
        f"[@{SHIPPED}, paras. 5-6; @{NORTHLAND}]",
        f"[-@{SHIPPED}, 6]",
        f"[@{{{SHIPPED}}}, ¶6]",
        f"[@{SHIPPED}:trade-asean]",
        f"[@{SHIPPED}:trade-asean, para. 6]",
        f"@{SHIPPED} [p. 6]",
        f"@{SHIPPED}:trade-asean",
        f"@{SHIPPED}",
    ],
)
def test_ways_to_cite(db: sqlite3.Connection, citation: str) -> None:
    """Each way to cite in pandoc's syntax names its claims; neither keys nor locators are figures of the sentence."""
    rows = checked(db, f"Trade with ASEAN grew by 33.8 percent a year, Li said {citation}.\n")
    assert {row[1] for row in rows} == {"ok"}
    assert [row[2] for row in rows if row[0] != "citation"] == ["line 1: 33.8 percent", "line 1: Li Bingjun"]


@pytest.mark.parametrize(
    ("citation", "detail"),
    [
        ("[@guizhou-2024-06-15]", 'no source "guizhou-2024-06-15"'),
        (f"[@{SHIPPED}:trade-mars]", f'no claim "{SHIPPED}:trade-mars"'),
        (
            f"[@{SHIPPED}, para. 12]",
            "no claim cited is of paragraph 12; they are of paragraph 0, 1, 2, 3, 4, 5, 6, 7, 8",
        ),
        (
            f"[@{SHIPPED}:trade-asean, paras. 7-9,\n11]",
            "no claim cited is of paragraph 7-9, 11; they are of paragraph 6",
        ),
    ],
)
def test_keys_and_paragraphs_that_are_not_there(db: sqlite3.Connection, citation: str, detail: str) -> None:
    """A key that is unknown, or a paragraph of which there is no claim, fails."""
    assert checked(db, f"Trade grew by 33.8 percent {citation}.") == [("citation", "failed", f"line 1: {detail}")]


@pytest.mark.parametrize(
    ("sentence", "failed"),
    [
        ("Trade grew by 33.8 percent", []),
        ("Trade grew by 33.8%", []),
        ("Trade with BRI countries grew by 28.4 percent, that with ASEAN by 33.8 percent", []),
        ("In 2024, on 14 June, two rates were given, 28.4 percent among them", []),
        ("Trade grew by 33.8 percentage points", ["the figure 33.8 percentage points"]),
        ("Trade grew by 34.8 percent", ["the figure 34.8 percent"]),
        ("Trade grew by 33.8 billion yuan", ["the figure 33.8 billion yuan"]),
    ],
)
def test_figures(db: sqlite3.Connection, sentence: str, failed: list[str]) -> None:
    """A figure of the sentence is one of a claim cited there, by value and unit, however it is written."""
    rows = checked(db, f"{sentence} [@{SHIPPED}, para. 6].")
    assert [str(row[2]).partition("has ")[2] for row in rows if row[1] == "failed"] == failed


@pytest.mark.parametrize(
    ("sentence", "paragraph", "found"),
    [
        ("Li Bingjun said so", 6, ("ok", "Li Bingjun")),
        ("Li said so", 6, ("ok", "Li Bingjun")),
        ("The governor said so", 6, None),
        ("The governor said so", 1, ("doubt", "no claim cited is Li Bingjun's; nobody is credited with them")),
        ("Minister Mira Lund said so", 6, ("doubt", "no claim cited is Mira Lund's; they are Li Bingjun's")),
        ("Qiu said so", 6, ("failed", "no claim cited is Qiu Zhenguo's; they are Li Bingjun's")),
        ("Ines Roth said so", 6, ("failed", "no claim cited is Ines Roth's; they are Li Bingjun's")),
        ("A man named Roth said so", 6, None),
        ("Li Bingjun said so", 1, ("failed", "no claim cited is Li Bingjun's; nobody is credited with them")),
    ],
)
def test_speakers(db: sqlite3.Connection, sentence: str, paragraph: int, found: tuple[str, str] | None) -> None:
    """A speaker named in full, or in part where the source cited has the speaker, is one of a claim cited there.

    Somebody else whom the sentence credits, by an office or under a name that no source has, is doubted.
    """
    rows = [row[1:] for row in checked(db, f"{sentence} [@{SHIPPED}, para. {paragraph}].") if row[0] == "speaker"]
    assert rows == ([] if found is None else [(found[0], f"line 1: {found[1]}")])


def test_each_sentence_by_itself(db: sqlite3.Connection) -> None:
    """A citation counts for its own sentence, also behind its full stop, in a list, a table or a footnote."""
    note = (
        "# 12 percent of it\n\n"
        f"Trade grew by 5.25 percent. [@{NORTHLAND}, para. 4] It was 99 percent elsewhere.\n"
        f"Then it grew by 99 percent [@{NORTHLAND}, para. 4].\n\n"
        f"1. 5.25 percent [@{NORTHLAND}]\n2. 98 percent\n\n"
        f"| 5.25 percent | @{NORTHLAND} |\n| 97 percent | |\n\n"
        f"[^1]: 5.25 percent [@{NORTHLAND}]\n\n"
        "```\n[@nowhere] 96 percent\n```\nWrite to a@b.example, or see [the page @x](https://gazette.example).\n"
    )
    figures = [row for row in checked(db, note) if row[0] == "figure"]
    assert figures == [
        ("figure", "ok", "line 3: 5.25 percent"),
        ("figure", "failed", "line 4: no claim cited has the figure 99 percent"),
        ("figure", "ok", "line 6: 5.25 percent"),
        ("figure", "ok", "line 9: 5.25 percent"),
        ("figure", "ok", "line 12: 5.25 percent"),
    ]


def test_a_note_that_cites_nothing(db: sqlite3.Connection) -> None:
    """A note without a citation is an answer without rows, with the reason and the way out."""
    answer = check_note(db, "Trade grew by 33.8 percent.\n")
    assert (answer.rows, answer.reason) == ([], "the note cites nothing: it has no [@key]")
    assert answer.hint == "gz cite --style pandoc prints the citation of a claim"


@pytest.mark.parametrize("text", ["[" * 100_000, "@a " * 30_000, "[@" * 50_000, "@a" + ":" * 100_000, "```\n" * 50_000])
def test_any_shape(db: sqlite3.Connection, text: str) -> None:
    """A note of any shape is checked."""
    assert {row[1] for row in checked(db, text)} <= {"failed"}
