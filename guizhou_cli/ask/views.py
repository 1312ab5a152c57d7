"""The questions: a function for each view of facts.sql, whose columns it hands on as they are.

A question that nothing answers is an `Answer` without rows, with the reason; an unknown name is a `NothingFound`.
"""

import sqlite3
from collections.abc import Sequence
from itertools import islice

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.ask import names
from guizhou_cli.ask.names import Known
from guizhou_cli.db.connection import ask, read
from guizhou_cli.errors import UsageProblem
from guizhou_cli.text import fold, listed, shortened


class _Filter:
    """Conditions on the rows of a view, with their values and the notes of the names that they come from."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.values: list[Cell] = []
        self.notes: list[str] = []

    def add(self, condition: str, values: Sequence[Cell] = ()) -> None:
        self.conditions.append(condition)
        self.values += values

    def among(self, column: str, known: Sequence[Known]) -> None:
        if known:
            self.add(f"{column} IN ({_marks(known)})", [name.id for name in known])
            self.notes += [name.note for name in known if name.note]

    def speakers(self, db: sqlite3.Connection, typed: Sequence[str], condition: str) -> None:
        """Add that one of the people speaks; `condition` has {} for what holds of the appearance `a`."""
        if not typed:
            return
        either, values = [], []
        for name in typed:
            if fold(name) == names.REPORTED:
                either.append("attribution = 'reported'")
            else:
                who = names.speaker(db, name)
                either.append(condition.format(who.condition))
                values += who.values
                self.notes += [who.note] if who.note else []
        self.add(f"({' OR '.join(either)})", values)

    def topics(self, db: sqlite3.Connection, typed: Sequence[str]) -> None:
        known = names.topic_ids(db, typed)
        self.among(
            "claim IN (SELECT c.key FROM claim_topic AS ct JOIN claim AS c ON c.id = ct.claim_id WHERE ct.topic_id",
            known,
        )
        if known:
            self.conditions[-1] += ")"

    def words(self, db: sqlite3.Connection, text: str | None, table: str) -> None:
        """Add that a claim of a table has all the words of a text, in any column of the index but its passage."""
        if text is None:
            return
        from guizhou_cli.ask.search import query, synonyms

        asked = query(text, synonyms(db))
        # The last word may be the beginning of a longer one.
        groups = (*asked.groups[:-1], f'({asked.groups[-1]} OR ("{asked.words[-1]}" *))')
        matching = f"{{statement quote terms}} : ({' AND '.join(groups)})"
        self.add(
            f"claim IN (SELECT key FROM claim WHERE id IN (SELECT claim_id FROM {table})"
            " AND id IN (SELECT rowid FROM claim_fts WHERE claim_fts MATCH ?))",
            [matching],
        )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def within(sources: Sequence[str]) -> str:
    """Return where a question was asked, for a message; empty where it was asked of all sources."""
    return f" in {' and '.join(map(shortened, sources))}" if sources else ""


def _rows(db: sqlite3.Connection, view: str, chosen: _Filter, reason: str, hint: str | None = None) -> Answer:
    where = f" WHERE {' AND '.join(chosen.conditions)}" if chosen.conditions else ""
    columns, found = read(db, f"SELECT * FROM {view}{where}", chosen.values)
    rows = list(islice(found, AT_ONCE + 1))
    answer = Answer(view, columns, rows, found, notes=tuple(dict.fromkeys(chosen.notes)))
    return with_reports(db, answer) if rows else answer.but(reason=reason, hint=hint)


def with_reports(db: sqlite3.Connection, answer: Answer) -> Answer:
    """Return an answer with the reports that its rows are of, and the words that locate their passages."""
    if "source" not in answer.columns or answer.view in {"sources", "reports", "show"}:
        return answer
    at = answer.columns.index("source")
    sources = list(dict.fromkeys(row[at] for row in answer.rows))[:AT_ONCE]
    columns, found = read(db, f"SELECT * FROM reports WHERE source IN ({_marks(sources)})", sources)
    reports = {str(row[-1]): dict(zip(columns, row, strict=True)) for row in found}
    passages: dict[tuple[str, int], tuple[Cell, Cell]] = {}
    if "paragraph" in answer.columns:
        asked = f"SELECT source_id, number, first_words, last_words FROM passage WHERE source_id IN ({_marks(sources)})"
        for source, number, first, last in ask(db, f"{asked} LIMIT {50 * AT_ONCE}", sources):
            passages[str(source), int(number or 0)] = first, last
    evidence: dict[str, Cell] = {}
    if "claim" in answer.columns and "evidence" not in answer.columns:
        keys = [row[answer.columns.index("claim")] for row in answer.rows]
        doubtful = f"SELECT key, evidence FROM claim WHERE key IN ({_marks(keys)})"
        sound = "evidence NOT IN ('quoted', 'checked')"
        evidence = {str(key): kind for key, kind in ask(db, f"{doubtful} AND {sound}", keys)}
    return answer.but(reports=reports, passages=passages, evidence=evidence)


def _of_sources(db: sqlite3.Connection, sources: Sequence[str]) -> _Filter:
    chosen = _Filter()
    chosen.among("source", names.source_ids(db, sources))
    return chosen


def bases(db: sqlite3.Connection, text: str | None = None, *, sources: Sequence[str] = ()) -> Answer:
    """Return the industrial bases, or those with all the words of `text`.

    Raises:
        NothingFound: if a source is unknown.
        UsageProblem: if `text` has no letter and no digit, or a name matches several sources.

    """
    chosen = _of_sources(db, sources)
    chosen.words(db, text, "industrial_base")
    what = f" about {shortened(text)}" if text else ""
    known = ask(db, "SELECT DISTINCT name FROM industrial_base LIMIT 20") if text else []
    hint = listed("known: ", (str(name) for (name,) in known)) if known else None
    return _rows(db, "bases", chosen, f"no industrial base{what} is named{within(sources)}", hint)


def trade(db: sqlite3.Connection, partners: Sequence[str] = (), *, sources: Sequence[str] = ()) -> Answer:
    """Return the growth of trade, or that with some partners, by any of their names. Raises as `bases`."""
    chosen = _of_sources(db, sources)
    chosen.among("partner", names.partner_ids(db, partners))
    what = f" with {' or '.join(map(shortened, partners))}" if partners else ""
    return _rows(db, "trade", chosen, f"no growth of trade{what} is given{within(sources)}")


def measures(
    db: sqlite3.Connection, text: str | None = None, *, topics: Sequence[str] = (), sources: Sequence[str] = ()
) -> Answer:
    """Return the policy measures, or those with all the words of `text`, or on one of the topics. Raises as `bases`."""
    chosen = _of_sources(db, sources)
    chosen.topics(db, topics)
    chosen.words(db, text, "policy_measure")
    with_measures = (
        "SELECT name FROM topic AS t WHERE EXISTS (SELECT 1 FROM claim_topic JOIN policy_measure USING (claim_id)"
        " WHERE topic_id = t.id) ORDER BY name LIMIT 20"
    )
    hint = listed("there are measures on: ", (str(name) for (name,) in ask(db, with_measures)))
    what = f" about {shortened(text)}" if text else " on that topic" if topics else ""
    return _rows(db, "measures", chosen, f"no policy measure{what} is named{within(sources)}", hint)


def figures(
    db: sqlite3.Connection,
    text: str | None = None,
    *,
    whose: str | None = None,
    units: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Answer:
    """Return the figures: with all the words of `text`, of one subject, in one of the units. Raises as `bases`."""
    chosen = _of_sources(db, sources)
    chosen.words(db, text, "figure")
    for column, typed in (("whose", [whose] if whose is not None else []), ("unit", units)):
        if typed:
            rows = ask(db, f"SELECT DISTINCT {column} FROM figures WHERE {column} IS NOT NULL LIMIT {names.MOST}")
            known = [names.Name(str(value), str(value)) for (value,) in rows]
            chosen.among(column, [found for name in typed for found in names.choose(column, name, known)])
    what = f" about {shortened(text)}" if text else " with all of that" if whose or units else ""
    return _rows(db, "figures", chosen, f"no figure{what} is given{within(sources)}")


def speakers(db: sqlite3.Connection, name: str | None = None, *, sources: Sequence[str] = ()) -> Answer:
    """Return who spoke, or those of one name, office or organization. Raises as `bases`."""
    chosen = _of_sources(db, sources)
    spoke = "SELECT p.name, a.role, a.source_id FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id"
    chosen.speakers(db, [] if name is None else [name], f"(speaker, role, source) IN ({spoke} WHERE {{}})")
    return _rows(db, "speakers", chosen, f"nobody of that name speaks{within(sources)}")


def claims(
    db: sqlite3.Connection,
    *,
    topics: Sequence[str] = (),
    speakers: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Answer:
    """Return all claims, or those on one of the topics, of one of the speakers or sources. Raises as `bases`.

    The speaker `reported` means the report's own words.
    """
    chosen = _of_sources(db, sources)
    chosen.topics(db, topics)
    said = "SELECT c.key FROM claim AS c JOIN appearance AS a USING (source_id, speaker_id)"
    chosen.speakers(db, speakers, f"claim IN ({said} WHERE {{}})")
    return _rows(db, "claims", chosen, f"no claim matches all of these filters{within(sources)}")


def topics(db: sqlite3.Connection) -> Answer:
    """Return the topics that have claims, with how many."""
    chosen = _Filter()
    chosen.add("claims > 0")
    return _rows(db, "topics", chosen, "no claim has a topic")


def sources(db: sqlite3.Connection) -> Answer:
    """Return the reports that the claims come from."""
    return _rows(db, "sources", _Filter(), "there is no report in the database")


def claims_of(db: sqlite3.Connection, view: str, ids: Sequence[int]) -> Answer:
    """Return the rows of a view for claims by their ids, in that order."""
    keys = ask(db, f"SELECT id, key FROM claim WHERE id IN ({', '.join(map(str, ids))})") if ids else []
    key_of = {id_: str(key) for id_, key in keys}
    return _of_keys(db, view, [key_of[id_] for id_ in ids if id_ in key_of])


def _of_keys(db: sqlite3.Connection, view: str, keys: Sequence[str]) -> Answer:
    # By the source, by which the view finds its rows, and not only by the key.
    sql = f"SELECT v.* FROM claim AS c CROSS JOIN {view} AS v ON v.source = c.source_id AND v.claim = c.key"
    columns, found = read(db, f"{sql} WHERE c.key IN ({_marks(keys)})", keys)
    place = {key: at for at, key in enumerate(keys)}
    at = columns.index("claim")
    rows = sorted(found, key=lambda row: place[str(row[at])])
    return with_reports(db, Answer(view, columns, rows))


def show(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return claims with all that is known of their reports and passages, in the order named.

    Raises:
        NothingFound: if a claim is unknown.
        UsageProblem: if several sources have a claim of that name.

    """
    known = [names.claim_key(db, claim) for claim in claims]
    answer = _of_keys(db, "show", list(dict.fromkeys(claim.id for claim in known)))
    return answer.but(notes=tuple(claim.note for claim in known if claim.note))


