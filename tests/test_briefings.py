"""Briefings of one's own: added, replaced, exported and removed, and asked about along with the one that ships."""

import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from briefings import (
    NASTY,
    NORTH,
    SHIPPED,
    SOUTH,
    assert_sound,
    briefings,
    content,
    sha256,
    small,
    toml,
)
from conftest import ARTICLE, REPOSITORY, Gz, Ran, clean_environment, run_inside
from hypothesis import HealthCheck, assume, example, given, settings
from jsonschema import Draft202012Validator

from guizhou_cli import spelling
from guizhou_cli.shelf import topic_id

SOUTHLAND, NORTHLAND = "southland-2025-06-10", "northland-2023-04-01"
ADDED_SOUTH = Ran(0, "", f"gz: added {SOUTHLAND}: 4 claims, 3 paragraphs, 2 speakers\n")
REPLACED_SOUTH = Ran(0, "", ADDED_SOUTH.err.replace("added", "replaced"))
ADDED_NORTH = Ran(0, "", f"gz: added {NORTHLAND}: 2 claims, 2 paragraphs, 1 speaker\n")

File = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> File:
    """Return a function that writes a briefing to a file."""

    def write(text: str, name: str = "briefing.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def both(here: Gz, file: File) -> Gz:
    """Return a function that runs the program where two briefings have been added, the later one first."""
    assert here("add", file(SOUTH)) == ADDED_SOUTH
    assert here("add", file(NORTH)) == ADDED_NORTH
    return here


def refused(name: Path | str, *faults: str) -> Ran:
    """Return what comes of a file with these faults."""
    count = "one thing is wrong with it" if len(faults) == 1 else f"{len(faults)} things are wrong with it"
    return Ran(3, "", f"gz: {name}: {count}; nothing was added\n" + "".join(f"    {fault}\n" for fault in faults))


# Adding ----------------------------------------------------------------------------------------------------


def test_each_question_knows_an_added_briefing(here: Gz, mine: Path, file: File) -> None:
    """An added briefing is told in one line on stderr, and each question knows it from then on."""
    assert here("add", file(SOUTH)) == ADDED_SOUTH

    assert_sound(mine)
    of = ("--source", SOUTHLAND, "--json")
    minister = {"speaker": "Ines Roth", "role": "Minister of Transport", "attribution": "said"}
    guest = {"speaker": "Li Bingjun", "role": "Guest of honour", "attribution": "said"}
    report = {"speaker": None, "role": None, "attribution": "reported"}

    def claim(slug: str, by: dict[str, str | None] | dict[str, str], paragraph: int) -> dict[str, Any]:
        return {"claim": f"{SOUTHLAND}:{slug}", **by, "paragraph": paragraph, "source": SOUTHLAND}

    assert here("bases", *of).rows == [
        {"position": 1, "base": "Tunnel boring", "detail": "machines and crews", **claim("tunnel", minister, 1)}
    ]
    assert here("measures", *of).rows == [
        {"measure": "Run night trains", "policy": "clean travel", **claim("night-trains", minister, 3)}
    ]
    assert here("trade", *of).rows == [
        {
            "partner": "asean",
            "partner_name": "ASEAN",
            "annual_growth_pct": 40.5,
            "years": 2,
            "period": "two years",
            "implied_total_growth_pct": 97.4,
            **claim("trade-asean", guest, 2),
        },
        {
            "partner": "mercosur",
            "partner_name": "Mercosur",
            "annual_growth_pct": -3.0,
            "years": None,
            "period": None,
            "implied_total_growth_pct": None,
            **claim("trade-mercosur", report, 2),
        },
    ]
    assert here("who-said", "night train", *of).rows == [
        {
            "statement": "Night trains are to replace short flights.",
            "topics": "green development, rail",
            "said_on": "2025-06-10",
            **claim("night-trains", minister, 3),
        }
    ]
    assert {"topic": "rail", "claims": 2} in here("topics", "--json").rows
    assert here("sources", "--json").rows[1] == {
        "source": SOUTHLAND,
        "title": "Southland opens a rail tunnel",
        "publisher": "Southland Courier",
        "published": "2025-06-11",
        "event": "Press briefing on Southland",
        "event_date": "2025-06-10",
        "place": "Port Amber",
        "url": "https://courier.example/2025/06/11/tunnel",
        "paragraphs": 3,
        "claims": 4,
    }
    shown = here("show", "tunnel", "--json").rows[0]
    assert (shown["keywords"], shown["organization"], shown["language"]) == ("rail tunnel", "Southland", "en")


def test_dry_run(here: Gz, mine: Path, file: File) -> None:
    """--dry-run tells what would be added, or what is wrong, and leaves not a byte changed."""
    before = sha256(mine)

    assert here("add", file(SOUTH), "--dry-run") == Ran(0, "", ADDED_SOUTH.err.replace("added", "would add"))
    known = SOUTH.replace('name = "Li Bingjun"', 'name = "Li"')
    assert here("add", file(known), "--dry-run") == refused(
        SOUTHLAND, 'speaker[1].name: li-bingjun is known as "Li Bingjun"'
    )

    assert sha256(mine) == before
    assert here("sources", "--json").rows[-1]["source"] == SHIPPED


def test_second_time_is_refused(here: Gz, mine: Path, file: File) -> None:
    """The same briefing twice is refused without --replace, and the database is unharmed."""
    here("add", file(SOUTH))
    before = sha256(mine)

    assert here("add", file(SOUTH)) == Ran(
        3, "", f"gz: {SOUTHLAND} is there already\n    --replace puts this one in its place\n"
    )
    assert sha256(mine) == before


def test_replacing_with_the_same(here: Gz, mine: Path, file: File) -> None:
    """--replace with the same file gives the same database content as adding it once."""
    here("add", file(SOUTH))
    once = content(mine)

    assert here("add", file(SOUTH), "--replace") == REPLACED_SOUTH
    assert content(mine) == once
    assert_sound(mine)


def test_replacing_with_another(here: Gz, mine: Path, file: File) -> None:
    """--replace leaves nothing of what was only in the briefing before, and a name in it may be corrected."""
    here("add", file(SOUTH))
    changed = NORTH.replace(NORTHLAND, SOUTHLAND).replace('"Ines Roth"', '"Inés Roth"')

    assert here("add", file(changed), "--replace").status == 0

    assert_sound(mine)
    assert [row["speaker"] for row in here("speakers", "--source", SOUTHLAND, "--json").rows] == ["Inés Roth"]
    assert [row["claim"] for row in here("claims", "--source", SOUTHLAND, "--json").rows] == [
        f"{SOUTHLAND}:trade-asean",
        f"{SOUTHLAND}:ships",
    ]
    assert "rail" not in [row["topic"] for row in here("topics", "--json").rows]
    assert here("trade", "--partner", "mercosur").status == 1


def test_replacing_what_is_not_there(here: Gz, mine: Path, file: File) -> None:
    """--replace adds a briefing that is not there yet."""
    assert here("add", file(SOUTH), "--replace") == ADDED_SOUTH
    assert_sound(mine)


def test_shipped_briefing_cannot_be_replaced(here: Gz, mine: Path, file: File) -> None:
    """A file with the id of the shipped briefing is refused, with --replace and without."""
    before = sha256(mine)
    path = file(SOUTH.replace(SOUTHLAND, SHIPPED))

    expected = Ran(
        3, "", f"gz: {SHIPPED} came with gz and can't be replaced\n    a briefing of your own takes an id of its own\n"
    )
    assert here("add", path) == expected
    assert here("add", path, "--replace") == expected
    assert sha256(mine) == before


def test_stdin(gz: Gz, mine: Path) -> None:
    """A briefing comes from stdin for -, and its faults name stdin."""
    assert gz("add", "-", stdin=SOUTH) == ADDED_SOUTH
    assert_sound(mine)
    assert gz("add", "-", stdin="") == refused("stdin", "source: it is missing", "claim: it is missing")


def test_stdin_that_is_closed(gz_after: Gz, mine: Path) -> None:
    """Where stdin is closed, a line says so."""
    assert mine.exists()
    assert gz_after("os.close(0)", "add", "-") == Ran(3, "", "gz: stdin is closed: there is nothing to read\n")


def test_no_file(here: Gz) -> None:
    """Without a file the command says what to give it."""
    assert here("add") == Ran(
        2, "", f"gz: which file?\n    gz add FILE; gz export {SHIPPED} prints one to start from\n"
    )


def test_file_that_is_not_there(here: Gz) -> None:
    """A file that is not there is named."""
    assert here("add", "nowhere.toml") == Ran(3, "", "gz: nowhere.toml can't be read: No such file or directory\n")


def test_first_command_of_all(gz: Gz, home: Path, file: File) -> None:
    """To add a briefing may be the first thing anybody does: the database is built for it."""
    assert gz("add", file(SOUTH)) == ADDED_SOUTH
    assert_sound(home / ".local" / "share" / "guizhou-cli" / "facts.db")


def test_dates_of_toml(here: Gz, file: File) -> None:
    """A date may be written as a text or as a date of TOML."""
    assert here("add", file(SOUTH.replace('"2025-06-10"\nplace', "2025-06-10\nplace"))) == ADDED_SOUTH
    assert here("sources", "--json").rows[1]["event_date"] == "2025-06-10"


def test_windows_line_ends(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A file with line ends of Windows is the same briefing."""
    path = tmp_path / "windows.toml"
    path.write_bytes(SOUTH.replace("\n", "\r\n").encode())
    assert here("add", path) == ADDED_SOUTH
    assert_sound(mine)


# Faults ----------------------------------------------------------------------------------------------------


def test_fault_as_the_design_has_it(here: Gz, mine: Path, file: File) -> None:
    """A fault names the line of thought: where it stands, what is expected, what was found."""
    text = (
        SOUTH
        + '[[claim]]\nid = "x"\nstatement = "X."\nparagraph = 1\n'
        + ('trade = { partner = "asean", annual_growth_pct = "fast" }\n')
    )
    before = sha256(mine)

    path = file(text)
    assert here("add", path) == refused(path, 'claim[4].trade.annual_growth_pct: a number is expected, got "fast"')
    assert sha256(mine) == before


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
name = "Ines Roth"
role = ["Minister"]

[[speaker]]
id = "ines-roth"
name = "Ines Roth"
role = "Minister"
organization = "Southland"

[[partner]]
id = "mercosur"
name = "Mercosur"
aliases = "Mercosul"

[[passage]]
number = 1
sha256 = "abc"
last_words = "the end"

[[claim]]
id = "a"
statement = "A."
paragraph = -1
speaker = "nobody"
topics = ["rail", 7]
keywords = [""]
base = { position = 0, name = "Base" }
measure = { action = "Act" }

[[claim]]
id = "a"
paragraph = 2.0
trade = { partner = "efta", annual_growth_pct = nan, years = 101 }
"""


def test_every_fault_at_once(here: Gz, mine: Path, file: File) -> None:
    """Whatever is wrong with a file is told at once, each on a line of its own, and nothing is added."""
    before = sha256(mine)
    path = file(MANY_FAULTS)
    an_id = "an id of small letters, digits and single hyphens"

    assert here("add", path) == refused(
        path,
        f'source.id: {an_id} is expected, got "South Land"',
        'source.title: a text that is not blank is expected, got ""',
        "source.publisher: it is missing",
        'source.published: a date such as 2025-06-10 is expected, got "2025-06-31"',
        "source.event: a text is expected, got 7",
        "source.event_date: a date such as 2025-06-10 is expected, got 2025-06-10 10:00:00",
        'source.place: a text that is not blank is expected, got " "',
        'source.url: an address that begins with http:// or https:// is expected, got "courier.example"',
        'source.language: a language tag such as en is expected, got "English!"',
        "source.langauge: it is not a key of a briefing; did you mean language?",
        "speaker[0].role: a text is expected, got a list",
        "speaker[0].organization: it is missing",
        'partner[0].aliases: a list is expected, got "Mercosul"',
        'passage[0].sha256: a SHA-256 of 64 hexadecimal digits is expected, got "abc"',
        "claim[0].paragraph: a number of at least 0 is expected, got -1",
        "claim[0].topics[1]: a text is expected, got 7",
        'claim[0].keywords[0]: a text that is not blank is expected, got ""',
        "claim[0].base.position: a number of at least 1 is expected, got 0",
        "claim[0].measure.policy: it is missing",
        "claim[1].statement: it is missing",
        "claim[1].paragraph: a whole number is expected, got 2.0",
        "claim[1].trade.annual_growth_pct: a number is expected, got nan",
        "claim[1].trade.years: a number of no more than 100 is expected, got 101",
        "sourse: it is not a key of a briefing; did you mean source?",
        'speaker[1].id: "ines-roth" is there already, at speaker[0]',
        'claim[1].id: "a" is there already, at claim[0]',
        "passage[0].last_words: first_words are expected with them",
        'claim[0].speaker: no [[speaker]] has the id "nobody"',
        "claim[0].paragraph: no [[passage]] has the number -1",
        "claim[0]: one of trade, base and measure is expected, got several",
        'claim[1].trade.partner: "efta" is not known, and no [[partner]] has that id',
        'partner[0].id: no claim is about trade with "mercosur"',
    )
    assert sha256(mine) == before


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("source", "7", "source: a table is expected, got 7"),
        ("source", "[]", "source: a table is expected, got an empty list"),
        ("claim", '"none"', 'claim: a list is expected, got "none"'),
        ("claim", "[]", "claim: at least one is expected, got an empty list"),
        ("claim", "[7]", "claim[0]: a table is expected, got 7"),
        ("claim", "{}", "claim: a list is expected, got an empty table"),
        ("speaker", "true", "speaker: a list is expected, got true"),
        ("partner", "{ id = 1 }", "partner: a list is expected, got a table"),
        ("passage", "[[]]", "passage[0]: a table is expected, got an empty list"),
    ],
)
def test_part_of_another_kind(here: Gz, file: File, key: str, value: str, expected: str) -> None:
    """A part of the file that is something else altogether is told by its key."""
    path = file(f"{key} = {value}\n")
    ran = here("add", path)
    assert ran.status == 3
    assert f"    {expected}\n" in ran.err


