"""Who said something about a phrase: the words typed as a full-text query, and the claims that match it best.

A phrase word for word comes first, then all of its words in any order. Where no claim has all of them, the nearest
claims are named. FTS5 stems the words and marks them; `spelling` joins what its stemmer keeps apart.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guizhou_cli.answer import Answer, Row
from guizhou_cli.ask import names
from guizhou_cli.ask.views import claims_of, within
from guizhou_cli.db.connection import ask
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.spelling import canonical, is_han
from guizhou_cli.text import decoded, listed, shortened, tokens

RANKED_AT_MOST = 25_000
"""Claims. Where more than these match a search, only those added last are ranked: each takes about 4 µs."""

WORDS_AT_MOST = 100
"""Different words of a question that are searched for; a pasted paragraph has fewer."""

_LOOKED_UP = 12
"""Words of a question of which each is looked up as a name."""

_NEAREST = 3
_PREFIX = 3
_WEIGHTS = "bm25(4.0, 3.0, 0.5, 1.0)"
"""Of the index's columns statement, quote, passage and terms."""

_MARKS = ("\x02", "\x03")
_LAST_WORDS = 5
"""Words of a phrase up to which the last one may be the beginning of a longer word."""

FUNCTION_WORDS = frozenset(
    """
    a about after all also am an and any anybody anyone anything are as at be been before being between briefing but
    by can could did do does doing done each else ever every everyone everything fast find for from get give go had
    has have he her here him his how i if in into is it its itself just like list many may me mean means mention
    mentioned mentions might more most much must my name named no nobody none not nothing of on one only or other
    our out over per please quickly quote quoted really regarding report reported reports said same saw say saying
    says she should show so some somebody someone something speak spoke spoken statement still such talk talked
    talking tell than that the their them then there these they thing this those through to too under until up upon
    us very was we were what whatever when where whether which while who whom whose why will with within without
    would you your didnt doesnt dont hes isnt shes thats wasnt werent whats whos wont s t
    """.split()
)
"""Words of a question rather than of its subject."""


class Query(NamedTuple):
    """What to search for: groups of FTS5 expressions, of which each must match, and the phrase as it was typed."""

    words: tuple[str, ...]
    groups: tuple[str, ...]
    phrase: str

    @property
    def all(self) -> str:
        """All groups, as an expression."""
        return " AND ".join(self.groups)

    @property
    def any(self) -> str:
        """Any of the groups, as an expression."""
        return " OR ".join(self.groups)


class Place(NamedTuple):
    """Where to search: a condition on the rowid of the index, and its values."""

    condition: str
    values: tuple[str, ...]


def query(text: str, synonyms: Mapping[tuple[str, ...], Sequence[str]]) -> Query:
    """Read a phrase, a question in plain words or a figure.

    Args:
        text: whatever was typed; no character in it is syntax.
        synonyms: by the words of a name, the other names of the same thing.

    Raises:
        UsageProblem: if there is no letter and no digit in it.

    """
    typed = tokens(decoded(text).replace("\x00", " "))
    if not typed:
        raise UsageProblem("nothing to search for", "give a word, a phrase or a figure: gz who-said coal")
    content = [word for word in typed if word not in FUNCTION_WORDS] or typed
    first, last = typed.index(content[0]), len(typed) - typed[::-1].index(content[-1])
    longest = max(map(len, synonyms), default=0)
    groups: dict[str, None] = {}
    words: list[str] = []
    rest = list(dict.fromkeys(content)) if len(content) > WORDS_AT_MOST else content
    at = 0
    while at < len(rest) and len(groups) < WORDS_AT_MOST:
        size = 1
        while is_han(rest[at]) and at + size < len(rest) and is_han(rest[at + size]):
            size += 1
        others: Sequence[str] = ()
        for length in range(min(longest, len(rest) - at), 0, -1):
            if tuple(rest[at : at + length]) in synonyms:
                size, others = length, synonyms[tuple(rest[at : at + length])]
                break
        run = rest[at : at + size]
        groups[_group(run, others)] = None
        words.append("".join(run) if is_han(run[0]) else " ".join(run))
        at += size
    phrase = typed[first:last] if last - first <= WORDS_AT_MOST else content[:1]
    return Query(tuple(words), tuple(groups), f"{{statement quote passage}} : {_quoted(' '.join(phrase))}")


