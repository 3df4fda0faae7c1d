"""Node and the JavaScript packages of `tests/js`, for the tests that use them."""

import shutil
from pathlib import Path

NODE = shutil.which("node") or "node"
JS = Path(__file__).parent / "js"


def js_tool(name: str) -> str:
    """A script of `tests/js`."""
    return str(JS / name)
