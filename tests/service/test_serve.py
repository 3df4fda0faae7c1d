"""The command: what it refuses to start with, how it shares work, how it stops, and that one bad
client harms no other.
"""

import json
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
import uvicorn
from click.testing import CliRunner, Result

from allstatus.service import listening
from allstatus.service.config import Config, ReadingSettings, RequestLimits, read_config
from allstatus.service.listening import listen
from command_line import ALLSTATUS
from needs import SERVER

from .conftest import PATIENT_VIEW, call, chart, prefetch_of
from .process import served
from .test_rest import RECORD
from .tokens import ISSUER, TokenIssuer


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ALLSTATUS, arguments)


def test_without_tokens_it_listens_on_this_machine_only() -> None:
    refused = run("serve", "--insecure-dev", "--host", "0.0.0.0")
    assert (refused.exit_code, "this machine only" in refused.stderr) == (2, True)


@pytest.mark.parametrize(("workers", "loop"), [(1, "asyncio"), (2, "auto"), (4, "auto")])
def test_one_process_takes_all_who_wait_and_several_share_them(
    workers: int, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(os, "environ", {**os.environ})
    monkeypatch.setattr(listening, "_obey_hangups", lambda: None)
    monkeypatch.setattr(uvicorn, "run", lambda *_, **settings: given.update(settings))
    listen(Config(insecure_dev=True), "127.0.0.1", 8000, workers)
    assert (given["workers"], given["loop"]) == (workers, loop)


def test_without_issuers_it_does_not_start() -> None:
    refused = run("serve")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "lists no issuers" in refused.stderr


RULES = "nci-pdq-adult-all-patient"
WRONG = [
    ("base_url: https://x.example\nissuers: [{issuer: x, keys: none.json}]", 2, "holds no JWKS"),
    ("issuers: [{issuer: x, keys: none.json}]", 2, "names no base_url"),
    ("insecure_dev: true\naudit: /nowhere/a.db", 2, "cannot be written"),
    ("insecure_dev: true\nrules: [none-such]", 4, "ruleset.yaml"),
    (f"insecure_dev: true\nrules: [{RULES}, {RULES}]", 2, f"{RULES} is there twice"),
    (
        "insecure_dev: true\nreading: {assume: [luck]}",
        2,
        "yaml:2: reading.assume.0: is not an assumption",
    ),
    ("insecure_dev: true\nlimits: {request_seconds: 1e999}", 2, "request_seconds: Input"),
    ("insecure_dev: true\nlimits: {request_seconds: true}", 2, "request_seconds: Input"),
]


@pytest.mark.parametrize(("config", "status", "said"), WRONG)
def test_what_is_wrong_is_said_before_it_starts(
    tmp_path: Path, config: str, status: int, said: str
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        config if "audit" in config else f"{config}\naudit: {tmp_path / 'a.db'}", "utf-8"
    )
    refused = run("serve", "--config", str(path))
    assert (refused.exit_code, refused.stdout) == (status, "")
    assert said in refused.stderr


@SERVER
def test_one_slow_or_broken_client_holds_up_nobody(tmp_path: Path) -> None:
    """Sixty-four connections that never finish their request, and one that speaks no HTTP, while
    another is answered.
    """
    with served(tmp_path, "--insecure-dev", config="limits: {body_seconds: 1}\n") as service:
        parts = urlsplit(service.address)
        head = (
            f"POST /classify HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: "
            f"application/json\r\nContent-Length: 500\r\n\r\n{{"
        )
        slow = [socket.create_connection((parts.hostname, parts.port)) for _ in range(64)]
        for connection in slow:
            connection.sendall(head.encode())
        broken = socket.create_connection((parts.hostname, parts.port))
        broken.sendall(b"\x00\x01\x02 nonsense\r\n\r\n")
        with httpx.Client(trust_env=False) as client:
            assert [
                client.post(f"{service.address}/classify", json=RECORD).status_code
                for _ in range(20)
            ] == [200] * 20
        assert b" 408 " in slow[0].recv(4096)
        for connection in (*slow, broken):
            connection.close()


@SERVER
def test_headers_without_end_are_refused(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-dev") as service:
        parts = urlsplit(service.address)
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\n".encode())
            headers = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 8_000) for number in range(5_000))
            with pytest.raises(OSError, match=r"reset|pipe"):
                connection.sendall(headers)
        assert httpx.get(f"{service.address}/healthz", trust_env=False).status_code == 200


