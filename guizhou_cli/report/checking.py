"""Hold claims against their report: what is certainly wrong is *failed*, what only a rule says is a *doubt*.

Certain is that a quote or a keyword is not in the report, that a paragraph does not exist or is not where the quote
is, and that the report does not have a figure of a column. One rule doubts the rest: what a claim says of some kind is
doubted where the nearest words of the report that say as much of it (quote, sentence, passage) say something else. A
figure is doubted, too, where the words around it are around another one in the report.
It understands no sentence: a person has to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain, groupby, takewhile
from typing import NamedTuple

from guizhou_cli.report.figures import Figure, figures, kind_of
from guizhou_cli.report.reading import Passage, passages
from guizhou_cli.report.speakers import Credit
from guizhou_cli.report.speakers import credits as credited_in
from guizhou_cli.report.wording import BROADER, OPPOSITES, Facts, amount, facts, plain, spelling
from guizhou_cli.text import initials, normalised, pieces, shortened, tokens

FAILED, DOUBT = "failed", "doubt"
_LONGEST_PASSAGE = 20_000
"""Characters; a longer one is no paragraph, and its figures and words say nothing of a claim."""
_PUNCTUATION = ".,;:!?()[]\"'"
_FEWEST_QUOTES = 3
"""Quotes that are not in a report, none of them, before it is taken for another report."""
_OPPOSED = OPPOSITES | {"negation"}
_ENDS = dict.fromkeys(("from", "由", "从"), "first") | dict.fromkeys(("to", "至", "到"), "last")
"""Words before the figures of a change."""
_FAR = 20  # characters before a figure that its word is within
_NEAR = 3  # words behind a figure that may say what it is of
_SHORT = 3  # letters of a word that says nothing of that
_LINKING = frozenset("and of the for in on".split())
"""Words that an acronym has no letter of."""
_HELD = (
    dict.fromkeys(_OPPOSED, (0, 1)) | dict.fromkeys(("year", "month", "weekday", "span"), (0, 2, 3)) | {"name": (3,)}
)
"""Which of quote, sentence, passage and report a category is held against; figures are against the first three."""


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


class Heard(NamedTuple):
    """A sentence with whom it is credited to, and the last one who is credited before it."""

    credit: Credit
    last: str | None

    def overlaps(self, start: int, end: int) -> bool:
        """Return whether the sentence has a part of a span of its passage's text."""
        return self.credit.sentence.start < end and start < self.credit.sentence.end


@dataclass(frozen=True)
class Report:
    """A report, read once for all of its claims."""

    passages: Sequence[Passage]
    heard: Mapping[int, Sequence[Heard]]  # the sentences of each passage
    language: str
    year: int | None  # of the event
    text: str
    words: Sequence[str]  # of each passage, as _words returns them
    all_words: str  # of all passages, a line each
    acronyms: tuple[str, ...]  # without case
    initials: str  # of all words, in which an acronym may be spelt out

    @classmethod
    def of(
        cls, text: str, language: str = "en", known: Sequence[tuple[str, str]] = (), day: str | None = None
    ) -> "Report":
        """Return a report read from its text; `known` are names and roles of speakers, `day` is that of the event."""
        read = passages(text)
        last: str | None = None
        heard: dict[int, list[Heard]] = defaultdict(list)
        for credit in credited_in(read, language, known):
            heard[credit.sentence.paragraph].append(Heard(credit, last))
            last = credit.speaker or last
        texts = [passage.text for passage in read]
        year = int(day[:4]) if day else None
        words = [*map(_words, texts)]
        spelt = {word.strip(_PUNCTUATION) for text in texts for word in text.split() if word.isupper()}
        acronyms = tuple(word.casefold() for word in spelt if len(word) > 1)
        all_words = "\n".join(words)
        letters = "".join(word[0] for word in all_words.split() if word not in _LINKING)
        return cls(read, heard, language, year, "\n".join(texts), words, all_words, acronyms, letters)

    def passage(self, number: int | None) -> Passage | None:
        """Return the passage of a number, or None."""
        return self.passages[number] if number is not None and 0 <= number < len(self.passages) else None

    def mentions(self, words: str) -> int | None:
        """Return the number of the first passage that has words, without regard to case, accents and punctuation."""
        at = self.all_words.find(_words(words))
        return None if at < 0 else self.all_words.count("\n", 0, at)


