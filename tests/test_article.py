"""A report's text: how it is read, normalised, numbered and located."""

import hashlib
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import ARTICLE, Gz, Ran
from hypothesis import given
from hypothesis import strategies as st
from report import REPORT

from guizhou_cli import article
from guizhou_cli.article import normalised, passages


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
    """The headline is passage 0, a date line below it none; each is told by the words that only it has."""
    assert located(REPORT) == [
        (0, "Northmark plans", "cleaner harbours"),
        (1, "NORTHAVEN, May", "cleaner harbours"),
        (2, "The province", "on Tuesday"),
        (3, "Its trade", "Lund said"),
        (4, "Measures include", "Harbour Commission"),
        (5, "Visitors came", "came in numbers"),
        (6, "Copyright© | Contact us", None),
    ]


def test_fingerprint() -> None:
    """A fingerprint is the SHA-256 of a passage's normalised text as UTF-8."""
    (passage,) = passages("\ufeff\u201cCaf\u00e9\u201d\r\n  at   noon")
    assert passage.text == '"Caf\u00e9" at noon'
    assert passage.sha256 == hashlib.sha256(b'"Caf\xc3\xa9" at noon').hexdigest()


def test_shipped_passages() -> None:
    """Of the briefing's article come just the passages that facts.sql has."""
    if not ARTICLE.is_file():
        pytest.skip(f"the article is not at {ARTICLE}")
    from guizhou_cli import building

    with closing(building.build()) as db:
        shipped = db.execute("SELECT number, sha256, first_words, last_words FROM passage ORDER BY number").fetchall()
    assert len(shipped) == 9
    assert [tuple(passage[:4]) for passage in passages(article.read_article(str(ARTICLE)))][:9] == shipped


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Head line\nof two lines\n\nBody text here.", ["Head line of two lines", "Body text here."]),
        ("Head line\n\n2025-05-06 09:15\n\nBody text.", ["Head line", "Body text."]),
        (
            "Head line\nBy Ann, 6 May 2025\nUpdated May 7, 2025\nBody text.",
            ["Head line", "Body text."],
        ),
        ("Head line\nMay 6, 2025\nBody text.", ["Head line", "Body text."]),
        ("Head line\n\nIt began on May 6, 2025.", ["Head line", "It began on May 6, 2025."]),
        ("Briefing of May 6, 2025\n\nBody.", ["Briefing of May 6, 2025", "Body."]),
        ("Head\n\nBody.\n\nUpdated: May 6, 2025", ["Head", "Body.", "Updated: May 6, 2025"]),
        (
            "Head\n\nPORT AMBER, May 6, 2025 \u2014 Harbour\nProvince will open.",
            ["Head", "PORT AMBER, May 6, 2025 -- Harbour Province will open."],
        ),
        (
            "Head\n\nPORT AMBER, May 6, 2025 -\nHarbour Province will open.",
            ["Head", "PORT AMBER, May 6, 2025 - Harbour Province will open."],
        ),
        ("\u6807\u9898\n2025\u5e745\u67086\u65e5\n\n\u6b63\u6587", ["\u6807\u9898", "\u6b63\u6587"]),
        ("  \n\n \u200b \n", []),
    ],
)
def test_numbering(text: str, expected: list[str]) -> None:
    """Paragraphs are parted by blank lines and numbered from the headline; date lines right below it are left out."""
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
        ("Twice said here.\n\nTwice said here.", [(None, None), (None, None)]),
        ("Rain came, then rain came again, then rain came.", [("Rain came, then", "then rain came")]),
        ("Alone", [("Alone", None)]),
        ("贵州省长说。", [("贵州省长说", None)]),
        ("王省长说\uff0c外贸很好\uff0c年均增长9.4%。", [("王省长说", "年均增长9.4")]),
        ("省长说2024年很好。\n\n省长说\uff0c今年也好。", [("省长说2024", "年很好"), ("省长说\uff0c今年也好", None)]),
        ("他说" + "很好" * 20 + "。", [(None, None)]),
        (
            "PORT\u00a0AMBER \u2014 ports run on the gov\u00ader\u00adnor\u2019s \u2018shore\u2013side\u2019 plan.",
            [("PORT AMBER", "\u2018shore\u2013side\u2019 plan")],
        ),
        ("x\u2014y z. \u00bd \u00a8 four five.", [("x\u2014y z", "four five")]),
        (" ".join(["same"] * 30), [(None, None)]),
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
    whole = plain_words(text)
    begun = 0
    for passage in passages(text):
        mine = plain_words(passage.text)
        if passage.first_words is not None:
            first, last = plain_words(passage.first_words), plain_words(passage.last_words or "")
            starts = [at for at in range(len(whole)) if whole[at : at + len(first)] == first]
            assert starts == [begun]
            end = begun + len(first)
            while last and whole[end : end + len(last)] != last:
                end += 1
            assert whole[begun : end + len(last)] == mine
            assert max(len(passage.first_words.split()), len((passage.last_words or "").split())) <= 9
        begun += len(mine)


