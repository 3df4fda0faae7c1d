"""Lines that are JSON and no resource are told by file and line at every door that reads lines, and
the lines about them are read.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import InvalidRecord
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_bundle_lines, read_charts, read_folder
from allstatus.ehr.coding.codes import code_tables

WRONG = yaml.safe_load((Path(__file__).parent / "lines.yaml").read_text("utf-8"))
PATIENT = '{"resourceType": "Patient", "id": "p1"}'
CONDITION = json.dumps(
    {
        "resourceType": "Condition",
        "id": "c1",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C91.00"}]},
    }
)
AT = [*range(2, len(WRONG) + 2)]
LINES = "\n".join([PATIENT, *WRONG, CONDITION, ""])
ONLY_WRONG = "\n".join(WRONG)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "a.ndjson").write_text(LINES)
    (folder / "b.ndjson").write_text(ONLY_WRONG)
    (folder / "c.ndjson").write_text("")
    return folder


def told(values: Iterator[tuple[int | None, Any]]) -> tuple[list[tuple[int | None, str]], int]:
    """(number and field of each refusal, charts)."""
    found = list(values)
    refused = [(number, value) for number, value in found if isinstance(value, InvalidRecord)]
    assert {value.problem for _, value in refused} == {"is not a FHIR resource"}
    charts = sum(isinstance(value, Chart) for _, value in found)
    return [(number, value.field) for number, value in refused], charts


def test_a_folder(folder: Path) -> None:
    places = [f"{folder}/a.ndjson line {number}" for number in AT]
    places += [f"{folder}/b.ndjson line {number - 1}" for number in AT]
    assert told(read_folder(folder)) == ([(None, place) for place in places], 1)


def test_a_file_and_a_list() -> None:
    assert told(read_charts(LINES)) == ([(number, "input") for number in AT], 1)
    listed = f"[{','.join([PATIENT, *WRONG, CONDITION])}]"
    assert told(read_charts(listed)) == ([(number, "input") for number in AT], 1)


def test_bundles_by_line(tmp_path: Path) -> None:
    bundle = json.dumps({"resourceType": "Bundle", "entry": [{"resource": json.loads(PATIENT)}]})
    (tmp_path / "b.ndjson").write_text("\n".join([bundle, *WRONG, bundle]))
    assert told(read_bundle_lines(str(tmp_path / "b.ndjson"))) == ([(at, "input") for at in AT], 2)


def test_codes_that_no_table_names(folder: Path) -> None:
    pytest.importorskip("pyarrow")
    from allstatus.bulk.fhir_export.unknown_lines import count_unknown_lines

    refused: list[InvalidRecord] = []
    assert count_unknown_lines(folder, code_tables(), refused.append) == Counter()
    places = [error.field.removeprefix(f"{folder}/") for error in refused]
    assert places == [
        *(f"a.ndjson line {number}" for number in AT),
        *(f"b.ndjson line {number - 1}" for number in AT),
    ]


def test_an_export(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from bulk.folders import decide

    totals = decide(folder, tmp_path / "out.ndjson")
    with (tmp_path / "out.ndjson.rejects.csv").open(newline="") as file:
        rejects = [(row["file"], int(row["line"])) for row in csv.DictReader(file)]
    assert rejects == [("a.ndjson", at) for at in AT] + [("b.ndjson", at - 1) for at in AT]
    assert (totals.lines, totals.read, totals.rejected) == (2 * len(WRONG) + 2, 2, 2 * len(WRONG))


def test_the_service(tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    from service.conftest import serving

    with serving(tmp_path) as client:
        kind = {"Content-Type": "application/x-ndjson"}
        answer = client.post("/classify", content=LINES.encode(), headers=kind)
        rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["problem"]["record"] for row in rows if "problem" in row] == AT
    assert [row["id"] for row in rows if "problem" not in row] == ["p1"]
