"""Columns on a Spark cluster of two workers: the answers of Arrow, every row accounted for, and
what cannot be done refused.
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

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.errors import PythonException
from pyspark.sql import SparkSession

from allstatus import InvalidRecord
from allstatus.bulk.batch_run import BatchRun, BatchTotals
from allstatus.bulk.spark import spark_run
from allstatus.bulk.spark.session import refuse_resume, refusing
from allstatus.bulk.spark.spark_run import SparkBatch
from bulk import spark_slow
from bulk.rows import CELLS, PERCENT, all_rows, decided
from bulk.spark_cluster import cluster, environment, settings, spark
from bulk.test_batch_run import job, read, table, write
from bulk.test_columns import beside
from needs import SPARK

pytestmark = SPARK
MILLION = 1_000_000
TREATED = {"prior_treatment": "disease_directed", "cbc": "normal", "signs_and_symptoms": "absent"}


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


def test_a_million_rows(tmp_path: Path) -> None:
    source = million(tmp_path / "in.parquet")
    totals, arrow = (
        on_spark(source, tmp_path / "spark.parquet"),
        by_arrow(source, tmp_path / "arrow.parquet"),
    )
    assert totals == arrow
    assert (totals.rows, totals.written + totals.rejected) == (MILLION, MILLION)
    assert totals.rejected > 10_000
    assert side(tmp_path / "spark.parquet", "rejects.csv") == side(
        tmp_path / "arrow.parquet", "rejects.csv"
    )
    found, expected = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("spark", "arrow"))
    assert found.schema.names == expected.schema.names
    cells = [
        t.select(["id", "cell"])
        .cast(pa.schema([("id", pa.int64()), ("cell", pa.int32())]))
        .sort_by("id")
        for t in (found, expected)
    ]
    assert cells[0].equals(cells[1])
    assert distinct(found) == distinct(expected)


def million(path: Path) -> Path:
    """Every combination of statements, again and again, with the numbers at the edges, also those
    that are no percentage.
    """
    rows = table(list(all_rows()))
    whole = pa.concat_tables([rows] * (MILLION // len(rows) + 1)).slice(0, MILLION)
    numbers = np.array(
        [number for number in beside(np.float64) for _ in range(1 if decided_not(number) else 20)]
    )
    percent = np.resize(numbers, MILLION)
    kept = whole.column(PERCENT).is_null().to_numpy()
    whole = whole.set_column(
        whole.schema.get_field_index(PERCENT), PERCENT, pa.array(percent, mask=kept)
    )
    pq.write_table(
        whole.add_column(0, "id", pa.array(np.arange(MILLION))), path, row_group_size=1 << 18
    )
    return path


def decided_not(number: float) -> bool:
    return isinstance(decided({PERCENT: number}), str)


def distinct(decisions: pa.Table) -> set[tuple[Any, ...]]:
    """Every cell with what is written of it."""
    names = [name for name in decisions.schema.names if name != "id"]
    plain = decisions.select(names).cast(
        pa.schema([(n, pa.int32() if n == "cell" else pa.string()) for n in names])
    )
    return {tuple(row.values()) for row in plain.group_by(names).aggregate([]).to_pylist()}


LINES = [
    f"id,cbc,{PERCENT},note",
    "a,normal,4,x",
    "c,Normal,4,y",
    "",
    'd,normal,"4,5",',
    'f,abnormal,<5,"two\nlines ""q"""',
    "h,abnormal,M1, sp ",
    "i,normal,5.000000000000000001,",
    "j,normal,10/200,é",
]


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_text_is_read_by_the_record_s_reader(ending: str, tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("\n".join(LINES) + "\n", "utf-8")
    totals = assert_same(source, tmp_path, ending, keep=("note",))
    assert (totals.rows, totals.rejected) == (7, 2)


def test_rows_of_csv_that_are_cut_short_or_too_long_are_rejected_by_number(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,cbc\na,normal\nb\nc,normal,1\n\nd,abnormal\n")
    totals = on_spark(tmp_path / "in.csv", tmp_path / "out.parquet")
    assert (totals.rows, totals.written) == (4, 2)
    rejects = [(reject["row"], reject["reason"]) for reject in read(tmp_path / "out.rejects.csv")]
    assert rejects == [
        (number, "has not one value for each column; write one value for each column")
        for number in ("2", "3")
    ]


def test_words_that_only_the_record_s_reader_takes_are_left_to_it(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "cbc": "normal", "prior_remission": "TRUE"},
        {"id": "b", "cbc": "?", "prior_remission": "false"},
    ]
    assert_same(write(tmp_path / "in.parquet", rows), tmp_path, "parquet")


def test_a_folder_of_files_numbers_rows_by_file(tmp_path: Path) -> None:
    """What Spark would take for a pattern is a name."""
    folder, other = tmp_path / "in[1]*{a,b}?\\.parquet", tmp_path / "in1.parquet"
    target = tmp_path / "out[1]*{a,b}?.parquet"
    for place in (folder, other):
        place.mkdir()
        write(place / "one.parquet", [{"cbc": "normal"}, {"cbc": "?"}])
    write(folder / "two.parquet", [{"cbc": "?"}, {"cbc": "abnormal"}])
    totals = on_spark(folder, target)
    assert (totals.rows, totals.rejected) == (4, 2)
    found = [(Path(row["file"]).name, row["row"]) for row in parts(target)]
    assert sorted(found) == [("one.parquet", "1"), ("two.parquet", "2")]
    rejects = [
        (Path(reject["file"]).name, reject["row"])
        for reject in read(target.with_suffix(".rejects.csv"))
    ]
    assert rejects == [("one.parquet", "2"), ("two.parquet", "1")]


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

    def slow_patients(started: SparkSession, where: str) -> Any:
        frame = read_patients(started, where)
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
    with pytest.raises(InvalidRecord, match="leave out --resume"):
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
