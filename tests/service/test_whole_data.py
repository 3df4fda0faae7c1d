"""A part is never decided on as the whole, nor another's data as this patient's: each case changes
one thing of a chart whose newest result says recurrence.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from allstatus.service.prefetch import lack, profiles, searches

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, searchset, serving
from .fhir_server import TOKEN, fhir_server

OTHER = "https://other.example.org/r4"
HOME = "https://fhir.example.org/r4"


def outcome(severity: str, code: str) -> dict:
    issue = {"severity": severity, "code": code}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def entries(given: dict) -> list[dict]:
    return given["observations"]["entry"]


FAILED = {"fullUrl": f"{HOME}/Observation/x", "response": {"status": "500"}}
PARTS: dict[str, Callable[[dict], object]] = {
    "fewer than its total": lambda g: g["observations"].update(total=len(entries(g)) + 4),
    "its total made up by what was included": lambda g: (
        g["observations"].update(total=len(entries(g)) + 1),
        entries(g).append(
            {"resource": {"resourceType": "Specimen", "id": "s"}, "search": {"mode": "include"}}
        ),
    ),
    "failed entries": lambda g: entries(g).append(FAILED),
    "an entry without a resource": lambda g: entries(g).append(
        {"fullUrl": f"{HOME}/Observation/x"}
    ),
    "an entry that is none": lambda g: entries(g).append(None),
    "says it is incomplete": lambda g: entries(g).append(
        {"resource": outcome("warning", "incomplete"), "search": {"mode": "outcome"}}
    ),
    "some left out for safety": lambda g: entries(g).append(
        {"resource": outcome("information", "suppressed")}
    ),
    "a next page without address": lambda g: g["observations"].update(link=[{"relation": "next"}]),
    "a next page in capitals": lambda g: g["observations"].update(
        link=[{"relation": "Next", "url": f"{HOME}/next"}]
    ),
    "a total that is no count": lambda g: g["observations"].update(total=8.0),
    "a total that is none": lambda g: g["observations"].update(total=[8]),
    "a total below none": lambda g: g["observations"].update(total=-1),
    "a link that is none": lambda g: g["observations"].update(link="next"),
    "a link of several kinds": lambda g: g["observations"].update(
        link=[{"relation": ["next"], "url": f"{HOME}/next"}]
    ),
    "entries that are one": lambda g: g["observations"].update(entry=entries(g)[0]),
    "entries that are none": lambda g: g["observations"].update(entry=0),
    "an error in capitals": lambda g: entries(g).append(
        {"resource": outcome("ERROR", "processing")}
    ),
    "a kind of bundle": lambda g: g["observations"].update(type="batch-response"),
    "a collection": lambda g: g["observations"].update(type="collection"),
    "no kind of bundle": lambda g: g["observations"].pop("type"),
    "an empty object": lambda g: g.update(observations={}),
    "a list": lambda g: g.update(observations=entries(g)),
    "a patient": lambda g: g.update(observations=g["patient"]),
    "other results": lambda g: g.update(observations=g["conditions"]),
    "bundles in a bundle": lambda g: g.update(observations=searchset(g["observations"])),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_412_and_names_its_key(client: TestClient, name: str) -> None:
    given = prefetch_of(chart("01-exactly-five"))
    PARTS[name](given)
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert answer.status_code == 412
    assert "observations" in answer.text
    assert "conditions" not in answer.text


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_read_again_where_a_server_is_given(tmp_path: Path, name: str) -> None:
    given = prefetch_of(chart("01-exactly-five"))
    PARTS[name](given)
    access = {"access_token": TOKEN, "token_type": "bearer"}
    with fhir_server(chart("01-exactly-five")) as server:
        body = call(given, fhirServer=server.address, fhirAuthorization=access)
        with serving(tmp_path, fhir_servers=[server.address]) as client:
            answer = client.post(PATIENT_VIEW, json=body)
    assert (answer.status_code, len(answer.json()["cards"])) == (200, 1)
    assert all(path.startswith("/Observation") for path in server.asked)


def test_a_warning_that_says_nothing_is_missing_is_told(client: TestClient) -> None:
    given = prefetch_of(chart("01-exactly-five"))
    entries(given).append({"resource": outcome("warning", "processing")})
    (card,) = client.post(PATIENT_VIEW, json=call(given)).json()["cards"]
    assert "answer for observations came with a warning" in card["detail"]


def renamed(resource: dict, reference: str) -> dict:
    changed = copy.deepcopy(resource)
    changed["subject"] = {"reference": reference}
    return changed


def of_others(given: dict, key: str, reference: str) -> dict:
    """A prefetch in which everything of a key is another patient's."""
    told = [renamed(entry["resource"], reference) for entry in given[key]["entry"]]
    return {**given, key: searchset(*told)}


@pytest.mark.parametrize("reference", ["Patient/p2", f"{OTHER}/Patient/p1", f"{HOME}/Patient/p2"])
@pytest.mark.parametrize("server", [None, HOME])
def test_results_of_others_are_set_aside_and_told(
    client: TestClient, reference: str, server: str | None
) -> None:
    given = of_others(prefetch_of(chart("01-exactly-five")), "observations", reference)
    (card,) = client.post(PATIENT_VIEW, json=call(given, fhirServer=server)).json()["cards"]
    assert "remission" not in card["summary"]
    assert "resources of other patients: " in card["detail"]


def from_another_server(given: dict, key: str) -> dict:
    """A prefetch in which a key's answers lie on another server and name `Patient/p1` there."""
    told = [entry["resource"] for entry in given[key]["entry"]]
    listed = [{"fullUrl": f"{OTHER}/{one['resourceType']}/{one['id']}"} for one in told]
    entries = [where | {"resource": one} for where, one in zip(listed, told, strict=True)]
    return {**given, key: {"resourceType": "Bundle", "type": "searchset", "entry": entries}}


