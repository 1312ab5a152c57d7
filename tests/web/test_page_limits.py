"""What a request may cost: time, memory and size, alone and together with others; and how the server ends."""

import json
import shutil
import socket
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote

import pytest
from conftest import Gz, Ran
from samples import NORTH, small
from served import ENDLESS, WARNINGS, Served, serving

NINE_HUNDRED = "with recursive n(i) as (select 1 union all select i + 1 from n limit 900) select"
TOO_LONG = "It took too long."
MEGABYTES = 1_000


def peak(page: Served) -> int:
    """Return the most memory that the server has used so far, in megabytes."""
    status = Path(f"/proc/{page.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def make_endless(path: Path, name: str) -> None:
    """Change a view of a database to one that never ends."""
    with closing(sqlite3.connect(path)) as db:
        [(sql,)] = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [name])
        db.execute(f"DROP VIEW {name}")
        db.execute(sql.replace(f"VIEW {name}", f"VIEW {name}_as_it_was", 1))
        db.execute(f"CREATE VIEW {name} AS SELECT * FROM {name}_as_it_was WHERE ({ENDLESS}) > 0")
        db.commit()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file says how much memory a process has used")
@pytest.mark.parametrize(
    "query",
    [
        f"{NINE_HUNDRED} zeroblob(4900000) as statement from n",
        f"{NINE_HUNDRED} zeroblob(490000) as statement from n",
        f"{NINE_HUNDRED} hex(zeroblob(240000)) as statement from n order by random()",
        "select " + ", ".join(f"hex(zeroblob(240000)) as c{at}" for at in range(60)),
        ENDLESS.replace("count(*)", "count(distinct hex(zeroblob(99999)) || i)"),
        ENDLESS.replace("count(*)", "group_concat(i)"),
    ],
    ids=["blobs", "smaller-blobs", "sorted", "columns", "distinct", "group_concat"],
)
def test_no_query_needs_much_memory(page: Served, query: str) -> None:
    """A query that makes large values is refused in words in each format, and below a gigabyte also eight at once."""
    for suffix in ("", ".json", ".csv"):
        reply = page.sql(query, suffix)
        assert reply.status >= 400
        assert any(each in reply.text for each in ("too big", "more than 10 MB", "too much memory", "took too long"))
    with ThreadPoolExecutor(8) as together:
        assert all(reply.status >= 400 for reply in together.map(page.sql, [query] * 8))
    assert peak(page) < MEGABYTES
    assert page.get("/facts/claims").status == 200


def test_an_endless_query_ends(page: Served) -> None:
    """A query that never ends is ended, and the page says so, in HTML and in JSON; a filter that never ends too."""
    for reply in (
        page.sql(ENDLESS),
        page.sql(ENDLESS, ".json"),
        page.get(f"/facts/claims?_where={quote(f'({ENDLESS})')}"),
    ):
        assert reply.status == 400
        assert TOO_LONG in reply.text


@pytest.mark.parametrize(("view", "path"), [("sources", "/"), ("reports", "/facts/claims")])
def test_a_view_that_never_ends(home: Path, mine: Path, view: str, path: str) -> None:
    """Where a view of the database never ends, each page says so or does without, and the others answer meanwhile."""
    make_endless(mine, view)
    with serving(home, "--db", mine) as served, ThreadPoolExecutor(4) as together:
        asked = [together.submit(served.get, path) for _ in range(4)]
        assert served.get("/facts/topics").status == 200
        for reply in asked:
            assert "too long" in reply.result().text
        assert served.get("/facts/topics").status == 200


def test_ctrl_c_ends_it_while_queries_run(home: Path, seeded: Path) -> None:
    """Ctrl-C ends the program with 0 and without a word while more endless queries run than there are threads."""
    with serving(home, "--db", seeded) as served, ThreadPoolExecutor(6) as together:
        assert served.get("/facts/topics").status == 200  # before the server is up, Ctrl-C ends it before its loop
        asked = [together.submit(served.sql, ENDLESS) for _ in range(6)]
        while not all(each.running() for each in asked):
            time.sleep(0.01)
        assert served.end() == (0, "", "")
        for each in asked:
            each.exception()


