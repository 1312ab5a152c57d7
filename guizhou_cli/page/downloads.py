"""CSV as Datasette writes it, made as safe to open in a spreadsheet as that of the command line is."""

import csv
import io
import re
from codecs import getincrementaldecoder

from guizhou_cli.formats import spreadsheet_cell

csv.field_size_limit(2**30)  # characters: a cell of somebody's own SQL may be of any length


class SafeCsv:
    """Rewrites CSV piece by piece, row by row, so that no spreadsheet takes a text in it for a formula."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, piece: bytes, *, last: bool) -> bytes:
        """Return the rows that are complete with this piece; with the `last` one, whatever is left."""
        text = self._rest + self._decoder.decode(piece, final=last)
        end = len(text) if last else _end_of_rows(text)
        self._rest = text[end:]
        out = io.StringIO()
        rows = csv.reader(io.StringIO(text[:end], newline=""))
        csv.writer(out).writerows(
            [cell if _is_number(cell) else spreadsheet_cell(cell) for cell in row] for row in rows
        )
        return out.getvalue().encode()


def _end_of_rows(text: str) -> int:
    """Return where the last complete row ends: at a line's end that is within no quotes."""
    end = len(text)
    while (end := text.rfind("\n", 0, end) + 1) and text.count('"', 0, end) % 2:
        end -= 1
    return end


def _is_number(cell: str) -> bool:
    """Tell whether a cell is a number: CSV does not tell -3 from a text that begins with a hyphen."""
    return re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", cell, re.ASCII) is not None
