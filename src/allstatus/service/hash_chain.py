"""The chain of keyed hashes that ties the audit's rows together, and the walk that finds where it
does not hold.

Removing or altering a row breaks the chain at that row, or, for the last rows, leaves the recorded
head without its row.
The key is needed to forge a chain; a copy of the head kept elsewhere finds a whole audit put back
to an earlier day.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from allstatus.errors import AllstatusError
from allstatus.service.store import Connection

START = "0" * 64
PART = 1_000  # rows read at once


class AuditError(AllstatusError):
    """The audit cannot be opened or read; the message says what to do."""


class ChainKey:
    """The audit's secret, from which the chain's, the inputs' and the patients' hashes are made."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def read(cls, path: Path, *, create: bool = False) -> ChainKey:
        """The key of a file; makes one, readable by its owner only, where there is none and
        `create` says so.
        """
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
            raise AuditError(
                f"{path}: holds no audit key; give the file that was made when the audit began"
            ) from None
        if len(secret) < 16:
            raise AuditError(
                f"{path}: holds no audit key of at least 16 bytes; give the file that was made "
                f"when the audit began"
            )
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
class ChainHead:
    """The last row's number and hash, sealed with the key."""

    seq: int
    hash: str
    seal: str

    @classmethod
    def read(cls, connection: Connection) -> ChainHead | None:
        """The head; None while there is no row."""
        row = connection.execute("SELECT seq, hash, seal FROM head").fetchone()
        return None if row is None else cls(*row)

    def fits(self, key: ChainKey) -> bool:
        """Whether it was sealed with this key."""
        return hmac.compare_digest(self.seal, key.seal(self.seq, self.hash))


def rows(connection: Connection, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Each row in order: its number, its values, the hash of the row before, and its own."""
    last = 0
    asked = (
        f"SELECT seq, {', '.join(columns)}, previous, hash FROM audit WHERE seq > ? ORDER BY seq "
        f"LIMIT {PART}"
    )
    while part := connection.execute(asked, [last]).fetchall():
        yield from part
        last = part[-1][0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a chain holds: its rows and head, and the first place that does not hold, in
    words.
    """

    rows: int
    head: str
    problem: str = ""


def walk(
    connection: Connection,
    columns: Sequence[str],
    key: ChainKey,
    known: tuple[int, str] | None = None,
) -> Verdict:
    """Hold the whole chain; `known` is the number and hash of a head noted earlier, which must
    still be there.
    """
    previous, last = START, 0
    for seq, *values, stored_previous, stored in rows(connection, columns):
        if seq != last + 1:
            return Verdict(last, previous, f"row {last + 1} is missing")
        if stored_previous != previous or not hmac.compare_digest(
            stored, key.link(seq, values, previous)
        ):
            return Verdict(last, previous, f"row {seq} was altered, or the key is not this audit's")
        previous, last = stored, seq
        if known is not None and known[0] == seq and known[1] != stored:
            return Verdict(last, previous, f"row {seq} is not the one noted")
    return Verdict(last, previous, _end(connection, key, known, (last, previous)))


def _end(
    connection: Connection, key: ChainKey, known: tuple[int, str] | None, last: tuple[int, str]
) -> str:
    """What is wrong with the end of a chain whose rows hold; empty when nothing is."""
    head = ChainHead.read(connection) or ChainHead(0, START, key.seal(0, START))
    if not head.fits(key):
        return "the head was altered, or the key is not this audit's"
    if (head.seq, head.hash) != last:
        return f"rows after {last[0]} are missing: the head is at {head.seq}"
    if known is not None and known[0] > last[0]:
        return f"rows after {last[0]} are missing: row {known[0]} was noted"
    if connection.execute("SELECT count(*) FROM audit").fetchone()[0] != last[0]:
        return "there are rows outside the chain"
    return ""
