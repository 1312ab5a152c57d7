"""The questions: each a filter over a view of facts.sql, whose columns it hands on as they are.

A question that nothing answers raises `NothingFound`, which says what there is instead. There is a function for each
command, so it is long; searching is said.py's, and what a name stands for known.py's.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from guizhou_cli import known, naming, search, spelling
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.reading import Cell, Row, ask, read

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
    asked = search.question(text, known.synonyms(db))
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
        named = known.partner_names(db)
        called = [(name, id_) for id_, names in named.items() for name in (*names, id_)]
        partners = naming.choose("partner", partner, called, named)
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
    found = filtered(db, "measures", topics=known.topic_ids(db, topic), source=source)
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
    only = known.speaking(db, name, f"(speaker, role, source) IN ({spoke} WHERE {{}})")
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
        only: known.Condition | None = (f"attribution = '{_NOBODY}'", [])
    else:
        said = "SELECT c.key FROM claim AS c JOIN appearance AS a USING (source_id, speaker_id)"
        only = known.speaking(db, speaker, f"claim IN ({said} WHERE {{}})")
    found = filtered(db, "claims", topics=known.topic_ids(db, topic), only=only, source=source)
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


def cite(db: sqlite3.Connection, claims: Sequence[str] | None = None) -> Answer:
    """Return what a citation tells: of claims, in the order named, or else of reports: of those named, or of all."""
    sources = [
        named for claim in claims or () if not known.keys_named(db, claim) and (named := known.source_named(db, claim))
    ]
    if claims and not sources:
        return whole(db, claims)
    if claims and len(sources) < len(claims):
        raise UsageProblem("claims and reports are cited one or the other", f"gz cite {' '.join(sources)}")
    only = (f"source IN ({_marks(sources)})", sources) if sources else None
    return _something(filtered(db, "reports", only=only), "there is no report in the database")


def nothing(db: sqlite3.Connection, command: str) -> Answer:
    """Return the answer of a command that found nothing: the columns of its view, which has its name, and no row."""
    if command == "verify":
        return Answer(command, VERIFICATION, [], 0)
    view = {"who-said": "claims"}.get(command, command)
    columns, _ = read(db, f"SELECT * FROM {view} LIMIT 0")
    return Answer(view, columns, [], 0)


def whole(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return claims, each with all that its report and its passage are known by, in the order named."""
    return of_claims(db, "show", list(dict.fromkeys(known.claim_key(db, claim) for claim in claims)))


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
    only: known.Condition | None = None,
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
        wanted["source"] = known.source_id(db, source)
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
