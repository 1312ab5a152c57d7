"""Sheets as Rich text. Each width is set once, from the lengths of the cells, and Rich folds what is wider.

`rich.table` would measure everything again, and imports `fractions` and `decimal`: 25 million instructions of 340.
"""

from collections.abc import Sequence
from itertools import zip_longest
from math import ceil
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.style import Style
from rich.text import Text

from guizhou_cli.answer import Answer
from guizhou_cli.output.layouts import RIGHT
from guizhou_cli.output.sheets import Line, Sheet, sheet

_GAP = 2
_BAR, _LEAST_BAR = 20, 6
_LEAST_TEXT = 30
"""Characters. Columns leave the table before a text is folded to less than this."""


def table(answer: Answer, *, keys: bool = False, width: int | None = None, folded: bool = False) -> RenderableType:
    """Return an answer as a table that is complete at any width.

    Args:
        answer: rows of a view.
        keys: whether the claims' keys are shown where they need lines of their own.
        width: characters; that of the console unless given.
        folded: whether a link and a citation are folded too, as in a picture, which ends at its edge. On a screen
            they are on one line each, to be copied.

    """
    return _Table(answer, keys, width, folded)


class _Table(NamedTuple):
    answer: Answer
    keys: bool
    width: int | None
    folded: bool

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        arranged = sheet(self.answer, keys=self.keys, plain=options.ascii_only)
        grid = _Grid(arranged, console, self.width or options.max_width, ascii_only=options.ascii_only)
        yield Text("\n", no_wrap=True, overflow="ignore").join(grid.lines(folded=self.folded))


class _Grid:
    """The columns that fit, and their widths."""

    def __init__(self, arranged: Sheet, console: Console, width: int, *, ascii_only: bool) -> None:
        self.arranged, self.console, self.width, self.ascii_only = arranged, console, width, ascii_only
        self.columns = arranged.columns
        self.indent = 2 if any(group.heading for group in arranged.groups) else 1
        lines = [line for group in arranged.groups for line in group.lines]
        wishes = [self._wish(at, lines) for at in range(len(self.columns))]
        least = [self._least(at, wish) for at, wish in enumerate(wishes)]

        def room(kept: Sequence[int], widths: Sequence[int]) -> int:
            return width - self.indent - sum(widths[at] for at in kept) - _GAP * (len(kept) - 1)

        self.kept = [at for at, column in enumerate(self.columns) if not column.optional]
        for at, column in enumerate(self.columns):
            with_it = sorted([*self.kept, at])
            if column.optional and room(with_it, wishes) >= 0:
                self.kept = with_it
        self.stacked: list[int] = []
        order = dict.fromkeys(("claim", *arranged.narrow))
        for at in [at for name in order for at in self.kept if self.columns[at].names == name]:
            if len(self.kept) > 1 and room(self.kept, least) < 0:
                self.kept.remove(at)
                self.stacked += [at] if self.columns[at].kind != "bar" else []
        self.stacked.sort()
        texts = [at for at in self.kept if self.columns[at].kind == "text"]
        staying = [at for at in texts if self.columns[at].names not in arranged.narrow]
        self.main = [*staying, *texts, *self.kept][0]
        wishes[self.main] = max(wishes[self.main], *(wishes[at] + 2 for at in self.stacked), 0)
        self.widths = {at: least[at] for at in self.kept}
        left = room(self.kept, least)
        if left < 0:
            self.widths[self.main] = max(1, least[self.main] + left)
        # A column that wants little more gets it first, so that no word is folded for want of a character or two.
        for at in sorted(self.kept, key=lambda at: (self.columns[at].kind == "bar", wishes[at] - least[at])):
            more = max(0, min(left, wishes[at] - least[at]))
            self.widths[at] += more
            left -= more

    def lines(self, *, folded: bool) -> list[Text]:
        """Return the lines of the table; those to be copied are not folded unless asked for."""
        headers = [Text(self.columns[at].header, style="dim") for at in self.kept]
        lines = self._row([self._folded(text, self.widths[at]) for at, text in zip(self.kept, headers, strict=True)])
        lines = lines if any(header.plain for header in headers) else []
        for group in self.arranged.groups:
            if group.heading:
                lines += self._paragraph(group.heading, "bold")
            for line in group.lines:
                if line.cells[-1].style == "copy" and not folded:
                    lines += [Text(), Text(line.cells[-1].text)]
                else:
                    lines += self._row([self._cell(at, line) for at in self.kept])
            if group.lines and group.lines[-1].cells[-1].style == "copy":
                lines.append(Text())
        for caption in self.arranged.captions:
            lines += self._paragraph(caption, "dim")
        return lines

    def _wish(self, at: int, lines: Sequence[Line]) -> int:
        column = self.columns[at]
        if column.kind == "bar":
            return _BAR
        texts = [line.cells[at].text for line in lines]
        texts += [f"  {below}" for line in lines for below in line.below] if column.below else []
        return max(1, column.least, cell_len(column.header), *map(cell_len, texts))

    def _least(self, at: int, wish: int) -> int:
        column = self.columns[at]
        if column.kind == "bar":
            return _LEAST_BAR
        return min(wish, max(column.least, _LEAST_TEXT)) if column.kind == "text" else wish

    def _paragraph(self, text: str, style: str) -> list[Text]:
        return [Text(" ").append_text(line) for line in self._folded(Text(text, style=style), self.width - 1)]

    def _folded(self, text: Text, width: int) -> list[Text]:
        if text.cell_len <= width:
            return [text]
        return list(text.wrap(self.console, width, overflow="fold"))

    def _row(self, cells: Sequence[Sequence[Text]]) -> list[Text]:
        """Return the lines of a row, of which each cell has some."""
        lines = []
        for parts in zip_longest(*cells):
            line, blank = Text(), self.indent
            for at, part in zip(self.kept, parts, strict=True):
                text = part or Text()
                rest = max(0, self.widths[at] - text.cell_len)
                right = self.columns[at].kind in RIGHT
                line.append(" " * (blank + rest * right)).append_text(text)
                blank = _GAP + rest * (not right)
            lines.append(line)
        return lines

    def _cell(self, at: int, line: Line) -> list[Text]:
        cell, width = line.cells[at], self.widths[at]
        if self.columns[at].kind == "bar":
            return [self._bar(cell.share, width)]
        text = Text(cell.text, style="" if cell.style == "copy" else cell.style)
        if cell.link:
            text.stylize(Style(link=cell.link))
        for start, end in cell.marks:
            text.stylize("bold underline", start, end)
        lines = self._folded(text, width)
        if at == self.main:
            indent = min(2, width // 8)
            for below in filter(None, [*line.below, *(self._below(other, line) for other in self.stacked)]):
                folded = self._folded(Text(below, style="dim"), width - indent)
                lines += [Text(" " * indent).append_text(part) for part in folded]
        return lines

    def _below(self, at: int, line: Line) -> str:
        column, text = self.columns[at], line.cells[at].text
        return f"{text} {column.header}" if text and column.kind in {"number", "percent"} else text

    def _bar(self, share: float, width: int) -> Text:
        """Return a bar of eighths of a character, rounded up; a fall is drawn differently, also without colour."""
        eighths = ceil(round(abs(share) * width * 8, 6))
        if share < 0 or self.ascii_only:
            sign = "#" if share > 0 else "-" if self.ascii_only else "\u2591"
            return Text(sign * ceil(eighths / 8), style="cyan" if share > 0 else "red")
        return Text("\u2588" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip(), style="cyan")
