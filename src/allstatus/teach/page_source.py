"""The page's files: script in small files in one order; those of the engine and the exercises touch
no page.
"""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).parent / "web"
CONST = "const "
ENGINE = ("percent.js", "counting.js", "engine.js")  # to be read in the page too
EXERCISES = ("why.js", "exercises.js", "history.js")
PAGE = (
    "dom.js",
    "explore.js",
    "marrow.js",
    "map.js",
    "own.js",
    "practise.js",
    "print.js",
    "main.js",
)


def read_web(*names: str) -> str:
    """Files of the page, one after the other."""
    return "\n".join((WEB / name).read_text("utf-8") for name in names)


def without_indent(text: str) -> str:
    """Lines of script without their indentation, comment lines and empty lines: the page is sent by
    e-mail.
    """
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def short_style(text: str) -> str:
    """A style sheet without the blanks it does not need, still a rule a line; quoted texts stay as
    they are.
    """
    return _STYLE.sub(lambda found: found[1] or "", without_indent(text))


def short_script(text: str) -> str:
    """Script that shows the page, without blanks beside signs, declarations that follow each other
    as one; quoted texts and patterns stay as they are.
    """
    return _joined(_SCRIPT.sub(lambda found: found[1] or found[2], without_indent(text)))


def _joined(text: str) -> str:
    """Script with one `const` for declarations of a line each that follow each other."""
    lines, goes_on = text.split("\n"), False
    for place, line in enumerate(lines):
        following = "".join(lines[place + 1 : place + 2])
        lines[place] = line.removeprefix(CONST) if goes_on else line
        goes_on = line.startswith(CONST) and line.endswith(";") and following.startswith(CONST)
        if goes_on:
            lines[place] = lines[place][:-1] + ","
    return "\n".join(lines)


# something to keep; else blanks that nobody needs
_STYLE = re.compile(r"""("[^"\n]*")|(?<=[:,;{}]) | (?=[{}])|;(?= ?})""")
_SCRIPT = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?:(?<=\()|(?<== ))/(?:[^/\\\n]|\\.)+/)"""
    r"| *(=>|&&|\|\||\?\?|[=?:,;{}()<>*!]|\[|\]|(?<!\+)\+(?!\+)|(?<!-)-(?!-)) *"
)
