"""Rows arranged for people as layouts.tsv declares it: what is common to them said once, figures as reports give them.

A sheet is what the terminal, a document and the page draw. It knows nothing of how they do.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.output.citation import Record, completed, day, event, link, report
from guizhou_cli.output.layouts import EVIDENCE, Column, layout
from guizhou_cli.text import visible

NOBODY = "The report's own words, credited to nobody"
_DAYS = frozenset({"published", "event_date", "accessed"})
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_DECIMALS = 3
"""Decimals at most of a figure in millions or more; a figure that needs more of them is written out."""
_BAR = 10
"""Characters of the longest bar: as many as a line of 80 has room for in `gz figures`."""
_IN_CAPTION = 4
"""Derived values in a caption line at most; more of them are a column."""


class Shown(NamedTuple):
    """A cell as it is shown. A bar is a `share` of the longest one, negative for a fall."""

    text: str
    link: str | None = None
    marks: Sequence[tuple[int, int]] = ()
    share: float = 0


class Line(NamedTuple):
    """A row: a cell for each column, and the row itself."""

    cells: list[Shown]
    row: Record


class Group(NamedTuple):
    """Lines under a heading, which is empty where the caption has what is common to them."""

    heading: str
    lines: list[Line]


class Sheet(NamedTuple):
    """Rows as they are shown."""

    columns: list[Column]
    groups: list[Group]
    captions: list[str]


def sheet(answer: Answer, *, plain: bool = False) -> Sheet:
    """Return the first rows of an answer, at most `AT_ONCE`, as they are shown.

    Where it has some columns of a view only, they are shown under their own names. With `plain`, signs are ASCII:
    `para. 8` for `¶8`, and there are no bars.
    """
    return _Arrangement(answer, plain=plain).sheet()


def amount(value: Cell, unit: Cell) -> str:
    """Return a figure as reports give it: "7.4 trillion yuan" for 7400000000000 and yuan, "28.4%" for percent."""
    if not isinstance(value, int | float):
        return visible(str(value or ""))
    number = f"{value:,.15g}" if abs(value) >= 10_000 else f"{value:.15g}"  # noqa: PLR2004 - a year has no comma
    scale, name = next((scale for scale in _SCALES if abs(value) >= scale[0]), (1, ""))
    scaled = f"{value / scale:.15g}"
    if name and len(scaled.partition(".")[2]) <= _DECIMALS:
        number = f"{scaled} {name}"
    return f"{number}%" if unit == "percent" else f"{number} {visible(str(unit or ''))}".rstrip()


def _text(row: Record, names: str) -> str:
    """Return the cells of a row that are not null as one text."""
    cells = ((name, row.get(name)) for name in names.split())
    return visible(", ".join(day(cell) if name in _DAYS else str(cell) for name, cell in cells if cell is not None))


def _rate(row: Record) -> float:
    value = row.get("annual_growth_pct", row.get("value"))
    return value if isinstance(value, int | float) else 0


def _bar(share: float) -> str:
    """Return a bar of eighths of a character, rounded up; a fall is drawn differently, also without colour."""
    eighths = ceil(round(abs(share) * _BAR * 8, 6))
    return "\u2591" * ceil(eighths / 8) if share < 0 else "\u2588" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


class _Arrangement:
    """An answer that is being arranged."""

    def __init__(self, answer: Answer, *, plain: bool) -> None:
        self.answer, self.rows = answer, answer.dicts()[:AT_ONCE]
        self.dot, self.sign = (" - ", "para. ") if plain else (" \u00b7 ", "\u00b6")
        self.columns = _columns(answer)
        common = self.columns.pop(0) if self.columns[0].kind in {"caption", "heading"} else Column("")
        self.credited = "attribution" in common.names
        self.groups: dict[tuple[Cell, ...], list[Record]] = {}
        for row in self.rows:
            self.groups.setdefault(tuple(row[name] for name in common.names.split()), []).append(row)
        self.headed = common.kind == "heading" or len(self.groups) > 1
        self.sources = list(dict.fromkeys(str(row["source"]) for row in self.rows if common.names and row["source"]))
        places = {row.get("paragraph") for row in self.rows} if common.names else {None}
        self.numbered = places != {None} and (self.headed or len(places) > 1 or any(map(self._mark, self.rows)))
        # Bars compare figures of one unit and kind.
        kinds = {(row.get("unit"), row.get("change"), row.get("years") is None) for row in self.rows}
        alike = len(self.rows) > 1 and len(kinds) == 1 and self.rows[0].get("change") != "rank" and not plain
        self.longest = max((abs(_rate(row)) for row in self.rows), default=0) if alike else 0

    def sheet(self) -> Sheet:
        """Return the sheet."""
        columns, captions = [Column("paragraph", kind="paragraph")] if self.numbered else [], self._place()
        for column in self.columns:
            filled = self.longest if column.kind == "bar" else any(_text(row, column.names) for row in self.rows)
            if column.kind == "percent" and filled:
                values = [f"{_text(row, 'partner_name')} {self._cell(column, row).text}" for row in self.rows]
                if len(self.groups) == 1 and len(values) <= _IN_CAPTION:
                    captions.append(f"{column.header.capitalize()} (our arithmetic): {', '.join(values)}.")
                    continue
                captions.append(f"{column.header}: our arithmetic; the report does not say it.")
            if column.header == "growth" and all(row.get("years") is not None for row in self.rows):
                columns.append(column._replace(header="a year"))
            elif filled or column.kind in {"main", "credit"}:
                columns.append(column)
        if self.credited and "claim" in self.answer.columns:
            columns.append(Column("claim", kind="key"))
        groups = []
        for rows in self.groups.values():
            lines = [Line([self._cell(column, row) for column in columns], row) for row in rows]
            groups.append(Group(self._heading(rows[0]) if self.headed else "", lines))
        return Sheet(columns, groups, [*captions, *self._legend()])

    def _credit(self, row: Record) -> str:
        return _text(row, "speaker role") if row["attribution"] == "said" else NOBODY

    def _report(self, source: Cell) -> str:
        known = self.answer.reports.get(str(source))
        return report(known) if known else visible(str(source or ""))

    def _heading(self, row: Record) -> str:
        parts = [self._credit(row)] if self.credited else []
        if len(self.sources) > 1 or not parts:
            parts.append(self._report(row["source"]))
        return self.dot.join(parts)

    def _place(self) -> list[str]:
        """Return the caption line of one report: what is the same in all rows and in no heading."""
        if len(self.sources) != 1:
            return []
        first, known = self.rows[0], self.answer.reports.get(self.sources[0])
        leads = [self._credit(first)] if self.credited and not self.headed else [event(known)] if known else []
        place = self._report(self.sources[0])
        if not self.numbered and first.get("paragraph") is not None:
            place += f", para. {first['paragraph']}" if first["paragraph"] else ", headline"
        return [self.dot.join([*leads, place])]

    def _legend(self) -> list[str]:
        """Return what the marks beside the paragraphs mean."""
        used = {self._mark(row) for row in self.rows} - {""}
        lines = [f"{mark} {name}: {meaning}" for name, (mark, meaning) in EVIDENCE.items() if mark in used]
        headline = self.numbered and any(row["paragraph"] == 0 for row in self.rows)
        return lines + [f"{self.sign}0: the headline"] * headline

    def _mark(self, row: Record) -> str:
        evidence = row.get("evidence", self.answer.evidence.get(str(row.get("claim"))))
        return EVIDENCE.get(str(evidence), ("", ""))[0]

    def _cell(self, column: Column, row: Record) -> Shown:  # noqa: C901 - one for each kind
        cell, text = row.get(column.names), _text(row, column.names)
        marks: Sequence[tuple[int, int]] = ()
        match column.kind:
            case "bar":
                share = _rate(row) / self.longest
                return Shown(_bar(share), share=share)
            case "position":
                text = text.rjust(2)
            case "paragraph" if text:
                known = str(row.get("source")) in self.answer.reports and isinstance(cell, int)
                address = link(completed(self.answer, row)) if known else None
                return Shown(f"{self.sign}{text} {self._mark(row)}".rstrip(), address)
            case "figure" if text:
                yearly = row.get("years") is not None and row.get("change", "growth") == "growth"
                text = amount(cell, row.get("unit", "percent")) + " a year" * (yearly and column.header != "a year")
            case "percent" if isinstance(cell, int | float):
                text = f"{cell:,.1f}%"
            case "main" if text == cell:  # where a control character is written out, marks would be out of place
                marks = self.answer.marks.get(str(row.get("claim")), ())
            case "text" if column.names == "claim" and len(self.sources) == 1:
                text = text.removeprefix(f"{self.sources[0]}:")
            case "credit":
                text = self._credit(row)
            case "place" if cell == 0:
                text = "headline"
            case "evidence" if text in EVIDENCE:
                text = f"{text}: {EVIDENCE[text][1]}"
            case "passage" if (quote := _text(row, "quote")) and quote in text:
                marks = [(text.index(quote), text.index(quote) + len(quote))]
        return Shown(text, marks=marks)


def _columns(answer: Answer) -> list[Column]:
    """Return the columns of a view's layout, or for some of its columns those under their own names."""
    declared = layout(answer.view)
    names = {name for column in declared for name in column.names.split()} - {"bar"}
    if declared and names <= {*answer.columns}:
        return declared
    texts = {name for row in answer.dicts() for name, cell in row.items() if isinstance(cell, str)}
    main = next((name for name in answer.columns if name in texts), answer.columns[0])
    kinds = ["main" if name == main else "text" if name in texts else "number" for name in answer.columns]
    return [Column(name, name, kind) for name, kind in zip(answer.columns, kinds, strict=True)]
