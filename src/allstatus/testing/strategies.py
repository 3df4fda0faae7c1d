"""Hypothesis strategies for records that probe the edges of any rule set. Public: names and
meanings follow semver.

`rules` is a rule set's name or folder, a Classifier, or None for the shipped rule set. A record is
a dict as JSON
has it, so that a failing example can be pasted into a file. Simple examples come first: no fact
more than needed,
a limit itself before the numbers beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import InvalidRecord
from allstatus.record.percent import (
    HUNDRED,
    MARROW_GRADES,
    ZERO,
    Percent,
    format_number,
    read_percent,
)
from allstatus.rules.ruleset import Fact
from allstatus.table.case_set import CaseSet
from allstatus.table.decision_table import OUTSIDE, Cell, DecisionTable
from allstatus.testing.representatives import (
    HAIR,
    UNKNOWN,
    Record,
    case_records,
    numeric_facts,
)
from allstatus.testing.vector_groups import intervals, number_spellings, respelled

Rules = Classifier | str | Path | None
Strategy = st.SearchStrategy
BESIDE = (
    Fraction(0),
    HAIR,
    -HAIR,
    Fraction(1, 100),
    -Fraction(1, 100),
    Fraction(1, 10),
    -Fraction(1, 10),
    Fraction(1),
    -Fraction(1),
)


@lru_cache(maxsize=8)
def _loaded(rules: str | Path | None) -> Classifier:
    return load_rules(rules, engine="builtin")


def classifier_of(rules: Rules) -> Classifier:
    """The classifier meant, loaded once."""
    return rules if isinstance(rules, Classifier) else _loaded(rules)


def near_threshold(rules: Rules = None, fact: str | None = None) -> Strategy[str]:
    """Decimal strings on a limit of the rules and a step beside it, down to 1e-18; of one fact or
    of all.
    """
    return st.sampled_from(
        [format_number(number) for number in _near(classifier_of(rules).table, fact)]
    )


def blast_percents(rules: Rules = None, fact: str | None = None) -> Strategy[Any]:
    """Numbers in every spelling a record takes: near the limits, anywhere, as counts of cells,
    bounds, grades, objects.
    """
    table = classifier_of(rules).table
    near = _near(table, fact)
    bounds = [bound for limit in _limits(table, fact) for bound in intervals(limit)]
    counts = st.integers(1, 1000).flatmap(
        lambda cells: st.integers(0, cells).map(lambda blasts: f"{blasts}/{cells}")
    )
    return st.one_of(
        near_threshold(rules, fact),
        st.decimals(0, 100, allow_nan=False, places=3).map(str),
        st.sampled_from([spelling for number in near for spelling in number_spellings(number)]),
        st.sampled_from(bounds),
        counts,
        st.sampled_from(list(MARROW_GRADES)),
    )


def records(rules: Rules = None) -> Strategy[Record]:
    """Any valid record: each fact stated, unknown, null or absent, in any of its forms; at least
    one is there.
    """
    classifier = classifier_of(rules)
    facts = {fact.name: _any_value(classifier, fact) for fact in classifier.ruleset.facts.values()}
    return _stated_or_not(facts).filter(
        lambda record: any(value is not None for value in record.values())
    )


def complete_records(rules: Rules = None) -> Strategy[Record]:
    """Records that state a single value of every fact; they may contradict a constraint."""
    classifier = classifier_of(rules)
    return st.fixed_dictionaries(
        {
            fact.name: _exact_values(classifier.table, fact)
            for fact in classifier.ruleset.facts.values()
        }
    )


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
        return _withdrawn(
            classifier, table.statuses[status], lambda cell: cell.possible == (status,)
        )
    kinds: dict[str, tuple[CaseSet, Callable[[Cell], bool]]] = {
        "determined": (
            table.consistent & ~table.outside,
            lambda cell: cell.outcome == "determined",
        ),
        OUTSIDE: (table.outside, lambda cell: cell.outcome == OUTSIDE),
        "insufficient_data": (table.consistent, lambda cell: cell.outcome == "insufficient_data"),
        "conflicting_data": (
            table.everything & ~table.consistent,
            lambda cell: cell.outcome == "conflicting_data",
        ),
    }
    if outcome not in kinds:
        raise ValueError(f"no outcome is {outcome!r}; outcomes: {', '.join(kinds)}")
    cases, keeps = kinds[outcome]
    return _withdrawn(classifier, cases, keeps)


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


def refinements(
    record: Record | None = None, rules: Rules = None
) -> Strategy[tuple[Record, Record]]:
    """Pairs (a record, the same with more known): what is unknown stated, bounds narrowed to a
    number.

    `possible` of the second is within that of the first. A fact of which something may be assumed
    is refined
    only where it is stated as unknown: what is assumed is not knowledge.
    """
    classifier = classifier_of(rules)
    assumable = {fact.name for fact in classifier.ruleset.facts.values() if fact.assume is not None}
    if record is None:
        reported = records(classifier).map(
            lambda one: {**one, **{name: UNKNOWN for name in assumable if one.get(name) is None}}
        )
        return reported.flatmap(lambda one: refinements(one, classifier))
    known = record
    open_facts = [
        fact
        for fact in classifier.ruleset.facts.values()
        if _refinable(fact.name, known, assumable)
    ]
    better = {
        fact.name: _finer(classifier.table, fact, known.get(fact.name)) for fact in open_facts
    }
    return st.fixed_dictionaries({}, optional=better).map(lambda more: (known, {**known, **more}))


def equivalent_spellings(record: Record, rules: Rules = None) -> Strategy[Record]:
    """The same facts spelled otherwise: numbers, lists, null for absent, another order of keys.
    Every answer stays.
    """
    table = classifier_of(rules).table
    forms = {
        name: st.sampled_from(_spellings(record[name]))
        for name, domain in numeric_facts(table).items()
        if domain.fact.kind == "percent" and record.get(name) is not None
    }
    nulls = {name: st.none() for name in table.domains if name not in record}
    spelled = st.fixed_dictionaries(forms, optional=nulls).map(
        lambda changed: {**record, **changed}
    )
    listed = spelled.flatmap(lambda one: st.sampled_from([one, *_listed(one)]))
    return listed.flatmap(lambda one: st.permutations(list(one.items())).map(dict))


def _near(table: DecisionTable, fact: str | None) -> list[Fraction]:
    """Each limit, then what is beside it, nearest first."""
    limits = dict.fromkeys(_limits(table, fact))
    beside = [limit + step for step in BESIDE for limit in limits]
    return [number for number in beside if ZERO <= number <= HUNDRED]


def _limits(table: DecisionTable, fact: str | None) -> list[Fraction]:
    """The limits of one fact, or of all."""
    domains = numeric_facts(table)
    return [n for name, domain in domains.items() if fact in (None, name) for n in domain.limits]


def _exact_values(table: DecisionTable, fact: Fact) -> Strategy[Any]:
    if fact.kind == "yes_no":
        return st.booleans()
    if fact.values:
        return st.sampled_from(fact.values)
    return st.one_of(
        st.sampled_from([format_number(n) for n in _near(table, fact.name)]),
        st.decimals(0, 100, places=3).map(str),
    )


STATED = "stated"
MANNERS = (
    "absent",
    STATED,
    UNKNOWN,
    None,
    STATED,
    STATED,
    STATED,
    STATED,
)  # simplest first; seven facts are all stated now and then


@st.composite
def _stated_or_not(draw: st.DrawFn, facts: dict[str, Strategy[Any]]) -> Record:
    manners = {name: draw(st.sampled_from(MANNERS)) for name in facts}
    return {
        name: draw(facts[name]) if how == STATED else how
        for name, how in manners.items()
        if how != "absent"
    }


def _any_value(classifier: Classifier, fact: Fact) -> Strategy[Any]:
    """What a fact can be stated as, in every form."""
    if fact.kind == "percent":
        return blast_percents(classifier, fact.name)
    listed = [other[fact.name] for value in fact.values for other in _listed({fact.name: value})]
    return st.one_of(
        _exact_values(classifier.table, fact), *([st.sampled_from(listed)] if listed else [])
    )


def _listed(record: Record) -> list[Record]:
    """The record with findings, or sites, as lists."""
    return [other for what, other in respelled(record) if what.endswith("listed")]


def _withdrawn(
    classifier: Classifier, cases: CaseSet, keeps: Callable[[Cell], bool]
) -> Strategy[Record]:
    """Complete cases of a set, with facts made unknown one after another as long as the cell stays
    as wanted.
    """
    return st.sampled_from([number for number, _ in case_records(classifier.table, cases)]).flatmap(
        lambda number: _withdrawn_from(classifier, number, keeps)
    )


@st.composite
def _withdrawn_from(
    draw: st.DrawFn, classifier: Classifier, case: int, keeps: Callable[[Cell], bool]
) -> Record:
    """A record of a case, with facts withdrawn: until the cell is as wanted (a complete case leaves
    nothing open), then as many more as are drawn, where it stays so.
    """
    table = classifier.table
    record = {name: draw(_values_in(table, name, table.cases[case])) for name in table.domains}
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


def _values_in(table: DecisionTable, name: str, case: Mapping[str, bool]) -> Strategy[Any]:
    """Values of a fact with the case's verdicts."""
    domain = table.domains[name]
    if domain.fact.kind in ("yes_no", "choice"):
        values = domain.values()
    else:
        numbers = [*_near(table, name), *(Fraction(n) for n in range(0, 101, 10))]
        values = [Percent(number, number) for number in numbers]
    points = [domain.point(value) for value in values]
    return st.sampled_from([p.stated for p in points if p.verdicts.items() <= case.items()])


