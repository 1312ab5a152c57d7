"""A new release renews the shipped facts, the tables and the views, and keeps every briefing that was added."""

import itertools
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest
from briefings import NORTH, SHIPPED, SOUTH, assert_sound, content, sha256, small
from conftest import PROGRAM, REPOSITORY, Gz, Ran, clean_environment, run_inside
from poised import Poised, place

SOUTHLAND, NORTHLAND = "southland-2025-06-10", "northland-2023-04-01"
VIEWS = "\n-- 3. Views --"
FEWER_FACTS = f"""
DELETE FROM claim WHERE id > 20;
DELETE FROM topic WHERE id NOT IN (SELECT topic_id FROM claim_topic);
UPDATE trade_growth SET annual_growth_pct = 33.7 WHERE claim_id = 19;
UPDATE trade_partner SET name = 'ASEAN members' WHERE id = 'asean';
UPDATE speaker SET name = 'Li Bing' WHERE id = 'li-bingjun';
INSERT INTO trade_partner_alias VALUES ('asean', 'Efta');
INSERT INTO abbreviation VALUES ('TBM', 'tunnel boring machine');
{VIEWS}"""
"""What an older release had otherwise: three claims fewer, a wrong rate, other names."""

OLDER_SOUTH = SOUTH.replace('"Li Bingjun"', '"Li Bing"')


class Release(NamedTuple):
    """A release of the package, in a folder of its own."""

    folder: str

    def run(self, home: Path, *args: str | Path) -> Ran:
        """Run its program in a home folder."""
        ran = subprocess.run(
            [*PROGRAM, *args],
            env=clean_environment(home, PYTHONPATH=self.folder),
            cwd=home,
            capture_output=True,
            check=False,
            timeout=120,
            text=True,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)


Releases = Callable[..., Release]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """Return a function that makes a release: the present one with other facts, tables or code."""

    def release(*facts: tuple[str, str], version: int = 1, first_added: int = 100_001) -> Release:
        folder = tmp_path_factory.mktemp("release")
        shutil.copytree(
            REPOSITORY / "guizhou_cli",
            folder / "guizhou_cli",
            ignore=shutil.ignore_patterns("__pycache__", "facts.sql"),
        )
        changes = {
            folder / "facts.sql": [("PRAGMA user_version = 1;", f"PRAGMA user_version = {version};"), *facts],
            folder / "guizhou_cli" / "database.py": [("SCHEMA_VERSION = 1\n", f"SCHEMA_VERSION = {version}\n")],
            folder / "guizhou_cli" / "shelf.py": [("FIRST_ADDED = 100_001\n", f"FIRST_ADDED = {first_added}\n")],
        }
        shutil.copyfile(REPOSITORY / "facts.sql", folder / "facts.sql")
        for path, pairs in changes.items():
            text = path.read_text(encoding="utf-8")
            for before, after in pairs:
                assert text.count(before) == 1, before
                text = text.replace(before, after)
            path.write_text(text, encoding="utf-8")
        return Release(str(folder))

    return release


class Older(NamedTuple):
    """A database that an older release has built and added to, and what that release said of it."""

    image: bytes
    exports: dict[str, str]


def build(release: Release, home: Path, *texts: str) -> Older:
    """Build a database with a release, add briefings with it, and export them."""
    exports = {}
    for text in texts:
        (home / "briefing.toml").write_text(text, encoding="utf-8")
        added = release.run(home, "add", home / "briefing.toml")
        assert added.status == 0, added.err
    for row in release.run(home, "sources", "--json").rows:
        if row["source"] != SHIPPED:
            exports[row["source"]] = release.run(home, "export", row["source"]).out
    return Older(place(home).read_bytes(), exports)


