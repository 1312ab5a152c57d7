"""Who said something about a phrase: the words typed as a full-text query, and the claims that match it best.

A phrase word for word comes first, then all of its words in any order. Where no claim has all of them, the nearest
claims are named. FTS5 stems the words and marks them; `spelling` joins what its stemmer keeps apart.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.ask import names
from guizhou_cli.ask.query import Query, query, synonyms
from guizhou_cli.ask.views import claims, of_claims, placeholders, within
from guizhou_cli.db.connection import ask
from guizhou_cli.errors import UsageProblem
from guizhou_cli.text import listed, shortened

RANKED_AT_MOST = 25_000
"""Claims. Where more than these match a search, only those added last are ranked: each takes about 4 µs."""

_LOOKED_UP = 12
"""Words of a question of which each is looked up as a name."""

_NEAREST = 3
_BRIEF = 100
_RANK = "rank"
_WEIGHTS = "bm25(4.0, 3.0, 0.5, 1.0)"
"""Of the index's columns statement, quote, passage and terms."""

_SHORTEST = "length(claim_fts.statement)"
"""The order within one source: BM25 counts the words of all sources, however few claims there are to rank."""

_MARKS = ("\x02", "\x03")


class Place(NamedTuple):
    """Where to search: conditions on a row of the index with their values, and by what the claims found are ordered."""

    condition: str = ""
    values: tuple[str, ...] = ()
    order: str = _RANK

    def spoken_by(self, people: Sequence[names.Speaking]) -> "Place":
        """Return the place narrowed to claims of one of the people."""
        if not people:
            return self
        said = (  # with a plus, so that each row that matches is looked up among their claims and not the reverse
            "+rowid IN (SELECT c.id FROM claim AS c LEFT JOIN appearance AS a USING (source_id, speaker_id)"
            f" WHERE {' OR '.join(who.condition for who in people)})"
        )
        values = (*self.values, *(value for who in people for value in who.values))
        return self._replace(condition=f"{self.condition} AND {said}", values=values)


def who_said(
    db: sqlite3.Connection, phrase: str, *, limit: int = 20, speakers: Sequence[str] = (), sources: Sequence[str] = ()
) -> Answer:
    """Return the claims about a phrase, best first, with the words that matched.

    Raises:
        UsageProblem: if there is nothing to search for, or a name matches several.
        NothingFound: if a speaker or a source is unknown.

    """
    asked = query(phrase, synonyms(db))
    chosen = names.source_ids(db, sources)
    everybody = names.Speakers(db) if speakers else None
    people = [everybody.choose(name) for name in speakers] if everybody else []
    anywhere = _place(db, [source.id for source in chosen])
    place = anywhere.spoken_by(people)
    notes = [note for note in (*(source.note for source in chosen), *(who.note for who in people)) if note]
    found, total = _best(db, asked, place, limit)
    if not found and asked.begun:
        longer = asked._replace(groups=(*asked.groups[:-1], asked.begun), phrase="")
        found, total = _best(db, longer, place, limit)
        if found:
            notes.append(f"no claim has the word {shortened(asked.words[-1])}; these have one that begins alike")
            asked = longer
    if found:
        return _answer(db, found, total, asked, notes)
    if people:
        elsewhere = _who_else(db, asked, anywhere, " or ".join(who.name for who in people))
    else:
        elsewhere = _by_name(db, asked, place, sources, limit)
    return elsewhere or _unsaid(db, phrase, asked, place, within(sources))


def _answer(db: sqlite3.Connection, keys: Sequence[str], total: int, asked: Query, notes: Sequence[str]) -> Answer:
    found = of_claims(db, "claims", keys)
    among = f" of the {RANKED_AT_MOST:,} added last" if total > RANKED_AT_MOST else ""
    notes = (*notes, f"the best {len(keys)}{among} of {total:,}; --limit shows more") if total > len(keys) else notes
    return found.but(view="who-said", total=total, marks=_marks(db, asked, found), notes=tuple(notes))


