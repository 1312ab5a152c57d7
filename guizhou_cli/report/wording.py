"""What a text says, as far as a table can know: figures, opposites, negation, periods and names.

The words are data: wording.toml.
"""

import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from importlib import resources

from guizhou_cli.report.figures import Figure, Phrase, Token, longest, numbers, phrase, tokenized

Facts = Mapping[str, Mapping[str, str]]
"""By category the values that a text gives, and the words that give each: `{"direction": {"up": "rose"}}`."""

BROADER = {"count": "number", "negation": "negative", "year": "years", "month": "months", "name": "names"}
"""Categories of which a report may say the same in other words, and the category that has those too."""

_TABLES = tomllib.loads(resources.files(__package__).joinpath("wording.toml").read_text("utf-8"))
_OPPOSITES: dict[str, dict[str, str]] = _TABLES.pop("opposites")
OPPOSITES = frozenset(_OPPOSITES)
"""Categories whose values exclude each other."""

_ENDINGS = ("s", "es", "d", "ed", "ing")
_SHORTEST_WORD = 3
_SHORT_YEAR = 2  # digits
_BEGINNING = 4  # letters that the forms of a name share
_COUNTED = frozenset({"count", "word", "name", "people", "time", "days"})  # "eleven platforms" has no figure, but is 11
_ENDS = frozenset(["", *'.:?!"'])  # behind them a capital is no name's
_BARE = frozenset({"count", "word"})
_OF_ALL = frozenset({" in ", " in every ", " of every ", " out of ", " out of every "})  # one in five
_TO = frozenset("to through until 至 到".split())  # between months
_NAMES = frozenset({"name", "month", "weekday", "span"})


def _phrases() -> dict[Phrase, list[tuple[str, str]]]:
    """Return the categories and values of each phrase, and of the forms of a word: price, prices; decline, declining.

    A phrase that hides what its words mean alone has none.
    """
    found: dict[Phrase, list[tuple[str, str]]] = defaultdict(list)
    for category, values in (_TABLES | _OPPOSITES).items():
        for value, spellings in values.items():
            entries = _months(value) if category == "span" else [] if category == "nothing" else [(category, value)]
            for spelling in spellings.split(","):
                found[phrase(spelling)] += entries
    for (word, *others), entries in [*found.items()]:
        if not others and len(word) >= _SHORTEST_WORD:
            for form in (*(word + ending for ending in _ENDINGS), word.removesuffix("e") + "ing"):
                found.setdefault((form,), entries)
    return dict(found)


def _months(span: str) -> list[tuple[str, str]]:
    """Return the categories and values of the months from one to another: 4-6."""
    first, last = map(int, span.split("-"))
    months = range(first, last + 1 if first <= last else last + 13)  # November to February
    return [("span", span), *(("months", str((month - 1) % 12 + 1)) for month in months)]


_PHRASES = _phrases()
_MONTHS = {spelling.strip(): number for number, of_it in _TABLES["month"].items() for spelling in of_it.split(",")}
_BEGINNINGS = frozenset(words[0] for words in _PHRASES)


