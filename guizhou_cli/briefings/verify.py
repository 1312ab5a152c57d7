"""A copy of a report compared with what the database has of it: its passages, and the claims made of them."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any  # Any: of rows, whose columns are STRICT

from guizhou_cli.answer import Answer, Row
from guizhou_cli.ask import names
from guizhou_cli.db.connection import ask
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.text import counted, listed

if TYPE_CHECKING:  # loaded where a report is read: to check the database alone is quicker
    from guizhou_cli.report.checking import Claimed, Finding
    from guizhou_cli.report.reading import Compared

COLUMNS = ("check", "status", "detail", "claim", "paragraph", "source")
GOOD = {"ok", "verified", "unclaimed", "doubt"}
"""Statuses that are no failure. A doubt is a rule's opinion."""


def verify(db: sqlite3.Connection, text: str | None = None, source: str | None = None) -> Answer:
    """Check the database and, given a copy of a report, whether the copy has the passages and bears out the claims.

    `source` says which report the text is a copy of; left out, its passages decide. Returns a row of the view "verify"
    for each check of the database, each passage, and each claim that is doubtful or wrong. `status` is `ok`,
    `verified`, `unclaimed` (a passage that nobody claims anything of) or `doubt`, or else `failed`, `changed`,
    `missing` or `unknown` (nothing is known to compare it with).

    Raises:
        NothingFound: if there is no such source.
        UsageProblem: if a source is named without a copy, or the copy could be one of several reports.
        DatabaseProblem: if the database can't be read.

    """
    from guizhou_cli.db.integrity import checks

    if source is not None and text is None:
        raise UsageProblem("--source says what ARTICLE is a copy of, but there is no ARTICLE", "gz verify ARTICLE")
    named = None if source is None else names.source_id(db, source).id
    rows = list(checks(db))
    if text is not None:
        rows += _copy_rows(db, text, named)
    return Answer("verify", COLUMNS, rows)


def require(answer: Answer, *, strict: bool = False) -> None:
    """Raise NothingFound, which is exit status 1, unless everything holds; a doubt fails where it is `strict`."""
    bad = [row for row in answer.dicts() if row["status"] not in GOOD or (strict and row["status"] == "doubt")]
    if bad:
        of = "" if bad[0]["paragraph"] is None else f" of paragraph {bad[0]['paragraph']}"
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        raise NothingFound(f"not everything holds: {bad[0]['check']}{of} {bad[0]['status']}{more}")


def _copy_rows(db: sqlite3.Connection, text: str, named: str | None) -> Iterator[Row]:
    """Yield a row for each passage of a copy's report, and for each thing in its claims that does not hold."""
    from guizhou_cli.report.checking import Report, check

    source = named or _which(db, text)
    if source is None:
        yield ("report", "unknown", "a copy of no report here; --source says of which it should be", None, None, None)
        return
    claims = claimed(db, source)
    count = Counter(claim.paragraph for claim in claims)
    passages = {passage.number: passage for passage in compared(db, source, text)}
    for (number,) in ask(db, "SELECT number FROM passage WHERE source_id = ? ORDER BY number", [source]):
        passage = passages.get(int(str(number)))
        status, detail = "unknown", "nobody has fingerprinted it: gz add --replace --article does"
        if passage:
            status = "unclaimed" if passage.status == "verified" and not count[passage.number] else passage.status
            detail = described(passage, count[passage.number])
        yield ("passage", status, detail or None, None, number, source)
    texts = {number: passage.text for number, passage in passages.items() if passage.text}
    body = "\n\n".join(texts.get(number, "\u2026") for number in range(max(texts, default=-1) + 1))
    [(language, day)] = ask(db, "SELECT language, event_date FROM source WHERE id = ?", [source])
    known = speakers(db, source)
    report = Report.of(body, str(language), list(known.values()), str(day))
    claims = [claim for claim in claims if claim.paragraph in texts]
    yield from finding_rows(check(claims, report, known), source)


