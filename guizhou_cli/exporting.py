"""Any source as the TOML briefing that `gz add` reads. Loaded by `gz export` only."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import tomlkit
from tomlkit.items import Table

from guizhou_cli.database import problem_with
from guizhou_cli.formats import unsteered
from guizhou_cli.known import source_id
from guizhou_cli.queries import split_keywords

Row = dict[str, Any]


def export(db: sqlite3.Connection, source: str) -> str:
    """Return a source as the TOML briefing that `gz add` reads.

    Raises:
        NothingFound: if there is no such source.
        DatabaseProblem: if the database is damaged.

    """
    named = source_id(db, source)
    try:
        return unsteered(tomlkit.dumps(_document(db, named)))
    except (sqlite3.Error, ValueError, TypeError, OverflowError) as error:  # what only a damaged database holds
        raise problem_with(error) from error


def _document(db: sqlite3.Connection, source: str) -> tomlkit.TOMLDocument:
    def rows(sql: str) -> list[Row]:
        cursor = db.execute(sql, [source])
        return [dict(zip([name for name, *_ in cursor.description], row, strict=True)) for row in cursor]

    document = tomlkit.document()
    document.add(tomlkit.comment("A briefing for gz: what was said, by whom, and in which paragraph of the report."))
    document.add(tomlkit.comment("Paragraph 0 is the headline. A claim without a speaker is the report's own words."))
    document.add(tomlkit.nl())
    document.add("source", _toml_table(rows("SELECT * FROM source WHERE id = ?")[0]))
    parts: dict[str, Iterable[Row]] = {
        "speaker": rows(
            "SELECT id, name, role, organization FROM appearance JOIN speaker ON id = speaker_id"
            " WHERE source_id = ? ORDER BY id"
        ),
        "partner": _partners(db, source),
        "passage": rows(
            "SELECT number, sha256, first_words, last_words FROM passage"
            " WHERE source_id = ? AND sha256 IS NOT NULL ORDER BY number"
        ),
        "claim": (_claim_toml(db, row) for row in rows("SELECT * FROM claim WHERE source_id = ? ORDER BY id")),
    }
    for name, tables in parts.items():
        array = tomlkit.aot()
        for table in tables:
            array.append(_toml_table(table))
        if array:
            document.add(name, array)
    return document


def _partners(db: sqlite3.Connection, source: str) -> Iterator[Row]:
    used = db.execute(
        "SELECT DISTINCT p.id, p.name FROM trade_partner AS p JOIN trade_growth AS g ON g.trade_partner_id = p.id"
        " JOIN claim AS c ON c.id = g.claim_id WHERE c.source_id = ? ORDER BY p.id",
        [source],
    )
    for id_, name in used.fetchall():
        aliases = db.execute("SELECT alias FROM trade_partner_alias WHERE trade_partner_id = ? ORDER BY alias", [id_])
        yield {"id": id_, "name": name, "aliases": [alias for (alias,) in aliases]}


def _claim_toml(db: sqlite3.Connection, row: Row) -> Row:
    def one(sql: str) -> Row | None:
        cursor = db.execute(sql, [row["id"]])
        found = cursor.fetchone()
        return dict(zip([name for name, *_ in cursor.description], found, strict=True)) if found else None

    topics = db.execute(
        "SELECT name FROM claim_topic JOIN topic ON topic.id = topic_id WHERE claim_id = ? ORDER BY name", [row["id"]]
    )
    return {
        "id": row["slug"],
        "statement": row["statement"],
        "paragraph": row["paragraph"],
        "speaker": row["speaker_id"],
        "topics": [name for (name,) in topics],
        "keywords": split_keywords(row["keywords"]),
        "trade": one(
            "SELECT trade_partner_id AS partner, annual_growth_pct, years, period FROM trade_growth WHERE claim_id = ?"
        ),
        "base": one("SELECT position, name, detail FROM industrial_base WHERE claim_id = ?"),
        "measure": one("SELECT action, policy FROM policy_measure WHERE claim_id = ?"),
    }


def _toml_table(row: Row) -> Table:
    """Return a row as a TOML table: what is null or empty is left out, a row within it stands in one line."""
    table = tomlkit.table()
    for name, value in row.items():
        if isinstance(value, dict):
            inline = tomlkit.inline_table()
            inline.update({key: cell for key, cell in value.items() if cell is not None})
            table.add(name, inline)
        elif value is not None and value != []:
            table.add(name, value)
    return table
