"""Who said it: what a phrase, a question or a figure finds, and what is near where nothing is found."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from guizhou_cli.answer import Answer
from guizhou_cli.ask.query import WORDS_AT_MOST, query
from guizhou_cli.ask.search import who_said
from guizhou_cli.briefings import load, store
from guizhou_cli.briefings.draft import DraftOptions, draft
from guizhou_cli.db.build import build, index
from guizhou_cli.report.reading import Document


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Return the shipped facts."""
    connection = build()
    yield connection
    connection.close()


OPTIONS = DraftOptions("harbour", None, "Gazette", "2025-05-06", "Briefing", "2025-05-06", "Port", "https://g.example")


def slugs(answer: Answer) -> list[str]:
    """Return the claims of an answer without their source."""
    return [str(row["claim"]).partition(":")[2] for row in answer.dicts()]


GREEN = ["green-development", "measure-chemicals", "measure-coal", "measure-new-energy-vehicles"]
BELT_AND_ROAD = ["trade-belt-and-road", "trade-expansion"]
ASEAN = ["trade-asean", "trade-expansion"]
REVIVAL = ["farm-incomes", "rural-industries", "rural-revitalization"]


@pytest.mark.parametrize(
    ("phrases", "claims"),
    [
        (
            """green development | GREEN DEVELOPMENT | green-development | green\u2010development | developing green
            | “green development” | gréen development | Who said green development?
            | What did they say about the green development? | who is talking about green development | Qiu Zhenguo
            | DRC | Development and Reform Commission""",
            GREEN,
        ),
        (
            """coal | COAL* | 'coal | \\\\coal^ | (coal" | clean coal | WHO SAID COAL | what has Mr Qiu said about coal?
            | Which paragraph mentions coal? | what's being done about coal | didn't they discuss coal just now?
            | policy measures: coal | information on coal | Is coal going to be cleaner?
            | what does Qiu think of coal""",
            ["measure-coal"],
        ),
        ("EV | NEVs | new-energy vehicles | which official mentioned new energy vehicles?", GREEN[3:]),
        ("liquor | 白酒 | baijiu", ["base-baijiu"]),
        ("R&D | R & D | research and development | research&development | battery", ["base-batteries"]),
        (
            """33.8% | 33.8 | 33.80 percent | 33,8 | (33.8%). | 33.8pct | 33.8 per-cent | 33.8 per cent per annum
            | 33.8% p.a. | \uff13\uff13\uff0e\uff18\uff05 | Who said 33.8%? | 贵州东盟 33.8%
            | trade with South-East Asia | how quickly is trade with ASEAN growing?
            | what is the growth rate of trade with ASEAN
            | What percentage did trade with ASEAN grow by? | trade with ASEAN in the last two years""",
            ["trade-asean"],
        ),
        ("28.4 | 28.40 %", ["trade-belt-and-road"]),
        ("trade with ASEAN | 东盟 | Southeast Asia", ASEAN),
        ("BRI | b&r | OBOR | One Belt One Road | Belt & Road | Belt and Road Initiative | 一带一路", BELT_AND_ROAD),
        ("how fast did trade grow", ["trade-asean", "trade-belt-and-road"]),
        ("who said anything about tourism? | did the governor mention tourism", ["tourism"]),
        ("distinctive agriculture", ["agriculture"]),
        ("South-west China", ["high-quality-growth"]),
        ("rural revitalisation | revitalising | rural revitalization", REVIVAL),
        ("farmer's income | farmers\u2019 incomes", ["farm-incomes"]),
    ],
)
def test_a_phrase_finds_its_claims(db: sqlite3.Connection, phrases: str, claims: list[str]) -> None:
    """A phrase, a question, another spelling or name, or a figure finds the claims about it; no character is syntax."""
    found = {phrase.strip(): sorted(slugs(who_said(db, phrase))) for phrase in phrases.split("|")}
    assert found == dict.fromkeys(found, sorted(claims))


def test_the_best_come_first(db: sqlite3.Connection) -> None:
    """What has the phrase word for word, and little else, is first; a number word and its figure are one word."""
    assert slugs(who_said(db, "green development"))[0] == "green-development"
    for phrase in ("what are the six industrial bases?", "6 industrial bases", "how many industrial bases are there?"):
        found = slugs(who_said(db, phrase))
        assert {"six-bases", "base-energy", "base-baijiu"} <= set(found)
    assert found[0] == "six-bases"


@pytest.mark.parametrize(
    "phrase",
    """trade with the US | US | U.S. trade | IT industry | tourism in May | interest rate
    | information technology industry | coal mine | tourism report card | internal trade | 33,800""".split("|"),
)
def test_words_of_the_subject_are_no_words_of_the_question(db: sqlite3.Connection, phrase: str) -> None:
    """An acronym is not taken for a function word, nor a noun for one of the asking, nor one stem for another."""
    assert who_said(db, phrase).rows == []


