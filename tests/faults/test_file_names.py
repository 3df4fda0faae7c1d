"""Files by any name that the system allows: their bytes need not be UTF-8, no sign in them is a
pattern, and no output is put where inputs are read.
"""

import csv
import json
import os
from pathlib import Path

import pytest

pa = pytest.importorskip("pyarrow")

import pyarrow.parquet as pq  # noqa: E402

from allstatus import InvalidRecord  # noqa: E402
from allstatus.bulk.batch_run import BatchJob, BatchRun, BatchTotals  # noqa: E402
from allstatus.bulk.suggest import suggest  # noqa: E402
from bulk.folders import decide  # noqa: E402
from bulk.rows import CELLS  # noqa: E402
from faults.test_lines import CONDITION, PATIENT  # noqa: E402

ODD = ["a\udcff", "a\nb", "a\x1b[2J\u202e", "é" * 60, " ", "-o", "a[1]", "a*", "a?", "a'b", "a\\b"]
FORMATS = ["csv", "ndjson", "parquet", "arrow"]
TABLE = pa.table({"id": ["p1", "p2"], "cbc": ["normal", "abnormal"]})


def run(source: Path, target: Path, **more: object) -> BatchTotals:
    beside = target.parent / "rejects.csv", target.parent / "cells.ndjson"
    return BatchRun(CELLS, BatchJob(source, target, *beside, **more)).totals()


@pytest.mark.parametrize("name", ODD, ids=ascii)
@pytest.mark.parametrize("format", FORMATS)
def test_a_table_is_written_and_read(tmp_path: Path, name: str, format: str) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / f"{name}.{format}"
    pq.write_table(TABLE, source)
    assert run(source, target, keep=("cbc",)).written == 2
    assert run(target, tmp_path / "again.csv").rows == 2
    assert "cbc: " in suggest(target)


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_duckdb_reads_the_file_named_and_no_other(tmp_path: Path, name: str) -> None:
    pytest.importorskip("duckdb")
    from allstatus.bulk.duckdb_cells import DuckRun

    for other in ("a1", "ab", "ac"):
        pq.write_table(TABLE, tmp_path / f"{other}.parquet")
    source = tmp_path / f"{name}.parquet"
    pq.write_table(TABLE.slice(1), source.with_name("plain.parquet"))
    os.rename(source.with_name("plain.parquet"), source)
    names = ("out.csv", "rejects.csv", "cells.ndjson")
    made = DuckRun(CELLS, BatchJob(source, *(tmp_path / name for name in names)))
    if "\udcff" in name:
        with pytest.raises(InvalidRecord, match="has a name that is not UTF-8"):
            made.totals()
    else:
        assert made.totals().written == 1
        assert "p2" in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize("name", ODD, ids=ascii)
def test_an_export_s_files(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name}.ndjson").write_text(f"{PATIENT}\n{CONDITION}\n5\n")
    assert decide(folder, tmp_path / "out.csv").rejected == 1
    shown = os.fsencode(f"{name}.ndjson").decode("utf-8", "backslashreplace")
    with (tmp_path / "out.csv.rejects.csv").open(newline="") as file:
        assert [row["file"].removeprefix("'") for row in csv.DictReader(file)] == [shown]


@pytest.mark.parametrize("place", ["in/out.ndjson", "in/below/out.ndjson", "link/out.ndjson"])
@pytest.mark.parametrize("kind", ["records", "export"])
def test_nothing_is_written_where_is_read(tmp_path: Path, place: str, kind: str) -> None:
    folder = tmp_path / "in"
    (folder / "below").mkdir(parents=True)
    (tmp_path / "link").symlink_to(folder)
    pq.write_table(TABLE, folder / "a.parquet")
    (folder / "a.ndjson").write_text(json.dumps(json.loads(PATIENT)))
    begin = run if kind == "records" else decide
    with pytest.raises(InvalidRecord, match="lies in the folder that is read"):
        begin(folder, tmp_path / place)
    assert sorted(path.name for path in folder.rglob("*")) == ["a.ndjson", "a.parquet", "below"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_name_that_leads_in_circles(tmp_path: Path, format: str) -> None:
    pq.write_table(TABLE, tmp_path / "in.parquet")
    circle = tmp_path / f"out.{format}"
    circle.symlink_to(circle)
    with pytest.raises(InvalidRecord, match="cannot be written"):
        run(tmp_path / "in.parquet", circle)
    assert circle.is_symlink()
    with pytest.raises(InvalidRecord, match="cannot be read"):
        run(circle, tmp_path / "out.csv" if format != "csv" else tmp_path / "other.csv")
