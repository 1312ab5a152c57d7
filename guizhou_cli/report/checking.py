"""Hold claims against their report: what is certainly wrong is *failed*, what only a rule says is a *doubt*.

Certain is that a quote or a keyword is not in the report, that a paragraph does not exist or is not where the quote
is, and that the report does not have a figure of a column. One rule doubts the rest: what a claim says of some kind is
doubted where the nearest words of the report that say as much of it (quote, sentence, passage) say something else.
It understands no sentence: a person has to.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, chain
from typing import NamedTuple

from guizhou_cli.report.figures import Figure, figures, kind_of
from guizhou_cli.report.reading import Passage, passages
from guizhou_cli.report.speakers import Credit
from guizhou_cli.report.speakers import credits as credited_in
from guizhou_cli.report.wording import BROADER, OPPOSITES, Facts, amount, facts, misspelt, plain
from guizhou_cli.text import normalised, shortened, tokens

FAILED, DOUBT = "failed", "doubt"
_LONGEST_PASSAGE = 20_000
"""Characters; a longer one is no paragraph, and its figures and words say nothing of a claim."""
_PERIODS = frozenset({"year", "month", "weekday", "span"})
_BEFORE_FIGURES = frozenset({"direction", "hedge"})
_OPPOSED = OPPOSITES | {"negation"}


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
    credits: Mapping[int, Sequence[Credit]]
    language: str
    year: int | None

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
        read, credited = passages(text), defaultdict(list)
        for credit in credited_in(read, language, known):
            credited[credit.sentence.paragraph].append(credit)
        return cls(read, credited, language, int(day[:4]) if day else None)

    @cached_property
    def text(self) -> str:
        """The text of all passages, a line for each."""
        return "\n".join(passage.text for passage in self.passages)

    @cached_property
    def starts(self) -> list[int]:
        """Where each passage begins in `text`."""
        return list(accumulate((len(passage.text) + 1 for passage in self.passages), initial=0))

    @cached_property
    def words(self) -> list[str]:
        """The words of each passage without case, accents and punctuation, with a blank at both ends."""
        return [_words(passage.text) for passage in self.passages]

    def passage(self, number: int | None) -> Passage | None:
        """Return the passage of a number, or None."""
        return self.passages[number] if number is not None and 0 <= number < len(self.passages) else None

    def having(self, text: str) -> Iterator[int]:
        """Yield the numbers of the passages that have a text as it is written."""
        begin = self.text.find(text)
        while begin >= 0:
            number = bisect_right(self.starts, begin) - 1
            yield number
            begin = self.text.find(text, self.starts[number + 1])

    def mentions(self, words: str, paragraph: int | None = None) -> int | None:
        """Return the first paragraph, or the given one, that has words."""
        numbers = range(len(self.passages)) if paragraph is None else [paragraph]
        return next((number for number in numbers if _words(words) in self.words[number]), None)


def _words(text: str) -> str:
    return f" {' '.join(tokens(plain(normalised(text))))} "


def place(quote: str, report: Report, paragraph: int | None = None) -> Place | None:
    """Return where a quote is in a report, or None; " … " in it is an omission within one passage.

    Quotation marks around it and a full stop or comma at its end do not count.

    Args:
        quote: the words, in any spacing and kind of quotation marks.
        report: the report.
        paragraph: where to look first.

    """
    for cut in ([quote], re.split(r"…|\.\.\.", quote)):
        parts = [part for each in cut if (part := normalised(each).strip("\"' ").rstrip(".,;:"))]
        first = [] if paragraph is None or report.passage(paragraph) is None else [paragraph]
        for number in chain(first, report.having(parts[0])) if parts else ():
            if span := _span(parts, report.passages[number].text):
                return Place(number, *span)
    return None


def _span(parts: Sequence[str], text: str) -> tuple[int, int] | None:
    """Return where the first part begins and the last one ends, if all are there in order."""
    start = at = text.find(parts[0])
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return None
        at += len(part)
    return start, at


def check(claims: Sequence[Claimed], report: Report, speakers: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """Return what is wrong with claims, those of a claim together, in order.

    Args:
        claims: the claims of one report.
        report: the report.
        speakers: the name and role of each speaker, by id.

    """
    found = []
    for claim in claims:
        at = claim.paragraph
        quoted = place(claim.quote, report, at) if claim.quote else None
        passage = report.passage(quoted.paragraph if quoted else at)
        faults = [*_misplaced(claim, quoted, passage, report)]
        if passage:
            credited, quote, sentence = _borne_out(quoted, passage, report)
            faults += [("speaker", DOUBT, detail) for detail in _speaker(claim, credited, report, speakers)]
            if len(passage.text) <= _LONGEST_PASSAGE:
                faults += _contradicted(claim, (quote, sentence, passage.text, report.text), report)
        number = passage.number if passage else at
        found += [Finding(kind, status, detail, claim.id, number) for kind, status, detail in dict.fromkeys(faults)]
    return found


_Fault = tuple[str, str, str]
"""The check, the status and the detail of a finding."""


def _misplaced(claim: Claimed, quoted: Place | None, passage: Passage | None, report: Report) -> Iterator[_Fault]:
    """Yield where a claim's quote, paragraph and keywords are not in the report."""

    def elsewhere(keywords: Iterable[str]) -> str:
        found = ((keyword, number) for keyword in keywords if (number := report.mentions(keyword)) is not None)
        return next((f"; {shortened(keyword)} is in paragraph {number}" for keyword, number in found), "")

    if claim.quote and not quoted:
        yield "quote", FAILED, f"the quote {shortened(claim.quote)} is not in the report"
    elif quoted and claim.paragraph not in {None, quoted.paragraph}:
        yield "paragraph", FAILED, f"the quote is in paragraph {quoted.paragraph}, not {claim.paragraph}"
    elif passage is None:
        last = len(report.passages) - 1
        yield "paragraph", FAILED, f"the report ends with paragraph {last}{elsewhere(claim.keywords)}"
    for keyword in claim.keywords if passage else ():
        if passage and report.mentions(keyword, passage.number) is None:
            detail = f"the keyword {shortened(keyword)} is not in paragraph {passage.number}"
            yield "keyword", FAILED, detail + elsewhere([keyword])


