"""Claims held against their report: what is certain fails, what a rule says is a doubt."""

from decimal import Decimal

import pytest

from guizhou_cli.report.checking import Claimed, ClaimedFigure, Report, check, place

TEXT = """
Port of Velmouth handles more

VELMOUTH -- The port of Velmouth moved 4.2 million tons last year, up 6.3 percent, its director said on Tuesday.

Mira Castellan, director of the port, said exports rose 9.1 percent to $3.4 billion, while imports fell 2.7 percent.

"Trade with Ostrava grew by 12.4 percent and trade with Lunavia by 3.8 percent in the first half," she said.

The northern channel will not be closed in March. Over 40 ships wait there, nearly half of them for a second week.

Teodor Brandt, head of the union, said the port had lost 11 days to storms since 2021.

In the east freight grew by 2.8 percent and in the west by 8.7 percent, the SVO said of the united states'
ships in 2026-27 and FY29, planned on 2004-05-06 and in 2024-05.

Four in ten ships sailed between April and June, giving up a berth, 3 boats, 12 rafts, a fifth of them.

Fares fell from 9 to 8 dollars for 20 people in 3 ports of the Harbour Members of Ostrava's Society, over winter.

The port has 14 tall cranes, up to 60 feet, and should have 40, as Ostrava had in May, not 5 tall cranes.
"""
SPEAKERS = {"mira": ("Mira Castellan", "Director"), "teo": ("Teodor Brandt", "Head of the union")}
REPORT = Report.of(TEXT, "en", tuple(SPEAKERS.values()), "2031-03-04")
EXPORTS = "exports rose 9.1 percent to $3.4 billion"
BOTH = "exports rose 9.1 percent to $3.4 billion, while imports fell 2.7 percent"
CHANNEL = "The northern channel will not be closed in March."
SAILED = "Four in ten ships sailed between April and June, giving up a berth, 3 boats, 12 rafts, a fifth of them."
FARES = "Fares fell from 9 to 8 dollars for 20 people in 3 ports"
CRANES = "The port has 14 tall cranes, up to 60 feet, and should have 40, as Ostrava had in May, not 5 tall cranes"
SHIPS = "Over 40 ships wait there, nearly half of them for a second week."
TRADE = "Trade with Ostrava grew by 12.4 percent and trade with Lunavia by 3.8 percent in the first half"


def findings(**claim: object) -> list[tuple[str, str, str]]:
    """Return check, status and detail of what is found in a claim."""
    whole = {"id": "c", "statement": None, "paragraph": None, **claim}
    return [finding[:3] for finding in check([Claimed(**whole)], REPORT, SPEAKERS)]  # type: ignore[arg-type]


def otherwise(said: str, given: str) -> str:
    """Return the detail of a doubt about words, by the words that the report has instead."""
    return f'"{said}" is not what the report says' + (f': "{given}"' if given else "")


def test_what_is_certain_fails() -> None:
    """A quote, keyword, paragraph or figure that the report does not have fails, and says where the words are."""
    assert findings(quote="exports fell") == [("quote", "failed", 'the quote "exports fell" is not in the report')]
    assert findings(quote=CHANNEL, paragraph=3) == [("paragraph", "failed", "the quote is in paragraph 4, not 3")]
    assert findings(paragraph=10, keywords=("ships",)) == [
        ("paragraph", "failed", 'the report ends with paragraph 9; "ships" is in paragraph 4')
    ]
    assert findings(paragraph=4, keywords=("storms", "channel")) == [
        ("keyword", "failed", 'the keyword "storms" is not in paragraph 4; "storms" is in paragraph 5')
    ]
    column = ClaimedFigure(Decimal("41000.0"), None)
    assert findings(quote=SHIPS, figures=(column,)) == [("figure", "failed", "the paragraph has no 41000")]


def test_a_quote_with_the_mark_of_a_block_quotation() -> None:
    """A quote that was copied with the mark before its first line is found."""
    assert findings(quote=f"> {CHANNEL}") == []


