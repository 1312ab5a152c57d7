"""A note in Markdown with pandoc citations, compared with the claims that it cites.

The syntax: https://pandoc.org/MANUAL.html#citation-syntax. A key is the id of a source or of a claim.
"""

import re
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from guizhou_cli.answer import Answer, Row
from guizhou_cli.briefings.verify import COLUMNS
from guizhou_cli.db.connection import ask
from guizhou_cli.text import listed, normalised, shortened, tokens

_KEY = r"(?<![\w@])@(?:\{[^{}\s]++\}|\w(?:\w|[:.#$%&+?<>~/-](?=\w))*+)"
_CITATION = re.compile(rf"\[(?P<inside>[^\[\]]*+)\](?!\()|(?P<key>{_KEY})(?:[ \n]?\[(?P<locator>[^\[\]@]*+)\])?+")
_LOCATOR = re.compile(
    r"[\s,]*+(?:paragraphs?|paras?\.?|pp?\.?|¶+)?\s*+(\d{1,6}+(?:\s*+(?:[-\u2013,&]|and)\s*+\d{1,6}+)*+)"
)
_CLOSE = 1e-9
"""Values that differ by no more than this share are the same."""

_PARAGRAPHS_AT_MOST = 100_000


class _Cited(NamedTuple):
    """A citation: its key, the paragraphs of its locator, and where it is in its block."""

    key: str
    paragraphs: frozenset[int] | None
    at: int


class _Claim(NamedTuple):
    """A claim that may be cited: its figures are its own and those of its words, as value and unit."""

    key: str
    paragraph: int
    speaker: str | None
    figures: list[tuple[float, str | None]]

    @property
    def source(self) -> str:
        """Return the id of its source."""
        return self.key.partition(":")[0]

    def has(self, value: float, unit: str | None) -> bool:
        """Return whether the claim has a figure of this value and unit."""
        return any(of == unit and abs(other - value) <= _CLOSE * value for other, of in self.figures)


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
    reason = "" if rows else "the note cites nothing: it has no [@key]"
    hint = None if rows else "gz cite --style pandoc prints the citation of a claim"
    return Answer("verify", COLUMNS, rows, reason=reason, hint=hint)


