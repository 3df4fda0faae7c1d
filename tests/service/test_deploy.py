"""What lies in deploy/: the configuration starts, the unit is one, and what the nginx example and
the service each name fits the other.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from allstatus.service.config import read_config

from .conftest import serving
from .tokens import TokenIssuer

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def test_the_example_configuration_starts(tmp_path: Path) -> None:
    settings = read_config(DEPLOY / "config.yaml").model_dump(exclude={"audit", "issuers"})
    (issuer,) = yaml.safe_load((DEPLOY / "config.yaml").read_text("utf-8"))["issuers"]
    keys = TokenIssuer(issuer["issuer"]).written(tmp_path)
    listed = [{"issuer": issuer["issuer"], "keys": keys}]
    with serving(tmp_path, **settings | {"issuers": listed}) as client:
        assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
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


def test_the_proxy_hides_what_is_for_this_machine() -> None:
    text = (DEPLOY / "nginx" / "allstatus.conf").read_text("utf-8")
    assert "location /-/ { return 404; }" in text
    assert "X-Forwarded-For" in text
    assert "access_log off" in text
