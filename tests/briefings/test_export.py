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
from guizhou_cli.db.build import build
from guizhou_cli.errors import NothingFound
from guizhou_cli.text import fold

SOUTHLAND = "southland-2025-06-10"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    """Return a database as first use builds it, within a transaction."""
    with closing(build()) as built:
        built.execute("BEGIN")
        yield built


def said(db: sqlite3.Connection, source: str) -> dict[str, list[list[str]]]:
    """Return what the views and the index have of a source, under any id, as text."""
    views = ("bases", "trade", "measures", "figures", "speakers", "claims", "show", "passages")
    queries = {view: f"SELECT * FROM {view} WHERE source = ?" for view in views}
    queries["words"] = "SELECT statement, quote, passage, terms FROM claim_words WHERE source = ? ORDER BY claim_id"
    return {
        name: [[str(cell).replace(source, "ID") for cell in row] for row in db.execute(query, [source])]
        for name, query in queries.items()
    }


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


def test_the_shipped_briefing_comes_back(db: sqlite3.Connection) -> None:
    """The shipped briefing exported, and added under another id, says in every view what the shipped one says."""
    copy = export(db, SHIPPED).replace(SHIPPED, "again")
    added = store.add(db, load.parse(copy, "x"))

    assert added.message == "added again: 23 claims, 9 paragraphs, 2 speakers"
    assert export(db, "again") == copy
    assert said(db, "again") == said(db, SHIPPED)


@pytest.mark.parametrize("name", ["guizhou-2024-06-15", "steel", "'; DROP"])
def test_an_unknown_source(db: sqlite3.Connection, name: str) -> None:
    """To export what is not there is nothing found."""
    with pytest.raises(NothingFound, match=name):
        export(db, name)


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
    Draft202012Validator(model.schema()).validate(briefing)
    source = briefing["source"]["id"]
    store.add(db, load.parse(toml(briefing), "x"), replace=True)
    added = said(db, source)

    exported = export(db, source)
    assert [char for char in exported if char != "\n" and ord(char) in {*range(32), *range(127, 160), 0x202E}] == []
    store.add(db, load.parse(exported, "x"), replace=True)
    assert said(db, source) == added
    assert export(db, source) == exported
    store.remove(db, source)
