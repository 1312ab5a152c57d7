"""Rows arranged for people as layouts.py declares it: what is common to them said once, figures as reports give them.

A sheet is what the terminal, a document and the page draw. It knows nothing of how they do.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.output.citation import Record, day, event, link, report
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
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows[:AT_ONCE]]
    if answer.view == "show" and "citation" in answer.columns:
        groups = [Group(_text(row, "statement"), [*_fields(row)]) for row in rows]
        return Sheet([Column("label", kind="label"), Column("field")], groups, [], ())
    return _Arrangement(answer, rows, keys=keys, plain=plain).sheet()


def amount(value: Cell, unit: Cell) -> str:
    """Return a figure as reports give it: "7.4 trillion yuan" for 7400000000000 and yuan, "28.4%" for percent."""
    if not isinstance(value, int | float):
        return _shown(value)
    number = f"{value:,.15g}" if abs(value) >= 10_000 else f"{value:.15g}"  # noqa: PLR2004 - a year has no comma
    for scale, name in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(value) >= scale:
            scaled = f"{value / scale:.15g}"
            number = f"{scaled} {name}" if len(scaled.partition(".")[2]) <= _DECIMALS else number
            break
    if unit == "percent":
        return f"{number}%"
    return number if unit is None else f"{number} {_shown(unit)}"


def _shown(cell: Cell) -> str:
    return "" if cell is None else visible(str(cell))


def _text(row: Record, names: str) -> str:
    """Return the cells of a row that are not null as one text."""
    cells = ((name, row.get(name)) for name in names.split())
    return ", ".join(visible(day(cell)) if name in _DAYS else _shown(cell) for name, cell in cells if cell is not None)


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> Shown:
    """Return a text made visible, with the spans where they are then."""
    if not text.isprintable():
        spans = [(len(visible(text[:start])), len(visible(text[:end]))) for start, end in spans]
    return Shown(visible(text), marks=spans)


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

    def __init__(self, answer: Answer, rows: list[dict[str, Cell]], *, keys: bool, plain: bool) -> None:
        layout = LAYOUTS.get(answer.view)
        if layout is None or not {*layout.group, *_names(layout)} <= {*answer.columns, "bar"}:
            columns = tuple(Column(name, name, _kind(rows, name)) for name in answer.columns)
            layout = Layout(columns, answer.columns[:0:-1])
        self.answer, self.rows, self.layout, self.keys = answer, rows, layout, keys
        self.dot, self.sign = (" - ", "para. ") if plain else (" \u00b7 ", "\u00b6")
        self.longest = _longest(rows)
        self.groups = self._grouped()
        self.headed = layout.headed or len(self.groups) > 1
        named = (row["source"] for row in rows) if layout.group else iter(())
        self.sources = list(dict.fromkeys(str(source) for source in named if source is not None))
        places = {row.get("paragraph") for row in rows}
        varied = layout.headed or len(places) > 1 or any(map(self._mark, rows))
        self.numbered = bool(layout.group) and places != {None} and varied

    def sheet(self) -> Sheet:
        derived, columns = self._derived(self._columns())
        groups = [
            Group(
                self._heading(rows[0]) if self.headed else "",
                [Line([self._cell(column, row) for column in columns], self._below(columns, row), row) for row in rows],
            )
            for rows in self.groups
        ]
        return Sheet(columns, groups, [*self._places(), *derived, *self._legend()], (*self.layout.narrow, "paragraph"))

    def _grouped(self) -> list[list[dict[str, Cell]]]:
        def common(row: Record) -> tuple[Cell, ...]:
            return tuple(row[name] for name in self.layout.group)

        if not self.layout.gathered:
            return [list(rows) for _, rows in groupby(self.rows, common)]
        gathered: dict[tuple[Cell, ...], list[dict[str, Cell]]] = {}
        for row in self.rows:
            gathered.setdefault(common(row), []).append(row)
        return list(gathered.values())

    def _columns(self) -> list[Column]:
        """Return the columns that have a cell."""
        columns = [Column("paragraph", kind="paragraph")] if self.numbered else []
        for column in self.layout.columns:
            if column.kind == "bar":
                columns += [column] if self.longest else []
            elif any(row[name] is not None for row in self.rows for name in column.names.split()):
                yearly = column.header == "growth" and all(row["years"] is not None for row in self.rows)
                columns.append(column._replace(header="a year") if yearly else column)
        if self.layout.group and "claim" in self.answer.columns and self.answer.view != "verify":
            columns.append(Column("claim", kind="key", optional=not self.keys))
        return columns or list(self.layout.columns)

    def _derived(self, columns: list[Column]) -> tuple[list[str], list[Column]]:
        """Return the caption line of what the report does not say, and the columns without it; many values stay one."""
        if self.layout.derived is None:
            return [], columns
        lead, label, value = self.layout.derived
        values = [(_shown(row[label]), _percent(row[value])) for row in self.rows if row[value] is not None]
        if not values:
            return [], columns
        if len(dict(values)) < len(values) or len(values) > _IN_CAPTION:
            return ["compounded: our arithmetic; the report does not say it."], columns
        line = lead + ", ".join(f"{name} {figure}" for name, figure in values) + "."
        return [line], [column for column in columns if column.names != value]

    def _credit(self, row: Record) -> str:
        return _text(row, "speaker role") if row["attribution"] == "said" else NOBODY

    def _heading(self, row: Record) -> str:
        parts = [self._credit(row)] if "speaker" in self.layout.group else []
        return self.dot.join([*parts, _text(row, "source")] if len(self.sources) > 1 or not parts else parts)

    def _places(self) -> list[str]:
        """Return the caption lines: which reports these are, and who speaks where that is the same in all rows."""
        if not self.sources:
            return []
        reports = [(source, self.answer.reports.get(source, {})) for source in self.sources]
        if len(reports) > 1:
            known = [(source, row) for source, row in reports if row]
            lines = [f"{visible(source)}: {report(row)}{self.dot}{event(row)}" for source, row in known[:_REPORTS]]
            return lines + ([f"and {len(known) - _REPORTS} more reports"] if len(known) > _REPORTS else [])
        ((source, row),) = reports
        credit = "speaker" in self.layout.group and not self.headed
        lead = self._credit(self.rows[0]) if credit else event(row) if row else ""
        place = report(row) if row else visible(source)
        paragraph = None if self.numbered else self.rows[0].get("paragraph")
        if paragraph is not None:
            place += f", para. {paragraph}" if paragraph else ", headline"
        return [self.dot.join(part for part in (lead, place) if part)]

    def _legend(self) -> list[str]:
        """Return what the marks beside the paragraphs mean."""
        used = set(map(self._mark, self.rows)) if self.numbered else set()
        lines = [f"{mark} {name}: {meaning}" for name, (mark, meaning) in EVIDENCE.items() if mark and mark in used]
        headline = self.numbered and any(row["paragraph"] == 0 for row in self.rows)
        return [*lines, *([f"{self.sign}0: the headline"] if headline else [])]

    def _cell(self, column: Column, row: Record) -> Shown:
        cell = row.get(column.names)
        match column.kind:
            case "bar":
                return Shown("", share=(_rate(row) or 0) / self.longest)
            case "paragraph" if cell is not None:
                return Shown(f"{self.sign}{_shown(cell)} {self._mark(row)}".rstrip(), "dim", self._link(row))
            case "figure" if cell is not None:
                yearly = row["years"] is not None and row.get("change", "growth") == "growth"
                suffix = " a year" if yearly and column.header != "a year" else ""
                return Shown(amount(cell, row.get("unit", "percent")) + suffix)
            case "text" if column.names == "statement":
                return _marked(str(cell or ""), self.answer.marks.get(str(row.get("claim")), ()))
        text = _percent(cell) if column.kind == "percent" else _text(row, column.names)
        if column.names == "claim" and column.kind == "text" and len(self.sources) == 1:
            text = text.removeprefix(f"{self.sources[0]}:")
        status = _STATUS.get(text, "bold red") if column.kind == "status" else ""
        return Shown(text, "dim" if column.kind == "key" else status)

    def _mark(self, row: Record) -> str:
        evidence = row.get("evidence", self.answer.evidence.get(str(row.get("claim"))))
        return EVIDENCE.get(str(evidence), ("", ""))[0]

    def _below(self, columns: Sequence[Column], row: Record) -> list[str]:
        texts = (_text(row, names) for column in columns for names in column.below)
        return [text for text in texts if text]

    def _link(self, row: Record) -> str | None:
        known = self.answer.reports.get(str(row["source"]))
        if known is None or not isinstance(row["paragraph"], int):
            return None
        first, last = self.answer.passages.get((str(row["source"]), row["paragraph"]), (None, None))
        return link({**known, "first_words": first, "last_words": last})


def _percent(cell: Cell) -> str:
    return f"{cell:,.1f}%" if isinstance(cell, int | float) else _shown(cell)


def _names(layout: Layout) -> Iterator[str]:
    for column in layout.columns:
        for names in (column.names, *column.below):
            yield from names.split()


def _kind(rows: Sequence[Record], name: str) -> str:
    return "number" if rows and all(isinstance(row[name], int | float) for row in rows) else "text"


def _rate(row: Record) -> float | None:
    value = row.get("annual_growth_pct", row.get("value"))
    return value if isinstance(value, int | float) else None


def _longest(rows: Sequence[Record]) -> float:
    """Return the figure with the longest bar, or 0 where bars compare nothing: one figure, or different kinds."""
    rates = [abs(rate) for row in rows if (rate := _rate(row)) is not None]
    kinds = {(row.get("unit"), row.get("change"), row.get("years") is None) for row in rows}
    comparable = len(rates) > 1 and len(kinds) == 1 and rows[0].get("change") != "rank"
    return max(rates) if comparable else 0
