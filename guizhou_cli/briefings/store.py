"""Briefings in the database: adding and removing one, and keeping the user's own copy of a report beside it.

Each function works inside the transaction that its connection is in; the caller commits, or keeps nothing.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.answer import Answer
from guizhou_cli.ask import names
from guizhou_cli.briefings import verify
from guizhou_cli.db.build import index
from guizhou_cli.db.connection import ask
from guizhou_cli.db.rows import BY_CLAIM, insert_rows, remove_source
from guizhou_cli.errors import BriefingProblem, FileProblem, NothingFound
from guizhou_cli.text import listed, shortened

if TYPE_CHECKING:  # pydantic is heavy, and removing a briefing needs none of these
    from guizhou_cli.briefings.model import Briefing, Claim
    from guizhou_cli.report.checking import Claimed, Finding, Report

FIRST_ADDED = 100_001
"""The first number of a claim that a user adds; those below are left to the claims that ship."""

NOTES_AT_MOST = 20
OFFSETS = (1, -1, 2, -2)
"""By how many paragraphs a report may be numbered otherwise than its briefing, when that is one mistake for all."""

Fields = dict[str, object]

OVERRIDES = "[\u202a-\u202e\u2066-\u2069]"
_BETWEEN_WORDS = r"[\s!-/:-@\[-`{-~\u2010-\u2015]+"


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
    """Add a briefing.

    Args:
        db: a connection within a transaction.
        briefing: what to add.
        report: the text of its report. The claims are checked against it and its paragraphs are fingerprinted.
        keep_text: whether to keep the paragraphs of the report too, in the user's database.
        replace: whether it may replace the source of the same id.
        strict: whether doubts refuse it.
        dry_run: whether the caller keeps nothing; then a refusal is returned, so that the findings can be shown.

    Raises:
        FileProblem: if there is a source of that id, and not `replace`, or it is one that ships with gz.
        BriefingProblem: if the briefing contradicts its report or what the database has, and not `dry_run`.
        DatabaseProblem: if the database can't be written.

    """
    source = briefing.source.id
    had_fingerprints = bool(_fingerprinted(db, source))
    replaced = _make_room(db, source, replace=replace)
    findings = _disagreements(db, briefing)
    passages = 0
    if not findings:  # else it has no place among what the database has, and its rows would break a constraint
        read = None
        if report is not None:
            from guizhou_cli.report.checking import Finding, Report

            known = [(speaker.name, speaker.role) for speaker in briefing.speaker]
            read = Report.of(report, briefing.source.language, known, briefing.source.event_date)
            if re.search(OVERRIDES, report):
                detail = (
                    "the report has characters that reverse the direction of text: it may read otherwise than it says"
                )
                findings.append(Finding("report", "doubt", detail, "", None))
        passages = _insert(db, briefing, read, keep_text=keep_text)
        findings += _check(db, briefing, read)
        index(db, source)
    rows = verify.finding_rows(findings, source)
    answer = Answer("verify", verify.COLUMNS, rows, notes=_notes(briefing, findings))
    refusing = [found for found in findings if found.status == "failed" or strict]
    problem = BriefingProblem(source, [_line(briefing, found) for found in refusing]) if refusing else None
    if problem and not dry_run:
        raise problem
    counts = {"claim": len(briefing.claim), "paragraph": passages, "speaker": len(briefing.speaker)}
    done = ("would replace" if dry_run else "replaced") if replaced else ("would add" if dry_run else "added")
    message = f"{done} {source}: " + ", ".join(_counted(count, thing) for thing, count in counts.items())
    if had_fingerprints and not _fingerprinted(db, source):
        message += "; its paragraphs have no fingerprints any more: --article REPORT restores them"
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
    claims = len(ask(db, "SELECT id FROM claim WHERE source_id = ?", [named]))
    remove_source(db, named)
    return f"removed {named}: {_counted(claims, 'claim')}"


def attach(db: sqlite3.Connection, source: str, text: str) -> str:
    """Keep a copy of a source's report, paragraph by paragraph, and return a message.

    The copy must have each paragraph that is fingerprinted. Where none is, the briefing is added anew with the copy as
    its report, which fingerprints the paragraphs and checks the claims.

    Raises:
        NothingFound: if there is no such source.
        BriefingProblem: if the copy differs from the report, or does not bear out the claims; it lists where.
        DatabaseProblem: if the database can't be written.

    """
    named = names.source_id(db, source).id
    known = verify.known_passages(db, named)
    if not known:
        from guizhou_cli.briefings.export import export
        from guizhou_cli.briefings.load import parse

        add(db, parse(export(db, named), named).without_lines(), report=text, keep_text=True, replace=True)
        return f"attached to {named}, and fingerprinted; gz detach {named} removes the copy"
    from guizhou_cli.report.reading import compare

    compared = compare(known, text)
    faults = [
        f"paragraph {passage.number}: {verify.described(passage) or 'missing'}"
        for passage in compared
        if passage.status != "verified"
    ]
    if faults:
        raise BriefingProblem(named, faults)
    changes = [(passage.text, named, passage.number) for passage in compared]
    db.executemany("UPDATE passage SET text = ? WHERE source_id = ? AND number = ?", changes)
    index(db, named)
    return f"attached to {named}: {_counted(len(compared), 'paragraph')}; gz detach {named} removes the copy"


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
    return f"detached from {named}: {_counted(removed, 'paragraph')}"


def topic_id(name: str) -> str:
    """Return the id of a topic: its name in small letters, with hyphens between the words."""
    # Split at blanks and punctuation only: vowel signs of Hindi or Thai belong to the word.
    words = re.split(_BETWEEN_WORDS, unicodedata.normalize("NFC", name.casefold()))
    return "-".join(filter(None, words)) or name


# Rows --------------------------------------------------------------------------------------------------------


def _insert(db: sqlite3.Connection, briefing: "Briefing", report: "Report | None", *, keep_text: bool) -> int:
    """Insert the rows of a briefing, and return how many paragraphs it has."""
    source = briefing.source.id
    known = verify.partner_names(db)
    partners = [partner for partner in briefing.partner if partner.id not in known]
    topics = {topic_id(name): name for claim in reversed(briefing.claim) for name in reversed(claim.topics)}
    places = {claim.id: _place(claim, report) or 0 for claim in briefing.claim}
    rows: dict[str, list[Fields]] = {
        "source": [briefing.source.model_dump()],
        "passage": _passages(briefing, report, set(places.values()), keep_text=keep_text),
        "speaker": [speaker.model_dump(include={"id", "name"}) for speaker in briefing.speaker],
        "appearance": [
            {"source_id": source, "speaker_id": speaker.id, **speaker.model_dump(exclude={"id", "name"})}
            for speaker in briefing.speaker
        ],
        "topic": [{"id": id_, "name": name} for id_, name in sorted(topics.items())],
        "trade_partner": [partner.model_dump(include={"id", "name"}) for partner in partners],
        "trade_partner_alias": [
            {"trade_partner_id": partner.id, "alias": alias}
            for partner in partners
            for alias in sorted(set(partner.aliases))
        ],
    }
    rows |= {table: [] for table in ("claim", *BY_CLAIM)}
    [(first,)] = ask(db, "SELECT max(?, coalesce(max(id), 0) + 1) FROM claim", [FIRST_ADDED])
    for id_, claim in enumerate(briefing.claim, int(str(first))):
        of: Fields = {"claim_id": id_}
        own = claim.model_dump(include={"statement", "quote", "said_in"})
        attributed = {"speaker_id": claim.speaker, "attribution": "said" if claim.speaker else "reported"}
        place = {"id": id_, "source_id": source, "slug": claim.id, "paragraph": places[claim.id]}
        rows["claim"].append(place | attributed | own)
        rows["claim_keyword"] += [of | {"position": at, "keyword": word} for at, word in enumerate(claim.keywords, 1)]
        rows["claim_topic"] += [of | {"topic_id": topic} for topic in sorted({topic_id(name) for name in claim.topics})]
        rows["industrial_base"] += [of | claim.base.model_dump()] if claim.base else []
        rows["policy_measure"] += [of | claim.measure.model_dump()] if claim.measure else []
        rows["figure"] += [
            of | {"position": at, "trade_partner_id": figure.partner} | figure.model_dump(exclude={"partner"})
            for at, figure in enumerate(claim.figures, 1)
        ]
    insert_rows(db, rows)
    return len(rows["passage"])


def _passages(briefing: "Briefing", report: "Report | None", claimed: set[int], *, keep_text: bool) -> list[Fields]:
    """Return the rows of the report's paragraphs, or else of those that the briefing declares or makes claims of."""
    found = [passage.model_dump() | {"text": None} for passage in briefing.passage]
    if report is not None:
        found = [passage._asdict() | ({} if keep_text else {"text": None}) for passage in report.passages]
    blank: Fields = dict.fromkeys(("sha256", "first_words", "last_words", "text"))
    rest = claimed - {passage["number"] for passage in found}
    return [
        {"source_id": briefing.source.id, **row} for row in (*found, *({"number": n} | blank for n in sorted(rest)))
    ]


