"""Answers as the questions give them, read from the packaged facts and a second report, and what is written of them."""

import io
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from guizhou_cli.answer import Answer
from guizhou_cli.ask.views import with_reports
from guizhou_cli.output.citation import shown
from guizhou_cli.output.formats import Format, write_answer

SHIPPED = "guizhou-2024-06-14"
VIEWS = ("bases", "trade", "figures", "measures", "claims", "speakers", "topics", "sources", "show")
EXPECTED = Path(__file__).parent / "expected"
"""Tables and citations, each in a file."""
FACTS = (Path(__file__).parent.parent.parent / "facts.sql").read_text(encoding="utf-8")
SECOND = Path(__file__).with_name("second.sql").read_text(encoding="utf-8")
"""Another report, with claims of each kind of evidence that is marked."""


def asked(view: str, where: str = "1", *, change: str = "") -> Answer:
    """Return the rows of a view of the packaged facts, of which some SQL may have changed something."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(FACTS)
        db.executescript(change)
        found = db.execute(f"SELECT * FROM {view} WHERE {where}")
        return with_reports(db, Answer(view, tuple(column for column, *_ in found.description), found.fetchall()))


def question(view: str, change: str = "", where: str = "1") -> Answer:
    """Return rows of a view as its command shows them."""
    answer = asked(view, where, change=change)
    return shown(answer) if view == "show" else answer


def written(
    answer: Answer,
    form: str = "table",
    *,
    encoding: str = "utf-8",
    keys: bool = False,
    columns: Sequence[str] = (),
    **environment: str,
) -> str:
    """Return what is written of an answer to a pipe, 80 columns wide unless `COLUMNS` says otherwise."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    with redirect_stdout(out), patch.dict(os.environ, {"COLUMNS": "80"} | environment, clear=True):
        write_answer(answer, Format(form), title="gz test", color=True, keys=keys, columns=columns)
    data = out.buffer.getvalue()
    return str(data, encoding if form == "table" else "utf-8")
