"""Briefings in the database: adding and removing one, and keeping the user's own copy of a report beside it.

Each function works inside the transaction that its connection is in; the caller commits, or keeps nothing.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.answer import Answer
from guizhou_cli.ask import names
from guizhou_cli.briefings import verify
from guizhou_cli.db.build import index
from guizhou_cli.db.connection import ask
from guizhou_cli.db.rows import BY_CLAIM, Fields, insert_rows, remove_source
from guizhou_cli.errors import BriefingProblem, FileProblem, NothingFound
from guizhou_cli.text import counted, listed, shortened

if TYPE_CHECKING:  # removing a briefing needs neither pydantic nor the reader of reports
    from guizhou_cli.briefings.model import Briefing
    from guizhou_cli.report.checking import Finding, Report

FIRST_ADDED = 100_001
"""The first number of a claim that a user adds; those below are left to the claims that ship."""

NOTES_AT_MOST = 20
OFFSETS = (1, -1)
"""By how many paragraphs a report may be numbered otherwise than its briefing: a line above the headline, or none."""

_REVERSED = "the report has characters that reverse the direction of text: it may read otherwise than it says"
_BETWEEN_WORDS = r"[\s!-/:-@\[-`{-~\u2010-\u2015]+"
_PASSAGE = (
    "INSERT INTO passage (source_id, number, sha256, first_words, last_words, text) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET sha256 = excluded.sha256, first_words = excluded.first_words,"
    " last_words = excluded.last_words, text = excluded.text"
)
_CHECKED = (
    "UPDATE claim SET evidence = CASE WHEN quote IS NOT NULL THEN 'quoted'"
    " WHEN EXISTS (SELECT 1 FROM claim_keyword WHERE claim_id = claim.id)"
    " OR EXISTS (SELECT 1 FROM figure WHERE claim_id = claim.id) THEN 'checked' ELSE 'unchecked' END"
    " WHERE source_id = ? AND evidence <> 'drafted'"
)


class Added(NamedTuple):
    """What became of adding a briefing."""

    answer: Answer
    """The findings, as rows of the view "verify"; its notes are the doubts, as lines."""

    message: str
    problem: BriefingProblem | None
    """Why it would be refused, if that was a trial."""


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
        DatabaseProblem: if the database can't be written.

    """
    source = briefing.source.id
    replaced = bool(ask(db, "SELECT 1 FROM source WHERE id = ?", [source]))
    if replaced:
        _refuse_shipped(db, source, "replaced")
        if not replace:
            raise FileProblem(f"{source} is there already", "--replace puts this one in its place")
        remove_source(db, source)
    findings = _disagreements(db, briefing)
    if not findings:  # else it has no place among what the database has, and its rows would break a constraint
        findings = _insert(db, briefing, report, keep_text=keep_text)
        index(db, source)
    claims = {claim.id: claim for claim in briefing.claim}
    lines = [
        (found.status, f"{claims[found.claim].where}: {found.detail}" if found.claim else found.detail)
        for found in findings
    ]
    doubts = [f"doubt: {line}" for status, line in lines if status == "doubt"]
    if len(doubts) > NOTES_AT_MOST:
        doubts[NOTES_AT_MOST:] = [f"and {len(doubts) - NOTES_AT_MOST} more: gz add --dry-run --json has all"]
    answer = Answer("verify", verify.COLUMNS, verify.finding_rows(findings, source), notes=tuple(doubts))
    refusing = [line for status, line in lines if status == "failed" or strict]
    problem = BriefingProblem(source, refusing) if refusing else None
    if problem and not dry_run:
        raise problem
    [(passages,)] = ask(db, "SELECT count(*) FROM passage WHERE source_id = ?", [source])
    counts = {"claim": len(briefing.claim), "paragraph": passages, "speaker": len(briefing.speaker)}
    done = ("would replace" if dry_run else "replaced") if replaced else ("would add" if dry_run else "added")
    message = f"{done} {source}: " + ", ".join(counted(count, thing) for thing, count in counts.items())
    return Added(answer, message, problem)


def remove(db: sqlite3.Connection, source: str) -> str:
    """Remove a source with everything that is only its own, and return a message.

    Raises:
        NothingFound: if there is no such source.
        FileProblem: if it ships with gz.
        DatabaseProblem: if the database can't be written.

    """
    named = names.source_id(db, source).id
    _refuse_shipped(db, named, "removed")
    [(claims,)] = ask(db, "SELECT count(*) FROM claim WHERE source_id = ?", [named])
    remove_source(db, named)
    return f"removed {named}: {counted(claims, 'claim')}"


