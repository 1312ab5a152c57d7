"""The figures of a text as typed values: 7.4 trillion yuan is 7400000000000, in yuan, a currency.

Years, dates, ordinals, numbers within names (COVID-19) and bare number words ("two", "within ten years") are no
figures. The words of numbers, scales and units are data: units.toml.
"""

import re
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import NamedTuple

from guizhou_cli.text import HAN

_TOKEN = rf"\d++(?:,\d{{3}}(?!\d))*+(?:\.\d++)?+|[^\W\d_{HAN}]++(?:\.[^\W\d_{HAN}]++)*+|[{HAN}]|[$%£€¥₹₩₫฿₽]"
_HAN = re.compile(f"[{HAN}]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LONGEST_NUMBER = 40  # characters; what is longer is a serial number, or nonsense
_MOST_SCALES = 3  # three hundred thousand million
_DAYS_OF_A_MONTH = 31
_TENS = range(20, 100, 10)


class Figure(NamedTuple):
    """A number in a text, in base units and never negative.

    Attributes:
        value: number times scale: 2200000000000 for "2.2 trillion yuan".
        unit: the name of the unit in units.toml, or None: percent, percentage points, yuan, US dollars, kilometers.
        kind: the kind of the unit (ratio, currency, length, area, mass, …), or "count" where there is none.
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


class _Words(NamedTuple):
    """The words of units.toml, ready to look up."""

    numbers: dict[str, int]
    scales: dict[str, int]
    short_scales: dict[str, int]
    signs: dict[str, str]
    units: dict[tuple[str, ...], str]
    beginnings: dict[str, int]
    behind: frozenset[str]
    kinds: dict[str, str]
    classes: dict[str, frozenset[str]]


@cache
def _words() -> _Words:
    data = tomllib.loads(resources.files(__package__).joinpath("units.toml").read_text("utf-8"))
    units, kinds = {}, {}
    for kind, names in data["kinds"].items():
        for name, spellings in names.items():
            kinds[name] = kind
            units.update({tuple(re.findall(_TOKEN, spelling)): name for spelling in spellings})
    begin: dict[str, int] = {}  # the first token of units, and the most tokens of one
    for spelling in units:
        begin[spelling[0]] = max(begin.get(spelling[0], 0), len(spelling))
    behind = frozenset(begin).union(data["scales"], data["short_scales"], "多余")
    classes = {name: frozenset(words.split()) for name, words in data["words"].items()}
    return _Words(
        data["numbers"], data["scales"], data["short_scales"], data["signs"], units, begin, behind, kinds, classes
    )


def unit_named(text: str | None) -> str | None:
    """Return the full name of a unit as somebody writes it ("%", "US$", "km"); of an unknown one the text itself."""
    folded = (text or "").strip().casefold()
    return _words().units.get(tuple(re.findall(_TOKEN, folded))) or _words().signs.get(folded) or folded or None


def kind_of(unit: str | None) -> str:
    """Return the kind of a unit; "count" for none, and the unit itself for one that is unknown."""
    return _words().kinds.get(unit, unit) if unit else "count"


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order; the first of a range takes the unit of the second.

    Linear in the length of the text.
    """
    tokens = tokenized(text)
    found: list[_Reading] = []
    at = 0
    while at < len(tokens):
        reading = _reading(text, tokens, at) if _may_begin(tokens[at].word) else None
        at = reading.after if reading else at + 1
        if reading:
            found.append(reading)
    _share_units(text, found)
    return [each.figure for each in found if not each.spelt or each.scale or each.figure.kind not in {"count", "time"}]


def _may_begin(word: str) -> bool:
    """Return whether a figure may begin with a word, which most words are not worth a closer look for."""
    return word[0].isdecimal() or word in {"a", "an"} or word in _words().numbers or word == "百"


class Token(NamedTuple):
    """A token of a text without case (a word, a number, a currency sign, a Chinese character), and where it is."""

    word: str
    start: int
    end: int


class _Reading(NamedTuple):
    """A figure, whether its number is in words, its scale as a power of ten, and the index of the token behind it."""

    figure: Figure
    spelt: bool
    scale: int
    after: int


def tokenized(text: str) -> list[Token]:
    """Return the tokens of a text, which figures and wording are read from."""
    return [Token(match[0].casefold(), *match.span()) for match in re.finditer(_TOKEN, text)]


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if 0 <= at < len(tokens) else ""


def _joined(text: str, tokens: Sequence[Token], at: int, gaps: Sequence[str] = ("", " ", "-")) -> bool:
    """Return whether a token follows the one before it directly, behind a blank or behind a hyphen."""
    if not 0 < at < len(tokens):
        return False
    gap = text[tokens[at - 1].end : tokens[at].start]
    return gap in gaps or (gap == ". " and "." in tokens[at - 1].word)  # U.S. dollars


def _reading(text: str, tokens: Sequence[Token], at: int) -> _Reading | None:
    """Return the figure that begins at a token, or None."""
    words, first = _words(), at
    hundredths = tokens[at].word == "百" and [each.word for each in tokens[at + 1 : at + 3]] == ["分", "之"]
    value, after = number_at(text, tokens, at + 3 if hundredths else at)
    if after is None or value is None:
        return None
    spelt = not tokens[first].word[0].isdecimal()
    sign, start = _sign(text, tokens, first)
    unit, scale, beyond = None, 0, after
    for _ in range(_MOST_SCALES if _word(tokens, after) in words.behind else 0):
        more = 1 if _word(tokens, beyond) in {"多", "余"} else 0
        unit, end = _unit(text, tokens, beyond + more)
        word = _word(tokens, beyond + more)
        power = words.scales.get(word)
        if power is None and sign and _joined(text, tokens, beyond, ("",)):
            power = words.short_scales.get(word)
        if unit or power is None or not _joined(text, tokens, beyond + more):
            break
        scale, beyond = scale + power, beyond + more + 1
    if unit:
        beyond = end
    if not spelt and _is_a_name(text, tokens, first, beyond, plain=not (unit or sign or scale)):
        return None
    if unit == "tenths":
        value, unit = value * 10, "percent"
    unit = "percent" if hundredths else unit if unit and not (sign and kind_of(unit) != "currency") else sign or unit
    end = tokens[beyond - 1].end
    figure = Figure(value.scaleb(scale).normalize(), unit, kind_of(unit), start, end, text[start:end])
    return _Reading(figure, spelt, scale, beyond)


def number_at(text: str, tokens: Sequence[Token], at: int) -> tuple[Decimal | None, int | None]:
    """Return the number that begins at a token, in digits or in words, and the index behind it; None for none."""
    word, numbers = _word(tokens, at), _words().numbers
    if word[:1].isdecimal():
        return (Decimal(word.replace(",", "")), at + 1) if len(word) <= _LONGEST_NUMBER else (None, None)
    if word in {"a", "an"} and _word(tokens, at + 1) in _words().scales and _joined(text, tokens, at + 1):
        return Decimal(1), at + 1
    if word not in numbers or _word(tokens, at - 1) == "第":
        return None, None
    value = numbers[word]
    at += 1
    while (word := _word(tokens, at)) in numbers and _joined(text, tokens, at):
        more = numbers[word]
        if word == "十" and value < more:  # 二十
            value *= 10
        elif value in _TENS or _word(tokens, at - 1) == "十":  # twenty-five, 十五
            value += more
        else:
            break
        at += 1
    return Decimal(value), at


def _sign(text: str, tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """Return the currency whose sign is before a number, and where the figure begins."""
    signs, start = _words().signs, tokens[at].start
    before = _word(tokens, at - 1)
    if before not in signs or not _joined(text, tokens, at, ("", " ", ". ")):
        return None, start
    country = _word(tokens, at - 2) + before
    if country in signs and _joined(text, tokens, at - 1, ("", " ")):
        return signs[country], tokens[at - 2].start
    return signs[before], tokens[at - 1].start


def _unit(text: str, tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    """Return the longest unit that begins at a token, and the index behind it."""
    longest, most = _words().beginnings.get(_word(tokens, at), 0), 0
    while most < longest and _joined(text, tokens, at + most):
        most += 1
    for length in range(most, 0, -1):
        unit = _words().units.get(tuple(each.word for each in tokens[at : at + length]))
        if unit and not (unit == "tenths" and _word(tokens, at + length) in _words().classes["not_tenths"]):
            return unit, at + length
    return None, at


def _is_a_name(text: str, tokens: Sequence[Token], at: int, after: int, *, plain: bool) -> bool:
    """Return whether digits are no figure but a year, a date, an ordinal, a time, or part of a name.

    `plain` says that they have no unit, sign or scale.
    """
    classes, token, behind = _words().classes, tokens[at], _word(tokens, after)
    before, next_word = _word(tokens, at - 1), _word(tokens, at + 1)
    gap = text[tokens[at - 1].end : token.start] if at else " "
    lettered = before[:1].isalpha() and not _HAN.match(before) and before not in _words().signs
    year = _YEAR.fullmatch(token.word) is not None
    clock = gap == ":" or (text[token.end : token.end + 1] == ":" and next_word[:1].isdecimal())
    ordinal = behind in {"st", "nd", "rd", "th"} and text[tokens[after - 1].end] == tokens[after].word[0]
    if clock or ordinal or next_word in {"月", "日", "号"} or (lettered and gap in {"", "-"}):  # FY23, COVID-19
        return True
    if not plain:
        return year and (before in classes["years_follow"] or next_word == "年")
    numbered = before in classes["numbered"] and gap in {" ", ". "}  # Article 5
    rest_of_years = gap == "-" and _YEAR.fullmatch(before) is not None  # 2016-20
    small = len(token.word) <= len("31") and int(token.word.split(".")[0]) <= _DAYS_OF_A_MONTH
    return year or numbered or rest_of_years or (small and _of_a_month(text, tokens, at))


def _of_a_month(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Return whether a number is a day: 5 June, June 5, or the second day of June 5 to 10, June 5-10."""
    beside = [at - 1, at + 1]
    if _word(tokens, at - 1)[:1].isdecimal():
        beside.append(at - 2)
    elif _word(tokens, at - 1) in {"to", "and"} and _word(tokens, at - 2)[:1].isdecimal():
        beside.append(at - 3)
    months = _words().classes["months"]
    return any(_word(tokens, each) in months and text[tokens[each].start].isupper() for each in beside)


def _share_units(text: str, found: list[_Reading]) -> None:
    """Give the first of two figures that are joined ("5 to 6 million yuan", "2 or 3%") what the second has."""
    for at in range(len(found) - 2, -1, -1):
        one, other = found[at].figure, found[at + 1].figure
        between = text[one.end : other.start].strip().removesuffix(" from")
        if one.unit or not other.unit or between not in {"-", "to", "and", "or", "至", "到", "和", "或"}:
            continue
        value, scale = one.value, found[at + 1].scale
        if between in {"-", "to", "至", "到"} and not found[at].scale and value.scaleb(scale) < other.value:
            value = value.scaleb(scale).normalize()
        figure = one._replace(value=value, unit=other.unit, kind=other.kind)
        found[at] = found[at]._replace(figure=figure)


_PHRASE = 5
"""The most words of a drafted noun phrase."""


def described(figure: Figure, sentence: str) -> tuple[str, str]:
    """Return a short noun phrase for what a figure of a sentence is of, and its change: level, growth, share, target.

    A guess for drafts, by the words beside the figure.
    """
    classes = _words().classes
    before, behind = tokenized(sentence[: figure.start]), tokenized(sentence[figure.end :])
    near = [each.word for each in before[-8:]]
    close = {*near[-5:], *(each.word for each in behind[:3])}
    change = "level"
    if classes["target"] & set(near):
        change = "target"
    elif figure.kind == "ratio" and classes["growth"] & close:
        change = "growth"
    elif figure.unit == "percent" and (classes["share"] & set(near) or _word(behind, 0) == "of"):
        change = "share"
    if figure.kind in {"count", "people", "mass", "length", "area"} and change != "growth":
        behind_it = _until(re.split(r"[,.;:()\"]", sentence[figure.end :], maxsplit=1)[0].split())
        if behind_it:
            return behind_it, change
    return _subject(sentence[: figure.start]) or "figure", change


def _until(words: Sequence[str]) -> str:
    """Return the words up to the first that ends a noun phrase."""
    classes = _words().classes
    ends = classes["ends_phrase"] | classes["growth"] | classes["share"]
    stop = next((at for at, word in enumerate(words) if word.casefold() in ends), len(words))
    return " ".join(words[: min(stop, _PHRASE)])


def _subject(before: str) -> str:
    """Return the noun phrase that the last clause before a figure begins with."""
    classes = _words().classes
    clauses = [clause.split() for clause in re.split(r"[,;:()\"]", before)]
    for words in reversed(clauses):
        starts = [at + 1 for at, word in enumerate(words) if word.casefold() in classes["begins_clause"]]
        for start in [*reversed(starts), 0]:
            clause = words[start:]
            while clause and clause[0].casefold() in classes["articles"]:
                clause = clause[1:]
            if phrase := _until(clause):
                return phrase
    return ""
