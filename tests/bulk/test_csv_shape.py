"""CSV as people have it: read with its rows numbered from the header, or refused with the line."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.bulk.batch_run import BatchJob, BatchRun, BatchTotals
from allstatus.errors import InvalidRecord
from bulk.rows import CELLS

CASES = yaml.safe_load((Path(__file__).parent / "csv_shapes.yaml").read_text("utf-8"))


def _decide(folder: Path, case: dict[str, Any]) -> BatchTotals:
    text = case["text"]
    for sign, times in case.get("times", {}).items():
        text = text.replace("\0", sign * times)
    source, content = folder / case["name"], text.encode(case.get("encoding", "utf-8"))
    source.write_bytes(gzip.compress(content) if source.suffix == ".gz" else content)
    written = folder / "out.csv", folder / "rejects.csv", folder / "cells.ndjson"
    return BatchRun(CELLS, BatchJob(source, *written, encoding=case.get("say", ""))).totals()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_csv_is_read_as_it_is_written_or_refused_with_its_line(
    tmp_path: Path, case: dict[str, Any]
) -> None:
    if "refused" in case:
        with pytest.raises(InvalidRecord) as refusal:
            _decide(tmp_path, case)
        assert case["refused"] in str(refusal.value)
        assert [path.name for path in tmp_path.iterdir()] == [case["name"]]
        return
    totals = _decide(tmp_path, case)
    assert (totals.written, totals.rejected) == (case["written"], len(case["rejected"]))
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        assert [int(row["row"]) for row in csv.DictReader(file)] == case["rejected"]
