"""One input decided on the cluster and by Arrow, and what each wrote."""

from pathlib import Path
from typing import Any

from allstatus.bulk.batch_run import BatchRun, BatchTotals
from allstatus.bulk.spark.spark_run import SparkBatch
from bulk.files import job, read
from bulk.rows import CELLS
from bulk.spark_cluster import spark


def on_spark(source: Path, target: Path, **more: Any) -> BatchTotals:
    return SparkBatch(
        spark(), CELLS, job(source, target, **more), str(source), str(target)
    ).totals()


def by_arrow(source: Path, target: Path, **more: Any) -> BatchTotals:
    return BatchRun(CELLS, job(source, target, **more)).totals()


def parts(target: Path) -> list[dict[str, Any]]:
    """The rows of every part file, as `read` has those of one file."""
    return [
        row
        for part in sorted(target.glob(f"part-*{target.suffix.replace('ndjson', 'json')}"))
        for row in read(named(part))
    ]


def named(part: Path) -> Path:
    return part.rename(part.with_suffix(".ndjson")) if part.suffix == ".json" else part


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=str)


def side(target: Path, ending: str) -> str:
    return target.with_suffix(f".{ending}").read_text()


def assert_same(source: Path, folder: Path, ending: str, **more: Any) -> BatchTotals:
    """Spark's part files, rejects, cells and totals are those of Arrow."""
    ours, theirs = folder / f"spark.{ending}", folder / f"arrow.{ending}"
    totals = on_spark(source, ours, **more)
    assert totals == by_arrow(source, theirs, **more)
    assert ordered(parts(ours)) == ordered(read(theirs))
    assert (ours / "_SUCCESS").exists()
    for name in ("rejects.csv", "cells.ndjson"):
        assert side(ours, name) == side(theirs, name)
    return totals
