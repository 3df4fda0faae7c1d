"""Text from data as it may be printed: what a terminal would obey is spelled out instead."""

from __future__ import annotations

import re

# C0 but tab and line end, DEL, C1, line separators, and what turns the direction of writing
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Control characters as JSON escapes them, so that JSON stays the same JSON.

    >>> printable("fever\x1b[2J")
    'fever\\u001b[2J'
    """
    return OBEYED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