def _borne_out(quoted: Place | None, passage: Passage, report: Report) -> tuple[Sequence[Credit], str, str]:
    """Return the credits of a quote's sentences, the quote and the sentences; without one, those of the passage."""
    credited = report.credits.get(passage.number, [])
    if not quoted:
        return credited, passage.text, passage.text
    own = [each for each in credited if each.sentence.start < quoted.end and quoted.start < each.sentence.end]
    quote = passage.text[quoted.start : quoted.end]
    if not own:
        return credited, quote, passage.text
    return own, quote, passage.text[own[0].sentence.start : own[-1].sentence.end]


def _contradicted(claim: Claimed, texts: Sequence[str], report: Report) -> Iterator[_Fault]:
    """Yield what a claim says otherwise than the report's words."""
    statement = normalised(claim.statement or "")
    for column in claim.figures:
        for status, detail in _of_column(column, statement, texts, report):
            yield "figure", status, detail
    for detail in _differences(facts(statement, report.year), texts, report):
        yield "statement", DOUBT, detail
    of_quote = _up_to_figures(texts[0])
    for figure, words in _up_to_figures(statement).items():
        said = {key: values for key, values in facts(words).items() if key in _BEFORE_FIGURES}
        for detail in _differences(said, [of_quote.get(figure, "")], report):
            yield "statement", DOUBT, detail
    said = {key: values for key, values in facts(normalised(claim.measure or "")).items() if key in _OPPOSED}
    for detail in _differences(said, texts, report):
        yield "measure", DOUBT, f"the measure: {detail}"


