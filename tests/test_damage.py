"""A damaged, foreign, newer or busy database is told apart, answered in one line, and left exactly as it was."""

import hashlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from conftest import Gz, Ran

from guizhou_cli import database
from guizhou_cli.errors import DatabaseProblem

PAGE = 4096
QUERIES = (
    ["bases"],
    ["trade", "--partner", "asean"],
    ["measures", "--topic", "green development"],
    ["speakers", "li"],
    ["who-said", "green development"],
    ["claims", "--topic", "trade"],
    ["topics"],
    ["sources"],
    ["show", "trade-asean"],
)
AFRESH = "    if gz built it, move it away and the next run builds a fresh one; or name another with --db\n"


def sha256(path: Path) -> str:
    """Return what tells whether a file has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def copy(seeded: Path, tmp_path: Path) -> Path:
    """Return a copy of the seeded database, to be damaged."""
    return Path(shutil.copyfile(seeded, tmp_path / "copy.db"))


def assert_refused(run: Gz, path: Path, what: str, hint: str = AFRESH) -> None:
    """Assert that every query of a database is refused with status 3, one line and the way out, and harms nothing."""
    before = sha256(path)
    for query in QUERIES:
        assert run("--db", path, *query) == Ran(3, "", f"gz: {path} {what}\n{hint}")
    assert sha256(path) == before
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(path.name)] == [path.name]


# 10. Not a sound database of ours --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"x", "is not a database of gz"),
        (b"a list of bases\nand of rates\n" * 100, "is not a database"),
        (bytes(3 * PAGE), "is not a database"),
        (b"SQLite format 3\0" + b"but nothing after it " * 500, "is not a database"),
        (b"\x7fELF" + bytes(range(256)) * 100, "is not a database"),
    ],
)
def test_file_that_is_no_database(inside: Gz, tmp_path: Path, content: bytes, what: str) -> None:
    """Text, zeros, another format or nothing at all in the database's place is refused and unharmed."""
    path = tmp_path / "facts.db"
    path.write_bytes(content)

    assert_refused(inside, path, what)


@pytest.mark.parametrize("length", [100, PAGE - 1, PAGE, 5 * PAGE + 17, -10 * PAGE, -PAGE, -PAGE + 1, -1])
def test_database_that_is_cut_short(inside: Gz, copy: Path, length: int) -> None:
    """A database that lacks its end, be it a single byte, is called damaged, refused and unharmed."""
    whole = copy.read_bytes()
    copy.write_bytes(whole[:length])

    by_a_byte = "is damaged: it is cut short"
    assert_refused(inside, copy, by_a_byte if -PAGE < length < 0 else "is damaged: database disk image is malformed")


def test_database_with_a_page_of_zeros(inside: Gz, copy: Path) -> None:
    """A database of which any one page is zeros is refused by every query, and unharmed."""
    whole = copy.read_bytes()
    pages = len(whole) // PAGE
    assert pages > 20
    for number in range(pages):
        copy.write_bytes(whole[: number * PAGE] + bytes(PAGE) + whole[(number + 1) * PAGE :])
        before = sha256(copy)

        ran = inside("--db", copy, *QUERIES[number % len(QUERIES)])

        assert (ran.status, ran.out) == (3, ""), number
        assert ran.err.startswith(f"gz: {copy} is ")
        assert ran.err.endswith(f"\n{AFRESH}")
        assert ran.err.count("\n") == 2
        assert sha256(copy) == before


