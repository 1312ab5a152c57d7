"""What the program loads, what its help promises, and what its repository holds."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import which

import pytest
from conftest import REPOSITORY, Gz, process
from readme import Shell

from guizhou_cli import cli, errors
from guizhou_cli.app import commands
from guizhou_cli.ask import views

assert cli, "declares the commands"
HEAVY = set("sqlite_utils pydantic datasette tomlkit platformdirs hashlib importlib.metadata sentencex".split())
QUERIES = """
    bases | trade asean | measures | figures | speakers | claims | topics | sources | show trade-asean | who-said coal
"""


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
    ran = process(home, [sys.executable, "-c", script, *args], {"XDG_DATA_HOME": str(home)})
    assert ran.status == 0
    return set(ran.err.split())


@pytest.mark.parametrize("query", QUERIES.split(" | "))
@pytest.mark.parametrize("form", ["json", "csv", "markdown", "table"])
def test_a_query_loads_nothing_heavy(home: Path, seeded: Path, query: str, form: str) -> None:
    """No query loads what it can do without, whatever it asks and is written as; only a table needs Rich."""
    modules = loaded(home, "--db", str(seeded), *query.split(), "--format", form)

    assert modules & HEAVY == set()
    assert ("rich" in modules) == (form == "table")


def test_removing_loads_neither_pydantic_nor_rich(home: Path, tmp_path: Path) -> None:
    """`gz remove` loads what it needs to write a database, and not what reads a briefing."""
    loaded(home, "bases")
    briefing = tmp_path / "own.toml"
    briefing.write_text((REPOSITORY / "tests" / "examples" / "briefing.toml").read_text())
    assert "pydantic" in loaded(home, "add", str(briefing))
    removed = loaded(home, "remove", "harbour-2025-05-06", "--yes")
    assert removed & {"pydantic", "rich", "datasette", "tomlkit"} == set()


@pytest.mark.parametrize("command", ["", *commands])
def test_the_examples_of_the_help_run(tmp_path: Path, gz: Gz, command: str) -> None:
    """`-h` and `--help` print the same, with examples, which succeed (those of `web` and `mcp` would not end)."""
    short, long = (gz(*command.split(), option, COLUMNS="160") for option in ("-h", "--help"))
    assert (short, long.status) == (long, 0)
    lead, line = re.findall(r"(Example|Try): (.*?)\s*$", long.out, re.MULTILINE)[0]
    shell = Shell(tmp_path)
    for example in [line] if lead == "Example" else line.split(" · "):
        assert re.search(r"\b(gz|sqlite3) ", example)
        if command not in {"web", "mcp"}:
            runs = example if which("sqlite3") else re.sub("^sqlite3", "sqlite-utils", example)
            assert shell.run(f"set -o pipefail; {{ {runs}; }} >/dev/null 2>&1 && echo well") == "well\n"


def test_the_default_folder_is_that_of_platformdirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On Linux the database is where platformdirs puts a user's data, without loading it."""
    if sys.platform != "linux":
        pytest.skip("elsewhere platformdirs is asked")
    from platformdirs import user_data_path

    from guizhou_cli.db.connection import default_path

    monkeypatch.setenv("HOME", str(tmp_path))
    for given in (None, "", str(tmp_path / "data")):
        if given is None:
            monkeypatch.delenv("XDG_DATA_HOME", raising=False)
        else:
            monkeypatch.setenv("XDG_DATA_HOME", given)
        assert default_path() == user_data_path("guizhou-cli", appauthor=False) / "facts.db"


def test_the_version_is_stated_once(gz: Gz) -> None:
    """`gz --version` prints the version of pyproject.toml, which no module repeats."""
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    assert gz("--version").out == gz("-V").out == gz("version").out == f"gz {version}\n"
    assert [path for path in REPOSITORY.glob("guizhou_cli/**/*.py") if version in path.read_text()] == []


def test_the_top_level_is_fixed() -> None:
    """The repository's top level holds the program, its facts, its tests and their description, and nothing else."""
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    top = {name.partition("/")[0] for name in listed.stdout.splitlines()}
    visible = {name for name in top if not name.startswith(".")}
    assert visible == {"LICENSE", "README.md", "facts.sql", "guizhou_cli", "pyproject.toml", "tests"}


def test_each_error_owns_its_exit_status() -> None:
    """The program's exit statuses are those that the README lists, and each error class has one."""
    statuses = {name: status for name, status in vars(errors.ExitStatus).items() if name.isupper()}
    assert statuses == {"FOUND": 0, "NOTHING": 1, "USAGE": 2, "PROBLEM": 3, "FAULT": 70, "INTERRUPTED": 130}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.GzError)]
    assert {kind.__name__: kind.status for kind in kinds} == {
        "GzError": 70,
        "NothingFound": 1,
        "UsageProblem": 2,
        **dict.fromkeys(["FileProblem", "DatabaseProblem", "BriefingProblem", "PageProblem"], 3),
    }


def test_a_fault_of_the_program_is_reported(inside: Gz, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen exception ends with status 70, one line on stderr and the way out; GZ_DEBUG raises it."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a wheel\x1b came off")

    monkeypatch.setattr(views, "bases", fail)

    ran = inside("bases")

    assert (ran.status, ran.out) == (70, "")
    assert "RuntimeError: a wheel\\x1b came off" in ran.err
    assert "GZ_DEBUG=1" in ran.err
    with pytest.raises(RuntimeError):
        inside("bases", GZ_DEBUG="1")
