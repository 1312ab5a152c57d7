"""The names that people type: which source, claim, partner, topic or speaker each one means.

A name that matches one thing for certain is used, with a note where it was not typed in full; several are asked back;
of none the nearest is offered. Names of the shipped report come first, so that no briefing that is added takes one.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from guizhou_cli.db.connection import ask
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.text import fold, listed, shortened, tokens

REPORTED = "reported"
"""What is typed in place of a speaker for the report's own words."""

_MOST = 1000
"""Names that are compared where one is unknown, and that a shell is offered."""

_LONGEST = 200
"""Characters of a name; what is longer is no name."""

_PREFIX = 3
"""Letters that a word has at least if it is taken for the beginning of another."""

_IGNORED = frozenset("the of a an and for in on with to mr mrs ms dr".split())
_LAST = "\U0010ffff"
_SHIPPED = "SELECT source_id FROM build"
_SHIPPED_CLAIMS = f"SELECT id FROM claim WHERE source_id IN ({_SHIPPED})"
_PARTNER = f"p.name, p.id IN (SELECT trade_partner_id FROM figure WHERE claim_id IN ({_SHIPPED_CLAIMS}))"
_SPEAKER = "p.name, a.source_id IN ({first}), false FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id"

_NAMES = {
    "source": f"SELECT id, id, id, id IN ({_SHIPPED}), false FROM source ORDER BY event_date DESC LIMIT {10 * _MOST}",
    "partner": f"SELECT p.name, p.id, {_PARTNER}, false FROM trade_partner AS p UNION ALL SELECT a.alias, p.id,"
    f" {_PARTNER}, true FROM trade_partner_alias AS a JOIN trade_partner AS p ON p.id = a.trade_partner_id",
    "topic": f"SELECT name, id, name, id IN (SELECT topic_id FROM claim_topic WHERE claim_id IN ({_SHIPPED_CLAIMS})),"
    " false FROM topic ORDER BY name",
    "speaker": f"SELECT p.name, p.id, {_SPEAKER}"
    f" UNION SELECT a.role || ' ' || p.name, p.id, {_SPEAKER} UNION SELECT a.organization, p.id, {_SPEAKER}"
    f" UNION SELECT replace(a.role, long, short), p.id, {_SPEAKER} JOIN abbreviation ON instr(a.role, long)"
    f" UNION SELECT replace(a.organization, long, short), p.id, {_SPEAKER} JOIN abbreviation",
    "whose": "SELECT whose, whose, whose, true, false FROM figure WHERE whose IS NOT NULL"
    " UNION SELECT subject, subject, subject, true, false FROM source WHERE subject IS NOT NULL",
    "unit": "SELECT DISTINCT unit, unit, unit, true, false FROM figure WHERE unit IS NOT NULL",
}
"""The query for the names of each kind; its columns are the attributes of `Name`."""


class Known(NamedTuple):
    """What a typed name means."""

    id: str
    note: str = ""  # for the person, where the name was not typed in full


class Name(NamedTuple):
    """A name that can be typed, and the id that it means."""

    name: str
    id: str
    shown: str  # the name to show for it, of which `name` may be an alias
    first: bool  # whether it comes before names that are as near: the shipped report has it, or one that is asked
    indivisible: bool  # whether a part of it may mean something else, as "Asia" in "Southeast Asia" does


def named(db: sqlite3.Connection, kind: str, sources: Sequence[str] = ()) -> list[Name]:
    """Return the names that can be typed for a kind: source, partner, topic, speaker, whose or unit.

    The speakers of these sources (ids) come first, or else those of the shipped report.
    """
    first = ", ".join(f"?{number}" for number in range(1, len(sources) + 1)) or _SHIPPED
    return _names(ask(db, _NAMES[kind].replace("{first}", first), sources))


def _names(rows: Iterable[Sequence[object]]) -> list[Name]:
    return [
        Name(str(name), str(id_), str(shown), bool(first), bool(indivisible))
        for name, id_, shown, first, indivisible in rows
    ]


def choose(kind: str, typed: str, names: Sequence[Name]) -> Known:
    """Return what a typed name means.

    Case, accents, blanks and punctuation make no difference. Equal names come before those that have each of the words
    typed, or a word that begins so.

    Raises:
        UsageProblem: if the name has no letter and no digit, or matches several things.
        NothingFound: if nothing goes by it, with the nearest name and the known ones.

    """
    wanted = fold(typed[:_LONGEST])
    known = "gz claims lists them" if kind == "claim" else None
    if names and not known:
        known = listed("known: ", dict.fromkeys(name.id for name in names))
    if not wanted:
        raise UsageProblem(f"no {kind} is named", known)
    words = set(tokens(typed[:_LONGEST])) - _IGNORED
    found = [name for name in names if wanted in (fold(name.name), fold(name.id))]
    found = found or [name for name in names if words and not name.indivisible and _has(name.name, wanted, words)]
    meant = [name for name in found if name.first] or found
    meant = [name for name in meant if name.name == typed] or meant
    if len({name.id for name in meant}) > 1:
        raise UsageProblem(
            f"{shortened(typed)} matches several {kind}s", listed("which: ", dict.fromkeys(name.id for name in meant))
        )
    if meant:
        shown = {name.id: name.shown for name in found}
        if len({*shown.values()}) < len(shown):  # of namesakes, the ids
            shown = {id_: id_ for id_ in shown}
        this = shown.pop(meant[0].id)
        if not shown and wanted in (fold(this), fold(meant[0].id)):
            return Known(meant[0].id)
        others = listed(", not ", shown.values(), 3) if shown else ""
        return Known(meant[0].id, f"{kind} {shortened(typed)} is {this}{others}")
    compared = {name.name: name.shown for name in names[:_MOST]}
    parts = {part: shown for name, shown in compared.items() for part in name.replace("-", " ").split()}
    near = nearest([typed], compared) or nearest([typed], parts)
    raise NothingFound(f"no {kind} {shortened(typed)}{f'; did you mean {near}?' if near else ''}", known)


