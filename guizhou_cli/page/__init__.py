"""What the page holds: a plugin of Datasette that asks the questions of the command line by the same functions.

So it finds the same rows. Its texts are in page.toml, its looks in templates/ and static/.
"""

import json
import sqlite3
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from datasette import Response, hookimpl
from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.filters import FilterArguments
from datasette.utils import path_with_added_args, path_with_removed_args
from datasette.views.base import DatasetteError

from guizhou_cli import citation, queries
from guizhou_cli.errors import GzError, note, visible
from guizhou_cli.page import questions
from guizhou_cli.reading import Cell

DATABASE = "facts"
"""The database's name in addresses, whatever its file is called."""

FOLDER = Path(__file__).parent

_BELOW = {  # what stands below what in one cell, as in the terminal where it is narrow
    "base": ("detail",),
    "partner_name": ("partner",),
    "measure": ("policy",),
    "statement": ("topics",),
    "role": ("organization",),
    "title": ("publisher", "published", "url"),
    "event": ("event_date", "place"),
}
_WRONG_ADDRESS, _FAULT = 400, 500
_ON_TOPIC = (
    "SELECT key FROM claim JOIN claim_topic ON claim_id = claim.id JOIN topic ON topic.id = topic_id WHERE topic.name"
)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "page.toml").read_text(encoding="utf-8"))


def metadata(db: sqlite3.Connection) -> dict[str, Any]:
    """Return what Datasette is to know of the database: texts, facets, questions, and what has no page."""
    texts = _texts()
    named = db.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").fetchall()
    tables: dict[str, Any] = {name: {"hidden": True, "allow": False} for (name,) in named}
    for name, view in texts["views"].items():
        columns = [column for column, *_ in db.execute(f"SELECT * FROM {name} LIMIT 0").description]
        facets = ["speaker", {"topic": "topic"}, "source"] if "claim" in columns else []
        known = texts["columns"] | view.get("columns", {})
        tables[name] = view | {"columns": {column: known[column] for column in columns}, "facets": facets}
    asked = {name: text | {"sql": questions.sql(name, text["asks"])} for name, text in texts["questions"].items()}
    return {
        **{name: texts[name] for name in ("title", "description", "license", "about")},
        "databases": {DATABASE: {"tables": tables, "queries": asked}},
    }


def source(db: sqlite3.Connection) -> dict[str, Cell]:
    """Return what Datasette is to name as the source of all there is: the report, if there is only one."""
    reports = db.execute("SELECT title, url FROM source LIMIT 2").fetchall()
    return {"source": reports[0][0], "source_url": reports[0][1]} if len(reports) == 1 else {}


@hookimpl
def get_metadata(datasette: Any) -> dict[str, Cell]:
    """Name the source as of now: a briefing may have been added."""
    facts = datasette.databases.get(DATABASE)
    return dict(facts.source()) if facts else {}


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str) -> None:
    """Teach SQL the questions of the command line."""
    if database == DATABASE:
        conn.create_function("answer", 2, partial(questions.answer, conn))


@hookimpl(trylast=True)  # Datasette's own says that nothing can be searched; the last one to speak is heard
def filters_from_request(request: Any, table: str, datasette: Any) -> FilterArguments:
    """Narrow a view of claims to topics, and the claims to what a search finds."""
    where, values, said = [], {}, []
    if "claim" in datasette.table_metadata(DATABASE, table).get("columns", {}):
        for at, topic in enumerate(request.args.getlist("_topic")):
            where.append(f"claim IN ({_ON_TOPIC} = :topic{at})")
            values[f"topic{at}"] = topic
            said.append(f"topic is {topic}")
    search = request.args.get("_search", "") if table == "claims" else ""
    if search:
        where.append("claim IN (SELECT value FROM json_each(answer('search', :search)))")
        values["search"] = search
    return FilterArguments(where, values, said, {"supports_search": table == "claims", "search": search})


