"""Instructions that a call of the patient-view hook takes, beside a bare endpoint that parses the
same bodies and returns a fixed card; by valgrind, so that a busy machine does not matter.

Usage: python benchmarks/service_instructions.py [--calls 60] [--patients 20]
Each runs with its server in one process and is sent calls by a plain socket; what is printed is the
difference between more calls and fewer, so that start and imports do not count.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

FEW, GOAL, SHARE = 20, 5_000_000, 0.25
PATH = "/cds-services/allstatus-patient-view"


def application(name: str, folder: Path) -> object:
    """The bare endpoint, or the service as it is tried out."""
    if name == "bare":
        from service import bare_app

        return bare_app()
    from allstatus.service.app import make_app
    from allstatus.service.config import Config

    reading = {"assume": ["symptoms-absent-unless-recorded"]}
    settings = {"insecure_dev": True, "audit": folder / "audit.db", "reading": reading}
    return make_app(Config.model_validate(settings))


def send(port: int, calls: int, given: list[bytes]) -> None:
    """Calls, one after the other on one connection; each must be answered with 200."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for number in range(calls):
            body = given[number % len(given)]
            head = (
                f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(head.encode() + body)
            answer = connection.recv(65_536)
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65_536)
            top, _, rest = answer.partition(b"\r\n\r\n")
            assert top.startswith(b"HTTP/1.1 200"), top
            length = int(re.search(rb"content-length: (\d+)", top, re.IGNORECASE)[1])
            while len(rest) < length:
                rest += connection.recv(65_536)


def serve_and_send(name: str, calls: int, given: list[bytes]) -> None:
    """What is measured: a server in this process, and the calls."""
    import uvicorn

    with tempfile.TemporaryDirectory() as folder:
        config = uvicorn.Config(
            application(name, Path(folder)),
            port=0,
            loop="asyncio",
            http="h11",
            access_log=False,
            log_level="error",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        send(server.servers[0].sockets[0].getsockname()[1], calls, given)
        server.should_exit = True
        thread.join()


def instructions(name: str, calls: int, file: Path) -> int:
    """Instructions of a whole process that answers so many calls, whose bodies are in a file."""
    command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command += [sys.executable, __file__, "--run", name, "--calls", str(calls)]
    command += ["--bodies", str(file)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return int(re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)[1].replace(",", ""))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--patients", type=int, default=FEW, help="in turn; 300 are never warm")
    parser.add_argument("--run", choices=["bare", "allstatus"])
    parser.add_argument("--bodies", type=Path)
    given = parser.parse_args()
    if given.run:
        serve_and_send(given.run, given.calls, given.bodies.read_bytes().splitlines())
        return
    from service_bodies import bodies

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bodies"
        file.write_bytes(b"\n".join(bodies()[: given.patients]))
        found = {
            name: (instructions(name, FEW + given.calls, file) - instructions(name, FEW, file))
            / given.calls
            for name in ("bare", "allstatus")
        }
    for name, each in found.items():
        print(f"{name:10} {each / 1e6:6.2f} million instructions a call")
    share = found["bare"] / found["allstatus"]
    met = "met" if found["allstatus"] <= GOAL and share >= SHARE else "NOT MET"
    print(f"{share:.0%} of bare; goal {GOAL / 1e6:g} million and {SHARE:.0%}: {met}")


if __name__ == "__main__":
    main()
