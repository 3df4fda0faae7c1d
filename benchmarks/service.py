"""The service beside a bare FastAPI endpoint that parses the same body and returns a fixed card, in one run, with `wrk`.

Usage: python benchmarks/service.py [--seconds 10] [--rounds 3] [--requests 200000]
Both run as one process on loopback, in turns; memory is read from /proc while more requests are sent to the service alone.
"""

from __future__ import annotations

import argparse
import json
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
from urllib.request import urlopen

from fastapi import FastAPI, Request

ROOT = Path(__file__).parents[1]
FIXTURE = ROOT / "fixtures" / "fhir" / "01-exactly-five.json"
CONNECTIONS = 64
SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("{body}", "r"); wrk.body = file:read("*a"); file:close()
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %.1f %.3f %d %d\\n", summary.requests / summary.duration * 1e6, latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.status + e.timeout, summary.requests))
end
"""


def bare_app() -> object:  # run by uvicorn in a process of its own
    card = {"summary": "fixed", "indicator": "info", "source": {"label": "fixed"}, "detail": "x" * 1500}
    app = FastAPI()

    @app.post("/cds-services/allstatus-patient-view")
    async def call(request: Request) -> dict[str, list[object]]:
        await request.json()
        return {"cards": [card]}

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {}

    return app


def body() -> bytes:
    """A patient-view call with everything prefetched."""
    sys.path.insert(0, str(ROOT / "tests"))
    from service.conftest import call, prefetch_of

    return json.dumps(call(prefetch_of(json.loads(FIXTURE.read_text("utf-8"))))).encode()


def start(name: str, port: int, folder: Path) -> subprocess.Popen:
    if name == "bare":
        quiet = ["--log-level", "error", "--no-access-log", "--app-dir", str(Path(__file__).parent)]
        command = [sys.executable, "-m", "uvicorn", "service:bare_app", "--factory", "--port", str(port), *quiet]
    else:
        settings = folder / "config.yaml"
        settings.write_text(f"audit: {folder / 'audit.db'}\nreading: {{assume: [symptoms-absent-unless-recorded]}}\n", "utf-8")
        command = [sys.executable, "-m", "allstatus", "serve", "--insecure-dev", "--port", str(port), "--config", str(settings)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=(folder / f"{name}.log").open("w"))
    for _ in range(200):
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").read()
            return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{name} did not start; see {folder}")


def load(port: int, seconds: float, folder: Path, connections: int = CONNECTIONS) -> tuple[float, float, int, int]:
    """Requests a second, the 99th percentile in ms, errors, requests."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "--latency", "-s", str(folder / "load.lua"),
               f"http://127.0.0.1:{port}/cds-services/allstatus-patient-view"]  # fmt: skip
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, p99, errors, requests = re.search(r"RESULT (\S+) (\S+) (\d+) (\d+)", printed).groups()
    return float(rate), float(p99), int(errors), int(requests)


def memory(process: subprocess.Popen) -> float:
    """Resident memory in MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())[1]) / 1024


def compare(ports: dict[str, int], seconds: float, rounds: int, folder: Path) -> None:
    results: dict[str, list] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            results[name].append(load(port, seconds, folder))
    for name, found in results.items():
        rate, p99 = (statistics.median(one[place] for one in found) for place in (0, 1))
        print(f"{name:10} {rate:8.0f} requests/s   p99 {p99:7.1f} ms   errors {sum(one[2] for one in found)}")
    rates, tails = ({name: statistics.median(one[place] for one in found) for name, found in results.items()} for place in (0, 1))
    print(f"throughput {rates['allstatus'] / rates['bare']:.0%} of bare, p99 {tails['allstatus'] / tails['bare']:.1f} x bare")


def watch_memory(port: int, process: subprocess.Popen, wanted: int, folder: Path) -> None:
    sent = 0
    while sent < wanted:
        sent += load(port, 10, folder)[3]
        print(f"after {sent:7} requests: {memory(process):6.1f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=0, help="how many requests to watch the memory over")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not installed; apt-get install wrk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "body.json").write_bytes(body())
        (folder / "load.lua").write_text(SCRIPT.replace("{body}", str(folder / "body.json")))
        ports = {"bare": 8771, "allstatus": 8772}
        processes = {name: start(name, port, folder) for name, port in ports.items()}
        try:
            print(f"{os.cpu_count()} CPUs, {CONNECTIONS} connections, body {len(body())} bytes, load average {os.getloadavg()[0]:.1f}")
            compare(ports, given.seconds, given.rounds, folder)
            if given.requests:
                watch_memory(ports["allstatus"], processes["allstatus"], given.requests, folder)
        finally:
            for process in processes.values():
                process.send_signal(signal.SIGTERM)
                process.wait(30)


if __name__ == "__main__":
    main()
