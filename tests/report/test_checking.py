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

In the east freight grew by 2.8 percent and in the west by 8.7 percent.
"""
SPEAKERS = {"mira": ("Mira Castellan", "Director"), "teo": ("Teodor Brandt", "Head of the union")}
REPORT = Report.of(TEXT, "en", tuple(SPEAKERS.values()), "2031-03-04")
EXPORTS = "exports rose 9.1 percent to $3.4 billion"
CHANNEL = "The northern channel will not be closed in March."
SHIPS = "Over 40 ships wait there, nearly half of them for a second week."
TRADE = "Trade with Ostrava grew by 12.4 percent and trade with Lunavia by 3.8 percent in the first half"


def findings(**claim: object) -> list[tuple[str, str, str]]:
    """Return check, status and detail of what is found in a claim."""
    whole = {"id": "c", "statement": None, "paragraph": None, **claim}
    return [finding[:3] for finding in check([Claimed(**whole)], REPORT, SPEAKERS)]  # type: ignore[arg-type]


def doubts(quote: str, statement: str, speaker: str | None = None) -> list[str]:
    """Return what is doubted in a statement that rests on a quote."""
    return [detail for _, _, detail in findings(quote=quote, statement=statement, speaker=speaker)]


def test_what_is_certain_fails() -> None:
    """A quote, keyword, paragraph or figure that the report does not have fails, and says where the words are."""
    assert findings(quote="exports fell") == [("quote", "failed", 'the quote "exports fell" is not in the report')]
    assert findings(quote=CHANNEL, paragraph=3) == [("paragraph", "failed", "the quote is in paragraph 4, not 3")]
    assert findings(paragraph=9, keywords=("ships",)) == [
        ("paragraph", "failed", 'the report ends with paragraph 6; "ships" is in paragraph 4')
    ]
    assert findings(paragraph=4, keywords=("storms", "channel")) == [
        ("keyword", "failed", 'the keyword "storms" is not in paragraph 4; "storms" is in paragraph 5')
    ]
    column = ClaimedFigure(Decimal(41), None)
    assert findings(quote=SHIPS, figures=(column,)) == [("figure", "failed", "paragraph 4 has no 41")]


def test_a_quote_is_found_as_it_is_written() -> None:
    """Omissions, kinds of quotation marks, spacing and a last full stop do not count; other words do."""
    assert place("\u201cTrade  with Ostrava \u2026 in the first half.\u201d", REPORT) == (3, 1, 96)
    assert place("in the first half \u2026 Trade with Ostrava", REPORT) is None
    assert place("trade with ostrava", REPORT) is None


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (EXPORTS, "Exports increased by 9.1 per cent, to 3.4 billion US dollars."),
        (TRADE, "Trade with Lunavia was up by 3.8 percent in the first six months, or half of the year."),
        (CHANNEL, "In March the channel in the north is going to stay open."),
        (SHIPS, "More than 40 ships are waiting, almost half of them for the second week."),
        ("the port had lost 11 days to storms since 2021.", "Storms have cost the port eleven days since 2021."),
        ("The port of Velmouth moved 4.2 million tons last year", "In 2030 Velmouth handled 4.2 million tons."),
        ("in the west by 8.7 percent", "Freight grew by 8.7 percent in the west and by 2.8 percent in the east."),
    ],
)
def test_what_is_said_in_other_words_is_not_doubted(quote: str, statement: str) -> None:
    """A statement in its author's own words is not doubted for them."""
    speaker = {EXPORTS: "mira", TRADE: "mira"}.get(quote, "teo" if "storms" in quote else None)
    found = doubts(quote, statement, "mira" if "4.2" in quote else speaker)
    assert found == []