@pytest.mark.parametrize(
    "value", ["true", "nan", "inf", "-inf", "2.0", '"2"', "[2]", "{ a = 2 }", "2025-06-10", "10:00:00"]
)
def test_what_is_no_whole_number(here: Gz, file: File, value: str) -> None:
    """No boolean, fraction, infinity, text, date or list passes for a number of years."""
    path = file(SOUTH.replace("years = 2", f"years = {value}"))
    found = {"[2]": "a list", "{ a = 2 }": "a table"}.get(value, value)
    assert here("add", path) == refused(path, f"claim[1].trade.years: a whole number is expected, got {found}")


def test_names_that_nobody_could_ask_by(here: Gz, file: File) -> None:
    """A text of characters that can't be seen is blank, and a partner is not called by punctuation alone."""
    path = file(SOUTH.replace('name = "Ines Roth"', 'name = "\u200b"').replace('"Mercosur"', '"***"'))
    assert here("add", path, "--article", EXAMPLES / "report.txt") == refused(
        path,
        'speaker[0].name: a text that is not blank is expected, got "\u200b"',
        'partner[0].name: a name with a letter or a digit is expected, got "***"',
    )


@pytest.mark.parametrize("value", ["true", "nan", "-inf", "1e999", '"2"', "[2]", "2025-06-10"])
def test_what_is_no_number(here: Gz, file: File, value: str) -> None:
    """No boolean, infinity, text, date or list passes for a rate."""
    path = file(SOUTH.replace("annual_growth_pct = 40.5", f"annual_growth_pct = {value}"))
    found = {"[2]": "a list", "1e999": "inf"}.get(value, value)
    assert here("add", path) == refused(path, f"claim[1].trade.annual_growth_pct: a number is expected, got {found}")