@SERVER
def test_the_other_loopback(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-dev", "--host", "::1") as service:
        assert service.address.startswith("http://[::1]:")
        answer = httpx.post(f"{service.address}/classify", json=RECORD, trust_env=False)
        body = call(prefetch_of(chart("01-exactly-five")))
        cards = httpx.post(f"{service.address}{PATIENT_VIEW}", json=body, trust_env=False).json()
        (link,) = cards["cards"][0]["links"]
        page = httpx.get(link["url"], trust_env=False)
    assert (answer.status_code, page.status_code) == (200, 200)
    assert link["url"].startswith(service.address)


@SERVER
def test_a_token_is_used_once_whichever_process_answers(tmp_path: Path) -> None:
    issuer = TokenIssuer()
    config = (
        f"base_url: http://127.0.0.1\nissuers: "
        f"[{{issuer: '{ISSUER}', keys: {issuer.written(tmp_path)}}}]\n"
    )
    with served(tmp_path, "--workers", "2", config=config) as service:
        token = issuer.token(aud="http://127.0.0.1/classify")
        headers = {"Authorization": f"Bearer {token}", "Connection": "close"}

        def ask(_: int) -> int:
            return httpx.post(
                f"{service.address}/classify", json=RECORD, headers=headers, trust_env=False
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(ask, range(16)))
    assert sorted(statuses) == [200] + [401] * 15


@SERVER
def test_what_has_begun_is_finished_at_shutdown(tmp_path: Path) -> None:
    with served(tmp_path, "--insecure-dev") as service:
        answers: list[int] = []

        def ask() -> None:
            answers.append(
                httpx.post(
                    f"{service.address}/classify", json=[RECORD] * 900, timeout=30, trust_env=False
                ).status_code
            )

        log = tmp_path / "audit.db-wal"
        before = log.stat().st_size if log.exists() else 0
        asking = threading.Thread(target=ask)
        asking.start()
        while asking.is_alive() and not (log.exists() and log.stat().st_size > before):
            pass
        service.process.send_signal(signal.SIGTERM)
        asking.join()
        assert service.process.wait(30) in (0, -signal.SIGTERM)
    assert answers == [200]
    assert "Finished server process" in service.written()


def test_about_answers_every_source_attribute() -> None:
    printed = run("about", "--json")
    found = json.loads(printed.stdout)
    assert printed.exit_code == 0
    assert set(found["attributes"]) == {
        "bibliographic_citation",
        "developer",
        "funding_source",
        "release_date",
        "revision_dates",
        "race",
        "ethnicity",
        "language",
        "sexual_orientation",
        "gender_identity",
        "sex",
        "date_of_birth",
        "social_determinants_of_health",
        "health_status_assessments",
    }
    assert all(found["attributes"].values())
    assert found["intended_use"] in " ".join(run("about").stdout.split())


def test_the_settings_shown_in_the_documentation_can_be_used(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "serving.md").read_text("utf-8")
    path = tmp_path / "config.yaml"
    path.write_text(text.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    shown = read_config(path)
    assert shown.limits == RequestLimits()
    assert shown.reading == ReadingSettings()


@SERVER
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_file_that_is_cut_is_noticed_by_every_process(tmp_path: Path, workers: str) -> None:
    with served(tmp_path, "--insecure-dev", "--workers", workers) as service:

        def asked() -> set[int]:
            address = f"{service.address}/classify"
            return {httpx.post(address, json=RECORD, trust_env=False).status_code for _ in range(9)}

        assert asked() == {200}
        os.truncate(tmp_path / "audit.db", 0)
        assert asked() == {503}
