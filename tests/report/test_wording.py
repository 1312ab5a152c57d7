"""What a text says: months, shares and opposites as categories with values."""

import pytest

from guizhou_cli.report.wording import facts


@pytest.mark.parametrize(
    ("text", "category", "values"),
    [
        ("between November and February", "months", {"11", "12", "1", "2"}),
        ("January - March", "span", {"1-3"}),
        ("in May and June", "span", set()),
        ("May to Berlin", "span", set()),
        ("He may until June", "span", set()),
        ("1至6月", "span", {"1-6"}),
        ("排到11月", "span", set()),
        ("1至3000月", "span", set()),
        ("one in eight of them", "ratio", {"12.5 percent"}),
        ("two in three people", "ratio", {"67 percent"}),
        ("12 in five towns", "ratio", set()),
        ("150 people in 200 towns", "ratio", set()),
        ("two in 5 percent of towns", "ratio", {"5 percent"}),
        ("two towns, five ports", "ratio", set()),
        ("a third of them, one fifth", "ratio", {"33 percent", "20 percent"}),
        ("a third-quarter loss, a third term", "ratio", set()),
        ("giving up", "direction", set()),
        ("it isn't so", "negation", {"not"}),
        ("never exceeded 5, and not below 3", "hedge", {"under", "over"}),
        ("never exceeded 5", "negation", set()),
        ("3 million t", "negation", set()),
        ("it is down to 2 percent", "direction", {"down"}),
    ],
)
def test_facts(text: str, category: str, values: set[str]) -> None:
    """A category has the values that a text gives, and none for words that only look like them."""
    assert facts(text).get(category, {}).keys() == values