def _group(words: Sequence[str], others: Sequence[str]) -> str:
    """Return an expression for words side by side, as written or in the one spelling, or another name of the same."""
    forms = [] if all(word[0].isdigit() for word in words) else [_quoted(" ".join(words))]
    if any(canonical(word) != word for word in words) or is_han(words[0]):
        spelt = [canonical(word) for word in words]
        forms += [_quoted(" ".join(spelt))] if len(words) == 1 or is_han(words[0]) else []
        forms += [f"({' AND '.join(map(_quoted, spelt))})"] if not forms else []
    forms += [_quoted(other) for other in others]
    return f"({' OR '.join(dict.fromkeys(forms))})"


def _quoted(words: str) -> str:
    return '"' + words.replace('"', " ") + '"'


def synonyms(db: sqlite3.Connection) -> dict[tuple[str, ...], list[str]]:
    """Return the other names of what the shipped facts name: abbreviations, and trade partners of the shipped report.

    Names of partners that were added are not among them: their claims have them in the index, and no other claim is
    to be found by them.
    """
    pairs = [(str(short), str(long)) for short, long in ask(db, "SELECT short, long FROM abbreviation")]
    shipped = (
        "SELECT trade_partner_id FROM figure WHERE claim_id IN"
        " (SELECT id FROM claim WHERE source_id IN (SELECT source_id FROM build))"
    )
    named = ask(
        db,
        f"SELECT id, name FROM trade_partner WHERE id IN ({shipped}) UNION ALL"
        f" SELECT trade_partner_id, alias FROM trade_partner_alias WHERE trade_partner_id IN ({shipped})",
    )
    partners: dict[str, list[str]] = {}
    for partner, name in named:
        partners.setdefault(str(partner), []).append(str(name))
    found: dict[tuple[str, ...], list[str]] = {}
    for same in [*partners.values(), *([short, long] for short, long in pairs)]:
        spelt = [" ".join(tokens(name)) for name in same]
        for name in spelt:
            words = tuple(name.split())
            plural = (*words[:-1], words[-1] + "s")
            for form in (words, plural):
                known = found.setdefault(form, [])
                known += [other for other in spelt if other != name and other not in known]
    return found


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
    speaking = [names.speaker(db, name) for name in speakers]
    place = _place(db, [source.id for source in chosen], speaking)
    notes = [note for note in (*(source.note for source in chosen), *(who.note for who in speaking)) if note]
    found, total = _best(db, asked, place, limit)
    if not found and len(asked.words) <= _LAST_WORDS and len(asked.words[-1]) >= _PREFIX:
        begun = asked._replace(groups=(*asked.groups[:-1], f"({_quoted(asked.words[-1])} *)"), phrase="")
        found, total = _best(db, begun, place, limit)
        asked = begun if found else asked
    if not found:
        other = None if speakers else _office(db, asked, limit) or _of_person(db, asked, place, limit)
        return other or _unsaid(db, phrase, asked, place, within(sources))
    if total > len(found):
        among = f"the {RANKED_AT_MOST:,} added last of " if total > RANKED_AT_MOST else ""
        notes.append(f"the best {len(found)} of {among}{total:,}; --limit shows more")
    answer = claims_of(db, "claims", found)
    return answer.but(view="who-said", total=total, marks=_marks(db, asked, answer), notes=tuple(notes))


def _place(db: sqlite3.Connection, sources: Sequence[str], speaking: Sequence[names.Speaking]) -> Place:
    """Return the condition that a claim is of one of the sources, and of one of the people."""
    conditions: list[str] = []
    values: list[str] = []
    if sources:
        # The claims of a source are one range of ids, which FTS5 seeks; the source itself is looked at within it.
        marks = ", ".join("?" * len(sources))
        [(first, last)] = ask(db, f"SELECT min(first), max(last) FROM span WHERE source IN ({marks})", sources)
        conditions.append(f"rowid BETWEEN {first or 0} AND {last or 0}")
        conditions.append(f"(SELECT source_id FROM claim WHERE id = claim_fts.rowid) IN ({marks})")
        values += sources
    if speaking:
        people = " OR ".join(who.condition for who in speaking)
        conditions.append(
            "EXISTS (SELECT 1 FROM claim AS c JOIN appearance AS a USING (source_id, speaker_id)"
            f" WHERE c.id = claim_fts.rowid AND ({people}))"
        )
        values += [value for who in speaking for value in who.values]
    return Place("".join(f" AND {condition}" for condition in conditions), tuple(values))


