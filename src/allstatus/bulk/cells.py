"""Every record as one whole number: the cell that what it states lies in, and what is decided
there.

A fact can be stated in a few ways only, as far as any decision can tell: one for each class of its
values, "unknown", and not reported at all. Its place among these *states* is a digit, the digits of
all facts make the cell's number (first fact first, as in writing), and the answer of each cell is
looked up instead of worked out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.errors import RulesError
from allstatus.rules.ruleset import Criterion, Fact
from allstatus.table.chart_context import ChartContext
from allstatus.table.fact_domain import FactDomain, Pattern
from allstatus.table.facts import HISTORY_CONFLICT, RecordFacts, state_facts
from allstatus.why.counterfactuals import AnswerAway

MAX_CELLS = 1 << 20
UNKNOWN, NOT_REPORTED = "unknown", "not reported"
# where something may be assumed of every fact, a cell states nothing: decided all the same
NOTHING_MORE = ChartContext({})
COUNT = "relapse_count"  # the key of a record that is no fact, and says something of facts
RELAPSE_COUNTS = (None, 0, 1)  # all that a count of relapses can say: nothing, none, at least one
Digits = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FactState:
    """A way in which a fact can be stated: in words, as a record says it, and the verdicts of its
    criteria.
    """

    words: str
    sample: Any
    pattern: Pattern


class FactStates(FactDomain):
    """The states of one fact; those of its values first, then unknown, then not reported.

    `cell_digit` maps a state to its digit in a cell's number: not reported counts as unknown there,
    unless the rule set says what the fact is then taken to be.
    """

    def __init__(self, fact: Fact, criteria: Iterable[Criterion]) -> None:
        super().__init__(fact, criteria)
        stated = [(c.region.removeprefix(f"{fact.name} "), c.sample) for c in self.classes]
        stated.append((UNKNOWN, UNKNOWN))
        if fact.kind == "percent":
            stated += [(interval.describe(), interval) for interval in self.intervals()]
        known: dict[Pattern, FactState] = {}
        for words, sample in stated:
            pattern = self.pattern(None if sample == UNKNOWN else sample)
            known.setdefault(pattern, FactState(words, sample, pattern))
        self.states = [*known.values(), FactState(NOT_REPORTED, None, self.pattern(None))]
        self._of_pattern = {pattern: state for state, pattern in enumerate(known)}
        self.not_reported = len(known)
        unknown = self.state_of(None)
        last = self.not_reported if fact.assume is not None else unknown
        self.cell_digit = [*range(self.not_reported), last]
        self.radix = max(self.cell_digit) + 1

    def state_of(self, value: object) -> int:
        """The state of a value that is reported (None: explicitly unknown)."""
        return self._of_pattern[self.pattern(value)]


@dataclass(frozen=True, slots=True)
class CellAnswer:
    """What is decided in a cell: ids only, in the rule set's order."""

    outcome: str
    status: str | None
    possible: tuple[str, ...]
    regions: tuple[str, ...]
    possible_regions: tuple[str, ...]
    missing: tuple[str, ...]
    options: tuple[str, ...]

    @classmethod
    def of(cls, decision: Decision) -> CellAnswer:
        """What a decision says, by ids."""
        return cls(
            decision.outcome,
            decision.status,
            decision.possible,
            tuple(entry.id for entry in decision.regions),
            tuple(entry.id for entry in decision.possible_regions),
            tuple(entry.fact for entry in decision.missing),
            tuple(entry.id for entry in decision.options),
        )


@dataclass(frozen=True, slots=True)
class CellTrace:
    """How a cell's answer came about: each criterion after constraints and assumptions, and what it
    rests on.
    """

    verdicts: Pattern
    assumptions: tuple[str, ...]
    reasons: tuple[tuple[str, ...], ...]
    ask_next: str | None
    conflicts: tuple[str, ...]
    one_answer_away: tuple[str, ...] = ()

    @classmethod
    def of(cls, decision: Decision, verdicts: Pattern) -> CellTrace:
        """How a decision came about."""
        ask = decision.ask_next
        return cls(
            verdicts,
            tuple(entry.fact for entry in decision.assumptions),
            tuple(tuple(names) for names in decision.reasons),
            None if ask is None else ask.fact,
            tuple(entry.constraint for entry in decision.conflicts),
            tuple(map(_answer_words, decision.one_answer_away)),
        )


def _answer_words(away: AnswerAway) -> str:
    """`cbc == normal and prior_remission == no: the answer`."""
    return f"{' and '.join(one.region for one in away.answers)}: {away.status or away.outcome}"


