"""No column of the input takes the place of one that `batch` writes."""

from dataclasses import replace
from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.bulk.batch_run import ADULT_RANGES_USED, BatchJob, BatchRun, BatchTotals
from bulk.rows import CELLS

WRITTEN = "outcome", "warnings", "cell"


def run(folder: Path, kept: str, *, explain: bool) -> BatchTotals:
    source, target = folder / "in.csv", folder / "out.ndjson"
    source.write_text(f"id,cbc.wbc.value,cbc.wbc.unit,{kept}\na,5,10*9/L,mine\n", "utf-8")
    beside = folder / "rejects.csv", folder / "cells.ndjson"
    return BatchRun(
        CELLS, BatchJob(source, target, *beside, keep=(kept,), explain=explain)
    ).totals()


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("kept", WRITTEN)
def test_a_column_of_the_output_cannot_be_kept(tmp_path: Path, kept: str, *, explain: bool) -> None:
    with pytest.raises(InvalidRecord, match=f"{kept}: is a column of the output already"):
        run(tmp_path, kept, explain=explain)


def test_whether_the_adult_table_decided_is_a_column_only_when_explained(tmp_path: Path) -> None:
    run(tmp_path, ADULT_RANGES_USED, explain=False)
    assert '"adult_ranges": "mine"' in (tmp_path / "out.ndjson").read_text("utf-8")
    with pytest.raises(InvalidRecord, match="is a column of the output already"):
        run(tmp_path, ADULT_RANGES_USED, explain=True)


@pytest.mark.parametrize("explain", [False, True])
def test_rows_that_the_adult_table_decided_are_counted(tmp_path: Path, *, explain: bool) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.ndjson"
    of_the_laboratory, implausible = "b,5,10*9/L,4,10,", "c,-5,10*9/L,,,"
    source.write_text(
        "id,cbc.wbc.value,cbc.wbc.unit,cbc.wbc.low,cbc.wbc.high,sex\n"
        f"a,5,10*9/L,,,female\n{of_the_laboratory}\n{implausible}\n",
        "utf-8",
    )
    beside = tmp_path / "rejects.csv", tmp_path / "cells.ndjson"
    job = BatchJob(source, target, *beside, explain=explain)
    assert BatchRun(CELLS, job).totals().by_adult_table == 1
    resumed = replace(job, resume=True)
    assert BatchRun(CELLS, resumed).totals().by_adult_table == 1
