"""The facts of the shipped briefing, cell by cell, and the views that answer with them."""

import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import ARTICLE, REPOSITORY, Gz

from guizhou_cli.db.connection import FACTS_VERSION, SCHEMA_VERSION

FACTS = (REPOSITORY / "facts.sql").read_text(encoding="utf-8")
SOURCE = "guizhou-2024-06-14"
LI = ("Li Bingjun", "Governor of Guizhou Province", "said")
CHECK_WORDING = REPOSITORY.parent / "shared" / "tools" / "check-wording"
QIU = ("Qiu Zhenguo", "Head of Guizhou's provincial Development and Reform Commission", "said")
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
            [
                "partner",
                "partner_name",
                "annual_growth_pct",
                "years",
                "period",
                "implied_total_growth_pct",
                "whose",
                *TAIL,
            ],
        ),
        ("figures", ("what", "whose", "value", "unit", "change", "partner", "period", "years", *TAIL)),
        ("measures", ("measure", "policy", *TAIL)),
        ("claims", ("statement", "topics", "said_on", "evidence", *TAIL)),
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
    for view in ("bases", "trade", "figures", "measures", "claims", "speakers", "topics", "sources"):
        answered = [
            tuple(", ".join(cell) if isinstance(cell, list) else cell for cell in row.values())
            for row in gz(view, "--json").rows
        ]
        assert answered == rows(plain, f"SELECT * FROM {view}")


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    """Return the path of a database that SQLite alone has made of facts.sql."""
    path = tmp_path / "by-hand.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(FACTS)
    return path


def test_database_that_sqlite_alone_has_made(gz: Gz, by_hand: Path) -> None:
    """It is searched and verified as any other, and not a byte of it changes; also where somebody has edited it."""
    before = by_hand.read_bytes()
    for command in (("who-said", "green development"), ("trade",), ("cite", "trade-asean")):
        assert gz("--db", by_hand, *command) == gz(*command)
    assert gz("--db", by_hand, "verify").status == 0
    assert by_hand.read_bytes() == before
    with closing(sqlite3.connect(by_hand)) as db, db:
        db.execute("UPDATE claim SET statement = 'In words of my own.' WHERE slug = 'tourism'")
    before = by_hand.read_bytes()
    assert [row["claim"] for row in gz("--db", by_hand, "who-said", "my own words", "--json").rows] == [
        f"{SOURCE}:tourism"
    ]
    assert gz("--db", by_hand, "verify").status == 1
    assert by_hand.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("CREATE TABLE claim_fts (statement, quote)", 0),
        ("CREATE VIRTUAL TABLE claim_fts USING fts5 (statement)", 0),
        ("DROP VIEW claim_words", 3),
        ("UPDATE claim SET statement = CAST(x'ff' AS TEXT) WHERE id = 1", 3),
    ],
)
def test_database_made_by_hand_and_altered(inside: Gz, by_hand: Path, statement: str, status: int) -> None:
    """What somebody has put where gz would put its index is not used, and what is gone is reported."""
    with closing(sqlite3.connect(by_hand)) as db, db:
        db.execute(statement)
    ran = inside("--db", by_hand, "who-said", "coal")
    assert ran.status == status, ran.err
    assert inside("--db", by_hand, "bases") == inside("bases")


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
    belt = ("belt-and-road", "Belt and Road partner countries", 28.4, 2, "past two years", 64.9, "Guizhou")
    asean = ("asean", "ASEAN", 33.8, 2, "past two years", 79.0, "Guizhou")
    assert rows(plain, "SELECT * FROM trade") == [
        (*belt, f"{SOURCE}:trade-belt-and-road", *LI, 6, SOURCE),
        (*asean, f"{SOURCE}:trade-asean", *LI, 6, SOURCE),
    ]


def test_the_figures_are_the_two_rates(plain: sqlite3.Connection) -> None:
    """The figures are the two growth rates of trade, in percent, of Guizhou."""
    assert [row[:8] for row in rows(plain, "SELECT * FROM figures")] == [
        ("trade", "Guizhou", 28.4, "percent", "growth", "belt-and-road", "past two years", 2),
        ("trade", "Guizhou", 33.8, "percent", "growth", "asean", "past two years", 2),
    ]


