"""What a specimen is called in words: names of places, and nothing beside them but how and from
where it was taken, as `codes/specimen-words.yaml` gives them. They put a result in doubt whose code
names another place, and never place one.
"""

from __future__ import annotations

import re
from functools import cache

from allstatus.ehr.coding.comments import without_accents
from allstatus.ehr.coding.medicine_names import names_in
from allstatus.record.code_files import read_yaml
from allstatus.record.remembered import remembered

_WORD = re.compile(r"[^\W_]+")


@remembered(1024)
def topics_named(text: str) -> tuple[str, ...]:
    """The topics of `results.yaml` that a specimen's words name; none where another word stands
    among them, but one that says that it is another person's.

    >>> topics_named("Bone marrow aspirate, left iliac crest"), topics_named("bone marrow product")
    (('marrow',), ())
    """
    names, longest, beside = _words()
    words = _WORD.findall(without_accents(text.lower()))
    found = names_in(words, names, longest, lambda word: word in beside or word.isdecimal())
    others = read_yaml("specimen-words")["anothers"]
    if not found and not {*words}.isdisjoint(others["words"]):
        return (others["topic"],) if {*words}.isdisjoint(others["unless"]) else ()
    return tuple(dict.fromkeys(found or ()))


@cache
def _words() -> tuple[dict[str, str], int, frozenset[str]]:
    """Names with their topics, how many words the longest has, and what may stand beside them."""
    said = read_yaml("specimen-words")
    names = {name: topic for topic, spelled in said["names"].items() for name in spelled}
    return names, max(len(name.split()) for name in names), frozenset(said["beside"])
