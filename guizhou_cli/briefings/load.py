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

Ids = Mapping[str, list[str | int | None]]
"""Of each kind, what its tables have for their key."""

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
    ids = {kind: _given(data, kind, key) for kind, key in _KEYS.items()}
    lines = _lines(text, ids)
    if faults := [*faults, *_reference_faults(data, ids)]:
        raise BriefingProblem(name, [f"{_place(ids, lines, loc)}: {fault}" for loc, fault in faults])
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


def _given(data: Mapping[str, object], kind: str, key: str) -> list[str | int | None]:
    """Return what each table of a kind has for a key, whatever TOML gave: None for what is no text and no number."""
    tables = data.get(kind)
    values = [
        table.get(key) if isinstance(table, dict) else None for table in (tables if isinstance(tables, list) else ())
    ]
    return [value if isinstance(value, str | int) else None for value in values]


def _lines(text: str, ids: Ids) -> dict[str, list[int]]:
    """Return the lines of the tables of each kind, but of none where it is uncertain which line is whose."""
    lines: dict[str, list[int]] = {kind: [] for kind in ids}
    line, end = 1, 0
    for header in re.finditer(r"^[ \t]*+\[\[[ \t]*+(speaker|partner|passage|claim)\b", text, re.MULTILINE):
        line, end = line + text.count("\n", end, header.end()), header.end()
        lines[header[1]].append(line)
    return {kind: found for kind, found in lines.items() if len(found) == len(ids[kind])}


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


def _reference_faults(data: Mapping[str, object], ids: Ids) -> Iterator[tuple[Loc, str]]:
    """Yield what is there twice or refers to nothing, and where, along with pydantic's faults."""
    counts = {kind: Counter(given) for kind, given in ids.items()}
    for kind, given in ids.items():
        for at, id_ in enumerate(given):
            if id_ is not None and counts[kind][id_] > 1:
                yield (kind, at, _KEYS[kind]), f"{_shown(id_)} is there twice"
    for key, kind in (("speaker", "speaker"), ("paragraph", "passage")):
        for at, id_ in enumerate(_given(data, "claim", key)):
            if id_ is not None and id_ not in counts[kind] and (kind == "speaker" or ids[kind]):
                yield ("claim", at, key), f"no [[{kind}]] has the {_KEYS[kind]} {_shown(id_)}"


def _place(ids: Ids, lines: Mapping[str, list[int]], loc: Loc) -> str:
    """Return where a fault is: "line 12, claim tunnel, trade.years"."""
    kind, rest, joint = str(loc[0]), list(loc[1:]), "."
    place = _cut(kind)
    if rest and isinstance(rest[0], int):
        at, joint = int(rest.pop(0)), ", "
        id_ = _shown(ids[kind][at]).strip('"')
        place += f" {id_}" if ids[kind][at] is not None and re.fullmatch(r"[\w-]+", id_) else f"[{at}]"
        place = f"line {lines[kind][at]}, {place}" if kind in lines else place
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
