"""Read a report: its text, its passages with fingerprints and locators, their sentences, and a copy held against them.

Reading a file apart, pure functions on text. The time grows with its length, and with the sorting of its words.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate, chain, dropwhile, groupby, pairwise, takewhile
from operator import eq
from typing import NamedTuple

from guizhou_cli import files
from guizhou_cli.errors import FileProblem
from guizhou_cli.text import HAN, UNSEEN, han, normalised, tokens

BYTES_AT_MOST = 500_000
"""Of a report, which has thousands; a saved page may have ten times as many."""

_LOCATOR_WORDS = 9
"""Of either end of a locator: it is there to find a passage, not to repeat it. Two Chinese characters are a word."""
_LOCATOR_TOKENS = 18
_LOCATOR_CHARACTERS = 300
_ENDS = 2  # words of either end, at least

_ENCODINGS = (("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"), ("utf-8-sig", b"\xef\xbb\xbf"))
_PAGE = re.compile(r"\ufeff?\s*+<(?:!doctype\b|\?xml\b|!--|[a-z][a-z0-9]*+[\s>])", re.IGNORECASE)

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
DATE = re.compile(
    r"\b\d{4} ?[-/.\u5e74] ?\d{1,2} ?[-/.\u6708] ?\d{1,2}"
    rf"|\b(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH}),? \d{{4}}\b",
    re.IGNORECASE,
)
"""A full date in digits, in English or in Chinese."""
_DATE_LINE_CHARACTERS = 200
_DATE_LINE_WORDS = 6  # fewer of them beside the date

_SEARCHES = 200  # passages that are looked for through all of a copy: a real one has few that are changed
_PUNCTUATION = 16  # characters behind the last words of a passage

_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WORD = re.compile(rf"[{HAN}]|[^\s{HAN}]+")
_BETWEEN_HAN = re.compile(f"[{HAN}]{{2}}")
_ABBREVIATIONS = frozenset(
    "Ms. Mx. Smt. Messrs. H.E. Vol. Nos. No. Hon. Rev. Rt. approx. est. vs. Cllr. Supt. Insp.".split()
)
_MISSED = re.compile(r"(?<=\u3002)|(?<=[a-z][a-z][.!?] )(?=I\b)")  # ends of sentences that the library does not see
_ITEM = 20  # characters of the longest number of an item
_WINDOW = 4000  # characters that are split into sentences at a time: the library's time is not linear


class Passage(NamedTuple):
    """A paragraph of a report: its number, the fingerprint and the locator of its normalised text, and that text.

    `first_words` is None where no words of its beginning are its own, `last_words` where the first are all of it.
    `printed` is the text with the report's own quotes and dashes. Of a passage that is stored without a copy, both
    texts are empty.
    """

    number: int
    sha256: str
    first_words: str | None
    last_words: str | None
    text: str = ""
    printed: str = ""


class Sentence(NamedTuple):
    """A sentence of a passage, and its span in the passage's text."""

    text: str
    paragraph: int
    start: int
    end: int


class Document(NamedTuple):
    """A report as it was read; None for what it does not say."""

    text: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    language: str = "en"


class Compared(NamedTuple):
    """A stored passage held against a copy.

    `status` is `verified`, `changed` or `missing`; `line` is the line of the copy it begins on, from 1, `text` what the
    copy has there (normalised), and `detail` says in words what is changed. All three are None where it is missing.
    """

    number: int
    status: str
    line: int | None = None
    text: str | None = None
    detail: str | None = None


