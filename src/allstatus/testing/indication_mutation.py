"""Mutants of the overlay of stated uses: which vectors tell each from it, which records would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from allstatus.decision.applicability import Applicability
from allstatus.decision.classifier import Classifier
from allstatus.record.model import Record as Checked
from allstatus.rules.indications import STATUS_FACT, Indications
from allstatus.table.fact_domain import Pattern
from allstatus.testing.answers import USES, Answer, differing_in, uses_of
from allstatus.testing.indication_differences import Differences
from allstatus.testing.indication_mutants import use_mutants, use_port_mutants
from allstatus.testing.indication_values import PatientFact
from allstatus.testing.indication_vectors import base_record, settled
from allstatus.testing.mutants import Mutant
from allstatus.testing.mutation import Mutation
from allstatus.testing.port_mutants import PortMutant
from allstatus.testing.representatives import Record
from allstatus.testing.rule_files import Changed, OverlayFiles
from allstatus.testing.vectors import Vector


class UseMutation(Mutation[Applicability]):
    """The overlay of a classifier and the vectors that ask about uses: no slip in the overlay
    changes a status.
    """

    as_they_are = "the overlay as it is"
    fields = USES

    def __init__(self, classifier: Classifier, vectors: Sequence[Vector] = ()) -> None:
        super().__init__(classifier, vectors)
        self.files = self._files = OverlayFiles(classifier.applicability)
        readable = {
            place: (vector.expected["status"], Checked.read(vector.record))
            for place, vector in self.asked.items()
        }
        self._differences = Differences(classifier.applicability, readable)

    def mutants(self) -> Iterator[Mutant]:
        """Every slip in the overlay's files."""
        return use_mutants(self._files)

    def ports(self) -> Iterator[PortMutant]:
        """Every mistake of an implementation of the overlay."""
        return use_port_mutants(self.classifier.applicability.overlay)

    def build(self, changed: Changed) -> Applicability:
        """The overlay with a mutant's changes; raises RulesError when a table is refused."""
        return self._files.build(changed)

    def killers(self, mutant: Applicability) -> Iterator[int]:
        """The places of the vectors to which the mutant gives another answer."""
        return self._differences.with_(mutant)

    def answer(self, asked: Vector, read: Record) -> Answer:
        """What the overlay answers to another patient of the same status."""
        status = asked.expected["status"]
        return _uses(self.classifier.applicability, status, Checked.read(read))

    def tell_apart(self, mutant: Applicability) -> Record | None:
        """The first record to which the mutant gives other answers."""
        return tell_uses_apart(self.classifier, mutant)


def tell_uses_apart(one: Classifier, other: Applicability) -> Record | None:
    """The first record to which another overlay gives other answers; None when there is none.

    Agent by agent, looks at every side of every limit of either and at what is not known, in every
    combination.
    """
    for status in one.ruleset.statuses:
        mine, theirs = (side.options_of(status).agents for side in (one.applicability, other))
        for agent in (name for name in mine | theirs if mine.get(name) is not theirs.get(name)):
            fittings = [side[agent] for side in (mine, theirs) if agent in side]
            conditions = [one for fitting in fittings for one in fitting.conditions()]
            asked = {name for condition in conditions for name in condition.table.criteria}
            for record in _records(one, other.overlay, status, asked):
                if _differs(one, other, status, record):
                    return record
    return None


def _records(one: Classifier, other: Indications, status: str, asked: set[str]) -> Iterator[Record]:
    """Every combination of values that either overlay may tell apart, of the facts of these
    criteria.
    """
    overlay = one.applicability.overlay
    both = overlay, other
    names = {words.criteria[name].condition.fact for words in both for name in asked}
    facts = [
        tuple(PatientFact(words, words.facts[name]) for words in both)
        for name in overlay.facts
        if name in names - {STATUS_FACT}
    ]
    base = base_record(one, status)
    for values in product(*(_values(mine, theirs) for mine, theirs in facts)):
        record = base
        for (fact, _), value in zip(facts, values, strict=True):
            record = fact.stated_in(record, value)
        yield record


def _values(mine: PatientFact, theirs: PatientFact) -> list[Any]:
    found: dict[Pattern, Any] = {}
    for value in mine.stated_values(theirs.limits):
        both = mine.pattern(mine.read(value)) + theirs.pattern(theirs.read(value))
        found.setdefault(both, value)
    return [*found.values(), mine.not_known]


def _differs(one: Classifier, other: Applicability, status: str, record: Record) -> bool:
    read = Checked.read(record)
    answers = [_uses(side, status, read) for side in (one.applicability, other)]
    return bool(differing_in(USES, *answers)) and settled(one, record, status)


def _uses(applicability: Applicability, status: str, record: Checked) -> Answer:
    return uses_of(applicability.options_of(status).of(record).entries)
