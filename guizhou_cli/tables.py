"""Rows as Rich tables: quiet, folding where the screen is narrow, complete at any width.

A table keeps the names of the view's columns. What is the same in every row stands once, below it. How a cell is
drawn is cells.py's.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from guizhou_cli.cells import LONGEST_WORD, SAID_IN_CELL, Key, beside, drawers, plain, told
from guizhou_cli.errors import visible
from guizhou_cli.queries import Answer
from guizhou_cli.reading import Cell

_LAYOUTS: dict[str, tuple[tuple[str, ...], ...]] = {
    # Each group is one column where the screen is narrow; where it is wide, each name is a column of its own.
    "bases": (("position",), ("base", "detail"), ("speaker", "claim", "source"), ("paragraph",)),
    "trade": (
        ("partner_name", "partner"),
        ("annual_growth_pct",),
        ("bar",),
        ("period", "years", "implied_total_growth_pct"),
        ("speaker", "claim", "source"),
        ("paragraph",),
    ),
    "measures": (("measure", "policy"), ("speaker", "claim", "source"), ("paragraph",)),
    "claims": (("statement", "topics"), ("speaker", "said_on", "claim", "source"), ("paragraph",)),
    "speakers": (("speaker",), ("role", "organization"), ("claims",), ("source",)),
    "topics": (("topic",), ("claims",)),
    "sources": (
        ("title", "publisher", "published", "url"),
        ("event", "event_date", "place", "source"),
        ("paragraphs",),
        ("claims",),
    ),
    "verify": (("check", "source"), ("paragraph",), ("status",), ("detail", "claim")),
}
_HEADINGS = ("base", "partner_name", "measure", "statement", "speaker", "title", "topic")
"""What heads a card, where rows are too wide for columns."""

_KEPT_WHOLE = 12
"""Characters. A column of up to this width, such as names of people, is not folded."""

_HEADER = 13
"""Characters. A header of more is folded between words."""

_GAP = 2
"""Characters between columns."""

_HEADERS = {"bar": "", "implied_total_growth_pct": "implied total growth pct (derived)"}
_DERIVED = "derived: our arithmetic, the annual rate compounded over the years; the report does not say it."
_REPORTED = "(reported): the report's own words, credited to nobody."


def table(answer: Answer, *, folded: bool = False) -> RenderableType:
    """Return an answer, the rows of a view, as a table with what is common to them below it.

    What is there to be copied, a link and a citation, stands on one line each unless it is to be `folded`: beyond the
    edge of a screen it is still there, beyond that of a drawing it is not.
    """
    if answer.view == "show":
        return Group(*(_panel(row, folded=folded) for row in answer.dicts()))
    return _Responsive(answer)


class _Responsive(NamedTuple):
    """A table in the widest of three layouts that fits: a column for each cell, stacked columns, or cards."""

    answer: Answer

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        below = _Below(self.answer)
        kept = [tuple(name for name in group if name not in below.columns) for group in _LAYOUTS[self.answer.view]]
        stacked = [group for group in kept if group]
        single: list[tuple[str, ...]] = [(name,) for group in stacked for name in group]
        for groups in (single, stacked):
            grid = _grid(self.answer, groups)
            if _fits(grid, console, options, whole=groups is single):
                yield grid
                break
        else:
            yield _cards(self.answer, single)
        yield from below.lines()


def _fits(grid: Table, console: Console, options: ConsoleOptions, *, whole: bool) -> bool:
    """Tell whether a table fits, `whole` or with its text folded between words; set the widths that make it fit."""
    unlimited = options.update(max_width=10_000)
    ranges = []
    for column in grid.columns:
        header = Measurement.get(console, unlimited, column.header)
        cells = [Measurement.get(console, unlimited, cell) for cell in column.cells]
        # A header folds between words even where the cells do not.
        most = max(header.minimum, min(header.maximum, _HEADER), *(cell.maximum for cell in cells))
        words = max(header.minimum, *(min(cell.minimum, LONGEST_WORD) for cell in cells))
        least = most if whole or most <= _KEPT_WHOLE else words
        ranges.append((least, most))
    room = options.max_width - _GAP * len(ranges) - 1 - sum(least for least, _ in ranges)
    if room < 0:
        return False

    # The names of claims come first, for they are there to be copied; then the columns that want little more, so that
    # no word is folded for want of a character or two. The bars, which have no header, get what is left.
    def modest(wish: tuple[Column, tuple[int, int]]) -> tuple[bool, bool, int]:
        column, (least, most) = wish
        return not column.header, "claim" not in str(column.header).split("\n"), most - least

    for column, (least, most) in sorted(zip(grid.columns, ranges, strict=True), key=modest):
        column.width = least + min(most - least, room)
        room -= column.width - least
    return True


class _Below:
    """What stands below a table: the roles and the source, where the rows have few, and what a word in it means."""

    def __init__(self, answer: Answer) -> None:
        self._rows = answer.dicts()
        self._view = answer.view
        self.columns: set[str] = set()
        self._sources = {row["source"] for row in self._rows if row.get("source") is not None}
        if len(self._sources) < 2 and self._view != "sources":  # noqa: PLR2004 - one is told below, none is not told
            self.columns.add("source")
        if self._view == "verify":
            self.columns |= {name for name in answer.columns if all(row[name] is None for row in self._rows)}

    def lines(self) -> Iterable[RenderableType]:
        lines = []
        if any("attribution" in row for row in self._rows):
            several = len(self._sources) > 1
            spoke = {
                (row["speaker"], row["role"], row["source"] if several else None): None
                for row in self._rows
                if row["attribution"] == "said"
            }
            for name, role, source in spoke:
                lines.append(f"{name} (said): {role}" + (f", {source}" if source else ""))
            if any(row["attribution"] == "reported" for row in self._rows):
                lines.append(_REPORTED)
        if self._view == "trade":
            lines.append(_DERIVED)
        if "source" in self.columns and self._sources:
            lines.append(f"source: {next(iter(self._sources))}")
        for line in lines:
            yield Padding(Text(visible(line), style="dim", overflow="fold"), (0, 1))


def _panel(row: dict[str, Cell], *, folded: bool) -> RenderableType:
    """One claim, whole: the statement, then a line for each thing there is to know about it."""
    said = row["attribution"] == "said"
    facts = {
        "said by" if said else "attribution": f"{row['speaker']}, {row['role']}" if said else _REPORTED,
        "organization": row["organization"],
        "event": f"{row['event']}, {row['place']}, {row['event_date']}",
        "report": f"{row['publisher']}, {row['published']}: {row['title']}",
        "paragraph": row["paragraph"],
        "topics": row["topics"],
        "keywords": row["keywords"] or None,
        "claim": row["claim"],
    }
    to_copy = [
        Text(visible(str(row[name])), no_wrap=not folded, overflow="fold" if folded else "ignore")
        for name in ("link", "citation")
    ]
    return Group(
        _card(
            Text(visible(str(row["statement"])), style="bold"),
            [(name, Text(visible(str(fact)), overflow="fold")) for name, fact in facts.items() if fact is not None],
        ),
        *(Group("", line) for line in to_copy),
    )


def _card(head: RenderableType, facts: Iterable[tuple[str, RenderableType]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", max_width=20, overflow="fold")
    grid.add_column(overflow="fold", ratio=1)
    for name, fact in facts:
        grid.add_row(name, fact)
    return Padding(Group(head, grid), (1, 1, 0, 1))


def _cards(answer: Answer, columns: Sequence[tuple[str, ...]]) -> RenderableType:
    """Return rows one below the other, where the screen is too narrow for columns."""
    rows = answer.dicts()
    draw = drawers(answer, rows)
    names = [name for (name,) in columns]
    head = next((name for name in names if name in _HEADINGS), names[0])
    cards = []
    for row in rows:
        title = draw.get(head, plain)(head, row)
        if "bar" in names:
            draw["annual_growth_pct"] = beside(draw["bar"])
        facts = [(_header(name), draw.get(name, plain)(name, row)) for name in names if name not in {head, "bar"}]
        cards.append(_card(title, [(name, fact) for name, fact in facts if not isinstance(fact, Text) or fact.plain]))
    return Group(*cards, "")


def _grid(answer: Answer, groups: Sequence[tuple[str, ...]]) -> Table:
    stacked = any(len(group) > 1 for group in groups)
    grid = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        header_style="bold",
        leading=1 if stacked and len(answer.rows) > 1 and answer.view != "verify" else 0,
    )
    rows = answer.dicts()
    draw = drawers(answer, rows)
    for group in groups:
        cells = [row.get(group[0]) for row in rows]
        numeric = all(isinstance(cell, int | float | None) for cell in cells) and cells != [None] * len(cells)
        named = [name for at, name in enumerate(group) if not at or name not in SAID_IN_CELL]
        header = Text("\n").join(Text(_header(name), style="dim" if at else "") for at, name in enumerate(named))
        grid.add_column(header, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        grid.add_row(
            *(
                _stack(
                    [
                        (told if at and name in SAID_IN_CELL else draw.get(name, plain))(name, row)
                        for at, name in enumerate(group)
                    ]
                )
                for group in groups
            )
        )
    return grid


def _header(name: str) -> str:
    return _HEADERS.get(name, name.replace("_", " "))


def _stack(parts: list[RenderableType]) -> RenderableType:
    for at, part in enumerate(parts[1:], 1):
        if isinstance(part, Text):
            part.stylize("dim")
        elif isinstance(part, Key):
            parts[at] = part._replace(style="dim")
    return Group(*(part for part in parts if not isinstance(part, Text) or part.plain))
