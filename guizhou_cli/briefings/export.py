"""A source as the TOML briefing that `gz add` reads."""

import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from guizhou_cli.ask import names
from guizhou_cli.db.connection import problem_with
from guizhou_cli.db.rows import source_rows
from guizhou_cli.text import STEERING

if TYPE_CHECKING:
    from tomlkit.items import InlineTable, Table

Fields = Mapping[str, object]


def export(db: sqlite3.Connection, source: str) -> str:
    """Return a source as TOML. The text of its passages, where a copy of the report is kept, is left out.

    Raises:
        NothingFound: if there is no such source.
        DatabaseProblem: if the database is damaged.

    """
    import tomlkit

    rows = source_rows(db, names.source_id(db, source).id)
    document = tomlkit.document()
    document.add(tomlkit.comment("A briefing for gz: what was said, by whom, and in which paragraph of the report."))
    document.add(tomlkit.comment("Paragraph 0 is the headline. A claim without a speaker is the report's own words."))
    document.add(tomlkit.nl())
    try:
        document.add("source", _table(rows["source"][0]))
        for name, tables in _parts(rows).items():
            array = tomlkit.aot()
            for fields in tables:
                array.append(_table(fields))
            if array:
                document.add(name, array)
        toml = tomlkit.dumps(document)
    except (ValueError, TypeError, OverflowError) as error:  # values that only a damaged database has
        raise problem_with(error) from error
    if toml.replace("\n", "").isprintable():
        return toml
    # What would control a terminal is written out in its strings: U+0085 as \u0085.
    return re.sub(rf"(?!\n)[{STEERING}]", lambda match: f"\\u{ord(match.group()):04x}", toml)


def _parts(rows: Mapping[str, list[dict[str, object]]]) -> dict[str, Iterable[Fields]]:
    """Return the tables of a briefing from the rows of its source."""
    speakers = {row["id"]: row["name"] for row in rows["speaker"]}
    topics = {row["id"]: row["name"] for row in rows["topic"]}
    aliases = _grouped(rows["trade_partner_alias"], "trade_partner_id")
    by_claim = {
        table: _grouped(rows[table], "claim_id")
        for table in ("claim_keyword", "claim_topic", "figure", "industrial_base", "policy_measure")
    }

    def claim(row: Fields) -> Fields:
        own = {table: grouped.get(row["id"], []) for table, grouped in by_claim.items()}
        figures = [
            {"partner" if key == "trade_partner_id" else key: row[key] for key in row if key != "position"}
            for row in own["figure"]
        ]
        trade = _as_trade(figures[0]) if figures else None
        return {
            "id": row["slug"],
            **{key: row[key] for key in ("statement", "paragraph")},
            "speaker": row["speaker_id"],
            **{key: row[key] for key in ("quote", "said_in")},
            "drafted": True if row["evidence"] == "drafted" else None,
            "evidence": None if row["evidence"] in {"drafted", "unchecked"} else row["evidence"],
            "topics": sorted(str(topics[topic["topic_id"]]) for topic in own["claim_topic"]),
            "keywords": [keyword["keyword"] for keyword in own["claim_keyword"]],
            "trade": trade,
            "figure": figures[1:] if trade else figures,
            "base": next(iter(own["industrial_base"]), None),
            "measure": next(iter(own["policy_measure"]), None),
        }

    return {
        "speaker": [
            {"id": row["speaker_id"], "name": speakers[row["speaker_id"]]}
            | {key: row[key] for key in ("role", "organization")}
            for row in rows["appearance"]
        ],
        "partner": [
            {**row, "aliases": [alias["alias"] for alias in aliases.get(row["id"], [])]}
            for row in rows["trade_partner"]
        ],
        "passage": [
            {key: row[key] for key in ("number", "sha256", "first_words", "last_words")}
            for row in rows["passage"]
            if row["sha256"] is not None
        ],
        "claim": map(claim, rows["claim"]),
    }


def _grouped(rows: Iterable[Fields], key: str) -> dict[object, list[Fields]]:
    """Return rows by the value of one column, and without it."""
    groups: dict[object, list[Fields]] = {}
    for row in rows:
        fields = {name: value for name, value in row.items() if name != key}
        groups.setdefault(row[key], []).append(fields)
    return groups


def _as_trade(figure: Fields) -> Fields | None:
    """Return a figure as `trade = { … }`, where that is short for it."""
    kind = [figure[key] for key in ("what", "whose", "unit", "change")]
    value = figure["value"]
    if kind != ["trade", None, "percent", "growth"] or figure["partner"] is None:
        return None
    if not isinstance(value, float) or not -100 <= value <= 100_000:  # noqa: PLR2004 - what `trade` takes
        return None
    return {"partner": figure["partner"], "annual_growth_pct": value} | {
        key: figure[key] for key in ("years", "period")
    }


def _table(fields: Fields) -> "Table":
    """Return fields as a TOML table, without those that are null or empty; a table within it is on one line."""
    import tomlkit

    table = tomlkit.table()
    for name, value in fields.items():
        if isinstance(value, dict):
            table.add(name, _inline(value))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            array = tomlkit.array()
            array.extend([_inline(row) for row in value])
            table.add(name, array.multiline(multiline=len(value) > 1))
        elif value is not None and value != []:
            table.add(name, value)
    return table


def _inline(fields: Fields) -> "InlineTable":
    import tomlkit

    table = tomlkit.inline_table()
    table.update({name: value for name, value in fields.items() if value is not None})
    return table
