"""Answers as text for people and programs: the one module that writes to stdout.

Every format carries the same cells. Machine formats are UTF-8 whatever the locale, and are written row by row. A
control character is written out in all of them, so that no cell can steer a terminal or a spreadsheet.
"""

import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from io import BytesIO, StringIO, TextIOWrapper
from itertools import chain
from typing import TYPE_CHECKING, TextIO

from guizhou_cli.answer import AT_ONCE, Answer, Cell, Row
from guizhou_cli.errors import FileProblem, UsageProblem, note
from guizhou_cli.text import STEERING, shortened, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PICTURE = 100
"""Columns of a picture, unless COLUMNS says otherwise."""
_NARROWEST, _WIDEST = 20, 1000
"""Columns of a table: what COLUMNS says beyond is not taken at its word."""
_CHUNK = 1 << 16
"""Characters that are written at once."""


class Format(StrEnum):
    """What an answer is written as."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    tsv = "tsv"
    markdown = "markdown"
    svg = "svg"
    html = "html"
    footnote = "footnote"


class Style(StrEnum):
    """The style of a citation."""

    text = "text"
    bibtex = "bibtex"
    csl_json = "csl-json"
    ris = "ris"
    pandoc = "pandoc"
    footnote = "footnote"


def write_answer(
    answer: Answer,
    form: Format,
    *,
    title: str,
    color: bool,
    keys: bool = False,
    columns: Sequence[str] = (),
    pager: bool = False,
) -> None:
    """Write an answer to stdout.

    Args:
        answer: the rows.
        form: what they are written as.
        title: the command that they answer, for the caption of a document.
        color: whether a table may be styled where stdout is a terminal.
        keys: whether a table has the claims' keys even where they need lines of their own.
        columns: the columns to write, in this order; all of them unless given.
        pager: whether a table that is longer than the terminal goes through the user's pager.

    Raises:
        FileProblem: if stdout is closed, or what it goes to is full.
        UsageProblem: if the answer has no such column, or can't be written as footnotes.

    """
    if columns:
        answer = _chosen(answer, columns)
    if form in _WRITERS:
        _write_all(_WRITERS[form](answer))
        return
    if form is Format.footnote and not {"statement", "source", "speaker"} <= {*answer.columns}:
        raise UsageProblem("only claims are written as footnotes", "gz who-said, gz claims, gz show, gz cite")
    if len(answer.rows) > AT_ONCE:
        note(f"these are the first {AT_ONCE:,} rows; all of them: -f csv, -f json or -f jsonl")
        answer = answer.but(rows=answer.rows[:AT_ONCE], rest=iter(()))
    if form is Format.footnote:
        from guizhou_cli.output.citation import cite

        write_text(cite(answer, Style.footnote))
    elif form is Format.html:
        from guizhou_cli.output.documents import html

        _write_all(html(answer, title, keys=keys))
    elif answer.rows:
        from guizhou_cli.output.tables import table

        drawn = table(answer, keys=keys, folded=form is Format.svg)
        if form is Format.svg:
            write_text(_svg(drawn))
        else:
            write_renderable(drawn, color=color, pager=pager)


def write_text(text: str) -> None:
    """Write text to stdout as UTF-8.

    Raises:
        FileProblem: if stdout is closed, or what it goes to is full.

    """
    _write(text.encode("utf-8", "backslashreplace"))


def write_path(path: os.PathLike[str]) -> None:
    """Write a path and a newline to stdout, byte for byte as the file system has it."""
    _write(os.fsencode(path) + b"\n")


def json_text(value: object) -> str:
    """Return JSON for people and programs: UTF-8 unescaped, except what would steer a terminal."""
    import json

    return unsteered(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def unsteered(text: str) -> str:
    r"""Return JSON or TOML with what would steer a terminal written out in its strings (U+0085 as `\u0085`)."""
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(rf"(?!\n)[{STEERING}]", lambda match: f"\\u{ord(match.group()):04x}", text)


def spreadsheet_cell(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers.

    A formula may follow blanks, and may begin with a full-width sign.
    """
    if not isinstance(cell, str):
        return cell
    first = next((char for char in cell if not char.isspace() and unicodedata.category(char) != "Cf"), "")
    formula = unicodedata.normalize("NFKC", first) in {"=", "+", "-", "@"} or cell.startswith(("\t", "\r"))
    return visible(f"'{cell}" if formula else cell)


def markdown(cell: Cell) -> str:
    """Return a cell as Markdown that shows it as it is; an address at its end becomes a link."""
    if cell is None:
        return ""
    text = visible(str(cell))
    start = max(text.rfind("http://"), text.rfind("https://"))
    address = text[start:] if start >= 0 and not _NO_ADDRESS.intersection(text[start:]) else ""
    words = text[: len(text) - len(address)]
    # No backslash may be in an address, so angle brackets are around it.
    return re.sub(_MARKDOWN_SYNTAX, r"\\\g<0>", words) + (f"<{address}>" if address else "")


_MARKDOWN_SYNTAX = r"[\\`*|<>\[\]~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w++;)"
_NO_ADDRESS = frozenset(' \t\n<>|`\\[]"')


