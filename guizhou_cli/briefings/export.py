"""A source as the TOML briefing that `gz add` reads."""

import sqlite3
from collections.abc import Iterable, Mapping

from guizhou_cli.ask import names
from guizhou_cli.briefings import toml
from guizhou_cli.db.rows import BY_CLAIM, Fields, source_rows

_HEAD = """\
# A briefing for gz: what was said, by whom, and in which paragraph of the report.
# Paragraph 0 is the headline. A claim without a speaker is the report's own words.
"""


def export(db: sqlite3.Connection, source: str) -> str:
    """Return a source as TOML. The text of its passages, where a copy of the report is kept, is left out.

    Raises:
        NothingFound: if there is no such source.
        DatabaseProblem: if the database is damaged.

    """
    rows = source_rows(db, names.source_id(db, source).id)
    lines = [_HEAD, "[source]", *toml.lines(rows["source"][0])]
    for kind, tables in _parts(rows).items():
        for fields in tables:
            lines += ["", f"[[{kind}]]", *toml.lines(fields)]
    return "\n".join(lines) + "\n"


def _parts(rows: Mapping[str, list[Fields]]) -> dict[str, Iterable[Fields]]:
    """Return the tables of a briefing from the rows of its source."""
    speakers = {row["id"]: row["name"] for row in rows["speaker"]}
    topics = {row["id"]: row["name"] for row in rows["topic"]}
    aliases = _grouped(rows["trade_partner_alias"], "trade_partner_id")
    by_claim = {table: _grouped(rows[table], "claim_id") for table in BY_CLAIM}

    def claim(row: Fields) -> Fields:
        own = {table: grouped.get(row["id"], []) for table, grouped in by_claim.items()}
        figures = [
            {key if key != "trade_partner_id" else "partner": cell for key, cell in figure.items() if key != "position"}
            for figure in own["figure"]
        ]
        return {
            "id": row["slug"],
            "statement": row["statement"],
            "paragraph": row["paragraph"],
            "speaker": row["speaker_id"],
            "quote": row["quote"],
            "said_in": row["said_in"],
            "drafted": True if row["evidence"] == "drafted" else None,
            "evidence": None if row["evidence"] in {"drafted", "unchecked"} else row["evidence"],
            "topics": sorted(str(topics.get(topic["topic_id"])) for topic in own["claim_topic"]),
            "keywords": [keyword["keyword"] for keyword in own["claim_keyword"]],
            "figure": figures,
            "base": next(iter(own["industrial_base"]), None),
            "measure": next(iter(own["policy_measure"]), None),
        }

    return {
        "speaker": [
            {
                "id": row["speaker_id"],
                "name": speakers.get(row["speaker_id"]),
                **_without(row, "source_id", "speaker_id"),
            }
            for row in rows["appearance"]
        ],
        "partner": [
            {**row, "aliases": [alias["alias"] for alias in aliases.get(row["id"], [])]}
            for row in rows["trade_partner"]
        ],
        "passage": [_without(row, "source_id", "text") for row in rows["passage"] if row["sha256"] is not None],
        "claim": map(claim, rows["claim"]),
    }


def _grouped(rows: Iterable[Fields], key: str) -> dict[object, list[Fields]]:
    """Return rows by the value of one column, and without it."""
    groups: dict[object, list[Fields]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(_without(row, key))
    return groups


def _without(row: Fields, *left_out: str) -> Fields:
    return {key: value for key, value in row.items() if key not in left_out}
