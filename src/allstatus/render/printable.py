"""Text from data as it may be shown: what a terminal would obey is spelled out, what a spreadsheet
would run is text.
"""

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


# how a cell begins that a spreadsheet would run, after blanks and quotes that it may leave out
FORMULA = '^[\\s\\x00"\u00a0\u3000\u200b\ufeff]*[=+@＝＋－＠-]|^[\\t\\r\\n]'
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def inert(cell: object) -> object:
    """A cell of a CSV as a spreadsheet shows it: one that it would run begins with an apostrophe;
    numbers are as they are.

    >>> inert("=1+1"), inert("-2.5"), inert("p1")
    ("'=1+1", '-2.5', 'p1')
    """
    runs = isinstance(cell, str) and re.match(FORMULA, cell) and not NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell
