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
from io import StringIO
from itertools import chain
from typing import TextIO

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.errors import FileProblem, UsageProblem, note
from guizhou_cli.text import STEERING, shortened, visible


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
        FileProblem: if stdout is closed.
        UsageProblem: if the answer has no such column, or can't be written as footnotes.

    """
    if columns:
        answer = _chosen(answer, columns)
    if form in _STREAMED:
        write_texts(_STREAMED[form](answer))
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

        write_texts(html(answer, title, keys=keys))
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
            # A character beyond the encoding is written out instead of lost.
            _write([text.encode(stream.encoding or "utf-8", "backslashreplace")])


def write_text(text: str) -> None:
    """Write text to stdout as UTF-8, or raise FileProblem if stdout is closed."""
    write_texts([text])


def write_texts(texts: Iterable[str]) -> None:
    """Write texts to stdout as UTF-8, each as it comes, so that memory is bounded."""
    _write(text.encode("utf-8", "backslashreplace") for text in texts)


def write_path(path: os.PathLike[str]) -> None:
    """Write a path and a newline to stdout, byte for byte as the file system has it."""
    _write([os.fsencode(path) + b"\n"])


def json_text(value: object, indent: int | None = 2) -> str:
    """Return JSON for people and programs: UTF-8 unescaped, except what would steer a terminal."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    if not text.replace("\n", "").isprintable():
        text = re.sub(rf"(?!\n)[{STEERING}]", lambda match: f"\\u{ord(match.group()):04x}", text)
    return text + "\n"


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
    """Return the answer with these columns alone, or raise UsageProblem where it has no such column."""
    for name in columns:
        if name not in answer.columns:
            from difflib import get_close_matches

            meant = "".join(f"; did you mean {near}?" for near in get_close_matches(name, answer.columns, 1))
            raise UsageProblem(f"no column {shortened(name)}{meant}", f"its columns: {', '.join(answer.columns)}")
    picked = [answer.columns.index(name) for name in columns]
    rows, rest = ((tuple(row[at] for at in picked) for row in rows) for rows in (answer.rows, answer.rest))
    return answer.but(columns=tuple(columns), rows=list(rows), rest=rest)


def _records(answer: Answer) -> Iterator[dict[str, Cell | list[str]]]:
    """Yield each row as JSON has it: topics are an array."""
    for row in answer:
        record: dict[str, Cell | list[str]] = dict(zip(answer.columns, row, strict=True))
        if "topics" in record:
            topics = record["topics"]
            record["topics"] = topics.split(", ") if isinstance(topics, str) else []
        yield record


def _json(answer: Answer) -> Iterator[str]:
    between = "["
    for record in _records(answer):
        yield between + f"\n{json_text(record)}".replace("\n", "\n  ").rstrip()
        between = ","
    yield "[]\n" if between == "[" else "\n]\n"


def _jsonl(answer: Answer) -> Iterator[str]:
    for record in _records(answer):
        yield json_text(record, indent=None)


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


_STREAMED: dict[Format, Callable[[Answer], Iterator[str]]] = {
    Format.json: _json,
    Format.jsonl: _jsonl,
    Format.csv: _csv,
    Format.tsv: partial(_csv, delimiter="\t"),
    Format.markdown: _markdown,
}


def _stdout() -> TextIO:
    if sys.stdout is None:
        raise FileProblem("stdout is closed: there is nowhere to write the answer")
    return sys.stdout


def _write(parts: Iterable[bytes]) -> None:
    stream = _stdout()
    stream.flush()
    stream.buffer.writelines(parts)
    stream.buffer.flush()
