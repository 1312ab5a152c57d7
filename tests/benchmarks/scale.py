"""What questions cost when the database is large, beside the seeded one.

    python tests/benchmarks/scale.py [CLAIMS]

Adds briefings of a thousand claims each, 100,000 claims unless a number is given, through the program's own code, and
the same rows with bare `executemany`; then runs each command on the large database and on the seeded one. Prints
processor time (user and system, milliseconds, the median of several runs) and the most memory that a command used. A
million claims take about half an hour and 3 GB of disk.
"""

import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from guizhou_cli.db.build import first_use, index
from guizhou_cli.db.change import writing
from guizhou_cli.db.rows import BY_CLAIM, Fields, insert_rows

PER_BRIEFING = 1000
ROUNDS = 5
COMMON = "harbour"  # in a tenth of all claims
RARE = "quantum lighthouse"  # in three claims
FIELDS = {
    "source": "id title publisher published event event_date place url",
    "passage": "source_id number",
    "speaker": "id name",
    "appearance": "source_id speaker_id role organization",
    "topic": "id name",
    "claim": "id source_id slug paragraph speaker_id attribution statement",
    "claim_keyword": "claim_id position keyword",
    "claim_topic": "claim_id topic_id",
    "industrial_base": "claim_id position name detail",
    "policy_measure": "claim_id action policy",
    "figure": "claim_id position what value unit change trade_partner_id period years",
}
"""The columns of each table that a made-up briefing fills."""

_RANDOM = random.Random(20240614)
_WORDS = [
    "".join(_RANDOM.choices("bcdfghklmnprstvwz", k=1) + _RANDOM.choices("aeiourlnst", k=_RANDOM.randint(3, 8)))
    for _ in range(8000)
]
_WEIGHTS = [1 / rank for rank in range(1, len(_WORDS) + 1)]  # as Zipf found words to be


