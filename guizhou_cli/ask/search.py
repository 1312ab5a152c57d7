"""Who said something about a phrase: the words typed as a full-text query, and the claims that match it best.

A phrase word for word comes first, then all of its words in any order. Where no claim has all of them, the nearest
claims are named. FTS5 stems the words and marks them.
"""

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from textwrap import shorten
from typing import NamedTuple

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.ask import names
from guizhou_cli.ask.query import LOOKED_UP, Query, meant, query, synonyms
from guizhou_cli.ask.views import claims, either, of_claims, placeholders
from guizhou_cli.db.connection import ask
from guizhou_cli.errors import GzError
from guizhou_cli.text import counted, listed, shortened, tokens

RANKED_AT_MOST = 25_000
"""Claims. Where more than these match a search, only those added last are ranked: each takes about 4 µs."""

_NEAREST = 3
_WEIGHTS = "bm25(4.0, 3.0, 0.5, 1.0)"
"""Of the index's columns statement, quote, passage and terms."""


class Place(NamedTuple):
    """Where to search: the ids of sources and of speakers, each empty for all."""

    sources: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()


def who_said(
    db: sqlite3.Connection, phrase: str, *, limit: int = 20, speakers: Sequence[str] = (), sources: Sequence[str] = ()
) -> Answer:
    """Return the claims about a phrase, best first, with the words that matched.

    Raises:
        UsageProblem: if there is nothing to search for, or a name matches several.
        NothingFound: if a speaker or a source is unknown.

    """
    asked = query(phrase, synonyms(db))
    reports = names.ids(db, "source", sources)
    people = names.ids(db, "speaker", speakers, [report.id for report in reports])
    place = Place(tuple(report.id for report in reports), tuple(person.id for person in people))
    notes = [known.note for known in (*reports, *people) if known.note]
    for words, where, said in _readings(db, asked, place):
        if answer := _found(db, words, where, limit, [*notes, *said]) or _who_else(db, words, where):
            return answer
    return _unsaid(db, asked, place, shortened(phrase) + (f" in {either(sources)}" if sources else ""))


def _readings(db: sqlite3.Connection, asked: Query, place: Place) -> Iterator[tuple[Query, Place, list[str]]]:
    """Yield in how many ways a question can be read: what to search for, where, and notes that say so.

    First as it is typed; then as the name of a person or an office, whose claims are all asked for; then with a word
    that names who is asked about.
    """
    yield asked, place, []
    if place.speakers:
        return
    speakers = names.named(db, "speaker")
    with suppress(GzError):  # nobody, or several people of whom none is meant for certain
        who = names.choose("speaker", " ".join(asked.words), speakers)
        yield Query({}), place._replace(speakers=(who.id,)), []
    for word in list(asked.words)[:LOOKED_UP] if len(asked.words) > 1 else ():
        # A word of a person's name, or what an office begins with: "governor", but not "province".
        candidates = [name for name in speakers if word in tokens(name.shown) + tokens(name.name)[:1]]
        rest = {other: group for other, group in asked.words.items() if other != word}
        with suppress(GzError):
            who = names.choose("speaker", word, candidates)
            yield Query(rest), place._replace(speakers=(who.id,)), [who.note] if who.note else []


def _found(db: sqlite3.Connection, asked: Query, place: Place, limit: int, notes: Sequence[str]) -> Answer | None:
    """Return the best claims that have all the words, with the spans of each that matched; None if there are none.

    Without a word, return the claims of the speakers, with their roles.
    """
    if not asked.words:
        found = claims(db, speakers=place.speakers, sources=place.sources)
        roles = dict.fromkeys(f"{row['speaker']} is {row['role']}" for row in found.dicts())
        return found.but(view="who-said", rows=found.rows[:limit], rest=iter(()), notes=tuple(roles))
    keys, total, beside = _best(db, asked, place, limit)
    if not keys:
        return None
    column = "iif(claim_fts.statement = '', 1, 0)"  # the statement, or the quote where that is the statement
    highlighted = ask(
        db,
        f"SELECT key, highlight(claim_fts, {column}, char(2), char(2)) FROM claim_fts"
        " JOIN claim ON id = claim_fts.rowid WHERE claim_fts MATCH ?"
        f" AND claim_fts.rowid IN (SELECT id FROM claim WHERE key IN ({placeholders(keys)}))",
        [" OR ".join(asked.words.values()), *keys],
    )
    among = f", looked for among the {RANKED_AT_MOST:,} added last" if total > RANKED_AT_MOST else ""
    notes = (*notes, f"the best {len(keys)} of {total:,}{among}; --limit shows more") if total > len(keys) else notes
    if beside:
        notes = (*notes, f"shown last: {counted(beside, 'claim')} with some of the words only in the paragraph")
    marks = {str(key): _spans(str(text)) for key, text in highlighted}
    return of_claims(db, "claims", keys).but(view="who-said", total=total, marks=marks, notes=tuple(notes))


def _spans(marked: str) -> list[tuple[int, int]]:
    """Return the spans of a text between two marks each."""
    ends = [found.start() - before for before, found in enumerate(re.finditer("\x02", marked))]
    return list(zip(ends[::2], ends[1::2], strict=True))


