"""Adding a briefing, with its report and without, what is found wrong with it, and removing it; copies of reports."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from samples import BRIEFING, NORTH, REPORT, SHIPPED, SOURCE, SOUTH

from guizhou_cli.briefings import load, store
from guizhou_cli.briefings.export import export
from guizhou_cli.briefings.store import Added
from guizhou_cli.db.build import build
from guizhou_cli.errors import BriefingProblem, FileProblem, NothingFound, UsageProblem

SOUTHLAND, NORTHLAND = "southland-2025-06-10", "northland-2023-04-01"
QUOTED = BRIEFING.replace(
    'statement = "Three shipping hubs are on their way."\nparagraph = 2',
    'quote = "The province is building three shipping hubs"',
)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Return a database as first use builds it, within a transaction."""
    with closing(build()) as built:
        built.execute("BEGIN")
        yield built


def add(db: sqlite3.Connection, text: str, report: str | None = None, **options: bool) -> Added:
    """Add a briefing from its TOML."""
    return store.add(db, load.parse(text, "x"), report=report, **options)


def rows(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table, and of what the full-text index has of each claim."""
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'claim_fts*'"
    found = {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for (name,) in db.execute(tables)}
    return found | {"claim_fts": db.execute("SELECT rowid, * FROM claim_fts ORDER BY rowid").fetchall()}


def evidence(db: sqlite3.Connection, source: str) -> dict[str, str]:
    """Return the evidence of the claims of a source by slug."""
    return dict(db.execute("SELECT slug, evidence FROM claim WHERE source_id = ?", [source]))


def refusal(db: sqlite3.Connection, text: str, report: str | None = None, **options: bool) -> list[str]:
    """Return what a briefing is refused for."""
    with pytest.raises(BriefingProblem) as raised:
        add(db, text, report, **options)
    return raised.value.faults


# Adding ------------------------------------------------------------------------------------------------------


def test_each_view_has_an_added_briefing(db: sqlite3.Connection) -> None:
    """An added briefing is reported in one line, and each view has its rows."""
    added = add(db, SOUTH)

    assert (added.message, added.problem) == (f"added {SOUTHLAND}: 4 claims, 3 paragraphs, 2 speakers", None)
    assert added.answer.rows == []

    def view(columns: str, name: str) -> list[tuple[object, ...]]:
        return db.execute(f"SELECT {columns} FROM {name} WHERE source = ?", [SOUTHLAND]).fetchall()

    assert view("position, base, detail, speaker, role, paragraph", "bases") == [
        (1, "Tunnel boring", "machines and crews", "Ines Roth", "Minister of Transport", 1)
    ]
    assert view("measure, policy, claim", "measures") == [
        ("Run night trains", "clean travel", f"{SOUTHLAND}:night-trains")
    ]
    assert view("partner, annual_growth_pct, years, period, implied_total_growth_pct, attribution", "trade") == [
        ("asean", 40.5, 2, "two years", 97.4, "said"),
        ("mercosur", -3.0, None, None, None, "reported"),
    ]
    assert view("topics, said_on, evidence", "claims")[-1] == ("green development, rail", "2025-06-10", "unchecked")
    assert view("keywords, organization, language, subject", "show")[0] == ("rail tunnel", "Southland", "en", None)


def test_a_dry_run_says_what_would_be(db: sqlite3.Connection) -> None:
    """A dry run says what would be added; of what would be refused it returns why, with the findings as rows."""
    assert add(db, SOUTH, dry_run=True).message == f"would add {SOUTHLAND}: 4 claims, 3 paragraphs, 2 speakers"
    known = SOUTH.replace('name = "Li Bingjun"', 'name = "Li"').replace(SOUTHLAND, "other")
    added = add(db, known, dry_run=True)
    detail = 'speaker li-bingjun: is known as "Li Bingjun"'
    assert added.answer.rows == [("speaker", "failed", detail, None, None, "other")]
    assert added.problem is not None
    assert added.problem.faults == [detail]


def test_replacing_with_another(db: sqlite3.Connection) -> None:
    """A briefing that is replaced leaves nothing that was only its own, and a name in it may be corrected."""
    alone = NORTH.replace(NORTHLAND, SOUTHLAND).replace('"Ines Roth"', '"Inés Roth"')
    add(db, SOUTH)
    add(db, alone, replace=True)
    replaced = rows(db)
    store.remove(db, SOUTHLAND)
    add(db, alone)

    assert replaced == rows(db)


def test_the_shipped_briefing_stays(db: sqlite3.Connection) -> None:
    """A briefing with the id of the shipped one is refused, and the shipped one can't be removed."""
    with pytest.raises(FileProblem, match=f"{SHIPPED} ships with gz and can't be replaced") as raised:
        add(db, SOUTH.replace(SOUTHLAND, SHIPPED), replace=True)
    assert raised.value.hint == "give a briefing of your own another id"
    with pytest.raises(FileProblem, match=f"{SHIPPED} ships with gz and can't be removed"):
        store.remove(db, SHIPPED)


def test_topics_that_are_one(db: sqlite3.Connection) -> None:
    """Topics that differ in case, hyphens or punctuation are one, by the name known first; others stay apart."""
    apart = ["\u0915\u093f", "\u0915\u093e", "🚄", "🚢", "กิน", "กัน"]
    topics = ["Green-Development", "R&D", "r d", "C\u2013D", "c d", "caf\u00e9", "cafe\u0301", *apart]
    written = ", ".join(f'"{topic}"' for topic in topics)
    add(db, SOUTH.replace('["rail"]', f"[{written}]"))
    named = "SELECT name FROM claim_topic JOIN topic ON topic.id = topic_id JOIN claim ON claim.id = claim_id"
    found = {name for (name,) in db.execute(f"{named} WHERE slug = 'tunnel'")}
    assert found == {"green development", "R&D", "C\u2013D", "caf\u00e9", *apart}


# What the database has otherwise ------------------------------------------------------------------------------


def test_a_speaker_has_roles(db: sqlite3.Connection) -> None:
    """A speaker that is known may have another role at each briefing."""
    add(db, SOUTH)
    roles = db.execute("SELECT role FROM speakers WHERE speaker = 'Li Bingjun'").fetchall()
    assert roles == [("Governor of Guizhou Province",), ("Guest of honour",)]


OTHER_NAMES = ["partner mercosur: is known with other names; leave this [[partner]] out"]


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ('id = "zz"\nname = "A.S.E.A.N."\naliases = ["一带一路", "Zed"]', []),
        ('id = "mercosur"\nname = "Mercosul"', OTHER_NAMES),
        ('id = "mercosur"\nname = "Mercosur"\naliases = ["MERCOSUL"]', OTHER_NAMES),
        ('id = "mercosur"\nname = "Mercosur"\naliases = ["Southern Common Market"]', []),
        ('id = "hindi"\nname = "काम"\naliases = ["कम"]', []),
    ],
)
def test_a_partner_has_names_of_its_own(db: sqlite3.Connection, declared: str, found: list[str]) -> None:
    """A partner that is known keeps its names; a new one may share a name, for shipped names come first when asked."""
    add(db, SOUTH)
    id_ = declared.split('"')[1]
    added = add(db, NORTH.replace('asean"', f'{id_}"') + f"[[partner]]\n{declared}\n", dry_run=True)
    assert (added.problem.faults if added.problem else []) == found


