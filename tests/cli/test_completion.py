"""Completion: what each shell is answered, and that no value of a database is run or inserted raw (RELIABILITY 41)."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Gz, clean_environment, run_inside
from samples import SHIPPED, small

from guizhou_cli import cli, completion
from guizhou_cli.app import Program, commands, declared

assert cli, "declares the commands"


def lines(gz: Gz, typed: str) -> list[tuple[str, str]]:
    """Return what our scripts for zsh and fish are answered: values and descriptions."""
    out = gz(_GZ_COMPLETE="complete_lines", _TYPER_COMPLETE_ARGS=typed).out
    return [(value, shown) for value, _, shown in (line.partition("\t") for line in out.splitlines())]


def in_bash(gz: Gz, words: list[str], at: int | None = None) -> list[str]:
    """Return what bash is answered for the word at a place, the last one unless said."""
    at = len(words) - 1 if at is None else at
    return gz(_GZ_COMPLETE="complete_bash", COMP_WORDS="\n".join(words), COMP_CWORD=str(at)).out.splitlines()


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["gz", "trade", "--partner", ""], ["asean", "belt-and-road"]),
        (["gz", "trade", "a"], ["asean"]),
        (["gz", "claims", "--speaker", "li"], ["li-bingjun"]),
        (["gz", "claims", "--topic", "=", "tou"], ["tourism"]),
        (["gz", "show", "trade-a"], ["trade-asean"]),
        (["gz", "export", ""], [SHIPPED]),
        (["gz", "remove", ""], []),
        (["gz", "bases", "-f", "js"], ["json", "jsonl"]),
        (["gz", "cite", "--style", "p"], ["pandoc"]),
        (["gz", "bases", "--no"], []),
        (["gz", "--no"], ["--no-color", "--no-pager"]),
        (["gz", "who-said", "--s"], ["--speaker", "--source"]),
        (["gz", "help", "w"], ["who-said", "web"]),
        (["gz", "w"], ["who-said", "web"]),
        (["gz", "nonsense", ""], []),
        (["gz", "add", "--id", ""], []),
    ],
)
def test_values_in_bash(gz: Gz, mine: Path, words: list[str], values: list[str]) -> None:
    """Bash is offered the commands, options and values that complete the word."""
    assert mine.exists()
    assert in_bash(gz, words) == values


def test_key_that_bash_splits(gz: Gz, home: Path, mine: Path) -> None:
    """Bash splits a word at a colon, and is offered what is behind it."""
    (home / "b.toml").write_text(run_inside(home, "export", SHIPPED).out.replace(SHIPPED, "copy"), encoding="utf-8")
    assert run_inside(home, "add", home / "b.toml").status == 0
    assert mine.exists()
    assert in_bash(gz, ["gz", "show", "copy", ":", "trade-a"]) == ["trade-asean"]
    assert in_bash(gz, ["gz", "show", "copy:trade-a"]) == ["copy:trade-asean"]
    assert in_bash(gz, ["gz", "remove", ""]) == ["copy"]


def test_values_are_described(gz: Gz, mine: Path) -> None:
    """Where the shell shows it, a value comes with what it stands for, and a command with what it does."""
    assert mine.exists()
    assert lines(gz, "gz trade --partner a") == [("asean", "ASEAN")]
    assert lines(gz, "gz claims --speaker=li") == [("--speaker=li-bingjun", "Li Bingjun")]
    assert ("bases", "List the industrial bases.") in lines(gz, "gz ")
    assert ("--json", "Short for --format json.") in lines(gz, "gz bases --j")
    assert [name for name, _ in lines(gz, "gz ")] == list(declared())


def test_a_named_database_is_asked(gz: Gz, home: Path, mine: Path) -> None:
    """The values are those of the database that --db or GZ_DB names."""
    other = Path(shutil.copyfile(mine, home / "an other.db"))
    (home / "b.toml").write_text(small("another"), encoding="utf-8")
    assert run_inside(home, "--db", other, "add", home / "b.toml").status == 0
    assert ("another", "") in [(value, "") for value, _ in lines(gz, f"gz --db '{other}' export an")]
    assert in_bash(lambda **env: gz(GZ_DB=str(other), **env), ["gz", "export", "an"]) == ["another"]
    assert in_bash(gz, ["gz", "export", "an"]) == []


def test_scripts_of_an_earlier_release(gz: Gz, mine: Path) -> None:
    """Typer's scripts, which an earlier release has installed, still complete, and what they evaluate is harmless."""
    assert mine.exists()
    zsh = gz(_GZ_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="gz trade --partner ")
    assert zsh.out == """_arguments '*: :(("asean":"ASEAN" "belt-and-road":"Belt and Road partner countries"))'"""
    assert gz(_GZ_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="gz add ").out == "_files"
    fish = {"_GZ_COMPLETE": "complete_fish", "_TYPER_COMPLETE_ARGS": "gz trade --partner a"}
    assert gz(**fish, _TYPER_COMPLETE_FISH_ACTION="get-args").out == "asean\n"
    assert gz(**fish, _TYPER_COMPLETE_FISH_ACTION="is-args").status == 0
    fish["_TYPER_COMPLETE_ARGS"] = "gz add "
    assert gz(**fish, _TYPER_COMPLETE_FISH_ACTION="is-args").status == 1


