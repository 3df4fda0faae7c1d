"""`allstatus serve` as a process of its own on loopback, ended with the test."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx

PATIENCE = 30  # seconds


class Served:
    """A running service: its address, its process, and what it wrote so far."""

    def __init__(self, process: subprocess.Popen, errors: Path, output: Path) -> None:
        self.process, self.errors, self.output = process, errors, output
        self.address = self._wait_for_address()

    def _wait_for_address(self) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = re.search(
                r"Uvicorn running on (http://(?:127\.0\.0\.1|\[::1\]):\d+)", self.written()
            )
            if found:
                return found[1]
            assert self.process.poll() is None, self.written()
            time.sleep(0.05)
        raise AssertionError(self.written())

    def written(self) -> str:
        """Everything on standard output and standard error."""
        return self.output.read_text("utf-8") + self.errors.read_text("utf-8")

    def logged(self) -> list[dict]:
        """The log, line by line."""
        return [json.loads(line) for line in self.errors.read_text("utf-8").splitlines()]

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


@contextmanager
def served(folder: Path, *options: str, config: str = "") -> Iterator[Served]:
    """A service with its audit in a folder; ready to answer."""
    settings, output, errors = folder / "config.yaml", folder / "stdout", folder / "stderr"
    kept = "" if "audit:" in config else f"audit: {folder / 'audit.db'}\n"
    settings.write_text(kept + config, "utf-8")
    command = [
        sys.executable,
        "-B",
        "-m",
        "allstatus",
        "serve",
        "--port",
        "0",
        "--config",
        str(settings),
        *options,
    ]
    with output.open("w") as out, errors.open("w") as err:
        process = subprocess.Popen(
            command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        service = Served(process, errors, output)
        _wait_until_ready(service)
        yield service
        process.send_signal(signal.SIGTERM) if process.poll() is None else None
        process.wait(PATIENCE)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(PATIENCE)


def _wait_until_ready(service: Served) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(f"{service.address}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(service.written())
