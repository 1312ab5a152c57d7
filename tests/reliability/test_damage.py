"""A damaged, foreign or newer database is answered in one line, and left exactly as it was."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Gz, Ran
from samples import edit, sha256

from guizhou_cli.db.connection import CHECKED_SIZE

PAGE = 4096
QUERIES = (
    ["bases"],
    ["trade", "--partner", "asean"],
    ["measures", "--topic", "green development"],
    ["figures"],
    ["speakers", "li"],
    ["who-said", "green development"],
    ["claims", "--topic", "trade"],
    ["topics"],
    ["sources"],
    ["show", "trade-asean"],
    ["read", "guizhou-2024-06-14"],
    ["cite", "trade-asean"],
)
AFRESH = "    if gz built it, move it away and the next run builds a fresh one; or name another with --db\n"


@pytest.fixture
def copy(seeded: Path, tmp_path: Path) -> Path:
    """Return a copy of the seeded database, to be damaged."""
    return Path(shutil.copyfile(seeded, tmp_path / "copy.db"))


def assert_refused(run: Gz, path: Path, what: str, hint: str = AFRESH) -> None:
    """Assert that every query of a database is refused with status 3, one line and the way out, and changes nothing."""
    before = sha256(path)
    for query in QUERIES:
        assert run("--db", path, *query) == Ran(3, "", f"gz: {path} {what}\n{hint}")
    assert sha256(path) == before
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(path.name)] == [path.name]


# 10, 11. Not a sound database of ours, or a newer one ----------------------------------------------------------

CUT_SHORT = "is damaged: it is cut short"
MALFORMED = "is damaged: database disk image is malformed"
REFUSED: list[tuple[bytes | int | str, str]] = [
    (b"", "is not a database"),
    (b"x", "is not a database"),
    (b"a list of bases\nand of rates\n" * 100, "is not a database"),
    (bytes(3 * PAGE), "is not a database"),
    (b"\x7fELF" + bytes(range(256)) * 100, "is not a database"),
    (b"SQLite format 3\0" + b"but nothing after it " * 500, "is not a database of gz"),
    *((length, MALFORMED) for length in (100, PAGE - 1, PAGE, 5 * PAGE + 17, -10 * PAGE, -PAGE)),
    *((length, CUT_SHORT) for length in (-PAGE + 1, -1)),
    ("PRAGMA application_id = 0", "is not a database of gz"),
    ("PRAGMA application_id = 252006673", "is not a database of gz"),  # Fossil's
    ("DROP TABLE build", "is damaged: no such table: build"),
    *((f"PRAGMA user_version = {at}", f"is damaged: no gz made version {at}") for at in (0, -1, -2_147_483_648)),
]
"""What a file holds, or how many bytes of a database are left, or what was done to one; and what is said of it."""


@pytest.mark.parametrize(("damage", "what"), REFUSED)
def test_what_is_no_sound_database_of_ours(inside: Gz, copy: Path, damage: bytes | int | str, what: str) -> None:
    """Another format, another program's database, or one that is cut short is refused and unharmed."""
    if isinstance(damage, str):
        edit(copy, damage)
    else:
        copy.write_bytes(damage if isinstance(damage, bytes) else copy.read_bytes()[:damage])

    assert_refused(inside, copy, what)


@pytest.mark.parametrize("version", [3, 2_147_483_647])
def test_database_of_a_newer_release(inside: Gz, copy: Path, version: int) -> None:
    """A newer user_version is refused with the way to a newer program."""
    edit(copy, f"PRAGMA user_version = {version}")

    assert_refused(inside, copy, "was made by a newer gz", "    upgrade: pip install --upgrade guizhou-cli\n")


def test_database_with_a_page_of_zeros(inside: Gz, copy: Path) -> None:
    """A database of which any one page is zeros is refused by every query, and unharmed."""
    complete = copy.read_bytes()
    pages = len(complete) // PAGE
    assert pages > 20
    for number in range(pages):
        copy.write_bytes(complete[: number * PAGE] + bytes(PAGE) + complete[(number + 1) * PAGE :])
        before = sha256(copy)

        ran = inside("--db", copy, *QUERIES[number % len(QUERIES)])

        assert (ran.status, ran.out) == (3, ""), number
        assert ran.err.startswith(f"gz: {copy} is ")
        assert ran.err.endswith(f"\n{AFRESH}")
        assert ran.err.count("\n") == 2
        assert sha256(copy) == before


def test_damaged_default_database_is_moved_away_by_hand(here: Gz, mine: Path) -> None:
    """The default database, too, is refused and never written over; the way out that the line names works."""
    mine.write_bytes(b"not a database, and the only copy of something\n")

    assert here("bases") == Ran(3, "", f"gz: {mine} is not a database\n{AFRESH}")
    assert mine.read_bytes() == b"not a database, and the only copy of something\n"
    mine.rename(mine.with_suffix(".away"))
    assert here("bases").status == 0


