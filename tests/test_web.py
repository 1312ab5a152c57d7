"""The page: over HTTP it says what the command line says, and a real browser can use it."""

import hashlib
import html
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from csv import DictReader, reader, writer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
from briefings import NORTH, SOUTH, small
from conftest import PROGRAM, Gz, clean_environment, run_inside
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright
from readme import Shell, blocks

from guizhou_cli.errors import visible
from guizhou_cli.page.downloads import SafeCsv

PICTURE = Path(__file__).parent / "pictures" / "web.png"
# Datasette leaves connections to be collected, of which Python 3.13 warns.
WARNINGS = "error,ignore:unclosed database:ResourceWarning"
VIEWS = ("bases", "trade", "measures", "speakers", "claims", "topics", "sources")


class Answer(NamedTuple):
    """What came back over HTTP."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return the body read as JSON."""
        rows: list[dict[str, Any]] = json.loads(self.text)
        return rows

    @property
    def links(self) -> list[str]:
        """Return where the page's links lead."""
        return [html.unescape(address) for address in re.findall(r'<a [^>]*?href="([^"]*)"', self.text)]

    @property
    def words(self) -> str:
        """Return what is there to read."""
        body = re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", self.text.partition("<body")[2], flags=re.DOTALL)
        return html.unescape(body)


class Served(NamedTuple):
    """A page that is being served, by a real process."""

    process: subprocess.Popen[str]
    port: int

    @property
    def address(self) -> str:
        """Return where the page is."""
        return f"http://127.0.0.1:{self.port}/"

    def get(
        self, path: str, method: str = "GET", host: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for a path, under the page's own name or another."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest(method, path, skip_host=True)
            connection.putheader("Host", host or f"127.0.0.1:{self.port}")
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())

    def rows(self, path: str, **question: str) -> list[dict[str, Any]]:
        """Return the rows of a view or a question."""
        answer = self.get(f"/facts/{path}.json?{urlencode({**question, '_shape': 'array'})}")
        assert answer.status == 200, answer.text
        return answer.rows

    def end(self) -> tuple[int, str, str]:
        """Press Ctrl-C, and return the exit status and what else was written."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def serving(home: Path, *before: str | Path, options: tuple[str, ...] = ("--no-open",), **env: str) -> Iterator[Served]:
    """Serve the page until the end of the block, and see that it ends well."""
    with subprocess.Popen(
        [*PROGRAM, *before, "web", "--port", "0", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
        env=clean_environment(home, PYTHONWARNINGS=WARNINGS, **env),
    ) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            if "from memory" in line:
                line = process.stderr.readline()
            said = re.fullmatch(r"gz: the page is at http://127\.0\.0\.1:(\d+)/ until Ctrl-C\n", line)
            assert said, line
            served = Served(process, int(said[1]))
            yield served
            if process.poll() is None:
                assert served.end() == (0, "", "")
        finally:
            process.kill()


@pytest.fixture(scope="module")
def page(seeded: Path) -> Iterator[Served]:
    """Return a page over the database as first use builds it."""
    with serving(seeded.parent, "--db", seeded) as served:
        yield served


@pytest.fixture
def cli(inside: Gz, seeded: Path) -> Gz:
    """Return a function that asks the command line about the same database."""

    def run(*args: str | Path, **env: str | None) -> Any:
        return inside("--db", seeded, *args, **env)

    return run


def contents(folder: Path) -> dict[str, str]:
    """Return the checksum of each file in a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


# Rows, names and numbers


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_the_rows_of_the_command_of_its_name(page: Served, cli: Gz, view: str) -> None:
    """Every row, name and number of a view over HTTP is that of the command, in the same order."""
    assert page.rows(view) == cli(view, "--json").rows


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
        "green development", "33.8%", "BRI", "OBOR", "东盟", "一带一路", "who spoke of poverty?", "Guizhou", "trade",
        "asean", '"a', "it's", "C++", "a AND", "NEAR(", "zz:x", "*", "'; drop table claim", "nobody's word",
    ],
)  # fmt: skip
def test_a_question_has_the_answer_of_the_command_line(
    page: Served, cli: Gz, path: str, parameter: str, command: tuple[str, ...], words: str
) -> None:
    """A question on the page finds just what the command line finds, in the same order, and nothing where that does."""
    ran = cli(*command, words, "--json")
    assert page.rows(path, **{parameter: words}) == (ran.rows if ran.out else [])