def test_a_slow_query_does_not_keep_add_out(home: Path, gz: Gz) -> None:
    """While queries run that are as slow as can be, and one after the other, a briefing can be added."""
    (home / "north.toml").write_text(NORTH, encoding="utf-8")
    assert gz("topics").status == 0
    slow = f"{ENDLESS}, claim"
    with serving(home) as served, ThreadPoolExecutor(4) as together:
        asked = [together.submit(served.sql, slow) for _ in range(8)]
        added = gz("add", home / "north.toml")
        assert (added.status, added.out) == (0, "")
        assert {each.result().status for each in asked} == {400}
        assert "northland-2023-04-01" in {row["source"] for row in served.rows("sources")}


def test_a_damaged_database_is_said_on_the_page(home: Path, seeded: Path) -> None:
    """A database that is damaged while the page is served is said so in words, and the server goes on."""
    named = home / "facts.db"
    shutil.copyfile(seeded, named)
    with serving(home, "--db", named) as served:
        named.write_bytes(b"not a database at all")
        assert "is not a database" in served.get("/facts/claims").words
        assert "is not a database" in served.get("/facts/claims.json").json["error"]
        named.unlink()
        assert "no database at" in served.get("/").words
        shutil.copyfile(seeded, named)
        assert served.get("/facts/claims").status == 200


def test_any_path_is_served(home: Path, seeded: Path) -> None:
    """A database is served whatever characters its path has, and nothing is left beside it."""
    name = "é东盟 a?b#c%41.db"
    shutil.copyfile(seeded, home / name)
    with serving(home, "--db", home / name) as served:
        assert len(served.rows("claims")) == 23
    assert [path.name for path in home.iterdir()] == [name]


def test_it_is_served_from_memory_where_nothing_can_be_written(home: Path) -> None:
    """Where the data folder can't be made, the page is served all the same, from memory, and read-only."""
    (home / "file").write_text("")
    with serving(home, XDG_DATA_HOME=str(home / "file")) as served:
        assert len(served.rows("claims")) == 23
        assert len(served.rows("who-said", phrase="coal")) == 1
        assert served.sql("with x as (select 1) delete from claim").status == 400


def test_a_taken_port_is_said_so(gz: Gz) -> None:
    """A port that is in use is answered with 3, one line, and the way out."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = gz("web", "--port", str(port), "--no-open", PYTHONWARNINGS=WARNINGS)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == f"gz: port {port} is in use\n    gz web --port 0 takes any that is free\n"


@pytest.mark.parametrize("module", ["datasette", "uvicorn"])
def test_a_missing_extra_is_said_so(inside: Gz, module: str) -> None:
    """Where the extra is not installed, the answer is 3 and how to install it."""
    with patch.dict(sys.modules, {module: None}):
        ran = inside("web", "--no-open")
    assert ran == Ran(3, "", f'gz: the page needs {module}\n    pip install "guizhou-cli[web]"\n')


@pytest.mark.skipif(sys.platform == "win32", reason="the browser of this test is a shell script")
def test_a_browser_is_opened_where_that_is_wanted(home: Path) -> None:
    """With --open the page's address is handed to the browser."""
    browser, opened = home / "browser", home / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{opened}.part" && mv "{opened}.part" "{opened}"\n')
    browser.chmod(0o755)
    with serving(home, options=("--open",), BROWSER=f"{browser} %s") as served:
        while not opened.exists():
            time.sleep(0.05)
        assert opened.read_text() == f"{served.address}\n"


def test_a_long_download_is_complete_or_says_that_it_is_not(home: Path, gz: Gz) -> None:
    """The CSV that a page leads to has each row of a view; what a page shows of a search says of how many."""
    (home / "long.toml").write_text(small("long-2025-01-01", 1300), encoding="utf-8")
    assert gz("add", home / "long.toml").status == 0
    with serving(home) as served:
        reply = served.get("/facts/claims")
        assert "1,323 rows" in reply.words
        [csv] = [link for link in reply.links if ".csv?" in link]
        assert len(served.get(csv).text.splitlines()) == 1324
        [link] = [link for link in reply.links if ".json?" in link]
        assert len(json.loads(served.get(link).text)["rows"]) == 1000
        found = served.get("/facts/who-said?phrase=marmalade")
        assert "1000 rows of 1300" in found.words
        assert "the first 1,000 rows" in found.words
        narrowed = served.get("/facts/claims.json?_search=marmalade&_topic=topic+6&_size=max").json
        assert narrowed["filtered_table_rows_count"] == len(narrowed["rows"]) == 185
