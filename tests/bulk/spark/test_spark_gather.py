"""The lines that Spark gathers of an export: one that is too long is rejected alone."""

import json
from pathlib import Path

import pytest

from allstatus.bulk.fhir_export import ndjson_pieces
from bulk.fhir_export.test_line_scan import CHART
from bulk.folders import exported, rejects, write_folder
from bulk.spark.test_spark_export import assert_same
from needs import SPARK

pytestmark = SPARK


def test_a_line_that_is_too_long_is_rejected_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_pieces, "LONGEST", 100_000)
    folder = write_folder(tmp_path / "export", exported(CHART))
    long = {"resourceType": "Observation", "note": "x" * 400_000}
    about = ({"subject": {"reference": f"Patient/{name}"}} for name in ("p1", "p2"))
    text = "".join(f"{json.dumps(long | whom)}\n" for whom in (*about, {}))
    (folder / "more.ndjson").write_text(text)
    assert assert_same(folder, tmp_path).rejected == 3
    assert {reason for *_, reason in rejects(tmp_path / "spark.ndjson")} == {ndjson_pieces.TOO_LONG}
