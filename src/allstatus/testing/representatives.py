"""Records that stand for all others: one for each case of a set, one for each cell."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from allstatus.table.case_set import CaseSet, members
from allstatus.table.decision_table import DecisionTable
from allstatus.table.fact_domain import FactDomain

Record = dict[str, Any]
UNKNOWN = "unknown"
HAIR = Fraction(1, 10**18)  # finer than a double can tell beside any limit from 1 to 100


def numeric_facts(table: DecisionTable) -> dict[str, FactDomain]:
    """The facts that are compared with limits, by name."""
    return {name: domain for name, domain in table.domains.items() if domain.limits}


def stated_at(record: Record, key: str) -> Any:
    """What a record states at a key (`biomarkers.cd19`); None for nothing."""
    first, _, inner = key.partition(".")
    value = record.get(first)
    return value.get(inner) if inner and value is not None else value


def stating(record: Record, key: str, value: Any) -> Record:
    """The record stating a value at a key, too."""
    first, _, inner = key.partition(".")
    return {**record, first: {**(record.get(first) or {}), inner: value} if inner else value}


def case_records(table: DecisionTable, cases: CaseSet) -> Iterator[tuple[int, Record]]:
    """The number of each case of a set, with a record that states every fact as the case has it;
    none where no values do.
    """
    points = [point for domain in table.domains.values() for point in domain.ordinary]
    for number in members(cases):
        verdicts = table.cases[number].items()
        record = {p.fact: p.stated for p in points if p.verdicts.items() <= verdicts}
        if len(record) == len(table.domains):
            yield number, record


def every_cell(table: DecisionTable) -> Iterator[Record]:
    """A record for every combination of known and unknown facts, unknown ones stated as unknown."""
    said = [[*(p.stated for p in d.ordinary), UNKNOWN] for d in table.domains.values()]
    for values in product(*said):
        yield dict(zip(table.domains, values, strict=True))
