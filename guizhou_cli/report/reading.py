"""Read a report: its text, its passages with fingerprints and locators, their sentences, and a copy held against them.

Pure functions on text; each is linear in its length.
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from guizhou_cli import files
from guizhou_cli.errors import FileProblem
from guizhou_cli.text import HAN, UNSEEN, han, normalised, tokens

BYTES_AT_MOST = 500_000
"""A report has thousands, with its page perhaps tens of thousands."""

_LOCATOR_WORDS = 9
"""Of either end of a locator: it is there to find a passage, not to repeat it. Two Chinese characters are a word."""
_LOCATOR_TOKENS = 18
_LOCATOR_CHARACTERS = 300
_ENDS = 2  # words of either end, at least
_EFFORT = 500_000  # runs of words that are counted in search of locators

_ENCODINGS = (("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"), ("utf-8-sig", b"\xef\xbb\xbf"))
_PAGE = re.compile(r"\ufeff?\s*+<(?:!doctype\b|\?xml\b|!--|[a-z][a-z0-9]*+[\s>])", re.IGNORECASE)

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
DATE = re.compile(
    rf"\b(?P<y>\d{{4}}) ?[-/.\u5e74] ?(?P<m>\d{{1,2}}) ?[-/.\u6708] ?(?P<d>\d{{1,2}})"
    rf"|\b(?P<m_month>{_MONTH}) (?P<d_month>\d{{1,2}}),? (?P<y_month>\d{{4}})\b"
    rf"|\b(?P<d_day>\d{{1,2}}) (?P<m_day>{_MONTH}),? (?P<y_day>\d{{4}})\b",
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

    `first_words` is None where no words of its beginning are its own, `last_words` where the first are all of it. Of a
    passage that is stored without a copy, the text is empty.
    """

    number: int
    sha256: str
    first_words: str | None
    last_words: str | None
    text: str = ""


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
    if not any(map(str.isalnum, text)):
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
    if not text or not any(map(str.isalnum, text)):
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
    texts = [normalised(paragraph) for paragraph in printed_passages(text)]
    own = _own_lengths(
        [tokens(kept[:_LOCATOR_CHARACTERS])[:_LOCATOR_TOKENS] for kept in texts], tokens(normalised(text))
    )
    return [
        Passage(number, fingerprint(kept), *_locator(kept, length), kept)
        for number, (kept, length) in enumerate(zip(texts, own, strict=True))
    ]


def printed_passages(text: str) -> list[str]:
    """Return the passages of a report, numbered as `passages` does it, with the report's own quotes and dashes."""
    found = (paragraph.translate(UNSEEN) for paragraph in _undated([block.lines for block in _blocks(text)]))
    return [paragraph for paragraph in found if normalised(paragraph)]


class _Block(NamedTuple):
    """A paragraph of a file: the number of its first line, from 1, and its lines with single blanks."""

    number: int
    lines: list[str]


def _blocks(text: str) -> list[_Block]:
    found: list[_Block] = []
    blank = True
    for number, line in enumerate(text.splitlines(), 1):
        words = " ".join(line.split())
        if words and blank:
            found.append(_Block(number, [words]))
        elif words:
            found[-1].lines.append(words)
        blank = not words
    if len(found) == 1:
        return [_Block(found[0].number + at, [line]) for at, line in enumerate(found[0].lines)]
    return found


def is_date_line(line: str) -> bool:
    """Return whether a line has a full date and little else, and is no sentence."""
    line = normalised(line) if len(line) <= _DATE_LINE_CHARACTERS else ""
    rest, dates = DATE.subn("", line)
    return dates > 0 and len(rest.split()) < _DATE_LINE_WORDS and not line.endswith((".", "!", "?", "\u3002"))


