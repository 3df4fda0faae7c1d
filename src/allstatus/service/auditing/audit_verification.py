"""An audit as whoever checks it reads it: opened as of one moment, held by its chain, written
out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from allstatus.service.auditing.audit_rows import STORED, stored
from allstatus.service.auditing.database_url import DatabaseUrl
from allstatus.service.auditing.hash_chain import (
    AuditError,
    ChainHead,
    ChainKey,
    Verdict,
    rows,
    walk,
)
from allstatus.service.auditing.kept_feedback import feedback_problem
from allstatus.service.auditing.store import Connection, Database


def database_of(place: DatabaseUrl) -> Database:
    """The database a place names."""
    if place.file is None:
        from allstatus.service.auditing.postgres import PostgresDatabase

        return PostgresDatabase(place.address, str(place), alone="head")
    from allstatus.service.auditing.sqlite import SqliteDatabase

    return SqliteDatabase(place.file)


@contextmanager
def open_to_read(place: DatabaseUrl) -> Iterator[Connection]:
    """An audit as of one moment; raises AuditError where there is none."""
    if place.file is not None and not place.file.is_file():
        raise AuditError(f"{place}: there is no such file; give the path of an audit")
    database = database_of(place)
    try:
        with database.reading() as connection:
            ChainHead.read(connection)
            yield connection
    except database.errors:
        raise AuditError(f"{place}: holds no audit that can be read; {place.remedy}") from None


def noted_head(state: Path, key: ChainKey) -> tuple[int, str] | None:
    """The number and hash of the last row, as the service noted them in its state when it last
    wrote; None where nothing is noted of an audit of this key.
    """
    row = None
    if state.is_file():
        database = database_of(DatabaseUrl(state))
        asked = "SELECT seq, hash, seal FROM noted WHERE audit = ?"
        with suppress(*database.errors), database.reading() as connection:
            row = connection.execute(asked, (key.name,)).fetchone()
    return row[:2] if row is not None and ChainHead(*row).fits(key) else None


def verify(connection: Connection, key: ChainKey, known: tuple[int, str] | None = None) -> Verdict:
    """Hold the chain of an audit; `known` is a head noted earlier. Feedback of before an audit held
    who asked is not covered.
    """
    columns = stored(connection)
    verdict = walk(connection, columns, key, known)
    if verdict.problem or columns != STORED:
        return verdict
    return replace(verdict, problem=feedback_problem(connection, key))


def export(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every row in order."""
    columns = stored(connection)
    names = ("seq", *columns, "previous", "hash")
    for row in rows(connection, columns):
        yield dict(zip(names, row, strict=True))
