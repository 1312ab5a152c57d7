"""The facts of the shipped briefing, cell for cell, and the views that tell them."""

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import ARTICLE, REPOSITORY, Gz

FACTS = (REPOSITORY / "facts.sql").read_text(encoding="utf-8")
SOURCE = "guizhou-2024-06-14"
LI = ("Li Bingjun", "Governor of Guizhou Province", "said")
QIU = ("Qiu Zhenguo", "Head of the provincial Development and Reform Commission", "said")
NOBODY = (None, None, "reported")
TAIL = ("claim", "speaker", "role", "attribution", "paragraph", "source")


@pytest.fixture
def plain() -> Iterator[sqlite3.Connection]:
    """Return the database that `sqlite3 facts.db < facts.sql` gives: no more than SQLite itself."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(FACTS)
    yield connection
    connection.close()


def rows(plain: sqlite3.Connection, sql: str) -> list[tuple[Any, ...]]:
    """Return what a query answers."""
    return plain.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("view", "columns"),
    [
        ("bases", ("position", "base", "detail", *TAIL)),
        (
            "trade",
            ("partner", "partner_name", "annual_growth_pct", "years", "period", "implied_total_growth_pct", *TAIL),
        ),
        ("measures", ("measure", "policy", *TAIL)),
        ("claims", ("statement", "topics", "said_on", *TAIL)),
        ("speakers", ("speaker", "role", "organization", "claims", "source")),
        ("topics", ("topic", "claims")),
        (
            "sources",
            "source title publisher published event event_date place url paragraphs claims".split(),
        ),
    ],
)
def test_a_view_has_the_columns_of_its_command(
    gz: Gz, plain: sqlite3.Connection, view: str, columns: list[str]
) -> None:
    """The columns of a view are the keys of the JSON of the command of that name, in that order."""
    described = [name for name, *_ in plain.execute(f"SELECT * FROM {view}").description]
    assert described == list(columns)
    assert list(gz(view, "--json").rows[0]) == list(columns)


def test_plain_sqlite_answers_as_the_program_does(gz: Gz, plain: sqlite3.Connection) -> None:
    """Each view answers the same in a database that SQLite alone has made of facts.sql."""
    for view in ("bases", "trade", "measures", "claims", "speakers", "topics", "sources"):
        assert [tuple(row.values()) for row in gz(view, "--json").rows] == rows(plain, f"SELECT * FROM {view}")


def test_there_are_six_bases(plain: sqlite3.Connection) -> None:
    """Six bases stand in the report's order, the one for batteries with its research and production as one."""
    names = [
        ("Deep resources processing", None, "base-resources"),
        ("Power batteries and materials", "R&D and production", "base-batteries"),
        ("Computing power", None, "base-computing"),
        ("Chinese baijiu", "distilled spirits", "base-baijiu"),
        ("Energy", None, "base-energy"),
        ("Advanced equipment manufacturing", None, "base-equipment"),
    ]
    assert rows(plain, "SELECT * FROM bases") == [
        (at, base, detail, f"{SOURCE}:{claim}", *LI, 2, SOURCE) for at, (base, detail, claim) in enumerate(names, 1)
    ]


def test_each_rate_has_its_own_partner(plain: sqlite3.Connection) -> None:
    """Belt and Road partner countries have 28.4 percent and ASEAN has 33.8, each a year over the past two years."""
    belt = ("belt-and-road", "Belt and Road partner countries", 28.4, 2, "past two years", 64.9)
    asean = ("asean", "ASEAN", 33.8, 2, "past two years", 79.0)
    assert rows(plain, "SELECT * FROM trade") == [
        (*belt, f"{SOURCE}:trade-belt-and-road", *LI, 6, SOURCE),
        (*asean, f"{SOURCE}:trade-asean", *LI, 6, SOURCE),
    ]


def test_the_measures_are_qius_and_green(plain: sqlite3.Connection) -> None:
    """The three measures are Qiu's, stand in paragraph 8, and belong to green development."""
    measures = [
        ("Upgrade traditional chemical industries", "measure-chemicals"),
        ("Use coal more cleanly and efficiently", "measure-coal"),
        ("Develop the new energy vehicle industry", "measure-new-energy-vehicles"),
    ]
    assert rows(plain, "SELECT * FROM measures") == [
        (measure, "green development", f"{SOURCE}:{claim}", *QIU, 8, SOURCE) for measure, claim in measures
    ]


def test_the_reports_own_words_are_nobodys(plain: sqlite3.Connection) -> None:
    """Paragraphs 0, 1 and 5 are credited to nobody, 2 to 4 and 6 to Li, 7 and 8 to Qiu."""
    credited = rows(plain, "SELECT DISTINCT paragraph, speaker, role, attribution FROM claims")
    assert credited == [
        (0, *NOBODY),
        (1, *NOBODY),
        (2, *LI),
        (3, *LI),
        (4, *LI),
        (5, *NOBODY),
        (6, *LI),
        (7, *QIU),
        (8, *QIU),
    ]


def test_who_spoke(plain: sqlite3.Connection) -> None:
    """Li has fifteen claims and Qiu has four, each in the role that the report gives."""
    assert rows(plain, "SELECT * FROM speakers") == [
        ("Li Bingjun", "Governor of Guizhou Province", "Guizhou Province", 15, SOURCE),
        (
            "Qiu Zhenguo",
            "Head of the provincial Development and Reform Commission",
            "Guizhou Provincial Development and Reform Commission",
            4,
            SOURCE,
        ),
    ]


