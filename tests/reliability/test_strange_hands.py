"""A database that somebody hands over: nothing beside it changes, and nothing within it hangs a query."""

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import INTERRUPTED, Gz, clean_environment
from samples import BRIEFING, edit

QUERIES = (["bases"], ["who-said", "coal"], ["export", "guizhou-2024-06-14"], ["verify"], ["path"])


@pytest.fixture
def handed(seeded: Path, tmp_path: Path) -> Path:
    """Return a database in a folder of its own."""
    folder = tmp_path / "handed"
    folder.mkdir()
    return Path(shutil.copyfile(seeded, folder / "facts.db"))


def folder_of(path: Path) -> dict[str, tuple[int, bytes | str]]:
    """Return the mode and the content of all that is in a file's folder."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for file in path.parent.iterdir():
        mode = file.lstat().st_mode
        content = str(file.readlink()) if file.is_symlink() else file.read_bytes() if file.is_file() else b""
        found[file.name] = (mode, content)
    return found


def forged_journal(database: Path, victim: Path) -> bytes:
    """Return a hot journal whose super-journal is a file of the user's, which SQLite deletes after a rollback."""
    page, nonce, sector = database.read_bytes()[:4096], 1, 512
    magic = bytes.fromhex("d9d505f920a163d7")
    header = magic + struct.pack(">IIIII", 1, nonce, database.stat().st_size // 4096, sector, 4096)
    checksum = (nonce + sum(page[at] for at in range(4096 - 200, 0, -200))) & 0xFFFFFFFF
    body = header.ljust(sector, b"\0") + struct.pack(">I", 1) + page + struct.pack(">I", checksum)
    name = str(victim).encode()
    pointer = struct.pack(">I", 0x40000000 // 4096 + 1) + name + struct.pack(">II", len(name), sum(name)) + magic
    return body.ljust(-(-len(body) // sector) * sector, b"\0") + pointer


@pytest.mark.parametrize("default", [False, True], ids=["named", "default"])
def test_forged_journal_deletes_no_file(here: Gz, mine: Path, handed: Path, tmp_path: Path, *, default: bool) -> None:
    """A journal that names a file of the user's is not rolled back, neither by queries nor by adding."""
    database = mine if default else handed
    precious = tmp_path / "precious.txt"
    precious.write_text("precious")
    database.with_name("facts.db-journal").write_bytes(forged_journal(database, precious))
    before = folder_of(database)
    briefing = tmp_path / "briefing.toml"
    briefing.write_text(BRIEFING, encoding="utf-8")

    for command in (*QUERIES, ["add", briefing]):
        ran = here(*([] if default else ["--db", database]), *command)
        assert ran.status == 3 or command == ["path"], ran.err
        assert "Traceback" not in ran.err

    assert precious.read_text() == "precious"
    assert folder_of(database) == before


def leave(script: str) -> Callable[[Path], None]:
    """Return a function that leaves what a killed writer of a database leaves beside it."""
    connecting = "import os, sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    killed = f"{connecting}for line in {script.split('; ')}: db.execute(line)\nos._exit(9)"

    def beside(path: Path) -> None:
        subprocess.run([sys.executable, "-c", killed, path], check=False)

    return beside


leave_wal = leave("PRAGMA journal_mode = WAL; CREATE TABLE filler (x)")
leave_journal = leave(
    "PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE filler AS SELECT a.statement FROM claim AS a, claim AS b"
)


def put(suffix: str, kind: str) -> Callable[[Path], None]:
    """Return a function that puts a named pipe, a link or a file of garbage beside a database."""

    def beside(path: Path) -> None:
        name = path.with_name(path.name + suffix)
        if kind == "fifo":
            os.mkfifo(name)
        elif kind == "folder":
            name.mkdir()
        elif kind == "garbage":
            name.write_bytes(b"x" * 2000)
        else:
            name.symlink_to("/etc/passwd" if kind == "link" else "nowhere")

    return beside


REFUSED = [
    leave_journal,
    leave_wal,
    put("-journal", "garbage"),
    put("-wal", "garbage"),
    *(put(suffix, kind) for suffix in ("-journal", "-wal", "-shm") for kind in ("fifo", "link", "dangling", "folder")),
]


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_is_beside_a_named_database_stays(inside: Gz, handed: Path, number: int) -> None:
    """A query refuses a named database that it could not read without changing, following or awaiting what is there."""
    REFUSED[number](handed)
    before = folder_of(handed)

    ran = inside("--db", handed, "bases")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith("gz: ")
    assert len(ran.err.splitlines()) == 2
    assert folder_of(handed) == before


@pytest.mark.parametrize("suffix", ["", "-journal", "-wal", "-shm"])
def test_database_in_wal_mode_is_read_without_a_wal(inside: Gz, handed: Path, suffix: str) -> None:
    """A database in WAL mode, or with empty files beside it, is read, and no file is created or removed."""
    if suffix:
        handed.with_name(f"facts.db{suffix}").touch()
    else:
        edit(handed, "PRAGMA journal_mode = WAL")
    before = folder_of(handed)

    assert len(inside("--db", handed, "bases", "--json").rows) == 6

    assert folder_of(handed) == before


def test_journal_beside_a_database_in_wal_mode(inside: Gz, handed: Path) -> None:
    """A journal beside a database in WAL mode, which SQLite would roll back, is refused and left alone."""
    edit(handed, "PRAGMA journal_mode = WAL")
    put("-journal", "garbage")(handed)
    before = folder_of(handed)

    assert inside("--db", handed, "remove", "x", "--yes").status == 3
    assert folder_of(handed) == before


def test_default_database_is_recovered(here: Gz, mine: Path) -> None:
    """What a killed writer left of the default database is rolled back, and the query answered."""
    leave_journal(mine)
    assert mine.with_name("facts.db-journal").exists()

    assert len(here("bases", "--json").rows) == 6

    assert [file.name for file in mine.parent.iterdir()] == ["facts.db"]


@pytest.mark.parametrize("leaving", [leave_journal, leave_wal], ids=["journal", "wal"])
def test_journals_of_a_database_that_is_gone_are_set_aside(
    here: Gz, mine: Path, leaving: Callable[[Path], None]
) -> None:
    """The journal or WAL of a database that was moved away is renamed, with a note, and not replayed into a new one."""
    fresh = mine.read_bytes()
    leaving(mine)
    mine.unlink()
    left = [file.name for file in mine.parent.iterdir()]
    assert left

    ran = here("bases", "--json")

    assert len(ran.rows) == 6
    assert sorted(note.split()[1] for note in ran.err.splitlines()) == sorted(left)
    assert ran.err.count("was left of a database that is gone; it is") == len(left)
    assert mine.read_bytes() == fresh
    assert {file.name.rsplit(".", 2)[0] for file in mine.parent.iterdir() if file != mine} == set(left)
    assert here("bases").err == ""


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
def test_only_files_are_recovered(here: Gz, mine: Path, suffix: str, kind: str) -> None:
    """A named pipe, a link or a folder beside the default database is refused at once, and left alone."""
    put(suffix, kind)(mine)
    before = folder_of(mine)

    ran = here("bases")

    assert (ran.status, ran.out) == (3, "")
    assert f"facts.db{suffix} is not a file" in ran.err
    assert folder_of(mine) == before


# What never ends ---------------------------------------------------------------------------------------------

ENDLESS = """
DROP VIEW topics;
CREATE VIEW topics AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)
SELECT 'a' AS topic, count(*) AS claims FROM c;
"""


INTERRUPTING = """
import os, signal, sys
from guizhou_cli import __main__
from guizhou_cli.db.connection import Connection
look = Connection._look
def interrupting(self):
    os.kill(os.getpid(), signal.SIGINT)
    return look(self)
Connection._look = interrupting
__main__.main()
"""


def test_endless_view_is_interrupted(handed: Path, home: Path) -> None:
    """Ctrl-C ends a query of a view that never ends, with 130 and no words."""
    edit(handed, ENDLESS)

    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTING, "--db", handed, "topics"],
        env=clean_environment(home, **INTERRUPTED),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


def test_endless_view_runs_out_of_its_budget(inside: Gz, handed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query of a view that never ends ends with 3 after a fixed number of steps."""
    monkeypatch.setattr("guizhou_cli.db.connection._BUDGET", 10)
    edit(handed, ENDLESS)

    ran = inside("--db", handed, "topics")

    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {handed} took too long to answer\n")


def test_values_without_end(inside: Gz, handed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value of any size, or a number of years that no schema of ours allows, ends in 0 or 3."""
    monkeypatch.setattr("guizhou_cli.db.connection._BUDGET", 100)
    edit(handed, "PRAGMA ignore_check_constraints = ON; UPDATE figure SET years = 1000000000000")
    assert inside("--db", handed, "trade", "--json").status in {0, 3}

    edit(handed, "DROP VIEW topics; CREATE VIEW topics AS SELECT printf('%.*c', 900000000, 'x') AS topic, 1 AS claims")
    assert inside("--db", handed, "topics").status in {0, 3}


def test_views_and_triggers_of_others_call_nothing_of_ours(inside: Gz, handed: Path) -> None:
    """A view can't load an extension: nothing that has side effects is available to it."""
    edit(handed, "DROP VIEW topics; CREATE VIEW topics AS SELECT load_extension('x') AS topic, 1 AS claims")

    assert inside("--db", handed, "topics").status == 3
