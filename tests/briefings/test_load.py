"""A TOML file becomes a briefing, or each thing that is wrong with it is named with its line, its table and its key."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from samples import BRIEFING, NORTH, SOUTH, inline

from guizhou_cli.briefings import load, model
from guizhou_cli.briefings.model import Figure
from guizhou_cli.errors import BriefingProblem, FileProblem

QUOTED = SOUTH.replace(
    "/tunnel", '/tunnel"\nsubject = "Southland"\naccessed = "2025-07-01"\narchive_url = "https://a.example/1'
) + (
    '[[claim]]\nid = "wind"\nquote = "Wind is free."\nspeaker = "ines-roth"\nsaid_in = "Roth said"\ndrafted = true\n'
    'evidence = "quoted"\nmeasure = { action = "Sail" }\n'
)


def faults(text: str) -> list[str]:
    """Return what is wrong with a briefing."""
    with pytest.raises(BriefingProblem) as raised:
        load.parse(text, "x")
    return raised.value.faults


# What is taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SOUTH, NORTH, BRIEFING, QUOTED])
def test_briefings(text: str) -> None:
    """A briefing, also one of version 1, says what its TOML says; an independent validator takes it by the schema."""
    assert load.parse(text, "x").model_dump(exclude_unset=True) == tomllib.loads(text)
    Draft202012Validator(model.schema()).validate(tomllib.loads(text))


def test_trade_is_short_for_a_figure() -> None:
    """`trade` is a figure of growth in percent, and comes before the other figures of the claim."""
    more = SOUTH.replace("-3 }", '-3 }\nfigure = [{ what = "tonnage", value = 7, unit = "tons", whose = "Mercosur" }]')

    growth, level = load.parse(more, "x").claim[2].figure

    assert growth == Figure(what="trade", value=-3.0, unit="percent", change="growth", partner="mercosur")
    assert level == Figure(what="tonnage", value=7.0, unit="tons", whose="Mercosur", change="level")


def test_windows_line_ends_and_dates_of_toml(tmp_path: Path) -> None:
    """A file with the line ends of Windows, or a date of TOML, is the same briefing."""
    text = SOUTH.replace('"2025-06-10"\nplace', "2025-06-10\nplace").replace("\n", "\r\n")
    (tmp_path / "windows.toml").write_bytes(text.encode())
    assert load.load(str(tmp_path / "windows.toml")) == load.parse(SOUTH, "x")


def test_text_with_many_dots_is_no_key() -> None:
    """Dots within a text, in a string of any kind or in a comment, are not parts of a key."""
    dots = ".".join("abcdefghijklmnopqrstuvwxyz")
    text = SOUTH.replace("Night trains are", f"{dots} are").replace("/tunnel", f"/{dots}")
    text += f"[[claim]]\nstatement = '''\n{dots} \"{dots}'''\nid = 'x' # {dots}\nparagraph = 1\n"
    assert load.parse(text, "x").claim[-1].id == "x"


def test_the_line_of_a_claim() -> None:
    """A claim is named with the line of its table; without it where a text looks like a table or one is inline."""
    assert [claim.where for claim in load.parse(SOUTH, "x").claim[:2]] == [
        "line 28, claim tunnel",
        "line 37, claim trade-asean",
    ]
    text = SOUTH.replace('"A rail tunnel below', '"""\n[[claim]]\nA rail tunnel below').replace('open."', 'open."""')
    assert load.parse(text, "x").claim[0].where == "claim tunnel"
    inline = 'claim = [{ id = "a", statement = "A.", paragraph = 1 }]\n' + SOUTH[: SOUTH.index("[[speaker]]")]
    assert load.parse(inline, "x").claim[0].where == "claim a"


# What is wrong -----------------------------------------------------------------------------------------------

MANY_FAULTS = """
sourse = 1

[source]
id = "South Land"
title = ""
published = "2025-06-31"
event = 7
event_date = 2025-06-10T10:00:00
place = " "
url = "courier.example"
language = "English!"
langauge = "en"

[[speaker]]
id = "ines-roth"
name = "\u200b"
role = ["Minister"]

[[speaker]]
id = "ines-roth"
name = "Ines Roth"
role = "Minister"
organization = "Southland"

[[partner]]
id = "mercosur"
name = " "
aliases = "Mercosul"

[[passage]]
number = 1
sha256 = "abc"

[[passage]]
number = 2
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
last_words = "the end"

[[claim]]
id = "a"
statement = "A."
paragraph = -1
speaker = "nobody"
topics = ["rail", 7]
keywords = [""]
base = { position = 0, name = "Base" }
figure = [{ what = "GDP", value = 1, change = "decline" }]

[[claim]]
id = "a"
paragraph = 2.0
trade = { partner = "efta", annual_growth_pct = nan, years = 101 }

[[claim]]
id = "b"
statement = "B."

[[claim]]
id = "c"
quote = "C."
said_in = "Roth said"
"""


