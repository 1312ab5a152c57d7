"""What people type: any text is a question, none of it is syntax, and what is not known is answered with what is."""

import re
import shutil
import tomllib
from functools import partial
from pathlib import Path

import pytest
import tomlkit
from briefings import SOUTH
from conftest import Gz, Ran, cpu_seconds, run_inside
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guizhou_cli import spelling

SOURCE = "guizhou-2024-06-14:"
TOPICS = (
    "    what is spoken of: agriculture, energy, green development, high-quality growth, industrial bases, industry, "
    "poverty relief, rural revitalization, tourism, trade\n"
)
NOTHING_TO_SEARCH = Ran(2, "", "gz: nothing to search for\n    give a word, a phrase or a figure: gz who-said coal\n")
BELT_AND_ROAD = ["trade-expansion", "trade-belt-and-road"]
ASEAN = ["trade-asean", "trade-expansion"]


def found(inside: Gz, phrase: str, *options: str) -> list[str]:
    """Return the claims that `who-said` finds, best first, by the part of their key behind the colon."""
    ran = inside("who-said", *options, "--json", "--", phrase)
    assert ran.status == (0 if ran.rows else 1), ran.err
    return [str(row["claim"]).removeprefix(SOURCE) for row in ran.rows]


# 16. No character is syntax --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ('"a', 1),
        ("it's", 1),
        ("C++", 1),
        ("a AND", 1),
        ("NEAR(", 1),
        ("NEAR(green development, 1)", 1),
        ("zz:x", 1),
        ("statement:green", 1),
        ("claim_search_fts MATCH", 1),
        ("green* AND NOT coal", 0),
        ("{green} : development", 0),
        ("-x", 1),
        ("-1.5%", 1),
        ("11.9%", 1),
        ("28.4%", 0),
        ("green-development", 0),
        ("ASEAN:", 0),
        ("'coal", 0),
        ('coal"', 0),
        ('"green development"', 0),
        ("coal'; DROP TABLE claim; --", 1),
        ("%coal%", 1),
        ("co_l", 1),
        ("^coal", 0),
        ("coal*", 0),
        ("(coal", 0),
        ("coal)", 0),
        ("\\coal\\", 0),
        ("OR", 1),
        ("NOT", 1),
        ("NULL", 1),
    ],
)
def test_no_character_is_syntax(gz: Gz, typed: str, status: int) -> None:
    """Quotes, operators, wildcards, column filters and hyphens are text like any other: something is found or not."""
    ran = gz("who-said", typed, "--json")

    assert ran.status == status
    assert (ran.rows == []) == (status == 1)
    unsaid = (
        rf'gz: nothing is said of "{re.escape(typed)}"(: no claim has .+)?\n{re.escape(TOPICS)}'
        rf'|gz: no one claim has all of "{re.escape(typed)}"\n    ask for less at once\n'
    )
    assert re.fullmatch("" if status == 0 else unsaid, ran.err)


