"""Sheets as Rich text. Each width is set once, from the lengths of the cells, and Rich folds what is wider.

`rich.table` would measure everything again, and imports `fractions` and `decimal`: 25 million instructions of 340.
"""

import os
from collections.abc import Sequence
from io import StringIO
from itertools import zip_longest
from math import ceil
from shutil import get_terminal_size
from typing import Literal, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

from guizhou_cli.answer import Answer
from guizhou_cli.output.layouts import RIGHT, Column
from guizhou_cli.output.sheets import Line, Shown, sheet

_NARROWEST, _WIDEST = 20, 1000
"""Columns of a table: what COLUMNS says beyond is not taken at its word."""
_PICTURE = 100
"""Columns of a picture, unless COLUMNS or the terminal says otherwise."""
_GAP = 2
_BAR, _LEAST_BAR = 20, 6
_LEAST_TEXT = 30
"""Characters. Columns leave the table before a text is folded to less than this."""
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
</svg>
"""


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
    lines = _Table(answer, console, keys=keys).lines()
    with console.capture() as captured:
        console.print(*lines, sep="\n")
    return captured.get(), len(lines) > height


def picture(answer: Answer, *, keys: bool) -> str:
    """Return an answer as an SVG picture that loads nothing from elsewhere and is the same each time."""
    columns, _ = get_terminal_size((_PICTURE, 0))
    console = _console(StringIO(), columns, "truecolor", picture=True)
    console.print(*_Table(answer, console, keys=keys).lines(), sep="\n")
    return console.export_svg(code_format=_SVG, theme=DEFAULT_TERMINAL_THEME, unique_id="gz")


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
    """A sheet on a console: the columns that fit, and their widths."""

    def __init__(self, answer: Answer, console: Console, *, keys: bool) -> None:
        self.sheet = sheet(answer, keys=keys, plain=console.options.ascii_only)
        self.console, self.columns, narrow = console, self.sheet.columns, self.sheet.narrow
        self.indent = 2 if any(group.heading for group in self.sheet.groups) else 1
        lines = [line for group in self.sheet.groups for line in group.lines]
        below = [f"  {text}" for line in lines for text in line.below]
        ranges = [
            _range(column, [*(line.cells[at].text for line in lines), *(below if column.below else [])])
            for at, column in enumerate(self.columns)
        ]
        least, wishes = [few for few, _ in ranges], [many for _, many in ranges]

        def room(kept: Sequence[int], widths: Sequence[int]) -> int:
            return console.width - self.indent - sum(widths[at] for at in kept) - _GAP * (len(kept) - 1)

        self.kept = list(range(len(self.columns)))
        for at in [at for at in self.kept if self.columns[at].optional]:
            if room(self.kept, wishes) < 0:
                self.kept.remove(at)
        self.stacked: list[int] = []
        for at in [at for name in narrow for at in self.kept if self.columns[at].names == name]:
            if len(self.kept) > 1 and room(self.kept, least) < 0:
                self.kept.remove(at)
                self.stacked = sorted([*self.stacked, at])
        texts = [at for at in self.kept if self.columns[at].kind == "text"]
        self.main = min(texts or self.kept, key=lambda at: self.columns[at].names in narrow)
        wishes[self.main] = max([wishes[self.main], *(wishes[at] + 2 for at in self.stacked)])
        left = room(self.kept, least)
        least[self.main] = max(1, least[self.main] + min(left, 0))
        # A column that wants little more gets it first, so that no word is folded for want of a character or two.
        for at in sorted(self.kept, key=lambda at: (self.columns[at].kind == "bar", wishes[at] - least[at])):
            more = max(0, min(left, wishes[at] - least[at]))
            least[at] += more
            left -= more
        self.widths = least

    def lines(self) -> list[Text]:
        """Return the lines of the table. On a screen what is there to be copied is on one line, not folded."""
        headers = [Text(self.columns[at].header, style="dim") for at in self.kept]
        lines: list[Text] = []
        if any(header.plain for header in headers):
            lines = self._row(
                [self._folded(text, self.widths[at]) for at, text in zip(self.kept, headers, strict=True)]
            )
        for group in self.sheet.groups:
            if lines and self.columns[0].kind == "label":
                lines.append(Text())
            if group.heading:
                lines += self._paragraph(group.heading, "bold")
            for line in group.lines:
                if line.cells[-1].style == "copy" and not self.console.record:  # a picture ends at its edge
                    lines += [Text(), Text(line.cells[-1].text)]
                else:
                    lines += self._row([self._cell(at, line) for at in self.kept])
        for caption in self.sheet.captions:
            lines += self._paragraph(caption, "dim")
        for drawn in lines:
            drawn.rstrip()
        return lines

    def _paragraph(self, text: str, style: str, indent: int = 1, width: int = 0) -> list[Text]:
        folded = self._folded(Text(text, style=style), (width or self.console.width) - indent)
        return [Text(" " * indent).append_text(line) for line in folded]

    def _folded(self, text: Text, width: int) -> list[Text]:
        return [text] if text.cell_len <= width else list(text.wrap(self.console, width, overflow="fold"))

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
            return [_bar(cell.share, width, ascii_only=self.console.options.ascii_only)]
        text = Text(cell.text, style="" if cell.style == "copy" else cell.style)
        if cell.link:
            text.stylize(Style(link=cell.link))
        for start, end in cell.marks:
            text.stylize("bold underline", start, end)
        lines = self._folded(text, width) if cell.text else []
        if at == self.main:
            for below in [*line.below, *(_stacked(self.columns[other], line.cells[other]) for other in self.stacked)]:
                lines += self._paragraph(below, "dim", min(2, width // 8), width) if below else []
        return lines


def _range(column: Column, texts: Sequence[str]) -> tuple[int, int]:
    """Return the least width of a column and the one at which nothing is folded."""
    if column.kind == "bar":
        return _LEAST_BAR, _BAR
    wish = max(1, column.least, cell_len(column.header), *map(cell_len, texts))
    return min(wish, max(column.least, _LEAST_TEXT)) if column.kind == "text" else wish, wish


def _stacked(column: Column, cell: Shown) -> str:
    """Return a cell as a line of its own, of which a bar has none."""
    return f"{cell.text} {column.header}" if cell.text and column.kind in {"number", "percent"} else cell.text


def _bar(share: float, width: int, *, ascii_only: bool) -> Text:
    """Return a bar of eighths of a character, rounded up; a fall is drawn differently, also without colour."""
    eighths = ceil(round(abs(share) * width * 8, 6))
    if share < 0 or ascii_only:
        sign = "#" if share > 0 else "-" if ascii_only else "\u2591"
        return Text(sign * ceil(eighths / 8), style="cyan" if share > 0 else "red")
    return Text("\u2588" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip(), style="cyan")
