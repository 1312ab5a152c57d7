"""Who said something about a phrase: the best claims first, and what is near where there are none."""

import re
import sqlite3
from collections.abc import Iterable

from guizhou_cli import naming, search, spelling
from guizhou_cli.errors import NothingFound
from guizhou_cli.known import holds_office, source_id, synonyms
from guizhou_cli.queries import Answer, of_claims, within
from guizhou_cli.reading import ask

RANKED_AT_MOST = 25_000
"""Claims. Where more than these match a search, only those added last are ranked: each takes about 4 µs."""

_LOOKED_AT_ALONE = 12
"""Phrases of a question. Where nothing has all of so many, each is looked for by itself."""


def who_said(db: sqlite3.Connection, phrase: str, limit: int = 20, source: str | None = None) -> Answer:
    """Return the best claims about `phrase`: those that hold it word for word first, then by BM25.

    Raises:
        UsageProblem: if there is nothing to search for.
        NothingFound: if no claim has all of its words; it names the topics there are.

    """
    same = synonyms(db)
    asked = search.question(_rejoined(db, phrase, same), same)
    named = None if source is None else source_id(db, source)
    keys, total, ranked = _best(db, asked, limit, named)
    if not keys:
        raise _unsaid(db, phrase, asked, named)
    return of_claims(db, "claims", keys)._replace(total=total, ranked=ranked, asked=asked)


def _unsaid(db: sqlite3.Connection, phrase: str, asked: search.Question, source: str | None) -> NothingFound:
    """Return the error for what nobody has said: with the nearest word, and the topics that there are."""
    from shlex import quote

    spoken_of = (
        "id IN (SELECT topic_id FROM claim JOIN claim_topic ON claim_id = claim.id WHERE source_id = ?)"
        if source
        else "EXISTS (SELECT 1 FROM claim_topic WHERE topic_id = topic.id)"
    )
    topics = ask(db, f"SELECT name FROM topic WHERE {spoken_of} ORDER BY name", [source] if source else ())
    hint = naming.listed("what is spoken of: ", (str(name) for (name,) in topics), 20)
    where = within(source)
    parts = asked.alone() if len(asked.groups) <= _LOOKED_AT_ALONE else []
    office = " ".join(part.text for part in parts)
    if office and holds_office(db, office):
        hint = f"somebody in that office speaks: gz claims --speaker {quote(office)}\n{hint}"
        return NothingFound(f"nothing is said of {naming.shortened(phrase)}{where}", hint)
    unsaid = [part for part in parts if not _best(db, part, 1, source)[0]]
    if parts and not unsaid:
        return NothingFound(f"no one claim has all of {naming.shortened(phrase)}{where}", "ask for less at once")
    spelt_well = {word for same in synonyms(db) for name in same for word in spelling.words(name)}
    near = naming.near((part.text for part in unsaid if part.text not in spelt_well), _vocabulary(db))
    why = f"; did you mean {near}?" if near else ""
    if not near and len(unsaid) < len(parts):
        lacking = {word for part in unsaid for word in part.exact}
        typed = dict.fromkeys(re.findall(_WORD, phrase))
        told = [naming.shortened(word) for word in typed if not lacking.isdisjoint(spelling.words(word))]
        why = naming.listed(": no claim has ", told) if told else ""
    return NothingFound(f"nothing is said of {naming.shortened(phrase)}{where}{why}", hint)


def _rejoined(db: sqlite3.Connection, phrase: str, names: Iterable[Iterable[str]]) -> str:
    """Return a phrase with each hyphenated word written as one, where that is how a claim or a name has it."""

    def one(match: re.Match[str]) -> str:
        joined = re.sub(_HYPHENS, "", match.group())
        spelt = spelling.canonical(joined)
        found = "SELECT 1 FROM claim_search_fts WHERE claim_search_fts MATCH ? LIMIT 1"
        known = any(spelt in spelling.words(name) for same in names for name in same)
        return joined if known or ask(db, found, [f'"{spelt}"']) else match.group()

    return re.sub(rf"(?<![^\W\d_])[^\W\d_]++(?:{_HYPHENS}[^\W\d_]++)++", one, phrase)


_HYPHENS = r"[\u2010\u2011-]"
_WORD = r"\w++(?:[.,'\u2019-]\w++)*+%?"  # nothing in it is tried twice: a phrase may be of any length


def _vocabulary(db: sqlite3.Connection) -> Iterable[str]:
    """Yield words that would find something: of topics, of names, of the first keywords."""
    texts = ask(
        db,
        "SELECT name FROM topic UNION ALL SELECT name FROM speaker UNION ALL SELECT name FROM trade_partner"
        " UNION ALL SELECT * FROM (SELECT keywords FROM claim LIMIT 1000)",
    )
    return (word for (text,) in texts for word in re.findall(r"[^\W\d_]+", str(text)))


def _best(db: sqlite3.Connection, asked: search.Question, limit: int, source: str | None) -> tuple[list[str], int, int]:
    """Return the keys of the best claims, how many match, and how many of those were ranked."""
    if not 0 < len(asked.groups) <= search.WORDS_AT_MOST:
        return [], 0, 0
    of_source = "" if source is None else " AND rowid IN (SELECT id FROM claim WHERE source_id = ?)"
    more = [] if source is None else [source]
    matching = f"FROM claim_search_fts WHERE claim_search_fts MATCH ?{of_source}"
    # The best few first, and their keys only then: to join them all would cost as much as to rank them.
    best = (
        f"SELECT rowid AS id, rank {matching} AND rowid >= ? AND rank MATCH 'bm25(4.0, 1.0, 0.5)' ORDER BY rank LIMIT ?"
    )
    ranking = f"SELECT key FROM ({best}) AS best JOIN claim USING (id) ORDER BY best.rank, id"
    keys: dict[str, None] = {}
    count = 0
    for expression in (asked.exact_expression(), asked.expression()):  # the second matches all that the first does
        count = int(str(ask(db, f"SELECT count(*) {matching}", [expression, *more])[0][0]))
        if len(keys) < limit:
            latest = f"SELECT rowid {matching} ORDER BY rowid DESC LIMIT 1 OFFSET ?"
            first = ask(db, latest, [expression, *more, RANKED_AT_MOST - 1]) if count > RANKED_AT_MOST else []
            since = int(str(first[0][0])) if first else 0
            keys |= dict.fromkeys(str(key) for (key,) in ask(db, ranking, [expression, *more, since, limit]))
    return list(keys)[:limit], count, min(count, RANKED_AT_MOST)
