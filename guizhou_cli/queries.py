"""The questions: each a filter over a view of facts.sql, whose columns it hands on as they are.

A question that nothing answers raises `NothingFound`, which says what there is instead. There is a function for each
command, so it is long; searching is said.py's.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guizhou_cli import naming, search, spelling
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.reading import Cell, Row, ask, read

_Condition = tuple[str, list[str]]

_NOBODY = "reported"
"""What stands in place of a speaker where the words are the report's own."""

VERIFICATION = ("check", "status", "detail", "claim", "paragraph", "source")
"""The columns of a verification, whose rows come from no view."""


class Answer(NamedTuple):
    """Rows of a view, best or first one first.

    `total` counts the rows there are, of which `rows` may be the best few. `asked` is set by a search alone: its words
    are to be marked, and the best were found among the `ranked` latest.
    """

    view: str
    columns: tuple[str, ...]
    rows: list[Row]
    total: int
    ranked: int = 0
    asked: search.Question | None = None

    def dicts(self) -> list[dict[str, Cell]]:
        """Return the rows as one dict each, keyed by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def bases(db: sqlite3.Connection, text: str | None = None, source: str | None = None) -> Answer:
    """Return the industrial bases, or those whose name or detail has the words of `text`.

    Raises:
        NothingFound: if there are none, or no such source.
        UsageProblem: if there is no letter and no digit in `text`.

    """
    found = filtered(db, "bases", source=source)
    if text is None:
        return _something(found, f"no industrial base is named{within(source)}")
    if not spelling.words(text):
        raise UsageProblem("nothing to search for", "gz bases lists all, and gz bases energy some")
    asked = search.question(text, synonyms(db))
    name, detail = found.columns.index("base"), found.columns.index("detail")
    met = search.narrowed(asked, ((str(row[name]), str(row[detail] or "")) for row in found.rows))
    rows = [row for row, holds in zip(found.rows, met, strict=True) if holds]
    if not rows:
        raise naming.unknown("industrial base", text, (str(row[name]) for row in found.rows))
    return found._replace(rows=rows, total=len(rows))


def trade(db: sqlite3.Connection, partner: str | None = None, source: str | None = None) -> Answer:
    """Return the growth rates, or those with one partner, by any of its names.

    Raises:
        NothingFound: if there are none, or no such partner or source.
        UsageProblem: if a name is given that has no letter and no digit.

    """
    partners = None
    if partner is not None:
        known = partner_names(db)
        called = [(name, id_) for id_, names in known.items() for name in (*names, id_)]
        partners = naming.choose("partner", partner, called, known)
    which = " with that partner" if partners else ""
    return _something(
        filtered(db, "trade", partner=partners, source=source), f"no trade rate{which} is told{within(source)}"
    )


def measures(db: sqlite3.Connection, topic: str | None = None, source: str | None = None) -> Answer:
    """Return the policy measures, or those of one topic.

    Raises:
        NothingFound: if there are none, or no such topic or source.
        UsageProblem: if a name is given that has no letter and no digit.

    """
    found = filtered(db, "measures", topics=_topic_ids(db, topic), source=source)
    if topic is None:
        return _something(found, f"no policy measure is told{within(source)}")
    return _something(found, f"no policy measure on that topic{within(source)}", _topics_of_measures(db))


def speakers(db: sqlite3.Connection, name: str | None = None, source: str | None = None) -> Answer:
    """Return who spoke, or the one of that name, office or organization.

    Raises:
        NothingFound: if nobody did, or there is no such source.
        UsageProblem: if a name is given that has no letter and no digit.

    """
    spoke = "SELECT p.name, a.role, a.source_id FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id"
    only = _by_speaker(db, name, f"(speaker, role, source) IN ({spoke} WHERE {{}})")
    return _something(
        filtered(db, "speakers", only=only, source=source),
        f"nobody{' of that name' if name else ''} spoke{within(source)}",
    )


def claims(
    db: sqlite3.Connection, topic: str | None = None, speaker: str | None = None, source: str | None = None
) -> Answer:
    """Return every claim, or those of one topic, speaker or source.

    Raises:
        NothingFound: if there are none, or no such topic, speaker or source.
        UsageProblem: if a name is given that has no letter and no digit.

    """
    if speaker is not None and spelling.fold(speaker) == _NOBODY:
        only: _Condition | None = (f"attribution = '{_NOBODY}'", [])
    else:
        said = "SELECT c.key FROM claim AS c JOIN appearance AS a USING (source_id, speaker_id)"
        only = _by_speaker(db, speaker, f"claim IN ({said} WHERE {{}})")
    found = filtered(db, "claims", topics=_topic_ids(db, topic), only=only, source=source)
    return _something(found, f"no claim is all of that{within(source)}")


def topics(db: sqlite3.Connection) -> Answer:
    """Return what there is to ask about.

    Raises:
        NothingFound: if no topic is named.

    """
    return _something(filtered(db, "topics"), "no topic is named in the database")


def sources(db: sqlite3.Connection) -> Answer:
    """Return the reports."""
    return filtered(db, "sources")


def source_id(db: sqlite3.Connection, source: str) -> str:
    """Return the id of a source that was named.

    Raises:
        NothingFound: if there is none.

    """
    if not spelling.fold(source):
        raise UsageProblem("no source is named", naming.listed("known: ", _source_ids(db)))
    named = _source_named(db, source)
    if named is None:
        raise naming.unknown("source", source, _source_ids(db))
    return named


def _source_named(db: sqlite3.Connection, source: str) -> str | None:
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
        UsageProblem: if several sources have one of that name.

    """
    if not spelling.fold(claim):
        raise UsageProblem("no claim is named", "gz claims lists them")
    named = claim.strip().lower()
    found = ask(db, "SELECT key FROM claim WHERE key = ? OR slug = ? ORDER BY key", [named, named])
    if not found and re.fullmatch(r"[\w\s:-]+", claim):
        folded = spelling.fold(claim)
        same = "replace(slug, '-', '') = ? OR replace(replace(key, '-', ''), ':', '') = ?"
        found = ask(db, f"SELECT key FROM claim WHERE {same} ORDER BY key LIMIT 1000", [folded, folded])
    keys = [str(key) for (key,) in found]
    if not keys:
        raise _no_claim(db, claim)
    if len(keys) > 1:
        raise UsageProblem(f"{naming.shortened(claim)} is a claim of several briefings", naming.listed("which: ", keys))
    return keys[0]


