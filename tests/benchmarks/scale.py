"""A thousand briefings of a thousand claims each: how fast they are added, and what each question costs then.

    python tests/benchmarks/scale.py [BRIEFINGS [CLAIMS [ROUNDS]]]

Adds them through the program's own code, and the same rows through bare `sqlite3` `executemany` into the same
tables, indexes and full-text triggers; then times each command on the large database beside the seeded one, in
turn. Everything is measured in one run. A million claims take about ten minutes and 3 GB of disk.
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
from collections.abc import Callable, Iterator
from pathlib import Path

from guizhou_cli.briefing import Briefing
from guizhou_cli.building import first_use
from guizhou_cli.shelf import add

COMMON = "harbour"  # in a tenth of all claims
RARE = "quantum lighthouse"  # in three claims

_RANDOM = random.Random(20240614)
_WORDS = [
    "".join(_RANDOM.choices("bcdfghklmnprstvwz", k=1) + _RANDOM.choices("aeiourlnst", k=_RANDOM.randint(3, 8)))
    for _ in range(8000)
]
_WEIGHTS = [1 / rank for rank in range(1, len(_WORDS) + 1)]  # as Zipf found words to be


def briefing(number: int, claims: int) -> Briefing:
    """Return a briefing of made-up claims: two in ten of trade, one of a base, two of measures."""
    speakers = [f"speaker-{number % 300}", f"speaker-{(number * 7 + 1) % 300}"]
    source = f"province-{number:04}"
    return Briefing.model_validate(
        {
            "source": {
                "id": source,
                "title": f"Report {number} of a province",
                "publisher": "Benchmark News",
                "published": f"20{20 + number % 10}-0{1 + number % 9}-11",
                "event": "Press briefing",
                "event_date": f"20{20 + number % 10}-0{1 + number % 9}-10",
                "place": "Guiyang",
                "url": f"https://example.org/{number}",
            },
            "speaker": [
                {"id": id_, "name": id_.title(), "role": "Speaker", "organization": "Office"}
                for id_ in dict.fromkeys(speakers)
            ],
            "claim": [_claim(number, at, speakers) for at in range(claims)],
        }
    )


def _claim(number: int, at: int, speakers: list[str]) -> dict[str, object]:
    words = _RANDOM.choices(_WORDS, _WEIGHTS, k=18)
    if at % 10 == 3:
        words[5] = COMMON
    if (number, at) in {(0, 5), (1, 6), (2, 7)}:
        words[7:9] = RARE.split()
    claim: dict[str, object] = {
        "id": f"c-{at}",
        "statement": " ".join(words).capitalize() + ".",
        "paragraph": at // 3,
        "topics": _RANDOM.sample(_WORDS[:50], 2),
        "keywords": [" ".join(words[2:4]), words[9]],
    }
    if at % 4:
        claim["speaker"] = speakers[at % 2]
    kind = at % 10
    if kind < 2:
        growth = round(_RANDOM.uniform(-5, 40), 1)
        partner = "asean" if number % 50 == 0 and at < 10 else "belt-and-road"
        claim["trade"] = {"partner": partner, "annual_growth_pct": growth, "years": 2, "period": "past two years"}
    elif kind == 2:
        claim["base"] = {"position": at // 10 + 1, "name": " ".join(words[:2]), "detail": words[3]}
    elif kind in {4, 5}:
        claim["measure"] = {"action": " ".join(words[:4]), "policy": words[0]}
    return claim


def add_ours(path: Path, briefings: int, claims: int) -> float:
    """Add the briefings through the program's code, a transaction each; return the seconds it took."""
    spent = 0.0
    for number in range(briefings):
        made = briefing(number, claims)
        begun = time.perf_counter()
        add(path, made)
        spent += time.perf_counter() - begun
        if number % 100 == 99:
            print(f"  {number + 1} briefings, {spent:.0f} s", file=sys.stderr)
    return spent