def test_a_relative_reference_is_to_the_server_it_stands_on(client: TestClient) -> None:
    given = from_another_server(prefetch_of(chart("01-exactly-five")), "observations")
    (card,) = client.post(PATIENT_VIEW, json=call(given, fhirServer=HOME)).json()["cards"]
    assert "remission" not in card["summary"]
    assert "set aside" in card["detail"]


@pytest.mark.parametrize("reference", ["Group/p1", "Person/p1", "Device/p1"])
def test_results_of_no_person_are_told(client: TestClient, reference: str) -> None:
    given = of_others(prefetch_of(chart("01-exactly-five")), "observations", reference)
    (card,) = client.post(PATIENT_VIEW, json=call(given)).json()["cards"]
    assert "set aside" in card["detail"]


def test_a_patient_of_another_server_is_refused(client: TestClient) -> None:
    given = prefetch_of(chart("01-exactly-five"))
    entry = {"fullUrl": f"{OTHER}/Patient/p1", "resource": given["patient"]}
    given["patient"] = searchset() | {"entry": [entry]}
    answer = client.post(PATIENT_VIEW, json=call(given, fhirServer=HOME))
    assert (answer.status_code, answer.json()["issue"][0]["expression"][0]) == (422, "prefetch")


def test_the_same_server_by_its_full_address_is_this_patient(client: TestClient) -> None:
    given = of_others(prefetch_of(chart("01-exactly-five")), "observations", f"{HOME}/Patient/p1")
    (card,) = client.post(PATIENT_VIEW, json=call(given, fhirServer=HOME)).json()["cards"]
    assert card["summary"] == "By NCI's patient page: ALL in remission"


def test_a_diagnosis_of_another_is_told_though_there_is_no_other_card(client: TestClient) -> None:
    given = of_others(prefetch_of(chart("01-exactly-five")), "conditions", "Patient/p2")
    (card,) = client.post(PATIENT_VIEW, json=call(given)).json()["cards"]
    assert "set aside" in card["detail"]


NOBODY = {
    "null": None,
    "a search that found nothing": searchset(),
    "a search that found nothing of none": searchset(total=0),
    "word that all is well": searchset(outcome("information", "informational")),
    "a patient that was deleted": searchset()
    | {"entry": [{"request": {"method": "DELETE", "url": "Patient/p1"}}]},
}


@pytest.mark.parametrize("name", NOBODY)
def test_an_answer_without_the_patient_is_none(client: TestClient, name: str) -> None:
    given = prefetch_of(chart("01-exactly-five")) | {"patient": NOBODY[name]}
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert (answer.status_code, "patient (" in answer.text) == (412, True)


@pytest.mark.parametrize("person", [{"id": "zzz"}, {"id": None}, {"id": "P1"}])
def test_a_patient_prefetched_for_another_is_refused(client: TestClient, person: dict) -> None:
    given = prefetch_of(chart("01-exactly-five"))
    given["patient"] = {"resourceType": "Patient", **person}
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert (answer.status_code, answer.json()["issue"][0]["expression"][0]) == (422, "prefetch")


@pytest.mark.parametrize(
    "changed", ["rules", "overlay", "comparisons", "program", "codes", "nothing"]
)
def test_a_page_is_of_the_decision_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    body = call(prefetch_of(chart("01-exactly-five")))
    with serving(tmp_path) as client:
        (card,) = client.post(PATIENT_VIEW, json=body).json()["cards"]
        link = card["links"][0]["url"]
    if changed == "program":
        monkeypatch.setattr("allstatus.__version__", "99.0")
    if changed in ("codes", "comparisons"):
        named = f"allstatus.service.explanation_pages.{changed}_digest"
        monkeypatch.setattr(named, lambda: "0" * 64)
    with serving(tmp_path) as client:
        if changed in ("rules", "overlay"):
            maker = client.app.state.desk.default
            known = maker.ruleset if changed == "rules" else maker.applicability.overlay
            monkeypatch.setattr(type(known), "digest", "0" * 64, raising=False)
        answer = client.get(link)
    assert answer.status_code == (200 if changed == "nothing" else 410)
    assert changed == "nothing" or answer.json()["type"].endswith("decided-otherwise")


@pytest.mark.parametrize("profile", profiles())
def test_every_profile_asks_for_the_patient_in_context(profile: str) -> None:
    asked = searches(profile)
    assert all("{{context.patientId}}" in template for template in asked.templates.values())
    assert "{codes}" not in json.dumps(dict(asked.templates))
    assert {"patient", "conditions", "observations"} <= set(asked.templates) - asked.helpful


def test_medications_may_be_included_where_a_profile_asks_for_them() -> None:
    medication = {"resource": {"resourceType": "Medication", "id": "m"}}
    answer = {"resourceType": "Bundle", "type": "searchset", "entry": [medication]}
    assert lack(searches("with-medications"), "requests", answer) == ""
    assert "another kind" in lack(searches("r4"), "requests", answer)


@pytest.mark.parametrize(
    "said", [{}, {"search": {"mode": "match"}}, {"search": {"mode": "include"}}]
)
def test_a_total_counts_what_was_asked_for_however_the_rest_is_marked(said: dict) -> None:
    asked = searches("with-medications")
    answer = searchset({"resourceType": "MedicationRequest", "id": "r"}, total=2)
    answer["entry"].append({"resource": {"resourceType": "Medication", "id": "m"}} | said)
    assert lack(asked, "requests", answer) == "it has 1 of 2 entries"
    assert lack(asked, "requests", answer | {"total": 1}) == ""
