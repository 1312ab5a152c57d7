"""Answers for programs: JSON, JSON Lines, CSV, TSV and Markdown, a row at a time.

All have the same cells. A character that would steer a terminal or a spreadsheet is escaped in each.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.text import STEERING, visible

_MARKDOWN = r"https?://[^\s<>|`\\\[\]\"]++|[\\`*|<>\[\]~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w++;)"
"""What is not text to Markdown: addresses, and its own syntax."""


def json_text(value: object, indent: int | None = 2) -> str:
    """Return JSON for people and programs: not escaped, except for what would steer a terminal."""
    import json

    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return re.sub(rf"(?!\n)[{STEERING}]", lambda match: f"\\u{ord(match.group()):04x}", text) + "\n"


def spreadsheet_cell(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula; numbers stay numbers.

    A formula may follow blanks, and may begin with a full-width sign.
    """
    if not isinstance(cell, str):
        return cell
    from unicodedata import category, normalize

    first = next((char for char in cell if not char.isspace() and category(char) != "Cf"), "")
    formula = normalize("NFKC", first) in {"=", "+", "-", "@"} or cell.startswith(("\t", "\r"))
    return visible(f"'{cell}" if formula else cell)


def markdown(cell: Cell) -> str:
    """Return a cell as Markdown that shows it as it is, with its addresses as links."""

    def escaped(match: re.Match[str]) -> str:
        text = match.group()
        return f"<{text}>" if text.startswith("http") else f"\\{text}"

    return "" if cell is None else re.sub(_MARKDOWN, escaped, visible(str(cell)))


def json_rows(answer: Answer) -> Iterator[str]:
    """Yield an array of objects, each column on its line."""
    between = "["
    for members in _members(answer):
        yield f"{between}\n  {{\n    " + ",\n    ".join(members) + "\n  }"
        between = ","
    yield "[]\n" if between == "[" else "\n]\n"


def json_lines(answer: Answer) -> Iterator[str]:
    """Yield an object per line."""
    for members in _members(answer):
        yield f"{{{', '.join(members)}}}\n"


def _members(answer: Answer) -> Iterator[list[str]]:
    """Yield the columns of each row as members of a JSON object; topics are an array."""
    for row in answer:
        record: dict[str, Cell | list[str]] = dict(zip(answer.columns, row, strict=True))
        if "topics" in record:
            record["topics"] = str(record["topics"]).split(", ") if record["topics"] else []
        yield [f"{_json_cell(name)}: {_json_cell(cell)}" for name, cell in record.items()]


def _json_cell(cell: Cell | list[str]) -> str:
    """Return a cell as JSON. Most need no `json`, whose import takes a fiftieth of `gz bases --json`."""
    if isinstance(cell, str) and cell.isprintable() and '"' not in cell and "\\" not in cell:
        return f'"{cell}"'
    return "null" if cell is None else repr(cell) if isinstance(cell, int | float) else json_text(cell, None).rstrip()


def csv_rows(answer: Answer, delimiter: str = ",") -> Iterator[str]:
    """Yield the columns, then the rows."""
    import csv
    from io import StringIO

    for row in chain([answer.columns], answer):
        line = StringIO()
        csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow(map(spreadsheet_cell, row))
        yield line.getvalue()


def markdown_rows(answer: Answer) -> Iterator[str]:
    """Yield a table in Markdown, numbers on the right."""

    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cells)} |\n"

    first = answer.dicts()
    numbers = {name for row in first for name, cell in row.items() if isinstance(cell, int | float)}
    yield line(answer.columns) + line("---:" if name in numbers else "---" for name in answer.columns)
    for row in answer:
        yield line(map(markdown, row))
