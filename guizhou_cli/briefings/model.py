"""The briefing as a TOML file describes it: what `gz add` reads, `gz draft` and `gz export` write.

Imported by the commands that read a briefing, for pydantic is heavy.
"""

import re
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr
from pydantic_core import PydanticCustomError

TABLES_AT_MOST = 100_000
"""Of one kind, such as claims, in one briefing."""

VISIBLE = r"[^\s\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
"""A character that can be seen. A text without one counts as blank."""


def _iso_date(given: object) -> object:
    if isinstance(given, date) and not isinstance(given, datetime):
        return given.isoformat()
    try:
        if isinstance(given, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", given, re.ASCII):
            date.fromisoformat(given)
            return given
    except ValueError:
        pass
    raise PydanticCustomError("date", "should be a date such as 2025-06-10")


Text = Annotated[str, Field(min_length=1, max_length=500, pattern=VISIBLE)]
LongText = Annotated[str, Field(min_length=1, max_length=2000, pattern=VISIBLE)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Day = Annotated[str, BeforeValidator(_iso_date), Field(json_schema_extra={"format": "date"})]
Address = Annotated[str, Field(pattern=r"^https?://[^\s<>\"\\^`{|}]+$", max_length=2000)]
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
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$", max_length=35)] = "en"
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
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    first_words: Text | None = None
    last_words: Text | None = None


class Trade(Table):
    """Growth of trade with a partner in percent a year: short for a figure of trade that has a partner."""

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
    paragraph: Number | None = Field(
        default=None, description="0 is the headline, 1 the first paragraph. Optional where a report has the quote."
    )
    speaker: Id | None = Field(default=None, description="Left out where the words are the report's own.")
    quote: LongText | None = Field(default=None, description="The report's words; ' … ' for what is left out.")
    said_in: LongText | None = Field(
        default=None, description="The report's words that credit the speaker, where those around the quote do not."
    )
    drafted: bool = Field(default=False, description="A program proposed the claim and nobody has confirmed it.")
    evidence: Literal["quoted", "checked", "doubted", "unchecked"] = Field(
        default="unchecked", description="What came of holding it against its report, as `gz export` writes it."
    )
    topics: Annotated[list[Text], Field(max_length=50)] = []
    keywords: Annotated[list[Text], Field(max_length=50)] = Field(
        default=[], description="Short terms of art that occur in the paragraph, in the report's spelling."
    )
    trade: Trade | None = None
    figure: Annotated[list[Figure], Field(max_length=50)] = []
    base: Base | None = None
    measure: Measure | None = None

    @property
    def figures(self) -> list[Figure]:
        """Return all figures of the claim, that of `trade` first."""
        if self.trade is None:
            return self.figure
        growth = {"what": "trade", "value": self.trade.annual_growth_pct, "unit": "percent", "change": "growth"}
        return [Figure.model_validate(growth | self.trade.model_dump(exclude={"annual_growth_pct"})), *self.figure]


class Briefing(Table):
    """A briefing: one report, and what it says."""

    source: Source
    speaker: Annotated[list[Speaker], Field(max_length=TABLES_AT_MOST)] = []
    partner: Annotated[list[Partner], Field(max_length=TABLES_AT_MOST)] = []
    passage: Annotated[list[Passage], Field(max_length=TABLES_AT_MOST)] = []
    claim: Annotated[list[Claim], Field(min_length=1, max_length=TABLES_AT_MOST)]

    _lines: dict[str, int] = PrivateAttr(default_factory=dict)

    def where(self, claim: str) -> str:
        """Return how to name a claim in a message: its id, and its line in the file where that is known."""
        return f"line {self._lines[claim]}, claim {claim}" if claim in self._lines else f"claim {claim}"

    def without_lines(self) -> Self:
        """Return the briefing, whose claims are named without their lines from now on."""
        self._lines.clear()
        return self


_TABLES = (Source, Speaker, Partner, Passage, Claim, Trade, Figure, Base, Measure, Briefing)
KEYS = sorted({key for table in _TABLES for key in table.model_fields})
"""All keys of a briefing, for suggestions."""


def schema() -> dict[str, object]:
    """Return the JSON Schema of a briefing, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Briefing.model_json_schema()
