"""Which kind of answer is given for what a caller accepts."""

import pytest
from starlette.testclient import TestClient

from .conftest import PATIENT_VIEW, call, chart, prefetch_of
from .test_rest import RECORD

JSON, FHIR, LINES = "application/json", "application/fhir+json", "application/x-ndjson"
CLASSIFY = [
    ("*/*", JSON),
    ("", JSON),
    (JSON, JSON),
    ("APPLICATION/JSON", JSON),
    ("application/*", JSON),
    (f"{JSON};q=0.2, {FHIR};q=0.9", FHIR),
    (f"{FHIR}; fhirVersion=4.0", FHIR),
    (f"text/html, {FHIR};q=0.1", FHIR),
    (f"*/*;q=0.1, {LINES}", LINES),
    (f"{JSON};q=0, */*", FHIR),
    ("application/xml", None),
    (f"{JSON};q=0", None),
    ("*/*;q=0", None),
    (f"{JSON};q=much", None),
    ("text/*", None),
    ("json", None),
]


@pytest.mark.parametrize(("accept", "kind"), CLASSIFY)
def test_a_decision(client: TestClient, accept: str, kind: str | None) -> None:
    answer = client.post("/classify", json=RECORD, headers={"Accept": accept})
    if kind is None:
        assert (answer.status_code, "x-decision-id" in answer.headers) == (406, False)
        assert answer.json()["type"].endswith(":not-acceptable")
    else:
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == kind


def test_many_are_lines(client: TestClient) -> None:
    for accept, status in (("*/*", 200), (LINES, 200), (JSON, 406), (FHIR, 406)):
        answer = client.post("/classify", json=[RECORD] * 2, headers={"Accept": accept})
        assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        *("/rules", "/about", "/cds-services", "/", "/metrics"),
        *("/home.css", "/home.js", "/openapi.json"),
    ],
)
def test_what_is_asked_for(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    assert client.get(path, headers={"Accept": "image/png, */*;q=0.1"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told_to_whoever_asks(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 200


def test_a_hook(client: TestClient) -> None:
    body = call(prefetch_of(chart("01-exactly-five")))
    refused = client.post(PATIENT_VIEW, json=body, headers={"Accept": "text/html"})
    assert (refused.status_code, refused.json()["resourceType"]) == (406, "OperationOutcome")
    assert client.post(PATIENT_VIEW, json=body, headers={"Accept": JSON}).status_code == 200


def test_an_explanation(client: TestClient) -> None:
    for accept, kind in (("text/html,*/*;q=0.1", "text/html"), ("text/plain", "text/plain")):
        answer = client.post("/explain", json=RECORD, headers={"Accept": accept})
        assert answer.headers["content-type"].partition(";")[0] == kind
    assert client.post("/explain", json=RECORD, headers={"Accept": JSON}).status_code == 406