def _words(text: str) -> str:
    return f" {' '.join(tokens(plain(normalised(text))))} "


def place(quote: str, report: Report, paragraph: int | None = None) -> Place | None:
    """Return where a quote is in a report, the given paragraph first, or None.

    " … " in it is an omission within one passage. Quotation marks around a piece, the mark of a block quotation before
    it, and the points and commas at its end do not count.
    """
    first = report.passage(paragraph)
    for cut in ([quote], pieces(quote)):
        parts = [part for each in cut if (part := normalised(each).strip("\"'> ").rstrip(".,;:"))]
        for passage in chain([first] if first else [], report.passages) if parts else ():
            begin = end = passage.text.find(parts[0])
            for part in parts:
                at = passage.text.find(part, end) if end >= 0 else -1
                end = at + len(part) if at >= 0 else -1
            if end >= 0:
                return Place(passage.number, begin, end)
    return None


def check(claims: Sequence[Claimed], report: Report, speakers: Mapping[str, tuple[str, str]]) -> list[Finding]:
    """Return what is wrong with claims, those of a claim together, in order; `speakers` are names and roles by id.

    Of another report than that of the claims, one finding says so.
    """
    places = {claim.id: place(claim.quote, report, claim.paragraph) for claim in claims if claim.quote}
    if len(places) >= _FEWEST_QUOTES and not any(places.values()):
        detail = f"none of the {len(places)} quotes is in the report: it may be another report"
        return [Finding("report", FAILED, detail, "", None)]
    found = []
    for claim in claims:
        quoted = places.get(claim.id)
        passage = report.passage(quoted.paragraph if quoted else claim.paragraph)
        faults = list(_misplaced(claim, quoted, passage, report))
        if passage:
            number, start, end = quoted or Place(passage.number, 0, len(passage.text))
            heard = report.heard.get(number, [])
            own = [each for each in heard if each.overlaps(start, end)] or heard
            faults += [("speaker", DOUBT, detail) for detail in _speaker(claim, own, report, speakers)]
            sentence = passage.text[own[0].credit.sentence.start : own[-1].credit.sentence.end] if own else ""
            if len(passage.text) <= _LONGEST_PASSAGE:
                texts = (passage.text[start:end], sentence, passage.text, report.text)
                faults += _contradicted(claim, texts, report)
        at = passage.number if passage else claim.paragraph
        found += [Finding(kind, status, detail, claim.id, at) for kind, status, detail in dict.fromkeys(faults)]
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
    if passage is None:
        return
    for keyword in claim.keywords:
        if _words(keyword) not in report.words[passage.number]:
            detail = f"the keyword {shortened(keyword)} is not in paragraph {passage.number}"
            yield "keyword", FAILED, detail + elsewhere([keyword])


def _contradicted(claim: Claimed, texts: Sequence[str], report: Report) -> Iterator[_Fault]:
    """Yield what a claim says otherwise than the report's words."""
    statement = normalised(claim.statement or "")
    for column in claim.figures:
        for status, detail in _of_column(column, statement, texts, report):
            yield "figure", status, detail
    said = facts(statement, report.year)
    shortened_there = _shortened(statement, report.acronyms)
    names = [name for name in said.get("capital", {}) if name not in shortened_there]
    names = [name for name in names if not (name.isupper() and name.casefold() in report.initials)]
    for name in names if report.language == "en" else ():
        near = spelling(name, report.text)
        if near != name:
            detail = f"the report spells {near}, not {name}" if near else f"the report does not name {name}"
            yield "statement", DOUBT, detail
    for detail in chain(_differences(said, texts, report.year), _around_figures(statement, texts[0], texts[1])):
        yield "statement", DOUBT, detail
    said = {key: values for key, values in facts(normalised(claim.measure or "")).items() if key in _OPPOSED}
    for detail in _differences(said, texts, report.year):
        yield "measure", DOUBT, f"the measure: {detail}"