def test_another_report_is_one_finding() -> None:
    """Where none of several quotes is in the report, it is another report, and that alone is said."""
    claims = [Claimed(f"c{n}", None, n, quote=f"The harbour froze {n} times.") for n in range(3)]
    detail = "none of the 3 quotes is in the report: it may be another report"
    assert check(claims, REPORT, SPEAKERS) == [("report", "failed", detail, "", None)]
    found = check([*claims, Claimed("d", None, 4, quote=CHANNEL)], REPORT, SPEAKERS)
    assert [finding.claim for finding in found if finding.check == "quote"] == ["c0", "c1", "c2"]


def test_a_quote_is_found_as_it_is_written() -> None:
    """Omissions, kinds of quotation marks, spacing and a last full stop do not count; other words do."""
    assert place("\u201cTrade  with Ostrava \u2026 in the first half.\u201d", REPORT) == (3, 1, 96)
    assert place("in the first half \u2026 Trade with Ostrava", REPORT) is None
    assert place("trade with ostrava", REPORT) is None


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (EXPORTS, "Exports increased by 9.1 per cent, to 3.4 billion US dollars."),
        (TRADE, "Trade with Lunavia was up by 3.8 percent in the first 6 months, or half of the year."),
        (CHANNEL, "In March the channel in the north is going to stay open."),
        (SHIPS, "More than 40 ships are waiting, almost half of them for the second week."),
        ("the port had lost 11 days to storms since 2021.", "Storms have cost the port eleven days since 2021."),
        ("The port of Velmouth moved 4.2 million tons last year", "In 2030 Velmouth handled 4.2 million tons."),
        (SHIPS, "Ships wait there over 40 times, half of them for a second week."),
        (SHIPS, "At the South Velmouth Office over 40 ships are waiting."),
        (CHANNEL, "It does not stop in March."),
        ("in the west by 8.7 percent", "In 2027 and in 2029 freight in the west grew by 8.7 percent."),
        (CHANNEL, "It is open in March, as consumer prices are told."),
        (SHIPS, "Of the US ships over 40 wait, half of them for a second week."),
        (FARES, "It is 8 dollars, says the HMOS."),
        (SAILED, "40 percent of them sailed in the second quarter and lost a berth."),
        (SAILED, "They sailed in May and June."),
        (SAILED, "One fifth sailed."),
        (CRANES, "It should have 40 tall cranes, 5 like Ostrava."),
        (TRADE, "Trade with Ostrava was up by 12.4 percent in the first half."),
        (CRANES, "It has 5 tall cranes, the port has 14 tall cranes."),
        (CRANES, "Its cranes are high, from 60 feet, with 40 of them, not 5."),
        (FARES, "It is 8 dollars for 3 of the people, 20 in every port."),
        (CRANES, "There are 14, Ostrava wants 40 cranes."),
        (FARES, "Fares are for 20 in all of the ports, 3 for dear ones."),
        ("in the west by 8.7 percent", "Freight grew by 8.7 percent in the west and by 2.8 percent in the east."),
    ],
)
def test_what_is_said_in_other_words_is_not_doubted(quote: str, statement: str) -> None:
    """A statement in its author's own words is not doubted for them."""
    found = findings(quote=quote, statement=statement)
    assert [finding for finding in found if finding[0] != "speaker"] == []


@pytest.mark.parametrize(
    ("quote", "statement", "said", "given"),
    [
        (EXPORTS, "Exports rose by 2.7 percent.", "2.7 percent", "9.1 percent"),
        (EXPORTS, "Exports rose by 9.1 percentage points.", "9.1 percentage points", "9.1 percent"),
        (EXPORTS, "Exports reached 3.4 billion euros.", "3.4 billion euros", "$3.4 billion"),
        (EXPORTS, "Exports fell by 9.1 percent.", "fell", "rose"),
        (EXPORTS, "Imports rose by 9.1 percent.", "Imports", "exports"),
        (EXPORTS, "Exports rose by 9.1 percent, or twice the plan.", "twice", ""),
        (BOTH, "Imports rose by 2.7 percent.", "rose", "fell"),  # the words before a figure belong to it
        (SHIPS, "Fewer than 40 ships wait there.", "Fewer than", "Over"),
        (SHIPS, "They wait for a third week.", "third", "second, 40"),
        (TRADE, "Trade with Ostrava did not grow.", "not", ""),
        (TRADE, "Trade grew in the first quarter.", "first quarter", "first half"),
        (CHANNEL, "It will not be closed in April.", "April", "March"),
        (SAILED, "They sailed from April to July.", "April to July", "April and June"),
        (SAILED, "They sailed in April-July.", "April-July", "April and June"),
        (SAILED, "A quarter of them sailed.", "A quarter of", "a fifth of, Four in ten"),
        (SAILED, "One in three ships sailed.", "One in three", "a fifth of, Four in ten"),
        (CHANNEL, "It was closed in 2031.", "2031", "last year, 2021, 2026"),
        (CHANNEL, "It was closed in 2005.", "2005", "last year, 2021, 2026"),
    ],
)
def test_what_is_doubted(quote: str, statement: str, said: str, given: str) -> None:
    """Figures, directions, hedges, subjects, negations and periods that the report has otherwise are doubted."""
    assert otherwise(said, given) in [detail for _, _, detail in findings(quote=quote, statement=statement)]


