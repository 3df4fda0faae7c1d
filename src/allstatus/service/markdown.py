"""Text from a chart made safe for a card's detail: GitHub markdown, which some clients render with
raw HTML on.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\\`*_\[\]|~#!&<>@]")  # of Markdown and HTML
_LINKS = re.compile(r":(?=//)|\bwww\.", re.IGNORECASE)  # their starts
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", ":": "&#58;"}
LONGEST = 300  # characters of one piece of a chart's text


def safe(value: object) -> str:
    """One line that renders as the text it is: no mark-up, no HTML, no link, no direction marks."""
    text = str(value)
    if not text.isprintable():
        text = "".join(
            " " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text
        )
    text = " ".join(text.split())
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    text = _MARKS.sub(_shown, text)
    return _LINKS.sub(_shown, text) if "//" in text or "www." in text.lower() else text


def _shown(match: re.Match[str]) -> str:
    found = match[0]
    return "www&#46;" if len(found) > 1 else _ENTITIES.get(found, f"\\{found}")


def bullets(title: str, items: list[str]) -> list[str]:
    """A heading and its list, as lines; none without items."""
    return [f"**{title}**", "", *(f"- {item}" for item in items), ""] if items else []
