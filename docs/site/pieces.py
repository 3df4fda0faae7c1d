"""Small pieces of Markdown for the pages that are made from the program."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; line ends and bars in cells are kept from breaking it."""
    lines = [head, ["---"] * len(head), *rows]
    return (
        "\n".join("| " + " | ".join(cell(entry) for entry in line) + " |" for line in lines) + "\n"
    )


def cell(entry: object) -> str:
    """One cell of a table."""
    return " ".join(str(entry).split()).replace("|", "\\|")


def plain(text: str) -> str:
    """Text in which no sign is read as markup."""
    return "".join("\\" + sign if sign in "\\`*_{}[]<>#" else sign for sign in text)


def anchor(title: str) -> str:
    """The anchor of a heading, as the generator (and GitHub) makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def code(entry: object) -> str:
    """Words of a file or a program."""
    return f"`{entry}`"
