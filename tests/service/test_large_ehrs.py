"""Servers that behave as large EHRs do: each refuses or lacks something, and is asked by the
profile that suits it, or the answer names what lacks.
"""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from .fhir_server import TOKEN, FhirServer, fhir_server

OUTCOME = {"resourceType": "OperationOutcome"}


def behaving(server: FhirServer, refused: dict[str, int], *, alone: bool = True) -> None:
    """Have a server answer some kinds with a status, and results by patient alone with 400."""
    lawful = server.answer

    def answer(path: str, token: str | None) -> tuple[int, object]:
        kind, _, query = path[1:].partition("?")
        if kind in refused:
            return refused[kind], OUTCOME
        narrowed = any(name in query for name in ("code=", "category=", "start="))
        if kind == "Observation" and not alone and not narrowed:
            return 400, OUTCOME
        return lawful(path, token)

    server.answer = answer  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("profile", "refused", "alone", "status", "named"),
    [
        ("r4", {}, False, 412, "observations"),
        ("by-category", {}, False, 200, ""),
        ("r4", {"MedicationStatement": 404}, True, 412, "statements"),
        ("by-category", {"MedicationStatement": 404}, False, 200, ""),
        ("r4", {"Specimen": 400}, True, 200, "specimens"),
        ("r4", {"Specimen": 404}, True, 200, "specimens"),
        ("r4", {"Specimen": 410}, True, 200, "specimens"),
        ("r4", {"Specimen": 403}, True, 200, "specimens"),
        ("r4", {"Specimen": 500}, True, 200, "specimens"),
        ("r4", {"Condition": 429}, True, 412, "conditions"),
    ],
)
def test_what_a_server_refuses(
    tmp_path: Path, profile: str, refused: dict, alone: bool, status: int, named: str
) -> None:
    access = {"access_token": TOKEN, "token_type": "bearer"}
    with fhir_server(chart("01-exactly-five")) as server:
        behaving(server, refused, alone=alone)
        settings = {"fhir_servers": [server.address], "prefetch": {"profile": profile}}
        body = call({}, fhirServer=server.address, fhirAuthorization=access)
        with serving(tmp_path, **settings) as client:
            answer = client.post(PATIENT_VIEW, json=body)
    assert answer.status_code == status
    assert named in answer.text
    if status == 412:
        others = {"conditions", "observations", "statements", "procedures"} - {named}
        assert not [key for key in others if key in answer.text]


VINCRISTINE = {
    "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "11202"}]
}
IN_REMISSION = "By NCI's patient page: ALL in remission"
NAMELESS = "named by a reference only and could not be read"


def treated_by(said: dict, *more: dict) -> dict:
    """The fixture's chart with its treatment said in another way, and resources beside it."""
    bundle = copy.deepcopy(chart("01-exactly-five"))
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "MedicationAdministration":
            del entry["resource"]["medicationCodeableConcept"]
            entry["resource"] |= said
    bundle["entry"] += [{"resource": resource} for resource in more]
    return bundle


def read_from(
    folder: Path,
    bundle: dict,
    profile: str = "r4",
    refused: dict[str, int] | None = None,
    change: Callable[[FhirServer], None] = lambda _: None,
    helpful: list[str] | None = None,
    **access: object,
) -> tuple[int, dict, dict]:
    """What a call is answered whose whole chart is on a server: status, body and headers."""
    given = {"access_token": TOKEN, "token_type": "Bearer"} | access
    with fhir_server(bundle) as server:
        behaving(server, refused or {})
        change(server)
        settings = {
            "fhir_servers": [server.address],
            "prefetch": {"profile": profile, "helpful": helpful},
            "reading": {"assume": ["symptoms-absent-unless-recorded"]},
        }
        body = call({}, fhirServer=server.address, fhirAuthorization=given)
        with serving(folder, **settings) as client:
            answer = client.post(PATIENT_VIEW, json=body)
    return answer.status_code, answer.json(), dict(answer.headers)


MEDICATION = {"resourceType": "Medication", "id": "vcr", "code": VINCRISTINE}
BY_REFERENCE = {"medicationReference": {"reference": "Medication/vcr"}}
SAID = {
    "fetched": (BY_REFERENCE, [MEDICATION]),
    "contained": (
        {"medicationReference": {"reference": "#vcr"}, "contained": [MEDICATION]},
        [],
    ),
    "a version of it": (
        {"medicationReference": {"reference": "Medication/vcr/_history/4"}},
        [MEDICATION],
    ),
    "by what is displayed": (
        {"medicationReference": {"reference": "Medication/gone", "display": "vinCRIStine 2 mg"}},
        [],
    ),
}


