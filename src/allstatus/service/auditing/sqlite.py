"""A SQLite file as a database of the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
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


GONE = "the file, or what is written ahead of it, was moved, replaced, removed or cut"
FRAME = 24  # bytes before each page in a write-ahead file
Seen = tuple[int, int, int]  # of a file: device, number, size


class WatchedConnection(sqlite3.Connection):
    """A connection that knows its write-ahead file; what is written to a removed one is lost."""

    log: Seen | None = None
    database: SqliteDatabase | None = None

    def close(self) -> None:
        """Let go; not of a file that was cut, for the last who lets go writes to it, and others
        would no longer see that it was cut.
        """
        if self.database is None or not self.database.keep_open(self):
            super().close()


class SqliteDatabase:
    """`durable` asks the disk, not only the system, to keep each commit."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path, self.name = path, str(path)
        self._sync = "FULL" if durable else "NORMAL"
        self._log = path.with_name(f"{path.name}-wal")
        self._seen: Seen | None = None
        self._lost = False
        self._cut = False
        self._left: list[sqlite3.Connection] = []  # open to a file that was cut

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
        self._seen = _look(self.path)
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
        """A connection that writes; refused when the file was moved, replaced, removed or cut since
        the tables were made, for what is written to it would be lost.
        """
        self._check()
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, factory=WatchedConnection
        )
        connection.database = self
        connection.execute(f"PRAGMA synchronous = {self._sync}")
        return connection

    def begin(self, connection: Connection) -> None:
        """Begin a transaction beside which nobody writes."""
        self._check()
        if isinstance(connection, WatchedConnection) and connection.log is not None:
            self._check_log(connection, connection.log)
        connection.execute("BEGIN IMMEDIATE")

    def commit(self, connection: Connection) -> None:
        """Keep what was written; how large the files are by then shows whether they are cut
        before the next time.
        """
        connection.execute("COMMIT")
        self._seen = _larger(self._seen, _look(self.path))
        if isinstance(connection, WatchedConnection):
            connection.log = _larger(connection.log, _look(self._log))

    def look(self) -> None:
        """Notice how large the file is by now, so that it is seen when it is cut to less."""
        with suppress(sqlite3.OperationalError):
            self._check()

    def keep_open(self, connection: sqlite3.Connection) -> bool:
        """Whether a connection stays open, which is so of a file that was cut."""
        if self._cut:
            self._left.append(connection)
        return self._cut

    @contextmanager
    def removing(self, connection: Connection, table: str) -> Iterator[None]:
        """Let rows of a table that is only added to be removed, in the transaction at hand."""
        connection.execute(f"DROP TRIGGER {table}_is_not_removed")
        yield
        connection.execute(REFUSE_REMOVAL.format(table))

    def _check(self) -> None:
        before = self._seen  # which another thread may find larger meanwhile
        if not self._lost and before is not None:
            now = _still(before, self.path)
            if now[2] < before[2]:
                self._lost = self._cut = True  # for good: it may grow again
            self._seen = _larger(self._seen, now)
        if self._lost:
            raise sqlite3.OperationalError(GONE)

    def _check_log(self, connection: WatchedConnection, before: Seen) -> None:
        try:
            now = _still(before, self._log)
        except sqlite3.OperationalError:
            self._lost = True  # for good: what others write would go elsewhere
            raise
        if now[2] < before[2] and not _holds(connection, now[2]):
            self._lost = self._cut = True
            raise sqlite3.OperationalError(GONE)
        connection.log = now

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


def _look(path: Path) -> Seen | None:
    """What a path names now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size


def _larger(before: Seen | None, now: Seen | None) -> Seen | None:
    """What a path names now, unless it is another or smaller than it was."""
    if before is None or now is None:
        return before or now
    return max(before, now) if now[:2] == before[:2] else before


def _holds(connection: sqlite3.Connection, size: int) -> bool:
    """Whether a write-ahead file that has become smaller holds all that is written in it, as when
    somebody had SQLite itself move it. Raises OperationalError where others keep from asking.
    """
    try:
        busy, frames, _ = connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        (page,) = connection.execute("PRAGMA page_size").fetchone()
    except sqlite3.Error:
        return False
    if busy:
        raise sqlite3.OperationalError
    return int(frames * (page + FRAME)) <= size


def _still(before: Seen, path: Path) -> Seen:
    """What a path names now, which must be what it was."""
    now = _look(path)
    if now is None or now[:2] != before[:2]:
        raise sqlite3.OperationalError(GONE)
    return now
