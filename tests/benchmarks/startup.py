"""What an answer costs at start-up, beside bare scripts that print the same rows, all in one run.

    python tests/benchmarks/startup.py

Prints a Markdown table. It counts instructions in user space, which repeat within 0.1 percent, with valgrind's
cachegrind; where there is no valgrind, it takes the least processor time of several runs, in milliseconds.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

REPOSITORY = Path(__file__).parent.parent.parent
ROUNDS = 7
"""Runs of which the least processor time counts."""

BARE = """
import sqlite3
from pathlib import Path
import typer
{imports}

app = typer.Typer()

@app.command()
def bases(db: Path) -> None:
    connection = sqlite3.connect(f"{{db.as_uri()}}?mode=ro", uri=True)
    cursor = connection.execute("SELECT * FROM bases")
    names = [name for name, *_ in cursor.description]
    {prints}

app()
"""
BARE_JSON = BARE.format(
    imports="import json",
    prints="print(json.dumps([dict(zip(names, row)) for row in cursor], ensure_ascii=False, indent=2))",
)
BARE_TABLE = BARE.format(
    imports="from rich.console import Console\nfrom rich.table import Table",
    prints="""table = Table(*names)
    for row in cursor:
        table.add_row(*["" if cell is None else str(cell) for cell in row])
    Console().print(table)""",
)
GZ = """
import sys
sys.path.insert(0, {repository!r})
from guizhou_cli.__main__ import main

main()
"""
TABLE, JSON = "bare Typer, Rich, sqlite3", "bare Typer, sqlite3, JSON"


class Case(NamedTuple):
    """A command to measure, and its bar: at most this share of another case, or so many million instructions."""

    name: str
    args: tuple[str, ...]
    environment: Mapping[str, str] = MappingProxyType({})
    beside: str = ""
    bar: float = 0
    first: bool = False
    """Whether each run is the first one, without a database."""


CASES = [
    Case(TABLE, ("bare_table.py", "{database}")),
    Case(JSON, ("bare_json.py", "{database}")),
    Case("`gz bases`", ("gz.py", "bases"), beside=TABLE, bar=0.80),
    Case("`gz bases --json`", ("gz.py", "bases", "--json"), beside=JSON, bar=0.90),
    Case('`gz who-said "green development"`', ("gz.py", "who-said", "green development"), beside=TABLE, bar=1.00),
    Case(
        "a value in bash: `gz trade --partner <TAB>`",
        ("gz.py",),
        {"_GZ_COMPLETE": "complete_bash", "COMP_WORDS": "gz\ntrade\n--partner\n", "COMP_CWORD": "3"},
        bar=150,
    ),
    Case(
        "a command in zsh: `gz <TAB>`",
        ("gz.py",),
        {"_GZ_COMPLETE": "complete_lines", "_TYPER_COMPLETE_ARGS": "gz "},
        bar=300,
    ),
    Case("`gz verify`", ("gz.py", "verify"), bar=500),
    Case("the first run: `gz bases --json`", ("gz.py", "bases", "--json"), bar=400, first=True),
]


def main() -> None:
    """Measure each case once its byte code is there, and print the table."""
    valgrind = shutil.which("valgrind")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, script in {"bare_json.py": BARE_JSON, "bare_table.py": BARE_TABLE}.items():
            (home / name).write_text(script)
        (home / "gz.py").write_text(GZ.format(repository=str(REPOSITORY)))
        unwanted = {"PYTHONDONTWRITEBYTECODE", "GZ_DB", "NO_COLOR", "FORCE_COLOR"}
        environment = {name: value for name, value in os.environ.items() if name not in unwanted}
        environment |= {"HOME": folder, "XDG_DATA_HOME": folder, "COLUMNS": "100"}
        environment |= {"PYTHONPYCACHEPREFIX": str(home / "bytecode")}
        measured = {case.name: measure(case, home, environment, valgrind) for case in CASES}
    unit = "million instructions" if valgrind else "ms of processor time"
    print(f"Python {sys.version.split()[0]}, {unit}.\n")
    print(f"| | {unit} | of the bare script | bar |\n| --- | ---: | ---: | ---: |")
    for case in CASES:
        share = f"{measured[case.name] / measured[case.beside]:.2f}" if case.beside else ""
        bar = f"{case.bar:.2f}" if case.beside else f"{case.bar:.0f}" if case.bar and valgrind else ""
        print(f"| {case.name} | {measured[case.name]:.0f} | {share} | {bar} |")


def measure(case: Case, home: Path, environment: dict[str, str], valgrind: str | None) -> float:
    """Return what a case costs: million instructions, or milliseconds of processor time."""
    database = str(home / "guizhou-cli" / "facts.db")
    command = [sys.executable, str(home / case.args[0]), *(arg.format(database=database) for arg in case.args[1:])]
    environment = {**environment, **case.environment}
    # The first run builds the database and compiles what is imported.
    subprocess.run([sys.executable, str(home / "gz.py"), "path"], env=environment, capture_output=True, check=True)
    subprocess.run(command, env=environment, capture_output=True, check=True)
    if valgrind:
        forget(case, home)
        out = home / "counted"
        options = ["--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}"]
        subprocess.run([valgrind, *options, *command], env=environment, capture_output=True, check=True)
        counted = re.search(r"^summary: (\d+)", out.read_text(errors="replace"), re.MULTILINE)
        assert counted is not None
        return int(counted[1]) / 1e6
    times = []
    for _ in range(ROUNDS):
        forget(case, home)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times) * 1000


def forget(case: Case, home: Path) -> None:
    """Remove the database before a first run."""
    if case.first:
        shutil.rmtree(home / "guizhou-cli")


if __name__ == "__main__":
    main()