def test_highest_rate_over_most_years(here: Gz, file: File) -> None:
    """The highest rate that is taken, compounded over the most years, is still a number in every answer."""
    trade = "annual_growth_pct = 100000, years = 100"
    changed = SOUTH.replace('annual_growth_pct = 40.5, years = 2, period = "two years"', trade)
    assert here("add", file(changed.replace("40.5 percent a year", "100,000 percent a year"))) == ADDED_SOUTH

    implied = here("trade", "--source", SOUTHLAND, "--json").rows[0]["implied_total_growth_pct"]
    assert 1.1e302 < implied < 1.2e302
    path = file(SOUTH.replace("40.5", "100000.5"))
    assert here("add", path, "--replace") == refused(
        path, "claim[1].trade.annual_growth_pct: a number of no more than 100000 is expected, got 100000.5"
    )


def test_text_that_is_no_toml(here: Gz, file: File) -> None:
    """What is no TOML is told with the line and column at which it stops being so."""
    path = file("[source]\nid = southland\n")
    assert here("add", path) == refused(path, "it is not TOML: invalid value (at line 2, column 6)")


def test_speaker_known_under_another_name(here: Gz, mine: Path, file: File) -> None:
    """A speaker that is known has one name at all briefings; another one is refused, and the known one is told."""
    before = sha256(mine)
    text = SOUTH.replace('"Li Bingjun"', '"Li Bing"')

    assert here("add", file(text)) == refused(SOUTHLAND, 'speaker[1].name: li-bingjun is known as "Li Bingjun"')
    assert sha256(mine) == before


def test_speaker_known_from_another_briefing(both: Gz) -> None:
    """A speaker of several briefings is one person, with a role of their own at each, and leaves none of them."""
    rows = both("speakers", "ines roth", "--json").rows
    assert [(row["role"], row["organization"], row["claims"], row["source"]) for row in rows] == [
        ("Harbour master", "Frosthaven", 1, NORTHLAND),
        ("Minister of Transport", "Southland", 2, SOUTHLAND),
    ]
    rows = both("claims", "--speaker", "li bingjun", "--json").rows
    assert [row["role"] for row in rows] == ["Governor of Guizhou Province"] * 15 + ["Guest of honour"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("gz tr", {"trade"}),
        ("gz trade --partner ", {"asean", "belt-and-road", "mercosur"}),
        ("gz claims --topic gr", {"green-development"}),
        ("gz claims --speaker ", {"ines-roth", "li-bingjun", "qiu-zhenguo"}),
        ("gz claims --source ", {SHIPPED, NORTHLAND, SOUTHLAND}),
        ("gz remove ", {NORTHLAND, SOUTHLAND}),
        ("gz show trade-b", {"trade-belt-and-road"}),
        ("gz show trade-asean", set()),
        ("gz show south", {f"{SOUTHLAND}:trade-asean"}),
        ("gz --db nowhere.db trade --partner ", set()),
    ],
)
def test_completion_of_values(both: Gz, gz: Gz, typed: str, offered: set[str]) -> None:
    """A shell completes commands, partners, topics, speakers, sources and claims that one word names; or nothing."""
    assert both("sources").status == 0
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    ran = gz(**words, _GZ_COMPLETE="complete_bash")
    assert (ran.err, set(ran.out.split())) == ("", offered)


def test_completion_from_a_database_of_ones_own(gz: Gz, mine: Path, tmp_path: Path) -> None:
    """The names that a shell offers are those of the database that is named, among however many."""
    other = tmp_path / "other.db"
    mine.rename(other)
    many = tmp_path / "many.toml"
    many.write_text(small("many", 1200))
    assert gz("--db", other, "add", many).status == 0
    slug = tomllib.loads(many.read_text())["claim"][-1]["id"]
    for typed, offered in (("trade --partner a", "asean"), (f"show {slug}", slug)):
        words = {"COMP_WORDS": f"gz {typed}", "COMP_CWORD": str(typed.count(" ") + 1)}
        ran = gz(**words, GZ_DB=str(other), _GZ_COMPLETE="complete_bash")
        assert (ran.err, ran.out.split()) == ("", [offered])


def test_partner_with_a_name_that_another_has(here: Gz, mine: Path, file: File) -> None:
    """A partner by whose names another is known is refused, with each such name, for a question could mean either."""
    before = sha256(mine)
    declared = '[[partner]]\nid = "zz"\nname = "A.S.E.A.N."\naliases = ["一带一路", "Zed"]\n'
    path = file(NORTH.replace('"asean"', '"zz"').replace("with ASEAN", "with Zed") + declared)

    assert here("add", path) == Ran(
        3,
        "",
        f"gz: {NORTHLAND}: 2 things are wrong with it; nothing was added\n"
        '    partner[0]: "A.S.E.A.N." is a name of asean\n'
        '    partner[0]: "一带一路" is a name of belt-and-road\n',
    )
    assert sha256(mine) == before


def test_office_that_another_has_held(here: Gz, file: File) -> None:
    """Who is asked for by an office is whoever held it there and then, and nobody for what they said in another."""
    office = "Governor of Guizhou Province"
    later = SOUTH.replace("li-bingjun", "wang-wei").replace("Li Bingjun", "Wang Wei").replace("Guest of honour", office)
    assert office in later
    assert here("add", file(later)).status == 0
    assert here("add", file(NORTH.replace("ines-roth", "li-bingjun").replace("Ines Roth", "Li Bingjun"))).status == 0

    held = here("speakers", office, "--json").rows
    assert [(row["speaker"], row["claims"]) for row in held] == [("Li Bingjun", 15), ("Wang Wei", 1)]
    assert {row["role"] for row in held} == {office}
    said = here("claims", "--speaker", office, "--json").rows
    assert {row["role"] for row in said} == {office}
    assert len(said) == 16
    assert len(here("claims", "--speaker", "li-bingjun", "--json").rows) == 16


def test_namesakes_are_two_people(here: Gz, file: File) -> None:
    """Of two people of one name each is asked for by id, and both by name."""
    text = NORTH.replace("ines-roth", "li-bingjun-2").replace("Ines Roth", "Li Bingjun")
    assert here("add", file(text)).status == 0

    sources = {row["source"] for row in here("claims", "--speaker", "li-bingjun-2", "--json").rows}
    assert sources == {NORTHLAND}
    assert {row["source"] for row in here("claims", "--speaker", "li-bingjun", "--json").rows} == {SHIPPED}
    assert {row["source"] for row in here("speakers", "Li Bingjun", "--json").rows} == {SHIPPED, NORTHLAND}


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_namesakes_at_one_briefing(here: Gz, file: File, width: str) -> None:
    """Where two people of one name spoke at a briefing, each row tells in which role."""
    people = SOUTH.replace('"li-bingjun"', '"ines-roth-2"').replace("Li Bingjun", "Ines Roth")
    assert here("add", file(people.replace("Guest of honour", "Envoy"))).status == 0
    rows = " ".join(here("claims", "--source", SOUTHLAND, COLUMNS=width).out.partition("(said):")[0].split())
    assert "Ines Roth, Envoy" in rows
    assert "Ines Roth, Minister" in rows
    assert "Ines Roth, " not in here("trade", "--source", SOUTHLAND).out


