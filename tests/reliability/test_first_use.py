"""The database is built on first use, completely or not at all, wherever that is and whatever comes between."""

import os
import pwd
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from conftest import UNMEASURED, Gz, Ran, place, process, run_inside
from samples import assert_refused, assert_sound, folder_of, small, unharmed

from guizhou_cli.db.build import first_use


def assert_complete(path: Path) -> None:
    """Assert that a database has all of the shipped facts and their index."""
    assert_sound(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM claims").fetchone() == (23,)
        assert db.execute("SELECT source_id FROM build").fetchall() == [("guizhou-2024-06-14",)]


def assert_bases(ran: Ran) -> None:
    """Assert that the six bases are the answer."""
    assert ran.status == 0, ran.err
    assert [row["position"] for row in ran.rows] == [1, 2, 3, 4, 5, 6]


def from_memory(home: Path, why: str) -> str:
    """Return the note of an answer from memory."""
    return f"gz: answering from memory: {place(home)} can't be written ({why})\n"


# 1. No data folder -----------------------------------------------------------------------------------------


def test_first_use_builds_one_private_file(gz: Gz, home: Path) -> None:
    """The first run answers, and leaves one file that is its user's alone, in folders that are, too."""
    ran = gz("bases", "--json")

    assert_bases(ran)
    assert ran.err == ""
    made = [place(home), *place(home).parents[:3]]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o600, 0o700, 0o700, 0o700]
    assert [*folder_of(place(home))] == ["facts.db"]
    assert_complete(place(home))


def test_later_runs_change_no_byte(here: Gz, mine: Path) -> None:
    """Queries of every kind leave the database, its folder and its times as they were."""
    before = mine.stat().st_mtime_ns
    with unharmed(mine):
        for question in ("bases", "trade", "who-said coal", "show tourism"):
            assert here(*question.split()).status == 0
        assert here("who-said", "nothing like it").status == 1
    assert mine.stat().st_mtime_ns == before


# 2. Many at once -------------------------------------------------------------------------------------------

RACE = """
import os, sys
from guizhou_cli import cli
from guizhou_cli.db import build
answers, runners, hard_links = sys.argv[1], 50, sys.argv[2] == "links"
def refused(*_): raise PermissionError("no hard links here")
if not hard_links: os.link = refused
wait, go = os.pipe()
for number in range(runners):
    if os.fork() == 0:
        os.close(go)
        os.read(wait, 1)  # until all are there
        os.dup2(os.open(f"{answers}/{number}", os.O_WRONLY | os.O_CREAT), 1)
        status = cli.run(["bases", "--json"])
        sys.stdout.flush()
        os._exit(status)
os.close(go)
sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(runners)))
"""


@pytest.mark.parametrize("links", ["links"] * 7 + ["no links"] * 3)
def test_fifty_first_runs_in_the_same_moment(home: Path, tmp_path: Path, links: str) -> None:
    """Fifty processes that ask first in the same moment all answer and leave one complete database."""
    answers = tmp_path / "answers"
    answers.mkdir()
    assert process(home, [sys.executable, "-c", RACE, answers, links], {}) == Ran(0, "", "")

    assert len(list(answers.iterdir())) == 50
    for answer in answers.iterdir():
        assert_bases(Ran(0, answer.read_text(), ""))
    assert [*folder_of(place(home))] == ["facts.db"]
    assert_complete(place(home))


FASTER = """
import sys
from pathlib import Path
from guizhou_cli.db import build
from guizhou_cli.db.change import writing
path = Path(sys.argv[1])
build.first_use(path)
with writing(path, recover=True) as db:
    db.execute("INSERT INTO topic VALUES ('added', 'added')")
"""


