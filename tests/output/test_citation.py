"""Citations: what they say, and that the tools which people cite with take them."""

import json
import subprocess
from pathlib import Path

import pypandoc
import pytest
import rispy
from answers import EXPECTED, SECOND, SHIPPED, asked
from pybtex.database import parse_string

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.output import Style
from guizhou_cli.output.citation import cite, link, shown

ADDRESS = "http://english.www.gov.cn/news/202406/15/content_WS666ccc42c6d0868f4e8e8238.html"
EIGHT, SEVEN = ("measure-coal", "measure-chemicals"), ("green-development", "high-quality-growth")
NOTE = "Event reported: Press briefing, Beijing, 14 June 2024"
HOSTILE = {
    "title": "Is 100% of \"R&D\" in the GDP at $5_000 #1? A ~x^y C:\\o -- <b>, 'one' | [y] @misc(k, 东盟 É",
    "publisher": "O'Neill & Sons, Ltd and 新华社",
    "event": "R&D_day #2",
    "place": "50% ~ \\",
}
ONE_QUOTE = str.maketrans(dict.fromkeys('\u2018\u2019\u201c\u201d"', "'"))


def claims(*slugs: str, **columns: str) -> Answer:
    """Return these claims in this order, or all of them; the source has these values in its columns."""
    answer = asked("show")
    rows = [tuple((row | columns).values()) for row in answer.dicts()]
    by_slug = {str(row[answer.columns.index("claim")]).partition(":")[2]: row for row in rows}
    return answer.but(rows=[by_slug[slug] for slug in slugs] if slugs else rows)


def pandoc(*args: str | Path, stdin: str = "") -> str:
    """Return what pandoc prints; it must print nothing on stderr."""
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *args], input=stdin.encode(), capture_output=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("style", "slugs"),
    [
        ("text", ("trade-asean", "trade-asean", "trade-expansion")),
        ("pandoc", (*EIGHT, *SEVEN)),
        ("footnote", (*EIGHT, *SEVEN)),
        ("bibtex", ("trade-asean",)),
        ("csl-json", ("trade-asean",)),
        ("ris", ("trade-asean",)),
    ],
)
def test_style(style: str, slugs: tuple[str, ...]) -> None:
    """A claim is cited once, with its speaker if it has one; its report is by the publisher."""
    assert cite(claims(*slugs), Style(style)) == (EXPECTED / f"cite-{style}.txt").read_text()


@pytest.mark.parametrize("style", ["csl-json", "bibtex", "ris"])
def test_one_entry_per_report(style: str) -> None:
    """All claims of two reports are two entries, under the ids of the reports, in the order named."""
    written_ = cite(asked("show", change=SECOND), Style(style))
    if style == "bibtex":
        assert list(parse_string(written_, "bibtex").entries) == [SHIPPED, "south"]
    else:
        entries = json.loads(written_) if style == "csl-json" else rispy.loads(written_)
        assert [entry["id"] for entry in entries] == [SHIPPED, "south"]
    assert cite(asked("reports", change=SECOND), Style(style)) == written_


def test_accessed_and_archived() -> None:
    """The day a report was read and its archived copy are in each citation that has a place for them."""
    answer = claims("trade-asean", accessed="2024-07-01", archive_url="https://archive.example/a_b")
    assert "para. 6, archived at https://archive.example/a_b, accessed 1 July 2024, http" in cite(answer, Style.text)
    (entry,) = json.loads(cite(answer, Style.csl_json))
    assert (entry["accessed"], entry["note"]) == (
        {"date-parts": [[2024, 7, 1]]},
        f"{NOTE}. Archived at https://archive.example/a_b",
    )
    (bibtex,) = parse_string(cite(answer, Style.bibtex), "bibtex").entries.values()
    (ris,) = rispy.loads(cite(answer, Style.ris))
    assert (bibtex.fields["urldate"], ris["access_date"]) == ("2024-07-01", "2024/07/01/")


@pytest.mark.parametrize(("style", "name"), [("csl-json", "refs.json"), ("bibtex", "refs.bib")])
def test_pandoc_cites(tmp_path: Path, style: str, name: str) -> None:
    """Pandoc --citeproc takes our citations of each claim, with the paragraph as the locator, and one entry."""
    answer = claims()
    (tmp_path / name).write_text(cite(answer, Style(style)), encoding="utf-8")
    note = "Grew.^[" + cite(claims("trade-asean"), Style.pandoc).strip() + "]\n\n" + cite(answer, Style.pandoc)
    printed = pandoc("--citeproc", "--bibliography", tmp_path / name, "-t", "plain", "--wrap=none", stdin=note)
    assert printed.count("\u201d Xinhua, June 15.") == 1
    assert "para. 8" in printed
    assert "?" not in printed  # pandoc's mark for a key it does not know


