"""What comes out: the same cells in every format, nothing that steers a terminal, nothing lost in a pipe."""

import csv
import io
import json
import os
import pty
import re
import select
import sqlite3
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import PROGRAM, Gz, clean_environment
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
TABLE_CELLS = "html.parser"


@pytest.fixture
def hostile(gz: Gz, database: Path) -> Path:
    """Return a database in which each text of the bases is hostile, one in each base's name and detail."""
    connection = sqlite3.connect(database)
    claims = "INSERT INTO claim (id, source_id, slug, paragraph, attribution, statement) VALUES (?, ?, ?, 1, ?, ?)"
    for at, text in enumerate(HOSTILE):
        connection.execute(claims, (500 + at, "guizhou-2024-06-14", f"hostile-{at}", "reported", text))
        connection.execute("INSERT INTO industrial_base VALUES (?, ?, ?, ?)", (500 + at, 10 + at, text, text[::-1]))
    connection.execute("UPDATE source SET title = ?, place = ?", (HOSTILE[0], HOSTILE[4]))
    connection.commit()
    connection.close()
    assert gz("bases").status == 0
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
            assert {child.type for child in token.children} <= {"text", "text_special"}, token.content
            row.append("".join(child.content for child in token.children))
    return read


class _Pre(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("command", QUERIES, ids=lambda command: command[0])
def test_all_formats_agree_cell_for_cell(gz: Gz, command: tuple[str, ...]) -> None:
    """JSON, JSONL, CSV, TSV and Markdown carry the same columns and cells, each read back by its own reader."""
    columns, rows = cells(gz, *command)
    lines = [json.loads(line) for line in gz(*command, "-f", "jsonl").out.splitlines()]
    assert [list(line.items()) for line in lines] == [list(zip(columns, row, strict=True)) for row in rows]
    texts = [[as_text(cell) for cell in row] for row in rows]
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        read = list(csv.reader(io.StringIO(gz(*command, "-f", form).out), delimiter=delimiter))
        assert read == [columns, *texts]
    assert markdown_table(gz(*command, "-f", "markdown").out) == [columns, *texts]


def test_hostile_cells_agree_too(gz: Gz, hostile: Path) -> None:
    """Cells of controls, markup and formulas come back from each format as they are, controls written out."""
    assert hostile.is_file()
    columns, rows = cells(gz, "bases")
    assert [row[1] for row in rows[6:]] == HOSTILE
    texts = [[as_text(cell) for cell in row] for row in rows]
    assert markdown_table(gz("bases", "-f", "markdown").out) == [
        columns,
        *([re.sub(r"\s+$|^\s+", "", cell) for cell in row] for row in texts),
    ]
    formula = ("=", "+", "-", "@", "\t", "\r")
    safe = [
        [as_text(f"'{cell}") if isinstance(cell, str) and cell.startswith(formula) else as_text(cell) for cell in row]
        for row in rows
    ]
    assert list(csv.reader(io.StringIO(gz("bases", "-f", "csv").out))) == [columns, *safe]
    assert list(csv.reader(io.StringIO(gz("bases", "-f", "tsv").out), delimiter="\t")) == [columns, *safe]


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "markdown", "svg", "html"])
@pytest.mark.parametrize("command", ["bases", "claims", "sources", "show"])
def test_no_format_holds_a_control_character(gz: Gz, hostile: Path, form: str, command: str) -> None:
    """Whatever a cell holds, no format holds a control, a bidirectional override or a lone surrogate."""
    named = ["show", "hostile-0", "hostile-1", "hostile-2"] if command == "show" else [command]
    for options in ([], ["--db", str(hostile)]):
        ran = gz(*options, *named, "-f", form)
        assert ran.status == 0
        steering = {c for c in ran.out if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} - {"\n"}
        assert steering <= ({"\t"} if form == "tsv" else set())


def test_controls_are_shown_in_the_table(gz: Gz, hostile: Path) -> None:
    r"""A control character is shown in the table as it is written in Python: ESC as `\x1b`."""
    shown = gz("--db", str(hostile), "bases", COLUMNS="400").out
    for text in (r"\x1b[31mred\x1b[0m", r"nul \x00 bell \x07 del \x7f c1 \x9b31m", r"right\u202eleft\u2066isolate"):
        assert text in shown
    assert "[/] [sic] [link=x] [bold]b[/bold] :smile:" in shown