def _place(claim: "Claim", report: "Report | None") -> int | None:
    """Return the paragraph of a claim: the one it names, or the one in which its quote is found."""
    if claim.paragraph is not None or report is None or claim.quote is None:
        return claim.paragraph
    from guizhou_cli.report.checking import place

    found = place(claim.quote, report)
    return found and found.paragraph


# Checks ------------------------------------------------------------------------------------------------------


def _check(db: sqlite3.Connection, briefing: "Briefing", report: "Report | None") -> "list[Finding]":
    """Hold the claims of a briefing, whose rows are there, against its report; store their evidence."""
    from guizhou_cli.report.checking import Finding

    source = briefing.source.id
    unplaced = {claim.id for claim in briefing.claim if _place(claim, report) is None}
    claims = [claim._replace(paragraph=None) if claim.id in unplaced else claim for claim in verify.claimed(db, source)]
    if report is None:
        detail = "names no paragraph, which only its report shows: --article REPORT"
        findings = [Finding("paragraph", "failed", detail, id_, None) for id_ in sorted(unplaced)]
        findings += verify.contradictions(claims)
        fingerprinted = _fingerprinted(db, source)
        evidence: dict[str, str] = {
            claim.id: claim.evidence for claim in briefing.claim if claim.paragraph in fingerprinted
        }
    else:
        findings = _checked(claims, report, verify.speakers(db, source))
        if not any(found.check == "report" for found in findings):  # which explains other fingerprints too
            findings = _passage_findings(briefing, report) + findings
        evidence = {
            claim.id: "quoted" if claim.quote else "checked" if claim.keywords or claim.figures else "unchecked"
            for claim in claims
        }
    evidence |= {found.claim: "doubted" for found in findings if found.claim}
    evidence |= {claim.id: "drafted" for claim in briefing.claim if claim.drafted}
    changes = [(value, source, slug) for slug, value in evidence.items()]
    db.executemany("UPDATE claim SET evidence = ? WHERE source_id = ? AND slug = ?", changes)
    return findings


