"""What people type: any text is a question, none of it is syntax, and a mistyped name is answered with the nearest."""

import os
import shutil
import tomllib
from pathlib import Path

import pytest
from conftest import Gz, Ran
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import SOUTH, toml


def assert_documented(ran: Ran) -> None:
    """Assert that a command found something, found nothing or did not understand, and says so in plain lines."""
    assert ran.status in {0, 1, 2}, ran.err
    assert "Traceback" not in ran.out + ran.err
    assert ran.status == 0 or ran.err
    assert all(line.startswith(("gz: ", "    ")) for line in ran.err.splitlines()), ran.err
    assert not any(char < " " or "\x7f" <= char <= "\x9f" for char in ran.err.replace("\n", ""))


# 16, 17. No character is syntax ------------------------------------------------------------------------------

FOUND = """{green} : development|28.4%|green-development|ASEAN:|'coal|coal"|"green development"|^coal|coal*|(coal
coal)|\\coal\\|coal\0|"a|a AND"""
NOT_FOUND = """C++|NEAR(|NEAR(green development, 1)|zz:x|claim_fts MATCH|green* AND NOT steel|-x|-1.5%|11.9%|OR
NOT|NULL|coal'; DROP TABLE claim; --"""


def each(texts: str) -> list[str]:
    """Return the texts of a table, which are divided by bars or lines."""
    return texts.replace("\n", "|").split("|")


@pytest.mark.parametrize(
    ("typed", "status"), [*((text, 0) for text in each(FOUND)), *((text, 1) for text in each(NOT_FOUND))]
)
def test_no_character_is_syntax(inside: Gz, typed: str, status: int) -> None:
    """Quotes, operators, wildcards, column filters and hyphens are text like any other: something is found or not."""
    ran = inside("who-said", typed, "--json")

    assert ran.status == status
    assert (ran.rows == []) == (status == 1)
    assert (ran.err == "") == (status == 0)


@pytest.mark.parametrize("typed", ["", " ", "\t\n", "*", "^", "'", '"', "?!", "-", "…", "🙂", "\u200b", "()"])
def test_nothing_to_search_for(inside: Gz, typed: str) -> None:
    """Nothing, blanks and punctuation are no question: status 2, and a line that shows one."""
    hint = "give a word, a phrase or a figure: gz who-said coal"
    assert inside("who-said", typed) == Ran(2, "", f"gz: nothing to search for\n    {hint}\n")


NARROWED = """bases|measures|figures|speakers|trade|show|cite|read|export|trade --partner|measures --topic
claims --speaker|claims --source|figures --whose|who-said coal --speaker"""


@pytest.mark.parametrize("command", each(NARROWED))
def test_nothing_to_narrow_by(inside: Gz, command: str) -> None:
    """Nothing, blanks and punctuation are no name either, and each command says so with status 2."""
    for typed in ("", " ", "!?", "\0"):
        ran = inside(*command.split(), typed)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("gz: no")


# 18. Text that is hardly any ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [b"coal \xff\xfe", b"\xed\xa0\x80", b"x" * 100_000, b"green " * 16_000, "东".encode() * 33_000],
    ids=["bytes", "surrogate", "one word", "one word, often", "Chinese"],
)
def test_text_that_is_hardly_any(gz: Gz, inside: Gz, typed: bytes) -> None:
    """Bytes that are not UTF-8, lone surrogates and 100,000 characters are answered in a few short lines."""
    asked = [inside(command, os.fsdecode(typed)) for command in ("bases", "trade", "show", "speakers")]
    for ran in (gz("who-said", typed), *asked):
        assert_documented(ran)
        assert len(ran.err) < 2000


# 19. Any text at all -----------------------------------------------------------------------------------------

