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
from conftest import PROGRAM, Gz, Ran, clean_environment, run_inside, work
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from samples import BRIEFING, NASTY, REPORT, SHIPPED, SOUTH, assert_sound, content, sha256, small, toml

from guizhou_cli.briefings import load
from guizhou_cli.errors import BriefingProblem, GzError
from guizhou_cli.text import tokens

HEAD = SOUTH[: SOUTH.index("[[speaker]]")]
CLAIM = '[[claim]]\nid = "c"\nstatement = "S."\nparagraph = 1\n'
Add = Callable[[bytes | str | Path], str]


def bad(*faults: str) -> str:
    """Return what is printed of a file with these faults, without its name."""
    count = "one thing is wrong" if len(faults) == 1 else f"{len(faults)} things are wrong"
    return f"{count}; nothing was added\n" + "".join(f"    {fault}\n" for fault in faults)


@pytest.fixture
def add(here: Gz, mine: Path, tmp_path: Path) -> Add:
    """Return a function that adds a file, sees it refused without harm, and returns what was printed."""
    return partial(refused, here, mine, tmp_path)


@pytest.fixture
def add_by_process(gz: Gz, mine: Path, tmp_path: Path) -> Add:
    """Return the same as `add`, through the real program, for files that might make it hang or crash."""
    return partial(refused, gz, mine, tmp_path)


def refused(run: Gz, mine: Path, tmp_path: Path, given_: bytes | str | Path) -> str:
    """Return what is printed of a file, or of its content, that is refused without harm."""
    before = sha256(mine)
    path = given_ if isinstance(given_, Path) else tmp_path / "given.toml"
    if not isinstance(given_, Path):
        path.write_bytes(given_.encode() if isinstance(given_, str) else given_)
    ran = run("add", path)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {path}")
    assert "Traceback" not in ran.err
    assert sha256(mine) == before
    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]
    return ran.err.removeprefix(f"gz: {path}").removeprefix(": ").removeprefix(" ")


def home_in(folder: Path, seeded: Path) -> Path:
    """Return a home with a database in it."""
    path = folder / ".local" / "share" / "guizhou-cli" / "facts.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(seeded.read_bytes())
    return folder


# 29. Files that are no TOML, or too much of it ---------------------------------------------------------------

LONG_KEY = bad("line 1: a key should have at most 16 parts")
MANY_DOTS = bad("line 1: it should have fewer dots")
MANY_DIGITS = bad("a number should have fewer digits")
TOO_MANY = bad("it should have at most 1000000 lines, values and tables")
TOO_DEEP = bad("it is nested too deeply to be a briefing")
TOO_LONG = "claim: list should have at most "
MANY = 20_000


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a = " + "[" * 100_000, TOO_DEEP),
        ("[" * 100_000, bad("it is not TOML: Invalid initial character for a key part (at line 1, column 3)")),
        ("a = " + "[" * 100_000 + "]" * 100_000, TOO_DEEP),
        ("a = " + "{a = " * 100_000, TOO_DEEP),
        (".".join(["a"] * MANY) + " = 1", LONG_KEY),
        (" . ".join(['"a"'] * MANY) + " = 1", LONG_KEY),
        (".".join(["'a'"] * MANY) + " = 1", LONG_KEY),
        (".".join(['"\\""'] * MANY) + " = 1", LONG_KEY),
        ("a = { " + ".".join(["a"] * MANY) + " = 1 }", MANY_DOTS),
        ("[[" + ".".join(["a"] * MANY) + "]]", LONG_KEY),
        ("\n\n" + ".".join(["a"] * 17) + " = 1", LONG_KEY.replace("line 1", "line 3")),
        ("a = " + "1" * 5000, MANY_DIGITS),
        ("\na = " + "1_" * 5000 + "1", MANY_DIGITS),
        ("\n[[claim]]" * 900_000, TOO_MANY),
        (
            " \n \t [[claim]]" * 250_000,
            bad("source: is missing", f"{TOO_LONG}100000 items after validation, not 250000"),
        ),
        ("a = [" + "{}," * 3_000_000 + "]", TOO_MANY),
        ("\n" * 9_000_000, TOO_MANY),
    ],
    ids=lambda given_: None if "wrong" in given_ else f"{given_[:9]!r} {len(given_)}",
)
def test_too_deep_too_long(add_by_process: Add, text: str, printed: str) -> None:
    """Brackets by the thousand, keys of thousands of parts, thousands of digits and a million lines are refused."""
    assert add_by_process(text) == printed


