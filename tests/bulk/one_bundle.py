"""What one bundle of everything in an export gives each patient: the oracle for the export."""

import json
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from allstatus.bulk.fhir_export.decide_patient import row_of
from allstatus.ehr.facts_table import facts_document
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from bulk.folders import HOW, Resource, decide, evidence, rows


def expected(resources: list[Resource]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows and the evidence of every patient with ALL, from one bundle that holds
    everything.
    """
    answers, grounds = [], []
    for chart in read_fhir(parse_json(json.dumps(resources))):
        decision = decide_chart(HOW.classifier, chart, options=HOW.options)
        if decision.outcome != "not_applicable":
            answers.append(row_of(HOW, chart.patient or "", decision))
            grounds.append(_ground(json.loads(to_json(facts_document(decision)))))
    return answers, grounds


def _ground(line: dict[str, Any]) -> dict[str, Any]:
    """The facts with their evidence, the warnings, and where every statement went."""
    kept = ("facts", "accounted", "set_aside", "not_understood")
    return {key: line[key] for key in kept} | {"warnings": sorted(line["warnings"])}


def assert_same(
    resources: list[Resource], folder: Path, target: Path, *, ordered: bool = True
) -> None:
    answers, grounds = expected(resources)
    totals = decide(folder, target)
    assert totals.lines == totals.read + totals.passed + totals.rejected
    assert rows(target) == json.loads(json.dumps(answers))
    found = [_ground(line) for line in evidence(target)]
    if ordered:
        assert found == grounds
    else:
        assert [_settled(line) for line in found] == [_settled(line) for line in grounds]


def _settled(ground: dict[str, Any]) -> dict[str, Any]:
    """Evidence whose order on one day follows the order of the file, put in order."""
    facts = {
        name: fact | {"evidence": sorted(map(str, fact["evidence"]))}
        for name, fact in ground["facts"].items()
    }
    return ground | {"facts": facts}
