"""`allstatus audit`: hold the audit's chain of hashes, or write its rows out."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from allstatus.commands.app import REFUSED_INPUT, app

audit_app = typer.Typer(no_args_is_help=True)
app.add_typer(audit_app, name="audit", help="The service's audit: hold its chain of hashes, or write it out.")
PathArgument = typer.Argument(metavar="FILE", help="The audit's file.", show_default=False)


@audit_app.command()
def verify(
    path: Annotated[Path, PathArgument],
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The audit's key, when it is not beside it.")] = None,
    head: Annotated[str | None, typer.Option("--head", metavar="N:HASH", help="A head noted earlier, which must still be there.")] = None,
) -> None:
    """Find a removed or altered row (exit 1 when there is one); prints the head, which is worth noting elsewhere."""
    raise SystemExit(_run(lambda: _verify(path, key, head)))


@audit_app.command()
def export(path: Annotated[Path, PathArgument]) -> None:
    """Write every row to standard output, one JSON object a line."""
    raise SystemExit(_run(lambda: _export(path)))


def _run(action: object) -> int:
    from allstatus.service.audit import AuditError

    assert callable(action)
    try:
        return int(action())
    except AuditError as error:
        print(f"error: {error}", file=sys.stderr)
        return REFUSED_INPUT


def _verify(path: Path, key: Path | None, head: str | None) -> int:
    from allstatus.service.audit import Key, open_to_read
    from allstatus.service.audit import verify as walk

    known = re.fullmatch(r"(\d{1,15}):([0-9a-f]{64})", head or "0:" + "0" * 64)
    if known is None:
        raise typer.BadParameter("give it as this command prints it", param_hint="--head")
    secret = Key.read(key or path.with_suffix(".key"))
    connection = open_to_read(path)
    try:
        verdict = walk(connection, secret, (int(known[1]), known[2]))
    finally:
        connection.close()
    if verdict.problem:
        print(f"error: {path}: {verdict.problem}", file=sys.stderr)
        return 1
    print(f"{verdict.rows} rows hold. Head: {verdict.rows}:{verdict.head}")
    return 0


def _export(path: Path) -> int:
    from allstatus.service.audit import export as rows
    from allstatus.service.audit import open_to_read

    connection = open_to_read(path)
    try:
        for row in rows(connection):
            print(json.dumps(row))
    finally:
        connection.close()
    return 0
