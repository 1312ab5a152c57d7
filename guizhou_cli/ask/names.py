"""The names that people type: which source, claim, partner, topic or speaker each one means.

A name that matches one thing for certain is used, with a note where it was not typed in full; several are asked back;
of none the nearest is offered. Names of the shipped report come first, so that no briefing that is added takes one.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guizhou_cli.db.connection import ask
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.text import fold, listed, shortened, tokens

_REPORTED = "reported"
"""What is typed in place of a speaker for the report's own words."""

MOST = 1000
"""Names that are compared where one is unknown, and that a shell is offered."""

_LONGEST = 200
"""Characters of a name; what is longer is no name."""

_PREFIX = 3
"""Letters that a word has at least if it is taken for the beginning of another."""

_IGNORED = frozenset("the of a an and for in on with to mr mrs ms dr".split())
_SAFE = re.compile(r"[A-Za-z0-9:_.-]+")
_LAST = "\U0010ffff"
_SHIPPED = "SELECT source_id FROM build"
_SHIPPED_CLAIMS = f"SELECT id FROM claim WHERE source_id IN ({_SHIPPED})"


class Known(NamedTuple):
    """What a typed name means: an id, and a note for the person where the name was not typed in full."""

    id: str
    note: str = ""


class Name(NamedTuple):
    """A name that can be typed, the id that it means, whether the shipped report has it, and the name to show for it.

    A name of which another is shown is an alias. It is matched as a unit, for a part of it ("Asia", in "Southeast
    Asia") may well mean something else.
    """

    name: str
    id: str
    shipped: bool = True
    shown: str = ""


def match(kind: str, typed: str, names: Iterable[Name]) -> list[Known]:
    """Return what a typed name means: none, one, or several that share just that name.

    Case, accents, blanks and punctuation make no difference. Names of the shipped report come before others, equal
    names before those that have each of the words typed, and those before names whose words begin so.

    Args:
        kind: what is named, for a message: "partner".
        typed: the name as typed.
        names: the names that can be typed; several may mean one thing.

    Raises:
        UsageProblem: if the name matches several things in part.

    """
    names = sorted(names, key=lambda name: not name.shipped)
    wanted = fold(typed[:_LONGEST])
    equal = [name for name in names if wanted in (fold(name.name), fold(name.id))]
    if equal:
        same = [name for name in equal if name.shipped is equal[0].shipped]
        return [Known(id_, _note(kind, typed, shown)) for id_, shown in {name.id: name.shown for name in same}.items()]
    words = set(tokens(typed[:_LONGEST])) - _IGNORED
    for begun in (False, True):
        found = [name for name in names if not name.shown and _has(name.name, words, begun=wanted if begun else "")]
        found = [name for name in found if name.shipped is found[0].shipped]
        ids = {name.id: name.name for name in found}
        if len(ids) > 1:
            raise UsageProblem(f"{shortened(typed)} matches several {kind}s", listed("which: ", ids.values()))
        if ids:
            return [Known(id_, _note(kind, typed, name)) for id_, name in ids.items()]
    return []


def _note(kind: str, typed: str, shown: str) -> str:
    return f"{kind} {shortened(typed)} is {shown}" if shown else ""


def _has(name: str, words: set[str], *, begun: str) -> bool:
    """Return whether a name has each of the words or, if it or its words may be begun, their beginnings."""
    has = set(tokens(name))
    if not words or words <= has or not begun:
        return bool(words) and words <= has
    if len(begun) >= _PREFIX and fold(name).startswith(begun):
        return True
    return all(word in has or (len(word) >= _PREFIX and any(w.startswith(word) for w in has)) for word in words)


def choose(kind: str, typed: str, names: Sequence[Name], offered: Sequence[str] = ()) -> list[Known]:
    """Return what a typed name means, as `match` does.

    Raises:
        UsageProblem: if the name has no letter and no digit, or matches several things in part.
        NothingFound: if it matches none; `offered` are the names to list then, where not all of them.

    """
    offered = list(offered) or list(dict.fromkeys(name.name for name in names))
    if not fold(typed):
        raise UsageProblem(f"no {kind} is named", listed("known: ", offered))
    found = match(kind, typed, names)
    if not found:
        raise unknown(kind, typed, [name.name for name in names], offered)
    return found


def unknown(kind: str, typed: str, names: Iterable[str], offered: Sequence[str] = ()) -> NothingFound:
    """Return the error for an unknown name, with the nearest name and a list of the known ones."""
    names = list(dict.fromkeys(names))[:MOST]
    parts = {part: name for name in reversed(names) for part in re.split(r"[\s-]", name)}
    near = nearest([typed], names) or parts.get(nearest([typed], parts) or "")
    words = f" {' '.join(tokens(typed[:_LONGEST]))} "
    within = [name for name in names if tokens(name) and f" {' '.join(tokens(name))} " in words]
    offer = max(within, key=len) if within else near
    known = listed("known: ", offered or names) if names else None
    return NothingFound(f"no {kind} {shortened(typed)}{f'; did you mean {offer}?' if offer else ''}", known)