def read_report(file: str, *, html: bool = False) -> Document:
    """Return a report read from a file, or from stdin for `-`: UTF-8 text, or UTF-16 with a byte order mark.

    Args:
        file: a path, or `-`.
        html: whether it is a saved page, of which the extra `html` takes the article.

    Raises:
        FileProblem: if it can't be read, is over `BYTES_AT_MOST` (a page: ten times as much), or is not such text.

    """
    name = files.called(file)
    most = BYTES_AT_MOST * (10 if html else 1)
    data = files.contents(file, most, "a report is far smaller")
    encoding = next((encoding for encoding, mark in _ENCODINGS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileProblem(f"{name} is not UTF-8 text", "iconv -t utf-8 converts a text file to it") from None
    if "\0" in text:
        raise FileProblem(f"{name} is not a text file", "save the report as plain text")
    if not _has_words(text):
        raise FileProblem(f"{name} holds no text")
    if html:
        return _of_page(text, name)
    if _PAGE.match(text):
        raise FileProblem(
            f"{name} is a web page", "gz draft --html reads one; pandoc -f html -t plain makes text of it"
        )
    return Document(text, language=language_of(text))


def _of_page(page: str, name: str) -> Document:
    try:
        import trafilatura
    except ImportError:
        raise FileProblem("a web page is read with the extra html", "pip install 'guizhou-cli[html]'") from None
    text = trafilatura.extract(page, output_format="txt", include_comments=False, include_tables=True)
    if not text or not _has_words(text):
        raise FileProblem(f"{name} holds no article", "save the report as plain text")
    about = trafilatura.extract_metadata(page)
    title = (about and about.title) or None
    paragraphs = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if title and normalised(paragraphs[0]) != normalised(title):
        paragraphs.insert(0, title)
    body = "\n\n".join(paragraphs) + "\n"
    if not about:
        return Document(body, title, language=language_of(body))
    return Document(body, title, about.sitename or about.hostname, about.date, about.url, language_of(body))


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def language_of(text: str) -> str:
    """Return "zh" for a text that is mostly Chinese, else "en"."""
    sample = text[:20_000]
    return "zh" if han(sample) * 3 > sum(map(str.isalpha, sample)) else "en"


def reverses(text: str) -> bool:
    """Return whether a text has characters that reverse its direction: it may read otherwise than it says."""
    return _OVERRIDES.search(text) is not None


def fingerprint(text: str) -> str:
    """Return the SHA-256, in hexadecimal, of normalised text as UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# Passages ---------------------------------------------------------------------------------------------------


def passages(text: str) -> list[Passage]:
    """Return the passages of a report, numbered: 0 is the headline, 1 the first paragraph below it.

    Paragraphs are separated by blank lines; where a text has no blank line, each line is one. The headline is the
    first, so menus above it must be cut off; what follows the body only adds passages. A date line below the headline
    ("Updated: June 15, 2024"), in the same paragraph or one of its own, is no passage.

    A passage is located by the fewest words at its beginning, two or more, that occur only there in the text, and by
    the fewest at its end, two or more, that do not occur in it before. Words are compared as browsers do: without case
    or punctuation, https://wicg.github.io/scroll-to-text-fragment/. They do not end between two Chinese characters,
    where a browser may see no end of a word.
    """
    words = tokens(normalised(text))
    runs = sorted(words[at : at + _LOCATOR_TOKENS] for at in range(len(words)))
    found: list[Passage] = []
    for paragraph in _paragraphs(text):
        kept = normalised(paragraph)
        locator = _locator(kept, _own_tokens(kept, runs))
        found.append(Passage(len(found), fingerprint(kept), *locator, kept, paragraph.translate(UNSEEN)))
    return found


def _blocks(text: str) -> list[list[tuple[int, str]]]:
    """Return the paragraphs of a file: the number of each line, from 1, and the line with single blanks.

    A line of characters that nobody sees is blank; the marks of a block quotation before a line are no part of it.
    """
    quoted = (line.lstrip("> ") if line.startswith(">") else line for line in text.splitlines())
    lines = [(number, " ".join(line.split())) for number, line in enumerate(quoted, 1)]
    blocks = [[*group] for filled, group in groupby(lines, lambda line: normalised(line[1]) != "") if filled]
    return [[line] for line in blocks[0]] if len(blocks) == 1 else blocks


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a report without the date lines right below the headline."""
    above = True
    for at, numbered in enumerate(_blocks(text)):
        block = [line for _, line in numbered]
        if at == 0:
            dated = next((at for at, line in enumerate(block) if at and is_date_line(line)), len(block))
            yield " ".join(block[:dated])
            block = block[dated:]
        if above:
            block = [*dropwhile(is_date_line, block)]
        if block:
            above = False
            yield " ".join(block)


def is_date_line(line: str) -> bool:
    """Return whether a line has a full date and little else, and is no sentence and no beginning of one.

    "PORT AMBER, May 6, 2025 --" begins one.
    """
    line = normalised(line) if len(line) <= _DATE_LINE_CHARACTERS else ""
    rest, dates = DATE.subn("", line)
    return dates > 0 and len(rest.split()) < _DATE_LINE_WORDS and not line.endswith((".", "!", "?", "\u3002", "-"))


def _own_tokens(text: str, runs: Sequence[list[str]]) -> int:
    """Return how many tokens at the beginning of a text occur only there, given the sorted runs of all tokens.

    It is one more than it shares with its neighbours in their order.
    """
    start = tokens(text[: 2 * _LOCATOR_CHARACTERS])[:_LOCATOR_TOKENS]
    at = bisect_left(runs, start)
    neighbours = [*runs[max(at - 1, 0) : at], *runs[at + 1 : at + 2]]
    shared = [sum(1 for _ in takewhile(bool, map(eq, start, run))) for run in neighbours]
    return 1 + max(shared, default=0)


def _locator(text: str, own: int) -> tuple[str | None, str | None]:
    """Return the first and last words that locate a passage of which `own` tokens at the beginning are its own."""
    words = [match.span() for match in _WORD.finditer(text) if _has_words(match[0])]
    least = min(_ENDS, len(words))
    heads = [text[:end] for _, end in words[:_LOCATOR_TOKENS][least - 1 :] if _may_end(text, end)]
    heads = [head for head in heads if _is_short(head)]
    head = next((head for head in heads if len(tokens(head)) >= own), None)
    if head is None:
        return None, None
    if sum(begin >= len(head) for begin, _ in words) < _ENDS:
        return (_bare(heads[-1]), None) if len(heads[-1]) == words[-1][1] else (None, None)
    rest = f" {' '.join(tokens(text[len(head) :]))} "
    for begin, _ in reversed(words[-_LOCATOR_TOKENS : 1 - _ENDS]):
        if begin >= len(head) and _may_end(text, begin) and _is_short(text[begin:]):
            tail = f" {' '.join(tokens(text[begin:]))} "
            if rest.find(tail) == len(rest) - len(tail):
                return _bare(text[: len(head)]), _bare(text[begin:])
    return None, None


def _may_end(text: str, at: int) -> bool:
    """Return whether a locator may end or begin at a place of a text."""
    return not _BETWEEN_HAN.fullmatch(text[max(at - 1, 0) : at + 1])


def _is_short(words: str) -> bool:
    """Return whether words are few enough for an end of a locator."""
    if len(words) > _LOCATOR_CHARACTERS:
        return False
    count = sum(map(_has_words, _WORD.findall(words)))
    return count - han(words) / 2 <= _LOCATOR_WORDS


def _bare(words: str) -> str:
    """Return words without the punctuation behind them."""
    return words.rstrip("".join({character for character in words if not character.isalnum()}))


# Sentences --------------------------------------------------------------------------------------------------


def sentences(text: str, paragraph: int, language: str = "en") -> list[Sentence]:
    """Return the sentences of a passage's text; `language` is an ISO 639 code."""
    found: list[Sentence] = []
    end = marks = 0
    for stop in _stops(text, language):
        begin = found.pop().start if found and _goes_on(found[-1], text) else end
        marks += text.count('"', end, stop)
        closes = text[stop : stop + 1] == '"' and (marks % 2 == 1 or not text[stop + 1 : stop + 2].isalnum())
        marks, end = marks + closes, stop + closes
        words = text[begin:end].lstrip()
        found.append(Sentence(words, paragraph, end - len(words), end))
    return found


def _stops(text: str, language: str) -> Iterator[int]:
    """Yield where the library sees the end of a sentence, but for the quotation mark behind it."""
    import sentencex

    unquoted = text.replace('"', " ")  # the library does not look for sentences within quotations
    at = 0
    while at < len(text):
        parts: list[str] = list(sentencex.segment(language, unquoted[at : at + _WINDOW]))
        if at + _WINDOW < len(text) and len(parts) > 1:
            parts.pop()  # it may go on
        for part in chain.from_iterable(map(_MISSED.split, parts)):
            if part.strip():
                yield at + len(part.rstrip())
            at += len(part)


def _goes_on(sentence: Sentence, text: str) -> bool:
    """Return whether what was taken for a sentence is the number of an item, or goes on: "Is it?" she asked."""
    words = sentence.text[-_ITEM:]
    if len(sentence.text) > _WINDOW:
        return False
    if words.rpartition(" ")[2] in _ABBREVIATIONS:
        return True
    if words == sentence.text and not any(map(str.isalpha, words)):
        return True
    return words.endswith('"') and text[sentence.end : sentence.end + 2].strip().islower()


# A copy held against what is stored -----------------------------------------------------------------------------

Span = tuple[int, int]
"""Where a part of a text begins and ends."""


class _Copy:
    """A copy of a report: its text in one line, and where its lines, paragraphs and passages are in it."""

    def __init__(self, copy: str) -> None:
        blocks = _blocks(copy)
        self.lines = [line for block in blocks for line in block]
        plain = [normalised(line) for _, line in self.lines]
        self.text = " ".join(plain)
        self.starts = [0, *accumulate(len(line) + 1 for line in plain)]
        firsts = [0, *accumulate(map(len, blocks))]
        self.paragraphs = [(self.starts[at], self.starts[after] - 1) for at, after in pairwise(firsts)]
        spans = {*self.paragraphs, *((start, after - 1) for start, after in pairwise(self.starts))}
        self.fingerprints: defaultdict[str, list[Span]] = defaultdict(list)
        for span in sorted(spans, reverse=True):
            self.fingerprints[fingerprint(self.text[slice(*span)])].append(span)

    def line(self, place: int) -> int:
        """Return the index of the line that has a character of the text."""
        return bisect_right(self.starts, place, hi=len(self.lines)) - 1

    def located(self, passage: Passage) -> Span | None:
        """Return what the copy has from the first words of a passage to its last, or else the paragraph with either."""
        first, last = normalised(passage.first_words or ""), normalised(passage.last_words or "")
        start = self.text.find(first) if first else -1
        end = self.text.find(last, start + len(first)) if start >= 0 else -1
        for after in range(end + len(last), end + len(last) + _PUNCTUATION) if end >= 0 else ():
            if fingerprint(self.text[start:after]) == passage.sha256:
                return start, after
        place = start if start >= 0 or not last else self.text.find(last)
        within = bisect_right(self.paragraphs, (place, len(self.text))) - 1
        return self.paragraphs[within] if place >= 0 else None


def compare(known: Sequence[Passage], copy: str) -> list[Compared]:
    """Hold a copy of a report against what is stored of its passages, by fingerprint and then by locator.

    A passage is verified where a paragraph or a line of the copy has its fingerprint, or the text from its first words
    to its last has it, however the lines are folded. Where only its first or last words are there, it is changed. Text
    with bidirectional overrides looks different from what it says, so it is not verified.
    """
    page = _Copy(copy)
    others = [passage.number for passage in known if passage.sha256 not in page.fingerprints]
    searched = {*others[:_SEARCHES]}
    results = []
    for passage in known:
        span = detail = None
        if alike := page.fingerprints.get(passage.sha256):
            span = alike.pop() if len(alike) > 1 else alike[0]
        elif passage.number in searched:
            span = page.located(passage)
            if span and fingerprint(page.text[slice(*span)]) != passage.sha256:
                detail = "not word for word"
        if span is None:
            results.append(Compared(passage.number, "missing"))
            continue
        first, last = page.line(span[0]), page.line(span[1] - 1)
        if any(reverses(line) for _, line in page.lines[first : last + 1]):
            detail = "it has characters that reverse the direction of text"
        status = "changed" if detail else "verified"
        number, _ = page.lines[first]
        results.append(Compared(passage.number, status, number, page.text[slice(*span)], detail))
    return results