def _no_claim(db: sqlite3.Connection, claim: str) -> NothingFound:
    """Return the error for a claim that is not known: with the nearest ones, or what a report of that name is for."""
    report = _source_named(db, claim)
    if report:
        return NothingFound(f"{report} is a report, not a claim", f"gz claims --source {report}, or gz cite {report}")
    # Near ones only: the slugs that begin alike, then the first there are. A million would take a second.
    name = "key" if ":" in claim else "slug"
    near = f"SELECT DISTINCT {name} FROM claim WHERE slug >= ? AND slug < ? LIMIT 1000"
    begins = spelling.canonical(claim.lower().rpartition(":")[2]).replace(" ", "-")[:2]
    names = [str(named) for (named,) in ask(db, near, [begins, begins + "\U0010ffff"])]
    names += [str(named) for (named,) in ask(db, f"SELECT {name} FROM claim ORDER BY id LIMIT 1000")]
    return naming.unknown("claim", claim, names)


def cite(db: sqlite3.Connection, claims: Sequence[str] | None = None) -> Answer:
    """Return what a citation tells: of claims, in the order named, or else of reports: of those named, or of all."""
    sources = [named for claim in claims or () if not _is_claim(db, claim) and (named := _source_named(db, claim))]
    if claims and not sources:
        return whole(db, claims)
    if claims and len(sources) < len(claims):
        raise UsageProblem("claims and reports are cited one or the other", f"gz cite {' '.join(sources)}")
    only = (f"source IN ({_marks(sources)})", sources) if sources else None
    return _something(filtered(db, "reports", only=only), "there is no report in the database")


def _is_claim(db: sqlite3.Connection, claim: str) -> bool:
    """Tell whether a claim is called just that: it is cited, and no report that somebody has given a name like it."""
    named = claim.strip().lower()
    return bool(ask(db, "SELECT 1 FROM claim WHERE key = ? OR slug = ? LIMIT 1", [named, named]))


