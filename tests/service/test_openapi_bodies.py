"""The service held to its own OpenAPI document by schemathesis: lawful, odd and broken requests,
and every answer as described.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .process import served

pytest.importorskip("schemathesis", reason="needs schemathesis")
# a body of the right shape may still be no chart, and is then refused
NOT_ASKED = "positive_data_acceptance"


@pytest.mark.slow
def test_every_answer_is_as_described(tmp_path: Path) -> None:
    hooks = {
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }
    with served(tmp_path, "--insecure-dev") as service:
        asked = [
            "--no-color",
            "--seed",
            "1",
            "--max-examples",
            "4",
            "--phases",
            "examples,coverage,fuzzing",
        ]
        asked += ["--exclude-checks", NOT_ASKED, "--suppress-health-check", "all"]
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{service.address}/openapi.json",
            *asked,
        ]
        run = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, **hooks},
            timeout=400,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    assert "No issues found" in run.stdout or " passed" in run.stdout
