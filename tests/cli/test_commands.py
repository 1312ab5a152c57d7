"""The command line: what it takes, what it says to what it does not take, and what each command does."""

import json
import stat
from pathlib import Path

import pytest
from conftest import Gz, Ran, run_inside
from samples import BRIEFING, REPORT, SHIPPED, SOURCE

from guizhou_cli.app import PANELS, commands

SAME = """
search coal | who-said coal
who said coal | who-said coal
cite guizhou | cite guizhou-2024-06-14
--no-color who-said coal | who-said coal
help | --help
help bases | bases --help
bases -h | bases --help
trade asean | trade --partner asean
trade belt and road | trade --partner belt-and-road
trade --partner bri --partner asean | trade
trade bri --partner asean | trade
who-said green development | who-said green\u00a0development
bases computing power | bases computing-power
speakers li bingjun | speakers li-bingjun
bases -f JSON | bases --json
bases -fjson | bases --json
bases --json -f json | bases --json
bases --json --keys | bases --json
claims --topic trade --topic tourism --json | claims --topic tourism --topic trade --json
measures --topic energy --topic industry --json | measures --topic industry --topic energy --json
-V | version
--version | version
"""
REFUSED = """
| which command? |
help nonsense | no such command 'nonsense'. | gz --help shows how
trade --partnr x | no such option: --partnr (Possible options: --partner) | OPTIONS
--db | option '--db' requires an argument. | OPTIONS
who-said | missing argument 'PHRASE'. | gz who-said --help shows how
topics coal | got unexpected extra argument (coal) | gz topics --help shows how
--limit 5 search x | no such option: --limit | OPTIONS
trade --db x | no such option: --db | OPTIONS
bases -f nonsense | no format "nonsense" | the formats: table, json, jsonl, csv, tsv, markdown, svg, html
add | which file? | gz add FILE; gz export guizhou-2024-06-14 prints one to start from
add - --article - | the briefing and its article can't both come from stdin | name a file for one of them
bases --columns bas | no column "bas"; did you mean base? \
| its columns: position, base, detail, claim, speaker, role, attribution, paragraph, source
"""


def table(text: str) -> list[list[str]]:
    """Return the lines of a table, each as its cells."""
    return [[cell.strip() for cell in line.split("|")] for line in text.replace("\\\n", "").strip().splitlines()]


@pytest.mark.parametrize(("typed", "same"), table(SAME))
def test_two_ways_to_type_the_same(inside: Gz, typed: str, same: str) -> None:
    """Several ways to type a command print the same, with status 0."""
    assert inside(*typed.split(" ")).status == 0
    assert inside(*typed.split(" ")).out.replace("gz search", "gz who-said") == inside(*same.split(" ")).out


def test_the_help_is_in_groups(inside: Gz) -> None:
    """The help lists each command in its group, and the groups in their order."""
    helped = inside("--help", COLUMNS="100").out
    assert [line.split("─")[1].strip() for line in helped.splitlines() if line.startswith("╭")] == ["Options", *PANELS]
    assert {info.rich_help_panel for info in commands.values()} == set(PANELS)


@pytest.mark.parametrize(("typed", "error", "hint"), table(REFUSED))
def test_what_is_not_understood(inside: Gz, typed: str, error: str, hint: str) -> None:
    """A command line that is not understood ends with status 2, one line and, where there is one, a way out."""
    ran = inside(*typed.split())
    assert ran.status == 2
    hint = hint.replace("OPTIONS", "gz --help shows the options before the command, gz COMMAND --help those behind it")
    assert ran.err == f"gz: {error}\n" + (f"    {hint}\n" if hint else "")
    assert ("Usage: " in ran.out) == (typed == "")


def test_limit_is_a_whole_number_in_its_range(inside: Gz) -> None:
    """--limit takes a whole number of at least one."""
    for typed in ("0", "-1", "x", "1.5", "100000"):
        ran = inside("who-said", "--limit", typed, "coal")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("gz: invalid value for '--limit': ")


@pytest.mark.parametrize("typed", ["-hydrogen", "-five percent", "-1.5%"])
def test_text_that_begins_with_a_hyphen(inside: Gz, typed: str) -> None:
    """Text that begins with a hyphen is text, unless it is an option or begins with two."""
    ran = inside("who-said", typed)
    assert (ran.status, ran.out) == (1, "")
    assert typed.split(maxsplit=1)[0].strip("-") in ran.err
    assert inside("who-said", "-coal", "-fjson") == inside("search", "coal", "--json")
    assert inside("who-said", "-f").status == inside("who-said", "coal", "--jsno").status == 2


