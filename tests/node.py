"""Node and the JavaScript packages of `tests/js`, for the tests that use them."""

import shutil
from pathlib import Path

NODE = shutil.which("node") or "node"
JS = Path(__file__).parent / "js"


def js_tool(name: str) -> str:
    """A script of `tests/js`."""
    return str(JS / name)


def missing(*packages: str) -> str:
    """Why a test with these packages cannot run here; empty when it can."""
    if shutil.which("node") is None:
        return "node is not installed"
    absent = [name for name in packages if not (JS / "node_modules" / name).is_dir()]
    return (
        f"{', '.join(absent)} not installed; run: npm install --prefix tests/js" if absent else ""
    )
