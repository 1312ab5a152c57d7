"""A briefing is drafted from a report: TOML that `gz add` takes as it is."""

import tomllib
from collections.abc import Mapping
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from conftest import ARTICLE, work
from samples import REPORT

from guizhou_cli.briefings import load, store
from guizhou_cli.briefings.draft import DraftOptions, draft
from guizhou_cli.db.build import build
from guizhou_cli.report.reading import Document, Passage, compare, passages, read_report

OPTIONS = DraftOptions(url="https://gazette.example/h", event="Press briefing", subject="Northmark", id="northmark-1")


def drafted(text: str) -> dict[str, Any]:
    """Return the draft of a report, parsed."""
    return tomllib.loads(draft(Document(text), DraftOptions()))


def test_a_draft() -> None:
    """A draft has the source as far as it is known, the speakers, and each passage above the claims made of it."""
    text = "Harbour opens\n\nPORT AMBER, May 6 -- Rents fell 3.5 percent to 900 crowns, Mayor Lena Frost said.\n"
    assert draft(Document(text), DraftOptions(published="2025-05-07", url="https://courier.example/h")) == (
        """\
# Drafted from the report by rules. Check each claim, remove its `drafted = true`, delete what is of no use.

[source]
id = "harbour-opens-2025-05-07"  # a guess from the report; --id says better
title = "Harbour opens"  # a guess from the report; --title says better
publisher = "TODO"  # the report does not say; --publisher
published = "2025-05-07"
event = "TODO"  # the report does not say; --event
event_date = "2025-05-07"  # a guess from the report; --event-date says better
place = "Port Amber"  # a guess from the report; --place says better
url = "https://courier.example/h"
language = "en"  # a guess from the report; --language says better
# subject: whose briefing it is, such as a country; --subject

[[speaker]]
id = "lena-frost"
name = "Lena Frost"
role = "Mayor"
organization = "Organization not given"

# Paragraph 0
# Harbour opens

[[claim]]
id = "harbour-opens"
quote = "Harbour opens"
paragraph = 0
drafted = true

# Paragraph 1
# PORT AMBER, May 6 -- Rents fell 3.5 percent to 900 crowns, Mayor Lena Frost said.

[[claim]]
id = "rents-fell-3-5-percent"
quote = "Rents fell 3.5 percent to 900 crowns, Mayor Lena Frost said."
paragraph = 1
speaker = "lena-frost"
keywords = ["3.5 percent"]
figure = [
    { what = "rents", value = -3.5, unit = "percent", change = "growth" },
    { what = "crowns", value = 900 },
]
drafted = true
"""
    )


def test_a_draft_is_added_as_it_is() -> None:
    """Given what the report does not say, a draft is a briefing, and nothing in it contradicts the report."""
    briefing = load.parse(draft(Document(REPORT), OPTIONS), "the draft")
    with closing(build()) as db:
        added = store.add(db, briefing, report=REPORT, strict=True)
        rows = db.execute("SELECT paragraph, speaker, evidence FROM claims WHERE source = 'northmark-1'").fetchall()
    assert [row for row in added.answer.rows if row[1] in {"failed", "doubt"}] == []
    lund, reyes = "Ada Lund", "Omar Reyes"
    expected = [(0, None), (1, None), (2, lund), (3, lund), (4, reyes), (5, None)]
    assert [row[:2] for row in rows] == expected
    assert {row[2] for row in rows} == {"drafted"}


def test_what_is_still_to_do_is_named() -> None:
    """A draft without what no report gives is refused for just those fields."""
    with pytest.raises(Exception, match=r"wrong; nothing was added") as caught:
        load.parse(draft(Document("Head\n\nIt rained all day."), DraftOptions()), "the draft")
    hint = str(getattr(caught.value, "hint", ""))
    assert all(field in hint for field in ("published", "event_date", "url"))


