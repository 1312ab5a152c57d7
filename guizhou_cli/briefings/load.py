"""A TOML file as a briefing, and everything that is wrong with one, in words for a person."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from guizhou_cli import files
from guizhou_cli.briefings.model import PATTERNS, TABLES_AT_MOST, Briefing
from guizhou_cli.errors import BriefingProblem, FileProblem
from guizhou_cli.text import shortened, visible

BYTES_AT_MOST = 10_000_000
PARTS_AT_MOST = 1_000_000
"""Lines, values and tables of one file, counted by the characters that begin them: tomllib takes microseconds and a few
hundred bytes for each."""

DOTS_AT_MOST = 50_000_000
"""The sum of the squares of the dots in each line, for tomllib takes time in the square of a key's parts."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"^[ \t]*+\[{{0,2}}[ \t]*+{_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{16,}}+[ \t]*+[=\]]", re.MULTILINE)
"""A key of over 16 parts at the beginning of a line: as a header it costs tomllib time with each key below it."""

_KEYS = {"speaker": "id", "partner": "id", "passage": "number", "claim": "id"}
"""The key by which the tables of each kind differ."""

_BIGGEST_SHOWN = 10**30

Row = dict[str, object]
Loc = tuple[int | str, ...]


def load(file: str) -> Briefing:
    """Read a briefing from a file, or from stdin for `-`.

    Raises:
        FileProblem: if the file can't be read, is too large, or looks like a report.
        BriefingProblem: if it is not a briefing; it names all faults at once.

    """
    name = files.called(file)
    data = files.contents(file, BYTES_AT_MOST, "a briefing is far smaller; split it")
    if data.startswith(b"\xef\xbb\xbf"):
        raise FileProblem(f"{name} begins with a byte order mark", "save it as UTF-8 without one, as TOML asks for")
    try:
        return parse(data.decode("utf-8").replace("\r\n", "\n"), name)
    except UnicodeDecodeError as error:
        raise FileProblem(f"{name} is not UTF-8: byte {error.start} is {data[error.start]:#04x}") from error


def parse(text: str, name: str) -> Briefing:
    """Return the briefing that a TOML text describes; `name` is what to call the text in a message.

    Raises:
        FileProblem: if the text looks like a report.
        BriefingProblem: if it is not a briefing.

    """
    if fault := _too_much(text):
        raise BriefingProblem(name, [fault])
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise BriefingProblem(name, ["it is nested too deeply to be a briefing"]) from None
    except tomllib.TOMLDecodeError as error:
        if re.match(r"\s*+<", text) or not re.search(r"^[ \t]*+(?:\[|[\w-]++[ \t]*+=)", text, re.MULTILINE):
            hint = "if it is a report, gz draft REPORT > briefing.toml makes one of it; of a saved page, with --html"
            raise FileProblem(f"{name} is not a briefing in TOML", hint) from None
        raise BriefingProblem(name, [f"it is not TOML: {visible(str(error))}"]) from None
    except ValueError:  # Python reads no integer of thousands of digits
        raise BriefingProblem(name, ["a number should have fewer digits"]) from None
    faults = []
    try:
        briefing = Briefing.model_validate(data)
    except ValidationError as error:
        if error.error_count() > TABLES_AT_MOST:  # to list them would take a gigabyte
            raise BriefingProblem(name, ["almost nothing in it is part of a briefing"]) from None
        faults = [(detail["loc"], _in_words(detail)) for detail in error.errors(include_url=False)]
    tables = {kind: _tables(data, kind) for kind in _KEYS}
    lines = _lines(text, tables)
    if faults := [*faults, *_reference_faults(tables)]:
        raise BriefingProblem(name, [f"{_place(tables, lines, loc)}: {fault}" for loc, fault in faults])
    for claim, line in zip(briefing.claim, lines.get("claim", ()), strict=False):
        claim._line = line  # noqa: SLF001 - which only this function knows
    return briefing


def _too_much(text: str) -> str | None:
    """Return what in a text tomllib would take long to read."""
    if sum(map(text.count, "\n=,.[{\\")) > PARTS_AT_MOST:
        return f"it should have at most {PARTS_AT_MOST} lines, values and tables"
    if key := _LONG_KEY.search(text):
        return f"line {text.count(chr(10), 0, key.end()) + 1}: a key should have at most 16 parts"
    dots = [line.count(".") for line in text.split("\n")]
    if sum(count * count for count in dots) > DOTS_AT_MOST:
        return f"line {dots.index(max(dots)) + 1}: it should have fewer dots"
    return None


