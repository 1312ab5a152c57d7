"""A note in Markdown with pandoc citations, compared with the claims that it cites.

The syntax: https://pandoc.org/MANUAL.html#citation-syntax. A key is the id of a source or of a claim.
"""

import re
import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from guizhou_cli.answer import Answer, Row
from guizhou_cli.briefings import verify
from guizhou_cli.db.connection import ask
from guizhou_cli.text import counted, listed, normalised, shortened, tokens

if TYPE_CHECKING:
    from guizhou_cli.report.checking import Claimed

_KEY = r"(?<![\w@])@(?:\{[^{}\s]++\}|\w(?:\w|[:.#$%&+?<>~/-](?=\w))*+)"
_CITATION = re.compile(rf"\[[^\[\]]*+\](?!\()|{_KEY}(?:[ \n]?\[[^\[\]@]*+\])?+")
_LOCATOR = re.compile(
    r"[\s,]*+(?:paragraphs?|paras?\.?|pp?\.?|¶+)?\s*+(\d{1,6}+(?:\s*+(?:[-\u2013,&]|and)\s*+\d{1,6}+){0,20}+)"
)


class _Cited(NamedTuple):
    """A citation: its key, the paragraphs of its locator ("5-6, 8", empty for none), and where it is in its block."""

    key: str
    paragraphs: str
    at: int


