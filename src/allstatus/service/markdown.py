"""Text from a chart made safe for a card's detail: GitHub markdown, which some clients render with raw HTML on."""

from __future__ import annotations

import html
import re
import unicodedata

_MARKS = re.compile(r"([\\`*_\[\]|~#!])")
_LINK_STARTS = ((re.compile(r":(?=//)"), "&#58;"), (re.compile(r"(?i)\bwww\."), "www&#46;"), (re.compile("@"), "&#64;"))
LONGEST = 300  # characters of one piece of a chart's text


def safe(value: object) -> str:
    """One line that renders as the text it is: no mark-up, no HTML, no link, no direction marks."""
    text = str(value)
    if not text.isprintable():
        text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)
    text = " ".join(text.split())
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    text = _MARKS.sub(r"\\\1", html.escape(text, quote=False))
    for start, shown in _LINK_STARTS:
        text = start.sub(shown, text)
    return text


def bullets(title: str, items: list[str]) -> list[str]:
    """A heading and its list, as lines; none without items."""
    return [f"**{title}**", "", *(f"- {item}" for item in items), ""] if items else []
