"""What lies in deploy/: the configuration starts, the unit is one, and what the nginx example and
the service each name fits the other.
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from allstatus.service.config import read_config
from needs import needs

from .conftest import serving
from .process import PATIENCE, served
from .test_rest import RECORD
from .tokens import ISSUER, TokenIssuer

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def test_the_example_configuration_starts(tmp_path: Path) -> None:
    settings = read_config(DEPLOY / "config.yaml").model_dump(exclude={"audit", "issuers"})
    (issuer,) = yaml.safe_load((DEPLOY / "config.yaml").read_text("utf-8"))["issuers"]
    keys = TokenIssuer(issuer["issuer"]).written(tmp_path)
    listed = [{"issuer": issuer["issuer"], "keys": keys}]
    with serving(tmp_path, **settings | {"issuers": listed}) as client:
        assert client.get("/readyz").json() == {"status": "ready"}


def test_what_the_container_copies_is_there() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ")]
    here = [name for names in copied if not names[0].startswith("--from") for name in names]
    assert [name for name in here if not (ROOT / name).exists()] == []
    assert {"pyproject.toml", "src", "rules", "codes"} <= set(here)
    (user,) = (line for line in lines if line.startswith("USER "))
    assert int(user.split()[1]) > 0


@needs("systemd-analyze")
def test_the_unit_is_one(tmp_path: Path) -> None:
    unit = (DEPLOY / "systemd" / "allstatus.service").read_text("utf-8")
    here = tmp_path / "allstatus.service"
    here.write_text(unit.replace("/opt/allstatus/bin/allstatus", "/bin/true"), "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", here], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_alert_has_something_to_do() -> None:
    (group,) = yaml.safe_load((DEPLOY / "alerts.yaml").read_text("utf-8"))["groups"]
    alerts = [rule["alert"] for rule in group["rules"]]
    told = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert [alert for alert in alerts if f"| {alert} |" not in told] == []
    assert len(alerts) > 5


@needs("promtool")
def test_the_alerts_are_read_by_prometheus() -> None:
    checked = subprocess.run(
        ["promtool", "check", "rules", DEPLOY / "alerts.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


NAME = "cds.example.org"


def certified(folder: Path) -> None:
    """A certificate of the example's name, and its key, as the example asks for them."""
    key, now = TokenIssuer().elliptic, datetime.now(UTC)
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = x509.CertificateBuilder(named, named, key.public_key(), 1, now, now + timedelta(1))
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / f"{NAME}.pem").write_bytes(made.sign(key, hashes.SHA384()).public_bytes(pem))
    (folder / f"{NAME}.key").write_bytes(key.private_bytes(pem, *plain))


@contextmanager
def proxied(folder: Path, address: str) -> Iterator[str]:
    """The example before a service, with only its port, its upstream and its keys' folder changed;
    gives its address.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    certified(folder)
    example = (DEPLOY / "nginx" / "allstatus.conf").read_text("utf-8")
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8000": f"server {urlsplit(address).netloc}",
        "/etc/nginx/tls": str(folder),
    }
    for old, new in changes.items():
        assert example.count(old) >= 1
        example = example.replace(old, new)
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;\n"
        f"events {{}}\nhttp {{\n{places}{example}}}\n"
    )
    command = ["nginx", "-c", main, "-p", folder, "-e", folder / "nginx.log"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command)
    try:
        end = time.monotonic() + PATIENCE
        while not _listens(port) and time.monotonic() < end:
            time.sleep(0.05)
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


@needs("nginx")
def test_a_call_through_the_proxy(tmp_path: Path) -> None:
    issuer = TokenIssuer()
    keys = issuer.written(tmp_path)
    config = (
        f"base_url: https://{NAME}\nproxies: [127.0.0.1]\n"
        f"issuers: [{{issuer: '{ISSUER}', keys: {keys}}}]\n"
    )
    with (
        served(tmp_path, config=config) as service,
        proxied(tmp_path, service.address) as address,
        httpx.Client(base_url=address, verify=False, trust_env=False) as client,
    ):
        client.headers["Host"] = NAME

        def ask(content: bytes | None = None) -> int:
            token = issuer.token(aud=f"https://{NAME}/classify")
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            given = {"json": RECORD} if content is None else {"content": content}
            return client.post("/classify", headers=headers, **given).status_code

        assert ask() == 200
        assert ask(b" " * 11_000_000) == 413
        hidden = ("/-/reload", "/metrics")
        assert [client.get(path).status_code for path in hidden] == [404, 404]
        assert client.get("/readyz").json() == {"status": "ready"}


def test_the_proxy_hides_what_is_for_this_machine() -> None:
    text = (DEPLOY / "nginx" / "allstatus.conf").read_text("utf-8")
    assert "location /-/ { return 404; }" in text
    assert "X-Forwarded-For" in text
    assert "access_log off" in text
