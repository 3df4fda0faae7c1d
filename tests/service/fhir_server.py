"""A small FHIR server on loopback for tests: reads, searches by patient in pages, a token, and ways
to fail.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "a-token-for-this-server"
PAGE = 2  # entries


class FhirServer:
    """Serves a bundle's resources; `manner` says how it answers searches."""

    def __init__(self, bundle: dict) -> None:
        self.resources = [entry["resource"] for entry in bundle["entry"]]
        self.manner = "lawful"
        self.asked: list[str] = []
        self.tokens: set[str | None] = set()
        self.cookies: set[str | None] = set()
        self.address, self.page = "", PAGE
        self.headers: dict[str, str] = {}  # of every answer
        self.further: dict = {}  # how pages after the first differ: `page` or `instead`

    def answer(self, path: str, token: str | None) -> tuple[int, object]:
        """Status and body for a path below the base."""
        self.asked.append(path)
        self.tokens.add(token)
        parts = urlsplit(path)
        if token != f"Bearer {TOKEN}":
            return 401, {"resourceType": "OperationOutcome"}
        if parts.path.startswith(("/Patient/", "/Medication/")):
            found = [
                r for r in self.resources if f"/{r['resourceType']}/{r.get('id')}" == parts.path
            ]
            return (200, found[0]) if found else (404, {"resourceType": "OperationOutcome"})
        return self._search(parts.path[1:], parse_qs(parts.query))

    def _search(self, kind: str, query: dict) -> tuple[int, object]:
        if self.manner == "slow":
            time.sleep(1)
        if self.manner in ("401", "404", "500"):
            return int(self.manner), {"resourceType": "OperationOutcome"}
        start = int(query.get("start", ["0"])[0])
        found = [r for r in self.resources if r["resourceType"] == kind]
        bundle: dict = {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [{"resource": r} for r in found[start : start + self.page]],
        }
        if start + self.page < len(found) or self.manner == "endless":
            bundle["link"] = [{"relation": "next", "url": self._next(kind, start + self.page)}]
        if start and self.further:
            return 200, self.further.get("instead", bundle | self.further.get("page", {}))
        if self.manner == "outcome":
            bundle["entry"].append(
                {
                    "resource": {
                        "resourceType": "OperationOutcome",
                        "issue": [{"severity": "error", "code": "timeout"}],
                    }
                }
            )
        return 200, "no JSON" if self.manner == "no JSON" else {
            "x": "y" * 300_000
        } if self.manner == "large" else bundle

    def _next(self, kind: str, start: int) -> str:
        query = f"{kind}?patient=p1&start={start}"
        base = {"elsewhere": "http://127.0.0.1:9", "relative": ""}.get(self.manner, self.address)
        return f"{base}/{query}" if base else query


@contextmanager
def fhir_server(bundle: dict) -> Iterator[FhirServer]:
    """The server, for the time of a test."""
    server = FhirServer(bundle)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if server.manner == "redirect":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                return
            server.cookies.add(self.headers.get("Cookie"))
            status, body = server.answer(self.path, self.headers.get("Authorization"))
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    class Listening(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that leaves early is meant to."""

    listening = Listening(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