def test_markup_in_an_error_is_shown_as_typed(gz: Gz) -> None:
    """Markup and controls in what a person typed are shown, not obeyed, in the error that answers it."""
    ran = gz("trade", "--partner", "[bold]x[/bold] \x1b[31m")
    assert ran.err.splitlines()[0] == r'gz: no partner "[bold]x[/bold] \x1b[31m"'


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv", "markdown"])
def test_the_screen_does_not_matter_to_programs(gz: Gz, form: str) -> None:
    """What programs read is the same byte for byte at 20 and at 200 columns."""
    assert gz("claims", "-f", form, COLUMNS="20").out == gz("claims", "-f", form, COLUMNS="200").out


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200, 400])
@pytest.mark.parametrize("command", QUERIES, ids=lambda command: command[0])
def test_a_table_is_complete_at_any_width(gz: Gz, command: tuple[str, ...], width: int) -> None:
    """A piped table has no escape codes, folds instead of cutting, and fits, except for what is to be copied."""
    ran = gz(*command, COLUMNS=str(width))
    assert "\x1b" not in ran.out
    assert "…" not in ran.out
    if command[0] != "show":
        assert max(map(len, ran.out.splitlines())) <= width
    columns, rows = cells(gz, *command)
    letters = re.sub(r"\W", "", ran.out)
    for row in rows:
        for name, cell in zip(columns, row, strict=True):
            text = str(cell).removeprefix("guizhou-2024-06-14:") if name == "claim" else as_text(cell)
            if len(text) <= min(8, width // 3) and cell is not None:
                assert re.sub(r"\W", "", text) in letters, (name, text)


def test_a_wide_table_has_every_cell(gz: Gz) -> None:
    """At 200 columns each cell of each row stands on one line, or below the table where it is common to all."""
    shown = gz("bases", COLUMNS="200").out
    for row in gz("bases", "--json").rows:
        line = next(line for line in shown.splitlines() if row["base"] in line)
        for name in ("position", "detail", "speaker", "paragraph"):
            assert as_text(row[name]) in line
        assert row["claim"].partition(":")[2] in line
        assert row["role"] in shown
        assert row["source"] in shown


def test_the_table_of_trade_at_sixty_columns(gz: Gz) -> None:
    """Where columns don't fit, each rate is a card, its bar beside it and the derived figure marked as derived."""
    assert gz("trade", "--partner", "asean", COLUMNS="60").out == (
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


def test_html_is_a_picture_of_the_table(gz: Gz) -> None:
    """The HTML holds the text of the table, and loads nothing from elsewhere."""
    written = gz("bases", "-f", "html", COLUMNS="100").out
    reader = _Pre()
    reader.feed(written)
    drawn = [line.rstrip() for line in reader.text.splitlines()]
    for line in gz("bases", COLUMNS="100").out.splitlines():
        assert line in drawn
    assert "http" not in written


def test_svg_is_a_picture_that_loads_nothing(gz: Gz) -> None:
    """The SVG is well-formed, the same each time, and loads neither font nor anything else from elsewhere."""
    from xml.etree import ElementTree as ET

    written = gz("trade", "-f", "svg").out
    assert written == gz("trade", "-f", "svg").out
    texts = "".join(ET.fromstring(written).itertext()).replace("\xa0", " ")  # noqa: S314 - our own
    assert "33.8" in texts
    assert "trade-asean" in texts
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", written) == []


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


def test_numbers_stay_numbers(gz: Gz) -> None:
    """A number is a number in JSON and bare in CSV, what is absent is null and empty, and text is not escaped."""
    row = gz("trade", "--partner", "asean", "--json").rows[0]
    assert (row["annual_growth_pct"], row["years"], row["paragraph"]) == (33.8, 2, 6)
    assert ",33.8,2,past two years,79.0," in gz("trade", "--partner", "asean", "-f", "csv").out
    assert gz("bases", "energy", "--json").rows[0]["detail"] is None
    assert gz("bases", "energy", "-f", "csv").out.splitlines()[1].startswith("5,Energy,,guizhou")


def test_an_empty_answer_has_its_columns(gz: Gz) -> None:
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
        ran = gz("who-said", "steel", "-f", form)
        assert (ran.status, ran.out) == (1, out)
