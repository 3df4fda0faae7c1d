"""The citations of one page pointed at another: the same sentence, else the most like one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allstatus.rules.fingerprint import SECTION_SEPARATOR, PageSentence
from allstatus.verify.page_map import PageMap, Place
from allstatus.verify.simhash import likeness, sketch

ALIKE = 0.5  # likeness from which a sentence is taken for another one's counterpart
MARK = "FILL IN"
CHECKED = "FILLIN."  # before a word that stands for now; written as a comment behind it
NOWHERE = "0" * 64


class NewCitations:
    """Where each sentence of the old page stands on the new one."""

    def __init__(self, old: PageMap, page: Sequence[PageSentence]) -> None:
        self._sketches = {sentence.place: sentence.sketch for sentence in old.sentences}
        self._page = [(sentence, sketch(sentence.text)) for sentence in page]
        self._found: dict[Place, tuple[PageSentence, bool] | None] = {}

    def counterpart(self, place: Place) -> tuple[PageSentence, bool] | None:
        """The sentence that stands for an old one, and whether it is the same; None for none."""
        if place not in self._found:
            self._found[place] = self._look_for(place)
        return self._found[place]

    def _look_for(self, place: Place) -> tuple[PageSentence, bool] | None:
        same = [sentence for sentence, _ in self._page if sentence.fingerprint == place[1]]
        if same:
            return max(same, key=lambda s: same_headings(s.section, place[0])), True
        if place not in self._sketches:
            return None
        old = self._sketches[place]
        alike, found = max(
            ((likeness(old, drawn), sentence) for sentence, drawn in self._page),
            key=lambda pair: (pair[0], same_headings(pair[1].section, place[0])),
        )
        return (found, False) if alike >= ALIKE else None

    def cite(self, old: Mapping[str, str]) -> dict[str, Any]:
        """The citation on the new page; one that is only alike is marked to be checked."""
        found = self.counterpart((old["section"], old["sentence"]))
        if found is None:
            return {"section": MARK, "sentence": NOWHERE}
        sentence, same = found
        mark = "" if same else CHECKED
        return {"section": sentence.section, "sentence": mark + sentence.fingerprint}


def same_headings(first: str, second: str) -> float:
    """How alike two paths of headings are at their ends, from 0 to 1."""
    ends = [sketch(path.rpartition(SECTION_SEPARATOR)[2]) for path in (first, second)]
    return likeness(*ends)
