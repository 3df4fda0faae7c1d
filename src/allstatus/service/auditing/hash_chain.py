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
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from allstatus.errors import AllstatusError, InvalidRecord
from allstatus.record.regular_file import refuse_no_file
from allstatus.service.auditing.store import Connection

START = "0" * 64
BEGUN = "begun"
EMPTIED = "it is empty, though an audit was begun with this key"
NOT_NOTED = "row {} is not the one noted"
ROTATION = "rotation"  # the service named by the row that moved others to an archive
BEFORE_WHO = 12  # values of a row before it was kept who asked
FIRST = "SELECT seq, previous FROM audit WHERE seq > 0 ORDER BY seq LIMIT 1"
PART = 1_000  # rows read at once
_AS_IT_IS = json.JSONEncoder(ensure_ascii=False)


class AuditError(AllstatusError):
    """The audit cannot be opened or read; the message says what to do."""


class ChainKey:
    """The audit's secret, from which the chain's, the inputs' and the patients' hashes are made."""

    def __init__(self, secret: bytes, *, begun: bool = False) -> None:
        self._secret, self.begun = secret, begun
        self._seen: tuple[int, ...] = ()  # of the file that was found to hold it
        self._keyed = hmac.new(secret, digestmod=sha256)

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
            refuse_no_file(path)
            written, *marks = path.read_text("ascii").split()
            secret = bytes.fromhex(written)
        except (OSError, ValueError, InvalidRecord):
            raise AuditError(
                f"{path}: holds no audit key; give the file that was made when the audit began"
            ) from None
        if len(secret) < 16:
            raise AuditError(
                f"{path}: holds no audit key of at least 16 bytes; give the file that was made "
                f"when the audit began"
            )
        return cls(secret, begun=BEGUN in marks)

    def is_in(self, path: Path) -> bool:
        """Whether a file still holds this key; read again when it is not the file it was."""
        try:
            found = path.stat()
            now = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
            if now != self._seen and ChainKey.read(path)._secret == self._secret:
                self._seen = now
        except (AuditError, OSError):
            return False
        return now == self._seen

    def begin(self, path: Path) -> None:
        """Note in the key's file that an audit was begun with it, so that an emptied one is
        found.
        """
        if not self.begun:
            with suppress(OSError), path.open("a", encoding="ascii") as file:
                file.write(f"\n{BEGUN}\n")
                file.flush()
                os.fsync(file.fileno())
            self.begun = True

    def digest(self, purpose: str, data: bytes) -> str:
        """A keyed hash; another purpose gives another."""
        keyed = self._keyed.copy()
        keyed.update(purpose.encode() + b"\0" + data)
        return keyed.hexdigest()

    @property
    def name(self) -> str:
        """What tells an audit of this key from those of others."""
        return self.digest("name", b"")

    def seal(self, seq: int, hash: str) -> str:
        """The head's own hash."""
        return self.digest("head", f"{seq}:{hash}".encode("utf-8", "surrogatepass"))

    def link(self, seq: int, values: Sequence[Any], previous: str) -> str:
        """The hash of a row, which holds the hash of the row before. A last value that is None was
        not there in earlier versions and is left out.
        """
        held = values if values[-1] is not None or len(values) <= BEFORE_WHO else values[:-1]
        return self.digest("row", _AS_IT_IS.encode([seq, *held, previous]).encode())

    def rotation(self, seq: int, previous: str) -> str:
        """What a row says that moved all rows before `seq` to an archive."""
        return self.digest("rotation", f"{seq}:{previous}".encode())


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
        return _same(self.seal, key.seal(self.seq, self.hash))


def _same(stored: object, made: str) -> bool:
    """Whether a stored hash is one that was made, whatever was put in its place."""
    return isinstance(stored, str) and stored.isascii() and hmac.compare_digest(stored, made)


def _linked(key: ChainKey, row: Sequence[Any], previous: str) -> bool:
    """Whether a row's hash is that of its number, values and the row before."""
    seq, *values, stored_previous, stored = row
    try:
        return stored_previous == previous and _same(stored, key.link(seq, values, previous))
    except (TypeError, ValueError):  # a value of a type, or text, that was never written
        return False


def _begin(connection: Connection, key: ChainKey) -> tuple[int, str]:
    """The number and hash before the first row: of the last one that was moved to an archive, if a
    row of the chain says so.
    """
    asked = "SELECT input_digest FROM audit WHERE service = ? ORDER BY seq DESC LIMIT 1"
    moved = connection.execute(asked, (ROTATION,)).fetchone()
    row = connection.execute(FIRST).fetchone()
    if moved is None or row is None or not _same(moved[0], key.rotation(row[0], str(row[1]))):
        return 0, START
    return row[0] - 1, row[1]


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
    held: int = 0  # rows in this file: fewer where earlier ones are in an archive


def walk(
    connection: Connection,
    columns: Sequence[str],
    key: ChainKey,
    known: tuple[int, str] | None = None,
) -> Verdict:
    """Hold the whole chain; `known` is the number and hash of a head noted earlier, which must
    still be there.
    """
    before, previous = _begin(connection, key)
    last = before
    for row in rows(connection, columns):
        seq, stored = row[0], row[-1]
        if seq != last + 1:
            return Verdict(last, previous, f"row {last + 1} is missing")
        if not _linked(key, row, previous):
            return Verdict(last, previous, f"row {seq} was altered, or the key is not this audit's")
        previous, last = stored, seq
        if known is not None and known[0] == seq and known[1] != stored:
            return Verdict(last, previous, NOT_NOTED.format(seq))
    problem = _end(connection, key, known, (last, previous))
    if not problem and _count(connection) != last - before:
        problem = "there are rows outside the chain"
    return Verdict(last, previous, problem, last - before)


def _count(connection: Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM audit").fetchone()[0])


def head_problem(
    connection: Connection, key: ChainKey, known: tuple[int, str] | None = None
) -> str:
    """What is wrong with the end of a chain, by its last row and the one that was noted; empty when
    nothing is.
    """
    asked = "SELECT seq, hash FROM audit WHERE seq IN ((SELECT max(seq) FROM audit), ?)"
    number, hash = known or (0, START)
    found = dict(connection.execute(asked, (number,)).fetchall())
    if found.get(number, hash) != hash:
        return NOT_NOTED.format(number)
    last = max(found, default=0)
    return _end(connection, key, known, (last, found.get(last, START)))


def _end(
    connection: Connection, key: ChainKey, known: tuple[int, str] | None, last: tuple[int, str]
) -> str:
    """What is wrong with the end of a chain whose rows hold; empty when nothing is."""
    head = ChainHead.read(connection)
    if head is None and last[0] == 0 and key.begun:
        return EMPTIED
    head = head or ChainHead(0, START, key.seal(0, START))
    if not head.fits(key):
        return "the head was altered, or the key is not this audit's"
    if (head.seq, head.hash) != last:
        return f"rows after {last[0]} are missing: the head is at {head.seq}"
    if known is not None and known[0] > last[0]:
        return f"rows after {last[0]} are missing: row {known[0]} was noted"
    return ""
