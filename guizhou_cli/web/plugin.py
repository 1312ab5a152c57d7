"""The page as a plugin of Datasette: its texts, its questions, and rows in the layouts of the command line.

The texts and the SQL of the questions are in page.toml. A question is answered by the function that its command calls.
"""

import json
import sqlite3
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from datasette import Response, hookimpl
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.filters import FilterArguments
from datasette.utils.asgi import Base400, Request
from datasette.views.base import DatasetteError
from jinja2 import Environment
from markupsafe import Markup

from guizhou_cli.answer import AT_ONCE, Answer, Cell
from guizhou_cli.ask import search, views
from guizhou_cli.db import connection
from guizhou_cli.errors import DatabaseProblem, GzError, NothingFound, UsageProblem, note
from guizhou_cli.output import citation
from guizhou_cli.output.sheets import Sheet, Shown, sheet
from guizhou_cli.text import visible
from guizhou_cli.web.facts import VISIT, Facts

NAME = "facts"
"""The name of the database in addresses, whatever its file is called."""

FOUND = 5000
"""Claims at most that a search among the claims is narrowed from, the best ones."""

_Question = Callable[[sqlite3.Connection, str], Answer]
_QUESTIONS: Mapping[str, tuple[_Question, str]] = {
    "who-said": (lambda db, words: search.who_said(db, words, limit=AT_ONCE), "claim"),
    "search": (lambda db, words: search.who_said(db, words, limit=FOUND), "claim"),
    "trade-by-partner": (lambda db, words: views.trade(db, [words] if words else []), "partner"),
    "measures-by-topic": (lambda db, words: views.measures(db, topics=[words] if words else []), "claim"),
}
"""By name, how a question is answered, and the column of the answer that finds its rows."""

_TOO_LONG = "It took too long. Ask for less: one report, one topic, a search."
_WRONG_ADDRESS, _FAULT = 400, 500


@cache
def texts() -> dict[str, Any]:
    """Return what page.toml says."""
    return tomllib.loads(Path(__file__).with_name("page.toml").read_text(encoding="utf-8"))


def metadata() -> dict[str, Any]:
    """Return what Datasette is to know of the database: titles, meanings of columns, facets, and canned queries."""
    said = texts()
    tables = {}
    for name, view in said["views"].items():
        shared = {column: said["columns"][column] for column in view.get("shared", "").split()}
        facets = ["speaker", "source"] if "speaker" in shared else []
        tables[name] = view | {"columns": view["columns"] | shared, "facets": facets}
    return {
        **{name: said[name] for name in ("title", "description", "license")},
        "databases": {NAME: {"tables": tables, "queries": said["questions"]}},
    }


@hookimpl
def permission_allowed(action: str, resource: object) -> bool | None:
    """Show the views that page.toml describes, and no table."""
    if action == "view-table" and isinstance(resource, tuple):
        return resource[1] in texts()["views"]
    return None


@hookimpl
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Add the function `answer` to SQL."""
    if database == NAME:
        conn.create_function("answer", 2, partial(_answer, datasette.get_database(NAME)))


def _answer(facts: Facts, question: object, words: object) -> str:
    """Return the keys of the rows that answer a question, best first, as a JSON array: the SQL function `answer`.

    SQL of one's own may call it with anything; the answer to what is no question is empty.
    """
    if not isinstance(question, str) or not isinstance(words, str) or question not in _QUESTIONS:
        return "[]"
    ask, column = _QUESTIONS[question]
    visit = VISIT.get()
    if (question, words) not in visit.answers:  # the rows of a page, their number and each facet ask it again
        try:
            with facts.opened() as db:
                visit.answers[question, words] = ask(db, words.strip())
        except (NothingFound, UsageProblem) as nothing:
            visit.answers[question, words] = Answer(question, (), [], reason=nothing.message, hint=nothing.hint)
        except DatabaseProblem as problem:
            visit.problem = problem
            raise
    return json.dumps(list(dict.fromkeys(row[column] for row in visit.answers[question, words].dicts())))


@hookimpl(trylast=True)  # Datasette's own says that nothing can be searched, and the last one is heard
def filters_from_request(request: Request, table: str) -> FilterArguments:
    """Narrow a view of claims to topics, and the claims to what a search finds."""
    sql = texts()["topics"]
    where, values, words = [sql["spoken_of"]] if table == "topics" else [], {}, []
    if "claim" in texts()["views"].get(table, {}).get("shared", "").split():
        for at, topic in enumerate(request.args.getlist("_topic")):
            where.append(f"claim IN ({sql['claims']} = :topic{at})")
            values[f"topic{at}"] = topic
            words.append(f"topic is {topic}")
    phrase = request.args.get("_search", "") if table == "claims" else ""
    if phrase:
        where.append("claim IN (SELECT value FROM json_each(answer('search', :search)))")
        values["search"] = phrase
    return FilterArguments(where, values, words, {"supports_search": table == "claims", "search": phrase})


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give the templates the ways of the command line to show a name and a text."""
    env.filters["label"] = lambda column: column.replace("_", " ")
    env.filters["visible"] = lambda cell: visible(str(cell))
    env.filters["day"] = lambda cell: visible(citation.day(cell))
    env.filters["marked"] = _marked
    env.tests["address"] = lambda cell: isinstance(cell, str) and cell.startswith(("http://", "https://"))