SYNTAX = "\"'*^():-+%{}[];.,/\\ \0\x1b\ud800\udfff\u202e%_&=<>|~`$#@!?0189aéß东盟一带路"
ANY_TEXT = (
    st.text()
    | st.text(st.sampled_from(SYNTAX))
    | st.lists(st.sampled_from([*SYNTAX, "coal", "green", "AND", "NEAR", "--", "trade-asean"])).map("".join)
)
ARGUMENTS = """who-said {}|who-said --limit {} coal|who-said --speaker {} coal|who-said --source {} coal|bases {}
bases --source {}|bases --columns {}|trade {}|trade --partner asean --partner {}|measures {}
measures --topic {}|figures {}|figures --whose {}|figures --unit {}|speakers {}|claims --topic {}
claims --speaker {}|show {}|show trade-asean {}|cite {}|cite --topic {} --speaker li|read {}|export {}
topics --format {}|sources {}|help {}|{}"""
ODD_NAMES = ["He", "the " + "very " * 30 + "long name", "东" * 200, "\u202e'); x --", "A&B", "İ", "1"]


@pytest.fixture(scope="module")
def odd(seeded: Path, inside: Gz, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which speakers, offices, topics, partners and bases have odd names, too."""
    path = Path(shutil.copy(seeded, tmp_path_factory.mktemp("odd")))
    briefing = tomllib.loads(SOUTH.partition("[[speaker]]")[0]) | {"speaker": [], "partner": [], "claim": []}
    for at, name in enumerate(ODD_NAMES):
        briefing["speaker"].append({"id": f"s{at}", "name": name, "role": name, "organization": name})
        briefing["partner"].append({"id": f"p{at}", "name": name})
        claim = {"id": f"c{at}", "statement": name, "paragraph": 1, "speaker": f"s{at}", "topics": [name]}
        trade = {"partner": f"p{at}", "annual_growth_pct": at}
        briefing["claim"].append(claim | {"trade": trade, "base": {"position": 1, "name": name}})
    path.with_name("briefing.toml").write_text(toml(briefing), encoding="utf-8")
    added = inside("--db", path, "add", path.with_name("briefing.toml"))
    assert added.status == 0, added.err
    return path


@pytest.mark.parametrize("command", each(ARGUMENTS))
def test_any_text_as_any_argument(inside: Gz, odd: Path, command: str) -> None:
    """Whatever is typed, as whichever argument, ends in a documented status, and no traceback is printed."""

    @settings(max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ANY_TEXT | st.lists(st.sampled_from(ODD_NAMES) | ANY_TEXT).map(" ".join))
    def ask(typed: str) -> None:
        assert_documented(inside("--db", odd, *(typed if part == "{}" else part for part in command.split())))

    ask()


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANY_TEXT | st.sampled_from(["who-said", "bases", "trade", "--json", "-f", "csv", "--"]), max_size=4))
def test_any_command_line(inside: Gz, typed: list[str]) -> None:
    """Any command line at all, too, ends in a documented status without a traceback."""
    assert_documented(inside(*typed))


# 20. Mistyped ------------------------------------------------------------------------------------------------

MISTYPED = {
    "basess": "no such command 'basess'. Did you mean 'bases'?",
    "whosaid coal": "no such command 'whosaid'. Did you mean 'who-said'?",
    "trade --partnr asean": "no such option: --partnr (Possible options: --partner)",
    "trade --partner aseen": 'no partner "aseen"; did you mean ASEAN?',
    "trade aseen": 'no partner "aseen"; did you mean ASEAN?',
    "claims --topic turism": 'no topic "turism"; did you mean tourism?',
    "claims --speaker zhengou": 'no speaker "zhengou"; did you mean Qiu Zhenguo?',
    "claims --source guizou": 'no source "guizou"; did you mean guizhou-2024-06-14?',
    "bases enrgy": 'no industrial base about "enrgy"\n    did you mean energy?',
    "show trade-asian": 'no claim "trade-asian"; did you mean trade-asean?',
    "show guizhou-2024-06-14": "guizhou-2024-06-14 is a report, not a claim",
}


@pytest.mark.parametrize("typed", MISTYPED)
def test_mistyped_is_answered_with_the_nearest(inside: Gz, typed: str) -> None:
    """A mistyped command, option or name is answered with the nearest one."""
    ran = inside(*typed.split())

    assert ran.status in {1, 2}
    assert ran.out == ""
    assert ran.err.startswith(f"gz: {MISTYPED[typed]}\n")