def test_a_search_among_the_claims_finds_what_who_said_finds(page: Served, cli: Gz) -> None:
    """The claims that a search leaves are those of who-said, and can be narrowed to a topic and a speaker."""
    found = cli("who-said", "industry", "--limit", "1000", "--json").rows
    searched = page.rows("claims", _search="industry")
    assert sorted(row["claim"] for row in searched) == sorted(row["claim"] for row in found)
    narrowed = page.rows("claims", _search="industry", _topic="green development", speaker="Qiu Zhenguo")
    there = cli("claims", "--topic", "green development", "--speaker", "Qiu Zhenguo", "--json").rows
    assert narrowed == [row for row in there if row in searched]
    assert narrowed


@pytest.mark.parametrize("view", ["bases", "trade", "measures", "claims"])
def test_facets_count_speakers_topics_and_sources(page: Served, cli: Gz, view: str) -> None:
    """Facets count the speakers, the topics and the sources of the claims on show, one by one."""
    facets = json.loads(page.get(f"/facts/{view}.json").text)["facet_results"]
    counted = {name: {each["value"]: each["count"] for each in facets[name]["results"]} for name in facets}
    rows = cli(view, "--json").rows
    shown = {row["claim"] for row in rows}
    speakers = {row["speaker"] for row in rows} - {None}
    topics = [row["topic"] for row in cli("topics", "--json").rows]
    about = {name: {row["claim"] for row in cli("claims", "--topic", name, "--json").rows} for name in topics}
    assert counted == {
        "speaker": {name: sum(row["speaker"] == name for row in rows) for name in speakers},
        "source": {"guizhou-2024-06-14": len(rows)},
        "topic": {name: len(claims & shown) for name, claims in about.items() if claims & shown},
    }


def test_a_facet_leads_to_the_rows_it_counts(page: Served) -> None:
    """Following a topic's facet leaves as many rows as it says, and following it again takes it back."""
    results = json.loads(page.get("/facts/claims.json").text)["facet_results"]["topic"]["results"]
    for topic in results:
        chosen = json.loads(page.get(topic["toggle_url"]).text)
        assert len(chosen["rows"]) == topic["count"]
        again = next(each for each in chosen["facet_results"]["topic"]["results"] if each["value"] == topic["value"])
        assert again["selected"]
        assert len(json.loads(page.get(again["toggle_url"]).text)["rows"]) == 23


def test_a_claim_leads_to_its_passage(page: Served, cli: Gz) -> None:
    """Each claim has the deep link and the citation that gz show gives it, in the list and on a page of its own."""
    links = page.get("/facts/claims").links
    for row in cli("claims", "--json").rows:
        [shown] = cli("show", row["claim"], "--json").rows
        assert shown["link"] in links
        own = page.get(f"/facts/show?claim={quote(row['claim'])}")
        assert shown["link"] in own.links
        assert shown["citation"] in own.words


# What it says


def test_every_column_is_described(page: Served, cli: Gz) -> None:
    """Each view has a title and says of each of its columns what it holds; figures name their unit."""
    metadata = json.loads(page.get("/-/metadata.json").text)
    tables = metadata["databases"]["facts"]["tables"]
    for view in VIEWS:
        assert tables[view]["title"]
        assert list(tables[view]["columns"]) == list(cli(view, "--json").rows[0])
        assert all(meaning.endswith(".") for meaning in tables[view]["columns"].values())
        assert all(html.escape(each, quote=True) for each in tables[view]["columns"].values())
    assert "percent" in tables["trade"]["columns"]["annual_growth_pct"]
    assert "percent" in tables["trade"]["columns"]["implied_total_growth_pct"]
    assert "our arithmetic" in tables["trade"]["columns"]["implied_total_growth_pct"]
    assert "empty for the report's own words" in tables["claims"]["columns"]["said_on"]
    assert "calendar" not in tables["trade"]["columns"]["period"]


def test_the_first_page_says_what_this_is(page: Served, cli: Gz) -> None:
    """The first page names the views in the order of the commands, the report with its link, and whose text it is."""
    first = page.get("/")
    shown = [address for address in first.links if address.startswith("/facts/")]
    assert list(dict.fromkeys(shown)) == [f"/facts/{view}" for view in VIEWS]
    [report] = cli("sources", "--json").rows
    assert report["url"] in first.links
    assert report["title"] in first.words
    assert "restated in our own words" in first.words
    assert "text is its publisher's" in first.words