def test_an_unknown_name_is_an_empty_array(inside: Gz) -> None:
    """An unknown name is answered with the nearest on stderr, and a program that reads JSON gets an empty array."""
    assert inside("trade", "aseen", "--json") == inside("trade", "aseen")._replace(out="[]\n")


# Commands that do more than ask and show ---------------------------------------------------------------------


def test_cite_what_a_question_finds(inside: Gz) -> None:
    """`gz cite` cites claims, reports, or what --topic, --speaker and --source choose."""
    assert inside("cite", "--style", "pandoc").out == f"[@{SHIPPED}]\n"
    chosen = inside("cite", "--topic", "trade", "--speaker", "li", "--source", SHIPPED, "--style", "pandoc").out
    assert chosen == f"[@{SHIPPED}, para. 6]\n"
    assert inside("cite", "--topic", "turism") == inside("claims", "--topic", "turism")


def test_open(gz: Gz, home: Path, mine: Path) -> None:
    """`gz open` opens the deep link in the browser, and prints it where there is no screen."""
    assert mine.exists()
    link = run_inside(home, "show", "trade-asean", "--json").rows[0]["link"]
    assert gz("open", "trade-asean", DISPLAY=None, WAYLAND_DISPLAY=None, BROWSER=None) == Ran(0, f"{link}\n", "")
    browser = home / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$HOME/opened"\n')
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    assert gz("open", "trade-asean", BROWSER=str(browser)).status == 0
    assert (home / "opened").read_text() == f"{link}\n"
    assert gz("open", "trade-asian").status == 1


def test_a_report_from_draft_to_removal(here: Gz, home: Path) -> None:
    """A report is drafted, tried, added, read, verified, checked in a note, detached, attached and removed."""
    report, briefing, note = home / "report.txt", home / "briefing.toml", home / "note.md"
    report.write_text(REPORT, encoding="utf-8")
    briefing.write_text(BRIEFING, encoding="utf-8")

    drafted = here("draft", report, "--id", "mine", "--publisher", "The Gazette")
    assert (drafted.status, drafted.err) == (0, "")
    assert 'id = "mine"' in drafted.out

    tried = here("add", briefing, "--article", report, "--dry-run", "--json")
    assert (tried.status, [row for row in tried.rows if row["status"] == "failed"]) == (0, [])
    assert tried.err.splitlines()[-1].startswith(f"gz: would add {SOURCE}: ")
    assert here("add", briefing, "--article", report).status == 0
    assert here("add", briefing, "--article", report).status == 3
    assert here("add", briefing, "--article", report, "--replace", "--no-text").status == 0

    without = here("read", SOURCE, "--json").rows
    assert here("attach", SOURCE, report).status == 0
    kept = here("read", SOURCE, "--json").rows
    assert len(kept) == len(without)
    assert sum(len(row["text"] or "") for row in kept) > sum(len(row["text"] or "") for row in without)
    assert here("verify", report).status == here("verify", report, "--source", SOURCE).status == 0
    note.write_text(f"Something was said [@{SOURCE}, para. 1].\n\nAnd more [@nobody-2020-01-01].\n")
    checked = here("check", note, "--json")
    assert checked.status == 1
    assert [row["status"] for row in checked.rows] == ["ok", "failed"]
    assert here("detach", SOURCE).status == 0
    assert here("read", SOURCE, "--json").rows == without
    assert here("remove", SOURCE, "--yes").status == 0
    assert here("remove", SOURCE, "--yes").status == 1


def test_a_refused_trial_prints_its_rows(here: Gz, home: Path) -> None:
    """`gz add --dry-run --json` prints what was found in the claims, with status 3 where something failed."""
    (home / "report.txt").write_text(REPORT, encoding="utf-8")
    (home / "briefing.toml").write_text(BRIEFING.replace('["cleaner harbours"]', '["never said"]'), encoding="utf-8")
    ran = here("add", home / "briefing.toml", "--article", home / "report.txt", "--dry-run", "--json")
    assert ran.status == 3
    assert [(row["check"], row["status"]) for row in json.loads(ran.out)] == [("keyword", "failed")]


def test_a_note_that_is_not_text(here: Gz, home: Path) -> None:
    """`gz check` refuses a note that is not UTF-8, or is not there, with status 3."""
    (home / "note.md").write_bytes(b"caf\xe9")
    assert here("check", home / "note.md").err.endswith("note.md is not UTF-8: byte 3\n")
    assert here("check", home / "none.md").status == 3
