"""The questions: a function for each view of facts.sql, whose columns it hands on as they are.

A question that nothing answers is an `Answer` without rows, with the reason; an unknown name is a `NothingFound`.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice

from guizhou_cli.answer import AT_ONCE, Answer, Cell, Row
from guizhou_cli.ask import names
from guizhou_cli.ask.names import Known
from guizhou_cli.db.connection import ask, read
from guizhou_cli.errors import UsageProblem
from guizhou_cli.text import listed, shortened


class _Filter:
    """Conditions on the rows of a view, with their values and the notes of the names that they come from."""

    def __init__(self, db: sqlite3.Connection, sources: Sequence[str] = ()) -> None:
        self.db = db
        self.conditions: list[str] = []
        self.values: list[Cell] = []
        self.notes: list[str] = []
        self.among("source", names.source_ids(db, sources))

    def add(self, condition: str, values: Sequence[Cell]) -> None:
        self.conditions.append(condition)
        self.values += values

    def among(self, column: str, known: Sequence[Known]) -> None:
        """Add that a column has one of the values; nothing where there are none."""
        if known:
            self.add(f"{column} IN ({placeholders(known)})", [name.id for name in known])
            self.notes += [name.note for name in known if name.note]

    def claims(self, chosen: str, values: Sequence[Cell]) -> None:
        """Add that a row is of one of the claims `c` that a FROM clause and a condition choose.

        A view is read source by source, so the sources are named too: those with none of the claims are passed over.
        """
        only = f"claim IN (SELECT c.key {chosen}) AND source IN (SELECT c.source_id {chosen})"
        self.add(only, [*values, *values])

    def topics(self, typed: Sequence[str]) -> None:
        known = names.topic_ids(self.db, typed)
        if known:
            on_topic = f"FROM claim_topic JOIN claim AS c ON c.id = claim_id WHERE topic_id IN ({placeholders(known)})"
            self.claims(on_topic, [name.id for name in known])
            self.notes += [name.note for name in known if name.note]

    def speakers(self, typed: Sequence[str]) -> tuple[str, list[str]]:
        """Return a condition that one of the people speaks, on the appearance `a`, and its values."""
        everybody = names.Speakers(self.db)
        people = [everybody.choose(name) for name in typed]
        self.notes += [who.note for who in people if who.note]
        return " OR ".join(who.condition for who in people), [value for who in people for value in who.values]

    def words(self, text: str | None, table: str) -> None:
        """Add that a claim of a table has all the words of a text, the last of them perhaps begun."""
        if text is None:
            return
        from guizhou_cli.ask.query import query, synonyms

        *groups, last = query(text, synonyms(self.db)).or_begun
        found = (
            "FROM claim_fts JOIN claim AS c ON c.id = claim_fts.rowid"
            f" WHERE claim_fts MATCH ? AND c.id IN (SELECT claim_id FROM {table})"
        )
        self.claims(found, [f"{{statement quote terms}} : ({' AND '.join([*groups, last])})"])


def placeholders(values: Sequence[object]) -> str:
    """Return as many parameters of SQL as there are values."""
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
    """Return an answer with the reports that its rows are of, where its passages are, and which claims are in doubt."""
    rows = answer.dicts()
    if not rows or "source" not in answer.columns or answer.view in {"sources", "reports", "show"}:
        return answer
    sources = list(dict.fromkeys(row["source"] for row in rows))
    columns, found = read(db, f"SELECT * FROM reports WHERE source IN ({placeholders(sources)})", sources)
    reports = {str(row[-1]): dict(zip(columns, row, strict=True)) for row in found}
    passages: dict[tuple[str, int], tuple[Cell, Cell]] = {}
    if "paragraph" in answer.columns:
        places = list(dict.fromkeys((row["source"], row["paragraph"]) for row in rows))
        located = (
            f"WITH place (source_id, number) AS (VALUES {', '.join(['(?, ?)'] * len(places))})"
            " SELECT source_id, number, first_words, last_words FROM place CROSS JOIN passage USING (source_id, number)"
        )
        for source, number, first, last in ask(db, located, [value for place in places for value in place]):
            passages[str(source), int(number or 0)] = first, last
    evidence: dict[str, Cell] = {}
    if "claim" in answer.columns and "evidence" not in answer.columns:
        keys = [row["claim"] for row in rows]
        doubtful = f"SELECT key, evidence FROM claim WHERE key IN ({placeholders(keys)})"
        sound = "evidence NOT IN ('quoted', 'checked')"
        evidence = {str(key): kind for key, kind in ask(db, f"{doubtful} AND {sound}", keys)}
    return answer.but(reports=reports, passages=passages, evidence=evidence)


def bases(db: sqlite3.Connection, text: str | None = None, *, sources: Sequence[str] = ()) -> Answer:
    """Return the industrial bases, or those with all the words of `text`.

    Raises:
        NothingFound: if a source is unknown.
        UsageProblem: if `text` has no letter and no digit, or a name matches several sources.

    """
    chosen = _Filter(db, sources)
    chosen.words(text, "industrial_base")
    what = f" about {shortened(text)}" if text else ""
    answer = _rows(db, "bases", chosen, f"no industrial base{what} is named{within(sources)}")
    if answer.rows or not text:
        return answer
    known = [str(name) for (name,) in ask(db, "SELECT DISTINCT name FROM industrial_base LIMIT 20")]
    near = names.nearest(text.split()[:1], [word for name in known for word in name.split()])
    offer = f"did you mean {near}?\n" if near else ""
    return answer.but(hint=offer + listed("known: ", known)) if known else answer


def trade(db: sqlite3.Connection, partners: Sequence[str] = (), *, sources: Sequence[str] = ()) -> Answer:
    """Return the growth of trade, or that with some partners, by any of their names. Raises as `bases`."""
    chosen = _Filter(db, sources)
    known = names.partner_ids(db, partners)
    chosen.among("partner", known)
    if known:
        of_sources = "FROM figure JOIN claim AS c ON c.id = claim_id WHERE trade_partner_id"
        chosen.add(
            f"source IN (SELECT c.source_id {of_sources} IN ({placeholders(known)}))", [partner.id for partner in known]
        )
    what = f" with {' or '.join(map(shortened, partners))}" if partners else ""
    return _rows(db, "trade", chosen, f"no growth of trade{what} is given{within(sources)}")


def measures(
    db: sqlite3.Connection, text: str | None = None, *, topics: Sequence[str] = (), sources: Sequence[str] = ()
) -> Answer:
    """Return the policy measures, or those with all the words of `text`, or on one of the topics. Raises as `bases`."""
    chosen = _Filter(db, sources)
    chosen.topics(topics)
    chosen.words(text, "policy_measure")
    what = f" about {shortened(text)}" if text else " on that topic" if topics else ""
    answer = _rows(db, "measures", chosen, f"no policy measure{what} is named{within(sources)}")
    if answer.rows:
        return answer
    measured = "SELECT 1 FROM claim_topic JOIN policy_measure USING (claim_id) WHERE topic_id = topic.id"
    on = ask(db, f"SELECT name FROM topic WHERE EXISTS ({measured}) ORDER BY name LIMIT 20")
    return answer.but(hint=listed("there are measures on: ", (str(name) for (name,) in on), 20) if on else None)


def figures(
    db: sqlite3.Connection,
    text: str | None = None,
    *,
    whose: str | None = None,
    units: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Answer:
    """Return the figures: with all the words of `text`, of one subject, in one of the units. Raises as `bases`."""
    if units:
        from guizhou_cli.report.figures import unit_named

        units = [unit_named(unit) or unit for unit in units]
    chosen = _Filter(db, sources)
    chosen.words(text, "figure")
    owners = "SELECT whose FROM figure UNION SELECT subject FROM source"
    for column, typed, asked in (
        ("whose", [] if whose is None else [whose], owners),
        ("unit", units, "SELECT DISTINCT unit FROM figure"),
    ):
        if typed:
            known = [names.Name(str(value), str(value)) for (value,) in ask(db, asked) if value is not None]
            chosen.among(column, [found for name in typed for found in names.choose(column, name, known)])
    what = f" about {shortened(text)}" if text else " with all of that" if whose or units else ""
    return _rows(db, "figures", chosen, f"no figure{what} is given{within(sources)}")


def speakers(db: sqlite3.Connection, name: str | None = None, *, sources: Sequence[str] = ()) -> Answer:
    """Return who spoke, or those of one name, office or organization. Raises as `bases`."""
    chosen = _Filter(db, sources)
    if name is not None:
        who, values = chosen.speakers([name])
        spoke = "SELECT p.name, a.role, a.source_id FROM appearance AS a JOIN speaker AS p ON p.id = a.speaker_id"
        chosen.add(f"(speaker, role, source) IN ({spoke} WHERE {who})", values)
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
    chosen = _Filter(db, sources)
    chosen.topics(topics)
    if speakers:
        who, values = chosen.speakers(speakers)
        if values:
            chosen.claims(
                f"FROM claim AS c LEFT JOIN appearance AS a USING (source_id, speaker_id) WHERE {who}", values
            )
        else:
            chosen.add("attribution = ?", ["reported"])
    return _rows(db, "claims", chosen, f"no claim matches all of these filters{within(sources)}")


def topics(db: sqlite3.Connection) -> Answer:
    """Return the topics that have claims, with how many."""
    chosen = _Filter(db)
    chosen.add("claims > ?", [0])
    return _rows(db, "topics", chosen, "no claim has a topic")


def sources(db: sqlite3.Connection) -> Answer:
    """Return the reports that the claims come from."""
    return _rows(db, "sources", _Filter(db), "there is no report in the database")


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
    rows = sorted(found, key=lambda row: place[str(row[at])])
    return with_reports(db, Answer(view, columns, rows))


def show(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return claims with all that is known of their reports and passages, in the order named.

    Raises:
        NothingFound: if a claim is unknown.
        UsageProblem: if several sources have a claim of that name.

    """
    known = [names.claim_key(db, claim) for claim in claims]
    answer = of_claims(db, "show", list(dict.fromkeys(claim.id for claim in known)))
    return answer.but(notes=tuple(claim.note for claim in known if claim.note))