@pytest.mark.parametrize("form", SAID)
def test_a_treatment_named_by_a_reference(tmp_path: Path, form: str) -> None:
    said, more = SAID[form]
    status, body, _ = read_from(tmp_path, treated_by(said, *more))
    assert (status, body["cards"][0]["summary"]) == (200, IN_REMISSION)
    assert NAMELESS not in body["cards"][0]["detail"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_medication_that_cannot_be_read_is_told(tmp_path: Path, status: int) -> None:
    found, body, _ = read_from(tmp_path, treated_by(BY_REFERENCE), refused={"Medication": status})
    assert found == 200
    assert NAMELESS in body["cards"][0]["detail"]


@pytest.mark.parametrize(
    ("kind", "key", "whole"),
    [
        ("Specimen", "specimens", True),
        ("MedicationDispense", "dispenses", True),
        ("MedicationStatement", "statements", True),
        ("MedicationRequest", "requests", True),
        ("Condition", "conditions", False),
        ("Observation", "observations", False),
        ("DiagnosticReport", "reports", False),
        ("Procedure", "procedures", False),
        ("Encounter", "encounters", False),
    ],
)
@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_what_a_site_lets_fail_is_never_taken_for_none(
    tmp_path: Path, kind: str, key: str, whole: bool, code: int
) -> None:
    """No sign is assumed to be absent from what was not read."""
    found, body, _ = read_from(
        tmp_path, chart("01-exactly-five"), "r4", {kind: code}, helpful=[key, "specimens"]
    )
    cards = body["cards"]
    assert found == 200
    assert (bool(cards) and cards[0]["summary"] == IN_REMISSION) is whole
    assert not cards or f"{key} could not be read" in cards[0]["detail"]


@pytest.mark.parametrize("key", ["exams", "surveys", "therapies", "procedure-results"])
def test_a_category_that_may_hold_signs(tmp_path: Path, key: str) -> None:
    def refusing(server: FhirServer) -> None:
        lawful = server.answer
        category = key.removesuffix("s") if key != "therapies" else "therapy"
        refused = f"category={category.removesuffix('-result')}"
        server.answer = lambda path, token: (  # type: ignore[method-assign]
            (400, OUTCOME) if refused in path else lawful(path, token)
        )

    bundle = chart("01-exactly-five")
    _, had, _ = read_from(tmp_path, bundle, "by-category")
    _, lacked, _ = read_from(tmp_path, bundle, "by-category", change=refusing)
    assert had["cards"][0]["summary"] == IN_REMISSION
    assert lacked["cards"][0]["summary"] != IN_REMISSION
    assert f"{key} could not be read" in lacked["cards"][0]["detail"]


DELETION = {
    "resourceType": "Provenance",
    "recorded": "2026-01-01T00:00:00Z",
    "activity": {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "DELETE"}
        ]
    },
}


@pytest.mark.parametrize("profile", ["r4", "everything"])
def test_a_record_of_deletion(tmp_path: Path, profile: str) -> None:
    bundle = chart("01-exactly-five")
    marrow = next(one["resource"] for one in bundle["entry"] if "valueQuantity" in one["resource"])
    gone = DELETION | {"target": [{"reference": f"Observation/{marrow['id']}"}]}

    def deleting(server: FhirServer) -> None:
        lawful = server.answer

        def answer(path: str, token: str | None) -> tuple[int, object]:
            status, body = lawful(path, token)
            if path.startswith("/Observation?") and "_revinclude=Provenance:target" in path:
                body["entry"].append({"resource": gone, "search": {"mode": "include"}})
            return status, body

        server.answer = answer  # type: ignore[method-assign]

    status, body, _ = read_from(tmp_path, bundle, profile, change=deleting)
    assert status == 200
    assert (body["cards"][0]["summary"] == IN_REMISSION) is (profile == "r4")


def test_an_included_medication_is_not_asked_for_again(tmp_path: Path) -> None:
    asked: list[str] = []

    def including(server: FhirServer) -> None:
        lawful = server.answer

        def answer(path: str, token: str | None) -> tuple[int, object]:
            status, body = lawful(path, token)
            if "_include=MedicationAdministration:medication" in path:
                body["entry"].append({"resource": MEDICATION, "search": {"mode": "include"}})
            asked.append(path)
            return status, body

        server.answer = answer  # type: ignore[method-assign]

    chosen = treated_by(BY_REFERENCE)
    status, body, _ = read_from(tmp_path, chosen, "with-medications", change=including)
    assert (status, body["cards"][0]["summary"]) == (200, IN_REMISSION)
    assert not [path for path in asked if path.startswith("/Medication/")]


@pytest.mark.parametrize("status", [429, 503])
def test_when_to_ask_again_is_passed_on(tmp_path: Path, status: int) -> None:
    def later(server: FhirServer) -> None:
        server.headers["Retry-After"] = "17"

    refused = {"Observation": status}
    found, body, headers = read_from(tmp_path, chart("01-exactly-five"), "r4", refused, later)
    assert (found, headers["retry-after"]) == (412, "17")
    assert body["resourceType"] == "OperationOutcome"
    assert f"the FHIR server answered {status}" in body["issue"][0]["diagnostics"]


def test_what_was_not_asked_for_is_told(tmp_path: Path) -> None:
    given = prefetch_of(chart("01-exactly-five")) | {"marrows": {"x": 1}, "more": None}
    with serving(tmp_path) as client:
        detail = client.post(PATIENT_VIEW, json=call(given)).json()["cards"][0]["detail"]
    assert "1 of the keys prefetched are not among those asked for" in detail


@pytest.mark.parametrize("kind", ["Bearer", "bearer", "BEARER"])
def test_a_token_type_in_any_case(tmp_path: Path, kind: str) -> None:
    assert read_from(tmp_path, chart("01-exactly-five"), token_type=kind)[0] == 200


def test_a_chart_of_many_pages(tmp_path: Path) -> None:
    """900 results in pages of 20, as a public server pages them unless asked otherwise."""
    bundle = chart("01-exactly-five")
    sodium = {"coding": [{"system": "http://loinc.org", "code": "2951-2"}]}
    bundle["entry"] += [
        {
            "resource": {
                "resourceType": "Observation",
                "id": f"na{number}",
                "status": "final",
                "code": sodium,
                "subject": {"reference": "Patient/p1"},
                "effectiveDateTime": "2025-01-01",
                "valueQuantity": {"value": 140, "unit": "mmol/L"},
            }
        }
        for number in range(900)
    ]

    def paging(server: FhirServer) -> None:
        server.page = 20

    status, body, _ = read_from(tmp_path, bundle, change=paging)
    assert (status, body["cards"][0]["summary"]) == (200, IN_REMISSION)
