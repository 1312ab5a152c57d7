"""The TOML briefing: its model, and what is wrong with one in words for a person.

Adding and removing briefings is shelf.py's. Loaded by `gz add` only, for pydantic is heavy.
"""

import re
import tomllib
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from guizhou_cli import files
from guizhou_cli.briefing_faults import TABLES_AT_MOST, fault, reference_faults
from guizhou_cli.errors import BriefingProblem, FileProblem, visible

BYTES_AT_MOST = 10_000_000
KEY_PARTS_AT_MOST = 16
"""Of a dotted key. tomllib takes time in the square of it: six seconds for one of 20,000 parts."""

_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\[^\n])*+"|'[^'\n]*+')"""
_TOKEN = re.compile(  # nothing in it is tried twice, so that no text takes time in the square of its length
    r"#[^\n]*+"
    r"""|"{3}(?:[^"\\]|\\.|"(?!""))*+"{0,5}+"""
    r"""|'{3}(?:[^']|'(?!''))*+'{0,5}+"""
    rf"|(?P<key>{_PART}(?:[ \t]*+\.[ \t]*+{_PART})*+)"
    r"""|["'][^\n]*+""",
    re.DOTALL,
)


def _iso_date(given: object) -> object:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given.isoformat()
    try:
        if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given, re.ASCII):
            date.fromisoformat(given)
            return given
    except ValueError:
        pass
    raise PydanticCustomError("date", "a date such as 2025-06-10")


VISIBLE = r"[^\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
"""A character that is seen; the others are no text."""
Text = Annotated[str, Field(min_length=1, max_length=500, pattern=VISIBLE)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Day = Annotated[str, BeforeValidator(_iso_date), Field(json_schema_extra={"format": "date"})]
Number = Annotated[int, Field(ge=0, le=100_000)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Source(_Table):
    """The report of the briefing."""

    id: Id
    title: Text
    publisher: Text
    published: Day
    event: Text = Field(description="What kind of briefing: 'Press briefing on Guizhou Province'.")
    event_date: Day
    place: Text
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"\\^`{|}]+$", max_length=2000)]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", max_length=35)] = "en"


class Speaker(_Table):
    """A person, and the role in which they spoke at this briefing."""

    id: Id
    name: Text
    role: Text
    organization: Text


class Partner(_Table):
    """A trade partner that is not known yet."""

    id: Id
    name: Text
    aliases: Annotated[list[Text], Field(max_length=50)] = []


class Passage(_Table):
    """A paragraph of the report by its fingerprint: the SHA-256 of its normalised text. `gz export` writes these."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"last_words": ["first_words"]}})

    number: Number
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    first_words: Text | None = None
    last_words: Text | None = None


class Trade(_Table):
    """Trade with a partner grew by so many percent a year on average."""

    partner: Id
    annual_growth_pct: Annotated[float, Field(ge=-100, le=100_000)]  # over 100 years that is still a number
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    period: Text | None = Field(default=None, description="In the report's own terms: 'past two years'.")


class Base(_Table):
    """An industrial base, at its position in the report's list."""

    position: Annotated[int, Field(ge=1, le=10_000)]
    name: Text
    detail: Text | None = None


class Measure(_Table):
    """A measure, and the policy it is part of."""

    action: Text
    policy: Text


class Claim(_Table):
    """One statement, in your own words."""

    id: Id
    statement: Annotated[str, Field(min_length=1, max_length=2000, pattern=VISIBLE)]
    paragraph: Number = Field(description="0 is the headline, 1 the first paragraph of the body.")
    speaker: Id | None = Field(default=None, description="Left out where the words are the report's own.")
    topics: Annotated[list[Text], Field(max_length=50)] = []
    keywords: Annotated[list[Text], Field(max_length=50)] = Field(
        default=[], description="Short terms of art that stand in the paragraph, in the report's spelling."
    )
    trade: Trade | None = None
    base: Base | None = None
    measure: Measure | None = None


class Briefing(_Table):
    """A briefing, as `gz add` reads it and `gz export` writes it."""

    source: Source
    speaker: Annotated[list[Speaker], Field(max_length=TABLES_AT_MOST)] = []
    partner: Annotated[list[Partner], Field(max_length=TABLES_AT_MOST)] = []
    passage: Annotated[list[Passage], Field(max_length=TABLES_AT_MOST)] = []
    claim: Annotated[list[Claim], Field(min_length=1, max_length=TABLES_AT_MOST)]


def read(file: str, known_partners: AbstractSet[str] = frozenset()) -> Briefing:
    """Read a briefing from a file, or from stdin for `-`.

    Args:
        file: a path, or `-`.
        known_partners: ids of trade partners that the briefing need not declare.

    Raises:
        FileProblem: if the file can't be read, or is too large.
        BriefingProblem: if it is not a briefing; it names every fault at once.

    """
    name = files.called(file)
    return parse(_text(file, name), name, known_partners)


def parse(text: str, name: str, known_partners: AbstractSet[str] = frozenset()) -> Briefing:
    """Return the briefing that a TOML text describes; `name` is what to call the text in an error.

    Raises:
        BriefingProblem: if it does not describe one.

    """
    if text.count("\n[") > 2 * TABLES_AT_MOST:  # to read that many takes seconds
        raise BriefingProblem(name, [f"no more than {2 * TABLES_AT_MOST} tables are expected"])
    if (line := _line_of_long_key(text)) is not None:
        raise BriefingProblem(name, [f"line {line}: a key of no more than {KEY_PARTS_AT_MOST} parts is expected"])
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise BriefingProblem(name, ["it is nested too deeply to be a briefing"]) from None
    except tomllib.TOMLDecodeError as error:
        raise BriefingProblem(name, [f"it is not TOML: {_lower(str(error))}"]) from None
    except ValueError:  # Python reads no integer of thousands of digits
        longest = max(re.finditer(r"[\d_]++", text), key=lambda match: match.end() - match.start())
        line = _line(text, longest.start())
        raise BriefingProblem(name, [f"line {line}: a number of fewer digits is expected"]) from None
    try:
        briefing = Briefing.model_validate(data)
    except ValidationError as error:
        raise BriefingProblem(name, [*_faults(error), *reference_faults(data, known_partners)]) from None
    if faults := list(reference_faults(data, known_partners)):
        raise BriefingProblem(name, faults)
    return briefing


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a briefing, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Briefing.model_json_schema()


def _line_of_long_key(text: str) -> int | None:
    for token in _TOKEN.finditer(text):
        key = token["key"] or ""
        if key.count(".") >= KEY_PARTS_AT_MOST and len(re.findall(_PART, key)) > KEY_PARTS_AT_MOST:
            return _line(text, token.start())
    return None


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _faults(error: ValidationError) -> list[str]:
    if error.error_count() > TABLES_AT_MOST:  # even to list them would take a gigabyte
        return ["almost nothing in it is of a briefing"]
    return [fault(detail, Briefing) for detail in error.errors(include_url=False)]


def _text(file: str, name: str) -> str:
    data = files.contents(file, BYTES_AT_MOST, "a briefing is far smaller; split it")
    if data.startswith(b"\xef\xbb\xbf"):
        raise FileProblem(f"{name} begins with a byte order mark", "save it as UTF-8 without one, as TOML asks for")
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise FileProblem(f"{name} is not UTF-8: byte {error.start} is {data[error.start]:#04x}") from error


def _lower(text: str) -> str:
    return visible(text[:1].lower() + text[1:])
