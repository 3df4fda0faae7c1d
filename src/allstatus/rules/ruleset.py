"""The rule set in memory: facts, criteria, constraints, statuses, regions, options, guidance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args

from allstatus.record.frozen import Frozen
from allstatus.record.model import Record
from allstatus.record.own_facts import OwnFact, record_with
from allstatus.record.percent import HUNDRED, format_number
from allstatus.record.value_class import value_class
from allstatus.rules.condition import Clause, Comparison, Reading
from allstatus.rules.once import once_for_rules
from allstatus.rules.phrases import Says

CATEGORIES = (  # of options, where a rule set does not list its own
    "chemotherapy",
    "radiation_therapy",
    "chemotherapy_with_stem_cell_transplant",
    "targeted_therapy",
    "immunotherapy",
    "cns_prophylaxis",
    "supportive_care",
    "palliative_care",
    "other_drug_therapy",
)
# what a coded status can assert, in the words of the code tables
Asserted = Literal["in_remission", "not_in_remission", "relapse"]
REMISSION, NO_REMISSION, RELAPSE = get_args(Asserted)
_SHORT = re.compile(r"\b[A-Z]{2,}\b")
Cite = Mapping[str, str]
DRAFT = "Draft: these rules are not locked."
# the kinds of facts that are numbers; no age in years and no count of relapses reaches 1000
HIGHEST = {"percent": HUNDRED, "number": Fraction(1000)}
UNITS = {"months": Fraction(1, 12)}  # of the unit that facts are in; any other counts as it stands
COUNT, PERCENT = "count", "%"


@value_class
class Assumption(Frozen):
    """What a fact is taken to be when it is not reported, and (optionally) only when a clause
    holds.
    """

    value: object
    when: Clause | None
    because: str
    reading: Reading


@value_class
class Fact(Frozen):
    """Something a rule set may ask about a patient; `kind` is yes_no, choice, percent or number.

    `record_key` is where a record says it, when that is not the fact's own name: `biomarkers.cd19`;
    `read_by` names a way of reading it that is not the usual one; `codes` are those of results
    that answer it, by code system (`loinc`). A fact of the rule set's `own` is a key that its
    record has and no other. `words` are those a phrase names it by.
    """

    name: str
    kind: str
    question: str
    values: tuple[str, ...]
    answered_by: tuple[str, ...]
    about: str
    burden: int
    assume: Assumption | None
    says: Says
    record_key: str | None = None
    read_by: str | None = None
    codes: Mapping[str, list[str]] = field(default_factory=dict)
    own: bool = False
    words: tuple[str, ...] = ()


@value_class
class Criterion(Frozen):
    """A named yes/no condition on one fact."""

    name: str
    title: str
    otherwise: str
    condition: Comparison
    reading: Reading
    cite: Cite


@value_class
class Constraint(Frozen):
    """`condition` implies `consequence`; a case that breaks it cannot be."""

    name: str
    condition: Clause
    consequence: Clause
    because: str
    reading: Reading
    cite: Cite
    says: Says

    def holds(self, case: Mapping[str, bool]) -> bool:
        """Whether a complete case (criterion: true or false) can be, as far as this constraint
        says.
        """
        return not self.condition.holds(case) or self.consequence.holds(case)


@value_class
class Shade(Frozen):
    """How an answer looks: a ground, the ink of its hatching, and the hatching as matplotlib
    writes it.
    """

    ground: str
    ink: str
    hatch: str


@value_class
class Status(Frozen):
    """One of the page's states of the disease: the clauses it needs, and the statuses that go
    before it.

    `place` is where it stands (`file:line`), for messages. `asserts` are the coded statuses that
    agree with it; what it leaves to a history is read off them too.
    """

    name: str
    title: str
    clauses: tuple[Clause, ...]
    unless: tuple[str, ...]
    reading: Reading
    cite: Cite
    examples: tuple[Mapping[str, Any], ...]
    place: str
    says: Says
    asserts: tuple[Asserted, ...] = ()
    shade: Shade | None = None

    @property
    def is_remission(self) -> bool:
        """Whether a remission is what it is."""
        return self.asserts == (REMISSION,)

    @property
    def condition_name(self) -> str:
        """What exported logic calls "it is this status": `IsInRemission`."""
        return "Is" + "".join(word.capitalize() for word in self.name.split("_"))


@value_class
class Region(Frozen):
    """Consistent cases that no status describes, under a name and in a sentence.

    `place` is where it stands (`file:line`), for messages.
    """

    name: str
    sentence: str
    where: Clause
    place: str
    says: Says


@value_class
class Threshold(Frozen):
    """A number the rules compare with; `value` is the one in force."""

    name: str
    title: str
    unit: str
    value: Fraction
    since: str
    cite: Cite

    @property
    def limit(self) -> str:
        """The value with its unit as it was written, such as `5 %`; a count has none."""
        number = format_number(self.value / UNITS.get(self.unit, 1))
        return number if self.unit == COUNT else f"{number} {self.unit}"


@value_class
class RuleSet(Frozen):
    """Everything in one rule-set folder, checked. `digest` is the SHA-256 of its files.

    Its texts are in `language`; in another than English, `names` are those of its facts, their
    values (`fact.value`) and regions.
    """

    id: str
    version: str
    title: str
    effective_from: str
    source: Mapping[str, str]
    population: Mapping[str, Any]
    notice: str
    facts: Mapping[str, Fact]
    thresholds: Mapping[str, Threshold]
    criteria: Mapping[str, Criterion]
    constraints: Mapping[str, Constraint]
    statuses: Mapping[str, Status]
    regions: Mapping[str, Region]
    options: Mapping[str, tuple[Mapping[str, Any], ...]]
    guidance: Mapping[str, Any]
    digest: str
    directory: Path
    language: str = "en"
    names: Mapping[str, str] = field(default_factory=dict)
    course: tuple[str, ...] = ()
    categories: tuple[str, ...] = CATEGORIES

    def as_draft(self) -> RuleSet:
        """The same rules, whose version and notice say that they are a draft."""
        return replace(self, version=f"{self.version}-draft", notice=f"{DRAFT} {self.notice}")

    @property
    def disease(self) -> str:
        """The disease in short, as the statuses' titles have it, else in full."""
        return _disease(self)

    @property
    def in_course(self) -> tuple[str, ...]:
        """The statuses as the disease runs, then those that its course does not name."""
        return tuple(dict.fromkeys((*self.course, *self.statuses)))

    @property
    def remission(self) -> Status | None:
        """The status that is a remission, where there is one."""
        return next((status for status in self.statuses.values() if status.is_remission), None)

    @property
    def record_model(self) -> type[Record]:
        """What a record of these rules can state: every record's keys, and the facts of their
        own.
        """
        own = [fact for fact in self.facts.values() if fact.own]
        return record_with(
            tuple([OwnFact(f.name, f.kind, f.values, f.question, HIGHEST.get(f.kind)) for f in own])
        )

    def is_about(self, diseases: Iterable[str]) -> bool:
        """Whether one of these diseases, given by their codes, is the rule set's own."""
        population = self.population
        return not {*population["icd10cm"], *population["snomed"]}.isdisjoint(diseases)

    def criteria_of(self, fact: str) -> tuple[str, ...]:
        """Names of the criteria that ask about a fact."""
        return tuple(c.name for c in self.criteria.values() if c.condition.fact == fact)

    def unit_of(self, fact: str) -> str | None:
        """The unit of a number, which is that of its limits; None where they name no one unit."""
        limits = [self.criteria[name].condition.operand for name in self.criteria_of(fact)]
        units = {self.thresholds[str(limit)].unit for limit in limits}
        units = {"years" if unit in UNITS else unit for unit in units}
        return units.pop() if len(units) == 1 else None

    def test_titles(self, fact: Fact) -> tuple[str, ...]:
        """The titles of the tests that answer a fact, as guidance.yaml words them."""
        titles = {str(test["id"]): str(test["title"]) for test in self.guidance["tests"]}
        return tuple([titles[test] for test in fact.answered_by])

    def with_limits(self, text: str) -> str:
        """A text of the rules with each threshold's value in the place of its name:
        `{blast_threshold}`.
        """
        return text.format_map(
            {name: threshold.limit for name, threshold in self.thresholds.items()}
        )


@once_for_rules
def _disease(ruleset: RuleSet) -> str:
    said = [set(_SHORT.findall(status.title)) for status in ruleset.statuses.values()]
    shared = sorted(set.intersection(*said)) if said else []
    return shared[0] if shared else str(ruleset.population["diagnosis"])