def test_no_internal_name_is_on_show(page: Served) -> None:
    """No page that a person reaches by links shows a word of the machine's, but for the one about SQL."""
    seen: set[str] = set()
    ahead = ["/"]
    while ahead:
        path = ahead.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        answer = page.get(path)
        assert answer.status == 200, path
        if path.endswith(".json") or ".json?" in path or ".csv" in path:
            continue
        for address in answer.links:
            parts = urlsplit(urljoin(page.address + path.lstrip("/"), address))
            if parts.netloc == f"127.0.0.1:{page.port}":
                ahead.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        readable = re.sub(r"https?://\S+", "", answer.words)
        assert path == "/facts" or not re.findall(r"\w+_\w+", readable), path
    assert len(seen) > 50


def test_nothing_found_says_what_there_is(page: Served, cli: Gz) -> None:
    """Where nothing is found, the page says what the command line says, and offers the same way on."""
    for path, command in {
        "who-said?phrase=volcano": ("who-said", "volcano"),
        "trade-by-partner?partner=asan": ("trade", "--partner", "asan"),
        "measures-by-topic?topic=tourism": ("measures", "--topic", "tourism"),
        "claims?_search=volcano": ("who-said", "volcano"),
    }.items():
        ran = cli(*command)
        assert ran.status == 1
        for line in ran.err.splitlines():
            assert line.removeprefix("gz: ").strip() in page.get(f"/facts/{path}").words
    assert "nothing to search for" in page.get("/facts/who-said?phrase=*").words


def test_matched_words_are_marked(page: Served) -> None:
    """The words that a search matched are marked, as they are on a terminal."""
    for path in ("who-said?phrase=green+development", "claims?_search=green+development"):
        assert page.get(f"/facts/{path}").text.count("<mark>green development</mark>") == 4


def test_what_is_asked_in_sql_is_answered(page: Served, cli: Gz) -> None:
    """A select of one's own is answered with the columns that the commands have; a mistake is told on the page."""
    assert page.get("/facts.json?sql=select+*+from+trade&_shape=array").rows == cli("trade", "--json").rows
    assert "33.8" in page.get("/facts?sql=select+*+from+trade").words
    assert page.get("/facts?sql=select+'no:such'+as+claim,+1+as+paragraph,+null+as+annual_growth_pct").status == 200
    assert page.get("/facts?sql=select+1+as+title,+2+as+url").status == 200
    twice = (
        "select 'one' as speaker, 'two' as speaker, 'three' as role, 'four' as attribution, claim, 'five' as claim"
        " from trade"
    )
    assert {"one", "two", "three", "four", "five"} <= set(page.get(f"/facts?{urlencode({'sql': twice})}").words.split())
    wrong = page.get("/facts?sql=select+nought+from+nowhere")
    assert (wrong.status, "no such table: nowhere" in wrong.words) == (400, True)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    slow = page.get(f"/facts?{urlencode({'sql': endless, '_timelimit': '20'})}")
    assert (slow.status, "It took too long." in slow.words) == (400, True)


def test_a_wrong_address_is_answered_in_words(page: Served) -> None:
    """A page that is not there, or not for reading, is answered with a status and a sentence, as JSON where asked."""
    assert page.get("/nothing").status == 404
    assert "Nothing here" in page.get("/facts/nothing").words
    assert json.loads(page.get("/facts/nothing.json").text)["ok"] is False
    assert "There is no such claim." in page.get("/facts/show?claim=nothing").words
    for harmless in ("answer('x',+'y')", "answer(1,+2)", "answer('who-said',+x'00')", "'a'+as+annual_growth_pct"):
        assert page.get(f"/facts?sql=select+{harmless}").status == 200, harmless
    for wrong in (
        "source__in=[",
        "_sort=nothing",
        "_sort=paragraph&_sort_desc=paragraph",
        "_next=nothing",
        "_facet=nothing",
        "_size=-1",
    ):
        assert page.get(f"/facts/claims?{wrong}").status == 400, wrong


# Safety