@pytest.mark.parametrize(
    ("quote", "statement", "expected"),
    [
        (EXPORTS, "Exports rose by 9.2 percent.", "the quote has no 9.2 percent"),
        (EXPORTS, "Exports rose by 2.7 percent.", "the quote has no 2.7 percent"),
        (EXPORTS, "Exports rose by 9.1 percentage points.", "the quote has 9.1 percent, not 9.1 percentage points"),
        (EXPORTS, "Exports reached $3.4 million.", "the quote has no $3.4 million"),
        (EXPORTS, "Exports reached 3.4 billion euros.", "the quote has $3.4 billion, not 3.4 billion euros"),
        (EXPORTS, "Exports fell by 9.1 percent.", "the statement says down, the report up"),
        (EXPORTS, "Imports rose by 9.1 percent.", "the statement says imports, the report exports"),
        (EXPORTS, "Exports rose by 9.1 percent, or twice the plan.", "the report does not say 2 (multiple)"),
        (SHIPS, "Fewer than 40 ships wait there.", "the statement has 40 under, the report over"),
        (SHIPS, "More than half of them wait for a second week.", "the statement has half over, the report under"),
        (SHIPS, "They wait for a third week.", "the report does not say 3 (ordinal)"),
        (CHANNEL, "The channel will be closed.", 'the report says "not closed", the statement has no such word'),
        (TRADE, "Trade with Ostrava did not grow.", 'the statement says "not", the report has no such word'),
        (CHANNEL, "It will not be closed in April.", "the report does not say 4 4 (span)"),
        (TRADE, "Trade grew in the first quarter.", "the report does not say 1 3 (span)"),
        (TRADE, "Trade with Osrtava grew.", "Osrtava is spelt Ostrava in the report"),
        (TRADE, "Trade with Japan grew.", "the report does not name Japan"),
        (TRADE, "Trade with Lunavia grew by 12.4 percent.", "the report gives 12.4 percent for another name"),
        (
            "In the east freight grew",
            "In the west it grew by 2.8 percent.",
            "the report gives 2.8 percent for another region",
        ),
    ],
)
def test_what_is_doubted(quote: str, statement: str, expected: str) -> None:
    """Figures, directions, hedges, subjects, negations, periods and names that the report has otherwise are doubted."""
    assert expected in doubts(quote, statement, "mira" if quote in {EXPORTS, TRADE} else None)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (ClaimedFigure(Decimal("-12.4"), "percent", "growth"), "-12.4 is down, the quote says up"),
        (
            ClaimedFigure(Decimal("12.4"), "percent", "growth", ("Lunavia",)),
            "the report gives 12.4 percent for another than Lunavia",
        ),
        (
            ClaimedFigure(Decimal("12.4"), "percent", "growth", ("ASEAN",)),
            "neither the statement nor the report's sentence names ASEAN",
        ),
        (ClaimedFigure(Decimal("12.4"), "percent", period="second half"), "the report does not say 7 12 (span)"),
        (ClaimedFigure(Decimal("12.4"), "percent", years=2), "years 2 is not what the report says"),
    ],
)
def test_columns_are_held_against_the_quote(column: ClaimedFigure, expected: str) -> None:
    """Sign, partner, period and years of a figure's columns are doubted where the report has them otherwise."""
    assert ("figure", "doubt", expected) in findings(quote=TRADE, speaker="mira", figures=(column,))


def test_a_measure_and_its_opposite() -> None:
    """A measure that says the opposite of the report is doubted."""
    detail = 'the measure: the statement says "not", the report has no such word'
    assert findings(quote=TRADE, speaker="mira", measure="Do not trade") == [("measure", "doubt", detail)]


def test_speakers() -> None:
    """A claim is doubted where the report credits somebody else, nobody, or spells the name another way."""
    assert doubts(EXPORTS, "Exports rose.", "teo") == ["the report credits Mira Castellan with it, not Teodor Brandt"]
    assert doubts(EXPORTS, "Exports rose.") == ["the report credits Mira Castellan with it"]
    assert doubts(SHIPS, "Ships wait.", "teo") == ["the report does not credit Teodor Brandt with it"]
    claim = Claimed("c", "Exports rose.", 2, "mira", EXPORTS)
    for name, expected in (
        ("Mira Castellna", "the report spells Castellan, not Mira Castellna"),
        ("Mria Castellan", "the report spells Mira, not Mria Castellan"),
        ("Ada Lund", "the report does not name Ada Lund"),
    ):
        found = check([claim], REPORT, {"mira": (name, "Director")})
        assert found[0][:4] == ("speaker", "doubt", expected, "c")
    assert check([claim], REPORT, {"mira": ("MIRA CASTELLAN", "Director")}) == []


def test_what_has_no_statement_is_its_quote() -> None:
    """A claim without a statement has nothing to doubt but its columns and its speaker."""
    assert findings(quote=EXPORTS, speaker="mira", figures=(ClaimedFigure(Decimal(3_400_000_000), "US dollars"),)) == []


def test_chinese_claims() -> None:
    """The rules read Chinese: figures, directions, hedges and periods."""
    report = Report.of("港口吞吐量\n\n一季度,出口8200亿元,增长7.2%,占两成以上。", "zh", (), "2030-04-20")
    quote = "一季度,出口8200亿元,增长7.2%,占两成以上"

    def found(statement: str) -> list[str]:
        return [finding.detail for finding in check([Claimed("c", statement, 1, None, quote)], report, {})]

    assert found("一季度出口达8200亿元,增长7.2%,占两成以上。") == []
    assert found("二季度出口达8200亿元。") == ["the report does not say 4 6 (span)"]
    assert "the quote has no 8200万元" in found("出口达8200万元。")
    assert "the statement has 7.2% down, the report up" in found("出口下降7.2%。")
    assert "the statement has 两成 under, the report over" in found("占两成以下。")


def test_a_long_paragraph_is_read_once() -> None:
    """Of a passage of 500 kB only what is certain is checked, and that for a hundred claims at once."""
    report = Report.of("Head\n\nhydrogen " + "not 5 to 6 percent, " * 25_000)
    claims = [Claimed(f"c{n}", "Hydrogen rose.", 1, None, None, None, ("hydrogen",)) for n in range(100)]
    assert check(claims, report, {}) == []
