"""A SQLite file with one writing thread, which commits what has gathered in one transaction.

What `submit` promised is on disk when its future is done, also after `kill -9`; several processes may share the file.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Handler = Callable[[sqlite3.Connection, list[Any]], Sequence[Any] | None]
BATCH = 256  # pieces of work committed together at most
BUSY_SECONDS = 10


class Store:
    """`schema` is run at opening; `durable` asks the disk, not only the system, to keep each commit."""

    def __init__(self, path: Path, schema: str, *, durable: bool = True) -> None:
        self.path = path
        self._sync = "FULL" if durable else "NORMAL"
        self._waiting: queue.Queue[_Piece | None] = queue.Queue()
        path.touch(mode=0o600)
        with self._connect() as connection:
            connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; {schema} COMMIT;")
        self._thread = threading.Thread(target=self._write, name=f"store {path.name}", daemon=True)
        self._thread.start()

    def submit(self, handler: Handler, item: Any) -> Future[Any]:
        """Have a handler write an item in the next transaction, with all others waiting for it.

        The future holds the item's result, if the handler returns a list of results; or what the handler raised.
        """
        done: Future[Any] = Future()
        self._waiting.put(_Piece(handler, item, done))
        return done

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading only."""
        with self._connect() as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection

    def close(self) -> None:
        """Finish what is waiting."""
        self._waiting.put(None)
        self._thread.join()

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute(f"PRAGMA synchronous = {self._sync}")
            yield connection
        finally:
            connection.close()

    def _write(self) -> None:
        with self._connect() as connection:
            while batch := self._gather():
                _commit(connection, batch)

    def _gather(self) -> list[_Piece]:
        """What is waiting, at least one piece; empty at the end."""
        first = self._waiting.get()
        batch: list[_Piece] = []
        while first is not None:
            batch.append(first)
            if len(batch) == BATCH or self._waiting.empty():
                return batch
            first = self._waiting.get()
        if batch:
            self._waiting.put(None)  # the end is met again when these are written
        return batch


class _Piece(NamedTuple):
    handler: Handler
    item: Any
    done: Future[Any]


def _commit(connection: sqlite3.Connection, batch: list[_Piece]) -> None:
    """A batch in one transaction; what one handler cannot write is undone alone, a commit that fails is told to all."""
    groups: dict[Handler, list[_Piece]] = {}
    for piece in batch:
        groups.setdefault(piece.handler, []).append(piece)
    try:
        connection.execute("BEGIN IMMEDIATE")
        outcomes = [(pieces, *_try(connection, handler, pieces)) for handler, pieces in groups.items()]
        connection.execute("COMMIT")
    except Exception as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        outcomes = [(batch, [], error)]
    for pieces, results, failure in outcomes:
        for place, piece in enumerate(pieces):
            if failure is None:
                piece.done.set_result(results[place] if results else None)
            else:
                piece.done.set_exception(failure)


def _try(connection: sqlite3.Connection, handler: Handler, pieces: list[_Piece]) -> tuple[Sequence[Any], Exception | None]:
    connection.execute("SAVEPOINT pieces")
    try:
        return handler(connection, [piece.item for piece in pieces]) or (), None
    except Exception as error:
        connection.execute("ROLLBACK TO pieces")
        return (), error
    finally:
        connection.execute("RELEASE pieces")


def insert(connection: sqlite3.Connection, into: str, rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows by as few statements as can be: each gives up the interpreter, and has to wait for it again."""
    most = 30_000 // len(rows[0]) if rows else 1  # SQLite takes 32,766 values in one statement
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        row = f"({','.join('?' * len(part[0]))})"
        connection.execute(f"INSERT {into} VALUES {','.join([row] * len(part))}", [value for values in part for value in values])
