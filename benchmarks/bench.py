"""Every goal of speed in one command, beside an earlier commit and beside peers: `python
benchmarks/bench.py [--commit 2adc489] [--rounds 3] [--without-valgrind]`; writes RESULTS.md.

What is run is the command line, which both commits have, on the same files, in turn. What is
counted is the processor's time of the whole process and its children, less that of a start, so that
other work on the machine counts for little; ratios within one run say more than the figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from against import ROOT, checkout
from charts import OPTIONS, bundle_of, decide, peers
from cql_peer import time_cql
from paired import BUNDLES, COHORT, ENTRIES, LINES, PATIENTS, Figures, make_inputs, measure, middle
from records import blast_limit, known_grid

from allstatus import load_rules
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json

RESULTS = Path(__file__).parent / "RESULTS.md"


def at_most(most: float) -> Callable[..., bool]:
    """Whether a figure is no larger."""
    return lambda here, _: here <= most


def main() -> None:
    """Measure everything, print it and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commit", default="2adc489")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-valgrind", action="store_true")
    asked = parser.parse_args()
    start = time.monotonic()
    with TemporaryDirectory() as name, checkout(asked.commit) as other:
        folder = Path(name)
        make_inputs(folder)
        runs: dict[Path, list[Figures]] = {ROOT: [], other: []}
        for number in range(asked.rounds):
            for tree, found in runs.items():
                print(f"round {number + 1} of {asked.rounds}, {tree.name}", file=sys.stderr)
                found.append(measure(tree, folder))
        here, there = (middle(found) for found in runs.values())
        text = bundle_of(ENTRIES)
        here["loads"] = there["loads"] = time_loads(text)
        tables = [list(rows(here, there)), list(stages(here, text)), list(beside(folder, text))]
    counted = "not counted in this run" if asked.without_valgrind else service()
    minutes = (time.monotonic() - start) / 60
    said = report(asked.commit, asked.rounds, minutes, tables, counted)
    RESULTS.write_text(said, "utf-8")
    print(said)


def report(commit: str, rounds: int, minutes: float, tables: list[list[str]], counted: str) -> str:
    """RESULTS.md."""
    goals, spent, others = ("\n".join(lines) for lines in tables)
    busy = os.getloadavg()[0]
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores, load {busy:.1f}"
    return f"""# Speed, as `make bench` measured it

{machine} at the end, {rounds} rounds in turn, {minutes:.0f} minutes.
Seconds are the processor's (user and system, children too), medians, without the start of the
process where one of many is given; the last two goals are by the clock. On a busy machine the
ratios of one run say more than any figure.

| goal | here | {commit} | faster | wanted | met |
|---|---:|---:|---:|---:|---|
{goals}

## Where the time goes

{spent}

## Beside others, in this process

They parse or check, and decide nothing; cql-execution decides and explains nothing.

| | CPU |
|---|---:|
{others}

## A call of the service, by valgrind

{counted}
"""


def processor_time(action: Callable[[], object], runs: int = 15) -> float:
    """Median seconds of the processor that a call takes."""
    spent = []
    for _ in range(runs):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def time_loads(text: str) -> float:
    """Seconds that `json.loads` with exact decimals takes for a bundle."""
    return processor_time(lambda: json.loads(text, parse_float=Decimal), 40)


def each(name: str, times: int) -> Callable[[Figures], float]:
    """Seconds for one of so many, without the start of the process."""
    return lambda found: max(found[name] - found["one"], 1e-9) / times


def start_of(name: str) -> Callable[[Figures], float]:
    """A start beside `import pydantic`."""
    return lambda found: found[name] / found["pydantic"]


def scaled(of: Callable[[Figures], float], by: float) -> Callable[[Figures], float]:
    """A figure in a unit that people read."""
    return lambda found: of(found) * by