def test_what_is_wrong_in_several_ways_is_told_at_once(here: Gz, file: File) -> None:
    """A paragraph that the article lacks and a speaker or a keyword that is not so are told in one go."""
    text = (EXAMPLES / "briefing.toml").read_text(encoding="utf-8").replace("paragraph = 3", "paragraph = 66")
    known = text.replace('"ada-lund"', '"li-bingjun"')
    article = ("--article", EXAMPLES / "report.txt")
    lacking = "claim[2].paragraph: the article has no paragraph 66; its last is 3"
    assert here("add", file(known), *article) == refused(
        HARBOUR, lacking, 'speaker[0].name: li-bingjun is known as "Li Bingjun"'
    )
    assert here("add", file(text.replace('"hydrogen corridor"', '"helium"')), *article) == refused(
        HARBOUR, lacking, 'claim[0]: the keyword "helium" is not in paragraph 1'
    )


def test_keywords_are_shown_as_they_were_given(here: Gz, file: File) -> None:
    """A semicolon or a backslash in a keyword is shown as typed, and comes back with the export."""
    given = SOUTH.replace('keywords = ["rail tunnel"]', "keywords = ['AT&T; Inc.', 'C:\\path']")
    assert given != SOUTH
    assert here("add", file(given)) == ADDED_SOUTH
    assert here("show", "tunnel", "--json").rows[0]["keywords"] == "AT&T; Inc.; C:\\path"
    exported = here("export", SOUTHLAND).out
    assert tomllib.loads(exported)["claim"][0]["keywords"] == ["AT&T; Inc.", "C:\\path"]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("pct = 40.5", "pct = 33.8", "annual_growth_pct 33.8 is not the rate that the statement gives"),
        ("pct = 40.5", "pct = -40.5", "annual_growth_pct -40.5 has not the direction that the statement gives"),
        ("grew by 40.5", "fell by 40.5", "annual_growth_pct 40.5 has not the direction that the statement gives"),
        ("years = 2", "years = 3", "years 3 is not what the period says"),
        ("with ASEAN", "along the Belt and Road", "the partner asean is not the one that the statement names"),
    ],
)
def test_claim_that_contradicts_itself(here: Gz, mine: Path, file: File, before: str, after: str, fault: str) -> None:
    """A claim whose columns say otherwise than its own words is refused, with an article or without."""
    unharmed = sha256(mine)
    assert SOUTH.count(before) == 1

    assert here("add", file(SOUTH.replace(before, after))) == Ran(
        3, "", f"gz: {SOUTHLAND}: one thing is wrong with it; nothing was added\n    claim[1]: {fault}\n"
    )
    assert sha256(mine) == unharmed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("grew by 40.5 percent a year", "surged 40.5 percent a year as tariffs were reduced"),
        ("grew by 40.5 percent a year", "galloped 40.5 percent a year while tariffs fell"),
        ("grew by 40.5 percent a year", "shot up 40,5 % a year"),
        ("grew by 40.5 percent a year", "amid a drop in global demand averaged 40.5 percent growth"),
        ("grew by 40.5 percent a year", "grew by 40.5 to 41 percent a year"),
        ("grew by 40.5 percent a year", "grew by 40.5-41 percent a year"),
        ("grew by 40.5 percent a year", "grew by no less than 40.5 percent a year"),
        ("grew by 40.5 percent a year", "slowed down to 40.5 percent of growth a year"),
        ('period = "two years"', 'period = "since the 14th Five-Year Plan began"'),
        ("Southland's trade with ASEAN grew by 40.5 percent", "\u4e0e\u4e1c\u76df\u8d38\u6613\u589e\u957f40.5%"),
        ('period = "two years"', 'period = "first five months"'),
        ('years = 2, period = "two years"', 'years = 5, period = "14th Five-Year Plan"'),
    ],
)
def test_claim_that_only_seems_to_contradict_itself(here: Gz, file: File, before: str, after: str) -> None:
    """Another verb, a fall of something else, a decimal comma, a range, a plan and months contradict nothing."""
    assert SOUTH.count(before) == 1
    assert here("add", file(SOUTH.replace(before, after))) == ADDED_SOUTH


def test_rate_with_a_typographic_minus(here: Gz, file: File) -> None:
    """A minus sign before a rate is a fall, whichever of the dashes it is."""
    for sign in "-\u2212\u2013":
        fell = SOUTH.replace("grew by 40.5", f"growth was {sign}40.5")
        assert here("add", file(fell), "--replace").status == 3
        assert here("add", file(fell.replace("pct = 40.5", "pct = -40.5")), "--replace").status == 0


def test_rate_that_fell(here: Gz, file: File) -> None:
    """A fall is told as one by its statement, and taken with its sign."""
    fell = SOUTH.replace("grew by 40.5", "fell by 40.5").replace("pct = 40.5", "pct = -40.5")
    assert here("add", file(fell)) == ADDED_SOUTH
    assert here("trade", "--source", SOUTHLAND, "--json").rows[0]["annual_growth_pct"] == -40.5
    drawn = here("trade", COLUMNS="60").out
    assert "-40.5  ░░░░" in drawn
    assert "33.8  ███" in drawn


def test_rate_of_nothing(here: Gz, file: File) -> None:
    """A rate of zero has no bar, and one year is a year."""
    still = SOUTH.replace("grew by 40.5 percent a year", "stood still").replace(
        "pct = 40.5, years = 2", "pct = 0, years = 1"
    )
    assert (
        here("add", file(still.replace('"two years"', '"past year"').replace('["40.5 percent"]', "[]"))) == ADDED_SOUTH
    )
    drawn = here("trade", "--source", SOUTHLAND, COLUMNS="80").out
    assert "█" not in drawn
    assert "▏" not in drawn
    assert " 1 year " in drawn


def test_partner_that_is_known_need_not_be_declared(both: Gz, file: File) -> None:
    """A partner that another briefing has declared is known, by each of its names; declared alike it is the same."""
    text = NORTH.replace(NORTHLAND, "n").replace('"asean"', '"mercosur"').replace("with ASEAN", "with Mercosur")
    assert both("add", file(text)).status == 0
    declared = '[[partner]]\nid = "mercosur"\nname = "Mercosur"\naliases = ["Southern Common Market"]\n'
    assert both("add", file(text + declared), "--replace").status == 0

    rows = both("trade", "--partner", "南方共同市场", "--json").rows
    assert [row["source"] for row in rows] == ["n", SOUTHLAND]


@pytest.mark.parametrize("changed", ['name = "Mercosul"', 'name = "Mercosur"\naliases = ["MERCOSUL"]'])
def test_partner_known_under_other_names(both: Gz, mine: Path, file: File, changed: str) -> None:
    """A partner that is known can't be given other names."""
    before = sha256(mine)
    text = NORTH.replace(NORTHLAND, "n").replace('"asean"', '"mercosur"').replace("with ASEAN", "with Mercosur")

    assert both("add", file(f'{text}[[partner]]\nid = "mercosur"\n{changed}\n')) == refused(
        "n", "partner[0]: mercosur is known with other names; leave this [[partner]] out"
    )
    assert sha256(mine) == before


def test_partner_that_only_the_replaced_one_declared(here: Gz, mine: Path, file: File) -> None:
    """A partner that only the briefing to be replaced has declared must be declared in its replacement too."""
    here("add", file(SOUTH))
    before = sha256(mine)
    begin, end = SOUTH.index("[[partner]]"), SOUTH.index("[[claim]]")

    assert here("add", file(SOUTH[:begin] + SOUTH[end:]), "--replace") == refused(
        SOUTHLAND, "claim[2].trade.partner: mercosur is no longer known, and no [[partner]] has that id"
    )
    assert sha256(mine) == before


