"""Strategies for charts: FHIR R4 bundles, HL7 v2 messages, and one patient over time. Public, under
semver.

Each chart comes with the record it was made from: what is decided on the chart is what is decided
on that record.
Where a chart cannot say what a record can, the record does not say it either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from allstatus.testing import chart_parts as parts
from allstatus.testing.chart_parts import BLASTS, BORN, COUNTS, MARROW_BLASTS, Resource
from allstatus.testing.number_strategies import Rules, Strategy, classifier_of, near_threshold
from allstatus.testing.representatives import Record

FIRST_DAY = date(2024, 1, 1)
YEAR = timedelta(days=365.25)
COMPARATORS = ("<", "<=", ">", ">=")
APART = (30, 400)  # days between assessments: no result of one is near another
NEW, TREATED, REACHED, BACK = "new", "treated", "remission reached", "back"
PHASES: Mapping[str, tuple[str, ...]] = {  # what can follow what
    NEW: (TREATED, REACHED),
    TREATED: (REACHED,),
    REACHED: (REACHED, BACK),
    BACK: (BACK, REACHED),
}


@dataclass
class Course:
    """One patient over time: the phase the leukemia is in, and a record of each examination."""

    phase: str = NEW
    day: date = FIRST_DAY
    remissions: int = 0
    relapses: int = 0
    records: list[Record] = field(default_factory=list)

    def go_on(self, phase: str, days: int) -> None:
        """Some days later, in the next phase or still in the same."""
        self.relapses += phase == BACK != self.phase
        self.phase, self.day = phase, self.day + timedelta(days=days)

    def findings(self, rules: Rules) -> Strategy[Record]:
        """What can be found in this phase."""
        return _findings(self.phase == REACHED, rules)

    def examine(self, found: Record) -> Record:
        """The record of what is found today, with the history so far."""
        record = {
            "id": "patient-1",
            "as_of": self.day.isoformat(),
            "prior_treatment": "none" if self.phase == NEW else "disease_directed",
            "prior_remission": self.remissions > 0,
            "relapse_since_remission": self.phase == BACK,
            "relapse_count": self.relapses,
            **found,
        }
        self.remissions += self.phase == REACHED
        self.records.append(record)
        return record


@st.composite
def bundles(draw: st.DrawFn, rules: Rules = None) -> tuple[Record, Resource]:
    """A record, and a FHIR R4 collection that says the same: marrow blasts on one day, and perhaps
    more, in any order.

    What may be more: a blood count or part of one, a treatment, a fever, leukemia in the CNS, a
    coded remission or relapse before. A percentage finer than a double is sent as text.
    """
    day = FIRST_DAY + timedelta(days=draw(st.integers(200, 800)))
    said: list[parts.Part] = [
        parts.marrow(day, *draw(_results(rules))),
        parts.counts(day, draw(_components())),
    ]
    options = [parts.treated(day - timedelta(days=90)), parts.fever(day), parts.in_the_cns(day)]
    said += [part for part in options if draw(st.booleans())]
    if draw(st.booleans()):
        back = draw(st.sampled_from([None, day - timedelta(days=20)]))
        said.append(parts.coded_history(rules, day - timedelta(days=45), back))
    record = _patient(day) | {name: value for part, _ in said for name, value in part.items()}
    return record, parts.bundle(draw(st.permutations(_all_of(said, rules))))


@st.composite
def hl7v2_messages(draw: st.DrawFn, rules: Rules = None) -> tuple[Record, str]:
    """A record, and an ORU^R01 message that says the same: a marrow result and perhaps a blood
    count. Numbers are exact.
    """
    day = FIRST_DAY + timedelta(days=draw(st.integers(0, 600)))
    at = f"{day:%Y%m%d}"
    number, comparator = draw(_results(rules))
    kind, value = ("SN", f"{comparator}^{number}") if comparator else ("NM", number)
    population = classifier_of(rules).ruleset.population
    lines = [
        f"MSH|^~\\&|LAB|HOSP|EHR|HOSP|{at}0900||ORU^R01|M1|P|2.5.1",
        f"PID|1||P1^^^HOSP^MR||TEST^PATIENT||{BORN:%Y%m%d}|F",
        f"DG1|1||{population['icd10cm'][1]}^{population['diagnosis'].capitalize()}^I10C||{at}|W",
        f"OBR|1|O1|F1|{MARROW_BLASTS}^Marrow blasts^LN|||{at}",
        f"OBX|1|{kind}|{MARROW_BLASTS}^Blasts in bone marrow^LN||{value}|%|||||F|||{at}",
    ]
    components = draw(_components())
    if components:
        lines.append(f"OBR|2|O2|F2|58410-2^Complete blood count^LN|||{at}")
        lines += [
            parts.count_segment(place, code, at, normal=normal)
            for place, (code, normal) in enumerate(components.items(), 1)
        ]
    said, _ = parts.counts(day, components)
    return _patient(day) | {BLASTS: f"{comparator}{number}"} | said, "\r".join(lines) + "\r"


@st.composite
def histories(draw: st.DrawFn, rules: Rules = None, longest: int = 6) -> list[Record]:
    """One patient's records in the order of time, the history in each as the earlier ones left it.

    The findings of each fit its phase: never treated, treated without a remission yet, in
    remission, come back.
    """
    course = Course()
    for number in range(draw(st.integers(1, longest))):
        if number:
            course.go_on(draw(st.sampled_from(PHASES[course.phase])), draw(st.integers(*APART)))
        course.examine(draw(course.findings(rules)))
    return course.records


def charted_histories(
    rules: Rules = None, longest: int = 6
) -> Strategy[tuple[list[Record], Resource]]:
    """The records of `histories`, and one FHIR R4 collection of the same assessments, to be read as
    a timeline.

    Read with `symptoms-absent-unless-recorded`. A chart does not say that nothing was ever given or
    reached: before the first remission its answer is open, and the record's is among those
    possible; from then on the status is the record's.
    """
    pairs = histories(rules, longest).flatmap(
        lambda records: st.tuples(st.just(records), st.permutations(_resources(records, rules)))
    )
    return pairs.map(lambda pair: (pair[0], parts.bundle(pair[1])))


def _resources(records: list[Record], rules: Rules) -> list[Resource]:
    said = [parts.treated(FIRST_DAY + timedelta(days=1))] if len(records) > 1 else []
    for record in records:
        day = date.fromisoformat(record["as_of"])
        said += [
            parts.marrow(day, record[BLASTS]),
            parts.counts(day, dict.fromkeys(COUNTS, record["cbc"] == "normal")),
        ]
        said += [parts.fever(day)] if record["signs_and_symptoms"] == "present" else []
    return _all_of(said, rules)


def _all_of(said: list[parts.Part], rules: Rules) -> list[Resource]:
    """The diagnosis, and the resources of all parts."""
    return [parts.diagnosis(rules, FIRST_DAY), *(one for _, made in said for one in made)]


def _patient(day: date) -> Record:
    return {"as_of": day.isoformat(), "sex": "female", "age_years": (day - BORN) // YEAR}


def _results(rules: Rules) -> Strategy[tuple[str, str]]:
    """A number on or beside a limit; or a bound with its comparator."""
    exact = near_threshold(rules, BLASTS).map(lambda number: (number, ""))
    return st.one_of(exact, st.tuples(st.integers(1, 99).map(str), st.sampled_from(COMPARATORS)))


def _components() -> Strategy[dict[str, Any]]:
    """Which components of a blood count are there, and whether each is normal; none more often than
    some.
    """
    whole = st.fixed_dictionaries(dict.fromkeys(COUNTS, st.booleans()))
    some = st.dictionaries(st.sampled_from(list(COUNTS)), st.booleans(), max_size=len(COUNTS) - 1)
    return st.one_of(st.just({}), whole, st.just(dict.fromkeys(COUNTS, True)), some)


def _findings(remission: bool, rules: Rules) -> Strategy[Record]:
    limit = classifier_of(rules).table.domains[BLASTS].limits[0]
    near = near_threshold(rules, BLASTS)
    inside = near.filter(lambda number: (Fraction(number) <= limit) is remission)
    words = ("normal", "absent") if remission else ("abnormal", "present")
    return st.fixed_dictionaries(
        {
            "cbc": st.just(words[0]),
            BLASTS: inside,
            "signs_and_symptoms": st.just(words[1]),
            "leukemia_outside_marrow": st.just("absent"),
        }
    )