def _shortened(statement: str, acronyms: tuple[str, ...]) -> set[str]:
    """Return the words of names in a statement that the report has as one of these acronyms: New South Wales, NSW."""
    found: set[str] = set()
    for capital, run in groupby(statement.split(), lambda word: word[0].isupper()):
        words = [*run]
        if capital and initials(" ".join(words)).endswith(acronyms):
            found.update(word.strip(_PUNCTUATION) for word in words)
    return found


def _differences(said: Facts, texts: Sequence[str], year: int | None = None) -> Iterator[str]:
    """Yield what is said otherwise than by the nearest of texts that says as much of the kind.

    Opposites differ where one side is said, and the text has only others; all else has to be in it. `texts` are the
    quote, its sentence, its passage and the report.
    """
    for category, values in said.items():
        if category == "capital" or category in BROADER.values():
            continue
        for at in _HELD.get(category, (0, 1, 2)):
            of_text = facts(texts[at], year)
            if len(of_text.get(category, ())) >= len(values):
                break
        given = of_text.get(BROADER.get(category, category), {})
        plain_numbers = of_text.get("count", {})  # "inspected 12 times" may be "12 inspections"
        missing = [
            spelt for value, spelt in values.items() if value not in given and value.split()[0] not in plain_numbers
        ]
        if missing and (category not in OPPOSITES or (given and len(values) == 1)):
            instead = ", ".join([*of_text.get(category, {}).values()][:3])
            yield f'"{missing[0]}" is not what the report says' + (f': "{instead}"' if instead else "")


def contradicted(statement: str, text: str) -> list[str]:
    """Return what a statement says otherwise than a text: an opposite, or other words around a figure."""
    statement, text = normalised(statement), normalised(text)
    said = {category: values for category, values in facts(statement).items() if category in OPPOSITES}
    return [*dict.fromkeys(chain(_differences(said, [text] * 4), _around_figures(statement, text, text)))]


def _around_figures(statement: str, quote: str, sentence: str) -> Iterator[str]:
    """Yield what a statement says around its figures that a quote, or the sentence it is of, says around others."""
    yield from _before_figures(statement, quote)
    yield from _beside_another(_names_before(statement), _names_before(sentence))
    behind = _words_behind(statement)
    if len(behind) > 1:
        yield from _beside_another(behind, _words_behind(sentence))
    yield from _at_the_other_end(statement, quote)


def _before_figures(statement: str, text: str) -> Iterator[str]:
    """Yield what a statement says before a figure otherwise than a text before the same figure: rose 9.1 percent."""
    given = _up_to_figures(text)
    for figure, words in _up_to_figures(statement).items():
        said = {key: values for key, values in facts(words).items() if key in {"direction", "hedge"}}
        yield from _differences(said, [given.get(figure, "")] * 4)


_Beside = Mapping[tuple[str, str], Mapping[str, str]]
"""By the amount of each figure the words beside it, by a form in which they compare."""


def _beside_another(own: _Beside, given: _Beside) -> Iterator[str]:
    """Yield the words beside one figure of a statement, `own`, that a text has beside another: 14 ships of 9 ports.

    The other is one that the statement has other words beside, or any where the statement has one figure.
    """
    # Of two figures one may go without their noun: 14 cranes, not 40.
    beside = {word for figure in given if len(own) == 1 or own.get(figure) for word in given[figure]}
    for figure, words in own.items():
        if given.get(figure) and given[figure].keys().isdisjoint(words):
            yield from (f"the report has another figure beside {words[word]}" for word in words if word in beside)


@lru_cache(maxsize=64)
def _names_before(text: str) -> _Beside:
    """Return the words before each figure that may be names."""
    said = {figure: facts(words) for figure, words in _up_to_figures(text).items()}
    return {figure: {**of_it.get("name", {}), **of_it.get("capital", {})} for figure, of_it in said.items()}