# Articles --------------------------------------------------------------------------------------------------

EXAMPLES = REPOSITORY / "tests" / "examples"
HARBOUR = "harbour-2025-05-06"
ADDED_HARBOUR = Ran(0, "", f"gz: added {HARBOUR}: 3 claims, 4 paragraphs, 1 speaker\n")
REPLACED_HARBOUR = Ran(0, "", ADDED_HARBOUR.err.replace("added", "replaced"))
REPORT = (EXAMPLES / "report.txt").read_text(encoding="utf-8")


def fingerprints(text: str) -> list[str]:
    """Return the fingerprints of the paragraphs of a plain text, by the simplest means."""
    return [hashlib.sha256(" ".join(part.split()).encode()).hexdigest() for part in text.split("\n\n")]


def test_article_fingerprints_the_paragraphs(here: Gz, mine: Path) -> None:
    """Given its article, a briefing's paragraphs are fingerprinted, its claims link to them, and a copy is verified."""
    assert here("add", EXAMPLES / "briefing.toml", "--article", EXAMPLES / "report.txt") == ADDED_HARBOUR

    assert_sound(mine)
    passages = tomllib.loads(here("export", HARBOUR).out)["passage"]
    assert [passage["number"] for passage in passages] == [0, 1, 2, 3]
    assert [passage["sha256"] for passage in passages] == fingerprints(REPORT)
    assert (passages[2]["first_words"], passages[2]["last_words"]) == ("Trade with", "Lund said")
    link = here("show", f"{HARBOUR}:trade-asean", "--json").rows[0]["link"]
    assert link == "https://gazette.example/2025/05/06/hydrogen#:~:text=Trade%20with,Lund%20said"
    verified = here("verify", EXAMPLES / "report.txt", "--json")
    assert verified.status == 0
    statuses = [row["status"] for row in verified.rows if row["check"] == "passage"]
    assert statuses == ["unclaimed", "verified", "verified", "verified"]


def test_article_is_not_kept(here: Gz, mine: Path, home: Path) -> None:
    """Of an article no more than the few words that locate a paragraph is kept, in no file of the home folder."""
    here("add", EXAMPLES / "briefing.toml", "--article", EXAMPLES / "report.txt")

    files = [file for file in home.rglob("*") if file.is_file()]
    assert files == [mine]
    kept, ours = mine.read_bytes(), (EXAMPLES / "briefing.toml").read_text(encoding="utf-8")
    for paragraph in REPORT.split("\n\n")[1:]:
        words = paragraph.split()
        for at in range(len(words) - 5):
            run = " ".join(words[at : at + 5])
            assert run in ours or run.encode() not in kept
            assert run in ours or spelling.canonical(run).encode() not in kept


def test_article_from_stdin(gz: Gz, mine: Path) -> None:
    """The article may come from stdin, but not along with the briefing."""
    briefing = EXAMPLES / "briefing.toml"
    assert gz("add", briefing, "--article", "-", stdin=REPORT) == ADDED_HARBOUR
    assert gz("add", "-", "--article", "-", stdin=REPORT) == Ran(
        2, "", "gz: the briefing and its article can't both come from stdin\n    name a file for one of them\n"
    )
    assert_sound(mine)


def test_fingerprints_that_are_lost_are_told(here: Gz) -> None:
    """--replace without the article, where there were fingerprints, says that there are none now."""
    briefing = EXAMPLES / "briefing.toml"
    assert here("add", briefing, "--article", EXAMPLES / "report.txt") == ADDED_HARBOUR
    assert here("add", briefing, "--replace").err == (
        f"gz: replaced {HARBOUR}: 3 claims, 3 paragraphs, 1 speaker,"
        " none of them fingerprinted now: --article does that again\n"
    )


def test_article_that_says_the_opposite(here: Gz, file: File) -> None:
    """A rate whose passage speaks of a fall alone is no rise, and the other way round."""
    text = (EXAMPLES / "briefing.toml").read_text(encoding="utf-8")
    fell = text.replace("ASEAN grew by", "ASEAN shrank by").replace("pct = 12.5", "pct = -12.5")
    ran = here("add", file(fell), "--article", EXAMPLES / "report.txt")
    assert ran.status == 3
    assert "claim[1]: annual_growth_pct -12.5 has not the direction of paragraph 2\n" in ran.err
    report = REPORT.replace("grew by an annual", "fell by an annual")
    ran = here("add", EXAMPLES / "briefing.toml", "--article", file(report))
    assert ran.status == 3
    assert "claim[1]: annual_growth_pct 12.5 has not the direction of paragraph 2\n" in ran.err


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("It cost 1.2 billion euros.", "It cost \u20ac1.2bn."),
        ("It cost 1.2 billion yuan.", "It cost RMB1.2 billion."),
        ("It cost 1.2 million yuan.", "It cost 1,200,000 yuan."),
        ("It cost 562.81 trillion yuan.", "It cost 562,810,000,000,000 yuan."),
        ("It cost 12,000 yuan.", "\u82b1\u4e861.2\u4e07\u5143."),
        ("It is 50 kilometres long.", "It is 50km long."),
        ("It fell by 41.5 percent.", "Es fiel um 41,5 Prozent."),
        ("It grew by 20 percent.", "It grew by twenty percent."),
        ("There are 15 firms.", "Fifteen firms are there."),
        ("On 3 May 2025 it opened.", "On May 3 it opened."),
        ("On 3 May 2025 it opened.", "It opened on 3 May."),
        ("On 3 May 2025 it opened.", "It opened on May 3, 2025."),
    ],
)
def test_figures_are_the_same_however_they_are_written(
    here: Gz, file: File, tmp_path: Path, statement: str, passage: str
) -> None:
    """A figure is borne out with its unit written on, with a decimal comma, in words, or of a day without its year."""
    text = (EXAMPLES / "briefing.toml").read_text(encoding="utf-8")
    coal = "Coal has long been what the province depends on."
    assert text.count(coal) == 1
    text = text.replace(coal, statement).replace('keywords = ["coal"]', "")
    (tmp_path / "report.txt").write_text(REPORT.replace("The province has long depended on coal.", passage))
    assert here("add", file(text), "--article", tmp_path / "report.txt") == ADDED_HARBOUR

    other = passage.translate(str.maketrans("12345", "67898")).replace("twenty", "thirty").replace("Fifteen", "Sixteen")
    (tmp_path / "report.txt").write_text(REPORT.replace("The province has long depended on coal.", other))
    ran = here("add", file(text), "--article", tmp_path / "report.txt", "--replace")
    assert ran.status == 3
    assert "claim[2]: the figure " in ran.err