@pytest.fixture(scope="module", params=[100_001, 1], ids=["as it is", "with numbers that collide"])
def older(request: pytest.FixtureRequest, releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> Older:
    """Return a database of a release with fewer facts; or of one that numbered added claims as it did its own."""
    release = releases((VIEWS, FEWER_FACTS), first_added=request.param)
    return build(release, tmp_path_factory.mktemp("older"), OLDER_SOUTH, NORTH)


@pytest.fixture
def outdated(older: Older, home: Path) -> Path:
    """Return the path of the older database, in the home folder."""
    place(home).parent.mkdir(parents=True)
    place(home).write_bytes(older.image)
    return place(home)


def assert_renewed(home: Path, older: Older, inside: Gz) -> None:
    """Assert that the shipped facts are the present ones, and the added briefings as they were."""
    for command in ("bases", "trade", "measures", "speakers", "claims"):
        of = (command, "--source", SHIPPED, "--json")
        assert run_inside(home, *of) == inside(*of)
    assert run_inside(home, "export", SHIPPED) == inside("export", SHIPPED)
    assert set(older.exports) == {SOUTHLAND, NORTHLAND}
    for source, exported in older.exports.items():
        assert run_inside(home, "export", source) == Ran(0, present(exported), "")
    assert_sound(place(home))
    found = run_inside(home, "who-said", "rail tunnel", "--json").rows
    assert {row["claim"] for row in found} == {f"{SOUTHLAND}:tunnel", f"{NORTHLAND}:ships"}
    with closing(sqlite3.connect(place(home))) as db:
        short_forms = [short for (short,) in db.execute("SELECT short FROM abbreviation ORDER BY 1")]
        assert (short_forms[:3], "TBM" in short_forms) == (["DRC", "NEV", "R&D"], False)
        unused = "SELECT name FROM topic WHERE id NOT IN (SELECT topic_id FROM claim_topic)"
        assert db.execute(unused).fetchall() == []


def present(exported: str) -> str:
    """Return an export of the older release with the names that the present one has for what they share."""
    for before, after in (("ASEAN members", "ASEAN"), ('"Li Bing"', '"Li Bingjun"'), (', "Efta"', "")):
        assert before in exported or SOUTHLAND not in exported
        exported = exported.replace(before, after)
    return exported


# New facts -------------------------------------------------------------------------------------------------


def test_new_facts_and_every_added_briefing(outdated: Path, home: Path, older: Older, inside: Gz) -> None:
    """After an upgrade the shipped facts are the new ones, and added briefings export as before, byte for byte."""
    assert run_inside(home, "sources").err == ""
    once = sha256(outdated)

    assert_renewed(home, older, inside)
    assert sha256(outdated) == once, "it was renewed more than once"
    assert [file.name for file in outdated.parent.iterdir()] == ["facts.db"]


def test_names_that_have_changed_are_searched_by(outdated: Path, home: Path) -> None:
    """An added briefing is found by the name that a partner or speaker has in the new release, not by the old one."""
    assert run_inside(home, "trade", "--partner", "asean members").status == 1
    assert run_inside(home, "trade", "--partner", "efta").status == 1
    with closing(sqlite3.connect(outdated)) as db:
        words = dict(db.execute("SELECT key, context FROM claim_search JOIN claim ON id = claim_id").fetchall())
    assert "li bingjun" in words[f"{SOUTHLAND}:trade-asean"]
    assert "asean members" not in " ".join(words.values())


@pytest.mark.parametrize("first_added", [100_001, 1])
def test_new_spellings_are_searched_by(home: Path, releases: Releases, tmp_path: Path, first_added: int) -> None:
    """Where a release spells the words of a search in another way, added briefings are found by those too."""
    release = releases(first_added=first_added)
    spelling = Path(release.folder, "guizhou_cli", "spelling.py")
    rules = spelling.read_text(encoding="utf-8")
    grew = '"grew": "grow"'
    assert grew in rules
    spelling.write_text(rules.replace(grew, '"grew": "growed"'), encoding="utf-8")
    older = build(release, tmp_path, SOUTH)
    place(home).parent.mkdir(parents=True)
    place(home).write_bytes(older.image)
    rate = ("who-said", "grew", "--source", SOUTHLAND, "--json")
    assert [row["claim"] for row in release.run(home, *rate).rows] == [f"{SOUTHLAND}:trade-asean"]
    assert place(home).read_bytes() == older.image

    assert [row["claim"] for row in run_inside(home, *rate).rows] == [f"{SOUTHLAND}:trade-asean"]
    assert run_inside(home, "verify").status == 0
    assert run_inside(home, "export", SOUTHLAND).out == older.exports[SOUTHLAND]


def test_what_it_was_built_from_told_in_another_way(outdated: Path, home: Path, older: Older, inside: Gz) -> None:
    """A release that wrote down less of what its database was built from is renewed like any other."""
    with closing(sqlite3.connect(outdated)) as db:
        db.executescript("ALTER TABLE build DROP COLUMN words")

    assert run_inside(home, "bases").status == 0

    assert_renewed(home, older, inside)


def test_own_triggers_and_indexes_are_kept(outdated: Path, home: Path, older: Older, inside: Gz) -> None:
    """What a user has added to the tables themselves is there after they were made anew, unless it no longer fits."""
    with closing(sqlite3.connect(outdated)) as db:
        db.executescript(
            "CREATE TABLE seen (claim TEXT); CREATE INDEX by_statement ON claim (statement);"
            "CREATE TRIGGER noticed AFTER INSERT ON claim BEGIN INSERT INTO seen VALUES (new.slug); END;"
            "ALTER TABLE build DROP COLUMN words; CREATE INDEX by_facts ON build (facts);"
            "ALTER TABLE build ADD COLUMN mood TEXT; CREATE INDEX by_mood ON build (mood);"
        )

    ran = run_inside(home, "bases")

    assert ran.status == 0
    assert ran.err == "gz: your own by_mood does not fit the new tables and is gone: no such column: mood\n"
    assert_renewed(home, older, inside)
    with closing(sqlite3.connect(outdated)) as db:
        listed = db.execute("SELECT name FROM sqlite_schema WHERE name IN ('by_statement', 'noticed', 'by_facts')")
        assert {name for (name,) in listed} == {"by_statement", "noticed", "by_facts"}
    assert run_inside(home, "verify").status == 0


def test_claims_keep_what_belongs_to_them(outdated: Path, home: Path) -> None:
    """Whatever numbers claims had, each has its own rate, base, measure and topics after the upgrade."""
    of = ("--source", SOUTHLAND, "--json")
    assert [row["claim"] for row in run_inside(home, "bases", *of).rows] == [f"{SOUTHLAND}:tunnel"]
    assert [row["claim"] for row in run_inside(home, "measures", *of).rows] == [f"{SOUTHLAND}:night-trains"]
    assert [(row["claim"], row["annual_growth_pct"]) for row in run_inside(home, "trade", *of).rows] == [
        (f"{SOUTHLAND}:trade-asean", 40.5),
        (f"{SOUTHLAND}:trade-mercosur", -3.0),
    ]
    rail = run_inside(home, "claims", "--topic", "rail", "--json").rows
    assert [row["claim"] for row in rail] == [f"{SOUTHLAND}:tunnel", f"{SOUTHLAND}:night-trains"]
    assert outdated.exists()


def test_adding_is_an_upgrade_too(outdated: Path, home: Path, older: Older, inside: Gz) -> None:
    """The first thing a new release does may be to add a briefing, to replace one or to remove one."""
    (home / "more.toml").write_text(small("more", 3))
    (home / "south.toml").write_text(SOUTH)
    assert run_inside(home, "add", home / "more.toml").err == "gz: added more: 3 claims, 3 paragraphs, 0 speakers\n"
    assert run_inside(home, "remove", "more").status == 0
    assert_renewed(home, older, inside)
    assert run_inside(home, "add", home / "south.toml", "--replace").status == 0
    assert_sound(outdated)


def test_going_back(outdated: Path, home: Path, older: Older, releases: Releases) -> None:
    """Going back to the older release brings back its facts, and the added briefings export as it exported them."""
    assert run_inside(home, "sources").status == 0
    release = releases((VIEWS, FEWER_FACTS))
    assert release.run(home, "trade", "--source", SHIPPED, "--json").rows[1]["annual_growth_pct"] == 33.7
    for source, exported in older.exports.items():
        assert release.run(home, "export", source) == Ran(0, exported, "")
    assert_sound(outdated)


# New tables ------------------------------------------------------------------------------------------------

SOURCES = "       s.place,\n       s.url,\n       (SELECT count(*) FROM passage"
NEW_TABLES = (
    ("    keywords    TEXT NOT NULL DEFAULT '',\n", "    keywords    TEXT NOT NULL DEFAULT '',\n    mood TEXT,\n"),
    (
        "    language    TEXT NOT NULL DEFAULT 'en'\n",
        "    language    TEXT NOT NULL DEFAULT 'en',\n    pages INTEGER\n",
    ),
    ("-- Which reports?\n", "CREATE TABLE remark (text TEXT NOT NULL) STRICT;\nINSERT INTO remark VALUES ('new');\n"),
    (SOURCES, "       s.pages,\n" + SOURCES),
)


@pytest.mark.parametrize("version", [1, 2])
def test_new_columns_and_tables(
    outdated: Path, home: Path, older: Older, releases: Releases, inside: Gz, version: int
) -> None:
    """A release with new columns, tables and views rebuilds the database, and every added briefing is in it."""
    release = releases(*NEW_TABLES, version=version)

    ran = release.run(home, "sources", "--json")

    assert (ran.status, ran.err) == (0, "")
    assert [(row["source"], row["pages"], row["claims"]) for row in ran.rows] == [
        (NORTHLAND, None, 2),
        (SHIPPED, None, 23),
        (SOUTHLAND, None, 4),
    ]
    for source, exported in older.exports.items():
        assert release.run(home, "export", source).out == present(exported)
    assert release.run(home, "export", SHIPPED) == inside("export", SHIPPED)
    assert_sound(outdated)
    found = release.run(home, "who-said", "rail tunnel", "--json").rows
    assert {row["claim"] for row in found} == {f"{SOUTHLAND}:tunnel", f"{NORTHLAND}:ships"}
    with closing(sqlite3.connect(outdated)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (version,)
        assert db.execute("SELECT text FROM remark").fetchall() == [("new",)]


def test_columns_that_are_no_more(home: Path, releases: Releases, inside: Gz, tmp_path: Path) -> None:
    """A column that only the older release had is left out, and all else of the added briefings is there."""
    older = build(releases(*NEW_TABLES[:2], (VIEWS, FEWER_FACTS)), tmp_path, OLDER_SOUTH, NORTH)
    place(home).parent.mkdir(parents=True)
    place(home).write_bytes(older.image)
    with closing(sqlite3.connect(place(home))) as db:
        db.execute("UPDATE claim SET mood = 'merry'")
        db.commit()

    assert run_inside(home, "sources").status == 0

    older = Older(older.image, {source: text.replace("pages", "") for source, text in older.exports.items()})
    assert_renewed(home, older, inside)
    assert content(place(home)).keys() == content_of(inside).keys()


def content_of(run: Gz) -> dict[str, list[tuple[object, ...]]]:
    """Return the content of the database that a program answers from."""
    return content(Path(run("path").out.removesuffix("\n")))


def test_version_of_the_tables_alone(outdated: Path, home: Path, older: Older, releases: Releases) -> None:
    """A release that counts its version up and changes no table rebuilds the database once, not at each run."""
    release = releases(version=2)
    assert release.run(home, "sources").status == 0
    once = sha256(outdated)

    for source, exported in older.exports.items():
        assert release.run(home, "export", source).out == present(exported)
    assert sha256(outdated) == once


STRICTER = ("    place       TEXT NOT NULL,\n", "    place       TEXT NOT NULL CHECK (place <> 'Port Amber'),\n")


def test_nothing_is_lost_where_it_does_not_fit(outdated: Path, home: Path, releases: Releases) -> None:
    """Where an added briefing does not fit the new tables, none of it is lost: the database stays as it is."""
    before = sha256(outdated)
    problem = f"{outdated} is damaged: CHECK constraint failed: place <> 'Port Amber'"

    same = releases(STRICTER).run(home, "claims", "--source", SOUTHLAND, "--json")
    assert (same.status, len(same.rows)) == (0, 4)
    assert same.err == f"gz: answering from facts of an older release: {problem}\n"
    other = releases(STRICTER, version=2).run(home, "bases")
    assert (other.status, other.out) == (3, "")
    assert other.err.startswith(f"gz: {problem}\n")
    assert sha256(outdated) == before


# What users have added by SQL of their own ------------------------------------------------------------------

OWN = """
CREATE TABLE note (claim TEXT, text TEXT);
INSERT INTO note VALUES ('southland-2025-06-10:tunnel', 'ask again'), ('guizhou-2024-06-14:tourism', 'and here');
CREATE TABLE mark (claim_id INTEGER REFERENCES claim (id) ON DELETE CASCADE, stars INTEGER);
INSERT INTO mark SELECT id, 5 FROM claim WHERE slug IN ('tunnel', 'tourism');
CREATE VIEW noted AS SELECT text, statement FROM note JOIN claim ON key = claim;
CREATE INDEX note_claim ON note (claim);
"""


@pytest.mark.parametrize("tables", [(), NEW_TABLES], ids=["same tables", "new tables"])
@pytest.mark.parametrize("referring", [True, False])
def test_own_tables_are_kept(
    outdated: Path, home: Path, older: Older, releases: Releases, tables: tuple[tuple[str, str], ...], referring: bool
) -> None:
    """Tables, views and indexes that a user has added are kept with all their rows, also where they refer to claims."""
    with closing(sqlite3.connect(outdated)) as db:
        db.executescript(OWN)
        if not referring:
            db.execute("DROP TABLE mark")
        rows = db.execute("SELECT * FROM note").fetchall()
        noted = db.execute("SELECT * FROM noted ORDER BY 1").fetchall()
        db.commit()
    release = releases(*tables)

    assert release.run(home, "sources").err == ""

    for source, exported in older.exports.items():
        assert release.run(home, "export", source).out == present(exported)
    assert_sound(outdated)
    with closing(sqlite3.connect(outdated)) as db:
        assert db.execute("SELECT * FROM note").fetchall() == rows
        assert db.execute("SELECT * FROM noted ORDER BY 1").fetchall() == noted != []
        assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'note_claim'").fetchone() == (1,)
        if referring:
            assert db.execute("SELECT stars FROM mark").fetchall() == [(5,), (5,)]


# Many at once, and killed ----------------------------------------------------------------------------------

RACE = """
import os, sys
from guizhou_cli import building, cli
print_to, runners = sys.argv[1], 50
wait, go = os.pipe()
for number in range(runners):
    if os.fork() == 0:
        os.close(go)
        os.read(wait, 1)  # until all are there
        for to in (1, 2):
            os.dup2(os.open(f"{print_to}/{number}-{to}", os.O_WRONLY | os.O_CREAT), to)
        os._exit(cli.run(["trade", "--source", "guizhou-2024-06-14", "--json"]))
os.close(go)
sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(runners)))
"""


def test_fifty_upgrades_in_the_same_moment(
    outdated: Path, home: Path, older: Older, inside: Gz, tmp_path: Path
) -> None:
    """Fifty processes that find the facts outdated in the same moment all answer from the new ones, renewed once."""
    answers = tmp_path / "answers"
    answers.mkdir()
    race = subprocess.run(
        [sys.executable, "-c", RACE, str(answers)],
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        check=False,
        timeout=120,
    )

    assert (race.returncode, race.stderr) == (0, b"")
    expected = inside("trade", "--json").out
    for number in range(50):
        assert (answers / f"{number}-1").read_text() == expected
        assert (answers / f"{number}-2").read_text() == ""
    assert_renewed(home, older, inside)
    assert [file.name for file in outdated.parent.iterdir()] == ["facts.db"]


@pytest.mark.parametrize("rebuilding", [False, True])
def test_killed_at_thirty_moments(home: Path, releases: Releases, tmp_path: Path, inside: Gz, rebuilding: bool) -> None:
    """An upgrade that is killed leaves the old database or the new one, none between, and the next run renews it."""
    release = releases((VIEWS, FEWER_FACTS), first_added=1 if rebuilding else 100_001)
    older = build(release, tmp_path, OLDER_SOUTH, NORTH, small("many", 300))
    path = place(home)
    path.parent.mkdir(parents=True)
    path.write_bytes(older.image)
    old = content(path)
    torn = 0
    with Poised(home) as runner:
        assert runner.run("sources").status == 0
        new = content(path)
        assert new != old
        for moment in itertools.chain(range(25), [100, 200, 400, 800, 1600]):
            path.write_bytes(older.image)

            ran = runner.run("sources", then=signal.SIGKILL, after=moment * 0.003)

            assert ran.status in {-9, 0}
            torn += path.with_name("facts.db-journal").exists()
            assert content(path) in (old, new)
            assert run_inside(home, "sources").status == 0
            assert content(path) == new
            assert_sound(path)
    assert torn > 3, "few were killed in the middle of it"
    exports = {source: text for source, text in older.exports.items() if source != "many"}
    assert_renewed(home, Older(older.image, exports), inside)


def test_interrupted(outdated: Path, home: Path, older: Older, inside: Gz) -> None:
    """An upgrade interrupted by Ctrl-C ends with 130 and silence, or is done; the next run finds all there is."""
    statuses = set()
    with Poised(home) as runner:
        for moment in range(15):
            outdated.write_bytes(older.image)
            ran = runner.run("sources", then=signal.SIGINT, after=moment * 0.003)
            statuses.add(ran.status)
            assert ran.status in {0, 130}
            assert ran.err == ""
            assert_sound(outdated)
    assert 130 in statuses
    assert_renewed(home, older, inside)


# A source that now ships -----------------------------------------------------------------------------------

SHIPS_SOUTHLAND = f"""
INSERT INTO source (id, title, publisher, published, event, event_date, place, url) VALUES ('{SOUTHLAND}', 'Tunnel',
    'A Paper', '2025-06-11', 'Press briefing', '2025-06-10', 'Port Amber', 'https://example.org/tunnel');
INSERT INTO passage (source_id, number) VALUES ('{SOUTHLAND}', 1);
INSERT INTO claim (id, source_id, slug, paragraph, attribution, statement) VALUES
    (50, '{SOUTHLAND}', 'tunnel', 1, 'reported', 'The tunnel is open, as the release has it.');
{VIEWS}"""


@pytest.mark.parametrize("tables", [(), NEW_TABLES], ids=["same tables", "new tables"])
def test_source_that_now_ships(
    outdated: Path, home: Path, older: Older, releases: Releases, tables: tuple[tuple[str, str], ...]
) -> None:
    """A source that was added and now ships is the release's, with a note; what was only the added one's is gone."""
    release = releases((VIEWS, SHIPS_SOUTHLAND), *tables)

    ran = release.run(home, "claims", "--source", SOUTHLAND, "--json")

    assert ran.err == f"gz: {SOUTHLAND} now comes with gz, in place of the one that was added\n"
    assert [row["statement"] for row in ran.rows] == ["The tunnel is open, as the release has it."]
    assert_sound(outdated)
    assert release.run(home, "export", NORTHLAND).out == present(older.exports[NORTHLAND])
    assert release.run(home, "trade", "--partner", "mercosur").status == 1
    assert "rail" not in [row["topic"] for row in release.run(home, "topics", "--json").rows]
    assert [row["source"] for row in release.run(home, "speakers", "ines roth", "--json").rows] == [NORTHLAND]
    assert release.run(home, "remove", SOUTHLAND) == Ran(
        3, "", f"gz: {SOUTHLAND} came with gz and can't be removed\n    a briefing of your own takes an id of its own\n"
    )
    assert run_inside(home, "sources", "--json").rows[-1]["source"] == SHIPPED


# Where nothing can be written ------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["folder", "both"])
def test_read_only_with_the_same_tables(ordinary: Gz, outdated: Path, closed: str) -> None:
    """A database that can't be renewed answers from the older facts, with a note, and is unharmed."""
    before = sha256(outdated)
    outdated.chmod(0o600 if closed == "folder" else 0o400)
    outdated.parent.chmod(0o500)

    ran = ordinary("trade", "--json")

    outdated.parent.chmod(0o700)
    assert ran.status == 0
    assert [row["annual_growth_pct"] for row in ran.rows] == [5.25, 28.4, 33.7, 40.5, -3.0]
    assert ran.err.startswith(f"gz: answering from facts of an older release: {outdated} can't be opened or written: ")
    assert len(ran.err.splitlines()) == 1
    assert sha256(outdated) == before


def test_read_only_with_other_tables(ordinary: Gz, outdated: Path, releases: Releases) -> None:
    """A database with other tables that can't be rebuilt is refused with 3 and a line, and is unharmed."""
    before = sha256(outdated)
    outdated.chmod(0o400)
    outdated.parent.chmod(0o500)

    ran = ordinary("trade", "--json", PYTHONPATH=releases(*NEW_TABLES, version=2).folder)

    outdated.parent.chmod(0o700)
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"gz: {outdated} can't be opened or written: ")
    assert len(ran.err.splitlines()) == 2
    assert sha256(outdated) == before


def test_database_of_a_newer_release(gz: Gz, outdated: Path, home: Path, releases: Releases) -> None:
    """The present release leaves a database of a newer one alone."""
    assert releases(*NEW_TABLES, version=2).run(home, "sources").status == 0
    before = sha256(outdated)
    (home / "more.toml").write_text(small("more", 3))
    for args in (["bases"], ["add", "more.toml"], ["remove", SOUTHLAND], ["export", SOUTHLAND]):
        assert gz(*args) == Ran(
            3, "", f"gz: {outdated} was made by a newer gz\n    upgrade: pip install --upgrade guizhou-cli\n"
        )
    assert sha256(outdated) == before
    assert [file.name for file in outdated.parent.iterdir()] == ["facts.db"]
