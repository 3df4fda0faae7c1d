"""The families of conformance vectors: which records are asked, and what a port must be able to do
for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import chain, islice, product
from typing import Any

from allstatus.record.percent import HUNDRED, ZERO, Percent, format_number, grades_of
from allstatus.rules.ruleset import HIGHEST
from allstatus.table.decision_table import DecisionTable
from allstatus.table.fact_domain import FactDomain
from allstatus.testing.answers import AnswerLevel
from allstatus.testing.count_vectors import FACT as COUNT
from allstatus.testing.count_vectors import count_records, refused_counts
from allstatus.testing.representatives import (
    HAIR,
    UNKNOWN,
    Record,
    case_records,
    every_cell,
    numeric_facts,
)
from allstatus.testing.vector_forms import (
    COUNTED,
    beside,
    number_neighbours,
    number_spellings,
    respelled,
    word,
)

Asked = tuple[str, AnswerLevel, Record]  # name, level, record
COUNT_FAMILY = "blood count"
HISTORY = ("prior_remission", "relapse_since_remission")
TENTH, HUNDREDTH = Fraction(1, 10), Fraction(1, 100)
NOT_NUMBERS: Mapping[str, Any] = {
    "comma": "5,1",
    "nan": "NaN",
    "infinity": "Infinity",
    "word": "many",
    "true": True,
    "negative": "-1",
    "above 100": "101",
    "a hair above 100": "100.000000000000000001",
    "empty": "",
    "backwards": "10-5",
    "more blasts than cells": "11/10",
    "no cells": "0/0",
    "list": ["5"],
    "below zero": "<0",
    "double sign": "<<5",
    "unit": {"value": "5", "unit": "mg"},
    "comparator": {"value": "5", "comparator": "~"},
    "object of another key": {"value": "5", "of": "10"},
    "object without a value": {"unit": "%"},
    "object of a list": {"value": ["5"]},
    "cells": {"value": "5", "cells_counted": "200"},
}
OTHER_DISEASES = ("C92.00", "C50.9")


class Families:
    """Vectors for one decision table, family by family; the order and the names never change for
    the same rules.
    """

    def __init__(self, table: DecisionTable) -> None:
        self.table, self.rules = table, table.ruleset
        self.canonical = dict(self._canonical())
        self.numbers = numeric_facts(table)

    def all(self) -> dict[str, Iterator[Asked]]:
        """Every family's records by the family's name."""
        return {
            "edge": self.edge(),
            "single": self.single(),
            "region": self.region(),
            "contradiction": self.contradiction(),
            "partial": self.partial(),
            "interval": self.interval(),
            "assumption": self.assumption(),
            "relapses": self.relapses(),
            "spelling": self.spelling(),
            "invalid": self.invalid(),
            COUNT_FAMILY: self.blood_count(),
        }

    def edge(self) -> Iterator[Asked]:
        """Numbers on and beside every limit, in one case of every status and region."""
        for fact, domain in self.numbers.items():
            records = self.canonical | dict(self._turning(domain))
            for number, level in edge_numbers(domain):
                for name, record in records.items():
                    yield f"{name}/{fact}={number}", level, {**record, fact: number}

    def single(self) -> Iterator[Asked]:
        """One fact flipped to each other value, or withdrawn."""
        for name, record in self.canonical.items():
            for fact, domain in self.table.domains.items():
                values = [point.stated for point in domain.ordinary]
                for value in (value for value in values if value != record[fact]):
                    yield f"{name}/{fact}={word(value)}", AnswerLevel.core, {**record, fact: value}
                yield f"{name}/{fact}=unknown", AnswerLevel.partial_data, {**record, fact: UNKNOWN}

    def region(self) -> Iterator[Asked]:
        """Every complete case of every region."""
        for name, cases in self.table.regions.items():
            for number, record in case_records(self.table, cases):
                yield f"{name}/{number}", AnswerLevel.core, record

    def contradiction(self) -> Iterator[Asked]:
        """Every complete case that breaks a constraint."""
        cannot_be = self.table.everything & ~self.table.consistent
        for number, record in case_records(self.table, cannot_be):
            yield f"case {number}", AnswerLevel.core, record

    def partial(self) -> Iterator[Asked]:
        """Every combination of known and unknown facts."""
        for number, record in enumerate(every_cell(self.table)):
            yield f"cell {number}", AnswerLevel.partial_data, record

    def interval(self) -> Iterator[Asked]:
        """Numbers of which only bounds are known."""
        for fact, domain in self.numbers.items():
            for bounds in chain.from_iterable(map(intervals, domain.limits)):
                for name, record in self.canonical.items():
                    told = {**record, fact: bounds}
                    yield f"{name}/{fact} {bounds}", AnswerLevel.partial_data, told

    def assumption(self) -> Iterator[Asked]:
        """Facts the rules may assume something of: absent, null, unknown; and all of them absent at
        once.
        """
        may = [fact.name for fact in self.rules.facts.values() if fact.assume is not None]
        for name, record in self.canonical.items():
            for fact in may:
                without = {key: value for key, value in record.items() if key != fact}
                yield f"{name}/{fact} absent", AnswerLevel.partial_data, without
                yield f"{name}/{fact} null", AnswerLevel.partial_data, {**record, fact: None}
            if may:
                known = {key: value for key, value in record.items() if key not in may}
                yield f"{name}/none reported", AnswerLevel.partial_data, known
                for fact in known:
                    what, told = f"none reported, {fact}=unknown", {**known, fact: UNKNOWN}
                    yield f"{name}/{what}", AnswerLevel.partial_data, told

    def relapses(self) -> Iterator[Asked]:
        """Relapses counted, beside a history that says so, says otherwise, or says nothing."""
        history = [name for name in HISTORY if name in self.rules.facts]
        for name, record in self.canonical.items():
            for count in (0, 1):
                told = {**record, COUNTED: count}
                yield f"{name}/{count}", AnswerLevel.exact_decimal, told
                for fact in history:
                    without = {key: value for key, value in told.items() if key != fact}
                    yield f"{name}/{count}, {fact} absent", AnswerLevel.exact_decimal, without
        yield "1 alone", AnswerLevel.exact_decimal, {COUNTED: 1}

    def spelling(self) -> Iterator[Asked]:
        """The same value, spelled otherwise."""
        for name, record in self.canonical.items():
            for fact, domain in self.numbers.items():
                numbers = [n for limit in domain.limits for n in (limit, limit + 1)]
                written = [(*number_spellings(n), *number_neighbours(n)) for n in numbers]
                for spelling in chain(*written, grades_of(fact)):
                    told = {**record, fact: spelling}
                    yield f"{name}/{fact}={word(spelling)}", AnswerLevel.exact_decimal, told
            for what, other in respelled(record):
                yield f"{name}/{what}", AnswerLevel.exact_decimal, other
        name, record = next(iter(self.canonical.items()))
        for key, values in beside(self.rules).items():
            for value in values:
                said = "null" if value is None else word(value)
                yield f"{name}/{key} {said}", AnswerLevel.exact_decimal, {**record, key: value}

    def invalid(self) -> Iterator[Asked]:
        """What is no record: a refusal is the right answer."""
        name, record = next(iter(self.canonical.items()))
        for fact in self.numbers:
            for what, value in NOT_NUMBERS.items():
                yield f"{fact}/{what}", AnswerLevel.exact_decimal, {**record, fact: value}
        for fact in self.rules.facts:
            told = {**record, fact: "no such value"}
            yield f"{fact}/no such value", AnswerLevel.exact_decimal, told
        if "leukemia_outside_marrow" in self.rules.facts:
            for site in ({"site": "cns", "of": "blood"}, {"site": "liver"}, {}):
                told = {**record, "leukemia_outside_marrow": site}
                yield f"leukemia_outside_marrow/{word(site)}", AnswerLevel.exact_decimal, told
        for what, told in refused_counts(record) if COUNT in self.rules.facts else ():
            yield what, AnswerLevel.blood_count, told
        for count in (-1, "1"):
            told = {**record, COUNTED: count}
            yield f"{COUNTED}/{word(count)}", AnswerLevel.exact_decimal, told
        yield f"{COUNTED}/0 alone", AnswerLevel.exact_decimal, {COUNTED: 0}
        yield "no fact", AnswerLevel.exact_decimal, {}
        yield "all null", AnswerLevel.exact_decimal, dict.fromkeys(self.rules.facts)
        yield "unknown key", AnswerLevel.exact_decimal, {**record, "no_such_key": name}
        other = next(code for code in OTHER_DISEASES if not self.rules.is_about([code]))
        yield "another diagnosis", AnswerLevel.exact_decimal, {**record, "diagnosis": other}

    def blood_count(self) -> Iterator[Asked]:
        """Counts by their components."""
        if COUNT in self.rules.facts:
            name, record = next(iter(self.canonical.items()))
            for what, told in count_records(record):
                yield f"{name}/{what}", AnswerLevel.blood_count, told

    def _canonical(self) -> Iterator[tuple[str, Record]]:
        """One complete case of every status and every region; the first that values can make."""
        for name, cases in {**self.table.statuses, **self.table.regions}.items():
            for _, record in islice(case_records(self.table, cases), 1):
                yield name, record

    def _turning(self, domain: FactDomain) -> Iterator[tuple[str, Record]]:
        """A complete case that turns on each limit of a number on which no canonical one does."""
        known = [{**record, domain.fact.name: None} for record in self.canonical.values()]
        for limit in domain.limits:
            turning = list(self._turns_on(domain, limit))
            if turning and not any(record in known for record in turning):
                yield f"turning on {format_number(limit)}", turning[0]

    def _turns_on(self, domain: FactDomain, limit: Fraction) -> Iterator[Record]:
        """The complete cases, but for the number, whose answer is another on its other side."""
        sides = [domain.verdicts(Percent(n, n)) for n in (limit - HAIR, limit + HAIR)]
        others = [d.ordinary for d in self.table.domains.values() if d is not domain]
        for points in product(*others):
            known = {name: verdict for p in points for name, verdict in p.verdicts.items()}
            cases = [self.table.cases_with({**known, **side}) for side in sides]
            if self.table.possible(cases[0]) != self.table.possible(cases[1]):
                yield {**{p.fact: p.stated for p in points}, domain.fact.name: None}


def edge_numbers(domain: FactDomain) -> Iterator[tuple[str, AnswerLevel]]:
    """Decimal strings from 0 to the highest on and beside each limit; those a hair beside it need
    exact decimals.
    """
    steps: dict[Fraction | int, AnswerLevel] = dict.fromkeys(
        (-1, -TENTH, -HUNDREDTH, 0, HUNDREDTH, TENTH, 1), AnswerLevel.core
    )
    steps |= {-HAIR: AnswerLevel.exact_decimal, HAIR: AnswerLevel.exact_decimal}
    limits, highest = domain.limits, HIGHEST[domain.fact.kind]
    numbers = dict.fromkeys([ZERO, highest, *(limit / 10 for limit in limits)], AnswerLevel.core)
    numbers |= {
        limit + step: level
        for limit in limits
        for step, level in steps.items()
        if ZERO <= limit + step <= highest
    }
    yield from ((format_number(number), numbers[number]) for number in sorted(numbers))


def intervals(limit: Fraction) -> Iterator[str]:
    """Bounds that decide the limit, and bounds that do not."""
    at, double, half = map(format_number, (limit, min(2 * limit, HUNDRED), limit / 2))
    yield from (f"<{at}", f"<={at}", f">{at}", f">={at}", f"<{double}", f">{half}")
    yield from (f"{at}-{double}", f"{half}-{at}", f"{half}-{double}")
