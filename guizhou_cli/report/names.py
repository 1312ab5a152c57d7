"""Words, names and offices in a sentence, and the people whom a report names.

The words of reporting, of offices and of names are data: speakers.toml.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from itertools import takewhile
from typing import NamedTuple

from guizhou_cli.text import HAN

_DATA: Mapping[str, Mapping[str, str]] = tomllib.loads(
    resources.files(__package__).joinpath("speakers.toml").read_text("utf-8")
)
ENGLISH = {name: frozenset(words.split()) for name, words in _DATA["english"].items()}
"""Classes of English words by name, such as `said` for the verbs of saying."""
ALIKE = {office: frozenset(words.split()) for office, words in _DATA["alike"].items()}
"""Offices by which a report may call somebody who has one of the others."""
CHINESE = {name: sorted(words.split(), key=len, reverse=True) for name, words in _DATA["chinese"].items()}
"""Classes of Chinese words, the longest first."""

_JOINING = frozenset({"of", "and", "for", "&", "the"})  # within an office: Minister of Industry and Trade
_BODIES = ENGLISH["departments"] | ENGLISH["organisations"]
_BEFORE_NAMES = _BODIES | ENGLISH["places"] | (_JOINING - {"of"})
_LEX = re.compile(rf"[^\W_{HAN}]+(?:['.&-][^\W_{HAN}]+)*+|[{HAN}]|--|[^\w\s]")
_OPENS, _CLOSES = " (-[", " ,.;:?!)]"
_LONGEST_NAME = 5
_LONGEST_RUN = 12
_NAMESAKES = 4
_MONTH_NAMES = frozenset({"jan", "april", "may", "june", "august"})


class Word(NamedTuple):
    """A word or a mark of a sentence; `low` is without case, `quoted` says whether it is within quotation marks."""

    text: str
    low: str
    start: int
    end: int
    quoted: bool
    is_word: bool
    capital: bool


def words_of(text: str, *, quoted: bool = False) -> list[Word]:
    """Return the words and marks of a sentence; `quoted` says whether it begins within a quotation."""
    found: list[Word] = []
    for match in _LEX.finditer(text):
        mark = match[0]
        if mark == '"':
            quoted = _is_opening(text, match.start(), quoted=quoted)
        elif mark == "." and found and found[-1].end == match.start() and _abbreviated(found[-1]):
            continue
        found.append(Word(mark, mark.casefold(), *match.span(), quoted, mark[0].isalnum(), mark[0].isupper()))
    return found


def _is_opening(text: str, at: int, *, quoted: bool) -> bool:
    """Return whether a quotation mark opens a quotation: by the blanks around it, or else by turns."""
    before, behind = text[at - 1 : at] if at else " ", text[at + 1 : at + 2] or " "
    if before in _OPENS and behind.isalnum():
        return True
    return not quoted and not (behind in _CLOSES and before not in _OPENS)


def _abbreviated(word: Word) -> bool:
    return word.low in ENGLISH["honorifics"] or "." in word.text or (len(word.text) == 1 and word.capital)


@lru_cache(maxsize=50_000)
def is_office(low: str) -> bool:
    """Return whether a word without case is an office or a form of address: minister, vice-chair, dr."""
    return low in ENGLISH["honorifics"] or any(part in ENGLISH["roles"] for part in (low, *low.split("-")))


class Run(NamedTuple):
    """A title and a name, from where to where in the words of a sentence; either may be empty."""

    begin: int
    end: int
    title: tuple[str, ...]
    name: tuple[str, ...]

    @property
    def has_office(self) -> bool:
        """Return whether the title has an office or a form of address."""
        return any(is_office(word.casefold()) for word in self.title)

    @property
    def personal(self) -> bool:
        """Return whether it names a person even if nobody of that name is known: by a title, or as a full name."""
        names = [word.casefold() for word in self.name]
        if not 0 < len(names) <= _LONGEST_NAME or not ENGLISH["organisations"].isdisjoint(names):
            return False
        if self.has_office:
            return len(names) > 1 or is_office(self.title[-1].casefold())
        acronym = any(len(word) > 1 and word.isupper() for word in self.name)
        return len(names) > 1 and not self.title and not acronym


def _nameable(words: Sequence[Word], at: int) -> bool:
    """Return whether a word can be part of a name or of the title before one."""
    word = words[at]
    if not (word.capital and word.is_word) or word.low.endswith("'s") or word.low in ENGLISH["said"]:
        return False
    if word.low in _MONTH_NAMES:  # Jan Berg, not: in May Berg said
        named = at + 1 < len(words) and words[at + 1].capital and words[at + 1].is_word
        return named and not (at and words[at - 1].low in ENGLISH["starters"])
    return word.low not in ENGLISH["starters"] or (word.low == "under" and at > 0)


def run_before(words: Sequence[Word], last: int) -> Run | None:
    """Return the title and name that end with a word: "Vice Minister of Commerce Wang Bingnan"."""
    if not _nameable(words, last):
        return None
    begin = last
    while begin > 0 and last - begin < _LONGEST_RUN:
        before = words[begin - 1]
        if _nameable(words, begin - 1) or (not before.capital and is_office(before.low)):
            begin -= 1
            continue
        particle = before.low in ENGLISH["particles"]
        back = 3 if before.low == "the" and begin > 2 and words[begin - 2].low in _JOINING else 2  # noqa: PLR2004
        if not (particle or before.low in _JOINING) or begin < back:
            break
        outer = words[begin - back]
        if not (is_office(outer.low) or outer.low in _BODIES or (particle and outer.capital and outer.is_word)):
            break
        begin -= back
    return _split(words, begin, last + 1)


def run_after(words: Sequence[Word], first: int) -> Run | None:
    """Return the title and name that begin with a word, or behind an article: "the ministry's spokesman Gao Feng"."""
    if first < len(words) and words[first].low in ENGLISH["determiners"]:
        first += 1
    end = first
    while end < len(words) and end - first < _LONGEST_RUN:
        low = words[end].low
        joins = low in ENGLISH["particles"] or low in _JOINING
        if joins and not words[end].capital:
            if end == first or end + 1 >= len(words) or not words[end + 1].capital:
                break
        elif not (_nameable(words, end) or is_office(low) or low in _BODIES):
            break
        end += 1
    return _split(words, first, end) if end > first else None


def _split(words: Sequence[Word], begin: int, end: int) -> Run:
    """Separate a title from the name behind it."""
    cut = begin
    for at in range(begin, end):
        if is_office(words[at].low) or words[at].low in _BEFORE_NAMES:
            cut = at + 1
    name = words[cut:end]
    if (
        name and name[0].low == "of"
    ):  # an office of a place, perhaps with a name behind it: "President of Brazil Ana Silva"
        of_office = cut > begin and is_office(words[cut - 1].low)
        name = name[-2:] if of_office and len(name) > 3 else []  # noqa: PLR2004
    while name and not (name[0].capital and name[0].is_word):
        name = name[1:]
    name = list(takewhile(lambda each: each.capital or each.low not in _JOINING, name))  # John Brady of Harbour Capital
    if not name and end - begin > 1 and words[end - 2].low in ENGLISH["honorifics"]:  # Ms King, Mr Major
        name = words[end - 1 : end]
    end = words.index(name[-1], begin) + 1 if name else end
    return Run(
        begin, end, tuple(each.text for each in words[begin : end - len(name)]), tuple(each.text for each in name)
    )


def split_title(words: Sequence[Word]) -> Run:
    """Separate the title from the name in words that have nothing else, such as a label."""
    return _split(words, 0, len(words))


def runs(words: Sequence[Word]) -> Iterator[Run]:
    """Yield the titles and names of a sentence that are not within a quotation."""
    for at, word in enumerate(words):
        if (
            not word.capital
            or word.quoted
            or not _nameable(words, at)
            or (at + 1 < len(words) and _nameable(words, at + 1))
        ):
            continue
        run = run_before(words, at)
        if run is not None and run.name:
            yield run


@dataclass(eq=False)
class Person:
    """Somebody who speaks: the parts of the name, and what the report says of them.

    `rank` is a form of address that belongs to the name (Lord, Dr); `mentions` orders people by when they were last
    named, 0 for not yet; `paragraph` is where they are named first.
    """

    name: tuple[str, ...]
    role: str | None = None
    declared: str | None = None
    rank: str | None = None
    female: bool | None = None
    paragraph: int = 0
    mentions: int = 0

    @property
    def full(self) -> str:
        """Return the name in full, as it was declared or else as the report has it."""
        if self.rank and len(self.name) == 1:
            return self.declared or f"{self.rank} {self.name[0]}"
        return self.declared or " ".join(self.name)

    def is_called(self, lows: Sequence[str]) -> bool:
        """Return whether words without case may be the name or a part of it."""
        name = _folded(self.name)
        return set(lows) <= set(name) or set(name) <= set(lows) or (lows[0] == name[0] and lows[-1] == name[-1])


@lru_cache(maxsize=10_000)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


@dataclass
class People:
    """Everybody who speaks in a report, found by any part of the name."""

    everybody: list[Person] = field(default_factory=list)
    _by_part: dict[str, list[Person]] = field(default_factory=dict)

    def find(self, words: Sequence[str], title: Sequence[str] = ()) -> Person | None:
        """Return the person of a name or of a part of it; of namesakes the one in that office, or the last named."""
        lows = [word.casefold() for word in words]
        for part in (lows[-1], lows[0]) if lows else ():
            found = [one for one in self._by_part.get(part, ())[-_NAMESAKES:] if one.is_called(lows)]
            if found:
                offices = {word.casefold() for word in title}
                return max(
                    found, key=lambda one: (not offices.isdisjoint((one.role or "").casefold().split()), one.mentions)
                )
        return None

    def add(self, words: Sequence[str], title: Sequence[str], role: str | None, paragraph: int) -> Person:
        """Remember a person, or what else is said of one who is known."""
        person = self.find(words)
        if person is None:
            person = Person(tuple(words), paragraph=paragraph)
            self.everybody.append(person)
        elif len(words) > len(person.name):
            person.name = tuple(words)
        address = [word for word in title if word.casefold() in ENGLISH["honorifics"]]
        lows = {word.casefold() for word in title}
        person.role = person.role or role or " ".join(word for word in title if word not in address) or None
        person.rank = person.rank or next((word for word in address if word.casefold() not in ENGLISH["plain"]), None)
        if person.female is None and lows & (ENGLISH["female"] | ENGLISH["male"]):
            person.female = bool(lows & ENGLISH["female"])
        for part in {word.casefold() for word in person.name}:
            namesakes = self._by_part.setdefault(part, [])
            if person not in namesakes[-_NAMESAKES:]:
                namesakes.append(person)
        return person


_HAN_NAME = re.compile(f"[{HAN}\u00b7]{{2,12}}")


def chinese_name(text: str) -> str | None:
    """Return the Chinese name that a text ends with: a surname and one or two characters."""
    surnames, ends = CHINESE["surnames"][0], CHINESE["organisation_ends"][0]
    for length in (3, 2):
        name, before = text[-length:], text[:-length]
        if len(name) < length or name[0] not in surnames or not _HAN_NAME.fullmatch(name):
            continue
        if any(map(before.endswith, CHINESE["roles"])) or (before[-1:] in ',、。;:"( ' and name[-1] not in ends):
            return name
    return None


def chinese_office(text: str) -> str | None:
    """Return the Chinese office that a text ends with."""
    return next((role for role in CHINESE["roles"] if text.endswith(role)), None)


def is_chinese_name(text: str) -> bool:
    """Return whether a text has the form of a Chinese name, as a label has it."""
    return _HAN_NAME.fullmatch(text) is not None