def test_other_hosts_are_refused(page: Served) -> None:
    """A request under another host's name, as DNS rebinding sends it, is refused with 403; localhost is no other."""
    assert page.get("/", host=f"localhost:{page.port}").status == 200
    ours = f"127.0.0.1:{page.port}"
    for host in ("evil.example", f"evil.example:{page.port}", "127.0.0.1", "127.0.0.1:1", f"{ours}.evil", f"@{ours}"):
        refused = page.get("/facts/claims.json", host=host)
        assert (refused.status, refused.text) == (403, "This page answers to its own address alone.\n")
    with socket.create_connection(("127.0.0.1", page.port), timeout=10) as bare:
        bare.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in bare.recv(1000)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere 127.0.0.2 is no address of this machine")
def test_only_this_machine_is_served(page: Served) -> None:
    """The page listens on 127.0.0.1 and on no other address."""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", page.port), timeout=10)


def test_nothing_can_be_written(page: Served, seeded: Path) -> None:
    """Reading pages changes not a byte of the database nor of its folder, and nothing but reading is possible."""
    before = contents(seeded.parent)
    for path in ("/", "/facts/claims", "/facts/who-said?phrase=coal", "/facts?sql=select+*+from+claim"):
        assert page.get(path).status == 200
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert page.get("/facts/who-said", method=method).status == 405
    for sql in ("delete from claim", "pragma user_version = 9", "attach 'x.db' as x", "vacuum into 'x.db'"):
        assert page.get(f"/facts?{urlencode({'sql': sql})}").status == 400
    assert page.get("/facts.db").status in {403, 404}
    assert page.get("/facts/claim").status == 403
    assert contents(seeded.parent) == before


def test_other_sites_can_ask_for_nothing(page: Served) -> None:
    """A link from another site opens the page; a picture or a script of one that asks for it is refused."""
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert page.get("/facts", headers=elsewhere | {"Sec-Fetch-Mode": "navigate"}).status == 200
    for mode in ("no-cors", "cors"):
        assert page.get("/facts", headers=elsewhere | {"Sec-Fetch-Mode": mode}).status == 403
    assert page.get("/facts", headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}).status == 200


def test_insides_are_not_on_show(page: Served) -> None:
    """What Datasette tells of itself and of its own makers' forms has no page here."""
    for path in ("patterns", "messages", "allow-debug", "databases", "threads.json", "versions.json", "nothing"):
        assert page.get(f"/-/{path}").status == 404


def test_no_cell_is_without_end(page: Served) -> None:
    """SQL of one's own makes no cell of a gigabyte."""
    for sql in ("select zeroblob(1000000000)", "select hex(zeroblob(4000000))"):
        assert page.get(f"/facts?{urlencode({'sql': sql})}").status == 400


def test_another_file_of_the_same_name(home: Path, gz: Gz) -> None:
    """A database that takes the place of the one that is served is served from then on, whichever thread answers."""
    briefing = home / "hostile.toml"
    briefing.write_text(HOSTILE)
    place = Path(gz("path").out.strip())
    with serving(home) as served:
        for _ in range(6):
            assert len(served.rows("sources")) == 1
        place.rename(home / "before.db")
        assert gz("add", briefing).status == 0
        for _ in range(12):
            assert served.rows("sources") == gz("sources", "--json").rows
        place.unlink()
        assert served.get("/facts/sources").status == 500