@pytest.mark.parametrize(
    "beside",
    [
        "Home | News | Sport",
        "By Ann Berg",
        "Source: Amber Courier",
        "Updated: 6 May 2025",
        "Background",
        "Copyright 2025 Amber Courier. All rights reserved.",
        "Reporting by Ann Berg; Editing by Jan Roth",
        "Good afternoon, everybody. How many came?",
        "责任编辑:李小山",
    ],
)
def test_no_claims(beside: str) -> None:
    """Menus, bylines, date lines, headings, footers, greetings and questions are no claims."""
    text = f"Harbour opens\n\nThe harbour opened on Tuesday.\n\n{beside}\n\nIt rained in the north."
    assert [claim["paragraph"] for claim in drafted(text)["claim"]][:2] == [0, 1]
    assert [claim["quote"] for claim in drafted(text)["claim"]][2:] == ["It rained in the north."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Harbour opens\nUpdated: May 7, 2025 09:15 Amber Courier\n\nIt did, she told a press briefing.",
            {"published": "2025-05-07", "publisher": "Amber Courier", "event": "Press briefing"},
        ),
        (
            "Harbour opens\n\nPORT AMBER, 6 Jan 2025 (Wire) - It did open.",
            {"published": "2025-01-06", "place": "Port Amber"},
        ),
        ("港口开放\n2025年5月6日\n\n港口今天开放,新闻发布会说。", {"published": "2025-05-06", "event": "新闻发布会"}),
    ],
)
def test_guesses(text: str, expected: Mapping[str, str]) -> None:
    """Date line, dateline and words of the report give away what they can."""
    source = drafted(text)["source"]
    assert {key: source[key] for key in expected} == expected


def test_the_report_is_quoted_as_it_is_printed() -> None:
    """A quote has the report's own quotation marks and dashes, and what is said in another paragraph its words."""
    text = "Fund opens\n\nMinister Emma Reed said:\n\nWe\u2019ll pay \u2014 \u201call of it\u201d. And soon.\n"
    claims = drafted(text)["claim"][1:]
    assert [claim["quote"] for claim in claims] == ["We\u2019ll pay \u2014 \u201call of it\u201d."]
    assert claims[0]["said_in"] == "Minister Emma Reed said:"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Trade fell 4.9 percent.", "-4.9 percent trade growth"),
        ("Trade fell to 4.9 percent of output.", "4.9 percent trade"),
        ("Exports were worth 2.2 trillion yuan.", "2200000000000 yuan exports"),
        ("In 2024 two ships came.", ""),
        (
            "Trade with ASEAN grew by an annual average of 12.5 percent in the past three years.",
            "12.5 percent trade growth 3 past three years",
        ),
        ("Its exports fell 3 percent in the past two years.", "-3 percent exports growth past two years"),
        ("Lund said the number of ships rose by about 5 percent.", "5 percent number of ships growth"),
        ("The rate of the bank reached 5 percent.", "5 percent rate"),
        ("Sales were flat, and rents fell 2 percent.", "-2 percent rents growth"),
        ("The rate fell from 17.5 percent to 14.3 percent.", "17.5 percent rate, 14.3 percent rate"),
        ("The largest falls were in Northmark (17.5% to 14.3%).", "17.5 percent figure, 14.3 percent figure"),
        ("The city has 120 tram stops.", "120 tram stops"),
        ("Services account for 45 percent of output.", "45 percent services share"),
        ("It plans to build 40 bridges.", "40 bridges target"),
        (
            "Ada Lund estimated freight for the quarter at 4.4 percent (versus 4.6 percent).",
            "4.4 percent freight, 4.6 percent freight",
        ),
        (
            "The port now expects a net profit of between 4 million euros and 5 million euros.",
            "4000000 euros net profit target, 5000000 euros net profit target",
        ),
        ("Harbour fares are 12 euros.", "12 euros harbour fares"),
        ("Fares came to an average of 12 euros.", "12 euros fares"),
        ("It is inside our own fares of 12 euros.", "12 euros own fares"),
        ("Exports had a quick rise of 12 euros.", "12 euros exports"),
        ("The bank raised rents by 35 basis points (bps).", "35 basis points bank growth"),
        ("Rents were 2 percent higher.", "2 percent rents growth"),
        (
            "Freight grew from 2 euros ($3) to 4 euros, accounting for 5 percent of trade.",
            "2 euros freight, 3 US dollars freight, 4 euros freight, 5 percent freight share",
        ),
    ],
)
def test_figures(sentence: str, expected: str) -> None:
    """A drafted figure is in base units, of the subject of its sentence; growth downwards is negative."""
    claims = drafted(f"Head line\n\n{sentence}")["claim"]
    found = [figure for claim in claims for figure in claim.get("figure", [])]
    keys = ("value", "unit", "what", "change", "years", "period")
    assert ", ".join(" ".join(str(each[key]) for key in keys if key in each) for each in found) == expected