def test_article_for_a_briefing_that_is_there(here: Gz, mine: Path, file: File) -> None:
    """--replace with an article fingerprints what had no fingerprints; its export comes back without the article."""
    assert here("add", EXAMPLES / "briefing.toml").err == f"gz: added {HARBOUR}: 3 claims, 3 paragraphs, 1 speaker\n"
    more = ("--article", EXAMPLES / "report.txt", "--replace")
    assert here("add", EXAMPLES / "briefing.toml", *more) == REPLACED_HARBOUR
    added, exported = content(mine), here("export", HARBOUR).out

    assert here("add", file(exported), "--replace") == REPLACED_HARBOUR
    assert content(mine) == added
    assert here("add", file(exported), *more) == REPLACED_HARBOUR
    assert content(mine) == added
    assert here("export", HARBOUR).out == exported


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_claims_that_their_article_does_not_bear_out(here: Gz, mine: Path, file: File, more: list[str]) -> None:
    """What the article does not say is told at once, claim by claim, and nothing is added."""
    text = (EXAMPLES / "briefing.toml").read_text(encoding="utf-8")
    for before, after in (
        ('"12.5 percent"', '"12.6 percent"'),
        ("grew by 12.5", "grew by 13.5"),
        ('"hydrogen corridor"]', '"helium", "hydrogen corridor"]'),
        ('"Ada Lund"', '"Bo Lind"'),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    untouched = sha256(mine)

    ran = here("add", file(text), "--article", EXAMPLES / "report.txt", *more)

    assert (ran.status, ran.out) == (3, "")
    told = ran.err.splitlines()
    assert told[0] == f"gz: {HARBOUR}: {len(told) - 1} things are wrong with it; nothing was added"
    assert set(told[1:]) >= {
        '    claim[0]: the keyword "helium" is not in paragraph 1',
        "    claim[0]: paragraph 1 does not name Bo Lind",
        '    claim[1]: the keyword "12.6 percent" is not in paragraph 2',
        "    claim[1]: the figure 13.5 is not in paragraph 2",
        "    claim[1]: paragraph 2 does not name Bo Lind",
    }
    assert sha256(mine) == untouched


def test_article_of_other_paragraphs(here: Gz, mine: Path, file: File) -> None:
    """A claim of a paragraph that the article lacks, and a fingerprint that is another's, are told at once."""
    text = (EXAMPLES / "briefing.toml").read_text(encoding="utf-8").replace("paragraph = 3", "paragraph = 9")
    passages = "".join(
        f'[[passage]]\nnumber = {number}\nsha256 = "{sha}"\n'
        for number, sha in enumerate([*fingerprints(REPORT)[:2], "0" * 64, *["1" * 64] * 7])
    )
    untouched = sha256(mine)

    assert here("add", file(text + passages), "--article", EXAMPLES / "report.txt") == refused(
        HARBOUR,
        *(f"passage[{at}].sha256: paragraph {at} of the article is another" for at in range(2, 10)),
        "claim[2].paragraph: the article has no paragraph 9; its last is 3",
    )
    assert sha256(mine) == untouched


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "can't be read: No such file or directory"),
        (b"", "holds no text"),
        (b"\x7fELF\0\xff", "is not UTF-8 text"),
        (b"a\0b", "is not a text file"),
        (b"x" * 6_000_000, "is over "),
    ],
    ids=["missing", "empty", "binary", "nul", "large"],
)
def test_article_that_is_none(here: Gz, mine: Path, tmp_path: Path, data: bytes | None, told: str) -> None:
    """An article that is not there, is no text or is too large is told as such, and nothing is added."""
    article = tmp_path / "article.txt"
    if data is not None:
        article.write_bytes(data)
    untouched = sha256(mine)
    ran = here("add", EXAMPLES / "briefing.toml", "--article", article)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {article} {told}")
    assert sha256(mine) == untouched


def test_article_without_a_paragraph(here: Gz, mine: Path, tmp_path: Path) -> None:
    """An article of nothing that can be seen has no paragraphs."""
    (tmp_path / "article.txt").write_text("\u200b\n\n\u200b\n", encoding="utf-8")
    ran = here("add", EXAMPLES / "briefing.toml", "--article", tmp_path / "article.txt")
    assert ran.status == 3
    assert ran.err.splitlines()[1] == "    claim[0].paragraph: the article has no paragraph 1; it has none"
    assert mine.exists()


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article lies beside the repository, not in it")
def test_shipped_briefing_comes_back_with_its_article(here: Gz, mine: Path, file: File) -> None:
    """The shipped briefing, under another id and without its fingerprints, gets the same ones from its article."""
    shipped = here("export", SHIPPED).out
    begin, end = shipped.index("[[passage]]"), shipped.index("[[claim]]")
    copy = shipped[:begin] + shipped[end:]

    assert here("add", file(copy.replace(SHIPPED, "again")), "--article", ARTICLE).status == 0

    again = tomllib.loads(here("export", "again").out.replace('id = "again"', f'id = "{SHIPPED}"'))
    original = tomllib.loads(shipped)
    assert again.pop("passage")[:9] == original.pop("passage")  # what follows the body only adds passages
    assert again == original
    assert_sound(mine)


# The schema ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema(inside: Gz) -> dict[str, Any]:
    """Return the JSON Schema that the program prints."""
    ran = inside("add", "--schema")
    assert (ran.status, ran.err) == (0, "")
    printed: dict[str, Any] = json.loads(ran.out)
    return printed


def test_schema_is_one(schema: dict[str, Any]) -> None:
    """What `gz add --schema` prints is a JSON Schema of the 2020-12 draft."""
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("which", ["shipped", "south", "north"])
def test_schema_takes_briefings(schema: dict[str, Any], inside: Gz, which: str) -> None:
    """An independent validator takes the shipped briefing's export, and others, by that schema."""
    text = {"shipped": inside("export", SHIPPED).out, "south": SOUTH, "north": NORTH}[which]
    Draft202012Validator(schema).validate(tomllib.loads(text))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[source]", "[sauce]"),
        ('title = "S', 'titel = "S'),
        ('"southland-2025-06-10"\ntitle', '"South"\ntitle'),
        ('"Southland Courier"', '""'),
        ('"Southland Courier"', '" "'),
        ('"https://', '"ftp://'),
        ("paragraph = 1", "paragraph = -1"),
        ("paragraph = 1", "paragraph = true"),
        ("paragraph = 1", 'paragraph = "1"'),
        ("= 40.5", '= "fast"'),
        ("= 40.5", "= 100000.5"),
        ("years = 2", "years = 0"),
        ("position = 1", "position = 1.5"),
        ('["rail"]', '"rail"'),
        ('["rail"]', "[1]"),
    ],
)
def test_schema_refuses_what_the_program_refuses(
    schema: dict[str, Any], here: Gz, file: File, before: str, after: str
) -> None:
    """A fault that the program finds, an editor finds by the schema."""
    text = SOUTH.replace(before, after, 1)

    assert text != SOUTH
    assert not Draft202012Validator(schema).is_valid(tomllib.loads(text))
    assert here("add", file(text), "--dry-run").status == 3


# Several briefings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["bases", "trade", "measures", "speakers", "claims"])
@pytest.mark.parametrize("source", [SHIPPED, SOUTHLAND])
def test_source_narrows(both: Gz, command: str, source: str) -> None:
    """--source leaves the rows of one briefing, in the order they have among all."""
    everything = both(command, "--json").rows
    rows = both(command, "--source", source, "--json").rows

    assert rows == [row for row in everything if row["source"] == source]
    assert 0 < len(rows) < len(everything)


def test_source_that_is_unknown(both: Gz) -> None:
    """A source that is not known is answered with the nearest one and the known ones."""
    assert both("trade", "--source", "southland-2025-06-11") == Ran(
        1,
        "",
        f'gz: no source "southland-2025-06-11"; did you mean {SOUTHLAND}?\n'
        f"    known: {SHIPPED}, {NORTHLAND}, {SOUTHLAND}\n",
    )


@pytest.mark.parametrize(
    "command", [["bases"], ["trade"], ["measures"], ["speakers"], ["claims"], ["who-said", "trade"]]
)
@pytest.mark.parametrize("columns", ["200", "80", "30"])
def test_source_column_only_where_there_are_several(both: Gz, command: list[str], columns: str) -> None:
    """A table has a source column where it has rows of several; otherwise the source stands once, below."""
    several = both(*command, COLUMNS=columns)
    one = both(*command, "--source", SHIPPED, COLUMNS=columns)

    assert (several.status, one.status) == (0, 0)
    assert re.search(r"\bsource\b", several.out)
    assert "source: " not in several.out
    assert re.findall(r"\bsource\b", one.out) == ["source"]
    assert " ".join(one.out.split()).endswith(f" source: {SHIPPED}")