@pytest.mark.parametrize(("style", "form"), [("csl-json", "csljson"), ("bibtex", "bibtex"), ("bibtex", "biblatex")])
def test_pandoc_reads_what_was_written(style: str, form: str) -> None:
    """Whatever characters a name has, pandoc reads it as it was, but for the kind of its quotes."""
    text = cite(claims("trade-asean", **HOSTILE), Style(style))
    (entry,) = json.loads(pandoc("-f", form, "-t", "csljson", stdin=text))
    expected = {
        "title": HOSTILE["title"],
        "publisher": HOSTILE["publisher"],
        "note": f"Event reported: {HOSTILE['event']}, {HOSTILE['place']}, 14 June 2024",
        "URL": ADDRESS,
        "author": HOSTILE["publisher"],
    }
    read = entry | {"author": entry["author"][0]["literal"]}
    assert {name: str(read[name]).translate(ONE_QUOTE) for name in expected} == {
        name: value.translate(ONE_QUOTE) for name, value in expected.items()
    }
    assert (entry["issued"], entry["type"]) == ({"date-parts": [[2024, 6, 15]]}, "article-newspaper")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a } b {c", "{a \uff5d b \uff5bc}"),
        ("\\{", "{\\textbackslash{}\uff5b}"),
        ("--- `` '' ?` ,,", r"{-{}-{}- `{}` '{}' ?{}` ,{},}"),
    ],
)
def test_bibtex_reader_counts_braces(title: str, expected: str) -> None:
    """A brace without its partner ends no BibTeX entry, nor does TeX make other characters of several."""
    (entry,) = parse_string(cite(claims("trade-asean", title=title), Style.bibtex), "bibtex").entries.values()
    assert entry.fields["title"] == expected


def test_readers_take_the_author_and_the_address() -> None:
    """A publisher of several words is one author; in an address what would end the field is encoded."""
    answer = claims(
        "trade-asean",
        publisher="Ministry of Trade and Industry, Beijing",
        url="http://example.org/a_b~c?d=%20&e={f}\\#g",
    )
    (entry,) = parse_string(cite(answer, Style.bibtex), "bibtex").entries.values()
    assert list(map(str, entry.persons["author"])) == ["{Ministry of Trade and Industry, Beijing}"]
    assert (entry.fields["month"], entry.fields["year"]) == ("June", "2024")
    assert entry.fields["url"] == "http://example.org/a_b~c?d=%20&e=%7Bf%7D%5C#g"
    (ris,) = rispy.loads(cite(claims("trade-asean", publisher="Port Courier", url="https://e.example/a;b"), Style.ris))
    assert (ris["type_of_reference"], ris["authors"]) == ("NEWS", ["Port Courier,"])
    assert (ris["urls"], ris["notes"]) == (["https://e.example/a%3Bb"], [NOTE])


@pytest.mark.parametrize("style", list(Style))
def test_no_style_holds_a_control_character(style: Style) -> None:
    """Whatever a damaged database has in any column, a citation has no control character, and a key is a key."""
    answer = claims("trade-asean", "green-development")
    evil = "x\x1b[2J\x9b\u202e\ufffe\x07\r\n},@comment{"
    for at, name in enumerate(answer.columns):
        if name not in {"paragraph", "attribution"}:
            changed = answer.but(rows=[(*row[:at], evil, *row[at + 1 :]) for row in answer.rows])
            written_ = cite(changed, style)
            assert written_.replace("\n", "").isprintable()
            if style is Style.bibtex:
                assert [len(parse_string(written_, "bibtex").entries), "@comment{\n" in written_] == [1, False]
            elif style is Style.csl_json:
                json.loads(written_)


def test_show_is_cited() -> None:
    """Claims that are shown have the deep link and the citation that `cite` prints."""
    answer = shown(claims())
    assert answer.columns[-2:] == ("link", "citation")
    assert not {"first_words", "last_words"}.intersection(answer.columns)
    citations = [str(row["citation"]) for row in answer.dicts()]
    assert list(dict.fromkeys(citations)) == cite(claims(), Style.text).splitlines()
    assert all(citation.endswith(str(row["link"])) for citation, row in zip(citations, answer.dicts(), strict=True))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, f"{ADDRESS}#:~:text=Its%20trade,Li%20said"),
        ({"first_words": None, "last_words": None}, ADDRESS),
        ({"last_words": None}, f"{ADDRESS}#:~:text=Its%20trade"),
        ({"quote": "A short quote of six words."}, f"{ADDRESS}#:~:text=A%20short%20quote%20of%20six%20words."),
        ({"quote": "1 2 3 4 5 6 7 8 9"}, f"{ADDRESS}#:~:text=1%202%203%204,6%207%208%209"),
        ({"quote": "One two … nine ten."}, f"{ADDRESS}#:~:text=One%20two,nine%20ten."),
        ({"quote": '"Well-known," he said.'}, f"{ADDRESS}#:~:text=Well%2Dknown%2C%22%20he%20said."),
        ({"url": "https://e.example/#top"}, "https://e.example/#top:~:text=Its%20trade,Li%20said"),
        ({"url": "https://e.example/#:~:text=abc"}, "https://e.example/#:~:text=Its%20trade,Li%20said"),
    ],
)
def test_link(columns: dict[str, Cell], expected: str) -> None:
    """A link opens at the ends of the quote, or else of the passage if they are known; a hyphen is syntax there."""
    (row,) = claims("trade-asean").dicts()
    assert link(row | columns) == expected
