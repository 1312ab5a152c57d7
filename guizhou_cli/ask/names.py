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

REPORTED = "reported"
"""What is typed in place of a speaker for the report's own words."""

MOST = 1000
"""Names that are looked at where a name is unknown, and that a shell is offered."""

_PREFIX = 3
"""Letters that a word has at least if it is taken for the beginning of another."""

_IGNORED = frozenset("the of a an and for in on with to".split())
_SAFE = re.compile(r"[A-Za-z0-9:_.-]+")
_LAST = "\U0010ffff"
_SHIPPED = "SELECT source_id FROM build"
_SHIPPED_CLAIMS = f"SELECT id FROM claim WHERE source_id IN ({_SHIPPED})"


class Known(NamedTuple):
    """What a typed name means: an id, and a note for the person where the name was not typed in full."""

    id: str
    note: str = ""


class Name(NamedTuple):
    """A name that can be typed, the id that it means, whether the shipped report has it, and whether it is an alias.

    An alias is matched as a unit: a part of one ("Asia", in "Southeast Asia") may well mean something else.
    """

    name: str
    id: str
    shipped: bool = True
    alias: bool = False


def choose(kind: str, typed: str, names: Sequence[Name], offered: Sequence[str] = ()) -> list[Known]:
    """Return what a typed name means: several ids only where they share just that name.

    Args:
        kind: what is named, for a message: "partner".
        typed: the name as typed.
        names: the names that can be typed; several may mean one thing.
        offered: the names to list in a hint, where not all of them.

    Raises:
        UsageProblem: if the name has no letter and no digit, or matches several things in part.
        NothingFound: if it matches none.

    """
    offered = list(offered) or list(dict.fromkeys(name.name for name in names))
    wanted = fold(typed)
    if not wanted:
        raise UsageProblem(f"no {kind} is named", listed("known: ", offered))
    for shipped in (True, False):
        some = [name for name in names if name.shipped is shipped]
        equal = dict.fromkeys(name.id for name in some if wanted in (fold(name.name), fold(name.id)))
        if equal:
            return [Known(id_) for id_ in equal]
    words = [word for word in tokens(typed) if word not in _IGNORED] or tokens(typed)
    for begins in (False, True):
        for shipped in (True, False):
            found = {
                name.id: name.name
                for name in names
                if name.shipped is shipped and not name.alias and _matches(words, tokens(name.name), begins=begins)
            }
            if len(found) == 1:
                [(id_, name)] = found.items()
                plain = kind == "speaker" and not begins  # a family name needs no explanation
                return [Known(id_, "" if plain else f"{kind} {shortened(typed)} is {name}")]
            if found:
                which = listed("which: ", dict.fromkeys(found.values()))
                raise UsageProblem(f"{shortened(typed)} matches several {kind}s", which)
    raise unknown(kind, typed, [name.name for name in names], offered)


def _matches(words: Sequence[str], others: Sequence[str], *, begins: bool) -> bool:
    """Return whether each word is one of the others or, with `begins`, the beginning of one."""
    if not begins:
        return set(words) <= set(others)
    return all(
        any(word == other or (len(word) >= _PREFIX and other.startswith(word)) for other in others) for word in words
    )


def unknown(kind: str, typed: str, names: Iterable[str], offered: Iterable[str] = ()) -> NothingFound:
    """Return the error for an unknown name, with the nearest name and a list of the known ones."""
    names = list(dict.fromkeys(names))
    near = nearest([typed], names) or nearest([typed], [word for name in names for word in name.split()])
    full = next((name for name in names if near and near in (name, *name.split())), None)
    offer = f"; did you mean {full}?" if full else ""
    known = list(offered) or names
    return NothingFound(f"no {kind} {shortened(typed)}{offer}", listed("known: ", known) if known else None)


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
    exact = ask(db, "SELECT id FROM source WHERE id = ?", [typed.strip().lower()])
    if exact:
        return Known(str(exact[0][0]))
    rows = ask(db, f"SELECT id, id IN ({_SHIPPED}) FROM source ORDER BY event_date DESC LIMIT {MOST}")
    return choose("source", typed, [Name(str(id_), str(id_), bool(shipped)) for id_, shipped in rows])[0]


def source_ids(db: sqlite3.Connection, typed: Sequence[str]) -> list[Known]:
    """Return the sources that several names mean; an empty list where none was typed."""
    return [source_id(db, name) for name in typed]


def partner_ids(db: sqlite3.Connection, typed: Sequence[str]) -> list[Known]:
    """Return the trade partners that names mean, by any of their names, the shipped ones first."""
    if not typed:
        return []
    rows = ask(
        db,
        "WITH shipped AS (SELECT trade_partner_id AS id FROM figure WHERE claim_id IN"
        f" ({_SHIPPED_CLAIMS})) SELECT id, name, id IN shipped, 0 FROM trade_partner"
        " UNION ALL SELECT trade_partner_id, alias, trade_partner_id IN shipped, 1 FROM trade_partner_alias",
    )
    names = [Name(str(name), str(id_), bool(shipped), bool(alias)) for id_, name, shipped, alias in rows]
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
    """Who a typed name means: a condition on the appearance `a` with its values, and a note."""

    condition: str
    values: list[str]
    note: str = ""


