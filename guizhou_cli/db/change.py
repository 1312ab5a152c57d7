"""Changing a database: one transaction, of which all is kept or nothing, after renewing one of an older release.

To renew, the facts that ship are replaced and what was added is added again.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from guizhou_cli.db.build import build, index, lay_down
from guizhou_cli.db.connection import Connection, ask, open_db, read, release, reported
from guizhou_cli.db.rows import TABLES, Fields, insert_rows, source_rows
from guizhou_cli.errors import DatabaseProblem, note

_VERSION_1 = set(
    "source passage speaker appearance topic claim claim_topic industrial_base policy_measure trade_partner"
    " trade_partner_alias trade_growth abbreviation claim_search claim_search_fts build attributed bases trade measures"
    " claims speakers topics sources claim_words show reports passages".split()
)
"""The tables and views of schema version 1."""

_FIGURE_1 = "trade_growth"
_TABLES_1 = {
    _FIGURE_1 if table == "figure" else table: condition.replace("FROM figure", f"FROM {_FIGURE_1}")
    for table, condition in TABLES.items()
    if table != "claim_keyword"
}


@contextmanager
def writing(path: Path, *, recover: bool, keep: bool = True) -> Iterator[Connection]:
    """Open the database for one write transaction, after renewing it where it is of an older release.

    `recover` is as in `open_db`; `keep` says whether to commit in the end, or to roll back.

    Raises:
        DatabaseProblem: if the database can't be opened or written, is damaged, or stays busy.
        KeyboardInterrupt: after Ctrl-C; nothing is kept then.

    """
    with closing(open_db(path, recover=recover, write=True)) as db, reported(db), db:
        db.execute("BEGIN IMMEDIATE")
        if release(db).behind:
            renew(db)
        db.execute("COMMIT")
        db.execute("PRAGMA foreign_keys = ON")  # has no effect within a transaction, and would hinder renewing
        db.execute("BEGIN IMMEDIATE")
        release(db)  # raises if a later release has renewed it meanwhile
        yield db
        db.execute("COMMIT" if keep else "ROLLBACK")


def renew(db: Connection) -> None:
    """Rebuild a database in place, within the caller's transaction and with foreign keys off.

    Each added briefing is set aside as rows, our tables and views are replaced by the packaged ones, and the briefings
    are added again. Other tables stay as they are.

    Raises:
        DatabaseProblem: if it can't be read, or something of somebody's has a name that is needed.
        sqlite3.Error: if it can't be written, or what was added breaks a constraint.

    """
    with closing(build()) as fresh:
        ours = {str(name) for (name,) in ask(fresh, "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL")}
    first_version = release(db).schema == 1
    db.execute("CREATE TEMP TABLE kept (source TEXT, rows TEXT)")
    for (source,) in ask(db, "SELECT id FROM source WHERE id NOT IN (SELECT source_id FROM build) ORDER BY rowid"):
        rows = source_rows(db, str(source), _TABLES_1 if first_version else TABLES)
        db.execute("INSERT INTO kept VALUES (?, ?)", [source, json.dumps(rows)])
    theirs = _VERSION_1 if first_version else ours
    tables_and_views = "SELECT type, name FROM main.sqlite_schema WHERE type IN ('table', 'view')"
    for kind, name in ask(db, f"{tables_and_views} ORDER BY type DESC, name"):  # views, then an index before its tables
        if name in theirs:
            db.execute(f'DROP {kind} IF EXISTS main."{name}"')
    for kind, name in ask(db, "SELECT type, name FROM main.sqlite_schema"):
        if name in ours:
            raise DatabaseProblem(
                f"your own {kind} {name} has a name that gz needs now", "rename or drop it in sqlite3"
            )
    lay_down(db)
    shipped = ask(db, "SELECT id FROM source")
    for source, kept in read(db, "SELECT source, rows FROM kept ORDER BY rowid")[1]:
        if (source,) in shipped:
            note(f"{source} ships with gz now, in place of the one that was there")
        else:
            insert_rows(db, _current(json.loads(str(kept))))
    db.execute("DROP TABLE kept")
    index(db)
    if any(table in ours for table, *_ in ask(db, "PRAGMA foreign_key_check")):  # a user's own tables are theirs
        raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")


def split_keywords(joined: str) -> list[str]:
    r"""Return the keywords that version 1 kept in one text: joined by `; `, with `;` and `\` of theirs after a `\`."""
    parts = re.findall(r"(?s)(?:\\.|[^;\\])+", joined)
    return [re.sub(r"(?s)\\(.)", r"\1", part.removeprefix(" ")) for part in parts if part != " "]


def _current(rows: dict[str, list[Fields]]) -> dict[str, list[Fields]]:
    """Return rows of this or an older schema as rows of this one."""
    if _FIGURE_1 not in rows:
        return rows
    fingerprinted = {row["number"] for row in rows["passage"] if row["sha256"]}
    rows["claim_keyword"] = []
    for row in rows["claim"]:
        row["evidence"] = "checked" if row["paragraph"] in fingerprinted else "unchecked"  # as version 1 added it
        for at, keyword in enumerate(split_keywords(str(row.pop("keywords"))), 1):
            rows["claim_keyword"].append({"claim_id": row["id"], "position": at, "keyword": keyword})
    fixed = {"position": 1, "what": "trade", "unit": "percent", "change": "growth"}
    rows["figure"] = [{"value": row.pop("annual_growth_pct"), **fixed, **row} for row in rows.pop(_FIGURE_1)]
    return rows