def test_partners_that_are_declared_and_those_that_are_used(db: sqlite3.Connection) -> None:
    """A partner without a figure is refused, and so is a partner that only the replaced briefing declared."""
    assert refusal(db, NORTH + '[[partner]]\nid = "mars"\nname = "Mars"\n') == [
        "partner mars: no claim has a figure with it"
    ]
    add(db, SOUTH)
    text = SOUTH[: SOUTH.index("[[partner]]")] + SOUTH[SOUTH.index("[[claim]]") :]
    assert refusal(db, text, replace=True) == [
        'line 41, claim trade-mercosur: the partner "mercosur" is not known, and no [[partner]] has that id'
    ]


# With the report -----------------------------------------------------------------------------------------------


def test_the_report_fingerprints_the_paragraphs(db: sqlite3.Connection) -> None:
    """With its report, a briefing's paragraphs are fingerprinted and located; the text is kept only if asked for."""
    for keep in (False, True):
        add(db, BRIEFING, REPORT, replace=keep, keep_text=keep)
        passages = db.execute("SELECT * FROM passage WHERE source_id = ?", [SOURCE]).fetchall()
        assert [passage[1] for passage in passages] == list(range(7))
        assert passages[3][3:5] == ("Its trade", "Lund said")
        assert all(passage[2] for passage in passages)
        assert [passage[5] is not None for passage in passages] == [keep] * 7
    found = "SELECT rowid FROM claim_fts WHERE claim_fts MATCH 'passage : visitors OR passage : soot'"
    assert len(db.execute(found).fetchall()) == 1  # the claim of the paragraph with soot; of that with visitors is none


