"""A medicine known by its name: whole active ingredients in the medicine's own name, and nothing
beside them but salt, form, route and strength.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_SEPARATORS = re.compile(r" (?:and|und|et) |[;/+,&]| - ")  # blanks are single
_NUMBER = re.compile(r"(?<![^\W\d_])\d[\d.,]*")
_DOTTED = re.compile(r"(?<!\w)([a-z])\.([a-z])\.(?!\w)")  # i.v.
_SUFFIX = re.compile(r"(?<=[a-z]{5})-[a-z]{4}\b")  # of a biosimilar: rituximab-abbs
_WORD = re.compile(r"[^\W\d_][\w²]*(?:-[^\W\d_]+)*|%")


def names_in(
    words: Sequence[str], names: Mapping[str, Any], longest: int, beside: Callable[[str], bool]
) -> list[Any] | None:
    """What the names among words stand for, of up to `longest` words each, the longer first; None
    where another word stands there that may not stand `beside` a name.
    """
    found, place = [], 0
    while place < len(words):
        ends = range(place + longest, place, -1)
        name, end = next(
            ((name, end) for end in ends if (name := " ".join(words[place:end])) in names),
            ("", place + 1),
        )
        if name:
            found.append(names[name])
        elif not beside(words[place]):
            return None
        place = end
    return found


class MedicineNames:
    """Names of active ingredients and brands, each with what it stands for."""

    def __init__(self, names: Mapping[str, Any], beside: Iterable[str]) -> None:
        self._names = {name.lower(): meaning for name, meaning in names.items()}
        self._longest = max((len(name.split()) for name in self._names), default=1)
        self._beside = frozenset(word.lower() for word in beside)

    def read(self, text: str) -> tuple[Any, ...]:
        """What the ingredients of a medicine's own name stand for; none when a word stands there
        that belongs to no such name.
        """
        text = _DOTTED.sub(r"\1\2", text.lower())
        outside = " ".join(_BRACKETS.sub(" ", text).split())
        found: list[Any] = []
        for part in _SEPARATORS.split(outside):
            meanings = self._ingredients(part)
            if meanings is None:
                return ()
            found += meanings
        for inner in _BRACKETS.findall(text):
            meanings = self._within_brackets(inner)
            if meanings is None or (found and not set(map(id, meanings)) <= set(map(id, found))):
                return ()
        return tuple({id(meaning): meaning for meaning in found}.values())

    def read_all(self, texts: Iterable[str]) -> tuple[Any, ...]:
        """The same of several names of one medicine; none when a known name stands in one of them
        among other words.
        """
        found: dict[int, Any] = {}
        for text in filter(None, texts):
            meanings = self.read(text)
            if not meanings and self.mentions(text):
                return ()
            found.update((id(meaning), meaning) for meaning in meanings)
        return tuple(found.values())

    def mentions(self, text: str) -> bool:
        """Whether a known name stands in a text at all."""
        words = _WORD.findall(text.lower())
        return any(
            " ".join(words[start : start + length]) in self._names
            for length in range(1, self._longest + 1)
            for start in range(len(words) - length + 1)
        )

    def _ingredients(self, part: str) -> list[Any] | None:
        """The meanings of the names in a part; None for a word that does not belong there."""
        words = _WORD.findall(_SUFFIX.sub(" ", _NUMBER.sub(" ", part)))
        return names_in(words, self._names, self._longest, self._beside.__contains__)

    def _within_brackets(self, inner: str) -> list[Any] | None:
        """A bracket holds one brand or abbreviation, or what may stand beside a name."""
        meanings = self._ingredients(inner)
        if meanings is not None:
            return meanings
        return [] if len(inner.split()) == 1 else None
