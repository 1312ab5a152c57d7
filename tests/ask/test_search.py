"""Who said it: what a phrase, a question or a figure finds, and what is near where nothing is found."""

import random
import sqlite3
import string
from collections.abc import Iterator

import pytest

from guizhou_cli.answer import Answer
from guizhou_cli.ask.search import query, who_said
from guizhou_cli.db.build import build, index
from guizhou_cli.errors import UsageProblem


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Return the shipped facts."""
    connection = build()
    yield connection
    connection.close()


def slugs(answer: Answer) -> list[str]:
    """Return the claims of an answer without their source."""
    return [str(row["claim"]).partition(":")[2] for row in answer.dicts()]


GREEN = ["green-development", "measure-chemicals", "measure-new-energy-vehicles", "measure-coal"]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("green development", GREEN),
        ("Green Development", GREEN),
        ("green dev", GREEN),
        ("green-development", GREEN),
        ("coal", ["measure-coal"]),
        ("clean coal", ["measure-coal"]),
        ("EV", ["measure-new-energy-vehicles"]),
        ("NEVs", ["measure-new-energy-vehicles"]),
        ("liquor", ["base-baijiu"]),
        ("白酒", ["base-baijiu"]),
        ("33.8%", ["trade-asean"]),
        ("33.80 percent", ["trade-asean"]),
        ("trade with ASEAN", ["trade-asean", "trade-expansion"]),
        ("东盟", ["trade-asean", "trade-expansion"]),
        ("BRI", ["trade-belt-and-road", "trade-expansion"]),
        ("how fast did trade grow", ["trade-asean", "trade-belt-and-road"]),
        ("who said anything about tourism?", ["tourism"]),
        ("did the governor mention tourism", ["tourism"]),
        ("distinctive agriculture", ["agriculture"]),
    ],
)
def test_a_phrase_finds_its_claims(db: sqlite3.Connection, phrase: str, found: list[str]) -> None:
    """A phrase, a question, an abbreviation, another name or a figure finds the claims about it, the best first."""
    assert slugs(who_said(db, phrase)) == found


@pytest.mark.parametrize("phrase", ["what are the six industrial bases?", "6 industrial bases"])
def test_a_number_word_is_its_figure(db: sqlite3.Connection, phrase: str) -> None:
    """The six bases are found by the word and by the digit."""
    assert set(slugs(who_said(db, phrase))) >= {"six-bases", "base-energy", "base-baijiu"}


@pytest.mark.parametrize("phrase", ["28", "8.4", "3.8", "33", "steel", "贸易", "C++", "NEAR(", "zzx"])
def test_what_no_claim_has_is_not_found(db: sqlite3.Connection, phrase: str) -> None:
    """A part of a figure, a word of no claim and the syntax of a query find nothing, and the answer says so."""
    answer = who_said(db, phrase)
    assert answer.rows == []
    assert answer.reason == f'no claim mentions "{phrase}"'
    assert "the topics are: agriculture, energy" in str(answer.hint)


def test_the_nearest_claims_are_named(db: sqlite3.Connection) -> None:
    """Where no claim has all the words, the three nearest are named with speaker and paragraph."""
    answer = who_said(db, "nuclear energy")
    assert answer.rows == []
    assert answer.reason == 'no claim has all the words of "nuclear energy"; the nearest:'
    near = str(answer.hint).split("\n")
    assert len(near) == 3
    assert near[0] == (
        "Li Bingjun, paragraph 2: One of the six industrial bases that Guizhou is building is for energy."
    )


def test_who_else_said_it(db: sqlite3.Connection) -> None:
    """A question about somebody who did not say it names who did."""
    answer = who_said(db, "did Li say anything about coal?")
    assert (answer.rows, answer.reason) == ([], "not Li Bingjun; Qiu Zhenguo did, paragraph 8")


def test_an_office_is_answered_with_its_holder(db: sqlite3.Connection) -> None:
    """A question about an office is answered with who holds it and what that person said."""
    answer = who_said(db, "who is the governor?")
    assert answer.notes == ("Li Bingjun is Governor of Guizhou Province",)
    assert {row["speaker"] for row in answer.dicts()} == {"Li Bingjun"}


def test_a_mistyped_word_is_offered(db: sqlite3.Connection) -> None:
    """A word that is nearly one of the facts' is offered as what was meant."""
    assert "did you mean green?" in str(who_said(db, "greem").hint)


def test_the_matched_words_are_marked(db: sqlite3.Connection) -> None:
    """The spans of each statement that matched are those of the words asked for, whatever their ending."""
    answer = who_said(db, "develop green")
    marked = {
        statement[start:end]
        for row in answer.dicts()
        for statement in [str(row["statement"])]
        for start, end in answer.marks[str(row["claim"])]
    }
    assert marked == {"green", "development"}


def test_a_limit_says_how_many_there_are(db: sqlite3.Connection) -> None:
    """With a limit the best come, and a note says how many match."""
    answer = who_said(db, "green development", limit=1)
    assert (slugs(answer), answer.total) == (["green-development"], 4)
    assert answer.notes == ("the best 1 of 4; --limit shows more",)


def test_a_speaker_narrows(db: sqlite3.Connection) -> None:
    """Only the claims of the speaker named are found."""
    assert slugs(who_said(db, "energy", speakers=["Qiu"])) == ["measure-new-energy-vehicles", "measure-coal"]
    assert slugs(who_said(db, "energy", speakers=["li"])) == ["base-energy"]


def test_a_source_narrows(db: sqlite3.Connection) -> None:
    """A source is named by its beginning, with a note that says which it is."""
    answer = who_said(db, "coal", sources=["guizhou"])
    assert slugs(answer) == ["measure-coal"]
    assert answer.notes == ('source "guizhou" is guizhou-2024-06-14',)


@pytest.mark.parametrize("phrase", ["", " ", "?!", "*", "\x00"])
def test_nothing_to_search_for(db: sqlite3.Connection, phrase: str) -> None:
    """Blanks and punctuation alone are no phrase."""
    with pytest.raises(UsageProblem, match="nothing to search for"):
        who_said(db, phrase)


def test_any_text_is_a_phrase(db: sqlite3.Connection) -> None:
    """Whatever is typed is answered, with rows or with a reason, and never with an error of SQLite."""
    letters = string.printable + "é东盟\u202e\ud800\x00"
    chance = random.Random(1)
    for _ in range(300):
        phrase = "a" + "".join(chance.choices(letters, k=chance.randrange(30)))
        answer = who_said(db, phrase)
        assert bool(answer.rows) != bool(answer.reason)


def test_the_work_for_a_long_phrase_is_bounded() -> None:
    """A phrase of twice the words makes a query of no more groups."""
    groups = [len(query(" ".join(f"a-{n}b" for n in range(words)), {}).groups) for words in (20_000, 40_000)]
    assert groups == [100, 100]


def test_a_copy_makes_every_word_of_the_report_findable() -> None:
    """Where the passage's text is kept, words that no claim has find the claims of that passage."""
    with build() as db:
        phrase = "the orchard trains ran at night"
        assert who_said(db, phrase).rows == []
        db.execute("UPDATE passage SET text = ? WHERE number = 3", [f"Yes, {phrase}, he said."])
        index(db, "guizhou-2024-06-14")
        assert sorted(slugs(who_said(db, phrase))) == ["agriculture", "tourism"]
    db.close()
