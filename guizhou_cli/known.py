"""What is known by which name: sources, claims, trade partners, topics, and those who spoke.

How a name that was typed is told from another is naming.py's.
"""

import re
import sqlite3

from guizhou_cli import naming, spelling
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.reading import ask

Condition = tuple[str, list[str]]
"""A condition of SQL, and the values of its parameters."""


def source_id(db: sqlite3.Connection, source: str) -> str:
    """Return the id of a source that was named.

    Raises:
        NothingFound: if there is none.
        UsageProblem: if there is no letter and no digit in the name.

    """
    if not spelling.fold(source):
        raise UsageProblem("no source is named", naming.listed("known: ", _source_ids(db)))
    named = source_named(db, source)
    if named is None:
        raise naming.unknown("source", source, _source_ids(db))
    return named


def source_named(db: sqlite3.Connection, source: str) -> str | None:
    """Return the source of just that id, or else the only one whose id is that when folded."""
    known = _source_ids(db)
    if (exact := source.strip().lower()) in known:
        return exact
    same = [id_ for id_ in known if spelling.fold(id_) == spelling.fold(source)]
    return same[0] if len(same) == 1 else None


def _source_ids(db: sqlite3.Connection) -> list[str]:
    return [str(id_) for (id_,) in ask(db, "SELECT id FROM source ORDER BY id")]


def claim_key(db: sqlite3.Connection, claim: str) -> str:
    """Return the whole key of a claim that was named by it, or by the part behind the colon.

    Raises:
        NothingFound: if there is no such claim.
        UsageProblem: if several sources have one of that name, or there is no letter and no digit in it.

    """
    if not spelling.fold(claim):
        raise UsageProblem("no claim is named", "gz claims lists them")
    keys = keys_named(db, claim)
    if not keys and re.fullmatch(r"[\w\s:-]+", claim):
        folded = spelling.fold(claim)
        same = "replace(slug, '-', '') = ? OR replace(replace(key, '-', ''), ':', '') = ?"
        found = ask(db, f"SELECT key FROM claim WHERE {same} ORDER BY key LIMIT 1000", [folded, folded])
        keys = [str(key) for (key,) in found]
    if not keys:
        raise _no_claim(db, claim)
    if len(keys) > 1:
        raise UsageProblem(f"{naming.shortened(claim)} is a claim of several briefings", naming.listed("which: ", keys))
    return keys[0]


def keys_named(db: sqlite3.Connection, claim: str) -> list[str]:
    """Return the keys of the claims that are called just that: by the whole key, or by the part behind the colon."""
    named = claim.strip().lower()
    found = ask(db, "SELECT key FROM claim WHERE key = ? OR slug = ? ORDER BY key", [named, named])
    return [str(key) for (key,) in found]


def _no_claim(db: sqlite3.Connection, claim: str) -> NothingFound:
    """Return the error for a claim that is not known: with the nearest ones, or what a report of that name is for."""
    report = source_named(db, claim)
    if report:
        return NothingFound(f"{report} is a report, not a claim", f"gz claims --source {report}, or gz cite {report}")
    # Near ones only: the slugs that begin alike, then the first there are. A million would take a second.
    name = "key" if ":" in claim else "slug"
    near = f"SELECT DISTINCT {name} FROM claim WHERE slug >= ? AND slug < ? LIMIT 1000"
    begins = spelling.canonical(claim.lower().rpartition(":")[2]).replace(" ", "-")[:2]
    names = [str(named) for (named,) in ask(db, near, [begins, begins + "\U0010ffff"])]
    names += [str(named) for (named,) in ask(db, f"SELECT {name} FROM claim ORDER BY id LIMIT 1000")]
    return naming.unknown("claim", claim, names)


