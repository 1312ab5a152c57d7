"""The page: over HTTP it says what the command line says."""

import html
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from csv import reader
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
from conftest import Gz, Ran, run_inside
from samples import BRIEFING, NORTH, REPORT, SHIPPED, SOURCE, SOUTH, edit
from served import VIEWS, Served, serving


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Gz]]:
    """Return a page over three reports, one with a copy of its text and one that has a fall, and its program."""
    home = tmp_path_factory.mktemp("shelf")

    def cli(*args: str | Path, **env: str | None) -> Ran:
        return run_inside(home, *args, **env)

    (home / "report.txt").write_text(REPORT, encoding="utf-8")
    quoted = BRIEFING.replace(
        'id = "batteries"\n', 'id = "batteries"\nquote = "funding \\"shore-side\\" batteries next year"\n'
    )
    # The other one declares the partner.
    south = SOUTH[: SOUTH.index("[[partner]]")] + SOUTH[SOUTH.index("[[claim]]") :]
    fallen = south.replace("grew by 40.5", "fell by 16.9").replace("40.5", "16.9").replace("pct = 16.9", "pct = -16.9")
    for text, options in ((quoted, ("--article", home / "report.txt")), (fallen, ())):
        (home / "briefing.toml").write_text(text, encoding="utf-8")
        assert cli("add", home / "briefing.toml", *options).status == 0
    with serving(home) as served:
        yield served, cli


# Rows


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_rows_of_the_command_of_its_name(page: Served, cli: Gz, view: str) -> None:
    """Every row, name and number of a view over HTTP is that of the command, in the same order, in JSON and in CSV."""
    rows = cli(view, "--json").rows
    joined = [row | {"topics": ", ".join(row["topics"])} if "topics" in row else row for row in rows]
    assert page.rows(view) == joined
    assert page.get(f"/facts/{view}.csv").text.splitlines() == cli(view, "-f", "csv").out.splitlines()


@pytest.mark.parametrize(
    ("path", "parameter", "command"),
    [
        ("who-said", "phrase", ("who-said", "--limit", "1000")),
        ("trade-by-partner", "partner", ("trade", "--partner")),
        ("measures-by-topic", "topic", ("measures", "--topic")),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        "green development", "33.8%", "BRI", "东盟", "who spoke of poverty?", "Guizhou", "trade", "asean", '"a', "it's",
        "C++", "a AND", "NEAR(", "zz:x", "*", "'; drop table claim", "nobody's word", "nuclear energy",
    ],
)  # fmt: skip
def test_a_question_has_the_answer_of_the_command_line(
    page: Served, cli: Gz, path: str, parameter: str, command: tuple[str, ...], words: str
) -> None:
    """A question on the page finds what the command line finds, in the same order, and says why where it is nothing."""
    ran = cli(*command, words, "--json")
    found = [row["claim"] for row in page.rows(path, **{parameter: words})]
    assert found == [row["claim"] for row in (ran.rows if ran.out else [])]
    if not found:
        on_page = page.get(f"/facts/{path}?{parameter}={quote(words)}").words
        assert all(" ".join(line.removeprefix("gz: ").split()) in on_page for line in ran.err.splitlines())


def test_a_search_among_the_claims_finds_what_who_said_finds(page: Served, cli: Gz) -> None:
    """The claims that a search leaves are those of who-said, and can be narrowed to a topic and a speaker."""
    found = cli("who-said", "industry", "--limit", "1000", "--json").rows
    searched = page.rows("claims", _search="industry")
    assert sorted(row["claim"] for row in searched) == sorted(row["claim"] for row in found)
    narrowed = page.rows("claims", _search="industry", _topic="green development", speaker="Qiu Zhenguo")
    there = cli("claims", "--topic", "green development", "--speaker", "Qiu Zhenguo", "--json").rows
    keys = {row["claim"] for row in searched}
    assert [row["claim"] for row in narrowed] == [row["claim"] for row in there if row["claim"] in keys] != []


