"""Briefings for tests: made-up ones with a report, any number of generated ones, and whether a database is sound."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from conftest import Gz
from hypothesis import strategies as st

from guizhou_cli.text import fold, normalised

SHIPPED = "guizhou-2024-06-14"


def _file(name: str) -> str:
    return Path(__file__).with_name("data").joinpath(name).read_text(encoding="utf-8")


SOUTH = _file("south.toml")
"""It has new and known speakers, partners and topics, and a claim of each kind of version 1."""
NORTH = _file("north.toml")
"""An earlier one, with a speaker of the other in another role, and a claim of the same name."""
SOURCE = "northmark-2025-05-06"
REPORT = _file("northmark.txt")
"""A report written for the tests."""
BRIEFING = _file("northmark.toml")
"""A briefing made of that report."""


def small(source: str, claims: int = 1) -> str:
    """Return a briefing with so many claims that are of no kind and have no speaker."""
    head = SOUTH[: SOUTH.index("[[speaker]]")].replace("southland-2025-06-10", source)
    return head + "".join(
        f'[[claim]]\nid = "claim-{at}"\nstatement = "Statement {at} of {source} is about marmalade."\n'
        f'paragraph = {at % 9}\nkeywords = ["keyword {at}"]\ntopics = ["topic {at % 7}"]\n'
        for at in range(claims)
    )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, which shows whether a byte of it has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def folder_of(path: Path) -> dict[str, tuple[int, bytes | str]]:
    """Return the mode and the content of everything in a file's folder, by name."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for file in path.parent.iterdir():
        target = str(file.readlink()) if file.is_symlink() else file.read_bytes() if file.is_file() else b""
        found[file.name] = (file.lstat().st_mode, target)
    return found


@contextmanager
def unharmed(path: Path) -> Iterator[None]:
    """Assert that neither a database nor anything beside it changes, and that nothing is added beside it."""
    before = folder_of(path)
    yield
    assert folder_of(path) == before


def assert_refused(run: Gz, database: Path, *args: str | bytes | Path) -> str:
    """Assert that a command ends with 3 and a message, without harm to a database, and return the message."""
    with unharmed(database):
        ran = run(*args)
    assert (ran.status, ran.out) == (3, ""), ran.err
    assert ran.err.startswith("gz: ")
    assert "Traceback" not in ran.err
    return ran.err.removeprefix("gz: ")


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table of a database, except those of its full-text index."""
    with closing(sqlite3.connect(path)) as db:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'claim_fts*'"
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for (table,) in db.execute(tables)}


def edit(path: Path, script: str) -> None:
    """Run SQL in a database, as a user may."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)


def assert_sound(path: Path) -> None:
    """Assert that a database passes SQLite's own checks, and that its full-text index has each claim."""
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(":memory:")) as copy:
        db.backup(copy)  # the check of the index counts as a change
        assert copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        copy.execute("INSERT INTO claim_fts (claim_fts, rank) VALUES ('integrity-check', 1)")
        indexed = copy.execute("SELECT rowid FROM claim_fts ORDER BY 1").fetchall()
        assert indexed == copy.execute("SELECT id FROM claim ORDER BY 1").fetchall()


def toml(briefing: dict[str, Any]) -> str:
    """Return a briefing as TOML, each part in one line, written by other means than the program's."""
    return "\n".join(_pairs(briefing))


def _pairs(table: dict[str, Any]) -> list[str]:
    return [f"{key} = {inline(value)}" for key, value in table.items()]


def inline(value: object) -> str:
    """Return a value as TOML in one line, written by other means than the program's."""
    if isinstance(value, str):
        return '"' + "".join(_character(char) for char in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(_pairs(value))} }}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _character(char: str) -> str:
    return f"\\U{ord(char):08x}" if char in '"\\' or not char.isprintable() else char


# Generated briefings ---------------------------------------------------------------------------------------

