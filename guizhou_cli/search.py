"""A person's words made into a full-text query, and the words that it matched."""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from typing import NamedTuple

from guizhou_cli.errors import UsageProblem
from guizhou_cli.spelling import HAN, words

Phrase = tuple[str, ...]
"""Words, in the one spelling, that stand side by side."""

WORDS_AT_MOST = 400
"""A question of more different words than this is answered unasked: no statement holds them all."""

FUNCTION_WORDS = frozenset(
    """
    a about above according after again against all along already also although am amid among amongst an and another
    any anybody anyone anything are around as at be became because become been before being below beneath beside
    besides between beyond both briefing but by can cannot concerning could despite did do does doing done dr due
    each either else etc even ever every everybody everyone everything except few for from further give going had
    has have having he hence her here hers herself him himself his how however i if in indeed instead into is it its
    itself just later least less let like likely may maybe me meanwhile mention mentioned mentioning mentions might
    mr mrs ms more moreover most mostly much must my myself neither never nevertheless no nobody nor not nothing now
    of off on once only onto or other others otherwise ought our ours ourselves out over own per perhaps please
    quite rather really regarding said same say saying says shall she should since so some somebody someone
    something sometimes somewhat speak speaking speaks spoke spoken still such talk talked talking talks tell tells
    than that the their theirs them themselves then there therefore these they think thinks this those though
    through throughout thus till to together told too toward towards under unless until up upon us versus very via
    was we were what whatever when whenever where whereas wherever whether which while who whoever whole whom whose
    why will with within without would yet you your yours yourself arent cant couldnt didnt doesnt dont hadnt hasnt
    havent hed hes im isnt ive lets mustnt neednt shant shes shouldnt thats theres theyd theyll theyre theyve wasnt
    weve werent whats whos wont wouldnt youd youll youre youve
    """.split()
)
"""Words of a question rather than of its subject: the function words of English, and those of saying."""

# Words that are of the subject only where there is no other: "how fast did trade grow", but "the interest rate".
_ASKING_WORDS = frozenset(
    """
    announce announced announcement announces comment commented comments describe described describes discuss discussed
    discusses explain explained explains far fast find give happen happened happening help helped helping helps list
    long many name named names often official officials planned quickly quoted rate rates reported show
    """.split()
)
# Words that are of the subject unless function words stand around: "which paragraph mentions", "information on", but
# "information technology", and "the news industry".
_ASKING_NOUNS = frozenset("article articles information news paragraph paragraphs percentage report reports".split())
_OFFICE = 3
"""Words that the name of an office has at least: one of them alone is no reason to credit who holds it."""

_CHUNK = rf"[{HAN}]|[^\s{HAN}/\u2010-\u2015-]+"


class Question(NamedTuple):
    """What a person asked for: groups of phrases that mean the same, of which each must be met."""

    text: str
    exact: Phrase
    groups: tuple[tuple[Phrase, ...], ...]

    def expression(self) -> str:
        """Return the question for FTS5: every group met by one of its phrases, and one of them not in a role alone.

        The name of an office may stand in a role alone, if it is of three words or more. All that was typed is quoted.
        """
        met = ["(" + " OR ".join(_quoted(phrase) for phrase in group) + ")" for group in self.groups]
        subject = [f"{{statement context}} : ({' OR '.join(met)})"]
        subject += [f"role : {_quoted(phrase)}" for phrase in self._offices()]
        return " AND ".join([*met, f"({' OR '.join(subject)})"])

    def _offices(self) -> list[Phrase]:
        phrases = [phrase for group in self.groups for phrase in group if len(phrase) >= _OFFICE]
        return list(dict.fromkeys([*phrases, *([self.exact] if len(self.exact) >= _OFFICE else [])]))

    def alone(self) -> "list[Question]":
        """Return the question in parts, each of which asks for one of the phrases."""
        return [Question(" ".join(group[0]), group[0], (group,)) for group in self.groups]

    def exact_expression(self) -> str:
        """Return the question for FTS5 as one phrase, word for word."""
        return _quoted(self.exact) if len(self.exact) >= _OFFICE else f"{{statement context}} : {_quoted(self.exact)}"


def question(text: str, synonyms: Iterable[Sequence[str]] = ()) -> Question:
    """Read a phrase, a question in plain words or a figure.

    Args:
        text: whatever was typed; no character in it is syntax.
        synonyms: names of the same thing, such as a partner and its aliases.

    Raises:
        UsageProblem: if there is no letter and no digit in it.

    """
    asked = words(text)
    if not asked:
        raise UsageProblem("nothing to search for", "give a word, a phrase or a figure: gz who-said coal")
    asked = _without_nouns_of_asking(asked)
    of_no_subject = FUNCTION_WORDS
    if any(word not in FUNCTION_WORDS | _ASKING_WORDS for word in asked):
        of_no_subject |= _ASKING_WORDS
    content = [word for word in asked if word not in of_no_subject]
    if len(asked) > WORDS_AT_MOST:
        asked = list(dict.fromkeys(asked))[: WORDS_AT_MOST + 1]
    exact = _trimmed(asked, of_no_subject) if content else tuple(asked)
    thesaurus = _Thesaurus(synonyms)
    groups: dict[tuple[Phrase, ...], None] = {}
    rest = tuple(asked)
    while rest:
        same = thesaurus.longest(rest)
        if same:
            groups[same] = None
            rest = rest[len(same[0]) :]
        elif _is_han(rest[0]):
            run = 1
            while run < len(rest) and _is_han(rest[run]) and not thesaurus.longest(rest[run:]):
                run += 1
            groups[(rest[:run],)] = None
            rest = rest[run:]
        else:
            if rest[0] not in of_no_subject:
                groups[(rest[:1],)] = None
            rest = rest[1:]
    return Question(text, exact, tuple(groups))


