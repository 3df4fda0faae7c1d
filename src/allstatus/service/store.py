"""One writing thread for a database, which commits what has gathered in one transaction.

What `submit` promised is kept when its future is done, also after `kill -9`; several processes may share the database.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any, NamedTuple, Protocol

BATCH = 256  # pieces of work committed together at most


class StoreError(Exception):
    """A database that cannot be reached, read or written; its own words are left out, as they may repeat what was sent."""


class Connection(Protocol):
    """A connection that commits each statement, unless a transaction has begun; statements take `?` for each value."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; returns its rows."""

    def close(self) -> None:
        """Let go, undoing what was not committed."""


class Database(Protocol):
    """Where tables are kept: what differs between one database and another."""

    name: str
    errors: tuple[type[Exception], ...]

    def create(self, tables: str, append_only: Sequence[str]) -> None:
        """Make tables that are not there; some refuse that a row be altered or removed."""

    def connect(self) -> Connection:
        """A connection for the thread that calls."""

    def begin(self, connection: Connection) -> None:
        """Begin a transaction beside which no other process writes."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that reads everything as of one moment, and writes nothing."""


Handler = Callable[[Connection, list[Any]], Sequence[Any] | None]


class Store:
    """Makes its tables at opening; raises StoreError where it cannot."""

    def __init__(self, database: Database, tables: str, append_only: Sequence[str] = ()) -> None:
        self.database = database
        self._waiting: queue.Queue[_Piece | None] = queue.Queue()
        self._connection: Connection | None = None
        with self._telling():
            database.create(tables, append_only)
        self._thread = threading.Thread(target=self._write, name=f"store {database.name}", daemon=True)
        self._thread.start()

    def submit(self, handler: Handler, item: Any) -> Future[Any]:
        """Have a handler write an item in the next transaction, with all others waiting for it.

        The future holds the item's result, if the handler returns a list of results; or StoreError, when nothing was kept.
        """
        done: Future[Any] = Future()
        self._waiting.put(_Piece(handler, item, done))
        return done

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading only; raises StoreError."""
        with self._telling(), self.database.reading() as connection:
            yield connection

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """A transaction of which nothing is kept; raises StoreError."""
        with self._telling(), closing(self.database.connect()) as connection:
            self.database.begin(connection)
            yield connection

    def close(self) -> None:
        """Finish what is waiting."""
        self._waiting.put(None)
        self._thread.join()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except self.database.errors as error:
            raise StoreError(type(error).__name__) from None

    def _write(self) -> None:
        while batch := self._gather():
            self._commit(batch)
        self._let_go()

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

    def _commit(self, batch: list[_Piece]) -> None:
        """A batch in one transaction; what one handler cannot write is undone alone, a commit that fails is told to all."""
        groups: dict[Handler, list[_Piece]] = {}
        for piece in batch:
            groups.setdefault(piece.handler, []).append(piece)
        try:
            with self._telling():
                connection = self._begun()
                outcomes = [(pieces, *self._try(connection, handler, pieces)) for handler, pieces in groups.items()]
                connection.execute("COMMIT")
        except Exception as error:
            self._let_go()
            outcomes = [(batch, [], error)]
        for pieces, results, failure in outcomes:
            for place, piece in enumerate(pieces):
                if failure is None:
                    piece.done.set_result(results[place] if results else None)
                else:
                    piece.done.set_exception(failure)

    def _begun(self) -> Connection:
        """A connection with a transaction begun: the one at hand, or another where that one is gone."""
        if self._connection is not None:
            with suppress(*self.database.errors):
                self.database.begin(self._connection)
                return self._connection
            self._let_go()
        self._connection = self.database.connect()
        self.database.begin(self._connection)
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _try(self, connection: Connection, handler: Handler, pieces: list[_Piece]) -> tuple[Sequence[Any], Exception | None]:
        connection.execute("SAVEPOINT pieces")
        try:
            with self._telling():
                return handler(connection, [piece.item for piece in pieces]) or (), None
        except Exception as error:
            connection.execute("ROLLBACK TO SAVEPOINT pieces")
            return (), error
        finally:
            connection.execute("RELEASE SAVEPOINT pieces")


class _Piece(NamedTuple):
    handler: Handler
    item: Any
    done: Future[Any]


def insert(connection: Connection, into: str, rows: Sequence[Sequence[Any]], otherwise: str = "") -> None:
    """Insert rows by as few statements as can be: each gives up the interpreter, and has to wait for it again.

    `otherwise` says what becomes of a row that is there already.
    """
    most = 30_000 // len(rows[0]) if rows else 1  # SQLite takes 32,766 values in one statement
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        row = f"({','.join('?' * len(part[0]))})"
        values = [value for values in part for value in values]
        connection.execute(f"INSERT INTO {into} VALUES {','.join([row] * len(part))} {otherwise}", values)
