"""The rules that doubt a statement: what its words and figures say, beside the words of the report it rests on.

A rule compares figures (figures.py) and marks (wording.py); none understands a sentence. The statement is held against
the quote, and where that says nothing of the kind against its sentence, and then against its passage.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from guizhou_cli.report import wording
from guizhou_cli.report.figures import Figure, figures, number_at, tokenized
from guizhou_cli.report.wording import Mark, Value

_PERIODS = ("year", "span", "weekday", "duration", "ordinal", "multiple")
_LABELS = ("region", "year", "span", "name")
_COUNTS = frozenset({"count", "people", "time", "days"})  # "eleven platforms" has no figure, but is 11
_POINTS = frozenset({"basis points", "percentage points"})
_REACH = {
    "direction": (60, 20),
    "hedge": (25, 1),
}  # characters from a mark to the figure behind it, and before it
_OTHER = {"up": "down", "down": "up", "up to": "down to", "down to": "up to", "over": "under", "under": "over"}
_NEGATED_REACH = 40  # characters behind a negator in which the negated word is
_LONGEST_TEXT = 50_000  # characters of a report in which words are looked for
_MOST_OCCURRENCES = 20  # of one amount in a passage; more are no prose
_CLAUSE_END = re.compile(r"[,;:](?!\d)|\. ")


class Scope(NamedTuple):
    """The words that bear a statement out; without a quote, `quote` and `sentence` are the passage."""

    quote: str
    sentence: str
    passage: str
    report: str
    year: int | None


class _Read(NamedTuple):
    """What is read of a text: its figures, shares and multiples by amount, its numbers, its marks by category."""

    figures: Sequence[Figure]
    amounts: dict[Decimal, list[Figure]]
    numbers: frozenset[Decimal]
    marks: dict[str, list[Mark]]


@lru_cache(maxsize=4096)
def _read(text: str, year: int | None = None, *, statement: bool = False) -> _Read:
    marks: dict[str, list[Mark]] = {}
    for mark in wording.marks(text[:_LONGEST_TEXT], year, statement=statement):
        marks.setdefault(mark.category, []).append(mark)
    found = figures(text)
    shares = [
        Figure(Decimal(str(mark.value)), "times", "multiple", mark.start, mark.end, text[mark.start : mark.end])
        for mark in marks.get("multiple", [])
    ]
    amounts: dict[Decimal, list[Figure]] = {}
    for figure in (*found, *shares):
        amounts.setdefault(_amount(figure), []).append(figure)
    tokens = tokenized(text)
    numbers = (number_at(text, tokens, at)[0] for at in range(len(tokens)))
    return _Read((*found, *shares), amounts, frozenset(number for number in numbers if number is not None), marks)


def _amount(figure: Figure) -> Decimal:
    return figure.value / 100 if figure.unit == "basis points" else figure.value


def occurrences(figure: Figure, text: str) -> list[Figure]:
    """Return the figures of a text that are the same amount; one without a unit is an amount of any."""
    return [
        each
        for each in _read(text).amounts.get(_amount(figure), [])[:_MOST_OCCURRENCES]
        if not figure.unit or not each.unit or figure.unit == each.unit or {figure.unit, each.unit} == _POINTS
    ]


def gives(figure: Figure, text: str) -> bool:
    """Return whether a text gives a figure; a count may be in words there, or part of a name."""
    return bool(occurrences(figure, text)) or (figure.kind in _COUNTS and figure.value in _read(text).numbers)


def of_kind(kind: str, text: str) -> list[Figure]:
    """Return the figures of a text of one kind of unit."""
    return [each for each in _read(text).figures if each.kind == kind]


def doubts(statement: str, scope: Scope, spellings: wording.Spellings | None) -> Iterator[str]:
    """Yield what speaks against a statement, each as a line for a person.

    Args:
        statement: normalised.
        scope: the report's words.
        spellings: those of the report, or None where capitals do not mark names in its language.

    """
    yield from _missing_figures(statement, scope)
    yield from _beside_figures(statement, scope)
    yield from _mispaired(statement, scope)
    yield from contradictions(statement, scope)
    yield from periods(statement, scope)
    if spellings:
        yield from _names(statement, scope, spellings)


def _missing_figures(statement: str, scope: Scope) -> Iterator[str]:
    for figure in _read(statement).figures:
        for where, text in (("quote", scope.quote), ("sentence", scope.sentence), ("passage", scope.passage)):
            if figure.kind == "multiple" or gives(figure, text):
                break
            if where == "quote" and len(of_kind(figure.kind, statement)) > len(of_kind(figure.kind, text)):
                continue  # a quote that leaves out what else the statement says
            if where == "passage" or of_kind(figure.kind, text):
                other = next(iter(_read(text).amounts.get(_amount(figure), [])), None)
                yield (
                    f"the {where} has {other.text}, not {figure.text}" if other else f"the {where} has no {figure.text}"
                )
                break


def _beside_figures(statement: str, scope: Scope) -> Iterator[str]:
    """Yield the figures that have another direction or hedge in the statement than in the report."""
    for figure in _read(statement).figures:
        for category in ("direction", "hedge"):
            said = beside(category, figure, statement)
            for text in (scope.quote, scope.sentence, scope.passage):
                same = occurrences(figure, text)
                given = {beside(category, each, text) for each in same} - {None}
                if said and said not in given and _OTHER[said] in given:
                    yield f"the statement has {figure.text} {said}, the report {_OTHER[said]}"
                if given or (same and text == scope.sentence):
                    break


def beside(category: str, figure: Figure, text: str) -> str | None:
    """Return the direction or hedge right before a figure in its clause, or else right behind it: up, down to, over."""
    marks, (reach, reach_behind) = _read(text).marks.get(category, []), _REACH[category]
    at = bisect_right(marks, figure.start, key=lambda mark: mark.start)
    if at and figure.start - marks[at - 1].end <= reach:
        before = text[marks[at - 1].end : figure.start]
        crossed = _CLAUSE_END.search(before) or (category != "direction" and any(map(str.isdecimal, before)))
        if not crossed:
            level = category == "direction" and before.endswith((" to ", "至"))
            return f"{marks[at - 1].value} to" if level else str(marks[at - 1].value)
    for mark in marks[at : at + 2]:  # the first may be within the figure's own words: 2 percent less
        near = mark.end > figure.end and mark.start - figure.end <= reach_behind
        if near and not _CLAUSE_END.search(text[figure.end : mark.start]):
            return str(mark.value)
    return None


def _mispaired(statement: str, scope: Scope) -> Iterator[str]:
    """Yield the figures that the report gives for another year, month, region or name than the statement does."""
    for category in _LABELS:
        for unit in {figure.unit for figure in _read(statement).figures}:
            paired = pairs(category, unit, scope[:2], scope.year)
            labels, amounts = {label for label, _ in paired}, {amount for _, amount in paired}
            for label, amount in pairs(category, unit, [statement], scope.year, least=1) if paired else []:
                if label in labels and amount in amounts and (label, amount) not in paired:
                    yield f"the report gives {amount:f} {unit or ''} for another {category}"


def pairs(
    category: str, unit: str | None, texts: Sequence[str], year: int | None = None, *, least: int = 2
) -> list[tuple[Value, Decimal]]:
    """Return which label of a category (region, name, …) the first possible text gives each figure of a unit for.

    It has to name `least` of them in turn ("2.8% in the east and 8.7% in the west") or respectively.
    """
    for text in texts:
        labels = wording.names(text) if category == "name" else _read(text, year).marks.get(category, [])
        amounts = [each for each in _read(text).figures if each.unit == unit]
        kinds = "".join(
            kind for _, kind in sorted([(m.start, "L") for m in labels] + [(f.start, "F") for f in amounts])
        )
        half = len(kinds) // 2
        respective = "respectively" in text and kinds in {"L" * half + "F" * half, "F" * half + "L" * half}
        if half >= least and (respective or kinds in {"LF" * half, "FL" * half}):
            return [(label.value, amount.value) for label, amount in zip(labels, amounts, strict=True)]
    return []


def contradictions(statement: str, scope: Scope) -> Iterator[str]:
    """Yield the opposites and negations of which a statement has one side, and the report's words only the other.

    A negation of an opposite is the same again: "will not open" of "stays closed".
    """
    opposed, negated = list(_opposed(statement, scope)), _negated(statement, scope)
    differ = bool(_negators(statement)) != bool(_negators(scope.quote))
    if not (opposed and differ):
        yield from opposed
        if negated:
            yield negated


def _opposed(statement: str, scope: Scope) -> Iterator[str]:
    said = _values(statement, None, statement=True)
    for name in sorted(wording.opposites() & said.keys()):
        given = next(
            (have for text in scope[:2] if len(have := _values(text, None).get(name, set())) >= len(said[name])), set()
        )
        sides = said[name] - given
        if given and sides and (len(said[name]) == 1 or name == "region"):
            yield f"the statement says {_either(sides)}, the report {_either(given)}"


def _negators(text: str) -> list[str]:
    marks = _read(text).marks.get("negation", [])
    return [text[mark.start : mark.end] for mark in marks if mark.value == "negators"]


def _negated(statement: str, scope: Scope) -> str | None:
    """Return a negation of a statement that the report's sentence lacks, or one of the quote that it leaves out."""
    said = [mark for mark in _read(statement).marks.get("negation", []) if mark.value != "not_negative"]
    negators = _negators(statement)
    given = [mark for mark in _read(scope.sentence).marks.get("negation", []) if mark.value != "not_negative"]
    if negators and not given:
        return f'the statement says "{negators[0]}", the report has no such word'
    stems = {wording.stem(token.word) for token in tokenized(statement)}
    for mark in [] if said else _read(scope.quote).marks.get("negation", []):
        behind = (token.word for token in tokenized(scope.quote[mark.end : mark.end + _NEGATED_REACH]))
        word = next((word for word in behind if word not in wording.function_words()), "")
        if mark.value == "negators" and wording.stem(word) in stems:
            return f'the report says "{scope.quote[mark.start : mark.end]} {word}", the statement has no such word'
    return None