def test_evidence(db: sqlite3.Connection) -> None:
    """A claim is quoted, checked, doubted or unchecked by its report; drafted wins. With `strict`, doubts refuse it."""
    text = QUOTED.replace('keywords = ["hull repair"]', 'keywords = ["hull repair"]\ndrafted = true')
    text = text.replace('topics = ["shipping"]\nkeywords = ["shore power"]', "")
    text = text.replace("rose by 12.5", "fell by 12.5")
    added = add(db, text, REPORT)

    special = {"three-hubs": "quoted", "hub-repair": "drafted", "shore-power": "unchecked", "trade-asean": "doubted"}
    checked = ("cleaner-harbours", "hub-pilotage", "trade-mercosur", "batteries")
    assert evidence(db, SOURCE) == special | dict.fromkeys(checked, "checked")
    assert {(row[1], row[3]) for row in added.answer.rows} == {("doubt", f"{SOURCE}:trade-asean")}
    assert len(added.answer.notes) == len(added.answer.rows)
    assert added.answer.notes[0].startswith("doubt: line 67, claim trade-asean: ")
    assert refusal(db, text, REPORT, replace=True, strict=True) == [
        note.removeprefix("doubt: ") for note in added.answer.notes
    ]


def test_a_quote_gives_the_paragraph(db: sqlite3.Connection) -> None:
    """A claim with a quote gets the paragraph of the quote; without a report it needs to name one."""
    add(db, QUOTED, REPORT)
    assert db.execute(
        "SELECT statement, paragraph FROM claims WHERE claim = ?", [f"{SOURCE}:three-hubs"]
    ).fetchall() == [("The province is building three shipping hubs", 2)]
    assert refusal(db, QUOTED, replace=True) == [
        "line 42, claim three-hubs: names no paragraph, which only its report shows: --article REPORT"
    ]


def test_what_the_report_does_not_bear_out(db: sqlite3.Connection) -> None:
    """What the report does not have refuses a briefing: each claim by its id and line, and where the words are."""
    text = QUOTED.replace('["hull repair"]', '["12.5 percent", "hull repair"]').replace(
        "three shipping hubs", "nine hubs", 1
    )
    text = text.replace("paragraph = 4", "paragraph = 9")
    assert refusal(db, text, REPORT) == [
        'line 42, claim three-hubs: the quote "The province is building nine hubs" is not in the report',
        'line 49, claim hub-repair: the keyword "12.5 percent" is not in paragraph 2; "12.5 percent" is in paragraph 3',
        'line 85, claim batteries: the report ends with paragraph 6; ""shore-side" batteries" is in paragraph 4',
    ]


def test_other_fingerprints_are_one_fault(db: sqlite3.Connection) -> None:
    """A briefing with the fingerprints of another report is refused with one line for all of them."""
    add(db, BRIEFING, REPORT)
    exported = export(db, SOURCE)
    assert refusal(db, exported, REPORT.replace("soot", "dust").replace("Visitors", "Guests"), replace=True) == [
        "2 of 7 paragraphs differ from the report's: 4, 5"
    ]


def test_the_export_comes_back_with_its_report_and_without(db: sqlite3.Connection) -> None:
    """An exported briefing added again, with its report or without, leaves the same rows, evidence too."""
    add(db, QUOTED, REPORT)
    once = rows(db)
    exported = export(db, SOURCE)
    for report in (REPORT, None):
        add(db, exported, report, replace=True)
        assert rows(db) == once
        assert export(db, SOURCE) == exported


# Removing ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("removed", "left"), [(SOUTH, None), (SOUTH, NORTH), (NORTH, SOUTH)])
def test_removing_leaves_what_others_share(db: sqlite3.Connection, removed: str, left: str | None) -> None:
    """Removing a briefing leaves the database as if it had never been added, and what another shares with it."""
    if left:
        add(db, left)
    before = rows(db)
    add(db, removed)
    source = SOUTHLAND if removed == SOUTH else NORTHLAND
    assert store.remove(db, source) == f"removed {source}: {removed.count('[[claim]]')} claims"
    assert rows(db) == before


