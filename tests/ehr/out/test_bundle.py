"""Decisions and rule sets as FHIR: what stands in the resources, and that two public validators
find no fault in any.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from allstatus.ehr.out.bundle import bundle_json, definitions, to_bundle
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.names import BASE
from allstatus.ehr.out.request_group import make_proposals
from command_line import run
from ehr.out.written import (
    AT,
    CASES,
    DEFINITIONS,
    FIXTURES,
    RULES,
    at,
    bundles,
    decide,
    decide_all,
    decisions,
    linked_by_id,
    resources,
    values,
)
from needs import FHIR_VALIDATORS
from node import NODE, js_tool

OPEN = [
    "prior_treatment",
    "prior_remission",
    "cbc",
    "marrow_blast_percent",
    "signs_and_symptoms",
    "leukemia_outside_marrow",
]


@pytest.mark.parametrize("name", CASES)
def test_a_case_gives_these_resources(name: str) -> None:
    found = resources(to_bundle(decide(CASES[name]), at=AT))
    assert [resource["resourceType"] for resource in found] == CASES[name]["resources"]
    for path, said in CASES[name]["says"].items():
        kind, _, rest = path.partition(".")
        assert at(next(one for one in found if one["resourceType"] == kind), rest) == said, path


def test_the_decisions_cover_every_outcome_status_region_option_and_open_fact() -> None:
    said = list(decisions().values())
    assert {one.outcome for one in said} == {
        "determined",
        "outside_definitions",
        "insufficient_data",
        "conflicting_data",
        "not_applicable",
    }
    assert {one.status for one in said} >= set(RULES.ruleset.statuses)
    assert {region.id for one in said for region in one.regions} == set(RULES.ruleset.regions)
    listed = {option["id"] for options in RULES.ruleset.options.values() for option in options}
    assert {option.id for one in said for option in one.options} == listed
    assert {entry.fact for one in said for entry in one.missing} >= set(OPEN)
    assert any(one.contradictions for one in said)


# --- two public validators, and HL7's own codes


def validate(written: list[dict[str, Any]]) -> list[list[str]]:
    lines = "".join(json.dumps(one) + "\n" for one in written)
    done = subprocess.run(
        [NODE, js_tool("validate_fhir.mjs")],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@FHIR_VALIDATORS
def test_no_validator_finds_a_fault_in_a_bundle_or_in_any_resource_of_one() -> None:
    distinct = {json.dumps(bundle): bundle for bundle in map(linked_by_id, bundles().values())}
    written = [*distinct.values()]
    written += [resource for bundle in distinct.values() for resource in resources(bundle)]
    assert [fault for faults in validate(written) for fault in faults] == []


@FHIR_VALIDATORS
@pytest.mark.parametrize("base", [BASE, "http://hospital.example/r4"])
def test_no_validator_finds_a_fault_in_a_definition(base: str) -> None:
    written = definitions(RULES.table, base=base) + [
        make for make in DEFINITIONS.values() if make["resourceType"] == "Library"
    ]
    assert [fault for faults in validate(written) for fault in faults] == []


@FHIR_VALIDATORS
def test_each_validator_finds_what_it_is_there_for() -> None:
    observation = {
        "resourceType": "Observation",
        "status": "done",
        "code": {"text": "x"},
        "other": 1,
    }
    group = {
        "resourceType": "RequestGroup",
        "status": "draft",
        "intent": "proposal",
        "action": [{"title": "no resource"}],
    }
    absent = {
        "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "code": "unknown",
        "display": "Lost",
    }
    coded = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "dataAbsentReason": {"coding": [absent]},
    }
    first, second, third = validate([observation, group, coded])
    assert [fault.split(":")[0] for fault in first] == ["fhir", "fhir", "medplum"]
    assert len(second) == 1
    assert "rqg-1" in second[0]
    assert third == [
        "codes: http://terminology.hl7.org/CodeSystem/data-absent-reason "
        'calls unknown "Unknown", not "Lost"'
    ]


# --- what must hold of every bundle


def test_references_lead_somewhere_and_nothing_is_empty() -> None:
    for name, bundle in bundles().items():
        kinds = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in bundle["entry"]}
        for resource in resources(bundle):
            contained = {f"#{one['id']}" for one in resource.get("contained", ())}
            used = {
                text
                for text in values(resource, "reference")
                if isinstance(text, str) and text.startswith("#")
            }
            assert used == contained, name
        links = [link for link in _links(bundle) if link["reference"].startswith("urn:uuid:")]
        assert all(link["type"] == kinds[link["reference"]] for link in links), name
        assert not any(part in (None, "", [], {}) for part in _parts(bundle)), name


def _links(value: Any) -> Iterator[dict[str, Any]]:
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _links(part)
    if (
        isinstance(value, dict)
        and isinstance(value.get("reference"), str)
        and "resourceType" not in value
    ):
        yield value


def _parts(value: Any) -> Iterator[Any]:
    yield value
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _parts(part)


def test_a_bundle_claims_no_profile_orders_nothing_and_names_its_rules() -> None:
    rules = RULES.ruleset
    for name, bundle in bundles().items():
        text = json.dumps(bundle).lower()
        assert not [
            word for word in ("profile", "97509-4", "recommend", "approved") if word in text
        ], name
        assert set(values(bundle, "intent")) <= {"proposal"}, name
        for resource in resources(bundle):
            kind, shown = resource["resourceType"], json.dumps(resource)
            assert rules.id in shown, (name, kind)
            assert kind == "Provenance" or rules.digest in shown, (name, kind)
            assert kind in ("Provenance", "DetectedIssue") or rules.notice in shown, (name, kind)


def test_every_code_of_a_bundle_is_in_the_definitions_with_that_display() -> None:
    systems = [one for one in DEFINITIONS.values() if one["resourceType"] == "CodeSystem"]
    known = {
        (one["url"], one["version"], c["code"], c["display"])
        for one in systems
        for c in one["concept"]
    }
    addresses = {f"{one['url']}|{one['version']}" for one in DEFINITIONS.values()}
    for name, bundle in bundles().items():
        own = [
            coding
            for codings in values(bundle, "coding")
            for coding in codings
            if coding["system"].startswith(BASE)
        ]
        assert {(c["system"], c["version"], c["code"], c["display"]) for c in own} <= known, name
        named = {*values(bundle, "valueSet"), *values(bundle, "moduleCanonical")}.union(
            *values(bundle, "instantiatesCanonical")
        )
        assert named <= addresses, name


def test_ids_follow_from_the_decision_and_only_the_moment_is_new() -> None:
    decision = decide(next(iter(CASES.values())))
    first, again = bundle_json(decision, at=AT), bundle_json(decision, at=AT)
    later = bundle_json(decision, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert first == again
    assert later.replace(b"2027-01-01T00:00:00", b"2026-03-01T12:30:00") == first
    by_document = {
        decision.to_json(): bundles()[name]["id"] for name, decision in decisions().items()
    }
    assert len(set(by_document.values())) == len(by_document)


def test_criteria_are_components_as_the_table_has_them() -> None:
    for name, decision in decisions().items():
        for observation in (
            one for one in resources(bundles()[name]) if one["resourceType"] == "Observation"
        ):
            said = {
                part["code"]["coding"][0]["code"]: part.get("valueBoolean")
                for part in observation["component"]
            }
            assert {
                criterion: said[criterion] for criterion in RULES.ruleset.criteria
            } == decision.verdicts


def test_what_does_not_apply_is_named_and_not_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    decision = decide(next(iter(CASES.values())))
    first, *rest = decision.options
    unfit = replace(first, applicability="does_not_apply", because="The marker is negative.")
    monkeypatch.setitem(vars(decision), "options", (*rest, unfit))
    group = make_proposals(Context(decision, AT))
    assert [action["title"] for action in group["action"]] == [option.title for option in rest]
    assert (
        group["note"][0]["text"]
        == "Listed by the page, not proposed here: Chemotherapy. The marker is negative."
    )


def test_no_text_of_the_chart_goes_along() -> None:
    chart = json.loads((FIXTURES / "fhir/23-grade-m2-text.json").read_text("utf-8"))
    for resource in resources(chart):
        resource["note"] = [{"text": "canary"}]
        resource["text"] = {"status": "generated", "div": "<div>canary</div>"}
        if resource["resourceType"] == "Patient":
            resource |= {
                "name": [{"family": "canary"}],
                "identifier": [{"value": "canary"}],
                "birthDate": "1971-07-17",
            }
        if resource["resourceType"] == "Observation":
            resource["code"]["text"] = "canary"
    text = bundle_json(next(decide_all(json.dumps(chart))), at=AT).decode()
    assert "canary" not in text
    assert "1971" not in text


# --- the commands


def test_one_bundle_a_line(tmp_path: Path) -> None:
    records = tmp_path / "records.ndjson"
    records.write_text(
        '{"id": "a", "cbc": "normal"}\n{"id": "b", "prior_remission": true, "cbc": "abnormal"}\n',
        "utf-8",
    )
    lines = [
        json.loads(line)
        for line in run("classify", str(records), "--format", "fhir").stdout.splitlines()
    ]
    assert [line["resourceType"] for line in lines] == ["Bundle", "Bundle"]
    assert [resources(line)[0]["subject"]["identifier"]["value"] for line in lines] == ["a", "b"]
