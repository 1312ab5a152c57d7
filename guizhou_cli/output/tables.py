"""Sheets as Rich text. Each width is set once, from the lengths of the cells, and Rich folds what is wider.

`rich.table` would measure everything again, and imports `fractions` and `decimal`: 25 million instructions of 340.
"""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from io import StringIO
from itertools import zip_longest
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from guizhou_cli.answer import Answer
from guizhou_cli.output.layouts import OPTIONAL, RIGHT, STAYING
from guizhou_cli.output.sheets import Line, Shown, sheet

_NARROWEST, _WIDEST, _PICTURE = 20, 1000, 100
"""Columns of a screen: what COLUMNS says beyond is not taken at its word; and of a picture where it says nothing."""
_GAP = 2
_LEAST_MAIN = 30
"""Characters. Cells become lines of their own before the main column is folded to less than this."""
_STYLES = {"key": "dim", "paragraph": "dim", "bar": "cyan"}
_STATUS = {"ok": "green", "verified": "green", "doubt": "yellow", "unknown": "yellow", "unclaimed": ""}
# Nothing depends on the height; without it Rich would take any dumb terminal for one of 80 columns.
_console = partial(Console, height=24, no_color=False, soft_wrap=True, legacy_windows=False)


def table(answer: Answer, file: TextIO, *, keys: bool, color: bool) -> tuple[str, bool]:
    """Return an answer as a table that is complete at any width, and whether it is longer than the terminal.

    It is styled where it is to be written to a terminal, if it may be (`color`). With `keys` the claims' keys are shown
    even where they need lines of their own.
    """
    columns, height = get_terminal_size()
    plain = not color or os.environ.get("NO_COLOR")
    console = _console(file=file, width=_between(columns), color_system=None if plain else "auto")
    lines = list(_Table(answer, console, keys=keys).lines())
    with console.capture() as captured:
        console.print(*lines, sep="\n")
    return captured.get(), len(lines) > height


def picture(answer: Answer, *, keys: bool) -> str:
    """Return an answer as an SVG picture that loads nothing from elsewhere and is the same each time."""
    width = _between(get_terminal_size((_PICTURE, 0)).columns)
    console = _console(file=StringIO(), width=width, color_system="truecolor", force_terminal=True, record=True)
    console.print(*_Table(answer, console, keys=keys).lines(), sep="\n")
    # The fields in it are those that Rich fills in. No web font is loaded, and nothing is drawn but the text.
    form = Path(__file__).with_name("picture.svg").read_text(encoding="utf-8")
    return console.export_svg(code_format=form, theme=DEFAULT_TERMINAL_THEME, unique_id="gz")


def _between(columns: int) -> int:
    return min(max(columns, _NARROWEST), _WIDEST)


class _Table:
    """A sheet on a console: the width of each column that is kept, and the columns whose cells are lines below."""

    def __init__(self, answer: Answer, console: Console, *, keys: bool) -> None:
        self.console, self.keys = console, keys
        self.columns, self.groups, self.captions = sheet(answer, plain=console.options.ascii_only)
        self.indent = 2 if self.groups[0].heading else 1
        lines = [line for group in self.groups for line in group.lines]
        kinds = [column.kind for column in self.columns]
        self.main, self.stacked = kinds.index("main"), list[int]()
        self.widths: dict[int, int] = {}
        for at, column in enumerate(self.columns):
            self.widths[at] = max(2, cell_len(column.header), *(cell_len(line.cells[at].text) for line in lines))
        for at in reversed(range(len(kinds))):
            if kinds[at] in OPTIONAL and self._room() < 0 and not (keys and kinds[at] == "key"):
                del self.widths[at]
        spare = max(0, self.widths[self.main] - _LEAST_MAIN)
        for at in sorted(self.widths, key=lambda at: (kinds[at] == "figure", -at)):
            if kinds[at] not in STAYING and (self._room() + spare < 0 or "copied" in kinds):
                del self.widths[at]
                self.stacked.insert(0, at)
        self.widths[self.main] = max(2, self.widths[self.main] + min(0, self._room()))

    def _room(self) -> int:
        """Return how many characters are left of the width, negative if it is not enough."""
        return self.console.width - self.indent + _GAP - sum(width + _GAP for width in self.widths.values())

    def lines(self) -> Iterator[Text]:
        """Yield the lines of the table."""
        if any(self.columns[at].header for at in self.widths):
            yield from self._row([self._cell(at, Shown(self.columns[at].header), "dim") for at in self.widths])
        for group in self.groups:
            if group.heading:
                yield from self._folded(Text(group.heading, "bold"))
            for line in group.lines:
                yield from self._row([self._cell(at, line.cells[at]) for at in self.widths])
                yield from self._below(line)
        for caption in self.captions:
            yield from self._folded(Text(caption, "dim"))

    def _folded(self, text: Text, before: str = " ") -> Iterator[Text]:
        """Yield the lines of a text that has the width for itself, behind what is before its first line."""
        for line in text.wrap(self.console, self.console.width - len(before), overflow="fold"):
            line.rstrip()
            yield Text().append(before, "dim").append_text(line)
            before = " " * len(before)

    def _below(self, line: Line) -> Iterator[Text]:
        """Yield the cells of a row that are lines below its main one, with their headers."""
        # The claim of what holds is a key, which nobody has to find.
        hidden = "claim" if line.row.get("status") == "ok" and not self.keys else ""
        shown = [at for at in self.stacked if line.cells[at].text and self.columns[at].names != hidden]
        label = max((len(self.columns[at].header) + _GAP for at in shown if self.columns[at].header), default=0)
        before = self.indent + sum(width + _GAP for at, width in self.widths.items() if at < self.main) + _GAP
        before = min(before, self.console.width // 3)
        for at in shown:
            text = self._cell(at, line.cells[at])
            text.justify = "left"
            if self.columns[at].kind == "copied" and not self.console.record:  # a picture ends at its edge
                yield Text()
                yield text  # on one line
            else:
                yield from self._folded(text, " " * before + self.columns[at].header.ljust(label))

    def _row(self, cells: Sequence[Text]) -> Iterator[Text]:
        """Yield the lines of cells side by side, folded to their widths."""
        widths = self.widths.values()
        folded = [cell.wrap(self.console, width, overflow="fold") for cell, width in zip(cells, widths, strict=True)]
        for parts in zip_longest(*folded):
            padded = (part or Text(" " * width) for part, width in zip(parts, widths, strict=True))
            line = Text(" " * self.indent).append_text(Text(" " * _GAP).join(padded))
            line.rstrip()
            yield line

    def _cell(self, at: int, cell: Shown, style: str = "") -> Text:
        kind = self.columns[at].kind
        usual = _STATUS.get(cell.text, "bold red") if kind == "status" else _STYLES.get(kind, "")
        text = Text(cell.text, style or usual, justify="right" if kind in RIGHT else "left")
        if cell.link:
            text.stylize(Style(link=cell.link))
        for start, end in cell.marks:
            text.stylize("bold underline", start, end)
        return text
