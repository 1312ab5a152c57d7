"""The figures of a text as typed values: 7.4 trillion yuan is 7400000000000, in yuan, a currency.

Years, dates, ordinals, numbers within names (COVID-19) and bare number words ("two", "within ten years") are no
figures. The words of numbers, scales and units are data: units.toml.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib import resources
from typing import Any, NamedTuple, TypeVar

from guizhou_cli.text import HAN

_LETTER = rf"[^\W\d_{HAN}]"
_BLANKS = r"(?:[ \u00a0\u2009\u202f]\d{3}(?!\d)){1,5}"  # 1 476 000
_GROUPED = rf"[1-9]\d{{0,2}}(?:{_BLANKS}|(?:,\d\d(?!\d)){{1,4}},\d{{3}}(?!\d))"  # 1,50,000
_DECIMAL = r"\d{1,3},\d{1,2}(?= (?:million|billion|trillion|per ?cent)\b|%)"  # 5,5 million
_NUMBER = rf"(?:{_DECIMAL}|{_GROUPED}|\d++(?:,\d{{3}}(?!\d))*+)(?:\.\d++)?+"
_ABBREVIATION = rf"{_LETTER}(?:\.{_LETTER}(?!{_LETTER}))++\.?+"  # U.S.
_FRACTION = r"\d{1,4}\u2044[1-9]\d?+"  # the normal form of 4\u00be
_TOKEN = re.compile(rf"{_FRACTION}|{_NUMBER}|{_ABBREVIATION}|{_LETTER}++|[{HAN}]|[^\w\s'-]")
_LONGEST_PHRASE = 5  # tokens
_LONGEST_NUMBER = 40  # characters; what is longer is a serial number, or nonsense
_MOST_SCALES = 4  # three hundred thousand million
_TEN, _MOST_TIMES = 10, 100  # 5,100 or 7.6 percent are not two percentages
_LONGEST_DAY, _GROUP, _LENGTH_OF_A_YEAR = 2, 3, 4  # digits


class Token(NamedTuple):
    """A number, a word without case, a Chinese character or a mark (but - and '), and where it is."""

    word: str
    start: int
    end: int


Phrase = tuple[str, ...]
T = TypeVar("T")


def tokenized(text: str) -> list[Token]:
    """Return the tokens of a text."""
    return [Token(match[0].casefold(), *match.span()) for match in _TOKEN.finditer(text)]


def phrase(text: str) -> Phrase:
    """Return the words of a text, as the tables of phrases have them."""
    return tuple(token.word for token in tokenized(text))


def longest(phrases: Mapping[Phrase, T], words: Sequence[str], at: int) -> tuple[T | None, int]:
    """Return the value of the longest phrase that begins at a word, and the index behind it; None for no phrase."""
    for length in range(_LONGEST_PHRASE, 0, -1):
        value = phrases.get(tuple(words[at : at + length]))
        if value is not None:
            return value, at + length
    return None, at


_DATA: dict[str, Any] = tomllib.loads(resources.files(__package__).joinpath("units.toml").read_text("utf-8"))
_NUMBERS: Mapping[str, int] = _DATA["numbers"]
_SCALES: Mapping[str, int] = _DATA["scales"]
_SHORT_SCALES: Mapping[str, int] = _DATA["short_scales"]
_SIGNS: Mapping[Phrase, str] = {phrase(sign): unit for sign, unit in _DATA["signs"].items()}
_KINDS: Mapping[str, str] = {unit: kind for kind, units in _DATA["kinds"].items() for unit in units}
_UNITS: Mapping[Phrase, str] = {
    phrase(spelt): unit for units in _DATA["kinds"].values() for unit, spellings in units.items() for spelt in spellings
}
_MULTIPLES: Mapping[str | None, tuple[int, str]] = _DATA["multiples"]
_WORDS: Mapping[str, frozenset[str]] = {name: frozenset(words.split()) for name, words in _DATA["words"].items()}
_SIGN_BEGINS = frozenset(sign[0] for sign in _SIGNS)
_JOINS = _WORDS["to"] | _WORDS["and"]
_NO_FIGURES = frozenset({"year", "name", "word"})


class Figure(NamedTuple):
    """A number in a text, in base units and never negative.

    Attributes:
        value: number times scale: 2200000000000 for "2.2 trillion yuan".
        unit: the name of the unit in units.toml, or None: percent, percentage points, yuan, US dollars, kilometers.
        kind: the kind of the unit (ratio, currency, length, area, mass, …), or "count" where there is none; of a number
            that is no figure `year`, `name` (of a name or date) or `word` (bare, or of a time).
        start: where it begins in the text, its currency sign included.
        end: where it ends, its unit included.
        text: the figure as the text gives it.

    """

    value: Decimal
    unit: str | None
    kind: str
    start: int
    end: int
    text: str


def unit_named(text: str | None) -> str | None:
    """Return the full name of a unit as somebody writes it ("%", "US$", "km"); of an unknown one the text itself."""
    folded = (text or "").strip().casefold()
    return _UNITS.get(phrase(folded)) or _SIGNS.get(phrase(folded)) or folded or None


def kind_of(unit: str | None) -> str:
    """Return the kind of a unit; "count" for none, and the unit itself for one that is unknown."""
    return _KINDS.get(unit, unit) if unit else "count"


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order; the first of a range takes the scale and the unit of the second."""
    return [number for number in numbers(text) if number.kind not in _NO_FIGURES]


def numbers(text: str) -> list[Figure]:
    """Return all numbers of a text in order, those that are no figures too. Linear in the length of the text."""
    tokens = tokenized(text)
    words = [token.word for token in tokens] + [""] * _LONGEST_PHRASE  # the last ones are before the first, too
    found: list[Figure] = []
    at = 0
    while at < len(tokens):
        sign, first = longest(_SIGNS, words, at) if words[at] in _SIGN_BEGINS else (None, at)
        value, after = _number(words, first)
        is_letter = sign and len(words[at]) == 1 and words[at].isalpha()  # N6.9 trillion, but not "vitamin N 3"
        if value is None or (is_letter and text[tokens[at].end] == " "):
            at = max(first, at + 1)
            continue
        glued = after < len(tokens) and tokens[after].start == tokens[after - 1].end
        short = first > at or (glued and (longest(_UNITS, words, after + 1)[0] or words[after + 1].endswith("s")))
        scale, unit, end = _measured(words, after, short=bool(short))  # $5m, 5m people
        more, unit = _MULTIPLES.get(unit, (0, unit))
        start, stop, last = tokens[at].start, tokens[end - 1].end, found[-1] if found else None
        between = text[last.end : start].strip().casefold() if last else ""
        shared = last.unit if last and scale and last.kind == "currency" and between in _WORDS["to"] else None
        scale, unit = scale + more, sign or unit or shared  # $20 to 25 billion
        figure = Figure(value.scaleb(scale), unit, kind_of(unit), start, stop, text[start:stop])
        if not words[first][0].isdecimal():
            is_word = not scale and figure.kind in {"count", "time"}
            figure = figure._replace(kind="word") if is_word else figure
        elif last and last.kind in {"year", "name"} and between in {"/", *_WORDS["to"]} and end == at + 1:
            figure = figure._replace(kind="name")  # 2016-20, 2024/25, June 5 to 10
        else:
            figure = figure._replace(kind=_kind(text, tokens, words, first, figure))
        plain = last and last.unit is None and last.kind in {"count", "word"}
        if last and unit and between in _JOINS and (plain or last.unit == unit):
            scaled = last.value.scaleb(scale) if last.value < value else last.value
            if scaled <= _MOST_TIMES * figure.value:  # 5 to 6 percent
                found[-1] = last._replace(value=scaled, unit=unit, kind=figure.kind)
        found.append(figure)
        at = end
    return found


def _number(words: Sequence[str], at: int) -> tuple[Decimal | None, int]:
    """Return the number that begins at a word, in digits or in words, and the index behind it; None for no number."""
    word = words[at]
    if "\u2044" in word:
        before, _, denominator = word.partition("\u2044")
        return Decimal(before[:-1] or 0) + Decimal(before[-1]) / Decimal(denominator), at + 1
    if word == "half" and words[at + 1] in {"a", "an"} and words[at + 2] in _SCALES:
        return Decimal("0.5"), at + 2
    if word[:1].isdecimal():
        groups = word.split(",")
        digits = word if len(groups[-1]) >= _GROUP else ".".join(groups)  # 5,5 million
        return Decimal(re.sub(r"[^\d.]", "", digits)) if len(word) <= _LONGEST_NUMBER else None, at + 1
    if word in {"a", "an"} and words[at + 1] in _SCALES:
        return Decimal(1), at + 1
    if word not in _NUMBERS or words[at - 1] in _WORDS["numbered"]:
        return None, at + 1
    value = _NUMBERS[word]
    while (more := _NUMBERS.get(words[at + 1], 0)) and (more == _TEN > value or more < _TEN <= value):
        value = value * more if more == _TEN else value + more  # 二十, twenty-five
        at += 1
    return Decimal(value), at + 1


def _measured(words: Sequence[str], at: int, *, short: bool) -> tuple[int, str | None, int]:
    """Return the scale behind a number as a power of ten, the unit behind it, and the index behind both."""
    scale = 0
    for _ in range(_MOST_SCALES):
        more = words[at] in _WORDS["more"]  # 20多亿
        unit, end = longest(_UNITS, words, at + more)
        if unit:
            return scale, unit, end
        power = _SCALES.get(words[at + more]) or (_SHORT_SCALES.get(words[at + more]) if short else None)
        if power is None:
            break
        scale, at = scale + power, at + more + 1
    return scale, None, at


def _kind(text: str, tokens: Sequence[Token], words: Sequence[str], at: int, figure: Figure) -> str:
    """Return the kind of a number in digits: that of a figure, `year`, or `name` for a part of a name or date."""
    word, token, before, behind = words[at], tokens[at], words[at - 1], words[at + 1]
    plain = (figure.start, figure.end) == (token.start, token.end)
    year = len(word) == _LENGTH_OF_A_YEAR and word[:2] in {"19", "20"} and word.isdecimal()
    if year and (plain or figure.kind in {"time", "people"}):  # in 2030 people stayed
        return "year"
    glued = figure.start == token.start and (tokens[at - 1].end == token.start or text[token.start - 1] == "-")
    clock = ":" in {before, behind} and any(words[each][:1].isdecimal() for each in (at - 2, at + 2))
    following = tokens[min(at + 1, len(tokens) - 1)]
    series = following.start == token.end and len(following.word) == 1 and text[following.start].isupper()
    named = plain and ((glued and before.isascii() and before.isalpha()) or series)
    if named or clock or behind in _WORDS["ordinal"]:  # FY23, COVID-19, 5G
        return "name"
    back = at - 2 if before == "." else at - 1
    month = tokens[back] if words[back] in _WORDS["months"] else following  # Nov. 5, 5 June
    dated = month.word in _WORDS["months"] and text[month.start].isupper() and len(word) <= _LONGEST_DAY
    return "name" if plain and (dated or words[back] in _WORDS["numbered"]) else figure.kind
