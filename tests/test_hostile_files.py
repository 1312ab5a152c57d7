"""What people hand in: files that are no briefing, or one made to do harm, are told as such, quickly and harmlessly."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from briefings import NASTY, SHIPPED, SOUTH, assert_sound, content, sha256, small, toml
from conftest import PROGRAM, Gz, Ran, clean_environment, cpu_seconds, run_inside
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from guizhou_cli import briefing
from guizhou_cli.errors import BriefingProblem
from guizhou_cli.spelling import words

SECONDS = 20.0
"""What may take a second, on a machine that others use too."""

HEAD = SOUTH[: SOUTH.index("[[speaker]]")]
CLAIM = '[[claim]]\nid = "c"\nstatement = "S."\nparagraph = 1\n'


def bad(*faults: str) -> str:
    """Return what is told of a file with these faults, without its name."""
    count = "one thing is wrong with it" if len(faults) == 1 else f"{len(faults)} things are wrong with it"
    return f"{count}; nothing was added\n" + "".join(f"    {fault}\n" for fault in faults)


@pytest.fixture
def add(here: Gz, mine: Path, tmp_path: Path) -> Callable[..., str]:
    """Return a function that adds a file, sees it refused in time and without harm, and returns what was told."""
    return refusing(here, mine, tmp_path)


@pytest.fixture
def add_by_process(gz: Gz, mine: Path, tmp_path: Path) -> Callable[..., str]:
    """Return the same as `add`, but through the real program, for files that might make it hang or crash."""
    return refusing(gz, mine, tmp_path)


def refusing(run: Gz, mine: Path, tmp_path: Path) -> Callable[..., str]:
    """Return what `add` returns."""
    before = sha256(mine)

    def refused(given: bytes | str | Path, seconds: float = SECONDS) -> str:
        path = given if isinstance(given, Path) else tmp_path / "given.toml"
        if not isinstance(given, Path):
            path.write_bytes(given.encode() if isinstance(given, str) else given)
        begun = cpu_seconds()
        ran = run("add", path)
        assert cpu_seconds() - begun < seconds
        assert (ran.status, ran.out) == (3, "")
        assert ran.err.startswith(f"gz: {path}")
        assert "Traceback" not in ran.err
        assert sha256(mine) == before
        assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]
        return ran.err.removeprefix(f"gz: {path}").removeprefix(": ").removeprefix(" ")

    return refused


# 29. Files that are no TOML, or too much of it --------------------------------------------------------------

LONG_KEY = bad("line 1: a key of no more than 16 parts is expected")
MANY = 20_000


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = " + "[" * 100_000, bad("it is nested too deeply to be a briefing")),
        ("[" * 100_000, bad("it is not TOML: invalid initial character for a key part (at line 1, column 3)")),
        ("a = " + "[" * 100_000 + "]" * 100_000, bad("it is nested too deeply to be a briefing")),
        ("a = " + "{a = " * 100_000, bad("it is nested too deeply to be a briefing")),
        (".".join(["a"] * MANY) + " = 1", LONG_KEY),
        (" . ".join(['"a"'] * MANY) + " = 1", LONG_KEY),
        (".".join(["'a'"] * MANY) + " = 1", LONG_KEY),
        (".".join(['"\\""'] * MANY) + " = 1", LONG_KEY),
        (".".join(['""'] * MANY) + " = 1", LONG_KEY),
        ("a = { " + ".".join(["a"] * MANY) + " = 1 }", LONG_KEY),
        ("a = [{ " + ".".join(["a"] * MANY) + " = 1 }]", LONG_KEY),
        ("[" + ".".join(["a"] * MANY) + "]", LONG_KEY),
        ("[[" + ".".join(["a"] * MANY) + "]]", LONG_KEY),
        ("\n\n" + ".".join(["a"] * 17) + " = 1", LONG_KEY.replace("line 1", "line 3")),
        ("a = " + "1" * 5000, bad("line 1: a number of fewer digits is expected")),
        ("\n[[claim]]" * 900_000, bad("no more than 200000 tables are expected")),
        ("\na = " + "1_" * 5000 + "1", bad("line 2: a number of fewer digits is expected")),
    ],
    ids=lambda given: None if "wrong with it" in given else f"{given[:9]!r} {len(given)}",
)
def test_too_deep_too_long(add_by_process: Callable[..., str], text: str, told: str) -> None:
    """Brackets by the thousand, keys of thousands of parts and numbers of thousands of digits are told at once."""
    assert add_by_process(text) == told


def test_too_large(add: Callable[..., str]) -> None:
    """A file of over ten megabytes is refused unread, and one of just as many is not refused for its size."""
    assert add(b"#" * 10_000_001) == "is over 10 MB\n    a briefing is far smaller; split it\n"
    assert add(b"#" * 10_000_000) == bad("source: it is missing", "claim: it is missing")


def test_endless(home: Path, mine: Path) -> None:
    """A stdin that never ends is refused like a file that is too large."""
    before = sha256(mine)
    with Path("/dev/zero").open("rb") as zeros:
        begun = cpu_seconds()
        ran = subprocess.run(
            [*PROGRAM, "add", "-"], stdin=zeros, capture_output=True, check=False, cwd=home, env=clean_environment(home)
        )
    assert cpu_seconds() - begun < SECONDS
    assert (ran.returncode, ran.stdout) == (3, b"")
    assert ran.stderr == b"gz: stdin is over 10 MB\n    a briefing is far smaller; split it\n"
    assert sha256(mine) == before


@pytest.mark.parametrize("kind", ["FIFO", "folder", "device", "link to a FIFO"])
def test_what_is_no_file(add_by_process: Callable[..., str], tmp_path: Path, kind: str) -> None:
    """A FIFO nobody writes to, a folder or a device is refused at once instead of waited for."""
    path = tmp_path / "given"
    match kind:
        case "FIFO":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "device":
            path.symlink_to("/dev/zero")
        case _:
            os.mkfifo(tmp_path / "fifo")
            path.symlink_to("fifo")
    assert add_by_process(path) == "is not a file\n    name a file, or - for stdin\n"


def test_file_that_may_not_be_read(ordinary: Gz, mine: Path, tmp_path: Path) -> None:
    """A file without permission to read it is told as such."""
    path = tmp_path / "given.toml"
    path.write_text(SOUTH)
    path.chmod(0)
    assert mine.exists()
    assert ordinary("add", path) == Ran(3, "", f"gz: {path} can't be read: Permission denied\n")


def test_name_that_is_no_text(gz: Gz, mine: Path, home: Path) -> None:
    """A file whose name is no text is found, and its name is written out where something is wrong with it."""
    (home / os.fsdecode(b"\xff\x1b.toml")).write_text(HEAD)
    assert mine.exists()
    assert gz("add", b"\xff\x1b.toml").err == "gz: \\udcff\\x1b.toml: " + bad("claim: it is missing")


NOT_TOML = "it is not TOML: "


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff\xfe[\0s\0", "is not UTF-8: byte 0 is 0xff\n"),
        (b'a = "caf\xe9"', "is not UTF-8: byte 8 is 0xe9\n"),
        (b'a = "\xed\xa0\x80"', "is not UTF-8: byte 5 is 0xed\n"),
        (
            b"\xef\xbb\xbf" + SOUTH.encode(),
            "begins with a byte order mark\n    save it as UTF-8 without one, as TOML asks for\n",
        ),
        (b"a = 1\0", bad(NOT_TOML + "expected newline or end of document after a statement (at line 1, column 6)")),
        (b'a = "\x1b"', bad(NOT_TOML + "illegal character '\\x1b' (at line 1, column 6)")),
        (b"\x7fELF\x02\x01\x01\0", bad(NOT_TOML + "invalid statement (at line 1, column 1)")),
        (b"", bad("source: it is missing", "claim: it is missing")),
        (b"\n\n# nothing\n", bad("source: it is missing", "claim: it is missing")),
    ],
    ids=["utf-16", "latin-1", "surrogate", "bom", "nul", "escape", "binary", "empty", "comment"],
)
def test_what_is_no_text_of_toml(add: Callable[..., str], data: bytes, told: str) -> None:
    """What is not UTF-8, has a byte order mark, is binary or says nothing is told as what it is."""
    assert add(data) == told


# 29. Values ------------------------------------------------------------------------------------------------

RATE = HEAD + CLAIM + 'trade = { partner = "asean", annual_growth_pct = %s }\n'
PARAGRAPH = HEAD + CLAIM.replace("paragraph = 1", "paragraph = %s")
ID = HEAD.replace("southland-2025-06-10", "%s") + CLAIM
HUGE = "0x" + "f" * 6000
OTHER_KEY = "it is not a key of a briefing; those are "
KEYS = "id, statement, paragraph, speaker, topics, keywords, trade, base, measure"
A_RATE = "claim[0].trade.annual_growth_pct: a number is expected"
AT_MOST = "a number of no more than 100000 is expected"
WHOLE = "claim[0].paragraph: a whole number is expected"
LONG_STATEMENT = "claim[0].statement: a text of no more than 2000 characters is expected"
VISIBLE = "\\x00\\x1b]0;x\\x07" * 8 + "\\x00\\x1b]0"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (RATE % "nan", f"{A_RATE}, got nan"),
        (RATE % "-inf", f"{A_RATE}, got -inf"),
        (RATE % "1e400", f"{A_RATE}, got inf"),
        (RATE % HUGE, f"{A_RATE}, got a huge one"),
        (RATE % 2**64, f"claim[0].trade.annual_growth_pct: {AT_MOST}, got {2**64}"),
        (PARAGRAPH % "nan", f"{WHOLE}, got nan"),
        (PARAGRAPH % "inf", f"{WHOLE}, got inf"),
        (PARAGRAPH % "true", f"{WHOLE}, got true"),
        (PARAGRAPH % 2**63, f"claim[0].paragraph: {AT_MOST}, got {2**63}"),
        (PARAGRAPH % -(2**63), f"claim[0].paragraph: a number of at least 0 is expected, got {-(2**63)}"),
        (PARAGRAPH % HUGE, f"claim[0].paragraph: {AT_MOST}, got a huge one"),
        (HEAD + CLAIM + "page = 1\n", f"claim[0].page: {OTHER_KEY}{KEYS}"),
        (HEAD + CLAIM + f"{'k' * 10_000} = 1\n", f"claim[0].{'k' * 60}…: {OTHER_KEY}{KEYS}"),
        (HEAD + CLAIM + '"\\u001b[2J\\u202e" = 1\n', f"claim[0].\\x1b[2J\\u202e: {OTHER_KEY}{KEYS}"),
        (HEAD + CLAIM + CLAIM, 'claim[1].id: "c" is there already, at claim[0]'),
        (HEAD + CLAIM + 'speaker = "x"\n', 'claim[0].speaker: no [[speaker]] has the id "x"'),
        (
            HEAD + CLAIM + f'[[passage]]\nnumber = 2\nsha256 = "{"a" * 64}"\n',
            "claim[0].paragraph: no [[passage]] has the number 1",
        ),
        (
            RATE.replace("asean", "efta") % 1,
            'claim[0].trade.partner: "efta" is not known, and no [[partner]] has that id',
        ),
        (HEAD + CLAIM.replace("S.", "S" * 2001), f'{LONG_STATEMENT}, got "{"S" * 60}…"'),
        (HEAD + CLAIM.replace("S.", "\\u0000\\u001b]0;x\\u0007" * 400), f'{LONG_STATEMENT}, got "{VISIBLE}…"'),
        (
            HEAD + CLAIM + f"topics = {['x'] * 51}\n",
            "claim[0].topics: a list of no more than 50 is expected, got a longer one",
        ),
        (ID % ("x" * 101), f'source.id: a text of no more than 100 characters is expected, got "{"x" * 60}…"'),
        (ID % "x\\n", 'source.id: an id of small letters, digits and single hyphens is expected, got "x\\n"'),
    ],
    ids=range(23),
)
def test_values(add: Callable[..., str], text: str, fault: str) -> None:
    """A value that no database or no reader could bear is told with where it stands and what is expected."""
    assert add(text) == bad(fault)


def test_thousands_of_faults(add: Callable[..., str]) -> None:
    """Of thousands of faults all are counted, and the first thousand told."""
    told = add(HEAD + CLAIM + "".join(f"k{at} = 1\n" for at in range(3000))).splitlines()

    assert told[0] == "3000 things are wrong with it; nothing was added"
    assert len(told) == 1002
    assert told[1].startswith("    claim[0].k0: it is not a key of a briefing")
    assert told[-1] == "    and 2000 more"


LARGE = 300_000


@pytest.mark.parametrize(
    "text",
    [
        'a = "' + '\\"' * (LARGE // 2),
        "a = " + '\\"' * (LARGE // 2),
        'a = """' + '\\"' * (LARGE // 2),
        '"' * LARGE,
        "'" * LARGE,
        "a = '" + '"' * LARGE,
        "\"' " * (LARGE // 3),
        'a = "' + '""x' * (LARGE // 3),
        "a" + " " * LARGE + ".b = 1",
        ("a." * 15 + "a\n") * (LARGE // 32),
        "a = 1." + "1_" * (LARGE // 2),
        "[[claim]]\n" * (LARGE // 10),
        "claim = [" + "{}, " * (LARGE // 4) + "]",
        "claim = [" + "1," * (LARGE // 2) + "]",
        "speaker = [" + "[]," * (LARGE // 3) + "]",
        "".join(f"k{at} = 1\n" for at in range(LARGE // 10)),
        "[source]\n" + "".join(f"k{at} = 1\n" for at in range(LARGE // 10)),
        "".join(f"[k{at}]\n" for at in range(LARGE // 8)),
        "a" * LARGE + " = 1",
        '"' + "\\u001b" * (LARGE // 6) + '" = 1',
        HEAD + CLAIM.replace("S.", "x" * LARGE),
        HEAD + CLAIM + f"keywords = {['x'] * (LARGE // 5)}",
        "\n" * LARGE,
        "#\n" * (LARGE // 2),
        "\r" * LARGE,
    ],
    ids=range(25),
)
def test_nothing_takes_time_in_the_square_of_its_length(add: Callable[..., str], text: str) -> None:
    """Whatever is repeated a hundred thousand times over, it is refused in a few seconds."""
    add(text, 4 * SECONDS)


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "a = 1\n",
        'a = "x.y" # "\n',
        "a = 'x\\'\n",
        'a = "\\\\"\n',
        'a = """x"""\n',
        'a = """x\n"y""\\""z"""""\n',
        "a = '''x\n'y'' # '''''\n",
        'a = ["""x"""", "y", \'z\']\n',
        'a = ""\n',
        "a = ''\n",
        'a = { b = "{", c = """"""}\n',
        "a = 1979-05-27T07:32:00.999\n",
        "# \"\"\" '''\n",
    ],
)
def test_long_key_is_found_behind_anything(prefix: str) -> None:
    """A key of too many parts is found behind strings of every kind, whatever quotes are in them."""
    tomllib.loads(prefix)
    line = prefix.count("\n") + 1
    with pytest.raises(BriefingProblem) as problem:
        briefing.parse(prefix + ".".join(["b"] * 17) + " = 1", "x")
    assert problem.value.faults == [f"line {line}: a key of no more than 16 parts is expected"]


QUOTES = st.text("\"'\\\n. a#=", max_size=20)


@settings(deadline=None, max_examples=500)
@given(a=QUOTES, b=QUOTES, quote=st.sampled_from(['"', "'", '"""', "'''"]))
def test_long_key_is_found_behind_any_string(a: str, b: str, quote: str) -> None:
    """A key of too many parts is found behind any strings that are TOML."""
    prefix = f"x = [{quote}{a}{quote}, {quote}{b}{quote}]\n"
    try:
        tomllib.loads(prefix)
    except tomllib.TOMLDecodeError:
        assume(condition=False)
    with pytest.raises(BriefingProblem, match="one thing") as problem:
        briefing.parse(prefix + ".".join(["b"] * 17) + " = 1", "x")
    assert "a key of no more than 16 parts" in problem.value.faults[0]


def test_text_with_many_dots_is_no_key(here: Gz, mine: Path, tmp_path: Path) -> None:
    """Dots within a text, in a string of any kind or in a comment, are no parts of a key."""
    dots = ".".join("abcdefghijklmnopqrstuvwxyz")
    text = SOUTH.replace("Night trains are", f"{dots} are").replace("/tunnel", f"/{dots}").replace("Harbour", dots)
    text += f"statement = '''\n{dots} \"{dots}'''\nid = 'x' # {dots}\nparagraph = 1\n".join(["[[claim]]\n", ""])
    (tmp_path / "dots.toml").write_text(text)
    assert here("add", tmp_path / "dots.toml").status == 0
    assert_sound(mine)


def test_depth_up_to_the_limit() -> None:
    """Arrays and tables within one another are read or refused at any depth, without a traceback."""
    for depth in (10, 100, 300, 500, 900, 1000, 2000):
        for text in ("[" * depth + "]" * depth, "{a=" * depth + "1" + "}" * depth):
            for whole in (f"a = {text}", f"source = {text}", f"[[claim]]\ntopics = {text}"):
                with pytest.raises(BriefingProblem):
                    briefing.parse(whole, "x")


# Anything at all -------------------------------------------------------------------------------------------

PARTS = st.sampled_from(
    [
        *"[ ] [[ ]] { } = , . \" ' \\ # - + _ 0 1 1.5 1e9 0x true nan inf 2025-06-10 10:00:00".split(),
        *"source speaker partner passage claim id name role organization aliases number sha256 first_words".split(),
        *"last_words statement paragraph topics keywords trade base measure annual_growth_pct years period".split(),
        *"position detail action policy asean 2025-06-10T10:00:00Z".split(),
        *("\n", " ", "\r", "\t", "\0", "\x1b", "东", "\u202e", '"x"', "'x'", '"""', "'''"),
    ]
)


@pytest.fixture(scope="module")
def quiet_home(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Path:
    """Return a home with a database in it, for tests that leave it as it is."""
    folder = tmp_path_factory.mktemp("quiet")
    path = folder / ".local" / "share" / "guizhou-cli" / "facts.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(seeded.read_bytes())
    return folder


def assert_refused_or_tried(home: Path, data: bytes) -> None:
    """Assert that a file is refused for what is wrong with it, or would be added."""
    path = home / "given.toml"
    path.write_bytes(data)
    database = home / ".local" / "share" / "guizhou-cli" / "facts.db"
    before = sha256(database)
    ran = run_inside(home, "add", path, "--dry-run")
    assert ran.out == ""
    if ran.status != 0:
        assert ran.status == 3
        assert ran.err.startswith(f"gz: {path}") or " wrong with it; nothing was added\n" in ran.err
    else:
        assert ran.err.startswith("gz: would add ")
    assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.err) is None
    assert sha256(database) == before


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
@example(data=b"\xef\xbb\xbf")
@example(data=b"\xef\xbb")
def test_any_bytes(quiet_home: Path, data: bytes) -> None:
    """Any bytes at all are refused with status 3 and a line that says why."""
    assert_refused_or_tried(quiet_home, data)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(PARTS, max_size=40))
def test_any_pieces_of_toml(quiet_home: Path, parts: list[str]) -> None:
    """Pieces of TOML in any order are refused with status 3, or are a briefing."""
    assert_refused_or_tried(quiet_home, "".join(parts).encode())


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(SOUTH)), length=st.integers(0, 12), parts=st.lists(PARTS, max_size=4))
def test_any_damage_to_a_briefing(quiet_home: Path, at: int, length: int, parts: list[str]) -> None:
    """A briefing with any part of it replaced is refused with status 3, or still a briefing."""
    assert_refused_or_tried(quiet_home, (SOUTH[:at] + "".join(parts) + SOUTH[at + length :]).encode())


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
        st.dates(),
        st.times(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "x"]), inner, max_size=3),
    max_leaves=5,
)
TOLD = re.compile(
    r"[\w.\[\]]+: (.+ is expected, got .+|it is missing|it is not a key of a briefing.+|.+ is there already.+"
    r"|.+ is not known.+|no .+|one of .+)"
)


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_any_value_in_any_place(data: st.DataObject) -> None:
    """Any value that TOML knows, in the place of any part of a briefing, is taken or told in words of ours."""
    whole = tomllib.loads(SOUTH)
    place: Any = whole
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(VALUES)
            break
        place = place[key]
    faults = []
    try:
        briefing.parse(_written(whole), "x", {"asean"})
    except BriefingProblem as problem:
        faults = problem.faults
    assert [fault for fault in faults if not TOLD.fullmatch(fault)] == []


def _written(value: Any) -> str:
    """Return TOML in which every table is in a line of its own kind."""
    return "".join(f"{json.dumps(key)} = {_inline(part)}\n" for key, part in value.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_inline(part)}" for key, part in value.items()) + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(char):08x}" for char in value) + '"'
    return str(value).lower() if isinstance(value, bool | float) else str(value)


# 30, 31. All or nothing ------------------------------------------------------------------------------------


def test_last_of_250_claims_is_bad(add: Callable[..., str]) -> None:
    """A briefing whose 250th claim is bad adds none of the 249 before it."""
    text = small("many", 250)
    assert add(text.replace('paragraph = 6\nkeywords = ["keyword 249"]', 'paragraph = "6"')) == bad(
        'claim[249].paragraph: a whole number is expected, got "6"'
    )


def test_what_only_the_database_knows_is_wrong(add: Callable[..., str], mine: Path, gz: Gz, tmp_path: Path) -> None:
    """A fault that shows only against the database adds nothing either, however many claims come before it."""
    text = (
        small("many", 250) + '[[speaker]]\nid = "li-bingjun"\nname = "Somebody Else"\nrole = "R"\norganization = "O"\n'
    )
    (tmp_path / "known.toml").write_text(text)
    before = content(mine)
    assert gz("add", tmp_path / "known.toml").err == "gz: many: " + bad(
        'speaker[0].name: li-bingjun is known as "Li Bingjun"'
    )
    assert content(mine) == before
    assert add(text + CLAIM.replace("paragraph = 1", "")) == bad("claim[250].paragraph: it is missing")


def test_the_same_file_at_once(home: Path, mine: Path, tmp_path: Path) -> None:
    """Of ten who add the same file in the same moment one succeeds, nine are told that it is there, and it is whole."""
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
    told = sorted((process.communicate(timeout=120)[1], process.returncode) for process in running)

    added = ("gz: added southland-2025-06-10: 4 claims, 3 paragraphs, 2 speakers\n", 0)
    there = ("gz: southland-2025-06-10 is there already\n    --replace puts this one in its place\n", 3)
    assert told == [added, *[there] * 9]
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


# 33. Texts that are more than text -------------------------------------------------------------------------

STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]")


@pytest.fixture(scope="module")
def nasty_home(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Path:
    """Return a home where every text of an added briefing is one that something might take for more than text."""
    folder = tmp_path_factory.mktemp("nasty")
    path = folder / ".local" / "share" / "guizhou-cli" / "facts.db"
    path.parent.mkdir(parents=True)
    path.write_bytes(seeded.read_bytes())
    people = [{"id": f"s-{at}", "name": text, "role": text, "organization": text} for at, text in enumerate(NASTY)]
    # No two partners share a name, and what a claim says of another partner would contradict it.
    partners = [
        {"id": f"p-{at}", "name": f"{text} p{at}", "aliases": [f"p{at} {text}"]} for at, text in enumerate(NASTY)
    ]
    named = {"东盟", "一带一路 🚄"}
    kinds: dict[str, Callable[[int, str], dict[str, Any]]] = {
        "trade": lambda at, text: {"partner": f"p-{at}", "annual_growth_pct": at, "period": text},
        "base": lambda at, text: {"position": at + 1, "name": text, "detail": text},
        "measure": lambda _, text: {"action": text, "policy": text},
    }
    claims = [
        {
            "id": f"c-{at}-{kind}",
            "statement": "x" if kind == "trade" and text in named else text,
            "paragraph": at,
            "speaker": f"s-{at}",
            "topics": [text],
            "keywords": [text],
            kind: columns(at, text),
        }
        for at, text in enumerate(NASTY)
        for kind, columns in kinds.items()
    ]
    source = {"id": "nasty", **dict.fromkeys(("title", "publisher", "event", "place"), "".join(NASTY)[:500])}
    source |= {
        "published": "2025-01-01",
        "event_date": "2025-01-01",
        "url": "https://example.org/\x1b]8;;\x07\u202e'--",
    }
    passages = [{"number": at, "sha256": "0" * 64, "first_words": text} for at, text in enumerate(NASTY)]
    whole = {"source": source, "speaker": people, "partner": partners, "passage": passages, "claim": claims}
    (folder / "nasty.toml").write_text(toml(whole), encoding="utf-8")
    added = run_inside(folder, "add", folder / "nasty.toml")
    assert added.status == 0, added.err
    assert_sound(path)
    return folder


COMMANDS = [
    ["bases"], ["trade"], ["measures"], ["speakers"], ["claims"], ["topics"], ["sources"],
    ["who-said", "drop table claim"], ["show", "nasty:c-6-trade"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown", "svg", "html"])
def test_any_text_is_shown_as_text(nasty_home: Path, command: list[str], form: str) -> None:
    """SQL, markup, control characters, right-to-left text and emoji are shown as text by every command and format."""
    ran = run_inside(nasty_home, *command, "-f", form)

    assert (ran.status, ran.err) == (0, "")
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
    assert [row["statement"] for row in claims if "trade" not in row["claim"]] == [t for t in NASTY for _ in range(2)]
    trade = run_inside(nasty_home, "trade", *of).rows
    assert [(row["partner_name"], row["period"]) for row in trade] == [
        (f"{text} p{at}", text) for at, text in enumerate(NASTY)
    ]


SEARCHABLE = [at for at, text in enumerate(NASTY) if set(words(text)) - {"a"} and "\0" not in text]


@pytest.mark.parametrize("at", SEARCHABLE)
def test_any_text_is_found(nasty_home: Path, at: int) -> None:
    """Every text that has a word in it is found by itself, as a phrase, a partner, a topic and a speaker."""
    text = NASTY[at]
    found = run_inside(nasty_home, "who-said", text, "--source", "nasty", "--limit", "200", "--json")
    assert f"nasty:c-{at}-base" in [row["claim"] for row in found.rows]
    partner = run_inside(nasty_home, "trade", "--partner", f"{text} P{at}", "--json")
    assert f"nasty:c-{at}-trade" in [row["claim"] for row in partner.rows]
    speaker = run_inside(nasty_home, "claims", "--speaker", text, "--json")
    assert f"nasty:c-{at}-measure" in [row["claim"] for row in speaker.rows]
    topic = run_inside(nasty_home, "claims", "--topic", text, "--json")
    assert f"nasty:c-{at}-measure" in [row["claim"] for row in topic.rows]


def test_the_shipped_facts_are_as_they_were(nasty_home: Path, inside: Gz) -> None:
    """None of those texts has changed what the shipped briefing says."""
    for command in ("bases", "trade", "measures", "speakers", "claims"):
        of = (command, "--source", SHIPPED, "--json")
        assert run_inside(nasty_home, *of) == inside(*of)