def _checked(claims: "Sequence[Claimed]", report: "Report", speakers: Mapping[str, tuple[str, str]]) -> "list[Finding]":
    """Return what is wrong with claims; one finding where their report is numbered otherwise than they are."""
    from guizhou_cli.report.checking import Finding, check

    findings = check(claims, report, speakers)
    failed = {found.claim for found in findings if found.status == "failed"}
    if len(failed) < 2 or 2 * len(failed) < len(claims):  # noqa: PLR2004 - a mistake of one claim is its own
        return findings
    for by in OFFSETS:
        moved = [
            claim._replace(paragraph=claim.paragraph + by)
            for claim in claims
            if claim.paragraph is not None and claim.paragraph + by >= 0
        ]
        rest = [found for found in check(moved, report, speakers) if found.status == "failed"]
        if 4 * len({found.claim for found in rest}) <= len(failed):
            why = "it should begin with its headline" if by < 0 else "nothing should precede its headline"
            detail = (
                f"paragraph {max(0, -by)} of the briefing is paragraph {max(0, by)} of the report, and so on: {why}"
            )
            return [Finding("report", "failed", detail, "", None), *rest]
    return findings


def _passage_findings(briefing: "Briefing", report: "Report") -> "list[Finding]":
    """Return one finding for all paragraphs of the report that have another fingerprint than the briefing says."""
    from guizhou_cli.report.checking import Finding

    found = {passage.number: passage.sha256 for passage in report.passages}
    others = [passage.number for passage in briefing.passage if found.get(passage.number) != passage.sha256]
    if not others:
        return []
    detail = listed(f"{len(others)} of {len(briefing.passage)} paragraphs differ from the report's: ", map(str, others))
    return [Finding("passage", "failed", detail, "", others[0])]


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
    for partner in briefing.partner:
        first, *others = partners.setdefault(partner.id, [partner.name, *partner.aliases])
        if first != partner.name or not set(partner.aliases) <= set(others):
            detail = f"partner {partner.id}: is known with other names; leave this [[partner]] out"
            faults.append(("partner", detail, ""))
    for claim in briefing.claim:
        for id_ in sorted({figure.partner for figure in claim.figures if figure.partner} - partners.keys()):
            detail = f"the partner {shortened(id_)} is not known, and no [[partner]] has that id"
            faults.append(("partner", detail, claim.id))
    return [Finding(check, "failed", detail, claim, None) for check, detail, claim in faults]


