"""What a specimen is called in words: names of places, and nothing beside them but how and from
where it was taken, as `codes/specimen-words.yaml` gives them. They put a result in doubt whose code
names another place, and never place one.
"""

from __future__ import annotations

import re
from functools import cache

from allstatus.ehr.coding.comments import without_accents
from allstatus.record.code_files import read_yaml
from allstatus.record.remembered import remembered

_WORD = re.compile(r"[^\W_]+")


@remembered(1024)
def topics_named(text: str) -> tuple[str, ...]:
    """The topics of `results.yaml` that a specimen's words name; none where another word stands
    among them.

    >>> topics_named("Bone marrow aspirate, left iliac crest"), topics_named("bone marrow product")
    (('marrow',), ())
    """
    names, longest, beside = _words()
    words = _WORD.findall(without_accents(text.lower()))
    found, place = dict[str, None](), 0
    while place < len(words):
        ends = range(min(longest, len(words) - place), 0, -1)
        length = next((n for n in ends if tuple(words[place : place + n]) in names), 0)
        if length:
            found[names[tuple(words[place : place + length])]] = None
        elif words[place] not in beside and not words[place].isdecimal():
            return ()
        place += length or 1
    return tuple(found)


@cache
def _words() -> tuple[dict[tuple[str, ...], str], int, frozenset[str]]:
    """Names as words with their topics, the length of the longest, and what may stand beside."""
    said = read_yaml("specimen-words")
    names = {
        tuple(name.split()): topic for topic, spelled in said["names"].items() for name in spelled
    }
    return names, max(map(len, names)), frozenset(said["beside"])
