"""Listens: the processes that answer, and how uvicorn runs them."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, suppress
from tempfile import TemporaryDirectory

import uvicorn
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from allstatus.service.config import (
    ENVIRONMENT,
    Config,
    ConfigError,
    fixed_changes,
    read_again,
    settings_left,
)
from allstatus.service.hangups import HANGUP, hold_back, let_in
from allstatus.service.http_protocol import HttpProtocol
from allstatus.service.logs import logging_settings
from allstatus.service.metrics import SHARED
from allstatus.service.reload import PARENT


def listen(settings: Config, host: str, port: int, workers: int) -> None:
    """Serve until ended. Asyncio takes all who wait to connect at once, so that none waits for
    others' answers; uvloop takes one a turn, so that several processes share them.
    """
    os.environ[ENVIRONMENT] = settings.model_dump_json()
    with ExitStack() as stack:
        if workers > 1:
            os.environ[PARENT] = str(os.getpid())
            os.environ[SHARED] = stack.enter_context(
                TemporaryDirectory(prefix="allstatus-metrics-")
            )
            setattr(Multiprocess, "handle_hup", _pass_hangup_on)  # noqa: B010  before it is made by uvicorn
            setattr(Process, "start", _start_holding_back)  # noqa: B010
            _obey_hangups()
        uvicorn.run(
            "allstatus.service.app:from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_config=logging_settings(),
            loop="asyncio" if workers == 1 else "auto",
            ws="none",  # or an upgrade would pass by limits and policies
            http=HttpProtocol,  # of h11, which limits headers; httptools does not
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(settings.limits.request_seconds) + 1,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=",".join(settings.proxies),
        )


_start = Process.start


def _start_holding_back(process: Process) -> None:
    """Begin a process in which hangups wait until it is there to reload."""
    hold_back()
    try:
        _start(process)
    finally:
        let_in()


def _obey_hangups() -> None:
    """Obey them before uvicorn does, and those that waited."""
    if HANGUP is not None:
        signal.signal(HANGUP, lambda *_: _leave_settings())
        let_in()


def _leave_settings() -> None:
    """Read the settings again for processes that are begun from now on, in the place of one that
    ended; what is wrong leaves the last ones.
    """
    with suppress(ConfigError):
        asked = read_again()
        if not fixed_changes(settings_left(), asked):
            os.environ[ENVIRONMENT] = asked.model_dump_json()


def _pass_hangup_on(supervisor: Multiprocess) -> None:
    """Have every process reload; uvicorn's own way is to start them anew, and what is wrong would
    end them.
    """
    _leave_settings()
    for process in supervisor.processes:
        if process.pid is not None:
            os.kill(process.pid, signal.SIGHUP)
