"""The values of a patient's facts that can matter to a stated use, each as a record states it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import floor
from typing import Any

from allstatus.errors import InvalidRecord
from allstatus.record.model import Record as Checked
from allstatus.record.percent import format_number
from allstatus.rules.indications import STATUS_FACT, Indications
from allstatus.rules.ruleset import Fact, RuleSet
from allstatus.table.fact_domain import FactDomain, Pattern
from allstatus.table.facts import sources_of, state_facts
from allstatus.testing.representatives import HAIR, UNKNOWN, Record, stating
from allstatus.testing.vector_forms import as_number

# decimal places of what lies beside a limit that no decimal ends at (1 month is 1/12 of a year)
FINEST = 21
BEYOND = 2  # an ordinary number beyond the largest limit


class PatientFact(FactDomain):
    """A fact about a patient in the criteria of an overlay, or of one of its conditions, with its
    values as records state them.
    """

    def __init__(self, words: Indications | RuleSet, fact: Fact) -> None:
        super().__init__(fact, words.criteria.values())
        self.name, self.key = fact.name, fact.record_key or fact.name
        self.is_yes_no, self._source = fact.kind == "yes_no", sources_of([fact])

    @property
    def whole(self) -> bool:
        """Whether it is no number, or a whole one."""
        return self.fact.kind != "number" or not self._is_stated(Decimal("0.5"))

    @cached_property
    def not_known(self) -> Any:
        """How a record states that it is not known: `unknown`, or None (nothing) where a number
        stands.
        """
        return UNKNOWN if self._is_stated(UNKNOWN) else None

    def stated_values(self, further: Iterable[Fraction] = ()) -> list[Any]:
        """Every word; of a number what a record can state on and beside each limit, ordinary
        numbers first. `further` are limits beside the fact's own.
        """
        if self.is_yes_no:
            return [True, False]
        if self.fact.kind == "choice":
            return list(self.fact.values)
        numbers = _numbers({*self.limits, *further})
        return [number for number in numbers if self._is_stated(number)]

    @cached_property
    def ordinary_stated(self) -> list[Any]:
        """The first value of each pattern of verdicts."""
        found: dict[Pattern, Any] = {}
        for value in self.stated_values():
            found.setdefault(self.pattern(self.read(value)), value)
        return list(found.values())

    def stated_in(self, record: Record, value: Any) -> Record:
        """The record stating it too, at the key where records do; None states nothing."""
        return record if value is None else stating(record, self.key, value)

    def read(self, value: Any) -> Any:
        """A value as a record states it, as the criteria see it; None for not known."""
        record = Checked.read(self.stated_in({}, value))
        return state_facts(record, (self.name,), self._source).values[self.name]

    def verdicts_of_stated(self, value: Any) -> dict[str, bool | None]:
        """The verdicts of its criteria on a value as a record states it."""
        return dict(zip(self.conditions, self.pattern(self.read(value)), strict=True))

    def _is_stated(self, value: Any) -> bool:
        try:
            Checked.read(self.stated_in({}, value))
        except InvalidRecord:
            return False
        return True


def patient_facts(words: Indications | RuleSet) -> list[PatientFact]:
    """The facts of an overlay, or of one of its conditions, that a record states."""
    return [PatientFact(words, fact) for fact in words.facts.values() if fact.name != STATUS_FACT]


def _numbers(limits: set[Fraction]) -> list[int | Decimal]:
    """Whole numbers and the middles between limits, then what lies on each limit and a hair beside
    it.
    """
    ordered = sorted(limits)
    plain = [Fraction(floor(limit) + step) for limit in ordered for step in (0, -1, 1)]
    plain += [round((low + high) / 2, 1) for low, high in pairwise([Fraction(0), *ordered])]
    beside = [number for limit in ordered for number in _beside(limit)]
    return [
        as_number(number)
        for number in dict.fromkeys([*plain, ordered[-1] + BEYOND, *beside])
        if number >= 0 and _ends(number)
    ]


def _beside(limit: Fraction) -> list[Fraction]:
    if _ends(limit):
        return [limit - HAIR, limit, limit + HAIR]
    scale = 10**FINEST
    below = Fraction(floor(limit * scale), scale)
    return [below, below + Fraction(1, scale)]


def _ends(number: Fraction) -> bool:
    return "/" not in format_number(number)