def test_slow_first_run_without_hard_links_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are no hard links, a slow first run does not replace a database that was built and added to."""
    path = tmp_path / "facts.db"
    others: list[subprocess.Popen[bytes]] = []

    def no_links(*_: object) -> None:
        others.append(subprocess.Popen([sys.executable, "-c", FASTER, path]))
        with suppress(subprocess.TimeoutExpired):
            others[0].wait(1)  # it waits for this one
        raise PermissionError

    monkeypatch.setattr(os, "link", no_links)
    first_use(path).close()

    assert others[0].wait() == 0
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM topic WHERE id = 'added'").fetchone() == (1,)


# 3. Killed -------------------------------------------------------------------------------------------------

STOPPED = """
import os, signal, sys
from pathlib import Path
from guizhou_cli.db import build
step = int(sys.argv[2])
def stop(event, _):
    global step
    step -= event.startswith(("open", "os.", "tempfile.", "fcntl."))
    if step == 0:
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(stop)
build.first_use(Path(sys.argv[1]))
"""


def test_first_run_killed_at_every_step(home: Path) -> None:
    """A first run killed before any of its steps leaves no database or a complete one, and the next run tidies up."""
    path = place(home)
    statuses: list[int] = []
    while 0 not in statuses:
        shutil.rmtree(home / ".local", ignore_errors=True)
        step = str(len(statuses) + 1)
        statuses.append(process(home, [sys.executable, "-c", STOPPED, path, step], UNMEASURED).status)
        there = path.exists()
        if there:
            assert_complete(path)
        assert_bases(run_inside(home, "bases", "--json"))
        assert_complete(path)
        assert [*folder_of(path)] == ["facts.db"] or there  # linked, and not yet unlinked
    assert len(statuses) > 5
    assert {*statuses[:-1]} == {-signal.SIGKILL}


# 4, 5. No room, no permission ------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 1, 4096, 100_000])
def test_no_room_for_the_database(gz_after: Gz, home: Path, room: int) -> None:
    """Without room for the database the answer comes from memory, and nothing incomplete is left."""
    ran = gz_after(f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))", "bases", "--json")

    assert_bases(ran)
    assert ran.err == from_memory(home, "File too large")
    assert folder_of(place(home)) == {}
    assert_bases(run_inside(home, "bases", "--json"))
    assert_complete(place(home))


@pytest.mark.parametrize("closed", [0o500, 0o000])
def test_folder_that_is_closed(ordinary: Gz, home: Path, closed: int) -> None:
    """In a read-only home the answer comes from memory, with a note, and nothing is made; a database is not there."""
    home.chmod(closed)

    unnamed = ordinary("bases", "--json", PYTHONSAFEPATH="1")
    named = ordinary("--db", place(home), "bases", PYTHONSAFEPATH="1")

    home.chmod(0o700)
    assert_bases(unnamed)
    assert unnamed.err == from_memory(home, "Permission denied")
    assert (named.status, named.out) == (3, "")
    assert list(home.iterdir()) == []


def test_read_only_folder_with_a_database(ordinary: Gz, home: Path, mine: Path) -> None:
    """In a read-only folder queries answer, `gz add` ends with 3, and the database is unharmed."""
    (home / "small.toml").write_text(small("small"), encoding="utf-8")
    mine.parent.chmod(0o500)
    asked = ordinary("bases", "--json")
    assert_refused(ordinary, mine, "add", home / "small.toml")
    mine.parent.chmod(0o700)
    assert_bases(asked)
    assert asked.err == ""


# 6. Odd places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "relative", "~/data"])
def test_data_folder_that_is_no_absolute_path(home: Path, folder: str) -> None:
    """An XDG_DATA_HOME that is empty or relative is ignored, as its specification asks, and nothing is made of it."""
    assert run_inside(home, "path", XDG_DATA_HOME=folder) == Ran(0, f"{place(home)}\n", "")
    assert [file.name for file in home.iterdir()] == [".local"]


@pytest.mark.parametrize("set_home", [{}, {"HOME": None}], ids=["HOME", "no HOME"])
def test_data_folder_elsewhere(home: Path, tmp_path: Path, set_home: dict[str, None]) -> None:
    """An absolute XDG_DATA_HOME is where the database goes, with HOME or without."""
    data = tmp_path / "données 50%?#"
    path = data / "guizhou-cli" / "facts.db"

    assert run_inside(home, "path", XDG_DATA_HOME=str(data), **set_home) == Ran(0, f"{path}\n", "")
    assert_complete(path)
    assert list(home.iterdir()) == []


def test_no_home_at_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither HOME nor the list of users knows a home folder, a line says what to set, with status 3."""
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    monkeypatch.chdir(home)

    assert run_inside(home, "bases", HOME=None) == Ran(
        3, "", "gz: there is no home folder to keep the database in\n    set HOME, or name a file with --db\n"
    )
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("in_the_way", [".local", ".local/share/guizhou-cli"])
def test_data_folder_that_is_a_file(home: Path, in_the_way: str) -> None:
    """A file where the data folder should be is left alone, and the answer comes from memory."""
    blocking = home / in_the_way
    blocking.parent.mkdir(parents=True, exist_ok=True)
    blocking.write_text("mine")

    ran = run_inside(home, "bases", "--json")

    assert_bases(ran)
    assert ran.err == from_memory(home, "Not a directory")
    assert blocking.read_text() == "mine"


