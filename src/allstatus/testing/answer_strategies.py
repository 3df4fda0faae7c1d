"""Hypothesis strategies for records that have a given answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from allstatus.decision.classifier import Classifier
from allstatus.record.percent import Percent
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import OUTSIDE, Cell, DecisionTable
from allstatus.testing.number_strategies import Rules, Strategy, classifier_of, near
from allstatus.testing.representatives import UNKNOWN, Record, case_records


def records_with(
    outcome: str | None = None, status: str | None = None, rules: Rules = None
) -> Strategy[Record]:
    """Records with this outcome or status, complete and less so; ValueError for a name the rules do
    not have.
    """
    classifier = classifier_of(rules)
    table = classifier.table
    if status is not None:
        if status not in table.statuses or outcome not in (None, "determined"):
            raise ValueError(
                f"no record is {outcome or 'determined'} with status {status!r}; statuses: "
                f"{', '.join(table.statuses)}"
            )
        cases = table.statuses[status]
        return _withdrawn(classifier, cases, lambda cell: cell.possible == (status,))
    kinds = {  # complete cases from which such records can be made
        "determined": table.consistent & ~table.outside,
        OUTSIDE: table.outside,
        "insufficient_data": table.consistent,
        "conflicting_data": table.everything & ~table.consistent,
    }
    if outcome is None:
        raise ValueError("say an outcome or a status")
    if outcome not in kinds:
        raise ValueError(f"no outcome is {outcome!r}; outcomes: {', '.join(kinds)}")
    return _withdrawn(classifier, kinds[outcome], lambda cell: cell.outcome == outcome)


def region_records(region: str, rules: Rules = None) -> Strategy[Record]:
    """Records that surely lie in a region of undescribed cases; ValueError for a name the rules do
    not have.
    """
    classifier = classifier_of(rules)
    if region not in classifier.table.regions:
        raise ValueError(f"no region is {region!r}; regions: {', '.join(classifier.table.regions)}")
    cases = classifier.table.regions[region]
    return _withdrawn(
        classifier, cases, lambda cell: bool(cell.completions) and not cell.completions & ~cases
    )


def _withdrawn(
    classifier: Classifier, cases: CaseSet, keeps: Callable[[Cell], bool]
) -> Strategy[Record]:
    """Complete cases of a set, with facts made unknown one after another as long as the cell stays
    as wanted.
    """
    numbers = [number for number, _ in case_records(classifier.table, cases)]
    return st.sampled_from(numbers).flatmap(lambda n: _withdrawn_from(classifier, n, keeps))


@st.composite
def _withdrawn_from(
    draw: st.DrawFn, classifier: Classifier, case: int, keeps: Callable[[Cell], bool]
) -> Record:
    """A record of a case, with facts withdrawn: until the cell is as wanted (a complete case leaves
    nothing open), then as many more as are drawn, where it stays so.
    """
    table = classifier.table
    record = {name: draw(values_in(table, name, table.cases[case])) for name in table.domains}
    verdicts: dict[str, bool | None] = dict(table.cases[case])
    order = draw(st.permutations(list(table.domains)))
    more = draw(st.integers(0, len(order)))

    def wanted(known: Mapping[str, bool | None]) -> bool:
        return keeps(table.cell(tuple(known.values())))

    for fact in order:
        withdrawn = verdicts | dict.fromkeys(table.domains[fact].conditions)
        if not wanted(verdicts):
            verdicts, record[fact] = withdrawn, UNKNOWN
        elif more and wanted(withdrawn):
            verdicts, record[fact] = withdrawn, UNKNOWN
            more -= 1
    return record


def values_in(table: DecisionTable, name: str, case: Mapping[str, bool]) -> Strategy[Any]:
    """Values of a fact with the verdicts of a case."""
    domain = table.domains[name]
    if domain.fact.kind in ("yes_no", "choice"):
        values = domain.values()
    else:
        numbers = [*near(table, name), *(Fraction(n) for n in range(0, 101, 10))]
        values = [Percent(number, number) for number in numbers]
    points = [domain.point(value) for value in values]
    return st.sampled_from([p.stated for p in points if p.verdicts.items() <= case.items()])
