"""The questions of the command line as the page asks them: in SQL, and for what stands beside an answer."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from guizhou_cli import known, queries, said
from guizhou_cli.errors import NothingFound, UsageProblem
from guizhou_cli.search import Matcher

MOST = 1000
"""Rows that a page shows at most."""


class _Question(NamedTuple):
    """A question of the command line: how it is asked, the view its rows are of, and the kind of name it takes."""

    ask: Callable[[sqlite3.Connection, str | None], queries.Answer]
    view: str
    kind: str | None = None


def _who_said(db: sqlite3.Connection, phrase: str | None) -> queries.Answer:
    return said.who_said(db, phrase or "", MOST)


def _search(db: sqlite3.Connection, phrase: str | None) -> queries.Answer:
    return said.who_said(db, phrase or "", said.RANKED_AT_MOST)


_QUESTIONS = {
    "who-said": _Question(_who_said, "claims"),
    "search": _Question(_search, "claims"),
    "trade-by-partner": _Question(queries.trade, "trade", "partner"),
    "measures-by-topic": _Question(queries.measures, "measures", "topic"),
}


def sql(question: str, parameter: str) -> str:
    """Return the query that answers a question, best row first; SQL's `answer` is the function below."""
    view = _QUESTIONS[question].view
    return (
        f"select {view}.*\n  from json_each(answer('{question}', :{parameter})) as best\n"
        f"  join {view} on {view}.claim = best.value\n order by best.key"
    )


def answer(db: sqlite3.Connection, question: object, words: object) -> str:
    """Return the claims that answer a question, best first, as a JSON array: the SQL function `answer`.

    SQL of one's own may call it with anything, which nothing answers.
    """
    if question not in _QUESTIONS or not isinstance(words, str | None):
        return "[]"
    try:
        found = _QUESTIONS[str(question)].ask(db, words or None)
    except (NothingFound, UsageProblem):
        return "[]"
    return json.dumps([row["claim"] for row in found.dicts()])


def names(db: sqlite3.Connection, question: str) -> list[str]:
    """Return the names that a question may be asked with, for a browser to offer; none where any words will do."""
    kind = _QUESTIONS[question].kind
    return known.completions(db, kind) if kind else []


def told(db: sqlite3.Connection, question: str, words: str, rows: Iterable[sqlite3.Row]) -> dict[str, Any]:
    """Return what stands beside an answer: why there is none, or how many rows there are and which words matched."""
    try:
        found = _QUESTIONS[question].ask(db, words or None)
    except (NothingFound, UsageProblem) as nothing:
        return {"message": nothing.message, "hint": nothing.hint, "total": 0}
    marked = {}
    if found.asked:
        statements = {str(row["statement"]) for row in rows}
        matcher = Matcher(found.asked, statements)
        marked = {statement: _parts(statement, matcher.spans(statement)) for statement in statements}
    among = f"{found.ranked:,}" if found.asked and found.ranked < found.total else None
    return {"total": found.total, "among": among, "marked": marked}


def _parts(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Return a text in parts, each with whether it matched."""
    parts, at = [], 0
    for begin, end in spans:
        parts += [(text[at:begin], False), (text[begin:end], True)]
        at = end
    return [*parts, (text[at:], False)]