def reports(db: sqlite3.Connection, sources: Sequence[str] = ()) -> Answer:
    """Return the reports as they are cited: some, or all."""
    return _rows(db, "reports", _Filter(db, sources), "there is no report in the database")


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
        UsageProblem: if claims and reports are named together, or both names and filters are given.

    """
    if named and (topics or speakers or sources):
        raise UsageProblem("name claims, or choose them by options", f"gz cite {' '.join(named)}")
    if topics or speakers:
        found = claims(db, topics=topics, speakers=speakers, sources=sources)
        pages = _shown(db, found)
        first = next(pages, of_claims(db, "show", []))
        rest = (row for page in pages for row in page.rows)
        return first.but(rest=rest, reason=found.reason, hint=found.hint, notes=found.notes)
    exact = f"SELECT id FROM source WHERE id IN ({placeholders(named)})"
    of_reports = [str(id_) for (id_,) in ask(db, exact, [name.strip().lower() for name in named])] if named else []
    if named and not of_reports:
        return show(db, named)
    if len(of_reports) < len(named):
        raise UsageProblem("cite claims or reports, not both at once", f"gz cite {' '.join(of_reports)}")
    return reports(db, of_reports or sources)


def _shown(db: sqlite3.Connection, found: Answer) -> Iterator[Answer]:
    """Yield the rows of the view `show` for the claims that were found, some at a time."""
    at = found.columns.index("claim")
    rows: Iterator[Row] = iter(found)
    while keys := [str(row[at]) for row in islice(rows, AT_ONCE)]:
        yield of_claims(db, "show", keys)


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
