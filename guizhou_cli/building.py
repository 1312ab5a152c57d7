"""Building the database from facts.sql, whole or not at all, and renewing one that an older release has built.

Loaded on first use and after an upgrade only. sqlite-utils does the work.
"""

import os
import signal
import sqlite3
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlite_utils import Database

from guizhou_cli import search
from guizhou_cli.database import connect, facts_checksum, facts_sql, is_current, problem_with
from guizhou_cli.errors import note

FIRST_ADDED = 100_001
"""The first number of a claim that is added; those below are left to the claims that ship."""

SEARCHED = ("statement", "context", "role")
"""The columns that a search looks through."""

_NOW_SHIPPED = "{} now comes with gz, in place of the one that was added"
_BY_SOURCE = ("source", "passage", "appearance", "claim")
_BY_CLAIM = ("claim_topic", "industrial_base", "policy_measure", "trade_growth")
_SHARED = {  # what sources have in common, and where each is referred to
    "speaker": "SELECT speaker_id FROM kept_appearance",
    "topic": "SELECT topic_id FROM kept_claim_topic",
    "trade_partner": "SELECT trade_partner_id FROM kept_trade_growth",
}
_OURS = {*_BY_SOURCE, *_BY_CLAIM, *_SHARED, "trade_partner_alias", "claim_search", "build"}


def build() -> sqlite3.Connection:
    """Return a new database in memory: the packaged facts.sql, its full-text index, and what it was built from."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    _fill(Database(connection))
    return connection


def first_use(path: Path) -> sqlite3.Connection:
    """Build the database, keep it at `path` if that can be written, and return it, open read-only.

    Safe when many processes do so at once, and when one is killed: the file appears whole, and only once.
    """
    connection = build()
    try:
        _store(connection.serialize(), path)
    except OSError as error:
        note(f"answering from memory: {path} can't be written ({error.strerror or error})")
    connection.execute("PRAGMA query_only = ON")
    return connection


def index(db: Database, source: str | None = None) -> None:
    """Fill the words that a search looks through, for one source or for all."""
    of_source, values = ("", []) if source is None else (" WHERE source = ?", [source])
    words = db.execute(f"SELECT claim_id, statement, context, role FROM claim_words{of_source}", values)
    # Not by a function within SQLite: to that, a Ctrl-C that arrives meanwhile is a fault of the function.
    db.table("claim_search").insert_all(
        {"claim_id": id_} | {name: search.canonical(text) for name, text in zip(SEARCHED, texts, strict=True)}
        for id_, *texts in words
    )


@contextmanager
def writing(path: Path, *, foreign_keys: bool = True) -> Iterator[Database]:
    """Open the database for one write transaction: all of what is done inside is kept, or none of it.

    Args:
        path: the database.
        foreign_keys: whether each statement is held to the foreign keys; otherwise all are checked at the end.

    Raises:
        DatabaseProblem: if the database can't be opened or written, is damaged, or stays busy.

    """
    connection = connect(path, "rw")
    with closing(connection):
        try:
            connection.execute(f"PRAGMA foreign_keys = {int(foreign_keys)}")
            connection.execute("BEGIN IMMEDIATE")
            yield Database(connection)
            if not foreign_keys and any(table in _OURS for table, *_ in connection.execute("PRAGMA foreign_key_check")):
                raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")
            with _undisturbed():
                connection.execute("COMMIT")
        except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
            raise problem_with(error, str(path)) from error
        except KeyboardInterrupt as interrupt:
            # What sqlite-utils was about to roll back, were it to do so after this, it would find no connection for.
            connection.rollback()
            traceback.clear_frames(interrupt.__traceback__)
            raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Take no Ctrl-C for a moment: after it, nobody could tell whether the change was kept."""
    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def upgrade(path: Path) -> None:
    """Replace the shipped facts, the tables and the views by the packaged ones; keep every briefing that was added.

    Raises:
        DatabaseProblem: as `writing`.

    """
    with closing(build()) as fresh, writing(path) as db:
        if is_current(db.conn):  # another process was faster
            return
        if _same_tables(db.conn, fresh):
            _renew_facts(db, Database(fresh))
            return
    with writing(path, foreign_keys=False) as db:
        if is_current(db.conn):
            return
        _set_aside(db)
        _drop_ours(db)
        _run_facts(db)
        _bring_back(db)
        _index_all(db)


