"""Whether a note takes back what it stands beside, by the words of `codes/result-notes.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from allstatus.record.code_files import read_yaml
from allstatus.render.messages import MESSAGES

RESULTS, TREATMENTS, CONDITIONS = "results", "treatments", "conditions"
_WORD = re.compile(r"[^\W\d_]+")
_REACH = 3  # how many words before or after others may turn them
_SHOWN = 80


def taken_back(kind: str, notes: Iterable[str]) -> str:
    """Why what notes of a kind stand beside cannot be relied on, with the first such note; empty
    where none of them holds such words.

    >>> taken_back(RESULTS, ["hypocellular", "Specimen clotted."])
    "a note beside it may take it back: 'Specimen clotted.'"
    >>> taken_back(RESULTS, ["not clotted", "amended, disregard previous result"])
    ''
    """
    found = next((note for note in notes if _takes_back(kind, note)), None)
    return "" if found is None else _said().format(note=" ".join(found.split())[:_SHOWN])


def by_note(doubt: str) -> bool:
    """Whether it is a note that makes a doubt: what it stands beside counts as it is, or not."""
    return doubt.startswith(_said().partition("{")[0])


def _said() -> str:
    return str(MESSAGES.texts()["answers"]["taken_back"])


@lru_cache(maxsize=1024)
def _takes_back(kind: str, note: str) -> bool:
    table, known = read_yaml("result-notes"), _phrases(kind)
    words = _words(note)
    for start, word in enumerate(words):
        for phrase in known.get(word, ()):
            end = start + len(phrase)
            before, after = words[max(start - _REACH, 0) : start], words[end : end + _REACH]
            turned = {*before} & {*table["denials"]} or {*after} & {*table["earlier"]}
            if words[start:end] == phrase and not turned:
                return True
    return False


@lru_cache(maxsize=4)
def _phrases(kind: str) -> dict[str, list[tuple[str, ...]]]:
    """The words that take back what is of a kind, by the first of them."""
    table = read_yaml("result-notes")
    found: dict[str, list[tuple[str, ...]]] = {}
    for said in chain(table["any"], *table[kind]):
        found.setdefault(_words(said)[0], []).append(_words(said))
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))
