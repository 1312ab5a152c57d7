"""Sheets as Rich text. Each width is set once, from the lengths of the cells, and Rich folds what is wider.

`rich.table` would measure everything again, and imports `fractions` and `decimal`: 25 million instructions of 340.
"""

import os
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import zip_longest
from math import ceil
from pathlib import Path
from shutil import get_terminal_size
from typing import Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from guizhou_cli.answer import Answer
from guizhou_cli.output.layouts import OPTIONAL, RIGHT, STAYING
from guizhou_cli.output.sheets import Line, Shown, sheet

_NARROWEST, _WIDEST = 20, 1000
"""Columns of a table: what COLUMNS says beyond is not taken at its word."""
_PICTURE = 100
"""Columns of a picture, unless COLUMNS or the terminal says otherwise."""
_GAP = 2
_BAR, _LEAST_BAR = 20, 6
_LEAST_MAIN = 30
"""Characters. Cells become lines of their own before the main column is folded to less than this."""
_STYLES = {"key": "dim", "paragraph": "dim"}
_STATUS = {"ok": "green", "verified": "green", "doubt": "yellow", "unknown": "yellow", "unclaimed": ""}


def table(answer: Answer, file: TextIO, *, keys: bool, color: bool) -> tuple[str, bool]:
    """Return an answer as a table that is complete at any width, and whether it is longer than the terminal.

    Args:
        answer: rows of a view.
        file: where it is to be written, of which Rich learns what may be drawn: on a terminal it is styled.
        keys: whether the claims' keys are shown where they need lines of their own.
        color: whether it may be styled at all.

    """
    columns, height = get_terminal_size()
    plain = not color or os.environ.get("NO_COLOR")
    console = _console(file, columns, None if plain else "auto")
    lines = list(_Table(answer, console, keys=keys).lines())
    with console.capture() as captured:
        console.print(*lines, sep="\n")
    return captured.get(), len(lines) > height


def picture(answer: Answer, *, keys: bool) -> str:
    """Return an answer as an SVG picture that loads nothing from elsewhere and is the same each time."""
    columns, _ = get_terminal_size((_PICTURE, 0))
    console = _console(StringIO(), columns, "truecolor", picture=True)
    console.print(*_Table(answer, console, keys=keys).lines(), sep="\n")
    # The fields in it are those that Rich fills in. No web font is loaded, and nothing is drawn but the text.
    form = Path(__file__).with_name("picture.svg").read_text(encoding="utf-8")
    return console.export_svg(code_format=form, theme=DEFAULT_TERMINAL_THEME, unique_id="gz")


def _console(
    file: TextIO, columns: int, colors: Literal["auto", "truecolor"] | None, *, picture: bool = False
) -> Console:
    return Console(
        file=file,
        width=min(max(columns, _NARROWEST), _WIDEST),
        height=24,  # nothing depends on it; without it Rich would take any dumb terminal for one of 80 columns
        color_system=colors,
        force_terminal=picture or None,
        no_color=False,
        record=picture,
        soft_wrap=True,
        legacy_windows=False,
    )


