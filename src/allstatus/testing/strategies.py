"""Hypothesis strategies for records that probe the edges of any rule set. Public: names and
meanings follow semver.

`rules` is a rule set's name or folder, a Classifier, or None for the shipped rule set. A record is
a dict as JSON has it, so that a failing example can be pasted into a file. Simple examples come
first: no fact more than needed, a limit itself before the numbers beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.percent import Percent, format_number, read_percent
from allstatus.rules.ruleset import Fact
from allstatus.table.decision_table import DecisionTable
from allstatus.testing.answer_strategies import values_in
from allstatus.testing.answers import INVALID, answer_of
from allstatus.testing.number_strategies import (
    Rules,
    Strategy,
    blast_percents,
    classifier_of,
    near,
)
from allstatus.testing.representatives import UNKNOWN, Record, case_records, numeric_facts
from allstatus.testing.vector_forms import number_spellings, respelled
from allstatus.testing.vector_groups import Families


def records(rules: Rules = None) -> Strategy[Record]:
    """Any valid record: each fact stated, unknown, null or absent, in any of its forms; at least
    one is there. Every answer comes often: of most records the values are those of a case that has
    one, each answer as often as another.
    """
    _kit(classifier_of(rules))  # loads the rules now: that is no part of an example's time
    return _records(rules)


@st.composite
def _records(draw: st.DrawFn, rules: Rules = None) -> Record:
    kit = _kit(classifier_of(rules))
    case = draw(st.sampled_from(kit.cases))
    manners = FREELY if case is None else MOSTLY
    record: Record = {}
    for name, values in kit.values.items():
        how = draw(st.sampled_from(manners))
        if how != "absent":
            stated = values if case is None else kit.of(case, name)
            record[name] = draw(stated) if how == STATED else how
    if all(value is None for value in record.values()):
        name = next(iter(kit.values))
        record[name] = draw(kit.values[name])
    return record


def invalid_records(rules: Rules = None) -> Strategy[Any]:
    """What is no record and must be refused: those of the vectors."""
    classifier = classifier_of(rules)
    asked = [record for _, _, record in Families(classifier.table).invalid()]
    refused = [one for one in asked if answer_of(classifier, one)["outcome"] == INVALID]
    return st.sampled_from(refused)


def complete_records(rules: Rules = None) -> Strategy[Record]:
    """Records that state a single value of every fact; they may contradict a constraint."""
    table = classifier_of(rules).table
    facts = table.ruleset.facts.items()
    return st.fixed_dictionaries({name: _exact_values(table, fact) for name, fact in facts})


def refinements(
    record: Record | None = None, rules: Rules = None
) -> Strategy[tuple[Record, Record]]:
    """Pairs (a record, the same with more known): what is unknown stated, bounds narrowed to a
    number.

    `possible` of the second is within that of the first. A fact of which something may be assumed
    is refined only where it is stated as unknown: what is assumed is not knowledge.
    """
    classifier = classifier_of(rules)
    assumable = {fact.name for fact in classifier.ruleset.facts.values() if fact.assume is not None}
    if record is None:
        reported = records(classifier).map(
            lambda one: {**one, **{name: UNKNOWN for name in assumable if one.get(name) is None}}
        )
        return reported.flatmap(lambda one: refinements(one, classifier))
    better = {
        fact.name: _finer(classifier.table, fact, record.get(fact.name))
        for fact in classifier.ruleset.facts.values()
        if _refinable(fact.name, record, assumable)
    }
    more = st.fixed_dictionaries({}, optional=better)
    return more.map(lambda known: (record, {**record, **known}))


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
    changes = st.fixed_dictionaries(forms, optional=nulls)
    spelled = changes.map(lambda changed: {**record, **changed})
    listed = spelled.flatmap(lambda one: st.sampled_from([one, *_listed(one)]))
    return listed.flatmap(lambda one: st.permutations(list(one.items())).map(dict))


def _exact_values(table: DecisionTable, fact: Fact) -> Strategy[Any]:
    if fact.kind == "yes_no":
        return st.booleans()
    if fact.values:
        return st.sampled_from(fact.values)
    return st.one_of(
        st.sampled_from([format_number(n) for n in near(table, fact.name)]),
        st.decimals(0, 100, places=3).map(str),
    )


STATED = "stated"
FREELY = ("absent", STATED, UNKNOWN, None, STATED, STATED, STATED, STATED)  # simplest first
MOSTLY = ("absent", *(STATED,) * 29, UNKNOWN, None)
OF_EACH = 12  # cases of each answer


@dataclass(frozen=True)
class _Kit:
    """What records are made of: any value of each fact, and cases of every answer, as often none.

    None is first: a failing record shrinks to one of which no case is meant.
    """

    classifier: Classifier
    values: dict[str, Strategy[Any]]
    cases: list[int | None]

    def of(self, case: int, name: str) -> Strategy[Any]:
        """The values of a fact in a case."""
        return values_in(self.classifier.table, name, self.classifier.table.cases[case])


@lru_cache(maxsize=8)
def _kit(classifier: Classifier) -> _Kit:
    table, facts = classifier.table, classifier.ruleset.facts.values()
    values = {fact.name: _any_value(classifier, fact) for fact in facts}
    sets = (*table.statuses.values(), table.outside, table.everything & ~table.consistent)
    cases: list[int | None] = [None for _ in range(OF_EACH)]
    for each in sets:
        numbers = [number for number, _ in case_records(table, each)]
        cases += [numbers[place * len(numbers) // OF_EACH] for place in range(OF_EACH) if numbers]
    return _Kit(classifier, values, cases)


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
    numbers = [*near(table, fact.name), (bounds.low + bounds.high) / 2]
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