@pytest.mark.parametrize(
    ("typed", "claims"),
    [
        ("trade with the US", []),
        ("US", []),
        ("U.S. trade", []),
        ("WHO", []),
        ("IT industry", []),
        ("tourism in May", []),
        ("WHO SAID COAL", ["measure-coal"]),
        ("tell us about coal", ["measure-coal"]),
        ("news", []),
        ("how quickly is trade with ASEAN growing?", ["trade-asean"]),
        ("what is the growth rate of trade with ASEAN", ["trade-asean"]),
        ("which official mentioned new energy vehicles?", ["measure-new-energy-vehicles"]),
        ("Guizhou Province coal", ["measure-coal"]),
        ("interest rate", []),
        ("what has Mr Qiu said about coal?", ["measure-coal"]),
        ("Did anyone say anything regarding coal?", ["measure-coal"]),
        ("Which paragraph mentions coal?", ["measure-coal"]),
        ("what's being done about coal", ["measure-coal"]),
        ("didn't they discuss coal just now?", ["measure-coal"]),
        ("Has anyone commented on tourism?", ["tourism"]),
        ("What percentage did trade with ASEAN grow by?", ["trade-asean"]),
        ("33.8percent", ["trade-asean"]),
        ("33.8pct", ["trade-asean"]),
        ("33.8% per year", ["trade-asean"]),
        ("33.8 percent per annum", ["trade-asean"]),
        ("33.8% p.a.", ["trade-asean"]),
        ("33.8% yearly", ["trade-asean"]),
        ("33,8%", ["trade-asean"]),
        ("33,8", ["trade-asean"]),
        ("33,800", []),
        ("South-west China", ["high-quality-growth"]),
        ("Association of South-East Asian Nations grew", ["trade-asean"]),
        ("Li Bing-jun tourism", ["tourism"]),
        ("policy measures: coal", ["measure-coal"]),
        ("what does the report say about coal", ["measure-coal"]),
        ("information on coal", ["measure-coal"]),
        ("information technology industry", []),
        ("the news industry", []),
        ("coal mine", []),
        ("coal in PA", []),
        ("tourism report card", []),
        ("Is coal going to be cleaner?", ["measure-coal"]),
        ("what does Qiu think of coal", ["measure-coal"]),
        ("how is Guizhou helping farmers", ["farm-incomes"]),
        ("trade with ASEAN in the last two years", ["trade-asean"]),
        ("WHO said coal", ["measure-coal"]),
        ("research & development", ["base-batteries"]),
        ("research&development", ["base-batteries"]),
        ("liquor", ["base-baijiu"]),
        ("\u767d\u9152", ["base-baijiu"]),
        ("\u8d35\u5dde\u4e1c\u76df 33.8%", ["trade-asean"]),
    ],
)
def test_questions_as_reporters_type_them(inside: Gz, typed: str, claims: list[str]) -> None:
    """Words of the asking are left aside, and an acronym is not taken for one of them."""
    rows = inside("who-said", typed, "--json").rows
    assert [row["claim"].partition(":")[2] for row in rows] == claims


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("agricultre", 'nothing is said of "agricultre"; did you mean agriculture?'),
        ("ASAEN", 'nothing is said of "ASAEN"; did you mean ASEAN?'),
        ("Qiu Zhengou", 'nothing is said of "Qiu Zhengou"; did you mean Zhenguo?'),
        ("agriculture and tourism", 'no one claim has all of "agriculture and tourism"'),
        ("hydrogen", 'nothing is said of "hydrogen"'),
        ("Southeast Asia", 'nothing is said of "Southeast Asia"'),
        ("growth per capita", 'nothing is said of "growth per capita": no claim has "capita"'),
        ("coal tunnels, by 2030?", 'nothing is said of "coal tunnels, by 2030?": no claim has "tunnels", "2030"'),
    ],
)
def test_what_is_near_to_what_nobody_said(inside: Gz, typed: str, first: str) -> None:
    """A mistyped word is answered with the nearest, and words of several claims are not denied."""
    ran = inside("who-said", typed)
    assert (ran.status, ran.out, ran.err.splitlines()[0]) == (1, "", f"gz: {first}")


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        (["trade", "asean"], "perhaps: gz trade --partner asean"),
        (["trade", "belt", "and", "road"], "perhaps: gz trade --partner 'belt and road'"),
        (["trade", "--partner", "belt", "and", "road", "--json"], "perhaps: gz trade --partner 'belt and road'"),
        (["trade", "-f", "csv", "{0}", "$HOME"], "perhaps: gz trade --partner '{0} $HOME'"),
        (["trade", "--", "-x"], "perhaps: gz trade --partner -x"),
        (["claims", "--speaker", "Li", "coal"], "perhaps: gz who-said coal, or gz claims --topic coal"),
        (["measures", "coal"], "perhaps: gz who-said coal, or gz measures --topic coal"),
        (["claims", "coal use"], "perhaps: gz who-said 'coal use', or gz claims --topic 'coal use'"),
        (["--json", "sources"], "--json stands behind the command: gz sources --json"),
        (["-fcsv", "trade"], "-f stands behind the command: gz trade -f"),
        (["--limit", "5", "who-said", "coal"], "--limit stands behind the command: gz who-said --limit"),
        (["--source", "x", "topics"], "gz --help shows how"),
        (["trade", "--version"], "--version stands before the command: gz --version"),
        (["trade", "--db", "x"], "--db stands before the command: gz --db PATH trade"),
        (["verify", "--no-color"], "--no-color stands before the command: gz --no-color verify"),
    ],
)
def test_argument_that_was_meant_as_an_option(inside: Gz, command: list[str], hint: str) -> None:
    """What a command has no place for is answered with the place that it has."""
    ran = inside(*command)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[1] == f"    {hint}"


@pytest.mark.parametrize("command", [("who-said", "green development"), ("bases", "computing power")])
def test_words_that_the_shell_parted(inside: Gz, command: tuple[str, str]) -> None:
    """A text of several words needs no quotes."""
    name, text = command
    assert inside(name, *text.split(), "--json") == inside(name, text, "--json")
    assert inside(name, *text.split(), "--json").status == 0
    assert inside("speakers", "li", "bingjun") == inside("speakers", "li bingjun")