class Cells:
    """All cells of a rule set. The last, `conflict`, holds the records whose own history
    contradicts itself.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier, self.ruleset = classifier, classifier.ruleset
        self.facts = {
            name: FactStates(fact, self.ruleset.criteria.values())
            for name, fact in self.ruleset.facts.items()
        }
        self._record = classifier.record_model
        self.own = tuple(name for name, fact in self.ruleset.facts.items() if fact.own)
        self.count: int = prod(states.radix for states in self.facts.values())
        if self.count > MAX_CELLS:
            many = f"{self.count} cells are too many to list; at most {MAX_CELLS}"
            raise RulesError([f"{self.ruleset.directory.name}: {many}"])
        self.conflict = self.count
        self._names = tuple(self.facts)
        self.history = {count: self._history(count) for count in RELAPSE_COUNTS}

    def __len__(self) -> int:
        return self.count + 1

    @property
    def strides(self) -> dict[str, int]:
        """What one step of each fact's digit adds to the cell's number."""
        strides, stride = {}, self.count
        for name, states in self.facts.items():
            stride //= states.radix
            strides[name] = stride
        return strides

    def digits(self, cell: int) -> Digits:
        """The digit of each fact; not for `conflict`."""
        return tuple(
            cell // stride % self.facts[name].radix for name, stride in self.strides.items()
        )

    def stated(self, cell: int) -> dict[str, FactState]:
        """The state of each fact in a cell; empty for `conflict`."""
        if cell == self.conflict:
            return {}
        digits = zip(self._names, self.digits(cell), strict=True)
        return {name: self.facts[name].states[digit] for name, digit in digits}

    @property
    def keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The facts that columns may state, and those among them that only these rules have."""
        return tuple(self.facts), self.own

    def read(self, name: str, value: object) -> Any:
        """What a record says at a key; raises InvalidRecord when no record can say it."""
        return getattr(self._record.read({name: value}), name)

    def states(self, name: str, value: object) -> int:
        """The state of a fact whose record says this; raises InvalidRecord when no record can."""
        return self._state(name, state_facts(self._record.read({name: value}), (name,)))

    def _state(self, name: str, stated: RecordFacts) -> int:
        if name in stated.unreported:
            return self.facts[name].not_reported
        return self.facts[name].state_of(stated.values[name])

    def check(self, name: str, value: object) -> None:
        """Refuse the value of a key that is no fact, as a record with it would be refused."""
        first = self._names[0]
        self.classifier.classify({first: UNKNOWN, name: value})

    @cached_property
    def answers(self) -> tuple[CellAnswer, ...]:
        """What is decided in each cell, in order; the last is `conflict`."""
        conflict = CellAnswer("conflicting_data", None, (), (), (), (), ())
        return *map(CellAnswer.of, self._decided()), conflict

    @cached_property
    def traces(self) -> tuple[CellTrace, ...]:
        """How each answer came about, in order; the last is `conflict`."""
        traced = (CellTrace.of(one, self._closed(cell)) for cell, one in enumerate(self._decided()))
        unknown = (None,) * len(self.ruleset.criteria)
        return *traced, CellTrace(unknown, (), (), None, (HISTORY_CONFLICT,))

    def _closed(self, cell: int) -> Pattern:
        """The verdict of each criterion in a cell, after constraints and assumptions."""
        verdicts: dict[str, bool | None] = {}
        unreported = set()
        for name, state in self.stated(cell).items():
            verdicts.update(zip(self.ruleset.criteria_of(name), state.pattern, strict=True))
            if state.words == NOT_REPORTED:
                unreported.add(name)
        stated = tuple(verdicts[name] for name in self.ruleset.criteria)
        return self.classifier.resolver.resolve(stated, frozenset(unreported)).cell.closed

    def _decided(self) -> Iterator[Decision]:
        """A record of each cell decided on, in order."""
        samples = [[s.sample for s in each.states[: each.radix]] for each in self.facts.values()]
        for chosen in product(*samples):
            record = dict(zip(self._names, chosen, strict=True))
            yield self.classifier.classify(record, chart=NOTHING_MORE)

    def _history(self, count: int | None) -> dict[str, list[int | None]]:
        """What this count of relapses makes of each state of each fact: a state, or None for a
        contradiction.
        """
        return {
            name: [self._with_count(count, name, state) for state in states.states]
            for name, states in self.facts.items()
        }

    def _with_count(self, count: int | None, name: str, state: FactState) -> int | None:
        stated = state_facts(self._record.read({COUNT: count, name: state.sample}), (name,))
        return None if stated.conflicts else self._state(name, stated)
