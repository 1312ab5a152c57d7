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
from conftest import UNMEASURED, Gz, Ran, clean_environment, run_inside
from samples import assert_sound, sha256, small

from guizhou_cli.db.build import first_use


def place(home: Path) -> Path:
    """Return the path of the default database in a home folder."""
    return home / ".local" / "share" / "guizhou-cli" / "facts.db"


def beside(path: Path) -> list[str]:
    """Return the names of all files in a file's folder."""
    return sorted(file.name for file in path.parent.iterdir())


def assert_complete(path: Path) -> None:
    """Assert that a database has all of the shipped facts and their index."""
    assert_sound(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM claims").fetchone() == (23,)
        assert db.execute("SELECT source_id FROM build").fetchall() == [("guizhou-2024-06-14",)]


def assert_bases(ran: Ran) -> None:
    """Assert that the six bases are the answer."""
    assert ran.status == 0, ran.err
    assert len(ran.rows) == 6
    assert ran.rows[4]["base"] == "Energy"


# 1. No data folder -----------------------------------------------------------------------------------------


def test_first_use_builds_one_private_file(gz: Gz, home: Path) -> None:
    """The first run answers, and leaves one file that is its user's alone, in folders that are, too."""
    ran = gz("bases", "--json")

    assert_bases(ran)
    assert ran.err == ""
    made = [place(home).parents[at] for at in range(3)]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 3
    assert stat.S_IMODE(place(home).stat().st_mode) == 0o600
    assert beside(place(home)) == ["facts.db"]
    assert_complete(place(home))


def test_later_runs_change_no_byte(here: Gz, mine: Path) -> None:
    """Queries of every kind leave the database, its folder and its times as they were."""
    before = sha256(mine), mine.stat().st_mtime_ns

    for question in (["bases"], ["trade"], ["who-said", "coal"], ["who-said", "nothing like it"], ["show", "tourism"]):
        ran = here(*question)
        assert ran.status == (1 if "nothing like it" in question else 0), ran.err

    assert (sha256(mine), mine.stat().st_mtime_ns) == before
    assert beside(mine) == ["facts.db"]


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
    race = subprocess.run(
        [sys.executable, "-c", RACE, str(answers), links],
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        check=False,
    )

    assert (race.returncode, race.stderr) == (0, b"")
    assert len(list(answers.iterdir())) == 50
    for answer in answers.iterdir():
        assert_bases(Ran(0, answer.read_text(), ""))
    assert beside(place(home)) == ["facts.db"]
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
def stopping(function):
    def call(*args, **options):
        global step
        step -= 1
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **options)
    return call
for name in ("fsync", "link", "unlink", "open", "rename", "mkdir"):
    setattr(os, name, stopping(getattr(os, name)))
