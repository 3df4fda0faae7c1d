"""Feedback as it is kept: outcomes of cards, without comments, each with a row of the audit's chain
about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from allstatus.service.auditing.audit_rows import Entry, note, now
from allstatus.service.auditing.hash_chain import ChainKey
from allstatus.service.auditing.store import Connection, insert

SUFFIX = "/feedback"  # after the service's name, where a row of the chain is about feedback
ABOUT_FEEDBACK = f"service LIKE '%{SUFFIX}' AND input_digest IS NOT NULL"


class Feedback(NamedTuple):
    """One outcome of one card."""

    card: str
    outcome: str
    suggestions: str
    reason: str
    time: str


KEYS = ("service", *Feedback._fields)
COLUMNS = (*KEYS, "received")
IS_IT = " AND ".join(f"{name} = ?" for name in KEYS)


def keep_feedback(
    connection: Connection, key: ChainKey, given: Sequence[tuple[str, list[Feedback]]]
) -> list[Entry]:
    """Store what is new; each is a service and what came for it. Returns rows for the chain."""
    received, entries = now(), []
    for service, item in [(service, item) for service, items in given for item in items]:
        asked = f"SELECT 1 FROM feedback WHERE {IS_IT}"
        if connection.execute(asked, (service, *item)).fetchone() is None:
            row = (service, *item, received)
            insert(connection, "feedback", [row])
            entries.append(_entry(key, row))
    return entries


def unchained(connection: Connection, key: ChainKey) -> list[Entry]:
    """Rows for the chain about feedback of before there were any; none where there are."""
    written = f"SELECT 1 FROM audit WHERE who IS NOT NULL OR {ABOUT_FEEDBACK} LIMIT 1"
    if connection.execute(written).fetchone() is not None:
        return []
    return [_entry(key, row) for row in _rows(connection)]


def feedback_problem(connection: Connection, key: ChainKey) -> str:
    """What is wrong with the feedback by the rows of the chain about it; empty when nothing is."""
    try:
        kept = {_digest(key, row) for row in _rows(connection)}
    except (TypeError, ValueError):  # a value of a type, or text, that was never written
        return "a row of feedback was altered"
    chained = _chained(connection)
    if not chained <= kept:
        return "a row of feedback was altered or removed"
    return "a row of feedback was added" if kept - chained else ""


def drop_unchained(connection: Connection, key: ChainKey) -> None:
    """Remove the feedback whose rows of the chain were moved away."""
    chained = _chained(connection)
    for row in list(_rows(connection)):
        if _digest(key, row) not in chained:
            connection.execute(f"DELETE FROM feedback WHERE {IS_IT}", row[:-1])


def _rows(connection: Connection) -> Iterator[Sequence[str]]:
    found: Iterator[Sequence[str]] = connection.execute(
        f"SELECT {', '.join(COLUMNS)} FROM feedback"
    )
    return iter(found)


def _chained(connection: Connection) -> set[str]:
    asked = f"SELECT input_digest FROM audit WHERE {ABOUT_FEEDBACK}"
    return {digest for (digest,) in connection.execute(asked)}


def _digest(key: ChainKey, row: Sequence[str]) -> str:
    return key.digest("feedback", json.dumps(list(row)).encode())


def _entry(key: ChainKey, row: Sequence[str]) -> Entry:
    service, card, outcome = row[:3]
    return note(service + SUFFIX, outcome, card, _digest(key, row))