def test_a_range_grows_at_both_ends() -> None:
    """Both figures of a range are growth where one is, and a pronoun is not what they are of."""
    (claim,) = drafted("Head line\n\nWe saw growth of 5 to 6 percent.")["claim"][1:]
    assert [figure.get("change") for figure in claim["figure"]] == ["growth", "growth"]
    assert {figure["what"] for figure in claim["figure"]}.isdisjoint({"We", "we"})


@pytest.mark.parametrize(
    "claim",
    [
        "Aid is worth about US$5 billion.",
        "The backlog in orders fell.",
        "By 2030, output will double to 5 million tons.",
        "Thanks to a good harvest, exports rose 5.2 percent.",
    ],
)
def test_claims_that_begin_or_read_like_what_is_beside_a_report(claim: str) -> None:
    """A sentence with the letters of a footer, or that begins like a byline or a greeting, is claimed all the same."""
    assert drafted(f"Head line\n\n{claim}")["claim"][-1]["quote"] == claim


def test_questions_are_no_claims() -> None:
    """What somebody asks in a transcript is not claimed, whoever asks it."""
    asked = "Question: Ann Berg, Amber Courier. You closed it."
    text = f"Ferries stay open\n\n{asked}\n\nMINISTER ROTH: It is open.\n\nQuestion: Still?"
    assert [claim["quote"] for claim in drafted(text)["claim"]] == ["Ferries stay open", "It is open."]


def test_answers_of_nobody_are_claims() -> None:
    """What answers a question is claimed, whether or not the report names who answers."""
    text = (
        "Questions on tariffs\n\nQ: What is new?\n\nA: Tariffs fall to 5 percent.\n\nQ: When?\n\nA: They fall in May."
    )
    assert [claim["quote"] for claim in drafted(text)["claim"][1:]] == [
        "Tariffs fall to 5 percent.",
        "They fall in May.",
    ]


def test_a_chinese_report() -> None:
    """A Chinese dateline is no part of a quote, a day before the verb no part of a name, and growth is growth."""
    dateline = "新华社南城7月20日电(记者李明)"
    text = f"海港贸易增长\n\n{dateline}海川省商务厅厅长张伟20日表示,贸易额3560亿元,同比增长12.3%。"
    briefing = drafted(text)
    (speaker,), (_, claim) = briefing["speaker"], briefing["claim"]
    assert (briefing["source"]["place"], speaker["name"], speaker["role"]) == ("南城", "张伟", "海川省商务厅厅长")
    assert (claim["id"], claim["quote"][:2], claim["speaker"]) == ("paragraph-1", "海川", speaker["id"])
    assert [(figure["what"], figure.get("change")) for figure in claim["figure"]] == [
        ("贸易额", None),
        ("贸易额", "growth"),
    ]