# Reading -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """An article may be UTF-8, with a byte order mark or without, or UTF-16 with one."""
    marked = {"utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}.get(encoding, "")
    path = tmp_path / "article.txt"
    path.write_bytes((marked + "Caf\u00e9 \u4e1c\u76df").encode(encoding))
    assert article.read_article(str(path)) == "Caf\u00e9 \u4e1c\u76df"


BINARY = b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"x" * 50_000_000, "is over 500 kB\n    a report is far smaller"),
        (BINARY, "is not UTF-8 text\n    iconv -t utf-8 converts a text file to it"),
        (b"text\0text", "is not a text file\n    save the report as plain text"),
        (b"caf\xe9", "is not UTF-8 text\n    iconv -t utf-8 converts a text file to it"),
        ("caf\u00e9".encode("utf-16-le"), "is not UTF-8 text\n    iconv -t utf-8 converts a text file to it"),
        (b"\xff\xfex", "is not UTF-8 text\n    iconv -t utf-8 converts a text file to it"),
        (b"", "holds no text"),
        (b"\xef\xbb\xbf \r\n", "holds no text"),
        (b"\n<!DOCTYPE html><p>Text", "is a web page\n    pandoc -f html -t plain makes text of one"),
        (b"<?xml version='1.0'?><html>", "is a web page\n    pandoc -f html -t plain makes text of one"),
        (b"<!-- saved --><p>Text", "is a web page\n    pandoc -f html -t plain makes text of one"),
        (b"<p>Text</p>", "is a web page\n    pandoc -f html -t plain makes text of one"),
        (b"<html lang='en'>", "is a web page\n    pandoc -f html -t plain makes text of one"),
    ],
    ids="huge program nul latin-1 utf-16 cut empty blank page xml comment tag fragment".split(),
)
def test_no_article(gz: Gz, database: Path, tmp_path: Path, content: bytes, expected: str) -> None:
    """What can't be a report is refused in one line and a way out, from a file and from stdin alike."""
    path = tmp_path / "article"
    path.write_bytes(content)
    assert database.exists()
    assert gz("verify", path) == Ran(3, "", f"gz: {path} {expected}\n")
    assert gz("verify", "-", stdin=content) == Ran(3, "", f"gz: stdin {expected}\n")


def test_no_file(gz: Gz, database: Path, tmp_path: Path) -> None:
    """A folder, a FIFO nobody writes to, a device and a file that is not there are refused at once."""
    assert database.exists()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    takes = "\n    name a file, or - for stdin\n"
    assert gz("verify", pipe) == Ran(3, "", f"gz: {pipe} is not a file{takes}")
    assert gz("verify", "/dev/zero") == Ran(3, "", f"gz: /dev/zero is not a file{takes}")
    assert gz("verify", tmp_path) == Ran(3, "", f"gz: {tmp_path} is not a file{takes}")
    assert gz("verify", "gone\x1b") == Ran(3, "", "gz: gone\\x1b can't be read: No such file or directory\n")


def test_article_of_another(ordinary: Gz, tmp_path: Path) -> None:
    """A file that may not be read is refused."""
    path = tmp_path / "article.txt"
    path.write_text("x")
    path.chmod(0)
    assert ordinary("path").status == 0
    assert ordinary("verify", path) == Ran(3, "", f"gz: {path} can't be read: Permission denied\n")


def test_closed_stdin(gz_after: Gz) -> None:
    """Where stdin is closed there is nothing to read."""
    assert gz_after("pass", "path").status == 0
    assert gz_after("os.close(0)", "verify", "-") == Ran(3, "", "gz: stdin is closed: there is nothing to read\n")


def test_stored_nowhere(gz: Gz, database: Path) -> None:
    """Verifying keeps nothing of the article, and changes no byte of the database."""
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    gz("verify", "-", stdin=REPORT)
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    assert [path.name for path in database.parent.iterdir()] == [database.name]
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM source").fetchone() == (1,)