@lru_cache(maxsize=64)
def _words_behind(text: str) -> _Beside:
    """Return the words right behind each figure, up to a mark or the next figure, but for short ones."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    of_text = figures(text)
    for figure, end in zip(of_text, [*(figure.start for figure in of_text[1:]), len(text)], strict=False):
        counted = amount(figure)
        unit = figure.text.partition(" ")[2] if counted[0] == "count" else ""  # 3 people are 3
        part = "".join(takewhile(lambda char: char not in _PUNCTUATION, f"{unit} {text[figure.end : end]}"))
        near = tokens(part)[:_NEAR]
        is_part = near[:1] == ["of"]  # 24 of the 61 seats are seats, too
        found.setdefault(counted, {} if is_part else {word: word for word in near if len(word) > _SHORT})
    return found


def _at_the_other_end(statement: str, text: str) -> Iterator[str]:
    """Yield the figure that a statement has at the other end of a change than a text: from 8 to 9, from 9 to 8."""
    own, given = _ends_of_changes(statement), _ends_of_changes(text)
    if {*given.values()} == {*_ENDS.values()}:
        turned = [figure for figure, end in own.items() if given.get(figure, end) != end]
        yield from (f"the report has {value} at the other end of the change" for _, value in turned)


@lru_cache(maxsize=64)
def _ends_of_changes(text: str) -> Mapping[tuple[str, str], str]:
    """Return which figures come right behind a word for the first or the last of a change, and for which end."""
    before = ((figure, tokens(text[max(0, figure.start - _FAR) : figure.start])[-1:]) for figure in figures(text))
    return {amount(figure): _ENDS[word] for figure, words in before for word in words if word in _ENDS}


@lru_cache(maxsize=64)
def _up_to_figures(text: str) -> Mapping[tuple[str, str], str]:
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
    value, unit = abs(column.value), column.unit
    figure = Figure(value, unit, kind_of(unit), 0, 0, f"{value.normalize():f} {unit or ''}".strip())
    (category, own), (_, bare) = amount(figure), amount(figure._replace(kind="count"))
    given = facts(texts[2])
    if bare not in given["number"] and own not in given.get(category, ()):
        yield FAILED, f"the paragraph has no {figure.text}"
        return
    said = {**facts(normalised(column.period or ""), report.year)}
    if category != unit or category in given:  # an unknown unit is its own category
        said[category] = {own: figure.text}
    if column.years not in {None, 1}:
        said["count"] = {str(column.years): f"{column.years} years"}
    before = _up_to_figures(texts[0]).get((category, own), texts[0])
    moved = {"direction": {"up" if column.value > 0 else "down": f"{column.value:f}"}}
    beside = _differences(moved if column.change == "growth" else {}, [before, *texts[1:]])
    for detail in chain(_differences(said, texts, report.year), beside):
        yield DOUBT, detail
    named = _words(statement) + _words(before)
    if column.partner_names and not any(_words(name) in named for name in column.partner_names):
        yield DOUBT, f"neither the statement nor the quote names {column.partner_names[0]}"


def _speaker(
    claim: Claimed, heard: Sequence[Heard], report: Report, speakers: Mapping[str, tuple[str, str]]
) -> Iterator[str]:
    """Yield where the report credits the claim's words otherwise than the claim does.

    What it credits to nobody may be the words of the last one who is credited before.
    """
    others = [each.credit.speaker for each in heard if each.credit.speaker]
    if not claim.speaker:
        if others and len(others) == len(heard):
            yield f"the report credits {others[0]} with it"
        return
    if not heard or (claim.said_in and place(claim.said_in, report)):
        return
    name, _ = speakers.get(claim.speaker, (claim.speaker, ""))
    own = {*_words(name).split()}
    last = heard[0].last
    possible = [{*_words(other).split()} for other in others or ([last] if last else [])]
    if not any(own <= other or other <= own for other in possible):
        instead = f"credits {others[0]} with it, not {name}" if others else f"does not credit {name} with it"
        yield f"the report {instead}"
