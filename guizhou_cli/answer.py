"""The answer to a question: rows of a view, and the reason where there are none. A command hands it to `show()`."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any, dataclass_transform  # Any of attributes only: no question takes one

Cell = str | int | float | None
"""A value of a view's column."""

Row = tuple[Cell, ...]

AT_ONCE = 1000
"""Rows that a table or a page shows at most. An answer reads one more at first, to know whether there are more."""

_NO_ROWS: Iterator[Row] = iter(())
_EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass_transform()
class _Attributes:
    """A dataclass, as mypy sees it. To generate a real one takes a fiftieth of the instructions of a query."""

    def __init__(self, *values: object, **named: object) -> None:
        vars(self).update(zip(self.__annotations__, values, strict=False), **named)


class Answer(_Attributes):
    """Rows of a view, in the view's order or the best first."""

    view: str
    """The name of the view, by which output/layouts.tsv declares its layout."""
    columns: tuple[str, ...]
    """The names of the columns, the keys of JSON and the headers of CSV."""
    rows: list[Row]
    """The first rows, at most `AT_ONCE` + 1."""
    rest: Iterator[Row] = _NO_ROWS
    """The rows after those, read from the database as they are written; can be read once."""
    total: int | None = None
    """How many rows there are, where that was counted and `rows` has fewer on purpose (a limit)."""
    reason: str = ""
    """Why there are no rows, as a line for a person; empty where there are rows."""
    hint: str | None = None
    """The way out, as a line or several."""
    notes: tuple[str, ...] = ()
    """Lines for stderr beside the rows, such as which name was understood."""
    marks: Mapping[str, list[tuple[int, int]]] = _EMPTY
    """By claim key, the (start, end) spans of its statement that a search matched."""
    reports: Mapping[str, Mapping[str, Cell]] = _EMPTY
    """By source id, the row of the view `reports` for each source in `rows`; captions and footnotes use it."""
    passages: Mapping[tuple[str, int], tuple[Cell, Cell]] = _EMPTY
    """By (source id, paragraph), its first and last words, of which deep links are made."""
    evidence: Mapping[str, Cell] = _EMPTY
    """By claim key, the evidence that is neither `quoted` nor `checked`, where the view has no such column."""

    def __iter__(self) -> Iterator[Row]:
        """Yield all rows, once."""
        return chain(self.rows, self.rest)

    def dicts(self) -> list[dict[str, Cell]]:
        """Return the first rows as one dict each, keyed by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def but(self, **changes: object) -> "Answer":
        """Return the answer with other attributes."""
        return Answer(**(vars(self) | changes))