@pytest.mark.parametrize("view", ["bases", "trade", "measures", "figures", "claims"])
def test_facets_count_speakers_and_sources(page: Served, cli: Gz, view: str) -> None:
    """Facets count the speakers and sources of the claims on show; following one leaves its rows, and again all."""
    facets = page.get(f"/facts/{view}.json").json["facet_results"]
    rows = cli(view, "--json").rows
    for name in ("speaker", "source"):
        values = [row[name] for row in rows if row[name]]
        assert {each["value"]: each["count"] for each in facets[name]["results"]} == Counter(values)
        for each in facets[name]["results"]:
            chosen = page.get(each["toggle_url"]).json
            assert len(chosen["rows"]) == each["count"]
            [again] = [other for other in chosen["facet_results"][name]["results"] if other["value"] == each["value"]]
            assert again["selected"]
            assert len(page.get(again["toggle_url"]).json["rows"]) == len(rows)


def test_what_is_offered_is_found(page: Served) -> None:
    """Each partner and each topic that a browser offers for a question has rows."""
    for path, parameter in (("measures-by-topic", "topic"), ("trade-by-partner", "partner")):
        offered = re.findall("<option>(.*?)</option>", page.get(f"/facts/{path}").text)
        assert offered
        assert all(page.rows(path, **{parameter: html.unescape(name)}) for name in offered)


# What a page says


@pytest.mark.parametrize("view", ["bases", "trade", "measures", "figures"])
def test_a_page_has_the_layout_of_the_command(page: Served, cli: Gz, view: str) -> None:
    """A page says, line by line, what the table of the command says: the same cells, figures and captions."""
    words = page.get(f"/facts/{view}").words
    for line in cli(view, COLUMNS="200").out.splitlines():
        for cell in re.split(r"\s{2,}|[█▉▊▋▌▍▎▏]+", line.strip()):
            assert cell.removeprefix(f"{SHIPPED}:") in words, (cell, words)


def test_who_said_groups_by_speaker_and_marks_words(page: Served) -> None:
    """The words that a search matched are marked, below the name and the role of who said them, above the report."""
    for path in ("who-said?phrase=green+development", "claims?_search=green+development"):
        reply = page.get(f"/facts/{path}")
        assert reply.text.count("<mark>green</mark> <mark>development</mark>") == 4
        assert reply.text.count('scope="rowgroup"') == 1
        assert "Qiu Zhenguo, Head of Guizhou's provincial Development and Reform Commission" in reply.words
        assert "Press briefing, Beijing, 14 June 2024 · Xinhua, 15 June 2024" in reply.words


def test_a_claim_leads_to_its_passage_and_its_topics(page: Served, cli: Gz) -> None:
    """Each claim leads to its passage, its topics and a page of its own, which has the citation that gz show prints."""
    links = page.get("/facts/claims").links
    for row in cli("claims", "--json").rows:
        [shown] = cli("show", row["claim"], "--json").rows
        own = page.get(f"/facts/show?claim={quote(row['claim'])}")
        assert f"/facts/show?{urlencode({'claim': row['claim']})}" in links
        assert {shown["link"]} <= {*links} & {*own.links}
        assert " ".join(shown["citation"].split()) in own.words
        for topic in row["topics"]:
            assert f"/facts/claims?{urlencode({'_topic': topic})}" in {*links} & {*own.links}


def test_the_passage_and_its_sentence_where_there_is_a_copy(shelf: tuple[Served, Gz]) -> None:
    """A claim's page has the passage of the copy that is kept, the words it rests on marked; without one, none."""
    page, _ = shelf
    own = page.get(f"/facts/show?claim={SOURCE}:batteries")
    assert "Measures include capping soot and funding" in own.words
    assert "<mark>funding &#34;shore-side&#34; batteries next year</mark>" in own.text
    assert "<dt>passage</dt>" not in page.get(f"/facts/show?claim={SHIPPED}:tourism").text


