"""The audit: one row for each decision, chained by keyed hashes, without anything that identifies a patient.

Removing or altering a row breaks the chain at that row, or, for the last rows, leaves the recorded head without its row.
The key is needed to forge a chain; a copy of the head kept elsewhere finds a whole file put back to an earlier day.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from allstatus.decision import Decision
from allstatus.errors import AllstatusError
from allstatus.service.store import Store, insert

COLUMNS = (
    "decision_id", "time", "service", "ruleset_id", "ruleset_version", "ruleset_digest", "table_digest", "engine",
    "input_digest", "outcome", "status", "patient",
)  # fmt: skip
START = "0" * 64
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT" for name in COLUMNS)}, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS head (
  only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
  service TEXT, card TEXT, outcome TEXT, suggestions TEXT, reason TEXT, time TEXT, received TEXT,
  PRIMARY KEY (service, card, outcome, suggestions, reason, time));
CREATE TRIGGER IF NOT EXISTS audit_is_not_altered BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_removed BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END;
"""


class AuditError(AllstatusError):
    """The audit cannot be opened or read; the message says what to do."""


class Key:
    """The audit's secret, from which the chain's, the inputs' and the patients' hashes are made."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def read(cls, path: Path, *, create: bool = False) -> Key:
        """The key of a file; makes one, readable by its owner only, where there is none and `create` says so."""
        if create and not path.exists():
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another worker was faster
                return cls.read(path)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
        try:
            secret = bytes.fromhex(path.read_text("ascii").strip())
        except (OSError, ValueError):
            raise AuditError(f"{path}: holds no audit key; give the file that was made when the audit began") from None
        if len(secret) < 16:
            raise AuditError(f"{path}: holds no audit key of at least 16 bytes; give the file that was made when the audit began")
        return cls(secret)

    def digest(self, purpose: str, data: bytes) -> str:
        """A keyed hash; another purpose gives another."""
        return hmac.new(self._secret, purpose.encode() + b"\0" + data, sha256).hexdigest()

    def seal(self, seq: int, hash: str) -> str:
        """The head's own hash."""
        return self.digest("head", f"{seq}:{hash}".encode())

    def link(self, seq: int, values: Sequence[Any], previous: str) -> str:
        """The hash of a row, which holds the hash of the row before."""
        return self.digest("row", json.dumps([seq, *values, previous], ensure_ascii=False).encode())


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision as the audit holds it."""

    decision_id: str
    values: tuple[str | None, ...]


class Audit:
    """Appends to the audit of a file."""

    def __init__(self, path: Path, key: Key) -> None:
        self.key = key
        self.store = Store(path, SCHEMA)

    def entry(self, decision_id: str, decision: Decision, service: str, data: bytes, patient: object) -> Entry:
        """What is kept of a decision: `data` and `patient` only as keyed hashes."""
        rules = decision.ruleset
        known = None if patient is None else self.key.digest("patient", str(patient).encode())
        return Entry(decision_id, (
            decision_id, datetime.now(UTC).isoformat(timespec="milliseconds"), service, rules.id, rules.version, rules.digest,
            decision.table_digest, decision.engine, self.key.digest("input", data), decision.outcome, decision.status, known,
        ))  # fmt: skip

    def append(self, entries: Sequence[Entry]) -> Future[Any]:
        """Add rows; they are on disk when the future is done."""
        return self.store.submit(self._append, entries)

    def _append(self, connection: sqlite3.Connection, given: list[Sequence[Entry]]) -> None:
        seq, previous = connection.execute("SELECT seq, hash FROM head").fetchone() or (0, START)
        rows = []
        for entry in (entry for entries in given for entry in entries):
            seq += 1
            link = self.key.link(seq, entry.values, previous)
            rows.append((seq, *entry.values, previous, link))
            previous = link
        insert(connection, "INTO audit", rows)
        connection.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?, ?)", (seq, previous, self.key.seal(seq, previous)))


def open_to_read(path: Path) -> sqlite3.Connection:
    """An audit's file for reading; raises AuditError where it holds none."""
    if not path.is_file():
        raise AuditError(f"{path}: there is no such file; give the path of an audit")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        connection.execute("SELECT seq FROM head")
    except sqlite3.DatabaseError:
        connection.close()
        raise AuditError(f"{path}: holds no audit; give the path of one") from None
    return connection


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a chain holds: its rows and head, and the first place that does not hold, in words."""

    rows: int
    head: str
    problem: str = ""


def verify(connection: sqlite3.Connection, key: Key, known: tuple[int, str] | None = None) -> Verdict:
    """Walk the chain; `known` is the number and hash of a head noted earlier, which must still be there."""
    previous, rows = START, 0
    for seq, *values, stored_previous, stored in connection.execute("SELECT * FROM audit ORDER BY seq"):
        if seq != rows + 1:
            return Verdict(rows, previous, f"row {rows + 1} is missing")
        if stored_previous != previous or not hmac.compare_digest(stored, key.link(seq, values, previous)):
            return Verdict(rows, previous, f"row {seq} was altered, or the key is not this audit's")
        previous, rows = stored, seq
        if known is not None and known[0] == seq and known[1] != stored:
            return Verdict(rows, previous, f"row {seq} is not the one noted")
    head = connection.execute("SELECT seq, hash, seal FROM head").fetchone() or (0, START, key.seal(0, START))
    if not hmac.compare_digest(head[2], key.seal(head[0], head[1])):
        return Verdict(rows, previous, "the head was altered, or the key is not this audit's")
    if head[:2] != (rows, previous):
        return Verdict(rows, previous, f"rows after {rows} are missing: the head is at {head[0]}")
    if known is not None and known[0] > rows:
        return Verdict(rows, previous, f"rows after {rows} are missing: row {known[0]} was noted")
    return Verdict(rows, previous)


def export(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Every row in order."""
    names = ("seq", *COLUMNS, "previous", "hash")
    for row in connection.execute("SELECT * FROM audit ORDER BY seq"):
        yield dict(zip(names, row, strict=True))
