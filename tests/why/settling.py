"""What is told of a situation, held against its definition: the complete cases of a rule set, gone
through without the code under test.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from random import Random
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.render.changes import Needed, change_ways
from allstatus.render.words import class_words
from allstatus.table.decision_table import OUTSIDE, DecisionTable
from allstatus.table.fact_domain import ValueClass
from allstatus.why.counterfactuals import settling_answers

Verdicts = tuple[bool | None, ...]


class Definition:
    """What sets of verdicts leave possible, by the cases alone."""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        self.of: dict[str, int] = {}
        for number, firing in enumerate(table.firings):
            if table.consistent >> number & 1:
                name = (firing.statuses or (OUTSIDE,))[0]
                self.of[name] = self.of.get(name, 0) | 1 << number
        self.true = {name: table.where_true(name) for name in table.criteria}
        self._found: dict[Verdicts, set[str]] = {}

    def possible(self, known: Mapping[str, bool | None]) -> set[str]:
        """The outcomes of the cases that contradict nothing known of the criteria, in their order;
        looked for once, since every set of verdicts is asked for beside its neighbours.
        """
        verdicts = tuple(known.values())
        if verdicts not in self._found:
            self._found[verdicts] = self._possible(known)
        return self._found[verdicts]

    def _possible(self, known: Mapping[str, bool | None]) -> set[str]:
        left = self.table.consistent
        for name, verdict in known.items():
            if verdict is not None:
                left &= self.true[name] if verdict else ~self.true[name]
        return {name for name, cases in self.of.items() if cases & left}


@cache
def definition(classifier: Classifier) -> Definition:
    """The definition of a rule set, made once."""
    return Definition(classifier.table)


def cells(classifier: Classifier) -> Iterator[Verdicts]:
    """Every set of verdicts."""
    yield from product((False, True, None), repeat=len(classifier.table.criteria))


def known_of(classifier: Classifier, verdicts: Verdicts) -> dict[str, bool | None]:
    return dict(zip(classifier.table.criteria, verdicts, strict=True))


def given(known: dict[str, bool | None], answers: tuple[ValueClass, ...]) -> dict[str, Any]:
    """What is known once these answers were given."""
    told = dict(known)
    for answer in answers:
        told |= answer.verdicts
    return told


def settling_faults(classifier: Classifier, verdicts: Verdicts) -> Iterator[str]:
    """What is wrong with the answers told of a cell."""
    by_definition = definition(classifier)
    known = known_of(classifier, verdicts)
    now = by_definition.possible(known)
    resolution = classifier.resolver.resolve(verdicts, frozenset())
    told = settling_answers(classifier.resolver, resolution)
    if {entry.to for entry in told} != (now if len(now) > 1 else set()):
        yield f"{known}: does not tell of each outcome"
    for entry in told:
        if by_definition.possible(given(known, entry.answers)) != {entry.to}:
            yield f"{known}: {entry} gives another outcome"
        for size in range(len(entry.answers)):
            for fewer in combinations(entry.answers, size):
                if by_definition.possible(given(known, fewer)) == {entry.to}:
                    yield f"{known}: {entry} has an answer too many"
        for answer in entry.answers:
            closed = dict(zip(classifier.table.criteria, resolution.cell.closed, strict=True))
            if not class_words(classifier.ruleset, answer, closed):
                yield f"{known}: {entry} asks for what holds already"


NEVER = ("never_treated",)  # what can only become true again by a correction
SAYS = ("finding", "event", "correction")


def change_faults(classifier: Classifier, record: dict[str, Any]) -> Iterator[str]:
    """What is wrong with what is told to change the decision of a record."""
    decision = classifier.classify(record)
    rules, held = decision.rules, decision.verdicts
    titles = {name: [c.title, c.otherwise] for name, c in rules.criteria.items()}
    holds = {
        text[0].lower() + text[1:]
        for name, (true, false) in titles.items()
        if held.get(name) is not None
        for text in ([true] if held[name] else [false])
    }
    number = 0
    for needed in SAYS:
        for _, ways in change_ways(decision, needed):
            for way in ways:
                number += 1
                parts = way.split("; ")
                if "" in parts or holds & set(parts):
                    yield f"{record}: {way!r} holds already"
    if number != len(decision.changes):
        yield f"{record}: not every change is told once"
    for change in decision.changes:
        wanted = kind_of(classifier, held, change.answers)
        ways = [way for _, found in change_ways(decision, wanted) for way in found]
        words = "; ".join(class_words(rules, one, held) for one in change.answers)
        if words not in ways:
            yield f"{record}: {words!r} is not told as {wanted}"


def kind_of(
    classifier: Classifier, held: Mapping[str, bool | None], answers: tuple[ValueClass, ...]
) -> Needed:
    """Whether a change is of findings, of what may come, or takes back what has happened."""
    facts = classifier.ruleset.facts
    past = [answer for answer in answers if facts[answer.fact].about == "history"]
    if not past:
        return "finding"
    undone = any(
        (held[name], verdict) == ((False, True) if name in NEVER else (True, False))
        for answer in past
        for name, verdict in answer.verdicts.items()
    )
    return "correction" if undone else "event"


def records(classifier: Classifier, size: int | None = None) -> Iterator[dict[str, Any]]:
    """A record for every cell, each fact unknown or of one of its classes; or as many drawn by a
    seed, in which a fact may also be not reported.
    """
    choices = {
        name: ["unknown", *(answer.sample for answer in answers)]
        for name, answers in classifier.resolver.classes.items()
    }
    if size is None:
        for values in product(*choices.values()):
            yield dict(zip(choices, values, strict=True))
        return
    random = Random(2)
    for _ in range(size):
        record = {name: random.choice([None, *values]) for name, values in choices.items()}
        if any(value is not None for value in record.values()):
            yield record