def nearest(typed: Iterable[str], known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is nearest to one of those typed; None where none is near."""
    from difflib import get_close_matches

    spelt = {fold(name[:80]): name for name in known}
    for name in typed:
        for found in get_close_matches(fold(name[:80]), spelt, n=1, cutoff=cutoff):
            return spelt[found]
    return None


def source_id(db: sqlite3.Connection, typed: str) -> Known:
    """Return the source that a name means: its id, a part of it, or its beginning.

    Raises:
        NothingFound: if there is none.
        UsageProblem: if there are several, or the name has no letter and no digit.

    """
    for (id_,) in ask(db, "SELECT id FROM source WHERE id = ?", [typed.strip().lower()]):
        return Known(str(id_))
    latest = f"SELECT id, id IN ({_SHIPPED}) FROM source ORDER BY event_date DESC LIMIT {10 * MOST}"
    return choose("source", typed, [Name(str(id_), str(id_), bool(shipped)) for id_, shipped in ask(db, latest)])[0]


def source_ids(db: sqlite3.Connection, typed: Sequence[str]) -> list[Known]:
    """Return the sources that several names mean; an empty list where none was typed."""
    return [source_id(db, name) for name in typed]


def partner_ids(db: sqlite3.Connection, typed: Sequence[str]) -> list[Known]:
    """Return the trade partners that names mean, by any of their names."""
    if not typed:
        return []
    rows = ask(
        db,
        f"WITH shipped AS (SELECT trade_partner_id AS id FROM figure WHERE claim_id IN ({_SHIPPED_CLAIMS}))"
        " SELECT id, name, id IN shipped, NULL FROM trade_partner UNION ALL"
        " SELECT p.id, a.alias, p.id IN shipped, p.name FROM trade_partner_alias AS a"
        " JOIN trade_partner AS p ON p.id = a.trade_partner_id",
    )
    names = [Name(str(name), str(id_), bool(shipped), str(shown or "")) for id_, name, shipped, shown in rows]
    ids = sorted({name.id for name in names})
    return [known for name in typed for known in choose("partner", name, names, ids)]


def topic_ids(db: sqlite3.Connection, typed: Sequence[str]) -> list[Known]:
    """Return the topics that names mean."""
    if not typed:
        return []
    shipped = f"id IN (SELECT topic_id FROM claim_topic WHERE claim_id IN ({_SHIPPED_CLAIMS}))"
    rows = ask(db, f"SELECT name, id, {shipped} FROM topic ORDER BY name")
    names = [Name(str(name), str(id_), bool(of_ours)) for name, id_, of_ours in rows]
    return [known for name in typed for known in choose("topic", name, names)]


class Speaking(NamedTuple):
    """Who a typed name means: a condition on the appearance `a` of a claim with its values, the person, and a note."""

    condition: str
    values: list[str]
    name: str
    note: str = ""


class Speakers:
    """Everybody who speaks, by name, id, role, organization, or a role and a name."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._rows = [
            (str(id_), str(name), (str(role), str(organization)), bool(shipped))
            for id_, name, role, organization, shipped in ask(
                db,
                f"SELECT DISTINCT p.id, p.name, a.role, a.organization, a.source_id IN ({_SHIPPED})"
                " FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id ORDER BY p.name",
            )
        ]
        self._abbreviations = {fold(str(short)): str(long) for short, long in ask(db, "SELECT * FROM abbreviation")}
        self._people = list(dict.fromkeys(Name(name, id_, shipped) for id_, name, _, shipped in self._rows))
        self._offices = list(
            dict.fromkeys(
                Name(name, id_, shipped)
                for id_, person, offices, shipped in self._rows
                for name in (*offices, f"{offices[0]} {person}")
            )
        )

    def calls(self, word: str) -> bool:
        """Return whether a word is of somebody's name, or what a role begins with: "governor", but not "province"."""
        return any(word in tokens(name) or word in tokens(role)[:1] for _, name, (role, _), _ in self._rows)

    def match(self, typed: str) -> Speaking | None:
        """Return who goes by a name, None if nobody does; by an office, only while it was held.

        Raises:
            UsageProblem: if the name matches several people in part.

        """
        found = match("speaker", typed, self._people)
        people = {name.id: name.name for name in reversed(self._people)}
        if found:
            ids = [known.id for known in found]
            words = set(tokens(people[ids[0]]))
            note = "" if words.intersection(tokens(typed)) or fold(typed) in map(fold, ids) else found[0].note
            return Speaking(f"a.speaker_id IN ({', '.join('?' * len(ids))})", ids, people[ids[0]], note)
        longer = " ".join(self._abbreviations.get(word, word) for word in typed[:_LONGEST].casefold().split())
        found = match("speaker", longer, self._offices)
        either, values = [], []
        for id_ in (known.id for known in found):
            words = set(tokens(longer)) - _IGNORED
            held = [
                offices
                for person, name, offices, _ in self._rows
                if person == id_ and _has(f"{name} {' '.join(offices)}", words, begun=longer)
            ]
            for role, organization in dict.fromkeys(held):
                either.append("(a.speaker_id = ? AND a.role = ? AND a.organization = ?)")
                values += [id_, role, organization]
        if not either:
            return None
        name = " and ".join(people[known.id] for known in found)
        return Speaking(f"({' OR '.join(either)})", values, name, _note("speaker", typed, name))

    def choose(self, typed: str) -> Speaking:
        """Return who goes by a name, as `match` does, or nobody for `reported`: the claims without an appearance.

        Raises:
            UsageProblem: if the name matches several people in part, or has no letter and no digit.
            NothingFound: if nobody goes by it.

        """
        if fold(typed) == _REPORTED:
            return Speaking("a.speaker_id IS NULL", [], "the report itself")
        people = list(dict.fromkeys(name.name for name in self._people))
        if not fold(typed):
            raise UsageProblem("no speaker is named", listed("known: ", people))
        found = self.match(typed)
        if found is None:
            raise unknown("speaker", typed, [*people, *(office.name for office in self._offices)], people)
        return found


