"""The audit: one row for each decision, without anything that identifies a patient, in a file or in
PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allstatus.decision.decision import Decision
from allstatus.service.database_url import DatabaseUrl
from allstatus.service.hash_chain import START, AuditError, ChainHead, ChainKey, Verdict, rows, walk
from allstatus.service.store import Connection, Database, Store, StoreError, insert

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
TABLES = f"""
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT" for name in COLUMNS)},
  previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS head (
  "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
  seq INTEGER NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
  service TEXT, card TEXT, outcome TEXT, suggestions TEXT, reason TEXT, time TEXT, received TEXT,
  PRIMARY KEY (service, card, outcome, suggestions, reason, time));
"""
APPEND_ONLY = ("audit",)
INTO = f"audit (seq, {', '.join(COLUMNS)}, previous, hash)"
NEW_HEAD = (
    'ON CONFLICT ("only") DO UPDATE SET seq = excluded.seq, hash = excluded.hash, '
    "seal = excluded.seal"
)
TRIALS = (
    f"INSERT INTO {INTO} SELECT * FROM audit WHERE 1 = 0",
    "UPDATE head SET seq = seq WHERE 1 = 0",
    "INSERT INTO feedback SELECT * FROM feedback WHERE 1 = 0",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision as the audit holds it."""

    values: tuple[str | None, ...]


class Audit:
    """Appends to an audit; raises AuditError where it cannot be opened, or was begun with another
    key.
    """

    def __init__(self, place: DatabaseUrl, key_path: Path) -> None:
        database = database_of(place)
        try:
            self.key = ChainKey.read(key_path, create=True)
            self.store = Store(database, TABLES, APPEND_ONLY)
        except (StoreError, OSError) as error:
            raise AuditError(
                f"{place}: cannot be written ({_kind(error)}); {place.remedy}"
            ) from None
        try:
            self._try_out(key_path)
        except BaseException:
            self.store.close()
            raise

    def entry(
        self, decision_id: str, decision: Decision, service: str, data: bytes, patient: object
    ) -> Entry:
        """What is kept of a decision: `data` and `patient` only as keyed hashes."""
        rules = decision.rules
        known = None if patient is None else self.key.digest("patient", str(patient).encode())
        return Entry(
            (
                decision_id,
                datetime.now(UTC).isoformat(timespec="milliseconds"),
                service,
                rules.id,
                rules.version,
                rules.digest,
                decision.ruleset.table_digest,
                decision.engine,
                self.key.digest("input", data),
                decision.outcome,
                decision.status,
                known,
            )
        )

    def append(self, entries: Sequence[Entry]) -> asyncio.Future[Any]:
        """Add rows; they are committed when the future is done."""
        return self.store.write(self._append, entries)

    def _append(self, connection: Connection, given: list[Sequence[Entry]]) -> None:
        seq, previous = connection.execute("SELECT seq, hash FROM head").fetchone() or (0, START)
        added = []
        for entry in (entry for entries in given for entry in entries):
            seq += 1
            link = self.key.link(seq, entry.values, previous)
            added.append((seq, *entry.values, previous, link))
            previous = link
        insert(connection, INTO, added)
        insert(connection, "head", [(1, seq, previous, self.key.seal(seq, previous))], NEW_HEAD)

    def _try_out(self, key_path: Path) -> None:
        """Ask for all that will be asked, writing nothing."""
        try:
            with self.store.trying() as connection:
                for statement in TRIALS:
                    connection.execute(statement)
                head = ChainHead.read(connection)
        except StoreError as error:
            why = f"its tables are not an audit's, or may not be written to ({error})"
            raise AuditError(
                f"{self.store.database.name}: {why}; see docs/serving.md for tables and grants"
            ) from None
        if head is not None and not head.fits(self.key):
            why = f"was begun with another key than {key_path}, or its head was altered"
            raise AuditError(
                f"{self.store.database.name}: {why}; give its key as audit_key, and see `allstatus "
                f"audit verify`"
            )


def _kind(error: Exception) -> str:
    return str(error) if isinstance(error, StoreError) else type(error).__name__


def database_of(place: DatabaseUrl) -> Database:
    """The database a place names."""
    if place.file is None:
        from allstatus.service.postgres import PostgresDatabase

        return PostgresDatabase(place.address, str(place), alone="head")
    from allstatus.service.sqlite import SqliteDatabase

    return SqliteDatabase(place.file)


@contextmanager
def open_to_read(place: DatabaseUrl) -> Iterator[Connection]:
    """An audit as of one moment; raises AuditError where there is none."""
    if place.file is not None and not place.file.is_file():
        raise AuditError(f"{place}: there is no such file; give the path of an audit")
    database = database_of(place)
    try:
        with database.reading() as connection:
            ChainHead.read(connection)
            yield connection
    except database.errors:
        raise AuditError(f"{place}: holds no audit that can be read; {place.remedy}") from None


def verify(connection: Connection, key: ChainKey, known: tuple[int, str] | None = None) -> Verdict:
    """Hold the chain of an audit; `known` is a head noted earlier."""
    return walk(connection, COLUMNS, key, known)


def export(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every row in order."""
    names = ("seq", *COLUMNS, "previous", "hash")
    for row in rows(connection, COLUMNS):
        yield dict(zip(names, row, strict=True))