def attach(db: sqlite3.Connection, source: str, text: str) -> str:
    """Keep a copy of a source's report, paragraph by paragraph, and return a message.

    The copy must have each paragraph that is fingerprinted. Where none is, it fingerprints them, and the claims are
    checked against it.

    Raises:
        NothingFound: if there is no such source.
        BriefingProblem: if the copy differs from the report, or does not bear out the claims; it lists where.
        DatabaseProblem: if the database can't be written.

    """
    from guizhou_cli.report.reading import reverses

    named = names.source_id(db, source).id
    compared = verify.compared(db, named, text)
    faults = [
        f"paragraph {passage.number}: {verify.described(passage) or 'missing'}"
        for passage in compared
        if passage.status != "verified"
    ]
    if not compared:
        report = verify.report_of(db, named, text)
        db.executemany(_PASSAGE, [(named, *passage) for passage in report.passages])
        failed = [found for found in _check(db, named, report) if found.status == "failed"]
        faults = [f"claim {found.claim}: {found.detail}" if found.claim else found.detail for found in failed]
        faults += [_REVERSED] * reverses(text)
    if faults:
        raise BriefingProblem(named, faults)
    copies = [(passage.text, named, passage.number) for passage in compared]
    db.executemany("UPDATE passage SET text = ? WHERE source_id = ? AND number = ?", copies)
    index(db, named)
    kept = ask(db, "SELECT number FROM passage WHERE source_id = ? AND text IS NOT NULL", [named])
    return f"attached to {named}: {counted(len(kept), 'paragraph')}; gz detach {named} removes the copy"


def detach(db: sqlite3.Connection, source: str) -> str:
    """Remove the copy of a source's report, and return a message.

    Raises:
        NothingFound: if there is no such source, or no copy of its report.
        DatabaseProblem: if the database can't be written.

    """
    named = names.source_id(db, source).id
    removed = db.execute("UPDATE passage SET text = NULL WHERE source_id = ? AND text IS NOT NULL", [named]).rowcount
    if not removed:
        raise NothingFound(f"no copy of the report {named} is kept", f"gz attach {named} REPORT keeps one")
    index(db, named)
    return f"detached from {named}: {counted(removed, 'paragraph')}"


def topic_id(name: str) -> str:
    """Return the id of a topic: its name in small letters, with hyphens between the words."""
    # Split at blanks and punctuation only: vowel signs of Hindi or Thai belong to the word.
    words = re.split(_BETWEEN_WORDS, unicodedata.normalize("NFC", name.casefold()))
    return "-".join(filter(None, words)) or name


def _refuse_shipped(db: sqlite3.Connection, source: str, what: str) -> None:
    if ask(db, "SELECT 1 FROM build WHERE source_id = ?", [source]):
        raise FileProblem(f"{source} ships with gz and can't be {what}", "give a briefing of your own another id")


# Rows --------------------------------------------------------------------------------------------------------


def _insert(db: sqlite3.Connection, briefing: "Briefing", text: str | None, *, keep_text: bool) -> "list[Finding]":
    """Insert the rows of a briefing, and return what is wrong with them beside its report."""
    from guizhou_cli.report.checking import Finding, place
    from guizhou_cli.report.reading import reverses

    source = briefing.source.id
    known = verify.partner_names(db)
    partners = [partner for partner in briefing.partner if partner.id not in known]
    ids = {name: topic_id(name) for name in dict.fromkeys(name for claim in briefing.claim for name in claim.topics)}
    topics = {id_: name for name, id_ in reversed(ids.items())}  # of topics that are one, the first name
    rows: dict[str, list[Fields]] = {
        "source": [briefing.source.model_dump()],
        "speaker": [{"id": speaker.id, "name": speaker.name} for speaker in briefing.speaker],
        "appearance": [
            {"source_id": source, "speaker_id": speaker.id, "role": speaker.role, "organization": speaker.organization}
            for speaker in briefing.speaker
        ],
        "topic": [{"id": id_, "name": name} for id_, name in sorted(topics.items())],
        "trade_partner": [{"id": partner.id, "name": partner.name} for partner in partners],
        "trade_partner_alias": [
            {"trade_partner_id": partner.id, "alias": alias}
            for partner in partners
            for alias in sorted(set(partner.aliases))
        ],
    }
    insert_rows(db, rows)
    report = None if text is None else verify.report_of(db, source, text)
    places = {claim.id: claim.paragraph for claim in briefing.claim}
    for claim in briefing.claim:
        if report and claim.quote and claim.paragraph is None and (found := place(claim.quote, report)):
            places[claim.id] = found.paragraph
    passages: list[Fields] = [dict(passage) | {"text": None} for passage in briefing.passage]
    if report:
        passages = [passage._asdict() | ({} if keep_text else {"text": None}) for passage in report.passages]
    fingerprinted = {passage["number"] for passage in passages}
    blank: Fields = dict.fromkeys(("sha256", "first_words", "last_words", "text"))
    passages += [{"number": n} | blank for n in sorted({number or 0 for number in places.values()} - fingerprinted)]
    rows = {"passage": [{"source_id": source, **passage} for passage in passages]}
    rows |= {table: [] for table in ("claim", *BY_CLAIM)}
    [(first,)] = ask(db, "SELECT max(?, coalesce(max(id), 0) + 1) FROM claim", [FIRST_ADDED])
    for id_, claim in enumerate(briefing.claim, int(str(first))):
        of: Fields = {"claim_id": id_}
        evidence = claim.evidence if claim.paragraph in fingerprinted else "unchecked"
        rows["claim"].append(
            {
                "id": id_,
                "source_id": source,
                "slug": claim.id,
                "paragraph": places[claim.id] or 0,
                "speaker_id": claim.speaker,
                "attribution": "said" if claim.speaker else "reported",
                "statement": claim.statement,
                "quote": claim.quote,
                "said_in": claim.said_in,
                "evidence": "drafted" if claim.drafted else evidence,
            }
        )
        rows["claim_keyword"] += [of | {"position": at, "keyword": word} for at, word in enumerate(claim.keywords, 1)]
        rows["claim_topic"] += [of | {"topic_id": topic} for topic in sorted({ids[name] for name in claim.topics})]
        rows["industrial_base"] += [of | dict(claim.base)] if claim.base else []
        rows["policy_measure"] += [of | dict(claim.measure)] if claim.measure else []
        for at, figure in enumerate(claim.figures, 1):
            fields: Fields = dict(figure)
            rows["figure"].append(of | {"position": at, "trade_partner_id": fields.pop("partner")} | fields)
    insert_rows(db, rows)
    findings = _check(db, source, report, {id_ for id_, number in places.items() if number is None})
    if text and reverses(text):
        findings.append(Finding("report", "doubt", _REVERSED, "", None))
    if report and not any(found.check == "report" and found.status == "failed" for found in findings):
        prints = {passage.number: passage.sha256 for passage in report.passages}
        others = [passage.number for passage in briefing.passage if prints.get(passage.number) != passage.sha256]
        lead = f"{len(others)} of {len(briefing.passage)} paragraphs differ from the report's: "
        detail = listed(lead, map(str, others))
        findings += [Finding("passage", "failed", detail, "", others[0])] if others else []
    return findings


