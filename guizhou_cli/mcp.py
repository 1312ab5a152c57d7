"""The questions as tools of the Model Context Protocol over stdio, read-only, for an assistant.

Each row that a tool returns has its citation, so that an assistant can quote it with its source.
"""

import inspect
import os
import signal
import sqlite3
from collections.abc import Callable, Sequence
from importlib.metadata import version

from typing_extensions import TypedDict

from guizhou_cli.answer import Answer, Cell
from guizhou_cli.ask import search, views
from guizhou_cli.errors import ExitStatus, GzError, PageProblem
from guizhou_cli.output import citation
from guizhou_cli.output.formats import Style
from guizhou_cli.session import Session
from guizhou_cli.text import listed, shortened

try:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.types import CallToolResult, InputRequiredResult, ToolAnnotations
except ModuleNotFoundError as missing:
    raise PageProblem(f"the server needs {missing.name}", 'pip install "guizhou-cli[mcp]"') from missing

ROWS_AT_MOST = 200
"""Rows of one answer: an assistant reads all of them."""

_INSTRUCTIONS = """\
What was said at press briefings, and by whom. Each row names the speaker, or nobody where the report says it in its own
words (attribution: reported), the paragraph and the source. Quote a row with its citation, and credit nobody else."""


class Answered(TypedDict):
    """What a tool returns: the rows, notes on how the question was understood, and why there are no rows."""

    rows: list[dict[str, Cell]]
    notes: list[str]
    reason: str


class Server(MCPServer[object]):
    """A server that refuses an argument that a tool does not have; the SDK would answer without it."""

    async def call_tool(
        self, name: str, arguments: dict[str, object], context: Context[object] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """Call a tool; raise a ToolError where it has no such argument."""
        known = next(
            (tool.input_schema["properties"] for tool in await self.list_tools() if tool.name == name), arguments
        )
        for argument in arguments.keys() - known:
            raise ToolError(listed(f"no argument {shortened(argument)}; those of {name} are ", known))
        return await super().call_tool(name, arguments, context)


def serve(session: Session) -> None:
    """Serve the questions until stdin ends or Ctrl-C, or raise DatabaseProblem if the database can't be opened."""
    with session.reading():  # so that a problem is reported before an assistant waits for answers
        pass
    # The SDK would wait for the next line of stdin first. Nothing is lost, for the tools only read.
    signal.signal(signal.SIGINT, lambda *_: os._exit(ExitStatus.INTERRUPTED))
    server(session).run()


def show(db: sqlite3.Connection, claims: Sequence[str]) -> Answer:
    """Return all there is to know about claims."""
    return citation.shown(views.show(db, claims))


def cite(
    db: sqlite3.Connection,
    claims: Sequence[str] = (),
    style: Style = Style.text,
    topics: Sequence[str] = (),
    speakers: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> str:
    """Return the citations in a style."""
    return citation.cite(views.cited(db, claims, topics=topics, speakers=speakers, sources=sources), style)


_TOOLS: dict[Callable[..., Answer | str], str] = {
    search.who_said: "Find who said something about a phrase, a question in plain words or a figure, best match first.",
    views.bases: "List the industrial bases, or those whose name or detail has these words.",
    views.trade: "Show how fast trade grew, and with whom; a partner goes by any of its names.",
    views.figures: "List the figures: of what, whose, in which unit and over which period. Values are in base units.",
    views.measures: "List the policy measures, or those with these words or on these topics.",
    views.speakers: "List who spoke, in what role, and how many claims each made.",
    show: "Show all there is to know about claims, by their keys as the other tools name them.",
    cite: "Cite claims by their keys, or what the filters choose, or all reports, in a style.",
}
"""The questions, which are given the database, and their descriptions for an assistant."""


def server(session: Session) -> Server:
    """Return the server with its tools, which open the database for each question."""
    made = Server("gz", instructions=_INSTRUCTIONS, version=version("guizhou-cli"))
    read_only = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for question, description in _TOOLS.items():
        made.add_tool(_tool(session, question), question.__name__, description=description, annotations=read_only)
    return made


def _tool(session: Session, question: Callable[..., Answer | str]) -> Callable[..., Answered | str]:
    """Return a question as a function of its other parameters, which the SDK reads from its signature."""

    def tool(**arguments: object) -> Answered | str:
        try:
            with session.reading(to_search=question is search.who_said) as db:
                answer = question(db, **arguments)
                return answer if isinstance(answer, str) else _answered(db, answer)
        except GzError as error:
            raise ToolError("\n".join(filter(None, (error.message, error.hint)))) from error

    _, *parameters = inspect.signature(question).parameters.values()
    returned = str if question is cite else Answered
    tool.__signature__ = inspect.Signature(parameters, return_annotation=returned)  # type: ignore[attr-defined]
    return tool


def _answered(db: sqlite3.Connection, answer: Answer) -> Answered:
    """Return an answer with the citation of each row: of its claim, or of its report where a row is no claim."""
    rows, notes = answer.dicts()[:ROWS_AT_MOST], list(answer.notes)
    if len(answer.rows) > ROWS_AT_MOST:
        notes.append(f"these are the first {ROWS_AT_MOST} rows; ask for less at once")
    if rows and "citation" not in rows[0]:
        name = "claim" if "claim" in rows[0] else "source"
        cited = views.cited(db, list(dict.fromkeys(str(row[name]) for row in rows))).dicts()
        citations = {row[name]: citation.text_citation(row) for row in cited}
        rows = [row | {"citation": citations[row[name]]} for row in rows]
    return {"rows": rows, "notes": notes, "reason": " ".join(filter(None, (answer.reason, answer.hint)))}