def test_no_script_and_nothing_from_elsewhere_is_let_in(page: Served) -> None:
    """Every answer forbids scripts, and what other sites have; no page of ours has any."""
    for path in ("/", "/facts", "/facts/claims", "/nothing", "/-/page/page.css"):
        answer = page.get(path)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert "<script" not in answer.text
        assert " style=" not in answer.text
    assert page.get("/", method="HEAD").status == 200


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
statement = "Coal <img src=x onerror=alert(1)> is hostile"
paragraph = 1
speaker = "mallory"
topics = ["<i>mischief</i>, and more"]
"""


def test_what_is_added_is_seen_as_text(home: Path, gz: Gz) -> None:
    """A briefing added while the page is up is seen at once, and whatever it holds is shown as text."""
    briefing = home / "hostile.toml"
    briefing.write_text(HOSTILE)
    with serving(home) as served:
        assert "Mallory" not in served.get("/facts/claims").text
        assert json.loads(served.get("/-/metadata.json").text)["source_url"].startswith("http://english.www.gov.cn/")
        added = gz("add", briefing)
        assert added.status == 0, added.err
        assert "source" not in json.loads(served.get("/-/metadata.json").text)
        for path in ("/", "/facts/claims", "/facts/speakers", "/facts/sources", "/facts/who-said?phrase=hostile+coal",
                     "/facts/show?claim=hostile:first", "/facts/claims?_search=hostile"):  # fmt: skip
            answer = served.get(path)
            assert answer.status == 200
            assert not re.search(r"<(script|b>Mallory|img|i>mischief)|\x1b|\u202e|\b49\b", answer.text)
        claim = served.get("/facts/show?claim=hostile:first").words
        for text in ("Coal <img src=x onerror=alert(1)> is hostile", r"\x1b[31mred", "{{ 7 * 7 }}", r"\u202egnol"):
            assert text in claim
        [topic] = [row for row in served.rows("topics") if "mischief" in row["topic"]]
        assert len(served.rows("claims", _topic=topic["topic"])) == 1
        assert "guizhou-2024-06-14" in served.get("/facts/claims").words
        assert served.rows("claims") == gz("claims", "--json").rows


# A shelf of briefings


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Gz]]:
    """Return a page over three briefings, one of which is long and one of which tells of a fall, and its program."""
    home = tmp_path_factory.mktemp("shelf")

    def cli(*args: str | Path, **env: str | None) -> Any:
        return run_inside(home, *args, **env)

    fallen = SOUTH.replace("grew by 40.5", "fell by 16.9").replace("40.5", "16.9").replace("pct = 16.9", "pct = -16.9")
    for text in (small("long-2025-01-01", 1300), fallen):
        (home / "briefing.toml").write_text(text, encoding="utf-8")
        assert cli("add", home / "briefing.toml").status == 0
    with serving(home) as served:
        yield served, cli


@pytest.mark.parametrize("path", ["claims", "claims?_search=marmalade", "claims?_topic=topic+3", "trade", "speakers"])
def test_what_can_be_downloaded_is_all_of_it(shelf: tuple[Served, Gz], path: str) -> None:
    """The CSV that a page leads to has each row of the question, and the JSON as many as it can."""
    page, cli = shelf
    command = {
        "claims?_search=marmalade": ("who-said", "marmalade", "--limit", "10000"),
        "claims?_topic=topic+3": ("claims", "--topic", "topic 3"),
    }.get(path, (path,))
    rows = cli(*command, "--json").rows
    answer = page.get(f"/facts/{path}")
    assert re.search(rf"<b>{len(rows)} rows</b>", answer.text)

    [csv] = [link for link in answer.links if ".csv?" in link]
    downloaded = page.get(csv)
    assert downloaded.headers["content-type"].startswith("text/csv")
    read = list(DictReader(io.StringIO(downloaded.text)))
    assert [list(row) for row in read] == [list(rows[0])] * len(rows)
    key = "claim" if "claim" in rows[0] else "speaker"
    assert sorted(row[key] for row in read) == sorted(row[key] for row in rows)

    [link] = [link for link in answer.links if ".json?" in link]
    assert len(json.loads(page.get(link).text)["rows"]) == min(len(rows), 1000)


def test_no_row_is_lost_of_a_search_that_is_narrowed(shelf: tuple[Served, Gz]) -> None:
    """A search that finds more than a page shows is narrowed to all of what it found, and its facets count all."""
    page, cli = shelf
    found = {row["claim"] for row in cli("who-said", "marmalade", "--limit", "10000", "--json").rows}
    on_topic = {row["claim"] for row in cli("claims", "--topic", "topic 6", "--json").rows}
    narrowed = json.loads(page.get("/facts/claims.json?_search=marmalade&_topic=topic+6&_size=max").text)
    assert narrowed["filtered_table_rows_count"] == len(found & on_topic) == 185
    facets = json.loads(page.get("/facts/claims.json?_search=marmalade").text)["facet_results"]
    assert {each["value"]: each["count"] for each in facets["topic"]["results"]}["topic 6"] == 185


def test_a_question_says_how_many_more_there_are(shelf: tuple[Served, Gz]) -> None:
    """Where a question has more answers than a page shows, the page says of how many they are the best."""
    page, _ = shelf
    assert re.search(r"1000 rows\s+of 1300", page.get("/facts/who-said?phrase=marmalade").words)


def test_a_fall_is_not_drawn_as_a_rise(shelf: tuple[Served, Gz]) -> None:
    """A bar is as long as its rate is large beside the largest, and that of a fall is told from that of a rise."""
    page, _ = shelf
    bar = r'(-?[\d.]+)</span><svg class="bar".*?<rect(?: class="(fall)")? width="([\d.]+)"'
    assert re.findall(bar, page.get("/facts/trade").text) == [
        ("28.4", "", "84.0"),
        ("33.8", "", "100.0"),
        ("-16.9", "fall", "50.0"),
        ("-3.0", "fall", "8.9"),
    ]


def test_no_formula_is_downloaded(home: Path, gz: Gz) -> None:
    """Text that a spreadsheet would take for a formula gets an apostrophe in CSV, as on the command line."""
    (home / "briefing.toml").write_text(
        NORTH.replace("Northland has more", '=1+2,\\n\\"@more\\" has more')
        .replace("5.25", "-5.25")
        .replace("grew", "fell")
    )
    assert gz("add", home / "briefing.toml").status == 0
    with serving(home) as served:
        for path, command in {
            "claims.csv?_stream=on": ("claims",),
            "trade.csv?_size=max": ("trade",),
            "who-said.csv?phrase=ships": ("who-said", "ships"),
        }.items():
            downloaded = served.get(f"/facts/{path}").text
            assert list(reader(io.StringIO(downloaded))) == list(reader(io.StringIO(gz(*command, "-f", "csv").out)))
        assert "'=1+2" in downloaded
        assert ",-5.25," in served.get("/facts/trade.csv").text


@given(
    st.lists(st.lists(st.text(st.sampled_from("a=-'\",\n\r\u00e9"), max_size=4), min_size=2, max_size=2), max_size=6),
    st.integers(1, 9),
)
def test_csv_in_any_pieces(rows: list[list[str]], size: int) -> None:
    """However CSV is cut into pieces, it is made safe row by row."""
    written = io.StringIO()
    writer(written).writerows(rows)
    data, safe = written.getvalue().encode(), SafeCsv()
    out = b"".join(safe.feed(data[at : at + size], last=False) for at in range(0, len(data), size)) + safe.feed(
        b"", last=True
    )
    assert list(reader(io.StringIO(out.decode(), newline=""))) == [
        ["'" + visible(cell) if cell[:1] in {"=", "-", "\r"} else visible(cell) for cell in row] for row in rows
    ]


def test_several_reports_are_kept_apart(shelf: tuple[Served, Gz], page: Served) -> None:
    """A row leads to its own report, and no report is named as the source of rows that are of several."""
    served, _ = shelf
    trade = served.get("/facts/trade")
    for source in ("guizhou-2024-06-14", "southland-2025-06-10"):
        assert f"/facts/sources?source={source}" in trade.links
    assert "source_url" not in json.loads(served.get("/facts/trade.json").text)
    alone = json.loads(page.get("/facts/trade.json").text)
    assert alone["source_url"].startswith("http://english.www.gov.cn/")


def test_a_speaker_leads_to_what_they_said_in_that_role(shelf: tuple[Served, Gz]) -> None:
    """The number of a speaker's claims leads to as many rows."""
    page, cli = shelf
    links = [link for link in page.get("/facts/speakers").links if "speaker=" in link and "role=" in link]
    counted = [row["claims"] for row in cli("speakers", "--json").rows]
    assert [len(page.rows("claims", **dict(parse_qsl(urlsplit(link).query)))) for link in links] == counted


