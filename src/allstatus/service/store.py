"""A SQLite file with one writing thread, which commits what has gathered in one transaction.

What `submit` promised is on disk when its future is done, also after `kill -9`; several processes may share the file.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Work = Callable[[sqlite3.Connection], Any]
BATCH = 256  # pieces of work committed together at most
BUSY_SECONDS = 10


class Store:
    """`schema` is run at opening; `durable` asks the disk, not only the system, to keep each commit."""

    def __init__(self, path: Path, schema: str, *, durable: bool = True) -> None:
        self.path = path
        self._sync = "FULL" if durable else "NORMAL"
        self._waiting: queue.Queue[tuple[Work, Future[Any]] | None] = queue.Queue()
        with self._connect() as connection:
            connection.executescript(f"PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; {schema} COMMIT;")
        self._thread = threading.Thread(target=self._write, name=f"store {path.name}", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Have work done in the next transaction; its future holds what it returns or raises."""
        done: Future[Any] = Future()
        self._waiting.put((work, done))
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
            while (first := self._waiting.get()) is not None:
                batch, last = [first], False
                while len(batch) < BATCH and not last:
                    try:
                        following = self._waiting.get_nowait()
                    except queue.Empty:
                        break
                    last = following is None
                    if following is not None:
                        batch.append(following)
                _commit(connection, batch)
                if last:
                    return


def _commit(connection: sqlite3.Connection, batch: list[tuple[Work, Future[Any]]]) -> None:
    """All of a batch in one transaction; a piece that fails is undone alone, a commit that fails is told to all."""
    done: list[tuple[Future[Any], Any, BaseException | None]] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        for work, future in batch:
            done.append((future, *_try(connection, work)))
        connection.execute("COMMIT")
    except Exception as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        done = [(future, None, error) for _, future in batch]
    for future, result, failure in done:
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)


def _try(connection: sqlite3.Connection, work: Work) -> tuple[Any, BaseException | None]:
    connection.execute("SAVEPOINT piece")
    try:
        result = work(connection)
    except Exception as error:
        connection.execute("ROLLBACK TO piece")
        return None, error
    finally:
        connection.execute("RELEASE piece")
    return result, None