def test_too_large(add: Add) -> None:
    """A file of over ten megabytes is refused unread, and one of just as many is not refused for its size."""
    assert add(b"#" * 10_000_001) == "is over 10 MB\n    a briefing is far smaller; split it\n"
    assert add(b"#" * 10_000_000) == bad("source: is missing", "claim: is missing")


def test_endless(home: Path, mine: Path) -> None:
    """A stdin that never ends is refused like a file that is too large."""
    before = sha256(mine)
    with Path("/dev/zero").open("rb") as zeros:
        ran = subprocess.run(
            [*PROGRAM, "add", "-"], stdin=zeros, capture_output=True, check=False, cwd=home, env=clean_environment(home)
        )
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert ran.stderr == b"gz: stdin is over 10 MB\n    a briefing is far smaller; split it\n"
    assert sha256(mine) == before


@pytest.mark.parametrize("kind", ["FIFO", "folder", "device", "link to a FIFO"])
def test_what_is_no_file(add_by_process: Add, tmp_path: Path, kind: str) -> None:
    """A FIFO nobody writes to, a folder or a device is refused at once instead of waited for."""
    path = tmp_path / "given"
    if kind == "folder":
        path.mkdir()
    elif kind == "FIFO":
        os.mkfifo(path)
    else:
        os.mkfifo(tmp_path / "fifo")
        path.symlink_to("/dev/zero" if kind == "device" else "fifo")
    assert add_by_process(path) == "is not a file\n    name a file, or - for stdin\n"


def test_a_file_that_may_not_be_read(ordinary: Gz, mine: Path, tmp_path: Path) -> None:
    """A file that the user has no permission to read is named."""
    path = tmp_path / "given.toml"
    path.write_text(SOUTH)
    path.chmod(0)
    assert mine.exists()
    assert ordinary("add", path) == Ran(3, "", f"gz: {path} can't be read: Permission denied\n")


def test_a_name_that_is_no_text(gz: Gz, mine: Path, home: Path) -> None:
    """A file whose name is no text is found, and its name is written out where something is wrong with it."""
    (home / os.fsdecode(b"\xff\x1b.toml")).write_text(HEAD)
    assert mine.exists()
    assert gz("add", b"\xff\x1b.toml").err.endswith("\\x1b.toml: " + bad("claim: is missing"))


NOT_TOML = "it is not TOML: "


@pytest.mark.parametrize(
    ("data", "printed"),
    [
        (b"\xff\xfe[\0s\0", "is not UTF-8: byte 0 is 0xff\n"),
        (b'a = "caf\xe9"', "is not UTF-8: byte 8 is 0xe9\n"),
        (b'a = "\xed\xa0\x80"', "is not UTF-8: byte 5 is 0xed\n"),
        (
            b"\xef\xbb\xbf" + SOUTH.encode(),
            "begins with a byte order mark\n    save it as UTF-8 without one, as TOML asks for\n",
        ),
        (b"a = 1\0", bad(NOT_TOML + "Expected newline or end of document after a statement (at line 1, column 6)")),
        (b'a = "\x1b"', bad(NOT_TOML + "Illegal character '\\x1b' (at line 1, column 6)")),
        (b"", bad("source: is missing", "claim: is missing")),
        (b"\n\n# nothing\n", bad("source: is missing", "claim: is missing")),
    ],
    ids=["utf-16", "latin-1", "surrogate", "bom", "nul", "escape", "empty", "comment"],
)
def test_what_is_no_text_of_toml(add: Add, data: bytes, printed: str) -> None:
    """What is not UTF-8, has a byte order mark, is binary or says nothing is named as what it is."""
    assert add(data) == printed