class Matcher:
    """Tells which words of a text a question matched, by the stems that the full-text index goes by.

    Args:
        asked: the question.
        texts: the texts that will be looked at.

    """

    def __init__(self, asked: Question, texts: Iterable[str]) -> None:
        self._chunks = {
            text: [(m.span(), words(m.group())) for m in re.finditer(_CHUNK, text)] for text in dict.fromkeys(texts)
        }
        self._phrases = [phrase for group in asked.groups for phrase in group]
        seen = {word for chunks in self._chunks.values() for _, found in chunks for word in found}
        self._stem = _stems(seen.union(*self._phrases))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the matched words stand in `text`, as (start, end) in characters, neighbours joined."""
        flat = [(span, self._stem[word]) for span, found in self._chunks[text] for word in found]
        stems = [stem for _, stem in flat]
        hit: set[tuple[int, int]] = set()
        for phrase in self._phrases:
            wanted = [self._stem[word] for word in phrase]
            for start in range(len(stems) - len(wanted) + 1):
                if stems[start : start + len(wanted)] == wanted:
                    hit.update(span for span, _ in flat[start : start + len(wanted)])
        joined: list[tuple[int, int]] = []
        for begin, end in sorted(hit):
            trimmed = end - (len(text[begin:end]) - len(text[begin:end].rstrip(".,;:!?)\"'\u201d\u2019")))
            if joined and not text[joined[-1][1] : begin].strip(" -\u2010\u2011"):
                joined[-1] = (joined[-1][0], trimmed)
            else:
                joined.append((begin, trimmed))
        return joined


def narrowed(asked: Question, rows: Iterable[Sequence[str]]) -> list[bool]:
    """Tell for each row whether its texts have all that is asked for: its words stemmed, or as the beginning of one."""
    there = [{word for text in texts for word in words(text)} for texts in rows]
    groups = asked.groups or tuple(((word,),) for word in asked.exact)
    stem = _stems({word for group in groups for phrase in group for word in phrase}.union(*there))

    def has(here: set[str], word: str) -> bool:
        return any(stem[word] == stem[other] or (len(word) > 2 and other.startswith(word)) for other in here)  # noqa: PLR2004

    return [all(any(all(has(here, word) for word in phrase) for phrase in group) for group in groups) for here in there]


def _quoted(phrase: Phrase) -> str:
    return '"' + " ".join(phrase) + '"'


def _singular(phrase: Phrase) -> Phrase:
    return tuple(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in phrase)  # noqa: PLR2004


def _trimmed(asked: Sequence[str], of_no_subject: AbstractSet[str]) -> Phrase:
    """Leave out the words around the subject, not those within it."""
    kept = [at for at, word in enumerate(asked) if word not in of_no_subject]
    return tuple(asked[kept[0] : kept[-1] + 1])


def _without_nouns_of_asking(asked: Sequence[str]) -> list[str]:
    """Leave out the nouns that a question asks by, unless nothing but function words is left."""
    around = ["the", *asked, "the"]
    kept = [
        word
        for before, word, after in zip(around, asked, around[2:], strict=False)
        if word not in _ASKING_NOUNS or not FUNCTION_WORDS.issuperset({before, after})
    ]
    return list(asked) if FUNCTION_WORDS.issuperset(kept) else kept


def _is_han(word: str) -> bool:
    return re.match(f"[{HAN}]", word) is not None


class _Thesaurus:
    """Names of the same thing, found again at the beginning of what a person typed."""

    def __init__(self, synonyms: Iterable[Sequence[str]]) -> None:
        groups = [tuple(tuple(words(name)) for name in same) for same in synonyms]
        self._known: dict[Phrase, tuple[Phrase, ...]] = {}
        for same in groups:
            for name in same:
                self._known[_singular(name)] = self._known.get(_singular(name), ()) + same
        self._chinese = [
            (" ".join(name), same) for same in groups for name in same if len(name) > 1 and _is_han(name[0])
        ]
        self._longest = max((len(name) for name in self._known), default=0)

    def longest(self, typed: Phrase) -> tuple[Phrase, ...] | None:
        """Return the longest name that `typed` begins with and, after it, all that mean the same.

        Of a Chinese name two characters will do.
        """
        for length in range(min(self._longest, len(typed)), 0, -1):
            name = typed[:length]
            same = self._known.get(_singular(name))
            if not same and length > 1 and _is_han(name[0]):
                part = " ".join(name)
                same = next((same for whole, same in self._chinese if part in whole), None)
            if same:
                return tuple(dict.fromkeys((name, *same)))
        return None


def _stems(these: Iterable[str]) -> dict[str, str]:
    """Return the stem of each word, as FTS5's own porter tokenizer gives it."""
    numbered = list(these)
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute("CREATE VIRTUAL TABLE word USING fts5 (spelling, tokenize = 'porter unicode61')")
        memory.execute("CREATE VIRTUAL TABLE stem USING fts5vocab (word, instance)")
        memory.executemany("INSERT INTO word (rowid, spelling) VALUES (?, ?)", enumerate(numbered))
        found = {numbered[doc]: term for term, doc in memory.execute("SELECT term, doc FROM stem")}
    return {word: found.get(word, word) for word in numbered}
