"""RELIABILITY 29-33, 39, 46: what people hand in is taken, or refused quickly, harmlessly and with all its faults."""

import os
import re
import subprocess
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import PROGRAM, Gz, clean_environment, place, run_inside, work
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from samples import (
    BRIEFING,
    NASTY,
    REPORT,
    SHIPPED,
    SOUTH,
    assert_refused,
    assert_sound,
    content,
    small,
    toml,
    unharmed,
)

from guizhou_cli.briefings import load
from guizhou_cli.errors import BriefingProblem, GzError
from guizhou_cli.text import tokens

HEAD = SOUTH[: SOUTH.index("[[speaker]]")]
CLAIM = '[[claim]]\nid = "c"\nstatement = "S."\nparagraph = 1\n'


def wrong(*faults: str) -> str:
    """Return what is printed of a file with these faults, after its name."""
    count = "one thing is wrong" if len(faults) == 1 else f"{len(faults)} things are wrong"
    return f": {count}; nothing was added\n" + "".join(f"    {fault}\n" for fault in faults)


# 29. Briefings that are none ---------------------------------------------------------------------------------

NO_BRIEFING = wrong("source: is missing", "claim: is missing")
TOO_DEEP = wrong("it is nested too deeply to be a briefing")
TOO_MANY = wrong("it should have at most 1000000 lines, values and tables")
LONG_KEY = wrong("line 1: a key should have at most 16 parts")
MANY_DIGITS = wrong("a number should have fewer digits")
NOT_A_KEY = "is not a key of a briefing"
AT = "line 11, claim c"
HUGE = "0x" + "f" * 6000
ESCAPES = "\\u0000\\u001b]0;x\\u0007" * 400
VISIBLE = "\\x00\\x1b]0;x\\x07" * 8 + "\\x00\\x1b]0"


def claim(before: str, after: str) -> str:
    """Return a briefing of one claim in which something is replaced."""
    return HEAD + CLAIM.replace(before, after)


