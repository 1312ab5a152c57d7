"""A claim as a citation, and the deep link that opens its report at the passage where it stands."""

from datetime import date
from urllib.parse import quote

from guizhou_cli.queries import Answer, Cell

Shown = dict[str, Cell]
"""A row of the view `show`."""


def shown(answer: Answer) -> Answer:
    """Return rows of the view `show` with `link` and `citation` in place of the words that locate the passage."""
    locating = {"first_words", "last_words"}
    columns = tuple(name for name in answer.columns if name not in locating)
    rows = [(*(row[name] for name in columns), link(row), text_citation(row)) for row in answer.dicts()]
    return answer._replace(columns=(*columns, "link", "citation"), rows=rows)


def link(row: Shown) -> str:
    """Return the report's address with a text fragment for the claim's passage; the bare address if none is known.

    The format is that of https://wicg.github.io/scroll-to-text-fragment/: a browser that knows it scrolls to the
    text from the first words to the last and marks it, and any other opens the page.
    """
    url, first, last = str(row["url"]), row["first_words"], row["last_words"]
    if first is None:
        return url
    fragment = ",".join(_encoded(str(words)) for words in (first, last) if words is not None)
    return f"{url}{':~:' if '#' in url else '#:~:'}text={fragment}"


def text_citation(row: Shown) -> str:
    """Return a citation in one line of plain text: who said it, where and when, and the report that says so."""
    where = f"{day(row['published'])}, para. {row['paragraph']}, {link(row)}"
    report = f"{row['publisher']}, \u201c{row['title']}\u201d, {where}"
    if row["attribution"] == "reported":
        return report
    event = str(row["event"])
    return (
        f"{row['speaker']} ({row['role']}), {event[:1].lower()}{event[1:]}, {row['place']}, {day(row['event_date'])}, "
        f"as reported in: {report}"
    )


def day(iso: Cell) -> str:
    """Return an ISO 8601 date as people write it: 14 June 2024."""
    try:
        given = date.fromisoformat(str(iso))
    except ValueError:  # a date no calendar has, or a damaged database
        return str(iso)
    return f"{given.day} {_MONTHS[given.month - 1]} {given.year}"


# strftime("%B") would follow the locale.
_MONTHS = tuple("January February March April May June July August September October November December".split())


def _encoded(words: str) -> str:
    # A hyphen is syntax in a text directive, so it is encoded too.
    return quote(words, safe="").replace("-", "%2D")
