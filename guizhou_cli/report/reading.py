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
from guizhou_cli.text import HAN, normalised, tokens

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

_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_WORD = re.compile(rf"[{HAN}]|[^\s{HAN}]+")
_BETWEEN_HAN = re.compile(f"[{HAN}]{{2}}")
_ABBREVIATIONS = tuple(
    f" {word}." for word in "Ms Mx Messrs Vol Nos No Hon Rev Rt approx est vs Cllr Supt Insp".split()
)
_MISSED = re.compile(r"(?<=\u3002)|(?<=[a-z][a-z][.!?] )(?=I\b)")  # ends of sentences that the library does not see
_ITEM = 20  # characters of the longest number of an item
_WINDOW = 4000  # characters that are split into sentences at a time: the library's time is not linear


class Passage(NamedTuple):
    """A paragraph of a report: its number, the fingerprint and the locator of its normalised text, and that text.

    `first_words` is None where no words of its beginning are its own, `last_words` where the first are all of it.
    """

    number: int
    sha256: str
    first_words: str | None
    last_words: str | None
    text: str


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


class Known(NamedTuple):
    """What is stored of a passage."""

    number: int
    sha256: str
    first_words: str | None
    last_words: str | None


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
    han = len(re.findall(f"[{HAN}]", sample))
    return "zh" if han * 3 > sum(map(str.isalpha, sample)) else "en"


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
    or punctuation, https://wicg.github.io/scroll-to-text-fragment/. They are kept as the report prints them, and do not
    end between two Chinese characters, where a browser may see no end of a word.
    """
    printed = printed_passages(text)
    texts = [normalised(paragraph) for paragraph in printed]
    own = _own_lengths(
        [tokens(kept[:_LOCATOR_CHARACTERS])[:_LOCATOR_TOKENS] for kept in texts], tokens(normalised(text))
    )
    return [
        Passage(number, fingerprint(kept), *_locator(kept, paragraph, length), kept)
        for number, (kept, paragraph, length) in enumerate(zip(texts, printed, own, strict=True))
    ]


def printed_passages(text: str) -> list[str]:
    """Return the passages of a report, numbered as `passages` does it, with the report's own quotes and dashes."""
    return [paragraph for paragraph in _undated([block.lines for block in _blocks(text)]) if normalised(paragraph)]


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


def _cuts(text: str, *, last: bool) -> tuple[list[int], bool]:
    """Return where the first words of a text may end, or the last begin, and whether those are all its words."""
    part = text[-_LOCATOR_CHARACTERS:] if last else text[:_LOCATOR_CHARACTERS]
    offset = len(text) - len(part) if last else 0
    spans = [match.span() for match in _WORD.finditer(part) if any(map(str.isalnum, match[0]))]
    if len(part) < len(text):  # the word at the edge may be cut
        spans = spans[1:] if last else spans[:-1]
    cuts: list[int] = []
    size = 0.0
    for count, (begin, end) in enumerate(reversed(spans) if last else spans, 1):
        size += 1 / 2 if _BETWEEN_HAN.match(part[begin] * 2) else 1
        if size > _LOCATOR_WORDS:
            return cuts, False
        cut = begin if last else end
        within = _BETWEEN_HAN.fullmatch(part[max(cut - 1, 0) : cut + 1])
        if count >= min(_ENDS, len(spans)) and not within:
            cuts.append(offset + cut)
    return cuts, len(part) == len(text)


def _locator(text: str, printed: str, own: int | None) -> tuple[str | None, str | None]:
    """Return the first and last words that locate a passage, as printed; `own` tokens of its beginning are its own."""
    if own is None:
        return None, None
    heads, short = _cuts(text, last=False)
    head = next((cut for cut in heads if len(tokens(text[:cut])) >= own), None)
    if head is None:
        return None, None
    rest = [match[0] for match in _WORD.finditer(text[head:][:_LOCATOR_CHARACTERS]) if any(map(str.isalnum, match[0]))]
    if len(rest) < _ENDS:
        return (_as_printed(text, printed, last=False, cut=heads[-1]), None) if short else (None, None)
    after = f" {' '.join(tokens(text[head:]))} "
    for tail in _cuts(text, last=True)[0]:
        ending = f" {' '.join(tokens(text[tail:]))} "
        if tail >= head and after.find(ending) == len(after) - len(ending):
            first = _as_printed(text, printed, last=False, cut=head)
            return first, _as_printed(text, printed, last=True, cut=tail)
    return None, None


