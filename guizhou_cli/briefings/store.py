"""Briefings in the database: adding and removing one, and keeping the user's own copy of a report beside it.

Each function works inside the transaction that its connection is in; the caller commits, or keeps nothing. Each raises
a DatabaseProblem if the database can't be read or written.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.answer import Answer
from guizhou_cli.ask import names
from guizhou_cli.briefings import verify
from guizhou_cli.db.build import index
from guizhou_cli.db.connection import ask
from guizhou_cli.db.rows import TABLES, Fields, insert_rows, remove_source
from guizhou_cli.errors import BriefingProblem, FileProblem, NothingFound, UsageProblem
from guizhou_cli.text import counted, listed, shortened

if TYPE_CHECKING:  # removing a briefing needs neither pydantic nor the reader of reports
    from guizhou_cli.briefings.model import Briefing, Claim
    from guizhou_cli.report.checking import Report

FIRST_ADDED = 100_001
"""The first number of a claim that a user adds; those below are left to the claims that ship."""

NOTES_AT_MOST = 20
"""Doubts that are printed as notes."""

_REVERSED = "the report has characters that reverse the direction of text: it may read otherwise than it says"
_BETWEEN_WORDS = r"[\s!-/:-@\[-`{-~\u2010-\u2015]+"


class Added(NamedTuple):
    """What came of adding a briefing: the findings, doubts as notes, and a message, or the refusal of a dry run."""

    answer: Answer
    message: str = ""
    problem: BriefingProblem | None = None


def add(
    db: sqlite3.Connection,
    briefing: "Briefing",
    *,
    report: str | None = None,
    keep_text: bool = False,
    replace: bool = False,
    strict: bool = False,
    dry_run: bool = False,
) -> Added:
    """Add a briefing within the caller's transaction.

    Given the text of its `report`, the claims are checked against it and its paragraphs are fingerprinted, and kept
    too with `keep_text`. With `replace` it may take the place of the source of the same id; with `strict`, doubts
    refuse it. A `dry_run`, of which the caller keeps nothing, returns a refusal, so that the findings can be shown.

    Raises:
        FileProblem: if there is a source of that id, and not `replace`, or it is one that ships with gz.
        BriefingProblem: if the briefing contradicts its report or what the database has, and not `dry_run`.

    """
    from guizhou_cli.report.checking import Finding, Report, check
    from guizhou_cli.report.reading import reverses

    source = briefing.source
    replaced = bool(ask(db, "SELECT 1 FROM source WHERE id = ?", [source.id]))
    if replaced:
        _refuse_shipped(db, source.id, "replaced")
        if not replace:
            raise FileProblem(f"{source.id} is there already", "--replace puts this one in its place")
        remove_source(db, source.id)
    people = {speaker.id: (speaker.name, speaker.role) for speaker in briefing.speaker}
    partners = {partner.id: [partner.name, *partner.aliases] for partner in briefing.partner}
    partners |= verify.partner_names(db)
    read = None if report is None else Report.of(report, source.language, list(people.values()), source.event_date)
    faults = [*_disagreements(db, briefing, partners), *_misplaced(briefing, read)]
    findings = [Finding(kind, "failed", detail, claim, None) for kind, detail, claim in faults]
    if read and report:
        claims = [verify.as_claimed(claim.model_dump(), partners) for claim in briefing.claim]
        findings += check(claims, read, people)
        findings += [Finding("report", "doubt", _REVERSED, "", None)] * reverses(report)
    where = {claim.id: f"{claim.where}: " for claim in briefing.claim}
    lines = [(found.status, where.get(found.claim, "") + found.detail) for found in findings]
    doubts = [f"doubt: {line}" for status, line in lines if status == "doubt"]
    if len(doubts) > NOTES_AT_MOST:
        doubts[NOTES_AT_MOST:] = [f"and {len(doubts) - NOTES_AT_MOST} more: gz add --dry-run --json has all"]
    answer = Answer("verify", verify.COLUMNS, verify.finding_rows(findings, source.id), notes=tuple(doubts))
    if refusing := [line for status, line in lines if status == "failed" or strict]:
        problem = BriefingProblem(source.id, refusing)
        if dry_run:
            return Added(answer, problem=problem)
        raise problem
    rows = _rows(db, briefing, read, {found.claim for found in findings}, keep_text=keep_text)
    insert_rows(db, rows)
    index(db, source.id)
    counts = {"claim": "claim", "passage": "paragraph", "appearance": "speaker"}
    done = ("would replace" if dry_run else "replaced") if replaced else ("would add" if dry_run else "added")
    message = ", ".join(counted(len(rows[table]), thing) for table, thing in counts.items())
    return Added(answer, f"{done} {source.id}: {message}")


def remove(db: sqlite3.Connection, source: str) -> str:
    """Remove a source with everything that is only its own, and return a message.

    Raises NothingFound if there is no such source, UsageProblem if its id is not given in full, and FileProblem if it
    ships with gz.
    """
    named = names.source_id(db, source).id
    _refuse_shipped(db, named, "removed")
    if source != named:
        raise UsageProblem(f"{shortened(source)} is {named}: nothing was removed", f"gz remove {named}")
    [(claims,)] = ask(db, "SELECT count(*) FROM claim WHERE source_id = ?", [named])
    remove_source(db, named)
    return f"removed {named}: {counted(claims, 'claim')}"


def attach(db: sqlite3.Connection, source: str, text: str) -> str:
    """Keep a copy of a source's report, paragraph by paragraph, and return a message.

    The copy must have each paragraph that is fingerprinted. Where none is, the briefing is added again with the copy.

    Raises NothingFound if there is no such source, and BriefingProblem if the copy differs from the report, or does not
    bear out the claims; it lists where.
    """
    from guizhou_cli.briefings.export import export
    from guizhou_cli.briefings.load import parse
    from guizhou_cli.report.reading import passages, reverses

    named = names.source_id(db, source).id
    compared = verify.compared(db, named, text)
    faults = [
        f"paragraph {passage.number}: {verify.described(passage) or 'missing'}"
        for passage in compared
        if passage.status != "verified"
    ]
    if not compared and reverses(text):
        faults = [_REVERSED]
    if faults:
        raise BriefingProblem(named, faults)
    if compared:
        printed = {passage.text: passage.printed for passage in passages(text)}
        copies = [(printed.get(passage.text or "", passage.text), named, passage.number) for passage in compared]
        db.executemany("UPDATE passage SET text = ? WHERE source_id = ? AND number = ?", copies)
        index(db, named)
    else:
        add(db, parse(export(db, named), named), report=text, keep_text=True, replace=True)
    [(kept,)] = ask(db, "SELECT count(text) FROM passage WHERE source_id = ?", [named])
    return f"attached to {named}: {counted(kept, 'paragraph')}; gz detach {named} removes the copy"


def detach(db: sqlite3.Connection, source: str) -> str:
    """Remove the copy of a source's report, and return a message.

    Raises NothingFound if there is no such source, or no copy of its report.
    """
    named = names.source_id(db, source).id
    removed = db.execute("UPDATE passage SET text = NULL WHERE source_id = ? AND text IS NOT NULL", [named]).rowcount
    if not removed:
        raise NothingFound(f"no copy of the report {named} is kept", f"gz attach {named} REPORT keeps one")
    index(db, named)
    return f"detached from {named}: {counted(removed, 'paragraph')}"


@cache
def topic_id(name: str) -> str:
    """Return the id of a topic: its name in small letters, with hyphens between the words."""
    # Split at blanks and punctuation only: vowel signs of Hindi or Thai belong to the word.
    words = re.split(_BETWEEN_WORDS, unicodedata.normalize("NFC", name.casefold()))
    return "-".join(filter(None, words)) or name


def _refuse_shipped(db: sqlite3.Connection, source: str, what: str) -> None:
    if ask(db, "SELECT 1 FROM build WHERE source_id = ?", [source]):
        raise FileProblem(f"{source} ships with gz and can't be {what}", "give a briefing of your own another id")


# What is added, and what is wrong with it ----------------------------------------------------------------------


def _disagreements(
    db: sqlite3.Connection, briefing: "Briefing", partners: Mapping[str, list[str]]
) -> Iterator[tuple[str, str, str]]:
    """Yield what contradicts the database: the kind of check, a line, and the claim if any.

    `partners` are the names of those in the database, and of those that only the briefing has.
    """
    speakers = {str(id_): str(name) for id_, name in ask(db, "SELECT id, name FROM speaker")}
    for speaker in briefing.speaker:
        known = speakers.get(speaker.id, speaker.name)
        if known != speaker.name:
            yield "speaker", f"speaker {speaker.id}: is known as {shortened(known)}", ""
    used = {figure.partner: claim.id for claim in reversed(briefing.claim) for figure in claim.figure}
    for partner in briefing.partner:
        name, *aliases = partners[partner.id]
        if name != partner.name or not set(partner.aliases) <= set(aliases):
            yield "partner", f"partner {partner.id}: is known with other names; leave this [[partner]] out", ""
        if partner.id not in used:
            yield "partner", f"partner {partner.id}: no claim has a figure with it", ""
    for id_, claim_id in used.items():
        if id_ and id_ not in partners:
            detail = f"the partner {shortened(id_)} is not known, and no [[partner]] has that id"
            yield "partner", detail, claim_id


def _misplaced(briefing: "Briefing", report: "Report | None") -> Iterator[tuple[str, str, str]]:
    """Yield which claims have no paragraph, and which paragraphs have other fingerprints than the report's."""
    if report is None:
        for claim in briefing.claim:
            if claim.paragraph is None:
                yield "paragraph", "names no paragraph, which only its report shows: --article REPORT", claim.id
        return
    prints = {passage.number: passage.sha256 for passage in report.passages}
    others = [str(each.number) for each in briefing.passage if prints.get(each.number) != each.sha256]
    if others:
        lead = f"{len(others)} of {len(briefing.passage)} paragraphs differ from the report's: "
        yield "passage", listed(lead, others), ""


