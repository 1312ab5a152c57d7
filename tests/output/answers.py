"""Answers as the questions give them, read from the packaged facts and a second report, and what is written of them."""

import io
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from guizhou_cli.answer import Answer
from guizhou_cli.output.citation import shown
from guizhou_cli.output.formats import Format, write_answer

SHIPPED = "guizhou-2024-06-14"
VIEWS = ("bases", "trade", "figures", "measures", "claims", "speakers", "topics", "sources", "show")
EXPECTED = Path(__file__).parent / "expected"
"""Tables and citations, each in a file."""
FACTS = (Path(__file__).parent.parent.parent / "facts.sql").read_text(encoding="utf-8")
SECOND = """
INSERT INTO source (id, title, publisher, published, event, event_date, place, url, subject) VALUES ('south',
    'Southland opens a rail tunnel', 'Courier', '2025-06-11', 'Briefing', '2025-06-10', 'Port Amber',
    'https://courier.example/tunnel', 'Southland');
INSERT INTO passage (source_id, number) VALUES ('south', 1), ('south', 2);
INSERT INTO speaker VALUES ('ines-roth', 'Ines Roth');
INSERT INTO appearance VALUES ('south', 'ines-roth', 'Minister of Transport', 'Southland');
INSERT INTO trade_partner VALUES ('mercosur', 'Mercosur');
INSERT INTO claim (id, source_id, slug, paragraph, speaker_id, attribution, statement, quote, evidence) VALUES
    (101, 'south', 'tunnel', 1, 'ines-roth', 'said', 'A tunnel is open.', NULL, 'unchecked'),
    (102, 'south', 'trade-asean', 2, 'ines-roth', 'said', 'Trade with ASEAN grew.', NULL, 'doubted'),
    (103, 'south', 'trade-mercosur', 2, NULL, 'reported', NULL, 'Trade shrank.', 'drafted'),
    (104, 'south', 'gdp', 2, NULL, 'reported', 'The GDP is large.', NULL, 'quoted');
INSERT INTO industrial_base VALUES (101, 1, 'Tunnel boring', 'machines and crews');
INSERT INTO figure (claim_id, position, what, value, unit, change, trade_partner_id, period, years) VALUES
    (102, 1, 'trade', 40.5, 'percent', 'growth', 'asean', 'two years', 2),
    (103, 1, 'trade', -3, 'percent', 'growth', 'mercosur', NULL, NULL),
    (104, 1, 'GDP', 7.4e12, 'yuan', 'level', NULL, '2024', NULL);
"""
"""Another report, with claims of each kind of evidence that is marked."""


def asked(
    name: str,
    where: str = "1",
    *,
    change: str = "",
    view: str = "",
    marks: Mapping[str, list[tuple[int, int]]] | None = None,
) -> Answer:
    """Return the rows of a view of the packaged facts, of which some SQL may have changed something."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(FACTS)
        db.executescript(change)
        found = db.execute(f"SELECT * FROM {name} WHERE {where}")
        reports = db.execute("SELECT * FROM reports")
        names = [column for column, *_ in reports.description]
        passages = db.execute("SELECT source_id, number, first_words, last_words FROM passage")
        return Answer(
            view or name,
            tuple(column for column, *_ in found.description),
            found.fetchall(),
            marks=marks or {},
            reports={row[-1]: dict(zip(names, row, strict=True)) for row in reports},
            passages={(source, number): (first, last) for source, number, first, last in passages},
        )


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