def _place(db: sqlite3.Connection, sources: Sequence[str]) -> Place:
    """Return the condition that a claim is of one of the sources."""
    if not sources:
        return Place()
    # The claims of a source are one range of ids, which FTS5 seeks; the source itself is looked at within it.
    span = f"SELECT min(first), max(last) FROM span WHERE source IN ({placeholders(sources)})"
    [(first, last)] = ask(db, span, sources)
    of_sources = f"(SELECT source_id FROM claim WHERE id = claim_fts.rowid) IN ({placeholders(sources)})"
    return Place(f" AND rowid BETWEEN {first or 0} AND {last or 0} AND {of_sources}", tuple(sources), _SHORTEST)


def _best(db: sqlite3.Connection, asked: Query, place: Place, limit: int) -> tuple[list[str], int]:
    """Return the keys of the best claims, and how many match: those with the phrase word for word come first."""
    matching = f"FROM claim_fts WHERE claim_fts MATCH ?{place.condition}"
    every = " AND ".join(asked.groups)
    [(count,)] = ask(db, f"SELECT count(*) {matching}", [every, *place.values])
    total = int(count or 0)
    since: Cell = 0
    if total > RANKED_AT_MOST:
        latest = f"SELECT rowid {matching} ORDER BY rowid DESC LIMIT 1 OFFSET {RANKED_AT_MOST - 1}"
        [(since,)] = ask(db, latest, [every, *place.values])
    # The best few first, and their keys only then: to join them all would cost as much as to rank them.
    weighted = f" AND rank MATCH '{_WEIGHTS}'" if place.order == _RANK else ""
    best = f"SELECT rowid AS id, {place.order} AS place {matching} AND rowid >= ?{weighted} ORDER BY place LIMIT ?"
    found: dict[str, None] = {}
    for expression in (
        f"({asked.phrase}) AND {every}" if asked.phrase else "",
        f"{{statement quote}} : ({every})",
        every,
    ):
        if expression and len(found) < min(limit, total):
            ranked = f"SELECT key FROM ({best}) AS best JOIN claim USING (id) ORDER BY place, id"
            found |= dict.fromkeys(str(k) for (k,) in ask(db, ranked, [expression, *place.values, since, limit]))
    return list(found)[:limit], total


def _marks(db: sqlite3.Connection, asked: Query, answer: Answer) -> dict[str, list[tuple[int, int]]]:
    """Return the spans of each statement that the search matched, as FTS5's highlight() gives them."""
    keys = [str(row["claim"]) for row in answer.dicts()]
    column = "iif(claim_fts.statement = '', 1, 0)"  # the statement, or the quote where that is the statement
    sql = (
        f"SELECT key, highlight(claim_fts, {column}, char(2), char(3)) FROM claim_fts"
        " JOIN claim ON id = claim_fts.rowid WHERE claim_fts MATCH ?"
        f" AND claim_fts.rowid IN (SELECT id FROM claim WHERE key IN ({placeholders(keys)}))"
    )
    return {str(key): _spans(str(text)) for key, text in ask(db, sql, [" OR ".join(asked.groups), *keys])}