def compared(db: sqlite3.Connection, source: str, text: str) -> "list[Compared]":
    """Return the passages of a source that are fingerprinted, compared with a copy."""
    from guizhou_cli.report.reading import Passage, compare

    wanted = "SELECT number, sha256, first_words, last_words FROM passage WHERE source_id = ? AND sha256 IS NOT NULL"
    rows: list[Any] = ask(db, f"{wanted} ORDER BY number", [source])
    return compare([Passage(*row) for row in rows], text)


def described(passage: "Compared", claims: int = 0) -> str:
    """Return where a passage is in a copy, and what is wrong with it or how many claims are made of it."""
    made = counted(claims, "claim") if claims else "no claim is made of it"
    return "" if passage.line is None else f"line {passage.line}: {passage.detail or made}"


def _which(db: sqlite3.Connection, text: str) -> str | None:
    """Return the source of which a copy has most passages, or else the only one where there is one."""
    from guizhou_cli.report.reading import passages

    own = {passage.sha256 for passage in passages(text)}
    known = ask(db, "SELECT source_id, sha256 FROM passage WHERE sha256 IS NOT NULL")
    hits = Counter(str(source) for source, sha256 in known if sha256 in own)
    best = [source for source, count in hits.items() if count == max(hits.values())]
    if len(best) > 1:
        raise UsageProblem("it could be a copy of several reports", listed("--source says which: ", best))
    sources = best or [str(id_) for (id_,) in ask(db, "SELECT id FROM source LIMIT 2")]
    return sources[0] if len(sources) == 1 else None


def claimed(db: sqlite3.Connection, source: str) -> "list[Claimed]":
    """Return the claims of a source in the form in which they are checked."""
    from guizhou_cli.briefings.export import tables

    partners = partner_names(db)
    return [as_claimed(claim, partners) for claim in tables(db, source)["claim"]]


def as_claimed(claim: "dict[str, Any]", partners: Mapping[str, list[str]]) -> "Claimed":
    """Return a claim, with the keys of its TOML, in the form in which it is checked; `partners` has their names."""
    from guizhou_cli.report.checking import Claimed, ClaimedFigure

    figures = []
    for figure in claim["figure"]:
        value, called = Decimal(str(figure["value"])), tuple(partners.get(figure["partner"], ()))
        of_figure = ClaimedFigure(value, figure["unit"], figure["change"], called, figure["period"], figure["years"])
        figures.append(of_figure)
    words = {key: claim[key] for key in ("id", "statement", "paragraph", "speaker", "quote", "said_in")}
    action = claim["measure"]["action"] if claim["measure"] else None
    return Claimed(**words, keywords=tuple(claim["keywords"]), figures=tuple(figures), measure=action)


def partner_names(db: sqlite3.Connection) -> dict[str, list[str]]:
    """Return the names of each trade partner by its id, the first one first."""
    partners: dict[str, list[str]] = {}
    for id_, name in ask(
        db,
        "SELECT id, name FROM trade_partner UNION ALL"
        " SELECT * FROM (SELECT trade_partner_id, alias FROM trade_partner_alias ORDER BY 1, 2)",
    ):
        partners.setdefault(str(id_), []).append(str(name))
    return partners


def speakers(db: sqlite3.Connection, source: str) -> dict[str, tuple[str, str]]:
    """Return the speakers of a source: by id, the name and the role."""
    asked = "SELECT id, name, role FROM appearance JOIN speaker ON id = speaker_id WHERE source_id = ?"
    return {str(id_): (str(name), str(role)) for id_, name, role in ask(db, asked, [source])}


def finding_rows(findings: "Iterable[Finding]", source: str) -> list[Row]:
    """Return findings as rows of the view "verify"."""
    return [
        (*found[:3], f"{source}:{found.claim}" if found.claim else None, found.paragraph, source) for found in findings
    ]
