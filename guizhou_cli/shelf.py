"""Further briefings: adding one from its TOML file, and removing it, each in one transaction.

Loaded by the commands of those names only. Half of it is what a briefing is refused for.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlite_utils import Database

from guizhou_cli import naming, spelling
from guizhou_cli.changing import index, take_out, writing
from guizhou_cli.database import connect
from guizhou_cli.errors import BriefingProblem, FileProblem
from guizhou_cli.known import partner_names, source_id
from guizhou_cli.progress import Progress
from guizhou_cli.queries import join_keywords

if TYPE_CHECKING:  # pydantic is heavy, and removing a briefing can do without
    from guizhou_cli.briefing import Briefing, Claim

FIRST_ADDED = 100_001
"""The first number of a claim that is added; those below are left to the claims that ship."""

_BATCH = 500
_BETWEEN_WORDS = r"[\s!-/:-@\[-`{-~\u2010-\u2015]+"

Row = dict[str, Any]


class Paragraph(NamedTuple):
    """A paragraph of a report; the last three are None where nobody has fingerprinted it."""

    number: int
    sha256: str | None
    first_words: str | None
    last_words: str | None


def known_partners(path: Path) -> set[str]:
    """Return the ids of the trade partners that a briefing need not declare."""
    with closing(connect(path, "ro")) as db:
        return set(partner_names(db))


def add(
    path: Path, briefing: "Briefing", *, article: str | None = None, replace: bool = False, dry_run: bool = False
) -> str:
    """Add a briefing to the database, all of it or nothing, and return what was added in words.

    Args:
        path: the database.
        briefing: what to add.
        article: the text of its report; its paragraphs are fingerprinted, the claims are checked against them, and
            it is not kept.
        replace: whether it may take the place of the source of the same id.
        dry_run: do all of it, and keep nothing.

    Raises:
        FileProblem: if there is a source of that id, and not `replace`, or it is one that came with gz.
        BriefingProblem: if it contradicts what is known already, or its report.
        DatabaseProblem: if the database can't be written.

    """
    passages, unplaced = _passages(briefing, article)
    with writing(path, keep=not dry_run, last=True) as db:
        was = _fingerprinted(db, briefing.source.id)
        replaced = _make_room(db, briefing.source.id, replace=replace)
        faults = unplaced + _disagreements(db, briefing)
        if faults == unplaced:  # else it has no place among what is known, where it could be looked at further
            _put(db, briefing, passages)
            faults += _unsupported(db, briefing, article)
        _refuse(briefing, faults)
    counts = {
        "claim": len(briefing.claim), "paragraph": len(passages), "speaker": len(briefing.speaker)
    }  # fmt: skip
    told = ", ".join(f"{count} {thing}{'' if count == 1 else 's'}" for thing, count in counts.items())
    done = ("would replace" if dry_run else "replaced") if replaced else ("would add" if dry_run else "added")
    lost = was and not any(passage.sha256 for passage in passages)
    without = ", none of them fingerprinted now: --article does that again" if lost else ""
    return f"{done} {briefing.source.id}: {told}{without}"


def _refuse(briefing: "Briefing", faults: list[str]) -> None:
    if faults:
        raise BriefingProblem(briefing.source.id, faults)


def _put(db: Database, briefing: "Briefing", passages: Iterable[Paragraph]) -> None:
    """Write a briefing's rows and index its words, inside the transaction that `db` is in."""
    source = briefing.source.id
    first = max(FIRST_ADDED, db.execute("SELECT coalesce(max(id), 0) + 1 FROM claim").fetchone()[0])
    numbered = list(enumerate(briefing.claim, first))
    known = {id_ for (id_,) in db.execute("SELECT id FROM trade_partner")}
    partners = [partner for partner in briefing.partner if partner.id not in known]
    topics = {topic_id(name): name for claim in reversed(briefing.claim) for name in reversed(claim.topics)}
    rows: dict[str, Sequence[Row]] = {
        "source": [briefing.source.model_dump()],
        "passage": [{"source_id": source} | passage._asdict() for passage in passages],
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
        "claim": [_claim_row(source, id_, claim) for id_, claim in numbered],
        "claim_topic": [
            {"claim_id": id_, "topic_id": topic}
            for id_, claim in numbered
            for topic in sorted({topic_id(name) for name in claim.topics})
        ],
        "industrial_base": [{"claim_id": id_} | claim.base.model_dump() for id_, claim in numbered if claim.base],
        "policy_measure": [{"claim_id": id_} | claim.measure.model_dump() for id_, claim in numbered if claim.measure],
        "trade_growth": [
            {"claim_id": id_, "trade_partner_id": claim.trade.partner} | claim.trade.model_dump(exclude={"partner"})
            for id_, claim in numbered
            if claim.trade
        ],
    }
    shared = {"speaker", "topic"}
    with Progress("adding", sum(map(len, rows.values()))) as shown:
        for table, of_table in rows.items():
            for at in range(0, len(of_table), _BATCH):
                batch = of_table[at : at + _BATCH]
                db.table(table).insert_all(batch, ignore=table in shared, batch_size=_BATCH)
                shown.advance(len(batch))
        index(db, source)


