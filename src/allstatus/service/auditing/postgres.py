"""A PostgreSQL database as a database of the service; psycopg is imported here only, and only when
it is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from allstatus.errors import MissingExtra
from allstatus.service.auditing.store import Connection

LIMITS = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "fallback_application_name": "allstatus",
}  # seconds, milliseconds
AFTER_CONNECTING = """
SET lock_timeout = '10s';
SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') = 'off';
"""
LACKS = """
SELECT to_regclass(?) IS NOT NULL AND NOT EXISTS (
  SELECT FROM pg_attribute WHERE attrelid = to_regclass(?) AND attname = ? AND NOT attisdropped)
"""
REFUSING = """
CREATE OR REPLACE FUNCTION {0}_is_only_added_to() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'the {0} is only added to'; END $$;
CREATE OR REPLACE TRIGGER {0}_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
  FOR EACH STATEMENT EXECUTE FUNCTION {0}_is_only_added_to();
"""


def script(tables: str, append_only: Sequence[str]) -> str:
    """The SQL that makes the tables: integers of 64 bits, as SQLite's are, and triggers that refuse
    changes.
    """
    return tables.replace("INTEGER", "BIGINT") + "".join(
        REFUSING.format(name) for name in append_only
    )


class PostgresDatabase:
    """`name` is what may be shown of the URL; `alone` the table whose lock keeps other writers
    waiting.
    """

    def __init__(self, url: str, name: str, *, alone: str) -> None:
        self._psycopg = _library()
        self._url, self.name, self._alone = url, name, alone
        self.errors: tuple[type[Exception], ...] = (self._psycopg.Error,)

    def create(
        self,
        tables: str,
        append_only: Sequence[str] = (),
        added: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Make the tables where there are none yet; a role that may not make tables can use those
        another made.
        """
        with closing(self.connect()) as connection:
            connection.execute("BEGIN")
            connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('allstatus'))"
            )  # others may be starting too
            if connection.execute("SELECT to_regclass(?) IS NULL", [self._alone]).fetchone()[0]:
                connection.execute(script(tables, append_only))
            for table, column in added:
                if connection.execute(LACKS, [table, table, column]).fetchone()[0]:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
            connection.execute("COMMIT")

    def connect(self) -> _Connection:
        """A connection that waits for each commit to be on disk, whatever the server's own
        setting.
        """
        given = self._psycopg.conninfo.conninfo_to_dict(self._url)
        limits = {name: value for name, value in LIMITS.items() if name not in given}
        connection = _Connection(
            self._psycopg.connect(self._url, autocommit=True, prepare_threshold=None, **limits)
        )
        connection.execute(AFTER_CONNECTING)
        return connection

    def begin(self, connection: Connection) -> None:
        """Begin a transaction; the lock comes before its first look at the data, at every level of
        isolation.
        """
        connection.execute("BEGIN")
        connection.execute(f"LOCK TABLE {self._alone} IN EXCLUSIVE MODE")

    def commit(self, connection: Connection) -> None:
        """Keep what the transaction wrote."""
        connection.execute("COMMIT")

    @contextmanager
    def removing(self, connection: Connection, table: str) -> Iterator[None]:
        """Let rows of a table that is only added to be removed, in the transaction at hand; for the
        table's owner only.
        """
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_is_not_changed")
        yield
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_is_not_changed")

    def look(self) -> None:
        """Nothing: a server watches over its own files."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads as of one moment."""
        with closing(self.connect()) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection


class _Connection:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        return self._inner.execute(statement.replace("?", "%s"), values or None)

    def close(self) -> None:
        self._inner.close()


def _library() -> Any:
    try:
        import psycopg
    except ModuleNotFoundError:
        raise MissingExtra("psycopg", "postgres") from None
    return psycopg
