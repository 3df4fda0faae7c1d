"""A long run of mixed traffic against one service with tokens, audit and limits as in use: what was
not answered as it must be, and its memory, minute by minute.

Usage: python benchmarks/soak.py [--minutes 60] [--share 0.7] [--out FILE] [--workers 1]
First the service's processor time for a call is taken, with nothing waiting; `--share` is the part
of one processor that the traffic is to take of it. Calls are sent by the clock, whatever became of
those before; how far the clients fell behind is said too, for then the machine had too little left.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # its `service` comes first

import httpx2 as httpx
from service_bodies import bodies

from service.conftest import PATIENT_VIEW, call, chart, prefetch_of
from service.hooks.test_order_cards import SELECT, SIGN, medicine
from service.process import served
from service.test_rest import RECORD
from service.tokens import TokenIssuer

BASE = "http://127.0.0.1:8000"  # what tokens are for, whatever the port
CLIENTS, WARM, SEED = 16, 400, 20251230
TICK = os.sysconf("SC_CLK_TCK")
JSON = {"Content-Type": "application/json"}


class Kind(NamedTuple):
    """A kind of call: how many of a hundred, where to, its bodies, and the status it must have."""

    share: float
    method: str
    path: str
    bodies: list[bytes]
    status: int = 200
    token: bool = True


def kinds() -> list[Kind]:
    """What is sent: calls of all routes, and some that must be refused."""
    whole = chart("01-exactly-five")
    orders = [medicine("blinatumomab", id="1"), medicine("paracetamol", id="2")]
    drafts = {"resourceType": "Bundle", "entry": [{"resource": order} for order in orders]}
    signing = {"draftOrders": drafts}
    selecting = {**signing, "selections": ["MedicationRequest/1"]}
    cut = prefetch_of(whole)
    cut["observations"] = {**cut["observations"], "total": 99}

    def hook(name: str, context: dict[str, Any]) -> list[bytes]:
        return [json.dumps(call(prefetch_of(whole), hook=name, context=context)).encode()]

    record, lines = json.dumps(RECORD).encode(), [json.dumps(whole).encode()]
    return [
        Kind(60, "POST", PATIENT_VIEW, bodies()),
        Kind(7, "POST", SIGN, hook("order-sign", signing)),
        Kind(7, "POST", SELECT, hook("order-select", selecting)),
        Kind(8, "POST", "/classify", [record, *lines]),
        Kind(2, "POST", "/explain", [record]),
        Kind(2, "POST", "/timeline", lines),
        Kind(4, "GET", "page", []),
        Kind(3, "POST", f"{PATIENT_VIEW}/feedback", []),
        Kind(2, "GET", "/cds-services", [], token=False),
        Kind(1, "GET", "/readyz", [], token=False),
        Kind(1, "GET", "/metrics", [], token=False),
        Kind(1, "POST", "/classify", [record], 401, token=False),
        Kind(1, "POST", "/classify", [b'{"cbc": 1'], 422),
        Kind(1, "POST", PATIENT_VIEW, [json.dumps(call(cut)).encode()], 412),
    ]


class Traffic:
    """Clients that take calls of a queue by their time, and count what came of them."""

    def __init__(self, address: str, issuer: TokenIssuer) -> None:
        self.address, self.issuer, self.kinds = address, issuer, kinds()
        self.answers: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.late = 0.0
        self._cards: queue.Queue[tuple[str, str]] = queue.Queue(1_000)
        self._due: queue.Queue[tuple[float, Kind, int] | None] = queue.Queue()
        self._draw, self._lock = random.Random(SEED), threading.Lock()

    @contextmanager
    def clients(self) -> Iterator[None]:
        """The clients, until all that is due is sent."""
        threads = [threading.Thread(target=self._client, daemon=True) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            self._due.put(None)
        for thread in threads:
            thread.join()

    def send(self, rate: float, seconds: float) -> None:
        """Calls at a rate, for a time; ends when they are due, whether or not they are answered."""
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            moment = began + number / rate
            time.sleep(max(0, moment - time.monotonic()))
            weights = [kind.share for kind in self.kinds]
            (kind,) = self._draw.choices(self.kinds, weights)
            self._due.put((moment, kind, number))

    def waiting(self) -> int:
        """Calls that are due and not yet sent."""
        return self._due.qsize()

    def _client(self) -> None:
        with httpx.Client(base_url=self.address, trust_env=False, timeout=60) as client:
            while (due := self._due.get()) is not None:
                moment, kind, number = due
                begun = time.monotonic()
                outcome = self._outcome(client, kind, number)
                with self._lock:
                    self.late = max(self.late, begun - moment)
                    self.seconds.append(time.monotonic() - begun)
                    self.answers[outcome] += 1

    def _outcome(self, client: httpx.Client, kind: Kind, number: int) -> str:
        """`right`, or what was wrong with an answer."""
        path, body = kind.path, kind.bodies[number % len(kind.bodies)] if kind.bodies else b""
        if path == "page" or path.endswith("/feedback"):
            try:
                link, card = self._cards.get_nowait()
            except queue.Empty:
                return "right"  # before the first card there is no page
            path, body = (link, b"") if path == "page" else (path, _feedback(card))
        headers = dict(JSON) if kind.method == "POST" else {}
        if kind.token and kind.method == "POST":
            headers["Authorization"] = f"Bearer {self.issuer.token(aud=BASE + path)}"
        try:
            answer = client.request(kind.method, path, content=body, headers=headers)
        except httpx.TransportError as error:
            return f"{kind.path}: {type(error).__name__}"
        if answer.status_code != kind.status:
            return f"{kind.path}: {answer.status_code} for {kind.status}"
        if kind.path == PATIENT_VIEW and kind.status == 200 and not self._cards.full():
            for card in answer.json()["cards"]:
                link = card["links"][0]["url"]
                self._cards.put((urlsplit(link).path, card["uuid"]))
        return "right"


def _feedback(card: str) -> bytes:
    given = {"card": card, "outcome": "accepted", "acceptedSuggestions": [{"id": card}]}
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return json.dumps({"feedback": [{**given, "outcomeTimestamp": moment}]}).encode()


def processes(parent: int) -> list[int]:
    """A process and what it started."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *(one for child in found for one in processes(int(child)))]


