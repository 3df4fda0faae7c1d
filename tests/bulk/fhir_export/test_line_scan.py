"""A part of an export is not the whole: what says so is refused, and a line that cannot be read
leaves its patient's facts open.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import InvalidRecord
from allstatus.bulk.fhir_export import ndjson_pieces
from allstatus.ehr.fhir.fhir_bundles import REMEDY
from bulk.folders import AS_A_PART, decide, exported, rejects, rows, write_folder
from command_line import run

CASES = yaml.safe_load(Path(__file__).with_name("line_scan.yaml").read_text("utf-8"))
CHART = json.loads((Path(__file__).parents[3] / "fixtures/fhir/01-exactly-five.json").read_text())
IN_REMISSION = ["in_remission"]
OPEN = ["in_remission", "recurrent", "outside_definitions"]


def folder_of(tmp_path: Path, case: dict[str, Any]) -> Path:
    """The chart as an export, and one more line in a file of its own."""
    folder = write_folder(tmp_path / "export", exported(CHART))
    (folder / "more.ndjson").write_text(case.get("text") or json.dumps(case["line"]), "utf-8")
    return folder


def possible(target: Path) -> list[str]:
    (row,) = rows(target)
    return str(row["possible"]).split()


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_each_line_beside_a_chart_in_remission(tmp_path: Path, case: dict[str, Any]) -> None:
    folder, target = folder_of(tmp_path, case), tmp_path / "out.ndjson"
    if "refused" in case:
        with pytest.raises(InvalidRecord) as refused:
            decide(folder, target)
        assert (refused.value.field, target.exists()) == (str(folder / "more.ndjson"), False)
        assert refused.value.problem.startswith(case["refused"])
        assert (refused.value.remedy == REMEDY) is not case.get("always", False)
        return
    totals = decide(folder, target)
    left = [] if case.get("whole") else [("more.ndjson", 1)]
    assert [(name, line) for name, line, _ in rejects(target)] == left
    assert totals.lines == totals.read + totals.passed + totals.rejected == len(CHART["entry"]) + 1
    assert possible(target) == (OPEN if case.get("opens") else IN_REMISSION)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_with_partial_what_is_not_there_is_unknown(tmp_path: Path, case: dict[str, Any]) -> None:
    folder, target = folder_of(tmp_path, case), tmp_path / "out.ndjson"
    if case.get("always"):
        with pytest.raises(InvalidRecord, match="names resources that were deleted"):
            decide(folder, target, AS_A_PART)
        return
    totals = decide(folder, target, AS_A_PART)
    assert totals.lines == totals.read + totals.passed + totals.rejected == len(CHART["entry"]) + 1
    assert possible(target) == OPEN


def test_a_folder_of_deletions_beside_the_files_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "export", exported(CHART))
    (folder / "deleted").mkdir()
    done = run("batch", folder, tmp_path / "out.ndjson")
    assert (done.returncode, done.stdout) == (3, "")
    assert "export/deleted: names resources that were deleted" in done.stderr


def test_the_option_reads_a_part(tmp_path: Path) -> None:
    folder, target = folder_of(tmp_path, CASES[0]), tmp_path / "out.ndjson"
    asked = ("batch", folder, target, "--assume", "symptoms-absent-unless-recorded")
    refused = run(*asked)
    assert (refused.returncode, target.exists(), "partial" in refused.stderr) == (3, False, True)
    assert (run(*asked, "--partial").returncode, possible(target)) == (0, OPEN)


def test_a_line_that_is_too_long_leaves_its_patient_s_facts_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_pieces, "LONGEST", 100_000)
    for name, answer in (("p1", OPEN), ("p2", IN_REMISSION)):
        long = {"note": "x" * 200_000, "subject": {"reference": f"Patient/{name}"}}
        folder = folder_of(tmp_path / name, {"line": {"resourceType": "Observation", **long}})
        totals = decide(folder, tmp_path / f"{name}.ndjson")
        assert rejects(tmp_path / f"{name}.ndjson") == [("more.ndjson", 1, ndjson_pieces.TOO_LONG)]
        assert totals.lines == totals.read + totals.passed + totals.rejected
        assert possible(tmp_path / f"{name}.ndjson") == answer


def test_one_line_about_two_patients_is_rejected_once(tmp_path: Path) -> None:
    two = json.loads(json.dumps(CHART).replace("/p1", "/p2").replace('"p1"', '"p2"'))
    folder = write_folder(tmp_path / "export", [*exported(CHART), *exported(two)])
    (case,) = (case for case in CASES if case["id"] == "about two, cut")
    (folder / "more.ndjson").write_text(case["text"], "utf-8")
    target = tmp_path / "out.ndjson"
    totals = decide(folder, target)
    assert (totals.rejected, len(rejects(target))) == (1, 1)
    assert totals.lines == totals.read + totals.passed + 1 == 2 * len(CHART["entry"]) + 1
    assert [row["possible"] for row in rows(target)] == [" ".join(OPEN)] * 2
