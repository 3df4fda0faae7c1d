"""The page's files: script in small files in one order; those of the engine and the exercises touch
no page.
"""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).parent / "web"
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
    """Script that shows the page, without blanks beside signs; quoted texts and patterns stay as
    they are.
    """
    return _SCRIPT.sub(lambda found: found[1] or found[2], without_indent(text))


# something to keep; else blanks that nobody needs
_STYLE = re.compile(r"""("[^"\n]*")|(?<=[:,;{}]) | (?=[{}])|;(?= ?})""")
_SCRIPT = re.compile(
    r"""("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|(?:(?<=\()|(?<== ))/(?:[^/\\\n]|\\.)+/)"""
    r"| *(=>|&&|\|\||\?\?|[=?:,;{}()<>*]|\[|\]) *"
)
