"""Feedback as it is kept: outcomes of cards, without comments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from allstatus.service.store import Connection, insert


class Feedback(NamedTuple):
    """One outcome of one card."""

    card: str
    outcome: str
    suggestions: str
    reason: str
    time: str


def keep_feedback(connection: Connection, given: list[tuple[str, list[Feedback]]]) -> None:
    """Store what is new; each is a service and what came for it."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows = [(service, *item, now) for service, items in given for item in items]
    insert(connection, "feedback", rows, "ON CONFLICT DO NOTHING")
