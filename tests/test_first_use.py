"""The database is built on first use, whole or not at all, wherever that is and whatever comes between."""

import hashlib
import json
import os
import pwd
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import PROGRAM, REPOSITORY, UNMEASURED, Gz, Ran, clean_environment, run_inside

CLAIMS = 23
BASES = [
    "Deep resources processing",
    "Power batteries and materials",
    "Computing power",
    "Chinese baijiu",
    "Energy",
    "Advanced equipment manufacturing",
]


def place(home: Path) -> Path:
    """Return where the database lies in a home folder."""
    return home / ".local" / "share" / "guizhou-cli" / "facts.db"


def sha256(path: Path) -> str:
    """Return what tells whether a file has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def assert_whole(path: Path) -> None:
    """Assert that a database is complete: SQLite's checks, the facts, the index, and what it was built from."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT count(*) FROM claims").fetchone() == (CLAIMS,)
        assert db.execute("SELECT count(*) FROM claim_search_fts WHERE claim_search_fts MATCH 'guizhou'").fetchone() > (
            CLAIMS // 2,
        )
        assert db.execute("SELECT source_id FROM build").fetchall() == [("guizhou-2024-06-14",)]


def assert_bases(ran: Ran) -> None:
    """Assert that the six bases are the answer."""
    assert ran.status == 0, ran.err
    assert [row["base"] for row in ran.rows] == BASES


# 1. No data folder -----------------------------------------------------------------------------------------


