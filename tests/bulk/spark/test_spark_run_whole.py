"""A job on the cluster leaves a whole output or none: what is refused, a worker killed in the
midst, and the command.
"""

import json
import os
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyspark.errors import PythonException
from pyspark.sql import SparkSession

from allstatus import InvalidRecord
from allstatus.bulk.batch_run import BatchTotals
from allstatus.bulk.spark import spark_run
from allstatus.bulk.spark.session import refuse_resume, refusing
from bulk import spark_slow
from bulk.files import read, table, write
from bulk.rows import all_rows
from bulk.spark.beside_arrow import by_arrow, on_spark, ordered, parts
from bulk.spark_cluster import cluster, environment, settings
from needs import SPARK

pytestmark = SPARK


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("absent.parquet", "out.parquet", "cannot be read by Spark (PATH_NOT_FOUND)"),
        ("short.parquet", "out.parquet", "Spark ("),
        ("in.arrow", "out.parquet", "has a name that says no format Spark is used with here"),
        ("in.parquet", "out.arrow", "has a name that says no format Spark is used with here"),
        ("in.parquet", "in.parquet", "is named twice"),
        ("in.parquet", "other.parquet", "is there already, and is not a finished output of Spark"),
        ("nofact.csv", "out.csv", "state no fact"),
        ("empty.parquet", "out.csv", "holds no row"),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_nothing(
    tmp_path: Path, source: str, target: str, message: str
) -> None:
    whole = write(tmp_path / "in.parquet", [{"cbc": "normal"}] * 100).read_bytes()
    (tmp_path / "short.parquet").write_bytes(whole[:-100])
    (tmp_path / "other.parquet").write_bytes(whole)
    (tmp_path / "nofact.csv").write_text("id,cbcs\n1,normal\n")
    pq.write_table(table([{"cbc": "normal"}]).slice(0, 0), tmp_path / "empty.parquet")
    before = {path: path.stat().st_size for path in tmp_path.iterdir()}
    with pytest.raises(InvalidRecord) as refusal:
        on_spark(tmp_path / source, tmp_path / target)
    assert message in str(refusal.value)
    assert {path: path.stat().st_size for path in tmp_path.iterdir()} == before


def test_a_finished_output_is_replaced_and_what_a_killed_run_left_is_gone(tmp_path: Path) -> None:
    source, target = (
        write(tmp_path / "in.parquet", [{"id": "a", "cbc": "normal"}]),
        tmp_path / "out.parquet",
    )
    for left in (target, tmp_path / "out.parquet.partial"):
        left.mkdir()
        (left / "part-left.parquet").write_text("what an earlier run left")
    (target / "_SUCCESS").touch()
    on_spark(source, target)
    assert [row["id"] for row in parts(target)] == ["a"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "in.parquet",
        "out.parquet",
        "out.rejects.csv",
        "out.cells.ndjson",
    }


def test_a_worker_killed_in_the_midst_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, marks = (
        write(
            tmp_path / "in.parquet",
            [{"id": n, **row} for n, row in enumerate(list(all_rows())[::50])],
        ),
        tmp_path / "marks",
    )
    marks.mkdir()
    read_patients = spark_run.read_patients

    def slow_patients(started: SparkSession, where: str, shape: Any) -> Any:
        frame = read_patients(started, where, shape)
        return frame.repartition(12).mapInArrow(
            partial(spark_slow.slowly, str(marks)), frame.schema
        )

    monkeypatch.setattr(spark_run, "read_patients", slow_patients)
    done: list[BatchTotals] = []
    working = threading.Thread(
        target=lambda: done.append(on_spark(source, tmp_path / "spark.parquet"))
    )
    working.start()
    while len(list(marks.iterdir())) < 3:
        assert working.is_alive()
        time.sleep(0.05)
    victim = cluster().processes[-1]
    victim.kill()
    victim.wait()
    assert len(list(marks.iterdir())) < 12
    cluster().add_worker()
    working.join()
    assert done == [by_arrow(source, tmp_path / "arrow.parquet")]
    found = parts(tmp_path / "spark.parquet")
    assert sorted(found, key=lambda row: int(row["id"])) == read(tmp_path / "arrow.parquet")


def command(*arguments: Any, **more: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "-m", "allstatus", "batch", *map(str, arguments)]
    return subprocess.run(
        asked,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | environment() | more,
    )


def test_the_command_on_the_cluster(tmp_path: Path) -> None:
    rows = [{"id": n, **row} for n, row in enumerate(list(all_rows())[::91])]
    source = write(tmp_path / "in.parquet", rows)
    given = " ".join(
        f"--conf '{name}={value}'"
        for name, value in settings().items()
        if name != "spark.log.level"
    )
    arguments = [
        "--backend",
        "spark",
        "--master",
        cluster().url,
        "--explain",
        "--rejects",
        tmp_path / "bad.csv",
    ]
    done = command(
        source, tmp_path / "out.parquet", *arguments, PYSPARK_SUBMIT_ARGS=f"{given} pyspark-shell"
    )
    assert done.returncode == 0, done.stderr
    totals = by_arrow(source, tmp_path / "arrow.parquet", explain=True)
    assert (
        f"{totals.rows:,} rows in = {totals.written:,} out + {totals.rejected:,} rejected "
        f"({tmp_path / 'bad.csv'})" in done.stderr
    )
    assert ordered(parts(tmp_path / "out.parquet")) == ordered(read(tmp_path / "arrow.parquet"))
    cells = [
        json.loads(line)
        for line in (tmp_path / "out.parquet.cells.ndjson").read_text().splitlines()
    ]
    assert sum(cell["rows"] for cell in cells) == totals.written


def test_options_that_spark_has_no_use_for(tmp_path: Path) -> None:
    done = command(tmp_path / "in.parquet", tmp_path / "out.parquet", "--master", "local[2]")
    assert (done.returncode, "goes with --backend spark only" in " ".join(done.stderr.split())) == (
        2,
        True,
    )
    with pytest.raises(InvalidRecord, match="leave out resume"):
        refuse_resume(True)


def test_without_java_the_command_says_what_to_install(tmp_path: Path) -> None:
    done = command(
        tmp_path / "in.parquet",
        tmp_path / "out.parquet",
        "--backend",
        "spark",
        PATH=str(tmp_path),
        JAVA_HOME="",
    )
    assert (done.returncode, "finds no Java; install Java 17" in done.stderr) == (3, True)


def test_workers_without_allstatus_are_named() -> None:
    with (
        pytest.raises(InvalidRecord, match="its workers cannot import allstatus"),
        refusing("x", "", ""),
    ):
        raise PythonException("ModuleNotFoundError: No module named 'allstatus'")
