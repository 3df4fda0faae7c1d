"""The page as it is today against the page as the rules last saw it, and what to review.

A sentence is the same when its fingerprint is, so reflowing, link targets and front matter do not
count. What an edited sentence has become is looked for only among sentences new to the page.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from allstatus.rules.fingerprint import SECTION_SEPARATOR, PageSentence
from allstatus.verify.citations import Citation
from allstatus.verify.page_map import MappedSentence, PageMap, Place
from allstatus.verify.simhash import likeness, sketch

ALIKE_HERE, ALIKE_ELSEWHERE = 0.5, 0.7  # likeness that makes two sentences one edited sentence
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PageChange:
    """What became of one sentence: `edited`, `dropped`, `moved` or `new`.

    `was` is its place as the rules know it, `now` the page's sentence; `review` are the entries
    that cite the sentence or, when none does, those that cite the nearest section around it.
    """

    kind: str
    was: Place | None
    now: PageSentence | None
    review: tuple[Citation, ...]
    likeness: float | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """All changes of a page, and how many sentences are as they were."""

    unchanged: int
    changes: tuple[PageChange, ...]

    @property
    def to_review(self) -> tuple[PageChange, ...]:
        """The changes that some entry of the rules may rest on."""
        return tuple(change for change in self.changes if change.review)


def find_drift(
    page_map: PageMap, citations: Sequence[Citation], page: Iterable[PageSentence]
) -> Drift:
    """Compare the page's sentences with those mapped or cited."""
    known = _known(page_map, citations)
    gone, new, unchanged = _apart(known, list(page))
    moved = _take_moved(gone, new)
    sections = _renamed(moved)
    edited = _take_edited(gone, new, sections)
    review = _Review(citations).of
    changes = [PageChange("edited", w.place, now, review(w.place), a) for w, now, a in edited]
    changes += [PageChange("dropped", was.place, None, review(was.place)) for was in gone]
    changes += [PageChange("moved", was.place, now, review(was.place)) for was, now in moved]
    for now in new:
        place = sections.get(now.section, now.section), now.fingerprint
        changes.append(PageChange("new", None, now, review(place)))
    return Drift(unchanged, tuple(changes))


def _known(page_map: PageMap, citations: Iterable[Citation]) -> list[MappedSentence]:
    """The mapped sentences, then any sentence that is cited but was never mapped."""
    mapped = {sentence.place for sentence in page_map.sentences}
    unmapped = dict.fromkeys(
        citation.place for citation in citations if citation.place not in mapped
    )
    return [*page_map.sentences, *(MappedSentence(*place, sketch="") for place in unmapped)]


def _apart(
    known: list[MappedSentence], page: list[PageSentence]
) -> tuple[list[MappedSentence], list[PageSentence], int]:
    """The known sentences that are gone, the page's that are new, and how many stand where they
    stood.
    """
    places = [(sentence.section, sentence.fingerprint) for sentence in page]
    left = Counter(places) - Counter(sentence.place for sentence in known)
    gone_places = Counter(sentence.place for sentence in known) - Counter(places)
    gone = list(_take(known, [sentence.place for sentence in known], gone_places))
    return gone, list(_take(page, places, left)), len(known) - len(gone)


def _take(items: Sequence[_T], places: Sequence[Place], wanted: Counter[Place]) -> Iterator[_T]:
    """The items at the wanted places, each as often as it is wanted."""
    for item, place in zip(items, places, strict=True):
        if wanted[place]:
            wanted[place] -= 1
            yield item


def _take_moved(
    gone: list[MappedSentence], new: list[PageSentence]
) -> list[tuple[MappedSentence, PageSentence]]:
    """Pairs of the same sentence under another section path; both are taken out of the lists."""
    waiting: dict[str, deque[PageSentence]] = defaultdict(deque)
    for sentence in new:
        waiting[sentence.fingerprint].append(sentence)
    pairs = [(was, waiting[was.fingerprint].popleft()) for was in gone if waiting[was.fingerprint]]
    _take_out(gone, (was for was, _ in pairs))
    _take_out(new, (now for _, now in pairs))
    return pairs


def _take_out(items: list[_T], taken: Iterable[_T]) -> None:
    """Take these very items out of a list."""
    gone = set(map(id, taken))
    items[:] = [item for item in items if id(item) not in gone]


def _renamed(moved: Iterable[tuple[MappedSentence, PageSentence]]) -> dict[str, str]:
    """New section path to the old one that most of its sentences came from."""
    origins: dict[str, Counter[str]] = defaultdict(Counter)
    for was, now in moved:
        origins[now.section][was.section] += 1
    return {section: counts.most_common(1)[0][0] for section, counts in origins.items()}


def _take_edited(
    gone: list[MappedSentence], new: list[PageSentence], sections: dict[str, str]
) -> list[tuple[MappedSentence, PageSentence, float]]:
    """Pairs that are alike enough, the most alike first; both are taken out of the lists."""
    sketches = [sketch(sentence.text) for sentence in new]
    pairs = []
    for i, was in enumerate(gone):
        for j, now in enumerate(new):
            here = was.section in (now.section, sections.get(now.section))
            alike = likeness(was.sketch, sketches[j]) if was.sketch else 0.0
            if alike >= (ALIKE_HERE if here else ALIKE_ELSEWHERE):
                pairs.append((here, alike, -i, -j))
    taken: dict[int, tuple[int, float]] = {}
    partners: set[int] = set()
    for _, alike, i, j in sorted(pairs, reverse=True):
        if -i not in taken and -j not in partners:
            taken[-i] = (-j, alike)
            partners.add(-j)
    edited = [(gone[i], new[j], round(alike, 2)) for i, (j, alike) in sorted(taken.items())]
    _take_out(gone, (was for was, _, _ in edited))
    _take_out(new, (now for _, now, _ in edited))
    return edited


class _Review:
    """Which entries rest on a sentence, or else on its section, or else on a section around
    that.
    """

    def __init__(self, citations: Iterable[Citation]) -> None:
        self._by_place: dict[Place, list[Citation]] = defaultdict(list)
        self._by_section: dict[str, list[Citation]] = defaultdict(list)
        for citation in citations:
            self._by_place[citation.place].append(citation)
            self._by_section[citation.place[0]].append(citation)

    def of(self, place: Place) -> tuple[Citation, ...]:
        section, found = place[0], self._by_place.get(place, [])
        while section and not found:
            found = self._by_section.get(section, [])
            section = section.rpartition(SECTION_SEPARATOR)[0]
        return tuple({citation.label: citation for citation in found}.values())
