"""What a reader is told of a status, region, fact or constraint: phrases, some said only where what
they tell is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from allstatus.record.frozen import Frozen
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Clause

LEVELS = ("clinician", "student", "plain")
Place = tuple[str | int, ...]
ReadClause = Callable[[Any, Place], Clause]


@value_class
class Phrase(Frozen):
    """A sentence or two for one reader.

    It is said only where `when` holds by what was stated, and only where the value that the
    criterion `near` compares lies at its limit or within a point of it. `place` is where it stands
    (`file:line`), for messages.
    """

    text: str
    when: Clause | None = None
    near: str | None = None
    place: str = ""

    def criteria(self) -> Set[str]:
        """The criteria it depends on."""
        asked: Set[str] = self.when.criteria() if self.when else frozenset()
        return asked | ({self.near} if self.near else frozenset())


Says = Mapping[str, tuple[Phrase, ...]]  # clinician, student, plain


def read_says(
    said: Mapping[str, Any], place: Place, read: ReadClause, at: Callable[[Place], str]
) -> dict[str, tuple[Phrase, ...]]:
    """The phrases of an entry's `says`, by level; `read` makes a clause of what stands at a place,
    `at` words a place.
    """
    return {
        level: tuple(_phrases(entry, (*place, "says", level), read, at))
        for level, entry in said.items()
    }


def _phrases(
    entry: Any, place: Place, read: ReadClause, at: Callable[[Place], str]
) -> Iterator[Phrase]:
    if isinstance(entry, str):
        yield Phrase(entry, place=at(place))
        return
    for number, item in enumerate(entry):
        here = (*place, number)
        if isinstance(item, str):
            yield Phrase(item, place=at(here))
            continue
        asked = [read(one, (*here, "when", i)) for i, one in enumerate(item.get("when", ()))]
        when = Clause("all", "when", children=tuple(asked)) if asked else None
        yield Phrase(item["say"], when, item.get("near"), at(here))


def read_titles(title: str | Mapping[str, str]) -> dict[str, Any]:
    """An option's `titles` by level and its `title`, which is the clinician's; one without levels
    is that of all.
    """
    titles = dict.fromkeys(LEVELS, title) if isinstance(title, str) else dict(title)
    return {"title": titles["clinician"], "titles": titles}
