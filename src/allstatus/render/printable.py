"""Text from data as it may be shown: what a terminal would obey is spelled out, what a spreadsheet
would run is text, and no line ends between a number and its percent sign.
"""

from __future__ import annotations

import re
import textwrap

# C0 but tab and line end, DEL, C1, line separators, and what turns the direction of writing
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    r"""Control characters as JSON escapes them, so that JSON stays the same JSON.

    >>> printable("fever\x1b[2J")
    'fever\\u001b[2J'
    """
    return OBEYED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


_BEFORE_PERCENT = re.compile(r"(?<=\d) (?=%)")
_KEPT = "\0"  # stands for a blank at which no line ends; `printable` leaves none in a text


def unbroken(text: str) -> str:
    """The same for HTML, where no line is to end between a number and its percent sign."""
    return _BEFORE_PERCENT.sub("\N{NO-BREAK SPACE}", text)


def wrapped(
    text: str, width: int, first: str = "", rest: str | None = None, *, breaks: bool = True
) -> list[str]:
    """Printable lines of at most `width` characters; `first` and `rest` indent them. Without
    `breaks` a word stays whole, be it longer than a line.

    >>> wrapped("blasts of 5 % or fewer", 12)
    ['blasts of', '5 % or fewer']
    """
    lines = textwrap.wrap(
        _BEFORE_PERCENT.sub(_KEPT, printable(text)),
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=breaks,
        break_on_hyphens=breaks,
    )
    return [line.replace(_KEPT, " ") for line in lines]


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
