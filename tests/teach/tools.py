"""Where the tools of these tests are."""

import json
import subprocess
from pathlib import Path
from typing import Any

from needs import CHROMIUM
from node import NODE, js_tool


def run_node(script: str, *arguments: Path | str, stdin: str = "") -> str:
    """What a script of tests/js prints."""
    command = [NODE, js_tool(script), *map(str, arguments)]
    result = subprocess.run(
        command, input=stdin, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def browse(scenario: str, page: Path, **given: Any) -> Any:
    """Play a scenario of tests/js/page.mjs on a page; what it saw."""
    return json.loads(run_node("page.mjs", scenario, page, str(CHROMIUM), stdin=json.dumps(given)))
