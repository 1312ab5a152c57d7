"""How long an answer takes, beside bare scripts that print the same rows and beside sqlite-utils.

    python tests/benchmarks/startup.py [ROUNDS]

Prints medians in milliseconds and their ratios, all measured in one run, in turn. The bars: 1.15 for `gz bases`
beside the bare script with Rich, and for `gz bases --json` beside the one without.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BARE_JSON = """
import json, sqlite3
from pathlib import Path
import typer

app = typer.Typer()

@app.command()
def bases(db: Path) -> None:
    connection = sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)
    cursor = connection.execute("SELECT * FROM bases")
    names = [name for name, *_ in cursor.description]
    print(json.dumps([dict(zip(names, row)) for row in cursor], ensure_ascii=False, indent=2))

app()
"""
BARE_TABLE = """
import sqlite3
from pathlib import Path
import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer()

@app.command()
def bases(db: Path) -> None:
    connection = sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)
    cursor = connection.execute("SELECT * FROM bases")
    table = Table(*[name for name, *_ in cursor.description])
    for row in cursor:
        table.add_row(*["" if cell is None else str(cell) for cell in row])
    Console().print(table)

app()
"""


def main(rounds: int) -> None:
    """Measure in turn, and print a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # Byte code is kept, as an installed program keeps it.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"HOME": folder, "XDG_DATA_HOME": folder, "COLUMNS": "100"}
        for name, text in {"bare_json.py": BARE_JSON, "bare_table.py": BARE_TABLE}.items():
            (home / name).write_text(text)
        gz = [str(Path(sys.executable).with_name("gz"))]
        database = subprocess.run(
            [*gz, "path"], env=environment, capture_output=True, text=True, check=True
        ).stdout.strip()
        reader = str(Path(sys.executable).with_name("sqlite-utils"))
        commands = {
            "`python -c pass`": [sys.executable, "-c", "pass"],
            "bare Typer, sqlite3, JSON": [sys.executable, str(home / "bare_json.py"), database],
            "`gz bases --json`": [*gz, "bases", "--json"],
            "bare Typer, sqlite3, Rich table": [sys.executable, str(home / "bare_table.py"), database],
            "`gz bases`": [*gz, "bases"],
            '`gz who-said "green development"`': [*gz, "who-said", "green development"],
            '`sqlite-utils facts.db "select * from bases"`': [reader, database, "select * from bases"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(rounds + 1):
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
                taken[name].append(time.perf_counter() - begun)
    median = {name: statistics.median(times[1:]) * 1000 for name, times in taken.items()}  # the first warms up
    beside = {
        "`gz bases --json`": "bare Typer, sqlite3, JSON",
        "`gz bases`": "bare Typer, sqlite3, Rich table",
        '`gz who-said "green development"`': "bare Typer, sqlite3, Rich table",
        '`sqlite-utils facts.db "select * from bases"`': "bare Typer, sqlite3, JSON",
    }
    print(f"Median of {rounds}, Python {sys.version.split()[0]}.\n")
    print("| what | ms | beside the bare script |\n| --- | ---: | ---: |")
    for name, ms in median.items():
        ratio = f"{ms / median[beside[name]]:.2f}" if name in beside else ""
        print(f"| {name} | {ms:.0f} | {ratio} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 21)
