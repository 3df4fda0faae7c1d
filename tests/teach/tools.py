"""Where the tools of these tests are, and why a test skips without them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

JS = Path(__file__).parent.parent / "js"
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node (scripts/install-test-tools)")
needs_npm_packages = pytest.mark.skipif(
    not (JS / "node_modules" / "gift-pegjs").exists(), reason="needs the npm packages of tests/js (scripts/install-test-tools)"
)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or not (JS / "node_modules" / "playwright-core").exists(),
    reason="needs chromium and the npm packages of tests/js (scripts/install-test-tools)",
)


def node(script: str, *arguments: Path | str, stdin: str = "") -> str:
    """What a script of tests/js prints."""
    command = ["node", str(JS / script), *map(str, arguments)]
    result = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert result.returncode == 0, result.stderr
    return result.stdout


def browse(scenario: str, page: Path, **given: Any) -> Any:
    """Play a scenario of tests/js/page.mjs on a page; what it saw."""
    return json.loads(node("page.mjs", scenario, page, str(CHROMIUM), stdin=json.dumps(given)))
