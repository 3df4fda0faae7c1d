"""Servers that behave as large EHRs do: each refuses or lacks something, and is asked by the
profile that suits it, or the answer names what lacks.
"""

from pathlib import Path

import pytest

from .conftest import PATIENT_VIEW, call, chart, serving
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