RATE = HEAD + CLAIM + 'trade = { partner = "asean", annual_growth_pct = %s }\n'
PARAGRAPH = HEAD + CLAIM.replace("paragraph = 1", "paragraph = %s")
ID = HEAD.replace("southland-2025-06-10", "%s") + CLAIM
HUGE = "0x" + "f" * 6000
OTHER_KEY = "is not a key of a briefing"
A_RATE = "line 11, claim c, trade.annual_growth_pct: should be"
A_NUMBER = "line 11, claim c, paragraph: should be"
LONG_STATEMENT = "line 11, claim c, statement: string should have at most 2000 characters"
VISIBLE = "\\x00\\x1b]0;x\\x07" * 8 + "\\x00\\x1b]0"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (RATE % "1e400", f"{A_RATE} a finite number, got inf"),
        (RATE % HUGE, f"{A_RATE} a valid number, got a huge number"),
        (RATE % 2**64, f"{A_RATE} less than or equal to 100000, got {2**64}"),
        (PARAGRAPH % -(2**63), f"{A_NUMBER} greater than or equal to 0, got {-(2**63)}"),
        (PARAGRAPH % HUGE, f"{A_NUMBER} less than or equal to 100000, got a huge number"),
        (HEAD + CLAIM + f"{'k' * 10_000} = 1\n", f"line 11, claim c, {'k' * 60}…: {OTHER_KEY}"),
        (HEAD + CLAIM + '"\\u001b[2J\\u202e" = 1\n', f"line 11, claim c, \\x1b[2J\\u202e: {OTHER_KEY}"),
        (HEAD + CLAIM + 'speaker = "x"\n', 'line 11, claim c, speaker: no [[speaker]] has the id "x"'),
        (
            HEAD + CLAIM + f'[[passage]]\nnumber = 2\nsha256 = "{"a" * 64}"\n',
            "line 11, claim c, paragraph: no [[passage]] has the number 1",
        ),
        (HEAD + CLAIM.replace("S.", "S" * 2001), f'{LONG_STATEMENT}, got "{"S" * 60}…"'),
        (HEAD + CLAIM.replace("S.", "\\u0000\\u001b]0;x\\u0007" * 400), f'{LONG_STATEMENT}, got "{VISIBLE}…"'),
        (
            HEAD + CLAIM + f"topics = {['x'] * 51}\n",
            "line 11, claim c, topics: list should have at most 50 items after validation, not 51",
        ),
        (ID % ("x" * 101), f'source.id: string should have at most 100 characters, got "{"x" * 60}…"'),
        (ID % "x\\n", 'source.id: should be an id of small letters, digits and single hyphens, got "x\\n"'),
    ],
    ids=range(14),
)
def test_values(add: Add, text: str, fault: str) -> None:
    """A value that no database or no reader could bear is named with its place and what should be there."""
    assert add(text) == bad(fault)


def test_a_partner_that_nobody_declares(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A partner that neither the database nor the file knows is named with the claim and its line."""
    before = sha256(mine)
    (tmp_path / "b.toml").write_text(RATE.replace("asean", "efta") % 1)
    fault = 'line 11, claim c: the partner "efta" is not known, and no [[partner]] has that id'
    assert here("add", tmp_path / "b.toml") == Ran(3, "", f"gz: southland-2025-06-10: {bad(fault)}")
    assert sha256(mine) == before


def test_thousands_of_faults(add: Add) -> None:
    """Of thousands of faults all are counted, and the first thousand printed."""
    printed = add(HEAD + CLAIM + "".join(f"k{at} = 1\n" for at in range(3000))).splitlines()

    assert printed[0] == "3000 things are wrong; nothing was added"
    assert len(printed) == 1002
    assert printed[1].startswith("    line 11, claim c, k0: is not a key of a briefing")
    assert printed[-1] == "    and 2000 more"


# 39. Work that grows with the size ---------------------------------------------------------------------------


SHAPES: dict[str, Callable[[int], str]] = {
    "escapes": lambda size: 'a = "' + '\\"' * size,
    "quotes": lambda size: "\"' " * size,
    "blanks within a key": lambda size: "a" + " " * size + ".b = 1",
    "digits": lambda size: "a = 1." + "1_" * size,
    "claims": lambda size: "[[claim]]\n" * size,
    "unknown keys": lambda size: "[source]\n" + "".join(f"k{at} = 1\n" for at in range(size)),
    "tables": lambda size: "".join(f"[k{at}]\n" for at in range(size)),
    "a long statement": lambda size: HEAD + CLAIM.replace("S.", "x" * size),
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

PARTS = st.sampled_from(
    [
        *"[ ] [[ ]] { } = , . \" ' \\ # - + _ 0 1 1.5 1e9 0x true nan inf 2025-06-10 10:00:00".split(),
        *"source speaker partner passage claim id name role organization aliases number sha256 first_words".split(),
        *"last_words statement paragraph topics keywords trade base measure annual_growth_pct years period".split(),
        *"position detail action policy asean quote said_in figure what value unit change drafted evidence".split(),
        *("\n", " ", "\r", "\t", "\0", "\x1b", "东", "\u202e", '"x"', "'x'", '"""', "'''"),
    ]
)


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Path:
    """Return a home with a database in it, for tests that leave it as it is."""
    return home_in(tmp_path_factory.mktemp("quiet"), seeded)


