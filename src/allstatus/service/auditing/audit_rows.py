"""What a row of the audit holds: a decision, feedback, a page that was read, or a call that was
refused; nothing that identifies a patient.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from allstatus.decision.decision import Decision
from allstatus.service.auditing.hash_chain import ChainKey
from allstatus.service.auditing.store import Connection

COLUMNS = (
    "decision_id",
    "time",
    "service",
    "ruleset_id",
    "ruleset_version",
    "ruleset_digest",
    "table_digest",
    "engine",
    "input_digest",
    "outcome",
    "status",
    "patient",
)
WHO = "who"  # asked: JSON of what a Caller says
STORED = (*COLUMNS, WHO)
TABLES = """
CREATE TABLE IF NOT EXISTS head (
  "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
  seq INTEGER NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, {},
  previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
  service TEXT, card TEXT, outcome TEXT, suggestions TEXT, reason TEXT, time TEXT, received TEXT,
  PRIMARY KEY (service, card, outcome, suggestions, reason, time));
""".format(", ".join(f"{name} TEXT" for name in STORED))
NOTED = """
CREATE TABLE IF NOT EXISTS noted (
  audit TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL);
"""
APPEND_ONLY = ("audit",)
INTO = f"audit (seq, {', '.join(STORED)}, previous, hash)"
REFUSED, READ = "refused", "read"  # outcomes of what is no decision
PAGE = "page"  # the service of a page that was read


class Caller(NamedTuple):
    """Who asked: the token's issuer, the hook's userId, and its instance; of a refused token the
    listed issuer it claims; of a page's reader the address. Empty where not said.
    """

    issuer: str = ""
    user: str = ""
    hook: str = ""
    claimed: str = ""
    client: str = ""


HASHED = ("user", "client")  # of a Caller: kept as keyed hashes; a hook too that is no UUID
_SORTED = json.JSONEncoder(sort_keys=True)
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row's values, in the order of STORED."""

    values: tuple[str | None, ...]


def now() -> str:
    """This moment as rows have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def entry_of(
    key: ChainKey, decision_id: str, decision: Decision, service: str, data: bytes, asked: Caller
) -> Entry:
    """What is kept of a decision: `data`, the patient and the user only as keyed hashes."""
    rules, patient = decision.rules, decision.record.id
    return Entry(
        (
            decision_id,
            now(),
            service,
            rules.id,
            rules.version,
            rules.digest,
            decision.ruleset.table_digest,
            decision.engine,
            key.digest("input", data),
            decision.outcome,
            decision.status,
            None if patient is None else key.digest("patient", str(patient).encode()),
            who(key, asked),
        )
    )


def note(
    service: str, outcome: str, about: str, digest: str | None = None, who: str | None = None
) -> Entry:
    """What is kept of something that is no decision."""
    values: dict[str, str | None] = {
        "decision_id": about,
        "time": now(),
        "service": service,
        "input_digest": digest,
        "outcome": outcome,
        WHO: who,
    }
    return Entry(tuple(values.get(name) for name in STORED))


def who(key: ChainKey, asked: Caller, **more: object) -> str | None:
    """Who asked, as JSON; None where nothing is known and `more` says nothing."""
    said = {
        name: key.digest(name, value.encode("utf-8", "surrogatepass"))
        if name in HASHED or (name == "hook" and not UUID.fullmatch(value))
        else value
        for name, value in asked._asdict().items()
        if value
    }
    said |= {name: value for name, value in more.items() if value}
    return _SORTED.encode(said) if said else None


def stored(connection: Connection) -> tuple[str, ...]:
    """The columns of an audit: those of earlier versions lack who asked."""
    found = connection.execute("SELECT * FROM audit WHERE 1 = 0").description
    return STORED if any(column[0] == WHO for column in found) else COLUMNS