os.path.lexists = stopping(os.path.lexists)
build.tempfile.mkstemp = stopping(build.tempfile.mkstemp)
build.open = stopping(open)
build.first_use(Path(sys.argv[1]))
"""


def test_first_run_killed_at_every_step(home: Path) -> None:
    """A first run killed before any of its steps leaves no database or a complete one, and the next run tidies up."""
    statuses = []
    for step in range(1, 30):
        shutil.rmtree(home / ".local", ignore_errors=True)
        place(home).parent.mkdir(parents=True)
        done = subprocess.run(
            [sys.executable, "-c", STOPPED, str(place(home)), str(step)],
            env=clean_environment(home, **UNMEASURED),
            check=False,
        )
        statuses.append(done.returncode)
        there = place(home).exists()
        if there:
            assert_complete(place(home))
        assert_bases(run_inside(home, "bases", "--json"))
        assert_complete(place(home))
        assert beside(place(home)) == ["facts.db"] or there  # linked, and not yet unlinked
        if done.returncode == 0:
            break
    assert statuses == [-signal.SIGKILL] * (len(statuses) - 1) + [0]
    assert len(statuses) > 5


# 4. A full disk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 1, 4096, 100_000])
def test_no_room_for_the_database(gz_after: Gz, home: Path, room: int) -> None:
    """Without room for the database the answer comes from memory, and nothing incomplete is left."""
    ran = gz_after(f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))", "bases", "--json")

    assert_bases(ran)
    assert ran.err == f"gz: answering from memory: {place(home)} can't be written (File too large)\n"
    assert list(place(home).parent.iterdir()) == []
    assert_bases(run_inside(home, "bases", "--json"))
    assert_complete(place(home))


# 5. Permissions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [0o500, 0o000])
def test_folder_that_is_closed(ordinary: Gz, home: Path, closed: int) -> None:
    """In a read-only home the answer comes from memory, with a note, and nothing is made; a database is not there."""
    home.chmod(closed)

    unnamed = ordinary("bases", "--json", PYTHONSAFEPATH="1")
    named = ordinary("--db", place(home), "bases", PYTHONSAFEPATH="1")

    home.chmod(0o700)
    assert_bases(unnamed)
    assert unnamed.err == f"gz: answering from memory: {place(home)} can't be written (Permission denied)\n"
    assert (named.status, named.out) == (3, "")
    assert list(home.iterdir()) == []


def test_read_only_folder_with_a_database(ordinary: Gz, home: Path, mine: Path) -> None:
    """In a read-only folder queries answer, `gz add` ends with 3, and the database is unharmed."""
    (home / "small.toml").write_text(small("small"), encoding="utf-8")
    before = sha256(mine)
    mine.parent.chmod(0o500)

    asked = ordinary("bases", "--json")
    added = ordinary("add", home / "small.toml")

    mine.parent.chmod(0o700)
    assert_bases(asked)
    assert (added.status, added.out, asked.err) == (3, "", "")
    assert sha256(mine) == before


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


def test_no_home_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither HOME nor the list of users knows a home folder, a line says what to set, with status 3."""

    def nobody(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.chdir(tmp_path)

    assert run_inside(tmp_path, "bases", HOME=None) == Ran(
        3, "", "gz: there is no home folder to keep the database in\n    set HOME, or name a file with --db\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("in_the_way", [".local", ".local/share/guizhou-cli"])
def test_data_folder_that_is_a_file(home: Path, in_the_way: str) -> None:
    """A file where the data folder should be is left alone, and the answer comes from memory."""
    blocking = home / in_the_way
    blocking.parent.mkdir(parents=True, exist_ok=True)
    blocking.write_text("mine")

    ran = run_inside(home, "bases", "--json")

    assert_bases(ran)
    assert ran.err == f"gz: answering from memory: {place(home)} can't be written (Not a directory)\n"
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
    before = path.lstat().st_mode

    assert run_inside(home, "bases") == Ran(
        3, "", f"gz: {path} is not a file\n    gz --db PATH takes a database that gz has built\n"
    )
    assert path.lstat().st_mode == before
    assert beside(path) == ["facts.db"]


# 7. Odd names ----------------------------------------------------------------------------------------------


NAMES = "what?.db|what?mode=memory|no#1.db|100%.db|%41.db|two words.db|café.db|东盟.db|a\nb.db|a'b\"c;--.db|[bold]x.db"


@pytest.mark.parametrize("name", [*NAMES.split("|"), "back\\slash.db", "file:facts.db", "-facts.db", b"not utf-8 \xff"])
def test_odd_characters_in_db(gz: Gz, home: Path, seeded: Path, name: str | bytes) -> None:
    """--db opens the file of exactly that name, whatever the characters, and `gz path` prints it byte for byte."""
    path = home / os.fsdecode(name)
    shutil.copyfile(seeded, path)
    with closing(sqlite3.connect(os.fsencode(path))) as db, db:
        db.execute("UPDATE speaker SET name = 'The Right One' WHERE id = 'li-bingjun'")
    before = sha256(path)

    ran = gz("--db", name, "speakers", "--json")
    where = gz("--db", name, "path")

    assert ran.status == 0, ran.err
    assert [row["speaker"] for row in ran.rows] == ["The Right One", "Qiu Zhenguo"]
    assert gz("speakers", "--json", GZ_DB=os.fsdecode(name)) == ran
    assert where.out.encode() == os.fsencode(path).replace(b"\xff", b"\\xff") + b"\n"
    assert sha256(path) == before
    assert [os.fsencode(file.name) for file in home.iterdir()] == [os.fsencode(path.name)]


# 8. No such file -------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("name", ["facts.db.{}.new", "facts.db.{}.abcdefgh.new", "facts.db-journal", "facts.db-wal"])
def test_links_in_the_data_folder_are_not_followed(home: Path, name: str) -> None:
    """First use neither writes to what a link in the data folder points to, nor removes what is no file of its own."""
    precious = home / "precious.txt"
    precious.write_text("precious")
    place(home).parent.mkdir(parents=True)
    script = (
        "import os, sys\nos.symlink(sys.argv[1], sys.argv[2].format(os.getpid()))\n"
        "from guizhou_cli.db.build import first_use\nfrom pathlib import Path\nfirst_use(Path(sys.argv[3]))"
    )

    subprocess.run(
        [sys.executable, "-c", script, precious, str(place(home).parent / name), place(home)],
        env=clean_environment(home),
        check=True,
        stderr=subprocess.DEVNULL,
    )

    assert precious.read_text() == "precious"
    assert_complete(place(home))
    assert len(beside(place(home))) == 2
