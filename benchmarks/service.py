"""The service beside a bare FastAPI endpoint that parses the same bodies and returns a fixed card,
in one run, with `wrk`.

Usage: python benchmarks/service.py [--seconds 10] [--rounds 3] [--requests 2000] [--workers 2]
Both run as one process on loopback with the same server settings, in turns, and get the calls of
some hundred patients in turn.
Then the service alone: with more workers beside one, beside a slow and a broken client, and its
memory (of /proc) while more requests are sent.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from fastapi import FastAPI, Request

sys.path.insert(0, str(Path(__file__).parent))

from bad_clients import bad_clients
from service_bodies import bodies

CONNECTIONS = 64
THROUGHPUT, TAIL = 0.25, 6  # the goal: of bare, times bare
SCALE = 1.7  # of one worker's rate, with two
HELD_UP = 2  # times the p99 without bad clients, at most
SCRIPT = """
local requests, next = {}, 0
function init(args)
  for line in io.lines("{bodies}") do
    requests[#requests + 1] = wrk.format("POST", nil, {["Content-Type"] = "application/json"}, line)
  end
end
function request()
  next = next % #requests + 1
  return requests[next]
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %.1f %.3f %d %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout, summary.requests))
end
"""


class Load(NamedTuple):
    """What one load came to: requests a second, the 99th percentile in ms, errors, requests."""

    rate: float
    p99: float
    errors: int
    requests: int


def bare_app() -> object:  # run by uvicorn in a process of its own
    card = {
        "summary": "fixed",
        "indicator": "info",
        "source": {"label": "fixed"},
        "detail": "x" * 1500,
    }
    app = FastAPI()

    @app.post("/cds-services/allstatus-patient-view")
    async def call(request: Request) -> dict[str, list[object]]:
        await request.json()
        return {"cards": [card]}

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {}

    return app


def start(name: str, port: int, folder: Path, workers: int = 1) -> subprocess.Popen:
    if name == "bare":
        quiet = [
            "--log-level",
            "error",
            "--no-access-log",
            "--http",
            "h11",
            "--loop",
            "asyncio",
            "--app-dir",
            str(Path(__file__).parent),
        ]
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "service:bare_app",
            "--factory",
            "--port",
            str(port),
            *quiet,
        ]
    else:
        settings = folder / "config.yaml"
        settings.write_text(
            f"audit: {folder / 'audit.db'}\n"
            "reading: {assume: [symptoms-absent-unless-recorded]}\n",
            "utf-8",
        )
        command = [
            sys.executable,
            "-m",
            "allstatus",
            "serve",
            "--insecure-dev",
            "--port",
            str(port),
            "--config",
            str(settings),
            "--workers",
            str(workers),
        ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=(folder / f"{name}.log").open("w")
    )
    for _ in range(600):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").read()
            return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{name} did not start; see {folder}")


def write_load(folder: Path) -> str:
    """The bodies and the script that sends them; returns what they are in words."""
    calls = bodies()
    (folder / "bodies").write_bytes(b"\n".join(calls) + b"\n")
    (folder / "load.lua").write_text(SCRIPT.replace("{bodies}", str(folder / "bodies")))
    sizes = [len(call) for call in calls]
    return (
        f"{len(calls)} bodies of {min(sizes):,} to {max(sizes):,} bytes, "
        f"{statistics.mean(sizes):,.0f} on average"
    )


def load(port: int, seconds: float, folder: Path) -> Load:
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:g}s",
        "--timeout",
        "30s",
        "--latency",
        "-s",
        str(folder / "load.lua"),
        f"http://127.0.0.1:{port}/cds-services/allstatus-patient-view",
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, p99, errors, requests = re.search(r"RESULT (\S+) (\S+) (\d+) (\d+)", printed).groups()
    return Load(float(rate), float(p99), int(errors), int(requests))


def compare(ports: dict[str, int], seconds: float, rounds: int, folder: Path) -> None:
    """Both in turns, and how the goal stands."""
    results: dict[str, list[Load]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            results[name].append(load(port, seconds, folder))
    rates = {name: statistics.median(one.rate for one in found) for name, found in results.items()}
    tails = {name: statistics.median(one.p99 for one in found) for name, found in results.items()}
    for name, found in results.items():
        print(
            f"{name:10} {rates[name]:8.0f} requests/s   p99 {tails[name]:7.1f} ms   errors "
            f"{sum(one.errors for one in found)}"
        )
    share, times = rates["allstatus"] / rates["bare"], tails["allstatus"] / tails["bare"]
    print(f"throughput {share:.0%} of bare, goal {THROUGHPUT:.0%}: {judged(share >= THROUGHPUT)}")
    print(f"p99 {times:.1f} x bare, goal {TAIL} x: {judged(times <= TAIL)}")
    print(
        f"no error at {CONNECTIONS} connections: "
        f"{judged(not any(one.errors for one in results['allstatus']))}"
    )


def with_workers(one: int, many: int, workers: int, seconds: float, folder: Path) -> None:
    """One worker and several in turns: how far the rate grows."""
    pairs = [(load(one, seconds, folder), load(many, seconds, folder)) for _ in range(3)]
    alone, together = (
        statistics.median(found.rate for found in side) for side in zip(*pairs, strict=True)
    )
    print(
        f"{workers} workers {together:.0f} requests/s beside {alone:.0f} of one, "
        f"{together / alone:.2f} x, goal {SCALE} x: {judged(together >= SCALE * alone)}"
    )


def beside_bad_clients(port: int, seconds: float, folder: Path) -> None:
    """The same load without and with a client that trickles and one that breaks off."""
    alone = load(port, seconds, folder)
    with bad_clients(port) as counts:
        beside = load(port, seconds, folder)
    did = ", ".join(f"{count} {what}" for what, count in counts.items())
    print(
        f"alone {alone.rate:.0f} requests/s, p99 {alone.p99:.1f} ms; beside them ({did}) "
        f"{beside.rate:.0f}, p99 {beside.p99:.1f} ms"
    )
    print(
        f"others not held up, no error, p99 within {HELD_UP} x: "
        f"{judged(not beside.errors and beside.p99 <= HELD_UP * alone.p99)}"
    )


def watch_memory(port: int, process: subprocess.Popen, wanted: int, folder: Path) -> None:
    """Resident memory as more and more requests are answered; any error is told."""
    sent = errors = 0
    while sent < wanted:
        found = load(port, 10, folder)
        sent, errors = sent + found.requests, errors + found.errors
        print(
            f"after {sent:7} more requests: {memory(process):6.1f} MB, {errors} errors", flush=True
        )


def memory(process: subprocess.Popen) -> float:
    """Resident memory in MB."""
    return (
        int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024
    )


def judged(holds: bool) -> str:
    return "met" if holds else "NOT MET"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--requests",
        type=int,
        default=2_000,
        help="how many requests to watch the memory over; the goal says 200000",
    )
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed; apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said = write_load(folder)
        ports = {"bare": 8771, "allstatus": 8772}
        processes = {name: start(name, port, folder) for name, port in ports.items()}
        many = 8773
        processes["workers"] = start("workers", many, folder, given.workers)
        try:
            print(
                f"{os.cpu_count()} CPUs, {CONNECTIONS} connections, {said}, load average "
                f"{os.getloadavg()[0]:.1f}"
            )
            compare(ports, given.seconds, given.rounds, folder)
            with_workers(ports["allstatus"], many, given.workers, given.seconds, folder)
            beside_bad_clients(ports["allstatus"], given.seconds, folder)
            watch_memory(ports["allstatus"], processes["allstatus"], given.requests, folder)
        finally:
            for process in processes.values():
                process.send_signal(signal.SIGTERM)
                process.wait(60)


if __name__ == "__main__":
    main()
