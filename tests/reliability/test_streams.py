"""Terminals, pipes, full disks, closed streams and locales: RELIABILITY 24 to 26 and 43, with the real program."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAM, Gz, Ran, clean_environment, on_a_terminal, run_inside
from samples import small, unharmed

from guizhou_cli import cli
from guizhou_cli.app import commands

C_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
pytestmark = pytest.mark.usefixtures("mine")
assert cli, "declares the commands"


@pytest.mark.parametrize("off", ["NO_COLOR", "TERM", "--no-color"])
def test_styling_can_be_turned_off(home: Path, off: str) -> None:
    """With NO_COLOR, TERM=dumb or --no-color a terminal gets no colour, in the help neither."""
    coloured = r"\x1b\[[\d;]*3\d"
    args, environment = ([off], {}) if off == "--no-color" else ([], {off: "dumb"})
    assert "\x1b[" in on_a_terminal(home, [*PROGRAM, "trade"], {})
    assert "\x1b[" not in on_a_terminal(home, [*PROGRAM, *args, "trade"], environment)
    assert re.search(coloured, on_a_terminal(home, [*PROGRAM, "trade", "--help"], {}))
    assert not re.search(coloured, on_a_terminal(home, [*PROGRAM, *args, "trade", "--help"], environment))


OUTPUTS = {
    "closed pipe": ("reads, writes = os.pipe()\nos.close(reads)\nos.dup2(writes, 1)", Ran(0, "", "")),
    "full disk": ("os.dup2(os.open('/dev/full', os.O_WRONLY), 1)", Ran(3, "", "gz: No space left on device\n")),
}
WRITING = ["claims", "claims --json", "path", "--version", "--help", "export guizhou-2024-06-14", "cite"]


@pytest.mark.parametrize("stdout", OUTPUTS)
@pytest.mark.parametrize("command", WRITING)
def test_a_stdout_that_takes_nothing(gz_after: Gz, stdout: str, command: str) -> None:
    """A reader that has closed the pipe is no error and ends in silence; a full disk is said in one line, with 3."""
    if stdout == "full disk" and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    setup, expected = OUTPUTS[stdout]
    assert gz_after(setup, *command.split()) == expected


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_head_takes_one_line_of_many(home: Path, tmp_path: Path, form: str) -> None:
    """`gz … | head -1` gets its line, and the program ends with 0 in silence with far more still to write."""
    (tmp_path / "many.toml").write_text(small("many", 900), encoding="utf-8")
    assert run_inside(home, "add", tmp_path / "many.toml").status == 0
    with subprocess.Popen(
        [*PROGRAM, "claims", "-f", form], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment(home)
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        line = program.stdout.readline()
        program.stdout.close()
        assert (program.wait(60), program.stderr.read()) == (0, b"")
    assert line.endswith(b"\n")


@pytest.mark.parametrize("closed", ["0", "1", "2", "0, 2", "0, 1, 2"])
def test_closed_streams_change_no_status(gz_after: Gz, mine: Path, closed: str) -> None:
    """With stdin or stderr closed the answer and the status are the same; with stdout closed the status says so."""
    setup = "\n".join(f"os.close({number})" for number in closed.split(", "))
    with unharmed(mine):
        found = gz_after(setup, "topics", "-f", "csv")
        nothing = gz_after(setup, "who-said", "steel")
        usage = gz_after(setup, "topics", "--nonsense")

    assert found.status == (3 if "1" in closed else 0)
    assert found.out.startswith("" if "1" in closed else "topic,claims\nagriculture,")
    assert (nothing.status, usage.status) == (1, 2)
    assert ("steel" in nothing.err) == ("2" not in closed)


@pytest.mark.parametrize("typed", ["", "--help", *(f"{command} --help" for command in commands)])
def test_help_in_a_c_locale(gz: Gz, typed: str) -> None:
    """Every help is printed in a C locale, where the characters that it lacks are written out."""
    ran = gz(*typed.split(), **C_LOCALE)
    assert (ran.status, ran.err) == ((0, "") if typed else (2, "gz: which command?\n"))
    assert ran.out.isascii()
    assert "Usage: gz" in ran.out


@pytest.mark.parametrize("columns", ["0", "1", "20", "-5", "x", "1000000000000"])
def test_help_at_any_width(gz: Gz, columns: str) -> None:
    """COLUMNS may have any value: the help is printed, with no line of more than a thousand characters."""
    ran = gz("trade", "--help", COLUMNS=columns)
    assert (ran.status, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= 1000


@pytest.mark.parametrize(
    "environment", [C_LOCALE, {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}], ids=["C", "1252"]
)
def test_any_locale_answers(gz: Gz, environment: dict[str, str]) -> None:
    """In a locale without the characters they are written out, and what programs read is UTF-8 all the same."""
    table, json = gz("trade", **environment), gz("cite", "trade-asean", **environment)
    assert (table.status, table.err, json.status, json.err) == (0, "", 0, "")
    assert "“Southwest China's Guizhou" in json.out
    assert gz("who-said", "东盟", "--json", **environment).rows == gz("who-said", "东盟", "--json").rows != []


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_errors_in_any_encoding(home: Path, encoding: str) -> None:
    """An error that names what the terminal can't show writes it out, and is no other error."""
    done = subprocess.run(
        [*PROGRAM, "--db", "东\x1b[31m[/]:smile:é.db", "bases"],
        env=clean_environment(home, PYTHONIOENCODING=encoding, PYTHONUTF8="0"),
        cwd=home,
        capture_output=True,
        check=False,
    )

    name = r"东\x1b[31m[/]:smile:é.db".encode(encoding, "backslashreplace")
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.splitlines()[0] == b"gz: no database at " + name


def test_in_process_and_real_program_print_the_same(gz: Gz, home: Path) -> None:
    """What the tests run within their own process prints what the real program prints."""
    for command in "trade|who-said coal --json|who-said steel|bases -f nonsense|trade aseen|help trade".split("|"):
        assert run_inside(home, *command.split()) == gz(*command.split())


@pytest.mark.parametrize("answer", ["y", "n"])
def test_removing_asks_on_a_terminal(home: Path, answer: str) -> None:
    """`gz remove` asks on a terminal before it removes; `--yes` and a pipe do not."""
    exported = home / "mine.toml"
    exported.write_text(run_inside(home, "export", "guizhou-2024-06-14").out.replace("guizhou-2024-06-14", "mine"))
    assert run_inside(home, "add", exported).status == 0

    written = on_a_terminal(home, [*PROGRAM, "remove", "mine"], {}, [f"{answer}\n".encode()])

    assert "Remove mine and all its claims? [y/N]: " in written
    assert ("removed mine: 23 claims" in written) == (answer == "y")
    assert ("nothing was removed" in written) == (answer == "n")
    assert len(run_inside(home, "sources", "--json").rows) == (1 if answer == "y" else 2)