def partner_names(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the name and the aliases of each trade partner, by its id."""
    names: dict[str, list[str]] = {}
    partners = "SELECT id, name FROM trade_partner UNION ALL SELECT trade_partner_id, alias FROM trade_partner_alias"
    for partner, name in ask(db, partners):
        names.setdefault(str(partner), []).append(str(name))
    return names


def synonyms(db: sqlite3.Connection) -> list[list[str]]:
    """Return the names of the same thing: of each partner, and each abbreviation with what it is short for."""
    return [*partner_names(db).values(), *map(list, _abbreviations(db))]


def _abbreviations(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return [(str(short), str(long)) for short, long in ask(db, "SELECT short, long FROM abbreviation")]


def completions(db: sqlite3.Connection, kind: str, begun: str = "") -> list[str]:
    """Return the names that complete what is begun, a thousand at most.

    Args:
        db: the database.
        kind: partner, topic, speaker, source, added (a source that did not come with gz) or claim.
        begun: how they begin.

    """
    asked = {
        "partner": "SELECT id FROM trade_partner",
        "topic": "SELECT id FROM topic",
        "speaker": "SELECT id FROM speaker",
        "source": "SELECT id FROM source",
        "added": "SELECT id FROM (SELECT id FROM source WHERE id NOT IN (SELECT source_id FROM build))",
        "claim": "SELECT id FROM (SELECT slug AS id FROM claim GROUP BY slug HAVING count(*) = 1 UNION ALL"
        " SELECT key FROM claim WHERE slug IN (SELECT slug FROM claim GROUP BY slug HAVING count(*) > 1))",
    }
    matching = f"{asked[kind]} WHERE substr(id, 1, length(?)) = ? LIMIT 1000"
    return [str(id_) for (id_,) in ask(db, matching, [begun, begun])]


def speaking(db: sqlite3.Connection, speaker: str | None, condition: str) -> Condition | None:
    """Return the condition that somebody of that name speaks, or somebody in that office, there and then.

    Args:
        db: the database.
        speaker: a name, an id, a role or an organization, short for it, or a role and a name.
        condition: what to hold to it, with {} for what is asked of the appearance `a`.

    Raises:
        NothingFound: if nobody goes by that name.
        UsageProblem: if there is no letter and no digit in it.

    """
    if speaker is None:
        return None
    people = ask(db, "SELECT name, id FROM speaker ORDER BY name")
    if any(id_ == speaker for _, id_ in people):  # which tells those apart who share a name
        return condition.format("a.speaker_id = ?"), [speaker]
    known = [str(name) for name, _ in people]
    if not spelling.fold(speaker):
        raise UsageProblem("no speaker is named", naming.listed("known: ", known))
    meant = _called(db, speaker)
    if not meant:
        offices = ask(db, "SELECT role FROM appearance UNION SELECT organization FROM appearance")
        raise naming.unknown("speaker", speaker, [*known, *(str(name) for (name,) in offices)], known)
    asked = " OR ".join(" AND ".join(f"a.{column} = ?" for column, _ in who) for who in meant)
    return condition.format(asked), [value for who in meant for _, value in who]


def holds_office(db: sqlite3.Connection, name: str) -> bool:
    """Tell whether anybody who speaks goes by a name, be it that of an office."""
    return bool(_called(db, name))


def _called(db: sqlite3.Connection, name: str) -> list[tuple[tuple[str, str], ...]]:
    """Return who goes by a name, each as what the columns of an appearance hold: a person, an office, or both."""
    people = [
        (str(called), (("speaker_id", str(id_)),))
        for person, id_ in ask(db, "SELECT name, id FROM speaker")
        for called in (person, id_)
    ]
    offices = [
        (str(held), ((office, str(held)),))
        for office in ("role", "organization")
        for (held,) in ask(db, f"SELECT DISTINCT {office} FROM appearance")
    ]
    both = [
        (f"{role} {person}", (("role", str(role)), ("speaker_id", str(id_))))
        for role, person, id_ in ask(
            db, "SELECT DISTINCT role, name, p.id FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id"
        )
    ]
    longer = next((str(long) for short, long in _abbreviations(db) if spelling.fold(short) == spelling.fold(name)), "")
    for asked, names in ((name, [*people, *offices]), (name, both), (longer, [*people, *offices])):
        found: set[tuple[tuple[str, str], ...]] = naming.meant(asked, names) if asked else set()
        if found:
            return sorted(found)
    return []


def topic_ids(db: sqlite3.Connection, topic: str | None) -> set[str] | None:
    """Return the ids of the topics that go by a name; None where none was named.

    Raises:
        NothingFound: if there is none.
        UsageProblem: if there is no letter and no digit in the name.

    """
    if topic is None:
        return None
    known = ask(db, "SELECT name, id FROM topic ORDER BY name")
    return naming.choose("topic", topic, [(str(name), str(id_)) for name, id_ in known])
