"""Hold claims against their report: what is certainly wrong is *failed*, what only a rule says is a *doubt*.

Certain is that a quote or a keyword is not in the report, that a paragraph does not exist or is not where the quote
is, and that the report does not have a figure of a column. A rule compares what the statement's words and figures say
(wording.py, figures.py) with the quote, its sentence and its passage. No rule understands a sentence: a person has to.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from guizhou_cli.report import doubts, wording
from guizhou_cli.report.doubts import Scope
from guizhou_cli.report.figures import Figure, kind_of
from guizhou_cli.report.reading import Passage, passages
from guizhou_cli.report.speakers import Credit
from guizhou_cli.report.speakers import credits as credited_in
from guizhou_cli.text import normalised, shortened

FAILED, DOUBT = "failed", "doubt"
_LONGEST_PASSAGE = 20_000
"""Characters; a longer one is no paragraph, and its figures and words say nothing of a claim."""


class ClaimedFigure(NamedTuple):
    """A figure of a claim's columns; `value` in base units, negative for a fall."""

    value: Decimal
    unit: str | None
    change: str | None = None
    partner_names: tuple[str, ...] = ()
    period: str | None = None
    years: int | None = None


class Claimed(NamedTuple):
    """What is checked of a claim; `measure` is the action of its measure, `speaker` an id."""

    id: str
    statement: str | None
    paragraph: int | None
    speaker: str | None = None
    quote: str | None = None
    said_in: str | None = None
    keywords: tuple[str, ...] = ()
    figures: tuple[ClaimedFigure, ...] = ()
    measure: str | None = None


class Finding(NamedTuple):
    """Something that is wrong with a claim: `status` is failed or doubt, `paragraph` where its words are, if known."""

    check: str
    status: str
    detail: str
    claim: str
    paragraph: int | None


class Place(NamedTuple):
    """Where a quote is: the number of the passage, and its span in the passage's text."""

    paragraph: int
    start: int
    end: int


@dataclass(frozen=True)
class Report:
    """A report, read once for all of its claims."""

    passages: Sequence[Passage]
    credits: Sequence[Credit]
    language: str = "en"
    year: int | None = None

    @classmethod
    def of(
        cls, text: str, language: str = "en", known: Sequence[tuple[str, str]] = (), day: str | None = None
    ) -> "Report":
        """Return a report read from its text.

        Args:
            text: the report, not normalised.
            language: of the text, as ISO 639-1.
            known: the names and roles of the speakers that its claims declare.
            day: that of the event, as ISO 8601, by which "last year" is a year.

        """
        read = passages(text)
        return cls(read, credited_in(read, language, known), language, int(day[:4]) if day else None)

    @cached_property
    def by_number(self) -> dict[int, Passage]:
        """The passages by number."""
        return {passage.number: passage for passage in self.passages}

    @cached_property
    def credits_by_number(self) -> dict[int, list[Credit]]:
        """The credits of each passage's sentences, by the passage's number."""
        found: dict[int, list[Credit]] = {}
        for credit in self.credits:
            found.setdefault(credit.sentence.paragraph, []).append(credit)
        return found

    @cached_property
    def text(self) -> str:
        """The text of all passages, a line for each."""
        return "\n".join(passage.text for passage in self.passages)

    @cached_property
    def folded(self) -> dict[int, str]:
        """The text of each passage without case and accents, by its number."""
        return {passage.number: wording.plain(passage.text) for passage in self.passages}

    @cached_property
    def starts(self) -> list[int]:
        """Where each passage begins in `text`."""
        return list(accumulate((len(passage.text) + 1 for passage in self.passages[:-1]), initial=0))

    @cached_property
    def spellings(self) -> wording.Spellings:
        """How the words of the report are spelt."""
        return wording.Spellings.of(self.text)

    def has(self, words: str, paragraph: int | None = None) -> int | None:
        """Return the first paragraph, or the given one, that has words, without regard to case and accents."""
        folded = wording.plain(normalised(words))
        numbers = self.folded if paragraph is None else [paragraph]
        return next((number for number in numbers if _find(self.folded.get(number, ""), folded) >= 0), None)


