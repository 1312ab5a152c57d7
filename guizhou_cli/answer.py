"""The answer to a question: rows of a view, and the reason where there are none. A command hands it to `show()`."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any  # of attributes only: no question takes one

Cell = str | int | float | None
"""A value of a view's column."""

Row = tuple[Cell, ...]

AT_ONCE = 1000
"""Rows that a table or a page shows at most. An answer reads one more at first, to know whether there are more."""

_NO_ROWS: Iterator[Row] = iter(())
_EMPTY: Mapping[Any, Any] = MappingProxyType({})


class Answer:  # not a dataclass: generating one takes a fiftieth of the instructions of a query
    """Rows of a view, in the view's order or the best first.

    Attributes:
        view: the name of the view, by which output/layouts.tsv chooses a layout.
        columns: the names of the columns, the keys of JSON and the headers of CSV.
        rows: the first rows, at most `AT_ONCE` + 1.
        rest: the rows after those, read from the database as they are written; can be read once.
        total: how many rows there are, where that was counted and `rows` has fewer on purpose (a limit).
        reason: why there are no rows, as a line for a person; empty where there are rows.
        hint: the way out, as a line or several.
        notes: lines for stderr beside the rows, such as which name was understood.
        marks: by claim key, the (start, end) spans of its statement that a search matched.
        reports: by source id, the row of the view `reports` for each source in `rows`; captions and footnotes use it.
        passages: by (source id, paragraph), its first and last words, of which deep links are made.
        evidence: by claim key, the evidence that is neither `quoted` nor `checked`, where the view has no such column.

    """

    def __init__(
        self,
        view: str,
        columns: tuple[str, ...],
        rows: list[Row],
        rest: Iterator[Row] = _NO_ROWS,
        *,
        total: int | None = None,
        reason: str = "",
        hint: str | None = None,
        notes: tuple[str, ...] = (),
        marks: Mapping[str, list[tuple[int, int]]] = _EMPTY,
        reports: Mapping[str, Mapping[str, Cell]] = _EMPTY,
        passages: Mapping[tuple[str, int], tuple[Cell, Cell]] = _EMPTY,
        evidence: Mapping[str, Cell] = _EMPTY,
    ) -> None:
        self.view = view
        self.columns = columns
        self.rows = rows
        self.rest = rest
        self.total = total
        self.reason = reason
        self.hint = hint
        self.notes = notes
        self.marks = marks
        self.reports = reports
        self.passages = passages
        self.evidence = evidence

    def __iter__(self) -> Iterator[Row]:
        """Yield all rows, once."""
        return chain(self.rows, self.rest)

    def dicts(self) -> list[dict[str, Cell]]:
        """Return the first rows as one dict each, keyed by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def but(self, **changes: object) -> "Answer":
        """Return the answer with other attributes."""
        other = Answer(self.view, self.columns, self.rows)
        vars(other).update(vars(self) | changes)
        return other
