"""What is said does not depend on what Python leaves out when it compiles."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKED = {
    "schema of records": ["schema", "record"],
    "schema of decisions": ["schema", "decision"],
    "help": ["--help"],
    "help of a command": ["classify", "--help"],
    "an answer": ["classify", "examples/demo.ndjson", "--format", "json"],
}
OPENAPI = """
import json, sys
from fastapi.openapi.utils import get_openapi
from allstatus.service.app import make_app
from allstatus.service.config import read_config
config = read_config(None, insecure_dev=True, audit=sys.argv[1] + "/audit.db")
print(json.dumps(get_openapi(title="", version="", routes=make_app(config).routes)))
"""


def printed(option: str, *arguments: str) -> bytes:
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *option.split(), *arguments]
    return subprocess.run(command, capture_output=True, check=True, env=environment).stdout


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_without_docstrings_the_same_is_said(asked: list[str]) -> None:
    wanted = printed("", "-m", "allstatus", *asked)
    assert wanted
    assert printed("-O", "-m", "allstatus", *asked) == wanted
    assert printed("-OO", "-m", "allstatus", *asked) == wanted


def test_the_service_describes_itself_alike(tmp_path: Path) -> None:
    pytest.importorskip("fastapi")
    asked = ["-c", OPENAPI, str(tmp_path)]
    assert printed("-OO", *asked) == printed("", *asked) != b""