def test_the_measures_are_lis_and_qius(plain: sqlite3.Connection) -> None:
    """Four measures are Li's, two of them of a policy that the report names; three are Qiu's green development."""
    poverty = "poverty eradication and rural revitalization"
    measures = [
        ("Develop the agriculture that sets Guizhou apart", None, "agriculture", LI, 3),
        ("Upgrade the tourism industry", None, "tourism", LI, 3),
        ("Increase farmers' incomes", poverty, "farm-incomes", LI, 4),
        ("Develop rural industries", poverty, "rural-industries", LI, 4),
        ("Upgrade traditional chemical industries", "green development", "measure-chemicals", QIU, 8),
        ("Use coal more cleanly and efficiently", "green development", "measure-coal", QIU, 8),
        ("Develop the new energy vehicle industry", "green development", "measure-new-energy-vehicles", QIU, 8),
    ]
    assert rows(plain, "SELECT * FROM measures") == [
        (measure, policy, f"{SOURCE}:{claim}", *whose, paragraph, SOURCE)
        for measure, policy, claim, whose, paragraph in measures
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
            "Head of Guizhou's provincial Development and Reform Commission",
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
            "Press briefing",
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
        *("southwest", "Guizhou", "high-quality growth", "poverty relief", "transformation", "six"),
        *("deep resources processing", "R&D", "power batteries", "computing power", "baijiu", "distilled spirits"),
        *("advanced equipment", "mountainous", "distinctive agriculture", "tourism", "poverty eradication"),
        *("rural revitalization", "farmers' incomes", "rural industries", "Belt and Road Initiative", "ASEAN"),
        *("28.4 percent", "33.8 percent", "past two years", "annual average", "green development"),
        *("traditional chemical", "efficient use of coal", "new energy vehicle", "Development and Reform Commission"),
        *("Li Bingjun", "Qiu Zhenguo", "Governor of Guizhou Province"),
    ],
)
def test_each_thing_named_is_found(inside: Gz, term: str) -> None:
    """Each figure, industry, measure, person, organization and place of the report is found by its name."""
    assert inside("who-said", term, "--json").status == 0


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
        "UPDATE figure SET value = 'fast'",
        "UPDATE figure SET change = 'faster'",
        "UPDATE figure SET years = 101",
        "UPDATE claim SET statement = NULL WHERE slug = 'trade-asean'",
        "UPDATE claim SET evidence = 'believed'",
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
    for paragraph, keyword in rows(plain, "SELECT paragraph, keyword FROM claim JOIN claim_keyword ON claim_id = id"):
        assert keyword.lower() in paragraphs[paragraph].lower()


def test_the_reports_text_is_not_there(plain: sqlite3.Connection) -> None:
    """Neither the report's text nor a quotation of it ships."""
    assert rows(plain, "SELECT * FROM passage WHERE text IS NOT NULL") == []
    assert rows(plain, "SELECT * FROM claim WHERE quote IS NOT NULL OR said_in IS NOT NULL") == []


