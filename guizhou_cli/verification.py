"""A copy of a report held against what the database says of it: its passages, and the claims made of them.

Nothing of the copy is kept. Whether the database itself holds together is soundness.py's.
"""

import re
import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from guizhou_cli import mentions, naming, queries, soundness, support
from guizhou_cli.article import is_date_line, normalised, passages, tokens
from guizhou_cli.errors import UsageProblem, VerificationFailed
from guizhou_cli.known import source_id
from guizhou_cli.queries import VERIFICATION, Answer
from guizhou_cli.reading import Cell, Row
from guizhou_cli.report_copy import Copy, Locator, Span, in_order

_SOUND = {"ok", "verified", "unclaimed"}
_NEAR = 1 / 3
"""Of the words that tell a passage, how many a text must have to be that passage, changed."""

_TOLD = 20
"""Texts among the passages that are told one by one."""

Known = Mapping[str, Cell]
"""A row of the view `passages`."""


def verify(db: sqlite3.Connection, text: str | None = None, source: str | None = None) -> Answer:
    """Check the database and, given a copy of a report, whether the report says what the database says it does.

    Args:
        db: the database.
        text: the copy, as `read_article` returns it.
        source: which report it is a copy of; left out, that is told by its passages.

    Returns:
        A row for each check of the database, for each passage, for each claim that does not hold, and for each text
        among the passages that is none of them. `status` is `ok`, `verified` or `unclaimed` (nobody claims anything
        of it), or else `failed`, `changed`, `missing`, `moved` (it stands there, but not in its place among the
        others) or `unknown` (there is nothing to hold it against).

    Raises:
        NothingFound: if there is no such source.
        UsageProblem: if a source is named without a copy, or the copy could be one of several.
        DatabaseProblem: if the database can't be read.

    """
    if source is not None and text is None:
        raise UsageProblem("--source says which report ARTICLE is a copy of, and there is none", "gz verify ARTICLE")
    named = None if source is None else source_id(db, source)
    rows = list(soundness.checks(db))
    if text is not None:
        rows += _held_against(db, text, named)
    return Answer("verify", VERIFICATION, rows, len(rows))


def require(answer: Answer) -> None:
    """Raise VerificationFailed unless everything in a verification holds."""
    failed = [row for row in answer.dicts() if row["status"] not in _SOUND]
    if failed:
        check, status, _, _, paragraph, _ = failed[0].values()
        what = f"{check} {status}" if paragraph is None else f"{check} of paragraph {paragraph} {status}"
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        raise VerificationFailed(f"it does not hold: {what}{more}")


def claim_faults(db: sqlite3.Connection, source: str, article: str | None) -> Iterator[tuple[str, str]]:
    """Yield the claims of a source that contradict themselves or their article: the claim's slug, and what is wrong.

    Args:
        db: the database.
        source: the source's id.
        article: its text, numbered as `passages` does it; None where it is not at hand.

    """
    texts = {} if article is None else {passage.number: passage.text for passage in passages(article)}
    report = "" if article is None else normalised(article)
    for claim in support.claims(db, source, of_trade=not texts):  # of others no column contradicts the words
        text = texts.get(claim.paragraph)
        wrong = support.contradictions(claim) if text is None else support.faults(claim, text, report)
        for fault in wrong:
            yield claim.key.rpartition(":")[2], fault


def _held_against(db: sqlite3.Connection, text: str, named: str | None) -> Iterator[Row]:
    known = queries.filtered(db, "passages", source=named).dicts()
    copy = Copy(text, {str(row["sha256"]) for row in known})
    source = named or _which(known, copy)
    if source is None:
        yield ("report", "unknown", "of no report here; --source says which it should be", None, None, None)
        return
    printed = {}
    for row in (row for row in known if row["source"] == source):
        if row["sha256"] is None:
            detail = "nobody has fingerprinted it: gz add --replace --article does"
            yield ("passage", "unknown", detail, None, row["paragraph"], source)
        else:
            printed[int(str(row["paragraph"]))] = row
    claims: dict[int, list[support.Claim]] = {}
    for claim in support.claims(db, source):
        claims.setdefault(claim.paragraph, []).append(claim)
    places = {number: copy.find(_locator(row)) for number, row in printed.items()}
    placed = in_order(places)
    found = placed | {number: spans[0] for number, spans in places.items() if spans and number not in placed}
    terms = {number: _terms(row, claims.get(number, [])) for number, row in printed.items() if number not in found}
    near = _near(copy, terms, found.values())
    whole = [word for number in sorted(found) for word in (*tokens(found[number].text), "")]
    for number, row in printed.items():
        if number in found:
            beside = _beside(copy, number, found, near)
            yield from _found(copy, number, found[number], number in placed, row, claims.get(number, []), whole, beside)
        elif number in near:
            yield ("passage", "changed", _changed(copy, near[number], terms[number]), None, number, source)
        else:
            yield ("passage", "missing", None, None, number, source)
    yield from _between(copy, placed, [*found.values(), *near.values()], source)


def _beside(copy: Copy, number: int, found: Mapping[int, Span], near: Mapping[int, Span]) -> str:
    """Return the words that stand beside a passage as if they were of it; none where that can't be told."""
    span, taken = found[number], [*found.values(), *near.values()]
    alone = copy.alone(span, taken)
    if not alone and not all(map(copy.on_one_line, found.values())):
        return ""  # paragraphs run together and are folded anew: it may be of the next one
    # Menus and a byline may stand in the paragraph of the headline, on lines of their own.
    return copy.beside(span, taken, on_its_lines=not alone or number == 0, headline=number == 0)


