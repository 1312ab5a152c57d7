"""A report's text: read from a file, brought to the form its fingerprints are taken of, and split into passages.

Text alone is its matter: what the database says of a report is held against it by verification.py.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from guizhou_cli import files
from guizhou_cli.errors import FileProblem
from guizhou_cli.spelling import HAN

BYTES_AT_MOST = 500_000
"""A report has thousands, with its page perhaps tens of thousands."""

WORDS_AT_MOST = 9
"""Of either end of a locator: it is there to find a passage, not to repeat it. Two Chinese characters are a word."""

_MARKS = (("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"), ("utf-8-sig", b"\xef\xbb\xbf"))
_DROPPED = dict.fromkeys([0xAD, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
_PLAIN = (
    dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u2035\u02bb\u02bc\u2039\u203a"), "'")
    | dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb"), '"')
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
    | dict.fromkeys(map(ord, "\u2014\u2015"), "--")
)


class Passage(NamedTuple):
    """A paragraph of a report: its number, the fingerprint and the locator of its normalised text, and that text.

    `first_words` is None where no words of its beginning are its own, `last_words` where the first are all of it.
    """

    number: int
    sha256: str
    first_words: str | None
    last_words: str | None
    text: str


def read_article(file: str) -> str:
    """Return the text of a file, or of stdin for `-`: UTF-8, or UTF-16 with a byte order mark.

    Raises:
        FileProblem: if it can't be read, is larger than `BYTES_AT_MOST`, or is not such text.

    """
    name, data = files.called(file), files.contents(file, BYTES_AT_MOST, "a report is far smaller")
    encoding = next((encoding for encoding, mark in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileProblem(f"{name} is not UTF-8 text", "iconv -t utf-8 converts a text file to it") from None
    if "\0" in text:
        raise FileProblem(f"{name} is not a text file", "save the report as plain text")
    if not text.strip("\ufeff \t\r\n"):
        raise FileProblem(f"{name} holds no text")
    if re.match(r"(?i)\ufeff?\s*<(?:!doctype\b|\?xml\b|!--|[a-z][a-z0-9]*[\s>])", text):
        raise FileProblem(f"{name} is a web page", "pandoc -f html -t plain makes text of one")
    return text


def normalised(text: str) -> str:
    """Return `text` as fingerprints are taken of it.

    Unicode NFKC; typographic quotes as plain ones, an em dash as two hyphens, an en dash as one, or as two where it
    stands between blanks; soft hyphens, byte order marks and characters of no width left out; runs of white space as
    one blank; ends stripped.
    """
    return " ".join(_plain(text).split())


def fingerprint(text: str) -> str:
    """Return the SHA-256, in hexadecimal, of normalised text as UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the paragraphs of a text, parted by blank lines: the number of the first line, and the lines normalised."""
    return _blocks(_plain(text))


def passages(text: str) -> list[Passage]:
    """Return the passages of a report, numbered: 0 is the headline, 1 the first paragraph below it.

    Paragraphs are parted by blank lines. The headline is the first, whatever it is, so menus above it must be cut
    off; what follows the body only adds passages that no claim will name. A date line below the headline, in the
    same paragraph or one of its own ("Updated: June 15, 2024"), is no passage.

    Each is located by the fewest words at its beginning, two or more, that stand only there in the text, and by the
    fewest at its end, two or more, that do not stand in it before; punctuation behind them is left out. Words are
    compared as browsers do that: whole, without regard to case, https://wicg.github.io/scroll-to-text-fragment/. They
    are as the report prints them, for a browser does not take one dash for another, and never end or begin between
    two Chinese characters, where a browser may see no end of a word.
    """
    printed = list(_undated([lines for _, lines in _blocks(text.translate(_DROPPED))]))
    texts = [_Words.of(normalised(paragraph)) for paragraph in printed]
    firsts = _firsts(texts, tokens(normalised(text)))
    return [
        Passage(number, fingerprint(words.text), *_locator(words, count, _Words.of(paragraph)), words.text)
        for number, (words, count, paragraph) in enumerate(zip(texts, firsts, printed, strict=True))
    ]


def tokens(text: str) -> list[str]:
    """Return the words of a text as a browser compares them: whole, without case or punctuation."""
    return re.findall(rf"[{HAN}]|[^\W_{HAN}]+", text.casefold())


MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
"""A month in an English date, as a pattern."""
DATE = (
    rf"(?i:\b\d{{4}} ?[-/.\u5e74] ?\d{{1,2}} ?[-/.\u6708] ?\d{{1,2}}|{MONTH} \d{{1,2}},? \d{{4}}"
    rf"|\d{{1,2}} {MONTH},? \d{{4}})"
)
"""A whole date, as a pattern."""


def is_date_line(line: str) -> bool:
    """Tell whether a line has a whole date and little else, and is no sentence."""
    rest, dates = re.subn(DATE, "", line)
    return dates > 0 and len(rest.split()) < 6 and not line.endswith((".", "!", "?", "\u3002"))  # noqa: PLR2004


def _plain(text: str) -> str:
    if text.isascii():
        return text
    # A dash between blanks is what word processors make of two hyphens.
    text = re.sub(r"(?<!\S)[\u2012\u2013](?!\S)", "\u2014", text.translate(_DROPPED))
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    number = 0
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words:
            block.append(" ".join(words))
        elif block:
            yield number - len(block), block
            block = []
    if block:
        yield number + 1 - len(block), block


class _Words(NamedTuple):
    """A text, and where each of its words ends; a Chinese character is a word."""

    text: str
    spans: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> "_Words":
        found = re.finditer(rf"[{HAN}]|[^\s{HAN}]+", text)
        return cls(text, [match.span() for match in found if any(map(str.isalnum, match.group()))])

    def counts(self, *, of_last: bool = False) -> Iterator[int]:
        """Yield how many of the first words, or of the last, may be a locator: two or more, or all there are."""
        size = 0.0
        for count, (begin, end) in enumerate(reversed(self.spans) if of_last else self.spans, 1):
            size += 1 / 2 if re.match(f"[{HAN}]", self.text[begin]) else 1
            if size > WORDS_AT_MOST:
                return
            cut = begin if of_last else end
            within = re.fullmatch(f"[{HAN}]{{2}}", self.text[max(cut - 1, 0) : cut + 1])
            if count >= min(2, len(self.spans)) and not within:
                yield count

    def first(self, count: int) -> str:
        return _trimmed(self.text[: self.spans[count - 1][1]])

    def last(self, count: int) -> str:
        return _trimmed(self.text[self.spans[-count][0] :])


def _trimmed(text: str) -> str:
    return re.sub(r"[\W_]+$", "", text)


def _undated(blocks: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the paragraphs without the date lines that stand right below the headline."""
    if not blocks:
        return
    first = blocks[0]
    dated = next((at for at, line in enumerate(first) if at and is_date_line(normalised(line))), len(first))
    yield " ".join(first[:dated])
    rest = [list(first[dated:]), *blocks[1:]]
    above = True
    for block in rest:
        lines = list(block)
        while above and lines and is_date_line(normalised(lines[0])) and not _begins_report(lines):
            del lines[0]
        if lines:
            above = False
            yield " ".join(lines)


