"""The page's files: script in small files in one order; those of the engine and the exercises touch no page."""

from __future__ import annotations

from pathlib import Path

WEB = Path(__file__).parent / "web"
ENGINE = ("percent.js", "engine.js", "why.js")
EXERCISES = ("exercises.js",)
PAGE = ("dom.js", "explore.js", "marrow.js", "map.js", "practise.js", "print.js", "main.js")


def read_web(*names: str) -> str:
    """Files of the page, one after the other."""
    return "\n".join((WEB / name).read_text("utf-8") for name in names)


def without_indent(text: str) -> str:
    """Lines of script or style without their indentation, comment lines and empty lines: the page is sent by e-mail."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
