"""Marked values go through success and every way to fail; none turns up in output, logs, audit or
refusals.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from allstatus.service import rest
from allstatus.service.app import make_app
from allstatus.service.config import Config
from needs import SERVER

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from .process import served
from .tokens import ISSUER, TokenIssuer

CANARIES = {
    "name": "Zzcanaryname",
    "mrn": "MRN-CANARY-7731",
    "birth date": "1977-07-17",
    "text": "zzcanaryfreetext",
    "token": "zzcanarytoken",
    "comment": "zzcanarycomment",
    "user": "zzcanaryuser",
}
DEAD = "http://127.0.0.1:9"


def marked_chart() -> dict:
    """A chart whose every free place holds a marked value, and still a remission."""
    text = (
        json.dumps(chart("01-exactly-five"))
        .replace('"p1"', f'"{CANARIES["mrn"]}"')
        .replace("Patient/p1", f"Patient/{CANARIES['mrn']}")
    )
    bundle = json.loads(text)
    patient = bundle["entry"][0]["resource"]
    patient.update(
        birthDate=CANARIES["birth date"],
        name=[{"family": CANARIES["name"]}],
        identifier=[{"value": CANARIES["mrn"]}],
    )
    for entry in bundle["entry"]:
        entry["resource"].update(
            note=[{"text": CANARIES["text"]}], text={"div": f"<div>{CANARIES['name']}</div>"}
        )
        for coding in entry["resource"].get("code", {}).get("coding", ()):
            coding["display"] = CANARIES["text"]
    return bundle


def marked_call(prefetch: object, **more: object) -> dict:
    context = {"userId": f"Practitioner/{CANARIES['user']}", "patientId": CANARIES["mrn"]}
    return call(prefetch, **{"context": context, **more})


def token() -> dict:
    more = {"scope": CANARIES["text"], "subject": CANARIES["user"]}
    return {"access_token": CANARIES["token"], "token_type": "Bearer", "expires_in": 60, **more}


FEEDBACK = {
    "feedback": [
        {
            "card": CANARIES["mrn"],
            "outcome": "overridden",
            "outcomeTimestamp": "2026-01-05T12:00:00Z",
            "overrideReason": {
                "reason": {"code": CANARIES["text"]},
                "userComment": CANARIES["comment"],
            },
        }
    ]
}
LAWFUL = json.loads(
    json.dumps(FEEDBACK).replace(CANARIES["mrn"], "4e0a3a1e-3c1b-4b6e-9d1e-2f6f2c9b2a10")
)
RECORD = {"id": CANARIES["mrn"], "cbc": "normal", "signs_and_symptoms": [CANARIES["text"]]}
HL7 = (
    f"MSH|^~\\&|{CANARIES['text']}||||20250310||ORU^R01|1|P|2.5.1\rPID|1||{CANARIES['mrn']}||{CANARIES['name']}||19770717|F\r"
    f"OBR|1|||58410-2^CBC^LN|||20250310\rOBX|1|NM|6690-2^{CANARIES['text']}^LN||6.2|10*9/L|4.0-11.0|N|||F\r"
)


def requests() -> Iterator[tuple[str, str, dict]]:
    """Every way to call, lawful and not; the address of one holds a marked value too."""
    given = prefetch_of(marked_chart())
    part = {
        **given,
        "observations": {"resourceType": "OperationOutcome", "text": {"div": CANARIES["name"]}},
    }
    json_type = {"content-type": "application/json"}
    yield "POST", PATIENT_VIEW, {"json": marked_call(given)}
    yield (
        "POST",
        PATIENT_VIEW,
        {"json": marked_call(given, fhirServer=DEAD, fhirAuthorization=token())},
    )
    for server in (DEAD, f"https://{CANARIES['name']}.example", CANARIES["text"]):
        yield (
            "POST",
            PATIENT_VIEW,
            {"json": marked_call(part, fhirServer=server, fhirAuthorization=token())},
        )
    yield "POST", PATIENT_VIEW, {"json": marked_call(part)}
    yield "POST", PATIENT_VIEW, {"json": marked_call(given, hook=CANARIES["text"])}
    yield (
        "POST",
        PATIENT_VIEW,
        {"json": marked_call(given, context={"userId": "u", "patientId": f"{CANARIES['name']}?x"})},
    )
    yield (
        "POST",
        PATIENT_VIEW,
        {"json": marked_call(given, context={"userId": "u", "patientId": "somebody-else"})},
    )
    yield (
        "POST",
        PATIENT_VIEW,
        {"json": marked_call(given, fhirAuthorization={"access_token": CANARIES["token"]})},
    )
    yield (
        "POST",
        PATIENT_VIEW,
        {"content": json.dumps(marked_call(given))[:-40], "headers": json_type},
    )
    yield "POST", f"/cds-services/{CANARIES['name']}", {"json": marked_call(given)}
    yield "POST", f"{PATIENT_VIEW}/feedback", {"json": FEEDBACK}
    yield "POST", f"{PATIENT_VIEW}/feedback", {"json": LAWFUL}
    for path in ("/classify", "/explain", "/timeline"):
        yield "POST", path, {"json": marked_chart()}
        yield "POST", path, {"json": RECORD}
        yield "POST", path, {"json": {**RECORD, "cbc": CANARIES["text"]}}
        yield (
            "POST",
            path,
            {
                "json": {
                    **RECORD,
                    "marrow_blast_percent": CANARIES["text"],
                    "diagnosis": CANARIES["text"],
                }
            },
        )
        yield "POST", path, {"json": {**RECORD, "diagnosis": CANARIES["text"]}}
        yield "POST", path, {"json": [RECORD, {**RECORD, "age_years": CANARIES["birth date"]}]}
        yield "POST", path, {"content": HL7, "headers": {"content-type": "application/hl7-v2"}}
        yield "POST", path, {"content": HL7[:60], "headers": {"content-type": "application/hl7-v2"}}
        yield "POST", path, {"content": CANARIES["text"], "headers": json_type}
        yield (
            "POST",
            path,
            {
                "content": json.dumps(RECORD),
                "headers": {"content-type": f"text/{CANARIES['text']}"},
            },
        )
        yield (
            "POST",
            f"{path}?as_of={CANARIES['birth date']}x&rules={CANARIES['name']}",
            {"json": RECORD},
        )
        yield "POST", f"{path}?rules={CANARIES['name']}", {"json": RECORD}
    yield "GET", f"/{CANARIES['name']}?{CANARIES['mrn']}", {}
    yield "GET", f"/decisions/{CANARIES['mrn']}?level={CANARIES['text']}", {}
    yield "GET", f"/decisions/{CANARIES['mrn']}", {}
    yield "DELETE", f"/classify/{CANARIES['mrn']}", {}
    yield "POST", "/classify", {"json": {**RECORD, "padding": "x" * 200_000}}


def found_in(text: str) -> list[str]:
    return [
        name
        for name, value in CANARIES.items()
        if value.lower() in text.lower() or value.replace("-", "") in text
    ]


def refusals_keep_quiet(client: httpx.Client) -> set[int]:
    """Send everything; no refusal repeats a marked value. Returns the statuses met."""
    statuses = set()
    for method, path, more in requests():
        answer = client.request(method, path, **more)
        statuses.add(answer.status_code)
        if answer.status_code >= 400:
            assert found_in(answer.text) == [], (path, answer.text)
    return statuses


def kept_in(folder: Path) -> str:
    """Everything the service wrote to disk, but its settings."""
    return "".join(
        path.read_bytes().decode("latin-1") for path in folder.iterdir() if path.suffix != ".yaml"
    )


@SERVER
def test_nothing_marked_is_written(tmp_path: Path) -> None:
    config = f"fhir_servers: ['{DEAD}']\nlimits: {{body_bytes: 100000}}\n"
    with served(tmp_path, "--insecure-dev", config=config) as service:
        with httpx.Client(base_url=service.address, trust_env=False) as client:
            statuses = refusals_keep_quiet(client)
            for raw in (
                b"\xff\xfe" + CANARIES["name"].encode(),
                b"GET /" + CANARIES["name"].encode() + b" HTTP/9\r\n\r\n",
            ):
                client.post("/classify", content=raw, headers={"content-type": "application/json"})
        assert found_in(kept_in(tmp_path)) == []
    assert statuses >= {200, 400, 404, 412, 413, 415, 422}
    assert found_in(kept_in(tmp_path)) == []
    lines = [line for line in service.logged() if line["event"] == "request"]
    assert len(lines) > len(list(requests()))
    assert {"request", "method", "route", "status", "milliseconds"} <= set(lines[0])
    assert {line["route"] for line in lines} >= {
        "/cds-services/{service}",
        "/classify",
        "/explain",
        "/timeline",
        "none",
    }


def test_a_token_refused_is_not_repeated(tmp_path: Path, logged: list[dict]) -> None:
    issuer = TokenIssuer(CANARIES["name"])
    with serving(
        tmp_path,
        insecure_dev=False,
        base_url="https://cds.example.org",
        issuers=[{"issuer": ISSUER, "keys": TokenIssuer().written(tmp_path)}],
    ) as client:
        for value in (
            CANARIES["token"],
            issuer.token(sub=CANARIES["user"]),
            issuer.token(iss=ISSUER, sub=CANARIES["mrn"]),
        ):
            answer = client.post(
                PATIENT_VIEW, json=marked_call({}), headers={"Authorization": f"Bearer {value}"}
            )
            assert answer.status_code == 401
            assert found_in(answer.text) == []
    assert found_in(json.dumps(logged)) == []
    assert [line["problem"] for line in logged] == ["token-refused"] * 3


def test_telemetry_stays_off_whatever_the_environment_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    app = make_app(Config(insecure_dev=True, audit=tmp_path / "audit.db"))
    assert not app._native_telemetry.enabled()
    assert {name for name, value in app._telemetry.items() if value} <= {"operation_spans"}


def test_an_error_inside_shows_its_place_and_not_its_words(
    client: TestClient,
    logged: list[dict],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(CANARIES["name"])

    monkeypatch.setattr(rest, "_read", broken)
    answer = client.post("/classify", json=RECORD)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert found_in(answer.text + json.dumps(logged) + "".join(capfd.readouterr())) == []
    (line,) = logged
    assert (line["level"], line["error"], line["at"][-1].partition(":")[0]) == (
        "error",
        "RuntimeError",
        "test_app.py",
    )