def take_out(db: Database, source: str) -> None:
    """Delete a source; and each speaker, topic and partner that no other source has."""
    claims = "SELECT id FROM claim WHERE source_id = ?"
    refer = {
        "speaker": ("appearance", "speaker_id", "SELECT speaker_id FROM appearance WHERE source_id = ?"),
        "topic": ("claim_topic", "topic_id", f"SELECT topic_id FROM claim_topic WHERE claim_id IN ({claims})"),
        "trade_partner": (
            "trade_growth",
            "trade_partner_id",
            f"SELECT trade_partner_id FROM trade_growth WHERE claim_id IN ({claims})",
        ),
    }
    used = {table: {id_ for (id_,) in db.execute(sql, [source])} for table, (_, _, sql) in refer.items()}
    db.execute("DELETE FROM source WHERE id = ?", [source])  # its claims and all of theirs go with it
    for table, (referring, column, _) in refer.items():
        unused = f"DELETE FROM {table} WHERE id = ? AND NOT EXISTS (SELECT 1 FROM {referring} WHERE {column} = ?)"
        for id_ in used[table]:
            db.execute(unused, [id_, id_])


def _same_tables(old: sqlite3.Connection, fresh: sqlite3.Connection) -> bool:
    """Tell whether only facts and views have changed, so that the added briefings can stay where they are."""
    version = "PRAGMA user_version"
    tables = "SELECT type, name, sql FROM sqlite_schema WHERE type <> 'view' AND name NOT GLOB 'claim_search_fts_*'"
    same = old.execute(version).fetchone() == fresh.execute(version).fetchone()
    if not same or not set(fresh.execute(tables)) <= set(old.execute(tables)):
        return False
    # A table of the user's that refers to a claim would lose its rows along with the shipped claims.
    referring = "SELECT t.name FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) WHERE t.type = 'table'"
    if not set(old.execute(referring)) <= set(fresh.execute(referring)):
        return False
    shipped = {id_ for (id_,) in fresh.execute("SELECT id FROM claim")}
    added = "SELECT id FROM claim WHERE source_id NOT IN (SELECT source_id FROM build) AND id <= ?"
    return not shipped & {id_ for (id_,) in old.execute(added, [max(shipped, default=0)])}


def _renew_facts(db: Database, fresh: Database) -> None:
    """Put the shipped facts and the views of `fresh` in the place of those in `db`."""
    for name, sql in fresh.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").fetchall():
        db.execute(f'DROP VIEW IF EXISTS "{name}"')
        db.execute(sql)
    was = {row["source_id"] for row in db.table("build").rows}
    now = [row["id"] for row in fresh.table("source").rows]
    for source in [*sorted(was), *(source for source in now if source not in was)]:
        if was and source not in was and db.execute("SELECT 1 FROM source WHERE id = ?", [source]).fetchone():
            note(_NOW_SHIPPED.format(source))
        take_out(db, source)
    partners = [row["id"] for row in fresh.table("trade_partner").rows]
    stale = False
    db.table("abbreviation").delete_where()
    db.table("trade_partner_alias").delete_where(f"trade_partner_id IN ({', '.join('?' * len(partners))})", partners)
    for table in (*_SHARED, "trade_partner_alias", "abbreviation", *_BY_SOURCE, *_BY_CLAIM, "build"):
        columns = [column.name for column in fresh.table(table).columns]
        rows = [{name: row[name] for name in columns} for row in fresh.table(table).rows]
        if table in _SHARED:
            renamed = f"SELECT 1 FROM {table} WHERE id = ? AND name <> ?"
            stale = stale or any(db.execute(renamed, [row["id"], row["name"]]).fetchone() for row in rows)
            db.table(table).upsert_all(rows, pk="id")
        else:
            db.table(table).insert_all(rows)
    if stale:  # added briefings are searched by these names too
        db.execute("DELETE FROM claim_search")
    for source in [None] if stale else now:
        index(db, source)


def _fill(db: Database) -> None:
    _run_facts(db)
    _index_all(db)


