"""An export with what stands beside its files: all there, a part, or out of date."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import InvalidRecord
from allstatus.ehr import Chart
from allstatus.ehr.chart_files import read_folder
from bulk.fhir_export.test_line_scan import CHART, IN_REMISSION, OPEN, possible
from bulk.folders import AS_A_PART, decide, exported, write_folder

CASES = yaml.safe_load(Path(__file__).with_name("export_manifest.yaml").read_text("utf-8"))


def folder_of(tmp_path: Path, case: dict[str, Any]) -> Path:
    folder = write_folder(tmp_path / "export", exported(CHART))
    if "more.ndjson" in case:
        (folder / "more.ndjson").write_text(json.dumps(case["more.ndjson"]))
    if "manifest" in case:
        said = case["manifest"] | {"output": [*outputs(folder, case), *case.get("more", ())]}
        (folder / case.get("named", "manifest.json")).write_text(json.dumps(said))
    for name, text in case.get("beside", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).mkdir() if text is None else (folder / name).write_text(text)
    if "without" in case:
        (folder / case["without"]).unlink()
    return folder


def outputs(folder: Path, case: dict[str, Any]) -> list[dict[str, Any]]:
    address, count, found = case.get("address", "https://h.example/{0}"), case.get("count", 0), []
    for path in sorted(folder.glob("[A-Z]*.ndjson")):
        lines: Any = path.read_bytes().count(b"\n")
        lines = (
            {"text": str(lines), "none": None}[count] if isinstance(count, str) else lines + count
        )
        found.append({"type": path.name.partition(".")[0], "url": address.format(path.name)})
        found[-1] |= {} if lines is None else {"count": lines}
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_what_stands_beside_an_export(tmp_path: Path, case: dict[str, Any]) -> None:
    folder, target = folder_of(tmp_path, case), tmp_path / "out.ndjson"
    if "whole" in case:
        decide(folder, target)
        assert possible(target) == IN_REMISSION
        return
    with pytest.raises(InvalidRecord) as refused:
        decide(folder, target)
    assert case["refused"] in refused.value.problem
    assert ("partial" in refused.value.remedy) is not case.get("outdated", False)
    assert {path.name for path in tmp_path.iterdir()} == {"export"}
    if case.get("outdated"):
        with pytest.raises(InvalidRecord, match=case["refused"]):
            decide(folder, target, AS_A_PART)
    else:
        decide(folder, target, AS_A_PART)
        assert possible(target) == OPEN


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_same_folder_read_as_charts(tmp_path: Path, case: dict[str, Any]) -> None:
    folder = folder_of(tmp_path, case)
    if "whole" not in case and "charts" not in case:
        with pytest.raises(InvalidRecord, match=case["refused"]):
            list(read_folder(folder))
    if not case.get("outdated"):
        charts = [chart for _, chart in read_folder(folder, partial=True)]
        assert charts
        assert all(isinstance(chart, Chart) for chart in charts)