class TopicFacet(Facet):
    """Counts the topics of the claims on show. The column has them as one text, so Datasette's own can't."""

    type = "topic"

    async def facet_results(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Return the facet as Datasette's own return theirs, and whether it took too long."""
        if not self.get_configs():
            return [], []
        most = self.get_facet_size()
        sql = (
            f"SELECT topic.name, count(*) FROM ({self.sql}) AS shown JOIN claim ON claim.key = shown.claim"
            " JOIN claim_topic ON claim_id = claim.id JOIN topic ON topic.id = topic_id"
            f" GROUP BY topic.id ORDER BY count(*) DESC, topic.name LIMIT {most + 1}"
        )
        try:
            limit = self.ds.setting("facet_time_limit_ms")
            found = await self.ds.execute(self.database, sql, self.params, custom_time_limit=limit)
        except QueryInterrupted:
            return [], ["topic"]
        chosen = self.request.args.getlist("_topic")
        results = [
            {
                "value": name,
                "label": name,
                "count": count,
                "selected": name in chosen,
                "toggle_url": (path_with_removed_args if name in chosen else path_with_added_args)(
                    self.request, {"_topic": name}
                ),
            }
            for name, count in found.rows[:most]
        ]
        facet = {"name": "topic", "type": "topic", "results": results, "truncated": len(found.rows) > most}
        return [facet | {"hideable": False, "toggle_url": None}], []


@hookimpl
def register_facet_classes() -> list[type[Facet]]:
    """Let `topic` be a facet."""
    return [TopicFacet]


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Give the templates the ways of the command line to show a name and a text."""
    env.filters["label"] = _label
    env.filters["visible"] = lambda cell: visible(str(cell))


def _label(column: str) -> str:
    derived = " (derived)" if column == "implied_total_growth_pct" else ""
    return column.replace("_", " ") + derived


@hookimpl
def extra_template_vars(datasette: Any) -> dict[str, Any]:
    """Give the templates what is to be said beside the rows that they are handed."""
    ask = datasette.get_database(DATABASE).execute_fn

    async def counted(view: str) -> int | None:
        try:
            found = await datasette.execute(DATABASE, f"SELECT count(*) FROM {view}", custom_time_limit=200)
        except QueryInterrupted:
            return None
        return int(found.single_value())

    texts = _texts()
    return {
        "site": texts,
        "views": {name: view for name, view in texts["views"].items() if name != "show"},
        "questions": texts["questions"],
        "counted": counted,
        "reports": lambda: ask(lambda db: queries.sources(db).dicts()),
        "names": lambda question: ask(lambda db: questions.names(db, question)),
        "layout": _layout,
        "whole": lambda rows: ask(lambda db: _whole(db, rows)),
        "told": lambda question, words, rows: ask(lambda db: questions.told(db, question, words, rows)),
    }


def _layout(columns: Sequence[str], rows: Sequence[sqlite3.Row]) -> dict[str, Any]:
    """Return which columns a table has, what stands below what in them, and what is common to all rows."""
    below = {over: [name for name in under if name in columns] for over, under in _BELOW.items() if over in columns}
    gone = {name for under in below.values() for name in under}
    tail = {"speaker", "role", "attribution"} <= set(columns)
    if tail:
        gone |= {"attribution", "role"}
    sources = {row["source"] for row in rows} if "source" in columns and "title" not in columns else set()
    if len(sources) == 1:
        gone.add("source")
    rates = [row["annual_growth_pct"] for row in rows] if "annual_growth_pct" in columns else []
    if len(set(columns)) < len(columns):  # in SQL of one's own: by its name a cell might be taken for another
        return {"columns": columns, "below": {}, "by_place": True}
    return {
        "columns": [name for name in columns if name not in gone],
        "below": below,
        "tail": tail,
        "source": sources.pop() if len(sources) == 1 else None,
        "most": max((abs(rate) for rate in rates if isinstance(rate, int | float)), default=0),
    }


def _whole(db: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> dict[str, dict[str, Cell]]:
    """Return the claims among the rows by their names, each with its deep link and citation."""
    claims = json.dumps([row["claim"] for row in rows if "claim" in row.keys()])  # noqa: SIM118 - of a Row
    # SQL of one's own may call anything a claim.
    there = "SELECT key FROM claim WHERE key IN (SELECT value FROM json_each(?))"
    known = [key for (key,) in db.execute(there, [claims])]
    return {str(row["claim"]): _safe(row) for row in citation.show(db, known).dicts()} if known else {}


def _safe(row: dict[str, Cell]) -> dict[str, Cell]:
    """Return a claim whose link, if it is no address of a page, leads nowhere; `gz add` lets no such address in."""
    return row if str(row["link"]).startswith(("http://", "https://")) else row | {"link": "#"}


@hookimpl
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Tell on the page, in words, what went wrong; a fault of ours in the terminal too, in one line."""

    async def told() -> Response:
        message = str(getattr(exception, "message", None) or exception)
        if getattr(exception, "message_is_html", False):
            message = "It took too long. Ask for less: one topic, one speaker, a search."
        status = getattr(exception, "status", _FAULT)
        if isinstance(exception, GzError):
            status = _FAULT
        elif isinstance(exception, DatasetteError):
            status = _WRONG_ADDRESS if status == _FAULT else status
        elif isinstance(exception, ValueError) and request.query_string:
            status, message = _WRONG_ADDRESS, "Nothing here goes by this address."
        elif status == _FAULT and not isinstance(exception, sqlite3.Error):
            note(f"a fault of this program: {type(exception).__name__}: {message}; please report it")
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        text = await datasette.render_template("error.html", {"status": status, "error": message}, request=request)
        return Response.html(text, status=status)

    return told