# What to say, and what is there ------------------------------------------------------------------------------


def _line(briefing: "Briefing", found: "Finding") -> str:
    """Return a finding as a line that names the claim and its line in the file."""
    return f"{briefing.where(found.claim)}: {found.detail}" if found.claim else found.detail


def _notes(briefing: "Briefing", findings: "Iterable[Finding]") -> tuple[str, ...]:
    """Return the doubts as lines."""
    doubts = [f"doubt: {_line(briefing, found)}" for found in findings if found.status == "doubt"]
    more = [f"and {len(doubts) - NOTES_AT_MOST} doubts more: gz add --dry-run --json has all"]
    return (*doubts[:NOTES_AT_MOST], *(more if len(doubts) > NOTES_AT_MOST else ()))


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _fingerprinted(db: sqlite3.Connection, source: str) -> set[int]:
    """Return the numbers of the paragraphs of a source that are fingerprinted."""
    asked = "SELECT number FROM passage WHERE source_id = ? AND sha256 IS NOT NULL"
    return {int(str(number)) for (number,) in ask(db, asked, [source])}


def _make_room(db: sqlite3.Connection, source: str, *, replace: bool) -> bool:
    """Remove the source of the same id, if there is one and it may be replaced, and return whether there was."""
    if not ask(db, "SELECT 1 FROM source WHERE id = ?", [source]):
        return False
    _refuse_shipped(db, source, "replaced")
    if not replace:
        raise FileProblem(f"{source} is there already", "--replace puts this one in its place")
    remove_source(db, source)
    return True


def _refuse_shipped(db: sqlite3.Connection, source: str, what: str) -> None:
    if ask(db, "SELECT 1 FROM build WHERE source_id = ?", [source]):
        raise FileProblem(f"{source} ships with gz and can't be {what}", "give a briefing of your own another id")
