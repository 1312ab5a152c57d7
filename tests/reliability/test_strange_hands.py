"""A database that somebody hands over: nothing beside it changes, and nothing within it hangs a query."""

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import INTERRUPTED, Gz, Ran, process
from samples import BRIEFING, assert_refused, edit, folder_of, unharmed


@pytest.fixture
def handed(seeded: Path, tmp_path: Path) -> Path:
    """Return a database in a folder of its own."""
    folder = tmp_path / "handed"
    folder.mkdir()
    return Path(shutil.copyfile(seeded, folder / "facts.db"))


# What is beside it -------------------------------------------------------------------------------------------


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
    precious, briefing = tmp_path / "precious.txt", tmp_path / "briefing.toml"
    precious.write_text("precious")
    briefing.write_text(BRIEFING, encoding="utf-8")
    database.with_name("facts.db-journal").write_bytes(forged_journal(database, precious))
    options = [] if default else ["--db", str(database)]

    for command in ("bases", "who-said coal", "export guizhou-2024-06-14", "verify", f"add {briefing}"):
        assert_refused(here, database, *options, *command.split())

    assert precious.read_text() == "precious"


def leave(database: Path, script: str) -> None:
    """Leave beside a database what a writer leaves that is killed after some statements."""
    connecting = "import os, sqlite3, sys\ndb = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    killed = f"{connecting}for line in {script.split('; ')}: db.execute(line)\nos._exit(9)"
    subprocess.run([sys.executable, "-c", killed, database], check=False)


JOURNAL = (
    "PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE filler AS SELECT a.statement FROM claim AS a, claim AS b"
)
WAL = "PRAGMA journal_mode = WAL; CREATE TABLE filler (x)"


def put(database: Path, suffix: str, kind: str) -> None:
    """Put a named pipe, a link, a folder or a file of garbage beside a database."""
    name = database.with_name(database.name + suffix)
    if kind == "fifo":
        os.mkfifo(name)
    elif kind == "folder":
        name.mkdir()
    elif kind == "garbage":
        name.write_bytes(b"x" * 2000)
    else:
        name.symlink_to("/etc/passwd" if kind == "link" else "nowhere")


def put_journal_beside_wal(database: Path) -> None:
    """Put a journal, which SQLite would roll back, beside a database in WAL mode."""
    edit(database, "PRAGMA journal_mode = WAL")
    put(database, "-journal", "garbage")


NO_FILES = [
    (suffix, kind) for suffix in ("-journal", "-wal", "-shm") for kind in ("fifo", "link", "dangling", "folder")
]


BESIDE: dict[str, Callable[[Path], None]] = {
    **{f"{kind} {suffix}": partial(put, suffix=suffix, kind=kind) for suffix, kind in NO_FILES},
    "garbage -journal": partial(put, suffix="-journal", kind="garbage"),
    "garbage -wal": partial(put, suffix="-wal", kind="garbage"),
    "journal of a killed writer": partial(leave, script=JOURNAL),
    "WAL of a killed writer": partial(leave, script=WAL),
    "journal of a database in WAL mode": put_journal_beside_wal,
}
"""What lies beside a database that could not be read without changing, following or awaiting it."""


@pytest.mark.parametrize("beside", BESIDE)
def test_what_is_beside_a_named_database_stays(inside: Gz, handed: Path, beside: str) -> None:
    """A query and a change refuse a named database that would first have to be recovered, and leave all as it is."""
    BESIDE[beside](handed)
    for command in (["bases"], ["remove", "x", "--yes"]):
        assert_refused(inside, handed, "--db", handed, *command)


@pytest.mark.parametrize(("suffix", "kind"), NO_FILES)
def test_only_files_are_recovered(here: Gz, mine: Path, suffix: str, kind: str) -> None:
    """A named pipe, a link or a folder beside the default database is refused at once, and left alone."""
    put(mine, suffix, kind)
    assert f"facts.db{suffix} is not a file" in assert_refused(here, mine, "bases")


