"""The briefing as a TOML file describes it: what `gz add` reads, `gz draft` and `gz export` write.

Imported by the commands that read a briefing, for pydantic is heavy.
"""

from contextlib import suppress
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

TABLES_AT_MOST = 100_000
"""Of one kind, such as claims, in one briefing."""

_VISIBLE = r"[^\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_ADDRESS = r"^https?://[^\s<>\"\\^`{|}]+$"
_LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"
_SHA256 = r"^[0-9a-f]{64}$"

PATTERNS = {
    _VISIBLE: "should not be blank",
    _ID: "should be an id of small letters, digits and single hyphens",
    _ADDRESS: "should be an address that begins with http:// or https://",
    _LANGUAGE: "should be a language tag such as en",
    _SHA256: "should be a SHA-256 of 64 hexadecimal digits",
}
"""What is wrong with a text that does not match a pattern."""


def _iso_date(given: object) -> str:
    text = str(given) if isinstance(given, str | date) else ""
    with suppress(ValueError):
        if date.fromisoformat(text).isoformat() == text:
            return text
    raise PydanticCustomError("date", "should be a date such as 2025-06-10")


Text = Annotated[str, Field(max_length=500, pattern=_VISIBLE)]
LongText = Annotated[str, Field(max_length=2000, pattern=_VISIBLE)]
Id = Annotated[str, Field(pattern=_ID, max_length=100)]
Day = Annotated[str, BeforeValidator(_iso_date), Field(json_schema_extra={"format": "date"})]
Address = Annotated[str, Field(pattern=_ADDRESS, max_length=2000)]
Number = Annotated[int, Field(ge=0, le=100_000)]
Years = Annotated[int, Field(ge=1, le=100)]


class Table(BaseModel):
    """A table of the file: no unknown key, no value of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Source(Table):
    """The report of the briefing."""

    id: Id
    title: Text
    publisher: Text
    published: Day
    event: Text = Field(description="What kind of briefing: 'Press briefing on Guizhou Province'.")
    event_date: Day
    place: Text
    url: Address
    language: Annotated[str, Field(pattern=_LANGUAGE, max_length=35)] = "en"
    subject: Text | None = Field(default=None, description="Whose briefing it is: 'Guizhou'.")
    accessed: Day | None = Field(default=None, description="The day on which the report was read.")
    archive_url: Address | None = None


class Speaker(Table):
    """A person, and the role in which they spoke at this briefing."""

    id: Id
    name: Text
    role: Text
    organization: Text


class Partner(Table):
    """A trade partner that the database does not know yet."""

    id: Id
    name: Text
    aliases: Annotated[list[Text], Field(max_length=50)] = []


class Passage(Table):
    """A paragraph of the report by its fingerprint: the SHA-256 of its normalised text. `gz export` writes these."""

    model_config = ConfigDict(json_schema_extra={"dependentRequired": {"last_words": ["first_words"]}})

    number: Number
    sha256: Annotated[str, Field(pattern=_SHA256)]
    first_words: Text | None = None
    last_words: Text | None = None

    @model_validator(mode="after")
    def _begins(self) -> Self:
        if self.last_words and not self.first_words:
            raise PydanticCustomError("passage", "last_words needs first_words beside it")
        return self


class Trade(Table):
    """Growth of trade with a partner in percent a year: short for the first of the claim's figures."""

    partner: Id
    annual_growth_pct: Annotated[float, Field(ge=-100, le=100_000)]  # compounded over 100 years it is still a number
    years: Years | None = None
    period: Text | None = Field(default=None, description="In the report's own terms: 'past two years'.")


class Figure(Table):
    """A figure, in base units: 7.4 trillion yuan is 7400000000000 yuan."""

    what: Text = Field(description="What is counted or measured: 'GDP', 'expressways'.")
    whose: Text | None = Field(default=None, description="Left out where it is the subject of the source.")
    value: Annotated[float, Field(ge=-1e30, le=1e30)]
    unit: Text | None = Field(default=None, description="In full: 'percent', 'percentage points', 'US dollars'.")
    change: Literal["level", "growth", "share", "target", "rank"] = "level"
    partner: Id | None = None
    period: Text | None = None
    years: Years | None = Field(default=None, description="Over how many years growth is an annual average.")


class Base(Table):
    """An industrial base, at its position in the report's list."""

    position: Annotated[int, Field(ge=1, le=10_000)]
    name: Text
    detail: Text | None = None


class Measure(Table):
    """A policy measure, and what it is part of if the report says so."""

    action: Text
    policy: Text | None = None


class Claim(Table):
    """One statement: in your own words, in the report's (`quote`), or both."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["statement", "paragraph"]}, {"required": ["quote"]}]}
    )

    id: Id
    statement: LongText | None = Field(default=None, description="In your own words. Optional where there is a quote.")
    paragraph: Number | None = Field(default=None, description="0 is the headline. Optional beside a quote.")
    speaker: Id | None = Field(default=None, description="Left out where the words are the report's own.")
    quote: LongText | None = Field(default=None, description="The report's words; ' … ' for what is left out.")
    said_in: LongText | None = Field(default=None, description="Words elsewhere in the report that credit the speaker.")
    drafted: bool = Field(default=False, description="A program proposed the claim and nobody has confirmed it.")
    evidence: Literal["quoted", "checked", "doubted", "unchecked"] = Field(
        default="unchecked", description="What came of holding it against its report, as `gz export` writes it."
    )
    topics: Annotated[list[Text], Field(max_length=50)] = []
    keywords: Annotated[list[Text], Field(max_length=50, description="Words of the paragraph, in its spelling.")] = []
    trade: Trade | None = None
    figure: Annotated[list[Figure], Field(max_length=50)] = []
    base: Base | None = None
    measure: Measure | None = None

    _line: int | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.quote is None and (self.statement is None or self.paragraph is None):
            raise PydanticCustomError("claim", "needs a statement and a paragraph, or a quote")
        if self.said_in and not self.speaker:
            raise PydanticCustomError("claim", "said_in needs a speaker beside it")
        if self.trade:
            growth = self.trade.model_dump(exclude={"annual_growth_pct"})
            value = self.trade.annual_growth_pct
            self.figure.insert(0, Figure(what="trade", value=value, unit="percent", change="growth", **growth))
        return self

    @property
    def where(self) -> str:
        """How to name the claim in a message: its id, and its line in the file where that is known."""
        return f"claim {self.id}" if self._line is None else f"line {self._line}, claim {self.id}"


class Briefing(Table):
    """A briefing: one report, and what it says."""

    source: Source
    speaker: Annotated[list[Speaker], Field(max_length=TABLES_AT_MOST)] = []
    partner: Annotated[list[Partner], Field(max_length=TABLES_AT_MOST)] = []
    passage: Annotated[list[Passage], Field(max_length=TABLES_AT_MOST)] = []
    claim: Annotated[list[Claim], Field(min_length=1, max_length=TABLES_AT_MOST)]


def schema() -> dict[str, object]:
    """Return the JSON Schema of a briefing, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Briefing.model_json_schema()
