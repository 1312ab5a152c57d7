"""The questions: a function for each view of facts.sql, whose columns it hands on as they are.

A question that nothing answers is an `Answer` without rows, with the reason. An unknown name is a `NothingFound`, one
that matches several things a `UsageProblem`.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.db.connection import ask, read
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.text import counted, shortened

# A view is read source by source, so each filter names the sources too: those without a row of it are passed over.
_OF_CLAIMS = "claim IN (SELECT c.key {0}) AND source IN (SELECT c.source_id {0})"
_TRADED = "SELECT c.source_id FROM figure JOIN claim AS c ON c.id = claim_id WHERE trade_partner_id IN ({ids})"
_SPOKE = "FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id WHERE p.id IN ({ids})"
_SPOKEN = (
    f"source IN (SELECT a.source_id {_SPOKE})"
    f" AND (speaker, role, source) IN (SELECT p.name, a.role, a.source_id {_SPOKE})"
)
_ON_TOPIC = "FROM claim_topic JOIN claim AS c ON c.id = claim_id WHERE topic_id IN ({ids})"
_FILTERS = {
    "source": ("in", "source IN ({ids})"),
    "whose": ("of", "whose IN ({ids})"),
    "unit": ("in", "unit IN ({ids})"),
    "partner": ("with", f"partner IN ({{ids}}) AND source IN ({_TRADED})"),
    "topic": ("on", _OF_CLAIMS.format(_ON_TOPIC)),
    "speaker": ("by", f"({_SPOKEN}) OR (speaker IS NULL AND 'reported' IN ({{ids}}))"),
}
"""For each kind of name, the word that leads to it in a message, and the condition on a row of a view."""

_MATCHING = _OF_CLAIMS.format(
    "FROM claim_fts JOIN claim AS c ON c.id = claim_fts.rowid"
    " WHERE claim_fts MATCH ?1 AND c.id IN (SELECT claim_id FROM {table})"
)
_TABLES = {"bases": "industrial_base", "measures": "policy_measure", "figures": "figure"}
_READ = """(
    SELECT number AS paragraph, coalesce(text, first_words || coalesce(' … ' || last_words, '')) AS text,
           (SELECT group_concat(slug, ', ') FROM (SELECT slug FROM claim
             WHERE source_id = passage.source_id AND paragraph = number ORDER BY id)) AS claims,
           source_id AS source
      FROM passage ORDER BY source_id, number)"""


def _rows(db: sqlite3.Connection, view: str, thing: str, text: str | None = None, **named: Sequence[str]) -> Answer:
    """Return the rows of a view that have all the words of a text, and one of the names of each kind in `_FILTERS`.

    `thing` is what a row is, for the reason where there is none. A kind without names filters nothing.
    """
    conditions: list[str] = []
    values: list[Cell] = []
    notes: list[str] = []
    hint, reason = None, f"no {thing}"
    if text is not None:
        from guizhou_cli.ask.query import meant, query, synonyms

        asked = query(text, synonyms(db))
        values.append(f"{{statement quote terms}} : ({' AND '.join(asked.words.values())})")
        conditions.append(_MATCHING.format(table=_TABLES[view]))
        reason += f" about {shortened(text)}"
        hint = meant(db, asked)
    if any(named.values()):
        from guizhou_cli.ask import names

        reports = names.ids(db, "source", named.get("source", ()))
    for kind, typed in named.items():
        if typed:
            known = reports if kind == "source" else names.ids(db, kind, typed, [report.id for report in reports])
            lead, condition = _FILTERS[kind]
            numbers = range(len(values) + 1, len(values) + len(known) + 1)
            conditions.append(condition.format(ids=", ".join(f"?{number}" for number in numbers)))
            values += [name.id for name in known]
            notes += [name.note for name in known if name.note]
            reason += f" {lead} {either(typed)}"
    where = f" WHERE {' AND '.join(f'({condition})' for condition in conditions)}" if conditions else ""
    columns, found = read(db, f"SELECT * FROM {_READ if view == 'read' else view}{where}", values)
    rows = list(islice(found, AT_ONCE + 1))
    if rows:
        return with_reports(db, Answer(view, columns, rows, found, notes=tuple(notes)))
    hint = hint or (f"gz {view} lists all there are" if where else None)
    return Answer(view, columns, rows, reason=reason, hint=hint, notes=tuple(notes))


def placeholders(values: Sequence[object]) -> str:
    """Return as many parameters of SQL as there are values."""
    return ", ".join("?" * len(values))


def either(typed: Sequence[str]) -> str:
    """Return what was typed for a message: "coal" or "gas"."""
    return " or ".join(map(shortened, typed))


def with_reports(db: sqlite3.Connection, answer: Answer) -> Answer:
    """Return an answer with the reports that its rows are of, where its passages are, and which claims are in doubt."""
    if not answer.rows or "source" not in answer.columns or answer.view in {"sources", "reports", "show"}:
        return answer
    rows = answer.dicts()
    sources, numbers, keys = (
        list(dict.fromkeys(row.get(column) for row in rows)) for column in ("source", "paragraph", "claim")
    )
    columns, found = read(db, f"SELECT * FROM reports WHERE source IN ({placeholders(sources)})", sources)
    places = f"source_id IN ({placeholders(sources)}) AND number IN ({placeholders(numbers)})"
    located = f"SELECT source_id, number, first_words, last_words FROM passage WHERE {places}"
    unsound = f"key IN ({placeholders(keys)}) AND evidence NOT IN ('quoted', 'checked')"
    return answer.but(
        reports={str(row[-1]): dict(zip(columns, row, strict=True)) for row in found},
        passages={
            (str(source), int(number or 0)): (first, last)
            for source, number, first, last in ask(db, located, [*sources, *numbers])
        },
        evidence={str(key): kind for key, kind in ask(db, f"SELECT key, evidence FROM claim WHERE {unsound}", keys)},
    )


def bases(db: sqlite3.Connection, text: str | None = None, *, sources: Sequence[str] = ()) -> Answer:
    """Return the industrial bases, or those with all the words of `text`."""
    return _rows(db, "bases", "industrial base", text, source=sources)


def trade(db: sqlite3.Connection, partners: Sequence[str] = (), *, sources: Sequence[str] = ()) -> Answer:
    """Return the growth of trade, or that with some partners, by any of their names."""
    return _rows(db, "trade", "growth of trade with a partner", partner=partners, source=sources)


def measures(
    db: sqlite3.Connection, text: str | None = None, *, topics: Sequence[str] = (), sources: Sequence[str] = ()
) -> Answer:
    """Return the policy measures, or those with all the words of `text`, or on one of the topics."""
    return _rows(db, "measures", "policy measure", text, topic=topics, source=sources)


def figures(
    db: sqlite3.Connection,
    text: str | None = None,
    *,
    whose: str | None = None,
    units: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Answer:
    """Return the figures: with all the words of `text`, of one subject, in one of the units."""
    if units:
        from guizhou_cli.report.figures import unit_named

        units = [unit_named(unit) or unit for unit in units]
    owners = () if whose is None else (whose,)
    return _rows(db, "figures", "figure", text, whose=owners, unit=units, source=sources)


def speakers(db: sqlite3.Connection, name: str | None = None, *, sources: Sequence[str] = ()) -> Answer:
    """Return who spoke, or the one of a name, office or organization."""
    return _rows(db, "speakers", "speaker", speaker=() if name is None else (name,), source=sources)


def claims(
    db: sqlite3.Connection,
    *,
    topics: Sequence[str] = (),
    speakers: Sequence[str] = (),
    sources: Sequence[str] = (),
    view: str = "claims",
) -> Answer:
    """Return all claims, or those on one of the topics, of one of the speakers or sources.

    The speaker `reported` means the report's own words. The view `show` has more columns.
    """
    return _rows(db, view, "claim", topic=topics, speaker=speakers, source=sources)


def topics(db: sqlite3.Connection) -> Answer:
    """Return the topics that have claims, with how many."""
    found = _rows(db, "topics", "topic")
    return found.but(rows=[row for row in found.rows if row[-1]])


def sources(db: sqlite3.Connection) -> Answer:
    """Return the reports that the claims come from."""
    return _rows(db, "sources", "report")


def of_claims(db: sqlite3.Connection, view: str, keys: Sequence[str]) -> Answer:
    """Return the rows of a view for claims by their keys, in that order."""
    # From the claims to the view, by the indexes of both: by key alone, the view would be read from its beginning.
    columns, found = read(
        db,
        f"SELECT v.* FROM claim AS c CROSS JOIN {view} AS v ON v.source = c.source_id AND v.claim = c.key"
        f" WHERE c.key IN ({placeholders(keys)})",
        keys,
    )
    place = {key: at for at, key in enumerate(keys)}
    at = columns.index("claim")
    return with_reports(db, Answer(view, columns, sorted(found, key=lambda row: place[str(row[at])])))


def show(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return claims with all that is known of their reports and passages, in the order named."""
    from guizhou_cli.ask import names

    known = [names.claim_key(db, claim) for claim in claims]
    answer = of_claims(db, "show", list(dict.fromkeys(claim.id for claim in known)))
    return answer.but(notes=tuple(claim.note for claim in known if claim.note))


