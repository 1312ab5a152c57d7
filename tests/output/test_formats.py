"""Formats: the same cells in each, nothing that steers a terminal or a spreadsheet, nothing lost in a pipe."""

import csv
import io
import json
import unicodedata
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree import ElementTree as ET

import pypandoc
import pytest
from answers import VIEWS, asked, question, written
from markdown_it import MarkdownIt

from guizhou_cli.answer import AT_ONCE, Answer, Row
from guizhou_cli.output import formats
from guizhou_cli.output.formats import Format, write_answer
from guizhou_cli.text import visible

SHOWN: dict[str, str] = json.loads(Path(__file__).with_name("cells.json").read_text())
"""Texts as a cell holds them and as they are shown, written out, so that a fault in `visible` is seen."""
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\rx", "  =1", "\u3000=1", "\u200b=1", "\uff1d1", " \uff20SUM")
TAIL = "claim,speaker,role,attribution,paragraph,source"


def bases_of(*texts: str) -> Answer:
    """Return an answer of bases with these names."""
    answer = asked("bases")
    return answer.but(rows=[(at, text, text[::-1], *answer.rows[0][3:]) for at, text in enumerate(texts, 1)])


def markdown_table(text: str) -> list[list[str]]:
    """Return the cells of a Markdown table as an independent reader reads them: what a person sees of each."""
    read: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        if token.type == "tr_open":
            read.append([])
        elif token.type == "inline":
            children = token.children or []
            assert {child.type for child in children} <= {"text", "text_special", "link_open", "link_close"}
            linked = {at + 1 for at, child in enumerate(children) if child.type == "link_open"}
            # Of an address its target counts, for as a text a reader may show it decoded.
            texts = [str(child.attrs.get("href", child.content)) for child in children]
            read[-1].append("".join(text for at, text in enumerate(texts) if at not in linked))
    return read


@pytest.mark.parametrize("view", VIEWS)
def test_all_formats_agree_cell_for_cell(view: str) -> None:
    """JSON, JSONL, CSV, TSV and Markdown carry the same columns and cells, each read back by its own reader."""
    answer = question(view, "DELETE FROM claim_topic WHERE claim_id = 4")
    columns = list(answer.columns)
    rows: list[dict[str, Any]] = json.loads(written(answer, "json"))
    assert [json.loads(line) for line in written(answer, "jsonl").splitlines()] == rows
    for form in ("json", "csv", "tsv", "markdown", "html"):  # the screen does not matter to programs
        assert written(answer, form, COLUMNS="20") == written(answer, form, COLUMNS="200")
    for row in rows:
        if "topics" in row:  # an array, also where there is none
            row["topics"] = ", ".join(row["topics"]) or None
    assert [tuple(row.values()) for row in rows] == answer.rows
    texts = [["" if cell is None else visible(str(cell)) for cell in row] for row in answer.rows]
    assert list(csv.reader(io.StringIO(written(answer, "csv")))) == [columns, *texts]
    assert list(csv.reader(io.StringIO(written(answer, "tsv")), delimiter="\t")) == [columns, *texts]
    assert markdown_table(written(answer, "markdown")) == [columns, *texts]


def test_each_character_comes_out_as_it_should() -> None:
    """In JSON a cell is what it is; elsewhere controls are written out, formulas are text, and the rest is as it is."""
    raw = [*SHOWN, *FORMULAS]
    plain = [text.replace("\t", r"\t").replace("\r", r"\r") for text in FORMULAS]
    answer = bases_of(*raw)
    assert [row["base"] for row in json.loads(written(answer, "json"))] == raw
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        read = csv.DictReader(io.StringIO(written(answer, form), newline=""), delimiter=delimiter)
        assert [row["base"] for row in read] == [*SHOWN.values(), *(f"'{text}" for text in plain)]
    cells = [row[1].strip() for row in markdown_table(written(answer, "markdown"))[1:]]
    assert cells == [*SHOWN.values(), *(text.strip() for text in plain)]
    table = written(answer, COLUMNS="400")
    assert all(text in table for text in SHOWN.values())


@pytest.mark.parametrize("form", Format)
def test_no_format_holds_a_control_character(form: Format) -> None:
    """Whatever a cell holds, no format holds a control, a bidirectional override, a noncharacter or a surrogate."""
    out = written(bases_of(*SHOWN, *FORMULAS, "\ud800"), form)
    steering = {c for c in out if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} or "\ufdd0" <= c <= "\ufdef"}
    steering |= {"\u202e", "\u2066", "\ufeff", "\ufffe", "\uffff"}.intersection(out)
    assert steering - {"\n"} <= ({"\t"} if form is Format.tsv else set())


