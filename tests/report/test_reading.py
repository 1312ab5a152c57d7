"""A report's text: how it is read, normalised, numbered, located, split into sentences and compared with a copy."""

import hashlib
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import REPORT

from guizhou_cli.errors import FileProblem
from guizhou_cli.report.reading import Compared, Passage, compare, language_of, passages, read_report, sentences
from guizhou_cli.text import normalised


def located(text: str) -> list[tuple[int, str | None, str | None]]:
    """Return number, first words and last words of each passage of a text."""
    return [(passage.number, passage.first_words, passage.last_words) for passage in passages(text)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  two\t words \r\n more\u00a0", "two words more"),
        ("\u2018a\u2019 \u201cb\u201d \u201ec\u201f \u00abd\u00bb \u2039e\u203a", '\'a\' "b" "c" "d" \'e\''),
        ("a\u2013b \u2014 c\u2014d \u2010 \u2011 \u2212 \u2015", "a-b -- c--d - - - --"),
        ("\u2013 a\n\u2013 b \u2013", "-- a -- b --"),
        ("\ufeffso\u00adft\u200b \u200eze\u2060ro\u200d", "soft zero"),
        ("\uff21\uff22 \ufb01 x\u00b2 \u2026 \u2460 e\u0301", "AB fi x2 ... 1 \u00e9"),
        ("\u4e1c\u76df \uff0c", "\u4e1c\u76df ,"),
        ("", ""),
    ],
)
def test_normalised(typed: str, expected: str) -> None:
    """Text is brought to NFKC, plain quotes and dashes, single blanks, and no characters that can't be seen."""
    assert normalised(typed) == expected


@given(st.text())
def test_normalised_once_for_all(text: str) -> None:
    """What is normalised stays as it is."""
    assert normalised(normalised(text)) == normalised(text)


def test_passages_of_a_report() -> None:
    """The headline is passage 0, a date line below it none; each is located by words that only it has."""
    assert located(REPORT) == [
        (0, "Northmark plans", "cleaner harbours"),
        (1, "NORTHAVEN, May", "cleaner harbours"),
        (2, "The province", "on Tuesday"),
        (3, "Its trade", "Lund said"),
        (4, "Measures include", "Harbour Commission"),
        (5, "Visitors came", "came in numbers"),
        (6, "Copyright© | Contact us", None),
    ]


def test_marks_of_a_block_quotation() -> None:
    """The marks before the lines of a block quotation are no part of a passage, and a line of them alone is blank."""
    text = "Head\n\n> > It rained\n> > all day.\n>\n> It froze."
    assert [passage.printed for passage in passages(text)] == ["Head", "It rained all day.", "It froze."]


def test_fingerprint() -> None:
    """A fingerprint is the SHA-256 of a passage's normalised text as UTF-8."""
    (passage,) = passages("\ufeff\u201cCaf\u00e9\u201d  at   noon\r\n")
    assert passage.text == '"Caf\u00e9" at noon'
    assert passage.sha256 == hashlib.sha256(b'"Caf\xc3\xa9" at noon').hexdigest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One\nTwo\nThree", ["One", "Two", "Three"]),
        ("Head line\nof two lines\n\nBody text here.", ["Head line of two lines", "Body text here."]),
        ("Head line\n\n2025-05-06 09:15\n\nBody text.", ["Head line", "Body text."]),
        (
            "Head line\nBy Ann, 6 May 2025\nUpdated May 7, 2025\nBody text.",
            ["Head line", "Body text."],
        ),
        ("Head line\n\nIt began on May 6, 2025.", ["Head line", "It began on May 6, 2025."]),
        ("Briefing of May 6, 2025\n\nBody.", ["Briefing of May 6, 2025", "Body."]),
        ("Head\n\nBody.\n\nUpdated: May 6, 2025", ["Head", "Body.", "Updated: May 6, 2025"]),
        (
            "Head\n\nPORT AMBER, May 6, 2025 -\nHarbour Province will open.",
            ["Head", "PORT AMBER, May 6, 2025 - Harbour Province will open."],
        ),
        ("\u6807\u9898\n2025\u5e745\u67086\u65e5\n\n\u6b63\u6587", ["\u6807\u9898", "\u6b63\u6587"]),
        ("Head line\nof two lines\n\u200b\nBody text.", ["Head line of two lines", "Body text."]),
        ("  \n\n \u200b \n", []),
    ],
)
def test_numbering(text: str, expected: list[str]) -> None:
    """Paragraphs are numbered from the headline, without date lines; without blank lines, each line is one."""
    found = passages(text)
    assert [passage.text for passage in found] == expected
    assert [passage.number for passage in found] == list(range(len(expected)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "High quality growth\n\nFor HIGH-QUALITY jobs.",
            [("High quality growth", None), ("For HIGH-QUALITY jobs", None)],
        ),
        ("One two three four.\n\nOne two five six.", [("One two three four", None), ("One two five six", None)]),
        ("Rain came, then rain came again, then rain came.", [("Rain came, then", "then rain came")]),
        ("贵州省长说。", [("贵州省长说", None)]),
        ("王省长说\uff0c外贸很好\uff0c年均增长9.4%。", [("王省长说", "年均增长9.4")]),
        ("省长说2024年很好。\n\n省长说\uff0c今年也好。", [("省长说2024", "年很好"), ("省长说,今年也好", None)]),
        ("他说" + "很好" * 20 + "。", [(None, None)]),
        (
            "PORT\u00a0AMBER \u2014 ports run on the gov\u00ader\u00adnor\u2019s \u2018shore\u2013side\u2019 plan.",
            [("PORT AMBER", "'shore-side' plan")],
        ),
        ("x\u2014y z. \u00bd \u00a8 four five.", [("x--y z", "four five")]),
        ("same " * 90_000, [(None, None)]),
    ],
)
def test_locators(text: str, expected: list[tuple[str | None, str | None]]) -> None:
    """First and last words are as few as will do, two or more, never more than nine, and none where none would do."""
    assert [pair for _, *pair in located(text)] == [list(pair) for pair in expected]


