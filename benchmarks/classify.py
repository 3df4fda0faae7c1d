"""How fast allstatus decides, beside other ways of deciding, all in one run: `python
benchmarks/classify.py`.
"""

from __future__ import annotations

import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peers import Peer, make_peers
from records import blast_limit, known_grid, ndjson, read_fixtures
from timing import median_and_p99, time_calls
from whole import (
    EMPTY,
    FULL,
    PLAIN_IMPORT,
    time_explaining,
    time_loading,
    time_startup,
    time_throughput,
)

import allstatus
from allstatus import Classifier, load_rules

ROUNDS, LINES = 40, 30_000
CLASSIFY, CLASSIFY_GAPS = "allstatus classify", "allstatus classify, facts missing (2)"
TRACED = "allstatus classify, trace read"
JSON, JSON_GAPS = (
    "allstatus classify to JSON bytes",
    "allstatus classify to JSON, facts missing (2)",
)


@dataclass
class Goal:
    """A promise about speed beside what was measured."""

    title: str
    goal: str
    measured: str
    met: bool | None

    def row(self) -> tuple[str, str, str, str]:
        """As printed."""
        return self.title, self.goal, self.measured, {True: "yes", False: "NO", None: "-"}[self.met]


def main() -> None:
    """Measure everything and print it."""
    classifier = load_rules()
    limit = blast_limit(classifier)
    known, partial = read_fixtures(classifier)
    known = known_grid(limit) + known
    peers, absent = make_peers(limit)
    setting = (
        f"{classifier.table.engine} engine, Python {platform.python_version()}, {os.cpu_count()} "
        f"cores"
    )
    print(f"allstatus {allstatus.__version__}, {setting}")
    print(
        f"{len(known)} records with all facts known, {len(partial)} fixtures with facts missing, "
        f"{ROUNDS} rounds in turn\n"
    )

    times = time_calls(_contenders(classifier, peers, known, partial), ROUNDS)
    calls = {name: median_and_p99(spent) for name, spent in times.items()}
    wrong = {peer.name: _mismatches(classifier, peer, known) for peer in peers}
    _print_calls(calls, wrong, absent, len(known))

    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder, "many.ndjson"), Path(folder, "one.json")
        many.write_text(ndjson(known + partial, LINES), "utf-8")
        one.write_text(ndjson(known[-1:], 1), "utf-8")
        speed = time_throughput(classifier, many, Path(folder, "out.ndjson"), LINES)
        startup = time_startup(one)
    loading = time_loading()
    explaining = time_explaining(classifier, known_grid(limit))
    _print_table(
        ("NDJSON to NDJSON, one core", "records/s"),
        [(name, f"{rate:,.0f}") for name, rate in speed.items()],
    )
    _print_table(
        ("loading the rule set, warm", "median"),
        [(name, _text(spent)) for name, spent in loading.items()],
    )
    _print_table(
        ("classify and explain all of it", "median ms"),
        [(name, f"{spent:.3f}") for name, spent in explaining.items()],
    )
    base = startup[PLAIN_IMPORT]
    rows = [(name, f"{spent:.0f}", f"{spent / base:.2f}") for name, spent in startup.items()]
    _print_table(("whole process, in turn", "median ms", "ratio"), rows)
    goals = _goals(calls, speed, loading, {name: spent / base for name, spent in startup.items()})
    for name, most in ((FULL, 1), (EMPTY, 15)):
        goals.append(
            Goal(
                f"explain, {name}",
                f"<= {most} ms",
                f"{explaining[name]:.2f} ms",
                explaining[name] <= most,
            )
        )
    _print_table(("goal", "wanted", "measured", "met"), [goal.row() for goal in goals])


def _contenders(
    classifier: Classifier, peers: list[Peer], known: list[Any], partial: list[Any]
) -> dict[str, Any]:
    decide = classifier.classify
    ours = {
        CLASSIFY: (decide, known),
        TRACED: (lambda record: decide(record).trace, known),
        JSON: (lambda record: decide(record).to_json(), known),
        CLASSIFY_GAPS: (decide, partial),
        JSON_GAPS: (lambda record: decide(record).to_json(), partial),
    }
    return (
        ours
        | {peer.name: (peer.decide, known) for peer in peers}
        | {"(the clock around an empty call)": (lambda _: None, known)}
    )


