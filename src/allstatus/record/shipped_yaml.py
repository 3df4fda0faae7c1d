"""YAML files that are shipped, by the SHA-256 of their text: which shape each was found to have,
and what those that decide hold, so that a start reads them without a parser of YAML.

`scripts/shipped-files` writes them down, each in a line of `shipped_yaml.txt`.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

SHIPPED = Path(__file__).with_name("shipped_yaml.txt")
Place = tuple[str | int, ...]


class ShippedFile(NamedTuple):
    """A shipped file's shape, and its data with the line of each of their `places`; the data are
    None where they are read from the file.
    """

    shape: str | None
    data: Any
    lines: list[int]


NOT_SHIPPED = ShippedFile(None, None, [])


def shipped_file(text: str) -> ShippedFile:
    """What is known of a file that holds this text."""
    line = _by_digest().get(digest_of_text(text))
    if line is None:
        return NOT_SHIPPED
    shape, _, held = line.partition(" ")
    return ShippedFile(shape, *(json.loads(held, parse_float=Decimal) if held else (None, [])))


def digest_of_text(text: str) -> str:
    """Its SHA-256; half a character counts too."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _by_digest() -> dict[str, str]:
    lines = SHIPPED.read_text("utf-8").split("\n")
    return {digest: rest for digest, _, rest in (line.partition(" ") for line in lines)}


def places(data: Any, place: Place = ()) -> list[Place]:
    """The data, then every key and list item in it, in the order of the file.

    >>> places({"all": ["treated"]})
    [(), ('all',), ('all', 0)]
    """
    found = [place]
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if isinstance(value, str):  # as most are
                found.append((*place, key))
            else:
                found += places(value, (*place, key))
    return found