@pytest.mark.parametrize("kind", ["folder", "dangling link", "fifo", "device"])
def test_database_that_is_no_file(home: Path, kind: str) -> None:
    """A folder, a link to nothing, a FIFO or a device in the database's place is refused at once, and left alone."""
    path = place(home)
    path.parent.mkdir(parents=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/null" if kind == "device" else "nowhere")

    with unharmed(path):
        ran = run_inside(home, "bases")
    assert ran == Ran(3, "", f"gz: {path} is not a file\n    gz --db PATH takes a database that gz has built\n")


# 7, 8. Odd names, and no such file -------------------------------------------------------------------------

NAMES = "what?.db|what?mode=memory|no#1.db|100%.db|%41.db|two words.db|café.db|东盟.db|a\nb.db|a'b\"c;--.db|[bold]x.db"


@pytest.mark.parametrize("name", [*NAMES.split("|"), "back\\slash.db", "file:facts.db", "-facts.db", b"not utf-8 \xff"])
def test_odd_characters_in_db(gz: Gz, home: Path, seeded: Path, name: str | bytes) -> None:
    """--db opens the file of exactly that name, whatever the characters, and `gz path` prints it byte for byte."""
    path = home / os.fsdecode(name)
    shutil.copyfile(seeded, path)
    with closing(sqlite3.connect(os.fsencode(path))) as db, db:
        db.execute("UPDATE speaker SET name = 'The Right One' WHERE id = 'li-bingjun'")

    with unharmed(path):
        ran, where = gz("--db", name, "speakers", "--json"), gz("--db", name, "path")
        assert gz("speakers", "--json", GZ_DB=os.fsdecode(name)) == ran

    assert [row["speaker"] for row in ran.rows] == ["The Right One", "Qiu Zhenguo"]
    assert where.out.encode() == os.fsencode(path).replace(b"\xff", b"\\xff") + b"\n"


@pytest.mark.parametrize("name", ["nothing.db", "no folder/nothing.db", "x" * 300, "/dev/null/nothing.db"])
def test_db_that_is_not_there(home: Path, name: str) -> None:
    """--db with the name of no file is refused with status 3 and one line with the way out, and no file is made."""
    ran = run_inside(home, "--db", name, "bases")

    assert (ran.status, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith("gz: ")
    assert name in first
    assert "--db" in second
    assert list(home.iterdir()) == []


# What others have put there --------------------------------------------------------------------------------

LINKED = """
import os, sys
from pathlib import Path
from guizhou_cli.db.build import first_use
database, name, target = sys.argv[1:]
os.symlink(target, Path(database).with_name(name.format(os.getpid())))
first_use(Path(database))
"""


@pytest.mark.parametrize("name", ["facts.db.{}.new", "facts.db.{}.abcdefgh.new", "facts.db-journal", "facts.db-wal"])
def test_links_in_the_data_folder_are_not_followed(home: Path, name: str) -> None:
    """First use neither writes to what a link in the data folder points to, nor removes what is no file of its own."""
    precious = home / "precious.txt"
    precious.write_text("precious")
    place(home).parent.mkdir(parents=True)

    assert process(home, [sys.executable, "-c", LINKED, place(home), name, precious], {}).status == 0

    assert precious.read_text() == "precious"
    assert_complete(place(home))
    assert len(folder_of(place(home))) == 2
