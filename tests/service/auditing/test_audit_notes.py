"""Calls that were refused and pages that were read, as rows of the audit: who, when, why, and
nothing of what was sent.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from allstatus.service.auditing.audit_notes import A_MINUTE, Refusals
from service.conftest import BASE, PATIENT_VIEW, call, chart, prefetch_of, serving
from service.stores import in_file
from service.test_rest import RECORD
from service.tokens import ISSUER, TokenIssuer

SELF, STRANGER = TokenIssuer(), TokenIssuer("https://stranger.example")
CANARY = "zzcanary"
SERVICE = PATIENT_VIEW.rpartition("/")[2]


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[TestClient]:
    issuers = [{"issuer": ISSUER, "keys": SELF.written(tmp_path)}]
    with serving(tmp_path, insecure_dev=False, base_url=BASE, issuers=issuers) as client:
        yield client


def ask(client: TestClient, token: str, body: object, path: str = PATIENT_VIEW) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return client.post(path, json=body, headers=headers).status_code


def last(folder: Path) -> dict:
    row = in_file(folder).rows()[-1]
    return row | {"who": json.loads(row["who"])}


def test_a_token_refused(guarded: TestClient, tmp_path: Path) -> None:
    assert ask(guarded, SELF.token(aud="https://other.example"), {}) == 401
    row = last(tmp_path)
    assert (row["service"], row["outcome"]) == (SERVICE, "refused")
    reason = "token-refused: it is meant for another address"
    assert row["who"] == {"claimed": ISSUER, "reason": reason}


def test_a_token_of_nobody_listed(guarded: TestClient, tmp_path: Path) -> None:
    assert ask(guarded, STRANGER.token(), {}, f"{PATIENT_VIEW}/feedback") == 401
    row = last(tmp_path)
    assert row["service"] == f"{SERVICE}/feedback"
    assert row["who"] == {"reason": "token-refused: its issuer is not listed"}
    assert in_file(tmp_path).problem() == ""


def test_a_call_refused_after_its_token(guarded: TestClient, tmp_path: Path) -> None:
    given = prefetch_of(chart("01-exactly-five")) | {"observations": {CANARY: CANARY}}
    body = call(given, patient="p1", context={"userId": f"Practitioner/{CANARY}"})
    assert ask(guarded, SELF.token(), body) == 412
    row = last(tmp_path)
    assert row["who"]["issuer"] == ISSUER
    assert row["who"]["reason"] == "data-not-available"
    assert row["who"]["hook"] == body["hookInstance"]
    assert len(row["who"]["user"]) == 64
    assert CANARY not in json.dumps(in_file(tmp_path).rows())
    assert row["patient"] is None


@pytest.mark.parametrize("path", ["/classify", "/explain", "/timeline"])
def test_a_record_refused(guarded: TestClient, tmp_path: Path, path: str) -> None:
    assert ask(guarded, SELF.token(aud=BASE + path), {CANARY: CANARY}, path) == 422
    row = last(tmp_path)
    assert (row["service"], row["who"]["reason"]) == (path[1:], "invalid-input")
    assert CANARY not in json.dumps(row)


def test_an_answer_bears_the_id_of_its_row(guarded: TestClient, tmp_path: Path) -> None:
    answer = guarded.post(PATIENT_VIEW, json={})
    assert last(tmp_path)["decision_id"] == answer.headers["x-request-id"]


CALLS = yaml.safe_load((Path(__file__).parents[1] / "odd_calls.yaml").read_text("utf-8"))


@pytest.mark.parametrize("token", [True, False])
@pytest.mark.parametrize("given", CALLS, ids=str)
def test_whatever_else_is_wrong_the_token_comes_first(
    guarded: TestClient, tmp_path: Path, given: dict, token: bool
) -> None:
    path = given["path"].replace("hook", PATIENT_VIEW, 1)
    headers = {"content-type": "application/json"} | given.get("headers", {})
    if token:
        headers["authorization"] = f"Bearer {SELF.token(aud=BASE + path)}"
    address = f"{path}?{given.get('query', '')}"
    answer = guarded.post(address, content=given.get("body", "{}"), headers=headers)
    assert answer.status_code == (given["status"] if token else 401)
    row = last(tmp_path)
    assert row["service"] == path.removeprefix("/cds-services").strip("/")
    reason = given["kind"] if token else "token-refused: none was sent"
    assert row["who"] == {"issuer": ISSUER, "reason": reason} if token else {"reason": reason}


@pytest.mark.parametrize("path", ["/nothing", "/classify/", "/cds-services/none/other"])
def test_what_is_no_call_has_no_row(guarded: TestClient, tmp_path: Path, path: str) -> None:
    assert guarded.post(path, json={}).status_code == 404
    assert in_file(tmp_path).rows() == []


def test_a_hook_that_is_no_uuid_is_kept_as_a_hash(guarded: TestClient, tmp_path: Path) -> None:
    body = call(prefetch_of(chart("01-exactly-five"))) | {"hookInstance": CANARY}
    assert ask(guarded, SELF.token(), body) == 200
    assert len(last(tmp_path)["who"]["hook"]) == 64


def test_a_page_that_was_read(guarded: TestClient, tmp_path: Path) -> None:
    body = call(prefetch_of(chart("01-exactly-five")))
    headers = {"Authorization": f"Bearer {SELF.token()}"}
    (card,) = guarded.post(PATIENT_VIEW, json=body, headers=headers).json()["cards"]
    link = card["links"][0]["url"]
    decided = in_file(tmp_path).rows()[-1]
    assert guarded.get(link).status_code == 200
    row = last(tmp_path)
    assert (row["service"], row["outcome"]) == ("page", "read")
    assert row["decision_id"] == decided["decision_id"]
    assert len(row["who"]["client"]) == 64
    assert link.rpartition("/")[2] not in json.dumps(row)


def test_a_page_whose_reading_cannot_be_recorded_is_not_shown(
    guarded: TestClient, tmp_path: Path
) -> None:
    body = call(prefetch_of(chart("01-exactly-five")))
    headers = {"Authorization": f"Bearer {SELF.token()}"}
    (card,) = guarded.post(PATIENT_VIEW, json=body, headers=headers).json()["cards"]
    (tmp_path / "audit.db").rename(tmp_path / "away.db")
    assert guarded.get(card["links"][0]["url"]).status_code == 503
    assert ask(guarded, SELF.token(aud="https://other.example"), {}) == 401


def test_nobody_known_fills_no_disk(guarded: TestClient, tmp_path: Path) -> None:
    desk = guarded.app.state.desk
    desk._refusals = Refusals(3)
    for _ in range(10):
        assert ask(guarded, STRANGER.token(), {}) == 401
    assert len(in_file(tmp_path).rows()) == 3
    assert ask(guarded, SELF.token(aud=BASE + "/classify"), RECORD, "/classify") == 200
    assert ask(guarded, SELF.token(aud=BASE + "/classify"), {CANARY: 1}, "/classify") == 422
    assert last(tmp_path)["who"]["left_out"] == 7
    assert A_MINUTE == 60
