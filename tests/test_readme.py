"""The README shows what the program prints: its transcripts run, its pictures are drawn again."""

import re
from pathlib import Path

import pytest
from readme import DRAWN, PICTURES, README, Shell, blocks, picture, steps

from guizhou_cli import cli
from guizhou_cli.app import commands

assert cli, "declares the commands"


def test_each_transcript_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """Each command of the README, run in order from an empty home, prints exactly what the README shows."""
    shell = Shell(tmp_path)
    shown = [step for block in blocks("console") for step in steps(block)]
    assert shown
    for command, printed in shown:
        assert shell.run(command) == printed, command


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_what_the_program_draws(name: str) -> None:
    """Each picture of a table in the README is what the program draws now."""
    assert (PICTURES / name).read_text() == picture(DRAWN[name])
    assert f"](tests/pictures/{name})" in README.read_text()


def test_each_command_is_shown_or_named() -> None:
    """Each command is named in the README."""
    readme = README.read_text()
    assert [name for name in commands if not re.search(rf"\bgz {name}\b", readme)] == []


@pytest.mark.parametrize("command", ["gz bases", "pytest -q -n auto"])
def test_the_first_two_commands_need_only_python(command: str) -> None:
    """The README's first two commands make a virtual environment with plain pip and run what they promise."""
    first, second, *_ = blocks("sh")
    chosen = first if command == "gz bases" else second
    assert chosen.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert chosen.rstrip().endswith(f".venv/bin/{command}")


def test_the_readme_is_short_before_the_reference() -> None:
    """The README introduces the program in about 200 lines before the reference begins."""
    before = README.read_text().partition("## Reference")[0]
    assert before.count("\n") <= 230