def test_a_link_that_is_none_leads_nowhere(home: Path, seeded: Path) -> None:
    """What is no address of a page is no link, even if somebody has written it into the database."""
    path = home / "changed.db"
    shutil.copyfile(seeded, path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE source SET url = 'javascript:alert(1)'")
        db.commit()
    with serving(home, "--db", path) as served:
        for address in ("/", "/facts/claims", "/facts/sources", "/facts/show?claim=guizhou-2024-06-14:tourism"):
            links = served.get(address).links
            assert links
            assert not [link for link in links if link.startswith("javascript")]


def test_nothing_is_kept_by_a_browser(page: Served) -> None:
    """A page is asked for anew each time, so that what was just added is seen."""
    assert page.get("/facts/claims").headers["cache-control"] == "no-cache"


# Starting and ending


def test_it_says_where_it_is_and_ends_with_ctrl_c(home: Path) -> None:
    """The one line it writes is the address, on stderr; Ctrl-C ends it with 0, even while a browser is connected."""
    with (
        serving(home) as served,
        closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as connection,
    ):
        connection.request("GET", "/")
        connection.getresponse().read()
        assert served.end() == (0, "", "")


def test_a_taken_port_is_said_so(gz: Gz) -> None:
    """A port that is in use is answered with 3, one line, and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = gz("web", "--port", str(port), "--no-open", PYTHONWARNINGS=WARNINGS)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == f"gz: port {port} is in use\n    gz web --port 0 takes any that is free\n"


def test_a_missing_database_is_said_so(gz: Gz, tmp_path: Path) -> None:
    """A database that is not there is answered with 3 and one line, and is not created."""
    missing = tmp_path / "none.db"
    ran = gz("--db", missing, "web", "--no-open", PYTHONWARNINGS=WARNINGS)
    assert (ran.status, ran.out, ran.err.splitlines()[0]) == (3, "", f"gz: no database at {missing}")
    assert not missing.exists()


@pytest.mark.parametrize("module", ["datasette", "uvicorn"])
def test_a_missing_extra_is_said_so(home: Path, module: str) -> None:
    """Where the extra is not installed, the answer is 3 and how to install it."""
    program = (
        f"import sys; sys.modules['{module}'] = None\n"
        "from guizhou_cli.cli import run; sys.exit(run(['web', '--no-open']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, env=clean_environment(home)
    )
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr == f'gz: the page needs {module}\n    pip install "guizhou-cli[web]"\n'


def test_other_commands_load_none_of_it(home: Path) -> None:
    """No other command loads the page's modules."""
    program = (
        "import sys; from guizhou_cli.cli import run; run(['claims']); run(['web', '--help'])\n"
        "sys.exit(any(name in sys.modules for name in ('datasette', 'uvicorn', 'asyncio', 'guizhou_cli.web')))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, env=clean_environment(home))
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", ["a b.db", "a?b#c%41.db", "é东盟.db"])
def test_any_path_is_served(home: Path, seeded: Path, name: str) -> None:
    """A database is served whatever characters its path has."""
    named = home / name
    shutil.copy(seeded, named)
    with serving(home, "--db", named) as served:
        assert len(served.rows("claims")) == 23
    assert sorted(contents(home)) == [name]


def test_it_is_served_from_memory_where_nothing_can_be_written(home: Path) -> None:
    """Where the data folder can't be made, the page is served all the same, from memory."""
    (home / "file").write_text("")
    with serving(home, XDG_DATA_HOME=str(home / "file")) as served:
        for _ in range(8):  # each thread has a database of its own
            assert len(served.rows("claims")) == 23
        assert page_of(served, "delete from claim").status == 400


def page_of(served: Served, sql: str) -> Answer:
    """Return the page of a query in SQL."""
    return served.get(f"/facts?{urlencode({'sql': sql})}")


@pytest.mark.skipif(os.name != "posix", reason="the browser of this test is a shell script")
@pytest.mark.parametrize("option", ["--open", "--no-open"])
def test_a_browser_is_opened_where_that_is_wanted(home: Path, option: str) -> None:
    """With --open the page's address is handed to the browser, and with --no-open it is not."""
    browser, told = home / "browser", home / "told"
    browser.write_text(f'#!/bin/sh\necho "$1" >>"{told}"\n')
    browser.chmod(0o755)
    with serving(home, options=(option,), BROWSER=f"{browser} %s") as served:
        assert served.get("/").status == 200
        address = served.address
    assert (told.read_text() if told.exists() else "") == (f"{address}\n" if option == "--open" else "")


def test_a_damaged_database_is_told_on_the_page(home: Path, seeded: Path) -> None:
    """A database that is damaged while the page is up is told in words, and the server goes on."""
    named = home / "facts.db"
    shutil.copy(seeded, named)
    with serving(home, "--db", named) as served:
        named.write_bytes(b"not a database at all")
        answer = served.get("/facts/claims")
        assert answer.status >= 400
        assert "Traceback" not in answer.text
        assert served.get("/-/page/page.css").status == 200


# Other people's tools


@pytest.mark.parametrize("line", [line for line in "".join(blocks("sh")).splitlines() if '"$(gz path)"' in line])
def test_tools_of_your_own_read_the_same_rows(tmp_path: Path, line: str) -> None:
    """The lines that the README has for other tools show the rate that gz shows."""
    tool = line.split(maxsplit=1)[0]
    shell = Shell(tmp_path)
    if shell.run(f"command -v {tool}") == "" or ("pandas" in line and find_spec("pandas") is None):
        pytest.skip("not on this machine")
    shown = shell.run(f"PYTHONWARNINGS=default {line}")
    assert "33.8" in shown
    assert "Error" not in shown


# In a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium that is on this machine."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium here: Debian's package chromium has one")
    quiet = "--no-first-run --disable-gpu --disable-quic --disable-background-networking --disable-component-update"
    with sync_playwright() as playwright:
        try:
            # A container has no user namespaces to make a sandbox of; the only page opened is our own.
            chromium = playwright.chromium.launch(executable_path=program, args=[*quiet.split(), "--no-sandbox"])
        except Error as error:
            pytest.skip(f"Chromium does not start here: {error.message.splitlines()[0]}")
        with chromium:
            yield chromium


@contextmanager
def opened(browser: Browser, page: Served, width: int, height: int, **options: Any) -> Iterator[Page]:
    """Open the page in a window of that size, and see that nothing is wrong in its console when it closes."""
    troubles: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            troubles.append(message.text)

    with browser.new_context(viewport={"width": width, "height": height}, **options) as context:
        tab = context.new_page()
        tab.on("console", listen)
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.goto(page.address)
        yield tab
    assert troubles == []


def overflows(tab: Page) -> bool:
    """Tell whether a page is wider than its window, once its style has come."""
    tab.wait_for_load_state()
    return bool(tab.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)], ids=["desktop", "phone"])
