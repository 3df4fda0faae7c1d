"""Somebody's command, started without a shell, and ended with all that it started."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from allstatus.errors import InvalidRecord

ANSWERS_SECONDS, SUITE_SECONDS = 120, 600  # for one run, unless a caller says otherwise
BLOCK = 1 << 16
ROUNDS, PAUSE = 100, 0.01  # of ending what a command left behind, while it starts more


class StartedCommand(subprocess.Popen[bytes]):
    """A command with all it starts: by its process group and, where one leaves that, by a name in
    the environment that all inherit. Raises InvalidRecord when it cannot be started.
    """

    def __init__(
        self,
        command: str,
        field: str,
        remedy: str,
        *,
        stdin: int | None = None,
        stderr: int = subprocess.PIPE,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        name = f"ALLSTATUS_RUN_{uuid4().hex}"
        self._mark = f"{name}=1".encode()
        try:
            super().__init__(
                shlex.split(command),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
                env={**os.environ, **(environment or {}), name: "1"},
            )
        except (OSError, ValueError, IndexError):
            raise InvalidRecord(field, "cannot be started", remedy) from None

    def end(self) -> None:
        """End the command and all it started; without /proc, what stayed in its group."""
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self.pid, signal.SIGKILL)
            else:
                self.kill()
        for _ in range(ROUNDS):
            left = list(self._marked())
            if not left:
                return
            for number in left:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(PAUSE)

    def _marked(self) -> Iterator[int]:
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self._mark in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name)


def last_of(stream: IO[bytes], into: bytearray) -> None:
    """Read a stream to its end, and keep the last of it."""
    with stream:
        while block := os.read(stream.fileno(), BLOCK):
            into[:] = (into + block)[-BLOCK:]