def test_first_use_builds_one_private_file(gz: Gz, home: Path) -> None:
    """The first run answers, makes a data folder that is its user's alone, and leaves the database there by itself."""
    ran = gz("bases", "--json")

    assert_bases(ran)
    assert ran.err == ""
    assert stat.S_IMODE(place(home).parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(place(home).stat().st_mode) == 0o600
    assert [file.name for file in place(home).parent.iterdir()] == ["facts.db"]
    assert_whole(place(home))


def test_later_runs_leave_not_a_byte_changed(gz: Gz, database: Path) -> None:
    """Queries of every kind leave the database, its folder and its times as they were."""
    before = sha256(database), database.stat().st_mtime_ns

    for question in (["bases"], ["trade"], ["who-said", "coal"], ["who-said", "nothing like it"], ["show", "tourism"]):
        assert gz(*question).status in {0, 1}

    assert (sha256(database), database.stat().st_mtime_ns) == before
    assert [file.name for file in database.parent.iterdir()] == ["facts.db"]


# 2. Many at once -------------------------------------------------------------------------------------------

RACE = """
import os, sys
from guizhou_cli import building, cli
print_to, runners = sys.argv[1], 50
wait, go = os.pipe()
for number in range(runners):
    if os.fork() == 0:
        os.close(go)
        os.read(wait, 1)  # until all are there
        os.dup2(os.open(f"{print_to}/{number}", os.O_WRONLY | os.O_CREAT), 1)
        os._exit(cli.run(["bases", "--json"]))
os.close(go)
sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(runners)))
"""


@pytest.mark.parametrize("attempt", range(10))
def test_fifty_first_runs_in_the_same_moment(home: Path, tmp_path: Path, attempt: int) -> None:
    """Fifty processes that ask first in the same moment all get the answer and leave one whole database."""
    answers = tmp_path / f"answers-{attempt}"
    answers.mkdir()

    race = subprocess.run(
        [sys.executable, "-c", RACE, str(answers)],
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        check=False,
    )

    assert (race.returncode, race.stderr) == (0, b"")
    assert len(list(answers.iterdir())) == 50
    for answer in answers.iterdir():
        assert_bases(Ran(0, answer.read_text(), ""))
    assert [file.name for file in place(home).parent.iterdir()] == ["facts.db"]
    assert_whole(place(home))


def test_fifty_first_runs_of_the_program(home: Path) -> None:
    """Fifty programs started one after the other without waiting all answer and leave one whole database."""
    running = [
        subprocess.Popen(
            [*PROGRAM, "bases", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(home),
            cwd=home,
            text=True,
        )
        for _ in range(50)
    ]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert err == ""
        assert_bases(Ran(process.returncode, out, err))

    assert [file.name for file in place(home).parent.iterdir()] == ["facts.db"]
    assert_whole(place(home))


def test_journal_of_a_database_that_is_gone(gz: Gz, home: Path, database: Path) -> None:
    """The journal of a writer that was killed, whose database was then removed, does no harm to the fresh one."""
    fresh = database.read_bytes()
    script = (
        "import os, signal, sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size = 1')\ndb.execute('BEGIN IMMEDIATE')\n"
        "db.execute('CREATE TABLE filler AS SELECT a.statement FROM claim AS a, claim AS b')\n"
        "db.execute('UPDATE claim SET keywords = statement')\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, database], check=False)
    journal = database.with_name("facts.db-journal")
    assert journal.stat().st_size > 0
    database.unlink()

    for _ in range(2):
        assert_bases(gz("bases", "--json"))
        assert [file.name for file in place(home).parent.iterdir()] == ["facts.db"]
    assert database.stat().st_size == len(fresh)
    assert gz("verify").status == 0


# 3. Killed -------------------------------------------------------------------------------------------------


@contextmanager
def started(home: Path, *args: str, **env: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the program; kill it with SIGKILL in the end."""
    process = subprocess.Popen(
        [*PROGRAM, *args],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environment(home, **env, **UNMEASURED),
        cwd=home,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def assert_survived(home: Path) -> None:
    """Assert that the database of a killed run is absent or complete, and that the next run answers and tidies up."""
    path = place(home)
    there = path.exists()
    if there:
        assert_whole(path)
    assert_bases(run_inside(home, "bases", "--json"))
    assert_whole(path)
    beside = [file for file in path.parent.iterdir() if file != path]
    # Killed between its last two steps, a run leaves a second name of the same file.
    assert not beside or (there and [file.samefile(path) for file in beside] == [True])


def test_first_run_killed_at_fifty_moments(tmp_path: Path) -> None:
    """A first run that is killed at any moment between its start and its end leaves no database or a whole one."""
    (tmp_path / "timed").mkdir()
    begun = time.monotonic()
    with started(tmp_path / "timed", "bases") as whole:
        whole.wait()
    lasts = time.monotonic() - begun
    for moment in range(50):
        home = tmp_path / f"home-{moment}"
        home.mkdir()
        with started(home, "bases"):
            time.sleep(lasts * moment / 50)
        assert_survived(home)


POISED = """
import os, sys
from guizhou_cli import building, cli
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
for home in sys.argv[1:]:
    sys.stdin.readline()
    os.environ["HOME"] = home
    if (child := os.fork()) == 0:
        os._exit(cli.run(["trade", "--json"]))
    print(child, file=sys.stderr, flush=True)
    sys.stdin.readline()
    os.waitpid(child, 0)
    print("ended", file=sys.stderr, flush=True)
"""


@contextmanager
def poised(homes: list[Path], package: str | None = None) -> Iterator[Callable[[Path, float], None]]:
    """Run the program with all its modules loaded, once in each home, and kill it so long after a file appears there.

    So the moments lie close together in the few milliseconds in which it writes.
    """
    with subprocess.Popen(
        [sys.executable, "-c", POISED, *map(str, homes)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=clean_environment(homes[0], PYTHONPATH=package, **UNMEASURED),
        cwd=homes[0].parent,
        text=True,
    ) as runner:
        assert runner.stdin is not None
        assert runner.stderr is not None
        to, back = runner.stdin, runner.stderr

        def kill_after(appears: Path, seconds: float) -> None:
            print(file=to, flush=True)
            child = int(back.readline())
            until = time.monotonic() + 30
            while not appears.exists():
                assert time.monotonic() < until, f"{appears} has never been there"
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
            print(file=to, flush=True)
            assert back.readline() == "ended\n"

        yield kill_after


def test_first_run_killed_at_fifty_moments_of_writing(tmp_path: Path) -> None:
    """A first run that is killed in the milliseconds in which it writes leaves no database or a whole one."""
    homes = [tmp_path / f"home-{moment}" for moment in range(50)]
    killed_in_time = 0
    with poised(homes) as kill_after:
        for moment, home in enumerate(homes):
            kill_after(place(home).parent, moment / 50 * 0.004)
            killed_in_time += not place(home).exists()
            assert_survived(home)
    assert killed_in_time > 0, "not one was killed before its database was there"


# 4. A full disk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [0, 1, 4096, 100_000])
def test_no_room_for_the_database(gz: Gz, gz_after: Gz, home: Path, room: int) -> None:
    """Where there is no room for the database the answer comes from memory, nothing torn is left, and room cures it."""
    ran = gz_after(f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))", "bases", "--json")

    assert_bases(ran)
    assert ran.err == f"gz: answering from memory: {place(home)} can't be written (File too large)\n"
    assert list(place(home).parent.iterdir()) == []
    assert_bases(gz("bases", "--json"))
    assert_whole(place(home))


# 5. Permissions --------------------------------------------------------------------------------------------


def test_home_that_cannot_be_written(ordinary: Gz, home: Path) -> None:
    """In a read-only home without a database the answer comes from memory, with a note, and nothing is made."""
    home.chmod(0o500)

    ran = ordinary("bases", "--json")

    home.chmod(0o700)
    assert_bases(ran)
    assert ran.err == f"gz: answering from memory: {place(home)} can't be written (Permission denied)\n"
    assert list(home.iterdir()) == []


def test_folder_that_cannot_be_read(ordinary: Gz, home: Path) -> None:
    """Where the data folder may not even be looked into the answer comes from memory; a database there is refused."""
    locked = home / "locked"
    locked.mkdir(mode=0o000)

    unnamed = ordinary("bases", "--json", XDG_DATA_HOME=str(locked))
    named = ordinary("--db", locked / "facts.db", "bases")

    locked.chmod(0o700)
    assert_bases(unnamed)
    assert unnamed.err == (
        f"gz: answering from memory: {locked}/guizhou-cli/facts.db can't be written (Permission denied)\n"
    )
    assert (named.status, named.out) == (3, "")
    assert list(locked.iterdir()) == []


def test_folder_that_cannot_be_written(ordinary: Gz, gz: Gz, database: Path, tmp_path: Path) -> None:
    """A database in a read-only folder answers every query; adding to it is refused, and it is unharmed."""
    briefing = tmp_path / "briefing.toml"
    briefing.write_text(gz("export", "guizhou-2024-06-14").out.replace("guizhou-2024-06-14", "guizhou-2025-06-10"))
    before = sha256(database)
    database.chmod(0o400)
    database.parent.chmod(0o500)

    answers = [
        ordinary("bases", "--json"),
        ordinary("who-said", "green development", "--json"),
        ordinary("show", "trade-asean", "--json"),
    ]
    added = ordinary("add", briefing)

    database.parent.chmod(0o700)
    assert [(ran.status, ran.err) for ran in answers] == [(0, "")] * 3
    assert_bases(answers[0])
    assert added.status == 3
    assert added.err.startswith(f"gz: {database} can't be ")
    assert sha256(database) == before
    assert [file.name for file in database.parent.iterdir()] == ["facts.db"]


# 6. Odd places ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["", "relative", "./data", "~/data"])
def test_data_folder_that_is_no_absolute_path(gz: Gz, home: Path, folder: str) -> None:
    """An XDG_DATA_HOME that is empty or relative is ignored, as its specification asks, and nothing is made of it."""
    ran = gz("path", XDG_DATA_HOME=folder)

    assert ran == Ran(0, f"{place(home)}\n", "")
    assert [file.name for file in home.iterdir()] == [".local"]


def test_data_folder_elsewhere(gz: Gz, home: Path, tmp_path: Path) -> None:
    """An absolute XDG_DATA_HOME is where the database goes, with HOME or without."""
    data = tmp_path / "données 50%?#"
    path = data / "guizhou-cli" / "facts.db"

    assert gz("path", XDG_DATA_HOME=str(data)) == Ran(0, f"{path}\n", "")
    assert gz("path", XDG_DATA_HOME=str(data), HOME=None) == Ran(0, f"{path}\n", "")
    assert_whole(path)
    assert list(home.iterdir()) == []


def test_no_home_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither HOME nor the list of users knows a home folder, a line says what to set, with status 3."""

    def nobody(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    monkeypatch.chdir(tmp_path)

    ran = run_inside(tmp_path, "bases", HOME=None)

    assert ran == Ran(
        3, "", "gz: there is no home folder to keep the database in\n    set HOME, or name a file with --db\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("in_the_way", "why"), [(".local", "Not a directory"), (".local/share/guizhou-cli", "File exists")]
)
def test_data_folder_that_is_a_file(gz: Gz, home: Path, in_the_way: str, why: str) -> None:
    """A file where the data folder should be is left alone, and the answer comes from memory."""
    blocking = home / in_the_way
    blocking.parent.mkdir(parents=True, exist_ok=True)
    blocking.write_text("mine")

    ran = gz("bases", "--json")
    where = gz("path")

    assert_bases(ran)
    assert ran.err == f"gz: answering from memory: {place(home)} can't be written ({why})\n"
    assert (where.status, where.out) == (3, "")
    assert blocking.read_text() == "mine"


@pytest.mark.parametrize("kind", ["folder", "dangling link", "fifo", "device"])
def test_database_that_is_no_file(gz: Gz, home: Path, kind: str) -> None:
    """A folder, a link to nothing, a FIFO or a device in the database's place is refused at once, and left alone."""
    path = place(home)
    path.parent.mkdir(parents=True)
    match kind:
        case "folder":
            path.mkdir()
        case "dangling link":
            path.symlink_to("nowhere")
        case "fifo":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/null")
    before = path.lstat()

    ran = gz("bases")

    assert ran == Ran(3, "", f"gz: {path} is not a file\n    gz --db PATH takes a database that gz has built\n")
    assert path.lstat().st_mode == before.st_mode
    assert [file.name for file in path.parent.iterdir()] == ["facts.db"]


# 7. Odd names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "what?.db",
        "what?mode=memory",
        "no#1.db",
        "100%.db",
        "%41.db",
        "two words.db",
        "café.db",
        "东盟.db",
        "a\nb.db",
        "a'b\"c;--.db",
        "[bold]x.db",
        "back\\slash.db",
        "file:facts.db",
        "-facts.db",
        b"not utf-8 \xff.db",
    ],
)
def test_odd_characters_in_db(gz: Gz, home: Path, seeded: Path, name: str | bytes) -> None:
    """--db opens the file of exactly that name, whatever the characters, and `gz path` prints it byte for byte."""
    path = home / os.fsdecode(name)
    with closing(sqlite3.connect(seeded)) as db:
        shutil.copyfile(seeded, path)
        db.execute("SELECT 1")
    with closing(sqlite3.connect(os.fsencode(path))) as db:
        db.execute("UPDATE speaker SET name = 'The Right One' WHERE id = 'li-bingjun'")
        db.commit()
    before = sha256(path)

    ran = gz("--db", name, "speakers", "--json")
    by_variable = gz("speakers", "--json", GZ_DB=os.fsdecode(name))
    where = subprocess.run(
        [*PROGRAM, "--db", name, "path"], env=clean_environment(home), cwd=home, capture_output=True, check=False
    )

    assert ran.status == 0, ran.err
    assert [row["speaker"] for row in ran.rows] == ["The Right One", "Qiu Zhenguo"]
    assert by_variable == ran
    assert where.stdout == os.fsencode(path) + b"\n"
    assert sha256(path) == before
    assert [os.fsencode(file.name) for file in home.iterdir()] == [os.fsencode(path.name)]


# 8. No such file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nothing.db", "no folder/nothing.db", "x" * 300, "/dev/null/nothing.db"])
def test_db_that_is_not_there(gz: Gz, home: Path, name: str) -> None:
    """--db with the name of no file is refused with status 3 and one line with the way out, and no file is made."""
    ran = gz("--db", name, "bases")

    assert (ran.status, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith("gz: ")
    assert name in first
    assert "--db" in second
    assert list(home.iterdir()) == []


# 9. Newer facts --------------------------------------------------------------------------------------------

ADDED = """
INSERT INTO source VALUES ('hunan-2025-03-02', 'Hunan looks ahead', 'A Paper', '2025-03-03', 'Press briefing on Hunan',
    '2025-03-02', 'Changsha', 'https://example.org/hunan', 'en');
INSERT INTO passage (source_id, number) VALUES ('hunan-2025-03-02', 1), ('hunan-2025-03-02', 2);
INSERT INTO speaker VALUES ('wang-fang', 'Wang Fang');
INSERT INTO appearance VALUES
    ('hunan-2025-03-02', 'wang-fang', 'Spokeswoman', 'Hunan Province'),
    ('hunan-2025-03-02', 'li-bingjun', 'Guest', 'Guizhou Province');
INSERT INTO topic VALUES ('steel', 'steel');
INSERT INTO trade_partner VALUES ('mercosur', 'Mercosur');
INSERT INTO trade_partner_alias VALUES ('mercosur', 'Southern Common Market');
INSERT INTO claim (id, source_id, slug, paragraph, speaker_id, attribution, statement, keywords) VALUES
    (24, 'hunan-2025-03-02', 'steel',          1, 'wang-fang',  'said',     'Hunan rolls steel.', 'steel'),
    (25, 'hunan-2025-03-02', 'trade-mercosur', 2, 'li-bingjun', 'said',     'Trade with Mercosur grew.', '12.5%'),
    (26, 'hunan-2025-03-02', 'trade-asean',    2, NULL,         'reported', 'Trade with ASEAN fell.', '-1.5 percent');
INSERT INTO industrial_base VALUES (24, 1, 'Steel rolling', 'hot and cold');
INSERT INTO policy_measure VALUES (24, 'Roll more steel', 'steel policy');
INSERT INTO trade_growth VALUES (25, 'mercosur', 12.5, 3, 'past three years'), (26, 'asean', -1.5, 1, NULL);
INSERT INTO claim_topic VALUES (24, 'steel'), (25, 'trade'), (26, 'trade');
CREATE TABLE notes (claim TEXT, note TEXT);
INSERT INTO notes VALUES ('trade-asean', 'ask again');
CREATE VIEW noted AS SELECT note, statement FROM notes JOIN claim ON slug = claim;
"""

MORE_FACTS = """
INSERT INTO claim (id, source_id, paragraph, slug, speaker_id, attribution, statement, keywords) VALUES
    (24, 'guizhou-2024-06-14', 8, 'added-later', 'qiu-zhenguo', 'said', 'A later release knows more.', 'later'),
    (25, 'guizhou-2024-06-14', 8, 'added-last', 'qiu-zhenguo', 'said', 'It knows even this.', 'last');

-- 3. Views --"""


@pytest.fixture
def newer(tmp_path: Path) -> str:
    """Return where a later release of the package lies: one rate is another, and there are two more claims."""
    later = tmp_path / "later"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "guizhou_cli", later / "guizhou_cli", ignore=ignored)
    facts = (REPOSITORY / "facts.sql").read_text(encoding="utf-8")
    changed = facts.replace("(19, 'asean',         33.8,", "(19, 'asean',         33.9,", 1)
    changed = changed.replace("\n-- 3. Views --", MORE_FACTS, 1)
    assert len(changed) > len(facts) + 300
    (later / "facts.sql").write_text(changed, encoding="utf-8")
    return str(later)


def add_through_sql(path: Path) -> None:
    """Add a second source, and tables beside ours, as a person with the sqlite3 shell would."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA foreign_keys = ON")
        db.executescript(ADDED)


ADDED_ROWS: dict[str, list[dict[str, Any]]] = {
    "bases": [{"position": 1, "base": "Steel rolling", "detail": "hot and cold", "claim": "hunan-2025-03-02:steel"}],
    "measures": [{"measure": "Roll more steel", "policy": "steel policy", "claim": "hunan-2025-03-02:steel"}],
    "trade": [
        {"partner": "mercosur", "annual_growth_pct": 12.5, "years": 3, "implied_total_growth_pct": 42.4},
        {"partner": "asean", "annual_growth_pct": -1.5, "years": 1, "implied_total_growth_pct": -1.5, "period": None},
    ],
    "speakers": [
        {"speaker": "Li Bingjun", "role": "Guest", "claims": 1},
        {"speaker": "Wang Fang", "role": "Spokeswoman", "organization": "Hunan Province", "claims": 1},
    ],
    "claims": [
        {"statement": "Hunan rolls steel.", "topics": "steel", "speaker": "Wang Fang", "said_on": "2025-03-02"},
        {"statement": "Trade with Mercosur grew.", "topics": "trade", "speaker": "Li Bingjun", "role": "Guest"},
        {"statement": "Trade with ASEAN fell.", "topics": "trade", "speaker": None, "said_on": None},
    ],
}


def assert_added_kept(gz: Gz, path: Path, package: str) -> None:
    """Assert that all that was added through SQL is still there, and found."""
    for view, expected in ADDED_ROWS.items():
        rows = gz(view, "--source", "hunan-2025-03-02", "--json", PYTHONPATH=package).rows
        assert [{key: row[key] for key in wanted} for row, wanted in zip(rows, expected, strict=True)] == expected
    found = gz("who-said", "steel", "--json", PYTHONPATH=package)
    assert [row["claim"] for row in found.rows] == ["hunan-2025-03-02:steel"]
    by_alias = gz("trade", "--partner", "southern common market", "--json", PYTHONPATH=package)
    assert [row["claim"] for row in by_alias.rows] == ["hunan-2025-03-02:trade-mercosur"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        assert db.execute("SELECT note, statement FROM noted ORDER BY statement").fetchall() == [
            ("ask again", "Over the past two years Guizhou's trade with ASEAN grew by 33.8 percent a year on average."),
            ("ask again", "Trade with ASEAN fell."),
        ]


def assert_newer(ran: Ran) -> None:
    """Assert that the rates are those of the later release."""
    assert ran.status == 0, ran.err
    assert [row["annual_growth_pct"] for row in ran.rows] == [28.4, 33.9]


def test_newer_facts_take_the_place_of_older_ones(gz: Gz, database: Path, newer: str) -> None:
    """When the packaged facts have changed, the next run answers from them, and the one after rebuilds nothing."""
    ran = gz("trade", "--json", PYTHONPATH=newer)
    rebuilt = sha256(database)
    new_claims = gz("who-said", "later release", "--json", PYTHONPATH=newer)

    assert_newer(ran)
    assert ran.err == ""
    assert [row["claim"] for row in new_claims.rows] == ["guizhou-2024-06-14:added-later"]
    assert sha256(database) == rebuilt
    assert [file.name for file in database.parent.iterdir()] == ["facts.db"]


def test_what_was_added_outlives_newer_facts(gz: Gz, database: Path, newer: str) -> None:
    """A source with claims, and a table and a view, added through SQL are still there after the facts have changed."""
    add_through_sql(database)

    assert_newer(gz("trade", "--source", "guizhou-2024-06-14", "--json", PYTHONPATH=newer))

    assert len(gz("claims", "--source", "guizhou-2024-06-14", "--json", PYTHONPATH=newer).rows) == CLAIMS + 2
    assert_added_kept(gz, database, newer)


def test_what_was_added_outlives_a_change_back(gz: Gz, database: Path, newer: str) -> None:
    """Going back to the older release brings its facts back, and keeps what was added once more."""
    add_through_sql(database)
    gz("trade", PYTHONPATH=newer)

    older = str(REPOSITORY)
    rows = gz("trade", "--source", "guizhou-2024-06-14", "--json", PYTHONPATH=older).rows

    assert [row["annual_growth_pct"] for row in rows] == [28.4, 33.8]
    assert len(gz("claims", "--source", "guizhou-2024-06-14", "--json", PYTHONPATH=older).rows) == CLAIMS
    assert_added_kept(gz, database, older)


def test_newer_facts_where_nothing_can_be_written(ordinary: Gz, database: Path, newer: str) -> None:
    """A read-only database of an older release still answers, a note says from what, and it is unharmed."""
    before = sha256(database)
    database.chmod(0o400)
    database.parent.chmod(0o500)

    ran = ordinary("trade", "--json", PYTHONPATH=newer)

    database.parent.chmod(0o700)
    assert ran.status == 0
    assert [row["annual_growth_pct"] for row in ran.rows] == [28.4, 33.8]
    assert ran.err.startswith("gz: answering from facts of an older release: ")
    assert len(ran.err.splitlines()) == 1
    assert sha256(database) == before


def test_newer_facts_without_room(gz: Gz, gz_after: Gz, database: Path, newer: str) -> None:
    """Where there is no room to rebuild, the older facts answer, a note says so, and the database is unharmed."""
    before = sha256(database)

    ran = gz_after(
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))",
        "trade",
        "--json",
        PYTHONPATH=newer,
        PYTHONDONTWRITEBYTECODE="1",  # Python itself would leave its byte code cut short
    )

    assert ran.status == 0, ran.err
    assert [row["annual_growth_pct"] for row in ran.rows] == [28.4, 33.8]
    assert ran.err.startswith("gz: answering from facts of an older release: ")
    assert_newer(gz("trade", "--json", PYTHONPATH=newer))
    assert sha256(database) != before


def test_newer_facts_seen_by_many_at_once(home: Path, database: Path, newer: str) -> None:
    """Twenty programs that find the facts changed all answer from the new ones, and what was added is kept."""
    add_through_sql(database)
    running = [
        subprocess.Popen(
            [*PROGRAM, "trade", "--source", "guizhou-2024-06-14", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=clean_environment(home, PYTHONPATH=newer),
            cwd=home,
            text=True,
        )
        for _ in range(20)
    ]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert err == ""
        assert_newer(Ran(process.returncode, out, err))
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM claim").fetchone() == (CLAIMS + 2 + 3,)


def test_source_that_now_comes_with_the_release(gz: Gz, database: Path, newer: str) -> None:
    """A source that was added, and comes with a later release, is the release's from then on, and a note says so."""
    add_through_sql(database)
    facts = Path(newer, "facts.sql")
    shipped = facts.read_text(encoding="utf-8").replace("\n-- 3. Views --", f"{shipped_hunan()}\n-- 3. Views --", 1)
    facts.write_text(shipped, encoding="utf-8")

    ran = gz("claims", "--source", "hunan-2025-03-02", "--json", PYTHONPATH=newer)

    assert ran.err == "gz: hunan-2025-03-02 now comes with gz, in place of the one that was added\n"
    assert [row["statement"] for row in ran.rows] == ["Hunan rolls steel, as the release has it."]
    assert json.loads(gz("sources", "--json", PYTHONPATH=newer).out)[1]["claims"] == 1


def shipped_hunan() -> str:
    """Return the added source as a later release might bring it."""
    begin = ADDED.index("INSERT INTO source"), ADDED.index("INSERT INTO trade_partner")
    return ADDED[begin[0] : begin[1]] + (
        "INSERT INTO claim (id, source_id, slug, paragraph, speaker_id, attribution, statement) VALUES (40,"
        " 'hunan-2025-03-02', 'steel', 1, 'wang-fang', 'said', 'Hunan rolls steel, as the release has it.');"
    )