def speaker(db: sqlite3.Connection, typed: str) -> Speaking:
    """Return the people that a name means: a name, an id, a role, an organization, or words of a role and a name.

    Raises:
        NothingFound: if nobody goes by it.
        UsageProblem: if it matches several in part, or has no letter and no digit.

    """
    rows = ask(
        db,
        "SELECT DISTINCT p.id, p.name, a.role, a.organization, a.source_id IN"
        f" ({_SHIPPED}) FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id ORDER BY p.name",
    )
    people = [Name(str(name), str(id_), bool(shipped)) for id_, name, _, _, shipped in rows]
    longer = ask(db, "SELECT long FROM abbreviation WHERE short = ? COLLATE NOCASE", [typed.strip()])
    offices = [
        Name(f"{office} {name}" if both else str(office), str(id_), bool(shipped))
        for id_, name, role, organization, shipped in rows
        for office, both in ((role, False), (organization, False), (role, True))
    ]
    try:
        found = choose("speaker", typed, people)
    except NothingFound:
        try:
            found = choose("speaker", str(longer[0][0]) if longer else typed, offices)
        except NothingFound:
            everyone = [name.name for name in (*people, *offices)]
            raise unknown("speaker", typed, everyone, dict.fromkeys(name.name for name in people)) from None
        by_id = {name.id: name.name for name in people}
        note = f"speaker {shortened(typed)} is {' and '.join(by_id[known.id] for known in found)}"
        found = [known._replace(note=note) for known in found]
    marks = ", ".join("?" * len(found))
    note = "" if fold(typed) in {fold(known.id) for known in found} else found[0].note
    return Speaking(f"a.speaker_id IN ({marks})", [known.id for known in found], note)


def claim_key(db: sqlite3.Connection, typed: str) -> Known:
    """Return the key of the claim that a name means: the key, or the part behind the colon.

    Where several sources have such a claim, that of the shipped report is meant.

    Raises:
        NothingFound: if there is none.
        UsageProblem: if several added sources have one, or the name has no letter and no digit.

    """
    if not fold(typed):
        raise UsageProblem("no claim is named", "gz claims --keys lists them")
    name = "-".join(re.split(r"[\s_]+", typed.strip().lower()))
    found = ask(db, f"SELECT key, source_id IN ({_SHIPPED}) FROM claim WHERE key = ? OR slug = ?", [name, name])
    ours = [str(key) for key, shipped in found if shipped]
    if len(found) == 1 or ours:
        key = ours[0] if ours else str(found[0][0])
        others = [str(other) for other, _ in found if other != key]
        return Known(key, listed("also: ", others) if others else "")
    if found:
        several = listed("which: ", sorted(str(key) for key, _ in found))
        raise UsageProblem(f"{shortened(typed)} is a claim of several sources", several)
    if ask(db, "SELECT 1 FROM source WHERE id = ?", [name]):
        raise NothingFound(f"{name} is a report, not a claim", f"gz claims --source {name}, or gz cite {name}")
    slug = name.rpartition(":")[2]
    near = "SELECT DISTINCT slug FROM claim WHERE slug >= ? AND slug < ? LIMIT 200"
    names = [str(other) for (other,) in ask(db, near, [slug[:2], slug[:2] + _LAST])]
    names += [str(other) for (other,) in ask(db, "SELECT slug FROM claim ORDER BY id LIMIT 200")]
    raise unknown("claim", typed, names)


_COMPLETED = {
    "partner": ("SELECT id, name FROM trade_partner", "id"),
    "topic": ("SELECT id, name FROM topic", "id"),
    "speaker": ("SELECT id, name FROM speaker", "id"),
    "source": ("SELECT id, title FROM source", "id"),
    "added": (f"SELECT id, title FROM source WHERE id NOT IN ({_SHIPPED})", "id"),
    "claim": ("SELECT slug, source_id, coalesce(statement, quote) FROM claim", "slug"),
}


def completions(db: sqlite3.Connection, kind: str, begun: str) -> list[tuple[str, str]]:
    """Return the names that complete what is begun, each with a description, in order; no name that a shell might run.

    Args:
        db: the database.
        kind: partner, topic, speaker, source, added (a source that did not come with gz) or claim.
        begun: how they begin.

    """
    sql, column = _COMPLETED[kind]
    where = f"{'AND' if 'WHERE' in sql else 'WHERE'} {column} >= ? AND {column} < ? ORDER BY {column} LIMIT {MOST}"
    rows = ask(db, f"{sql} {where}", [begun, begun + _LAST])
    if kind == "claim":
        count = Counter(slug for slug, *_ in rows)
        rows = [(slug if count[slug] == 1 else f"{source}:{slug}", statement) for slug, source, statement in rows]
    return [(str(name), str(text)) for name, text, *_ in rows if _SAFE.fullmatch(str(name))]
