"""The family `applicability`: records whose status is settled and whose patient decides, or leaves
open, each stated use.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from allstatus.decision.applicability import Applicability
from allstatus.decision.classifier import Classifier
from allstatus.decision.stated_use import APPLIES, DOES_NOT_APPLY, IndicationTable
from allstatus.errors import InvalidRecord
from allstatus.rules.indications import STATUS_FACT
from allstatus.testing.indication_values import patient_facts
from allstatus.testing.representatives import UNKNOWN, Record, case_records
from allstatus.testing.vector_forms import word

Named = tuple[str, Record]
Values = tuple[Any, ...]
SETTLED = {APPLIES, DOES_NOT_APPLY}


def use_records(classifier: Classifier) -> Iterator[Named]:
    """Records by name, none twice; nothing for rules whose options name no agent with a
    condition.
    """
    seen: list[Record] = []
    for status in classifier.ruleset.statuses:
        conditions = list(conditions_of(classifier.applicability, status))
        base = base_record(classifier, status) if conditions else {}
        for condition in conditions:
            for name, record in _Asking(condition, status, base).records():
                if record not in seen and settled(classifier, record, status):
                    seen.append(record)
                    yield f"{status}/{name}", record


def conditions_of(applicability: Applicability, status: str) -> Iterator[IndicationTable]:
    """The conditions of the agents listed for a status: their own, and those of other sources that
    speak of it.
    """
    for fitting in applicability.options_of(status).agents.values():
        yield fitting.condition
        yield from (
            condition
            for other, condition in fitting.others
            if condition and (not other.statuses or status in other.statuses)
        )


def base_record(classifier: Classifier, status: str) -> Record:
    """A complete record of a status that stays of it whatever is said of the patient."""
    overlay = classifier.applicability.overlay
    facts = patient_facts(overlay)
    said = [fact.stated_in({}, value) for fact in facts for value in fact.ordinary_stated]
    table = classifier.table
    records = [record for _, record in case_records(table, table.statuses[status])]
    for base in records:
        if all(settled(classifier, {**base, **more}, status) for more in said):
            return base
    return records[0]


class _Asking:
    """The records that ask one condition, on top of a record of one status."""

    def __init__(self, condition: IndicationTable, status: str, base: Record) -> None:
        self.condition, self.base = condition, base
        rules = condition.table.ruleset
        self.facts = patient_facts(rules)
        self.by_status = {
            c.name: c.condition.holds(status)
            for c in rules.criteria.values()
            if c.condition.fact == STATUS_FACT
        }

    def records(self) -> Iterator[Named]:
        """Every combination of ordinary values and of not known; then each number on and beside its
        limits.
        """
        ordinary = [fact.ordinary_stated for fact in self.facts]
        choices = ([*fact.ordinary_stated, fact.not_known] for fact in self.facts)
        for values in product(*choices):
            yield self._named(values)
        for place, fact in enumerate(self.facts):
            if fact.limits:
                for values in self._where_it_matters(place, list(product(*ordinary))):
                    for number in fact.stated_values():
                        yield self._named((*values[:place], number, *values[place + 1 :]))

    def _where_it_matters(self, place: int, combinations: list[Values]) -> list[Values]:
        """The first combination in which this fact alone changes the answer, if there is one."""
        answers: dict[Values, set[str]] = {}
        for values in combinations:
            rest = (*values[:place], *values[place + 1 :])
            answers.setdefault(rest, set()).add(self._word(values))
            if answers[rest] >= SETTLED:
                return [values]
        return []

    def _word(self, values: Values) -> str:
        known = dict(self.by_status)
        for fact, value in zip(self.facts, values, strict=True):
            known.update(fact.verdicts_of_stated(value))
        return str(self.condition.read(known).applicability)

    def _named(self, values: Values) -> Named:
        record, said = self.base, []
        for fact, value in zip(self.facts, values, strict=True):
            record = fact.stated_in(record, value)
            known = value not in (None, UNKNOWN)
            words = word(value).removeprefix("number ") if known else "not known"
            said.append(f"{fact.name}={words}")
        return f"{self.condition.path}: {', '.join(said)}", record


def settled(classifier: Classifier, record: Record, status: str) -> bool:
    """Whether a record is of this status."""
    try:
        return classifier.classify(record, applicability=False).status == status
    except InvalidRecord:
        return False