def reports(db: sqlite3.Connection, sources: Sequence[str] = ()) -> Answer:
    """Return the reports as they are cited: some, or all."""
    return _rows(db, "reports", _of_sources(db, sources), "there is no report in the database")


def cited(
    db: sqlite3.Connection,
    named: Sequence[str] = (),
    *,
    topics: Sequence[str] = (),
    speakers: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Answer:
    """Return what to cite: the claims or reports that are named, the claims that filters choose, or all reports.

    Raises:
        NothingFound: if a name is unknown.
        UsageProblem: if claims and reports are named together.

    """
    if topics or speakers or (sources and named):
        found = claims(db, topics=topics, speakers=speakers, sources=sources)
        keys = [str(row["claim"]) for row in found.dicts()]
        if not found.rows or not named:
            return _of_keys(db, "show", keys).but(reason=found.reason, hint=found.hint, notes=found.notes)
    if named:
        exact = f"SELECT id FROM source WHERE id IN ({_marks(named)})"
        of_reports = [str(id_) for (id_,) in ask(db, exact, [name.strip().lower() for name in named])]
        if not of_reports:
            return show(db, named)
        if len(of_reports) < len(named):
            raise UsageProblem("cite claims or reports, not both at once", f"gz cite {' '.join(of_reports)}")
        return reports(db, of_reports)
    return reports(db, sources)


def passages(db: sqlite3.Connection, source: str) -> Answer:
    """Return a report passage by passage: its text, or without a copy its first and last words, and its claims.

    Raises:
        NothingFound: if the source is unknown.

    """
    known = names.source_id(db, source)
    sql = (
        "SELECT number AS paragraph, coalesce(text, first_words || coalesce(' … ' || last_words, '')) AS text,"
        " (SELECT group_concat(slug, ', ') FROM (SELECT slug FROM claim WHERE source_id = passage.source_id"
        " AND paragraph = number ORDER BY id)) AS claims, source_id AS source FROM passage WHERE source_id = ?"
        " ORDER BY number"
    )
    columns, found = read(db, sql, [known.id])
    rows = list(islice(found, AT_ONCE + 1))
    kept = ask(db, "SELECT 1 FROM passage WHERE source_id = ? AND text IS NOT NULL LIMIT 1", [known.id])
    notes = [known.note] if known.note else []
    if not kept:
        notes.append(f"no copy of this report is kept: gz attach {known.id} ARTICLE keeps yours")
    answer = Answer("read", columns, rows, found, notes=tuple(notes))
    return with_reports(db, answer) if rows else answer.but(reason=f"no paragraph of {known.id} is known")