def test_a_name_is_beside_its_figure() -> None:
    """A name that the report has beside another figure alone is doubted, whatever the order of the words."""
    wrong, right = "Trade with Lunavia grew by 12.4 percent.", "Trade with Lunavia grew by 3.8 percent."
    expected = [("statement", "doubt", "the report has another figure beside Lunavia")]
    assert findings(quote=TRADE, speaker="mira", statement=wrong) == expected
    assert findings(quote=TRADE, speaker="mira", statement=right) == []
    assert findings(quote=TRADE, speaker="mira", statement="By 12.4 percent grew trade with Ostrava.") == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("It was 8 dollars for 3 people in 20 ports.", ["another figure beside people", "another figure beside ports"]),
        ("It was 8 dollars in 3 ports, for 20 people and less.", []),
        ("The people were 3, the ports 20.", []),
        ("People and ports were 20, or 3 people and friends.", []),
        (
            "Fares went from 8 to 9 dollars.",
            ["8 US dollars at the other end of the change", "9 US dollars at the other end of the change"],
        ),
        ("Fares fell to 8 dollars, from 9.", []),
    ],
)
def test_figures_that_are_exchanged(statement: str, expected: list[str]) -> None:
    """The word behind a figure that the report has behind another is doubted, and either end of a change."""
    found = [detail for _, _, detail in findings(quote=FARES, statement=statement)]
    assert found == [f"the report has {detail}" for detail in expected]


def test_names_are_those_of_the_report() -> None:
    """A name that the report does not have, or spells another way, is doubted."""
    for name, expected in (
        ("Osrtava", "the report spells Ostrava, not Osrtava"),
        ("Norway", "the report does not name Norway"),
        ("HMSO", "the report does not name HMSO"),
    ):
        found = findings(quote=TRADE, speaker="mira", statement=f"Trade with {name} grew.")
        assert found == [("statement", "doubt", expected)]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (ClaimedFigure(Decimal("-12.4"), "percent", "growth"), otherwise("-12.4", "grew")),
        (ClaimedFigure(Decimal("12.4"), None, None, ("ASEAN",)), "neither the statement nor the quote names ASEAN"),
        (ClaimedFigure(Decimal("12.4"), "percent", period="second half"), otherwise("second half", "first half")),
        (ClaimedFigure(Decimal("12.4"), "percent", years=2), otherwise("2 years", "")),
        (ClaimedFigure(Decimal("12.4"), "yuan"), otherwise("12.4 yuan", "")),
    ],
)
def test_columns_are_held_against_the_quote(column: ClaimedFigure, expected: str) -> None:
    """Sign, partner, period and years of a figure's columns are doubted where the report has them otherwise."""
    assert findings(quote=TRADE, speaker="mira", figures=(column,)) == [("figure", "doubt", expected)]


def test_the_sign_of_a_column_is_that_beside_its_figure() -> None:
    """Where a quote has a rise and a fall, the sign of each figure is held against the words before it."""
    fall, rise = (ClaimedFigure(Decimal(value), "percent", "growth") for value in ("-2.7", "2.7"))
    assert findings(quote=BOTH, speaker="mira", figures=(fall,)) == []
    assert findings(quote=BOTH, speaker="mira", figures=(rise,)) == [("figure", "doubt", otherwise("2.7", "fell"))]