@pytest.mark.parametrize("phrase", ["28", "8.4", "3.8", "33.81%", "steel", "贸易", "C++", "NEAR(", "zzx"])
def test_what_no_claim_has_is_not_found(db: sqlite3.Connection, phrase: str) -> None:
    """A part of a figure, a word of no claim and the syntax of a query find nothing, and the answer says so."""
    answer = who_said(db, phrase)
    assert answer.rows == []
    assert answer.reason == f'no claim mentions "{phrase}"'
    assert "the topics are: agriculture, energy" in str(answer.hint)


def test_who_else_said_it(db: sqlite3.Connection) -> None:
    """A question about somebody who did not say it names who did, whether asked in words or by an option."""
    for answer in (
        who_said(db, "did Li say anything about coal?"),
        who_said(db, "what did the governor say about coal?"),
        who_said(db, "coal", speakers=["Li"]),
    ):
        assert (answer.rows, answer.reason) == ([], "not Li Bingjun; Qiu Zhenguo did, paragraph 8")
        assert str(answer.hint).startswith("A measure of Guizhou's green development")


def test_an_office_is_answered_with_its_holder(db: sqlite3.Connection) -> None:
    """A question about an office is answered with who holds it and what that person said."""
    answer = who_said(db, "who is the governor?")
    assert answer.notes == ("Li Bingjun is Governor of Guizhou Province",)
    assert {row["speaker"] for row in answer.dicts()} == {"Li Bingjun"}


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [("greem", "green"), ("ASAEN", "ASEAN"), ("Qiu Zhengou", "Zhenguo"), ("tourist", "tourism")],
)
def test_a_mistyped_word_is_offered(db: sqlite3.Connection, phrase: str, meant: str) -> None:
    """A word that is nearly one of the facts' is offered as what was meant."""
    assert f"did you mean {meant}?" in str(who_said(db, phrase).hint)


def test_the_matched_words_are_marked(db: sqlite3.Connection) -> None:
    """The spans of each statement that matched are those of the words asked for, whatever their ending."""
    answer = who_said(db, "develop green")
    assert len(answer.marks) == len(GREEN)
    marked = {
        statement[start:end]
        for row in answer.dicts()
        for statement in [str(row["statement"])]
        for start, end in answer.marks[str(row["claim"])]
    }
    assert marked == {"green", "development"}


def test_notes_say_how_a_search_was_understood(db: sqlite3.Connection) -> None:
    """A note says what a limit leaves out, and which source a name means."""
    best = who_said(db, "green development", limit=1)
    assert (slugs(best), best.total, best.notes) == (["green-development"], 4, ("the best 1 of 4; --limit shows more",))
    within = who_said(db, "coal", sources=["guizhou"])
    assert (slugs(within), within.notes) == (["measure-coal"], ('source "guizhou" is guizhou-2024-06-14',))


def test_a_speaker_narrows(db: sqlite3.Connection) -> None:
    """Only the claims of the speaker named are found."""
    assert slugs(who_said(db, "energy", speakers=["Qiu"])) == ["measure-new-energy-vehicles", "measure-coal"]
    assert slugs(who_said(db, "energy", speakers=["li"])) == ["base-energy"]
    assert slugs(who_said(db, "trade", speakers=["reported"])) == ["trade-expansion"]


@pytest.mark.parametrize("unit", ["a-{}b ", "word{}", "x", "东", "green "])
def test_the_work_for_a_long_phrase_is_bounded(unit: str) -> None:
    """A phrase of twice the length makes no larger query."""
    once, twice = (query("".join(unit.format(n) for n in range(count)), {}) for count in (50_000, 100_000))
    assert once == twice
    assert len(once.words) <= WORDS_AT_MOST


def test_words_of_the_passage_alone_come_last() -> None:
    """With a copy, the claim that has a figure comes before one of the same paragraph, of which a note says so."""
    text = "Harbour news\n\nIt cost 35 dollars, or 22 euros, said Mayor Ann Lund. It rained on 18 days, she said."
    with closing(build()) as db:
        briefing = load.parse(draft(Document(text), OPTIONS), "x")
        store.add(db, briefing, report=text, keep_text=True)
        found = who_said(db, "18")
    assert [str(row["statement"])[:6] for row in found.dicts()] == ["It rai", "It cos"]
    assert found.notes == ("shown last: 1 claim with some of the words only in the paragraph",)


def test_a_copy_makes_every_word_of_the_report_findable() -> None:
    """Where the passage's text is kept, words that no claim has find the claims of that passage."""
    with build() as db:
        phrase = "the orchard trains ran at night"
        assert who_said(db, phrase).rows == []
        db.execute("UPDATE passage SET text = ? WHERE number = 3", [f"Yes, {phrase}, he said."])
        index(db, "guizhou-2024-06-14")
        assert sorted(slugs(who_said(db, phrase))) == ["agriculture", "tourism"]
    db.close()


def test_of_very_many_the_last_ones_are_ranked(db: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more claims match than can be ranked, the best are of those added last, and a note says so."""
    monkeypatch.setattr("guizhou_cli.ask.search.RANKED_AT_MOST", 2)
    answer = who_said(db, "green development", limit=1)
    assert slugs(answer) == ["measure-new-energy-vehicles"]
    assert answer.notes == ("the best 1 of 4, looked for among the 2 added last; --limit shows more",)
