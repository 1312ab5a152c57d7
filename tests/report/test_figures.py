"""The figures of a text, as typed values."""

from decimal import Decimal
from functools import partial

import pytest
from conftest import work

from guizhou_cli.report.figures import described, figures, kind_of, unit_named


def read(text: str) -> list[str]:
    """Return the figures of a text as "value unit"."""
    return [f"{figure.value:f} {figure.unit or ''}".strip() for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Output reached 7.4 trillion yuan.", ["7400000000000 yuan"]),
        ("It cost RMB 1.2bn (US$170 million).", ["1200000000 yuan", "170000000 US dollars"]),
        ("£420m, HK$20, 5.5 million U.S. dollars", ["420000000 pounds", "20 Hong Kong dollars", "5500000 US dollars"]),
        ("500 kilowatt hours a head, 8,010 kilometres", ["500 kilowatt-hours", "8010 kilometers"]),
        ("2.6 million hectares and 38m tonnes", ["2600000 hectares", "38"]),
        ("Rs 500 crore for 110,000 firms", ["5000000000 rupees", "110000"]),
    ],
)
def test_scale_and_unit(text: str, expected: list[str]) -> None:
    """A figure is number times scale, in a unit that has one name however it is written."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 6% rise", ["6 percent"]),
        ("twenty-five per cent", ["25 percent"]),
        ("0.4 percentage points down", ["0.4 percentage points"]),
        ("a 25-basis-point cut", ["25 basis points"]),
        ("a hundred basis points (bps)", ["100 basis points"]),
        ("3.2-fold, five times", ["3.2 times", "5 times"]),
    ],
)
def test_percent_is_neither_points_nor_basis_points(text: str, expected: list[str]) -> None:
    """Percent, percentage points, basis points and multiples are units of their own."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("between 5 and 6 percent", ["5 percent", "6 percent"]),
        ("5 to 6 million yuan", ["5000000 yuan", "6000000 yuan"]),
        ("from 2% to 3%", ["2 percent", "3 percent"]),
        ("two or three percent", ["2 percent", "3 percent"]),
        ("from 5 to 10.5 percent", ["5 percent", "10.5 percent"]),
    ],
)
def test_the_first_of_a_range_takes_the_unit_of_the_second(text: str, expected: list[str]) -> None:
    """The first figure of a range has the unit, and joined by a dash or "to" also the scale, of the second."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "within ten years", "two pieces of news", "the 3rd fair", "in 2031", "2016-20", "2017-2020", "March 4, 2031",
        "from Nov. 5 to 10", "5 May", "at 9:30", "Article 5", "COVID-19", "FY23", "G20", "in 2020 people stayed",
    ],
)  # fmt: skip
def test_what_is_no_figure(text: str) -> None:
    """Bare number words, ordinals, years, dates, times and parts of names are no figures."""
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("进出口1.3万亿元,增长4.6%", ["1300000000000 yuan", "4.6 percent"]),
        ("20多亿美元", ["2000000000 US dollars"]),
        ("提高1.4个百分点", ["1.4 percentage points"]),
        ("两成以上,超过八成", ["20 percent", "80 percent"]),
        ("百分之五,二十五万人", ["5 percent", "250000 people"]),
        ("2030年4月20日,连续六年,第三位", []),
        ("8千公里,5千瓦时", ["8000 kilometers", "5 kilowatt-hours"]),
    ],
)
def test_chinese(text: str, expected: list[str]) -> None:
    """Chinese scales, units and numbers are read, with tenths as percent."""
    assert read(text) == expected


def test_a_figure_says_where_it_is() -> None:
    """A figure has its kind, its text with sign and unit, and its span."""
    text = "Sales of US$3 billion."
    (figure,) = figures(text)
    assert (figure.kind, figure.text, text[figure.start : figure.end]) == ("currency", "US$3 billion", "US$3 billion")
    assert figure.value == Decimal(3_000_000_000)


def test_units_have_one_name() -> None:
    """A unit is named in full, whatever way it is written; an unknown one is its own name and kind."""
    assert [unit_named(unit) for unit in ("%", "US$", "km", "个百分点", "Barns", "", None)] == [
        "percent", "US dollars", "kilometers", "percentage points", "barns", None, None,
    ]  # fmt: skip
    assert [kind_of(unit) for unit in ("percent", "yuan", "barns", None)] == ["ratio", "currency", "barns", "count"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Exports rose 9.1 percent", ("Exports", "growth")),
        ("The city has 120 tram stops", ("tram stops", "level")),
        ("Services account for 45 percent of output", ("Services", "share")),
        ("It plans to build 40 bridges", ("bridges", "target")),
    ],
)
def test_a_draft_says_what_a_figure_is_of(sentence: str, expected: tuple[str, str]) -> None:
    """For drafts a figure is described by the words beside it."""
    assert described(figures(sentence)[0], sentence) == expected


@pytest.mark.parametrize("unit", ["1 ", "a", ",", "1,", "1-", "百", "ten ", "5 to 6 percent ", "million ", "亿5", "9"])
def test_the_work_is_linear(unit: str) -> None:
    """Twice the text takes about twice the work, whatever it is."""
    half, full = (work(partial(figures, unit * (size // len(unit)))) for size in (4_000, 8_000))
    assert full < 3 * half + 200
