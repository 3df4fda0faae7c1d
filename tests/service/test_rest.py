"""REST: the same decisions as in this process, by content type; refusals as problems without the
patient's values.
"""

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from allstatus import RulesError, classify
from allstatus.ehr.coding.site_codes import read_site_codes
from allstatus.service.config import RequestLimits

from .conftest import FIXTURES, chart, serving

RECORD = {
    "id": "r1",
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": "4.9",
    "signs_and_symptoms": "absent",
}
NAMES = [
    path.stem
    for path in sorted((FIXTURES / "records").glob("*.json"))
    if ".expected" not in path.name
]


@pytest.mark.parametrize("name", NAMES)
def test_a_record_over_http_is_the_same_decision(client: TestClient, name: str) -> None:
    data = (FIXTURES / "records" / f"{name}.json").read_bytes()
    expected = json.loads((FIXTURES / "records" / f"{name}.expected.json").read_text("utf-8"))
    answer = client.post("/classify", content=data, headers={"Content-Type": "application/json"})
    if answer.status_code == 200:
        assert {key: answer.json()[key] for key in ("outcome", "status")} == {
            key: expected.get(key) for key in ("outcome", "status")
        }
    else:
        assert (answer.status_code, answer.json()["field"]) == (
            422,
            expected.get("field", answer.json()["field"]),
        )


def test_exact_numbers_survive(client: TestClient) -> None:
    def status(number: str) -> str | None:
        text = json.dumps(RECORD).replace('"4.9"', number)
        answer = client.post(
            "/classify", content=text, headers={"Content-Type": "application/json"}
        ).json()
        assert answer["facts"]["marrow_blast_percent"]["value"] == number
        return answer["status"]

    assert (status("5"), status("5.000000000000000000001")) == ("in_remission", None)


def test_one_answer_bears_the_id_it_has_in_the_audit(client: TestClient) -> None:
    answer = client.post("/classify", json=RECORD)
    assert answer.json() == json.loads(classify(RECORD).to_json())
    assert len(answer.headers["x-decision-id"]) == 36


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("application/fhir+json", "fhir/01-exactly-five.json"),
        ("application/json", "fhir/01-exactly-five.json"),
        ("application/hl7-v2", "hl7v2/remission-as-sent.hl7"),
        ("x-application/hl7-v2+er7; charset=utf-8", "hl7v2/remission-as-sent.hl7"),
    ],
)
def test_charts_by_content_type(client: TestClient, kind: str, file: str) -> None:
    answer = client.post(
        "/classify", content=(FIXTURES / file).read_bytes(), headers={"Content-Type": kind}
    )
    assert answer.status_code == 200
    assert answer.json()["outcome"] in ("determined", "insufficient_data", "not_applicable")


def test_a_decision_as_fhir(client: TestClient) -> None:
    answer = client.post(
        "/classify", json=chart("01-exactly-five"), headers={"Accept": "application/fhir+json"}
    )
    assert answer.headers["content-type"] == "application/fhir+json"
    kinds = [entry["resource"]["resourceType"] for entry in answer.json()["entry"]]
    assert kinds[:2] == ["GuidanceResponse", "Observation"]


def test_many_in_many_out_with_the_line_refused(client: TestClient) -> None:
    lines = [json.dumps(RECORD), '{"cbc": "odd"}', json.dumps(RECORD)]
    answer = client.post(
        "/classify", content="\n".join(lines), headers={"Content-Type": "application/x-ndjson"}
    )
    first, second, third = map(json.loads, answer.text.splitlines())
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert first == third == json.loads(classify(RECORD).to_json())
    assert (second["problem"]["field"], second["problem"]["record"]) == ("cbc", 2)


def test_an_array_answers_in_lines(client: TestClient) -> None:
    answer = client.post("/classify", json=[RECORD, RECORD])
    assert len(answer.text.splitlines()) == 2


def test_explanation_as_page_and_as_text(client: TestClient) -> None:
    page = client.post("/explain", json=RECORD, headers={"Accept": "text/html"})
    text = client.post("/explain?level=plain", json=RECORD, headers={"Accept": "text/plain"})
    assert page.headers["content-type"].startswith("text/html")
    assert "<html" in page.text
    assert text.headers["content-type"].startswith("text/plain")
    assert "The page calls this: ALL in remission" in text.text
    assert client.post("/explain", json=RECORD, headers={"Accept": "image/png"}).status_code == 406


def test_a_timeline(client: TestClient) -> None:
    answer = client.post("/timeline", json=chart("12-second-remission-of-the-marrow"))
    assert answer.status_code == 200
    assert answer.json()["now"]["status"] == "in_remission"
    assert (
        client.post("/timeline", json=chart("shape-two-patients")).json()["detail"]
        == "is not about one patient"
    )


def test_rules_with_digests_and_what_this_is(client: TestClient) -> None:
    (rules,) = client.get("/rules").json()
    decision = classify(RECORD)
    assert (rules["digest"], rules["table_digest"]) == (
        decision.rules.digest,
        decision.ruleset.table_digest,
    )
    assert client.get("/about").json()["intended_use"]


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    assert client.get("/readyz").json() == {"status": "ready"}


