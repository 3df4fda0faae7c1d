"""Settings, rules, codes and keys read again while the service runs: by SIGHUP, or by a request
from this machine.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from allstatus.service.config import LOOPBACK
from allstatus.service.hangups import HANGUP, let_in
from allstatus.service.logs import LOGGER
from allstatus.service.problem_details import ProblemDetails, nothing_here
from allstatus.service.state import ServiceState, desk_of

router = APIRouter(include_in_schema=False)
PARENT = "ALLSTATUS_SERVICE_PARENT"  # set where several processes answer
FORWARDED = ("forwarded", "x-forwarded-", "x-real-ip", "via", "origin")  # how names begin


@contextmanager
def reloading_on_hangup(desk: ServiceState) -> Iterator[None]:
    """Reload at SIGHUP, where this thread may listen for signals."""
    loop, running = asyncio.get_running_loop(), set()

    def reload() -> None:
        task = loop.create_task(_reload(desk))
        running.add(task)
        task.add_done_callback(running.discard)

    hangup = -1 if HANGUP is None else HANGUP
    with suppress(NotImplementedError, RuntimeError, ValueError):
        loop.add_signal_handler(hangup, reload)
        let_in()
    try:
        yield
    finally:
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.remove_signal_handler(hangup)


async def _reload(desk: ServiceState) -> str:
    problem = await desk.reload()
    level = logging.ERROR if problem else logging.INFO
    LOGGER.log(level, "reload", extra={"problem": problem or "none"})
    return problem


@router.post("/-/reload")
async def reload(request: Request) -> JSONResponse:
    """Read settings, rules, codes and keys again; for this machine only, not through a proxy."""
    client = (request.client.host if request.client else "") or ""
    passed = any(name.startswith(FORWARDED) for name in request.headers)
    if client.removeprefix("::ffff:") not in LOOPBACK or passed:
        raise nothing_here()
    if PARENT in os.environ:
        os.kill(int(os.environ[PARENT]), int(HANGUP or 0))
        return JSONResponse({"status": "asked every process; the log says what came of it"}, 202)
    if problem := await _reload(desk_of(request)):
        raise ProblemDetails(422, "not-reloaded", f"All stays as it was: {problem}")
    return JSONResponse({"status": "reloaded"})