def plain_words(text: str) -> list[str]:
    """Return the words of a text as an independent reader sees them."""
    return re.sub(r"[\W_]", " ", text.lower()).split()


@given(st.lists(st.lists(st.sampled_from(["a", "b", "B.", "c-a", "(d)"]), min_size=1, max_size=14), max_size=6))
def test_locators_lead_to_the_passage(paragraphs: list[list[str]]) -> None:
    """Where there are first and last words, the first text between them in the report is the passage."""
    text = "\n\n".join(map(" ".join, paragraphs))
    every = plain_words(text)
    begun = 0
    for passage in passages(text):
        mine = plain_words(passage.text)
        if passage.first_words is not None:
            first, last = plain_words(passage.first_words), plain_words(passage.last_words or "")
            starts = [at for at in range(len(every)) if every[at : at + len(first)] == first]
            assert starts == [begun]
            end = begun + len(first)
            while last and every[end : end + len(last)] != last:
                end += 1
            assert every[begun : end + len(last)] == mine
            assert max(len(passage.first_words.split()), len((passage.last_words or "").split())) <= 9
        begun += len(mine)


# Reading -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """A report may be UTF-8, with a byte order mark or without, or UTF-16 with one."""
    marked = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    path = tmp_path / "report.txt"
    path.write_bytes((marked + "Caf\u00e9 \u4e1c\u76df").encode(encoding))
    assert read_report(str(path)).text == "Caf\u00e9 \u4e1c\u76df"


BINARY = b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 40
CONVERT = "is not UTF-8 text; iconv -t utf-8 converts a text file to it"
PAGE = "is a web page; gz draft --html reads one; pandoc -f html -t plain makes text of it"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"x" * 50_000_000, "is over 500 kB; a report is far smaller"),
        (BINARY, CONVERT),
        (b"text\0text", "is not a text file; save the report as plain text"),
        (b"caf\xe9", CONVERT),
        ("caf\u00e9".encode("utf-16-le"), CONVERT),
        (b"\xff\xfex", CONVERT),
        (b"", "holds no text; None"),
        (b"\xef\xbb\xbf \r\n", "holds no text; None"),
        ("\u200b\u00ad\u2060\u3000".encode(), "holds no text; None"),
        (b"\n<!DOCTYPE html><p>Text", PAGE),
        (b"<?xml version='1.0'?><html>", PAGE),
        (b"<!-- saved --><p>Text", PAGE),
        (b"<html lang='en'>", PAGE),
    ],
    ids="huge program nul latin-1 utf-16 cut empty blank invisible page xml comment tag".split(),
)
def test_no_report(tmp_path: Path, content: bytes, expected: str) -> None:
    """What can't be a report is refused in one line and a way out."""
    path = tmp_path / "report"
    path.write_bytes(content)
    with pytest.raises(FileProblem) as caught:
        read_report(str(path))
    assert f"{caught.value.message}; {caught.value.hint}" == f"{path} {expected}"