@pytest.mark.parametrize("suffix", ["", "-journal", "-wal", "-shm"])
def test_database_in_wal_mode_is_read_without_a_wal(inside: Gz, handed: Path, suffix: str) -> None:
    """A database in WAL mode, or with empty files beside it, is read, and no file is created or removed."""
    if suffix:
        handed.with_name(f"facts.db{suffix}").touch()
    else:
        edit(handed, "PRAGMA journal_mode = WAL")

    with unharmed(handed):
        assert len(inside("--db", handed, "bases", "--json").rows) == 6


def test_default_database_is_recovered(here: Gz, mine: Path) -> None:
    """What a killed writer left of the default database is rolled back, and the query answered."""
    leave(mine, JOURNAL)
    assert {*folder_of(mine)} == {"facts.db", "facts.db-journal"}

    assert len(here("bases", "--json").rows) == 6

    assert {*folder_of(mine)} == {"facts.db"}


@pytest.mark.parametrize("script", [JOURNAL, WAL], ids=["journal", "wal"])
def test_journals_of_a_database_that_is_gone_are_set_aside(here: Gz, mine: Path, script: str) -> None:
    """The journal or WAL of a database that was moved away is renamed, with a note, and not replayed into a new one."""
    fresh = mine.read_bytes()
    leave(mine, script)
    mine.unlink()
    left = {*folder_of(mine)}
    assert left

    ran = here("bases", "--json")

    assert len(ran.rows) == 6
    assert {note.split()[1] for note in ran.err.splitlines()} == left
    assert ran.err.count("was left of a database that is gone; it is") == len(left)
    assert mine.read_bytes() == fresh
    assert {name.rsplit(".", 2)[0] for name in folder_of(mine) if name != "facts.db"} == left
    assert here("bases").err == ""


# What never ends ---------------------------------------------------------------------------------------------

ENDLESS = (
    "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'a' AS topic, count(*) AS claims FROM c"
)
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


def replace_topics(path: Path, query: str) -> None:
    """Put another query behind the view of the topics."""
    edit(path, f"DROP VIEW topics; CREATE VIEW topics AS {query}")


def test_endless_view_is_interrupted(handed: Path, home: Path) -> None:
    """Ctrl-C ends a query of a view that never ends, with 130 and no words."""
    replace_topics(handed, ENDLESS)

    ran = process(home, [sys.executable, "-c", INTERRUPTING, "--db", handed, "topics"], INTERRUPTED)

    assert ran == Ran(130, "", "")


def test_endless_view_runs_out_of_its_budget(inside: Gz, handed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query of a view that never ends ends with 3 after a fixed number of steps."""
    monkeypatch.setattr("guizhou_cli.db.connection._BUDGET", 10)
    replace_topics(handed, ENDLESS)

    assert assert_refused(inside, handed, "--db", handed, "topics").startswith(f"{handed} took too long to answer\n")


def test_values_without_end(inside: Gz, handed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value of any size, or a number of years that no schema of ours allows, ends in 0 or 3."""
    monkeypatch.setattr("guizhou_cli.db.connection._BUDGET", 100)
    edit(handed, "PRAGMA ignore_check_constraints = ON; UPDATE figure SET years = 1000000000000")
    assert inside("--db", handed, "trade", "--json").status in {0, 3}

    replace_topics(handed, "SELECT printf('%.*c', 900000000, 'x') AS topic, 1 AS claims")
    assert inside("--db", handed, "topics").status in {0, 3}


def test_views_and_triggers_of_others_call_nothing_of_ours(inside: Gz, handed: Path) -> None:
    """A view can't load an extension: nothing that has side effects is available to it."""
    replace_topics(handed, "SELECT load_extension('x') AS topic, 1 AS claims")

    assert_refused(inside, handed, "--db", handed, "topics")
