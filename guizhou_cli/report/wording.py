"""What the words of a text say, as far as a table can know: opposites, negation, periods, multiples and names.

The words are data: wording.toml.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise
from typing import NamedTuple

from guizhou_cli.report.figures import Token, number_at, tokenized

Value = str | int | tuple[int, int] | tuple[int, str]
"""A side of a pair of opposites, a year, an ordinal, the first and last month of a span, or a duration."""

_LONGEST_PHRASE = 5  # tokens
_MONTHS_OF_A_YEAR = 12
_CENTURY = 2000  # FY23 is 2023
_MOST_COUNTED = 10**6  # of years, months, days or times
_YEAR = re.compile(r"(?:19|20)\d\d")


_PLAIN = ("hedge", "negation", "multiple")
"""The categories of wording.toml that are tables of values and their phrases."""


class Mark(NamedTuple):
    """Something that a phrase of a text says: a category of wording.toml and its value, and where."""

    category: str
    value: Value
    start: int
    end: int


class _Tables(NamedTuple):
    """The phrases of wording.toml, as tuples of tokens, and what each says."""

    phrases: dict[tuple[str, ...], list[tuple[str, Value]]]
    begin: frozenset[str]
    months: dict[str, int]
    opposites: frozenset[str]
    units: dict[str, str]
    between: frozenset[str]
    to: frozenset[str]
    function_words: frozenset[str]


def _split(text: str) -> list[tuple[str, ...]]:
    return [tuple(token.word for token in tokenized(phrase)) for phrase in text.split(",") if phrase.strip()]


@cache
def _tables() -> _Tables:
    data = tomllib.loads(resources.files(__package__).joinpath("wording.toml").read_text("utf-8"))
    phrases: dict[tuple[str, ...], list[tuple[str, Value]]] = {}

    entries = [
        *((words, category, value) for category in _PLAIN for value, words in data[category].items()),
        *((words, pair, side) for pair, sides in data["opposites"].items() for side, words in sides.items()),
        (data["fixed"]["phrases"], "fixed", ""),
        *((words, "span", (int(span.split("-")[0]), int(span.split("-")[1]))) for span, words in data["spans"].items()),
        *((words, "relative year", int(years)) for years, words in data["years"].items()),
        *((words, "relative compared year", int(years)) for years, words in data["compared_years"].items()),
        *(
            (words, "duration", (int(duration.split()[0]), duration.split()[1]))
            for duration, words in data["durations"].items()
        ),
        *(
            (word, kind, at)
            for kind in ("weekday", "ordinal")
            for at, word in enumerate(data["calendar"][kind].split(","), 1)
        ),
        *((names, "name", at) for at, names in enumerate(data["names"]["aliases"])),
    ]
    for spelt, category, value in entries:
        for phrase in _split(spelt):
            phrases.setdefault(phrase, []).append((category, value))
    months = [phrase[0] for kind in ("months", "short_months") for phrase in _split(data["calendar"][kind])]
    words = {name: frozenset(words.split()) for name, words in data["words"].items()}
    return _Tables(
        phrases,
        frozenset(phrase[0] for phrase in phrases if len(phrase) > 1),
        {month: at % _MONTHS_OF_A_YEAR + 1 for at, month in enumerate(months)} | {"sept": 9},
        frozenset(data["opposites"]),
        data["units"],
        words["between"],
        words["to"],
        words["function"],
    )


def opposites() -> frozenset[str]:
    """Return the names of the pairs of opposites."""
    return _tables().opposites


def function_words() -> frozenset[str]:
    """Return words that say nothing by themselves."""
    return _tables().function_words


@lru_cache(maxsize=4096)
def marks(text: str, year: int | None = None, *, statement: bool = False) -> tuple[Mark, ...]:
    """Return what the phrases of a text say, in order; the longest phrase hides the shorter ones in it.

    Args:
        text: normalised text.
        year: that of the event, by which "last year" is one.
        statement: leave out what an author's own words may add: "a year earlier", "for the first time".

    """
    tokens, found, at = tokenized(text), [], 0
    while at < len(tokens):
        several, length = _timed(text, tokens, at, year) or _phrase(text, tokens, at)
        start, end = tokens[at].start, tokens[at + length - 1].end
        spelt = tuple(token.word for token in tokens[at : at + length])
        for category, value in several:
            relative = category.removeprefix("relative ")
            if relative != category and isinstance(value, int):
                found.append(Mark(relative, value + year if year else " ".join(spelt), start, end))
            elif not (statement and _is_said_freely(tokens, at, category, value)):
                found.append(Mark(category, value, start, end))
        at += length
    return (*found, *_joined_months(text, found, statement=statement))


def _is_said_freely(tokens: Sequence[Token], at: int, category: str, value: Value) -> bool:
    """Return whether an author may add such words without a report: first, a year, annual."""
    if category == "duration" and isinstance(value, tuple) and value[0] == 1:
        return at == 0 or tokens[at - 1].word != "within"
    return (category, value) == ("ordinal", 1)


def _phrase(text: str, tokens: Sequence[Token], at: int) -> tuple[list[tuple[str, Value]], int]:
    """Return what the longest phrase at a token says, and how many tokens it has; nothing and 1 for no phrase."""
    tables = _tables()
    if tokens[at].word in tables.begin:
        for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 1, -1):
            entry = tables.phrases.get(tuple(token.word for token in tokens[at : at + length]))
            if entry and "," not in text[tokens[at].start : tokens[at + length - 1].end]:
                return [each for each in entry if each[0] != "name" or _is_name(text, tokens[at])], length
    for word in _bases(tokens[at].word):
        if entry := tables.phrases.get((word,)):
            return [each for each in entry if each[0] != "name" or _is_name(text, tokens[at])], 1
    return [], 1


def _is_name(text: str, token: Token) -> bool:
    """Return whether a token is written as a name; a short one (US) only in capitals."""
    spelt = text[token.start : token.end]
    return not spelt.islower() and (len(spelt) > 3 or spelt[:2].isupper() or not spelt.isascii())  # noqa: PLR2004


def _bases(word: str) -> Iterator[str]:
    """Yield a word and what it may be a form of: dropped, drop; prices, price; carries, carry."""
    yield word
    for ending in ("s", "es", "ed", "d", "ing"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 2:  # noqa: PLR2004 - no word of the table is shorter
            yield base
            if ending in {"ed", "ing"}:
                yield base + "e"
                if base[-1] == base[-2]:
                    yield base[:-1]
            if base[-1] == "i" and ending in {"es", "ed"}:
                yield base[:-1] + "y"


def _timed(text: str, tokens: Sequence[Token], at: int, year: int | None) -> tuple[list[tuple[str, Value]], int] | None:
    """Return the period, ordinal or multiple that begins at a token, and how many tokens it has."""
    tables, token = _tables(), tokens[at]
    word, behind = token.word, _word(tokens, at + 1)
    if word in tables.months and text[token.start].isupper():
        return [("span", (tables.months[word], tables.months[word]))], 1
    if word == "fy" and behind.isdecimal() and len(behind) in {2, 4}:
        last = int(behind) % 100 + _CENTURY
        return [("year", last - 1), ("year", last)], 2
    if not _YEAR.fullmatch(word):
        return _counted(text, tokens, at, year)
    if text[token.end : token.end + 1] == "-" and len(behind) == 2 and behind.isdecimal():  # noqa: PLR2004 - 2016-20
        return [("year", int(word)), ("year", int(word[:2] + behind))], 2
    return [("year", int(word))], 1


def _counted(
    text: str, tokens: Sequence[Token], at: int, year: int | None
) -> tuple[list[tuple[str, Value]], int] | None:
    """Return what a number that begins at a token counts: 3rd, four months, first four months, 5 times, 4月."""
    tables, first = _tables(), tokens[at].word in {"first", "前"}
    number, after = number_at(text, tokens, at + first)
    if number is None or after is None or number != int(number) or number > _MOST_COUNTED:
        return None
    count, length = int(number), after - at
    rest = [_word(tokens, after + ahead) for ahead in range(3)]
    found: list[tuple[str, Value]] = []
    if first or rest[0] == "月":
        if rest[0] in {"month", "months", "月"} or rest[:2] == ["个", "月"]:
            found = [("span", (1 if first else count, count))] if count <= _MONTHS_OF_A_YEAR else []
    elif rest[0] in {"st", "nd", "rd", "th"} and text[tokens[after].start - 1].isdecimal():
        found = [("ordinal", count)]
    elif rest[0] in {"times", "fold", "倍"}:
        found = [("multiple", str(count))]
    else:
        skipped = rest[0] in tables.between
        length += skipped
        unit = tables.units.get(rest[skipped])
        if unit:
            found = [("duration", (count * 10, "year") if unit == "decade" else (count, unit))]
        if year and unit == "year" and rest[skipped + 1] in {"ago", "earlier", "before", "前"}:
            found.append(("relative compared year", -count))
    return (found, length + 1) if found else None


def _word(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].word if at < len(tokens) else ""


def _joined_months(text: str, found: Sequence[Mark], *, statement: bool) -> Iterator[Mark]:
    """Yield the span from one month to another: January to June; of a report also January and February."""
    for one, other in pairwise(mark for mark in found if mark.category == "span"):
        gap = text[one.end : other.start]
        between = gap.strip(" .-").casefold()
        joined = between in _tables().to or (gap and not between)
        if (
            joined
            and not (statement and between == "and")
            and isinstance(one.value, tuple)
            and isinstance(other.value, tuple)
        ):
            yield Mark("span", (int(one.value[0]), int(other.value[1])), one.start, other.end)


def plain(word: str) -> str:
    """Return a word without case and accents."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return word.casefold()


