"""Briefings for tests: made-up ones with a report, any number of generated ones, and whether a database is sound."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from guizhou_cli.text import fold, normalised

SHIPPED = "guizhou-2024-06-14"

SOUTH = """\
[source]
id = "southland-2025-06-10"
title = "Southland opens a rail tunnel"
publisher = "Southland Courier"
published = "2025-06-11"
event = "Press briefing on Southland"
event_date = "2025-06-10"
place = "Port Amber"
url = "https://courier.example/2025/06/11/tunnel"

[[speaker]]
id = "ines-roth"
name = "Ines Roth"
role = "Minister of Transport"
organization = "Southland"

[[speaker]]
id = "li-bingjun"
name = "Li Bingjun"
role = "Guest of honour"
organization = "Guizhou Province"

[[partner]]
id = "mercosur"
name = "Mercosur"
aliases = ["Southern Common Market", "南方共同市场"]

[[claim]]
id = "tunnel"
statement = "A rail tunnel below the strait is open."
paragraph = 1
speaker = "ines-roth"
topics = ["rail"]
keywords = ["rail tunnel"]
base = { position = 1, name = "Tunnel boring", detail = "machines and crews" }

[[claim]]
id = "trade-asean"
statement = "Southland's trade with ASEAN grew by 40.5 percent a year."
paragraph = 2
speaker = "li-bingjun"
topics = ["trade"]
keywords = ["40.5 percent"]
trade = { partner = "asean", annual_growth_pct = 40.5, years = 2, period = "two years" }

[[claim]]
id = "trade-mercosur"
statement = "Trade with Mercosur shrank."
paragraph = 2
topics = ["trade"]
trade = { partner = "mercosur", annual_growth_pct = -3 }

[[claim]]
id = "night-trains"
statement = "Night trains are to replace short flights."
paragraph = 3
speaker = "ines-roth"
topics = ["rail", "green development"]
measure = { action = "Run night trains", policy = "clean travel" }
"""
"""It has new and known speakers, partners and topics, and a claim of each kind of version 1."""

NORTH = """\
[source]
id = "northland-2023-04-01"
title = "Northland counts its ships"
publisher = "Northland Times"
published = "2023-04-02"
event = "Press briefing on Northland"
event_date = "2023-04-01"
place = "Frosthaven"
url = "https://times.example/ships"

[[speaker]]
id = "ines-roth"
name = "Ines Roth"
role = "Harbour master"
organization = "Frosthaven"

[[claim]]
id = "trade-asean"
statement = "Northland's trade with ASEAN grew by 5.25 percent."
paragraph = 4
speaker = "ines-roth"
topics = ["trade"]
trade = { partner = "asean", annual_growth_pct = 5.25, years = 1 }

[[claim]]
id = "ships"
statement = "Northland has more ships than a rail tunnel could ever carry."
paragraph = 5
topics = ["ships"]
"""
"""An earlier one, with a speaker of the other in another role, and a claim of the same name."""


# A report written for the tests, and a briefing made of it ------------------------------------------------

SOURCE = "northmark-2025-05-06"

REPORT = """\
Northmark plans cleaner harbours
Updated: May 7, 2025 09:15 Northmark Gazette

NORTHAVEN, May 6 -- Northmark's ports have begun to run on shore power on the way to cleaner harbours.

The province is building three shipping hubs covering hull repair, R&D of wind-assisted ships, and pilotage (harbour
guides), Ada Lund, governor of Northmark, told a press briefing on Tuesday.

Its trade with ASEAN and Mercosur grew by an annual average of 12.5 percent and 21.3 percent in the
past three years, Lund said.

Measures include capping soot and funding "shore-side" batteries next year, said Omar Reyes, head of the
Harbour Commission.

Visitors came in numbers, and the ships came in numbers.

Copyright© | Contact us
"""

BRIEFING = f"""\
[source]
id = "{SOURCE}"
title = "Northmark plans cleaner harbours"
publisher = "Northmark Gazette"
published = "2025-05-07"
event = "Press briefing on Northmark"
event_date = "2025-05-06"
place = "Northaven"
url = "https://gazette.example/2025/05/07/harbours"

[[speaker]]
id = "ada-lund"
name = "Ada Lund"
role = "Governor of Northmark"
organization = "Northmark"

[[speaker]]
id = "omar-reyes"
name = "Omar Reyes"
role = "Head of the Harbour Commission"
organization = "Harbour Commission"

[[partner]]
id = "mercosur"
name = "Mercosur"
aliases = ["Southern Common Market"]

[[claim]]
id = "cleaner-harbours"
statement = "Northmark wants its harbours clean."
paragraph = 0
topics = ["shipping"]
keywords = ["cleaner harbours"]

[[claim]]
id = "shore-power"
statement = "Ships in Northmark's ports take their power from the shore."
paragraph = 1
topics = ["shipping"]
keywords = ["shore power"]

[[claim]]
id = "three-hubs"
statement = "Three shipping hubs are on their way."
paragraph = 2
speaker = "ada-lund"
topics = ["shipping"]
keywords = ["three shipping hubs"]

[[claim]]
id = "hub-repair"
statement = "One hub is for the mending of hulls."
paragraph = 2
speaker = "ada-lund"
topics = ["shipping"]
keywords = ["hull repair"]
base = {{ position = 1, name = "Hull repair" }}

[[claim]]
id = "hub-pilotage"
statement = "One hub is for pilots."
paragraph = 2
speaker = "ada-lund"
topics = ["shipping"]
keywords = ["pilotage", "harbour guides"]
base = {{ position = 3, name = "Pilotage", detail = "harbour guides" }}

