"""One chart, one answer and one account, through whichever door it comes; and the account holds
every statement that the raw text does.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service extra is not installed")
pytest.importorskip("pyarrow", reason="the bulk extra is not installed")

from pydantic_core import to_json
from starlette.testclient import TestClient
from synthetic import make_export

from allstatus.bulk.fhir_export.decide_patient import DecideSettings, ExportContext, decide_patient
from allstatus.commands.batch_export import not_understood_lines
from allstatus.decision.decision import Decision
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import DEFAULT_OPTIONS
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import decode
from allstatus.service.prefetch import PrefetchedChart
from bulk.folders import HOW as ASSUMING
from bulk.folders import decide, evidence, exported, write_folder
from ehr import linked, raw_statements
from ehr import test_hl7v2 as messages
from ehr.assess.test_assessor import CASES, as_patients
from ehr.assess.test_recorded_answers import BASE
from ehr.assess.test_recorded_answers import observation as answered_in_chart
from ehr.bundles import ALL, ICD10CM, concept, condition, marrow, observation, patient
from service.conftest import prefetch_of, serving

HOW = DecideSettings(engine="builtin", options=DEFAULT_OPTIONS)
RULES = HOW.classifier
FIXTURES = Path(__file__).parents[2] / "fixtures"
FHIR = [path for path in sorted(FIXTURES.glob("fhir/*.json")) if ".expected" not in path.name]
FHIR.append(FIXTURES / "timelines" / "ten-years.json")
FHIR += [path for path in sorted(FIXTURES.glob("field/*.json")) if "two-servers" not in path.name]
CHARTS = [*FHIR, *sorted(FIXTURES.glob("hl7v2/*.hl7")), *sorted(FIXTURES.glob("tables/*.csv"))]
COUNTS = {
    ".json": lambda text: raw_statements.of_fhir(json.loads(text)),
    ".hl7": raw_statements.of_hl7,
    ".csv": raw_statements.of_table,
}
MEDIA = {".json": "application/fhir+json", ".hl7": "application/hl7-v2"}


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def classified(value: Any) -> list[Decision]:
    return [decide_chart(RULES, chart) for chart in read_fhir(value)]


def told(document: dict[str, Any]) -> Any:
    """Who it is about, the answer, and where every statement went."""
    return {key: document[key] for key in ("outcome", "status", "accounted", "warnings")}


def of(decision: Decision) -> Any:
    return told(json.loads(decision.to_json()))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("doors")) as client:
        yield client


@pytest.mark.parametrize("path", CHARTS, ids=name_of)
def test_what_came_in_is_what_the_raw_text_holds(path: Path) -> None:
    text = decode(path.read_bytes(), str(path))
    found = [decide_chart(RULES, chart).accounted for _, chart in read_charts(text)]
    assert sum(numbers.came_in for numbers in found) == COUNTS[path.suffix](text)


@pytest.mark.parametrize("seed", range(4))
def test_what_came_in_is_what_a_synthetic_chart_holds(seed: int) -> None:
    resources = list(make_export(6, 0.6, 40, seed))
    found = [decision.accounted for decision in classified(parse_json(json.dumps(resources)))]
    assert sum(numbers.came_in for numbers in found) == raw_statements.of_fhir(resources)


@pytest.mark.parametrize("path", FHIR, ids=name_of)
def test_a_chart_in_an_export_has_the_account_of_its_bundle(path: Path) -> None:
    resources = exported(json.loads(path.read_text("utf-8")))
    lines = [json.dumps(resource).encode() for resource in resources]
    decisions = classified(parse_json(json.dumps(resources)))
    for decision in decisions:
        name, alone = str(decision.record.id or ""), ExportContext(alone=len(decisions) == 1)
        (decided,) = decide_patient(HOW, name, lines, alone)
        if decision.outcome == "not_applicable":
            assert decided.row is None
        else:
            assert told(json.loads(decided.evidence or b"")) == of(decision)


@pytest.mark.parametrize("path", [p for p in CHARTS if p.suffix in MEDIA], ids=name_of)
def test_a_chart_sent_to_the_service_has_the_same_account(path: Path, client: TestClient) -> None:
    text = path.read_bytes()
    charts = [chart for _, chart in read_charts(decode(text, str(path)))]
    sent = {"content": text, "headers": {"content-type": MEDIA[path.suffix]}}
    answered = client.post("/classify", **sent).text.splitlines()
    assert [told(json.loads(line)) for line in answered] == [
        of(decide_chart(RULES, chart)) for chart in charts
    ]


@pytest.mark.parametrize("path", FHIR, ids=name_of)
def test_a_chart_prefetched_for_a_hook_has_the_same_account(path: Path) -> None:
    value = json.loads(path.read_text("utf-8"))
    bundle = {"resourceType": "Bundle", "entry": [{"resource": r} for r in exported(value)]}
    prefetch = prefetch_of(bundle)
    sent = [value for value in prefetch.values() if value is not None]
    decisions = {decision.record.id: of(decision) for decision in classified(sent)}
    if [*decisions] == ["p1"]:
        assert (
            of(decide_chart(RULES, PrefetchedChart("p1", "", prefetch).chart())) == decisions["p1"]
        )


@pytest.mark.slow
def test_every_shape_has_one_answer_in_an_export(tmp_path: Path) -> None:
    charts = as_patients()
    target = tmp_path / "out.ndjson"
    everything = [resource for chart in charts.values() for resource in chart]
    decide(write_folder(tmp_path / "export", everything), target, HOW)
    found = {line["id"]: told(line) for line in evidence(target)}
    among = {chart.patient: chart for chart in read_fhir(parse_json(json.dumps(everything)))}
    wanted = {name: of(decide_chart(RULES, among[name])) for name in charts}
    for name in more_open_in_an_export():
        assert found.pop(name)["outcome"] == wanted.pop(name)["outcome"] == "insufficient_data"
    assert found == {
        name: answer for name, answer in wanted.items() if answer["outcome"] != "not_applicable"
    } | {name: answer for name, answer in found.items() if name not in charts}


def more_open_in_an_export() -> list[str]:
    """Patients beside whose charts an export does not hold who somebody else is."""
    return [f"{n}-p1" for n, case in enumerate(CASES.values(), 1) if "export" in case]


def test_every_shape_has_one_answer_at_the_service(client: TestClient) -> None:
    for resources in as_patients().values():
        charts = read_fhir(parse_json(json.dumps(resources)))
        sent = {"content": to_json(resources), "headers": {"content-type": MEDIA[".json"]}}
        answered = client.post("/classify", **sent).text.splitlines()
        assert [told(json.loads(line)) for line in answered] == [
            of(decide_chart(RULES, chart)) for chart in charts
        ]


def test_every_seventh_message_has_one_answer_at_the_service(client: TestClient) -> None:
    for part, _, written in (param.values for param in messages.ANSWERS[::7]):
        text = messages.text_of(part, written)
        sent = {"content": text.encode(), "headers": {"content-type": MEDIA[".hl7"]}}
        answered = client.post("/classify", **sent).text.splitlines()
        wanted = [of(decide_chart(RULES, chart)) for _, chart in read_charts(text)]
        assert [told(json.loads(line)) for line in answered] == wanted


def test_kinds_that_are_not_read_count_at_every_door(tmp_path: Path, client: TestClient) -> None:
    about = {"reference": "Patient/p1"}
    others = [
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": about},
        {"resourceType": "Immunization", "id": "i", "patient": {"type": "Patient", **about}},
        {"resourceType": "ImagingStudy", "id": "s", "subject": about, "status": "available"},
        {"resourceType": "Claim", "id": "c", "patient": about, "note": '"subject"'},
        {"resourceType": "Account", "id": "n", "subject": [about]},
        {"resourceType": "Coverage", "id": "v", "beneficiary": about},
        {"resourceType": "Organization", "id": "o", "name": "patient"},
        {"resourceType": "AllergyIntolerance", "id": "b", "patient": {"reference": "Patient/p2"}},
        {"resourceType": "Encounter", "id": "e", "subject": about, "status": "finished"},
    ]
    resources = [patient(), ALL, marrow("3", "2025-03-10"), *others]
    (decision,) = classified(parse_json(json.dumps(resources)))
    numbers = decision.accounted
    assert (numbers.came_in, numbers.about_something_else) == (8, 6)
    target = tmp_path / "out.ndjson"
    decide(write_folder(tmp_path / "export", resources), target, HOW)
    (line,) = evidence(target)
    assert told(line) == of(decision)
    sent = {"content": to_json(resources), "headers": {"content-type": MEDIA[".json"]}}
    assert told(client.post("/classify", **sent).json()) == of(decision)


@pytest.mark.parametrize("status", ["final", "preliminary"])
def test_a_clinicians_answer_counts_at_every_door(
    status: str, tmp_path: Path, client: TestClient
) -> None:
    signs = {"signs_and_symptoms": "absent", "day": "2026-02-03", "status": status}
    resources = [*BASE, answered_in_chart(0, signs, RULES.ruleset.id)]
    (decision,) = classified(parse_json(json.dumps(resources)))
    assert (decision.status == "in_remission") is (status == "final")
    target = tmp_path / "out.ndjson"
    decide(write_folder(tmp_path / "export", resources), target, HOW)
    (line,) = evidence(target)
    sent = {"content": to_json(resources), "headers": {"content-type": MEDIA[".json"]}}
    assert told(line) == told(client.post("/classify", **sent).json()) == of(decision)


def test_an_export_counts_what_is_not_understood_by_its_coding(tmp_path: Path) -> None:
    local = "http://h.example/dx"
    unclear = condition("dx", "C91.00", system=local, subject={"reference": "Patient/p2"})
    own = observation("own", "KMB", "2025-03-10", valueInteger=2)
    own["code"]["coding"][0]["system"] = "http://h.example/lab"
    people = [patient(), patient("p2"), ALL, unclear, own, own | {"id": "own2"}]
    totals = decide(write_folder(tmp_path / "export", people), tmp_path / "out.ndjson", HOW)
    assert (totals.found, totals.listed, totals.unclear) == (2, 1, 1)
    assert totals.unread == {"http://h.example/lab KMB": 2, f"{local} C91.00": 1}
    assert list(not_understood_lines(totals)) == [
        "patients not listed with a diagnosis that is not understood: 1",
        f"3 statements are not understood, most often: http://h.example/lab KMB (2), {local} "
        "C91.00 (1); `allstatus codes unknown` lists all",
    ]


def test_an_export_counts_patients_whose_diagnoses_are_not_understood(tmp_path: Path) -> None:
    """Also those without a code of ALL: by a code of the house, by text, each once."""
    refuted = concept("refuted", "http://terminology.hl7.org/CodeSystem/condition-ver-status")
    coded = {
        "p2": condition("a", "LEUK", system="http://h.example/dx"),
        "p3": {"resourceType": "Condition", "id": "b", "code": {"text": "leukaemia?"}},
        "p4": condition("c", "I10", system=ICD10CM),
        "p5": condition("d", "LEUK", system="http://h.example/dx")
        | {"verificationStatus": refuted},
    }
    people: list[dict[str, Any]] = [patient(), ALL]
    for name, resource in coded.items():
        about = resource | {"subject": {"reference": f"Patient/{name}"}}
        people += [patient(name), about, about | {"id": f"{name}-again"}]
    totals = decide(write_folder(tmp_path / "export", people), tmp_path / "out.ndjson", HOW)
    assert (totals.found, totals.listed, totals.unclear) == (1, 1, 2)


@pytest.mark.parametrize("case", linked.CASES)
def test_who_is_one_person_is_so_at_every_door(
    case: str, tmp_path: Path, client: TestClient
) -> None:
    resources = linked.resources(case)
    charts = read_fhir(parse_json(json.dumps(resources)))
    decisions = [decide_chart(RULES, chart, options=ASSUMING.options) for chart in charts]
    listed = [one for one in decisions if one.outcome != "not_applicable"]
    assert {one.record.id: one.status or one.outcome for one in listed} == (
        linked.CASES[case]["told"]
    )
    target = tmp_path / "out.ndjson"
    totals = decide(write_folder(tmp_path / "export", resources, Random(1)), target, ASSUMING)
    assert list(map(told, evidence(target))) == list(map(of, listed))
    assert totals.listed == len(listed)
    sent = {"content": to_json(resources), "headers": {"content-type": MEDIA[".json"]}}
    answered = client.post("/classify", **sent).text.splitlines()
    assert [told(json.loads(line)) for line in answered] == [
        of(decide_chart(RULES, chart)) for chart in charts
    ]


def test_an_export_of_linked_patients_is_listed_in_order(tmp_path: Path) -> None:
    resources, said = linked.together()
    target = tmp_path / "out.ndjson"
    decide(write_folder(tmp_path / "export", resources, Random(2)), target, ASSUMING)
    found = [(line["id"], line["status"] or line["outcome"]) for line in evidence(target)]
    assert found == sorted(said.items())


def test_two_servers_patients_of_one_id_are_two_in_an_export(tmp_path: Path) -> None:
    resources = [
        one
        | {"id": f"{server}-{one['id']}"}
        | {"subject": {"reference": f"http://{server}.example/Patient/p1"}}
        for server in "ab"
        for one in linked.REMISSION[1:]
    ]
    target = tmp_path / "out.ndjson"
    totals = decide(write_folder(tmp_path / "export", resources), target, HOW)
    decisions = classified(parse_json(json.dumps(resources)))
    assert list(map(told, evidence(target))) == list(map(of, decisions))
    assert [line["id"] for line in evidence(target)] == ["p1 (a.example)", "p1 (b.example)"]
    assert (totals.found, totals.listed) == (2, 2)