def test_rates_of_one_partner_stand_in_order_of_date(both: Gz) -> None:
    """The rates of one partner over several briefings stand in the order of the briefings' dates."""
    rows = both("trade", "--partner", "Association of Southeast Asian Nations", "--json").rows

    assert [(row["source"], row["annual_growth_pct"], row["implied_total_growth_pct"]) for row in rows] == [
        (NORTHLAND, 5.25, 5.3),
        (SHIPPED, 33.8, 79.0),
        (SOUTHLAND, 40.5, 97.4),
    ]


def test_search_ranks_across_all(both: Gz) -> None:
    """A search finds what was said at any briefing, the best match of all first, whenever it was said."""
    rail = both("who-said", "rail tunnel", "--json").rows
    assert [row["claim"] for row in rail] == [f"{SOUTHLAND}:tunnel", f"{NORTHLAND}:ships"]

    asean = both("who-said", "trade with asean", "--json").rows
    assert {row["source"] for row in asean} == {SHIPPED, NORTHLAND, SOUTHLAND}
    only = both("who-said", "trade with asean", "--source", NORTHLAND, "--json").rows
    assert [row["claim"] for row in only] == [f"{NORTHLAND}:trade-asean"]


@pytest.mark.parametrize("command", ["show", "cite"])
def test_ambiguous_claim(both: Gz, command: str) -> None:
    """A claim's name that several briefings have is no answer: the candidates are named, and each of them works."""
    assert both(command, "trade-asean") == Ran(
        2,
        "",
        'gz: "trade-asean" is a claim of several briefings\n'
        f"    which: {SHIPPED}:trade-asean, {NORTHLAND}:trade-asean, {SOUTHLAND}:trade-asean\n",
    )
    ran = both(command, f"{NORTHLAND}:trade-asean")
    assert (ran.status, ran.err) == (0, "")
    assert "Northland Times" in ran.out
    assert both(command, "trade-belt-and-road").status == 0


def test_topics_that_are_one(here: Gz, file: File) -> None:
    """Topics that differ in case, hyphens or punctuation are one, by the name known first; others stay apart."""
    apart = ["\u0915\u093f", "\u0915\u093e", "🚄", "🚢"]
    topics = ["Green-Development", "R&D", "r d", "C\u2013D", "c d", "caf\u00e9", "cafe\u0301", *apart]
    written = ", ".join(f'"{topic}"' for topic in topics)
    assert here("add", file(SOUTH.replace('["rail"]', f"[{written}]"))).status == 0

    exported = tomllib.loads(here("export", SOUTHLAND).out)["claim"][0]["topics"]
    assert exported == sorted(["green development", "R&D", "C\u2013D", "caf\u00e9", *apart])


# Removing --------------------------------------------------------------------------------------------------


def test_removed_with_all_that_was_its_own(here: Gz, mine: Path, file: File) -> None:
    """Removing a briefing leaves the database as if it had never been added."""
    before = content(mine)
    here("add", file(SOUTH))

    assert here("remove", SOUTHLAND) == Ran(0, "", f"gz: removed {SOUTHLAND}: 4 claims\n")

    assert content(mine) == before
    assert_sound(mine)
    assert here("who-said", "rail tunnel").status == 1
    assert here("trade", "--partner", "mercosur").status == 1
    assert here("speakers", "ines").status == 1


@pytest.mark.parametrize(("removed", "left"), [(SOUTH, NORTH), (NORTH, SOUTH)])
def test_removing_leaves_what_others_share(here: Gz, mine: Path, file: File, removed: str, left: str) -> None:
    """Removing one of two briefings leaves the other as if it had been alone, shared speakers and partners included."""
    here("add", file(left))
    alone = content(mine)
    exported = here("export", tomllib.loads(left)["source"]["id"]).out
    here("add", file(removed))

    assert here("remove", tomllib.loads(removed)["source"]["id"]).status == 0

    assert content(mine) == alone
    assert_sound(mine)
    assert here("export", tomllib.loads(left)["source"]["id"]).out == exported


def test_shipped_briefing_cannot_be_removed(here: Gz, mine: Path) -> None:
    """The shipped briefing can't be removed, and the database is unharmed."""
    before = sha256(mine)
    assert here("remove", SHIPPED) == Ran(
        3, "", f"gz: {SHIPPED} came with gz and can't be removed\n    a briefing of your own takes an id of its own\n"
    )
    assert sha256(mine) == before


@pytest.mark.parametrize("command", ["remove", "export"])
@pytest.mark.parametrize(
    ("name", "offer"), [("guizhou-2024-06-15", f"; did you mean {SHIPPED}?"), ("steel", ""), ("'; DROP", "")]
)
def test_unknown_source(here: Gz, mine: Path, command: str, name: str, offer: str) -> None:
    """To remove or export what is not there is answered with the nearest source and the known ones."""
    before = sha256(mine)
    assert here(command, name) == Ran(1, "", f'gz: no source "{name}"{offer}\n    known: {SHIPPED}\n')
    assert sha256(mine) == before


def test_source_is_named_without_regard_to_case(here: Gz, file: File) -> None:
    """A source's id may be typed in capitals, with blanks around it."""
    here("add", file(SOUTH))
    assert here("export", f" {SOUTHLAND.upper()} ") == here("export", SOUTHLAND)
    assert here("remove", SOUTHLAND.title()).status == 0


# Export, and back ------------------------------------------------------------------------------------------

SOUTH_EXPORTED = (
    "# A briefing for gz: what was said, by whom, and in which paragraph of the report.\n"
    "# Paragraph 0 is the headline. A claim without a speaker is the report's own words.\n"
    "\n"
    + SOUTH.replace('tunnel"\n\n', 'tunnel"\nlanguage = "en"\n\n', 1)
    .replace("growth_pct = -3 ", "growth_pct = -3.0 ")
    .replace('["rail", "green development"]', '["green development", "rail"]')
    .replace("= { ", "= {")
    .replace(" }", "}")
    .replace(
        'partner]]\nid = "mercosur"',
        'partner]]\nid = "asean"\nname = "ASEAN"\naliases = [0]\n\n[[partner]]\nid = "mercosur"',
    )
)


def test_export_is_what_a_person_would_write(here: Gz, file: File) -> None:
    """An export reads as a person would write it: comments, then the parts in their order, in plain TOML."""
    here("add", file(SOUTH))
    aliases = '["ASEAN countries", "Association of Southeast Asian Nations", "东南亚国家联盟", "东盟"]'

    ran = here("export", SOUTHLAND)

    assert (ran.status, ran.err) == (0, "")
    assert ran.out == SOUTH_EXPORTED.replace("[0]", aliases)


