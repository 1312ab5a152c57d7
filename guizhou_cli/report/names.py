"""Words and people in a sentence: names with their titles, offices and pronouns, and everybody whom a report names.

The words of reporting, of offices and of names are data: speakers.toml.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from guizhou_cli.text import HAN

_DATA: Mapping[str, Mapping[str, str]] = tomllib.loads(
    resources.files(__package__).joinpath("speakers.toml").read_text("utf-8")
)
ENGLISH = {name: frozenset(words.split()) for name, words in _DATA["english"].items()}
"""Classes of English words by name, such as `said` for the verbs of saying."""
TRANSCRIPT, SPEECH, END = (
    [words.strip() for words in _DATA["phrases"][name].replace("\n", "|").split("|") if words.strip()]
    for name in ("transcript", "speech", "end")
)
"""Phrases by which a report says that one person speaks from there on, has held a speech, or speaks no longer."""
ALIKE = {office: frozenset(words.split()) for office, words in _DATA["alike"].items()}
"""Offices by which a report may call somebody who has one of the others."""
CHINESE = {name: sorted(words.split(), key=len, reverse=True) for name, words in _DATA["chinese"].items()}
"""Classes of Chinese words, the longest first."""

_JOINING = ENGLISH["joining"]
_BODIES = ENGLISH["bodies"]
_BEFORE_NAMES = _BODIES | _JOINING
_SURNAMES = ENGLISH["honorifics"] | ENGLISH["places"]  # where they are last: Luc Baron, Mira Costa
_BEGIN_OFFICES = ENGLISH["determiners"] | ENGLISH["indefinite"]
_BEHIND_OFFICES = ENGLISH["said"] | ENGLISH["reported"] | ENGLISH["skipped"] | ENGLISH["links"]
_LEX = re.compile(rf"[^\W_{HAN}]+(?:(?!'s\b)['.&-][^\W_{HAN}]+)*+|'s\b|[{HAN}]|--|[^\w\s]")
_LONGEST = 14  # words of a title and a name
_NAMESAKES = 4


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
            quoted = not quoted
        elif mark == "." and found and found[-1].end == match.start() and _abbreviated(found[-1]):
            if found[-1].low not in ENGLISH["honorifics"]:  # J. B. Marlow, Ada St. Clair
                found[-1] = found[-1]._replace(text=found[-1].text + ".", end=match.end())
            continue
        is_word = mark[0].isalnum() or mark == "'s"
        found.append(Word(mark, mark.casefold(), *match.span(), quoted, is_word, mark[0].isupper()))
    return found


def _abbreviated(word: Word) -> bool:
    short = word.low in ENGLISH["honorifics"] or word.low in ENGLISH["abbreviated"]
    return short or "." in word.text or (len(word.text) == 1 and word.capital)


@lru_cache(maxsize=50_000)
def is_office(low: str) -> bool:
    """Return whether a word without case is an office or a form of address: minister, vice-chair, dr."""
    return (
        low in ENGLISH["honorifics"]
        or low.endswith("ologist")
        or any(part in ENGLISH["roles"] for part in (low, *low.split("-")))
    )


def office_words(office: str) -> list[str]:
    """Return the words of an office without case; a PM is a prime minister."""
    words = re.findall(r"[^\W_]+(?:-[^\W_]+)*+", office.casefold())
    return [word for each in words for word in _DATA["short"].get(each, each).split()]


class Reference(NamedTuple):
    """Words of a sentence, from `begin` to `end`, that refer to somebody: a title and a name, an office or a pronoun.

    `kind` is `name`, `office` ("its Party chief", in `title`), `pronoun` (he, him, she or her, in `title`) or `other`,
    an organisation. An office is not definite in "a spokesman said".
    """

    begin: int
    end: int
    kind: str
    title: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    definite: bool = True

    @property
    def has_office(self) -> bool:
        """Return whether the title has an office or a form of address."""
        return any(is_office(word.casefold()) for word in self.title)

    @property
    def personal(self) -> bool:
        """Return whether it names a person even if nobody of that name is known: by a title, or as a full name."""
        if self.has_office:
            return len(self.name) > 1 or (len(self.name) == 1 and is_office(self.title[-1].casefold()))
        acronym = any(len(word.rstrip(".")) > 1 and word.isupper() for word in self.name)
        return len(self.name) > 1 and not self.title and not acronym


OTHER = Reference(0, 0, "other")


def references(words: Sequence[Word]) -> list[Reference]:
    """Return the names, offices and pronouns of a sentence, in order."""
    found: list[Reference] = []
    at = 0
    while at < len(words):
        low = words[at].low
        if low == "official" and _describes(words, at):
            at += 1
            continue
        if _nameable(words, at) or is_office(low):
            end = _end(words, at)
            found.append(reference(words, at, end))
            at = end
            continue
        if low in ENGLISH["pronouns"] or (low == "her" and not any(word.is_word for word in words[at + 1 : at + 2])):
            found.append(Reference(at, at + 1, "pronoun", (low,)))
        at += 1
    return found


def _describes(words: Sequence[Word], at: int) -> bool:
    """Return whether a word is the adjective of the one behind it: official data."""
    behind = words[at + 1 : at + 2]
    return any(word.is_word and not word.capital and word.low not in _BEHIND_OFFICES for word in behind)


def _nameable(words: Sequence[Word], at: int) -> bool:
    """Return whether a word can be part of a name or of the title before one."""
    word = words[at]
    if not (word.capital and word.is_word):
        return False
    if word.low in ENGLISH["names_too"]:  # Jan Berg, He Lifeng
        return any(behind.capital or behind.low in ENGLISH["particles"] for behind in words[at + 1 : at + 2])
    return word.low not in ENGLISH["starters"]


def _before_office(words: Sequence[Word], at: int) -> bool:
    """Return whether a word is of an office that follows: the trade of a trade minister."""
    return words[at].low in _BODIES and at + 1 < len(words) and is_office(words[at + 1].low)


def _end(words: Sequence[Word], begin: int) -> int:
    """Return where a title and a name end that begin at a word: "Minister of Industry and Trade Tran Van Anh"."""
    end = begin + 1
    while end < len(words) and end - begin < _LONGEST:
        if _nameable(words, end) or is_office(words[end].low) or _before_office(words, end):
            end += 1
            continue
        low, before = words[end].low, words[end - 1]
        if low == "(" and [word.text for word in words[end + 2 : end + 3]] == [")"] and words[end + 1].text.isupper():
            end += 3  # Bank (NB) Governor Ines Roth
            continue
        behind = end + 1
        while behind < len(words) and (words[behind].low == "the" or words[behind].low in ENGLISH["particles"]):
            behind += 1
        of_office = is_office(before.low) or before.low in _BODIES
        joins = low in _JOINING or (low in {"in", "at"} and words[behind:] and words[behind].low in _BODIES)
        if not (of_office and joins) and not (low in ENGLISH["particles"] and before.capital):
            break
        if behind >= len(words) or not _nameable(words, behind):
            break
        end = behind + 1
    return end


def reference(words: Sequence[Word], begin: int, end: int) -> Reference:
    """Separate a title from the name behind it, and leave out what follows a name, such as MP."""
    last = end
    while last > begin and words[last - 1].low in ENGLISH["suffixes"]:
        last -= 1
    cut = _cut(words, begin, last)
    name = list(words[cut:last])
    if cut > begin and words[cut - 1].low in _JOINING:  # President of Brazil, President of Brazil Ana Roz
        name = name[-2:] if len(name) > 2 else []  # noqa: PLR2004
    title = [word.text for word in words[begin : last - len(name)]]
    while "(" in title:
        aside = title.index("(")
        del title[aside : aside + 3]
    if name:
        return Reference(begin, end, "name", tuple(title), tuple(word.text for word in name))
    if not any(is_office(word.casefold()) for word in title):
        return Reference(begin, end, "other")
    return _office(words, begin, end)


def _cut(words: Sequence[Word], begin: int, last: int) -> int:
    """Return where the name begins in a title and a name."""
    cut = begin
    for at in range(begin, last):
        low = words[at].low
        surname = at == last - 1 and low in _SURNAMES
        place = cut == at and low in ENGLISH["places"]  # but not the Hong of Tran Hong Ha
        if (is_office(low) or low in _BEFORE_NAMES or low == ")" or place) and not surname:
            cut = at + 1
    return cut


def _office(words: Sequence[Word], begin: int, end: int) -> Reference:
    """Return the reference to an office, with the words before it: "its Party chief"."""
    first = begin
    while first > 0 and end - first < _LONGEST and words[first - 1].is_word:
        first -= 1
        if words[first].low in _BEGIN_OFFICES:
            break
    lows = tuple(word.low for word in words[first:end])
    return Reference(first, end, "office", lows, definite=lows[0] not in ENGLISH["indefinite"])


@dataclass(eq=False)
class Person:
    """Somebody who speaks: the parts of the name, and what the report says of them.

    `rank` is a form of address that belongs to the name (Lord, Dr); `mentions` orders people by when they were last
    named, 0 for not yet; `spoke` says whether a sentence so far credits them.
    """

    name: tuple[str, ...]
    role: str | None = None
    declared: str | None = None
    rank: str | None = None
    female: bool | None = None
    mentions: int = 0
    spoke: bool = False

    @property
    def full(self) -> str:
        """Return the name in full, as it was declared or else as the report has it."""
        if self.rank and len(self.name) == 1:
            return self.declared or f"{self.rank} {self.name[0]}"
        return self.declared or " ".join(self.name)


def _parts(name: Sequence[str]) -> set[str]:
    """Return the words of a name without case, and without the article of an Arabic one: al-Naimi, Naimi."""
    lows = {word.casefold().rstrip(".") for word in name}
    return lows | {low.removeprefix("al-") for low in lows}


@dataclass
class People:
    """Everybody who speaks in a report, found by any part of the name."""

    everybody: list[Person] = field(default_factory=list)
    _by_part: dict[str, list[Person]] = field(default_factory=dict)

    def find(self, words: Sequence[str]) -> Person | None:
        """Return the person of a name or of a part of it; of namesakes the last named."""
        wanted = _parts(words)
        found = []
        for person in self._by_part.get(words[-1].casefold().rstrip("."), ())[-_NAMESAKES:] if words else ():
            name = _parts(person.name)
            if name >= wanted or name <= wanted:
                found.append(person)
        return max(found, key=lambda person: person.mentions, default=None)

    def add(self, words: Sequence[str], title: Sequence[str] = (), role: str | None = None) -> Person:
        """Remember a person, or what else is said of one who is known."""
        person = self.find(words)
        if person is None:
            person = Person(tuple(words))
            self.everybody.append(person)
        elif len(words) > len(person.name):
            person.name = tuple(words)
        address = [word for word in title if word.casefold() in ENGLISH["honorifics"]]
        lows = {word.casefold() for word in title}
        person.role = person.role or role or " ".join(word for word in title if word not in address) or None
        person.rank = person.rank or next((word for word in address if word.casefold() not in ENGLISH["plain"]), None)
        if person.female is None and lows & (ENGLISH["female"] | ENGLISH["male"]):
            person.female = bool(lows & ENGLISH["female"])
        for part in _parts(person.name):
            namesakes = self._by_part.setdefault(part, [])
            if person not in namesakes[-_NAMESAKES:]:
                namesakes.append(person)
        return person


# Chinese ----------------------------------------------------------------------------------------------------

_HAN_ASIDE = re.compile(f"(?:[0-9月]{{1,5}}日|在[{HAN}]{{1,16}}[上时中后])$")  # on that day, when asked
_HAN_SAID = re.compile("|".join(CHINESE["said"]))
_FAR = 40  # characters before a verb in which its subject is looked for


def chinese_references(text: str, words: Sequence[Word]) -> Iterator[Reference]:
    """Yield who is before the verbs of saying in a Chinese sentence, outside of quotations."""
    quoted = {word.start for word in words if word.quoted}
    for verb in _HAN_SAID.finditer(text):
        if verb.start() not in quoted:
            yield chinese_subject(text[max(0, verb.start() - _FAR) : verb.start()])


def chinese_subject(before: str) -> Reference:
    """Return whom a Chinese text ends with: a name with a title, an office, a pronoun, or nobody."""
    skipped: str | None = ""
    while skipped is not None:
        before = before.removesuffix(skipped).rstrip(", ")
        aside = _HAN_ASIDE.search(before)
        skipped = aside[0] if aside else next((word for word in CHINESE["skipped"] if before.endswith(word)), None)
    if before[-1:] in CHINESE["pronouns"]:
        return Reference(0, 0, "pronoun", ("she" if before[-1] == "\u5979" else "he",))
    office = next((role for role in CHINESE["roles"] if before.endswith(role)), "")  # 王毅部长说
    name = _chinese_name(before.removesuffix(office))
    if name:
        title = before[: -len(name)]
        cut = max(map(title.rfind, ',、。;:")'))
        return Reference(0, 0, "name", (office or title[cut + 1 :].strip().removeprefix("据"),), (name,))
    return Reference(0, 0, "office", (office,)) if office else OTHER


def _chinese_name(text: str) -> str | None:
    """Return the Chinese name that a text ends with: a surname and one or two characters."""
    surnames, ends = CHINESE["surnames"][0], CHINESE["organisation_ends"][0]
    for length in (3, 2):
        name, before = text[-length:], text[:-length]
        if len(name) < length or name[0] not in surnames:
            continue
        titled = any(map(before.endswith, CHINESE["roles"])) or before[-1:] in [*CHINESE["titles_end"][0]]
        if titled or (before[-1:] in [*',、。;:"( 在据', ""] and name[-1] not in ends):
            return name
    return None
