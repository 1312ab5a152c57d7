"""The figures in a text: which there are, what they amount to, and whether a rate is told as a rise or a fall."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from guizhou_cli import spelling
from guizhou_cli.article import MONTH, normalised
from guizhou_cli.mentions import holds

_DIGITS = r"\d+(?:\.\d+)?"
"""A number within a figure, as a pattern: 14, in 14th."""


def lacking(statement: str, text: str, day: str) -> Iterator[str]:
    """Yield the figures of a statement that a text does not give: in digits, in words, or as the same amount.

    Args:
        statement: what is claimed.
        text: what it should stand in, normalised.
        day: when that was told, as ISO 8601: a year may be the last, or left out.

    """
    given, amounts = _figures(text), _amounts(text)
    here = {*given, *re.findall(_DIGITS, " ".join(given)), *_years_told(text, day)}
    here.update(*(figures for amount, figures in _amounts(statement).items() if amount in amounts))
    for figure in _figures(statement):
        if figure not in here and not here.issuperset(re.findall(_DIGITS, figure)):
            yield figure


def _figures(text: str) -> list[str]:
    """Return the figures in a text, in digits or as the words two to twelve, each once: 28.4, 2, 14th."""
    found = (word for word in spelling.words(text) if any(map(str.isdecimal, word)))
    return list(dict.fromkeys(re.sub(r"(?<=\d)p(?=\d)", ".", word) for word in found))


def _amounts(text: str) -> dict[Decimal, set[str]]:
    """Return the numbers in a text as they count, and the figures of each: 1200000 is 1.2, in 1.2 million."""
    found: dict[Decimal, set[str]] = {}
    words = spelling.words(text)
    for word, unit in zip(words, [*words[1:], ""], strict=True):
        if re.fullmatch(r"\d+(?:p\d+)?", word):
            figure = word.replace("p", ".")
            found.setdefault(Decimal(figure).scaleb(_UNITS.get(unit, 0)).normalize(), set()).add(figure)
    return found


_UNITS = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "\u4e07": 4, "\u4ebf": 8}
"""By how many places each moves the decimal point."""


def numbers(text: str) -> set[float]:
    """Return the numbers in a text, also those that a unit or a currency is written on to: 50km, RMB1.2."""
    return {float(digits) for figure in _figures(text) for digits in re.findall(_DIGITS, figure)}


def rates(text: str) -> set[float]:
    """Return the numbers in a text that are percentages."""
    told = re.findall(r"(?:(\S+) (?:(?:to|or|and) )?)?(\S+) percent\b", spelling.canonical(text))
    return numbers(" ".join(word for pair in told for word in pair).replace("p", "."))


def placed(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield where each number of a text begins and ends, and which it is."""
    for match in re.finditer(r"[\d,.]*\d", text):
        yield from ((*match.span(), number) for number in numbers(match.group()))


def _years_told(text: str, day: str) -> Iterator[str]:
    """Yield the years that a text told on a day, as ISO 8601, speaks of without giving them in digits."""
    for words, since in _YEARS.items():
        if holds(text, words):
            yield str(int(day[:4]) + since)
    if re.search(_DAY_ALONE, text):
        yield day[:4]


_YEARS = {"last year": -1, "this year": 0, "next year": 1, "\u53bb\u5e74": -1, "\u4eca\u5e74": 0, "\u660e\u5e74": 1}
_DAY_ALONE = rf"\b{MONTH} \d{{1,2}}\b(?!,? \d{{4}})|\b\d{{1,2}} {MONTH}(?! \d{{4}})"


def other_direction(rate: float, text: str) -> bool:
    """Tell whether a text gives a rate the other direction; not where it gives both, or none that can be told."""
    rises = {rise for clause in re.split(_CLAUSE_END, normalised(text)) for rise in _directions(abs(rate), clause)}
    return rate != 0 and bool(rises) and (rate > 0) not in rises


def _directions(number: float, clause: str) -> Iterator[bool]:
    """Yield for each place of a number in a clause whether it is a rise: by the nearest words that tell, if any.

    Those are the nearest before it and the nearest behind it, which may differ: trade that, in spite of a fall in
    demand, averaged 12 percent growth. Of two that differ the one right before the number tells: grew 12 percent.
    """
    words = spelling.words(re.sub(r"(?<!\w)-(?=\d)", " minus ", re.sub(_OF_NO_DIRECTION, " ", clause)))
    for at, word in enumerate(words):
        if number in numbers(word):
            before, behind = words[max(at - _WORDS_BEFORE, 0) : at][::-1], words[at + 1 : at + 1 + _WORDS_BEHIND]
            right_before = _rise(before[:_RIGHT_BEFORE])
            told = [right_before] if right_before is not None else [_rise(before), _rise(behind)]
            yield from (rise for rise in told if rise is not None)


def _rise(words: Sequence[str]) -> bool | None:
    """Tell whether the first of the words that tells a direction tells a rise."""
    return next((word in _RISING for word in words if word in _RISING or word in _FALLING), None)


_OF_NO_DIRECTION = r"(?i)\bless than\b|\b\w+(?: down)? to (?=\d)"
"""No less than 12 percent; fell to 12 percent, which says of what was before that it was more."""

_CLAUSE_END = r"[,.:;!?\u3002](?!\d)| --? "
_RIGHT_BEFORE, _WORDS_BEFORE, _WORDS_BEHIND = 2, 10, 3
"""How far from a number the word may be that tells its direction: fell by an annual average of; percent lower."""

_RISING = frozenset(
    """
    advance advanced boost boosted climb climbed climbing expand expanded expanding expansion gain gained gaining grow
    growing grows higher increase increased increases increasing jump jumped jumping leap leapt lift lifted raise raised
    rebound rebounded rise rises rising soar soared soaring surge surged surging up \u589e \u5347 \u6da8
    """.split()
)
_FALLING = frozenset(
    """
    contracted contraction cut decline declined declines declining decrease decreased decreases decreasing dip dipped
    down drop dropped dropping fall falling falls less lose losing lower minus negative plunge plunged plunging reduced
    reduction shrank shrink shrinking shrunk slid slide sliding slipped slump slumped slumping tumble tumbled weakened
    \u964d \u8dcc \u51cf
    """.split()
)
"""In the one spelling, in which grew and growth are grow, rose is rise, and fell is fall."""