def _run_facts(db: Database) -> None:
    db.executescript(facts_sql().decode("utf-8"))
    checksum = facts_checksum()
    db.table("build").insert_all({"source_id": row["id"], "facts": checksum} for row in list(db.table("source").rows))


def _index_all(db: Database) -> None:
    index(db)
    db.table("claim_search").enable_fts(SEARCHED, tokenize="porter unicode61", create_triggers=True)


def _set_aside(db: Database) -> None:
    """Copy what belongs to added briefings into temporary tables."""
    added = "NOT IN (SELECT source_id FROM main.build)"
    for table in _BY_SOURCE:
        column = "id" if table == "source" else "source_id"
        db.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table} WHERE {column} {added}")
    for table in _BY_CLAIM:
        db.execute(
            f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table}"
            " WHERE claim_id IN (SELECT id FROM kept_claim)"
        )
    for table, used in _SHARED.items():
        db.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table} WHERE id IN ({used})")
    db.execute(
        "CREATE TEMP TABLE kept_trade_partner_alias AS SELECT * FROM main.trade_partner_alias"
        " WHERE trade_partner_id IN (SELECT id FROM kept_trade_partner)"
    )


def _drop_ours(db: Database) -> None:
    """Drop what facts.sql is about to create, and nothing that a user has added beside it."""
    with closing(build()) as fresh:
        ours = fresh.execute("SELECT type, name FROM sqlite_schema WHERE type IN ('view', 'table')").fetchall()
    there = {row[0] for row in db.execute("SELECT name FROM main.sqlite_schema")}
    shadows = {name for _, name in ours if name.startswith("claim_search_fts_")}  # go with their virtual table
    for kind, name in sorted(ours, reverse=True):  # views first
        if name in there and name not in shadows:
            db.execute(f'DROP {kind} main."{name}"')


def _bring_back(db: Database) -> None:
    """Put the added briefings back under the new tables; a column that is no more is left out."""
    for (source,) in db.execute("SELECT id FROM kept_source WHERE id IN (SELECT id FROM main.source)").fetchall():
        note(_NOW_SHIPPED.format(source))
        for table in reversed(_BY_CLAIM):
            db.execute(
                f"DELETE FROM kept_{table} WHERE claim_id IN (SELECT id FROM kept_claim WHERE source_id = ?)", [source]
            )
        for table in reversed(_BY_SOURCE):
            column = "id" if table == "source" else "source_id"
            db.execute(f"DELETE FROM kept_{table} WHERE {column} = ?", [source])
    # The shipped claims come first; a larger release pushes the numbers of the added ones up.
    shift = db.execute(
        "SELECT max(0, coalesce((SELECT max(id) FROM main.claim) + 1 - min(id), 0)) FROM kept_claim"
    ).fetchone()[0]
    in_use = {table: f"id NOT IN (SELECT id FROM main.{table}) AND id IN ({used})" for table, used in _SHARED.items()}
    in_use["trade_partner_alias"] = (
        "trade_partner_id NOT IN (SELECT id FROM main.trade_partner)"
        f" AND trade_partner_id IN ({_SHARED['trade_partner']})"
    )
    for table in ("trade_partner_alias", *_SHARED, *_BY_SOURCE, *_BY_CLAIM):
        before = {row[1] for row in db.execute(f"PRAGMA temp.table_info(kept_{table})")}
        columns = [column.name for column in db.table(table).columns if column.name in before]
        moved = {"id" if table == "claim" else "claim_id"} if table in ("claim", *_BY_CLAIM) else set()
        values = ", ".join(f"{name} + {shift}" if name in moved else name for name in columns)
        where = in_use.get(table, "true")
        db.execute(f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM kept_{table} WHERE {where}")


def _store(image: bytes, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear_leftovers(path)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123
            file.write(image)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # unlike a rename, never over a database that is already in use
        except FileExistsError:
            return  # another first run was faster, and its database is as good
        except OSError:  # a file system without hard links
            if not path.exists():
                unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _clear_leftovers(path: Path) -> None:
    """Remove what first runs that were killed have left; one that is still running keeps its file."""
    for leftover in path.parent.glob(f"{path.name}.*.new"):
        pid = leftover.name.removesuffix(".new").rpartition(".")[2]
        if os.name == "posix" and pid.isdecimal() and not _runs(int(pid)):
            leftover.unlink(missing_ok=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