def _differences(said: Facts, texts: Sequence[str], report: Report) -> Iterator[str]:
    """Yield what is said otherwise than by the nearest of texts that says as much of the kind.

    Opposites differ where one side is said, and the text has only others; all else has to be in it.

    Args:
        said: facts of a claim.
        texts: the report's words on which it rests: quote, sentence, passage, report.
        report: the report.

    """
    for category, values in said.items():
        if category == "capital" and report.language == "en":
            yield from filter(None, (misspelt(name, report.text) for name in values))
        if category == "capital" or category in BROADER.values():
            continue
        near = texts[:2] if category in _OPPOSED else texts[:3]
        if category in _PERIODS:
            near = (*texts[:1], *texts[2:])
        of_text: Facts = {}
        for text in texts[-1:] if category == "name" else near:
            of_text = facts(text, report.year)
            if len(of_text.get(category, ())) >= len(values):
                break
        given = of_text.get(BROADER.get(category, category), {})
        missing = [spelt for value, spelt in values.items() if value not in given]
        if missing and (category not in OPPOSITES or (given and len(values) == 1)):
            instead = ", ".join([*of_text.get(category, {}).values()][:3])
            yield f'"{missing[0]}" is not what the report says' + (f': "{instead}"' if instead else "")


def _up_to_figures(text: str) -> dict[tuple[str, str], str]:
    """Return the words of a text up to each figure, from the one before it."""
    found: dict[tuple[str, str], str] = {}
    begin = 0
    for figure in figures(text):
        found.setdefault(amount(figure), text[begin : figure.end])
        begin = figure.end
    return found


def _of_column(
    column: ClaimedFigure, statement: str, texts: Sequence[str], report: Report
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a figure of the columns, as status and detail."""
    value, unit = abs(Decimal(str(column.value))), column.unit
    figure = Figure(value, unit, kind_of(unit), 0, 0, f"{value:f} {unit or ''}".strip())
    (category, own), (_, bare) = amount(figure), amount(figure._replace(kind="count"))
    given = facts(texts[2])
    if bare not in given["number"] and own not in given.get(category, ()):
        yield FAILED, f"the paragraph has no {figure.text}"
        return
    said = {**facts(normalised(column.period or ""), report.year)}
    if category in given:  # else its unit is one that no table has
        said[category] = {own: figure.text}
    if column.years not in {None, 1}:
        said["count"] = {str(column.years): f"{column.years} years"}
    if column.change == "growth":
        said["direction"] = {"up" if column.value > 0 else "down": f"{column.value:f}"}
    for detail in _differences(said, texts, report):
        yield DOUBT, detail
    named = _words(statement) + _words(_up_to_figures(texts[0]).get((category, own), texts[0]))
    if column.partner_names and not any(_words(name) in named for name in column.partner_names):
        yield DOUBT, f"neither the statement nor the quote names {column.partner_names[0]}"


def _speaker(
    claim: Claimed, credited: Sequence[Credit], report: Report, speakers: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    """Yield where the report credits the claim's words otherwise than the claim does."""
    certain = bool(credited) and all(each.certain for each in credited)
    others = [each.speaker for each in credited if each.speaker]
    if not claim.speaker:
        if certain and len(others) == len(credited):
            yield f"the report credits {others[0]} with it"
        return
    name, _ = speakers.get(claim.speaker, (claim.speaker, ""))
    if report.mentions(name) is None:
        yield from [fault for word in name.split() if (fault := misspelt(word, report.text))][:1]
    if any(_same_person(name, other) for other in others) or (claim.said_in and place(claim.said_in, report)):
        return
    if others:
        yield f"the report credits {others[0]} with it, not {name}"
    elif certain:
        yield f"the report does not credit {name} with it"


def _same_person(declared: str, credited: str) -> bool:
    """Return whether two names may be one person's: the words of one are among those of the other."""
    one, other = set(_words(declared).split()), set(_words(credited).split())
    return one <= other or other <= one