def used(parent: int) -> tuple[float, float]:
    """Seconds of the processor, and resident MB, of a process and its children."""
    seconds = memory = 0.0
    for one in processes(parent):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICK
        memory += int(fields[21]) * resource.getpagesize() / 1e6
    return seconds, memory


def watch(traffic: Traffic, process: subprocess.Popen, rate: float, minutes: int, out: Any) -> None:
    """The traffic, and a line for each minute of it."""
    print("minute requests wrong late_s waiting cpu_share MB p50_ms p99_ms load", file=out)
    before, _ = used(process.pid)
    for minute in range(1, minutes + 1):
        traffic.late, traffic.seconds, began = 0.0, [], time.monotonic()
        traffic.send(rate, 60)
        time.sleep(max(0, began + 60 - time.monotonic()))
        now, memory = used(process.pid)
        took = sorted(traffic.seconds) or [0.0]
        wrong = sum(count for what, count in traffic.answers.items() if what != "right")
        print(
            f"{minute} {traffic.answers.total()} {wrong} {traffic.late:.2f} {traffic.waiting()} "
            f"{(now - before) / (time.monotonic() - began):.2f} {memory:.1f} "
            f"{took[len(took) // 2] * 1000:.0f} {took[len(took) * 99 // 100] * 1000:.0f} "
            f"{os.getloadavg()[0]:.1f}",
            file=out,
            flush=True,
        )
        before = now


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--share", type=float, default=0.7, help="of one processor")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--out", type=argparse.FileType("w"), default=sys.stdout)
    given = parser.parse_args()
    issuer = TokenIssuer()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        listed = f"[{{issuer: '{issuer.name}', keys: {issuer.written(folder)}}}]"
        config = f"base_url: {BASE}\nissuers: {listed}\n"
        with served(folder, "--workers", str(given.workers), config=config) as service:
            traffic = Traffic(service.address, issuer)
            with traffic.clients():
                before = used(service.process.pid)[0]
                traffic.send(20, WARM / 20)
                time.sleep(2)
                each = (used(service.process.pid)[0] - before) / WARM
                rate = given.share / each
                print(
                    f"{each * 1000:.2f} ms of the processor a call; {rate:.0f} calls/s",
                    file=given.out,
                )
                watch(traffic, service.process, rate, given.minutes, given.out)
        print(dict(traffic.answers), file=given.out)


if __name__ == "__main__":
    main()