def check_note(db: sqlite3.Connection, markdown: str) -> Answer:
    """Check a note: its keys exist, and its figures and speakers are those of the claims cited in the same sentence.

    Returns a row of the view "verify" for each citation, and for each figure and each speaker's name in a sentence with
    one; `status` is `ok` or `failed`, or `doubt` of a sentence that says the opposite of the claims, has figures in
    each other's place, or credits somebody else with them. Raises a DatabaseProblem if the database can't be read.
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
        count = len(found)
        for item in match[0].replace("[", " ").split(";"):
            if key := re.search(_KEY, item):
                locator = _LOCATOR.match(item, key.end())
                paragraphs = " ".join(locator[1].split()) if locator else ""
                found.append(_Cited(key[0][1:].strip("{}"), paragraphs, match.start()))
        is_mark = match[0].startswith("[^")  # of a footnote: [^1]
        return " " * len(match[0]) if len(found) > count or is_mark else match[0]

    text = re.sub(r"^\s*+\d{1,9}+[.)] ", lambda match: " " * len(match[0]), block)  # an item of a list
    return _CITATION.sub(blank, text).replace("\n", " "), found


class _Note:
    """The sources that a note cites, each read from the database once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.sources: dict[str, list[Claimed]] = {}
        self.speakers: dict[str, list[tuple[str, str]]] = {}
        self.names = [str(name) for (name,) in ask(db, "SELECT DISTINCT name FROM speaker ORDER BY name")]

    def check(self, line: int, block: str) -> Iterator[Row]:
        """Yield the rows of a block whose first line has this number."""
        from guizhou_cli.report.checking import contradicted
        from guizhou_cli.report.figures import figures
        from guizhou_cli.report.reading import sentences

        text, found = _citations(block)
        spans = sentences(text, 0) if found else []
        starts = [span.start for span in spans]
        for at, group in groupby(found, lambda cited: max(0, bisect_right(starts, cited.at) - 1)):
            citations = list(group)
            where = f"line {line + block.count(chr(10), 0, citations[0].at)}"
            resolved = [self._resolved(cited, where) for cited in citations]
            yield from (row for row, _ in resolved)
            claims = [claim for _, named in resolved for claim in named]
            if not claims:
                continue
            sentence = text[spans[at].start : spans[at].end] if spans else ""
            for figure in figures(normalised(sentence)):
                having = [claim for claim in claims if (figure.value, figure.unit) in _amounts(claim)]
                missing = f"no claim cited has the figure {figure.text}"
                yield _held("figure", where, figure.text if having else missing, having, claims)
            words = "\n".join(f"{each.statement or ''}\n{each.quote or ''}" for each in claims)
            for detail in contradicted(sentence, words):
                yield ("statement", "doubt", f"{where}: {detail}", None, claims[0].paragraph, _source(claims[0]))
            speakers = sorted({f"{claim.speaker}'s" for claim in claims if claim.speaker})
            theirs = listed("they are ", speakers) if speakers else "nobody is credited with them"
            named = self._named(sentence)
            for name in named:
                having = [claim for claim in claims if claim.speaker == name]
                missing = f"no claim cited is {name}'s; {theirs}"
                yield _held("speaker", where, name if having else missing, having, claims)
            for name in sorted(self._credited(sentence, claims) - {*named, *(claim.speaker for claim in claims)}):
                detail = f"{where}: no claim cited is {name}'s; {theirs}"
                yield ("speaker", "doubt", detail, None, claims[0].paragraph, _source(claims[0]))

    def _resolved(self, cited: _Cited, where: str) -> "tuple[Row, list[Claimed]]":
        """Return the row of a citation, and the claims that it names."""
        source, _, slug = cited.key.partition(":")
        key = cited.key if slug else None
        claims = [each for each in self._claims(source) if slug in {"", each.id.partition(":")[2]}]
        if not claims:
            detail = f"{where}: no {'claim' if slug else 'source'} {shortened(cited.key)}"
            return ("citation", "failed", detail, None, None, None), []
        found = re.findall(r"(\d+)(?:\s*[-\u2013]\s*(\d+))?", cited.paragraphs)
        wanted = [range(int(first), int(last or first) + 1) for first, last in found]
        named = [each for each in claims if not wanted or any(each.paragraph in numbers for numbers in wanted)]
        paragraphs = sorted({each.paragraph or 0 for each in named or claims})
        if not named:
            there = listed("they are of paragraph ", map(str, paragraphs))
            detail = f"{where}: no claim cited is of paragraph {cited.paragraphs}; {there}"
            return ("citation", "failed", detail, key, None, source), []
        only = paragraphs[0] if len(paragraphs) == 1 else None
        return ("citation", "ok", f"{where}: {counted(len(named), 'claim')}", key, only, source), named

    def _claims(self, source: str) -> "list[Claimed]":
        """Return the claims of a source, each with its key as `id` and the name of its speaker; none of no source."""
        if source not in self.sources:
            names = verify.speakers(self.db, source)
            self.speakers[source] = [*names.values()]
            claims = verify.claimed(self.db, source)
            self.sources[source] = [
                each._replace(id=f"{source}:{each.id}", speaker=names[each.speaker][0] if each.speaker else None)
                for each in claims
            ]
        return self.sources[source]

    def _named(self, sentence: str) -> list[str]:
        """Return the speakers that a sentence names, in full or, where they are of a source cited so far, in part."""
        words = f" {' '.join(tokens(sentence))} "
        named = [name for name in self.names if f" {' '.join(tokens(name))} " in words]
        covered = {part for name in named for part in name.split()}
        cited = {claim.speaker for claims in self.sources.values() for claim in claims if claim.speaker} - {*named}
        parts = {name: {*name.split()[:1], *name.split()[-1:]} - covered for name in sorted(cited)}
        count = Counter(part for of_name in parts.values() for part in of_name)
        capitalised = {word for word in re.findall(r"\w++", sentence) if word[0].isupper() and count[word] == 1}
        return named + [name for name, of_name in parts.items() if of_name & capitalised]

    def _credited(self, sentence: str, claims: "list[Claimed]") -> set[str]:
        """Return whom a sentence credits, also somebody whom no report names."""
        from guizhou_cli.report import speakers
        from guizhou_cli.report.reading import Passage

        known = [person for source in dict.fromkeys(map(_source, claims)) for person in self.speakers[source]]
        passage = Passage(1, "", None, None, normalised(sentence))
        return {credit.speaker for credit in speakers.credits([passage], known=known) if credit.speaker}


@lru_cache(maxsize=4096)
def _amounts(claim: "Claimed") -> set[tuple[Decimal, str | None]]:
    """Return the values and units of a claim's figures and of those in its words."""
    from guizhou_cli.report.figures import figures

    words = figures(normalised(f"{claim.statement or ''}\n{claim.quote or ''}"))
    own = {(abs(figure.value), figure.unit) for figure in claim.figures}
    return own | {(figure.value, figure.unit) for figure in words}


def _held(check: str, where: str, detail: str, having: "list[Claimed]", cited: "list[Claimed]") -> Row:
    """Return the row of a figure or a name: of the first claim cited that has it, or failed."""
    claim = (having or cited)[0]
    status, key = ("ok", claim.id) if having else ("failed", None)
    return (check, status, f"{where}: {detail}", key, claim.paragraph, _source(claim))


def _source(claim: "Claimed") -> str:
    """Return the source of a claim by its key."""
    return claim.id.partition(":")[0]
