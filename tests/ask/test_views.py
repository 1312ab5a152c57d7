"""The questions: which rows each one returns, how names narrow it, and what an empty answer says."""

import sqlite3
from collections.abc import Iterator

import pytest

from guizhou_cli.answer import Answer
from guizhou_cli.ask import views
from guizhou_cli.db.build import build
from guizhou_cli.errors import NothingFound, UsageProblem

SOURCE = "guizhou-2024-06-14"


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Return the shipped facts."""
    connection = build()
    yield connection
    connection.close()


def column(answer: Answer, name: str) -> list[object]:
    """Return a column of an answer."""
    return [row[name] for row in answer.dicts()]


@pytest.mark.parametrize(
    ("text", "positions"),
    [(None, range(1, 7)), ("energy", [5]), ("power", [2, 3]), ("R&D", [2]), ("spirits", [4])],
)
def test_the_bases_with_a_text(db: sqlite3.Connection, text: str | None, positions: list[int]) -> None:
    """The bases are six in the report's order; a word or an abbreviation chooses among them."""
    assert column(views.bases(db, text), "position") == list(positions)


def test_an_empty_answer_has_a_reason_and_a_way_out(db: sqlite3.Connection) -> None:
    """Where no row has what was asked for, the answer says so in the words typed, and what to do."""
    zebra = views.bases(db, "zebra")
    assert (zebra.columns, zebra.rows) == (views.bases(db).columns, [])
    assert (zebra.reason, zebra.hint) == ('no industrial base about "zebra"', "gz bases lists all there are")
    assert views.bases(db, "enrgy").hint == "did you mean energy?"
    narrowed = views.measures(db, topics=["trade"], sources=[SOURCE])
    assert (narrowed.rows, narrowed.reason) == ([], f'no policy measure on "trade" in "{SOURCE}"')
    assert views.claims(db, topics=["trade"], speakers=["qiu"]).reason == 'no claim on "trade" by "qiu"'


@pytest.mark.parametrize(
    ("partners", "found", "notes"),
    [
        (["asean"], ["asean"], ()),
        (["southeast asia"], ["asean"], ('partner "southeast asia" is ASEAN',)),
        (["BRI countries"], ["belt-and-road"], ('partner "BRI countries" is Belt and Road partner countries',)),
        (["belt"], ["belt-and-road"], ('partner "belt" is Belt and Road partner countries',)),
        (["一带一路"], ["belt-and-road"], ('partner "一带一路" is Belt and Road partner countries',)),
        (["asean", "belt-and-road"], ["belt-and-road", "asean"], ()),
    ],
)
def test_a_partner_goes_by_any_of_its_names(
    db: sqlite3.Connection, partners: list[str], found: list[str], notes: tuple[str, ...]
) -> None:
    """A partner is named by its id, its name or an alias, with a note; several names mean any of them."""
    answer = views.trade(db, partners)
    assert (column(answer, "partner"), answer.notes) == (found, notes)


@pytest.mark.parametrize("typed", ["asian", "asia", "aseen", "initiative"])
def test_an_uncertain_partner_is_not_guessed(db: sqlite3.Connection, typed: str) -> None:
    """A name that may well mean something else is answered with the known ones."""
    with pytest.raises(NothingFound, match=f'^no partner "{typed}"') as raised:
        views.trade(db, [typed])
    assert raised.value.hint == "known: asean, belt-and-road"


def test_the_measures_on_a_subject(db: sqlite3.Connection) -> None:
    """A text or a topic chooses among the policy measures."""
    assert column(views.measures(db, "coal"), "claim") == [f"{SOURCE}:measure-coal"]
    assert len(views.measures(db, topics=["green"]).rows) == 3


def test_the_figures(db: sqlite3.Connection) -> None:
    """A text, a unit and an owner narrow the figures; an unknown unit is no filter that nothing matches."""
    assert [row[:5] for row in views.figures(db, whose="guizhou", units=["percent"]).rows] == [
        ("trade", "Guizhou", 28.4, "percent", "growth"),
        ("trade", "Guizhou", 33.8, "percent", "growth"),
    ]
    assert column(views.figures(db, "asean"), "value") == [33.8]
    with pytest.raises(NothingFound):
        views.figures(db, units=["furlongs"])


def test_several_filters_must_all_hold(db: sqlite3.Connection) -> None:
    """Topics narrow speakers; options given twice mean either; words that two topics share choose neither."""
    assert len(views.claims(db, topics=["tourism", "trade"], speakers=["li"]).rows) == 3
    with pytest.raises(UsageProblem, match='"indust" matches several topics'):
        views.claims(db, topics=["indust"])


def test_claims_are_shown_in_the_order_named(db: sqlite3.Connection) -> None:
    """A claim is named by its key or the part behind the colon, however cased and joined; each comes once, in order."""
    answer = views.show(db, ["tourism", "Trade ASEAN", f"{SOURCE}:trade-asean", "trade_asean"])
    assert column(answer, "claim") == [f"{SOURCE}:tourism", f"{SOURCE}:trade-asean"]


def test_what_is_cited(db: sqlite3.Connection) -> None:
    """Claims, reports, or what filters choose are cited; a name and a filter together are not."""
    assert views.cited(db).view == views.cited(db, [SOURCE]).view == "reports"
    assert views.cited(db, ["trade-asean"]).view == "show"
    assert len(views.cited(db, topics=["trade"]).rows) == 3
    with pytest.raises(UsageProblem, match="name claims, or choose them by options"):
        views.cited(db, ["trade-asean"], topics=["trade"])


def test_a_citation_of_what_nobody_confirmed_comes_with_a_note(db: sqlite3.Connection) -> None:
    """Who cites a drafted or a doubted claim is told so; of the others nothing is said."""
    db.execute("UPDATE claim SET evidence = 'drafted' WHERE slug IN ('trade-asean', 'trade-belt-and-road')")
    notes = ("drafted (2 claims): a rule proposed it and nobody has confirmed it",)
    assert views.cited(db, topics=["trade"]).notes == notes
    assert views.cited(db, ["measure-coal"]).notes == ()


def test_a_report_is_read_passage_by_passage(db: sqlite3.Connection) -> None:
    """Without a copy each passage has its first and last words, and the claims that are made of it."""
    answer = views.passages(db, "guizhou")
    assert answer.columns == ("paragraph", "text", "claims", "source")
    assert answer.rows[3] == (3, "The mountainous … told reporters", "agriculture, tourism", SOURCE)
    assert answer.notes[-1] == f"no copy of this report is kept: gz attach {SOURCE} ARTICLE keeps yours"