def _rows(
    db: sqlite3.Connection, briefing: "Briefing", report: "Report | None", doubted: set[str], *, keep_text: bool
) -> dict[str, list[Fields]]:
    """Return the rows of a briefing by table.

    `doubted` are the claims that the report does not bear out; with `keep_text` the text of its passages is kept.
    """
    from guizhou_cli.report.checking import place

    of_source: Fields = {"source_id": briefing.source.id}
    rows: dict[str, list[Fields]] = {table: [] for table in TABLES}
    rows["source"].append(briefing.source.model_dump())
    for speaker in briefing.speaker:
        role = {"speaker_id": speaker.id, "role": speaker.role, "organization": speaker.organization}
        rows["speaker"].append({"id": speaker.id, "name": speaker.name})
        rows["appearance"].append(of_source | role)
    known = verify.partner_names(db)
    for partner in briefing.partner:
        if partner.id not in known:
            aliases: list[Fields] = [{"trade_partner_id": partner.id, "alias": alias} for alias in {*partner.aliases}]
            rows["trade_partner"].append({"id": partner.id, "name": partner.name})
            rows["trade_partner_alias"] += aliases
    topics: dict[str, str] = {}
    [(first,)] = ask(db, "SELECT max(?, coalesce(max(id), 0) + 1) FROM claim", [FIRST_ADDED])
    for id_, claim in enumerate(briefing.claim, int(str(first))):
        of_claim: Fields = {"claim_id": id_}
        quoted = place(claim.quote, report) if report and claim.quote and claim.paragraph is None else None
        evidence = _evidence(claim, doubted) if report else claim.evidence
        row: Fields = {
            **of_source,
            "id": id_,
            "slug": claim.id,
            "paragraph": quoted.paragraph if quoted else claim.paragraph,
            "speaker_id": claim.speaker,
            "attribution": "said" if claim.speaker else "reported",
            "statement": claim.statement,
            "quote": claim.quote,
            "said_in": claim.said_in,
            "evidence": "drafted" if claim.drafted else evidence,
        }
        rows["claim"].append(row)
        for at, keyword in enumerate(claim.keywords, 1):
            rows["claim_keyword"].append(of_claim | {"position": at, "keyword": keyword})
        for name in claim.topics:
            topics.setdefault(topic_id(name), name)
        own = {topic_id(name) for name in claim.topics}
        rows["claim_topic"] += [of_claim | {"topic_id": topic} for topic in sorted(own)]
        rows["industrial_base"] += [of_claim | dict(claim.base)] if claim.base else []
        rows["policy_measure"] += [of_claim | dict(claim.measure)] if claim.measure else []
        for at, figure in enumerate(claim.figure, 1):
            fields: Fields = dict(figure)
            rows["figure"].append(of_claim | {"position": at, "trade_partner_id": fields.pop("partner")} | fields)
    rows["topic"] = [{"id": topic, "name": name} for topic, name in topics.items()]
    blank: Fields = dict.fromkeys(("sha256", "first_words", "last_words", "text"))
    passages: dict[object, Fields] = {claim["paragraph"]: blank for claim in rows["claim"]}
    passages |= {passage.number: blank | dict(passage) for passage in briefing.passage}
    for passage in report.passages if report else ():
        located = {key: getattr(passage, key) for key in ("sha256", "first_words", "last_words")}
        passages[passage.number] = located | {"text": passage.printed if keep_text else None}
    rows["passage"] = [of_source | {"number": number} | fields for number, fields in passages.items()]
    return rows


def _evidence(claim: "Claim", doubted: set[str]) -> str:
    if claim.id in doubted:
        return "doubted"
    if claim.quote:
        return "quoted"
    return "checked" if claim.keywords or claim.figure else "unchecked"
