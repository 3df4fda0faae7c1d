"""What is no HTTP request, sent to a service that runs."""

import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from allstatus.service.middleware import SAFE_HEADERS
from needs import SERVER

from .process import Served, served


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("protocol"), "--insecure-dev") as service:
        yield service


@SERVER
def test_no_other_protocol_is_spoken(shared: Served) -> None:
    """Neither limits nor policies would hold of it."""
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    answer = httpx.get(
        f"{shared.address}/healthz",
        headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="},
        trust_env=False,
    )
    assert (answer.status_code, answer.headers["x-frame-options"]) == (200, "DENY")


@SERVER
@pytest.mark.parametrize(
    "sent",
    [
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 100_000,
        b"POST /classify HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    ],
    ids=["a word", "no host", "two hosts", "TLS", "long", "no chunk"],
)
def test_what_is_no_request_is_refused_as_everything_is(shared: Served, sent: bytes) -> None:
    parts = urlsplit(shared.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(sent)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = json.loads(answer.read())
        assert connection.recv(1) == b""
    assert (answer.status, body["status"]) == (400, 400)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert SAFE_HEADERS.items() <= {k.lower(): v for k, v in answer.headers.items()}.items()
