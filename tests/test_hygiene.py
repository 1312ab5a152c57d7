"""What the program loads, what its help promises, and what its repository holds."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import which

import pytest
from conftest import REPOSITORY, Gz, clean_environment
from readme import Shell

from guizhou_cli import errors, queries

COMMANDS = (
    "add bases cite claims export measures path remove show sources speakers topics trade verify web who-said".split()
)
HEAVY = {"sqlite_utils", "pydantic", "datasette", "tomlkit", "platformdirs", "hashlib", "importlib.metadata"}


def loaded(home: Path, *args: str) -> set[str]:
    """Return the modules that a command has loaded when it is done."""
    script = (
        "import sys\n"
        "before = set(sys.modules)  # which a measurement of coverage may have filled\n"
        "import guizhou_cli.cli as cli\n"
        "status = cli.run(sys.argv[1:])\n"
        "print(*set(sys.modules) - before, file=sys.stderr)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *args],
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(home, XDG_DATA_HOME=str(home)),
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("command", "also"),
    [
        (("bases",), set()),
        (("bases", "--json"), {"rich"}),
        (("trade", "--partner", "asean", "--format", "csv"), {"rich", "json"}),
        (("who-said", "green development", "--json"), {"rich"}),
        (("show", "trade-asean", "--json"), {"rich"}),
    ],
)
def test_a_query_loads_nothing_heavy(home: Path, command: tuple[str, ...], also: set[str]) -> None:
    """A query loads neither sqlite-utils nor pydantic nor Datasette, and Rich only for a table."""
    loaded(home, "bases")  # builds the database, and may load what it likes
    assert loaded(home, *command) & (HEAVY | also) == set()


def test_removing_loads_neither_pydantic_nor_rich(home: Path, tmp_path: Path) -> None:
    """`gz remove` loads what it needs to write a database, and not what reads a briefing."""
    loaded(home, "bases")
    briefing = tmp_path / "own.toml"
    briefing.write_text((REPOSITORY / "tests" / "examples" / "briefing.toml").read_text())
    assert "pydantic" in loaded(home, "add", str(briefing))
    assert loaded(home, "remove", "harbour-2025-05-06") & {"pydantic", "rich", "datasette", "tomlkit"} == set()


QUERIES = ("bases", "trade", "measures", "speakers", "claims", "topics", "sources", "show trade-asean", "who-said coal")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv", "markdown", "table"])
def test_no_query_loads_anything_heavy_in_any_format(home: Path, seeded: Path, query: str, form: str) -> None:
    """No query loads what it can do without, whatever it asks and is written as; only a table needs Rich."""
    modules = loaded(home, "--db", str(seeded), *query.split(), "--format", form)

    assert modules & HEAVY == set()
    assert ("rich" in modules) == (form == "table")


def test_the_commands_are_these(gz: Gz) -> None:
    """The help lists each command of the program, and no other."""
    listed = re.findall(r"^│ ([a-z][a-z-]+)  +[A-Z]", gz("--help", COLUMNS="80").out, re.MULTILINE)
    assert sorted(listed) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(gz: Gz, command: str) -> None:
    """`-h` and `--help` of each command say the same, and give an example."""
    short, long = gz(command, "-h", COLUMNS="160"), gz(command, "--help", COLUMNS="160")
    assert (short.status, long.status) == (0, 0)
    assert short.out == long.out
    assert "Example: " in long.out


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "web"])
def test_the_example_runs(tmp_path: Path, gz: Gz, command: str) -> None:
    """The example in the help of each command runs, and ends well. (That of `web` serves until it is interrupted.)"""
    helped = gz(command, "--help", COLUMNS="160").out
    example = re.search(r"Example: (.*?)\s*$", helped, re.MULTILINE)
    assert example is not None
    shell = Shell(tmp_path)
    program = example[1].split()[0]
    assert program in {"gz", "sqlite3"}
    if program == "sqlite3":
        line = example[1] if which("sqlite3") else example[1].replace("sqlite3", "sqlite-utils", 1)
    else:
        line = example[1]
    assert shell.run(f"set -o pipefail; {{ {line}; }} >/dev/null 2>&1 && echo well") == "well\n"


def test_the_default_folder_is_what_platformdirs_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Linux the database lies where platformdirs puts a user's data, without loading it."""
    if sys.platform != "linux":
        pytest.skip("elsewhere platformdirs is asked")
    from platformdirs import user_data_path

    from guizhou_cli.database import default_path

    monkeypatch.setenv("HOME", str(tmp_path))
    for given in (None, "", str(tmp_path / "data")):
        if given is None:
            monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        else:
            monkeypatch.setenv("XDG_DATA_HOME", given)
        assert default_path() == user_data_path("guizhou-cli", appauthor=False) / "facts.db"


