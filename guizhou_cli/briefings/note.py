"""A note in Markdown with pandoc citations, compared with the claims that it cites.

The syntax: https://pandoc.org/MANUAL.html#citation-syntax. A key is the id of a source or of a claim.
"""

import re
import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.answer import Answer, Row
from guizhou_cli.briefings import verify
from guizhou_cli.db.connection import ask
from guizhou_cli.text import counted, listed, normalised, shortened, tokens

if TYPE_CHECKING:
    from guizhou_cli.report.checking import Claimed

_KEY = r"(?<![\w@])@(?:\{[^{}\s]++\}|\w(?:\w|[:.#$%&+?<>~/-](?=\w))*+)"
_CITATION = re.compile(rf"\[(?P<inside>[^\[\]]*+)\](?!\()|(?P<key>{_KEY})(?:[ \n]?\[(?P<locator>[^\[\]@]*+)\])?+")
_LOCATOR = re.compile(
    r"[\s,]*+(?:paragraphs?|paras?\.?|pp?\.?|¶+)?\s*+(\d{1,6}+(?:\s*+(?:[-\u2013,&]|and)\s*+\d{1,6}+)*+)"
)
_PARAGRAPHS_AT_MOST = 100_000


class _Cited(NamedTuple):
    """A citation: its key, the paragraphs of its locator (empty for none), and where it is in its block."""

    key: str
    paragraphs: set[int]
    at: int


class _Claim(NamedTuple):
    """A claim that is cited, its source, and the name of its speaker."""

    source: str
    claim: "Claimed"
    speaker: str | None


def check_note(db: sqlite3.Connection, markdown: str) -> Answer:
    """Check a note: its keys exist, and its figures and speakers are those of the claims cited in the same sentence.

    Returns:
        A row of the view "verify" for each citation, and for each figure and each speaker's name in a sentence with
        one. `status` is `ok` or `failed`.

    Raises:
        DatabaseProblem: if the database can't be read.

    """
    note = _Note(db)
    rows = [row for line, block in _blocks(markdown) for row in note.check(line, block)]
    if rows:
        return Answer("verify", verify.COLUMNS, rows)
    hint = "gz cite --style pandoc prints the citation of a claim"
    return Answer("verify", verify.COLUMNS, rows, reason="the note cites nothing: it has no [@key]", hint=hint)


