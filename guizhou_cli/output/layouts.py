"""How each view is shown, for the terminal, documents and the page: layouts.tsv, by which sheets.py arranges rows.

The number of the paragraph comes before the columns, and the claim's key after them. Where a table is too narrow, cells
become lines below the main column, from right to left, figures last, but for those of the kinds that stay.
"""

from pathlib import Path
from typing import NamedTuple


class Column(NamedTuple):
    """A column of a table.

    Its kind says how the cells are drawn. Each layout has one `main` column, the only one that is folded. What is the
    same in all rows of a group is said once: in a `heading`, or in a `caption` where there is one group.
    """

    names: str  # of the view's columns that it shows, separated by blanks; a cell joins what is not null with commas
    header: str = ""
    kind: str = "text"


STAYING = frozenset({"main", "paragraph", "position", "status"})
OPTIONAL = frozenset({"extra", "bar", "key"})
"""The kinds that are shown only where there is room."""
RIGHT = frozenset({"position", "number", "percent", "figure"})
"""The kinds of columns that are aligned on the right."""

EVIDENCE = {
    "quoted": ("", "the quote occurs in the report"),
    "checked": ("", "its keywords and figures occur in its paragraph"),
    "doubted": ("?", "something in it looks wrong"),
    "unchecked": ("-", "nobody has held it against its report"),
    "drafted": ("*", "a rule proposed it and nobody has confirmed it"),
}
"""By kind of evidence, the mark of a claim in a table, and what it means."""


def layout(view: str) -> list[Column]:
    """Return the columns of a view's table, or none for a view that has no layout."""
    text = Path(__file__).with_name("layouts.tsv").read_text(encoding="utf-8")
    return [Column(*line.split("\t")[1:]) for line in text.splitlines() if line.startswith(f"{view}\t")]