def another_program(path: Path) -> None:
    """Write a database with a table of the same name, and no application_id."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript("CREATE TABLE bases (position, base); INSERT INTO bases VALUES (1, 'not ours')")


def another_application(path: Path) -> None:
    """Write a database that says that it is another program's."""
    another_program(path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA application_id = 252006673")  # Fossil's


@pytest.mark.parametrize("write", [another_program, another_application])
def test_database_of_another_program(inside: Gz, tmp_path: Path, write: Callable[[Path], None]) -> None:
    """Another program's database is refused, even with a table named like ours, and unharmed."""
    path = tmp_path / "places.sqlite"
    write(path)

    assert_refused(inside, path, "is not a database of gz")


def test_database_without_our_tables(inside: Gz, tmp_path: Path) -> None:
    """A database with our mark and none of our tables is called damaged, and unharmed."""
    path = tmp_path / "facts.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript("PRAGMA application_id = 1736074867; PRAGMA user_version = 1; CREATE TABLE x (y)")

    before = sha256(path)
    for query in QUERIES:
        ran = inside("--db", path, *query)
        assert (ran.status, ran.out) == (3, "")
        assert ran.err.endswith(AFRESH)
    assert sha256(path) == before


@pytest.mark.parametrize("where", ["default", "named"])
def test_default_database_is_refused_as_a_named_one_is(gz: Gz, database: Path, where: str) -> None:
    """The database in the user's data folder, too, is refused when it is damaged, and never written over."""
    database.write_bytes(b"not a database, and the only copy of something\n")

    ran = gz("bases") if where == "default" else gz("--db", database, "bases")

    assert ran == Ran(3, "", f"gz: {database} is not a database\n{AFRESH}")
    assert database.read_bytes() == b"not a database, and the only copy of something\n"


def test_moving_a_damaged_database_away_is_the_way_out(gz: Gz, database: Path) -> None:
    """The way out that the line names works: with the damaged file moved away, the next run builds a fresh one."""
    database.write_bytes(b"damaged")
    assert gz("bases").status == 3

    database.rename(database.with_suffix(".away"))

    assert gz("bases").status == 0


# 11. Newer -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [2, 3, 2_147_483_647])
def test_database_of_a_newer_release(inside: Gz, copy: Path, version: int) -> None:
    """A database with a newer user_version is refused, with the way to a newer program, and unharmed."""
    with closing(sqlite3.connect(copy)) as db:
        db.execute(f"PRAGMA user_version = {version}")

    assert_refused(inside, copy, "was made by a newer gz", "    upgrade: pip install --upgrade guizhou-cli\n")


@pytest.mark.parametrize("version", [0, -1, -2_147_483_648])
def test_database_of_no_release(inside: Gz, copy: Path, version: int) -> None:
    """A user_version that no release has had is damage: the database is refused, not rebuilt, and unharmed."""
    with closing(sqlite3.connect(copy)) as db:
        db.execute(f"PRAGMA user_version = {version}")

    assert_refused(inside, copy, f"is damaged: no gz made version {version}")


# 12. Random damage -----------------------------------------------------------------------------------------


def changes(whole: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield copies with one byte changed: in all of the file, and a fifth of them in the header and the schema."""
    chance = random.Random(seed)
    for number in range(count):
        at = chance.randrange(len(whole) if number % 5 else PAGE)
        other = chance.choice([value for value in range(256) if value != whole[at]])
        yield whole[:at] + bytes([other]) + whole[at + 1 :]


def assert_documented(ran: Ran, changed: bytes, path: Path) -> None:
    """Assert that a query of a damaged database found something, found nothing, or refused it unharmed."""
    assert ran.status in {0, 1, 3}, ran.err
    assert "Traceback" not in ran.err
    assert (ran.status == 0) == (ran.out.strip() not in {"", "[]"})
    if ran.status == 3:
        first, *rest = ran.err.splitlines()
        assert first.startswith("gz: ")
        assert len(rest) <= 1
        assert path.read_bytes() == changed


def test_five_hundred_random_byte_changes(inside: Gz, copy: Path) -> None:
    """Whichever byte is changed, every query ends in status 0, 1 or 3, and never in a fault."""
    ended = {0: 0, 1: 0, 3: 0}
    for number, changed in enumerate(changes(copy.read_bytes(), 500, seed=1)):
        form = ["--json"] if number % 10 else []
        for query in QUERIES:
            copy.write_bytes(changed)
            ran = inside("--db", copy, *query, *form)
            assert_documented(ran, changed, copy)
            ended[ran.status] += 1
    assert ended[0] > 1000, "hardly one was answered: is the damage tried at all?"
    assert ended[3] > 100, "hardly one was refused: is the damage tried at all?"


def test_random_byte_changes_seen_by_the_real_program(gz: Gz, copy: Path) -> None:
    """In a process of its own, too, a changed byte ends in status 0, 1 or 3, and no traceback reaches the user."""
    for number, changed in enumerate(changes(copy.read_bytes(), 36, seed=2)):
        copy.write_bytes(changed)
        assert_documented(gz("--db", copy, *QUERIES[number % len(QUERIES)]), changed, copy)


@pytest.mark.parametrize(
    ("statement", "query"),
    [
        ("UPDATE claim SET statement = CAST(x'ff41' AS TEXT) WHERE slug = 'tourism'", ["claims"]),
        ("UPDATE claim SET statement = CAST(x'ff41' AS TEXT) WHERE slug = 'tourism'", ["show", "tourism"]),
        ("UPDATE trade_partner_alias SET alias = CAST(x'c328' AS TEXT) WHERE alias = 'BRI'", ["who-said", "coal"]),
        ("UPDATE trade_growth SET annual_growth_pct = 9e999", ["trade"]),
        ("UPDATE speaker SET name = CAST(x'80' AS TEXT)", ["speakers", "li"]),
        ("UPDATE topic SET name = CAST(x'80' AS TEXT)", ["topics"]),
    ],
)
def test_cells_that_cannot_be_read(inside: Gz, copy: Path, statement: str, query: list[str]) -> None:
    """Text that is not UTF-8, and a rate that is infinite, are damage, told in one line."""
    with closing(sqlite3.connect(copy)) as db:
        db.execute(statement)
        db.commit()

    for form in ("table", "json", "csv"):
        ran = inside("--db", copy, *query, "--format", form)
        assert (ran.status, ran.out) == (3, "")
        assert "is damaged: " in ran.err
        assert ran.err.endswith(AFRESH)


# 13. Other processes ---------------------------------------------------------------------------------------

HOLD = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute(sys.argv[2])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, statement: str) -> Iterator["subprocess.Popen[str]"]:
    """Have another process hold the database by having executed a statement."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_another_process_holds_the_database(gz: Gz, copy: Path) -> None:
    """While another process holds it EXCLUSIVE, a query says within seconds, with status 3, that it is busy."""
    before = sha256(copy)
    with held(copy, "BEGIN EXCLUSIVE"):
        begun = time.monotonic()
        ran = gz("--db", copy, "bases")
        took = time.monotonic() - begun

    assert ran == Ran(3, "", f"gz: {copy} is busy: another program is using it\n    try again in a moment\n")
    assert took < 60, "it waits 3 s, and other work may keep it waiting longer"
    assert sha256(copy) == before
    assert gz("--db", copy, "bases").status == 0


def test_another_process_holds_it_for_a_moment(gz: Gz, copy: Path) -> None:
    """A query waits for another process that is done in a moment, and then answers."""
    with held(copy, "BEGIN EXCLUSIVE") as process:
        waiting = subprocess.Popen(
            [sys.executable, "-c", "import sys, time; time.sleep(1); sys.stdin.close()"], stdin=process.stdin
        )
        assert process.stdin is not None
        process.stdin.close()  # the other has it still, for a second
        ran = gz("--db", copy, "bases", "--json")
        waiting.wait()

    assert ran.status == 0, ran.err
    assert len(ran.rows) == 6


def test_another_process_is_about_to_write(gz: Gz, copy: Path) -> None:
    """While another process holds it IMMEDIATE, every query is answered."""
    with held(copy, "BEGIN IMMEDIATE"):
        for query in QUERIES:
            ran = gz("--db", copy, *query)
            assert (ran.status, ran.err) == (0, "")


# A writer that was killed ----------------------------------------------------------------------------------

KILLED = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")  # so that pages are written before the end
db.execute("PRAGMA cache_spill = 1")
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE trade_growth SET annual_growth_pct = 99.9")
db.execute("UPDATE claim SET statement = 'half written'")
db.execute("CREATE TABLE filler AS SELECT a.statement FROM claim AS a, claim AS b")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def torn(copy: Path) -> Path:
    """Return a database whose writer was killed in the middle of a transaction, its journal beside it."""
    done = subprocess.run([sys.executable, "-c", KILLED, copy], check=False)
    assert done.returncode == -signal.SIGKILL
    assert copy.with_name("copy.db-journal").stat().st_size > 0
    return copy


def test_killed_writer_is_rolled_back(gz: Gz, torn: Path, seeded: Path) -> None:
    """What a killed writer has left half written is rolled back, and the query answered from what was before."""
    assert torn.read_bytes() != seeded.read_bytes()

    ran = gz("--db", torn, "trade", "--json")

    assert (ran.status, ran.err) == (0, "")
    assert [row["annual_growth_pct"] for row in ran.rows] == [28.4, 33.8]
    assert not torn.with_name("copy.db-journal").exists()
    with closing(sqlite3.connect(torn)) as after, closing(sqlite3.connect(seeded)) as before:
        assert list(after.iterdump()) == list(before.iterdump())


@pytest.mark.parametrize(
    ("pragma", "what"),
    [("application_id = 77", "is not a database of gz"), ("user_version = 2", "was made by a newer gz")],
)
def test_killed_writer_of_another_program(gz: Gz, copy: Path, pragma: str, what: str) -> None:
    """What another program, or a newer one, has left half written is for that to roll back: refused, unharmed."""
    with closing(sqlite3.connect(copy)) as db:
        db.execute(f"PRAGMA {pragma}")
    subprocess.run([sys.executable, "-c", KILLED, copy], check=False)
    journal = copy.with_name("copy.db-journal")
    before = sha256(copy), sha256(journal)

    ran = gz("--db", copy, "trade")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {copy} {what}\n")
    assert (sha256(copy), sha256(journal)) == before


def test_killed_writer_where_nothing_can_be_written(ordinary: Gz, torn: Path) -> None:
    """Where a killed writer's journal can't be rolled back, the query is refused with status 3, not half answered."""
    before = sha256(torn)
    torn.chmod(0o400)
    torn.parent.chmod(0o500)

    ran = ordinary("--db", torn, "trade", "--json")

    torn.parent.chmod(0o700)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {torn} can't be opened or written: ")
    assert sha256(torn) == before


def test_one_command_reads_at_one_moment(copy: Path) -> None:
    """What is removed while a command reads is still there for all that the command reads."""
    with closing(database.open_readonly(copy)) as db, closing(sqlite3.connect(copy, timeout=0)) as other:
        before = db.execute("SELECT count(*) FROM claim").fetchone()
        with pytest.raises(sqlite3.OperationalError, match="locked"), other:
            other.execute("DELETE FROM claim")
        assert db.execute("SELECT count(*) FROM claim").fetchone() == before


def test_a_lock_taken_in_between_is_no_fault(copy: Path) -> None:
    """A database that another process locks between opening it and reading it is busy, which is no fault of ours."""
    with closing(database.connect(copy, "ro")) as db, closing(sqlite3.connect(copy, isolation_level=None)) as other:
        db.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseProblem, match="is busy"):
            database.is_current(db)