def test_every_column_is_described(page: Served) -> None:
    """Each view has a title and says of each of its columns what it holds; rates name their unit."""
    tables = page.get("/-/metadata.json").json["databases"]["facts"]["tables"]
    for view in (*VIEWS, "show"):
        assert tables[view]["title"]
        assert set(tables[view]["columns"]) == set(page.rows(view)[0])
        assert all(meaning.endswith(".") for meaning in tables[view]["columns"].values())
    assert "percent" in tables["trade"]["columns"]["annual_growth_pct"]
    assert "our arithmetic" in tables["trade"]["columns"]["implied_total_growth_pct"]


def test_the_first_page_says_what_this_is(page: Served, cli: Gz) -> None:
    """The first page names the views in the order of the commands with their rows, the report, and whose text it is."""
    first = page.get("/")
    shown = [address for address in first.links if address.startswith("/facts/")]
    assert list(dict.fromkeys(shown)) == [f"/facts/{view}" for view in VIEWS]
    counts = [int(count) for count in re.findall(r'class="count">(\d+)<', first.text)]
    assert counts == [len(cli(view, "--json").rows) for view in VIEWS]
    [report] = cli("sources", "--json").rows
    assert report["url"] in first.links
    assert report["title"] in first.words
    assert "restated in our own words" in first.words


def test_every_link_leads_to_a_page_without_internal_names(page: Served) -> None:
    """Every page that links lead to is there, and none but that about SQL shows a word of the machine's."""
    seen: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        reply = page.get(path)
        assert reply.status == 200, path
        if ".json" in path or ".csv" in path:
            continue
        linked = (urljoin(page.address + path.lstrip("/"), address) for address in reply.links)
        ahead += [address.removeprefix(page.address[:-1]) for address in linked if address.startswith(page.address)]
        readable = re.sub(r"https?://\S+", "", reply.words)
        assert path == "/facts" or not re.findall(r"\w+_\w+", readable), path
    assert len(seen) > 50


def test_what_is_asked_in_sql_is_answered(page: Served, cli: Gz) -> None:
    """A select of one's own is answered with the columns that the commands have; a mistake is said on the page."""
    assert page.rows("", sql="select * from trade") == cli("trade", "--json").rows
    assert "33.8" in page.sql("select * from trade").words
    twice = page.sql(
        "select 'one' as speaker, 'two' as speaker, 'no:such' as claim, x'00' as paragraph, 9e999 as value"
    )
    assert {"one", "two"} <= set(twice.words.split())
    wrong = page.sql("select nought from nowhere")
    assert (wrong.status, "no such table: nowhere" in wrong.words) == (400, True)
    assert page.sql("select nought from nowhere", ".csv").status == 400


def test_a_wrong_address_is_answered_in_words(page: Served) -> None:
    """A page that is not there, or a column left out, is answered with a status and a sentence, as JSON where asked."""
    assert "Nothing here" in page.get("/facts/nothing").words
    assert page.get("/facts/nothing.json").json["ok"] is False
    assert "There is no such claim." in page.get("/facts/show?claim=nothing").words
    for wrong in ("source__in=[", "_sort=nothing", "_sort=paragraph&_sort_desc=paragraph", "_next=nothing", "_size=-1",
                  "_next=99999999999999999999", "_through=x", "_timelimit=x"):  # fmt: skip
        reply = page.get(f"/facts/claims?{wrong}")
        assert (reply.status, "Traceback" in reply.text) == (400, False), wrong


# What others have written


HOSTILE = """
[source]
id = "hostile"
title = "<script>alert(1)</script>"
publisher = "\\u001b[31mred"
published = "2025-01-02"
event = "{{ 7 * 7 }}"
event_date = "2025-01-01"
place = "</td></table>"
url = "https://example.org/a'onmouseover=alert(1)"

[[speaker]]
id = "mallory"
name = "<b>Mallory</b>"
role = "\\u202egnol"
organization = "&lt;none&gt;"

[[claim]]
id = "first"
statement = "=Coal <img src=x onerror=alert(1)> is hostile"
paragraph = 1
speaker = "mallory"
topics = ["<i>mischief</i>, and more"]
"""