def test_an_empty_answer_has_its_columns() -> None:
    """Where nothing is found a program still gets a document: `[]`, or the header alone."""
    answer = asked("measures", "0")
    columns = f"measure,policy,{TAIL}"
    assert [written(answer, form) for form in ("json", "jsonl", "table")] == ["[]\n", "", ""]
    assert written(answer, "csv") == written(answer, "tsv").replace("\t", ",") == f"{columns}\n"
    assert written(answer, "markdown") == f"| {columns.replace(',', ' | ')} |\n|{' --- |' * 8}\n"
    assert "<table>" in written(answer, "html")


def test_svg_is_well_formed() -> None:
    """The SVG picture is XML whatever a cell holds, has the text of the table, and is the same each time."""
    drawn = written(bases_of(*SHOWN), "svg", COLUMNS="400")
    texts = [text.text or "" for text in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    letters = "".join(texts).replace("\xa0", " ")
    assert all(text in letters for text in SHOWN.values())
    assert drawn == written(bases_of(*SHOWN), "svg", COLUMNS="400")
    assert drawn.count("url(") == drawn.count("url(#")


def test_html_is_a_table() -> None:
    """The HTML is a table with a caption and the cells of the rows, which pandoc turns into one of a document."""
    page = ET.fromstring(written(bases_of(*SHOWN), "html").removeprefix("<!DOCTYPE html>"))  # noqa: S314 - our own
    assert [row[1].text for row in page.iter("tr")] == list(SHOWN.values())
    assert page.findtext(".//caption") == "Li Bingjun, Governor of Guizhou Province · Xinhua, 15 June 2024, para. 2"
    tree = json.loads(pypandoc.convert_text(written(asked("trade"), "html"), "json", "html"))
    assert [block["t"] for block in tree["blocks"]] == ["Table"]
    assert "arithmetic" in json.dumps(tree["blocks"][0]["c"][1])  # the caption
    key = "<td>guizhou-2024-06-14:base-energy</td>"
    assert [key in written(asked("bases"), "html", keys=keys) for keys in (False, True)] == [False, True]


@pytest.mark.parametrize("form", ["json", "csv", "markdown", "html"])
def test_chosen_columns(form: str) -> None:
    """Columns are chosen in every format, in the order asked for."""
    out = written(asked("trade"), form, columns=["partner", "annual_growth_pct"])
    assert out.index("belt-and-road") < out.index("28.4")
    assert "Guizhou" not in out


def endless(read: list[int]) -> Iterator[Row]:
    """Yield rows, and note how many were read."""
    for at in range(200_000):
        read[0] = at
        yield (f"topic {at}", at)


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv", "markdown"])
def test_machine_formats_are_streamed(form: str) -> None:
    """A program gets the first rows while the last are not yet read from the database."""
    read, found = [0], list[tuple[int, int]]()
    answer = Answer("topics", ("topic", "claims"), [], endless(read))
    with patch.object(formats, "_write", lambda texts: found.extend((read[0], len(text)) for text in texts)):
        write_answer(answer, Format(form), title="", color=False)
    assert found[0][0] < 100
    assert max(size for _, size in found) < 1_000


def test_a_table_stops(capfd: pytest.CaptureFixture[str]) -> None:
    """A table has at most AT_ONCE rows, reads no more, and a note says how to get all."""
    read = [0]
    rows: list[Row] = [(f"topic {at}", at) for at in range(AT_ONCE + 1)]
    out = written(Answer("topics", ("topic", "claims"), rows, endless(read)))
    assert (out.count("\n"), read) == (AT_ONCE + 1, [0])
    assert capfd.readouterr().err == "gz: these are the first 1,000 rows; all of them: -f csv, -f json or -f jsonl\n"


def test_what_an_encoding_has_is_shown_in_it() -> None:
    """In another encoding a character that it has is shown in it, and one that it lacks is written out."""
    answer = bases_of("café 东盟")
    assert "café \\u4e1c\\u76df" in written(answer, encoding="cp1252")
    assert "caf\\xe9 \\u4e1c\\u76df" in written(answer, encoding="ascii")
    assert "café 东盟" in written(answer, encoding="utf-8")
    assert "café 东盟" in written(answer, "csv", encoding="ascii")


@pytest.mark.parametrize(("view", "pager", "paged"), [("claims", True, 1), ("claims", False, 0), ("bases", True, 0)])
def test_pager(view: str, pager: bool, paged: int) -> None:
    """A long answer on a terminal goes through the pager, once; a short one does not, nor where it is not wanted."""
    given: list[str] = []
    terminal = type("Terminal", (io.TextIOWrapper,), {"isatty": lambda _: True})(out := io.BytesIO(), "utf-8")
    with (
        redirect_stdout(terminal),
        patch.dict("os.environ", {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}, clear=True),
        patch("rich.pager.SystemPager.show", lambda _, text: given.append(text)),
    ):
        write_answer(asked(view), Format.table, title="", color=True, pager=pager)
    assert (len(given), bool(out.getvalue())) == (paged, not paged)