def briefing(number: int) -> dict[str, list[Fields]]:
    """Return the rows of a made-up briefing: of ten claims, two of trade, one of a base, two of measures."""
    rows: dict[str, list[Fields]] = {table: [] for table in FIELDS}

    def add(table: str, *cells: str | float | None) -> None:
        rows[table].append(dict(zip(FIELDS[table].split(), cells, strict=True)))

    source, url = f"province-{number:04}", f"https://example.org/{number}"
    day = f"20{20 + number % 10}-0{1 + number % 9}"
    add(
        "source",
        source,
        f"Report {number} of a province",
        "Benchmark News",
        f"{day}-11",
        "Press briefing",
        f"{day}-10",
        "Guiyang",
        url,
    )
    rows["passage"] = [{"source_id": source, "number": at} for at in range(PER_BRIEFING // 3 + 1)]
    speakers = [f"speaker-{number % 300}", f"speaker-{(number * 7 + 1) % 300}"]
    for speaker in dict.fromkeys(speakers):
        add("speaker", speaker, speaker.title())
        add("appearance", source, speaker, "Speaker", "Office")
    for at in range(PER_BRIEFING):
        words = _RANDOM.choices(_WORDS, _WEIGHTS, k=18)
        if at % 10 == 3:
            words[5] = COMMON
        if (number, at) in {(0, 5), (1, 6), (2, 7)}:
            words[7:9] = RARE.split()
        claim = 100_001 + number * PER_BRIEFING + at
        credit = (speakers[at % 2], "said") if at % 4 else (None, "reported")
        add("claim", claim, source, f"c-{at}", at // 3, *credit, " ".join(words).capitalize() + ".")
        add("claim_keyword", claim, 1, " ".join(words[2:4]))
        add("claim_keyword", claim, 2, words[9])
        for topic in _RANDOM.sample(_WORDS[:50], 2):
            add("claim_topic", claim, topic)
        if at % 10 < 2:
            partner = "asean" if number % 50 == 0 and at < 10 else "belt-and-road"
            add("figure", claim, *_growth(partner))
        elif at % 10 == 2:
            add("industrial_base", claim, at // 10 + 1, " ".join(words[:2]), words[3])
        elif at % 10 in {4, 5}:
            add("policy_measure", claim, " ".join(words[:4]), words[0])
    topics = sorted({str(row["topic_id"]) for row in rows["claim_topic"]})
    rows["topic"] = [{"id": topic, "name": topic} for topic in topics]
    return rows


def _growth(partner: str) -> tuple[str | float, ...]:
    rate = round(_RANDOM.uniform(-5, 40), 1)
    return 1, "trade", rate, "percent", "growth", partner, "past two years", 2


def add_ours(path: Path, briefings: int) -> float:
    """Add briefings through the program's code, a transaction each, and return the processor time in seconds."""
    spent = 0.0
    for number in range(briefings):
        rows = briefing(number)
        begun = time.process_time()
        with writing(path, recover=True) as db:
            insert_rows(db, rows)
            index(db, f"province-{number:04}")
        spent += time.process_time() - begun
        if number % 100 == 99:
            print(f"  {number + 1} briefings, {spent:.0f} s", file=sys.stderr)
    return spent


def add_bare(path: Path, ours: Path) -> float:
    """Copy the same rows with executemany, a transaction for each briefing, and return the processor time taken."""
    spent = 0.0
    tables = [*FIELDS, "claim_fts"]
    with closing(sqlite3.connect(ours)) as reader, closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA foreign_keys = ON")
        names = {table: [row[1] for row in reader.execute(f"PRAGMA table_info({table})")] for table in tables}
        names["claim_fts"].insert(0, "rowid")
        for (source,) in reader.execute(
            "SELECT id FROM source WHERE id NOT IN (SELECT source_id FROM build)"
        ).fetchall():
            first, last = reader.execute("SELECT min(id), max(id) FROM claim WHERE source_id = ?", [source]).fetchone()
            rows = {}
            for table in tables:
                where = {"source": "id = :source", "claim_fts": "rowid BETWEEN :first AND :last", "topic": "true"}
                where |= {"speaker": "id IN (SELECT speaker_id FROM appearance WHERE source_id = :source)"}
                where |= dict.fromkeys(BY_CLAIM, "claim_id BETWEEN :first AND :last")
                chosen = where.get(table, "source_id = :source")
                sql = f"SELECT {', '.join(names[table])} FROM {table} WHERE {chosen}"
                rows[table] = reader.execute(sql, {"source": source, "first": first, "last": last}).fetchall()
            begun = time.process_time()
            writer.execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                marks = ", ".join("?" * len(names[table]))
                columns = ", ".join(names[table])
                writer.executemany(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})", values)
            writer.execute("COMMIT")
            spent += time.process_time() - begun
    return spent


QUESTIONS: dict[str, tuple[list[str], list[str]]] = {
    "`who-said`, a rare phrase": (["who-said", RARE], ["who-said", "green development"]),
    "`who-said`, a word in a tenth of all claims": (["who-said", COMMON], ["who-said", "growth"]),
    "`who-said WORD --source ID`": (
        ["who-said", COMMON, "--source", "province-0042"],
        ["who-said", "growth", "--source", "guizhou-2024-06-14"],
    ),
    "`trade --partner asean`": (["trade", "--partner", "asean"],) * 2,
    "`show`": (["show", "province-0002:c-7"], ["show", "trade-asean"]),
    "`show`, mistyped": (["show", "province-0002:c-7x"], ["show", "trade-aseam"]),
    "`show <TAB>` on `c-7`": (["show", "c-7"], ["show", "t"]),
    "`bases --source`": (["bases", "--source", "guizhou-2024-06-14"],) * 2,
    "`bases`": (["bases"],) * 2,
    "`trade`": (["trade"],) * 2,
    "`claims`": (["claims"],) * 2,
    "`speakers`": (["speakers"],) * 2,
    "`bases --json`": (["bases", "--json"],) * 2,
    "`claims --json`": (["claims", "--json"],) * 2,
    "`verify`": (["verify"],) * 2,
}
"""By name, the command line for the large database and for the seeded one."""


def cost(database: Path, command: list[str], *, tab: bool) -> tuple[float, float]:
    """Run the program, and return its processor time in milliseconds and the most memory it used in megabytes."""
    arguments = ["--db", str(database), *command]
    environment = dict(os.environ)
    if tab:
        words = " ".join(["gz", *arguments])
        environment |= {"COMP_WORDS": words, "COMP_CWORD": str(len(arguments)), "_GZ_COMPLETE": "complete_bash"}
        arguments = []
    process = subprocess.Popen(
        [sys.executable, "-m", "guizhou_cli", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        sys.exit(f"{command} ended with {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024


def own_checks(database: Path) -> float:
    """Return the processor time in milliseconds of SQLite's own checks of a database and of its index."""
    begun = time.process_time()
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA integrity_check").fetchall()
        db.execute("PRAGMA foreign_key_check").fetchall()
        db.execute("INSERT INTO claim_fts (claim_fts, rank) VALUES ('integrity-check', 1)")
        db.rollback()
    return (time.process_time() - begun) * 1000


def main(claims: int) -> None:
    """Build, measure, and print Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        small, large, bare = (Path(folder, name) for name in ("small.db", "large.db", "bare.db"))
        for path in (small, large, bare):
            first_use(path).close()
        ours = add_ours(large, claims // PER_BRIEFING)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs = add_bare(bare, large)
        bare.unlink()
        megabytes = large.stat().st_size / 1e6
        print(f"{claims:,} claims, Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}.\n")
        print(f"Added: {claims / ours:,.0f} a second, {theirs / ours:.2f} of bare `executemany`.")
        print(f"The file: {megabytes:,.0f} MB. Memory at most: {memory:,.0f} MB.\n")
        print("| question | ms | on the seeded database | ratio | MB |\n| --- | ---: | ---: | ---: | ---: |")
        for name, (of_large, of_small) in QUESTIONS.items():
            tab = "TAB" in name
            rounds = 1 if name in {"`verify`", "`claims --json`"} else ROUNDS
            there = [cost(large, of_large, tab=tab) for _ in range(rounds)]
            here = [cost(small, of_small, tab=tab) for _ in range(rounds)]
            large_ms, small_ms = (statistics.median(ms for ms, _ in costs) for costs in (there, here))
            most = max(megabytes for _, megabytes in there)
            print(
                f"| {name} | {large_ms:,.0f} | {small_ms:,.0f} | {large_ms / small_ms:.2f} | {most:,.0f} |", flush=True
            )
        print(f"\nSQLite's own checks: {own_checks(large):,.0f} ms.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
