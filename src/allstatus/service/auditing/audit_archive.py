"""Copies of an audit, and old rows moved to one; the chain goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from allstatus.record.whole_files import NO_ROOM, WholeFiles
from allstatus.service.auditing.audit import Audit
from allstatus.service.auditing.audit_rows import APPEND_ONLY, INTO, STORED, TABLES, note, stored
from allstatus.service.auditing.audit_verification import open_to_read, verify
from allstatus.service.auditing.database_url import DatabaseUrl
from allstatus.service.auditing.hash_chain import PART, ROTATION, AuditError, ChainKey, rows
from allstatus.service.auditing.kept_feedback import COLUMNS, drop_unchained
from allstatus.service.auditing.sqlite import SqliteDatabase
from allstatus.service.auditing.store import Connection, StoreError, insert

HEAD = ("only", "seq", "hash", "seal")


def backup(place: DatabaseUrl, out: Path) -> None:
    """Write a whole copy of an audit to a file, the service running or not; raises AuditError, and
    InvalidRecord where no file can be written.
    """
    with WholeFiles() as files:
        part = files.begin(out)
        if out.exists():
            raise AuditError(f"{out}: is there already; give a path where nothing is")
        with open_to_read(place) as connection:
            try:
                part.touch(mode=0o600)
                _copy(place, connection, part)
                with closing(sqlite3.connect(part)) as copy:
                    copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole by itself
            except (OSError, sqlite3.Error) as error:
                raise AuditError(f"{out}: {_why(error)}; {NO_ROOM}") from None
        files.publish()


def _why(error: Exception) -> str:
    """What the system says, without anything of a row."""
    code = getattr(error, "sqlite_errorname", "")
    return f"cannot be written ({code or type(error).__name__})"


def _copy(place: DatabaseUrl, connection: Connection, out: Path) -> None:
    """Copy a file page by page, which needs no room in memory; another database row by row."""
    if place.file is None:
        _copy_rows(connection, out)
        return
    address = f"{place.file.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(out)) as copy,
    ):
        copy.execute("PRAGMA journal_mode = OFF")  # a copy that is not whole is removed
        source.backup(copy)


def _copy_rows(connection: Connection, out: Path) -> None:
    """Write every row of another database to a file of the same tables."""
    database = SqliteDatabase(out)
    database.create(TABLES, APPEND_ONLY)
    columns = stored(connection)
    lacking = (None,) * (len(STORED) - len(columns))
    with closing(database.connect()) as copy:
        database.begin(copy)
        found = ((*row[:-2], *lacking, *row[-2:]) for row in rows(connection, columns))
        for part in _parts(found):
            insert(copy, INTO, part)
        for table, names in (("head", HEAD), ("feedback", COLUMNS)):
            listed = ", ".join(f'"{name}"' for name in names)
            for part in _parts(iter(connection.execute(f"SELECT {listed} FROM {table}"))):
                insert(copy, f"{table} ({listed})", part)
        copy.execute("COMMIT")


def _parts(found: Iterator[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    while part := list(islice(found, PART)):
        yield part


def rotate(place: DatabaseUrl, key_path: Path, out: Path, before: date) -> int:
    """Move the rows of before a day to an archive, which is a whole copy; the chain goes on and a
    row of it says so. Returns how many rows were moved; raises AuditError.
    """
    key = ChainKey.read(key_path)
    backup(place, out)
    with open_to_read(DatabaseUrl(out)) as connection:
        verdict = verify(connection, key)
    if verdict.problem:
        raise AuditError(f"{place}: {verdict.problem}; nothing was moved")
    audit = Audit(place, key_path)
    try:
        return move(audit, before, verdict.rows)
    except StoreError:
        raise AuditError(f"{place}: no row could be removed; try it as its owner") from None
    finally:
        audit.store.close()


def move(audit: Audit, before: date, archived: int) -> int:
    """Remove rows of before a day, up to the last one of which a copy was made; the last row stays
    always.
    """
    with audit.store.trying(keep=True) as connection:
        last = connection.execute("SELECT max(seq) FROM audit").fetchone()[0] or 0
        asked = (
            "SELECT seq, previous FROM audit WHERE seq = ? OR seq > ? OR time >= ? "
            "ORDER BY seq LIMIT 1"
        )
        first = connection.execute(asked, (last, archived, before.isoformat())).fetchone()
        if first is None:
            return 0
        old = "FROM audit WHERE seq < ?"
        count = int(connection.execute(f"SELECT count(*) {old}", first[:1]).fetchone()[0])
        if count:
            with audit.store.database.removing(connection, "audit"):
                connection.execute(f"DELETE {old}", first[:1])
            drop_unchained(connection, audit.key)
            moved = note(ROTATION, "moved", "", audit.key.rotation(*first))
            audit.add(connection, [[moved]])
    return count