def rate(value: object) -> str:
    """Return a briefing with a rate of growth."""
    return HEAD + CLAIM + f'trade = {{ partner = "asean", annual_growth_pct = {value} }}\n'


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "arrays in arrays": ("a = " + "[" * 100_000, TOO_DEEP),
    "tables in tables": ("a = " + "{a = " * 100_000, TOO_DEEP),
    "brackets": (
        "[" * 100_000,
        wrong("it is not TOML: Invalid initial character for a key part (at line 1, column 3)"),
    ),
    "a long key": (".".join(["a"] * 20_000) + " = 1", LONG_KEY),
    "a long quoted key": (" . ".join(['"\\""'] * 20_000) + " = 1", LONG_KEY),
    "a long header": ("[[" + ".".join(["'a'"] * 20_000) + "]]", LONG_KEY),
    "a key of 17 parts": ("\n\n" + ".".join(["a"] * 17) + " = 1", LONG_KEY.replace("line 1", "line 3")),
    "a long inner key": ("a = { " + ".".join(["a"] * 20_000) + " = 1 }", wrong("line 1: it should have fewer dots")),
    "5000 digits": ("a = " + "1" * 5000, MANY_DIGITS),
    "many tables": ("\n[[claim]]" * 900_000, TOO_MANY),
    "many indented tables": (
        " \n \t [[claim]]" * 250_000,
        wrong("source: is missing", "claim: list should have at most 100000 items after validation, not 250000"),
    ),
    "many values": ("a = [" + "{}," * 3_000_000 + "]", TOO_MANY),
    "many lines": ("\n" * 9_000_000, TOO_MANY),
    "over 10 MB": (b"#" * 10_000_001, " is over 10 MB\n    a briefing is far smaller; split it\n"),
    "10 MB": (b"#" * 10_000_000, NO_BRIEFING),
    "empty": (b"", NO_BRIEFING),
    "UTF-16": (b"\xff\xfe[\0s\0", " is not UTF-8: byte 0 is 0xff\n"),
    "a surrogate": (b'a = "\xed\xa0\x80"', " is not UTF-8: byte 5 is 0xed\n"),
    "a byte order mark": (
        b"\xef\xbb\xbf" + SOUTH.encode(),
        " begins with a byte order mark\n    save it as UTF-8 without one, as TOML asks for\n",
    ),
    "ESC": (b'a = "\x1b"', wrong("it is not TOML: Illegal character '\\x1b' (at line 1, column 6)")),
    "infinity": (rate("1e400"), wrong(f"{AT}, trade.annual_growth_pct: should be a finite number, got inf")),
    "a huge rate": (rate(HUGE), wrong(f"{AT}, trade.annual_growth_pct: should be a valid number, got a huge number")),
    "beyond 64 bits": (
        rate(2**64),
        wrong(f"{AT}, trade.annual_growth_pct: should be less than or equal to 100000, got {2**64}"),
    ),
    "a huge integer": (
        claim("= 1", f"= {HUGE}"),
        wrong(f"{AT}, paragraph: should be less than or equal to 100000, got a huge number"),
    ),
    "an unknown key": (f"{HEAD}{CLAIM}{'k' * 10_000} = 1\n", wrong(f"{AT}, {'k' * 60}…: {NOT_A_KEY}")),
    "a key that steers": (f'{HEAD}{CLAIM}"\\u001b[2J\\u202e" = 1\n', wrong(f"{AT}, \\x1b[2J\\u202e: {NOT_A_KEY}")),
    "a long text": (
        claim("S.", ESCAPES),
        wrong(f'{AT}, statement: string should have at most 2000 characters, got "{VISIBLE}…"'),
    ),
    "an id of two lines": (
        HEAD.replace("southland-2025-06-10", "x\\n") + CLAIM,
        wrong('source.id: should be an id of small letters, digits and single hyphens, got "x\\n"'),
    ),
    "thousands of faults": (
        HEAD + CLAIM + "".join(f"k{at} = 1\n" for at in range(3000)),
        wrong(*(f"{AT}, k{at}: {NOT_A_KEY}" for at in range(1000)), "and 2000 more").replace("1001", "3000"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_briefing(gz: Gz, mine: Path, tmp_path: Path, case: str) -> None:
    """What is not TOML, too much of it, or no briefing is refused with what is wrong with it."""
    given_, printed = REFUSED[case]
    path = tmp_path / "given.toml"
    path.write_bytes(given_.encode() if isinstance(given_, str) else given_)
    assert assert_refused(gz, mine, "add", path) == f"{path}{printed}"


def test_endless(gz_after: Gz, mine: Path) -> None:
    """A stdin that never ends is refused like a file that is too large."""
    endless = partial(gz_after, "os.dup2(os.open('/dev/zero', os.O_RDONLY), 0)")
    assert assert_refused(endless, mine, "add", "-").startswith("stdin is over 10 MB\n")


@pytest.mark.parametrize("kind", ["FIFO", "folder", "device", "link to a FIFO"])
def test_what_is_no_file(gz: Gz, mine: Path, tmp_path: Path, kind: str) -> None:
    """A FIFO nobody writes to, a folder or a device is refused at once instead of waited for."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "FIFO")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "link to a FIFO").symlink_to("FIFO")
    path = tmp_path / kind
    assert assert_refused(gz, mine, "add", path) == f"{path} is not a file\n    name a file, or - for stdin\n"


def test_a_name_that_is_no_text(gz: Gz, mine: Path, home: Path) -> None:
    """A file whose name is no text is found, and its name is written out where something is wrong with it."""
    (home / os.fsdecode(b"\xff\x1b.toml")).write_text(HEAD)
    assert assert_refused(gz, mine, "add", b"\xff\x1b.toml").endswith("\\x1b.toml" + wrong("claim: is missing"))


def test_a_partner_that_nobody_declares(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A partner that neither the database nor the file knows is named with the claim and its line."""
    (tmp_path / "b.toml").write_text(rate(1).replace("asean", "efta"))
    fault = f'{AT}: the partner "efta" is not known, and no [[partner]] has that id'
    assert assert_refused(here, mine, "add", tmp_path / "b.toml") == f"southland-2025-06-10{wrong(fault)}"


# 39. Work that grows with the size ---------------------------------------------------------------------------

SHAPES: dict[str, Callable[[int], str]] = {
    "escapes": lambda size: 'a = "' + '\\"' * size,
    "quotes": lambda size: "\"' " * size,
    "blanks within a key": lambda size: "a" + " " * size + ".b = 1",
    "digits": lambda size: "a = 1." + "1_" * size,
    "claims": lambda size: "[[claim]]\n" * size,
    "unknown keys": lambda size: "[source]\n" + "".join(f"k{at} = 1\n" for at in range(size)),
    "tables": lambda size: "".join(f"[k{at}]\n" for at in range(size)),
    "a long statement": lambda size: claim("S.", "x" * size),
    "many claims": lambda size: small("many", size),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_input_is_twice_the_work(shape: str) -> None:
    """A file of any shape takes work in proportion to its size; of a hundred times the size it is refused or read."""
    text = SHAPES[shape]
    load.parse(SOUTH, "x")  # what is loaded once is not counted
    once, twice = (work(partial(load.parse, text(size), "x")) for size in (2000, 4000))

    assert twice <= 2.1 * once + 10_000
    if shape == "many claims":
        assert len(load.parse(text(5000), "x").claim) == 5000
    else:
        with pytest.raises(GzError):
            load.parse(text(100_000), "x")


QUOTES = st.text("\"'\\\n. a#=", max_size=20)


@settings(deadline=None, max_examples=300)
@given(a=QUOTES, b=QUOTES, quote=st.sampled_from(['"', "'", '"""', "'''"]))
def test_a_long_key_is_found_behind_any_string(a: str, b: str, quote: str) -> None:
    """A key of too many parts is found behind any strings that are TOML."""
    prefix = f"x = [{quote}{a}{quote}, {quote}{b}{quote}]\n"
    try:
        tomllib.loads(prefix)
    except tomllib.TOMLDecodeError:
        assume(condition=False)
    with pytest.raises(BriefingProblem) as problem:
        load.parse(prefix + ".".join(["b"] * 17) + " = 1", "x")
    assert "a key should have at most 16 parts" in problem.value.faults[0]


@pytest.mark.parametrize("depth", [10, 100, 300, 500, 900, 1000, 2000])
def test_depth_up_to_the_limit(depth: int) -> None:
    """Arrays and tables within one another are read or refused at any depth, without a traceback."""
    for text in ("[" * depth + "]" * depth, "{a=" * depth + "1" + "}" * depth):
        for briefing in (f"a = {text}", f"source = {text}", f"[[claim]]\ntopics = {text}"):
            with pytest.raises(BriefingProblem):
                load.parse(briefing, "x")


# Anything at all ---------------------------------------------------------------------------------------------

MORE_PARTS = "\"\"\"|'''|[[|]]|\\|#|+|1e9|0x|inf|nan|true|10:00:00|\0|\x1b|\u202e|东|said_in|quote|figure|\r|\t".split(
    "|"
)
PARTS = st.sampled_from([*re.findall(r"\w+|\W", SOUTH), *MORE_PARTS])
DAMAGED = st.builds(
    lambda at, length, parts: SOUTH[:at] + "".join(parts) + SOUTH[at + length :],
    st.integers(0, len(SOUTH)),
    st.integers(0, 12),
    st.lists(PARTS, max_size=4),
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | (st.text(max_size=60) | st.lists(PARTS).map("".join) | DAMAGED).map(str.encode))
@example(data=b"\xef\xbb\xbf")
@example(data=b"\xef\xbb")
def test_anything(inside: Gz, seeded: Path, tmp_path: Path, data: bytes) -> None:
    """Any bytes, pieces of TOML in any order, and a briefing with any part replaced are refused with 3, or tried."""
    path = tmp_path / "given.toml"
    path.write_bytes(data)
    with unharmed(seeded):
        ran = inside("add", path, "--dry-run")
    assert (ran.status, ran.out) in {(0, ""), (3, "")}
    assert ran.err.startswith("gz: " if ran.status else "gz: would add ")
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.err) is None


# 30, 31. All or nothing --------------------------------------------------------------------------------------


def test_the_last_of_250_claims_is_bad(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A fault in the 250th claim, or one that shows only against the database, adds none of the claims before it."""
    text, path = small("many", 250), tmp_path / "many.toml"
    line = text[: text.index('id = "claim-249"')].count("\n")
    path.write_text(text.replace('paragraph = 6\nkeywords = ["keyword 249"]', 'paragraph = "6"'))
    fault = wrong(f'line {line}, claim claim-249, paragraph: should be a valid integer, got "6"')
    assert assert_refused(here, mine, "add", path) == f"{path}{fault}"
    path.write_text(f'{text}[[speaker]]\nid = "li-bingjun"\nname = "Somebody Else"\nrole = "R"\norganization = "O"\n')
    fault = wrong('speaker li-bingjun: is known as "Li Bingjun"')
    assert assert_refused(here, mine, "add", path) == f"many{fault}"


def test_the_same_file_at_once(home: Path, mine: Path, tmp_path: Path) -> None:
    """Of ten who add the same file in the same moment one succeeds, and nine read that it is there."""
    (tmp_path / "south.toml").write_text(SOUTH)
    command, environment = [*PROGRAM, "add", str(tmp_path / "south.toml")], clean_environment(home)
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) for _ in range(10)]
    printed = sorted((process.communicate(timeout=120)[1], process.returncode) for process in running)

    added = ("gz: added southland-2025-06-10: 4 claims, 3 paragraphs, 2 speakers\n", 0)
    there = ("gz: southland-2025-06-10 is there already\n    --replace puts this one in its place\n", 3)
    assert printed == [added, *[there] * 9]
    assert_sound(mine)


def test_the_same_file_once_more(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A file added twice is refused the second time; with --replace the database content is the same as once."""
    (tmp_path / "south.toml").write_text(SOUTH)
    assert here("add", tmp_path / "south.toml").status == 0
    once = content(mine)
    assert "is there already" in assert_refused(here, mine, "add", tmp_path / "south.toml")
    assert here("add", tmp_path / "south.toml", "--replace").status == 0
    assert content(mine) == once


# 32, 39, 46. Reports -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\x7fELF\0\xff", b"x" * 50_000_000], ids=["empty", "binary", "large"])
def test_a_report_that_is_none(here: Gz, mine: Path, tmp_path: Path, data: bytes) -> None:
    """A report that is no text or too large is named, and nothing is added or verified."""
    report, briefing = tmp_path / "report.txt", tmp_path / "b.toml"
    report.write_bytes(data)
    briefing.write_text(BRIEFING)
    named = (f"{report} is ", f"{report} holds no text")
    assert assert_refused(here, mine, "verify", report).startswith(named)
    assert assert_refused(here, mine, "add", briefing, "--article", report).startswith(named)


LARGE: dict[str, str] = {
    "one word": "a" * 490_000,
    "hyphens": "a" + "-" * 400_000 + "b c Ada Lund",
    "hyphenated": "a-" * 200_000 + " Ada Lund",
    "commas": "12.5 percent ASEAN Ada Lund " + "," * 200_000 + " x",
    "paragraphs": "".join(f"p{at} w{at}\n\nhydrogen " for at in range(16_000)),
    "digits": "1" * 400_000,
    "quotes": '"' * 400_000,
    "sentences": "said Lund. hydrogen " * 20_000,
}


@pytest.mark.parametrize("shape", LARGE)
def test_a_report_of_any_shape(here: Gz, mine: Path, tmp_path: Path, shape: str) -> None:
    """A report of 500 kB in any shape is read, its claims are checked, and a copy of it is verified."""
    report, briefing = tmp_path / "report.txt", tmp_path / "b.toml"
    report.write_text(f"Head line\n\nhydrogen {LARGE[shape]}\n")
    growth = 'trade = { partner = "asean", annual_growth_pct = 12.5, years = 3, period = "past three years" }\n'
    briefing.write_text(claim("= 1", '= 1\nkeywords = ["hydrogen"]') + (growth if shape == "commas" else ""))
    assert here("add", briefing, "--article", report).status == 0
    assert here("verify", report, "--source", "southland-2025-06-10", "-f", "csv").status == 0
    assert_sound(mine)


@pytest.mark.parametrize("shown", ["\u202a12.5\u202c percent", "\u202e5.21\u202c percent"])
def test_a_copy_that_reads_otherwise_than_it_says(here: Gz, tmp_path: Path, shown: str) -> None:
    """A report with characters that reverse the direction of text is neither added nor verified without a word."""
    briefing, report, steered = (tmp_path / name for name in ("b.toml", "report.txt", "steered.txt"))
    briefing.write_text(BRIEFING)
    report.write_text(REPORT)
    steered.write_text(REPORT.replace("12.5 percent", shown), encoding="utf-8")
    ran = here("add", briefing, "--article", steered, "--dry-run")
    assert "the report has characters that reverse the direction of text" in ran.err
    assert here("add", briefing, "--article", report).status == 0
    ran = here("verify", steered, "--json")
    assert ran.status == 1
    assert 3 in [row["paragraph"] for row in ran.rows if row["status"] == "changed"]


# 33. Texts that are more than text ---------------------------------------------------------------------------

STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


def nasty(at: int, text: str) -> list[dict[str, Any]]:
    """Return three claims, one of each kind, of which every text is the same."""
    columns: dict[str, dict[str, Any]] = {
        "trade": {"partner": f"p-{at}", "annual_growth_pct": at, "period": text},
        "base": {"position": at + 1, "name": text, "detail": text},
        "measure": {"action": text, "policy": text},
    }
    said = {
        "statement": text,
        "quote": text,
        "paragraph": at,
        "speaker": f"s-{at}",
        "topics": [text],
        "keywords": [text],
    }
    return [{"id": f"c-{at}-{kind}"} | said | {kind: row} for kind, row in columns.items()]


@pytest.fixture(scope="module")
def nasty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home where every text of an added briefing is one that something might take for more than text."""
    folder = tmp_path_factory.mktemp("nasty")
    texts = [*enumerate(NASTY)]
    briefing = {
        "source": dict.fromkeys(("title", "publisher", "event", "place"), "".join(NASTY)[:500])
        | {"id": "nasty", "published": "2025-01-01", "event_date": "2025-01-01", "subject": NASTY[6]}
        | {"url": "https://example.org/\x1b]8;;\x07\u202e'--"},
        "speaker": [{"id": f"s-{at}", "name": text, "role": text, "organization": text} for at, text in texts],
        "partner": [{"id": f"p-{at}", "name": f"{text} p{at}", "aliases": [f"p{at} {text}"]} for at, text in texts],
        "passage": [{"number": at, "sha256": "0" * 64, "first_words": text} for at, text in texts],
        "claim": [claim for at, text in texts for claim in nasty(at, text)],
    }
    (folder / "nasty.toml").write_text(toml(briefing), encoding="utf-8")
    added = run_inside(folder, "add", folder / "nasty.toml")
    assert added.status == 0, added.err
    assert_sound(place(folder))
    return folder


COMMANDS = "bases|trade|measures|figures|speakers|claims|topics|sources|who-said drop table claim|show nasty:c-6-trade"


@pytest.mark.parametrize("command", COMMANDS.split("|"))
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown", "svg", "html"])
def test_any_text_is_shown_as_text(nasty_home: Path, command: str, form: str) -> None:
    """SQL, markup, control characters, right-to-left text and emoji are shown as text by every command and format."""
    ran = run_inside(nasty_home, *command.split(maxsplit=1), "-f", form)

    assert ran.status == 0
    assert STEERING.search(ran.out) is None
    if form in {"svg", "html"}:
        assert "<script" not in ran.out


def test_any_text_is_stored_as_it_is(nasty_home: Path) -> None:
    """Every text comes back from the database as it was given, character for character."""
    bases = run_inside(nasty_home, "bases", "--source", "nasty", "--json").rows
    claims = run_inside(nasty_home, "claims", "--source", "nasty", "--json").rows
    assert [[row[key] for key in ("base", "detail", "speaker", "role")] for row in bases] == [[t] * 4 for t in NASTY]
    assert [row["statement"] for row in claims[::3]] == NASTY


def test_any_text_is_found(nasty_home: Path) -> None:
    """Every text that has a word in it is found by itself, as a phrase, a partner, a topic and a speaker."""
    for at, text in enumerate(NASTY):
        if not set(tokens(text)) - {"a"} or "\0" in text:
            continue
        for kind, *question in (
            ("base", "who-said", text, "--source", "nasty", "--limit", "200"),
            ("trade", "trade", "--partner", f"{text} P{at}"),
            ("measure", "claims", "--speaker", text),
            ("measure", "claims", "--topic", text),
        ):
            found = run_inside(nasty_home, *question, "--json").rows
            assert f"nasty:c-{at}-{kind}" in [row["claim"] for row in found], text


def test_the_shipped_facts_are_as_they_were(nasty_home: Path, inside: Gz) -> None:
    """None of those texts has changed what the shipped briefing says."""
    for command in ("bases", "trade", "measures", "speakers", "claims"):
        of = (command, "--source", SHIPPED, "--json")
        assert run_inside(nasty_home, *of) == inside(*of)
