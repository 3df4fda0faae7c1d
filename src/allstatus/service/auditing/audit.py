"""The audit: one row for each decision, feedback, page read and call refused, without anything that
identifies a patient, in a file or in PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from allstatus.service.auditing.audit_rows import APPEND_ONLY, INTO, STORED, TABLES, WHO, Entry
from allstatus.service.auditing.audit_verification import database_of, noted_head
from allstatus.service.auditing.database_url import DatabaseUrl
from allstatus.service.auditing.hash_chain import (
    START,
    AuditError,
    ChainHead,
    ChainKey,
    head_problem,
)
from allstatus.service.auditing.kept_feedback import Feedback, keep_feedback, unchained
from allstatus.service.auditing.store import Connection, Store, StoreError, insert

COPY = f"SELECT seq, {', '.join(STORED)}, previous, hash FROM audit WHERE 1 = 0"
NEWER = "DO UPDATE SET seq = excluded.seq, hash = excluded.hash, seal = excluded.seal"
NEW_HEAD = f'ON CONFLICT ("only") {NEWER}'
NEW_NOTE = f"ON CONFLICT (audit) {NEWER} WHERE excluded.seq > noted.seq"
NOTED_SECONDS = 1  # between two notes of the last row
NO_KEY = "the audit's key is not there, or is another"
PUT_BACK = "the audit's rows are gone"  # put back to an earlier moment
TRIALS = (
    f"INSERT INTO {INTO} {COPY}",
    "UPDATE head SET seq = seq WHERE 1 = 0",
    "INSERT INTO feedback SELECT * FROM feedback WHERE 1 = 0",
)


class Audit:
    """Appends to an audit; raises AuditError where it cannot be opened, was begun with another key,
    or lacks the row that was noted in the service's state.
    """

    def __init__(self, place: DatabaseUrl, key_path: Path, state: Path | None = None) -> None:
        database = database_of(place)
        self._last = self._noted = (0, START)  # of the rows written here that are kept
        try:
            self.key = ChainKey.read(key_path, create=True)
            self.key_path = key_path
            self.store = Store(database, TABLES, APPEND_ONLY, [("audit", WHO)])
        except (StoreError, OSError) as error:
            raise _unwritable(place, error) from None
        try:
            known = None if state is None else noted_head(state, self.key)
            self._try_out(key_path, known)
            self._chain_what_is_not(place)
        except BaseException:
            self.store.close()
            raise

    def append(self, entries: Sequence[Entry]) -> asyncio.Future[Any]:
        """Add rows; they are committed when the future is done."""
        return self._begun(self.store.write(self.add, entries))

    def keep_feedback(self, service: str, given: list[Feedback]) -> asyncio.Future[Any]:
        """Store what is new of feedback, each with a row of the chain."""
        return self._begun(self.store.write(self._keep_feedback, (service, given)))

    async def watch(self, state: Store) -> None:
        """Note the last row now and again, for ever."""
        while True:
            await asyncio.sleep(NOTED_SECONDS)
            await self.note_in(state)

    async def note_in(self, state: Store) -> None:
        """Note the last row that was written here apart from the audit, so that one put back to an
        earlier day is found; and how large the audit is by now.
        """
        self.store.database.look()
        if self._last != self._noted:
            seq, hash = self._noted = self._last
            noted = (self.key.name, seq, hash, self.key.seal(seq, hash))
            with suppress(StoreError):
                await state.write(_note_head, noted)

    def trouble(self) -> str:
        """What keeps decisions from being recorded, in words; empty when a write was tried and the
        end of the chain and the key are there.
        """
        last = self._last  # as of before what is read, for rows are added meanwhile
        try:
            if not self.key.is_in(self.key_path):
                return NO_KEY
            with self.store.reading() as connection:
                if head_problem(connection, self.key):
                    return "the audit's head does not fit its rows"
                head = ChainHead.read(connection)
                if _is_behind((0, START) if head is None else (head.seq, head.hash), last):
                    return PUT_BACK
            with self.store.trying(keep=True) as connection:
                connection.execute("UPDATE head SET seq = seq")
        except StoreError:
            return "the audit cannot be written"
        return ""

    def add(
        self, connection: Connection, given: Sequence[Sequence[Entry]]
    ) -> list[tuple[int, str]]:
        """Add rows in the transaction at hand, which is the only one; of each item the last row
        that is then there.
        """
        if not self.key.is_in(self.key_path):
            raise StoreError(NO_KEY)
        seq, previous = connection.execute("SELECT seq, hash FROM head").fetchone() or (0, START)
        if _is_behind((seq, previous), self._last):
            raise StoreError(PUT_BACK)
        added = []
        for entry in (entry for entries in given for entry in entries):
            seq += 1
            link = self.key.link(seq, entry.values, previous)
            added.append((seq, *entry.values, previous, link))
            previous = link
        if added:
            insert(connection, INTO, added)
            insert(connection, "head", [(1, seq, previous, self.key.seal(seq, previous))], NEW_HEAD)
        return [(seq, previous)] * len(given)

    def _keep_feedback(
        self, connection: Connection, given: list[tuple[str, list[Feedback]]]
    ) -> list[tuple[int, str]]:
        return self.add(connection, [keep_feedback(connection, self.key, given)]) * len(given)

    def _begun(self, written: asyncio.Future[Any]) -> asyncio.Future[Any]:
        """Note what was written, and beside the key that rows were: once they are, lest an audit
        whose first write failed be taken for one that was emptied.
        """
        written.add_done_callback(self._note)
        return written

    def _note(self, written: asyncio.Future[Any]) -> None:
        if not written.cancelled() and written.exception() is None:
            self._last = max(self._last, written.result())
            self.key.begin(self.key_path)

    def _try_out(self, key_path: Path, known: tuple[int, str] | None) -> None:
        """Ask for all that will be asked, writing nothing."""
        try:
            with self.store.trying() as connection:
                for statement in TRIALS:
                    connection.execute(statement)
                head = ChainHead.read(connection)
                problem = head_problem(connection, self.key, known)
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
                f"backup`, without the state if it is older, or begin another with a key of its own"
            )
        if head is not None:
            self.key.begin(key_path)

    def _chain_what_is_not(self, place: DatabaseUrl) -> None:
        """Write what an earlier version left to write."""
        try:
            with self.store.trying(keep=True) as connection:
                self.add(connection, [unchained(connection, self.key)])
        except StoreError as error:
            raise _unwritable(place, error) from None


def _is_behind(head: tuple[int, str], last: tuple[int, str]) -> bool:
    """Whether rows up to the last one written here are gone by what is said to be the head."""
    return head[0] < last[0] or (head[0] == last[0] and head[1] != last[1])


def _note_head(connection: Connection, noted: list[tuple[str, int, str, str]]) -> None:
    insert(connection, "noted", noted[-1:], NEW_NOTE)


def _unwritable(place: DatabaseUrl, error: Exception) -> AuditError:
    kind = error if isinstance(error, StoreError) else type(error).__name__
    return AuditError(f"{place}: cannot be written ({kind}); {place.remedy}")