def _marked(cell: Shown) -> Markup:
    """Return a cell as HTML, with what a search matched in <mark>."""
    text, at = Markup(), 0
    for begin, end in cell.marks:
        text += cell.text[at:begin] + Markup("<mark>{}</mark>").format(cell.text[begin:end])
        at = end
    return text + cell.text[at:]


@hookimpl
def extra_template_vars(datasette: Datasette) -> dict[str, object]:
    """Give the templates what they show beside the rows that Datasette hands them."""
    facts: Facts = datasette.get_database(NAME)
    said, answers = texts(), VISIT.get().answers

    async def rows(sql: str) -> list[sqlite3.Row] | None:
        try:
            return list(await facts.execute(sql, custom_time_limit=1000))
        except QueryInterrupted:
            return None

    return {
        "site": said,
        "views": {name: view for name, view in said["views"].items() if "hidden" not in view},
        "questions": said["questions"],
        "rows_of": rows,
        "arranged": lambda *shown: facts.ask(lambda db: _arranged(db, *shown)),
        "answered": lambda question, words: answers.get((question, words)),
    }


def _arranged(
    db: sqlite3.Connection, view: str, columns: Sequence[str], rows: Sequence[sqlite3.Row], found: Answer | None
) -> tuple[Sheet, dict[Cell, list[Cell]]]:
    """Return rows in their layout, with the marks of the answer they come from, and by claim its topics."""
    answer = Answer(view, tuple(columns), [tuple(row) for row in rows], marks=found.marks if found else {})
    if answer.view == "show" and {"claim", "url"} <= set(answer.columns):
        answer = citation.shown(views.show(db, [str(row["claim"]) for row in answer.dicts()]))
    else:
        answer = views.with_reports(db, answer)
    topics: dict[Cell, list[Cell]] = {}
    if "claim" in answer.columns:
        keys = json.dumps([row["claim"] for row in answer.dicts()])
        for claim, topic in connection.ask(db, texts()["topics"]["of_claims"], [keys]):
            topics.setdefault(claim, []).append(topic)
    return sheet(answer), topics


@hookimpl
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]]:
    """Say on the page, in words, what went wrong; a fault of this program is one line in the terminal too."""

    async def response() -> Response:
        status, message = _described(exception, asked=bool(request.query_string))
        if request.path.endswith(".json"):
            return Response.json({"ok": False, "error": message, "status": status}, status=status)
        text = await datasette.render_template("error.html", {"status": status, "error": message}, request=request)
        return Response.html(text, status=status)

    return response


def _described(exception: Exception, *, asked: bool) -> tuple[int, str]:
    """Return the status and the words for an exception. `asked` is whether the address has a question in it."""
    status, words = _FAULT, str(exception)
    match exception:
        case QueryInterrupted() | DatasetteError(message_is_html=True):  # whose words are markup with a script
            status, words = _WRONG_ADDRESS, _TOO_LONG
        case GzError():
            words = exception.message
        case MemoryError():
            words = "The answer needs too much memory. Ask for less."
        case sqlite3.Error():
            status, words = _WRONG_ADDRESS if asked else _FAULT, f"The database can't answer that: {exception}"
        case DatasetteError():
            status, words = _WRONG_ADDRESS if exception.status == _FAULT else exception.status, exception.message
        case Base400():
            status = exception.status
        case ValueError() | OverflowError() if asked:
            status, words = _WRONG_ADDRESS, "There is nothing at this address."
        case _:
            note(f"a fault of this program: {type(exception).__name__}: {exception}; please report it")
    return status, words