def test_the_report(plain: sqlite3.Connection) -> None:
    """The one source is Xinhua's report of 15 June 2024 of a briefing in Beijing on the 14th, in nine paragraphs."""
    assert rows(plain, "SELECT * FROM sources") == [
        (
            SOURCE,
            "Southwest China's Guizhou seeks high-quality growth",
            "Xinhua",
            "2024-06-15",
            "Press briefing on Guizhou Province",
            "2024-06-14",
            "Beijing",
            "http://english.www.gov.cn/news/202406/15/content_WS666ccc42c6d0868f4e8e8238.html",
            9,
            23,
        )
    ]


def test_a_partner_goes_by_its_names(plain: sqlite3.Connection) -> None:
    """The partners have the short, long and Chinese names that people type."""
    aliases = set(rows(plain, "SELECT * FROM trade_partner_alias"))
    assert {
        ("asean", "Association of Southeast Asian Nations"),
        ("asean", "东盟"),
        ("belt-and-road", "BRI"),
        ("belt-and-road", "OBOR"),
        ("belt-and-road", "一带一路"),
    } <= aliases


@pytest.mark.parametrize(
    "term",
    [
        *("southwest", "Guizhou", "high-quality growth", "poverty relief", "transformation", "six", "governor"),
        *("deep resources processing", "R&D", "power batteries", "computing power", "baijiu", "distilled spirits"),
        *("advanced equipment", "mountainous", "distinctive agriculture", "tourism", "poverty eradication"),
        *("rural revitalization", "farmers' incomes", "rural industries", "Belt and Road Initiative", "ASEAN"),
        *("28.4 percent", "33.8 percent", "past two years", "annual average", "green development"),
        *("traditional chemical", "efficient use of coal", "new energy vehicle", "Development and Reform Commission"),
        *("Li Bingjun", "Qiu Zhenguo", "Governor of Guizhou Province"),
    ],
)
def test_each_thing_named_is_found(gz: Gz, term: str) -> None:
    """Each figure, industry, measure, person, organization and place of the report is found by its name."""
    assert gz("who-said", term, "--json").status == 0


def test_each_paragraph_has_a_claim(plain: sqlite3.Connection) -> None:
    """Each paragraph of the report, the headline included, has at least one claim."""
    assert [n for (n,) in rows(plain, "SELECT DISTINCT paragraph FROM claims ORDER BY 1")] == list(range(9))


def test_the_sql_is_plain_and_holds_together(plain: sqlite3.Connection) -> None:
    """facts.sql begins and ends no transaction, needs no maths functions, and breaks none of its foreign keys."""
    code = re.sub(r"--[^\n]*|'[^']*'", "", FACTS)
    assert not re.search(r"\b(BEGIN|COMMIT|ROLLBACK|power|exp|ln)\b", code, re.IGNORECASE)
    assert rows(plain, "PRAGMA foreign_key_check") == []
    tables = rows(plain, "SELECT sql FROM sqlite_schema WHERE type = 'table'")
    assert all(re.search(r"\) STRICT(, WITHOUT ROWID)?$", sql) for (sql,) in tables)


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE claim SET attribution = 'reported' WHERE slug = 'trade-asean'",
        "UPDATE claim SET attribution = 'said' WHERE slug = 'trade-expansion'",
        "UPDATE claim SET speaker_id = 'nobody' WHERE slug = 'trade-asean'",
        "UPDATE claim SET paragraph = 9 WHERE slug = 'trade-asean'",
        "UPDATE trade_growth SET annual_growth_pct = 'fast'",
        "UPDATE source SET event_date = '14 June'",
        "UPDATE passage SET sha256 = 'x' WHERE number = 1",
    ],
)
def test_the_tables_refuse_what_cannot_be(plain: sqlite3.Connection, wrong: str) -> None:
    """A credit without a speaker, a paragraph that is not there, a rate that is no number: the tables refuse it."""
    with pytest.raises(sqlite3.IntegrityError):
        plain.execute(wrong)


def test_the_fingerprints_are_those_of_the_report(plain: sqlite3.Connection) -> None:
    """Each paragraph's fingerprint is the SHA-256 of that paragraph of the report, which its locator words enclose."""
    if not ARTICLE.is_file():
        pytest.skip("the report is its publisher's, and no copy lies beside this repository")
    headline, rest = ARTICLE.read_text(encoding="utf-8").split("\n", 1)
    paragraphs = [headline, *rest.split("\n\n")[1:9]]
    for number, sha256, first, last in rows(plain, "SELECT number, sha256, first_words, last_words FROM passage"):
        text = paragraphs[number]
        assert hashlib.sha256(text.encode()).hexdigest() == sha256
        assert text.startswith(first)
        assert text.rstrip(".").endswith(last)
        assert sum(paragraph.count(first) for paragraph in paragraphs) == 1


def test_keywords_stand_in_their_paragraph(plain: sqlite3.Connection) -> None:
    """Each keyword stands in the report, in the paragraph of its claim, in that spelling."""
    if not ARTICLE.is_file():
        pytest.skip("the report is its publisher's, and no copy lies beside this repository")
    headline, rest = ARTICLE.read_text(encoding="utf-8").split("\n", 1)
    paragraphs = [headline, *rest.split("\n\n")[1:9]]
    for paragraph, keywords in rows(plain, "SELECT paragraph, keywords FROM claim"):
        for keyword in keywords.split("; "):
            assert keyword.lower() in paragraphs[paragraph].lower()
