"""`allstatus serve`: CDS Hooks, REST and pages over HTTP, next to an EHR."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allstatus.commands.shared import PortOption, RulesOption, app, run
from allstatus.errors import MissingExtra

if TYPE_CHECKING:
    from allstatus.service.config import Config

CONFIG = "Settings in YAML: issuers, FHIR servers, audit, limits."
INSECURE = (
    "Let anyone on this machine call without a token, to try it out; listens on loopback only."
)


@app.command()
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, PortOption] = 8000,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help=CONFIG)] = None,
    workers: Annotated[
        int,
        typer.Option("--workers", metavar="N", min=1, max=64, help="How many processes answer."),
    ] = 1,
    insecure_dev: Annotated[bool, typer.Option("--insecure-dev", help=INSECURE)] = False,
    rules: Annotated[
        list[str] | None, typer.Option("--rules", metavar="DIR", help=RulesOption.help)
    ] = None,
) -> None:
    """Serve CDS Hooks, REST and explanation pages; every decision is in the audit before it is
    answered.
    """
    given: dict[str, object] = {"insecure_dev": True} if insecure_dev else {}
    if rules:
        given["rules"] = [str(Path(r).absolute()) if Path(r).is_dir() else r for r in rules]
    settings = _settings(config, host, given)
    run(lambda: _serve(settings, host, port, workers))


def _settings(path: Path | None, host: str, given: dict[str, object]) -> Config:
    from allstatus.service.config import ENVIRONMENT, LOOPBACK, ConfigError, read_config

    os.environ[f"{ENVIRONMENT}_GIVEN"] = json.dumps(given)
    if path is not None:
        os.environ[f"{ENVIRONMENT}_FILE"] = str(path.absolute())
    try:
        settings = read_config(path, **given)
    except ConfigError as error:
        for line in str(error).splitlines():
            print(f"error: {line}", file=sys.stderr)
        raise SystemExit(2) from None
    if settings.insecure_dev and host not in LOOPBACK:
        raise typer.BadParameter(
            "without tokens it listens on this machine only: use 127.0.0.1", param_hint="--host"
        )
    return settings


def _serve(settings: Config, host: str, port: int, workers: int) -> int:
    try:
        from allstatus.service.app import from_environment  # noqa: F401  what is not installed is said before anything starts
        from allstatus.service.listening import listen
    except ModuleNotFoundError as error:
        raise MissingExtra(str(error.name), "service") from None
    problem = _try_out(settings)
    if problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    listen(settings, host, port, workers)
    return 0


def _try_out(settings: Config) -> str:
    """Open everything once, so that what is wrong is said in words before a server starts; empty
    when all is well.
    """
    import asyncio

    from allstatus.service.auditing.hash_chain import AuditError
    from allstatus.service.config import ConfigError
    from allstatus.service.state import ServiceState

    async def open_and_close() -> None:
        await ServiceState(settings).close()

    try:
        asyncio.run(open_and_close())
    except (AuditError, ConfigError) as error:
        return str(error)
    return ""