def add_bare(path: Path, ours: Path) -> float:
    """Copy the same rows with executemany, a transaction for each briefing; return the seconds it took."""
    tables = (
        "source", "passage", "speaker", "appearance", "topic", "claim", "claim_topic", "industrial_base",
        "policy_measure", "trade_growth", "claim_search",
    )  # fmt: skip
    by_claim = {"claim_topic", "industrial_base", "policy_measure", "trade_growth", "claim_search"}
    reader = sqlite3.connect(ours)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA foreign_keys = ON")
    spent = 0.0
    new = [row for (row,) in reader.execute("SELECT id FROM source WHERE id NOT IN (SELECT source_id FROM build)")]
    for source in new:
        first, last = reader.execute("SELECT min(id), max(id) FROM claim WHERE source_id = ?", [source]).fetchone()
        rows: dict[str, tuple[str, list[tuple[object, ...]]]] = {}
        for table in tables:
            names = ", ".join(row[1] for row in reader.execute(f"PRAGMA table_info({table})"))
            if table in by_claim:
                found = reader.execute(f"SELECT {names} FROM {table} WHERE claim_id BETWEEN ? AND ?", [first, last])
            elif table in {"speaker", "topic"}:
                found = reader.execute(
                    f"SELECT {names} FROM {table}" if source == new[0] else f"SELECT {names} FROM {table} LIMIT 0"
                )
            else:
                found = reader.execute(
                    f"SELECT {names} FROM {table} WHERE {'id' if table == 'source' else 'source_id'} = ?", [source]
                )
            rows[table] = (names, found.fetchall())
        begun = time.perf_counter()
        writer.execute("BEGIN IMMEDIATE")
        for table, (names, values) in rows.items():
            marks = ", ".join("?" * len(names.split(", ")))
            writer.executemany(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", values)
        writer.execute("COMMIT")
        spent += time.perf_counter() - begun
    writer.close()
    return spent


def questions(large: Path, small: Path, rounds: int) -> Iterator[tuple[str, float, float]]:
    """Yield each question with its median in milliseconds on the large and on the small database."""
    gz = str(Path(sys.executable).with_name("gz"))
    asked: dict[str, tuple[list[str], list[str]]] = {
        "`who-said`, a rare phrase": (["who-said", RARE], ["who-said", "green development"]),
        "`who-said`, a word in a tenth of all claims": (["who-said", COMMON], ["who-said", "growth"]),
        "`trade --partner asean`": (["trade", "--partner", "asean"], ["trade", "--partner", "asean"]),
        "`show`": (["show", "province-0002:c-7"], ["show", "trade-asean"]),
        "`bases --source`": (["bases", "--source", "guizhou-2024-06-14"], ["bases"]),
    }
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for name, (of_large, of_small) in asked.items():
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds + 1):
            for times, path, command in ((taken[0], large, of_large), (taken[1], small, of_small)):
                begun = time.perf_counter()
                subprocess.run([gz, "--db", str(path), *command], env=environment, capture_output=True, check=True)
                times.append(time.perf_counter() - begun)
        there, here = (statistics.median(times[1:]) * 1000 for times in taken)
        yield name, there, here


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds an action takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def main(briefings: int, claims: int, rounds: int) -> None:
    """Build, measure, and print Markdown."""
    total = briefings * claims
    with tempfile.TemporaryDirectory() as folder:
        small, large, bare = (Path(folder, name) for name in ("small.db", "large.db", "bare.db"))
        for path in (small, large, bare):
            first_use(path).close()
        ours = add_ours(large, briefings, claims)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs = add_bare(bare, large)
        megabytes = large.stat().st_size / 1e6
        versions = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
        print(f"{total:,} claims in {briefings:,} briefings, {versions}.\n")
        print("| adding | claims a second | beside bare sqlite3 |\n| --- | ---: | ---: |")
        print(f"| bare `sqlite3`, `executemany` | {total / theirs:,.0f} | |")
        print(f"| `gz` | {total / ours:,.0f} | {theirs / ours:.2f} |\n")
        size = f"{megabytes:,.0f} MB, {megabytes * 1e6 / total:,.0f} bytes a claim"
        print(f"The file: {size}. Memory at most: {memory:,.0f} MB.\n")
        thirty = Path(folder, "thirty.toml")
        thirty.write_text(_toml(30))
        gz = str(Path(sys.executable).with_name("gz"))
        seconds = timed(
            lambda: subprocess.run([gz, "--db", str(large), "add", str(thirty)], check=True, capture_output=True)
        )
        print(f"`gz add` of one more briefing, of thirty claims: {seconds * 1000:,.0f} ms.\n")
        print("| question | ms | on the seeded database | ratio |\n| --- | ---: | ---: | ---: |")
        for name, there, here in questions(large, small, rounds):
            print(f"| {name} | {there:,.0f} | {here:,.0f} | {there / here:.2f} |")


def _toml(claims: int) -> str:
    made = briefing(9999, claims)
    source = made.source
    lines = [
        f'[source]\nid = "{source.id}"\ntitle = "{source.title}"\npublisher = "{source.publisher}"',
        f'published = "{source.published}"\nevent = "{source.event}"\nevent_date = "{source.event_date}"',
        f'place = "{source.place}"\nurl = "{source.url}"',
    ]
    lines += [f'[[claim]]\nid = "{claim.id}"\nstatement = "{claim.statement}"\nparagraph = 1' for claim in made.claim]
    return "\n".join(lines)


if __name__ == "__main__":
    main(*([int(given) for given in sys.argv[1:]] + [1000, 1000, 9][len(sys.argv) - 1 :]))