def _as_printed(text: str, printed: str, *, last: bool, cut: int) -> str:
    """Return the words before a cut of a normalised text, or behind it, as the report prints them."""
    words = _WORD.findall(text[cut:] if last else text[:cut])
    original = printed[-2 * _LOCATOR_CHARACTERS :] if last else printed[: 2 * _LOCATOR_CHARACTERS]
    original = "".join(c for c in original if c.isprintable())
    spans = [match.span() for match in _WORD.finditer(original)]
    same = len(spans) >= len(words)
    kept = original[spans[-len(words)][0] :] if same and last else original[: spans[len(words) - 1][1]] if same else ""
    given = text[cut:] if last else text[:cut]
    kept = kept if normalised(kept) == normalised(given) else given  # a character that is several words
    end = len(kept)
    while end and not kept[end - 1].isalnum():
        end -= 1
    return kept[:end]


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
    if text.endswith(_ABBREVIATIONS):
        return len(text) <= _WINDOW
    return len(text) <= _ITEM and (not any(map(str.isalpha, text)) or (len(text) < len("10.") and text[-1:] == "."))


# A copy held against what is stored -----------------------------------------------------------------------------


class _Part(NamedTuple):
    """A paragraph or a line of a copy: where it is in the normalised copy, and its text."""

    start: int
    end: int
    text: str


class _Copy:
    """A copy of a report: its lines, normalised and joined, and the fingerprints of its paragraphs and lines."""

    def __init__(self, text: str) -> None:
        self.numbers: list[int] = []
        self.lines: list[str] = []
        self.steered: list[bool] = []
        self.paragraphs: list[_Part] = []
        firsts = []
        for block in _blocks(text):
            firsts.append(len(self.lines))
            for at, line in enumerate(block.lines):
                self.numbers.append(block.number + at)
                self.lines.append(normalised(line))
                self.steered.append(_OVERRIDES.search(line) is not None)
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self.text = " ".join(self.lines)
        self.marked: defaultdict[str, list[_Part]] = defaultdict(list)
        for first, after in pairwise([*firsts, len(self.lines)]):
            part = self._part(first, after)
            self.paragraphs.append(part)
            self.marked[fingerprint(part.text)].append(part)
            for at in range(first, after) if after - first > 1 else ():
                line_alone = self._part(at, at + 1)
                self.marked[fingerprint(line_alone.text)].append(line_alone)

    def _part(self, first: int, after: int) -> _Part:
        start, end = self.starts[first], self.starts[after] - 1
        return _Part(start, end, self.text[start:end])

    def line(self, part: _Part) -> int:
        return self.numbers[self._index(part.start)]

    def overridden(self, part: _Part) -> bool:
        return any(self.steered[self._index(part.start) : self._index(max(part.start, part.end - 1)) + 1])

    def _index(self, place: int) -> int:
        return min(bisect_right(self.starts, place), len(self.lines)) - 1


def compare(known: Sequence[Known], copy: str) -> list[Compared]:
    """Hold a copy of a report against what is stored of its passages, by fingerprint and then by locator.

    A passage is verified where a paragraph or a line of the copy has its fingerprint, or the text from its first words
    to its last has it, however the lines are folded. Where only its first or last words are there, it is changed. Text
    with bidirectional overrides looks different from what it says, so it is not verified.
    """
    page = _Copy(copy)
    found: dict[int, _Part] = {}
    used: Counter[str] = Counter()
    for passage in known:
        places = page.marked.get(passage.sha256, [])
        if places:
            found[passage.number] = places[min(used[passage.sha256], len(places) - 1)]
            used[passage.sha256] += 1
    results = []
    budget = _Budget(len(known))
    for passage in known:
        part = found.get(passage.number) or _by_locator(page, passage, budget)
        results.append(_compared(page, passage, part))
    return results


class _Budget:
    """How many more passages may be looked for through all of a copy: a real one has few that are changed."""

    def __init__(self, passages_: int) -> None:
        self.left = max(200, passages_ // 100)


def _by_locator(page: _Copy, passage: Known, budget: _Budget) -> _Part | None:
    """Return the part of a copy from the first words of a passage to its last, or else the paragraph with either."""
    if not passage.first_words or budget.left <= 0:
        return None
    budget.left -= 1
    first, last = normalised(passage.first_words), normalised(passage.last_words or "")
    start = page.text.find(first)
    if start >= 0:
        end = page.text.find(last, start + len(first)) if last else start + len(first)
        if end >= 0:
            end += len(last)
            for after in range(end, min(end + 16, len(page.text) + 1)):  # with the punctuation behind it
                part = _Part(start, after, page.text[start:after])
                if fingerprint(part.text) == passage.sha256:
                    return part
                if after < len(page.text) and page.text[after].isalnum():
                    break
    place = start if start >= 0 else page.text.find(last) if last else -1
    if place < 0:
        return None
    at = bisect_right(page.paragraphs, place, key=lambda part: part.start) - 1
    return page.paragraphs[at]


def _compared(page: _Copy, passage: Known, part: _Part | None) -> Compared:
    if part is None:
        return Compared(passage.number, "missing")
    line = page.line(part)
    if page.overridden(part):
        return Compared(
            passage.number, "changed", line, part.text, "it has characters that reverse the direction of text"
        )
    if fingerprint(part.text) == passage.sha256:
        return Compared(passage.number, "verified", line, part.text)
    return Compared(passage.number, "changed", line, part.text, "not word for word")
