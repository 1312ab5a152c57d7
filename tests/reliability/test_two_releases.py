"""Two releases on one database, in turn and at once: nothing is lost, and only a later one renews."""

import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from conftest import PROGRAM, REPOSITORY, Gz, Ran, clean_environment
from samples import SHIPPED, SOUTH, assert_sound, edit, sha256, small, unharmed

SOUTHLAND = "southland-2025-06-10"
OLD_TOURISM, NEW_TOURISM = "Guizhou is upgrading its tourism industry.", "Guizhou is improving its tourism."

LATER = {
    "facts.sql": {
        OLD_TOURISM: NEW_TOURISM,
        "('guizhou-2024-06-14', 2);": "('guizhou-2024-06-14', 3);",
        "'ASEAN'),\n": "'ASEAN members'),\n",
    },
    "guizhou_cli/db/connection.py": {
        "FACTS_VERSION = 2": "FACTS_VERSION = 3",
        "INDEX_VERSION = 3": "INDEX_VERSION = 4",
    },
}
"""What a later release changes in its files: facts, the name of one partner, and the versions."""

Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a later release."""
    folder = tmp_path_factory.mktemp("later")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "guizhou_cli", folder / "guizhou_cli", ignore=ignored)
    shutil.copyfile(REPOSITORY / "facts.sql", folder / "facts.sql")
    for name, changes in LATER.items():
        text = (folder / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def newer(gz: Gz, later: Path) -> Run:
    """Return a function that runs the later release in the home folder."""

    def run(*args: str | Path) -> Ran:
        return gz(*args, PYTHONPATH=str(later))

    return run


@pytest.fixture
def south(home: Path) -> Path:
    """Return the path of a briefing."""
    path = home / "south.toml"
    path.write_text(SOUTH, encoding="utf-8")
    return path


def tourism(ran: Ran) -> list[str]:
    """Return the shipped statements about tourism in an answer."""
    return [row["statement"] for row in ran.rows if row["claim"] == f"{SHIPPED}:tourism"]


# In turn -----------------------------------------------------------------------------------------------------


def test_later_release_renews_once_and_keeps_what_was_added(gz: Gz, newer: Run, mine: Path, south: Path) -> None:
    """A later release replaces the shipped facts at its first query; briefings and a user's own tables stay."""
    assert gz("add", south).status == 0
    exported = gz("export", SOUTHLAND)
    edit(mine, f"CREATE TABLE note AS SELECT key, 'ask' AS text FROM claim WHERE source_id = '{SOUTHLAND}'")

    ran = newer("claims", "--json")
    once = sha256(mine)

    assert ran.err == ""
    assert tourism(ran) == [NEW_TOURISM]
    assert len([row for row in ran.rows if row["source"] == SOUTHLAND]) == 4
    assert newer("export", SOUTHLAND).out == exported.out.replace('name = "ASEAN"', 'name = "ASEAN members"')
    assert newer("who-said", "tunnel", "--source", SOUTHLAND).status == 0
    assert {row["partner_name"] for row in newer("trade", "--partner", "asean", "--json").rows} == {"ASEAN members"}
    with closing(sqlite3.connect(mine)) as db:
        assert db.execute("SELECT count(*) FROM note JOIN claim USING (key)").fetchone() == (4,)
    assert sha256(mine) == once
    assert_sound(mine)


def test_earlier_release_reads_and_adds_without_renewing(gz: Gz, newer: Run, mine: Path, south: Path) -> None:
    """An earlier release answers from the later facts and changes nothing of them; what it adds is found by both."""
    assert newer("bases").status == 0
    renewed = sha256(mine)

    assert tourism(gz("claims", "--json")) == [NEW_TOURISM]
    assert sha256(mine) == renewed

    assert gz("add", south).status == 0
    for run in (gz, newer):
        assert run("who-said", "tunnel", "--source", SOUTHLAND).status == 0
        assert tourism(run("claims", "--json")) == [NEW_TOURISM]
        assert run("verify").status == 0
    assert_sound(mine)