def place(quote: str, report: Report, paragraph: int | None = None) -> Place | None:
    """Return where a quote is in a report, or None; " … " in it is an omission within one passage.

    Quotation marks around it and a full stop or comma at its end do not count.

    Args:
        quote: the words, in any spacing and kind of quotation marks.
        report: the report.
        paragraph: where to look first.

    """
    for cut in ([quote], re.split(r"…|\.\.\.", quote)):
        plain = (normalised(part).strip("\"' ").rstrip(".,;:") for part in cut)
        parts = [part for part in plain if part]
        passage = report.by_number.get(paragraph) if paragraph is not None else None
        span = _span(parts, passage.text, 0, len(passage.text)) if passage and parts else None
        if span and passage:
            return Place(passage.number, *span)
        begin = report.text.find(parts[0]) if parts else -1
        while begin >= 0:
            at = bisect_right(report.starts, begin) - 1
            passage, start = report.passages[at], report.starts[at]
            if span := _span(parts, passage.text, begin - start, len(passage.text)):
                return Place(passage.number, *span)
            begin = report.text.find(parts[0], start + len(passage.text))
    return None


def _span(parts: Sequence[str], text: str, begin: int, end: int) -> tuple[int, int] | None:
    """Return where the first part begins and the last one ends, if all are there in order."""
    first = at = text.find(parts[0], begin, end)
    for part in parts:
        at = text.find(part, at, end)
        if at < 0:
            return None
        at += len(part)
    return first, at


