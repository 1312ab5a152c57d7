"""A TOML file as a briefing, and everything that is wrong with one, in words for a person."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from guizhou_cli import files
from guizhou_cli.briefings.model import KEYS, TABLES_AT_MOST, Briefing
from guizhou_cli.errors import SHOWN_AT_MOST, BriefingProblem, FileProblem
from guizhou_cli.text import fold, shortened, visible

BYTES_AT_MOST = 10_000_000
PARTS_AT_MOST = 1_000_000
"""Lines, values and tables of one file, counted by the characters that begin them: tomllib takes microseconds and a few
hundred bytes for each."""

KEY_PARTS_AT_MOST = 16
"""Of a dotted key, for tomllib takes time in the square of it."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+')"""
_TOKEN = re.compile(  # possessive throughout: no character is tried twice
    r"#[^\n]*+"
    r"""|"{3}(?:[^"\\]|\\.|"(?!""))*+"{0,5}+"""
    r"""|'{3}(?:[^']|'(?!''))*+'{0,5}+"""
    r"|(?P<table>^[ \t]*+\[{1,2}+[ \t]*+)?+"
    rf"(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)"
    r"""|["'][^\n]*+""",
    re.DOTALL | re.MULTILINE,
)

Row = dict[str, object]
Loc = tuple[int | str, ...]


def load(file: str) -> Briefing:
    """Read a briefing from a file, or from stdin for `-`.

    Raises:
        FileProblem: if the file can't be read, is too large, or is a report or a web page instead.
        BriefingProblem: if it is not a briefing; it names all faults at once.

    """
    name = files.called(file)
    if re.match(r"https?://", file):
        raise FileProblem(f"{name} is an address", "save the page, and gz draft --html PAGE writes a briefing of it")
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
        FileProblem: if the text is a report or a web page.
        BriefingProblem: if it is not a briefing.

    """
    if sum(map(text.count, "\n=,.[{\\")) > PARTS_AT_MOST:
        raise BriefingProblem(name, [f"it should have at most {PARTS_AT_MOST} lines, values and tables"])
    lines = _lines(text, name)
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise BriefingProblem(name, ["it is nested too deeply to be a briefing"]) from None
    except tomllib.TOMLDecodeError as error:
        _refuse_report(text, name)
        raise BriefingProblem(name, [f"it is not TOML: {visible(_lower(str(error)))}"]) from None
    except ValueError:  # Python reads no integer of thousands of digits
        longest = max(re.finditer(r"[\d_]++", text), key=lambda match: match.end() - match.start())
        line = _line(text, longest.start())
        raise BriefingProblem(name, [f"line {line}: a number should have fewer digits"]) from None
    faults = []
    try:
        briefing = Briefing.model_validate(data)
    except ValidationError as error:
        if error.error_count() > TABLES_AT_MOST:  # to list them would take a gigabyte
            raise BriefingProblem(name, ["almost nothing in it is part of a briefing"]) from None
        details = error.errors(include_url=False)
        faults = [(detail["loc"], _in_words(detail)) for detail in details[:SHOWN_AT_MOST]]
        faults += [(detail["loc"], detail["type"]) for detail in details[SHOWN_AT_MOST:]]  # counted, and not shown
    if faults := [*faults, *_reference_faults(data)]:
        raise BriefingProblem(name, [f"{_place(data, lines, loc)}: {fault}" for loc, fault in faults])
    briefing._lines.update(  # noqa: SLF001 - which only this function knows
        (claim.id, line) for claim, line in zip(briefing.claim, lines.get("claim", []), strict=False)
    )
    return briefing


def _lines(text: str, name: str) -> dict[str, list[int]]:
    """Return the lines of the tables of each name, and refuse what tomllib would take long to read."""
    lines: dict[str, list[int]] = {}
    tables, line, end = 0, 1, 0
    for token in _TOKEN.finditer(text):
        key = token["key"]
        if key is None or (token["table"] is None and "." not in key):
            continue
        line, end = line + text.count("\n", end, token.end()), token.end()
        if key.count(".") >= KEY_PARTS_AT_MOST and len(re.findall(_PART, key)) > KEY_PARTS_AT_MOST:
            raise BriefingProblem(name, [f"line {line}: a key should have at most {KEY_PARTS_AT_MOST} parts"])
        if token["table"] is not None:
            tables += 1
            lines.setdefault(key, []).append(line)
    if tables > 2 * TABLES_AT_MOST:
        raise BriefingProblem(name, [f"it should have at most {2 * TABLES_AT_MOST} tables"])
    return lines


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _refuse_report(text: str, name: str) -> None:
    """Raise FileProblem for a text that is a web page or a report rather than a briefing with a slip."""
    file = "FILE" if name == "stdin" else name
    if re.match(r"\s*+<(?:!doctype|html|\?xml|!--)", text, re.IGNORECASE):
        raise FileProblem(
            f"{name} is a web page, not a briefing", f"gz draft --html {file} > briefing.toml makes one of it"
        )
    is_text = len(text.split()) > 1 and not re.search(r"[\x00-\x08\x0e-\x1f]", text)
    if is_text and not re.search(r"^[ \t]*+(?:\[|[\w-]++[ \t]*+=)", text, re.MULTILINE):
        raise FileProblem(
            f"{name} is a report, not a briefing", f"gz draft {file} > briefing.toml makes a briefing of it"
        )


# What is wrong, in words -------------------------------------------------------------------------------------

_OVERRIDES = {
    "missing": "is missing",
    "model_type": "should be a table",
    "string_too_short": "should not be blank",
    "int_parsing_size": "should be a smaller number",
}
_PATTERNS = {
    "url": "should be an address that begins with http:// or https://",
    "archive_url": "should be an address that begins with http:// or https://",
    "language": "should be a language tag such as en",
    "sha256": "should be a SHA-256 of 64 hexadecimal digits",
}
_ID = "should be an id of small letters, digits and single hyphens"
_BIGGEST_SHOWN = 10**30


def _in_words(detail: ErrorDetails) -> str:
    """Return what one of pydantic's errors says should be there, and what is."""
    kind, loc, given = detail["type"], detail["loc"], detail["input"]
    if kind == "extra_forbidden":
        from difflib import get_close_matches

        near = get_close_matches(str(loc[-1])[:80], KEYS, n=1)
        return f"is not a key of a briefing{f'; did you mean {near[0]}?' if near else ''}"
    message = _OVERRIDES.get(kind, detail["msg"].removeprefix("Input "))
    if kind == "string_pattern_mismatch":
        blank = str(detail["ctx"]["pattern"]).startswith("[^")
        message = _OVERRIDES["string_too_short"] if blank else _PATTERNS.get(str(loc[-1]), _ID)
    return _lower(message) + ("" if kind in {"missing", "too_long", "too_short"} else f", got {_shown(given)}")


