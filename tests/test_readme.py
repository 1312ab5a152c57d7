"""The README says what the program does: its transcripts are run, its picture is drawn again."""

import re
from pathlib import Path

import pytest
from conftest import Gz
from readme import PICTURES, README, Shell, blocks, steps, trade_picture


def test_each_transcript_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """Each command of the README, run in order from an empty home, prints just what the README shows."""
    shell = Shell(tmp_path)
    shown = [step for block in blocks("console") for step in steps(block)]
    assert shown
    for step in shown:
        assert shell.run(step.command) == step.printed, step.command


def test_the_picture_is_the_programs_own() -> None:
    """The picture at the top of the README is what `gz trade -f svg` draws."""
    assert (PICTURES / "trade.svg").read_text() == trade_picture()
    assert "](tests/pictures/trade.svg)" in README.read_text()


def test_each_command_has_an_example(gz: Gz) -> None:
    """Each command that the help lists stands in one of the README's transcripts or blocks of commands."""
    listed = re.findall(r"^│ ([a-z][a-z-]+)  +[A-Z]", gz("--help", COLUMNS="80").out, re.MULTILINE)
    assert "bases" in listed
    commands = "\n".join([*(step.command for block in blocks("console") for step in steps(block)), *blocks("sh")])
    assert [name for name in listed if not re.search(rf"\bgz {name}\b", commands)] == []


@pytest.mark.parametrize("command", ["gz bases", "pytest -q -n auto"])
def test_the_first_two_commands_need_nothing_but_python(command: str) -> None:
    """The README's first two commands make a virtual environment with plain pip and run what they promise."""
    first, second, *_ = blocks("sh")
    chosen = first if command == "gz bases" else second
    assert chosen.startswith("python3 -m venv .venv && .venv/bin/pip install -q ")
    assert chosen.rstrip().endswith(f".venv/bin/{command}")


def test_the_speeds_add_up() -> None:
    """Each ratio in the README is that of the times beside it, and the program keeps within its bar of 1.15."""
    printed = README.read_text().partition("| adding |")[0]
    rows = re.findall(r"^\| (.+?) \| (\d+) \| ([\d.]*) +\|$|^\| (.+?) \| (\d+) \|  \|$", printed, re.MULTILINE)
    ms = {name or bare: int(time or alone) for name, time, _, bare, alone in rows}
    ratios = {name: float(ratio) for name, _, ratio, _, _ in rows if ratio}
    for name, ratio in ratios.items():
        beside = "bare Typer, sqlite3, JSON" if "json" in name or "utils" in name else "bare Typer, sqlite3, Rich table"
        assert ratio == pytest.approx(ms[name] / ms[beside], abs=0.02)
    assert ratios["`gz bases`"] <= 1.15
    assert ratios["`gz bases --json`"] <= 1.15


def test_the_scale_adds_up() -> None:
    """Of the million claims, too, each ratio is that of the figures beside it, and each is within its bar."""
    printed = README.read_text().partition("| adding |")[2].partition("## ")[0]
    bare, ours = (int(line.split("|")[2].replace(",", "")) for line in printed.splitlines()[2:4])
    quoted = float(printed.splitlines()[3].split("|")[3])
    assert quoted == pytest.approx(ours / bare, abs=0.01)
    assert quoted >= 1 / 3
    thirty = re.search(r"of thirty claims: (\d+) ms", printed)
    assert thirty is not None
    assert int(thirty[1]) < 1000
    rows = re.findall(r"^\| (.+?) \| (\d+) \| (\d+) \| ([\d.]+) \|$", printed, re.MULTILINE)
    ratios = {name: float(ratio) for name, _, _, ratio in rows}
    assert len(ratios) == 5
    for name, large, seeded, ratio in rows:
        assert float(ratio) == pytest.approx(int(large) / int(seeded), abs=0.02), name
    assert ratios["`who-said`, a rare phrase"] <= 1.3
    assert ratios["`who-said`, a word in a tenth of all claims"] <= 3