PIECES = st.lists(PARTS, max_size=40).map("".join)
DAMAGED = st.builds(
    lambda at, length, parts: SOUTH[:at] + "".join(parts) + SOUTH[at + length :],
    st.integers(0, len(SOUTH)),
    st.integers(0, 12),
    st.lists(PARTS, max_size=4),
)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | (st.text(max_size=60) | PIECES | DAMAGED).map(str.encode))
@example(data=b"\xef\xbb\xbf")
@example(data=b"\xef\xbb")
def test_anything(quiet_home: Path, data: bytes) -> None:
    """Any bytes, pieces of TOML in any order, and a briefing with any part replaced are refused with 3, or tried."""
    path = quiet_home / "given.toml"
    path.write_bytes(data)
    database = quiet_home / ".local" / "share" / "guizhou-cli" / "facts.db"
    before = sha256(database)
    ran = run_inside(quiet_home, "add", path, "--dry-run")
    assert ran.out == ""
    if ran.status == 0:
        assert "gz: would add " in ran.err
    else:
        assert ran.status == 3
        assert ran.err.startswith(f"gz: {path}") or " wrong; nothing was added\n" in ran.err
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.err) is None
    assert sha256(database) == before


# 30, 31. All or nothing --------------------------------------------------------------------------------------


def test_the_last_of_250_claims_is_bad(add: Add, here: Gz, mine: Path, tmp_path: Path) -> None:
    """A fault in the 250th claim, or one that shows only against the database, adds none of the claims before it."""
    text = small("many", 250)
    line = text[: text.index('id = "claim-249"')].count("\n")
    assert add(text.replace('paragraph = 6\nkeywords = ["keyword 249"]', 'paragraph = "6"')) == bad(
        f'line {line}, claim claim-249, paragraph: should be a valid integer, got "6"'
    )
    text += '[[speaker]]\nid = "li-bingjun"\nname = "Somebody Else"\nrole = "R"\norganization = "O"\n'
    (tmp_path / "known.toml").write_text(text)
    before = content(mine)
    fault = bad('speaker li-bingjun: is known as "Li Bingjun"')
    assert here("add", tmp_path / "known.toml").err == f"gz: many: {fault}"
    assert content(mine) == before


def test_the_same_file_at_once(home: Path, mine: Path, tmp_path: Path) -> None:
    """Of ten who add the same file in the same moment one succeeds, and nine read that it is there."""
    (tmp_path / "south.toml").write_text(SOUTH)
    running = [
        subprocess.Popen(
            [*PROGRAM, "add", str(tmp_path / "south.toml")],
            stderr=subprocess.PIPE,
            env=clean_environment(home),
            cwd=home,
            text=True,
        )
        for _ in range(10)
    ]
    printed = sorted((process.communicate(timeout=120)[1], process.returncode) for process in running)

    added = ("gz: added southland-2025-06-10: 4 claims, 3 paragraphs, 2 speakers\n", 0)
    there = ("gz: southland-2025-06-10 is there already\n    --replace puts this one in its place\n", 3)
    assert printed == [added, *[there] * 9]
    assert_sound(mine)
    assert run_inside(home, "claims", "--source", "southland-2025-06-10", "--json").rows[3]["speaker"] == "Ines Roth"


