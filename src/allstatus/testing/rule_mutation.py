"""Mutants of a rule set: which vectors tell each from the rules, and which records would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.table.assumptions import Resolution
from allstatus.table.decision_table import Verdicts
from allstatus.table.facts import sources_of, state_facts
from allstatus.testing.answers import (
    EXPLAINING,
    FIELDS,
    INVALID,
    SHOWING,
    Answer,
    answer_of,
    differing_in,
)
from allstatus.testing.mutants import Mutant, rule_mutants
from allstatus.testing.mutation import Mutation
from allstatus.testing.port_mutants import PortMutant, port_mutants
from allstatus.testing.representatives import UNKNOWN, Record
from allstatus.testing.rule_files import Changed, RuleFiles
from allstatus.testing.vectors import Vector

Key = tuple[object, ...]
Option = tuple[
    str, Any, tuple[Verdicts, ...]
]  # fact, value, the verdicts of its criteria in each rule set


class RuleMutation(Mutation[Classifier]):
    """A rule set and its vectors. Those that are records are read once: no slip in the rules
    changes what is refused.
    """

    as_they_are = "the rules as they are"
    fields = FIELDS + EXPLAINING

    def __init__(self, classifier: Classifier, vectors: Sequence[Vector] = ()) -> None:
        super().__init__(classifier, vectors)
        self.files = self._files = RuleFiles(classifier.ruleset.directory)
        model = classifier.ruleset.record_model
        self._readable = {
            place: model.read(vector.record)
            for place, vector in self.asked.items()
            if vector.expected["outcome"] != INVALID
        }
        facts = classifier.ruleset.facts
        names, sources = tuple(facts), sources_of(facts.values())
        self._clashing = {  # by what is stated alone, whatever the rules say
            place
            for place, record in self._readable.items()
            if state_facts(record, names, sources).conflicts
        }

    def mutants(self) -> Iterator[Mutant]:
        """Every slip in the rule files."""
        return rule_mutants(self._files)

    def ports(self) -> Iterator[PortMutant]:
        """Every mistake of a port of these rules."""
        return port_mutants(self.classifier)

    def build(self, changed: Changed) -> Classifier:
        """The rules with a mutant's changes, unchecked; without stated uses, which no slip in them
        changes and no answer here tells.
        """
        return self._files.build(changed, applicability=False)

    def killers(self, mutant: Classifier) -> Iterator[int]:
        """The places of the vectors to which the mutant gives another answer; what follows from
        several records alike is answered once.
        """
        known: dict[tuple[Resolution, bool], Answer] = {}
        for place, record in self._readable.items():
            key = mutant.resolution_of(record), place in self._clashing
            if key not in known:
                known[key] = answer_of(mutant, record, why=False)
            if differing_in(FIELDS + SHOWING, self.vectors[place].expected, known[key]):
                yield place

    def answer(self, _: Vector, read: Record) -> Answer:
        """The rules' own answer."""
        return answer_of(self.classifier, read)

    def tell_apart(self, mutant: Classifier) -> Record | None:
        """The first record that the rules and the mutant answer differently."""
        return tell_apart(self.classifier, mutant)


def tell_apart(one: Classifier, other: Classifier) -> dict[str, Any] | None:
    """The first record that the two rule sets answer differently; None when no record does.

    Looks at every side of every limit of either, unknown and not reported, in every combination.
    """
    axes = [list(_options(one, other, name)) for name in one.ruleset.facts]
    for choice in product(*axes):
        record = {name: value for name, value, _ in choice if value is not None}
        unreported = frozenset(name for name, value, _ in choice if value is None)
        if record and _answer(one, choice, 0, unreported) != _answer(other, choice, 1, unreported):
            return record
    return None


def _options(one: Classifier, other: Classifier, name: str) -> Iterator[Option]:
    """Values of a fact that either rule set may tell apart, with the verdicts of each; None for not
    reported.
    """
    mine, theirs = one.table.domains[name], other.table.domains[name]
    seen: dict[tuple[Verdicts, ...], Any] = {}
    for point in mine.points(theirs.limits):
        seen.setdefault((mine.pattern(point.value), theirs.pattern(point.value)), point.stated)
    yield from ((name, value, patterns) for patterns, value in seen.items())
    unknown = (mine.pattern(None), theirs.pattern(None))
    yield name, UNKNOWN, unknown
    if mine.fact.assume is not None or theirs.fact.assume is not None:
        yield name, None, unknown


def _answer(
    classifier: Classifier, choice: tuple[Option, ...], side: int, unreported: frozenset[str]
) -> Key:
    rules = classifier.ruleset
    by_fact = {
        name: dict(zip(rules.criteria_of(name), patterns[side], strict=True))
        for name, _, patterns in choice
    }
    verdicts = tuple(
        by_fact[criterion.condition.fact][name] for name, criterion in rules.criteria.items()
    )
    assumable = frozenset(name for name in unreported if rules.facts[name].assume is not None)
    cell = classifier.resolver.resolve(verdicts, assumable).cell
    options = [option["id"] for option in rules.options[cell.status]] if cell.status else []
    return cell.possible, cell.regions, tuple(options)
