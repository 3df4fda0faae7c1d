"""Clocks: calls interleaved in rounds, whole processes interleaved in rounds."""

from __future__ import annotations

import os
import statistics
import subprocess
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from time import perf_counter, perf_counter_ns
from typing import IO, Any


def time_calls(
    contenders: dict[str, tuple[Callable[[Any], Any], Sequence[Any]]], rounds: int
) -> dict[str, list[float]]:
    """Microseconds of every single call; each round runs every contender over all of its
    records.
    """
    times: dict[str, list[float]] = {name: [] for name in contenders}
    names = list(contenders)
    for turn in range(rounds + 1):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            decide, records = contenders[name]
            spent = _time_each(decide, records)
            if turn:  # the first round only warms up
                times[name].extend(spent)
    return times


def _time_each(decide: Callable[[Any], Any], records: Sequence[Any]) -> list[float]:
    clock, spent = perf_counter_ns, []
    for record in records:
        start = clock()
        decide(record)
        spent.append(clock() - start)
    return [nanoseconds / 1000 for nanoseconds in spent]


def median_and_p99(times: list[float]) -> tuple[float, float]:
    """The median and the 99th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def time_in_turn(actions: dict[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Median milliseconds of each action, run in turn after one run to warm up."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(runs + 1):
        for name, action in actions.items():
            start = perf_counter()
            action()
            if turn:
                times[name].append((perf_counter() - start) * 1000)
    return {name: statistics.median(spent) for name, spent in times.items()}


def run_process(command: list[str], output: int | IO[bytes] = subprocess.DEVNULL) -> None:
    """A whole process from start to end; raises when it fails."""
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=output)


@contextmanager
def one_core() -> Any:
    """This process, and those it starts, on one core, where the system can be asked for it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