def cited(
    db: sqlite3.Connection,
    named: Sequence[str] = (),
    *,
    topics: Sequence[str] = (),
    speakers: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Answer:
    """Return what to cite: the claims or the reports that are named, the claims that filters choose, or all reports.

    Raises:
        UsageProblem: if both names and filters are given.

    """
    if named and (topics or speakers or sources):
        raise UsageProblem("name claims, or choose them by options", f"gz cite {' '.join(named)}")
    if topics or speakers:
        return _cautioned(claims(db, topics=topics, speakers=speakers, sources=sources, view="show"))
    try:
        if named:
            return _cautioned(show(db, named))
    except NothingFound as no_claim:
        with suppress(NothingFound, UsageProblem):
            return _rows(db, "reports", "report", source=named)
        raise no_claim from None
    return _rows(db, "reports", "report", source=sources)


def _cautioned(answer: Answer) -> Answer:
    """Return an answer with a note for each kind of evidence that whoever cites its claims should know of."""
    from guizhou_cli.output.layouts import EVIDENCE

    counts = Counter(row["evidence"] for row in answer.dicts())
    cautions = {kind: meaning for kind, (mark, meaning) in EVIDENCE.items() if mark and counts[kind]}
    notes = [f"{kind} ({counted(counts[kind], 'claim')}): {meaning}" for kind, meaning in cautions.items()]
    return answer.but(notes=(*answer.notes, *notes))


def passages(db: sqlite3.Connection, source: str) -> Answer:
    """Return a report passage by passage: its text, or without a copy its first and last words, and its claims."""
    from guizhou_cli.ask import names

    id_ = names.source_id(db, source).id
    answer = _rows(db, "read", "paragraph", source=[source])
    if ask(db, "SELECT 1 FROM passage WHERE source_id = ? AND text IS NOT NULL LIMIT 1", [id_]):
        return answer
    return answer.but(notes=(*answer.notes, f"no copy of this report is kept: gz attach {id_} ARTICLE keeps yours"))
