"""What the service counts of itself, read as Prometheus reads it; and that every alert names what
is counted.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from needs import SERVER

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from .process import served
from .test_rest import RECORD
from .tokens import ISSUER, TokenIssuer

DEPLOY = Path(__file__).parents[2] / "deploy"
CALL = call(prefetch_of(chart("01-exactly-five")))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[TestClient]:
    assume = ["symptoms-absent-unless-recorded"]
    with serving(tmp_path, reading={"assume": assume}) as client:
        yield client


def samples(text: str) -> dict[tuple, float]:
    """Each sample's value by its name and labels."""
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(text: str, name: str, **labels: str) -> float:
    """The sum of the samples of that name with these labels."""
    return sum(
        value
        for (sample, *found), value in samples(text).items()
        if sample == f"allstatus_{name}" and labels.items() <= dict(found).items()
    )


def test_requests_by_route_status_and_problem(own: TestClient) -> None:
    own.post("/classify", json=RECORD)
    own.post("/classify", content="x", headers={"Content-Type": "text/csv"})
    own.get("/p1/secret")
    own.head("/healthz")
    text = own.get("/metrics").text
    asked = {"route": "/classify"}
    assert counted(text, "requests_total", **asked, status="200", problem="none") == 1
    problem = "unsupported-media-type"
    assert counted(text, "requests_total", **asked, status="415", problem=problem) == 1
    assert counted(text, "requests_total", route="none") == 1  # the 404
    assert counted(text, "requests_total", route="/healthz", status="200") == 1
    assert counted(text, "request_seconds_count", **asked) == 2


def test_decisions_by_outcome_and_statements_by_place(own: TestClient) -> None:
    own.post("/classify", json=RECORD)
    answer = own.post("/classify", json=chart("01-exactly-five"))
    own.post(PATIENT_VIEW, json=CALL)
    text, decision = own.get("/metrics").text, answer.json()
    told = {"outcome": "determined", "status": "in_remission"}
    assert counted(text, "decisions_total", service="classify", **told) == 2
    assert counted(text, "decisions_total", service="allstatus-patient-view", **told) == 1
    for place in ("counted", "set_aside", "about_something_else", "not_understood"):
        assert counted(text, "statements_total", place=place) == 2 * decision["accounted"][place]


def test_what_is_so_now(tmp_path: Path) -> None:
    keys = TokenIssuer().written(tmp_path)
    issuers = [{"issuer": ISSUER, "keys": keys}]
    away = {"base_url": "http://127.0.0.1:8000", "insecure_dev": False, "issuers": issuers}
    with serving(tmp_path, **away) as client:
        client.post("/classify", json=RECORD)
        text = client.get("/metrics").text
        assert counted(text, "ready") == 1
        assert counted(text, "audit_lag_seconds") < 30
        assert ISSUER not in text  # the keys of a file are not read by the clock
        assert 0 < counted(text, "audit_disk_free_ratio") < 1
        refused = {"status": "401", "problem": "token-refused"}
        assert counted(text, "requests_total", **refused) == 1
        (tmp_path / "audit.db").rename(tmp_path / "moved.db")
        assert counted(client.get("/metrics").text, "ready") == 0
        tmp_path.rename(moved := tmp_path.with_name("moved"))
        assert counted(client.get("/metrics").text, "ready") == 0
        moved.rename(tmp_path)


def test_the_age_of_keys_is_of_addresses(tmp_path: Path) -> None:
    issuers = [{"issuer": ISSUER, "jwks_url": "http://127.0.0.1:9/keys"}]
    away = {"base_url": "http://127.0.0.1:8000", "insecure_dev": False, "issuers": issuers}
    with serving(tmp_path, **away) as client:
        text = client.get("/metrics").text
    assert counted(text, "key_age_seconds", issuer=ISSUER) == float("inf")
    assert counted(text, "ready") == 0


def test_no_patient_is_in_it(own: TestClient) -> None:
    body = call(prefetch_of(chart("01-exactly-five")), context={"userId": "Practitioner/canary7"})
    own.post(PATIENT_VIEW, json=body)
    own.post("/classify?rules=canary8", json=RECORD | {"id": "canary9"})
    text = own.get("/metrics").text
    assert re.findall(r"canary|p1\b|Practitioner", text) == []


def test_every_alert_names_what_is_counted(own: TestClient) -> None:
    own.post(PATIENT_VIEW, json=CALL)
    known = {name for name, *_ in samples(own.get("/metrics").text)}
    known.add("allstatus_key_age_seconds")  # there are no issuers where it is tried out
    rules = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"][0]["rules"]
    named = {name for rule in rules for name in re.findall(r"\ballstatus_\w+", rule["expr"])}
    assert named - known == set()
    assert len(named) > 5


@SERVER
def test_processes_count_together(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-dev", "--workers", "2") as service:
        for _ in range(20):
            httpx.post(f"{service.address}/classify", json=RECORD, trust_env=False)
        text = httpx.get(f"{service.address}/metrics", trust_env=False).text
    assert counted(text, "decisions_total", outcome="determined") == 20
