"""`allstatus audit`: hold the audit's chain of hashes, write its rows out, copy or archive it, or
print the SQL of its tables.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import (
    REFUSED_INPUT,
    OutputOption,
    TargetArgument,
    app,
    output_of,
    run,
)

if TYPE_CHECKING:
    from allstatus.service.auditing.database_url import DatabaseUrl
    from allstatus.service.auditing.hash_chain import ChainKey

audit_app = CommandLine(
    help="The service's audit: hold its chain of hashes, write it out, copy or archive it."
)
app.add_typer(audit_app, name="audit")
PlaceArgument = typer.Argument(
    metavar="FILE|URL",
    help="The audit: its file, or the URL of its PostgreSQL database.",
    show_default=False,
)
STATE = "The settings' `state`, where elsewhere."
KEY = "The audit's key, when it is not beside its file; with a URL always."


@audit_app.command()
def verify(
    place: Annotated[str, PlaceArgument],
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help=KEY)] = None,
    head: Annotated[
        str | None,
        typer.Option(
            "--head", metavar="N:HASH", help="A head noted earlier, which must still be there."
        ),
    ] = None,
    state: Annotated[Path | None, typer.Option("--state", metavar="FILE", help=STATE)] = None,
) -> None:
    """Find a removed or altered row; prints the head, which is worth noting elsewhere."""
    run(lambda: _telling(lambda: _verify(_place(place), key, head, state)))


@audit_app.command()
def export(place: Annotated[str, PlaceArgument]) -> None:
    """Write every row to standard output, one JSON object a line."""
    run(lambda: _telling(lambda: _export(_place(place))))


@audit_app.command()
def backup(
    place: Annotated[str, PlaceArgument],
    target: Annotated[str | None, TargetArgument] = None,
    out: Annotated[str | None, OutputOption] = None,
) -> None:
    """Write a whole copy of the audit to a file, while the service runs or not.

    Copying the file alone is not enough: the newest rows lie in FILE-wal beside it.
    """
    to = Path(output_of(out, target))
    run(lambda: _telling(lambda: _backup(_place(place), to)))


@audit_app.command()
def rotate(
    place: Annotated[str, PlaceArgument],
    before: Annotated[
        datetime,
        typer.Option(
            "--before",
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Rows of before this day are moved.",
        ),
    ],
    target: Annotated[str | None, TargetArgument] = None,
    out: Annotated[str | None, OutputOption] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help=KEY)] = None,
) -> None:
    """Move old rows to an archive OUT, which is a whole copy; the chain goes on and says so."""
    to = Path(output_of(out, target))
    run(lambda: _telling(lambda: _rotate(_place(place), key, to, before.date())))


@audit_app.command()
def schema() -> None:
    """Print the SQL that makes the audit's tables in PostgreSQL, for whoever owns the database to
    run.
    """
    from allstatus.service.auditing.audit_rows import APPEND_ONLY, TABLES
    from allstatus.service.auditing.postgres import script

    print(script(TABLES, APPEND_ONLY).strip())


def _backup(place: DatabaseUrl, out: Path) -> int:
    from allstatus.service.auditing.audit_archive import backup as copy

    copy(place, out)
    return 0


def _rotate(place: DatabaseUrl, key: Path | None, out: Path, before: date) -> int:
    from allstatus.service.auditing.audit_archive import rotate as move

    moved = move(place, _key_path(place, key), out, before)
    moved_rows = "1 row was" if moved == 1 else f"{moved} rows were"
    print(f"{moved_rows} moved to {out}; keep it with its key: {out} verifies as a whole.")
    return 0


def _key_path(place: DatabaseUrl, key: Path | None) -> Path:
    """The file of an audit's key: as given, else beside the audit's file."""
    if key is None and place.file is None:
        raise typer.BadParameter(
            "no key lies beside a URL; give the key's file", param_hint="--key"
        )
    return key or place.beside(".key")


def _beside(place: DatabaseUrl, key: Path) -> Path:
    """Where the service keeps its state unless it is named: beside the audit, or else its key."""
    from allstatus.service.auditing.database_url import STATE

    return (_place(str(key)) if place.file is None else place).beside(STATE)


def _place(given: str) -> DatabaseUrl:
    from allstatus.service.auditing.database_url import DatabaseUrl

    return DatabaseUrl(given)


def _telling(action: Callable[[], int]) -> int:
    from allstatus.service.auditing.hash_chain import AuditError

    try:
        return action()
    except AuditError as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED_INPUT


def _verify(place: DatabaseUrl, key: Path | None, head: str | None, state: Path | None) -> int:
    from allstatus.service.auditing.audit_verification import open_to_read
    from allstatus.service.auditing.audit_verification import verify as hold
    from allstatus.service.auditing.hash_chain import ChainKey

    given = re.fullmatch(r"(\d{1,15}):([0-9a-f]{64})", head or "")
    if head is not None and given is None:
        raise typer.BadParameter("give it as this command prints it", param_hint="--head")
    if head is not None and state is not None:
        raise typer.BadParameter("give either --head or --state", param_hint="--state")
    path = _key_path(place, key)
    with open_to_read(place):
        secret = ChainKey.read(path)
        known = (int(given[1]), given[2]) if given else _noted(place, path, secret, state)
    with open_to_read(place) as connection:  # as of after the note, for rows are added meanwhile
        verdict = hold(connection, secret, known)
    if verdict.problem:
        print(f"error: {place}: {verdict.problem}", file=sys.stderr)
        return 1
    held = "1 row holds" if verdict.rows == 1 else f"{verdict.rows} rows hold"
    print(f"{held}. Head: {verdict.rows}:{verdict.head}")
    return 0


def _noted(
    place: DatabaseUrl, key_path: Path, key: ChainKey, state: Path | None
) -> tuple[int, str] | None:
    """The last row as the service noted it; in a state that is named it must have."""
    from allstatus.service.auditing.audit_verification import noted_head
    from allstatus.service.auditing.hash_chain import AuditError

    found = noted_head(state or _beside(place, key_path), key)
    if found is None and state is not None:
        raise AuditError(f"{state}: not {place}'s state")
    return found


def _export(place: DatabaseUrl) -> int:
    from allstatus.service.auditing.audit_verification import export as rows
    from allstatus.service.auditing.audit_verification import open_to_read

    with open_to_read(place) as connection:
        for row in rows(connection):
            print(json.dumps(row))
    return 0