def plain(text: str) -> str:
    """Return a text without case and accents."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.casefold()


def amount(figure: Figure) -> tuple[str, str]:
    """Return the category and the value of a figure among facts."""
    value = f"{figure.value.normalize():f}"
    return ("count", value) if figure.kind in _COUNTED else (figure.kind, f"{value} {figure.unit}")


@lru_cache(maxsize=4096)
def facts(text: str, year: int | None = None) -> Facts:
    """Return what a normalised text says; `year` is that of the event, by which "last year" is one.

    The category of a figure is its kind, or `count`; `number` has all numbers, those that count nothing too. `capital`
    has words that may be names.
    """
    found: dict[str, dict[str, str]] = defaultdict(dict)
    hidden: set[int] = set()  # a number within a phrase counts nothing: first six months
    for entries, start, end in _marked(text):
        hidden.update(range(start, end))
        for category, value in entries:
            dated = str(int(value) + year) if category in {"year", "years"} and year is not None else value
            found[category].setdefault(dated, text[start:end])
    before: Figure | None = None
    for figure in numbers(text):
        if before and (share := _share(text, before, figure)):
            found["ratio"].setdefault(share, text[before.start : figure.end])
        year_meant = _year(text, before, figure)
        category, value = ("year", year_meant) if year_meant else amount(figure)
        before = figure
        found["number"].setdefault(value.split()[0], figure.text)
        said = year_meant or (figure.kind != "name" and (figure.kind != "word" or figure.unit))
        if said and (category != "count" or figure.start not in hidden):
            found[category].setdefault(value, figure.text)
    for narrow, broad in BROADER.items():
        found[broad] = found[narrow] | found[broad]
    return found


def _share(text: str, before: Figure, figure: Figure) -> str | None:
    """Return the percentage that a number and the one before it are, or None: one in five people."""
    bare = before.kind in _BARE and figure.kind in {*_BARE, "people"}
    if not bare or before.value >= figure.value or text[before.end : figure.start] not in _OF_ALL:
        return None
    tenths = 1000 * before.value / figure.value
    share = tenths / 10 if tenths % 1 == 0 else Decimal(round(tenths / 10))
    return f"{share.normalize():f} percent"


def _year(text: str, before: Figure | None, figure: Figure) -> str | None:
    """Return the year that a number means, given the one before it: 2024, FY24, the second of 2021-25; else None."""
    if figure.kind == "year":
        return figure.text[:4]
    if figure.kind != "name" or len(figure.text) != _SHORT_YEAR:
        return None
    if text.endswith("FY", 0, figure.start):
        return f"20{figure.text}"
    ends = before is not None and before.kind == "year" and text[before.end : figure.start] in {"-", "/"}
    in_date = text.startswith("-", figure.end)  # 2004-05-06
    return before.text[:2] + figure.text if before and ends and not in_date and figure.text > before.text[2:4] else None


def _marked(text: str) -> Iterator[tuple[Sequence[tuple[str, str]], int, int]]:
    """Yield the categories and values of the phrases of a text, and where each begins and ends."""
    tokens = tokenized(text)
    words = [token.word for token in tokens] + [""]
    at = 0
    while at < len(tokens):
        entries, after = longest(_PHRASES, words, at) if words[at] in _BEGINNINGS else (None, at)
        if entries is None:
            entries, after = [], at + 1
        if span := _span(text, tokens, words, at):
            entries, after = _months(span[0]), span[1]
        start, end = tokens[at].start, tokens[after - 1].end
        if text[start].islower():  # gross domestic product is the GDP, but "us" and "may" are no names
            broader = [("names", value) for category, value in entries if category == "name" and after > at + 1]
            entries = [*broader, *(entry for entry in entries if entry[0] not in {"month", "name"})]
        named = text[start].isupper() and after == at + 1 and end - start > _SHORTEST_WORD
        if named and words[at - 1] not in _ENDS and _NAMES.isdisjoint(dict(entries)):
            entries = [*entries, ("capital", text[start:end])]
        if entries:
            yield entries, start, end
        at = after


def _span(text: str, tokens: Sequence[Token], words: Sequence[str], at: int) -> tuple[str, int] | None:
    """Return the span from a month to another, and the index behind it: "4-6" of "between April and June", "4至6月"."""
    behind = at + 1
    joined = words[behind] in _TO or (words[behind] == "and" and words[at - 1] == "between")
    last = behind + joined
    if last >= len(tokens) or not (joined or text[tokens[at].end : tokens[last].start].strip() == "-"):
        return None
    if words[last + 1] == "月" and {words[at], words[last]} <= _TABLES["month"].keys():
        return f"{words[at]}-{words[last]}", last + 2
    capitals = text[tokens[at].start].isupper() and text[tokens[last].start].isupper()
    months = _MONTHS.get(words[at]), _MONTHS.get(words[last])
    return (f"{months[0]}-{months[1]}", last + 1) if capitals and all(months) else None


@lru_cache(maxsize=8)
def _spellings(text: str) -> tuple[frozenset[str], Mapping[str, str]]:
    """Return the words of a text and their beginnings, and its names by their letters in alphabetical order."""
    spelt = sorted({text[token.start : token.end] for token in tokenized(text)})
    words = frozenset(map(plain, spelt))
    names = {"".join(sorted(plain(word))): word for word in spelt if word[0].isupper() and len(word) >= _BEGINNING}
    return words | {word[:_BEGINNING] for word in words}, names


def spelling(name: str, text: str) -> str | None:
    """Return a name as a text spells it, perhaps with letters in other places; None where it has no such name.

    A word that begins as one of the text does, as Japan and Japanese do, may be a form of it.
    """
    (words, names), word = _spellings(text), plain(name)
    if word in words:
        return name
    return names.get("".join(sorted(word))) or (name if word[:_BEGINNING] in words else None)
