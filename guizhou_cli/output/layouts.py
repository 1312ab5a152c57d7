"""How each view is shown: one table of data for the terminal, documents and the page. sheets.py arranges rows by it."""

from typing import NamedTuple


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        names: the view's columns that it shows, separated by blanks; a cell joins what is not null with commas.
        header: empty where the cells need none; a table without headers has no header line.
        kind: how the cells are drawn and whether they fold: text, number, percent, figure, bar, status, paragraph, key.
        least: the least width in characters.
        optional: shown only where the table then still has one line per row.
        below: columns that are always lines of their own below the cell.

    """

    names: str
    header: str = ""
    kind: str = "text"
    least: int = 0
    optional: bool = False
    below: tuple[str, ...] = ()


class Layout(NamedTuple):
    """The layout of a view.

    Attributes:
        columns: from left to right; the number of the paragraph comes before them, and the claim's key after them.
        narrow: names of columns in the order in which they leave a narrow table: a bar vanishes, any other becomes
            a line below the first column that stays and folds.
        group: columns whose cells are the same in a group: a heading for each group, or a caption where there is one.
        headed: whether a single group has a heading too.
        gathered: whether groups are gathered from rows that are ordered otherwise (best first).

    """

    columns: tuple[Column, ...]
    narrow: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    headed: bool = False
    gathered: bool = False


_SPEAKER = ("source", "speaker", "role", "attribution")
_STATEMENT = (Column("statement"), Column("topics", "topics", optional=True))
_WHOSE, _BAR, _PERIOD = Column("whose", "whose"), Column("bar", kind="bar"), Column("period", "period")
_VALUE = Column("value", "value", "figure")
_CLAIMS = Column("claims", "claims", "number")
_GROWTH = Column("annual_growth_pct", "growth", "figure", least=8)
_COMPOUNDED = Column("implied_total_growth_pct", "compounded", "percent")
LAYOUTS: dict[str, Layout] = {
    "bases": Layout(
        (Column("position", kind="number", least=2), Column("base"), Column("detail")), ("detail",), _SPEAKER
    ),
    "trade": Layout(
        (_WHOSE, Column("partner_name", "with"), _GROWTH, _BAR, _PERIOD, _COMPOUNDED),
        ("bar", "period", "implied_total_growth_pct", "whose"),
        _SPEAKER,
    ),
    "figures": Layout(
        (_WHOSE, Column("what", "what"), Column("partner", "with"), _VALUE, _BAR, Column("change", "kind"), _PERIOD),
        ("bar", "period", "change", "partner", "whose", "value"),
        _SPEAKER,
    ),
    "measures": Layout((Column("measure", "measure"), Column("policy", "part of")), ("policy",), _SPEAKER),
    "claims": Layout(_STATEMENT, group=_SPEAKER, headed=True),
    "who-said": Layout(_STATEMENT, group=_SPEAKER, headed=True, gathered=True),
    "speakers": Layout(
        (Column("speaker", "speaker"), Column("role", "role"), Column("organization", "organization"), _CLAIMS),
        ("organization", "claims", "speaker"),
        ("source",),
    ),
    "topics": Layout((Column("topic", "topic"), _CLAIMS), ("claims",)),
    "sources": Layout(
        (
            Column("source", "source"),
            Column("title", "report", least=50, below=("publisher published", "event place event_date", "url")),
            Column("paragraphs", "paragraphs", "number"),
            _CLAIMS,
        ),
        ("paragraphs", "claims", "source"),
    ),
    "verify": Layout(
        (Column("status", kind="status"), Column("check"), Column("claim"), Column("detail")),
        ("check", "status"),
        ("source",),
    ),
    "read": Layout((Column("text", below=("claims",)),), group=("source",)),
}
FIELDS = (
    "speaker role|organization|event place event_date|publisher published title|accessed|archive_url|paragraph|quote|"
    "said_in|evidence|passage|topics|keywords|claim|link|citation"
).split("|")
"""The columns of each line that is shown of one claim below its statement."""
LABELS = {"speaker": "said by", "publisher": "report", "archive_url": "archived at", "said_in": "credited in"}
"""The label of a line, where it is not the name of its first column."""

RIGHT = frozenset({"number", "percent", "figure"})
"""The kinds of columns that are aligned on the right."""

EVIDENCE = {
    "quoted": ("", "the quote occurs in the report"),
    "checked": ("", "its keywords and figures occur in its paragraph"),
    "doubted": ("?", "something in it looks wrong"),
    "unchecked": ("-", "nobody has held it against its report"),
    "drafted": ("*", "a rule proposed it and nobody has confirmed it"),
}
"""By kind of evidence, the mark of a claim in a table, and what it means."""