def _refinable(name: str, record: Record, assumable: set[str]) -> bool:
    value = record.get(name)
    if value is None:
        return name not in assumable
    return value == UNKNOWN or _interval(value) is not None


def _interval(value: Any) -> Percent | None:
    """What the value bounds, when it is no single number."""
    try:
        percent = read_percent(value)
    except InvalidRecord:
        return None
    return percent if percent.exact is None else None


def _finer(table: DecisionTable, fact: Fact, value: Any) -> Strategy[Any]:
    bounds = _interval(value) if fact.name in numeric_facts(table) else None
    if bounds is None:
        return _exact_values(table, fact)
    numbers = [*_near(table, fact.name), (bounds.low + bounds.high) / 2]
    inside = [number for number in numbers if _holds(bounds, number)]
    return st.sampled_from([format_number(n) for n in inside])


def _holds(bounds: Percent, number: Fraction) -> bool:
    above = number > bounds.low or (number == bounds.low and not bounds.low_open)
    return above and (number < bounds.high or (number == bounds.high and not bounds.high_open))


def _spellings(value: Any) -> list[Any]:
    """A number's spellings; anything else as it is."""
    try:
        exact = read_percent(value).exact
    except InvalidRecord:
        return [value]
    if exact is None or "/" in format_number(exact):
        return [value]
    return [value, *number_spellings(exact)]