def test_the_version_is_stated_once(gz: Gz) -> None:
    """`gz --version` prints the version of pyproject.toml, which stands nowhere else."""
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    assert gz("--version").out == f"gz {version}\n"
    assert [path for path in REPOSITORY.glob("guizhou_cli/**/*.py") if version in path.read_text()] == []


def test_imports_run_one_way() -> None:
    """No module imports one that stands above it, so that none waits for itself."""
    layers = {
        "__init__": 0, "errors": 0, "spelling": 0, "database": 1, "naming": 1, "search": 1, "progress": 1, "files": 1,
        "changing": 2, "article": 2, "briefing_faults": 2, "reading": 2, "known": 2, "queries": 2, "said": 3,
        "building": 3, "briefing": 3, "cells": 3, "tables": 4, "formats": 5, "citation": 6, "exporting": 6,
        "upgrade": 4, "report_copy": 4, "mentions": 3, "figures": 4, "support": 5, "soundness": 4, "verification": 6,
        "shelf": 7, "page": 7, "web": 8, "program": 8, "cli": 9, "__main__": 10,
    }  # fmt: skip
    package = REPOSITORY / "guizhou_cli"
    upward = set()
    for path in package.glob("**/*.py"):
        room = path.stem if path.parent == package else path.parent.name
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("guizhou_cli"):
                name = str(node.module).partition(".")[2]
                imported = {(name or alias.name).partition(".")[0] for alias in node.names}
                upward |= {(room, other) for other in imported if layers[other] > layers[room]}
    # Only where the database is opened is it found that it must be built or renewed, which takes what is heavy.
    assert upward == {("database", "building"), ("database", "upgrade")}


def test_the_top_level_is_fixed() -> None:
    """The repository's top level holds the program, its facts, its tests and what describes them, and nothing else."""
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    top = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    visible = {name for name in top if not name.startswith(".")}
    assert visible == {"LICENSE", "README.md", "facts.sql", "guizhou_cli", "pyproject.toml", "tests"}


def test_the_examples_of_the_program_run(tmp_path: Path, gz: Gz) -> None:
    """Each command line in the help of the program itself runs, and ends well."""
    helped = gz("--help", COLUMNS="160").out
    line = re.search(r"Try: (.*?)\s*$", helped, re.MULTILINE)
    assert line is not None
    examples = line[1].split(" · ")
    assert len(examples) == 3
    shell = Shell(tmp_path)
    for example in examples:
        assert example.startswith("gz ")
        assert shell.run(f"{example} >/dev/null 2>&1 && echo well") == "well\n"


def test_the_exit_statuses_are_these() -> None:
    """The program's exit statuses are those that the README tells, and each error owns one."""
    assert {status.name: int(status) for status in errors.ExitStatus} == {
        "FOUND": 0,
        "NOTHING": 1,
        "USAGE": 2,
        "PROBLEM": 3,
        "FAULT": 70,
        "INTERRUPTED": 130,
    }
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.GzError)]
    assert {kind.__name__: int(kind.status) for kind in kinds} == {
        "GzError": 70,
        "NothingFound": 1,
        "VerificationFailed": 1,
        "UsageProblem": 2,
        "FileProblem": 3,
        "DatabaseProblem": 3,
        "BriefingProblem": 3,
        "PageProblem": 3,
    }


def test_both_names_are_the_same_program() -> None:
    """`gz` and `guizhou` are one program under two names."""
    scripts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"gz": "guizhou_cli.__main__:main", "guizhou": "guizhou_cli.__main__:main"}


def test_a_fault_of_ours_is_told_in_two_lines(inside: Gz, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw ends with status 70, in a line on stderr and the way out, and with GZ_DEBUG as it is."""

    def fail(*_: object) -> None:
        raise RuntimeError("a wheel\x1b came off")

    monkeypatch.setattr(queries, "bases", fail)

    ran = inside("bases")

    assert (ran.status, ran.out) == (70, "")
    assert ran.err == (
        "gz: a fault of this program: RuntimeError: a wheel\\x1b came off\n"
        "    please report it; with GZ_DEBUG=1 set it prints where it happened\n"
    )
    with pytest.raises(RuntimeError):
        inside("bases", GZ_DEBUG="1")