def _begins_report(lines: Sequence[str]) -> bool:
    """Tell whether a date line is that of the first sentence, folded: "PORT AMBER, May 6, 2025 -- The harbour"."""
    return len(lines) > 1 and re.search(r" --?(?: |$)", normalised(lines[0])) is not None


def _firsts(texts: Sequence[_Words], whole: Sequence[str]) -> list[int | None]:
    """Return for each text the fewest words at its beginning that stand only there in the whole; None if none do."""
    found: list[int | None] = [None] * len(texts)
    to_try = {at: counts for at, words in enumerate(texts) if (counts := list(words.counts()))}
    while to_try:
        begins = {at: tuple(tokens(texts[at].first(counts[0]))) for at, counts in to_try.items()}
        seen: Counter[tuple[str, ...]] = Counter()
        for length in {len(begin) for begin in begins.values()}:
            wanted = {begin for begin in begins.values() if len(begin) == length}
            seen.update(run for run in zip(*(whole[at:] for at in range(length)), strict=False) if run in wanted)
        for at, begin in begins.items():
            if seen[begin] == 1:
                found[at] = to_try[at][0]
        to_try = {at: counts[1:] for at, counts in to_try.items() if found[at] is None and counts[1:]}
    return found


def _locator(words: _Words, count: int | None, printed: _Words) -> tuple[str | None, str | None]:
    if count is None:
        return None, None
    if len(printed.spans) != len(words.spans):  # a character that stands for several words
        printed = words
    rest = len(words.spans) - count
    if rest < 2:  # noqa: PLR2004 - words at either end
        return (printed.first(count + rest), None) if count + rest in words.counts() else (None, None)
    after = tokens(words.text[words.spans[count - 1][1] :])
    for ending in words.counts(of_last=True):
        last = tokens(words.last(ending))
        if ending <= rest and not any(after[at : at + len(last)] == last for at in range(len(after) - len(last))):
            return printed.first(count), printed.last(ending)
    return None, None
