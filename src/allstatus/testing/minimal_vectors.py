"""The fewest vectors that kill every mutant that any vector kills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allstatus.decision.classifier import Classifier
from allstatus.testing.indication_mutation import UseMutation
from allstatus.testing.mutation import kills
from allstatus.testing.rule_mutation import RuleMutation
from allstatus.testing.vector_groups import COUNT_FAMILY
from allstatus.testing.vectors import USES_FAMILY, Follow, Vector, make_vectors

LEFT_OUT = ("partial", USES_FAMILY, COUNT_FAMILY)
Killers = Mapping[str, frozenset[int]]  # by mutant


def fewest_killers(classifier: Classifier, follow: Follow = iter) -> list[Vector]:
    """As few of a rule set's vectors as kill all its mutants and those of the stated uses, in the
    vectors' order.

    Each of the two has its own: what kills a mutant of the rules is asked of every port, whatever
    it says of stated uses.
    The cells of the family `partial` are left out where other families kill as much: fewer, and
    easier to read. `follow` passes on what is worked through, to tell how far it has come.
    """
    vectors = make_vectors(classifier, follow)
    of_rules = [vector for vector in vectors if vector.family not in LEFT_OUT]
    of_uses = [vector for vector in vectors if vector.family == USES_FAMILY]
    return _fewest(of_rules, kills(RuleMutation(classifier, of_rules), follow)) + (
        _fewest(of_uses, kills(UseMutation(classifier, of_uses), follow)) if of_uses else []
    )


def _fewest(vectors: Sequence[Vector], found: Mapping[str, Sequence[int]]) -> list[Vector]:
    asked = {name: frozenset(places) for name, places in found.items()}
    return [vectors[place] for place in sorted(smallest_hitting(asked))]


def smallest_hitting(killers: Killers) -> set[int]:
    """A smallest set of vectors with a killer of every mutant. Exact: the size is raised until a
    set exists.
    """
    needed = list(set(killers.values()))
    for size in range(len(needed) + 1):
        found = _hit(needed, size)
        if found is not None:
            return found
    raise AssertionError("one killer for each mutant is enough")


def _hit(needed: Sequence[frozenset[int]], size: int) -> set[int] | None:
    """At most `size` vectors with a killer in every set; None when there are not enough."""
    needed = _reduced(needed)
    if not needed:
        return set()
    if _bound(needed) > size:
        return None
    for place in sorted(needed[0], key=lambda place: (-sum(place in one for one in needed), place)):
        rest = _hit([one for one in needed if place not in one], size - 1)
        if rest is not None:
            return {place, *rest}
    return None


def _reduced(needed: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """The same problem, smaller: no vector that another does all for, no mutant that another's
    killers kill too.
    """
    before: list[frozenset[int]] = []
    while needed != before:
        before = list(needed)
        kills = {
            place: frozenset(i for i, one in enumerate(needed) if place in one)
            for place in sorted(set().union(*needed))
        }
        first = {done: place for place, done in reversed(kills.items())}
        best = {place for done, place in first.items() if not any(done < other for other in first)}
        sets = {one & best for one in needed}
        needed = sorted(
            (one for one in sets if not any(other < one for other in sets)),
            key=lambda one: (len(one), sorted(one)),
        )
    return list(needed)


def _bound(needed: Sequence[frozenset[int]]) -> int:
    """How many sets have no killer in common: each needs a vector of its own."""
    found: list[frozenset[int]] = []
    for one in needed:
        if not any(one & other for other in found):
            found.append(one)
    return len(found)