# Paragraph, claim, topics, statement. In the report's order; the days are those of the report and the briefing.
CLAIMS = [
    (0, "high-quality-growth", "high-quality growth",
     "Guizhou, in the southwest of China, is aiming for high-quality growth."),
    (1, "economic-transformation", "high-quality growth",
     "Guizhou Province has sped up the change in how its economy develops, for the sake of high-quality growth."),
    (1, "poverty-relief", "poverty relief",
     "Guizhou is consolidating what it has achieved in poverty relief even as its economy changes."),
    (2, "six-bases", "industrial bases, industry",
     "Guizhou is building six major industrial bases."),
    (2, "base-resources", "industrial bases, industry",
     "One of the six industrial bases that Guizhou is building is for the deep processing of resources."),
    (2, "base-batteries", "industrial bases, industry",
     ("One of the six industrial bases that Guizhou is building is for power batteries and materials, from R&D to"
     " production.")),
    (2, "base-computing", "industrial bases, industry",
     "One of the six industrial bases that Guizhou is building is for computing power."),
    (2, "base-baijiu", "industrial bases, industry",
     "One of the six industrial bases that Guizhou is building is for baijiu, the Chinese distilled spirits."),
    (2, "base-energy", "energy, industrial bases, industry",
     "One of the six industrial bases that Guizhou is building is for energy."),
    (2, "base-equipment", "industrial bases, industry",
     "One of the six industrial bases that Guizhou is building is for the manufacturing of advanced equipment."),
    (3, "agriculture", "agriculture",
     "Guizhou, a mountainous province, is vigorously building up the agriculture that sets it apart."),
    (3, "tourism", "industry, tourism",
     "Guizhou is upgrading its tourism industry."),
    (4, "poverty-eradication", "poverty relief",
     "For years now, without a break, Guizhou has worked to consolidate the results of poverty eradication."),
    (4, "rural-revitalization", "rural revitalization",
     "For years now, without a break, Guizhou has worked to promote rural revitalization."),
    (4, "farm-incomes", "agriculture, poverty relief, rural revitalization",
     ("Increasing farmers' incomes is one of the means named for consolidating poverty eradication and promoting"
     " rural revitalization.")),
    (4, "rural-industries", "industry, poverty relief, rural revitalization",
     ("Developing rural industries is one of the means named for consolidating poverty eradication and promoting"
     " rural revitalization.")),
    (5, "trade-expansion", "trade",
     ("The Belt and Road Initiative is credited with a great expansion of Guizhou's trade with its partner countries"
     " and with ASEAN.")),
    (6, "trade-belt-and-road", "trade",
     ("Over the past two years Guizhou's trade with Belt and Road partner countries grew by 28.4 percent a year on"
     " average.")),
    (6, "trade-asean", "trade",
     "Over the past two years Guizhou's trade with ASEAN grew by 33.8 percent a year on average."),
    (7, "green-development", "green development",
     "Guizhou is pushing ahead with green development, without wavering."),
    (8, "measure-chemicals", "green development, industry",
     "A measure of Guizhou's green development is to upgrade its traditional chemical industries."),
    (8, "measure-coal", "energy, green development",
     "A measure of Guizhou's green development is to make the use of coal cleaner and more efficient."),
    (8, "measure-new-energy-vehicles", "green development, industry",
     "A measure of Guizhou's green development is to build up its new energy vehicle industry."),
]  # fmt: skip
CREDITED = {0: NOBODY, 1: NOBODY, 2: LI, 3: LI, 4: LI, 5: NOBODY, 6: LI, 7: QIU, 8: QIU}


def test_every_claim_cell_for_cell(plain: sqlite3.Connection) -> None:
    """The claims are these 23, each with its topics, day, credit and paragraph, in the report's order."""
    assert rows(plain, "SELECT * FROM claims") == [
        (
            statement,
            topics,
            None if CREDITED[paragraph] == NOBODY else "2024-06-14",
            "checked",
            f"{SOURCE}:{claim}",
            *CREDITED[paragraph],
            paragraph,
            SOURCE,
        )
        for paragraph, claim, topics, statement in CLAIMS
    ]


def test_every_topic_and_how_much_is_said_of_it(plain: sqlite3.Connection) -> None:
    """The topics are these ten, in the order of the alphabet, each with the number of its claims."""
    assert rows(plain, "SELECT * FROM topics") == [
        ("agriculture", 2),
        ("energy", 2),
        ("green development", 4),
        ("high-quality growth", 2),
        ("industrial bases", 7),
        ("industry", 11),
        ("poverty relief", 4),
        ("rural revitalization", 3),
        ("tourism", 1),
        ("trade", 3),
    ]


# What the report names, paragraph by paragraph, as a reader with a pencil would underline it.
NAMED = {
    0: ["Southwest China", "Guizhou", "high-quality growth"],
    1: ["Guizhou Province", "transformation", "economic development mode", "high-quality growth", "poverty relief"],
    2: [
        *(
            "six major industrial bases",
            "deep resources processing",
            "R&D",
            "production",
            "power batteries",
            "materials",
        ),
        *("computing power", "Chinese baijiu", "distilled spirits", "energy", "advanced equipment manufacturing"),
        *("Li Bingjun", "Governor", "Guizhou Province"),
    ],
    3: ["mountainous province", "distinctive agriculture", "tourism industry", "upgrading", "vigorously", "Li Bingjun"],
    4: [
        *("over the years", "consolidate", "poverty eradication", "rural revitalization", "farmers' incomes"),
        *("rural industries", "Li Bingjun"),
    ],
    5: ["Belt and Road Initiative", "Belt and Road partner countries", "ASEAN", "expanded trade"],
    6: [
        *("Belt and Road partner countries", "28.4 percent", "ASEAN", "33.8 percent", "annual average"),
        *("past two years", "Li Bingjun"),
    ],
    7: [
        "green development",
        "Guizhou Provincial Development and Reform Commission",
        "Head of Guizhou's",
        "Qiu Zhenguo",
    ],
    8: ["traditional chemical industries", "clean and efficient use of coal", "new energy vehicle industry", "Qiu"],
}


