"""What people type as a full-text query: the words of its subject, as written, in one spelling, by other names."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guizhou_cli.answer import Cell
from guizhou_cli.db.connection import ask
from guizhou_cli.errors import UsageProblem
from guizhou_cli.spelling import canonical, forms, is_han, words
from guizhou_cli.text import decoded, tokens

WORDS_AT_MOST = 100
"""Different words of a question that are searched for; a pasted paragraph has fewer."""

_LONGEST = 20_000
"""Characters of a question that are read."""

_PREFIX = 3
"""Letters that a word has at least if it is taken for the beginning of another."""

FUNCTION_WORDS = frozenset(
    """
    a about above according after again all along already also although am amid among an and announce announced another
    any anybody anyone anything are around as at be because been before being below beside besides between both
    briefing but by can comment commented comments concerning could describe described did discuss discussed do does
    doing done dr due during each either else etc even ever every everybody everyone everything explain explained far
    fast few find for from get give given go going had happen happened has have having he help helped helping helps her
    here hers him his how however i if in indeed instead into is it its itself just later let like likely list long
    many me mean means mention mentioned mentioning mentions might more most mr mrs ms much must my name named neither
    no nobody nor not nothing now of off official officials often on once one only or other others our ours out over
    own per perhaps planned please quickly quite quoted rate rates really regarding said same saw say saying says
    shall she should show since so some somebody someone something speak speaking speaks spoke spoken statement still
    such talk talked talking talks tell than that the their them then there these they thing think thinks this those
    though through thus to together too toward towards under until up upon us very via was we were what whatever when
    whenever where whether which while who whoever whom whose why will with within without would yet you your arent
    aren cant couldn couldnt didn didnt doesn doesnt don dont hadn hadnt hasn hasnt haven havent hes isn isnt shes
    theres theyre wasn wasnt weren werent whats whos wont wouldn wouldnt t s d ll re ve
    """.split()
)
"""Words of a question rather than of its subject: the function words of English, and those of saying and asking."""

ASKING_NOUNS = frozenset("article articles information news paragraph paragraphs percentage report reports".split())
"""Words of a question where function words are on both sides: "information on", but "information technology"."""


class Query(NamedTuple):
    """What to search for.

    Attributes:
        words: the words that are searched for.
        groups: an FTS5 expression for each, all of which must match.
        phrase: an expression for the phrase as it was typed.
        begun: an expression for words that begin as the last one; empty where that is too short.

    """

    words: tuple[str, ...]
    groups: tuple[str, ...]
    phrase: str = ""
    begun: str = ""

    @property
    def or_begun(self) -> tuple[str, ...]:
        """The groups, the last of them also met by a longer word."""
        return (*self.groups[:-1], f"({' OR '.join(filter(None, (self.groups[-1], self.begun)))})")

    def without(self, at: int) -> "Query":
        """Return what is left without one of the words."""
        return Query(self.words[:at] + self.words[at + 1 :], self.groups[:at] + self.groups[at + 1 :])


def query(text: str, synonyms: Mapping[tuple[str, ...], Sequence[str]]) -> Query:
    """Read a phrase, a question in plain words or a figure.

    Args:
        text: whatever was typed; no character in it is syntax.
        synonyms: by the words of a name, the other names of the same thing.

    Raises:
        UsageProblem: if there is no letter and no digit in it.

    """
    text = decoded(text[:_LONGEST]).replace("\x00", " ")
    typed = words(text)
    if not typed:
        raise UsageProblem("nothing to search for", "give a word, a phrase or a figure: gz who-said coal")
    around = zip(["the", *typed], typed, [*typed[1:], "the"], strict=False)
    asking = {word for near, word, by in around if word in ASKING_NOUNS and FUNCTION_WORDS.issuperset({near, by})}
    ignored = FUNCTION_WORDS | asking
    if ignored.issuperset(typed):
        ignored = FUNCTION_WORDS if asking else frozenset()
    one_word = {tuple(parts): ["".join(parts)] for chunk in text.split() if len(parts := _hyphenated(chunk)) == 2}  # noqa: PLR2004
    known = {**one_word, **synonyms}
    longest = max(map(len, known), default=0)
    groups: dict[str, str] = {}
    at = 0
    while at < len(typed) and len(groups) < WORDS_AT_MOST:
        others: Sequence[str] = ()
        size = 1
        for length in range(min(longest, len(typed) - at), 0, -1):
            if tuple(typed[at : at + length]) in known:
                size, others = length, known[tuple(typed[at : at + length])]
                break
        while not others and is_han(typed[at]) and at + size < len(typed) and is_han(typed[at + size]):
            size += 1
        run = typed[at : at + size]
        if others or run[0] not in ignored:
            groups[_group(run, others)] = ("" if is_han(run[0]) else " ").join(run)
        at += size
    content = [word for word in typed if word not in ignored]
    first, last = typed.index(content[0]), len(typed) - typed[::-1].index(content[-1])
    phrase = f"{{statement quote passage}} : {_quoted(typed[first:last])}" if 1 < last - first <= WORDS_AT_MOST else ""
    may_be_begun = len(typed[-1]) >= _PREFIX and forms(typed[-1])[0] == typed[-1] in groups.values()
    begun = f"{_quoted([typed[-1]])} *" if may_be_begun else ""
    return Query(tuple(groups.values()), tuple(groups), phrase, begun)


def _hyphenated(chunk: str) -> list[str]:
    """Return the two parts of a word with a hyphen, "South-east", which somebody else may write as one."""
    parts = tokens(chunk) if "-" in chunk.strip("-") else []
    return parts if all(part.isalpha() for part in parts) else []


def _group(run: Sequence[str], others: Sequence[str]) -> str:
    """Return an expression for words side by side, as written or in the one spelling, or another name of the same."""
    if len(run) == 1:
        either = [_quoted([form]) for form in forms(run[0])]
    else:
        spelt = [canonical(word) for word in run]
        either = [_quoted(run)]
        either += [f"({' AND '.join(_quoted([word]) for word in spelt)})"] if spelt != list(run) else []
    either += [_quoted([other]) for other in others]
    return f"({' OR '.join(dict.fromkeys(either))})"


def _quoted(these: Sequence[str]) -> str:
    return f'"{" ".join(these)}"'


def synonyms(db: sqlite3.Connection) -> dict[tuple[str, ...], list[str]]:
    """Return the other names of what the shipped facts name: abbreviations, and trade partners of the shipped report.

    Names of partners that were added are not among them: their claims have them in the index, and no other claim is
    to be found by them.
    """
    of_shipped = (
        "(SELECT trade_partner_id FROM figure WHERE claim_id IN"
        " (SELECT id FROM claim WHERE source_id IN (SELECT source_id FROM build)))"
    )
    named = ask(
        db,
        f"SELECT id, name FROM trade_partner WHERE id IN {of_shipped} UNION ALL"
        f" SELECT trade_partner_id, alias FROM trade_partner_alias WHERE trade_partner_id IN {of_shipped}",
    )
    same: dict[Cell, list[Cell]] = {}
    for partner, called in named:
        same.setdefault(partner, []).append(called)
    found: dict[tuple[str, ...], list[str]] = {}
    for these in (*same.values(), *ask(db, "SELECT short, long FROM abbreviation")):
        spelt = [tuple(words(str(name))) for name in these]
        for name in filter(None, spelt):
            plural = (*name[:-1], f"{name[-1]}s")
            without_and = tuple(word for word in name if word != "and")  # as of "research & development"
            for form in {name, plural, without_and}:
                known = found.setdefault(form, [])
                known += [" ".join(other) for other in spelt if other != form and " ".join(other) not in known]
    return found
