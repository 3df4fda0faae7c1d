"""Two clients nobody wants, beside a normal load: one that trickles its body, and one that breaks
off in the middle.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

HEAD = (
    "POST /cds-services/allstatus-patient-view HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
    "Content-Type: application/json\r\nContent-Length: 3000\r\n\r\n"
)
AT_ONCE = struct.pack("ii", 1, 0)  # close with a reset


@contextmanager
def bad_clients(port: int) -> Iterator[dict[str, int]]:
    """Both, for as long as the block lasts; counts what they did."""
    done, counts = threading.Event(), {"bytes trickled": 0, "requests broken off": 0}
    threads = [
        threading.Thread(target=client, args=(port, done, counts))
        for client in (_trickle, _break_off)
    ]
    for thread in threads:
        thread.start()
    try:
        yield counts
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _trickle(port: int, done: threading.Event, counts: dict[str, int]) -> None:
    """A byte of the body each tenth of a second; once more when it is turned away."""
    while not done.is_set():
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(HEAD.format(port).encode())
            while not done.wait(0.1) and _sent(lambda: connection.sendall(b" ")):
                counts["bytes trickled"] += 1


def _break_off(port: int, done: threading.Event, counts: dict[str, int]) -> None:
    """Half a request, then a reset, twenty times a second."""
    while not done.wait(0.05):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(HEAD.format(port).encode() + b'{"hook": "patient-view"')
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            counts["requests broken off"] += 1


def _sent(send: Callable[[], None]) -> bool:
    try:
        send()
    except OSError:
        return False
    return True