def test_a_chinese_year() -> None:
    """A year is the same with or without the Chinese word behind it, and as the year before that of the event."""
    report = Report.of("港口贸易增长\n\n2024年港口贸易增长5%。", "zh", (), "2025-06-10")
    statements = ("去年港口贸易增长5%。", "Trade grew 5 percent in 2024.")
    assert check([Claimed(f"c{at}", each, 1) for at, each in enumerate(statements)], report, {}) == []


def test_a_measure_and_its_opposite() -> None:
    """A measure that says the opposite of the report is doubted."""
    expected = ("measure", "doubt", f"the measure: {otherwise('not', '')}")
    assert findings(quote=TRADE, speaker="mira", measure="Do not trade") == [expected]


def test_who_may_be_speaking_on() -> None:
    """Words that the report credits to nobody may be those of the last one whom it credits above."""
    report = Report.of("Port news\n\nPort director Mira Castellan said exports rose.\n\nShips had to wait in March.")
    claim = Claimed("c", None, 2, speaker="who")
    assert check([claim], report, {"who": ("Mira Castellan", "Director")}) == []


def test_speakers() -> None:
    """A claim is doubted where the report credits somebody else, nobody, or spells the name another way."""

    def doubts(quote: str, speaker: str | None = None) -> list[str]:
        return [detail for _, _, detail in findings(quote=quote, speaker=speaker)]

    assert doubts(EXPORTS, "teo") == ["the report credits Mira Castellan with it, not Teodor Brandt"]
    assert doubts(EXPORTS) == ["the report credits Mira Castellan with it"]
    assert doubts(SHIPS, "teo") == ["the report does not credit Teodor Brandt with it"]
    claim = Claimed("c", "Exports rose.", 2, "mira", EXPORTS)
    detail = "the report credits Mira Castellan with it, not Mira Castellna"
    assert [each.detail for each in check([claim], REPORT, {"mira": ("Mira Castellna", "Director")})] == [detail]
    for name in ("MIRA CASTELLAN", "Mira Jo Castellan"):
        assert check([claim], REPORT, {"mira": (name, "Director")}) == []


def test_what_has_no_statement_is_its_quote() -> None:
    """A claim without a statement has nothing to doubt but its columns and its speaker; a unit may be of any name."""
    columns = (ClaimedFigure(Decimal(3_400_000_000), "US dollars"), ClaimedFigure(Decimal("9.1"), "crowns"))
    assert findings(quote=EXPORTS, speaker="mira", figures=columns) == []


def test_chinese_claims() -> None:
    """The rules read Chinese: figures, directions, hedges and periods."""
    report = Report.of(
        "港口吞吐量\n\n一季度,出口8200亿元,国内生产总值增长7.2%,占两成以上,排到5月。", "zh", (), "2030-04-20"
    )
    quote = "一季度,出口8200亿元,国内生产总值增长7.2%,占两成以上"

    def found(statement: str) -> list[str]:
        return [finding.detail for finding in check([Claimed("c", statement, 1, None, quote)], report, {})]

    assert found("一季度出口达8200亿元,增长7.2%,占两成以上。") == []
    assert found("1至3月GDP增长7.2%。") == []
    assert found("1至6月出口8200亿元。") == [otherwise("1至6月", "一季度")]
    assert found("二季度出口达8200亿元。") == [otherwise("二季度", "一季度")]
    assert found("出口达8200万元。") == [otherwise("8200万元", "8200亿元")]
    assert found("出口下降7.2%。") == [otherwise("下降", "增长")]
    assert found("占两成以下。") == [otherwise("以下", "以上")]


def test_a_long_paragraph_is_read_once() -> None:
    """Of a passage of 500 kB only what is certain is checked, and that for a hundred claims at once."""
    report = Report.of("Head\n\nhydrogen " + "not 5 to 6 percent, " * 25_000)
    claims = [Claimed(f"c{n}", "Hydrogen rose.", 1, None, None, None, ("hydrogen",)) for n in range(100)]
    assert check(claims, report, {}) == []
