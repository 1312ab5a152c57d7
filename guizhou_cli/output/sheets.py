"""Rows arranged for people as layouts.py declares it: what is common to them said once, figures as reports give them.

A sheet is what the terminal, a document and the page draw. It knows nothing of how they do.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.output.citation import Record, completed, day, event, link, report
from guizhou_cli.output.layouts import EVIDENCE, FIELDS, LABELS, LAYOUTS, Column, Layout
from guizhou_cli.text import visible

NOBODY = "The report's own words, credited to nobody"
_DAYS = frozenset({"published", "event_date", "accessed", "said_on"})
_DECIMALS = 3
"""Decimals at most of a figure in millions or more; a figure that needs more of them is written out."""
_IN_CAPTION = 4
"""Derived values in a caption line at most; more of them are a column."""
_REPORTS = 12
"""Reports that a caption names at most."""
_STATUS = {"ok": "green", "verified": "green", "doubt": "yellow", "unknown": "yellow", "unclaimed": ""}


class Shown(NamedTuple):
    """A cell as it is shown. A bar is a `share` of the longest one, negative for a fall."""

    text: str
    style: str = ""
    link: str | None = None
    marks: Sequence[tuple[int, int]] = ()
    share: float = 0


class Line(NamedTuple):
    """A row: a cell for each column, the texts below its main cell, and the row itself."""

    cells: list[Shown]
    below: list[str]
    row: Record


class Group(NamedTuple):
    """Lines under a heading, which is empty where the caption has what is common to them."""

    heading: str
    lines: list[Line]


class Sheet(NamedTuple):
    """Rows as they are shown: `narrow` names the columns in the order in which they leave a narrow table."""

    columns: list[Column]
    groups: list[Group]
    captions: list[str]
    narrow: tuple[str, ...]


def sheet(answer: Answer, *, keys: bool = False, plain: bool = False) -> Sheet:
    """Return the first rows of an answer, at most `AT_ONCE`, as they are shown.

    Args:
        answer: rows of a view, or some columns of it, which are then shown under their own names.
        keys: whether the claims' keys are shown even where they need lines of their own.
        plain: whether signs are to be ASCII: `para. 8` for `¶8`.

    """
    if answer.view == "show" and "citation" in answer.columns:
        groups = [Group(_text(row, "statement"), [*_fields(row)]) for row in answer.dicts()[:AT_ONCE]]
        return Sheet([Column("label", kind="label"), Column("field")], groups, [], ())
    return _Arrangement(answer, keys=keys, plain=plain).sheet()


def amount(value: Cell, unit: Cell) -> str:
    """Return a figure as reports give it: "7.4 trillion yuan" for 7400000000000 and yuan, "28.4%" for percent."""
    if not isinstance(value, int | float):
        return visible(str(value or ""))
    number = f"{value:,.15g}" if abs(value) >= 10_000 else f"{value:.15g}"  # noqa: PLR2004 - a year has no comma
    for scale, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= scale:
            scaled = f"{value / scale:.15g}"
            number = f"{scaled} {name}" if len(scaled.partition(".")[2]) <= _DECIMALS else number
            break
    if unit == "percent":
        return f"{number}%"
    return number if unit is None else f"{number} {visible(str(unit))}"


def _text(row: Record, names: str) -> str:
    """Return the cells of a row that are not null as one text."""
    cells = ((name, row.get(name)) for name in names.split())
    return visible(", ".join(day(cell) if name in _DAYS else str(cell) for name, cell in cells if cell is not None))


def _fields(row: Record) -> Iterator[Line]:
    """Yield a line for each thing that is known of a claim."""
    quote = _text(row, "quote")
    for names in FIELDS:
        name, text = names.split()[0], _text(row, names)
        if name == "speaker" and row["attribution"] != "said":
            text = "nobody: the report's own words"
        elif name == "evidence" and text in EVIDENCE:
            text = f"{text}: {EVIDENCE[text][1]}"
        elif text == "0":
            text = "headline"
        at = text.find(quote) if name == "passage" and quote else -1
        marks = [(at, at + len(quote))] if at >= 0 else []
        style = "copy" if name in {"link", "citation"} else ""
        if text:
            yield Line([Shown(LABELS.get(name, name), "dim"), Shown(text, style, marks=marks)], [], row)


class _Arrangement:
    """An answer that is being arranged."""

    def __init__(self, answer: Answer, *, keys: bool, plain: bool) -> None:
        self.answer, self.keys, self.layout = answer, keys, _layout(answer)
        self.dot, self.sign = (" - ", "para. ") if plain else (" \u00b7 ", "\u00b6")
        self.rows = answer.dicts()[:AT_ONCE]
        if self.layout.gathered:
            order: dict[tuple[Cell, ...], int] = {}
            self.rows.sort(key=lambda row: order.setdefault(self._common(row), len(order)))
        self.groups = [list(group) for _, group in groupby(self.rows, self._common)]
        self.headed = self.layout.headed or len(self.groups) > 1
        self.credited = "speaker" in self.layout.group
        sources = dict.fromkeys(row["source"] for row in self.rows) if self.layout.group else {}
        self.sources = [str(source) for source in sources if source is not None]
        places = {row.get("paragraph") for row in self.rows}
        varied = self.layout.headed or len(places) > 1 or any(map(self._mark, self.rows))
        self.numbered = bool(self.layout.group) and places != {None} and varied
        self.longest = _longest(self.rows)

    def sheet(self) -> Sheet:
        """Return the sheet."""
        derived, columns = self._derived(self._columns())
        groups = []
        for rows in self.groups:
            lines = [Line([self._cell(column, row) for column in columns], _below(columns, row), row) for row in rows]
            groups.append(Group(self._heading(rows[0]) if self.headed else "", lines))
        narrow = tuple(dict.fromkeys(("claim", *self.layout.narrow, "paragraph")))
        return Sheet(columns, groups, [*self._places(), *derived, *self._legend()], narrow)

    def _common(self, row: Record) -> tuple[Cell, ...]:
        return tuple(row[name] for name in self.layout.group)

    def _columns(self) -> list[Column]:
        """Return the columns that have a cell."""
        columns = [Column("paragraph", kind="paragraph")] if self.numbered else []
        for column in self.layout.columns:
            if self.longest if column.kind == "bar" else any(_text(row, column.names) for row in self.rows):
                yearly = column.header == "growth" and all(row["years"] is not None for row in self.rows)
                columns.append(column._replace(header="a year") if yearly else column)
        if self.credited and "claim" in self.answer.columns:
            columns.append(Column("claim", kind="key", optional=not self.keys))
        return columns or list(self.layout.columns)

    def _derived(self, columns: list[Column]) -> tuple[list[str], list[Column]]:
        """Return the caption line of what the report does not say, and the columns without it; many values stay one."""
        derived = next((column for column in columns if column.kind == "percent"), None)
        if derived is None:
            return [], columns
        values = [(_text(row, "partner_name"), self._cell(derived, row).text) for row in self.rows]
        if len(dict(values)) < len(values) or len(values) > _IN_CAPTION:
            return [f"{derived.header}: our arithmetic; the report does not say it."], columns
        line = ", ".join(f"{name} {value}" for name, value in values if value)
        return [f"{derived.header.capitalize()} (our arithmetic): {line}."], [c for c in columns if c is not derived]

    def _credit(self, row: Record) -> str:
        return _text(row, "speaker role") if row["attribution"] == "said" else NOBODY

    def _heading(self, row: Record) -> str:
        credits_ = [self._credit(row)] if self.credited else []
        sources = [_text(row, "source")] if len(self.sources) > 1 or not credits_ else []
        return self.dot.join([*credits_, *sources])

    def _places(self) -> list[str]:
        """Return the caption lines: which reports these are, and who speaks where that is the same in all rows."""
        reports = [(visible(source), self.answer.reports.get(source)) for source in self.sources]
        if len(reports) != 1:
            lines = [f"{source}: {report(row)}{self.dot}{event(row)}" for source, row in reports if row]
            more = len(lines) - _REPORTS
            return [*lines[:_REPORTS], f"and {more} more reports"] if more > 0 else lines
        ((source, row),) = reports
        first = self.rows[0]
        leads = [self._credit(first)] if self.credited and not self.headed else [event(row)] if row else []
        place = report(row) if row else source
        if not self.numbered and first.get("paragraph") is not None:
            place += f", para. {first['paragraph']}" if first["paragraph"] else ", headline"
        return [self.dot.join([*leads, place])]

    def _legend(self) -> list[str]:
        """Return what the marks beside the paragraphs mean."""
        if not self.numbered:
            return []
        used = {self._mark(row) for row in self.rows} - {""}
        lines = [f"{mark} {name}: {meaning}" for name, (mark, meaning) in EVIDENCE.items() if mark in used]
        return lines + [f"{self.sign}0: the headline"] * any(row["paragraph"] == 0 for row in self.rows)

    def _cell(self, column: Column, row: Record) -> Shown:
        cell, text = row.get(column.names), _text(row, column.names)
        match column.kind:
            case "bar":
                return Shown("", share=(_rate(row) or 0) / self.longest)
            case "status":
                return Shown(text, _STATUS.get(text, "bold red"))
            case "key":
                return Shown(text, "dim")
            case "paragraph" if text:
                known = str(row["source"]) in self.answer.reports and isinstance(cell, int)
                address = link(completed(self.answer, row)) if known else None
                return Shown(f"{self.sign}{text} {self._mark(row)}".rstrip(), "dim", address)
            case "figure" if text:
                yearly = row["years"] is not None and row.get("change", "growth") == "growth"
                text = amount(cell, row.get("unit", "percent")) + " a year" * (yearly and column.header != "a year")
            case "percent" if isinstance(cell, int | float):
                text = f"{cell:,.1f}%"
        if column.names == "claim" and len(self.sources) == 1:
            text = text.removeprefix(f"{self.sources[0]}:")
        marks = self.answer.marks.get(str(row.get("claim")), ()) if column.names == "statement" else ()
        # A control character that is written out moves the marks behind it.
        moved = [[len(visible(str(cell)[:at])) for at in span] for span in marks]
        return Shown(text, marks=[(start, end) for start, end in moved])

    def _mark(self, row: Record) -> str:
        evidence = row.get("evidence", self.answer.evidence.get(str(row.get("claim"))))
        return EVIDENCE.get(str(evidence), ("", ""))[0]


def _layout(answer: Answer) -> Layout:
    """Return the layout of a view, or for some of its columns one that has them all under their own names."""
    layout = LAYOUTS.get(answer.view)
    if layout is not None:
        names = " ".join(" ".join([column.names, *column.below]) for column in layout.columns)
        if {*layout.group, *names.split()} <= {*answer.columns, "bar"}:
            return layout
    texts = {name for row in answer.dicts() for name, cell in row.items() if not isinstance(cell, int | float)}
    columns = [Column(name, name, "text" if name in texts else "number") for name in answer.columns]
    return Layout(tuple(columns), answer.columns[:0:-1])


def _below(columns: Sequence[Column], row: Record) -> list[str]:
    texts = [_text(row, names) for column in columns for names in column.below]
    return [text for text in texts if text]


def _rate(row: Record) -> float | None:
    value = row.get("annual_growth_pct", row.get("value"))
    return value if isinstance(value, int | float) else None


def _longest(rows: Sequence[Record]) -> float:
    """Return the figure with the longest bar, or 0 where bars compare nothing: one figure, or different kinds."""
    rates = [abs(rate) for row in rows if (rate := _rate(row)) is not None]
    kinds = {(row.get("unit"), row.get("change"), row.get("years") is None) for row in rows}
    return max(rates) if len(rates) > 1 and len(kinds) == 1 and rows[0].get("change") != "rank" else 0
