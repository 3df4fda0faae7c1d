"""A SQLite file as a database of the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from allstatus.service.store import Connection

BUSY_SECONDS = 10
REFUSING = """
CREATE TRIGGER IF NOT EXISTS {0}_is_not_altered BEFORE UPDATE ON {0}
  BEGIN SELECT RAISE(ABORT, 'the {0} is only added to'); END;
CREATE TRIGGER IF NOT EXISTS {0}_is_not_removed BEFORE DELETE ON {0}
  BEGIN SELECT RAISE(ABORT, 'the {0} is only added to'); END;
"""


class SqliteDatabase:
    """`durable` asks the disk, not only the system, to keep each commit."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path, self.name = path, str(path)
        self._sync = "FULL" if durable else "NORMAL"

    def create(self, tables: str, append_only: Sequence[str] = ()) -> None:
        """Make the file, for its owner only, and tables that are not there; raises OSError where it
        cannot be made.
        """
        self.path.touch(mode=0o600)
        triggers = "".join(REFUSING.format(name) for name in append_only)
        with closing(self.connect()) as connection:
            connection.executescript(
                f"PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; {tables} {triggers} COMMIT;"
            )

    def connect(self) -> sqlite3.Connection:
        """A connection that writes."""
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute(f"PRAGMA synchronous = {self._sync}")
        return connection

    def begin(self, connection: Connection) -> None:
        """Begin a transaction beside which nobody writes."""
        connection.execute("BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads as of one moment."""
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        with closing(
            sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN")
            yield connection