def partner_names(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the name and the aliases of each trade partner, by its id."""
    names: dict[str, list[str]] = {}
    partners = "SELECT id, name FROM trade_partner UNION ALL SELECT trade_partner_id, alias FROM trade_partner_alias"
    for partner, name in ask(db, partners):
        names.setdefault(str(partner), []).append(str(name))
    return names


def nothing(db: sqlite3.Connection, command: str) -> Answer:
    """Return the answer of a command that found nothing: the columns of its view, which has its name, and no row."""
    if command == "verify":
        return Answer(command, VERIFICATION, [], 0)
    view = {"who-said": "claims"}.get(command, command)
    columns, _ = read(db, f"SELECT * FROM {view} LIMIT 0")
    return Answer(view, columns, [], 0)


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


def whole(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return claims, each with all that its report and its passage are known by, in the order named."""
    return of_claims(db, "show", list(dict.fromkeys(claim_key(db, claim) for claim in claims)))


def of_claims(db: sqlite3.Connection, view: str, keys: Sequence[str]) -> Answer:
    """Return the rows of a view that are of the claims of these keys, in their order."""
    found = filtered(db, view, claim=keys)
    place = {key: at for at, key in enumerate(keys)}
    column = found.columns.index("claim")
    return found._replace(rows=sorted(found.rows, key=lambda row: place[str(row[column])]))


def filtered(
    db: sqlite3.Connection,
    view: str,
    *,
    source: str | None = None,
    topics: Iterable[str] | None = None,
    only: _Condition | None = None,
    **wanted: str | Iterable[str] | None,
) -> Answer:
    """Return the rows of a view: of one source, on one of the topics, with one of the values in each column named.

    What else is to hold is told by `only`, a condition and its values.

    Raises:
        NothingFound: if there is no such source.
        UsageProblem: if a source is named without a letter or a digit.
        DatabaseProblem: if the database can't be read.

    """
    conditions, values = [], []
    if source is not None:
        wanted["source"] = source_id(db, source)
    for column, value in wanted.items():
        if value is not None:
            several = [value] if isinstance(value, str) else sorted(value)
            conditions.append(f"{column} IN ({_marks(several)})")
            values += several
    if topics is not None:
        several = sorted(topics)
        conditions.append(
            "claim IN (SELECT key FROM claim JOIN claim_topic ON claim_id = claim.id"
            f" WHERE topic_id IN ({_marks(several)}))"
        )
        values += several
    if only is not None:
        conditions.append(only[0])
        values += only[1]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    columns, rows = read(db, f"SELECT * FROM {view}{where}", values)
    return Answer(view, columns, rows, len(rows))


def _something(found: Answer, otherwise: str, hint: str | None = None) -> Answer:
    if not found.rows:
        raise NothingFound(otherwise, hint)
    return found


def within(source: str | None) -> str:
    """Return where a question was asked, for a message: in one source, or nothing where it was asked of all."""
    return f" in {naming.shortened(source)}" if source else ""


def _by_speaker(db: sqlite3.Connection, speaker: str | None, condition: str) -> _Condition | None:
    """Return the condition that somebody of that name speaks, or somebody in that office, there and then.

    Args:
        db: the database.
        speaker: a name, an id, a role or an organization, short for it, or a role and a name.
        condition: what to hold to it, with {} for what is asked of the appearance `a`.

    """
    if speaker is None:
        return None
    people = ask(db, "SELECT name, id FROM speaker ORDER BY name")
    if any(id_ == speaker for _, id_ in people):  # which tells those apart who share a name
        return condition.format("a.speaker_id = ?"), [speaker]
    meant = _called(db, speaker)
    if not meant:
        offices = ask(db, "SELECT role FROM appearance UNION SELECT organization FROM appearance")
        known = [str(name) for name, _ in people]
        naming.choose(
            "speaker", speaker, [(name, name) for name in (*known, *(str(name) for (name,) in offices))], known
        )
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


def _topic_ids(db: sqlite3.Connection, topic: str | None) -> set[str] | None:
    if topic is None:
        return None
    known = ask(db, "SELECT name, id FROM topic ORDER BY name")
    return naming.choose("topic", topic, [(str(name), str(id_)) for name, id_ in known])


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _topics_of_measures(db: sqlite3.Connection) -> str:
    names = ask(
        db,
        "SELECT DISTINCT name FROM topic JOIN claim_topic ON topic_id = topic.id"
        " JOIN policy_measure USING (claim_id) ORDER BY name LIMIT 20",
    )
    return naming.listed("there are measures on: ", (str(name) for (name,) in names))


def join_keywords(keywords: Iterable[str]) -> str:
    r"""Return keywords as one cell: separated by `; `, a semicolon within one written `\;`."""
    return "; ".join(keyword.replace("\\", "\\\\").replace(";", "\\;") for keyword in keywords)


def split_keywords(cell: str) -> list[str]:
    """Return the keywords of one cell, as `join_keywords` has joined them."""
    parts = re.findall(r"(?:[^\\;]|\\.)+", cell, flags=re.DOTALL)
    parts[1:] = [part.removeprefix(" ") for part in parts[1:]]
    return [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts]