# 12. Damage of every kind ------------------------------------------------------------------------------------


def changes(complete: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield copies with one byte changed: in all of the file, and a fifth of them in the header and the schema."""
    chance = random.Random(seed)
    for number in range(count):
        at = chance.randrange(len(complete) if number % 5 else PAGE)
        other = chance.choice([value for value in range(256) if value != complete[at]])
        yield complete[:at] + bytes([other]) + complete[at + 1 :]


def assert_documented(ran: Ran, changed: bytes, path: Path) -> None:
    """Assert that a query of a damaged database found something, found nothing, or refused it unharmed."""
    assert ran.status in {0, 1, 3}, ran.err
    assert "Traceback" not in ran.err
    assert path.read_bytes() == changed
    if ran.status == 3:
        assert ran.err.startswith("gz: ")


@pytest.mark.parametrize("seed", range(4))
def test_five_hundred_random_byte_changes(inside: Gz, copy: Path, seed: int) -> None:
    """Whichever byte is changed, every query ends in status 0, 1 or 3, and never in a fault."""
    ended = {0: 0, 1: 0, 3: 0}
    for changed in changes(copy.read_bytes(), 125, seed):
        for query in QUERIES:
            copy.write_bytes(changed)
            ran = inside("--db", copy, *query, *([] if query[0] == "cite" else ["--json"]))
            assert_documented(ran, changed, copy)
            ended[ran.status] += 1
    assert ended[0] > 250
    assert ended[3] > 25


def test_random_byte_changes_of_a_large_database(inside: Gz, copy: Path) -> None:
    """A database that is too large to be checked at each start ends its queries so, too, and `gz verify`."""
    edit(copy, f"CREATE TABLE padding (x); INSERT INTO padding VALUES (zeroblob({CHECKED_SIZE}))")
    complete = copy.read_bytes()
    for number, changed in enumerate(changes(complete[:-CHECKED_SIZE], 60, seed=3)):
        whole = changed + complete[-CHECKED_SIZE:]
        copy.write_bytes(whole)
        for query in (QUERIES[number % len(QUERIES)], ["verify"]):
            assert_documented(inside("--db", copy, *query), whole, copy)


@pytest.mark.parametrize(
    ("statement", "query"),
    [
        ("UPDATE claim SET statement = CAST(x'ff41' AS TEXT) WHERE slug = 'tourism'", ["claims"]),
        ("UPDATE claim SET statement = CAST(x'ff41' AS TEXT) WHERE slug = 'tourism'", ["show", "tourism"]),
        ("UPDATE trade_partner_alias SET alias = CAST(x'c328' AS TEXT) WHERE alias = 'BRI'", ["trade", "x"]),
        ("UPDATE figure SET value = 9e999", ["trade"]),
        ("UPDATE speaker SET name = CAST(x'80' AS TEXT)", ["speakers", "li"]),
        ("UPDATE topic SET name = CAST(x'80' AS TEXT)", ["topics"]),
    ],
)
def test_cells_that_cannot_be_read(inside: Gz, copy: Path, statement: str, query: list[str]) -> None:
    """Text that is not UTF-8, and a rate that is infinite, are damage, reported in one line."""
    edit(copy, statement)

    for form in ("table", "json", "csv"):
        ran = inside("--db", copy, *query, "--format", form)
        assert (ran.status, ran.out) == (3, "")
        assert "is damaged: " in ran.err
        assert ran.err.endswith(AFRESH)


@pytest.mark.parametrize("size", [0, CHECKED_SIZE], ids=["small", "large"])
def test_schema_that_is_no_text(inside: Gz, copy: Path, size: int) -> None:
    """A byte of the schema that is no UTF-8 ends every command in 3, also where the file is too large to be checked."""
    edit(copy, f"CREATE TABLE padding (x); INSERT INTO padding VALUES (zeroblob({size}))")
    damaged = copy.read_bytes().replace(b"CREATE TABLE build", b"CREATE TAB\xff build"[:18])
    copy.write_bytes(damaged)

    for command in (*QUERIES, ["verify"], ["export", "guizhou-2024-06-14"], ["remove", "mine"]):
        ran = inside("--db", copy, *command)
        assert_documented(ran, damaged, copy)
        assert ran.status != 0


@pytest.mark.parametrize("block", ["27825d820e8112", "0000000001010100ffffffffffffffff01ff0101", "", "00"])
@pytest.mark.parametrize("row", [1, 10])
def test_damaged_index(inside: Gz, copy: Path, block: str, row: int) -> None:
    """A full-text index that SQLite finds damaged, or asks for too much memory for, ends in 0, 1 or 3."""
    edit(copy, f"UPDATE claim_fts_data SET block = x'{block}' WHERE id = {row}")
    damaged = copy.read_bytes()

    assert_documented(inside("--db", copy, "who-said", "coal"), damaged, copy)
    verified = inside("--db", copy, "verify")
    assert_documented(verified, damaged, copy)
    assert verified.status != 0