def _best(db: sqlite3.Connection, asked: Query, place: Place, limit: int) -> tuple[list[int], int]:
    """Return the ids of the best claims, and how many match: those with the phrase word for word come first."""
    matching = f"FROM claim_fts WHERE claim_fts MATCH ?{place.condition}"
    [(count,)] = ask(db, f"SELECT count(*) {matching}", [asked.all, *place.values])
    total = int(count or 0)
    since = 0
    if total > RANKED_AT_MOST:
        latest = f"SELECT rowid {matching} ORDER BY rowid DESC LIMIT 1 OFFSET {RANKED_AT_MOST - 1}"
        [(row,)] = ask(db, latest, [asked.all, *place.values])
        since = int(row or 0)
    found: dict[int, None] = {}
    exact = f"({asked.phrase}) AND {asked.all}" if asked.phrase and total else ""
    for expression in (exact, asked.all):
        if expression and len(found) < min(limit, total):
            ranked = f"SELECT rowid {matching} AND rowid >= ? AND rank MATCH '{_WEIGHTS}' ORDER BY rank, rowid LIMIT ?"
            rows = ask(db, ranked, [expression, *place.values, since, limit])
            found |= dict.fromkeys(int(row or 0) for (row,) in rows)
    return list(found)[:limit], total


def _marks(db: sqlite3.Connection, asked: Query, answer: Answer) -> dict[str, list[tuple[int, int]]]:
    """Return the spans of each statement that the search matched, as FTS5's highlight() gives them."""
    keys = [str(row["claim"]) for row in answer.dicts()]
    marks = ", ".join("?" * len(keys))
    column = "highlight(claim_fts, {}, char(2), char(3))"
    sql = (
        f"SELECT key, {column.format(0)}, {column.format(1)} FROM claim_fts JOIN claim ON claim.id = claim_fts.rowid"
        f" WHERE claim_fts MATCH ? AND claim_fts.rowid IN (SELECT id FROM claim WHERE key IN ({marks}))"
    )
    return {str(key): _spans(str(statement or quote)) for key, statement, quote in ask(db, sql, [asked.any, *keys])}