[[claim]]
id = "trade-asean"
statement = "Trade with ASEAN rose by 12.5 percent a year."
paragraph = 3
speaker = "ada-lund"
topics = ["trade"]
keywords = ["12.5 percent", "ASEAN"]
trade = {{ partner = "asean", annual_growth_pct = 12.5, years = 3, period = "past three years" }}

[[claim]]
id = "trade-mercosur"
statement = "Trade with Mercosur rose by 21.3 percent a year."
paragraph = 3
speaker = "ada-lund"
topics = ["trade"]
keywords = ["21.3 percent", "Mercosur"]
trade = {{ partner = "mercosur", annual_growth_pct = 21.3, years = 3, period = "past three years" }}

[[claim]]
id = "batteries"
statement = "Batteries on the quay are to be paid for in 2026."
paragraph = 4
speaker = "omar-reyes"
topics = ["shipping"]
keywords = ['"shore-side" batteries']
measure = {{ action = "Pay for batteries on the quay", policy = "cleaner harbours" }}
"""


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
    """Return a briefing as TOML, written by other means than the program's."""
    lines = ["[source]", *_pairs(briefing["source"])]
    for name, tables in briefing.items():
        if name != "source":
            for table in tables:
                lines += ["", f"[[{name}]]", *_pairs(table)]
    return "\n".join(lines) + "\n"


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

_chars = st.characters(exclude_categories=["Cs"])
texts = (st.sampled_from(NASTY) | st.text(_chars, min_size=1, max_size=40)).filter(
    lambda text: bool(normalised(text))  # some character can be seen
)
names = texts.filter(lambda text: bool(fold(text)))
ids = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
days = st.dates().map(lambda day: day.isoformat())
addresses = st.text(_chars, max_size=20).map(
    lambda text: "https://example.org/" + "".join(c for c in text if not c.isspace() and c not in '<>"\\^`{|}')
)
_KNOWN_SPEAKERS = {"li-bingjun": "Li Bingjun", "qiu-zhenguo": "Qiu Zhenguo"}
_KNOWN_PARTNERS = ["asean", "belt-and-road"]


def _table(needed: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=optional)


@st.composite
def briefings(draw: st.DrawFn) -> dict[str, Any]:
    """Generate a briefing with any of its fields filled or left out."""
    people = draw(st.lists(ids | st.sampled_from([*_KNOWN_SPEAKERS]), max_size=3, unique=True))
    own = draw(st.lists(ids.filter(lambda id_: id_ not in _KNOWN_PARTNERS), max_size=2, unique=True))
    paragraphs = draw(st.lists(st.integers(0, 100_000), min_size=1, max_size=4, unique=True))
    partner, years = st.sampled_from([*own, *_KNOWN_PARTNERS]), st.integers(1, 100)
    growth = {"partner": partner, "annual_growth_pct": st.floats(-100, 100_000) | st.integers(-100, 100_000)}
    value = st.floats(-1e15, 1e15) | st.integers(-(10**15), 10**15)
    change = st.sampled_from(["level", "growth", "share", "target", "rank"])
    figure = _table(
        {"what": texts, "value": value},
        whose=texts,
        unit=texts,
        change=change,
        partner=partner,
        period=texts,
        years=years,
    )
    kind = st.one_of(
        st.just({}),
        st.fixed_dictionaries({"trade": _table(growth, years=years, period=texts)}),
        st.fixed_dictionaries({"base": _table({"position": st.integers(1, 10_000), "name": texts}, detail=texts)}),
        st.fixed_dictionaries({"measure": _table({"action": texts}, policy=texts)}),
    )
    words = _table({"statement": texts}, quote=texts) | _table({"quote": texts})
    speaker = _table({}, speaker=st.sampled_from(people)) if people else st.just({})
    lists = _table(
        {},
        topics=st.lists(texts, max_size=3),
        keywords=st.lists(texts, max_size=4),
        drafted=st.booleans(),
        figure=st.lists(figure, min_size=1, max_size=3),
    )
    claims = [
        {"id": id_, "paragraph": draw(st.sampled_from(paragraphs))}
        | draw(words)
        | draw(speaker)
        | draw(lists)
        | draw(kind)
        for id_ in draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    ]
    for claim in claims:
        if "speaker" in claim and draw(st.booleans()):
            claim["said_in"] = draw(texts)
    used = {claim["trade"]["partner"] for claim in claims if "trade" in claim}
    used |= {figure.get("partner") for claim in claims for figure in claim.get("figure", [])}
    names_ = {"title": texts, "publisher": texts, "event": texts, "place": texts}
    dates = {"id": ids.filter(lambda id_: id_ != SHIPPED), "published": days, "event_date": days, "url": addresses}
    language = st.sampled_from(["en", "zh", "zh-Hans-CN"])
    source = _table(names_ | dates, language=language, subject=texts, accessed=days, archive_url=addresses)
    located: st.SearchStrategy[dict[str, Any]] = _table({"first_words": texts}, last_words=texts) | st.just({})
    passages = [
        {"number": number, "sha256": draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True))} | draw(located)
        for number in paragraphs
    ]
    person = st.fixed_dictionaries({"name": texts, "role": texts, "organization": texts})
    known = {id_: {"name": name} for id_, name in _KNOWN_SPEAKERS.items()}
    return {
        "source": draw(source),
        "speaker": [{"id": id_, **draw(person), **known.get(id_, {})} for id_ in people],
        "partner": [
            {"id": id_, **draw(_table({"name": names}, aliases=st.lists(names, max_size=3)))}
            for id_ in own
            if id_ in used
        ],
        "passage": passages if draw(st.booleans()) else [],
        "claim": claims,
    }
