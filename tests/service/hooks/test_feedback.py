"""What became of a card: kept once, without comments, and refused where it is none."""

import json
import sqlite3
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from allstatus.service.hooks.cards import REASONS_SYSTEM
from service.conftest import PATIENT_VIEW

CARD = "4e0a3a1e-3c1b-4b6e-9d1e-2f6f2c9b2a10"
WRONG = {
    "reason": {"system": REASONS_SYSTEM, "code": "chart-wrong"},
    "userComment": "the patient is Zz Secret",
}
OVERRIDDEN = {
    "card": CARD,
    "outcome": "overridden",
    "outcomeTimestamp": "2026-01-05T12:00:00Z",
    "overrideReason": WRONG,
}
ACCEPTED = {
    "card": CARD,
    "outcome": "accepted",
    "outcomeTimestamp": "2026-01-05T13:00:00+01:00",
    "acceptedSuggestions": [{"id": "4e0a3a1e-3c1b-4b6e-9d1e-2f6f2c9b2a11"}],
}


def kept(client: TestClient) -> list[tuple]:
    connection = sqlite3.connect(client.app.state.desk.config.audit.file)
    rows = connection.execute(
        "SELECT service, card, outcome, suggestions, reason, time FROM feedback ORDER BY time"
    ).fetchall()
    connection.close()
    return rows


def test_feedback_is_stored_once_and_without_comments(client: TestClient) -> None:
    for _ in range(3):
        assert (
            client.post(
                f"{PATIENT_VIEW}/feedback", json={"feedback": [OVERRIDDEN, ACCEPTED, OVERRIDDEN]}
            ).status_code
            == 200
        )
    service = PATIENT_VIEW.rpartition("/")[2]
    assert kept(client) == [
        (
            service,
            CARD,
            "accepted",
            ACCEPTED["acceptedSuggestions"][0]["id"],
            "",
            "2026-01-05T12:00:00+00:00",
        ),
        (service, CARD, "overridden", "", "chart-wrong", "2026-01-05T12:00:00+00:00"),
    ]
    assert b"Secret" not in Path(client.app.state.desk.config.audit.file).read_bytes()


def test_a_reason_of_somebody_else_is_kept_as_other(client: TestClient) -> None:
    other = {
        **OVERRIDDEN,
        "outcomeTimestamp": "2027-01-05T12:00:00Z",
        "overrideReason": {"reason": {"code": "Zz Secret", "display": "Zz"}},
    }
    assert client.post(f"{PATIENT_VIEW}/feedback", json={"feedback": [other]}).status_code == 200
    assert kept(client)[-1][4] == "other"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"card": "x"}, "feedback.card"),
        ({"outcome": "liked"}, "feedback.outcome"),
        ({"outcomeTimestamp": "2026-01-05"}, "feedback.outcomeTimestamp"),
        ({"outcomeTimestamp": "0001-01-01T00:00:00+14:00"}, "feedback.outcomeTimestamp"),
        ({"outcomeTimestamp": "9999-12-31T23:00:00-01:00"}, "feedback.outcomeTimestamp"),
        ({"outcome": "accepted"}, "feedback.acceptedSuggestions"),
        ({"acceptedSuggestions": [{"id": 1}]}, "feedback.acceptedSuggestions.id"),
        ({"acceptedSuggestions": [{"id": CARD}, "x"]}, "feedback.acceptedSuggestions"),
        ({"acceptedSuggestions": "x"}, "feedback.acceptedSuggestions"),
        ({"acceptedSuggestions": 1}, "feedback.acceptedSuggestions"),
    ],
)
def test_feedback_that_is_none_is_400(client: TestClient, change: dict, field: str) -> None:
    answer = client.post(f"{PATIENT_VIEW}/feedback", json={"feedback": [{**OVERRIDDEN, **change}]})
    assert (answer.status_code, answer.json()["issue"][0]["expression"][0]) == (400, field)


@pytest.mark.parametrize("code", [["chart-wrong"], {}, [], 1, None, True])
def test_a_reason_that_is_no_code_is_other(client: TestClient, code: object) -> None:
    reason = {"reason": {"system": REASONS_SYSTEM, "code": code}}
    item = OVERRIDDEN | {"outcomeTimestamp": "2028-01-05T12:00:00Z", "overrideReason": reason}
    assert client.post(f"{PATIENT_VIEW}/feedback", json={"feedback": [item]}).status_code == 200
    assert kept(client)[-1][4] == "other"


def test_more_feedback_than_is_taken_at_once_is_413(client: TestClient) -> None:
    """Nobody's decision waits for one who sends very much of it."""
    most = client.app.state.desk.config.limits.records
    body = {"feedback": [OVERRIDDEN] * (most + 1)}
    assert client.post(f"{PATIENT_VIEW}/feedback", json=body).status_code == 413


@pytest.mark.parametrize("body", [{}, {"feedback": []}, {"feedback": [1]}, [], {"feedback": "x"}])
def test_feedback_of_another_shape_is_400(client: TestClient, body: object) -> None:
    assert client.post(f"{PATIENT_VIEW}/feedback", content=json.dumps(body)).status_code == 400