@pytest.mark.parametrize(("paragraph", "name"), [(at, name) for at, names in NAMED.items() for name in names])
def test_each_thing_named_stands_at_its_paragraph(plain: sqlite3.Connection, paragraph: int, name: str) -> None:
    """Each figure, industry, measure, person and organization stands in a claim of its paragraph, or in its columns."""
    said = rows(
        plain,
        "SELECT w.statement || ' | ' || w.terms || ' | ' || coalesce(s.role || ' | ' || s.organization, '')"
        " FROM claim_words AS w JOIN claim AS c ON c.id = w.claim_id JOIN show AS s ON s.claim = c.key"
        f" WHERE c.paragraph = {paragraph}",
    )
    assert any(name.lower() in text.lower() for (text,) in said)


def test_places_and_dates_stand_in_columns(plain: sqlite3.Connection) -> None:
    """The briefing was in Beijing on Friday 14 June 2024, and Xinhua's report was published on the day after."""
    ((publisher, published, event_date, place),) = rows(
        plain, "SELECT publisher, published, event_date, place FROM sources"
    )
    assert (publisher, published, event_date, place) == ("Xinhua", "2024-06-15", "2024-06-14", "Beijing")
    assert f"{date.fromisoformat(event_date):%A}" == "Friday"


def test_the_rates_say_no_more_than_the_report(plain: sqlite3.Connection) -> None:
    """Neither which calendar years, nor imports or exports, nor a currency is made up around the two rates."""
    words = " ".join(str(cell) for row in rows(plain, "SELECT * FROM show WHERE paragraph = 6") for cell in row[:2])
    assert not re.search(r"20[12]\d|import|export|yuan|dollar|billion|million", words, re.IGNORECASE)
    assert rows(plain, "SELECT DISTINCT years, period FROM trade") == [(2, "past two years")]


def test_the_derived_figure_is_the_rate_compounded(plain: sqlite3.Connection) -> None:
    """The implied total growth is the annual rate compounded over its years, to a decimal, for other rates too."""
    for rate, years, total in ((28.4, 2, 64.9), (10.0, 3, 33.1), (-50.0, 2, -75.0), (0.0, 9, 0.0), (7.0, 1, 7.0)):
        plain.execute("UPDATE figure SET value = ?, years = ? WHERE claim_id = 18", [rate, years])
        assert rows(plain, "SELECT implied_total_growth_pct FROM trade WHERE partner <> 'asean'") == [(total,)]
    plain.execute("UPDATE figure SET years = NULL WHERE claim_id = 18")
    assert rows(plain, "SELECT implied_total_growth_pct FROM trade WHERE partner <> 'asean'") == [(None,)]


def test_the_file_is_marked_as_ours(plain: sqlite3.Connection) -> None:
    """What facts.sql builds says whose it is, `gzfs`, and of which version its tables and its facts are."""
    assert rows(plain, "PRAGMA application_id") == [(int.from_bytes(b"gzfs", "big"),)]
    assert rows(plain, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert rows(plain, "SELECT facts, checksum, words FROM build") == [(FACTS_VERSION, None, None)]


def test_the_sqlite3_shell_reads_it(tmp_path: Path) -> None:
    """`sqlite3 facts.db < facts.sql` gives a database in which `select * from trade` answers."""
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("no sqlite3 shell is installed here")
    with (REPOSITORY / "facts.sql").open("rb") as facts:
        built = subprocess.run([shell, "facts.db"], stdin=facts, cwd=tmp_path, capture_output=True, check=False)
    asked = subprocess.run(
        [shell, "facts.db", "select partner, annual_growth_pct, speaker from trade"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (built.returncode, built.stdout, built.stderr) == (0, b"", b"")
    assert asked.stdout == "belt-and-road|28.4|Li Bingjun\nasean|33.8|Li Bingjun\n"


def test_no_run_of_the_reports_words_stands_in_the_project() -> None:
    """No file of the project carries ten or more words of the report in a row."""
    if not CHECK_WORDING.is_file():
        pytest.skip("the report is its publisher's, and what compares with it is not beside this repository")
    done = subprocess.run([sys.executable, CHECK_WORDING, REPOSITORY], capture_output=True, text=True, check=False)
    if done.returncode == 2:
        pytest.skip(f"it could not look: {done.stderr.strip()}")
    assert (done.returncode, done.stdout) == (0, "")
