"""An export reads as a person would write it, and says of any briefing what was added."""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from jsonschema import Draft202012Validator
from samples import NASTY, SHIPPED, SOUTH, briefings, toml

from guizhou_cli.briefings import load, model, store
from guizhou_cli.briefings.export import export
from guizhou_cli.briefings.store import topic_id
from guizhou_cli.db.build import build
from guizhou_cli.errors import NothingFound
from guizhou_cli.text import fold

SOUTHLAND = "southland-2025-06-10"


@pytest.fixture(scope="module")
def db() -> Iterator[sqlite3.Connection]:
    """Return a database as first use builds it; each test rolls back what it adds."""
    with closing(build()) as built:
        yield built


@pytest.fixture(autouse=True)
def _rolled_back(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN")
    yield
    db.execute("ROLLBACK")


EXPORTED = (
    "# A briefing for gz: what was said, by whom, and in which paragraph of the report.\n"
    "# Paragraph 0 is the headline. A claim without a speaker is the report's own words.\n"
    "\n"
    + SOUTH.replace('tunnel"\n\n', 'tunnel"\nlanguage = "en"\n\n', 1)
    .replace('["rail", "green development"]', '["green development", "rail"]')
    .replace(
        'trade = { partner = "asean", annual_growth_pct = 40.5, years = 2, period = "two years" }',
        'figure = [\n    { what = "trade", value = 40.5, unit = "percent", change = "growth", period = "two years",'
        ' years = 2, partner = "asean" },\n]',
    )
    .replace(
        'trade = { partner = "mercosur", annual_growth_pct = -3 }',
        'figure = [\n    { what = "trade", value = -3.0, unit = "percent", change = "growth",'
        ' partner = "mercosur" },\n]',
    )
)


def test_an_export_is_what_a_person_would_write(db: sqlite3.Connection) -> None:
    """An export reads as a person would write it: comments, then the parts in their order, in plain TOML."""
    store.add(db, load.parse(SOUTH, "x"))

    exported = export(db, SOUTHLAND)

    begin, end = exported.index('[[partner]]\nid = "asean"'), exported.index('[[partner]]\nid = "mercosur"')
    assert tomllib.loads(exported[begin:end])["partner"][0]["aliases"][:2] == [
        "ASEAN countries",
        "Association of Southeast Asian Nations",
    ]
    assert exported[:begin] + exported[end:] == EXPORTED


def test_figures_are_exported_as_they_are(db: sqlite3.Connection) -> None:
    """Figures are listed, trade too; evidence and a draft are marked."""
    text = SOUTH.replace(
        "measure = {",
        'quote = "Trains."\nsaid_in = "Roth said"\ndrafted = true\n'
        'trade = { partner = "asean", annual_growth_pct = 1 }\n'
        'figure = [{ what = "fares", value = 12, unit = "euros" }]\nmeasure = {',
    )
    store.add(db, load.parse(text, "x"))
    exported = export(db, SOUTHLAND)
    assert exported.endswith(
        'quote = "Trains."\nsaid_in = "Roth said"\ndrafted = true\ntopics = ["green development", "rail"]\n'
        "figure = [\n"
        '    { what = "trade", value = 1.0, unit = "percent", change = "growth", partner = "asean" },\n'
        '    { what = "fares", value = 12.0, unit = "euros", change = "level" },\n'
        "]\n"
        'measure = { action = "Run night trains", policy = "clean travel" }\n'
    )


def test_the_shipped_briefing_comes_back(db: sqlite3.Connection) -> None:
    """The shipped briefing exported, and added under another id, says in every view what the shipped one says."""
    copy = export(db, SHIPPED).replace(SHIPPED, "again")
    added = store.add(db, load.parse(copy, "x"))

    assert added.message == "added again: 23 claims, 9 paragraphs, 2 speakers"
    assert export(db, "again") == copy
    for view in ("bases", "trade", "measures", "figures", "speakers", "claims", "passages"):
        shipped, again = (
            [
                [str(cell).replace("again", SHIPPED) for cell in row]
                for row in db.execute(f"SELECT * FROM {view} WHERE source = ?", [source])
            ]
            for source in (SHIPPED, "again")
        )
        assert shipped == again != []
    words = "SELECT statement, quote, passage, terms FROM claim_words WHERE source = ? ORDER BY claim_id"
    assert db.execute(words, [SHIPPED]).fetchall() == db.execute(words, ["again"]).fetchall()


@pytest.mark.parametrize("name", ["guizhou-2024-06-15", "steel", "'; DROP"])
def test_an_unknown_source(db: sqlite3.Connection, name: str) -> None:
    """To export what is not there is nothing found."""
    with pytest.raises(NothingFound, match=name):
        export(db, name)


def as_exported(briefing: dict[str, Any], shipped: dict[str, Any]) -> dict[str, Any]:
    """Return what an export of a briefing must say, read back: the same, in the order and spelling of the database."""
    topics = {topic_id(topic): topic for claim in shipped["claim"] for topic in claim["topics"]}
    for claim in briefing["claim"]:
        for topic in claim.get("topics", []):
            topics.setdefault(topic_id(topic), topic)
    partners = {partner["id"]: partner for partner in [*briefing["partner"], *shipped["partner"]]}
    claims, used = [], set()
    for claim in briefing["claim"]:
        wanted = {key: value for key, value in claim.items() if key not in {"trade", "drafted"}}
        wanted |= {"drafted": True} if claim.get("drafted") else {}
        wanted |= {"topics": sorted({topics[topic_id(topic)] for topic in claim.get("topics", [])})}
        trade = dict(claim.get("trade", {}))
        growth = {"what": "trade", "unit": "percent", "change": "growth", "value": trade.pop("annual_growth_pct", 0)}
        figures = [growth | trade] * bool(trade) + claim.get("figure", [])
        used |= {figure["partner"] for figure in figures if "partner" in figure}
        claims.append(wanted | {"figure": [{"change": "level"} | figure for figure in figures]})
    expected = {
        "speaker": sorted(briefing["speaker"], key=lambda speaker: str(speaker["id"])),
        "partner": [partners[id_] | {"aliases": sorted(set(partners[id_].get("aliases", [])))} for id_ in sorted(used)],
        "passage": sorted(briefing["passage"], key=lambda passage: int(passage["number"])),
        "claim": claims,
    }
    without_empty = {
        kind: [{key: cell for key, cell in row.items() if cell != []} for row in rows]
        for kind, rows in expected.items()
        if rows
    }
    return {"source": {"language": "en"} | briefing["source"], **without_empty}


NASTIEST: dict[str, Any] = {
    "source": {
        "id": "a",
        **dict.fromkeys(
            ("title", "publisher", "event", "place", "subject"), "\x1b]0;x\x07\u202e'); DROP TABLE claim; --"
        ),
        "published": "0001-01-01",
        "event_date": "9999-12-31",
        "url": "http://\x1b\u202e",
    },
    "speaker": [{"id": "x", "name": "\x00", "role": "东盟", "organization": "[/]"}],
    "partner": [{"id": "p", "name": "\\p", "aliases": [text for text in NASTY[2:] if fold(text)]}],
    "passage": [{"number": 0, "sha256": "f" * 64, "first_words": '"""', "last_words": "'''"}],
    "claim": [
        {
            "id": "a",
            "statement": "x",
            "quote": "\x00",
            "said_in": "\u202esaid",
            "paragraph": 0,
            "speaker": "x",
            "topics": NASTY[:50],
            "keywords": NASTY[:50],
            "trade": {"partner": "p", "annual_growth_pct": -0.0, "years": 100, "period": NASTY[7]},
            "figure": [{"what": text, "value": 1e30, "unit": text, "change": "rank"} for text in NASTY[:50]],
        },
        *({"id": f"b{at}", "statement": text, "paragraph": 0, "keywords": [text]} for at, text in enumerate(NASTY)),
        {"id": "c", "statement": "x", "paragraph": 0, "topics": ["C", "c++", "C#", "हिन्दी", "हन्द", "\uff23"]},
    ],
}


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(briefing=briefings())
@example(briefing=NASTIEST)
def test_export_and_back(db: sqlite3.Connection, briefing: dict[str, Any]) -> None:
    """Of any briefing the export says what was added, and added again it gives, byte for byte, the same export."""
    shipped = tomllib.loads(export(db, SHIPPED))
    Draft202012Validator(model.schema()).validate(briefing)
    store.add(db, load.parse(toml(briefing), "x"), replace=True)
    source = briefing["source"]["id"]

    exported = export(db, source)
    read = tomllib.loads(exported)
    for claim in read["claim"]:
        claim.pop("evidence", None)  # a text that is generated may happen to contradict its figure
    assert read == as_exported(briefing, shipped)
    assert [char for char in exported if char != "\n" and ord(char) in {*range(32), *range(127, 160), 0x202E}] == []
    store.add(db, load.parse(exported, "x"), replace=True)
    assert export(db, source) == exported
    store.remove(db, source)