def _place(data: Row, lines: Mapping[str, list[int]], loc: Loc) -> str:
    """Return where a fault is: "line 12, claim tunnel, trade.years"."""
    place, rest = _cut(str(loc[0])), list(loc[1:])
    join = "."
    if rest and isinstance(rest[0], int):
        at, join, known, tables = int(rest.pop(0)), ", ", lines.get(place, []), data[place]
        table = tables[at] if isinstance(tables, list) else None
        id_ = table.get("id", table.get("number")) if isinstance(table, dict) else None
        label = f" {id_}" if re.fullmatch(r"[\w-]{1,100}", _shown(id_).strip('"')) and id_ is not None else f"[{at}]"
        line = f"line {known[at]}, " if isinstance(tables, list) and len(known) == len(tables) else ""
        place = f"{line}{place}{label}"
    keys = "".join(f"[{part}]" if isinstance(part, int) else f".{_cut(part)}" for part in rest).removeprefix(".")
    return f"{place}{join}{keys}" if keys else place


def _cut(key: str, most: int = 60) -> str:
    return visible(key if len(key) <= most else f"{key[:most]}…")


def _shown(given: object) -> str:
    if isinstance(given, str):
        return shortened(given)
    if isinstance(given, dict | list):
        return ("a " if given else "an empty ") + ("table" if isinstance(given, dict) else "list")
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, int) and abs(given) >= _BIGGEST_SHOWN:  # Python writes no integer of thousands of digits
        return "a huge number"
    return shortened(str(given)).strip('"')


def _reference_faults(data: Row) -> Iterator[tuple[Loc, str]]:
    """Yield what is there twice, refers to nothing, or is missing beside something else, and where.

    Reads what TOML gave, whatever its types, so that these faults are reported along with pydantic's.
    """
    ids: dict[str, set[object]] = {}
    for kind, key in (("speaker", "id"), ("partner", "id"), ("passage", "number"), ("claim", "id")):
        given = [(at, table[key]) for at, table in _tables(data, kind) if isinstance(table.get(key), str | int)]
        counts = Counter(value for _, value in given)
        ids[kind] = set(counts)
        yield from (((kind, at, key), f"{_shown(value)} is there twice") for at, value in given if counts[value] > 1)
    for at, passage in _tables(data, "passage"):
        if "last_words" in passage and "first_words" not in passage:
            yield ("passage", at, "last_words"), "needs first_words beside it"
    wanted: set[object] = set()
    for at, claim in _tables(data, "claim"):
        yield from ((("claim", at, key), fault) for key, fault in _claim_faults(claim, ids))
        wanted.update(_partners(claim))
    for at, partner in _tables(data, "partner"):
        if isinstance(partner.get("id"), str) and partner["id"] not in wanted:
            yield ("partner", at), "no claim has a figure with it"
        aliases = partner.get("aliases")
        for name in [partner.get("name"), *(aliases if isinstance(aliases, list) else [])]:
            if isinstance(name, str) and name.strip() and not fold(name):
                yield ("partner", at), f"a name should have a letter or a digit, got {_shown(name)}"


def _claim_faults(claim: Row, ids: Mapping[str, set[object]]) -> Iterator[tuple[str, str]]:
    speaker, paragraph = claim.get("speaker"), claim.get("paragraph")
    for key in ("statement", "paragraph"):
        if key not in claim and "quote" not in claim:
            yield key, "is missing, and there is no quote"
    if isinstance(speaker, str) and speaker not in ids["speaker"]:
        yield "speaker", f"no [[speaker]] has the id {_shown(speaker)}"
    if speaker is None and "said_in" in claim:
        yield "said_in", "needs a speaker beside it"
    if isinstance(paragraph, int) and ids["passage"] and paragraph not in ids["passage"]:
        yield "paragraph", f"no [[passage]] has the number {_shown(paragraph)}"


def _partners(claim: Row) -> Iterator[object]:
    figures = claim.get("figure")
    for table in [claim.get("trade"), *(figures if isinstance(figures, list) else [])]:
        if isinstance(table, dict) and isinstance(table.get("partner"), str):
            yield table["partner"]


def _tables(data: Row, kind: str) -> Iterator[tuple[int, Row]]:
    given = data.get(kind)
    for at, table in enumerate(given[:TABLES_AT_MOST] if isinstance(given, list) else ()):
        if isinstance(table, dict):
            yield at, table
