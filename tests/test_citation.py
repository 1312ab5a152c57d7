"""Citations: what they say, and that the tools which people cite with take them."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pypandoc
import pytest
import rispy
from briefings import NORTH
from conftest import Gz, Ran, run_inside
from pybtex.database import parse_string

TITLE = "Southwest China's Guizhou seeks high-quality growth"
ADDRESS = "http://english.www.gov.cn/news/202406/15/content_WS666ccc42c6d0868f4e8e8238.html"
STYLES = ("text", "bibtex", "csl-json", "ris")
PANDOCS = sorted({path for path in (pypandoc.get_pandoc_path(), shutil.which("pandoc")) if path})

TEXT = (
    "Li Bingjun (Governor of Guizhou Province), Press briefing, Beijing, 14 June 2024, as reported"
    f" in: Xinhua, “{TITLE}”, 15 June 2024, para. 6, {ADDRESS}#:~:text=Its%20trade,Li%20said\n"
)
BIBTEX = f"""\
@article{{guizhou-2024-06-14:trade-asean,
  author = {{{{Xinhua}}}},
  title = {{{{{TITLE}}}}},
  entrysubtype = {{newspaper}},
  journal = {{{{Xinhua}}}},
  publisher = {{{{Xinhua}}}},
  year = {{2024}},
  month = jun,
  date = {{2024-06-15}},
  url = {{{ADDRESS}#:~:text=Its%20trade,Li%20said}},
  note = {{Paragraph 6: said by Li Bingjun (Governor of Guizhou Province), Press briefing, \
Beijing, 14 June 2024}},
  annote = {{Over the past two years Guizhou's trade with ASEAN grew by 33.8 percent a year on average.}},
}}
"""
CSL = {
    "id": "guizhou-2024-06-14:trade-asean",
    "type": "article-newspaper",
    "author": [{"literal": "Xinhua"}],
    "title": TITLE,
    "container-title": "Xinhua",
    "publisher": "Xinhua",
    "issued": {"date-parts": [[2024, 6, 15]]},
    "URL": f"{ADDRESS}#:~:text=Its%20trade,Li%20said",
    "event-title": "Press briefing",
    "event-date": {"date-parts": [[2024, 6, 14]]},
    "event-place": "Beijing",
    "language": "en",
    "note": "Paragraph 6: said by Li Bingjun (Governor of Guizhou Province), Press briefing, Beijing, 14 June 2024",
    "annote": "Over the past two years Guizhou's trade with ASEAN grew by 33.8 percent a year on average.",
}
RIS = f"""\
TY  - NEWS
ID  - guizhou-2024-06-14:trade-asean
AU  - Xinhua
TI  - {TITLE}
T2  - Xinhua
PB  - Xinhua
PY  - 2024
DA  - 2024/06/15/
LA  - en
UR  - {ADDRESS}#:~:text=Its%20trade,Li%20said
N1  - Paragraph 6: said by Li Bingjun (Governor of Guizhou Province), Press briefing, Beijing, \
14 June 2024
N1  - guizhou-2024-06-14:trade-asean: Over the past two years Guizhou's trade with ASEAN grew by 33.8 percent a year \
on average.
ER  -{" "}
"""

Altered = Callable[..., Gz]


@pytest.fixture
def altered(seeded: Path, tmp_path: Path, inside: Gz) -> Altered:
    """Return a function that sets columns of the source, as `altered(title="…")`, and returns gz for that database."""

    def alter(**columns: str) -> Gz:
        path = tmp_path / "altered.db"
        shutil.copy(seeded, path)
        with closing(sqlite3.connect(path)) as db, db:
            for column, value in columns.items():
                db.execute(f"UPDATE source SET {column} = ?", [value])

        def run(*args: str | Path) -> Ran:
            return inside("--db", path, *args)

        return run

    return alter


def pandoc(program: str, *args: str | Path, stdin: str = "") -> str:
    """Return what pandoc prints; it must say nothing on stderr."""
    done = subprocess.run([program, *args], input=stdin.encode(), capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode()


@pytest.mark.parametrize(("style", "expected"), [("text", TEXT), ("bibtex", BIBTEX), ("ris", RIS)])
def test_style(inside: Gz, style: str, expected: str) -> None:
    """A claim is cited with its speaker as the one who said it and the publisher as the author."""
    assert inside("cite", "trade-asean", "--style", style) == Ran(0, expected, "")


def test_csl_json(inside: Gz) -> None:
    """CSL-JSON is an array with an object for each claim."""
    ran = inside("cite", "trade-asean", "-s", "csl-json")
    assert ran.rows == [CSL]


def test_text_is_the_style_unless_another_is_named(inside: Gz) -> None:
    """Without a style a citation is a line to paste."""
    assert inside("cite", "trade-asean").out == TEXT


@pytest.mark.parametrize("style", STYLES)
def test_entry_for_each_claim(inside: Gz, style: str) -> None:
    """Claims are cited in the order named, each once, the whole key or the short one alike."""
    asked = ["trade-asean", "trade-expansion", "guizhou-2024-06-14:trade-asean"]
    one_by_one = [inside("cite", claim, "--style", style) for claim in asked[:2]]
    both = inside("cite", *asked, "--style", style)
    if style == "csl-json":
        assert both.rows == [row for ran in one_by_one for row in ran.rows]
    else:
        assert both.out == ("" if style == "text" else "\n").join(ran.out for ran in one_by_one)


def test_reported_claim_is_credited_to_nobody(inside: Gz) -> None:
    """The report's own words are cited without a speaker, and their note says whose they are."""
    ran = inside("cite", "trade-expansion")
    assert ran.out == f"Xinhua, “{TITLE}”, 15 June 2024, para. 5, {ADDRESS}#:~:text=Thanks%20to,the%20ASEAN\n"
    (entry,) = inside("cite", "trade-expansion", "-s", "csl-json").rows
    assert entry["note"] == "Paragraph 5: the report's own words"


def test_reports_themselves(inside: Gz) -> None:
    """Without a claim the reports are cited, an entry for each, under the source's id."""
    assert inside("cite").out == f"Xinhua, “{TITLE}”, 15 June 2024, {ADDRESS}\n"
    expected = {key: value for key, value in CSL.items() if key != "annote"} | {
        "id": "guizhou-2024-06-14",
        "URL": ADDRESS,
        "note": "Event reported: Press briefing, Beijing, 14 June 2024",
    }
    assert inside("cite", "-s", "csl-json").rows == [expected]
    assert list(parse_string(inside("cite", "-s", "bibtex").out, "bibtex").entries) == ["guizhou-2024-06-14"]
    assert [entry["id"] for entry in rispy.loads(inside("cite", "-s", "ris").out)] == ["guizhou-2024-06-14"]


def test_claims_and_reports_are_not_mixed(inside: Gz) -> None:
    """Claims are cited, or reports: together they are refused, and a report named where a claim should be is told."""
    report = "guizhou-2024-06-14"
    assert inside("cite", "trade-asean", report) == Ran(
        2, "", f"gz: claims and reports are cited one or the other\n    gz cite {report}\n"
    )
    assert inside("show", report) == Ran(
        1, "", f"gz: {report} is a report, not a claim\n    gz claims --source {report}, or gz cite {report}\n"
    )


def test_report_whose_id_folds_like_another(home: Path) -> None:
    """Of two reports whose ids differ by a hyphen alone, each is cited by its own."""
    for source in ("ab-c", "a-bc"):
        text = NORTH.replace("northland-2023-04-01", source).replace("Northland counts its", f"{source} and its")
        (home / "briefing.toml").write_text(text, encoding="utf-8")
        assert run_inside(home, "add", home / "briefing.toml").status == 0
    for source in ("ab-c", "a-bc"):
        assert f"\u201c{source} and its ships\u201d" in run_inside(home, "cite", source).out
    assert run_inside(home, "cite", "abc").status == 1


def test_claim_that_is_called_like_a_report(home: Path) -> None:
    """What is the name of a claim is one, also where a report has the same, or one that differs by a hyphen."""
    cited = run_inside(home, "cite", "measure-coal")
    for source in ("measure-coal", "measurecoal", "guizhou20240614measurecoal"):
        text = NORTH.replace("northland-2023-04-01", source)
        (home / "briefing.toml").write_text(text, encoding="utf-8")
        assert run_inside(home, "add", home / "briefing.toml").status == 0
        assert run_inside(home, "cite", "measure-coal") == cited
        assert run_inside(home, "cite", "guizhou-2024-06-14:measure-coal") == cited
    assert "Northland" in run_inside(home, "cite", "measurecoal").out


def test_address_with_a_fragment_of_its_own(altered: Altered) -> None:
    """Of an address that was copied along with a text fragment, that fragment gives way to the claim's."""
    for given, expected in (
        ("https://e.example/#:~:text=abc", "https://e.example/#:~:text="),
        ("https://e.example/#part:~:text=abc", "https://e.example/#part:~:text="),
    ):
        link = altered(url=given)("show", "trade-asean", "--json").rows[0]["link"]
        assert link.startswith(expected)
        assert link.count(":~:") == 1


def test_a_reported_claim_is_shown_with_its_event(inside: Gz) -> None:
    """The report's own words are shown with the event, its place and its date, and are not said by anybody."""
    shown = inside("show", "trade-expansion").out
    assert "said by" not in shown
    assert " attribution  (reported): the report's own words, credited to nobody.\n" in shown
    assert " event        Press briefing, Beijing, 2024-06-14\n" in shown


def test_unknown_claim(inside: Gz) -> None:
    """A mistyped claim is answered with the nearest one, and nothing is cited."""
    ran = inside("cite", "trade-aseen", "trade-asean")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines()[0] == 'gz: no claim "trade-aseen"; did you mean trade-asean?'


@pytest.mark.parametrize("program", PANDOCS)
@pytest.mark.parametrize(("style", "name"), [("csl-json", "refs.json"), ("bibtex", "refs.bib")])
def test_pandoc_cites(inside: Gz, tmp_path: Path, program: str, style: str, name: str) -> None:
    """Pandoc --citeproc cites any claim by its key, with the paragraph as the locator."""
    claims = [str(row["claim"]) for row in inside("claims", "--json").rows]
    refs = tmp_path / name
    refs.write_text(inside("cite", *claims, "--style", style).out)
    note = "Grew.^[@guizhou-2024-06-14:trade-asean, para. 6]\n\n" + "; ".join(f"@{claim}" for claim in claims)
    printed = pandoc(program, "--citeproc", "--bibliography", refs, "-t", "plain", "--wrap=none", stdin=note)
    assert printed.count("Xinhua (2024") == len(claims) + 1
    assert printed.count("\u201d Xinhua, June 15.") == len(claims)
    assert printed.endswith(", para. 6\n")  # the footnote
    assert printed.count(f"{ADDRESS}#:~:text=") == len(claims)
    assert "?" not in printed  # pandoc's mark for a key it does not know


HOSTILE = {
    "title": "Is 100% of \"R&D\" in the {GDP} at $5_000 #1? A ~x^y C:\\o -- <b>, 'one' | [y] @misc{k, 东盟 É}",
    "publisher": "O'Neill & Sons, {Ltd} and 新华社",
    "event": "R&D_day #2",
    "place": "50% ~ \\",
}
ONE_QUOTE = str.maketrans(dict.fromkeys('\u2018\u2019\u201c\u201d"', "'"))


@pytest.mark.parametrize("program", PANDOCS)
@pytest.mark.parametrize(("style", "form"), [("csl-json", "csljson"), ("bibtex", "bibtex"), ("bibtex", "biblatex")])
def test_pandoc_reads_what_was_written(altered: Altered, program: str, style: str, form: str) -> None:
    """Whatever characters a name has, pandoc reads it as it was, but for the kind of its quotes."""
    written = altered(**HOSTILE)("cite", "trade-asean", "--style", style).out
    (entry,) = json.loads(pandoc(program, "-f", form, "-t", "csljson", stdin=written))
    read = {name: entry[name] for name in ("title", "publisher", "note", "URL")}
    read["author"] = entry["author"][0]["literal"]
    said = "Paragraph 6: said by Li Bingjun (Governor of Guizhou Province)"
    expected = {
        "title": HOSTILE["title"],
        "publisher": HOSTILE["publisher"],
        "note": f"{said}, {HOSTILE['event']}, {HOSTILE['place']}, 14 June 2024",
        "URL": CSL["URL"],
        "author": HOSTILE["publisher"],
    }
    assert {name: value.translate(ONE_QUOTE) for name, value in read.items()} == {
        name: str(value).translate(ONE_QUOTE) for name, value in expected.items()
    }
    assert entry["issued"] == {"date-parts": [[2024, 6, 15]]}
    assert entry["type"] == "article-newspaper"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("a { b", "{a \uff5b b}"),
        ("a } b", "{a \uff5d b}"),
        ("}{", "{\uff5d\uff5b}"),
        ("a {b} {c", "{a \\{b\\} \uff5bc}"),
        ("\\{", "{\\textbackslash{}\uff5b}"),
        ("--- `` '' ?` ,,", r"{-{}-{}- `{}` '{}' ?{}` ,{},}"),
    ],
)
def test_bibtex_reader_counts_braces(altered: Altered, title: str, expected: str) -> None:
    """A brace without its partner ends no BibTeX entry, nor does TeX make other characters of several."""
    both = altered(title=title)("cite", "trade-asean", "six-bases", "-s", "bibtex").out
    entries = parse_string(both, "bibtex").entries
    assert [key.rpartition(":")[2] for key in entries] == ["trade-asean", "six-bases"]
    assert [entry.fields["title"] for entry in entries.values()] == [expected] * 2


def test_bibtex_reader_takes_the_author_whole(altered: Altered) -> None:
    """A publisher of several words, a comma and an "and" is one author, and the month is a month."""
    written = altered(publisher="Ministry of Trade and Industry, Beijing")("cite", "trade-asean", "-s", "bibtex").out
    (entry,) = parse_string(written, "bibtex").entries.values()
    assert list(map(str, entry.persons["author"])) == ["{Ministry of Trade and Industry, Beijing}"]
    assert (entry.fields["month"], entry.fields["year"]) == ("June", "2024")


def test_bibtex_address_is_taken_as_it_is(altered: Altered) -> None:
    """No character of an address is escaped with a backslash; what would end the field is percent-encoded."""
    written = altered(url="http://example.org/a_b~c?d=%20&e={f}\\#g")("cite", "-s", "bibtex").out
    (entry,) = parse_string(written, "bibtex").entries.values()
    assert entry.fields["url"] == "http://example.org/a_b~c?d=%20&e=%7Bf%7D%5C#g"


def test_ris_reader(inside: Gz) -> None:
    """A RIS reader finds an entry for each claim, with every field."""
    entries = rispy.loads(inside("cite", "trade-asean", "trade-expansion", "-s", "ris").out)
    assert [entry["id"] for entry in entries] == [
        "guizhou-2024-06-14:trade-asean",
        "guizhou-2024-06-14:trade-expansion",
    ]
    first: dict[str, Any] = entries[0]
    assert first == {
        "type_of_reference": "NEWS",
        "id": CSL["id"],
        "authors": ["Xinhua"],
        "title": TITLE,
        "secondary_title": "Xinhua",
        "publisher": "Xinhua",
        "year": "2024",
        "date": "2024/06/15/",
        "language": "en",
        "urls": [CSL["URL"]],
        "notes": [CSL["note"], f"{CSL['id']}: {CSL['annote']}"],
    }


def test_ris_author_and_address_of_several_parts(altered: Altered) -> None:
    """A publisher of several words has no first name, and a semicolon ends no address."""
    written = altered(publisher="Port Amber Courier", url="https://e.example/a;b?c;d")("cite", "-s", "ris").out
    (entry,) = rispy.loads(written)
    assert (entry["authors"], entry["publisher"]) == (["Port Amber Courier,"], "Port Amber Courier")
    assert entry["urls"] == ["https://e.example/a%3Bb?c%3Bd"]


def test_headline(inside: Gz) -> None:
    """A claim of the headline is cited as one, and not as a paragraph of number 0."""
    assert ", 15 June 2024, headline, http" in inside("cite", "high-quality-growth").out
    (entry,) = inside("cite", "high-quality-growth", "-s", "csl-json").rows
    assert entry["note"] == "In the headline: the report's own words"


def test_ris_line_breaks(altered: Altered) -> None:
    """A line break in a name neither ends a RIS entry nor begins a field."""
    title = "One\r\nER  - \n\nTY  - BOOK\u2028AU  - Li Bingjun\x85N1  - x"
    (entry,) = rispy.loads(altered(title=title)("cite", "trade-asean", "-s", "ris").out)
    assert entry["title"] == "One ER - TY - BOOK AU - Li Bingjun N1 - x"
    assert entry["authors"] == ["Xinhua"]


@pytest.mark.parametrize("style", STYLES)
def test_no_control_character(altered: Altered, style: str) -> None:
    """No character of a citation steers a terminal."""
    written = altered(title="a\x1b[31m\x9b\u202eb\x07", place="\x7f")("cite", "trade-asean", "-s", style).out
    assert written.replace("\n", "").isprintable()


@pytest.mark.parametrize("style", STYLES)
def test_day_that_no_calendar_has(altered: Altered, style: str) -> None:
    """A date that can't be is cited as it stands."""
    ran = altered(published="2024-19-39")("cite", "trade-asean", "-s", style)
    assert ran.status == 0
    shown = {"text": "2024-19-39", "bibtex": "{2024}", "csl-json": '"raw": "2024-19-39"', "ris": "2024/19/39/"}
    assert shown[style] in ran.out


def test_note_is_no_field(altered: Altered) -> None:
    """What stands in a note is not taken for a field of another name."""
    (entry,) = altered(event="x {:title: y}")("cite", "-s", "csl-json").rows
    assert entry["note"] == "Event reported: x { :title: y}, Beijing, 14 June 2024"


def test_show_is_cited(inside: Gz) -> None:
    """`show --json` gives one object for each claim, with the deep link and the citation that `cite` prints."""
    claims = [str(row["claim"]) for row in inside("claims", "--json").rows]
    shown = inside("show", *claims, "--json").rows
    assert [row["claim"] for row in shown] == claims
    assert [row["citation"] for row in shown] == inside("cite", *claims).out.splitlines()
    assert all(row["citation"].endswith(row["link"]) for row in shown)


def test_deep_link(inside: Gz, seeded: Path) -> None:
    """A deep link is the report's address with the first and the last words of the claim's paragraph."""
    with closing(sqlite3.connect(seeded)) as db:
        ends = {number: words for number, *words in db.execute("SELECT number, first_words, last_words FROM passage")}
    claims = [str(row["claim"]) for row in inside("claims", "--json").rows]
    for row in inside("show", *claims, "--json").rows:
        address, _, fragment = row["link"].partition("#:~:text=")
        assert address == ADDRESS
        assert "-" not in fragment  # it is syntax there
        assert list(map(unquote, fragment.split(","))) == ends[row["paragraph"]]


def test_link_without_a_locator(inside: Gz, seeded: Path, tmp_path: Path) -> None:
    """Where nobody has fingerprinted the report, the link is its bare address."""
    path = tmp_path / "bare.db"
    shutil.copy(seeded, path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE passage SET last_words = NULL WHERE number = 5")
        db.execute("UPDATE passage SET last_words = NULL, first_words = NULL, sha256 = NULL WHERE number = 6")
    rows = inside("--db", path, "show", "trade-asean", "trade-expansion", "--json").rows
    assert [row["link"] for row in rows] == [ADDRESS, f"{ADDRESS}#:~:text=Thanks%20to"]


def test_link_to_an_address_with_a_fragment(altered: Altered) -> None:
    """An address that has a fragment already keeps it."""
    (row,) = altered(url="http://example.org/#top")("show", "trade-asean", "--json").rows
    assert row["link"] == "http://example.org/#top:~:text=Its%20trade,Li%20said"


def test_links_survive_markdown(gz: Gz) -> None:
    """Pasted as Markdown a claim's deep link leads where it should: pandoc reads the whole address."""
    shown = gz("show", "trade-asean", "--json").rows[0]
    page = pypandoc.convert_text(gz("show", "trade-asean", "-f", "markdown").out, "html", "gfm")
    assert page.count(f'href="{shown["link"]}"') == 2  # the link itself, and that of the citation