def _blocks(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs, headings, list items and table rows of a note, each with the number of its first line."""
    block: list[str] = []
    first, fence = 1, ""
    for number, line in enumerate([*markdown.splitlines(), ""], 1):
        text = line.lstrip()
        if fence or text.startswith(("```", "~~~")):
            fence = "" if fence and text.startswith(fence) else fence or text[:3]
            text = ""
        if block and (not text or re.match(r"[#|>]|[-*+] |\d{1,9}+[.)] ", text)):
            yield first, "\n".join(block)
            block = []
        if text:
            first = first if block else number
            block.append(line)


def _citations(block: str) -> tuple[str, list[_Cited]]:
    """Return a block with blanks in place of its citations, and the citations."""
    found: list[_Cited] = []
    end = len(number[0]) if (number := re.match(r"\s*+\d{1,9}+[.)] ", block)) else 0
    parts = [" " * end]
    for match in _CITATION.finditer(block):
        cited, mark = [], not match["key"] and match["inside"].startswith("^")  # a mark such as [^1]
        if match["key"]:
            cited = [(match["key"], match["locator"] or "")]
        elif "@" in match["inside"]:
            items = [(item, re.search(_KEY, item)) for item in match["inside"].split(";")]
            cited = [(key[0], item[key.end() :]) for item, key in items if key]
        if cited or mark:
            parts += [block[end : match.start()], " " * len(match[0])]
            end = match.end()
            found += [_Cited(key[1:].strip("{}"), _paragraphs(rest), match.start()) for key, rest in cited]
    return "".join([*parts, block[end:]]).replace("\n", " "), found


def _paragraphs(locator: str) -> frozenset[int] | None:
    """Return the paragraphs that a locator names: {6, 7, 8} for "para. 6-8"; None where it names none."""
    match = _LOCATOR.match(locator)
    if match is None:
        return None
    numbers: set[int] = set()
    for part in re.split(r",|&|and", match[1]):
        first, _, last = part.replace("\u2013", "-").partition("-")
        numbers.update(range(int(first), min(int(last or first), _PARAGRAPHS_AT_MOST) + 1))
    return frozenset(numbers)


class _Note:
    """The sources that a note cites, each read from the database once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self.sources: dict[str, list[_Claim]] = {}
        self.names = [str(name) for (name,) in ask(db, "SELECT DISTINCT name FROM speaker ORDER BY name")]

    def check(self, line: int, block: str) -> Iterator[Row]:
        """Yield the rows of a block whose first line has this number."""
        from guizhou_cli.report.reading import sentences

        text, found = _citations(block)
        if not found:
            return
        spans = sentences(text, 0)
        starts = [span.start for span in spans]
        by_sentence: dict[int, list[_Cited]] = {}
        for cited in found:
            by_sentence.setdefault(max(0, bisect_right(starts, cited.at) - 1), []).append(cited)
        for at, of_sentence in by_sentence.items():
            where = f"line {line + block.count(chr(10), 0, of_sentence[0].at)}"
            claims: list[_Claim] = []
            for cited in of_sentence:
                row, more = self._resolved(cited, where)
                claims += more
                yield row
            if claims:
                sentence = text[spans[at].start : spans[at].end] if spans else ""
                yield from self._figures(sentence, claims, where)
                yield from self._speakers(sentence, claims, where)

    def _resolved(self, cited: _Cited, where: str) -> tuple[Row, list[_Claim]]:
        """Return the row of a citation, and the claims that it names."""
        source, _, slug = cited.key.partition(":")
        claims = self._claims(source)
        if slug:
            claims = [claim for claim in claims if claim.key == cited.key]
        paragraphs = {claim.paragraph for claim in claims}
        if not claims:
            what = "claim" if slug else "source"
            return ("citation", "failed", f"{where}: no {what} {shortened(cited.key)}", None, None, None), []
        if cited.paragraphs is not None:
            claims = [claim for claim in claims if claim.paragraph in cited.paragraphs]
            if not claims:
                named = ", ".join(map(str, sorted(cited.paragraphs)[:12]))
                there = listed("; they are of paragraph ", map(str, sorted(paragraphs)))
                detail = f"{where}: no claim cited is of paragraph {named}{there}"
                return ("citation", "failed", detail, cited.key if slug else None, None, source), []
        paragraph = claims[0].paragraph if len({claim.paragraph for claim in claims}) == 1 else None
        count = f"{len(claims)} claim{'' if len(claims) == 1 else 's'}"
        return ("citation", "ok", f"{where}: {count}", cited.key if slug else None, paragraph, source), claims

    def _claims(self, source: str) -> list[_Claim]:
        """Return the claims of a source; none where there is no such source."""
        if source not in self.sources:
            from guizhou_cli.report.figures import figures

            own: dict[object, list[tuple[float, str | None]]] = {}
            asked = "SELECT claim_id, value, unit FROM figure JOIN claim ON id = claim_id WHERE source_id = ?"
            for id_, value, unit in ask(self.db, asked, [source]):
                own.setdefault(id_, []).append((abs(float(str(value))), None if unit is None else str(unit)))
            rows = ask(
                self.db,
                "SELECT c.id, key, paragraph, name, coalesce(statement, '') || char(10) || coalesce(quote, '')"
                " FROM claim AS c LEFT JOIN speaker AS p ON p.id = speaker_id WHERE source_id = ? ORDER BY c.id",
                [source],
            )
            self.sources[source] = [
                _Claim(
                    str(key),
                    int(str(paragraph)),
                    None if speaker is None else str(speaker),
                    own.get(id_, [])
                    + [(float(figure.value), figure.unit) for figure in figures(normalised(str(words)))],
                )
                for id_, key, paragraph, speaker, words in rows
            ]
        return self.sources[source]

    @staticmethod
    def _figures(sentence: str, claims: list[_Claim], where: str) -> Iterator[Row]:
        from guizhou_cli.report.figures import figures

        for figure in figures(normalised(sentence)):
            value = float(figure.value)
            of = next((claim for claim in claims if claim.has(value, figure.unit)), None)
            if of is None:
                detail = f"{where}: no claim cited has the figure {figure.text}"
                yield ("figure", "failed", detail, None, claims[0].paragraph, claims[0].source)
            else:
                yield ("figure", "ok", f"{where}: {figure.text}", of.key, of.paragraph, of.source)

    def _speakers(self, sentence: str, claims: list[_Claim], where: str) -> Iterator[Row]:
        said = sorted({claim.speaker for claim in claims if claim.speaker})
        theirs = listed("; they are ", [f"{name}'s" for name in said]) if said else "; nobody is credited with them"
        for name in self._named(sentence):
            of = next((claim for claim in claims if claim.speaker == name), None)
            if of is None:
                detail = f"{where}: no claim cited is {name}'s{theirs}"
                yield ("speaker", "failed", detail, None, claims[0].paragraph, claims[0].source)
            else:
                yield ("speaker", "ok", f"{where}: {name}", of.key, of.paragraph, of.source)

    def _named(self, sentence: str) -> list[str]:
        """Return the speakers that a sentence names, in full or, where they are of a cited source, in part."""
        words = f" {' '.join(tokens(sentence))} "
        named = [name for name in self.names if f" {' '.join(tokens(name))} " in words]
        covered = {part for name in named for part in name.split()}
        by_part: dict[str, set[str]] = {}
        for name in {claim.speaker for claims in self.sources.values() for claim in claims if claim.speaker}:
            for part in {name.split()[0], name.split()[-1]} - {name} if name.split() else ():
                by_part.setdefault(part, set()).add(name)
        for word in dict.fromkeys(re.findall(r"\w++", sentence)):
            if word not in covered and word[0].isupper() and len(by_part.get(word, ())) == 1:
                named += by_part[word] - set(named)
        return named
