"""Decisions and rule sets as FHIR: what stands in the resources, and that two public validators
find no fault in any.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import load_rules
from allstatus.decision.decision import Decision
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.codes import read_yaml, table
from allstatus.ehr.out.bundle import bundle_json, definitions, to_bundle
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.names import BASE, Names, system_address
from allstatus.ehr.out.request_group import make_proposals
from allstatus.ehr.timeline import decide_chart
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import decode
from allstatus.translate.cql import to_cql
from needs import FHIR_VALIDATORS
from node import NODE, js_tool

FIXTURES = Path(__file__).parents[3] / "fixtures"
CASES: dict[str, Any] = yaml.safe_load((FIXTURES / "fhir_out/cases.yaml").read_text("utf-8"))
RULES = load_rules(engine="builtin")
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
DEFINITIONS = {
    f"{one['resourceType']}/{one['id']}": one
    for one in definitions(RULES.table, cql="library Made")
}
MAPS = [
    (entry["name"], status, target)
    for entry in read_yaml("outputs")["maps"]
    for status, target in entry["statuses"].items()
]
OPEN = [
    "prior_treatment",
    "prior_remission",
    "cbc",
    "marrow_blast_percent",
    "signs_and_symptoms",
    "leukemia_outside_marrow",
]


def charts(path: Path, assume: list[str] | None = None) -> Iterator[Decision]:
    return decide_all(decode(path.read_bytes(), str(path)), assume)


def decide_all(text: str, assume: list[str] | None = None) -> Iterator[Decision]:
    for _, chart in read_charts(text):
        assert isinstance(chart, Chart)
        yield decide_chart(RULES, chart, options=make_reader(assume or []))


def decide(case: dict[str, Any]) -> Decision:
    return (
        RULES.classify(case["record"])
        if "record" in case
        else next(charts(FIXTURES / case["chart"], case.get("assume")))
    )


def every_decision() -> Iterator[tuple[str, Decision]]:
    """Every record and chart of the fixtures, every case, every complete case of the table."""
    for name, case in CASES.items():
        yield name, decide(case)
    for path in sorted(FIXTURES.glob("records/*.json")):
        if not path.name.endswith(".expected.json"):
            try:
                yield path.name, RULES.classify(parse_json(path.read_text("utf-8")))
            except InvalidRecord:
                continue
    for path in sorted([*FIXTURES.glob("fhir/*.json"), *FIXTURES.glob("hl7v2/*.hl7")]):
        if not path.name.endswith(".expected.json"):
            for number, decision in enumerate(charts(path)):
                yield f"{path.name} {number}", decision
    for number, record in enumerate(complete_records()):
        yield f"complete case {number}", RULES.classify(record)


def complete_records() -> Iterator[dict[str, Any]]:
    """A record for each complete case of the criteria."""
    limit = RULES.ruleset.thresholds["blast_threshold"].value
    for case in RULES.table.cases:
        yield {
            "prior_treatment": "disease_directed" if case["treated"] else "none",
            "prior_remission": case["remission_before"],
            "relapse_since_remission": case["relapse_since_remission"],
            "cbc": "normal" if case["cbc_normal"] else "abnormal",
            "marrow_blast_percent": str(limit + case["marrow_blasts_above_threshold"]),
            "signs_and_symptoms": "present" if case["signs_or_symptoms"] else "absent",
            "leukemia_outside_marrow": "present" if case["leukemia_outside_marrow"] else "absent",
        }


@cache
def decisions() -> dict[str, Decision]:
    return dict(every_decision())


@cache
def bundles() -> dict[str, dict[str, Any]]:
    return {name: to_bundle(decision, at=AT) for name, decision in decisions().items()}


def resources(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"]]


def at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def values(value: Any, key: str) -> Iterator[Any]:
    """Everything under a key, however deep."""
    for part in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from values(part, key)
    if isinstance(value, dict) and key in value:
        yield value[key]


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


def linked_by_id(value: Any) -> Any:
    """References within a bundle as a server would rewrite them, so that the kind they lead to is
    checked.
    """
    if isinstance(value, dict):
        changed = {key: linked_by_id(part) for key, part in value.items()}
        if str(changed.get("reference", "")).startswith("urn:uuid:"):
            changed["reference"] = (
                f"{changed['type']}/{changed['reference'].removeprefix('urn:uuid:')}"
            )
        return changed
    return [linked_by_id(part) for part in value] if isinstance(value, list) else value


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


# --- the definitions


def test_codes_of_a_code_system_are_unique() -> None:
    for resource in DEFINITIONS.values():
        codes = [concept["code"] for concept in resource.get("concept", ())]
        assert len(codes) == len(set(codes)), resource["id"]
    assert len(list(Names(RULES.ruleset).concepts)) == len(
        DEFINITIONS[f"CodeSystem/{RULES.ruleset.id}"]["concept"]
    )


def test_a_definition_is_named_once_and_by_a_name_that_fhir_allows() -> None:
    urls = [one["url"] for one in DEFINITIONS.values()]
    assert len(urls) == len(set(urls))
    for one in DEFINITIONS.values():
        assert len(one["id"]) <= 64
        assert one["name"].isalnum()
        assert one["name"][0].isupper()


@pytest.mark.parametrize(
    ("name", "status", "target"), MAPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_map_is_no_closer_than_it_is(name: str, status: str, target: dict[str, str]) -> None:
    assert target["because"]
    assert target["equivalence"] in ("wider", "inexact", "unmatched")
    assert ("code" in target) == (target["equivalence"] != "unmatched")
    known = table("diagnoses").by_code.get(
        ("icd10cm" if name == "icd10cm" else "snomed", target.get("code", ""))
    )
    if known is not None and known[0]["asserts"] is not None:
        assert known[0]["asserts"] in RULES.ruleset.statuses[status].asserts
        assert known[1], "a code not checked against its source is not mapped to"


def test_outcomes_without_a_status_are_mapped_to_nothing() -> None:
    for resource in DEFINITIONS.values():
        if resource["resourceType"] == "ConceptMap":
            assert {element["code"] for element in resource["group"][0]["element"]} == set(
                RULES.ruleset.statuses
            )


def test_every_fact_has_a_place_in_a_chart_and_no_code_from_memory() -> None:
    needed = DEFINITIONS[f"Library/{RULES.ruleset.id}"]["dataRequirement"]
    sets = {f"{one['url']}|{one['version']}": one for one in DEFINITIONS.values()}
    assert {entry["codeFilter"][0]["valueSet"] for entry in needed} <= set(sets)
    listed = {
        (part["system"], code["code"])
        for entry in needed
        for part in sets[entry["codeFilter"][0]["valueSet"]]["compose"]["include"]
        for code in part["concept"]
    }
    tables = [read_yaml(name) for name in ("diagnoses", "results", "signs", "treatments")]
    unsure = {
        (system_address(code["system"]), str(code["code"]))
        for topics in tables
        for topic in topics.values()
        for code in topic["codes"]
        if not code["verified"]
    }
    assert not listed & unsure
    assert set(read_yaml("outputs")["requirements"]) == set(RULES.ruleset.facts)
    for fact in RULES.ruleset.facts.values():
        if "loinc" in fact.codes and fact.kind == "percent":
            assert set(fact.codes["loinc"]) <= {code for _, code in listed}


def test_the_plan_holds_what_each_status_lists_under_its_own_condition() -> None:
    plan = DEFINITIONS[f"PlanDefinition/{RULES.ruleset.id}"]
    for action, status in zip(plan["action"], RULES.ruleset.statuses.values(), strict=True):
        expression = action["condition"][0]["expression"]["expression"]
        assert f'define "{expression}": Coalesce("Status" = \'{status.name}\', false)' in to_cql(
            RULES.table
        )
        assert [option["title"] for option in action["action"]] == [
            option["title"] for option in RULES.ruleset.options[status.name]
        ]
        assert status.cite["sentence"] in json.dumps(action["documentation"])


# --- the commands


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "allstatus", *arguments], capture_output=True, text=True, check=True
    )


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


def test_definitions_are_written_one_a_file(tmp_path: Path) -> None:
    done = run("fhir", "definitions", "-o", str(tmp_path / "site"))
    assert done.stdout == ""
    assert f"{len(DEFINITIONS)} definitions" in done.stderr
    written = {
        path.stem.replace("-", "/", 1): json.loads(path.read_text("utf-8"))
        for path in (tmp_path / "site").iterdir()
    }
    assert set(written) == set(DEFINITIONS)