def periods(statement: str, scope: Scope) -> Iterator[str]:
    """Yield the years, months, days, durations, ordinals and multiples that a statement has, and the report lacks."""
    for category, said in _values(statement, scope.year, statement=True).items():
        if category not in _PERIODS:
            continue
        of_quote = _values(scope.quote, scope.year).get(category, set())
        comparable = len(said) == len(of_quote) == 1  # a cut quote may leave out the other of two
        missing = said
        rest = () if category == "multiple" else (scope.report,)
        for text in (scope.quote if comparable else scope.passage, *rest):
            missing = {each for each in missing if not _follows(category, each, text, scope.year)}
            if not missing or category in _values(text, scope.year):
                break
        if missing:
            yield f"the report does not say {_either(missing)} ({category})"


def spans_of_years(text: str) -> set[int]:
    """Return the numbers of years that a text speaks of: three in "the past three years"."""
    spans = _values(text, None).get("duration", set())
    return {int(each[0]) for each in spans if isinstance(each, tuple) and each[1] == "year"}


def _follows(category: str, value: Value, text: str, year: int | None) -> bool:
    """Return whether a period or multiple is given in a text, or follows from what is."""
    values = _values(text, year)
    given = values.get(category, set()) | values.get(f"compared {category}", set())
    if value in given:
        return True
    if isinstance(value, tuple) and category == "span":  # a month within a quarter
        spans = [each for each in given if isinstance(each, tuple)]
        return value[0] == value[1] and any(int(each[0]) <= value[0] <= int(each[1]) for each in spans)
    if isinstance(value, int) and category == "year":  # another two years
        later = spans_of_years(text) - {1}
        return any(isinstance(each, int) and abs(value - each) in later for each in (*given, year))
    if category == "multiple":
        share = Decimal(str(value)) * 100
        return any(each.unit == "percent" for each in _read(text).amounts.get(share, []))
    number = value[0] if isinstance(value, tuple) else value
    return category in {"duration", "ordinal"} and number in _read(text).numbers


def _names(statement: str, scope: Scope, spellings: wording.Spellings) -> Iterator[str]:
    """Yield the names of a statement that the report spells another way, or does not have."""
    known = _values(scope.report, None).get("name", set())
    for mark in wording.names(statement):
        words = [] if mark.value in known else re.findall(r"[^\W\d_]+", statement[mark.start : mark.end])
        for word in words:
            if near := spellings.near(word):
                yield f"{word} is spelt {near} in the report"
            elif isinstance(mark.value, int) or not spellings.has(word):
                yield f"the report does not name {word}"


@lru_cache(maxsize=4096)
def _values(text: str, year: int | None, *, statement: bool = False) -> dict[str, set[Value]]:
    return {
        category: {mark.value for mark in marks}
        for category, marks in _read(text, year, statement=statement).marks.items()
    }


def _either(values: Iterable[Value]) -> str:
    return " or ".join(sorted(" ".join(map(str, each)) if isinstance(each, tuple) else str(each) for each in values))