def test_every_fault_at_once() -> None:
    """Whatever is wrong with a file is named at once, each thing with its line, its table and its key."""
    assert faults(MANY_FAULTS) == [
        'source.id: should be an id of small letters, digits and single hyphens, got "South Land"',
        'source.title: should not be blank, got ""',
        "source.publisher: is missing",
        'source.published: should be a date such as 2025-06-10, got "2025-06-31"',
        "source.event: should be a valid string, got 7",
        "source.event_date: should be a date such as 2025-06-10, got 2025-06-10 10:00:00",
        'source.place: should not be blank, got " "',
        'source.url: should be an address that begins with http:// or https://, got "courier.example"',
        'source.language: should be a language tag such as en, got "English!"',
        "source.langauge: is not a key of a briefing",
        'line 15, speaker ines-roth, name: should not be blank, got "\u200b"',
        "line 15, speaker ines-roth, role: should be a valid string, got a list",
        "line 15, speaker ines-roth, organization: is missing",
        'line 26, partner mercosur, name: should not be blank, got " "',
        'line 26, partner mercosur, aliases: should be a valid list, got "Mercosul"',
        'line 31, passage 1, sha256: should be a SHA-256 of 64 hexadecimal digits, got "abc"',
        "line 35, passage 2: last_words needs first_words beside it",
        "line 40, claim a, paragraph: should be greater than or equal to 0, got -1",
        "line 40, claim a, topics[1]: should be a valid string, got 7",
        'line 40, claim a, keywords[0]: should not be blank, got ""',
        "line 40, claim a, figure[0].change: should be 'level', 'growth', 'share', 'target' or 'rank', got \"decline\"",
        "line 40, claim a, base.position: should be greater than or equal to 1, got 0",
        "line 50, claim a, paragraph: should be a valid integer, got 2.0",
        "line 50, claim a, trade.annual_growth_pct: should be a finite number, got nan",
        "line 50, claim a, trade.years: should be less than or equal to 100, got 101",
        "line 55, claim b: needs a statement and a paragraph, or a quote",
        "line 59, claim c: said_in needs a speaker beside it",
        "sourse: is not a key of a briefing",
        'line 15, speaker ines-roth, id: "ines-roth" is there twice',
        'line 20, speaker ines-roth, id: "ines-roth" is there twice',
        'line 40, claim a, id: "a" is there twice',
        'line 50, claim a, id: "a" is there twice',
        'line 40, claim a, speaker: no [[speaker]] has the id "nobody"',
        "line 40, claim a, paragraph: no [[passage]] has the number -1",
    ]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("source", "7", "source: should be a table, got 7"),
        ("claim", '"none"', 'claim: should be a valid list, got "none"'),
        ("claim", "[]", "claim: list should have at least 1 item after validation, not 0"),
        ("claim", "[7]", "claim[0]: should be a table, got 7"),
        ("speaker", "true", "speaker: should be a valid list, got true"),
        ("partner", "{ id = 1 }", "partner: should be a valid list, got a table"),
        ("passage", "[[]]", "passage[0]: should be a table, got a list"),
    ],
)
def test_part_of_another_kind(key: str, value: str, expected: str) -> None:
    """A part of the file that is something else altogether is named by its key."""
    assert expected in faults(f"{key} = {value}\n")


@pytest.mark.parametrize(
    "given", ["Port opens\n\nA port opened.\n", "港口\n\n港口开放。\n", "\n<!DOCTYPE html>\na = 1"]
)
def test_a_report_is_drafted_from(tmp_path: Path, given: str) -> None:
    """A report or a page in place of a briefing is answered with the command that drafts a briefing from it."""
    path = tmp_path / "given"
    path.write_text(given, encoding="utf-8")
    with pytest.raises(FileProblem) as raised:
        load.load(str(path))
    assert raised.value.message == f"{path} is not a briefing in TOML"
    assert str(raised.value.hint).startswith("if it is a report, gz draft REPORT > briefing.toml makes one of it")


VALUES: st.SearchStrategy[object] = st.recursive(
    st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.dates()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "x"]), inner, max_size=3),
    max_leaves=5,
)
IN_WORDS = re.compile(
    r"(line \d+, )?\w+( [\w-]+)?[\w.\[\]]*(, [\w.\[\]]+)?: (.*should .+|is missing.*|is not a key of a briefing.*"
    r"|.+ is there twice|.*needs .+|no .+)",
    re.DOTALL,
)


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_any_value_in_any_place(data: st.DataObject) -> None:
    """Any value that TOML knows, in the place of any part of a briefing, is taken or named in words."""
    briefing: Any = tomllib.loads(SOUTH)
    place = briefing
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(VALUES)
            break
        place = place[key]
    found = []
    try:
        load.parse("".join(f"{json.dumps(key)} = {inline(part)}\n" for key, part in briefing.items()), "x")
    except BriefingProblem as problem:
        found = problem.faults
    assert [fault for fault in found if not IN_WORDS.fullmatch(fault)] == []


# The schema --------------------------------------------------------------------------------------------------


def test_the_schema_is_one() -> None:
    """The schema is a JSON Schema of the 2020-12 draft."""
    schema = model.schema()
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[source]", "[sauce]"),
        ('title = "S', 'titel = "S'),
        ('"southland-2025-06-10"\ntitle', '"South"\ntitle'),
        ('"Southland Courier"', '" "'),
        ('"https://', '"ftp://'),
        ("paragraph = 1", "paragraph = -1"),
        ("paragraph = 1", "paragraph = true"),
        ("paragraph = 1", ""),
        ('statement = "A', 'said_in = "A'),
        ("= 40.5", "= 100000.5"),
        ("= 40.5", "= true"),
        ("years = 2", "years = 0"),
        ("years = 2", 'years = "2"'),
        ("position = 1", "position = 1.5"),
        ('["rail"]', "[1]"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(before: str, after: str) -> None:
    """A fault that the program finds, an editor finds by the schema."""
    text = SOUTH.replace(before, after, 1)

    assert text != SOUTH
    assert not Draft202012Validator(model.schema()).is_valid(tomllib.loads(text))
    assert faults(text)