def _undated(blocks: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the paragraphs without the date lines right below the headline."""
    if not blocks:
        return
    first = blocks[0]
    dated = next((at for at, line in enumerate(first) if at and is_date_line(line)), len(first))
    yield " ".join(first[:dated])
    above = True
    for block in [first[dated:], *blocks[1:]]:
        if above and is_date_line(" ".join(block[:_DATE_LINE_WORDS])) and len(block) < _DATE_LINE_WORDS:
            continue
        begin = 0
        while above and begin < len(block) and is_date_line(block[begin]) and not _begins_report(block[begin:]):
            begin += 1
        if begin < len(block):
            above = False
            yield " ".join(block[begin:])


def _begins_report(lines: Sequence[str]) -> bool:
    """Return whether a date line is the dateline of a folded sentence: "PORT AMBER, May 6, 2025 -- The harbour"."""
    return len(lines) > 1 and re.search(r" --?(?: |$)", normalised(lines[0])) is not None


def _own_lengths(starts: Sequence[Sequence[str]], text: Sequence[str]) -> list[int | None]:
    """Return for each start the fewest of its tokens that occur only once in the text, or None."""
    found: list[int | None] = [None] * len(starts)
    undecided = [at for at, start in enumerate(starts) if start]
    firsts = {starts[at][0] for at in undecided}
    places = [place for place, token in enumerate(text) if token in firsts]
    length, effort = 0, len(places)
    while undecided and effort <= _EFFORT:  # a text of one word, again and again, has no locators
        length += 1
        wanted = {tuple(starts[at][:length]) for at in undecided}
        runs = [(place, tuple(text[place : place + length])) for place in places]
        seen = Counter(run for _, run in runs if run in wanted)
        for at in undecided:
            if seen[tuple(starts[at][:length])] == 1:
                found[at] = length
        places = [place for place, run in runs if seen[run] > 1]
        undecided = [at for at in undecided if found[at] is None and len(starts[at]) > length]
        effort += len(places)
    return found


def _cuts(text: str, *, last: bool) -> Iterator[int]:
    """Yield where the first words of a text may end, or the last begin."""
    part = text[-_LOCATOR_CHARACTERS:] if last else text[:_LOCATOR_CHARACTERS]
    spans = [match.span() for match in _WORD.finditer(part) if any(map(str.isalnum, match[0]))]
    if len(part) < len(text):  # the word at the edge may be cut
        spans = spans[1:] if last else spans[:-1]
    size = 0.0
    for count, (begin, end) in enumerate(reversed(spans) if last else spans, 1):
        size += 1 / 2 if _BETWEEN_HAN.match(part[begin] * 2) else 1
        if size > _LOCATOR_WORDS:
            return
        cut = begin if last else end
        if count >= min(_ENDS, len(spans)) and not _BETWEEN_HAN.fullmatch(part[max(cut - 1, 0) : cut + 1]):
            yield cut + (len(text) - len(part)) * last


def _locator(text: str, own: int | None) -> tuple[str | None, str | None]:
    """Return the first and last words that locate a passage of which `own` tokens at the beginning are its own."""
    heads = list(_cuts(text, last=False))
    head = next((cut for cut in heads if own is not None and len(tokens(text[:cut])) >= own), None)
    if head is None:
        return None, None
    rest = [word for word in _WORD.findall(text[head:][:_LOCATOR_CHARACTERS]) if any(map(str.isalnum, word))]
    if len(rest) < _ENDS:
        complete = not any(map(str.isalnum, text[heads[-1] :]))
        return (_bare(text[: heads[-1]]), None) if complete else (None, None)
    after = f" {' '.join(tokens(text[head:]))} "
    for tail in _cuts(text, last=True):
        ending = f" {' '.join(tokens(text[tail:]))} "
        if tail >= head and after.find(ending) == len(after) - len(ending):
            return _bare(text[:head]), _bare(text[tail:])
    return None, None


def _bare(words: str) -> str:
    """Return words without the punctuation behind them."""
    return words.rstrip("".join({character for character in words if not character.isalnum()}))


# Sentences --------------------------------------------------------------------------------------------------


def sentences(text: str, paragraph: int, language: str = "en") -> list[Sentence]:
    """Return the sentences of a passage's text; `language` is an ISO 639 code."""
    import sentencex

    if len(text) <= _WINDOW and not any(mark in text[:-1] for mark in ".!?\u3002"):
        return [Sentence(text, paragraph, 0, len(text))] if text.strip() else []
    found: list[Sentence] = []
    unquoted = text.replace('"', " ")  # the library does not look for sentences within quotations
    at = marks = 0
    while at < len(text):
        parts: list[str] = list(sentencex.segment(language, unquoted[at : at + _WINDOW]))
        if at + _WINDOW < len(text) and len(parts) > 1:
            parts.pop()  # it may go on
        for part in chain.from_iterable(map(_MISSED.split, parts)):
            begin, end = at + len(part) - len(part.lstrip()), at + len(part.rstrip())
            at += len(part)
            if begin >= end:
                continue
            if found and (_goes_on(found[-1].text) or (text[begin].islower() and found[-1].text.endswith('"'))):
                begin = found.pop().start
                marks -= text.count('"', begin, at - len(part))
            elif text[begin - 1 : begin] == '"' and not (found and found[-1].end == begin):
                begin -= 1
            marks += text.count('"', begin, end)
            closes = text[end : end + 1] == '"' and (marks % 2 == 1 or not text[end + 1 : end + 2].isalnum())
            marks, end = marks + closes, end + closes
            found.append(Sentence(text[begin:end], paragraph, begin, end))
    return found


def _goes_on(text: str) -> bool:
    """Return whether what was taken for a sentence ends with an abbreviation or is the number of an item."""
    if text[-10:].rpartition(" ")[2] in _ABBREVIATIONS:
        return len(text) <= _WINDOW
    return len(text) <= _ITEM and (not any(map(str.isalpha, text)) or (len(text) < len("10.") and text[-1:] == "."))


# A copy held against what is stored -----------------------------------------------------------------------------


class _Copy:
    """A copy of a report: its lines, where they are in its text, and where its paragraphs and lines are by fingerprint.

    Places are of the first line and of the one behind the last.
    """

    def __init__(self, text: str) -> None:
        blocks = _blocks(text)
        self.numbers = [block.number + at for block in blocks for at in range(len(block.lines))]
        self.raw = [line for block in blocks for line in block.lines]
        lines = [normalised(line) for line in self.raw]
        self.starts = [0, *accumulate(len(line) + 1 for line in lines)]
        self.text = " ".join(lines)
        self.firsts = [0, *accumulate(len(block.lines) for block in blocks)]
        self.marked: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for place in {*pairwise(self.firsts), *((at, at + 1) for at in range(len(lines)))}:
            self.marked[fingerprint(self.between(*place))].append(place)
        for places in self.marked.values():
            places.sort(reverse=True)

    def between(self, first: int, after: int) -> str:
        """Return the normalised text of some lines."""
        return self.text[self.starts[first] : self.starts[after] - 1]

    def line(self, place: int) -> int:
        """Return the index of the line that has a character of the text."""
        return min(bisect_right(self.starts, place), len(self.raw)) - 1

    def compared(self, number: int, status: str, first: int, after: int, text: str) -> Compared:
        """Return what is found of a passage in some lines."""
        detail = None if status == "verified" else "not word for word"
        if any(map(reverses, self.raw[first:after])):
            status, detail = "changed", "it has characters that reverse the direction of text"
        return Compared(number, status, self.numbers[first], text, detail)


def compare(known: Sequence[Passage], copy: str) -> list[Compared]:
    """Hold a copy of a report against what is stored of its passages, by fingerprint and then by locator.

    A passage is verified where a paragraph or a line of the copy has its fingerprint, or the text from its first words
    to its last has it, however the lines are folded. Where only its first or last words are there, it is changed. Text
    with bidirectional overrides looks different from what it says, so it is not verified.
    """
    page = _Copy(copy)
    left = max(_SEARCHES, len(known) // 100)
    results = []
    for passage in known:
        places = page.marked.get(passage.sha256)
        if places:
            place = places.pop() if len(places) > 1 else places[0]
            results.append(page.compared(passage.number, "verified", *place, page.between(*place)))
        elif passage.first_words and left > 0:
            left -= 1
            results.append(_by_locator(page, passage, passage.first_words))
        else:
            results.append(Compared(passage.number, "missing"))
    return results


def _by_locator(page: _Copy, passage: Passage, first_words: str) -> Compared:
    """Return what a copy has from the first words of a passage to its last, or else the paragraph with either."""
    first, last = normalised(first_words), normalised(passage.last_words or "")
    start = page.text.find(first)
    end = page.text.find(last, start + len(first)) if start >= 0 else -1
    for after in range(end + len(last), end + len(last) + _PUNCTUATION) if end >= 0 else ():
        text = page.text[start:after]
        if fingerprint(text) == passage.sha256:
            return page.compared(passage.number, "verified", page.line(start), page.line(after - 1) + 1, text)
    place = start if start >= 0 or not last else page.text.find(last)
    if place < 0:
        return Compared(passage.number, "missing")
    at = bisect_right(page.firsts, page.line(place)) - 1
    lines = page.firsts[at], page.firsts[at + 1]
    return page.compared(passage.number, "changed", *lines, page.between(*lines))