class _Best(NamedTuple):
    """The keys of the best claims, how many match, and how many of the best have some words in their passage alone."""

    keys: list[str]
    total: int
    beside: int


def _best(db: sqlite3.Connection, asked: Query, place: Place, limit: int) -> _Best:
    """Return the best claims: first those with the phrase word for word, last those with words in the passage alone."""
    where, values = "", [*place.sources, *place.speakers]
    order, weighted = "rank", f" AND rank MATCH '{_WEIGHTS}'"
    of_claim = " AND (SELECT {} FROM claim WHERE id = claim_fts.rowid) IN ({})"
    if place.sources:
        # The claims of a source are one range of ids, which FTS5 seeks; the source itself is looked at within it. The
        # shortest come first: BM25 would count the words of all sources, however few claims there are to rank.
        span = f"SELECT min(first), max(last) FROM span WHERE source IN ({placeholders(place.sources)})"
        [(first, last)] = ask(db, span, place.sources)
        where = f" AND rowid BETWEEN {first or 0} AND {last or 0}"
        where += of_claim.format("source_id", placeholders(place.sources))
        order, weighted = "length(claim_fts.statement)", ""
    if place.speakers:
        where += of_claim.format("coalesce(speaker_id, 'reported')", placeholders(place.speakers))
    matching = f"FROM claim_fts WHERE claim_fts MATCH ?{where}"
    every = " AND ".join(asked.words.values())
    [(count,)] = ask(db, f"SELECT count(*) {matching}", [every, *values])
    total = int(count or 0)
    since: Cell = 0
    if total > RANKED_AT_MOST:
        latest = f"SELECT rowid {matching} ORDER BY rowid DESC LIMIT 1 OFFSET {RANKED_AT_MOST - 1}"
        [(since,)] = ask(db, latest, [every, *values])
    # The best few first, and their keys only then: to join them all would cost as much as to rank them.
    few = f"SELECT rowid AS id, {order} AS place {matching} AND rowid >= ?{weighted} ORDER BY place LIMIT ?"
    ranked = f"SELECT key FROM ({few}) AS best JOIN claim USING (id) ORDER BY place, id"
    phrase = f"({asked.phrase}) AND {every}" if asked.phrase else ""
    found: list[str] = []
    own = 0
    for expression in filter(None, (phrase, f"{{statement quote terms}} : ({every})", every)):
        own = len(found)
        if own < min(limit, total):
            keys = [str(key) for (key,) in ask(db, ranked, [expression, *values, since, limit])]
            found = list(dict.fromkeys([*found, *keys]))[:limit]
    return _Best(found, total, len(found) - own)


def _who_else(db: sqlite3.Connection, asked: Query, place: Place) -> Answer | None:
    """Return the answer that somebody else than the speakers asked about said it; None if nobody did, or none is."""
    if not place.speakers:
        return None
    marks = placeholders(place.speakers)
    people = ask(db, f"SELECT name FROM speaker WHERE id IN ({marks})", place.speakers)
    they = " or ".join(str(name) for (name,) in people) or "the report itself"
    theirs = ask(db, f"SELECT DISTINCT source_id FROM appearance WHERE speaker_id IN ({marks})", place.speakers)
    for sources in (place.sources or tuple(str(id_) for (id_,) in theirs), place.sources):
        rows = of_claims(db, "claims", _best(db, asked, Place(sources), _NEAREST).keys).dicts()
        if rows:
            row = next((row for row in rows if row["speaker"]), rows[0])
            other = f"{row['speaker']} did" if row["speaker"] else f"the report itself did ({row['source']})"
            return _none(db, f"not {they}; {other}, {_where(row)}", [str(row["statement"])])
    return None


def _unsaid(db: sqlite3.Connection, asked: Query, place: Place, phrase: str) -> Answer:
    """Return the answer without rows: the nearest claims, or what was perhaps meant."""
    several = len(asked.words) > 1
    reason = f"no claim {'has all the words of' if several else 'mentions'} {phrase}"
    any_word = {"": f"({' OR '.join(asked.words.values())})"}
    near = _best(db, Query(any_word), place, _NEAREST).keys if several else []
    hints = []
    for row in of_claims(db, "claims", near).dicts():
        statement = shorten(str(row["statement"]), 100, placeholder=" …")
        hints.append(f"{row['speaker'] or 'the report itself'}, {_where(row)}: {statement}")
    hints += filter(None, [meant(db, asked)])
    if not near:
        topics = ask(db, "SELECT name FROM topic WHERE EXISTS (SELECT 1 FROM claim_topic WHERE topic_id = id) LIMIT 20")
        hints.append(listed("the topics are: ", sorted(str(name) for (name,) in topics), 20))
    return _none(db, f"{reason}; the nearest:" if near else reason, hints)


def _none(db: sqlite3.Connection, reason: str, hints: Sequence[str]) -> Answer:
    return of_claims(db, "claims", []).but(view="who-said", reason=reason, hint="\n".join(hints))


def _where(row: Mapping[str, Cell]) -> str:
    return f"paragraph {row['paragraph']}" if row["paragraph"] else "headline"