def _chosen(answer: Answer, columns: Sequence[str]) -> Answer:
    """Return the answer with these columns alone.

    Raises:
        UsageProblem: if it has no such column.

    """
    for name in columns:
        if name not in answer.columns:
            from difflib import get_close_matches

            near = get_close_matches(name, answer.columns, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise UsageProblem(f"no column {shortened(name)}{meant}", f"its columns: {', '.join(answer.columns)}")
    at = [answer.columns.index(name) for name in columns]

    def picked(row: Row) -> Row:
        return tuple(row[number] for number in at)

    return answer.but(columns=tuple(columns), rows=list(map(picked, answer.rows)), rest=map(picked, answer.rest))


def _records(answer: Answer) -> Iterator[dict[str, Cell | list[str]]]:
    """Yield each row as JSON has it: topics are an array."""
    for row in answer:
        record: dict[str, Cell | list[str]] = dict(zip(answer.columns, row, strict=True))
        if "topics" in record:
            topics = record["topics"]
            record["topics"] = topics.split(", ") if isinstance(topics, str) else []
        yield record


def _json(answer: Answer) -> Iterator[str]:
    import json

    between = "[\n  "
    for record in _records(answer):
        text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False).replace("\n", "\n  ")
        yield between + unsteered(text)
        between = ",\n  "
    yield "[]\n" if between.startswith("[") else "\n]\n"


def _jsonl(answer: Answer) -> Iterator[str]:
    import json

    for record in _records(answer):
        yield unsteered(json.dumps(record, ensure_ascii=False, allow_nan=False)) + "\n"


def _csv(answer: Answer, delimiter: str = ",") -> Iterator[str]:
    import csv

    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    for row in chain([answer.columns], answer):
        writer.writerow(map(spreadsheet_cell, row))
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def _markdown(answer: Answer) -> Iterator[str]:
    numeric = [any(isinstance(row[at], int | float) for row in answer.rows) for at in range(len(answer.columns))]

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cells) + " |\n"

    yield line(answer.columns) + line("---:" if right else "---" for right in numeric)
    for row in answer:
        yield line(map(markdown, row))


_WRITERS: dict[Format, Callable[[Answer], Iterator[str]]] = {
    Format.json: _json,
    Format.jsonl: _jsonl,
    Format.csv: _csv,
    Format.tsv: partial(_csv, delimiter="\t"),
    Format.markdown: _markdown,
}


def write_renderable(renderable: "RenderableType", *, color: bool = True, pager: bool = False) -> None:
    """Write something of Rich's to stdout: styled on a terminal, plain and complete anywhere else."""
    stream = _stdout()
    encoding = stream.encoding or "utf-8"
    # Rich learns from this file what it may draw; a character beyond the encoding is written out instead of lost.
    buffer = BytesIO()
    file = TextIOWrapper(buffer, encoding=encoding, errors="backslashreplace", newline="\n")
    terminal = stream.isatty()
    try:
        columns, height = _size(*os.get_terminal_size(stream.fileno()))
    except (OSError, ValueError):  # not a terminal, or not a file
        columns, height = _size(80, 24)
    console = _console(file, columns, terminal=terminal or bool(os.environ.get("FORCE_COLOR")), color=color)
    console.print(renderable, crop=False)  # what is to be copied is not folded
    file.flush()
    lines = [line.rstrip() for line in buffer.getvalue().splitlines()]
    text = b"\n".join(lines).strip(b"\n") + b"\n"
    if pager and terminal and len(lines) > height:
        _page(text.decode(encoding))
    else:
        _write(text)


def _page(text: str) -> None:
    """Show a text in the user's pager; `less` shows colours, and ends where one screen is enough."""
    from rich.pager import SystemPager

    os.environ.setdefault("LESS", "FRX")  # as Git does
    SystemPager().show(text)


def _size(columns: int, lines: int) -> tuple[int, int]:
    """Return the columns and lines to draw in: what the environment says comes before what the terminal has."""
    given = [os.environ.get(name, "") for name in ("COLUMNS", "LINES")]
    wanted = [min(int(text[:9]), _WIDEST) if text.isascii() and text.isdecimal() else 0 for text in given]
    return min(max(wanted[0] or columns, _NARROWEST), _WIDEST), wanted[1] or lines


def _svg(renderable: "RenderableType") -> str:
    """Return a picture that loads nothing from elsewhere and is the same each time."""
    from rich.terminal_theme import DEFAULT_TERMINAL_THEME

    console = _console(StringIO(), _size(_PICTURE, 0)[0], terminal=True, color=True, record=True)
    console.print(renderable, crop=False)
    return console.export_svg(code_format=_SVG, theme=DEFAULT_TERMINAL_THEME, unique_id="gz") + "\n"


# The fields are those that Rich fills in. No web font is loaded, and nothing is drawn but the text.
_SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px "DejaVu Sans Mono", Menlo, Consolas, monospace }}
{styles}
</style>
<defs>{lines}</defs>
<rect width="100%" height="100%" rx="6" fill="#fff"/>
{backgrounds}
<g class="{unique_id}-matrix" transform="translate(9, 9)">
{matrix}
</g>
</svg>"""


def _console(file: TextIO, width: int, *, terminal: bool, color: bool, record: bool = False) -> "Console":
    from rich.console import Console

    plain = not terminal or not color or os.environ.get("NO_COLOR") or os.environ.get("TERM") in {"dumb", "unknown"}
    return Console(
        file=file,
        width=width,
        height=25,  # nothing depends on it; without it Rich would ask the environment for both
        force_terminal=terminal,
        color_system="truecolor" if record else None if plain else "auto",
        no_color=False,
        record=record,
        emoji=False,
        markup=False,
        highlight=False,
        legacy_windows=False,
    )


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise FileProblem("stdout is closed: there is nowhere to write the answer")
    return sys.stdout


def _write_all(texts: Iterable[str]) -> None:
    """Write texts as UTF-8, many of them at once, so that memory is bounded."""
    batch: list[str] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text)
        if size >= _CHUNK:
            write_text("".join(batch))
            batch, size = [], 0
    write_text("".join(batch))


def _write(data: bytes) -> None:
    stream = _stdout()
    stream.flush()
    stream.buffer.write(data)
    stream.buffer.flush()
