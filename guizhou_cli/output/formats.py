"""What is written to stdout, and nothing else writes there: an answer in a format, a text, a path."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TextIO

from guizhou_cli.answer import AT_ONCE, Answer
from guizhou_cli.errors import FileProblem, UsageProblem, note
from guizhou_cli.output import Format, Style
from guizhou_cli.output.machine import csv_rows, json_lines, json_rows, json_text, markdown_rows, spreadsheet_cell
from guizhou_cli.text import shortened

__all__ = ["Format", "Style", "json_text", "spreadsheet_cell", "write_answer", "write_path", "write_text"]

_STREAMED: dict[Format, Callable[[Answer], Iterator[str]]] = {
    Format.json: json_rows,
    Format.jsonl: json_lines,
    Format.csv: csv_rows,
    Format.tsv: partial(csv_rows, delimiter="\t"),
    Format.markdown: markdown_rows,
}
"""The formats that programs read: UTF-8 whatever the locale, and all rows, however many."""


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
    """Write an answer to stdout, or these columns of it, in this order.

    On a terminal a table may be styled (`color`), and go through the user's pager where it is long (`pager`). With
    `keys` it has the claims' keys even where they need lines of their own. `title` is that of an HTML document.
    Raises FileProblem if stdout is closed, and UsageProblem if the answer has no such column.
    """
    if columns:
        answer = _chosen(answer, columns)
    if form in _STREAMED:
        _write(_STREAMED[form](answer))
        return
    if len(answer.rows) > AT_ONCE:
        note(f"these are the first {AT_ONCE:,} rows; all of them: -f csv, -f json or -f jsonl")
        answer = answer.but(rows=answer.rows[:AT_ONCE], rest=iter(()))
    if form is Format.html:
        from guizhou_cli.output.documents import html

        write_text(html(answer, title, keys=keys))
    elif answer.rows:
        from guizhou_cli.output import tables

        if form is Format.svg:
            write_text(tables.picture(answer, keys=keys))
            return
        stream = _stdout()
        text, long = tables.table(answer, stream, keys=keys, color=color)
        if pager and long and stream.isatty():
            from rich.pager import SystemPager

            os.environ.setdefault("LESS", "FRX")  # colours, and no pager where one screen is enough, as Git does
            SystemPager().show(text)
        else:
            _write([text], stream.encoding)


def write_text(text: str) -> None:
    """Write text to stdout as UTF-8, or raise FileProblem if stdout is closed."""
    _write([text])


def write_path(path: os.PathLike[str]) -> None:
    """Write a path and a newline to stdout, byte for byte as the file system has it."""
    _write([f"{os.fspath(path)}\n"], sys.getfilesystemencoding(), "surrogateescape")


def _chosen(answer: Answer, columns: Sequence[str]) -> Answer:
    """Return the answer with these columns alone, or raise UsageProblem where it has no such column."""
    for name in columns:
        if name not in answer.columns:
            from difflib import get_close_matches

            meant = "".join(f"; did you mean {near}?" for near in get_close_matches(name, answer.columns, 1))
            raise UsageProblem(f"no column {shortened(name)}{meant}", f"its columns: {', '.join(answer.columns)}")
    picked = [answer.columns.index(name) for name in columns]
    rows, rest = ((tuple(row[at] for at in picked) for row in rows) for rows in (answer.rows, answer.rest))
    return answer.but(view="", columns=tuple(columns), rows=list(rows), rest=rest)


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise FileProblem("stdout is closed: there is nowhere to write the answer")
    return sys.stdout


def _write(texts: Iterable[str], encoding: str = "utf-8", errors: str = "backslashreplace") -> None:
    """Write texts as they come, so that memory is bounded; a character beyond the encoding is escaped, not lost."""
    stream = _stdout()
    stream.flush()
    stream.buffer.writelines(text.encode(encoding, errors) for text in texts)
    stream.buffer.flush()
