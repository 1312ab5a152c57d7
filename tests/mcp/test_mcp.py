"""The tools of `gz mcp`, asked with the SDK's own client."""

import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
from conftest import PROGRAM, Gz, Ran, clean_environment
from mcp import Client, StdioServerParameters, stdio_client

from guizhou_cli.mcp import server
from guizhou_cli.session import Session

TOOLS = ["bases", "cite", "figures", "measures", "show", "speakers", "trade", "who_said"]
REPORT = "Xinhua, “Southwest China's Guizhou seeks high-quality growth”, 15 June 2024"


def asked(path: Path, ask: Callable[[Client], Awaitable[Any]]) -> Any:  # noqa: ANN401 - JSON
    """Return what a client within this process gets from the server."""

    async def session() -> Any:  # noqa: ANN401
        async with Client(server(Session(path, color=False, pager=False))) as client:
            return await ask(client)

    return anyio.run(session)


def called(path: Path, tool: str, **arguments: object) -> Any:  # noqa: ANN401 - JSON
    """Return what a tool answers: its structured content, or the text of its error."""
    result = asked(path, lambda client: client.call_tool(tool, arguments))
    return getattr(result.content[0], "text", None) if result.is_error else result.structured_content


def test_the_tools_are_read_only(seeded: Path) -> None:
    """The server offers these tools, and each says that it only reads and leaves the world alone."""
    tools = asked(seeded, lambda client: client.list_tools()).tools

    assert sorted(tool.name for tool in tools) == TOOLS
    assert all(tool.annotations.read_only_hint and not tool.annotations.open_world_hint for tool in tools)
    assert all(tool.description for tool in tools)


def test_an_unknown_argument_is_refused(seeded: Path) -> None:
    """A mistyped argument is no question about everything: the arguments of the tool are named."""
    assert called(seeded, "trade", partner="asean") == 'no argument "partner"; those of trade are partners, sources'


def test_rows_are_those_of_the_command(seeded: Path, inside: Gz) -> None:
    """A tool returns the rows that the command of its name prints as JSON, and a citation with each."""
    for tool, arguments, command in (
        ("bases", {"text": "energy"}, ["bases", "energy"]),
        ("trade", {"partners": ["asean"]}, ["trade", "asean"]),
        ("figures", {}, ["figures"]),
        ("measures", {"topics": ["energy"]}, ["measures", "--topic", "energy"]),
        ("speakers", {"name": "li"}, ["speakers", "li"]),
        ("who_said", {"phrase": "coal"}, ["who-said", "coal"]),
    ):
        rows = called(seeded, tool, **arguments)["rows"]
        printed = inside("--db", seeded, *command, "--json").rows
        for row in (row for row in printed if "topics" in row):
            row["topics"] = ", ".join(row["topics"])
        assert [{name: cell for name, cell in row.items() if name != "citation"} for row in rows] == printed
        assert all(REPORT in row["citation"] for row in rows)
    assert rows[0]["citation"].startswith("Qiu Zhenguo (Head of Guizhou's provincial Development")


def test_show_and_cite(seeded: Path, inside: Gz) -> None:
    """`show` has the citation of its command, and `cite` prints what its command prints."""
    shown = inside("show", "trade-asean", "--json").rows[0]
    assert called(seeded, "show", claims=["trade-asean"])["rows"] == [shown | {"topics": "trade"}]
    for style in ("text", "pandoc", "bibtex"):
        printed = inside("cite", "trade-asean", "--style", style).out
        assert called(seeded, "cite", claims=["trade-asean"], style=style) == {"result": printed}


def test_nothing_found_has_a_reason(seeded: Path) -> None:
    """What nobody said is an answer without rows and with a reason, and an unknown name an error with the nearest."""
    unsaid = called(seeded, "who_said", phrase="steel exports")
    assert unsaid["rows"] == []
    assert "steel exports" in unsaid["reason"]
    assert 'no partner "aseen"; did you mean ASEAN?' in called(seeded, "trade", partners=["aseen"])


def test_over_stdio(home: Path, seeded: Path) -> None:
    """The real program speaks the protocol on stdout, and ends with its stdin."""

    async def ask() -> Any:  # noqa: ANN401
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", "guizhou_cli", "--db", str(seeded), "mcp"],
            env=clean_environment(home, PYTHONWARNINGS="ignore"),
        )
        async with Client(stdio_client(parameters)) as client:
            return (await client.call_tool("trade", {"partners": ["asean"]})).structured_content

    assert [row["annual_growth_pct"] for row in anyio.run(ask)["rows"]] == [33.8]


def test_interrupted_while_it_waits(home: Path, seeded: Path) -> None:
    """Ctrl-C ends the server with 130 and silence, though its stdin stays open."""
    with subprocess.Popen(
        [*PROGRAM, "--db", seeded, "mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(home, PYTHONWARNINGS="ignore"),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert b'"id":1' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stderr.read()) == (130, b"")


def test_without_the_extra(gz: Gz, home: Path) -> None:
    """Without the SDK, `gz mcp` ends with 3 and says how to install it."""
    (home / "mcp.py").write_text("raise ModuleNotFoundError(name='mcp')")
    ran = gz("mcp")
    assert ran == Ran(3, "", 'gz: the server needs mcp\n    pip install "guizhou-cli[mcp]"\n')


def test_a_database_problem_is_reported_first(gz: Gz, tmp_path: Path) -> None:
    """A database that can't be opened ends `gz mcp` with 3 before anything is served."""
    ran = gz("--db", tmp_path / "none.db", "mcp")
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("gz: no database at ")