def _spans(marked: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for part in marked.split(_MARKS[0])[1:]:
        at = marked.index(_MARKS[0], at) + 1
        start = at - 2 * len(spans) - 1
        spans.append((start, start + len(part.partition(_MARKS[1])[0])))
    return spans


def _office(db: sqlite3.Connection, asked: Query, limit: int) -> Answer | None:
    """Return the claims of whoever holds the office that is asked for ("who is the governor?"), if somebody does."""
    who = _somebody(db, " ".join(asked.words)) if len(asked.words) <= _LOOKED_UP else None
    if who is None:
        return None
    rows = ask(
        db,
        "SELECT c.id, p.name, a.role FROM claim AS c JOIN appearance AS a USING (source_id, speaker_id)"
        f" JOIN speaker AS p ON p.id = a.speaker_id WHERE {who.condition} ORDER BY c.id DESC LIMIT ?",
        [*who.values, limit],
    )
    held = dict.fromkeys(f"{name} is {role}" for _, name, role in rows)
    found = [int(row[0] or 0) for row in reversed(rows)]
    return claims_of(db, "claims", found).but(view="who-said", notes=tuple(held)) if rows else None


def _unsaid(db: sqlite3.Connection, phrase: str, asked: Query, place: Place, where: str) -> Answer:
    """Return the answer without rows: who else said it, or the nearest claims and what was perhaps meant."""
    empty = claims_of(db, "claims", []).but(view="who-said")
    several = len(asked.groups) > 1
    reason = f"no claim {'has all the words of' if several else 'mentions'} {shortened(phrase)}{where}"
    hints = []
    near = _nearest(db, asked, place)
    if near:
        reason += "; the nearest:"
        hints += [_brief(row) for row in near]
    meant = _meant(db, asked)
    hints += [f"did you mean {meant}?"] if meant else []
    if not near:
        topics = ask(db, "SELECT name FROM topic WHERE EXISTS (SELECT 1 FROM claim_topic WHERE topic_id = id) LIMIT 20")
        hints.append(listed("the topics are: ", sorted(str(name) for (name,) in topics), 20))
    return empty.but(reason=reason, hint="\n".join(hints))


def _of_person(db: sqlite3.Connection, asked: Query, place: Place, limit: int) -> Answer | None:
    """Return the answer where a word names who is asked about: that person's claims, or who else said it.

    "did Li say anything about coal?" is answered "not Li Bingjun; Qiu Zhenguo did, paragraph 8".
    """
    for at, word in enumerate(asked.words[:_LOOKED_UP]):
        rest = Query((), (*asked.groups[:at], *asked.groups[at + 1 :]), "")
        who = _somebody(db, word) if rest.groups else None
        if who is None or not _is_person(db, word, who):
            continue
        theirs = _place(db, [], [who])
        found, total = _best(db, rest, Place(place.condition + theirs.condition, place.values + theirs.values), limit)
        if found:
            return claims_of(db, "claims", found).but(
                view="who-said", total=total, notes=(who.note,) if who.note else ()
            )
        found, _ = _best(db, rest, place, 1)
        for row in claims_of(db, "claims", found).dicts():
            [(name,)] = ask(db, "SELECT name FROM speaker WHERE id = ?", who.values[:1])
            other = f"{row['speaker']} did" if row["speaker"] else "the report itself does"
            reason = f"not {name}; {other}, paragraph {row['paragraph']}"
            return claims_of(db, "claims", []).but(view="who-said", reason=reason)
    return None


def _is_person(db: sqlite3.Connection, word: str, who: names.Speaking) -> bool:
    """Return whether a word is of somebody's name, or what a role begins with: "governor", but not "province"."""
    sql = f"SELECT name, role FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id WHERE {who.condition}"
    return any(word in tokens(str(name)) or word in tokens(str(role))[:1] for name, role in ask(db, sql, who.values))


def _somebody(db: sqlite3.Connection, name: str) -> names.Speaking | None:
    try:
        return names.speaker(db, name)
    except (NothingFound, UsageProblem):
        return None


def _nearest(db: sqlite3.Connection, asked: Query, place: Place) -> list[dict[str, object]]:
    """Return the claims that have most of what is asked for, three at most."""
    if len(asked.groups) == 1:
        return []
    best, _ = _best(db, Query((), (f"({asked.any})",), ""), place, 50)
    has: dict[int, int] = dict.fromkeys(best, 0)
    marks = ", ".join(map(str, best)) or "NULL"
    for group in asked.groups:
        for (row,) in ask(db, f"SELECT rowid FROM claim_fts WHERE claim_fts MATCH ? AND rowid IN ({marks})", [group]):
            has[int(row or 0)] += 1
    order = sorted(best, key=lambda row: -has[row])[:_NEAREST]
    return [dict(row) for row in claims_of(db, "claims", order).dicts()]


def _brief(row: dict[str, object]) -> str:
    who = row["speaker"] or "the report itself"
    where = f"paragraph {row['paragraph']}" if row["paragraph"] else "headline"
    statement = str(row["statement"])
    cut = statement if len(statement) <= 100 else f"{statement[:99].rstrip()}…"  # noqa: PLR2004 - one line
    return f"{who}, {where}: {cut}"


def _meant(db: sqlite3.Connection, asked: Query) -> str | None:
    """Return a word that would find something and is near to one that does not."""
    unknown = [
        word
        for word, group in zip(asked.words[:_LOOKED_UP], asked.groups, strict=False)
        if not ask(db, "SELECT 1 FROM claim_fts WHERE claim_fts MATCH ? LIMIT 1", [group])
    ]
    if not unknown:
        return None
    texts: list[Row] = ask(
        db,
        "SELECT name FROM topic UNION ALL SELECT name FROM speaker UNION ALL SELECT name FROM trade_partner"
        " UNION ALL SELECT * FROM (SELECT keyword FROM claim_keyword LIMIT 1000)",
    )
    return names.nearest(unknown, (word for (text,) in texts for word in tokens(str(text))), cutoff=0.75)