def test_text_that_looks_like_an_option(inside: Gz) -> None:
    """Text that begins with a hyphen is text, unless it is an option, or a word that could be one mistyped."""
    for typed in ("-hydrogen", "-five percent", "-fossil fuels", "--steel mills", "-f"):
        ran = inside("who-said", typed)
        assert (ran.status, f'nothing is said of "{typed}"' in ran.err) == ((1, True) if typed != "-f" else (2, False))
    assert inside("who-said", "-coal", "-fjson") == inside("who-said", "coal", "--json")
    assert inside("who-said", "coal", "-f", "JSON") == inside("who-said", "coal", "--json")
    assert inside("who-said", "coal", "--jsno").err.startswith("gz: no such option: --jsno")


@pytest.mark.parametrize("typed", ["governor", "what did the commission say", "commission head"])
def test_office_alone(inside: Gz, typed: str) -> None:
    """The word of an office credits nobody, but where it is all that is asked for, who holds it can be asked."""
    ran = inside("who-said", typed)
    assert (ran.status, ran.out) == (1, "")
    way_out = ran.err.splitlines()[1]
    assert way_out.startswith("    somebody in that office speaks: gz claims --speaker ")
    assert inside("claims", "--speaker", way_out.rpartition("--speaker ")[2].strip("'")).status == 0


def test_names_of_claims_and_sources_in_any_spelling(inside: Gz) -> None:
    """Claims and sources, too, are named without regard to case, hyphens or blanks."""
    for name in ("Trade ASEAN", "tradeasean", "guizhou 2024 06 14:trade asean"):
        assert inside("show", name) == inside("show", "trade-asean")
    assert inside("bases", "--source", "Guizhou 2024-06 14").status == 0
    assert inside("cite", "GUIZHOU 2024-06-14") == inside("cite")


def test_words_of_nobody_can_be_listed(inside: Gz) -> None:
    """The claims that the tables call reported are listed by that word."""
    rows = inside("claims", "--speaker", "reported", "--json").rows
    assert {row["speaker"] for row in rows} == {None}
    assert [row["paragraph"] for row in rows] == [0, 1, 1, 5]


# 17. Nothing to search for ---------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", " ", "\t\n", "*", "^", "'", '"', "?!", "-", "…", "🙂", "\u200b", "()"])
def test_nothing_to_search_for(inside: Gz, typed: str) -> None:
    """Nothing, blanks and punctuation are no question: status 2, and a line that shows one."""
    assert inside("who-said", typed) == NOTHING_TO_SEARCH


@pytest.mark.parametrize("typed", ["", " ", "!?"])
def test_nothing_to_narrow_by(inside: Gz, typed: str) -> None:
    """Nothing, blanks and punctuation are no name either, and each command says so with status 2."""
    assert inside("bases", typed) == Ran(
        2, "", "gz: nothing to search for\n    gz bases lists all, and gz bases energy some\n"
    )
    assert inside("trade", "--partner", typed).status == 2
    assert inside("measures", "--topic", typed).status == 2
    assert inside("claims", "--speaker", typed).status == 2
    assert inside("speakers", typed) == Ran(2, "", "gz: no speaker is named\n    known: Li Bingjun, Qiu Zhenguo\n")
    assert inside("claims", "--source", typed) == Ran(2, "", "gz: no source is named\n    known: guizhou-2024-06-14\n")
    assert inside("show", typed) == Ran(2, "", "gz: no claim is named\n    gz claims lists them\n")


# 18. Text that is hardly any -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [b"\xff", b"coal \xff\xfe", b"\xed\xa0\x80", "\ud800", b"x" * 100_000, b"green " * 20_000, "东" * 30_000],
    ids=["byte", "bytes", "surrogate", "lone surrogate", "one word", "one word, often", "Chinese"],
)
def test_text_that_is_hardly_any(gz: Gz, typed: str | bytes) -> None:
    """Bytes that are no UTF-8, lone surrogates and 100,000 characters are answered within a second, and no worse."""
    argument = typed.encode("utf-8", "surrogatepass") if isinstance(typed, str) else typed
    gz("bases")  # builds the database
    for command in (["who-said", argument], ["bases", argument], ["trade", "--partner", argument], ["show", argument]):
        begun = cpu_seconds()
        ran = gz(*command)
        took = cpu_seconds() - begun

        assert ran.status in {0, 1, 2}, ran.err
        assert "Traceback" not in ran.err
        assert len(ran.err) < 2000
        assert took < 10, "a second is allowed; this is processor time, and coverage may be measured"


def test_nul_in_an_argument(inside: Gz) -> None:
    """A NUL, which no shell passes on but a program that calls this one may, does not end the text it stands in."""
    assert inside("who-said", "coal\0", "--json").status == 0
    assert inside("trade", "--partner", "as\0ean").status == 0
    assert inside("trade", "--partner", "zz\0zz").err.startswith('gz: no partner "zz\\x00zz"\n')
    assert inside("show", "trade-asean\0").status == 1
    assert inside("claims", "--source", "\0").status == 2


