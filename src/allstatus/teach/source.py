"""The page's JavaScript: small files in one order; those of the engine and the exercises need no page."""

from __future__ import annotations

from pathlib import Path

WEB = Path(__file__).parent / "web"
ENGINE = ("percent.js", "engine.js", "why.js")
EXERCISES = ("exercises.js",)
PAGE = ("dom.js", "explore.js", "marrow.js", "map.js", "practise.js", "print.js", "main.js")


def read_web(*names: str) -> str:
    """Files of the page, one after the other."""
    return "\n".join((WEB / name).read_text("utf-8") for name in names)


def engine_source() -> str:
    """The engine as one script: `makeEngine(data)`, `makeWhy(engine)`, `parseExact(text)`, `Refused`."""
    return read_web(*ENGINE)