def test_a_shortened_id_removes_nothing(db: sqlite3.Connection) -> None:
    """To remove a briefing its id is given in full, which a refusal names."""
    add(db, SOUTH)
    before = rows(db)
    with pytest.raises(UsageProblem) as caught:
        store.remove(db, SOUTHLAND[:-3])
    assert caught.value.hint == f"gz remove {SOUTHLAND}"
    assert rows(db) == before


@pytest.mark.parametrize("change", [store.remove, store.detach])
def test_an_unknown_source(db: sqlite3.Connection, change: Callable[[sqlite3.Connection, str], str]) -> None:
    """To remove what is not there is answered with the nearest source."""
    with pytest.raises(NothingFound, match='"guizhou-2024-06-15"'):
        change(db, "guizhou-2024-06-15")


# Copies ------------------------------------------------------------------------------------------------------


def texts(db: sqlite3.Connection, source: str) -> list[str | None]:
    """Return the text of each paragraph of a source."""
    return [text for (text,) in db.execute("SELECT text FROM passage WHERE source_id = ? ORDER BY number", [source])]


def test_attach_and_detach(db: sqlite3.Connection) -> None:
    """A copy is kept paragraph by paragraph and searched; without it everything is as before."""
    add(db, BRIEFING, REPORT)
    before = rows(db)

    message = store.attach(db, SOURCE, "Menu\n\n" + REPORT.replace("numbers, and", "num\u00adbers\uff0c  and"))

    assert message == f"attached to {SOURCE}: 7 paragraphs; gz detach {SOURCE} removes the copy"
    assert texts(db, SOURCE)[5] == "Visitors came in numbers\uff0c and the ships came in numbers."  # as it is printed
    assert db.execute("SELECT count(*) FROM claim_fts WHERE claim_fts MATCH 'passage : pilotage'").fetchone() == (3,)
    assert "ships came" not in export(db, SOURCE)
    assert store.detach(db, SOURCE) == f"detached from {SOURCE}: 7 paragraphs"
    assert rows(db) == before
    with pytest.raises(NothingFound, match="no copy of the report"):
        store.detach(db, SOURCE)


def test_a_copy_that_differs_is_not_attached(db: sqlite3.Connection) -> None:
    """A copy without a paragraph, or with another text, is refused with the paragraphs that differ."""
    add(db, BRIEFING, REPORT)
    with pytest.raises(BriefingProblem) as raised:
        store.attach(db, SOURCE, REPORT.replace("12.5", "12.6").replace("Visitors came in numbers, and the ", ""))
    assert raised.value.faults == ["paragraph 3: line 9: not word for word", "paragraph 5: line 15: not word for word"]
    with pytest.raises(BriefingProblem) as raised:
        store.attach(db, SHIPPED, REPORT)
    assert raised.value.faults[:2] == ["paragraph 0: missing", "paragraph 1: missing"]
    assert texts(db, SHIPPED) == [None] * 9


def test_attached_where_nothing_is_fingerprinted(db: sqlite3.Connection) -> None:
    """A copy of a report that nobody has fingerprinted is fingerprinted, and its claims are checked."""
    add(db, BRIEFING)
    assert set(evidence(db, SOURCE).values()) == {"unchecked"}
    with pytest.raises(BriefingProblem) as raised:
        store.attach(db, SOURCE, REPORT.replace("12.5", "\u202e5.21\u202c"))
    assert raised.value.faults == [
        "the report has characters that reverse the direction of text: it may read otherwise than it says"
    ]
    store.attach(db, SOURCE, REPORT)
    assert texts(db, SOURCE)[0] == "Northmark plans cleaner harbours"
    assert set(evidence(db, SOURCE).values()) == {"checked"}
    attached = rows(db)
    add(db, BRIEFING, REPORT, keep_text=True, replace=True)
    assert rows(db) == attached

    add(db, SOUTH.replace(', "南方共同市场"', ""))
    with pytest.raises(BriefingProblem) as raised:
        store.attach(db, SOUTHLAND, REPORT)
    assert raised.value.faults[0].startswith('line 37, claim tunnel: the keyword "rail tunnel" is not in paragraph 1')