def test_no_file(tmp_path: Path) -> None:
    """A directory, a named pipe that nobody writes to, a device and a file that does not exist are refused at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for file in (str(pipe), "/dev/zero", str(tmp_path)):
        with pytest.raises(FileProblem, match="is not a file"):
            read_report(file)
    with pytest.raises(FileProblem, match="can't be read: No such file"):
        read_report("gone")


HTML = """<!DOCTYPE html><html lang="en"><head><title>Harbour opens - Amber Courier</title>
<meta property="og:site_name" content="Amber Courier"><meta property="article:published_time" content="2025-05-06">
<link rel="canonical" href="https://courier.example/harbour"></head><body><nav><a href="/">Home</a></nav><article>
<h1>Harbour opens</h1><p>The harbour of Port Amber opened on Tuesday after three years of work on its piers.</p>
<p>"It is a good day for all of us," said Ines Roth, the minister of transport.</p></article>
<footer>All rights reserved</footer></body></html>"""


def test_a_saved_page(tmp_path: Path) -> None:
    """Of a saved page come the article without menus and footers, its title, day, site and address."""
    path = tmp_path / "page.html"
    path.write_text(HTML, "utf-8")
    document = read_report(str(path), html=True)
    assert [passage.text.split()[0] for passage in passages(document.text)] == ["Harbour", "The", '"It']
    assert document[1:] == ("Harbour opens", "Amber Courier", "2025-05-06", "https://courier.example/harbour", "en")


def test_language() -> None:
    """A text that is mostly Chinese characters is Chinese."""
    assert language_of("贵州省长说外贸很好。ASEAN 2024") == "zh"
    assert language_of("The word 东盟 is Chinese for ASEAN, the association.") == "en"


# Sentences -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ships came. Boats left!", ["Ships came.", "Boats left!"]),
        ("On Nov. 5 Mr. Berg and Ms. Roth met. It rained.", ["On Nov. 5 Mr. Berg and Ms. Roth met.", "It rained."]),
        ("The U.S. fleet of 2.5 million tons left.", ["The U.S. fleet of 2.5 million tons left."]),
        ('"It is done. We are glad," he said.', ['"It is done.', 'We are glad," he said.']),
        ('"Is it?" asked Roth. "No."', ['"Is it?" asked Roth.', '"No."']),
        ("1. The first item. 2. The second.", ["1. The first item.", "2. The second."]),
        ("外贸很好。增长9.4%!“真好。”他说。", ["外贸很好。", "增长9.4%!", '"真好。"', "他说。"]),
        ("\u2022 Ports up 3 \u2022 Rail up 2", ["\u2022 Ports up 3", "\u2022 Rail up 2"]),
        ("Thank you for the kind words. I am glad.", ["Thank you for the kind words.", "I am glad."]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    """Sentences end neither behind an abbreviation nor within a number, but they do within a quotation."""
    text = normalised(text)
    found = sentences(text, 3)
    assert [sentence.text for sentence in found] == expected
    assert [text[sentence.start : sentence.end] for sentence in found] == expected
    assert {sentence.paragraph for sentence in found} <= {3}


# Comparing with a copy -----------------------------------------------------------------------------------


KNOWN = [Passage(*passage[:4]) for passage in passages(REPORT)]


def statuses(copy: str) -> str:
    """Return the first letter of each passage's status: verified, changed, missing."""
    return "".join(compared.status[0] for compared in compare(KNOWN, copy))


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        (REPORT, "vvvvvvv"),
        (REPORT.replace("\n", " \r\n"), "vvvvvvv"),
        ("Home | News\n\n" + REPORT.replace('"', "\u201c").replace("-", "\u2010"), "vvvvvvv"),
        (" ".join(REPORT.split()), "vvvvvvv"),
        (REPORT.replace(" ", "\n"), "vvvvvvv"),
        (REPORT.replace("12.5", "12.6"), "vvvcvvv"),
        (REPORT.replace("Visitors came in numbers, and the ships came in numbers.", ""), "vvvvvmv"),
        ("Another text.\n\nOf somebody else.", "mmmmmmm"),
    ],
    ids="same blanks typography one-line folded digit cut other".split(),
)
def test_compare(copy: str, expected: str) -> None:
    """A passage is verified however the copy is folded, changed where words differ, else missing."""
    assert statuses(copy) == expected


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ("numbers, and", "crowds, and", "not word for word"),
        ("and", "\u202eand\u202c", "it has characters that reverse the direction of text"),
    ],
)
def test_compare_details(old: str, new: str, detail: str) -> None:
    """A changed passage, or one that a screen shows in another order, comes with its line and what the copy has."""
    text = "Visitors came in numbers, and the ships came in numbers."
    copy = "Menu\n\n" + REPORT.replace(text, text.replace(old, new))
    assert compare(KNOWN, copy)[5] == Compared(5, "changed", 17, normalised(text.replace(old, new)), detail)