def _spans(marked: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    before, *parts = marked.split(_MARKS[0])
    at = len(before)
    for part in parts:
        inside, _, after = part.partition(_MARKS[1])
        spans.append((at, at + len(inside)))
        at += len(inside) + len(after)
    return spans


def _by_name(db: sqlite3.Connection, asked: Query, place: Place, sources: Sequence[str], limit: int) -> Answer | None:
    """Return the answer where words name who is asked about: that person's claims, or who else said it.

    "who is the governor?" is answered with the governor's claims, "did Li say anything about coal?" with "not Li
    Bingjun; Qiu Zhenguo did, paragraph 8".
    """
    everybody = names.Speakers(db)
    called = " ".join(asked.words[:_LOOKED_UP])
    if _somebody(everybody, called):
        found = claims(db, speakers=[called], sources=sources)
        held = dict.fromkeys(f"{row['speaker']} is {row['role']}" for row in found.dicts())
        return found.but(view="who-said", rows=found.rows[:limit], rest=iter(()), notes=tuple(held))
    for at, word in enumerate(asked.words[:_LOOKED_UP]):
        who = _somebody(everybody, word) if len(asked.words) > 1 and everybody.calls(word) else None
        if who:
            rest = asked.without(at)
            keys, total = _best(db, rest, place.spoken_by([who]), limit)
            if keys:
                return _answer(db, keys, total, rest, [who.note] if who.note else [])
            other = _who_else(db, rest, place, who.name)
            if other:
                return other
    return None


def _who_else(db: sqlite3.Connection, asked: Query, place: Place, name: str) -> Answer | None:
    """Return the answer that somebody else than the one of this name said what is asked for, if somebody did."""
    keys, _ = _best(db, asked, place, 1)
    found = of_claims(db, "claims", keys)
    for row in found.dicts():
        other = f"{row['speaker']} did" if row["speaker"] else "the report itself does"
        reason = f"not {name}; {other}, {_where(row)}"
        return found.but(view="who-said", rows=[], reason=reason, hint=str(row["statement"]))
    return None


def _somebody(everybody: names.Speakers, name: str) -> names.Speaking | None:
    try:
        return everybody.match(name)
    except UsageProblem:  # several people, none of whom is meant for certain
        return None


def _unsaid(db: sqlite3.Connection, phrase: str, asked: Query, place: Place, where: str) -> Answer:
    """Return the answer without rows: the nearest claims, or what was perhaps meant."""
    several = len(asked.groups) > 1
    reason = f"no claim {'has all the words of' if several else 'mentions'} {shortened(phrase)}{where}"
    near = _nearest(db, asked, place) if several else []
    hints = []
    for row in near:
        statement = str(row["statement"])
        cut = "…" if len(statement) > _BRIEF else ""
        hints.append(f"{row['speaker'] or 'the report itself'}, {_where(row)}: {statement[:_BRIEF]}{cut}")
    meant = _meant(db, asked)
    hints += [f"did you mean {meant}?"] if meant else []
    if not near:
        topics = ask(db, "SELECT name FROM topic WHERE EXISTS (SELECT 1 FROM claim_topic WHERE topic_id = id) LIMIT 20")
        hints.append(listed("the topics are: ", sorted(str(name) for (name,) in topics), 20))
    empty = of_claims(db, "claims", [])
    return empty.but(view="who-said", reason=f"{reason}; the nearest:" if near else reason, hint="\n".join(hints))


def _nearest(db: sqlite3.Connection, asked: Query, place: Place) -> list[dict[str, Cell]]:
    """Return the claims that have most of what is asked for, three at most."""
    best, _ = _best(db, Query(asked.words, (f"({' OR '.join(asked.groups)})",)), place._replace(order=_RANK), 50)
    has: dict[str, int] = dict.fromkeys(best, 0)
    having = (
        "SELECT key FROM claim_fts JOIN claim ON id = claim_fts.rowid WHERE claim_fts MATCH ?"
        f" AND claim_fts.rowid IN (SELECT id FROM claim WHERE key IN ({placeholders(best)}))"
    )
    for group in asked.groups if best else ():
        for (key,) in ask(db, having, [group, *best]):
            has[str(key)] += 1
    return of_claims(db, "claims", sorted(best, key=lambda key: -has[key])[:_NEAREST]).dicts()


def _where(row: Mapping[str, Cell]) -> str:
    return f"paragraph {row['paragraph']}" if row["paragraph"] else "headline"


def _meant(db: sqlite3.Connection, asked: Query) -> str | None:
    """Return a word that would find something and is near to one that does not."""
    finds = "SELECT 1 FROM claim_fts WHERE claim_fts MATCH ? LIMIT 1"
    looked_up = zip(asked.words[:_LOOKED_UP], asked.groups, strict=False)
    unknown = [word for word, group in looked_up if not ask(db, finds, [group])]
    if not unknown:
        return None
    texts = ask(
        db,
        "SELECT name FROM topic UNION ALL SELECT name FROM speaker UNION ALL SELECT name FROM trade_partner"
        " UNION ALL SELECT * FROM (SELECT keyword FROM claim_keyword LIMIT 1000)",
    )
    return names.nearest(unknown, (word for (text,) in texts for word in str(text).split()), cutoff=0.75)