def test_what_is_added_is_seen_as_text(home: Path, gz: Gz) -> None:
    """A briefing added while the page is served is seen at once, as text; no spreadsheet takes a cell for a formula."""
    (home / "hostile.toml").write_text(HOSTILE)
    with serving(home) as served:
        assert "Mallory" not in served.get("/facts/claims").text
        assert gz("add", home / "hostile.toml").status == 0
        asked = ("who-said?phrase=hostile+coal", "claims?_search=hostile", "?sql=select+*+from+show")
        for path in (*asked, "claims", "speakers", "sources", "topics", "show"):
            reply = served.get(f"/facts/{path}".replace("/?", "?"))
            assert reply.status == 200
            assert not re.search(r"<(script>|b>Mallory|img|i>mischief)|\x1b|\u202e|\b49\b", reply.text), path
        claim = served.get("/facts/show?claim=hostile:first").words
        for text in ("Coal <img src=x onerror=alert(1)> is hostile", r"\x1b[31mred", "{{ 7 * 7 }}", r"\u202egnol"):
            assert text in claim
        [topic] = [row["topic"] for row in served.rows("topics") if "mischief" in row["topic"]]
        assert len(served.rows("claims", _topic=topic)) == 1
        assert f"/facts/claims?{urlencode({'_topic': topic})}" in served.get("/facts/claims").links
        for path, command in {
            "claims.csv?_stream=on": "claims",
            "who-said.csv?phrase=hostile": "search hostile",
        }.items():
            downloaded = list(reader(io.StringIO(served.get(f"/facts/{path}").text)))
            assert downloaded == list(reader(io.StringIO(gz(*command.split(), "-f", "csv").out)))
            assert downloaded[-1][0].startswith("'=Coal")


def test_a_link_that_is_none_leads_nowhere(home: Path, mine: Path) -> None:
    """What is no address of a page is no link, even if somebody has written it into the database."""
    edit(mine, "UPDATE source SET url = 'javascript:alert(1)', archive_url = 'data:text/html,x'")
    with serving(home) as served:
        for address in ("/", "/facts/claims", "/facts/sources", f"/facts/show?claim={SHIPPED}:tourism"):
            links = served.get(address).links
            assert links
            assert not [link for link in links if link.startswith(("javascript", "data"))]


# Several reports


def test_several_reports_are_kept_apart(shelf: tuple[Served, Gz]) -> None:
    """Headings name their report, speakers lead to their claims in that role, and a fall is drawn unlike a rise."""
    page, cli = shelf
    words = page.get("/facts/claims").words
    assert all(source in words for source in (SHIPPED, SOURCE, "southland-2025-06-10"))
    own = page.get("/facts/show?claim=southland-2025-06-10:tunnel")
    assert "/facts/claims?source=southland-2025-06-10" in own.links
    links = dict.fromkeys(link for link in page.get("/facts/speakers").links if "speaker=" in link and "role=" in link)
    counted = [row["claims"] for row in cli("speakers", "--json").rows if row["claims"]]
    assert [len(page.rows("claims", **dict(parse_qsl(urlsplit(link).query)))) for link in links] == counted
    bars = re.findall(r'<rect(?: class="(fall)")? width="([\d.]+)"', page.get("/facts/trade?years=2").text)
    assert bars == [("", "84.0"), ("", "100.0"), ("fall", "50.0")]


def test_a_partner_among_other_figures_of_a_claim(home: Path, gz: Gz) -> None:
    """Trade with a partner shows that partner's rate, also of a claim that has the rates of two."""
    both = NORTH.replace(
        'trade = { partner = "asean", annual_growth_pct = 5.25, years = 1 }',
        'figure = [\n  { what = "trade", value = 5.25, unit = "percent", change = "growth", partner = "asean" },\n'
        '  { what = "trade", value = 7.5, unit = "percent", change = "growth", partner = "belt-and-road" },\n]',
    )
    (home / "both.toml").write_text(both, encoding="utf-8")
    assert gz("add", home / "both.toml").status == 0
    with serving(home) as served:
        rows = served.rows("trade-by-partner", partner="asean")
    assert rows == json.loads(gz("trade", "--partner", "asean", "--json").out)
    assert {row["partner"] for row in rows} == {"asean"}
