"""Where the tools of these tests are, and why a test skips without them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from node import NODE, js_tool, missing

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)


def needs(*packages: str, browser: bool = False) -> pytest.MarkDecorator:
    """Skip, saying why, where node, one of these npm packages or a browser is not there."""
    reason = missing(*packages) or (
        "chromium is not installed" if browser and CHROMIUM is None else ""
    )
    return pytest.mark.skipif(bool(reason), reason=reason)


needs_node = needs()
needs_browser = needs("axe-core", "playwright-core", browser=True)


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
