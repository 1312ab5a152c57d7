"""Completion: what each shell is answered, and that no value of a database is run or inserted raw (RELIABILITY 41)."""

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import REPOSITORY, Gz, on_a_terminal, process, run_inside
from samples import SHIPPED, small

from guizhou_cli import cli
from guizhou_cli.app import Program, commands

assert cli, "declares the commands"


def lines(gz: Gz, typed: str, **environment: str) -> list[str]:
    """Return what our scripts for zsh and fish are answered: values and descriptions, with a tab between them."""
    return gz(_GZ_COMPLETE="complete_lines", _TYPER_COMPLETE_ARGS=typed, **environment).out.splitlines()


def in_bash(gz: Gz, typed: str) -> list[str]:
    """Return what bash is answered for the last word."""
    words = typed.split(" ")
    environment = {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    return gz(_GZ_COMPLETE="complete_bash", **environment).out.splitlines()


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("trade --partner ", "asean belt-and-road"),
        ("trade a", "asean"),
        ("claims --speaker li", "li-bingjun"),
        ("claims --topic = tou", "tourism"),
        ("show trade-a", "trade-asean"),
        ("export ", SHIPPED),
        ("remove ", ""),
        ("bases -f js", "json jsonl"),
        ("cite --style p", "pandoc"),
        ("bases --no", ""),
        ("--no", "--no-color --no-pager"),
        ("who-said --s", "--speaker --source"),
        ("help w", "who-said web"),
        ("w", "who-said web"),
        ("nonsense ", ""),
        ("add --id ", ""),
    ],
)
def test_values_in_bash(gz: Gz, mine: Path, typed: str, values: str) -> None:
    """Bash is offered the commands, options and values that complete the word."""
    assert mine.exists()
    assert in_bash(gz, f"gz {typed}") == values.split()


def test_key_that_bash_splits(gz: Gz, home: Path, mine: Path) -> None:
    """Bash splits a word at a colon, and is offered what is behind it."""
    (home / "b.toml").write_text(run_inside(home, "export", SHIPPED).out.replace(SHIPPED, "copy"), encoding="utf-8")
    assert run_inside(home, "add", home / "b.toml").status == 0
    assert mine.exists()
    assert in_bash(gz, "gz show copy : trade-a") == ["trade-asean"]
    assert in_bash(gz, "gz show copy:trade-a") == ["copy:trade-asean"]
    assert in_bash(gz, "gz remove ") == ["copy"]


def test_values_are_described(gz: Gz, mine: Path) -> None:
    """Where the shell shows it, a value comes with what it stands for, and a command with what it does."""
    assert mine.exists()
    assert lines(gz, "gz trade --partner a") == ["asean\tASEAN"]
    assert lines(gz, "gz claims --speaker=li") == ["--speaker=li-bingjun\tLi Bingjun"]
    assert "--json\tShort for --format json." in lines(gz, "gz bases --j")
    offered = [line.split("\t") for line in lines(gz, "gz ")]
    assert ["bases", "List the industrial bases."] in offered
    assert [name for name, _ in offered] == list(commands)


def test_a_named_database_is_asked(gz: Gz, home: Path, mine: Path) -> None:
    """The values are those of the database that --db or GZ_DB names."""
    other = Path(shutil.copyfile(mine, home / "an other.db"))
    (home / "b.toml").write_text(small("another"), encoding="utf-8")
    assert run_inside(home, "--db", other, "add", home / "b.toml").status == 0
    offered = lines(gz, f"gz\n--db\n'{other}'\nexport\nan")
    assert [line.partition("\t")[0] for line in offered] == ["another"]
    assert lines(gz, "gz export an", GZ_DB=str(other)) == offered
    assert lines(gz, "gz export an") == []


@pytest.mark.parametrize("instruction", ["complete", "complete_zsh", "complete_bash", "complete_lines"])
def test_a_shell_is_not_disturbed(gz: Gz, home: Path, instruction: str) -> None:
    """A damaged database, or an instruction that nobody knows, prints nothing while a shell is completing."""
    (home / "broken.db").write_text("broken")
    environment = {"_TYPER_COMPLETE_ARGS": "gz show ", "COMP_WORDS": "gz show ", "COMP_CWORD": "2"}
    ran = gz(_GZ_COMPLETE=instruction, GZ_DB=str(home / "broken.db"), **environment)
    assert ran == (0, "", "")


def test_each_option_with_a_value_is_known() -> None:
    """The table of options has each option of each command that takes a value, and no other."""
    table = (REPOSITORY / "guizhou_cli" / "completion.txt").read_text().splitlines()
    known = {line.split()[0] for line in table if not line.startswith("#")}
    program = Program()
    built = [program, *(program.get_command(None, name) for name in commands)]
    options = [option for command in built for option in command.params if option.param_type_name == "option"]
    taking = {name for option in options if not option.is_flag for name in option.opts}
    assert {name for name in known if name.startswith("-")} == taking
    assert known - taking < set(commands)


# In the shells themselves ------------------------------------------------------------------------------------

HOSTILE = [
    "$(touch PWNED)",
    "`touch PWNED`",
    "'; touch PWNED; '",
    '"; touch PWNED; "',
    "\\",
    "a\nb",
    "\x1b]0;x\x07",
    "*",
]


@pytest.fixture
def shell_home(home: Path, mine: Path) -> Path:
    """Return a home folder with `gz` on its path and a briefing whose topics are shell syntax."""
    assert mine.exists()
    text = re.sub(r"topics = .*", lambda _: f"topics = {json.dumps(HOSTILE)}", small("hostile"), count=1)
    (home / "hostile.toml").write_text(text, encoding="utf-8")
    added = run_inside(home, "add", home / "hostile.toml")
    assert added.status == 0, added.err
    (home / "bin").mkdir()
    program = home / "bin" / "gz"
    program.write_text(f"#!{sys.executable}\nfrom guizhou_cli.__main__ import main\nmain()\n")
    program.chmod(0o755)
    return home


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_in_a_shell(shell_home: Path, shell: str) -> None:
    """The script is printed and installed once; TAB inserts a value, shows the others, and runs nothing of them."""
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    path = f"{shell_home / 'bin'}:{os.environ['PATH']}"
    script = "gz --show-completion; gz --install-completion; gz --install-completion; true"
    ran = process(shell_home, [shell, "-c", script], {"PATH": path})
    installed = re.match(r"gz: completion is installed in (.+); it works in the next shell\n", ran.err)
    assert installed
    assert Path(installed[1]).read_text() == ran.out
    settings = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}[shell]
    if shell != "fish":
        assert (shell_home / settings).read_text().count("\n") == 2
    begin = "autoload -Uz compinit; compinit -u; " if shell == "zsh" else ""
    keys = f"{begin}source {installed[1]}\r|gz claims --topic tou\t|\r|gz claims --topic \t|\t|\x03|exit\r".encode()
    interactive = {"bash": "bash --norc -i", "zsh": "zsh -f -i", "fish": "fish --no-config -i"}[shell].split()

    shown = on_a_terminal(shell_home, interactive, {"PS1": "% ", "PATH": path}, keys.split(b"|"))

    assert not (shell_home / "PWNED").exists()
    assert "\x1b]0;x" not in shown
    assert "upgrading its" in shown  # the claim on tourism
    assert "green-development" in shown
