"""The names that people type, beside briefings that were added, and what a shell is offered."""

import sqlite3
from collections.abc import Iterator

import pytest

from guizhou_cli.ask import names, search, views
from guizhou_cli.db.build import build, index
from guizhou_cli.errors import NothingFound, UsageProblem


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Return the shipped facts beside an added source, whose partner takes names that the shipped facts use."""
    connection = build()
    connection.executescript(
        """
        INSERT INTO source (id, title, publisher, published, event, event_date, place, url)
        VALUES ('mine', 'T', 'P', '2025-05-06', 'E', '2025-05-06', 'L', 'https://example.org/x');
        INSERT INTO passage (source_id, number) VALUES ('mine', 1);
        INSERT INTO claim (id, source_id, slug, paragraph, attribution, statement)
        VALUES (100001, 'mine', 'trade-asean', 1, 'reported', 'Trade with Mars doubled.'),
               (100002, 'mine', 'extra', 1, 'reported', 'A corridor for coal opens.');
        INSERT INTO trade_partner VALUES ('mars', 'Energy');
        INSERT INTO trade_partner_alias VALUES
            ('mars', 'ASEAN'), ('mars', 'tourism'), ('mars', 'coal'), ('mars', 'the');
        INSERT INTO figure (claim_id, position, what, value, unit, change, trade_partner_id)
        VALUES (100001, 1, 'trade', 100, 'percent', 'growth', 'mars');
        INSERT INTO topic VALUES ('$(touch x)', '$(touch x)'), ('กิน', 'กิน'), ('กัน', 'กัน');
        INSERT INTO claim_topic VALUES (100002, 'กิน');
        INSERT INTO speaker VALUES ('li-na', 'Li Na'), ('he-lifeng', 'He Lifeng');
        INSERT INTO appearance VALUES
            ('mine', 'li-bingjun', 'Guest of honour', 'Harbour'), ('mine', 'li-na', 'Governor', 'Harbour'),
            ('mine', 'he-lifeng', 'Pilot', 'Harbour');
        """
    )
    index(connection, "mine")
    yield connection
    connection.close()


@pytest.mark.parametrize("phrase", ["energy", "tourism", "coal", "the ASEAN", "trade with ASEAN"])
def test_added_names_change_no_shipped_answer(db: sqlite3.Connection, phrase: str) -> None:
    """The claims of the shipped report that a phrase finds are the same beside a partner that takes its words."""
    with build() as alone:
        before = [row["claim"] for row in search.who_said(alone, phrase).dicts()]
    alone.close()
    after = [row["claim"] for row in search.who_said(db, phrase).dicts() if row["source"] != "mine"]
    assert after == before


def test_a_shipped_name_comes_first(db: sqlite3.Connection) -> None:
    """A partner, a base and a claim of the shipped report keep their names; the added ones go by their own."""
    assert [row["partner"] for row in views.trade(db, ["asean"]).dicts()] == ["asean"]
    assert [row["partner"] for row in views.trade(db, ["mars"]).dicts()] == ["mars"]
    assert [row["base"] for row in views.bases(db, "energy").dicts()] == ["Energy"]
    known = names.claim_key(db, "trade-asean")
    assert known == names.Known(
        "guizhou-2024-06-14:trade-asean", 'claim "trade-asean" is guizhou-2024-06-14:trade-asean, not mine:trade-asean'
    )


def test_an_office_is_that_of_the_report_asked(db: sqlite3.Connection) -> None:
    """An office means its holder in the shipped report, or in the one that is asked; who else has it is named."""
    shipped, mine = "Li Bingjun, not Li Na", "Li Na, not Li Bingjun"
    assert names.ids(db, "speaker", ["governor"]) == [("li-bingjun", f'speaker "governor" is {shipped}')]
    assert names.ids(db, "speaker", ["governor"], ["mine"]) == [("li-na", f'speaker "governor" is {mine}')]


def test_a_speaker_comes_before_the_words_of_another_report(db: sqlite3.Connection) -> None:
    """Asked about somebody who did not say it, the answer is who did, before what an added report says by itself."""
    answer = search.who_said(db, "did Bingjun say anything about coal?")
    assert answer.reason == "not Li Bingjun; Qiu Zhenguo did, paragraph 8"


def test_vowel_signs_make_another_name(db: sqlite3.Connection) -> None:
    """Two Thai topics that differ in one vowel sign stay two."""
    assert [row["claim"] for row in views.claims(db, topics=["กิน"]).dicts()] == ["mine:extra"]
    assert views.claims(db, topics=["กัน"]).rows == []


SHIPPED = "guizhou-2024-06-14"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mine", "mine"), ("MINE", "mine"), ("min", "mine"), ("guizhou 2024", SHIPPED), ("guizhou-2024-06-1", SHIPPED)],
)
def test_a_source_goes_by_a_part_of_its_id(db: sqlite3.Connection, typed: str, meant: str) -> None:
    """A source is named by its id in any case, or by words of it."""
    assert names.source_id(db, typed).id == meant


@pytest.mark.parametrize(
    ("kind", "typed", "message"),
    [
        ("source", "mien", "; did you mean mine?"),
        ("source", "guxhou", f"; did you mean {SHIPPED}?"),
        ("source", "gz mine", "; did you mean mine?"),
        ("topic", "high quality growth zebra", "; did you mean high-quality growth?"),
        ("speaker", "liquor", ""),
        ("partner", "zzz", ""),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    db: sqlite3.Connection, kind: str, typed: str, message: str
) -> None:
    """A mistyped name is not guessed; punctuation is no name."""
    with pytest.raises(NothingFound) as raised:
        names.ids(db, kind, [typed])
    assert raised.value.message == f'no {kind} "{typed}"{message}'
    with pytest.raises(UsageProblem, match=f"no {kind} is named"):
        names.ids(db, kind, ["--"])


@pytest.mark.parametrize(
    ("typed", "speaker"),
    [
        ("li", "Li Bingjun"),
        ("Lǐ Bǐngjūn", "Li Bingjun"),
        ("the governor of Guizhou", "Li Bingjun"),
        ("Governor Li", "Li Bingjun"),
        ("governor", "Li Bingjun"),
        ("guest of honour", "Li Bingjun"),
        ("Mr Na", "Li Na"),
        ("he", "He Lifeng"),
        ("head of drc", "Qiu Zhenguo"),
    ],
)
def test_a_person_goes_by_name_or_office(db: sqlite3.Connection, typed: str, speaker: str) -> None:
    """A name or an office means a person, the shipped one first; an organization of several is asked back."""
    assert {row["speaker"] for row in views.speakers(db, typed).dicts()} == {speaker}
    with pytest.raises(UsageProblem, match="matches several speakers"):
        views.speakers(db, "harbour")


def test_a_search_within_an_added_source(db: sqlite3.Connection) -> None:
    """A search within one source finds its claims, wherever their ids are."""
    assert [row["claim"] for row in search.who_said(db, "corridor", sources=["mine"]).dicts()] == ["mine:extra"]
    assert search.who_said(db, "steel", sources=["mine"]).reason == 'no claim mentions "steel" in "mine"'