def check(claims: Sequence[Claimed], report: Report, speakers: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """Return what is wrong with claims, those of a claim together, in order.

    Args:
        claims: the claims of one report.
        report: the report.
        speakers: the name and role of each speaker, by id.

    """
    checker = _Checker(report, speakers)
    return [
        Finding(kind, status, detail, claim.id, paragraph)
        for claim in claims
        for kind, status, detail, paragraph in checker.findings(claim)
    ]


_Fault = tuple[str, str, str]
"""The check, the status and the detail of a finding."""


@dataclass(frozen=True)
class _Checker:
    """The checks of the claims of one report."""

    report: Report
    speakers: Mapping[str, tuple[str, str]]

    def findings(self, claim: Claimed) -> Iterator[tuple[str, str, str, int | None]]:
        """Yield what is wrong with a claim: check, status, detail and paragraph."""
        at = claim.paragraph
        found = place(claim.quote, self.report, at) if claim.quote else None
        passage = self.report.by_number.get(found.paragraph if found else -1 if at is None else at)
        if claim.quote and not found:
            yield "quote", FAILED, f"the quote {shortened(claim.quote)} is not in the report", at
        elif found and at not in {None, found.paragraph}:
            yield "paragraph", FAILED, f"the quote is in paragraph {found.paragraph}, not {at}", at
        elif not passage:
            where = self._elsewhere(claim.keywords)
            yield (
                "paragraph",
                FAILED,
                f"the report ends with paragraph {max(self.report.by_number, default=0)}{where}",
                at,
            )
        if passage:
            for kind, status, detail in self._held(claim, passage, found):
                yield kind, status, detail, passage.number

    def _elsewhere(self, keywords: Iterable[str]) -> str:
        """Return where the first keyword that the report has is found, as the end of a message."""
        found = ((keyword, number) for keyword in keywords if (number := self.report.has(keyword)) is not None)
        return next((f"; {shortened(keyword)} is in paragraph {number}" for keyword, number in found), "")

    def _held(self, claim: Claimed, passage: Passage, found: Place | None) -> Iterator[_Fault]:
        """Yield what a claim says otherwise than its passage."""
        credited = self.report.credits_by_number.get(passage.number, [])
        quote = sentence = passage.text
        if found:
            of_quote = [
                each for each in credited if each.sentence.start < found.end and found.start < each.sentence.end
            ]
            quote = passage.text[found.start : found.end]
            if of_quote:
                credited, sentence = of_quote, passage.text[of_quote[0].sentence.start : of_quote[-1].sentence.end]
        scope = Scope(quote, sentence, passage.text, self.report.text, self.report.year)
        for keyword in claim.keywords:
            if self.report.has(keyword, passage.number) is None:
                where = self._elsewhere([keyword])
                yield "keyword", FAILED, f"the keyword {shortened(keyword)} is not in paragraph {passage.number}{where}"
        for detail in self._speaker(claim, credited):
            yield "speaker", DOUBT, detail
        if len(passage.text) > _LONGEST_PASSAGE:
            return
        statement, measure = normalised(claim.statement or ""), normalised(claim.measure or "")
        for figure in claim.figures:
            yield from self._column(figure, statement, scope, passage.number)
        spellings = self.report.spellings if self.report.language == "en" else None
        for detail in doubts.doubts(statement, scope, spellings):
            yield "statement", DOUBT, detail
        for detail in doubts.contradictions(measure, scope):
            yield "measure", DOUBT, f"the measure: {detail}"

    def _column(self, column: ClaimedFigure, statement: str, scope: Scope, number: int) -> Iterator[_Fault]:
        """Yield what is wrong with a figure of the columns."""
        value, unit = abs(Decimal(str(column.value))), column.unit
        figure = Figure(value, unit, kind_of(unit), 0, 0, f"{value:f} {unit or ''}".strip())
        if not doubts.gives(figure, scope.passage):
            yield "figure", FAILED, f"paragraph {number} has no {figure.text}"
            return
        for where, text in (("quote", scope.quote), ("statement", statement)):
            if doubts.of_kind(figure.kind, text) and not doubts.gives(figure, text):
                yield "figure", DOUBT, f"the {where} has no {figure.text}"
            given = {doubts.beside("direction", each, text) for each in doubts.occurrences(figure, text)}
            up, down = ("up", "down") if column.value > 0 else ("down", "up")
            if column.change == "growth" and down in given and up not in given:
                yield "figure", DOUBT, f"{column.value:f} is {up}, the {where} says {down}"
        for detail in (*self._period(column, scope), *self._partner(column, figure, statement, scope)):
            yield "figure", DOUBT, detail

    def _period(self, column: ClaimedFigure, scope: Scope) -> Iterator[str]:
        period = normalised(column.period or "")
        yield from doubts.periods(period, scope)
        if column.years is not None:
            spans = doubts.spans_of_years(period) or doubts.spans_of_years(scope.passage) | {1}
            if column.years not in spans:
                yield f"years {column.years} is not what the report says"

    def _partner(self, column: ClaimedFigure, figure: Figure, statement: str, scope: Scope) -> Iterator[str]:
        """Yield whether a figure is another partner's, by the names in the statement and the report's sentence."""
        own = [wording.plain(normalised(name)) for name in column.partner_names]
        texts = [wording.plain(text) for text in (statement, scope.sentence)]
        if own and not any(_find(text, name) >= 0 for text in texts for name in own):
            yield f"neither the statement nor the report's sentence names {column.partner_names[0]}"
        labels = {mark.value for name in column.partner_names for mark in wording.names(f"of {name}")}
        given = {value for value, amount in doubts.pairs("name", figure.unit, scope[:2]) if amount == figure.value}
        if own and given and not labels & given:
            yield f"the report gives {figure.text} for another than {column.partner_names[0]}"

    def _speaker(self, claim: Claimed, credited: Sequence[Credit]) -> Iterator[str]:
        """Yield where the report credits the claim's words otherwise than the claim does."""
        certain = bool(credited) and all(each.certain for each in credited)
        others = [str(each.speaker) for each in credited if each.speaker]
        if not claim.speaker:
            if certain and len(others) == len(credited):
                yield f"the report credits {others[0]} with it"
            return
        name, _ = self.speakers.get(claim.speaker, (claim.speaker, ""))
        if spelt := self._misspelt(name):
            yield spelt
        if any(_same_person(name, other) for other in others) or (claim.said_in and place(claim.said_in, self.report)):
            return
        if others:
            yield f"the report credits {others[0]} with it, not {name}"
        elif certain:
            yield f"the report does not credit {name} with it"

    def _misspelt(self, name: str) -> str | None:
        """Return whether the report spells a speaker's name another way, or does not have it."""
        if self.report.has(name) is not None:
            return None
        spellings = self.report.spellings
        words = re.findall(r"[^\W\d_]+", name)
        if near := next((near for word in words if (near := spellings.near(word))), None):
            return f"the report spells {near}, not {name}"
        return None if any(map(spellings.has, words)) else f"the report does not name {name}"


def _find(text: str, words: str) -> int:
    """Return where words are in a text, not within longer words, or -1; Chinese is written without blanks."""
    at = text.find(words)
    while at >= 0:
        before, behind = text[at - 1 : at] + words[:1], words[-1:] + text[at + len(words) : at + len(words) + 1]
        if not any(len(each) > 1 and each.isalnum() and max(each) < "\u3040" for each in (before, behind)):
            return at
        at = text.find(words, at + 1)
    return -1


def _same_person(declared: str, credited: str) -> bool:
    """Return whether two names may be one person's: the words of one are among those of the other."""
    one, other = ({*re.findall(r"[^\W_]+", wording.plain(name))} for name in (declared, credited))
    return one <= other or other <= one or wording.plain(credited) in wording.plain(declared)
