"""What people type as a full-text query: the words of its subject, in other spellings and by other names."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from guizhou_cli.ask.names import named, nearest
from guizhou_cli.db.connection import ask
from guizhou_cli.errors import UsageProblem
from guizhou_cli.spelling import same, searched, spellings
from guizhou_cli.text import decoded, han, normalised, tokens

WORDS_AT_MOST = 100
"""Different words of a question that are searched for; a pasted paragraph has fewer."""

LOOKED_UP = 12
"""Words of a question of which each is looked up by itself."""

_LONGEST = 20_000
"""Characters of a question that are read."""


class Query(NamedTuple):
    """What to search for."""

    words: dict[str, str]  # the words, and an FTS5 expression for each, all of which must match
    phrase: str = ""  # an expression for the phrase as it was typed; empty for a single word


def query(text: str, synonyms: Mapping[tuple[str, ...], Sequence[str]]) -> Query:
    """Read a phrase, a question in plain words or a figure; no character in it is syntax.

    `synonyms` has, by the words of a name, the other names of the same thing. Raises a UsageProblem if there is no
    letter and no digit in the text.
    """
    text = normalised(decoded(text[:_LONGEST]).replace("\x00", " "))
    typed, words = tokens(text), searched(text)
    if not typed:
        raise UsageProblem("nothing to search for", "give a word, a phrase or a figure: gz who-said coal")
    ignored = set(Path(__file__).with_name("function_words.txt").read_text("utf-8").split())
    if ignored.issuperset(words):
        ignored = set()
    longest = max(map(len, synonyms), default=1)
    found: dict[str, str] = {}
    at = 0
    while at < len(words) and len(found) < WORDS_AT_MOST:
        sizes = range(min(longest, len(words) - at), 0, -1)
        size = next((size for size in sizes if tuple(words[at : at + size]) in synonyms), 1)
        others = synonyms.get(tuple(words[at : at + size]), ())
        while not others and at + size < len(words) and han(words[at]) and han(words[at + size]):
            size += 1
        if others or words[at] not in ignored:
            own = spellings(words[at]) if size == 1 else [" ".join(words[at : at + size])]
            found[" ".join(typed[at : at + size])] = _any([*own, *others])
        at += size
    content = [at for at, word in enumerate(words) if word not in ignored]
    run = typed[content[0] : content[-1] + 1]
    phrase = f"{{statement quote}} : {_any([' '.join(run)])}" if 1 < len(run) <= WORDS_AT_MOST else ""
    return Query(found, phrase)


def _any(either: Sequence[str]) -> str:
    """Return an FTS5 expression for one of several words or phrases."""
    quoted = (f'"{words}"' for words in dict.fromkeys(either))
    return f"({' OR '.join(quoted)})"


def synonyms(db: sqlite3.Connection) -> dict[tuple[str, ...], list[str]]:
    """Return the other names of what can be asked for, by the words of each name.

    They are those of spelling.txt, of the table `abbreviation`, and of the trade partners of the shipped report. Claims
    of a partner that was added have its names in the index, and no other claim is to be found by them.
    """
    partners: dict[str, list[str]] = {}
    for partner in named(db, "partner"):
        if partner.first:
            partners.setdefault(partner.id, [partner.id]).append(partner.name)
    abbreviations = [[str(short), str(long)] for short, long in ask(db, "SELECT short, long FROM abbreviation")]
    found: dict[tuple[str, ...], list[str]] = {}
    for line in (*same(), *partners.values(), *abbreviations):
        names = list(filter(None, (tuple(searched(normalised(name))) for name in line)))
        for name in names:
            plural = (*name[:-1], f"{name[-1]}s")
            without_and = tuple(word for word in name if word != "and")  # as of "research & development"
            for form in {name, plural, without_and}:
                found.setdefault(form, []).extend(" ".join(other) for other in names if other != form)
    return found


def meant(db: sqlite3.Connection, asked: Query) -> str | None:
    """Return as a hint a word that would find something and is near to one that does not."""
    finds = "SELECT 1 FROM claim_fts WHERE claim_fts MATCH ? LIMIT 1"
    unknown = [word for word, group in list(asked.words.items())[:LOOKED_UP] if not ask(db, finds, [group])]
    texts = ask(
        db,
        "SELECT name FROM topic UNION ALL SELECT name FROM speaker UNION ALL SELECT name FROM trade_partner"
        " UNION ALL SELECT * FROM (SELECT keyword FROM claim_keyword LIMIT 1000)",
    )
    near = nearest(unknown, {word: word for (text,) in texts for word in str(text).split()}, cutoff=0.75)
    return f"did you mean {near}?" if near else None