def test_the_same_file_once_more(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A file added twice is refused the second time; with --replace the database content is the same as once."""
    (tmp_path / "south.toml").write_text(SOUTH)
    assert here("add", tmp_path / "south.toml").status == 0
    once, before = content(mine), sha256(mine)
    assert here("add", tmp_path / "south.toml").status == 3
    assert sha256(mine) == before
    assert here("add", tmp_path / "south.toml", "--replace").status == 0
    assert content(mine) == once


# 32, 39, 46. Reports -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "printed"),
    [
        (None, "can't be read: No such file or directory"),
        (b"", "holds no text"),
        ("\u200b\u2060 \u00a0\n\n\ufeff".encode(), "holds no text"),
        (b"\x7fELF\0\xff", "is not UTF-8 text"),
        (b"a\0b", "is not a text file"),
        (b"x" * 50_000_000, "is over 500 kB"),
    ],
    ids=["missing", "empty", "invisible", "binary", "nul", "large"],
)
@pytest.mark.parametrize("command", ["add", "verify"])
def test_a_report_that_is_none(
    here: Gz, mine: Path, tmp_path: Path, command: str, data: bytes | None, printed: str
) -> None:
    """A report that is not there, is no text or is too large is named, and nothing is added."""
    report = tmp_path / "report.txt"
    if data is not None:
        report.write_bytes(data)
    (tmp_path / "b.toml").write_text(BRIEFING)
    before = sha256(mine)
    line = ["add", tmp_path / "b.toml", "--article", report] if command == "add" else ["verify", report]
    ran = here(*line)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {report} {printed}")
    assert sha256(mine) == before


LARGE: dict[str, str] = {
    "one word": "hydrogen " + "a" * 490_000,
    "hyphens": "hydrogen a" + "-" * 400_000 + "b c Ada Lund",
    "hyphenated": "a-" * 200_000 + " hydrogen Ada Lund",
    "commas": "hydrogen 12.5 percent ASEAN Ada Lund " + "," * 200_000 + " x",
    "paragraphs": "".join(f"hydrogen p{at} w{at}\n\n" for at in range(16_000)),
    "digits": "hydrogen " + "1" * 400_000,
    "quotes": "hydrogen " + '"' * 400_000,
    "sentences": "hydrogen said Lund. " * 20_000,
}


@pytest.mark.parametrize("shape", LARGE)
def test_a_report_of_any_shape(here: Gz, mine: Path, tmp_path: Path, shape: str) -> None:
    """A report of 500 kB in any shape is read, its claims are checked, and a copy of it is verified."""
    (tmp_path / "report.txt").write_text(f"Head line\n\n{LARGE[shape]}\n")
    claim = CLAIM.replace("paragraph = 1", 'paragraph = 1\nkeywords = ["hydrogen"]')
    growth = 'trade = { partner = "asean", annual_growth_pct = 12.5, years = 3, period = "past three years" }\n'
    (tmp_path / "b.toml").write_text(HEAD + claim + (growth if shape == "commas" else ""))
    assert here("add", tmp_path / "b.toml", "--article", tmp_path / "report.txt").status == 0
    assert here("verify", tmp_path / "report.txt", "--source", "southland-2025-06-10", "-f", "csv").status == 0
    assert_sound(mine)


def test_a_copy_that_reads_otherwise_than_it_says(here: Gz, mine: Path, tmp_path: Path) -> None:
    """A report with characters that reverse the direction of text is neither added nor verified without a word."""
    (tmp_path / "b.toml").write_text(BRIEFING)
    (tmp_path / "report.txt").write_text(REPORT)
    steered = tmp_path / "steered.txt"
    for shown in ("\u202a12.5\u202c percent", "\u202e5.21\u202c percent"):
        steered.write_text(REPORT.replace("12.5 percent", shown), encoding="utf-8")
        ran = here("add", tmp_path / "b.toml", "--article", steered, "--replace", "--dry-run")
        assert "the report has characters that reverse the direction of text" in ran.err
        assert here("add", tmp_path / "b.toml", "--article", tmp_path / "report.txt", "--replace").status == 0
        ran = here("verify", steered, "--json")
        assert ran.status == 1
        assert 3 in [row["paragraph"] for row in ran.rows if row["status"] == "changed"]
    assert mine.exists()


# 33. Texts that are more than text ---------------------------------------------------------------------------

STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


@pytest.fixture(scope="module")
def nasty_home(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Path:
    """Return a home where every text of an added briefing is one that something might take for more than text."""
    folder = home_in(tmp_path_factory.mktemp("nasty"), seeded)
    people = [{"id": f"s-{at}", "name": text, "role": text, "organization": text} for at, text in enumerate(NASTY)]
    partners = [  # no two partners share a name
        {"id": f"p-{at}", "name": f"{text} p{at}", "aliases": [f"p{at} {text}"]} for at, text in enumerate(NASTY)
    ]
    kinds: dict[str, Callable[[int, str], dict[str, Any]]] = {
        "trade": lambda at, text: {"partner": f"p-{at}", "annual_growth_pct": at, "period": text},
        "base": lambda at, text: {"position": at + 1, "name": text, "detail": text},
        "measure": lambda _, text: {"action": text, "policy": text},
    }
    claims = [
        {"id": f"c-{at}-{kind}", "statement": text, "quote": text, "paragraph": at, "speaker": f"s-{at}"}
        | {"topics": [text], "keywords": [text], kind: columns(at, text)}
        for at, text in enumerate(NASTY)
        for kind, columns in kinds.items()
    ]
    source = {"id": "nasty", **dict.fromkeys(("title", "publisher", "event", "place"), "".join(NASTY)[:500])}
    source |= {"published": "2025-01-01", "event_date": "2025-01-01"}
    source |= {"url": "https://example.org/\x1b]8;;\x07\u202e'--", "subject": NASTY[6]}
    passages = [{"number": at, "sha256": "0" * 64, "first_words": text} for at, text in enumerate(NASTY)]
    briefing = {"source": source, "speaker": people, "partner": partners, "passage": passages, "claim": claims}
    (folder / "nasty.toml").write_text(toml(briefing), encoding="utf-8")
    added = run_inside(folder, "add", folder / "nasty.toml")
    assert added.status == 0, added.err
    assert_sound(folder / ".local" / "share" / "guizhou-cli" / "facts.db")
    return folder


COMMANDS = [
    ["bases"], ["trade"], ["measures"], ["figures"], ["speakers"], ["claims"], ["topics"], ["sources"],
    ["who-said", "drop table claim"], ["show", "nasty:c-6-trade"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown", "svg", "html"])
def test_any_text_is_shown_as_text(nasty_home: Path, command: list[str], form: str) -> None:
    """SQL, markup, control characters, right-to-left text and emoji are shown as text by every command and format."""
    ran = run_inside(nasty_home, *command, "-f", form)

    assert ran.status == 0
    assert STEERING.search(ran.out) is None
    if form in {"svg", "html"}:
        assert "<script" not in ran.out


def test_any_text_is_stored_as_it_is(nasty_home: Path) -> None:
    """Every text comes back from the database as it was given, character for character."""
    of = ("--source", "nasty", "--json")
    bases = run_inside(nasty_home, "bases", *of).rows
    assert [(row["base"], row["detail"], row["speaker"], row["role"]) for row in bases] == [
        (text,) * 4 for text in NASTY
    ]
    claims = run_inside(nasty_home, "claims", *of).rows
    assert [row["statement"] for row in claims] == [text for text in NASTY for _ in range(3)]
    trade = run_inside(nasty_home, "trade", *of).rows
    assert [(row["partner_name"], row["period"]) for row in trade] == [
        (f"{text} p{at}", text) for at, text in enumerate(NASTY)
    ]


def test_any_text_is_found(nasty_home: Path) -> None:
    """Every text that has a word in it is found by itself, as a phrase, a partner, a topic and a speaker."""
    for at, text in enumerate(NASTY):
        if not set(tokens(text)) - {"a"} or "\0" in text:
            continue
        found = run_inside(nasty_home, "who-said", text, "--source", "nasty", "--limit", "200", "--json")
        assert f"nasty:c-{at}-base" in [row["claim"] for row in found.rows], text
        partner = run_inside(nasty_home, "trade", "--partner", f"{text} P{at}", "--json")
        assert f"nasty:c-{at}-trade" in [row["claim"] for row in partner.rows], text
        speaker = run_inside(nasty_home, "claims", "--speaker", text, "--json")
        assert f"nasty:c-{at}-measure" in [row["claim"] for row in speaker.rows], text
        topic = run_inside(nasty_home, "claims", "--topic", text, "--json")
        assert f"nasty:c-{at}-measure" in [row["claim"] for row in topic.rows], text


def test_the_shipped_facts_are_as_they_were(nasty_home: Path, inside: Gz) -> None:
    """None of those texts has changed what the shipped briefing says."""
    for command in ("bases", "trade", "measures", "speakers", "claims"):
        of = (command, "--source", SHIPPED, "--json")
        assert run_inside(nasty_home, *of) == inside(*of)
