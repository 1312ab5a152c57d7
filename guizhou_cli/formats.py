"""Answers as text for people and programs: the one module that writes to stdout.

Every format carries the same cells. Machine formats are UTF-8 whatever the locale; a control character is written
out in all of them, so that no cell can steer a terminal or a spreadsheet. It is long so that no other writes.
"""

import io
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from guizhou_cli.errors import STEERING, FileProblem, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from guizhou_cli.queries import Answer
    from guizhou_cli.reading import Cell

PICTURE_WIDTH = 100
"""Columns of an `svg` or `html` picture, unless COLUMNS says otherwise."""


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


class Style(StrEnum):
    """What a citation is written as."""

    text = "text"
    bibtex = "bibtex"
    csl_json = "csl-json"
    ris = "ris"


def write_answer(answer: "Answer", form: Format, title: str, *, color: bool = True) -> None:
    """Write an answer to stdout.

    Args:
        answer: the rows.
        form: what they are written as.
        title: the command they answer, for the formats that are pictures.
        color: whether a table may be styled where stdout is a terminal.

    Raises:
        FileProblem: if stdout is closed, or what it goes to is full.

    """
    if form in _TEXT_FORMATS:
        write_text(_TEXT_FORMATS[form](answer))
        return
    from guizhou_cli.tables import table

    if form is Format.table:
        write_renderable(table(answer), color=color)
    else:
        write_text(_picture(table(answer, folded=form is Format.svg), form, title))


def write_renderable(renderable: "RenderableType", *, color: bool = True) -> None:
    """Write something of Rich's to stdout: styled on a terminal, plain and complete anywhere else."""
    stream = _stdout()
    encoding = getattr(stream, "encoding", None) or "utf-8"
    # Rich learns from this file what it may draw; a character beyond the encoding is written out instead of lost.
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace", newline="\n")
    width = max(shutil.get_terminal_size((80, 24)).columns, 20)
    console = _console(file, width, terminal=stream.isatty() or bool(os.environ.get("FORCE_COLOR")), color=color)
    console.print(renderable, crop=False)  # what is to be copied is not folded
    file.flush()
    drawn: bytes = file.buffer.getvalue()
    lines = [line.rstrip() for line in drawn.splitlines()]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    _write(b"".join(line + b"\n" for line in lines))


def write_text(text: str) -> None:
    """Write text to stdout as UTF-8.

    Raises:
        FileProblem: if stdout is closed, or what it goes to is full.

    """
    _write(text.encode("utf-8", "backslashreplace"))


def write_path(path: os.PathLike[str]) -> None:
    """Write a path and a newline to stdout, byte for byte as the file system has it."""
    _write(os.fsencode(path) + b"\n")


def json_text(value: Any) -> str:
    """Return JSON for people and programs: UTF-8 unescaped, except what would steer a terminal."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return unsteered(text) + "\n"


def unsteered(text: str) -> str:
    r"""Return JSON or TOML with what would steer a terminal written out in its strings (U+0085 as `\u0085`)."""
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(rf"(?!\n)[{STEERING}]", lambda match: f"\\u{ord(match.group()):04x}", text)


def _json(answer: "Answer") -> str:
    return json_text(answer.dicts())


def _jsonl(answer: "Answer") -> str:
    import json

    lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in answer.dicts())
    return unsteered("".join(f"{line}\n" for line in lines))


def _csv(answer: "Answer") -> str:
    return _separated(answer, ",")


def _tsv(answer: "Answer") -> str:
    return _separated(answer, "\t")


def _separated(answer: "Answer", delimiter: str) -> str:
    import csv

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([spreadsheet_cell(cell) for cell in row] for row in answer.rows)
    return out.getvalue()


def spreadsheet_cell(cell: "Cell") -> "Cell":
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(cell, str):
        return cell
    return visible("'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell)


def _markdown(answer: "Answer") -> str:
    numeric = [any(isinstance(cell, int | float) for cell in column) for column in zip(*answer.rows, strict=True)]
    numeric = numeric or [False] * len(answer.columns)

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cells) + " |\n"

    head = line(answer.columns) + line("---:" if right else "---" for right in numeric)
    return head + "".join(line(_markdown_cell(cell) for cell in row) for row in answer.rows)


_MARKDOWN_SYNTAX = r"[\\`*|<>\[\]~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)"


_ADDRESS_AT_END = r"https?://[^\s<>|`\\\[\]\"]+$"


def _markdown_cell(cell: "Cell") -> str:
    if cell is None:
        return ""
    text = visible(str(cell))
    address = re.search(_ADDRESS_AT_END, text)  # no backslash may stand in it, so angle brackets stand around it
    words, link = (text[: address.start()], f"<{address[0]}>") if address else (text, "")
    return re.sub(_MARKDOWN_SYNTAX, r"\\\g<0>", words) + link


_TEXT_FORMATS: dict[Format, Callable[["Answer"], str]] = {
    Format.json: _json,
    Format.jsonl: _jsonl,
    Format.csv: _csv,
    Format.tsv: _tsv,
    Format.markdown: _markdown,
}


def _picture(renderable: "RenderableType", form: Format, title: str) -> str:
    """Return the table as a picture that loads nothing from elsewhere and is the same each time."""
    given = os.environ.get("COLUMNS", "")
    width = max(int(given), 20) if given.isdecimal() and 0 < int(given) <= 1000 else PICTURE_WIDTH  # noqa: PLR2004
    console = _console(io.StringIO(), width, terminal=True, color=True, record=True)
    console.print(renderable, crop=False)
    from rich.terminal_theme import DEFAULT_TERMINAL_THEME

    if form is Format.html:
        code_format = _HTML.replace("{title}", _html(title))
        return console.export_html(theme=DEFAULT_TERMINAL_THEME, inline_styles=True, code_format=code_format)
    return console.export_svg(code_format=_SVG, theme=DEFAULT_TERMINAL_THEME, unique_id="gz") + "\n"


def _html(text: str) -> str:
    from html import escape

    return escape(visible(text)).replace("{", "{{").replace("}", "}}")


_HTML = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<pre style="font-family: Menlo, 'DejaVu Sans Mono', Consolas, monospace; line-height: 1.3">{code}</pre>
</html>
"""


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


def _console(file: Any, width: int, *, terminal: bool, color: bool, record: bool = False) -> "Console":
    from rich.console import Console

    plain = not terminal or not color or os.environ.get("NO_COLOR") or os.environ.get("TERM") in {"dumb", "unknown"}
    system = "truecolor" if record else None if plain else "auto"
    return Console(
        file=file,
        width=width,
        height=25,  # nothing depends on it; without it Rich would ask the environment for both
        force_terminal=terminal,
        color_system=system,  # type: ignore[arg-type]  # one of Rich's names
        no_color=False,
        record=record,
        emoji=False,
        markup=False,
        highlight=False,
        legacy_windows=False,
    )


def _stdout() -> Any:
    if sys.stdout is None:
        raise FileProblem("stdout is closed: there is nowhere to write the answer")
    return sys.stdout


def _write(data: bytes) -> None:
    stream = _stdout()
    stream.flush()
    buffer = stream.buffer
    buffer.write(data)
    buffer.flush()