def test_shipped_briefing_comes_back(here: Gz, mine: Path, file: File) -> None:
    """The shipped briefing exported, and added under another id, says in every view what the shipped one says."""
    exported = here("export", SHIPPED).out
    copy = exported.replace(SHIPPED, "again")
    ran = here("add", file(copy))

    assert ran == Ran(0, "", "gz: added again: 23 claims, 9 paragraphs, 2 speakers\n")
    assert_sound(mine)
    assert here("export", "again").out == copy
    for view in ("bases", "trade", "measures", "speakers", "claims"):
        shipped = here(view, "--source", SHIPPED, "--json").out
        assert here(view, "--source", "again", "--json").out == shipped.replace(SHIPPED, "again")
    with closing(sqlite3.connect(mine)) as db:
        for table in ("passage", "appearance"):
            rows = f"SELECT * FROM {table} WHERE source_id = ? ORDER BY 2"
            ours, theirs = (db.execute(rows, [source]).fetchall() for source in (SHIPPED, "again"))
            assert [row[1:] for row in ours] == [row[1:] for row in theirs] != []
        words = (
            "SELECT statement, context FROM claim_search JOIN claim ON id = claim_id WHERE source_id = ? ORDER BY id"
        )
        words = words.replace("SELECT statement", "SELECT claim_search.statement")
        assert db.execute(words, [SHIPPED]).fetchall() == db.execute(words, ["again"]).fetchall()


@pytest.fixture(scope="module")
def two_homes(seeded: Path) -> Iterator[Callable[[], tuple[Path, Path]]]:
    """Return a function that gives two homes in which the database is as first use builds it."""
    image = seeded.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        homes = Path(folder, "one"), Path(folder, "two")
        for home in homes:
            place(home).parent.mkdir(parents=True)

        def fresh() -> tuple[Path, Path]:
            for home in homes:
                place(home).write_bytes(image)
            return homes

        yield fresh


def place(home: Path) -> Path:
    """Return where the database lies in a home folder."""
    return home / ".local" / "share" / "guizhou-cli" / "facts.db"


def as_exported(briefing: dict[str, Any], shipped: dict[str, Any]) -> dict[str, Any]:
    """Return what an export of a briefing must say, read back: the same, in the order and spelling of the database."""
    topics = {topic_id(topic): topic for claim in shipped["claim"] for topic in claim["topics"]}
    for claim in briefing["claim"]:
        for topic in claim.get("topics", []):
            topics.setdefault(topic_id(topic), topic)
    partners = {partner["id"]: partner for partner in [*briefing["partner"], *shipped["partner"]]}
    used = sorted({claim["trade"]["partner"] for claim in briefing["claim"] if "trade" in claim})
    expected = {
        "source": {"language": "en"} | briefing["source"],
        "speaker": sorted(briefing["speaker"], key=lambda speaker: str(speaker["id"])),
        "partner": [partners[id_] | {"aliases": sorted(set(partners[id_].get("aliases", [])))} for id_ in used],
        "passage": sorted(briefing["passage"], key=lambda passage: int(passage["number"])),
        "claim": [
            claim | {"topics": sorted({topics[topic_id(topic)] for topic in claim.get("topics", [])})}
            for claim in briefing["claim"]
        ],
    }
    return {
        name: part
        if isinstance(part, dict)
        else [{key: cell for key, cell in row.items() if cell != []} for row in part]
        for name, part in expected.items()
        if part
    }


NASTIEST: dict[str, Any] = {
    "source": {
        "id": "a",
        **dict.fromkeys(("title", "publisher", "event", "place"), "\x1b]0;x\x07\u202e'); DROP TABLE claim; --"),
        "published": "0001-01-01",
        "event_date": "9999-12-31",
        "url": "http://\x1b\u202e",
    },
    "speaker": [{"id": "x", "name": "\x00", "role": "东盟", "organization": "[/]"}],
    "partner": [{"id": "p", "name": "\\p", "aliases": [text for text in NASTY if spelling.fold(text)]}],
    "passage": [{"number": 0, "sha256": "f" * 64, "first_words": '"""', "last_words": "'''"}],
    "claim": [
        {
            "id": "a",
            "statement": "x",
            "paragraph": 0,
            "speaker": "x",
            "topics": NASTY[:50],
            "keywords": NASTY[:50],
            "trade": {"partner": "p", "annual_growth_pct": -0.0, "years": 100, "period": NASTY[7]},
        },
        *({"id": f"b{at}", "statement": text, "paragraph": 0, "keywords": [text]} for at, text in enumerate(NASTY)),
        {"id": "c", "statement": "x", "paragraph": 0, "topics": ["C", "c++", "C#", "हिन्दी", "हन्द", "\uff23"]},
    ],
}


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(briefing=briefings())
@example(briefing=NASTIEST)
def test_export_and_back(
    two_homes: Callable[[], tuple[Path, Path]], schema: dict[str, Any], inside: Gz, briefing: dict[str, Any]
) -> None:
    """Of any briefing the export says what was added, and added in its place or elsewhere it gives the same database
    and, byte for byte, the same export.
    """
    one, two = two_homes()
    source, file = briefing["source"]["id"], one / "briefing.toml"
    untouched = content(place(one))
    Draft202012Validator(schema).validate(briefing)
    file.write_text(toml(briefing), encoding="utf-8")

    ran = run_inside(one, "add", file)
    assume(not re.search("is a name of|is not what the period says|that the statement", ran.err))  # as it should be
    assert ran.status == 0
    added = content(place(one))
    exported = run_inside(one, "export", source)
    assert exported.status == 0
    assert tomllib.loads(exported.out) == as_exported(briefing, tomllib.loads(inside("export", SHIPPED).out))
    assert [char for char in exported.out if char != "\n" and ord(char) in {*range(32), *range(127, 160), 0x202E}] == []

    file.write_text(exported.out, encoding="utf-8", newline="")
    for home, more in ((one, ["--replace"]), (two, [])):
        assert run_inside(home, "add", file, *more).status == 0
        assert content(place(home)) == added
        assert run_inside(home, "export", source) == exported
        assert_sound(place(home))

    assert run_inside(one, "remove", source).status == 0
    assert content(place(one)) == untouched


def test_long_export_and_back(gz: Gz, mine: Path) -> None:
    """A briefing of a thousand claims goes through a pipe from one database to another and is the same there."""
    many = small("many", 1000)
    assert gz("add", "-", stdin=many).status == 0
    added, exported = content(mine), gz("export", "many").out

    assert gz("add", "-", "--replace", stdin=exported).status == 0
    assert content(mine) == added
    assert gz("export", "many").out == exported


# Progress --------------------------------------------------------------------------------------------------

ON_A_TERMINAL = """
import os, pty, sys
from guizhou_cli import progress
progress.SHOWN_AFTER = float(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    from guizhou_cli import cli
    os._exit(cli.run(["add", sys.argv[2]]))
printed = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    printed += part
sys.stdout.buffer.write(printed)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@pytest.mark.parametrize(("after", "bar"), [("0", True), ("3600", False)])
def test_progress_on_a_terminal(home: Path, mine: Path, file: File, after: str, bar: bool) -> None:
    """What takes longer than a moment shows a bar on a terminal, which is gone in the end, and the rest nothing."""
    ran = subprocess.run(
        [sys.executable, "-c", ON_A_TERMINAL, after, str(file(small("many", 1000)))],
        env=clean_environment(home, TERM="xterm"),
        cwd=home,
        capture_output=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert (b"adding" in ran.stdout) is bar
    last = ran.stdout.decode().replace("\r\n", "\n").splitlines()[-1]
    assert last.endswith("gz: added many: 1000 claims, 9 paragraphs, 0 speakers")
    assert_sound(mine)


def test_no_progress_in_a_pipe(home: Path, mine: Path, file: File) -> None:
    """Where stderr is no terminal nothing is written but the line at the end, however long it takes."""
    script = (
        "from guizhou_cli import progress, cli; progress.SHOWN_AFTER = 0; import sys; sys.exit(cli.run(sys.argv[1:]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "add", str(file(small("many", 1000)))],
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        check=False,
        text=True,
    )
    assert Ran(ran.returncode, ran.stdout, ran.stderr) == Ran(
        0, "", "gz: added many: 1000 claims, 9 paragraphs, 0 speakers\n"
    )
    assert mine.exists()
