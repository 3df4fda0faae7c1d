"""Every chart of `fixtures/` gives the decision that stands beside it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from allstatus.decision.decision import Decision
from allstatus.decision.schema import schema_of
from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.dates import read_when
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.json_reader import decode
from allstatus.render.text import render_text
from shipped import RULES

FIXTURES = Path(__file__).parents[2] / "fixtures"
EXPECTED = sorted([*FIXTURES.glob("fhir/*.expected.json"), *FIXTURES.glob("hl7v2/*.expected.json")])
SCHEMA = jsonschema.Draft202012Validator(schema_of("decision"))


def chart_file(expected: Path) -> Path:
    stem = expected.name.removesuffix(".expected.json")
    return next(
        path
        for path in (expected.with_name(f"{stem}.json"), expected.with_name(f"{stem}.hl7"))
        if path.exists()
    )


def decisions(path: Path, how: dict[str, Any]) -> list[Decision]:
    as_of = read_when(how["as_of"]) if "as_of" in how else None
    decided = []
    for _, chart in read_charts(decode(path.read_bytes(), str(path))):
        assert isinstance(chart, Chart)
        options, overlays = make_reader(how.get("assume", [])), make_overlays(how.get("with", []))
        decided.append(
            decide_chart(
                RULES,
                chart,
                as_of=as_of.last if as_of else None,
                options=options,
                overlays=overlays,
            )
        )
    return decided


@pytest.mark.parametrize(
    "expected",
    EXPECTED,
    ids=lambda path: f"{path.parent.name}/{path.name.removesuffix('.expected.json')}",
)
def test_a_chart_gives_the_decision_beside_it(expected: Path) -> None:
    how = json.loads(expected.read_text("utf-8"))
    found = decisions(chart_file(expected), how)
    assert [decision.record.id for decision in found] == [
        patient["id"] for patient in how["patients"]
    ]
    for decision, wanted in zip(found, how["patients"], strict=True):
        _hold(decision, wanted)


def _hold(decision: Decision, wanted: dict[str, Any]) -> None:
    document = json.loads(decision.to_json())
    SCHEMA.validate(document)
    assert document == json.loads(json.dumps(decision.to_dict()))
    assert (document["outcome"], document["status"]) == (wanted["outcome"], wanted["status"])
    assert {
        name: document["facts"][name]["value"] for name in wanted.get("facts", {})
    } == wanted.get("facts", {})
    assert {entry["constraint"] for entry in document["conflicts"]} == set(
        wanted.get("conflicts", [])
    )
    assert set(wanted.get("missing", [])) <= {entry["fact"] for entry in document["missing"]}
    assert set(wanted.get("assumptions", [])) <= {
        entry["value"] for entry in document["assumptions"]
    }
    assert document["warnings"] == wanted.get("warnings", [])
    if "diagnoses" in wanted:
        assert [entry["code"] for entry in document["diagnoses"]] == wanted["diagnoses"]
    if "remission_number" in wanted:
        assert document["trace"]["remission_number"] == wanted["remission_number"]


def test_every_trap_has_a_chart() -> None:
    numbers = {path.name[:2] for path in EXPECTED if path.name[:2].isdigit()}
    assert numbers == {f"{number:02d}" for number in range(1, 41)}


def test_every_known_fact_of_a_chart_has_evidence() -> None:
    for expected in EXPECTED:
        for decision in decisions(chart_file(expected), json.loads(expected.read_text("utf-8"))):
            for name, fact in decision.facts.items():
                assert fact.value is None or fact.state == "derived" or fact.evidence, (
                    expected.name,
                    name,
                )


FIELD = {
    name: case
    for cases in yaml.safe_load((FIXTURES / "field" / "expected.yaml").read_text("utf-8")).values()
    for name, case in cases.items()
}
USUAL = ["symptoms-absent-unless-recorded"]


def answer(decision: Decision, expect: dict[str, Any]) -> dict[str, Any]:
    """Of a decision what is expected of it: its status or outcome, what is possible, facts."""
    said = {"status": decision.status, "outcome": decision.outcome}
    said["possible"] = list(decision.possible)
    facts = [name for name in expect if name not in said]
    return {name: said[name] for name in said if name in expect} | {
        name: decision.facts[name].value for name in facts
    }


@pytest.mark.parametrize("name", FIELD)
def test_a_shape_of_the_field_is_read_as_the_table_says(name: str) -> None:
    case = FIELD[name]
    how = {"assume": case.get("assume", USUAL)} | {key: case[key] for key in case if key == "as_of"}
    found = decisions(FIXTURES / "field" / f"{name}.json", how)
    told = {str(decision.record.id): decision for decision in found}
    expect = case["expect"]
    assert {who: answer(told[who], expect[who]) for who in expect} == expect
    assert len(found) == len(expect)
    for decision in found:
        assert all(words in decision.to_json().decode() for words in case.get("says", ()))
        assert "never" not in case or case["never"] not in render_text(decision)


def test_every_chart_of_the_field_is_expected() -> None:
    assert {path.stem for path in (FIXTURES / "field").glob("*.json")} == set(FIELD)