def _blocks(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs, headings, list items and table rows of a note, each with the number of its first line."""
    block: list[str] = []
    fence = ""
    for number, line in enumerate([*markdown.splitlines(), ""], 1):
        text = line.lstrip()
        if fence or text.startswith(("```", "~~~")):
            fence = "" if fence and text.startswith(fence) else fence or text[:3]
            text = ""
        if block and (not text or re.match(r"[#|>]|[-*+] |\d{1,9}+[.)] ", text)):
            yield number - len(block), "\n".join(block)
            block = []
        if text:
            block.append(line)


def _citations(block: str) -> tuple[str, list[_Cited]]:
    """Return a block with blanks in place of its citations, and the citations."""
    found: list[_Cited] = []

    def blank(match: re.Match[str]) -> str:
        inside = match["inside"] or ""
        items = [(item, re.search(_KEY, item)) for item in inside.split(";")]
        cited = [(key[0], item[key.end() :]) for item, key in items if key]
        cited = [(match["key"], match["locator"] or "")] if match["key"] else cited
        found.extend(_Cited(key[1:].strip("{}"), _paragraphs(rest), match.start()) for key, rest in cited)
        is_mark = inside.startswith("^")  # of a footnote: [^1]
        return " " * len(match[0]) if cited or is_mark else match[0]

    text = re.sub(r"^\s*+\d{1,9}+[.)] ", lambda match: " " * len(match[0]), block)  # an item of a list
    return _CITATION.sub(blank, text).replace("\n", " "), found


def _paragraphs(locator: str) -> set[int]:
    """Return the paragraphs that a locator names: {6, 7, 8} for "para. 6-8"."""
    match = _LOCATOR.match(locator)
    numbers: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:\s*[-\u2013]\s*(\d+))?", match[1] if match else ""):
        numbers.update(range(int(first), min(int(last or first), _PARAGRAPHS_AT_MOST) + 1))
    return numbers


class _Note:
    """The sources that a note cites, each read from the database once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.sources: dict[str, list[_Claim]] = {}
        self.names = [str(name) for (name,) in ask(db, "SELECT DISTINCT name FROM speaker ORDER BY name")]

    def check(self, line: int, block: str) -> Iterator[Row]:
        """Yield the rows of a block whose first line has this number."""
        from guizhou_cli.report.figures import figures
        from guizhou_cli.report.reading import sentences

        text, found = _citations(block)
        spans = sentences(text, 0) if found else []
        starts = [span.start for span in spans]
        for at, group in groupby(found, lambda cited: max(0, bisect_right(starts, cited.at) - 1)):
            citations = list(group)
            where = f"line {line + block.count(chr(10), 0, citations[0].at)}"
            claims: list[_Claim] = []
            for cited in citations:
                row, more = self._resolved(cited, where)
                claims += more
                yield row
            if not claims:
                continue
            sentence = text[spans[at].start : spans[at].end] if spans else ""
            for figure in figures(normalised(sentence)):
                having = [cited for cited in claims if (figure.value, figure.unit) in _amounts(cited.claim)]
                missing = f"no claim cited has the figure {figure.text}"
                yield _held("figure", where, figure.text if having else missing, having, claims)
            speakers = sorted({f"{claim.speaker}'s" for claim in claims if claim.speaker})
            theirs = listed("they are ", speakers) if speakers else "nobody is credited with them"
            for name in self._named(sentence):
                having = [claim for claim in claims if claim.speaker == name]
                yield _held(
                    "speaker", where, name if having else f"no claim cited is {name}'s; {theirs}", having, claims
                )

    def _resolved(self, cited: _Cited, where: str) -> tuple[Row, list[_Claim]]:
        """Return the row of a citation, and the claims that it names."""
        source, _, slug = cited.key.partition(":")
        claims = [each for each in self._claims(source) if slug in {"", each.claim.id}]
        key = cited.key if slug else None
        if not claims:
            what = "claim" if slug else "source"
            return ("citation", "failed", f"{where}: no {what} {shortened(cited.key)}", None, None, None), []
        named = [each for each in claims if not cited.paragraphs or each.claim.paragraph in cited.paragraphs]
        paragraphs = sorted({str(each.claim.paragraph) for each in named or claims}, key=int)
        if not named:
            wanted = listed("no claim cited is of paragraph ", map(str, sorted(cited.paragraphs)))
            there = listed("they are of paragraph ", paragraphs)
            return ("citation", "failed", f"{where}: {wanted}; {there}", key, None, source), []
        only = int(paragraphs[0]) if len(paragraphs) == 1 else None
        return ("citation", "ok", f"{where}: {counted(len(named), 'claim')}", key, only, source), named

    def _claims(self, source: str) -> list[_Claim]:
        """Return the claims of a source; none where there is no such source."""
        if source not in self.sources:
            names = verify.speakers(self.db, source)
            claims = verify.claimed(self.db, source)
            self.sources[source] = [
                _Claim(source, each, names[each.speaker][0] if each.speaker else None) for each in claims
            ]
        return self.sources[source]

    def _named(self, sentence: str) -> list[str]:
        """Return the speakers that a sentence names, in full or, where they are of a cited source, in part."""
        words = f" {' '.join(tokens(sentence))} "
        named = [name for name in self.names if f" {' '.join(tokens(name))} " in words]
        covered = {part for name in named for part in name.split()}
        by_part: dict[str, set[str]] = defaultdict(set)
        for name in {claim.speaker for claims in self.sources.values() for claim in claims if claim.speaker}:
            for part in name.split()[:1] + name.split()[-1:]:
                by_part[part].add(name)
        for word in dict.fromkeys(re.findall(r"\w++", sentence)):
            if word not in covered and word[0].isupper() and len(by_part[word]) == 1:
                named += by_part[word] - set(named)
        return named


@cache
def _amounts(claim: "Claimed") -> set[tuple[Decimal, str | None]]:
    """Return the values and units of a claim's figures and of those in its words."""
    from guizhou_cli.report.figures import figures

    words = figures(normalised(f"{claim.statement or ''}\n{claim.quote or ''}"))
    own = {(abs(figure.value), figure.unit) for figure in claim.figures}
    return own | {(figure.value, figure.unit) for figure in words}


def _held(check: str, where: str, detail: str, having: list[_Claim], cited: list[_Claim]) -> Row:
    """Return the row of a figure or a name: of the first claim cited that has it, or failed."""
    source, claim, _ = (having or cited)[0]
    status, key = ("ok", f"{source}:{claim.id}") if having else ("failed", None)
    return (check, status, f"{where}: {detail}", key, claim.paragraph, source)