def _mismatches(classifier: Classifier, peer: Peer, records: list[Any]) -> int:
    return sum(
        peer.status(peer.decide(record)) != classifier.classify(record).status for record in records
    )


def _print_calls(
    calls: dict[str, tuple[float, float]], wrong: dict[str, int], absent: list[str], known: int
) -> None:
    own = calls[CLASSIFY][0]
    rows = []
    for name, (median, p99) in calls.items():
        differ = f"{wrong[name]}/{known}" if name in wrong else ""
        rows.append(
            (
                f"{name} (1)" if name in wrong else name,
                f"{median:.2f}",
                f"{p99:.2f}",
                f"{median / own:.2f}",
                differ,
            )
        )
    rows += [(package, "not installed", "", "", "") for package in absent]
    _print_table(
        ("one record, a dict", "median us", "p99 us", "x classify", "differ"), rows, last=False
    )
    print(
        "(1) Peers decide only: no check of the record, no percentage but a plain number, no "
        "missing facts, assumptions,"
    )
    print("    options or conflicts. `differ`: records on which the peer's status is not ours.")
    print(
        "(2) Fixtures with gaps, panels, intervals or conflicts: other records than the peers', so "
        "not comparable with them."
    )
    print(
        "allstatus checks every record; its trace is ready to be read but built only when read, as "
        "in `trace read` and JSON;"
    )
    print(
        "zen-engine and datalogic-py build theirs in the call, and datalogic-py compiles its rule "
        "in each traced call."
    )
    print("Nothing is subtracted for the clock.\n")


def _goals(
    calls: dict[str, tuple[float, float]],
    speed: dict[str, float],
    loading: dict[str, float | None],
    ratios: dict[str, float],
) -> list[Goal]:
    classify, to_json = (
        max(calls[a][0], calls[b][0]) for a, b in ((CLASSIFY, CLASSIFY_GAPS), (JSON, JSON_GAPS))
    )
    whole, version, one = (
        speed["allstatus classify FILE"],
        ratios["allstatus --version"],
        ratios["allstatus classify one.json"],
    )
    goals = [
        Goal(
            "classify, slower of the two medians", "<= 10 us", f"{classify:.2f} us", classify <= 10
        )
    ]
    zen = next(
        (
            median
            for name, (median, _) in calls.items()
            if name.startswith("zen-engine") and name.endswith("with trace")
        ),
        None,
    )
    if zen is None:
        goals.append(Goal("faster than zen-engine with trace", ">= 15 x", "not installed", None))
    else:
        ratio = zen / calls[CLASSIFY][0]
        goals.append(
            Goal("faster than zen-engine with trace", ">= 15 x", f"{ratio:.1f} x", ratio >= 15)
        )
        goals.append(
            Goal(
                "  the same, our trace read too", "no goal", f"{zen / calls[TRACED][0]:.1f} x", None
            )
        )
    goals += [
        Goal("to JSON, slower of the two medians", "<= 60 us", f"{to_json:.2f} us", to_json <= 60),
        Goal("NDJSON to NDJSON, whole process", ">= 15,000/s", f"{whole:,.0f}/s", whole >= 15_000),
    ]
    for name, spent in loading.items():
        goals.append(
            Goal(f"load, {name}", "<= 60 ms", _text(spent), None if spent is None else spent <= 60)
        )
    goals.append(
        Goal(f"--version, beside {PLAIN_IMPORT}", "<= 1.5 x", f"{version:.2f} x", version <= 1.5)
    )
    goals.append(
        Goal(f"classify one.json, beside {PLAIN_IMPORT}", "<= 3 x", f"{one:.2f} x", one <= 3)
    )
    return goals


def _text(milliseconds: float | None) -> str:
    return "not installed" if milliseconds is None else f"{milliseconds:.1f} ms"


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]], last: bool = True) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        cells = [row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
        ]
        print("  ".join(cells).rstrip())
    if last:
        print(flush=True)


if __name__ == "__main__":
    main()