NASTY = [
    "东盟", "一带一路 🚄", "שלום עולם", "مرحبا", "e\u0301\u0327", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\x1b[31mred\x1b[0m", "\x00", "a\x00b", "\x7f\x80\x9b", "\u202eevil\u2066", "\u2028\ufeff\ufffe\uffff",
    "Robert'); DROP TABLE claim; --", "' OR 1=1", "%s %(x)s {0} ${HOME} $(id) `id`", "<script>alert(1)</script>",
    "\ud7ff\ue000", "[bold]x[/bold] [/] [link=x]", ":smile:", "{{7*7}}", "a; b", ";", "\\", "\\;", "; ", " ;", "a\\",
    " blank before", "blank behind ", '"', '"""', "'''", "line\nline", "\r\nx", "\ttab", "# no comment", "a = 1",
    "[[claim]]", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18", "-", "=cmd()", "NaN", "true", "2025-06-10",
]  # fmt: skip
"""Texts that something on the way might take for more than text."""

_TEXT = (st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)).filter(
    lambda text: bool(normalised(text))
)
_NAME = _TEXT.filter(lambda text: bool(fold(text)))
_ID = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
_DAY = st.dates().map(lambda day: day.isoformat())
_ADDRESS = _ID.map("https://example.org/{}".format)
_NUMBER = st.floats(-100, 100_000) | st.integers(-100, 100_000)
_YEARS = st.integers(1, 100)


def _table(needed: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=optional)


def _texts(*keys: str) -> dict[str, Any]:
    return dict.fromkeys(keys, _TEXT)


_SOURCE = _table(
    _texts("title", "publisher", "event", "place")
    | {"id": _ID, "published": _DAY, "event_date": _DAY, "url": _ADDRESS},
    subject=_TEXT,
    language=st.sampled_from(["en", "zh", "zh-Hans-CN"]),
    accessed=_DAY,
    archive_url=_ADDRESS,
)


@st.composite
def briefings(draw: st.DrawFn) -> dict[str, Any]:
    """Generate a briefing with any of its fields filled or left out."""
    people = draw(st.lists(_ID, min_size=1, max_size=3, unique=True))
    partners = draw(st.lists(_ID, max_size=2, unique=True))
    numbers = draw(st.lists(st.integers(0, 100_000), min_size=1, max_size=4, unique=True))
    partner = st.sampled_from([*partners, "asean", "belt-and-road"])
    change = st.sampled_from(["level", "growth", "share", "target", "rank"])
    optional = _texts("whose", "unit", "period") | {"change": change, "partner": partner, "years": _YEARS}
    claim = _table(
        {"id": _ID, "paragraph": st.sampled_from(numbers)},
        **_texts("statement", "quote", "said_in"),
        speaker=st.sampled_from(people),
        topics=st.lists(_TEXT, max_size=3),
        keywords=st.lists(_TEXT, max_size=4),
        drafted=st.booleans(),
        figure=st.lists(_table({"what": _TEXT, "value": _NUMBER}, **optional), min_size=1, max_size=3),
        trade=_table({"partner": partner, "annual_growth_pct": _NUMBER}, years=_YEARS, period=_TEXT),
        base=_table({"position": st.integers(1, 10_000), "name": _TEXT}, detail=_TEXT),
        measure=_table({"action": _TEXT}, policy=_TEXT),
    )
    claims = draw(st.lists(claim, min_size=1, max_size=4, unique_by=lambda claim: str(claim["id"])))
    used = set()
    for made in claims:
        if "quote" not in made:
            made.setdefault("statement", "S.")
        if "speaker" not in made:
            made.pop("said_in", None)
        used |= {figure.get("partner") for figure in [made.get("trade", {}), *made.get("figure", [])]}
    aliases = st.lists(_NAME, max_size=3)
    passage = {"sha256": st.from_regex(r"[0-9a-f]{64}", fullmatch=True)}
    passages = [
        {"number": number} | draw(_table(passage) | _table(passage | _texts("first_words"), last_words=_TEXT))
        for number in numbers
    ]
    return {
        "source": draw(_SOURCE),
        "speaker": [{"id": id_} | draw(_table(_texts("name", "role", "organization"))) for id_ in people],
        "partner": [{"id": id_} | draw(_table({"name": _NAME}, aliases=aliases)) for id_ in partners if id_ in used],
        "passage": passages if draw(st.booleans()) else [],
        "claim": claims,
    }
