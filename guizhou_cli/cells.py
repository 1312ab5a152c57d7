"""How a cell of a table is drawn, where that is more than its text: bars, keys, marks, and who said it."""

import re
from collections.abc import Callable
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from guizhou_cli.errors import visible
from guizhou_cli.queries import Answer
from guizhou_cli.reading import Cell
from guizhou_cli.search import Matcher

BAR_WIDTH = 16
"""Characters of the longest bar; narrower screens shorten it."""

LONGEST_WORD = 14
"""Characters. A longer one, such as an address, may be broken where columns are narrow."""

SAID_IN_CELL = {"years": "{} years", "implied_total_growth_pct": "{}% (derived)"}
"""What a number says of itself where it is stacked below another cell."""

Drawer = Callable[[str, dict[str, Cell]], RenderableType]
"""Draws a cell, given its column and its row."""


def drawers(answer: Answer, rows: list[dict[str, Cell]]) -> dict[str, Drawer]:
    """Return how the cells that are more than their text are drawn."""
    roles: dict[tuple[Cell, Cell], set[Cell]] = {}
    for row in rows:
        if row.get("speaker") is not None and answer.view != "speakers":
            roles.setdefault((row["speaker"], row["source"]), set()).add(row["role"])
    namesakes = {who for who, held in roles.items() if len(held) > 1}

    def speaker(name: str, row: dict[str, Cell]) -> RenderableType:
        if row.get("attribution") == "reported":
            return Text("(reported)", style="italic")
        who = visible(str(row[name]))
        if (row[name], row["source"]) in namesakes:  # of whom the roles below tell nothing
            return Text(f"{who}, {visible(str(row['role']))}", overflow="fold")
        return Key(who) if len(who) <= LONGEST_WORD else Text(who, overflow="fold")

    draw: dict[str, Drawer] = {"speaker": speaker, "claim": _claim, "source": _source, "status": _status}
    if answer.view == "trade":
        most = max((abs(rate) for row in rows if isinstance(rate := row["annual_growth_pct"], int | float)), default=0)

        def bar(_: str, row: dict[str, Cell]) -> RenderableType:
            rate = row["annual_growth_pct"]
            return _Bar(float(rate), float(most)) if isinstance(rate, int | float) and most else Text("")

        draw["bar"] = bar
    if answer.asked:
        matcher = Matcher(answer.asked, [str(row["statement"]) for row in rows])

        def marked(name: str, row: dict[str, Cell]) -> Text:
            return _marked(str(row[name]), matcher)

        draw["statement"] = marked
    return draw


def _claim(name: str, row: dict[str, Cell]) -> RenderableType:
    """Draw a claim's key without its source, which stands beside or below."""
    return Key(visible(str(row[name]).removeprefix(f"{row['source']}:"))) if row[name] else Text("")


def _source(name: str, row: dict[str, Cell]) -> RenderableType:
    return Key(visible(str(row[name]))) if row[name] else Text("")


def _status(name: str, row: dict[str, Cell]) -> Text:
    """Draw how a check ended: in colour what does not hold, and what nobody could tell."""
    styles = {"ok": "green", "verified": "green", "unclaimed": "", "unknown": "yellow"}
    return Text(visible(str(row[name])), style=styles.get(str(row[name]), "bold red"))


class Key(NamedTuple):
    """The name of a claim, a source or a person, folded behind a hyphen where it is folded."""

    text: str
    style: str = ""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(max(map(cell_len, self._parts()), default=0), cell_len(self.text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [""]
        for part in self._parts():
            if lines[-1] and cell_len(lines[-1] + part) > options.max_width:
                lines.append("")
            lines[-1] += part
        yield Text("\n".join(lines), style=self.style, overflow="fold")

    def _parts(self) -> list[str]:
        return re.findall(r"[^-]*-|[^-]+", self.text)


def _marked(statement: str, matcher: Matcher) -> Text:
    text, at = Text(overflow="fold"), 0
    for begin, end in matcher.spans(statement):
        text.append(visible(statement[at:begin]))
        text.append(visible(statement[begin:end]), style="bold underline")
        at = end
    return text.append(visible(statement[at:]))


class _Bar(NamedTuple):
    """A rate as a bar, its length in proportion to the largest."""

    rate: float
    most: float

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(6, BAR_WIDTH)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        length = abs(self.rate) / self.most * min(options.max_width, BAR_WIDTH)
        if not self.rate:
            drawn = ""
        elif options.ascii_only or self.rate < 0:  # a fall is not to be taken for a rise where there are no colours
            drawn = ("#" if self.rate > 0 else "-" if options.ascii_only else "░") * max(1, round(length))
        else:
            eighths = max(1, round(length * 8))
            drawn = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
        yield Text(drawn, style="cyan" if self.rate >= 0 else "red", no_wrap=True)


def beside(bar: Drawer) -> Drawer:
    """Draw a rate with its bar beside it."""

    def both(name: str, row: dict[str, Cell]) -> RenderableType:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_row(plain(name, row), bar(name, row))
        return grid

    return both


def plain(name: str, row: dict[str, Cell]) -> Text:
    """Draw a cell as its text."""
    cell = row[name]
    return Text("" if cell is None else visible(str(cell)), overflow="fold")


def told(name: str, row: dict[str, Cell]) -> Text:
    """Draw a number that stands below another cell, where no header says what it is."""
    if row[name] is None:
        return Text("")
    said = SAID_IN_CELL[name].format(row[name])
    return Text("1 year" if said == "1 years" else said, overflow="fold")
