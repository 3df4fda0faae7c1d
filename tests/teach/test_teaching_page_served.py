"""The service serves the page that the command writes."""

from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the service extra is not installed")

from starlette.testclient import TestClient

from allstatus.decision.classifier import load_rules
from allstatus.service.app import make_app
from allstatus.service.config import Config
from allstatus.teach.teaching_page import make_page


def test_the_service_serves_the_page_that_the_command_writes(tmp_path: Path) -> None:
    config = Config.model_validate({"insecure_dev": True, "audit": tmp_path / "audit.db"})
    with TestClient(make_app(config), base_url="http://127.0.0.1:8000") as client:
        answer = client.get("/trainer.html")
        assert 'href="trainer.html"' in client.get("/").text
    assert answer.status_code == 200
    assert answer.text == make_page(load_rules())
