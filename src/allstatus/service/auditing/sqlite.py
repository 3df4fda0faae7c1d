"""A SQLite file as a database of the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from allstatus.service.auditing.store import Connection

BUSY_SECONDS = 10
REFUSE_REMOVAL = """
CREATE TRIGGER IF NOT EXISTS {0}_is_not_removed BEFORE DELETE ON {0}
  BEGIN SELECT RAISE(ABORT, 'the {0} is only added to'); END;
"""
REFUSING = (
    """
CREATE TRIGGER IF NOT EXISTS {0}_is_not_altered BEFORE UPDATE ON {0}
  BEGIN SELECT RAISE(ABORT, 'the {0} is only added to'); END;
"""
    + REFUSE_REMOVAL
)


class SqliteDatabase:
    """`durable` asks the disk, not only the system, to keep each commit."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path, self.name = path, str(path)
        self._sync = "FULL" if durable else "NORMAL"
        self._identity: tuple[int, int] | None = None

    def create(
        self,
        tables: str,
        append_only: Sequence[str] = (),
        added: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Make the file, for its owner only, and tables that are not there; raises OSError where it
        cannot be made.
        """
        self.path.touch(mode=0o600)
        self._identity = self._found()
        triggers = "".join(REFUSING.format(name) for name in append_only)
        with closing(self.connect()) as connection:
            connection.executescript(
                f"PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; {tables} {triggers} COMMIT;"
            )
            for table, column in added:
                known = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                if column not in known:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")

    def connect(self) -> sqlite3.Connection:
        """A connection that writes; refused when the file was moved, replaced or removed since the
        tables were made, for what is written to it would be lost.
        """
        self._check()
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute(f"PRAGMA synchronous = {self._sync}")
        return connection

    def begin(self, connection: Connection) -> None:
        """Begin a transaction beside which nobody writes."""
        self._check()
        connection.execute("BEGIN IMMEDIATE")

    @contextmanager
    def removing(self, connection: Connection, table: str) -> Iterator[None]:
        """Let rows of a table that is only added to be removed, in the transaction at hand."""
        connection.execute(f"DROP TRIGGER {table}_is_not_removed")
        yield
        connection.execute(REFUSE_REMOVAL.format(table))

    def _found(self) -> tuple[int, int] | None:
        """Which file the path names now."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _check(self) -> None:
        if self._identity is not None and self._found() != self._identity:
            raise sqlite3.OperationalError("the file was moved, replaced or removed")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads as of one moment."""
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        with closing(
            sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        ) as connection:
            connection.text_factory = _text
            connection.execute("BEGIN")
            yield connection


def _text(data: bytes) -> str:
    """Text as it was stored, also where somebody stored what is no UTF-8."""
    return data.decode("utf-8", "surrogateescape")