def claim_key(db: sqlite3.Connection, typed: str) -> Known:
    """Return the key of the claim that a name means: the key, or the part behind the colon.

    Where several sources have such a claim, that of the shipped report is meant.

    Raises:
        NothingFound: if there is none.
        UsageProblem: if several added sources have one, or the name has no letter and no digit.

    """
    if not fold(typed):
        raise UsageProblem("no claim is named", "gz claims --keys lists them")
    name = "-".join(typed.strip().lower().replace("_", " ").split())
    exact = f"SELECT key, source_id IN ({_SHIPPED}) FROM claim WHERE key = ? OR slug = ? LIMIT {MOST}"
    found = ask(db, exact, [name, name])
    keys = sorted(str(key) for key, _ in found)
    ours = [str(key) for key, shipped in found if shipped]
    if len(keys) == 1 or ours:
        key = (ours or keys)[0]
        others = [other for other in keys if other != key]
        return Known(key, listed("also: ", others) if others else "")
    if keys:
        raise UsageProblem(f"{shortened(typed)} is a claim of several sources", listed("which: ", keys))
    if ask(db, "SELECT 1 FROM source WHERE id = ?", [name]):
        raise NothingFound(f"{name} is a report, not a claim", f"gz claims --source {name}, or gz cite {name}")
    # Near ones only: those that begin alike, then the first there are. A million would take a second.
    source, _, slug = name.rpartition(":")
    prefix = f"{source}:{slug[:2]}" if source else slug[:2]
    column = "key" if source else "slug"
    near = f"SELECT {column} FROM claim WHERE {column} >= ? AND {column} < ? LIMIT {MOST}"
    names = [str(other) for (other,) in ask(db, near, [prefix, prefix + _LAST])]
    names += [str(other) for (other,) in ask(db, f"SELECT slug FROM claim ORDER BY id LIMIT {MOST}")]
    raise unknown("claim", typed, names)


_COMPLETED = {
    "partner": "SELECT id, name FROM trade_partner WHERE",
    "topic": "SELECT id, name FROM topic WHERE",
    "speaker": "SELECT id, name FROM speaker WHERE",
    "source": "SELECT id, title FROM source WHERE",
    "added": f"SELECT id, title FROM source WHERE id NOT IN ({_SHIPPED}) AND",
}


def completions(db: sqlite3.Connection, kind: str, begun: str) -> list[tuple[str, str]]:
    """Return the names that complete what is begun, each with a description, in order; no name that a shell might run.

    Args:
        db: the database.
        kind: partner, topic, speaker, source, added (a source that did not come with gz) or claim.
        begun: how they begin.

    """
    between = [begun, begun + _LAST]
    if kind == "claim":
        column = "key" if ":" in begun else "slug"
        asked = f"SELECT {column}, key, coalesce(statement, quote) FROM claim WHERE {column} >= ? AND {column} < ?"
        rows = ask(db, f"{asked} ORDER BY {column} LIMIT {MOST}", between)
        count = Counter(name for name, *_ in rows)
        pairs = [(name if count[name] == 1 else key, statement) for name, key, statement in rows]
    else:
        pairs = [(id_, text) for id_, text in ask(db, f"{_COMPLETED[kind]} id >= ? AND id < ? LIMIT {MOST}", between)]
    return [(str(name), str(text)) for name, text in pairs if _SAFE.fullmatch(str(name))]