# 19. Any text at all ---------------------------------------------------------------------------------------

SYNTAX = "\"'*^():-+%{}[];.,/\\ \0\x1b\ud800\udfff\u202e%_&=<>|~`$#@!?0189aéß东盟一带路"
ANY_TEXT = (
    st.text()
    | st.text(st.sampled_from(SYNTAX))
    | st.lists(st.sampled_from([*SYNTAX, "coal", "green", "AND", "NEAR", "--", "trade-asean"])).map("".join)
)
ARGUMENTS = (
    ("who-said", "{}"),
    ("who-said", "--limit", "{}", "coal"),
    ("who-said", "--source", "{}", "coal"),
    ("bases", "{}"),
    ("bases", "--source", "{}"),
    ("trade", "--partner", "{}"),
    ("measures", "--topic", "{}"),
    ("speakers", "{}"),
    ("claims", "--topic", "{}"),
    ("claims", "--speaker", "{}"),
    ("claims", "--source", "{}"),
    ("show", "{}"),
    ("show", "trade-asean", "{}"),
    ("cite", "{}"),
    ("topics", "--format", "{}"),
    ("sources", "{}"),
    ("{}",),
)


ODD_NAMES = ["He", "the " + "very " * 30 + "long name", "***", "东" * 200, "\u202e'); --", "A&B", "İ", "1"]