# Checks ------------------------------------------------------------------------------------------------------


def _disagreements(db: sqlite3.Connection, briefing: "Briefing") -> "list[Finding]":
    """Return which speakers and partners have other names in the database, and which partners are not in it."""
    from guizhou_cli.report.checking import Finding

    speakers = {str(id_): str(name) for id_, name in ask(db, "SELECT id, name FROM speaker")}
    faults = [
        ("speaker", f"speaker {speaker.id}: is known as {shortened(speakers[speaker.id])}", "")
        for speaker in briefing.speaker
        if speakers.get(speaker.id, speaker.name) != speaker.name
    ]
    partners = verify.partner_names(db)
    used = {figure.partner: claim.id for claim in reversed(briefing.claim) for figure in claim.figures}
    for partner in briefing.partner:
        first, *others = partners.setdefault(partner.id, [partner.name, *partner.aliases])
        if first != partner.name or not set(partner.aliases) <= set(others):
            detail = f"partner {partner.id}: is known with other names; leave this [[partner]] out"
            faults.append(("partner", detail, ""))
        if partner.id not in used:
            faults.append(("partner", f"partner {partner.id}: no claim has a figure with it", ""))
    for id_, claim in used.items():
        if id_ and id_ not in partners:
            detail = f"the partner {shortened(id_)} is not known, and no [[partner]] has that id"
            faults.append(("partner", detail, claim))
    return [Finding(kind, "failed", detail, claim, None) for kind, detail, claim in faults]


def _check(
    db: sqlite3.Connection, source: str, report: "Report | None", unplaced: Collection[str] = ()
) -> "list[Finding]":
    """Hold the claims of a source against its report, and store their evidence.

    One finding replaces them where the report is numbered otherwise than the claims are.
    """
    from guizhou_cli.report.checking import Finding, check

    if report is None:
        detail = "names no paragraph, which only its report shows: --article REPORT"
        return [Finding("paragraph", "failed", detail, id_, None) for id_ in sorted(unplaced)]
    claims = [claim._replace(paragraph=None) if claim.id in unplaced else claim for claim in verify.claimed(db, source)]
    speakers = verify.speakers(db, source)
    findings = check(claims, report, speakers)
    db.execute(_CHECKED, [source])
    doubted = {(f"{source}:{found.claim}",) for found in findings}
    db.executemany("UPDATE claim SET evidence = 'doubted' WHERE key = ? AND evidence <> 'drafted'", doubted)
    failed = {found.claim for found in findings if found.status == "failed"}
    for by in OFFSETS if len(failed) > 1 and 2 * len(failed) >= len(claims) else ():
        moved = [
            claim._replace(paragraph=max(0, claim.paragraph + by)) for claim in claims if claim.paragraph is not None
        ]
        rest = [found for found in check(moved, report, speakers) if found.status == "failed"]
        if 4 * len({found.claim for found in rest}) <= len(failed):
            why = "it should begin with its headline" if by < 0 else "nothing should precede its headline"
            shown = f"paragraph {max(0, -by)} of the briefing is paragraph {max(0, by)} of the report"
            return [Finding("report", "failed", f"{shown}, and so on: {why}", "", None), *rest]
    return findings