REFUSED = {
    "not JSON": ("/classify", "{", "application/json", 422, "input"),
    "no record": ("/classify", "3", "application/json", 422, "record"),
    "another type": ("/classify", "x", "text/csv", 415, None),
    "no type": ("/classify", "{}", "", 415, None),
    "unknown rules": ("/classify?rules=none-such", "{}", "application/json", 422, "query.rules"),
    "rules twice": ("/classify?rules=a&rules=b", "{}", "application/json", 422, "query.rules"),
    "a parameter misspelt": ("/classify?asof=2025-01-01", "{}", "application/json", 422, "query"),
    "another's parameter": ("/classify?level=plain", "{}", "application/json", 422, "query"),
    "no date": ("/classify?as_of=tomorrow", "{}", "application/json", 422, "query.as_of"),
    "a number for a date": ("/classify?as_of=0", "{}", "application/json", 422, "query.as_of"),
    "a number for a day": (
        "/classify",
        '{"as_of": 0, "cbc": "normal"}',
        "application/json",
        422,
        "as_of",
    ),
    "no level": ("/explain?level=expert", "{}", "application/json", 422, "query.level"),
    "two to explain": ("/explain", "[{}, {}]", "application/json", 422, "input"),
    "none at all": ("/classify", "[]", "application/json", 422, "input"),
    "not a chart": ("/classify", "{}", "application/hl7-v2", 422, "input"),
    "not UTF-8": ("/classify", b"\xff\xfe", "application/json", 422, "input"),
    "deep": ("/classify", "[" * 100_000, "application/json", 422, "input"),
    "no path": ("/nothing", "{}", "application/json", 404, None),
    "no method": ("/rules", "{}", "application/json", 405, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_problems(client: TestClient, name: str) -> None:
    path, content, kind, status, field = REFUSED[name]
    answer = client.post(path, content=content, headers={"Content-Type": kind} if kind else {})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    )
    assert problem.get("field") == field, problem
    assert problem["status"] == status
    assert problem["type"].startswith("urn:allstatus:problem:")


def test_a_body_too_large_is_refused_by_its_length_and_as_it_comes(tmp_path) -> None:
    with serving(tmp_path, limits=RequestLimits(body_bytes=1_000)) as small:
        announced = small.post(
            "/classify", content=b"x" * 1_001, headers={"Content-Type": "application/json"}
        )
        streamed = small.post(
            "/classify",
            content=(b"x" * 400 for _ in range(9)),
            headers={"Content-Type": "application/json"},
        )
        assert [announced.status_code, streamed.status_code] == [413, 413]
        assert small.post("/classify", json=RECORD).status_code == 200


def test_too_many_records(tmp_path) -> None:
    with serving(tmp_path, limits=RequestLimits(records=2)) as small:
        assert small.post("/classify", json=[RECORD, RECORD]).status_code == 200
        assert small.post("/classify", json=[RECORD, RECORD, RECORD]).status_code == 413


def test_what_takes_too_long_is_given_up(tmp_path) -> None:
    with serving(tmp_path, limits=RequestLimits(request_seconds=0.000001)) as hurried:
        answer = hurried.post("/classify", json=[RECORD] * 500)
        assert (answer.status_code, answer.json()["type"]) == (
            503,
            "urn:allstatus:problem:too-slow",
        )


def test_too_many_at_once(tmp_path) -> None:
    with serving(tmp_path, limits=RequestLimits(requests=1)) as small:
        gate = small.app.middleware_stack
        while not hasattr(gate, "running"):
            gate = gate.app
        gate.running["another"] = 1
        answer = small.get("/rules")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert {small.get(path).status_code for path in ("/healthz", "/readyz")} == {200}


def test_too_many_of_one_client(tmp_path) -> None:
    with serving(tmp_path, limits=RequestLimits(client_requests=1)) as small:
        gate = small.app.middleware_stack
        while not hasattr(gate, "running"):
            gate = gate.app
        gate.running["another"] = 9
        assert small.get("/rules").status_code == 200
        gate.running["testclient"] = 1
        answer = small.get("/rules")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")


def test_cors_names_the_headers(tmp_path) -> None:
    with serving(tmp_path, cors_origins=["https://ehr.example.org"]) as open_to_one:
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        listed = open_to_one.options(
            "/classify", headers={"Origin": "https://ehr.example.org", **asked}
        )
        other = open_to_one.options(
            "/classify", headers={"Origin": "https://evil.example", **asked}
        )
    assert listed.status_code == 200
    allowed = listed.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed
    assert "access-control-allow-origin" not in other.headers


def test_another_host_name_is_refused_in_development(client: TestClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_a_sites_codes_are_read_checked_and_named(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "diagnoses.yaml").write_text(
        'all:\n  codes: [{system: "http://h.example/dx", code: "4711", verified: yes, '
        "cite: ours}]\n"
    )
    local = {"coding": [{"system": "http://h.example/dx", "code": "4711"}]}
    sent = chart("30-count-near-the-marrow")
    for entry in sent["entry"]:
        if entry["resource"]["resourceType"] == "Condition":
            entry["resource"]["code"] = local
    answers = []
    for settings in ({}, {"codes": own}):
        with serving(tmp_path, **settings) as service:
            answers.append(service.post("/classify", json=sent).json())
    assert [answer["accounted"]["not_understood"] for answer in answers] == [1, 0]
    assert answers[0]["outcome"] == "not_applicable"
    assert answers[1]["outcome"] != "not_applicable"
    assert answers[0]["codes"] is None
    assert answers[1]["codes"] == {
        "folder": str(own),
        "digest": read_site_codes(own).digest,
    }
    (own / "diagnoses.yaml").write_text("all:\n  codes: [{system: x, code: y}]\n")
    with pytest.raises(RulesError, match=r"diagnoses\.yaml:"), serving(tmp_path, codes=own):
        pass