class _Table:
    """A sheet on a console: the width of each column that is kept, and the columns whose cells are lines below."""

    def __init__(self, answer: Answer, console: Console, *, keys: bool) -> None:
        self.console = console
        self.columns, self.groups, self.captions = sheet(answer, plain=console.options.ascii_only)
        self.indent = 2 if any(group.heading for group in self.groups) else 1
        lines = [line for group in self.groups for line in group.lines]
        self.widths = {
            at: max(2, cell_len(column.header), *(cell_len(line.cells[at].text) for line in lines))
            for at, column in enumerate(self.columns)
        }
        kinds = [column.kind for column in self.columns]
        self.main = kinds.index("main")
        if "bar" in kinds:
            self.widths[kinds.index("bar")] = _LEAST_BAR
        for at in reversed(range(len(kinds))):
            if kinds[at] in OPTIONAL and self._room() < 0 and not (keys and kinds[at] == "key"):
                del self.widths[at]
        spare = max(0, self.widths[self.main] - _LEAST_MAIN)
        self.stacked: list[int] = []
        for at in sorted(self.widths, key=lambda at: (kinds[at] == "figure", -at)):
            if kinds[at] not in STAYING and (self._room() + spare < 0 or "copied" in kinds):
                del self.widths[at]
                self.stacked.insert(0, at)
        self.widths[self.main] = max(2, self.widths[self.main] + min(0, self._room()))
        for at in self.widths:
            if kinds[at] == "bar":
                self.widths[at] += min(_BAR - _LEAST_BAR, self._room())

    def _room(self) -> int:
        """Return how many characters are left of the width, negative if it is not enough."""
        return self.console.width - self.indent + _GAP - sum(width + _GAP for width in self.widths.values())

    def lines(self) -> Iterator[Text]:
        """Yield the lines of the table."""
        if any(self.columns[at].header for at in self.widths):
            headers = {at: self._aligned(at, Text(self.columns[at].header, style="dim")) for at in self.widths}
            yield from self._row(headers, self.widths, self.indent)
        for group in self.groups:
            if group.heading:
                yield from self._row({0: Text(group.heading, style="bold")}, {0: self.console.width - 1}, 1)
            for line in group.lines:
                cells = {at: self._aligned(at, self._cell(at, line.cells[at])) for at in self.widths}
                yield from self._row(cells, self.widths, self.indent)
                yield from self._below(line)
        for caption in self.captions:
            yield from self._row({0: Text(caption, style="dim")}, {0: self.console.width - 1}, 1)

    def _below(self, line: Line) -> Iterator[Text]:
        """Yield the cells of a row that are lines below its main one, with their headers."""
        shown = [at for at in self.stacked if line.cells[at].text]
        label = max([cell_len(self.columns[at].header) for at in shown], default=0)
        before = self.indent + sum(width + _GAP for at, width in self.widths.items() if at < self.main) + _GAP
        before = min(before, self.console.width // 3)
        widths = {0: label, 1: self.console.width - before - label - _GAP}
        for at in shown:
            header, text = self.columns[at].header, self._cell(at, line.cells[at])
            if self.columns[at].kind == "copied" and not self.console.record:  # a picture ends at its edge
                yield Text()
                yield text  # on one line
            else:
                yield from self._row({0: Text(header, style="dim"), 1: text}, widths, before - _GAP * (not label))

    def _row(self, cells: Mapping[int, Text], widths: Mapping[int, int], indent: int) -> Iterator[Text]:
        """Yield the lines of cells side by side, folded to their widths."""
        folded = [self._folded(cell, widths[at]) for at, cell in cells.items()]
        for parts in zip_longest(*folded, fillvalue=Text()):
            line = Text(" " * indent)
            for at, part in zip(cells, parts, strict=True):
                text = part.copy()
                text.align("left", widths[at])
                line.append_text(text).append(" " * _GAP)
            line.rstrip()
            yield line

    def _folded(self, text: Text, width: int) -> list[Text]:
        return [text] if text.cell_len <= width else list(text.wrap(self.console, width, overflow="fold"))

    def _aligned(self, at: int, text: Text) -> Text:
        if self.columns[at].kind in RIGHT:
            text.align("right", self.widths[at])
        return text

    def _cell(self, at: int, cell: Shown) -> Text:
        kind = self.columns[at].kind
        if kind == "bar":
            return _bar(cell.share, self.widths[at])
        style = _STATUS.get(cell.text, "bold red") if kind == "status" else _STYLES.get(kind, "")
        text = Text(cell.text, style=style)
        if cell.link:
            text.stylize(Style(link=cell.link))
        for start, end in cell.marks:
            text.stylize("bold underline", start, end)
        return text


def _bar(share: float, width: int) -> Text:
    """Return a bar of eighths of a character, rounded up; a fall is drawn differently, also without colour."""
    eighths = ceil(round(abs(share) * width * 8, 6))
    if share < 0:
        return Text("\u2591" * ceil(eighths / 8), style="red")
    return Text("\u2588" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip(), style="cyan")