@pytest.fixture(scope="module")
def odd(seeded: Path, inside: Gz, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which speakers, offices, topics, partners and bases have odd names, too."""
    folder = tmp_path_factory.mktemp("odd")
    path = Path(shutil.copy(seeded, folder / "odd.db"))
    named = [name for name in ODD_NAMES if spelling.fold(name)]
    briefing = tomlkit.parse(SOUTH.partition("[[speaker]]")[0])
    briefing["speaker"] = [
        {"id": f"s{at}", "name": name, "role": name, "organization": name} for at, name in enumerate(ODD_NAMES)
    ]
    briefing["partner"] = [{"id": f"p{at}", "name": name} for at, name in enumerate(named)]
    briefing["claim"] = [
        {"id": f"c{at}", "statement": name, "paragraph": 1, "speaker": f"s{at}", "topics": [name]}
        | {"base": {"position": 1, "name": name}}
        for at, name in enumerate(ODD_NAMES)
    ] + [
        {"id": f"t{at}", "statement": name, "paragraph": 1, "trade": {"partner": f"p{at}", "annual_growth_pct": at}}
        for at, name in enumerate(named)
    ]
    (folder / "briefing.toml").write_text(tomlkit.dumps(briefing), encoding="utf-8")
    assert inside("--db", path, "add", folder / "briefing.toml").err.startswith("gz: added ")
    return path


@pytest.mark.parametrize("command", ARGUMENTS, ids=" ".join)
@pytest.mark.parametrize(("database", "examples"), [("seeded", 100), ("odd", 40)])
def test_any_text_as_any_argument(
    request: pytest.FixtureRequest, inside: Gz, command: tuple[str, ...], database: str, examples: int
) -> None:
    """Whatever is typed, as whichever argument, ends in a documented status, and no traceback is printed."""
    path = request.getfixturevalue(database)
    texts = ANY_TEXT if database == "seeded" else st.lists(st.sampled_from(ODD_NAMES) | ANY_TEXT).map(" ".join)

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(texts)
    def ask(typed: str) -> None:
        ran = inside("--db", path, *(part.format(typed) if part == "{}" else part for part in command))
        assert ran.status in {0, 1, 2}, ran.err
        assert "Traceback" not in ran.out + ran.err
        assert (ran.status == 0) == (ran.err == "" or ran.err.startswith("gz: the best ")), ran.err
        assert all(line.startswith(("gz: ", "    ")) for line in ran.err.splitlines()), ran.err
        assert not any(char < " " or "\x7f" <= char <= "\x9f" for char in ran.err.replace("\n", ""))

    ask()


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(ANY_TEXT | st.sampled_from(["who-said", "bases", "trade", "--json", "-f", "csv", "--"]), max_size=4))
def test_any_command_line(inside: Gz, typed: list[str]) -> None:
    """Any command line at all, too, ends in a documented status without a traceback."""
    ran = inside(*typed)

    assert ran.status in {0, 1, 2}, ran.err
    assert "Traceback" not in ran.out + ran.err


# 20. Mistyped ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (["basess"], "no such command 'basess'. Did you mean 'bases'?"),
        (["whosaid", "coal"], "no such command 'whosaid'. Did you mean 'who-said'?"),
        (["trade", "--partnr", "asean"], "no such option: --partnr (Possible options: --partner)"),
        (["who-said", "coal", "--limt", "3"], "no such option: --limt (Possible options: --limit)"),
        (["trade", "--partner", "aseen"], 'no partner "aseen"; did you mean ASEAN?'),
        (["trade", "--partner", "belt and raod"], 'no partner "belt and raod"; did you mean Belt and Road?'),
        (["claims", "--topic", "turism"], 'no topic "turism"; did you mean tourism?'),
        (["speakers", "li bingjung"], 'no speaker "li bingjung"; did you mean Li Bingjun?'),
        (["claims", "--speaker", "zhengou"], 'no speaker "zhengou"; did you mean Qiu Zhenguo?'),
        (["bases", "enrgy"], 'no industrial base "enrgy"; did you mean Energy?'),
        (["show", "trade-asian"], 'no claim "trade-asian"; did you mean trade-asean?'),
        (["claims", "--source", "guizhou-2024"], 'no source "guizhou-2024"; did you mean guizhou-2024-06-14?'),
    ],
)
def test_mistyped_is_answered_with_the_nearest(inside: Gz, typed: list[str], message: str) -> None:
    """A mistyped command, option or name is answered with the nearest one."""
    ran = inside(*typed)

    assert ran.status in {1, 2}
    assert ran.out == ""
    assert ran.err.splitlines()[0] == f"gz: {message}"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (["trade", "--partner", "zzz"], "asean, belt-and-road"),
        (["speakers", "zzz"], "Li Bingjun, Qiu Zhenguo"),
        (["claims", "--speaker", "zzz"], "Li Bingjun, Qiu Zhenguo"),
        (["claims", "--source", "zzz"], "guizhou-2024-06-14"),
        (["measures", "--topic", "zzz"], TOPICS.split(": ")[1].strip()),
        (
            ["bases", "zzz"],
            (
                "Deep resources processing, Power batteries and materials, Computing power, Chinese baijiu, Energy, "
                "Advanced equipment manufacturing"
            ),
        ),
    ],
)
def test_unknown_is_answered_with_the_known(inside: Gz, typed: list[str], known: str) -> None:
    """A name like no other is answered with those there are, on stderr, with status 1; a program gets an empty list."""
    first = inside(*typed)
    in_json = inside(*typed, "--json")

    assert (first.status, first.out) == (1, "")
    assert first.err.splitlines()[1] == f"    known: {known}"
    assert in_json == Ran(1, "[]\n", first.err)


def test_topic_without_measures(inside: Gz) -> None:
    """A topic that is known, and has no measure, is answered with those that have."""
    assert inside("measures", "--topic", "tourism") == Ran(
        1, "", "gz: no policy measure on that topic\n    there are measures on: energy, green development, industry\n"
    )


@pytest.mark.parametrize(
    "typed",
    ["asean", "ASEAN", " Asean ", "a-s-e-a-n", "\uff21\uff33\uff25\uff21\uff2e", "ásean", "东盟", "东南亚国家联盟"],
)
def test_partner_by_any_of_its_names(inside: Gz, typed: str) -> None:
    """A partner is found without regard to case, accents, hyphens, blanks and width, and by its Chinese names."""
    ran = inside("trade", "--partner", typed, "--json")

    assert [(row["partner"], row["annual_growth_pct"]) for row in ran.rows] == [("asean", 33.8)]


@pytest.mark.parametrize(
    "typed", ["belt-and-road", "Belt and Road", "beltandroad", "BRI", "B&R", "obor", "One Belt, One Road", "一带一路"]
)
def test_belt_and_road_by_any_of_its_names(inside: Gz, typed: str) -> None:
    """The Belt and Road partner countries are found by their short, long, old and Chinese names."""
    ran = inside("trade", "--partner", typed, "--json")

    assert [(row["partner"], row["annual_growth_pct"]) for row in ran.rows] == [("belt-and-road", 28.4)]


@pytest.mark.parametrize("typed", ["Li Bingjun", "li bingjun", "LI-BINGJUN", "Bingjun", "li", "Lǐ Bǐngjūn"])
def test_speaker_by_part_of_the_name(inside: Gz, typed: str) -> None:
    """A speaker is found by a whole name or one word of it, without regard to case, hyphens and tone marks."""
    assert [row["speaker"] for row in inside("speakers", typed, "--json").rows] == ["Li Bingjun"]


@pytest.mark.parametrize(
    ("typed", "positions"),
    [("energy", [5]), ("POWER", [2, 3]), ("batter", [2]), ("R&D", [2]), ("spirits", [4]), ("battery material", [2])],
)
def test_bases_narrowed_by_text(inside: Gz, typed: str, positions: list[int]) -> None:
    """TEXT narrows the bases to those whose name or detail has all of its words, whole, stemmed or begun."""
    assert [row["position"] for row in inside("bases", typed, "--json").rows] == positions


# who-said --------------------------------------------------------------------------------------------------

GREEN = ["green-development", "measure-chemicals", "measure-new-energy-vehicles", "measure-coal"]


@pytest.mark.parametrize(
    "typed",
    [
        "green development",
        "Green Development",
        "GREEN DEVELOPMENT",
        "green-development",
        "green\u2010development",
        "  green   development  ",
        "“green development”",
        "gréen development",
        "developing green",
        "Who said green development?",
        "who spoke about green development",
        "What did they say about the green development?",
        "Did anybody mention green development",
        "who is talking about green development",
    ],
)
def test_phrase_or_plain_question(inside: Gz, typed: str) -> None:
    """A phrase, however it is written, and a question in plain words both find what is said of the subject."""
    assert sorted(found(inside, typed)) == sorted(GREEN)


@pytest.mark.parametrize(
    ("typed", "claims"),
    [
        ("28.4", ["trade-belt-and-road"]),
        ("28.4%", ["trade-belt-and-road"]),
        ("28.4 %", ["trade-belt-and-road"]),
        ("28.4 percent", ["trade-belt-and-road"]),
        ("28.4 per cent", ["trade-belt-and-road"]),
        ("28.4 per-cent", ["trade-belt-and-road"]),
        ("28.4-percent", ["trade-belt-and-road"]),
        ("28.4 pct", ["trade-belt-and-road"]),
        ("33.8%", ["trade-asean"]),
        ("(33.8%).", ["trade-asean"]),
        ("Who said 33.8%?", ["trade-asean"]),
        ("how much is 33.8 percent", ["trade-asean"]),
        ("\uff13\uff13\uff0e\uff18\uff05", ["trade-asean"]),
        ("8.4%", []),
        ("28", []),
        ("3.8", []),
        ("338", []),
        ("33.81%", []),
        ("33.80%", ["trade-asean"]),
        ("33.8pc", ["trade-asean"]),
        ("28.40", ["trade-belt-and-road"]),
    ],
)
def test_figure(inside: Gz, typed: str, claims: list[str]) -> None:
    """A figure is found whole, with or without a percent sign or word, and no part of it is another figure."""
    assert found(inside, typed) == claims


@pytest.mark.parametrize(
    ("typed", "claims"),
    [
        ("BRI", BELT_AND_ROAD),
        ("b&r", BELT_AND_ROAD),
        ("OBOR", BELT_AND_ROAD),
        ("One Belt One Road", BELT_AND_ROAD),
        ("Belt and Road Initiative", BELT_AND_ROAD),
        ("一带一路", BELT_AND_ROAD),
        ("一带", BELT_AND_ROAD),
        ("带一", BELT_AND_ROAD),
        ("一路", BELT_AND_ROAD),
        ("东盟", ASEAN),
        ("Association of Southeast Asian Nations", ASEAN),
        ("四川", []),
        ("东路", []),
        ("NEV", ["measure-new-energy-vehicles"]),
        ("NEVs", ["measure-new-energy-vehicles"]),
        ("new-energy vehicles", ["measure-new-energy-vehicles"]),
        ("R&D", ["base-batteries"]),
        ("R & D", ["base-batteries"]),
        ("research and development", ["base-batteries"]),
        ("DRC", GREEN),
    ],
)
def test_other_names_of_the_same(inside: Gz, typed: str, claims: list[str]) -> None:
    """A short, long, old or Chinese name, or two characters of one, finds what the report calls by another."""
    assert found(inside, typed) == claims


@pytest.mark.parametrize(
    ("typed", "claims"),
    [
        ("rural revitalisation", ["rural-revitalization", "farm-incomes", "rural-industries"]),
        ("rural revitalization", ["rural-revitalization", "farm-incomes", "rural-industries"]),
        ("revitalising", ["rural-revitalization", "farm-incomes", "rural-industries"]),
        ("battery", ["base-batteries"]),
        ("farmer's income", ["farm-incomes"]),
        ("farmers\u2019 incomes", ["farm-incomes"]),
        ("high quality growth", ["high-quality-growth", "economic-transformation"]),
        ("high-quality growth", ["high-quality-growth", "economic-transformation"]),
    ],
)
def test_other_spellings_of_the_same(inside: Gz, typed: str, claims: list[str]) -> None:
    """British or American, singular or plural, with a hyphen or without: a word is found in each of its spellings."""
    assert found(inside, typed) == claims


def with_briefing(home: Path, **statements: str) -> Gz:
    """Return `gz` with a second briefing, `other`, in which these claims, by slug, have these statements."""
    shipped = tomllib.loads(run_inside(home, "export", "guizhou-2024-06-14").out)
    shipped["source"]["id"] = "other"
    for claim in shipped["claim"]:
        claim["statement"] = statements.get(claim["id"].replace("-", "_"), claim["statement"])
    path = home / "other.toml"
    path.write_text(tomlkit.dumps(shipped), encoding="utf-8")
    added = run_inside(home, "add", path)
    assert added.status == 0, added.err
    return partial(run_inside, home)


def test_british_spellings_in_a_statement(home: Path) -> None:
    """A statement in British spelling is found by the American one, and the other way round."""
    ask = with_briefing(home, tourism="The colour of labour in centres that organize fibre.")
    for typed in ("color", "colour", "labor", "labour", "center", "centre", "organize", "organise", "fiber", "fibre"):
        rows = ask("who-said", typed, "--json").rows
        assert [row["claim"] for row in rows] == ["other:tourism"], typed


def test_all_words_must_match(inside: Gz) -> None:
    """A claim is found if it has all of the words; function words alone count for nothing beside them."""
    assert found(inside, "coal") == ["measure-coal"]
    assert found(inside, "what about the coal") == ["measure-coal"]
    assert found(inside, "coal tourism") == []
    assert found(inside, "coal steel") == []


def test_exact_phrase_comes_first(home: Path) -> None:
    """Claims that hold the phrase word for word stand before those that have its words, however often, elsewhere."""
    ask = with_briefing(
        home,
        tourism="Rare earth, rare earth, earth; metals here, metals there, metals, rare metals.",
        agriculture="In a sentence of very many words, most of which are beside the point and there for length alone,"
        " something is at last said, though not much, of what the people of the trade call rare earth metals.",
    )

    rows = ask("who-said", "rare earth metals", "--json").rows

    assert [row["claim"] for row in rows] == ["other:agriculture", "other:tourism"]


def test_reported_claims_are_nobodys(inside: Gz) -> None:
    """A claim in the report's own words is found like any other, and is credited to nobody in every format."""
    rows = inside("who-said", "Belt and Road Initiative", "--json").rows
    table = inside("who-said", "expanded trade", COLUMNS="200").out

    assert [(row["claim"], row["attribution"], row["speaker"], row["role"]) for row in rows] == [
        (f"{SOURCE}trade-expansion", "reported", None, None),
        (f"{SOURCE}trade-belt-and-road", "said", "Li Bingjun", "Governor of Guizhou Province"),
    ]
    assert "(reported): the report's own words, credited to nobody." in table
    assert "Li Bingjun" not in table


def test_said_claims_are_their_speakers(inside: Gz) -> None:
    """What Qiu said is found by the name, and by the whole name of the office; a word of an office credits nobody."""
    rows = inside("who-said", "Qiu Zhenguo", "--json").rows

    assert [row["claim"].removeprefix(SOURCE) for row in rows] == GREEN
    assert {row["speaker"] for row in rows} == {"Qiu Zhenguo"}
    assert found(inside, "Development and Reform Commission") == GREEN
    assert inside("who-said", "reform").status == 1
    assert len(found(inside, "what did the governor say of the six bases")) == 7
    assert inside("speakers", "governor", "--json").rows[0]["speaker"] == "Li Bingjun"


def test_nothing_found_is_said_and_not_padded(inside: Gz) -> None:
    """Where nothing was said, that is the answer: status 1, the topics there are, no near misses."""
    message = f'gz: nothing is said of "steel exports"\n{TOPICS}'
    header = "statement,topics,said_on,claim,speaker,role,attribution,paragraph,source\n"

    assert inside("who-said", "steel exports") == Ran(1, "", message)
    assert inside("who-said", "steel exports", "--json") == Ran(1, "[]\n", message)
    assert inside("who-said", "steel exports", "-f", "jsonl") == Ran(1, "", message)
    assert inside("who-said", "steel exports", "-f", "csv") == Ran(1, header, message)


def test_limit_counts_what_it_leaves_out(inside: Gz) -> None:
    """--limit shows the best few, and a note says of how many."""
    ran = inside("who-said", "green development", "--limit", "2", "--json")

    assert [row["claim"].removeprefix(SOURCE) for row in ran.rows] == GREEN[:2]
    assert ran.err == "gz: the best 2 of 4; --limit shows more\n"
    assert inside("who-said", "green development", "--limit", "4", "--json").err == ""


def test_very_many_words_hold_no_database_up(inside: Gz) -> None:
    """A question of more words than any statement has is answered at once: nothing is said of that."""
    many = " ".join(f"word{number}" for number in range(10_000))
    begun = cpu_seconds()
    ran = inside("who-said", many, "--json")
    took = cpu_seconds() - begun

    assert (ran.status, ran.out) == (1, "[]\n")
    assert ran.err == f'gz: nothing is said of "{many[:60]}…"\n{TOPICS}'
    assert took < 10


@pytest.mark.parametrize(
    "pair",
    """
    centre/center kilometres/kilometers metre/meter litres/liters fibre/fiber theatre/theater programmes/programs
    defence/defense offences/offenses licence/license practise/practice aluminium/aluminum sulphur/sulfur ploughs/plows
    mould/mold tyres/tires catalogue/catalog dialogues/dialogs grey/gray cheques/checks ageing/aging fulfil/fulfill
    enrol/enroll skilful/skillful instalments/installments jewellery/jewelry modernisation/modernization
    analysed/analyzed labour/labor favourable/favorable travelled/traveled modelling/modeling
    """.split(),
)
def test_british_and_american(pair: str) -> None:
    """A word is the same in British and in American spelling, and not the same as another."""
    british, american = pair.split("/")
    assert spelling.canonical(british) == spelling.canonical(american) != spelling.canonical(f"{american}x")


@pytest.mark.parametrize("typed", ["research and development", "R&D", "the R&D", "batteries", "power battery"])
def test_a_base_by_another_name(inside: Gz, typed: str) -> None:
    """An industrial base is found by an abbreviation, by what that is short for, and whatever words stand around."""
    assert [row["base"] for row in inside("bases", typed, "--json").rows] == ["Power batteries and materials"]


@pytest.mark.parametrize("typed", ["Mr Li", "the governor", "governor of Guizhou", "li-bingjun", "Governor Li"])
def test_a_speaker_by_title_or_office(inside: Gz, typed: str) -> None:
    """A speaker goes by a title before the name, or by the office with an article."""
    assert [row["speaker"] for row in inside("speakers", typed, "--json").rows] == ["Li Bingjun"]


def test_a_person_in_two_offices(home: Path) -> None:
    """Whoever is asked for by an office is asked for what they said in it, and not in another one."""
    (home / "briefing.toml").write_text(SOUTH, encoding="utf-8")  # in which Li Bingjun is a guest of honour
    assert run_inside(home, "add", home / "briefing.toml").status == 0
    for typed in ("governor", "Governor Li"):
        rows = run_inside(home, "claims", "--speaker", typed, "--json").rows
        assert {row["role"] for row in rows} == {"Governor of Guizhou Province"}
        assert len(run_inside(home, "speakers", typed, "--json").rows) == 1
    assert {row["claim"] for row in run_inside(home, "claims", "--speaker", "guest li", "--json").rows} == {
        "southland-2025-06-10:trade-asean"
    }
    assert len(run_inside(home, "speakers", "li", "--json").rows) == 2


@pytest.mark.parametrize("typed", ["of", "and", "the", "\u02bc", "liquor"])
def test_words_that_name_nobody(inside: Gz, typed: str) -> None:
    """A word within many names is the name of none, and what was typed is told as it was typed."""
    for command in (["speakers"], ["claims", "--speaker"], ["trade", "--partner"], ["claims", "--topic"]):
        ran = inside(*command, typed)
        assert (ran.status, ran.out) == (1, "")
        assert f'"{typed}"' in ran.err


def test_a_speaker_by_an_abbreviated_office(inside: Gz) -> None:
    """An office goes by its abbreviation, too."""
    for command in (["speakers", "DRC"], ["claims", "--speaker", "drc"]):
        assert {row["speaker"] for row in inside(*command, "--json").rows} == {"Qiu Zhenguo"}


def test_names_unlike_those_that_ship(home: Path) -> None:
    """A name that is a function word, or longer than a line, is found, and offered where it was mistyped."""
    topic = "the " + "very " * 20 + "long topic"
    text = SOUTH.replace('name = "Ines Roth"', 'name = "He Lifeng"').replace('["rail"]', f'["{topic}"]')
    assert topic in text
    (home / "briefing.toml").write_text(text, encoding="utf-8")
    assert run_inside(home, "add", home / "briefing.toml").status == 0
    assert [row["speaker"] for row in run_inside(home, "speakers", "he", "--json").rows] == ["He Lifeng"]
    assert run_inside(home, "claims", "--topic", topic).status == 0
    ran = run_inside(home, "claims", "--topic", f"{topic} zebra")
    assert (ran.status, f"; did you mean {topic}?" in ran.err) == (1, True)


def test_the_name_within_what_was_typed_is_offered_first(inside: Gz) -> None:
    """Of names that are near, the one that was typed along with more is offered, not one that shares the rest."""
    assert inside("trade", "--partner", "BRI countries").err.startswith(
        'gz: no partner "BRI countries"; did you mean BRI?'
    )


def test_an_option_without_its_value_is_told_with_the_help_of_its_command(inside: Gz) -> None:
    """Where an option lacks its value, the way out is the help of the command that it was given to."""
    assert inside("trade", "--partner").err.splitlines()[1] == "    gz trade --help shows how"
    assert inside("--db").err.splitlines()[1] == "    gz --help shows how"
