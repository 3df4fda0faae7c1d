"""One writing thread for a database, which commits what has gathered in one transaction.

What `submit` promised is kept when its future is done, also after `kill -9`; several processes may
share the database.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

TURNS = 64  # turns of an event loop whose work is committed together at most


class StoreError(Exception):
    """A database that cannot be reached, read or written; its own words are left out, as they may
    repeat what was sent.
    """


class Connection(Protocol):
    """A connection that commits each statement, unless a transaction has begun; statements take `?`
    for each value.
    """

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; returns its rows."""

    def close(self) -> None:
        """Let go, undoing what was not committed."""


class Database(Protocol):
    """Where tables are kept: what differs between one database and another."""

    name: str
    errors: tuple[type[Exception], ...]

    def create(
        self, tables: str, append_only: Sequence[str], added: Sequence[tuple[str, str]]
    ) -> None:
        """Make tables that are not there; some refuse that a row be altered or removed. `added` are
        tables' columns that earlier versions did not have.
        """

    def connect(self) -> Connection:
        """A connection for the thread that calls."""

    def begin(self, connection: Connection) -> None:
        """Begin a transaction beside which no other process writes."""

    def commit(self, connection: Connection) -> None:
        """Keep what the transaction wrote."""

    def removing(self, connection: Connection, table: str) -> AbstractContextManager[None]:
        """Let rows of a table that is only added to be removed, in the transaction at hand."""

    def look(self) -> None:
        """Notice what others have made of it meanwhile."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection that reads everything as of one moment, and writes nothing."""


Handler = Callable[[Connection, list[Any]], Sequence[Any] | None]


class Store:
    """Makes its tables at opening; raises StoreError where it cannot."""

    def __init__(
        self,
        database: Database,
        tables: str,
        append_only: Sequence[str] = (),
        added: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.database = database
        self._turn: list[_Piece] = []
        self._waiting: queue.SimpleQueue[_Group | None] = queue.SimpleQueue()
        self._begun_at: deque[float] = deque()  # of groups that are not kept yet, the oldest first
        self._connection: Connection | None = None
        with self._telling():
            database.create(tables, append_only, added)
        self._thread = threading.Thread(
            target=self._write, name=f"store {database.name}", daemon=True
        )
        self._thread.start()

    def write(self, handler: Handler, item: Any) -> asyncio.Future[Any]:
        """Have a handler write an item in the next transaction, with everything this turn of the
        event loop brings.

        The future holds the item's result, if the handler returns a list of results; or StoreError,
        when nothing was kept.
        """
        loop = asyncio.get_running_loop()
        if not self._turn:
            loop.call_soon(self._end_turn, loop)
        piece = _Piece(handler, item, loop.create_future())
        self._turn.append(piece)
        return piece.done

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading only; raises StoreError."""
        with self._telling(), self.database.reading() as connection:
            yield connection

    @contextmanager
    def trying(self, *, keep: bool = False) -> Iterator[Connection]:
        """A transaction of its own, of which nothing is kept unless `keep` says so; raises
        StoreError.
        """
        with self._telling(), closing(self.database.connect()) as connection:
            self.database.begin(connection)
            yield connection
            if keep:
                self.database.commit(connection)

    @property
    def lag(self) -> float:
        """Seconds that what has waited longest to be kept has waited; 0 when nothing waits."""
        with suppress(IndexError):
            return time.monotonic() - self._begun_at[0]
        return 0

    def close(self) -> None:
        """Finish what is waiting."""
        self._waiting.put(None)
        self._thread.join()

    def _end_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._begun_at.append(time.monotonic())
        self._waiting.put(_Group(self._turn, loop))
        self._turn = []

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except self.database.errors as error:
            raise StoreError(type(error).__name__) from None

    def _write(self) -> None:
        while groups := self._gather():
            self._commit([piece for group in groups for piece in group.pieces])
            for group in groups:
                self._begun_at.popleft()
                group.tell()
        self._let_go()

    def _gather(self) -> list[_Group]:
        """What is waiting, at least one group; empty at the end."""
        first = self._waiting.get()
        groups: list[_Group] = []
        while first is not None:
            groups.append(first)
            if len(groups) == TURNS or self._waiting.empty():
                return groups
            first = self._waiting.get()
        if groups:
            self._waiting.put(None)  # the end is met again when these are written
        return groups

    def _commit(self, batch: list[_Piece]) -> None:
        """A batch in one transaction; what one handler cannot write is undone alone, a commit that
        fails is told to all.
        """
        by_handler: dict[Handler, list[_Piece]] = {}
        for piece in batch:
            by_handler.setdefault(piece.handler, []).append(piece)
        try:
            with self._telling():
                connection = self._begun()
                for handler, pieces in by_handler.items():
                    _handle(handler, connection, pieces) if len(by_handler) == 1 else self._try(
                        handler, connection, pieces
                    )
                self.database.commit(connection)
        except Exception as error:
            self._let_go()
            for piece in batch:
                piece.failure = error

    def _begun(self) -> Connection:
        """A connection with a transaction begun: the one at hand, or another where that one is
        gone.
        """
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

    def _try(self, handler: Handler, connection: Connection, pieces: list[_Piece]) -> None:
        """One handler's pieces; where they cannot be written the others' still can."""
        connection.execute("SAVEPOINT pieces")
        try:
            with self._telling():
                _handle(handler, connection, pieces)
        except Exception as error:
            connection.execute("ROLLBACK TO SAVEPOINT pieces")
            for piece in pieces:
                piece.failure = error
        connection.execute("RELEASE SAVEPOINT pieces")


@dataclass(slots=True, eq=False)
class _Piece:
    """Something to write, what came of it, and who waits for that."""

    handler: Handler
    item: Any
    done: asyncio.Future[Any]
    result: Any = None
    failure: Exception | None = None

    def tell(self) -> None:
        if self.done.cancelled():
            return
        if self.failure is None:
            self.done.set_result(self.result)
        else:
            self.done.set_exception(self.failure)


class _Group(NamedTuple):
    """What one turn of an event loop brought."""

    pieces: list[_Piece]
    loop: asyncio.AbstractEventLoop

    def tell(self) -> None:
        """Wake everybody who waits, at once; nobody does when their loop is gone."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for piece in self.pieces:
            piece.tell()


def _handle(handler: Handler, connection: Connection, pieces: list[_Piece]) -> None:
    results = handler(connection, [piece.item for piece in pieces])
    for piece, result in zip(pieces, results or (), strict=False):
        piece.result = result


def insert(
    connection: Connection, into: str, rows: Sequence[Sequence[Any]], otherwise: str = ""
) -> None:
    """Insert rows by as few statements as can be: each gives up the interpreter, and has to wait
    for it again.

    `otherwise` says what becomes of a row that is there already.
    """
    most = 30_000 // len(rows[0]) if rows else 1  # SQLite takes 32,766 values in one statement
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        row = f"({','.join('?' * len(part[0]))})"
        values = [value for values in part for value in values]
        connection.execute(
            f"INSERT INTO {into} VALUES {','.join([row] * len(part))} {otherwise}", values
        )
