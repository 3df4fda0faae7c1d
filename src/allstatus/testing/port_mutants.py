"""Mutants of ports: the mistakes implementations make with right rules, each as a change of what
they read or say.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.percent import HUNDRED, ZERO, Percent, format_number, read_percent
from allstatus.rules.condition import Comparison
from allstatus.rules.ruleset import Fact
from allstatus.table.decision_table import DecisionTable
from allstatus.testing.answers import Answer
from allstatus.testing.representatives import UNKNOWN, Record, numeric_facts, stated_at, stating

Reading = Callable[[Record], Record]
Saying = Callable[[Record, Answer], Answer]
NUMBERS: dict[str, Callable[[Fraction], Fraction]] = {
    "a double": lambda n: Fraction(float(n)),
    "a 32-bit float": lambda n: Fraction(struct.unpack("f", struct.pack("f", float(n)))[0]),
    "rounded to a whole number": lambda n: Fraction(round(n)),
    "cut to a whole number": lambda n: Fraction(math.floor(n)),
    "rounded half up": lambda n: Fraction(math.floor(n + Fraction(1, 2))),
    "rounded to one decimal": lambda n: round(n, 1),
    "rounded to six decimals": lambda n: round(n, 6),
    "a percentage taken for a fraction": lambda n: min(100 * n, HUNDRED),
    "a fraction taken for a percentage": lambda n: n / 100,
    "below 1 taken for a fraction": lambda n: 100 * n if n < 1 else n,
}
STEPS = (ZERO, Fraction(1, 10**20), *(Fraction(n, 100) for n in (1, 4, 25, 50, 75)))
INTERVALS: dict[str, Callable[[Percent], Fraction]] = {
    "the lower bound for an interval": lambda p: p.low,
    "the upper bound for an interval": lambda p: p.high,
    "the middle for an interval": lambda p: (p.low + p.high) / 2,
}


@dataclass(frozen=True, slots=True)
class PortMutant:
    """A port that reads or says one thing wrongly."""

    name: str
    group: str
    reads: Reading | None = None
    says: Saying | None = None

    def ask(self, answer_to: Callable[[Record], Answer], record: Record, right: Answer) -> Answer:
        """Its answer to a record to which `right` is the right one; `answer_to` is right always."""
        read = self.reads(record) if self.reads else record
        answer = right if read == record else answer_to(read)
        return self.says(record, answer) if self.says else answer


def port_mutants(classifier: Classifier) -> Iterator[PortMutant]:
    """Every mistake, for the facts of this rule set."""
    facts = classifier.ruleset.facts
    yield from _of_the_unknown(list(facts.values()))
    for name, domain in numeric_facts(classifier.table).items():
        yield from _of_numbers(name, list(domain.conditions.values()))
    yield PortMutant(
        "unknown keys ignored",
        "refusal",
        lambda record: {key: value for key, value in record.items() if key in facts},
    )
    for words, says in SAID.items():
        if says not in NEEDS or NEEDS[says](classifier.table):
            yield PortMutant(words, "answer", says=says)


def _of_the_unknown(facts: list[Fact]) -> Iterator[PortMutant]:
    for fact in facts:
        for value in _values(fact):
            words = f"{fact.name}: unknown read as {str(value).lower()}"
            yield PortMutant(words, "unknown", filling({fact.name: value}))
    all_at_once: dict[str, Reading] = {
        "every unknown read as the first value": filling({f.name: _values(f)[0] for f in facts}),
        "unknown read as not reported": _unreporting,
        "not reported read as unknown": filling({fact.name: UNKNOWN for fact in facts}),
    }
    for words, reads in all_at_once.items():
        yield PortMutant(words, "unknown", reads)


def _of_numbers(name: str, conditions: Sequence[Comparison]) -> Iterator[PortMutant]:
    for words, change in NUMBERS.items():
        if not _can_differ(change, conditions):
            continue
        yield PortMutant(f"{name}: {words}", "number", _numbers(name, _on_exact(change)))
    for words, pick in INTERVALS.items():
        yield PortMutant(f"{name}: {words}", "number", _numbers(name, _on_interval(pick)))
    taken = {
        "a comma read as a point": _texts(name, lambda text: text.replace(",", ".")),
        "what is no number read as unknown": _lenient(name, UNKNOWN),
        "what is no number read as 0": _lenient(name, "0"),
    }
    for words, reads in taken.items():
        yield PortMutant(f"{name}: {words}", "refusal", reads)


def _can_differ(change: Callable[[Fraction], Fraction], conditions: Sequence[Comparison]) -> bool:
    """Whether a number read otherwise falls on another side of a limit: cut to a whole number, none
    does where each limit is a whole number that belongs to the numbers above it.
    """
    limits = [condition.limit for condition in conditions if condition.limit is not None]
    near = [limit + sign * step for limit in limits for step in STEPS for sign in (1, -1)]
    numbers = [n for n in (*near, *(100 * n for n in near), *(n / 100 for n in near)) if n >= 0]
    for n in numbers:
        m = max(change(n), ZERO)
        read, changed = Percent(n, n), Percent(m, m)
        if any(c.holds(read) is not c.holds(changed) for c in conditions):
            return True
    return False


def _sure_regions(_: Record, answer: Answer) -> Answer:
    regions = [*answer["regions"], *answer["possible_regions"]]
    return {**answer, "regions": regions, "possible_regions": []}


def _values(fact: Fact) -> list[Any]:
    if fact.kind == "yes_no":
        return [False, True]
    return list(fact.values) or ["0", "100"]


def filling(values: Record) -> Reading:
    """Reads what is not known, or not reported, at these keys as these values."""

    def read(record: Record) -> Record:
        for key, value in values.items():
            if stated_at(record, key) in (None, UNKNOWN):
                record = stating(record, key, value)
        return record

    return read


def _unreporting(record: Record) -> Record:
    return {name: value for name, value in record.items() if value != UNKNOWN}


def _numbers(fact: str, change: Callable[[Percent], Fraction | None]) -> Reading:
    """Reads a number otherwise; what is no number stays as it is."""

    def read(record: Record) -> Record:
        try:
            number = change(read_percent(record[fact]))
        except (InvalidRecord, KeyError):
            return record
        return record if number is None else {**record, fact: format_number(max(number, ZERO))}

    return read


def _on_exact(change: Callable[[Fraction], Fraction]) -> Callable[[Percent], Fraction | None]:
    return lambda percent: None if percent.exact is None else change(percent.exact)


def _on_interval(pick: Callable[[Percent], Fraction]) -> Callable[[Percent], Fraction | None]:
    return lambda percent: pick(percent) if percent.exact is None else None


def _texts(fact: str, change: Callable[[str], str]) -> Reading:
    return lambda record: (
        {**record, fact: change(record[fact])} if isinstance(record.get(fact), str) else record
    )


def _lenient(fact: str, instead: str) -> Reading:
    """Reads what is no number as something else."""

    def read(record: Record) -> Record:
        try:
            if record.get(fact) not in (None, UNKNOWN):
                read_percent(record[fact])
        except InvalidRecord:
            return {**record, fact: instead}
        return record

    return read


def _guess(_: Record, answer: Answer) -> Answer:
    if answer["outcome"] != "insufficient_data":
        return answer
    first = answer["possible"][0]
    return {**answer, "outcome": "determined", "status": first, "possible": [first]}


def _only_statuses(_: Record, answer: Answer) -> Answer:
    statuses = [name for name in answer["possible"] if name != "outside_definitions"]
    return {**answer, "possible": statuses}


def _all_missing(record: Record, answer: Answer) -> Answer:
    if answer["outcome"] != "insufficient_data":
        return answer
    missing = [name for name, value in record.items() if value in (None, UNKNOWN)]
    return {**answer, "missing": missing}


def _conflict_as_insufficient(_: Record, answer: Answer) -> Answer:
    conflict = answer["outcome"] == "conflicting_data"
    return {**answer, "outcome": "insufficient_data"} if conflict else answer


def _first_of(field: str) -> Saying:
    """Says the first only of what there are several of."""
    return lambda _, answer: {**answer, field: answer[field][:1]}


def _has_conflicts(table: DecisionTable) -> bool:
    return bool(table.ruleset.constraints) or not HISTORY.isdisjoint(table.ruleset.facts)


def _has_several_regions(table: DecisionTable) -> bool:
    return any(one & other for one, other in combinations(table.regions.values(), 2))


HISTORY = {"prior_remission", "relapse_since_remission"}  # a count of relapses may contradict
_one_region = _first_of("regions")
NEEDS: dict[Saying, Callable[[DecisionTable], bool]] = {  # what a table must have for it to matter
    _one_region: _has_several_regions,
    _conflict_as_insufficient: _has_conflicts,
    _sure_regions: lambda table: len(table.regions) > 1,
}
SAID: dict[str, Saying] = {
    "the first possible status given": _guess,
    "only statuses are possible": _only_statuses,
    "everything unknown is missing": _all_missing,
    "one reason only": _first_of("reasons"),
    "one region only": _one_region,
    "a possible region taken for a certain one": _sure_regions,
    "a conflict taken for missing data": _conflict_as_insufficient,
}