def test_chinese_quotes() -> None:
    """A Chinese claim quotes what the report prints; words that only credit are no claim; a comma ends a clause."""
    said, grew = "“港口很忙——今年的上半年尤其如此。”", "从同比看\uff0c5月份出口均增长2.1%。"
    claims = drafted(f"海港贸易增长\n\n{said}厅长张伟表示\n\n{grew}")["claim"][-2:]
    assert [claim["quote"] for claim in claims] == [said, grew]
    assert [figure["what"] for figure in claims[1]["figure"]] == ["从同比看"]


def test_a_speaker_without_a_role() -> None:
    """A role and an organization that the report does not give are not recorded as something to do."""
    (speaker,) = drafted("Head line\n\nIt rained, Emma Reed said.")["speaker"]
    assert (speaker["role"], speaker["organization"]) == ("Role not given", "Organization not given")


def test_ids_are_unique() -> None:
    """Sentences that begin alike have ids of their own, and those in other scripts have one of their paragraph."""
    claims = drafted("Head line\n\nThe port is open. The port is open again.\n\n港口今天开放。港口明天关闭。")["claim"]
    assert [claim["id"] for claim in claims] == [
        "head-line",
        "port-open",
        "port-open-again",
        "paragraph-2",
        "paragraph-2-2",
    ]


def test_strange_text() -> None:
    """What could break a TOML file or steer a terminal is written out or, if it has no width, left out."""
    text = 'He\x1bad "\\\n\nThe port\x7f is \\u0041 "open" \u202eand # so on.\n'
    printed = draft(Document(text), DraftOptions())
    assert printed.replace("\n", "").isprintable()
    assert tomllib.loads(printed)["claim"][1]["quote"] == text.splitlines()[2].replace("\u202e", "")


def test_the_shipped_report() -> None:
    """The draft of the briefing's article has its headline and eight paragraphs, and nothing of the site's footer."""
    if not ARTICLE.is_file():
        pytest.skip(f"the article is not at {ARTICLE}")
    briefing = tomllib.loads(draft(read_report(str(ARTICLE)), DraftOptions()))
    credited = [(claim["paragraph"], claim.get("speaker")) for claim in briefing["claim"]]
    li, qiu = "li-bingjun", "qiu-zhenguo"
    assert credited == list(enumerate([None, None, li, li, li, None, li, qiu, qiu]))
    assert [figure["value"] for figure in briefing["claim"][6]["figure"]] == [28.4, 33.8]
    assert briefing["source"] | {"url": ""} == {
        "id": "southwest-china-guizhou-seeks-2024-06-15",
        "title": "Southwest China's Guizhou seeks high-quality growth",
        "publisher": "Xinhua",
        "published": "2024-06-15",
        "event": "Press briefing",
        "event_date": "2024-06-15",
        "place": "Beijing",
        "url": "",
        "language": "en",
    }


LONG = {
    "word": "a" * 200_000,
    "words": "rain " * 40_000,
    "sentences": "It rained, he said. " * 5_000,
    "questions": '"Is it?" she asked ' * 5_000,
    "passages": "Rain.\n\n" * 20_000,
    "capitals": "Aa " * 40_000,
    "commas": "," * 100_000,
    "hyphens": "a-" * 120_000,
    "quotes": 'said "' * 20_000,
    "blocks": "Ann Lund said:\n\nWe do\n\n" * 4_000,
    "namesakes": "\n\n".join(f"Governor X{'abcdefghij'[n % 10] * (n // 500 + 1)} Lund said." for n in range(4_000)),
    "chinese": "王中说," * 15_000,
    "full stops": "。" * 40_000,
}


@pytest.mark.parametrize("kind", LONG)
def test_the_work_is_linear(kind: str) -> None:
    """Twice the report takes about twice the work to draft, and to compare with a copy."""

    def read(size: int) -> None:
        text = LONG[kind][:size]
        draft(Document(f"Head\n\n{text}"), DraftOptions())
        compare([Passage(*passage[:4]) for passage in passages(text)], text)

    drafted("Head")
    half, full = (work(partial(read, size)) for size in (4_000, 8_000))
    assert full < 3 * half + 2_000