def test_a_browser_finds_who_said_it(browser: Browser, page: Served, cli: Gz, width: int, height: int) -> None:
    """A person searches "green development", finds Qiu Zhenguo, follows a facet, and comes to the deep link."""
    with opened(browser, page, width, height) as tab:
        tab.get_by_label("Who said it?").fill("green development")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/facts/who-said?phrase=green+development")
        assert tab.locator("tbody tr").count() == 4
        assert tab.locator("td.speaker").all_inner_texts()[0].startswith(("Qiu Zhenguo", "speaker\nQiu Zhenguo"))
        assert tab.locator("mark").first.inner_text() == "green development"
        assert not overflows(tab)

        tab.get_by_role("link", name="narrow by speaker, topic or report").click()
        tab.get_by_role("link", name="energy 1").click()
        tab.wait_for_url(re.compile("_topic=energy"))  # until it has come whole: what is counted is what is there
        assert tab.locator("tbody tr").count() == 1
        assert "Qiu Zhenguo" in tab.locator("tbody").inner_text()
        assert not overflows(tab)

        [shown] = cli("show", "measure-coal", "--json").rows
        assert tab.locator("td.paragraph a").get_attribute("href") == shown["link"]
        tab.get_by_role("link", name="measure-coal").click()
        tab.wait_for_url("**/facts/show?claim=*")
        assert tab.locator("h1").inner_text() == shown["statement"]
        assert tab.get_by_role("link", name="open the report").get_attribute("href") == shown["link"]
        assert not overflows(tab)


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light"), (768, "light"), (1280, "dark")])
def test_every_page_fits_its_window(browser: Browser, page: Served, width: int, scheme: str) -> None:
    """No page is wider than its window, on a phone or on a desk, and every one has its style."""
    with opened(browser, page, width, 800, color_scheme=scheme) as tab:
        for path in ("", "facts", *(f"facts/{view}" for view in (*VIEWS, "show")), "facts/who-said?phrase=trade",
                     "facts?sql=select+*+from+show"):  # fmt: skip
            tab.goto(page.address + path)
            assert not overflows(tab), path
            colour = "rgb(20, 24, 28)" if scheme == "dark" else "rgb(255, 255, 255)"
            assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == colour


def test_the_page_can_be_pictured(browser: Browser, page: Served) -> None:
    """A picture of the page is small enough for the README, whose own is made anew where GZ_PICTURES is set."""
    with opened(browser, page, 1080, 720) as tab:
        tab.goto(page.address + "facts/who-said?phrase=green+development")
        picture = tab.screenshot()
        if os.environ.get("GZ_PICTURES"):
            PICTURE.write_bytes(picture)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(picture) < 150_000
    assert 1_000 < PICTURE.stat().st_size < 150_000
