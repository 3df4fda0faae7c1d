"""One patient of an export: the same decision as on a bundle of its resources, as values another
process can have.
"""

import json
import pickle
from pathlib import Path

import pytest

from allstatus.bulk.fhir_export.decide_patient import (
    Decided,
    DecideSettings,
    ExportContext,
    decide_patient,
)
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.timelines.timeline import decide_chart

FHIR = Path(__file__).parents[3] / "fixtures" / "fhir"
HOW = DecideSettings(
    engine="builtin", options=make_reader(["symptoms-absent-unless-recorded"]), explain=True
)
BUNDLES = sorted(path for path in FHIR.glob("*.json") if not path.name.endswith(".expected.json"))


def lines_of(path: Path) -> list[bytes]:
    value = json.loads(path.read_bytes())
    resources = (
        [entry["resource"] for entry in value["entry"]] if isinstance(value, dict) else value
    )
    return [json.dumps(resource).encode() for resource in resources]


@pytest.mark.parametrize(
    "path",
    [path for path in BUNDLES if b"Patient/p1" in path.read_bytes()],
    ids=lambda path: path.stem,
)
def test_a_row_says_what_the_bundle_does(path: Path) -> None:
    charts = [
        chart for _, chart in read_charts(f"[{','.join(line.decode() for line in lines_of(path))}]")
    ]
    for chart in charts:
        alone = ExportContext(alone=len(charts) == 1)
        (decided,) = decide_patient(HOW, chart.patient or "", lines_of(path), alone)
        decision = decide_chart(HOW.classifier, chart, options=HOW.options)
        if decision.outcome == "not_applicable":
            assert decided.row is None
            continue
        assert decided.row is not None
        assert list(decided.row) == HOW.columns
        assert (decided.row["outcome"], decided.row["status"]) == (
            decision.outcome,
            decision.status,
        )
        assert decided.row["missing"] == " ".join(entry.fact for entry in decision.missing)
        evidence = json.loads(decided.evidence or b"")
        assert evidence["facts"] == json.loads(decision.to_json())["facts"]
        assert evidence["warnings"] == list(decision.warnings)


def test_what_another_process_needs_can_be_sent_there() -> None:
    lines = lines_of(FHIR / "30-count-near-the-marrow.json")
    how: DecideSettings = pickle.loads(pickle.dumps(HOW))
    decided: Decided = pickle.loads(pickle.dumps(decide_patient(how, "p1", lines)[0]))
    assert decided.row is not None
    assert (decided.row["id"], decided.row["status"], decided.row["as_of"]) == (
        "p1",
        "in_remission",
        "2025-03-10",
    )


def test_lines_that_are_no_resource_are_named_by_place_without_their_values() -> None:
    lines = [
        b"{",
        *lines_of(FHIR / "30-count-near-the-marrow.json"),
        b'{"secret": 1}',
        b"\xff\xfe{",
    ]
    (decided,) = decide_patient(HOW, "p1", lines)
    assert decided.row is not None
    assert sorted(decided.refused) == [0, len(lines) - 2, len(lines) - 1]
    assert not any("secret" in reason for reason in decided.refused.values())
