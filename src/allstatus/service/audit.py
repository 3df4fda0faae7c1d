"""The audit: one row for each decision, without anything that identifies a patient, in a file or in
PostgreSQL.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from allstatus.decision.decision import Decision
from allstatus.service.database_url import DatabaseUrl
from allstatus.service.hash_chain import (
    ROTATION,
    START,
    AuditError,
    ChainHead,
    ChainKey,
    Verdict,
    head_problem,
    rows,
    walk,
)
from allstatus.service.kept_feedback import Feedback, keep_feedback
from allstatus.service.sqlite import REFUSE_REMOVAL
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
WHO = "who"  # asked: JSON of issuer, keyed hash of userId, and hookInstance
STORED = (*COLUMNS, WHO)
TABLES = f"""
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, {", ".join(f"{name} TEXT" for name in STORED)},
  previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS head (
  "only" INTEGER PRIMARY KEY CHECK ("only" = 1),
  seq INTEGER NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
  service TEXT, card TEXT, outcome TEXT, suggestions TEXT, reason TEXT, time TEXT, received TEXT,
  PRIMARY KEY (service, card, outcome, suggestions, reason, time));
"""
APPEND_ONLY = ("audit",)
INTO = f"audit (seq, {', '.join(STORED)}, previous, hash)"
COPY = f"SELECT seq, {', '.join(STORED)}, previous, hash FROM audit WHERE 1 = 0"
NEW_HEAD = (
    'ON CONFLICT ("only") DO UPDATE SET seq = excluded.seq, hash = excluded.hash, '
    "seal = excluded.seal"
)
TRIALS = (
    f"INSERT INTO {INTO} {COPY}",
    "UPDATE head SET seq = seq WHERE 1 = 0",
    "INSERT INTO feedback SELECT * FROM feedback WHERE 1 = 0",
)


FEEDBACK = "/feedback"  # after the service's name, where a row is about feedback


class Caller(NamedTuple):
    """Who asked: the token's issuer, the hook's userId, and its instance; empty where not said."""

    issuer: str = ""
    user: str = ""
    hook: str = ""


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
            self.key_path = key_path
            self.store = Store(database, TABLES, APPEND_ONLY, [("audit", WHO)])
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
        self,
        decision_id: str,
        decision: Decision,
        service: str,
        data: bytes,
        patient: object,
        who: Caller | None = None,
    ) -> Entry:
        """What is kept of a decision: `data`, `patient` and the user only as keyed hashes."""
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
                self._who(who),
            )
        )

    def note(self, service: str, outcome: str, about: str, digest: str, who: str | None) -> Entry:
        """What is kept of something that is no decision: feedback, or a page that was read."""
        values: dict[str, str | None] = {
            "decision_id": about,
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "service": service,
            "input_digest": digest,
            "outcome": outcome,
            WHO: who,
        }
        return Entry(tuple(values.get(name) for name in STORED))

    def _who(self, who: Caller | None) -> str | None:
        if who is None or not any(who):
            return None
        user = self.key.digest("user", who.user.encode("utf-8", "surrogatepass"))
        said = {"issuer": who.issuer, "user": user if who.user else "", "hook": who.hook}
        return json.dumps({name: value for name, value in said.items() if value}, sort_keys=True)

    async def keep_feedback(self, service: str, given: list[Feedback]) -> None:
        """Store what is new of feedback, each with a row of the chain."""
        await self.store.write(self._keep_feedback, (service, given))

    def _keep_feedback(
        self, connection: Connection, given: list[tuple[str, list[Feedback]]]
    ) -> None:
        entries = []
        for service, item in [(service, item) for service, items in given for item in items]:
            known = " AND ".join(f"{name} = ?" for name in ("service", *Feedback._fields))
            asked = f"SELECT 1 FROM feedback WHERE {known}"
            if connection.execute(asked, (service, *item)).fetchone() is None:
                keep_feedback(connection, [(service, [item])])
                digest = self.key.digest("feedback", json.dumps([service, *item]).encode())
                name = service + FEEDBACK
                entries.append(self.note(name, item.outcome, item.card, digest, None))
        if entries:
            self._append(connection, [entries])

    def append(self, entries: Sequence[Entry]) -> asyncio.Future[Any]:
        """Add rows; they are committed when the future is done."""
        return self.store.write(self._append, entries)

    def trouble(self) -> str:
        """What keeps decisions from being recorded, in words; empty when a write was tried and the
        end of the chain and the key are there.
        """
        try:
            if not self.key.is_in(self.key_path):
                return "the audit's key is not there, or is another"
            with self.store.reading() as connection:
                if head_problem(connection, self.key):
                    return "the audit's head does not fit its rows"
            with self.store.trying(keep=True) as connection:
                connection.execute("UPDATE head SET seq = seq")
        except StoreError:
            return "the audit cannot be written"
        return ""

    def _append(self, connection: Connection, given: list[Sequence[Entry]]) -> None:
        self.key.begin(self.key_path)
        seq, previous = connection.execute("SELECT seq, hash FROM head").fetchone() or (0, START)
        added = []
        for entry in (entry for entries in given for entry in entries):
            seq += 1
            link = self.key.link(seq, entry.values, previous)
            added.append((seq, *entry.values, previous, link))
            previous = link
        insert(connection, INTO, added)
        insert(connection, "head", [(1, seq, previous, self.key.seal(seq, previous))], NEW_HEAD)

    def move(self, before: date) -> int:
        """Remove rows of before a day, of which a copy was made; the last row stays always."""
        day = before.isoformat()
        with self.store.trying(keep=True) as connection:
            last = connection.execute("SELECT max(seq) FROM audit").fetchone()[0] or 0
            asked = (
                "SELECT seq, previous FROM audit WHERE seq = ? OR time >= ? ORDER BY seq LIMIT 1"
            )
            first = connection.execute(asked, (last, day)).fetchone()
            if first is None:
                return 0
            moved = connection.execute("SELECT count(*) FROM audit WHERE seq < ?", (first[0],))
            count = int(moved.fetchone()[0])
            if count:
                connection.execute("DROP TRIGGER audit_is_not_removed")
                connection.execute("DELETE FROM audit WHERE seq < ?", (first[0],))
                _drop_unlinked_feedback(connection, self.key)
                connection.execute(REFUSE_REMOVAL.format("audit"))
                digest = self.key.rotation(*first)
                self._append(connection, [[self.note(ROTATION, "moved", "", digest, None)]])
        return count

    def _try_out(self, key_path: Path) -> None:
        """Ask for all that will be asked, writing nothing."""
        try:
            with self.store.trying() as connection:
                for statement in TRIALS:
                    connection.execute(statement)
                head = ChainHead.read(connection)
                problem = head_problem(connection, self.key)
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
        if problem:
            raise AuditError(
                f"{self.store.database.name}: {problem}; put back a copy made by `allstatus audit "
                f"backup`, or begin another audit with a key of its own"
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
    verdict = walk(connection, _stored(connection), key, known)
    if verdict.problem:
        return verdict
    return replace(verdict, problem=_feedback_problem(connection, key))


def _stored(connection: Connection) -> tuple[str, ...]:
    """The columns of this audit: those of earlier versions lack who asked."""
    found = connection.execute("SELECT * FROM audit WHERE 1 = 0").description
    return STORED if any(column[0] == WHO for column in found) else COLUMNS


def _feedback_problem(connection: Connection, key: ChainKey) -> str:
    """What is wrong with the feedback by the rows of the chain about it; feedback of before there
    were such rows is not covered.
    """
    kept: dict[str, str] = {}
    names = ", ".join(("service", *Feedback._fields))
    for *values, received in connection.execute(f"SELECT {names}, received FROM feedback"):
        try:
            kept[key.digest("feedback", json.dumps(values).encode())] = str(received)
        except (TypeError, ValueError):
            return "a row of feedback was altered"
    asked = f"SELECT input_digest, time FROM audit WHERE service LIKE '%{FEEDBACK}'"
    chained = dict(connection.execute(asked).fetchall())
    if not set(chained) <= set(kept):
        return "a row of feedback was altered or removed"
    since = min(chained.values(), default="")
    if since and any(kept[name] > since for name in set(kept) - set(chained)):
        return "a row of feedback was added"
    return ""


def _drop_unlinked_feedback(connection: Connection, key: ChainKey) -> None:
    """Remove the feedback whose rows of the chain were moved away."""
    names = ("service", *Feedback._fields)
    asked = f"SELECT input_digest FROM audit WHERE service LIKE '%{FEEDBACK}'"
    linked = {digest for (digest,) in connection.execute(asked)}
    for values in connection.execute(f"SELECT {', '.join(names)} FROM feedback").fetchall():
        if key.digest("feedback", json.dumps(list(values)).encode()) not in linked:
            known = " AND ".join(f"{name} = ?" for name in names)
            connection.execute(f"DELETE FROM feedback WHERE {known}", values)


def backup(place: DatabaseUrl, out: Path) -> None:
    """Write a whole copy of an audit, the service running or not; raises AuditError."""
    if place.file is None:
        raise AuditError(f"{place}: is a database; copy it with pg_dump")
    if out.exists():
        raise AuditError(f"{out}: is there already; give a path where nothing is")
    with open_to_read(place):
        pass
    out.touch(mode=0o600)
    with (
        closing(sqlite3.connect(f"{place.file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(out)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself


def rotate(place: DatabaseUrl, key_path: Path, out: Path, before: date) -> int:
    """Move the rows of before a day to an archive, which is a whole copy; the chain goes on and a
    row of it says so. Returns how many rows were moved; raises AuditError.
    """
    key = ChainKey.read(key_path)
    backup(place, out)
    with open_to_read(DatabaseUrl(out)) as connection:
        verdict = verify(connection, key)
    if verdict.problem:
        raise AuditError(f"{place}: {verdict.problem}; nothing was moved")
    audit = Audit(place, key_path)
    try:
        return audit.move(before)
    finally:
        audit.store.close()


def export(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every row in order."""
    stored = _stored(connection)
    names = ("seq", *stored, "previous", "hash")
    for row in rows(connection, stored):
        yield dict(zip(names, row, strict=True))
