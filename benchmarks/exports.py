"""How fast exports are read and decided, beside DuckDB's scan of the same files: `python
benchmarks/exports.py [--keep DIR]`.

Two exports are made: a population with few ALL patients, and a cohort of mostly ALL patients with
200 resources each.
DuckDB reads the few columns a user would name, by two threads as here by two processes, and decides
nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from synthetic import ALL_CODES, write_export

CORES = len(os.sched_getaffinity(0))
SCAN_GOAL, COHORT_GOAL = 2, 400  # times DuckDB's scan; patients a second and core
COLUMNS = (
    "{resourceType: 'VARCHAR', id: 'VARCHAR', subject: 'STRUCT(reference VARCHAR)', "
    "code: 'STRUCT(coding STRUCT(code VARCHAR)[])'}"
)
DUCK = """
import duckdb, json, sys, time
duckdb.sql("SET enable_progress_bar = false")
files, columns, codes = json.loads(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
read = f"read_ndjson({files}, columns={columns}, maximum_object_size=67108864)"
start, worked = time.perf_counter(), time.process_time()
counts = duckdb.sql(f"SELECT count(*), count(DISTINCT subject.reference) FROM {read}")
rows, about = counts.fetchall()[0]
spent = [time.perf_counter() - start, time.process_time() - worked]
coded = f"list_has_any(list_transform(code.coding, lambda c: c.code), {codes})"
wanted = f"resourceType = 'Condition' AND {coded}"
found = duckdb.sql(f"SELECT DISTINCT subject.reference FROM {read} WHERE {wanted}").fetchall()
print(json.dumps([*spent, rows, about, len(found)]))
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: seconds by the clock and of the processor (user and system, of all its processes),
    the most memory these had together in MB, and what it said.
    """

    seconds: float
    worked: float
    peak: float
    said: str


def main() -> None:
    """Make the exports, measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--keep", type=Path, help="where the exports are made, and found again")
    asked.add_argument(
        "--population", type=int, default=200_000, help="patients; two of them have ALL"
    )
    asked.add_argument("--cohort", type=int, default=4_000, help="patients, nine of ten with ALL")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--gzip", action="store_true")
    given = asked.parse_args()
    print(
        f"Python {platform.python_version()}, {CORES} cores, {given.rounds} "
        f"rounds{', gzip' if given.gzip else ''}\n"
    )
    with TemporaryDirectory() as folder:
        home = given.keep or Path(folder)
        measure_population(home, given.population, given.rounds, packed=given.gzip)
        measure_cohort(home, given.cohort, given.rounds, packed=given.gzip)


def measure_population(home: Path, patients: int, rounds: int, *, packed: bool) -> None:
    """Wall time beside DuckDB's scan, in turn."""
    export = made(
        home, "population", patients, max(2, patients // 100_000) / patients, 20, packed=packed
    )
    own, other, found = [], [], -1  # others: (seconds, those of the processor)
    for _ in range(rounds):
        own.append(decide(export, home / "population.parquet"))
        *spent, rows, about, found = scan(export)
        other.append(spent)
    show("population", export, own)
    print(
        f"{'DuckDB, typed read of the same files, count':<46} {median(s for s, _ in other):8.2f} s"
        f"   {median(w for _, w in other):.2f} s of the processor, {rows:,} rows about {about:,} "
        f"patients"
    )
    ratio = median(ran.worked for ran in own) / median(worked for _, worked in other)
    print(
        f"both find {found} patients: "
        f"{'yes' if f'{found} with a code of ALL' in own[0].said else 'NO'}"
    )
    print(
        f"goal: at most {SCAN_GOAL} times DuckDB's scan, of the processor: {ratio:.2f}, "
        f"{'met' if ratio <= SCAN_GOAL else 'NOT MET'}\n"
    )


def measure_cohort(home: Path, patients: int, rounds: int, *, packed: bool) -> None:
    """Patients decided a second and core."""
    export = made(home, "cohort", patients, 0.9, 209, packed=packed)
    own = [decide(export, home / "cohort.parquet") for _ in range(rounds)]
    show("cohort", export, own)
    rate = patients * 0.9 / median(ran.seconds for ran in own) / CORES
    print(
        f"goal: {COHORT_GOAL} patients a second and core: {rate:.0f}, "
        f"{'met' if rate >= COHORT_GOAL else 'NOT MET'}"
    )


def made(
    home: Path, name: str, patients: int, share: float, resources: int, *, packed: bool
) -> Path:
    """The export, made unless it is there."""
    folder = home / f"{name}-{patients}{'-gz' if packed else ''}"
    if not (folder / "manifest.json").exists():
        write_export(folder, patients, share, resources, files=4, packed=packed)
    return folder


def decide(export: Path, target: Path) -> Ran:
    """`allstatus batch` as a user runs it."""
    asked = [
        sys.executable,
        "-m",
        "allstatus",
        "batch",
        str(export),
        str(target),
        "--assume",
        "symptoms-absent-unless-recorded",
    ]
    start, peak, worked = time.perf_counter(), 0.0, dict[int, float]()
    with subprocess.Popen(
        asked, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        while running.poll() is None:
            peak = max(peak, look_at(running.pid, worked))
            time.sleep(0.2)  # looking costs time of its own
        assert running.stderr is not None
        said = running.stderr.read()
    if running.returncode:
        raise SystemExit(said)
    return Ran(time.perf_counter() - start, sum(worked.values()), peak, said)


def look_at(session: int, worked: dict[int, float]) -> float:
    """MB that the processes of a session have in memory, shared pages counted for each; how many
    seconds each has worked is put down by its number.
    """
    pages = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[3]) == session:
            pages += int(fields[21])
            ticks = int(fields[11]) + int(fields[12])  # user and system
            worked[int(stat.parent.name)] = ticks / os.sysconf("SC_CLK_TCK")
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def scan(export: Path) -> tuple[float, float, int, int, int]:
    """(seconds of the scan, those of the processor, rows, patients they are about, patients with a
    code of ALL) by DuckDB.
    """
    files = sorted(str(path) for path in export.iterdir() if ".ndjson" in path.name)
    asked = [
        sys.executable,
        "-c",
        DUCK,
        json.dumps(files),
        COLUMNS,
        json.dumps(sorted({code for _, code in ALL_CODES})),
    ]
    seconds, worked, rows, about, found = json.loads(
        subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout
    )
    return seconds, worked, rows, about, found


def show(name: str, export: Path, own: list[Ran]) -> None:
    """What was measured of ours."""
    size = sum(path.stat().st_size for path in export.iterdir()) / 1e6
    seconds, peak = median(ran.seconds for ran in own), max(ran.peak for ran in own)
    worked = median(ran.worked for ran in own)
    print(f"{name}: {size:,.0f} MB on disk")
    print(
        f"{'allstatus batch, start to end':<46} {seconds:8.2f} s   {worked:.2f} s of the processor"
        f", peak {peak:,.0f} MB in all processes"
    )
    print(
        "\n".join(
            f"    {line}" for line in own[0].said.splitlines() if " = " in line or " listed" in line
        )
    )


if __name__ == "__main__":
    main()