def remove(path: Path, source: str) -> str:
    """Remove a source with all that was only its own, and return what was removed in words.

    Raises:
        NothingFound: if there is no such source.
        FileProblem: if it is the one that came with gz.
        DatabaseProblem: if the database can't be written.

    """
    with writing(path, last=True) as db:
        named = source_id(db.conn, source)
        _refuse_shipped(db, named, "removed")
        claims = db.execute("SELECT count(*) FROM claim WHERE source_id = ?", [named]).fetchone()[0]
        take_out(db, named)
    return f"removed {named}: {claims} claim{'' if claims == 1 else 's'}"


def topic_id(name: str) -> str:
    """Return the id of a topic: its name in small letters, hyphens between the words."""
    # Only blanks and punctuation part words: what stands beside the letters of Hindi or Thai is of the word.
    words = re.split(_BETWEEN_WORDS, unicodedata.normalize("NFC", name.casefold()))
    return "-".join(filter(None, words)) or name


def _passages(briefing: "Briefing", article: str | None) -> tuple[list[Paragraph], list[str]]:
    """Return the paragraphs of a briefing's report, and what the briefing has otherwise than its article."""
    declared = [Paragraph(*passage.model_dump().values()) for passage in briefing.passage]
    if article is None:
        return declared or [Paragraph(number, None, None, None) for number in _places(briefing)], []
    from guizhou_cli.article import passages

    found = [Paragraph(*passage[:4]) for passage in passages(article)]
    by_number = {passage.number: passage for passage in found}
    last = f"its last is {len(found) - 1}" if found else "it has none"
    faults = [
        f"passage[{at}].sha256: paragraph {passage.number} of the article is another"
        for at, passage in enumerate(declared)
        if passage.number not in by_number or by_number[passage.number].sha256 != passage.sha256
    ]
    faults += [
        f"claim[{at}].paragraph: the article has no paragraph {claim.paragraph}; {last}"
        for at, claim in enumerate(briefing.claim)
        if claim.paragraph not in by_number
    ]
    lacking = [Paragraph(number, None, None, None) for number in _places(briefing) if number not in by_number]
    return found + lacking, faults


def _places(briefing: "Briefing") -> list[int]:
    """Return the numbers of the paragraphs of which a briefing makes claims."""
    return sorted({claim.paragraph for claim in briefing.claim})


def _unsupported(db: Database, briefing: "Briefing", article: str | None) -> list[str]:
    """Return what claims have otherwise than themselves or their passages."""
    from guizhou_cli.verification import claim_faults

    place = {claim.id: at for at, claim in enumerate(briefing.claim)}
    return [f"claim[{place[slug]}]: {fault}" for slug, fault in claim_faults(db.conn, briefing.source.id, article)]


def _fingerprinted(db: Database, source: str) -> bool:
    """Tell whether any paragraph of a source is fingerprinted."""
    asked = "SELECT 1 FROM passage WHERE source_id = ? AND sha256 IS NOT NULL"
    return db.execute(asked, [source]).fetchone() is not None


def _make_room(db: Database, source: str, *, replace: bool) -> bool:
    """Take out the source of the same id, if there is one and it may be replaced, and tell whether there was."""
    if not db.execute("SELECT 1 FROM source WHERE id = ?", [source]).fetchone():
        return False
    _refuse_shipped(db, source, "replaced")
    if not replace:
        raise FileProblem(f"{source} is there already", "--replace puts this one in its place")
    take_out(db, source)
    return True


def _refuse_shipped(db: Database, source: str, what: str) -> None:
    if db.execute("SELECT 1 FROM build WHERE source_id = ?", [source]).fetchone():
        raise FileProblem(f"{source} came with gz and can't be {what}", "a briefing of your own takes an id of its own")


def _disagreements(db: Database, briefing: "Briefing") -> list[str]:
    """Return which speakers and partners are known under other names, and which partners not at all."""
    faults = []
    for at, speaker in enumerate(briefing.speaker):
        known = db.execute("SELECT name FROM speaker WHERE id = ?", [speaker.id]).fetchone()
        if known and known[0] != speaker.name:
            faults.append(f"speaker[{at}].name: {speaker.id} is known as {naming.shortened(known[0])}")
    names = partner_names(db.conn)
    whose = {spelling.fold(name): id_ for id_, called in names.items() for name in (id_, *called)}
    for at, partner in enumerate(briefing.partner):
        for name in dict.fromkeys((partner.id, partner.name, *partner.aliases)):
            folded = spelling.fold(name)
            if folded and whose.setdefault(folded, partner.id) != partner.id:
                faults.append(f"partner[{at}]: {naming.shortened(name)} is a name of {whose[folded]}")
        called = names.get(partner.id)
        if called and (called[0] != partner.name or not set(partner.aliases) <= set(called[1:])):
            faults.append(f"partner[{at}]: {partner.id} is known with other names; leave this [[partner]] out")
    partners = names.keys() | {own.id for own in briefing.partner}
    faults += [
        f"claim[{at}].trade.partner: {claim.trade.partner} is no longer known, and no [[partner]] has that id"
        for at, claim in enumerate(briefing.claim)
        if claim.trade and claim.trade.partner not in partners
    ]
    return faults


def _claim_row(source: str, id_: int, claim: "Claim") -> Row:
    return {
        "id": id_,
        "source_id": source,
        "slug": claim.id,
        "paragraph": claim.paragraph,
        "speaker_id": claim.speaker,
        "attribution": "said" if claim.speaker else "reported",
        "statement": claim.statement,
        "keywords": join_keywords(claim.keywords),
    }