@pytest.mark.parametrize("instruction", ["", "complete", "complete_tcsh", "source_tcsh", "nonsense_bash"])
def test_a_shell_is_not_disturbed(gz: Gz, home: Path, instruction: str) -> None:
    """A damaged database, or an instruction that nobody knows, prints nothing while a shell is completing."""
    (home / "broken.db").write_text("broken")
    environment = {"_TYPER_COMPLETE_ARGS": "gz show ", "COMP_WORDS": "gz show ", "COMP_CWORD": "2"}
    if instruction:
        ran = gz(_GZ_COMPLETE=instruction, GZ_DB=str(home / "broken.db"), **environment)
        assert (ran.status, ran.err) == (0, "")


def test_each_option_with_a_value_is_known() -> None:
    """The table of options has each option of each command that takes a value, and no other."""
    program = Program()
    built = [program, *(program.get_command(None, name) for name in declared())]
    options = [option for command in built for option in command.params if option.param_type_name == "option"]
    taking = {name for option in options if not option.is_flag for name in option.opts}

    assert taking == set(completion.OPTIONS)
    assert set(completion.ARGUMENTS) < set(declared())
    assert len(commands.registered_commands) == len(declared())


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
    text = re.sub(r"topics = .*", lambda _: f"topics = [{', '.join(map(quoted, HOSTILE))}]", small("hostile"), count=1)
    (home / "hostile.toml").write_text(text, encoding="utf-8")
    added = run_inside(home, "add", home / "hostile.toml")
    assert added.status == 0, added.err
    (home / "bin").mkdir()
    program = home / "bin" / "gz"
    program.write_text(f"#!{sys.executable}\nfrom guizhou_cli.__main__ import main\nmain()\n")
    program.chmod(0o755)
    return home


def quoted(text: str) -> str:
    """Return a text as a TOML string."""
    return '"' + "".join(f"\\u{ord(char):04x}" if char < " " or char in '"\\' else char for char in text) + '"'


def typed_into(shell: list[str], home: Path, keys: list[bytes], **environment: str) -> str:
    """Return what a shell shows while these keys are typed, each once it waits for more."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(home)
        path = f"{home / 'bin'}:{os.environ['PATH']}"
        os.execvpe(shell[0], shell, clean_environment(home, TERM="xterm", PATH=path, **environment))  # noqa: S606
    shown = b""
    for key in keys:
        os.write(terminal, key)
        until = time.monotonic() + 20
        # A shell is done when it has been silent for a moment after it has shown something.
        while time.monotonic() < until and select.select([terminal], [], [], 2)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
    os.close(terminal)
    os.waitpid(pid, 0)
    return shown.decode(errors="replace")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_nothing_is_run(shell_home: Path, shell: str) -> None:
    """TAB behind an option inserts a value, shows the others, and runs nothing of what topics are called."""
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    script = completion.script("gz", shell)
    commands_of = {
        "bash": ["bash", "--norc", "-i"],
        "zsh": ["zsh", "-f", "-i"],
        "fish": ["fish", "--no-config", "-i"],
    }
    (shell_home / "script").write_text(script)
    begin = "autoload -Uz compinit; compinit -u; " if shell == "zsh" else ""
    keys = [
        f"{begin}source ./script\r".encode(),
        b"gz claims --topic tou\t",
        b"\r",
        b"gz claims --topic \t",
        b"\t",
        b"\x03",
        b"exit\r",
    ]

    shown = typed_into(commands_of[shell], shell_home, keys, PS1="% ")

    assert not (shell_home / "PWNED").exists()
    assert "\x1b]0;x" not in shown
    assert "tourism" in shown
    assert "green-development" in shown


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_installing(shell_home: Path, shell: str) -> None:
    """--install-completion writes the script of the shell it is called from, once, and --show-completion prints it."""
    if not shutil.which(shell):
        pytest.skip(f"no {shell} here")
    path = f"{shell_home / 'bin'}:{os.environ['PATH']}"
    env = clean_environment(shell_home, PATH=path)
    script = "gz --show-completion; gz --install-completion; gz --install-completion; true"
    ran = subprocess.run(
        [shell, "-c", script], env=env, cwd=shell_home, capture_output=True, text=True, check=True, timeout=60
    )

    assert ran.stdout == completion.script("gz", shell)
    assert ran.stderr.startswith(f"gz: completion for {shell} is installed in {shell_home}")
    settings = {"bash": ".bashrc", "zsh": ".zshrc"}
    if shell in settings:
        assert (shell_home / settings[shell]).read_text().count("\n") == 2