def _tables(data: Row, kind: str) -> list[Row]:
    """Return the tables of a kind, whatever TOML gave; an empty one for each that is something else."""
    given = data.get(kind)
    return [table if isinstance(table, dict) else {} for table in given] if isinstance(given, list) else []


def _lines(text: str, tables: Mapping[str, list[Row]]) -> dict[str, list[int]]:
    """Return the lines of the tables of each kind, but of none where it is uncertain which line is whose."""
    lines: dict[str, list[int]] = {kind: [] for kind in tables}
    line, end = 1, 0
    for header in re.finditer(r"^[ \t]*+\[\[[ \t]*+(speaker|partner|passage|claim)\b", text, re.MULTILINE):
        line, end = line + text.count("\n", end, header.end()), header.end()
        lines[header[1]].append(line)
    return {kind: found for kind, found in lines.items() if len(found) == len(tables[kind])}


# What is wrong, in words -------------------------------------------------------------------------------------

_OVERRIDES = {
    "missing": "is missing",
    "model_type": "should be a table",
    "extra_forbidden": "is not a key of a briefing",
}


def _in_words(detail: ErrorDetails) -> str:
    """Return what one of pydantic's errors says should be there, and what is."""
    kind, given = detail["type"], detail["input"]
    message = detail["msg"].removeprefix("Input ")
    message = _OVERRIDES.get(kind) or message[:1].lower() + message[1:]
    if kind == "string_pattern_mismatch":
        message = PATTERNS[detail["ctx"]["pattern"]]
    complete = kind in {"missing", "extra_forbidden", "too_long", "too_short", "claim", "passage"}
    return message if complete else f"{message}, got {_shown(given)}"


def _reference_faults(tables: Mapping[str, list[Row]]) -> Iterator[tuple[Loc, str]]:
    """Yield what is there twice or refers to nothing, and where.

    Reads what TOML gave, whatever its types, so that these faults are reported along with pydantic's.
    """
    counts = {kind: Counter(_known(table, key) for table in tables[kind]) for kind, key in _KEYS.items()}
    for kind, key in _KEYS.items():
        for at, table in enumerate(tables[kind]):
            given = _known(table, key)
            if given is not None and counts[kind][given] > 1:
                yield (kind, at, key), f"{_shown(given)} is there twice"
    for at, claim in enumerate(tables["claim"]):
        for key, kind in (("speaker", "speaker"), ("paragraph", "passage")):
            given = _known(claim, key)
            if given is not None and given not in counts[kind] and (kind == "speaker" or counts[kind]):
                yield ("claim", at, key), f"no [[{kind}]] has the {_KEYS[kind]} {_shown(given)}"


def _known(table: Row, key: str) -> str | int | None:
    given = table.get(key)
    return given if isinstance(given, str | int) else None


def _place(tables: Mapping[str, list[Row]], lines: Mapping[str, list[int]], loc: Loc) -> str:
    """Return where a fault is: "line 12, claim tunnel, trade.years"."""
    kind, rest, joint = str(loc[0]), list(loc[1:]), "."
    place = _cut(kind)
    if rest and isinstance(rest[0], int):
        at, joint = rest.pop(0), ", "
        id_ = _shown(_known(tables[kind][int(at)], _KEYS[kind])).strip('"')
        place += f" {id_}" if id_ != "none" and re.fullmatch(r"[\w-]+", id_) else f"[{at}]"
        place = f"line {lines[kind][int(at)]}, {place}" if kind in lines else place
    keys = "".join(f"[{part}]" if isinstance(part, int) else f".{_cut(part)}" for part in rest)
    return place + joint + keys.removeprefix(".") if keys else place


def _cut(key: str, most: int = 60) -> str:
    return visible(key if len(key) <= most else f"{key[:most]}…")


def _shown(given: object) -> str:
    """Return a value as a message shows it."""
    if isinstance(given, str):
        return shortened(given)
    if isinstance(given, dict | list):
        return "a table" if isinstance(given, dict) else "a list"
    if isinstance(given, int) and abs(given) >= _BIGGEST_SHOWN:  # Python writes no integer of thousands of digits
        return "a huge number"
    return visible(str(given).lower()[:60])
