"""What comes out: the same cells in every format, nothing that steers a terminal, nothing lost in a pipe."""

import csv
import io
import json
import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from collections import Counter
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import PROGRAM, Gz, clean_environment, run_inside
from markdown_it import MarkdownIt

from guizhou_cli.errors import visible

QUERIES = [
    ("bases",),
    ("trade",),
    ("measures",),
    ("speakers",),
    ("claims",),
    ("topics",),
    ("sources",),
    ("who-said", "green development"),
    ("show", "trade-asean", "trade-expansion"),
]
HOSTILE = [
    "\x1b[31mred\x1b[0m \x1b]8;;https://example.org\x07link",
    "nul \x00 bell \x07 del \x7f c1 \x9b31m",
    "right\u202eleft\u2066isolate\u200fmark\ufeff",
    "line\nbreak\ttab\rreturn\u2028separator",
    "[/] [sic] [link=x] [bold]b[/bold] :smile:",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "pipe | star * under_score _emph_ `tick` <b>tag</b> &amp; back\\slash ~~gone~~ [a](b)",
    "东盟 emoji 🙂 עברית",
    "quote \" comma , semi ; apostrophe '",
]


@pytest.fixture(scope="module")
def hostile(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which each text of the bases is hostile, one in each base's name and detail."""
    database = Path(shutil.copyfile(seeded, tmp_path_factory.mktemp("hostile") / "facts.db"))
    connection = sqlite3.connect(database)
    claims = "INSERT INTO claim (id, source_id, slug, paragraph, attribution, statement) VALUES (?, ?, ?, 1, ?, ?)"
    for at, text in enumerate(HOSTILE):
        connection.execute(claims, (500 + at, "guizhou-2024-06-14", f"hostile-{at}", "reported", text))
        connection.execute("INSERT INTO industrial_base VALUES (?, ?, ?, ?)", (500 + at, 10 + at, text, text[::-1]))
    connection.execute("UPDATE source SET title = ?, place = ?", (HOSTILE[0], HOSTILE[4]))
    connection.commit()
    connection.close()
    return database


def cells(gz: Gz, *command: str) -> tuple[list[str], list[list[Any]]]:
    """Return the columns and rows of an answer, as JSON has them."""
    rows = gz(*command, "--json").rows
    return list(rows[0]), [list(row.values()) for row in rows]


def as_text(cell: Any) -> str:
    """Return a cell as a text format shows it."""
    return "" if cell is None else visible(str(cell))


def markdown_table(text: str) -> list[list[str]]:
    """Return the cells of a Markdown table, read by an independent reader: what a person sees of each."""
    read: list[list[str]] = []
    row: list[str] | None = None
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        if token.type == "tr_open":
            row = []
            read.append(row)
        elif token.type == "inline" and row is not None:
            assert token.children is not None
            kinds = {child.type for child in token.children}
            assert kinds <= {"text", "text_special", "link_open", "link_close"}, token.content
            # Of an address its target counts, for as a text a reader may show it decoded.
            targets = [str(child.attrs["href"]) for child in token.children if child.type == "link_open"]
            outside = [child.content for child in token.children if not (targets and child.content.startswith("http"))]
            row.append("".join(outside + targets))
    return read


class _Pre(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("command", QUERIES, ids=lambda command: command[0])
def test_all_formats_agree_cell_for_cell(inside: Gz, command: tuple[str, ...]) -> None:
    """JSON, JSONL, CSV, TSV and Markdown carry the same columns and cells, each read back by its own reader."""
    columns, rows = cells(inside, *command)
    lines = [json.loads(line) for line in inside(*command, "-f", "jsonl").out.splitlines()]
    assert [list(line.items()) for line in lines] == [list(zip(columns, row, strict=True)) for row in rows]
    texts = [[as_text(cell) for cell in row] for row in rows]
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        read = list(csv.reader(io.StringIO(inside(*command, "-f", form).out), delimiter=delimiter))
        assert read == [columns, *texts]
    assert markdown_table(inside(*command, "-f", "markdown").out) == [columns, *texts]


def test_hostile_cells_agree_too(inside: Gz, hostile: Path) -> None:
    """Cells of controls, markup and formulas come back from each format as they are, controls written out."""
    named = ("--db", str(hostile), "bases")
    columns, rows = cells(inside, *named)
    assert [row[1] for row in rows[6:]] == HOSTILE
    texts = [[as_text(cell) for cell in row] for row in rows]
    assert markdown_table(inside(*named, "-f", "markdown").out) == [
        columns,
        *([re.sub(r"\s+$|^\s+", "", cell) for cell in row] for row in texts),
    ]
    formula = ("=", "+", "-", "@", "\t", "\r")
    safe = [
        [as_text(f"'{cell}") if isinstance(cell, str) and cell.startswith(formula) else as_text(cell) for cell in row]
        for row in rows
    ]
    assert list(csv.reader(io.StringIO(inside(*named, "-f", "csv").out))) == [columns, *safe]
    assert list(csv.reader(io.StringIO(inside(*named, "-f", "tsv").out), delimiter="\t")) == [columns, *safe]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown", "svg", "html"])
@pytest.mark.parametrize("command", ["bases", "claims", "sources", "show"])
def test_no_format_holds_a_control_character(inside: Gz, hostile: Path, form: str, command: str) -> None:
    """Whatever a cell holds, no format holds a control, a bidirectional override or a lone surrogate."""
    named = ["show", "hostile-0", "hostile-1", "hostile-2"] if command == "show" else [command]
    ran = inside("--db", str(hostile), *named, "-f", form)
    assert ran.status == 0
    steering = {c for c in ran.out if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}
    assert steering <= ({"\t"} if form == "tsv" else set())


def test_controls_are_shown_in_the_table(inside: Gz, hostile: Path) -> None:
    r"""A control character is shown in the table as it is written in Python: ESC as `\x1b`."""
    shown = inside("--db", str(hostile), "bases", COLUMNS="400").out
    for text in (r"\x1b[31mred\x1b[0m", r"nul \x00 bell \x07 del \x7f c1 \x9b31m", r"right\u202eleft\u2066isolate"):
        assert text in shown
    assert "[/] [sic] [link=x] [bold]b[/bold] :smile:" in shown


def test_markup_in_an_error_is_shown_as_typed(gz: Gz) -> None:
    """Markup and controls in what a person typed are shown, not obeyed, in the error that answers it."""
    ran = gz("trade", "--partner", "[bold]x[/bold] \x1b[31m")
    assert ran.err.splitlines()[0] == r'gz: no partner "[bold]x[/bold] \x1b[31m"'


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv", "markdown"])
def test_the_screen_does_not_matter_to_programs(inside: Gz, form: str) -> None:
    """What programs read is the same byte for byte at 20 and at 200 columns."""
    assert inside("claims", "-f", form, COLUMNS="20").out == inside("claims", "-f", form, COLUMNS="200").out


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200, 400])
@pytest.mark.parametrize("command", QUERIES, ids=lambda command: command[0])
def test_a_table_is_complete_at_any_width(inside: Gz, command: tuple[str, ...], width: int) -> None:
    """A piped table has no escape codes, folds instead of cutting, and fits, except for what is to be copied."""
    ran = inside(*command, COLUMNS=str(width))
    assert "\x1b" not in ran.out
    assert "…" not in ran.out
    if command[0] != "show":
        assert max(map(len, ran.out.splitlines())) <= width
    columns, rows = cells(inside, *command)
    letters = re.sub(r"\W", "", ran.out)
    for row in rows:
        for name, cell in zip(columns, row, strict=True):
            text = str(cell).removeprefix("guizhou-2024-06-14:") if name == "claim" else as_text(cell)
            if len(text) <= min(8, width // 3) and cell is not None:
                assert re.sub(r"\W", "", text) in letters, (name, text)


def test_a_wide_table_has_every_cell(inside: Gz) -> None:
    """At 200 columns each cell of each row stands on one line, or below the table where it is common to all."""
    shown = inside("bases", COLUMNS="200").out
    for row in inside("bases", "--json").rows:
        line = next(line for line in shown.splitlines() if row["base"] in line)
        for name in ("position", "detail", "speaker", "paragraph"):
            assert as_text(row[name]) in line
        assert row["claim"].partition(":")[2] in line
        assert row["role"] in shown
        assert row["source"] in shown


def test_the_table_of_trade_at_sixty_columns(inside: Gz) -> None:
    """Where columns don't fit, each rate is a card, its bar beside it and the derived figure marked as derived."""
    assert inside("trade", "--partner", "asean", COLUMNS="60").out == (
        " ASEAN\n"
        " partner               asean\n"
        " annual growth pct     33.8  ████████████████\n"
        " period                past two years\n"
        " years                 2\n"
        " implied total growth  79.0\n"
        " pct (derived)\n"
        " speaker               Li Bingjun\n"
        " claim                 trade-asean\n"
        " paragraph             6\n"
        "\n"
        " Li Bingjun (said): Governor of Guizhou Province\n"
        " derived: our arithmetic, the annual rate compounded over\n"
        " the years; the report does not say it.\n"
        " source: guizhou-2024-06-14\n"
    )


def test_html_is_a_picture_of_the_table(inside: Gz) -> None:
    """The HTML holds the text of the table, and loads nothing from elsewhere."""
    written = inside("bases", "-f", "html", COLUMNS="100").out
    reader = _Pre()
    reader.feed(written)
    drawn = [line.rstrip() for line in reader.text.splitlines()]
    for line in inside("bases", COLUMNS="100").out.splitlines():
        assert line in drawn
    assert "http" not in written


def test_svg_is_a_picture_that_loads_nothing(inside: Gz) -> None:
    """The SVG is well-formed, the same each time, and loads neither font nor anything else from elsewhere."""
    written = inside("trade", "-f", "svg").out
    assert written == inside("trade", "-f", "svg").out
    texts = "".join(ET.fromstring(written).itertext()).replace("\xa0", " ")  # noqa: S314 - our own
    assert "33.8" in texts
    assert "trade-asean" in texts
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", written) == []


@pytest.mark.parametrize("width", [None, "20"])
def test_svg_holds_what_is_to_be_copied(inside: Gz, width: str | None) -> None:
    """The link and the citation of a claim, which on a screen go on beyond its edge, are whole in a drawing."""
    row = inside("show", "trade-asean", "--json").rows[0]
    drawn = "".join(line for line in _Svg(inside("show", "trade-asean", "-f", "svg", COLUMNS=width).out).lines)
    for name in ("link", "citation"):
        assert "".join(row[name].split()) in "".join(drawn.split())


def on_a_terminal(home: Path, *args: str, **environment: str | None) -> str:
    """Return what a command writes to a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    env = clean_environment(home, **({"TERM": "xterm-256color", "COLUMNS": "100"} | environment))
    process = subprocess.Popen([*PROGRAM, *args], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    written = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so that the other side has closed
            break
        if not part:
            break
        written += part
    process.wait(60)
    os.close(ours)
    return written.decode()


def test_matched_words_are_marked_on_a_terminal(home: Path) -> None:
    """On a terminal the words that a search matched are bold and underlined, and no others."""
    written = on_a_terminal(home, "who-said", "coal use")
    assert re.findall(r"\x1b\[1;4m(.*?)\x1b\[0m", written) == ["use", "coal"]


@pytest.mark.parametrize(
    ("args", "environment"),
    [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--no-color",), {})],
    ids=["NO_COLOR", "TERM=dumb", "--no-color"],
)
def test_styling_can_be_turned_off(home: Path, args: tuple[str, ...], environment: dict[str, str]) -> None:
    """With NO_COLOR, TERM=dumb or --no-color a terminal gets no escape codes."""
    assert "\x1b[" in on_a_terminal(home, "trade")
    assert "\x1b[" not in on_a_terminal(home, *args, "trade", **environment)
    coloured = r"\x1b\[[\d;]*3\d"
    assert re.search(coloured, on_a_terminal(home, "trade", "--help"))
    assert not re.search(coloured, on_a_terminal(home, *args, "trade", "--help", **environment))


@pytest.mark.parametrize("command", [("claims",), ("claims", "--json"), ("--help",), ("export", "guizhou-2024-06-14")])
def test_a_reader_that_has_seen_enough_is_no_error(home: Path, gz: Gz, command: tuple[str, ...]) -> None:
    """When the reader closes the pipe early the program ends with 0, in silence."""
    gz("path")
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [*PROGRAM, *command], stdout=writes, stderr=subprocess.PIPE, env=clean_environment(home), check=False
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", [("claims",), ("claims", "--json"), ("path",), ("--version",)])
def test_a_full_disk_is_told_in_one_line(home: Path, gz: Gz, command: tuple[str, ...]) -> None:
    """Where stdout is full the program says so in one line and ends with 3."""
    gz("path")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, *command], stdout=full, stderr=subprocess.PIPE, env=clean_environment(home), check=False
        )
    assert (done.returncode, done.stderr) == (3, b"gz: No space left on device\n")


@pytest.mark.parametrize("command", ["bases", "bases --json", "path", "who-said steel", "--help"])
def test_a_closed_stdout_makes_no_traceback(home: Path, gz: Gz, command: str) -> None:
    """With stdout closed no traceback reaches the user."""
    gz("path")
    program = f"exec {sys.executable} -m guizhou_cli {command} >&-"
    done = subprocess.run(["sh", "-c", program], stderr=subprocess.PIPE, env=clean_environment(home), check=False)
    assert done.returncode in {0, 1, 3}
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    ],
    ids=["C", "cp1252", "ascii"],
)
def test_any_locale_shows_what_it_can(gz: Gz, hostile: Path, environment: dict[str, str]) -> None:
    """In a locale without the characters they are written out, and what programs read is UTF-8 all the same."""
    named = ("--db", str(hostile))
    shown = gz(*named, "bases", COLUMNS="300", **environment)
    assert shown.status == 0
    assert shown.err == ""
    assert r"\u4e1c\u76df emoji \U0001f642" in shown.out
    assert gz(*named, "trade", **environment).status == 0
    assert gz(*named, "bases", "--json", **environment).out == gz(*named, "bases", "--json").out
    answered = gz(*named, "who-said", "钢", **environment)
    assert (answered.status, "Traceback" in answered.err) == (1, False)


def test_numbers_stay_numbers(inside: Gz) -> None:
    """A number is a number in JSON and bare in CSV, what is absent is null and empty, and text is not escaped."""
    row = inside("trade", "--partner", "asean", "--json").rows[0]
    assert (row["annual_growth_pct"], row["years"], row["paragraph"]) == (33.8, 2, 6)
    assert ",33.8,2,past two years,79.0," in inside("trade", "--partner", "asean", "-f", "csv").out
    assert inside("bases", "energy", "--json").rows[0]["detail"] is None
    assert inside("bases", "energy", "-f", "csv").out.splitlines()[1].startswith("5,Energy,,guizhou")


def test_an_empty_answer_has_its_columns(inside: Gz) -> None:
    """Where nothing is found a program still gets a whole document: `[]`, or the header alone."""
    tail = "claim,speaker,role,attribution,paragraph,source"
    expected = {
        "json": "[]\n",
        "jsonl": "",
        "csv": f"statement,topics,said_on,{tail}\n",
        "tsv": f"statement,topics,said_on,{tail}\n".replace(",", "\t"),
        "markdown": f"| statement | topics | said_on | {tail.replace(',', ' | ')} |\n" + "|" + " --- |" * 9 + "\n",
        "table": "",
    }
    for form, out in expected.items():
        ran = inside("who-said", "steel", "-f", form)
        assert (ran.status, ran.out) == (1, out)


# As a cell holds it, and as it is shown. All of it written out here, so that a fault in ours is seen.
SHOWN = {
    "\x1b[31mred\x1b[0m": r"\x1b[31mred\x1b[0m",
    "\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\": r"\x1b]8;;https://example.org\x1b\link\x1b]8;;\x1b" + "\\",
    "nul\0 bell\x07 back\x08space del\x7f": r"nul\x00 bell\x07 back\x08space del\x7f",
    "c1 \x80 \x85 \x9b31m \x9f": r"c1 \x80 \x85 \x9b31m \x9f",
    "tab\there\vand\fthere": r"tab\there\x0band\x0cthere",
    "two\nlines\r\nthree": r"two\nlines\r\nthree",
    "separators \u2028 and \u2029": r"separators \u2028 and \u2029",
    "marks \u200e \u200f \u061c": r"marks \u200e \u200f \u061c",
    "overrides \u202a \u202b \u202c \u202d \u202e": r"overrides \u202a \u202b \u202c \u202d \u202e",
    "isolates \u2066 \u2067 \u2068 \u2069": r"isolates \u2066 \u2067 \u2068 \u2069",
    "\ufeffmark of order": r"\ufeffmark of order",
    "noted \ufff9 \ufffa \ufffb": r"noted \ufff9 \ufffa \ufffb",
    "[/]": "[/]",
    "[sic]": "[sic]",
    "[link=https://example.org]x[/link]": "[link=https://example.org]x[/link]",
    "[bold]b[/bold] [red]": "[bold]b[/bold] [red]",
    ":smile: :warning:": ":smile: :warning:",
    "{code} {{x}} %s $x": "{code} {{x}} %s $x",
    "a | b || c": "a | b || c",
    "back\\slash \\| \\": "back\\slash \\| \\",
    "*a* **b** _c_ __d__ ___e___ f_g": "*a* **b** _c_ __d__ ___e___ f_g",
    "`a` ``b``": "`a` ``b``",
    "~~a~~ ~b~": "~~a~~ ~b~",
    "<b>a</b> <!-- c --> &amp; &#65; &copy;": "<b>a</b> <!-- c --> &amp; &#65; &copy;",
    "[a](b) ![c](d) [e]: f": "[a](b) ![c](d) [e]: f",
    "# a": "# a",
    "1. a": "1. a",
    "> a": "> a",
    ":---:": ":---:",
    "quote \" and ' , ; and ''": "quote \" and ' , ; and ''",
    "东盟\uff0c一带一路": "东盟\uff0c一带一路",
    "café cafe\u0301": "café cafe\u0301",
    "עברית العربية": "עברית العربية",
    "emoji 🙂 and 🇨🇳": "emoji 🙂 and 🇨🇳",
    "null": "null",
    "0": "0",
}
FORMULAS = {
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": r"'\t=1",
    "\r=1": r"'\r=1",
    "- a": "'- a",
    '=HYPERLINK("https://example.org")': '\'=HYPERLINK("https://example.org")',
    "'=1": "'=1",
    "1-1": "1-1",
}
FORMULAS_SHOWN = {raw: raw.replace("\t", r"\t").replace("\r", r"\r") for raw in FORMULAS}


@pytest.fixture(scope="module")
def nasty(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a base, a measure and a claim for each of these texts, which are its statement too."""
    path = Path(shutil.copyfile(seeded, tmp_path_factory.mktemp("nasty") / "facts.db"))
    with closing(sqlite3.connect(path)) as db:
        for at, text in enumerate([*SHOWN, *FORMULAS], 500):
            values = (at, "guizhou-2024-06-14", f"nasty-{at}", text, text)
            claim = "INSERT INTO claim (id, source_id, paragraph, slug, attribution, statement, keywords)"
            db.execute(f"{claim} VALUES (?, ?, 1, ?, 'reported', ?, ?)", values)
            db.execute("INSERT INTO industrial_base VALUES (?, ?, ?, ?)", (at, at, text, f"detail of {at}"))
            db.execute("INSERT INTO policy_measure VALUES (?, ?, 'policy')", (at, text))
        db.commit()
    return path


@pytest.mark.parametrize(("view", "column", "first"), [("bases", "base", 6), ("measures", "measure", 0)])
def test_each_character_comes_out_as_it_should(inside: Gz, nasty: Path, view: str, column: str, first: int) -> None:
    """In JSON a cell is what it is; elsewhere controls are written out, formulas are text, and the rest is as it is."""

    def written(form: str) -> str:
        ran = inside("--db", nasty, view, "--format", form)
        assert (ran.status, ran.err) == (0, "")
        return ran.out

    raw = [*SHOWN, *FORMULAS]
    rows = slice(first, first + len(raw))
    assert [row[column] for row in json.loads(written("json"))][rows] == raw
    assert [json.loads(line)[column] for line in written("jsonl").split("\n")[:-1]][rows] == raw
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        read = csv.DictReader(io.StringIO(written(form), newline=""), delimiter=delimiter)
        assert [row[column] for row in read][rows] == [*SHOWN.values(), *FORMULAS.values()]
    header, *cells_of = markdown_table(written("markdown"))
    assert [row[header.index(column)] for row in cells_of][rows] == [*SHOWN.values(), *FORMULAS_SHOWN.values()]


class _Svg:
    """Reads the lines of text of an SVG picture by where they are drawn: `x` in characters, `y` in lines."""

    CHARACTER = 12.2

    def __init__(self, written: str) -> None:
        lines: dict[float, dict[int, str]] = {}
        for element in ET.fromstring(written).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - our own
            at = round(float(element.attrib["x"]) / self.CHARACTER)
            lines.setdefault(float(element.attrib["y"]), {})[at] = (element.text or "").replace("\xa0", " ")
        self.lines = []
        for y in sorted(lines):
            line = ""
            for at, text in sorted(lines[y].items()):
                line += " " * (at - columns_of(line)) + text
            self.lines.append(line.rstrip())


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes, by the Unicode tables rather than by Rich's."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def table_lines(written: str, form: str) -> list[str]:
    """Return the lines of text of a table, or of a picture of one."""
    if form == "svg":
        return _Svg(written).lines
    if form == "html":
        reader = _Pre()
        reader.feed(written)
        return [line.rstrip() for line in reader.text.splitlines()]
    return written.splitlines()


def expected_cells(view: str, row: dict[str, Any]) -> Counter[str]:
    """Return the cells of a row that stand on its line of a wide table; the others are told below it, once."""
    below = {"role", "attribution"} if "attribution" in row else set()
    shown = {name: as_text(cell) for name, cell in row.items() if name not in below}
    if view != "sources":
        shown.pop("source", None)
    if "claim" in row:
        shown["claim"] = row["claim"].partition(":")[2]
        shown["speaker"] = row["speaker"] or "(reported)"
    return Counter(cell for cell in shown.values() if cell)


@pytest.mark.parametrize("form", ["table", "html", "svg"])
@pytest.mark.parametrize("command", QUERIES[:-1], ids=lambda command: command[0])
def test_tables_and_pictures_agree_with_json_cell_for_cell(
    inside: Gz, nasty: Path, command: tuple[str, ...], form: str
) -> None:
    """Where a table or a picture of one is wide, each row is a line, and its cells are those that JSON has."""
    rows = inside("--db", nasty, *command, "--json").rows
    written = inside("--db", nasty, *command, "--format", form, COLUMNS="1000")
    assert written.status == 0

    lines = [re.split(r" {2,}", line.strip()) for line in table_lines(written.out, form)]
    drawn = [Counter(cell for cell in line if not re.fullmatch("[█▏▎▍▌▋▊▉]+", cell)) for line in lines]
    unmatched = [row for row in rows if expected_cells(command[0], row) not in drawn]

    assert unmatched == []
    head = next(at for at, line in enumerate(drawn) if any("───" in cell for cell in line))
    assert len([line for line in drawn[head + 1 :] if sum(line.values()) > 1]) == len(rows)


@pytest.mark.parametrize("width", [20, 27, 40, 60, 80, 110, 160, 300])
@pytest.mark.parametrize("command", QUERIES[:-1], ids=lambda command: command[0])
def test_no_character_is_lost_at_any_width(inside: Gz, nasty: Path, command: tuple[str, ...], width: int) -> None:
    """However narrow the screen, each character of each cell is drawn, and no line is wider than the screen."""
    needed: Counter[str] = Counter()
    for row in inside("--db", nasty, *command, "--json").rows:
        for cell in expected_cells(command[0], row).elements():
            needed.update(re.sub(r"\s", "", cell))

    ran = inside("--db", nasty, *command, COLUMNS=str(width))

    assert (ran.status, ran.err) == (0, "")
    assert needed - Counter(re.sub(r"\s", "", ran.out)) == Counter()
    assert max(map(columns_of, ran.out.splitlines())) <= width


@pytest.mark.parametrize(
    ("phrase", "marked"),
    [
        ("tourism", ["tourism"]),
        ("Who said coal?", ["coal"]),
        ("33.8%", ["33.8 percent"]),
        ("33.8", ["33.8"]),
        ("farmer's", ["farmers"]),
        ("rural revitalisation", ["rural revitalization", "rural revitalization", "rural", "rural revitalization"]),
        ("NEV", ["new energy vehicle"]),
        ("R&D", ["R&D"]),
        ("东盟", ["ASEAN", "ASEAN"]),
        ("BRI", ["Belt and Road Initiative", "Belt and Road partner countries"]),
        ("Qiu", []),
    ],
)
def test_what_is_marked_is_what_matched(inside: Gz, phrase: str, marked: list[str]) -> None:
    """The words of a statement that a search matched are marked whole, by whatever name they were asked for."""
    ran = inside("who-said", phrase, COLUMNS="300", TERM="xterm-256color", FORCE_COLOR="1")

    assert re.findall(r"\x1b\[1;4m(.*?)\x1b\[0m", ran.out) == marked


def test_marking_changes_no_word(inside: Gz) -> None:
    """Without its escape codes a marked answer is the plain one."""
    plain = inside("who-said", "green development")
    marked = inside("who-said", "green development", TERM="xterm-256color", FORCE_COLOR="1")

    bare = re.sub(r"\x1b\[[\d;]*m", "", marked.out)
    assert [line.rstrip() for line in bare.splitlines()] == plain.out.splitlines()
    assert marked.out != bare


@pytest.mark.parametrize("width", [40, 60, 120])
def test_a_dumb_terminal_has_its_width(home: Path, width: int) -> None:
    """A terminal without any powers is not wider for that: the table fits it."""
    written = on_a_terminal(home, "claims", TERM="dumb", COLUMNS=str(width))

    assert max(map(columns_of, written.splitlines())) <= width


def test_head_takes_one_line_of_many(home: Path, seeded: Path, tmp_path: Path) -> None:
    """`gz … | head -1` gets its line, and the program ends with 0 in silence with far more still to write."""
    long = Path(shutil.copyfile(seeded, tmp_path / "long.db"))
    with closing(sqlite3.connect(long)) as db:
        db.execute("UPDATE claim SET statement = replace(hex(zeroblob(40000)), '00', 'word ') WHERE id = 1")
        db.commit()
    for options in ([], ["--json"], ["-f", "csv"]):
        with subprocess.Popen(
            [*PROGRAM, "--db", long, "claims", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(home),
            cwd=home,
        ) as program:
            head = subprocess.run(["head", "-1"], stdin=program.stdout, capture_output=True, check=True)
            assert program.stdout is not None
            assert program.stderr is not None
            program.stdout.close()
            assert (program.wait(60), program.stderr.read()) == (0, b"")
            assert head.stdout.count(b"\n") == 1


@pytest.mark.parametrize("closed", ["0", "2", "0, 2", "0, 1, 2"])
def test_closed_streams_change_no_status(gz_after: Gz, home: Path, closed: str) -> None:
    """With stdin or stderr closed the answer and the status are the same; with stdout closed the status says so."""
    setup = "\n".join(f"os.close({number})" for number in closed.split(", "))
    gz_after("", "path")
    database = next(home.rglob("facts.db"))
    before = database.read_bytes()

    found = gz_after(setup, "topics", "-f", "csv")
    nothing = gz_after(setup, "who-said", "steel")
    usage = gz_after(setup, "topics", "--nonsense")

    assert found.status == (3 if "1" in closed else 0)
    assert found.out.startswith("" if "1" in closed else "topic,claims\nagriculture,2\n")
    assert (nothing.status, usage.status) == (1, 2)
    assert ("nothing is said" in nothing.err) == ("2" not in closed)
    assert database.read_bytes() == before


def test_what_an_encoding_has_is_shown_in_it(home: Path, nasty: Path) -> None:
    """In another encoding a character that it has is shown in it, and one that it lacks is written out."""
    shown = {
        encoding: subprocess.run(
            [*PROGRAM, "--db", nasty, "bases"],
            env=clean_environment(home, PYTHONIOENCODING=encoding, PYTHONUTF8="0", COLUMNS="300"),
            capture_output=True,
            check=True,
        ).stdout
        for encoding in ("cp1252", "ascii", "gb18030", "utf-8")
    }

    assert "café".encode("cp1252") in shown["cp1252"]
    assert rb"\u4e1c\u76df" in shown["cp1252"]
    assert rb"caf\xe9" in shown["ascii"]
    assert "东盟\uff0c一带一路".encode("gb18030") in shown["gb18030"]
    assert "东盟\uff0c一带一路".encode() in shown["utf-8"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_errors_in_any_encoding(home: Path, encoding: str) -> None:
    """An error that names what the terminal can't show writes it out, and is no other error."""
    done = subprocess.run(
        [*PROGRAM, "--db", "东\x1b[31m[/]:smile:é.db", "bases"],
        env=clean_environment(home, PYTHONIOENCODING=encoding, PYTHONUTF8="0"),
        cwd=home,
        capture_output=True,
        check=False,
    )

    name = r"东\x1b[31m[/]:smile:é.db".encode(encoding, "backslashreplace")
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.splitlines()[0] == b"gz: no database at " + name


def test_hostile_bytes_in_a_path_come_out_as_they_are(gz: Gz, home: Path, seeded: Path) -> None:
    """`gz path` is for programs, so it prints the name of the file as it is, and no more."""
    odd = Path(shutil.copyfile(seeded, home / "a\x1b[31m b.db"))

    assert gz("--db", odd, "path").out == f"{odd}\n"


def test_in_process_and_real_program_print_the_same(gz: Gz, home: Path) -> None:
    """What the tests run within their own process prints what the real program prints."""
    for command in (["trade"], ["who-said", "coal", "--json"], ["who-said", "steel"], ["bases", "-f", "nonsense"]):
        assert run_inside(home, *command) == gz(*command)