def _has(name: str, wanted: str, words: set[str]) -> bool:
    """Return whether a name begins as what is wanted, or has words that are, or begin as, each of these words."""
    if len(wanted) >= _PREFIX and fold(name).startswith(wanted):
        return True
    has = tokens(name)
    return all(word in has or (len(word) >= _PREFIX and any(w.startswith(word) for w in has)) for word in words)


def nearest(typed: Iterable[str], known: Mapping[str, str], cutoff: float = 0.6) -> str | None:
    """Return what belongs to the known name that is nearest to one of those typed; None where none is near."""
    from difflib import get_close_matches

    spelt = {fold(name[:80]): name for name in known}
    for name in typed:
        for found in get_close_matches(fold(name[:80]), spelt, n=1, cutoff=cutoff):
            return known[spelt[found]]
    return None


def ids(db: sqlite3.Connection, kind: str, typed: Sequence[str], sources: Sequence[str] = ()) -> list[Known]:
    """Return what names of a kind mean; an empty list where none was typed. Raises as `choose`.

    The speaker `reported` means the report's own words. A speaker of these sources (ids) comes before any other.
    """
    if kind == "source" or not typed:
        return [source_id(db, name) for name in typed]
    own = [Name(REPORTED, REPORTED, REPORTED, first=True, indivisible=True)] if kind == "speaker" else []
    names = [*named(db, kind, sources if kind == "speaker" else ()), *own]
    return [choose(kind, name, names) for name in typed]


def source_id(db: sqlite3.Connection, typed: str) -> Known:
    """Return the source that a name means: its id, a part of it, or its beginning. Raises as `choose`."""
    for (id_,) in ask(db, "SELECT id FROM source WHERE id = ?", [typed.strip().lower()]):
        return Known(str(id_))
    return choose("source", typed, named(db, "source"))


def claim_key(db: sqlite3.Connection, typed: str) -> Known:
    """Return the key of the claim that a name means: the key, or the part behind the colon. Raises as `choose`."""
    name = "-".join(typed.strip().lower().replace("_", " ").split())
    source, _, slug = name.rpartition(":")
    column, begun = ("key", f"{source}:{slug[:2]}") if source else ("slug", slug[:2])
    columns = f"SELECT {column}, key, {column}, source_id IN ({_SHIPPED}), true FROM claim"
    found = _names(ask(db, f"{columns} WHERE {column} = ? LIMIT {_MOST}", [name]))
    if not found and ask(db, "SELECT 1 FROM source WHERE id = ?", [name]):
        raise NothingFound(f"{name} is a report, not a claim", f"gz claims --source {name}, or gz cite {name}")
    if not found:  # near ones: those that begin alike, then the first there are; a million would take a second
        near = ask(db, f"{columns} WHERE {column} >= ? AND {column} < ? LIMIT {_MOST}", [begun, begun + _LAST])
        found = _names([*near, *ask(db, f"{columns} ORDER BY id LIMIT {_MOST}")])
    return choose("claim", name, found)


_COMPLETED = {
    "partner": "SELECT id, name FROM trade_partner WHERE id >= ? AND id < ?",
    "topic": "SELECT id, name FROM topic WHERE id >= ? AND id < ?",
    "speaker": "SELECT id, name FROM speaker WHERE id >= ? AND id < ?",
    "source": "SELECT id, title FROM source WHERE id >= ? AND id < ?",
    "added": f"SELECT id, title FROM source WHERE id NOT IN ({_SHIPPED}) AND id >= ? AND id < ?",
    "key": "SELECT key, coalesce(statement, quote) FROM claim WHERE key >= ? AND key < ? ORDER BY key",
    "claim": "SELECT iif(EXISTS (SELECT 1 FROM claim AS o WHERE o.slug = c.slug AND o.id <> c.id), key, slug),"
    " coalesce(statement, quote) FROM claim AS c WHERE slug >= ? AND slug < ? ORDER BY slug",
}
"""For each kind the names in a range, with what describes them; of claims that share a slug the keys."""


def completions(db: sqlite3.Connection, kind: str, begun: str) -> list[tuple[str, str]]:
    """Return the names of a kind of `_COMPLETED` that complete what is begun, each with a description, in order."""
    sql = _COMPLETED["key" if kind == "claim" and ":" in begun else kind]
    found = ask(db, f"{sql} LIMIT {_MOST}", [begun, begun + _LAST])
    return [(str(name), str(text)) for name, text in found]
