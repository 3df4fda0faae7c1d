"""Columns on Spark beside Arrow, Parquet to Parquet in one run, answers compared: `python
benchmarks/spark.py`.

`--rows N` is the largest size (10,000,000), each from 10^5 up is measured; `--master URL` is whose
workers do it (local[*]).
Processor time of Spark is that of its Java process, so it is given where that does the work: at a
local master.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from columns import GROUP, HOUSE, patients
from pyspark.sql import SparkSession

import allstatus
from allstatus import load_rules
from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.cells import Cells
from allstatus.bulk.spark.session import session
from allstatus.bulk.spark.spark_run import SparkBatch

ROUNDS = 3
BILLION = 1_000_000_000
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--master", default="local[*]")
    asked = parser.parse_args()
    cells = Cells(load_rules())
    print(
        f"allstatus {allstatus.__version__}, Python {platform.python_version()}, {os.cpu_count()} "
        f"cores, load {os.getloadavg()[0]:.1f}"
    )
    start = perf_counter()
    with session(asked.master) as started, tempfile.TemporaryDirectory() as folder:
        started.range(1).count()
        print(
            f"pyspark {pyspark.__version__} at {asked.master}, started in "
            f"{perf_counter() - start:.1f} s; pyarrow {pa.__version__}\n"
        )
        print(f"{'rows':>13} {'':8} {'median s':>9} {'best':>9} {'M rows/s':>9} {'CPU s':>9}")
        rows, best = 100_000, {"arrow": 0.0, "spark": 0.0}
        while rows <= asked.rows:
            best = measure(
                started, cells, Path(folder), rows, local=asked.master.startswith("local")
            )
            rows *= 10
        for name, seconds in best.items():
            minutes = seconds * BILLION / (rows // 10) / 60
            print(
                f"{name}: {BILLION:,} rows at the rate of the largest file: {minutes:,.0f} minutes"
            )


def measure(
    started: SparkSession, cells: Cells, folder: Path, rows: int, *, local: bool
) -> dict[str, float]:
    """One size by both, in turn; returns the best seconds of each."""
    source = folder / "in.parquet"
    write(source, rows)
    java = started.sparkContext._gateway.proc.pid if local else None
    contenders: dict[str, tuple[Callable[[], object], Callable[[], float]]] = {
        "arrow": (
            lambda: BatchRun(cells, job(source, folder / "arrow.parquet")).totals(),
            spent_here,
        ),
        "spark": (
            lambda: on_spark(started, cells, source, folder / "spark.parquet"),
            lambda: spent_by(java),
        ),
    }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (action, spent) in contenders.items():
            start, work = perf_counter(), spent()
            action()
            times[name].append((perf_counter() - start, spent() - work))
    compare(folder)
    for name, both in times.items():
        clock = [seconds for seconds, _ in both]
        work = f"{min(work for _, work in both):>9.1f}" if local or name == "arrow" else f"{'':9}"
        print(
            f"{rows:>13,} {name:8} {median(clock):>9.2f} {min(clock):>9.2f} "
            f"{rows / min(clock) / 1e6:>9.2f} {work}",
            flush=True,
        )
    size = sum(path.stat().st_size for path in (folder / "spark.parquet").iterdir())
    print(
        f"{'':13} bytes a row: {source.stat().st_size / rows:.1f} in, {size / rows:.1f} out (spark)"
    )
    return {name: min(seconds for seconds, _ in both) for name, both in times.items()}


def write(source: Path, rows: int) -> None:
    """A file of so many patients."""
    with pq.ParquetWriter(source, patients(1).schema) as writer:
        for start in range(0, rows, 10 * GROUP):
            writer.write_table(
                patients(min(10 * GROUP, rows - start), seed=start), row_group_size=GROUP
            )


def job(source: Path, target: Path) -> BatchJob:
    """The job of `allstatus batch`."""
    return BatchJob(
        source,
        target,
        target.with_suffix(".rejects.csv"),
        target.with_suffix(".cells.ndjson"),
        assigned=HOUSE,
    )


def on_spark(started: SparkSession, cells: Cells, source: Path, target: Path) -> None:
    """The job by Spark, into a new folder."""
    shutil.rmtree(target, ignore_errors=True)
    SparkBatch(started, cells, job(source, target), str(source), str(target)).totals()


def spent_here() -> float:
    """Seconds of processor time of this process."""
    times = os.times()
    return times.user + times.system


def spent_by(pid: int | None) -> float:
    """The same of another process."""
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def compare(folder: Path) -> None:
    """The same rows in the same cells."""
    kind = pa.schema([("id", pa.int64()), ("cell", pa.int32())])
    tables = [
        pq.read_table(folder / f"{name}.parquet", columns=["id", "cell"])
        for name in ("arrow", "spark")
    ]
    arrow, spark = (table.cast(kind).sort_by("id") for table in tables)
    if not arrow.equals(spark):
        raise SystemExit("spark: not the same cells")


if __name__ == "__main__":
    main()
