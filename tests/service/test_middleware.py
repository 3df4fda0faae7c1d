"""Limits that hold whatever is sent, shown on a process of its own: memory under many connections
without a token, and work that the time of a request ends.
"""

import os
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from needs import SERVER

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, searchset
from .process import Served, served
from .test_rest import RECORD
from .tokens import ISSUER, TokenIssuer

CONNECTIONS, MOST = 200, 150  # MB
BODY = 9_900_000


def status(service: Served, name: str) -> float:
    """A figure of a process in MB."""
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024


def sending(service: Served, path: str) -> bytes:
    """What a connection without a token gets that sends a large body as long as it is taken."""
    parts = urlsplit(service.address)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {BODY}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(head.encode())
        with suppress(OSError):
            for _ in range(BODY // 100_000):
                connection.sendall(b" " * 100_000)
        with suppress(OSError):
            return connection.recv(4096)
    return b""


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/classify", PATIENT_VIEW])
def test_connections_without_a_token_hold_little(tmp_path: Path, path: str) -> None:
    keys = TokenIssuer().written(tmp_path)
    config = (
        f"base_url: http://127.0.0.1\nissuers: [{{issuer: '{ISSUER}', keys: {keys}}}]\n"
        f"limits: {{client_requests: {CONNECTIONS + 10}}}\n"
    )
    with served(tmp_path, config=config) as service:
        before = status(service, "VmHWM")
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            begun = [pool.submit(sending, service, path) for _ in range(CONNECTIONS)]
            healthy = httpx.get(f"{service.address}/healthz", trust_env=False, timeout=30)
            answers = [one.result() for one in begun]
        assert healthy.status_code == 200
        assert {answer[:12] for answer in answers} <= {b"HTTP/1.1 401", b""}
        print(f"{before:.0f} MB before, {status(service, 'VmHWM'):.0f} MB at most")
        assert status(service, "VmHWM") < MOST


@SERVER
def test_one_client_leaves_room_for_the_others(tmp_path: Path) -> None:
    """Connections of one client that never send their bodies, more than it may have."""
    with ExitStack() as stack:
        limits = "limits: {client_requests: 3, body_seconds: 30}\n"
        service = stack.enter_context(served(tmp_path, "--insecure-dev", config=limits))
        parts = urlsplit(service.address)
        for _ in range(3):
            held = stack.enter_context(socket.create_connection((parts.hostname, parts.port)))
            head = "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
            held.sendall(f"POST /classify HTTP/1.1\r\nHost: {parts.netloc}\r\n{head}".encode())
        time.sleep(0.5)
        client = stack.enter_context(httpx.Client(base_url=service.address, trust_env=False))
        refused = client.post("/classify", json=RECORD)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        assert client.get("/readyz").status_code == 200


def results(count: int) -> dict:
    """A chart of marrow results on as many days."""
    given = prefetch_of(chart("01-exactly-five"))
    one = {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]},
    }
    given["observations"] = searchset(
        *(
            one
            | {
                "id": f"o{day}",
                "effectiveDateTime": str(date(2000, 1, 1) + timedelta(day)),
                "valueQuantity": {"value": 5 + day % 2, "unit": "%"},
            }
            for day in range(count)
        )
    )
    return given


def busy(service: Served) -> float:
    """Processor seconds that a process takes in one second."""

    def taken() -> float:
        fields = Path(f"/proc/{service.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = taken()
    time.sleep(1)
    return taken() - before


@pytest.mark.slow
def test_the_time_of_a_request_ends_its_work(tmp_path: Path) -> None:
    """More large charts at once than there are threads: each is given up in time, nothing goes on
    behind, and the next is answered.
    """
    limits = "limits: {request_seconds: 3}\n"
    with served(tmp_path, "--insecure-dev", config=limits) as service:
        large = call(results(5_000))

        def ask(body: dict) -> int:
            address = f"{service.address}{PATIENT_VIEW}"
            return httpx.post(address, json=body, trust_env=False, timeout=60).status_code

        with ThreadPoolExecutor(6) as pool:
            begun = [pool.submit(ask, large) for _ in range(6)]
            time.sleep(2)
            assert httpx.get(f"{service.address}/healthz", trust_env=False).status_code == 200
            assert [one.result() for one in begun] == [503] * 6
        time.sleep(1)
        assert busy(service) < 0.3
        assert ask(call(results(150))) == 200
