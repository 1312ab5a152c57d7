"""The figures of a text, as typed values."""

from decimal import Decimal
from functools import partial

import pytest
from conftest import work

from guizhou_cli.report.figures import figures, kind_of, unit_named
from guizhou_cli.text import normalised


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Output reached 7.4 trillion yuan.", ["7400000000000 yuan"]),
        ("It cost RMB 1.2bn (US$170 million).", ["1200000000 yuan", "170000000 US dollars"]),
        ("£420m, HK$20, 5.5 million U.S. dollars", ["420000000 pounds", "20 Hong Kong dollars", "5500000 US dollars"]),
        ("500 kilowatt hours a head, 8,010 kilometres", ["500 kilowatt-hours", "8010 kilometers"]),
        ("Rs 500 crore for 110,000 firms", ["5000000000 rupees", "110000"]),
        ("3.5 bcm, 2 m boats", ["3500000000 cubic meters", "2"]),
        ("38m tonnes, 5m bags, 3m high, 4 m boats", ["38000000 tons", "5000000", "3", "4"]),
        ("Rs.24,104 Cr, ₹1,50,000", ["241040000000 rupees", "150000 rupees"]),
        ("1 476 000 tons, in 2012 100 ships", ["1476000 tons", "100"]),
        ("9 MMT, 20-million MT, 5 kt", ["9000000 tons", "20000000 tons", "5000 tons"]),
        ("P1.5 billion or KES 40 million", ["1500000000 pesos", "40000000 Kenyan shillings"]),
        ("N6.9 trillion, R50 million, vitamin N 3 percent", ["6900000000000 naira", "50000000 rand", "3 percent"]),
        ("about Rwf47 billion, 5,5 million people, 3,5%", ["47000000000", "5500000 people", "3.5 percent"]),
        ("RM43.5bil, RM74.6mil", ["43500000000 ringgit", "74600000 ringgit"]),
        ("12ABC, vitamin 5 G", ["12", "5"]),
        ("half a million bpd, half a year", ["500000 barrels"]),
        ("5,100 or 7.6 percent", ["5100", "7.6 percent"]),
        (
            "$20-25 billion, $5 to $7 million",
            [f"{n} US dollars" for n in ("20000000000", "25000000000", 5 * 10**6, 7 * 10**6)],
        ),
        ("twenty-five per cent, a 6% rise", ["25 percent", "6 percent"]),
        ("0.4 percentage points down, a 25-basis-point cut", ["0.4 percentage points", "25 basis points"]),
        ("a hundred basis points (bps)", ["100 basis points"]),
        ("3.2-fold, five times", ["3.2 times", "5 times"]),
        ("进出口1.3万亿元,增长4.6%", ["1300000000000 yuan", "4.6 percent"]),
        ("20多亿美元,提高1.4个百分点", ["2000000000 US dollars", "1.4 percentage points"]),
        ("两成以上,超过八成", ["20 percent", "80 percent"]),
        ("百分之五,二十五万人", ["5 percent", "250000 people"]),
        ("8千公里,5千瓦时", ["8000 kilometers", "5 kilowatt-hours"]),
        (
            "4\u00be per cent, 1\u00bd million, 12 \u2153 tons",
            ["4.75 percent", "1500000", "12", f"{1 / Decimal(3)} tons"],
        ),
        # The first of a range has the unit, and joined by a dash or "to" also the scale, of the second.
        ("between 5 and 6 percent", ["5 percent", "6 percent"]),
        ("two or three percent", ["2 percent", "3 percent"]),
        ("5 to 6 million yuan", ["5000000 yuan", "6000000 yuan"]),
        ("from 5 to 10.5 percent", ["5 percent", "10.5 percent"]),
        # Bare number words, ordinals, years, dates, times and parts of names are no figures.
        ("within ten years two pieces of news", []),
        ("the 3rd fair in 2031, 2016-20, 2017-2020, 2024/25; in 2020 people stayed", []),
        ("March 4, 2031, from Nov. 5 to 10, 5 May at 9:30", []),
        ("Article 5, COVID-19, FY23, 1Q 2031, 5G网络, 3D, G20 in US$", []),
        ("2030年4月20日,连续六年,第三位", []),
    ],
)
def test_figures(text: str, expected: list[str]) -> None:
    """A figure is number times scale, in a unit that has one name however it is written."""
    found = figures(normalised(text))
    assert [f"{figure.value:f} {figure.unit or ''}".strip() for figure in found] == expected


def test_a_figure_says_where_it_is() -> None:
    """A figure has its kind, its text with sign and unit, and its span."""
    text = "Sales of US$3 billion."
    assert figures(text) == [(Decimal(3_000_000_000), "US dollars", "currency", 9, 21, "US$3 billion")]


def test_units_have_one_name() -> None:
    """A unit is named in full, whatever way it is written; an unknown one is its own name and kind."""
    assert [unit_named(unit) for unit in ("%", "US$", "km", "个百分点", "Barns", "", None)] == [
        "percent", "US dollars", "kilometers", "percentage points", "barns", None, None,
    ]  # fmt: skip
    assert [kind_of(unit) for unit in ("percent", "yuan", "barns", None)] == ["ratio", "currency", "barns", "count"]


@pytest.mark.parametrize(
    "unit", ["1 ", "a", ",", "1,", "1-", "111 ", "1,11", "百", "ten ", "5 to 6 percent ", "million ", "亿5", "9"]
)
def test_the_work_is_linear(unit: str) -> None:
    """Twice the text takes about twice the work, whatever it is."""
    half, full = (work(partial(figures, unit * (size // len(unit)))) for size in (4_000, 8_000))
    assert full < 3 * half + 200
