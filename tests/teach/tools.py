"""Where the tools of these tests are."""

import atexit
import json
import re
import subprocess
from functools import cache
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


@cache
def browser() -> subprocess.Popen[str]:
    """One browser for all tests of this process; the end of its input ends it."""
    command = [NODE, js_tool("page.mjs"), str(CHROMIUM)]
    started = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    atexit.register(started.communicate)
    return started


def browse(scenario: str, page: Path, **given: Any) -> Any:
    """Play a scenario of tests/js/page.mjs on a page, in a context of its own; what it saw, where
    no line ends between a number and its percent sign.
    """
    asked, said = browser().stdin, browser().stdout
    assert asked
    assert said
    asked.write(json.dumps({"scenario": scenario, "file": str(page), "given": given}) + "\n")
    asked.flush()
    played = json.loads(said.readline())
    assert "error" not in played, played["error"]
    assert not re.search(r"\d %", json.dumps(played["seen"]))
    return json.loads(json.dumps(played["seen"]).replace("\\u00a0", " "))
