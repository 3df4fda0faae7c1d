"""Columns on a Spark cluster of two workers: the answers of Arrow, and every row accounted for."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bulk.files import read, table, write
from bulk.rows import PERCENT, all_rows, decided
from bulk.spark.beside_arrow import assert_same, by_arrow, on_spark, parts, side
from bulk.test_columns import beside
from needs import SPARK

pytestmark = SPARK
MILLION = 1_000_000


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
        (number, f"has {values} values for 2 columns; write one value for each column")
        for number, values in (("2", 1), ("3", 3))
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


def test_a_row_that_a_remark_takes_back_is_refused_as_by_arrow(tmp_path: Path) -> None:
    said = ["reviewed", "wrong patient", "P", None, "clotted"]
    columns = {"id": [*range(5)], "cbc": ["normal"] * 5, "remark": said, "result_status": said}
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    assert assert_same(tmp_path / "in.parquet", tmp_path, "parquet").rejected == 3
