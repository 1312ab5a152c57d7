"""A source as the TOML briefing that `gz add` reads."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from guizhou_cli.ask import names
from guizhou_cli.briefings import toml
from guizhou_cli.db.rows import BY_CLAIM, Fields, source_rows

_HEAD = """\
# A briefing for gz: what was said, by whom, and in which paragraph of the report.
# Paragraph 0 is the headline. A claim without a speaker is the report's own words.
"""


def export(db: sqlite3.Connection, source: str) -> str:
    """Return a source as TOML. The text of its passages, where a copy of the report is kept, is left out.

    Raises NothingFound if there is no such source, and DatabaseProblem if the database is damaged.
    """
    found = tables(db, names.source_id(db, source).id)
    lines = [_HEAD, "[source]", *toml.lines(found.pop("source")[0])]
    for kind, of_kind in found.items():
        for fields in of_kind:
            lines += ["", f"[[{kind}]]", *toml.lines(fields)]
    return "\n".join(lines) + "\n"


def tables(db: sqlite3.Connection, source: str) -> dict[str, list[Fields]]:
    """Return the tables of a source's briefing by kind, with the keys of its TOML; what is null is left out there."""
    rows = source_rows(db, source)
    speakers = {row["id"]: row["name"] for row in rows["speaker"]}
    topics = {row["id"]: row["name"] for row in rows["topic"]}
    aliases = _grouped(rows["trade_partner_alias"], "trade_partner_id")
    for figure in rows["figure"]:
        del figure["position"]
        figure["partner"] = figure.pop("trade_partner_id")
    of_claim = {table: _grouped(rows[table], "claim_id") for table in BY_CLAIM}

    def claim(row: Fields) -> Fields:
        own = {table: groups[row["id"]] for table, groups in of_claim.items()}
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
            "figure": own["figure"],
            "base": next(iter(own["industrial_base"]), None),
            "measure": next(iter(own["policy_measure"]), None),
        }

    return {
        "source": rows["source"],
        "speaker": [
            {"id": row["speaker_id"], "name": speakers.get(row["speaker_id"])}
            | {key: row[key] for key in ("role", "organization")}
            for row in rows["appearance"]
        ],
        "partner": [row | {"aliases": [each["alias"] for each in aliases[row["id"]]]} for row in rows["trade_partner"]],
        "passage": [
            {key: row[key] for key in ("number", "sha256", "first_words", "last_words")}
            for row in rows["passage"]
            if row["sha256"] is not None
        ],
        "claim": [*map(claim, rows["claim"])],
    }


def _grouped(rows: Iterable[Fields], key: str) -> defaultdict[object, list[Fields]]:
    """Return rows by the value of one column, and without it."""
    groups: defaultdict[object, list[Fields]] = defaultdict(list)
    for row in rows:
        groups[row.pop(key)].append(row)
    return groups