def test_older_named_database_is_read_and_not_renewed(newer: Run, mine: Path, tmp_path: Path) -> None:
    """A query of a named database of an older release changes no byte of it, and finds what it searches."""
    named = Path(shutil.copyfile(mine, tmp_path / "named.db"))
    before = named.stat().st_mtime_ns
    with unharmed(named):
        assert tourism(newer("--db", named, "claims", "--json")) == [OLD_TOURISM]
        assert newer("--db", named, "who-said", "tourism").status == 0
    assert named.stat().st_mtime_ns == before


@pytest.mark.parametrize("closed", ["folder", "file"])
def test_older_facts_answer_where_nothing_can_be_written(ordinary: Gz, mine: Path, later: Path, closed: str) -> None:
    """A database that can't be renewed answers from the older facts, with a note, and is unharmed."""
    before = sha256(mine)
    mine.chmod(0o600 if closed == "folder" else 0o400)
    mine.parent.chmod(0o500)

    ran = ordinary("claims", "--json", PYTHONPATH=str(later))

    mine.parent.chmod(0o700)
    assert (ran.status, tourism(ran)) == (0, [OLD_TOURISM])
    assert ran.err.startswith(f"gz: answering from an older release's facts: {mine} can't be ")
    assert sha256(mine) == before


# At once -----------------------------------------------------------------------------------------------------

SLOWLY = """
import sys
from guizhou_cli import __main__
from guizhou_cli.db import change
renew = change.renew
def slowly(db):
    print("renewing", flush=True)
    sys.stdin.readline()
    renew(db)
change.renew = slowly
__main__.main()
"""
PATIENTLY = """
from guizhou_cli import __main__
from guizhou_cli.db import change, connection
connection.BUSY_SECONDS = 120  # however loaded the machine is
open_db = change.open_db
def waiting(*args, **options):
    db = open_db(*args, **options)
    print("waiting", flush=True)
    return db
change.open_db = waiting
__main__.main()
"""


def test_adding_while_another_release_renews(home: Path, mine: Path, later: Path, south: Path, newer: Run) -> None:
    """`add` that waits while a later release renews looks at the release again: what it adds is found afterwards."""
    with subprocess.Popen(
        [PROGRAM[0], "-c", SLOWLY, "topics"],
        env=clean_environment(home, PYTHONPATH=str(later)),
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as renewing:
        assert renewing.stdout is not None
        assert renewing.stdout.readline() == b"renewing\n"
        with subprocess.Popen(
            [PROGRAM[0], "-c", PATIENTLY, "add", south],
            env=clean_environment(home),
            cwd=home,
            stdout=subprocess.PIPE,
        ) as adding:
            assert adding.stdout is not None
            assert adding.stdout.readline() == b"waiting\n"  # it has opened the older release's database
            renewing.communicate(b"\n")
            adding.communicate()
        assert adding.returncode == 0

    assert newer("who-said", "tunnel", "--source", SOUTHLAND).status == 0
    assert newer("verify").status == 0
    assert_sound(mine)


def test_storm_of_two_releases(gz: Gz, home: Path, mine: Path, later: Path) -> None:
    """Adds, removes and queries of two releases at once lose nothing, and end in documented statuses."""
    there: set[str] = set()

    def worker(number: int) -> None:
        chance = random.Random(number)

        def ran(*args: str | Path) -> int:
            done = gz(*args, PYTHONPATH=str(chance.choice([REPOSITORY, later])))
            assert done.status in {0, 1, 3}, done.err
            return done.status

        for at in range(2):
            id_ = f"w{number}-{at}"
            path = home / f"{id_}.toml"
            path.write_text(small(id_, 3), encoding="utf-8")
            if ran("add", path) == 0:
                there.add(id_)
            ran(*chance.choice([["claims"], ["trade"], ["who-said", "coal"]]))
            if id_ in there and at == 1 and ran("remove", id_) == 0:
                there.remove(id_)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(worker, range(4)))

    with closing(sqlite3.connect(mine)) as db:
        assert {id_ for (id_,) in db.execute("SELECT id FROM source")} == there | {SHIPPED}
    for folder in (later, REPOSITORY, later):
        assert gz("verify", PYTHONPATH=str(folder)).status == 0
    assert_sound(mine)