bundle, patient, record = (
    each("bundles", BUNDLES),
    each("patients", PATIENTS),
    each("records", LINES),
)
# title, the figure, its unit, what is wanted, and whether here (and there) is that
GOALS: list[tuple[str, Callable[[Figures], float], str, str, Callable[..., bool] | None]] = [
    (f"{ENTRIES} entries, bundle to decision as JSON", scaled(bundle, 1e3), "ms", "", None),
    (
        "the same beside `json.loads(parse_float=Decimal)`",
        lambda found: bundle(found) / found["loads"],
        "times",
        "<= 4",
        lambda here, _: here <= 4,
    ),
    (
        "a gathered patient of 200 resources",
        scaled(patient, 1e3),
        "ms",
        "1.5 x faster",
        lambda here, there: there >= 1.5 * here,
    ),
    (
        f"`batch` on a cohort of {COHORT}",
        lambda found: found["batch"],
        "s",
        "1.3 x faster",
        lambda here, there: there >= 1.3 * here,
    ),
    (
        "NDJSON of records",
        lambda found: 1 / record(found),
        "records/s",
        ">= 15,000/s, 1.3 x",
        lambda here, there: here >= 15_000 and here >= 1.3 * there,
    ),
    ("`classify one.json`, / `import pydantic`", start_of("one"), "times", "<= 3", at_most(3)),
    ("`--version`, / `import pydantic`", start_of("version"), "times", "<= 1.5", at_most(1.5)),
    ("one dict classified", lambda found: found["classify"] * 1e6, "us", "<= 10", at_most(10)),
    ("one dict to JSON", lambda found: found["json"] * 1e6, "us", "<= 60", at_most(60)),
]


def rows(here: Figures, there: Figures) -> Iterator[str]:
    """Each goal with what was measured of both commits, as lines of a table."""
    for title, figure, unit, goal, met in GOALS:
        mine, theirs = figure(here), figure(there)
        faster = mine / theirs if unit.endswith("/s") else theirs / mine
        said = "" if met is None else "yes" if met(mine, theirs) else "**no**"
        yield f"| {title} | {mine:,.2f} {unit} | {theirs:,.2f} | {faster:.2f} x | {goal} | {said} |"


def stages(here: Figures, text: str) -> Iterator[str]:
    """Where the time of a bundle and of a start goes."""
    classifier = load_rules()
    ((_, chart),) = read_charts(text)
    decision = decide(classifier, text)
    parsed = processor_time(lambda: parse_json(text))
    read = processor_time(lambda: list(read_charts(text))) - parsed
    decided = processor_time(lambda: decide_chart(classifier, chart, options=OPTIONS))
    written = processor_time(decision.to_json)
    whole = parsed + read + decided + written
    yield "A bundle: " + ", ".join(
        f"{name} {spent / whole:.0%}"
        for name, spent in (
            ("parsing JSON exactly", parsed),
            ("reading FHIR into a chart", read),
            ("code tables and assessments", decided),
            ("writing the decision", written),
        )
    )
    steps = ("python", "pydantic", "models", "version", "one")
    yield "A start, CPU ms: " + ", ".join(f"{name} {here[name] * 1e3:.0f}" for name in steps)


def beside(folder: Path, text: str) -> Iterator[str]:
    """What peers take for a part of the same, as lines of a table."""
    classifier = load_rules()
    known = known_grid(blast_limit(classifier))
    whole = _ms(lambda: decide(classifier, text).to_json())
    yield f"| allstatus, bundle to decision as JSON | {whole} |"
    for name, found, what, action in peers(text):
        yield f"| {name} {found}: {what} | {_ms(action)} |"
    cql = time_cql(classifier, known, folder)
    told = "not installed" if cql is None else f"{cql * 1e3:.3f} ms"
    yield f"| cql-execution: our CQL on one record's facts | {told} |"
    mine = processor_time(lambda: [classifier.classify(one).to_json() for one in known])
    yield f"| allstatus: the same facts, to JSON explained | {mine / len(known) * 1e3:.3f} ms |"


def _ms(action: Callable[[], object]) -> str:
    return f"{processor_time(action) * 1e3:,.2f} ms"


def service() -> str:
    """What the service's benchmark says, which counts instructions by valgrind."""
    if which("valgrind") is None:
        return "valgrind is not installed: instructions of a call were not counted"
    script = Path(__file__).with_name("service_instructions.py")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
