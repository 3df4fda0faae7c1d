"""The preview of a draft: made anew at each save, on loopback, and problems instead of a page."""

import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from allstatus.teach.preview import preview_server
from copies import copy_rules


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return copy_rules(tmp_path / "mine")


@pytest.fixture
def address(draft: Path) -> Iterator[str]:
    with preview_server(draft, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def read(address: str, **headers: str) -> str:
    with urlopen(Request(address, headers=headers), timeout=60) as answer:
        return str(answer.read().decode())


def test_a_draft_is_shown_and_made_anew_when_a_file_is_saved(draft: Path, address: str) -> None:
    shown = read(address + "/")
    assert "Draft: these rules are not locked." in shown
    assert "<td>untreated: just over the limit</td>" in shown
    assert read(address + "/page").startswith("<!doctype html>")
    assert "<svg" in read(address + "/map.svg")
    digest = read(address + "/digest")
    file = draft / "statuses" / "untreated.yaml"
    file.write_text(file.read_text("utf-8").replace("  - signs_or_symptoms\n", "", 1), "utf-8")
    assert read(address + "/digest") != digest
    assert 'class="no"><td>untreated: symptoms missing</td>' in read(address + "/")
    file.write_text("status: [", "utf-8")
    broken = read(address + "/")
    assert "not valid YAML" in broken
    assert "<iframe" not in broken


def test_another_name_of_this_machine_is_not_answered(address: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        read(address + "/", Host="rebound.example")
