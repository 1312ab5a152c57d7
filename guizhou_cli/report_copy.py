"""Where the passages of a report stand in a copy of it: among menus and footers, and however its lines are wrapped."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from hashlib import sha256
from itertools import accumulate, pairwise, repeat
from typing import NamedTuple

from guizhou_cli.article import DATE, fingerprint, normalised, paragraphs
from guizhou_cli.spelling import HAN

LONGEST = 20_000
"""Characters of the longest passage that is looked for within a paragraph of the copy."""

_PLACES = 8
"""How many of the ends that may belong to one beginning are tried."""

_PUNCTUATION = 16
"""How many characters behind the last words may belong to a passage."""

_EFFORT = 50_000_000
"""Characters that are fingerprinted at most in search of passages: half a second, far beyond any real copy."""

_HASHING = 1_000
"""Characters that could be fingerprinted in the time it takes to begin with one passage."""

_DATE_FOLLOWS = (
    r"[\W_]*(?:(?i:(?:last )?updated|published|posted|date)(?: on| at)?:? "
    r"|(?:\u66f4\u65b0|\u53d1\u5e03)\u65f6\u95f4: ?)?"
    rf"(?:(?i:mon|tues|wednes|thurs|fri|satur|sun)day,? )?{DATE}"
    r"\u65e5?(?:,? \d\d?:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\.?)?)?(?:[,|\s]+[^\W\d_a-z][\w.'-]*)*[\W_]*"
)
"""What may stand behind a headline as its date: Updated: Wednesday, May 7, 2025 09:15 Northmark Gazette."""


class Span(NamedTuple):
    """A part of a copy: from where to where in its normalised text, in characters, and what it says there."""

    start: int
    end: int
    text: str


class Locator(NamedTuple):
    """What is known of a passage: the fingerprint, and its first and last words, or None."""

    sha256: str
    first: str | None
    last: str | None


class _Flow(NamedTuple):
    """Lines run together, and where each begins."""

    text: str
    starts: Sequence[int]

    @classmethod
    def of(cls, lines: Sequence[str], between: Iterable[str]) -> "_Flow":
        parted = [line + blank for line, blank in zip(lines, [*between, ""], strict=True)]
        return cls("".join(parted), [0, *accumulate(map(len, parted))][:-1])


class Copy:
    """A copy of a report.

    Args:
        text: as it was read, with whatever else stands on the page.
        known: the fingerprints of all passages that may be asked for.

    """

    def __init__(self, text: str, known: AbstractSet[str]) -> None:
        self._lines: list[str] = []
        self._numbers: list[int] = []
        self._first_lines: list[int] = []
        for number, lines in paragraphs(text):
            self._first_lines.append(len(self._lines))
            self._lines += lines
            self._numbers += range(number, number + len(lines))
        self._loose = _Flow.of(self._lines, repeat(" ", len(self._lines) - 1))
        self._paragraph_starts = [self._loose.starts[line] for line in self._first_lines]
        self._effort = _EFFORT
        self._whole = self._whole_ones(known)

    @property
    def text(self) -> str:
        """All of it, normalised."""
        return self._loose.text

    def line(self, span: Span) -> int:
        """Return the number of the line, from 1, on which a part begins."""
        return self._numbers[bisect_right(self._loose.starts, span.start) - 1]

    def holds(self, fingerprints: Iterable[str]) -> int:
        """Return how many of the fingerprints are those of whole paragraphs or lines."""
        return len(self._whole.keys() & set(fingerprints))

    def find(self, passage: Locator) -> list[Span]:
        """Return where a passage stands, word for word: the first few places, in order; none where it does not.

        It is looked for as a whole paragraph or line, then from its first words to its last wherever they are. A line
        that ends within a hyphenated word, or between two Chinese characters, continues without a blank if need be.
        """
        if passage.sha256 in self._whole:
            return self._whole[passage.sha256]
        for flow in (self._loose, self._tight):
            found = [self._in_loose(flow, *ends) for ends in self._by_locator(flow.text, passage)]
            if found:
                return found
        return []

    def others(self, taken: Iterable[Span]) -> list[Span]:
        """Return the parts outside of those `taken`, each within one paragraph of the copy."""
        inside = sorted(taken)
        ends = {at for span in inside for at in (span.start, span.end)}
        parts = []
        for begin, end in pairwise(sorted({0, len(self.text), *self._paragraph_starts, *ends})):
            before = bisect_right(inside, begin, key=lambda span: span.start) - 1
            free = before < 0 or inside[before].end <= begin
            text = self.text[begin:end].strip()
            if free and any(map(str.isalnum, text)):
                parts.append(Span(begin, end, text))
        return parts

    def on_one_line(self, span: Span) -> bool:
        """Tell whether a part ends on the line on which it begins."""
        return bisect_right(self._loose.starts, span.start) == bisect_right(self._loose.starts, span.end - 1)

    def alone(self, span: Span, taken: Iterable[Span]) -> bool:
        """Tell whether none of those `taken` stands in the same paragraph of the copy as a part that is one of them."""
        return not _touched(span, taken, *self._around(span, self._paragraph_starts))

    def beside(self, span: Span, taken: Iterable[Span], *, on_its_lines: bool, headline: bool) -> str:
        """Return the words around a part that belong to none of `taken`: in its paragraph, or on its own lines alone.

        A date line behind a headline is not counted. Empty where another of those stands there too: then paragraphs
        run together, and what is between them can't be told from a menu.
        """
        whole = self._around(span, self._paragraph_starts)
        begin, end = self._around(span, self._loose.starts) if on_its_lines else whole
        if _touched(span, taken, begin, end):
            return ""
        behind = self.text[span.end : whole[1]].strip()
        dated = headline and re.fullmatch(_DATE_FOLLOWS, behind) is not None
        around = f"{self.text[begin : span.start]} {'' if dated else self.text[span.end : end]}".strip()
        return around if any(map(str.isalnum, around)) else ""

    def _around(self, span: Span, starts: Sequence[int]) -> tuple[int, int]:
        """Return from where to where the lines or paragraphs run that a part is in, given where they start."""
        after = bisect_left(starts, span.end)
        return starts[bisect_right(starts, span.start) - 1], starts[after] if after < len(starts) else len(self.text)

    def _whole_ones(self, known: AbstractSet[str]) -> Mapping[str, list[Span]]:
        """Return the fingerprints that are those of a paragraph or of a line, and where that stands."""
        whole: dict[str, list[Span]] = {}
        for first, after in pairwise([*self._first_lines, len(self._lines)]):
            lines = self._lines[first:after]
            texts = [*enumerate(lines, first)] + ([(first, " ".join(lines))] if len(lines) > 1 else [])
            for line, text in texts:
                digest = fingerprint(text)
                if digest in known:
                    start = self._loose.starts[line]
                    whole.setdefault(digest, []).append(Span(start, start + len(text), text))
        return whole

    @cached_property
    def _tight(self) -> _Flow:
        east = rf"[{HAN}\u3000-\u303f]"
        broken = re.compile(rf"[^\W_]-\n|(?:^|.){east}\n{east}")
        joints = (f"{one[-2:]}\n{other[0]}" for one, other in pairwise(self._lines))
        return _Flow.of(self._lines, ["" if broken.match(joint) else " " for joint in joints])

    def _in_loose(self, flow: _Flow, start: int, end: int) -> Span:
        def moved(at: int) -> int:
            line = bisect_right(flow.starts, at) - 1
            return self._loose.starts[line] + at - flow.starts[line]

        return Span(moved(start), moved(end - 1) + 1, flow.text[start:end])

    def _by_locator(self, text: str, passage: Locator) -> Iterator[tuple[int, int]]:
        """Yield where in `text` the passage begins and ends."""
        if not passage.first:
            return
        first, last = normalised(passage.first), normalised(passage.last or "")
        ends = [match.end() for match in re.finditer(re.escape(last), text)] if last else []
        for match in re.finditer(re.escape(first), text):
            after = bisect_left(ends, match.end() + len(last))
            for end in ends[after : after + _PLACES] if last else [match.end()]:
                exact = self._exact_end(text, match.start(), end, passage.sha256)
                if exact:
                    yield match.start(), exact
                    break

    def _exact_end(self, text: str, start: int, end: int, wanted: str) -> int | None:
        """Return where the passage ends, which is behind its last words or behind the punctuation that follows."""
        self._effort -= end - start + _HASHING
        if end - start > LONGEST or self._effort < 0:
            return None
        digest = sha256(text[start:end].encode("utf-8", "surrogatepass"))
        for at in range(end, min(end + _PUNCTUATION, len(text) + 1)):
            if digest.hexdigest() == wanted:
                return at
            if at == len(text) or text[at].isalnum():
                break
            digest.update(text[at].encode("utf-8", "surrogatepass"))
        return None


def _touched(span: Span, taken: Iterable[Span], begin: int, end: int) -> bool:
    return any(other != span and other.start < end and begin < other.end for other in taken)


def in_order(places: Mapping[int, Sequence[Span]]) -> dict[int, Span]:
    """Return a place for as many passages as can be so that they follow one another as numbered.

    Args:
        places: where each passage stands, by its number.

    """
    # The longest increasing subsequence, by patience sorting; the places of one passage from the last to the first,
    # so that no two of them follow one another.
    ends: list[int] = []
    piles: list[tuple[int, Span, int | None]] = []  # passage, place, index of what comes before it
    tops: list[int] = []
    for number in sorted(places):
        for span in sorted(places[number], reverse=True):
            pile = bisect_left(ends, span.start)
            piles.append((number, span, tops[pile - 1] if pile else None))
            ends[pile : pile + 1] = [span.start]
            tops[pile : pile + 1] = [len(piles) - 1]
    chosen: dict[int, Span] = {}
    at, below = (tops[-1], ends[-1] + 1) if tops else (None, 0)
    while at is not None:
        number, _, at = piles[at]
        # Of several places the one nearest to the next passage: a headline is also the name of the page.
        chosen[number] = max(span for span in places[number] if span.start < below)
        below = chosen[number].start
    return chosen