def names(text: str) -> list[Mark]:
    """Return the names in a text: those of the table by number, and other words in capitals, not at its start, as one.

    Only sensible where capitals mark names: in English.
    """
    known = {mark.start: mark for mark in marks(text) if mark.category == "name"}
    found: list[Mark] = []
    last = None
    for token in tokenized(text):
        spelt = text[token.start : token.end]
        gap = text[last.end : token.start] if last else "."
        last = token
        if found and token.start < found[-1].end:
            continue
        if token.start in known:
            found.append(known[token.start])
        elif spelt[0].isupper() and len(spelt) >= _SHORTEST_NAME - 1 and token.word not in _tables().months:
            if found and found[-1].end + 1 == token.start and gap == " " and isinstance(found[-1].value, str):
                found[-1] = found[-1]._replace(value=f"{found[-1].value} {plain(spelt)}", end=token.end)
            elif not any(c in gap for c in '.:?!"'):
                found.append(Mark("name", plain(spelt), token.start, token.end))
    return found


def stem(word: str) -> str:
    """Return the beginning of a word that its forms share."""
    return word[: max(4, len(word) - 3)][:6]


class Spellings(NamedTuple):
    """How the words of a text are spelt, to find names that it does not have or has in another spelling."""

    words: frozenset[str]
    beginnings: frozenset[str]
    patterns: dict[str, str]

    @classmethod
    def of(cls, text: str) -> "Spellings":
        """Return the spellings of a text."""
        spelt = {text[token.start : token.end] for token in tokenized(text)}
        words = {plain(word) for word in spelt}
        patterns: dict[str, str] = {}
        for word in sorted(spelt):
            if word[0].isupper() and len(word) >= _SHORTEST_NAME:
                patterns.update(dict.fromkeys(_patterns(plain(word)), word))
        return cls(frozenset(words), frozenset(word[:_BEGINNING] for word in words), patterns)

    def has(self, name: str) -> bool:
        """Return whether the text has a name, or a word that begins as it does: Japanese for Japan."""
        return plain(name) in self.words or (len(name) >= _BEGINNING and plain(name)[:_BEGINNING] in self.beginnings)

    def near(self, name: str) -> str | None:
        """Return a name of the text that differs in one letter or in the order of two, or None."""
        if plain(name) in self.words or len(name) < _SHORTEST_NAME:
            return None
        return next((self.patterns[each] for each in _patterns(plain(name)) if each in self.patterns), None)


_BEGINNING = 4
_SHORTEST_NAME = 4


def _patterns(word: str) -> Iterator[str]:
    """Yield patterns that a word shares with those that differ in one letter or in the order of its letters."""
    if len(word) <= _LONGEST_NAME:
        yield word[0] + "".join(sorted(word[1:]))
        yield from (f"{word[:at]}*{word[at + 1 :]}" for at in range(1, len(word)))


_LONGEST_NAME = 30