def _which(known: Iterable[Known], copy: Copy) -> str | None:
    """Return the source of which most passages stand in a copy; none if there are several and none of theirs does."""
    by_source: dict[str, list[Known]] = {}
    for row in known:
        by_source.setdefault(str(row["source"]), []).append(row)
    if len(by_source) < 2:  # noqa: PLR2004 - nothing to choose from
        return next(iter(by_source), None)
    hits = {source: copy.holds(str(row["sha256"]) for row in rows) for source, rows in by_source.items()}
    if not any(hits.values()):
        hits = {source: sum(_located(copy.text, row) for row in rows) for source, rows in by_source.items()}
    most = max(hits.values())
    best = [source for source in hits if hits[source] == most]
    if most and len(best) > 1:
        raise UsageProblem("it could be a copy of several reports", naming.listed("--source says which: ", best))
    return best[0] if most else None


def _located(text: str, row: Known) -> bool:
    ends = [normalised(str(words)) for words in (row["first_words"], row["last_words"]) if words is not None]
    return bool(ends) and all(words in text for words in ends)


def _locator(row: Known) -> Locator:
    first, last = (None if row[name] is None else str(row[name]) for name in ("first_words", "last_words"))
    return Locator(str(row["sha256"]), first, last)


def _terms(row: Known, claims: Iterable[support.Claim]) -> list[str]:
    """Return what tells a passage: its first and last words, and the keywords of its claims."""
    given = [row["first_words"], row["last_words"], *(word for claim in claims for word in claim.keywords)]
    return list(dict.fromkeys(normalised(str(term)) for term in given if term is not None))


def _near(copy: Copy, wanted: Mapping[int, Sequence[str]], taken: Iterable[Span]) -> dict[int, Span]:
    """Return for each passage that is not there the part of the copy that has most of its words, if enough."""
    parts = copy.others(taken) if wanted else []
    texts = [part.text.casefold() for part in parts]
    begins, together = [0, *accumulate(len(text) + 1 for text in texts)], "\n".join(texts)
    had: Counter[tuple[int, int]] = Counter()
    for number, terms in wanted.items():
        for term in terms:
            places = re.finditer(re.escape(term.casefold()), together)
            had.update({(number, bisect_right(begins, place.start()) - 1) for place in places})
    scores = [(count / len(wanted[number]), -number, parts[at]) for (number, at), count in had.items()]
    near: dict[int, Span] = {}
    used: set[Span] = set()
    for share, number, part in sorted(scores, reverse=True):
        if share >= _NEAR and -number not in near and part not in used:
            near[-number] = part
            used.add(part)
    return near


def _changed(copy: Copy, part: Span, terms: Iterable[str]) -> str:
    text = part.text
    lost = [naming.shortened(term) for term in terms if not mentions.holds(text, term)]
    return f"line {copy.line(part)}: not word for word" + (naming.listed(", without ", lost, 5) if lost else "")


def _found(
    copy: Copy, number: int, span: Span, in_place: bool, row: Known, claims: list[support.Claim],
    whole: Sequence[str], beside: str,
) -> Iterator[Row]:  # fmt: skip
    """Yield the row of a passage that stands in the copy, and one for each thing in its claims that does not hold."""
    text, source = span.text, str(row["source"])
    wrong = [(claim.key, fault) for claim in claims for fault in support.faults(claim, text, copy.text)]
    held = len(claims) - len({claim for claim, _ in wrong})
    status = "moved" if not in_place else "verified" if claims else "unclaimed"
    several = "" if len(claims) == 1 else "s"
    many = f"{held} of {len(claims)} claim{several}" if wrong else f"{held} claim{several}"
    told = f"word for word; bears out {many}" if wrong else f"bears out {many}" if claims else "no claim is made of it"
    if not in_place:
        told = "not in its place among the others"
    if beside:
        status, told = "changed", f"other words stand beside it: {naming.shortened(beside)}"
    detail = f"line {copy.line(span)}: {told}"
    yield ("passage", status, detail, None, number, source)
    for claim, fault in wrong:
        yield ("claim", "failed", fault, claim, number, source)
    if row["first_words"] is not None and not _leads(_locator(row), tokens(text), whole):
        yield ("link", "failed", "its first and last words don't lead to it", None, number, source)


def _leads(locator: Locator, words: Sequence[str], whole: Sequence[str]) -> bool:
    """Tell whether the first words of a passage stand only there in the whole, and the last first at its end."""
    first, last = (tokens(normalised(words or "")) for words in (locator.first, locator.last))
    begins = words[: len(first)] == first and _count(whole, first) == 1
    rest = words[len(first) :]
    return begins and (rest[-len(last) :] == last and _count(rest, last) == 1 if last else not rest)


def _count(whole: Sequence[str], run: Sequence[str]) -> int:
    # Two blanks between words, so that each has its own on either side and neighbours count too.
    return f" {'  '.join(whole)} ".count(f" {'  '.join(run)} ")


def _between(copy: Copy, placed: Mapping[int, Span], taken: Iterable[Span], source: str) -> Iterator[Row]:
    """Yield the texts that stand among the passages and are none of them; a date line below the headline aside."""
    if not placed:
        return
    first, last = min(placed.values()), max(placed.values())
    body = min((span for number, span in placed.items() if number), default=last)
    parts = [part for part in copy.others(taken) if first.start < part.start < last.start]
    told = [part for part in parts if part.start > body.start or not is_date_line(part.text)]
    for part in told[:_TOLD]:
        detail = f"line {copy.line(part)}: none of the passages: {naming.shortened(part.text)}"
        yield ("text", "unclaimed", detail, None, None, source)
