"""Whole runs: a file of records from end to end, loading a rule set, starting a process."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from shutil import which
from time import perf_counter
from typing import Any

from timing import one_core, run_process, time_in_turn

from allstatus import Classifier, load_rules
from allstatus.record.exact_json import parse_json
from allstatus.table.engines import durable_installed

PLAIN_IMPORT = "import pydantic"
FULL, EMPTY = "fully known, first in a process", "empty record, first in a process"
RUNS = 20


def command_line() -> list[str]:
    """The installed command beside this Python, else the module."""
    script = which("allstatus", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "allstatus"]


def time_throughput(
    classifier: Classifier, source: Path, target: Path, lines: int, runs: int = 3
) -> dict[str, float]:
    """Records a second from an NDJSON file to an NDJSON file: the command as a whole process, and a
    loop in this one.
    """

    def as_process() -> None:
        with target.open("wb") as output:
            run_process([*command_line(), "classify", str(source), "--format", "json"], output)

    def in_process() -> None:
        with source.open(encoding="utf-8") as records, target.open("wb") as output:
            for line in records:
                output.write(classifier.classify(parse_json(line)).to_json() + b"\n")

    rates: dict[str, list[float]] = {}
    with one_core():
        for _ in range(runs):
            for name, action in (
                ("allstatus classify FILE", as_process),
                ("in this process", in_process),
            ):
                start = perf_counter()
                action()
                rates.setdefault(name, []).append(lines / (perf_counter() - start))
                with target.open("rb") as output:
                    written = sum(1 for _ in output)
                if written != lines:
                    raise SystemExit(f"{name}: {lines} records in, {written} decisions out")
    return {name: statistics.median(spent) for name, spent in rates.items()}


def time_loading() -> dict[str, float | None]:
    """Median milliseconds to load the default rule set with each engine; None where the engine is
    not installed.
    """
    engines = ["builtin", "durable"] if durable_installed() else ["builtin"]
    times = time_in_turn(
        {engine: lambda engine=engine: load_rules(engine=engine) for engine in engines}, RUNS
    )
    return {engine: times.get(engine) for engine in ("builtin", "durable")}


def time_explaining(classifier: Classifier, known: list[Any]) -> dict[str, float]:
    """Median milliseconds for reasons, why not, counterfactuals, missing, irrelevant and the next
    question.

    The first time in a process nothing is kept yet: a new classifier each. Later the cell's
    explanation is.
    """
    empty = {"cbc": "unknown"}

    def explain(classifier: Classifier, record: Any) -> None:
        decision = classifier.classify(record)
        _ = (
            decision.reasons,
            decision.why_not,
            decision.changes,
            decision.missing,
            decision.irrelevant,
            decision.ask_next,
        )

    def new() -> Classifier:
        return load_rules(engine="builtin")

    times = {
        FULL: [_milliseconds(partial(explain, new(), record)) for record in known],
        EMPTY: [_milliseconds(partial(explain, new(), empty)) for _ in range(RUNS)],
        "fully known, later": [
            _milliseconds(partial(explain, classifier, record))
            for record in known
            for _ in range(RUNS)
        ],
        "empty record, later": [
            _milliseconds(partial(explain, classifier, empty)) for _ in range(RUNS * RUNS)
        ],
    }
    return {name: statistics.median(spent) for name, spent in times.items()}


def _milliseconds(action: Callable[[], None]) -> float:
    start = perf_counter()
    action()
    return (perf_counter() - start) * 1000


def time_startup(record: Path) -> dict[str, float]:
    """Median milliseconds of whole processes, run in turn."""
    python, command = [sys.executable, "-c"], command_line()
    processes = {
        "python, nothing": [*python, "pass"],
        PLAIN_IMPORT: [*python, "import pydantic"],
        "import pydantic; pydantic.BaseModel": [*python, "import pydantic; pydantic.BaseModel"],
        "allstatus --version": [*command, "--version"],
        "allstatus classify one.json": [*command, "classify", str(record)],
    }
    return time_in_turn(
        {
            name: lambda arguments=arguments: run_process(arguments)
            for name, arguments in processes.items()
        },
        RUNS,
    )
