"""Doubt: what was sent about a fact and cannot be relied on, the days it may lie on, and whether it
leaves an assessment open.

A statement that cannot be read is unknown, never absent. It leaves its fact open for the
assessments it may be about, and for no others: see `Doubt.differs` and `ends`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from allstatus.ehr.chart import Chart, Statement
from allstatus.ehr.dates import When
from allstatus.record.value_class import value_class
from allstatus.render.messages import MESSAGES
from allstatus.table.chart_context import Evidence

SETTLE = {
    "prior_treatment": "say whether treatment directed at the leukemia was given, and when",
    "prior_remission": "say whether the leukemia was in remission or had come back, and when",
    "cbc": "say what was measured, and whether it is normal",
    "marrow_blast_percent": "say what percentage of the marrow's cells were blasts, and when",
    "leukemia_outside_marrow": "say whether leukemia was found there, and when",
    "signs_and_symptoms": "say whether it is a sign of the leukemia that is there now",
}
ANSWER = "answer"  # what a doubt is named that is about a clinician's own answer
RESULT = "result"  # and one that is about a result of a rule set's own fact
SIGN_IT = "sign the answer, or enter another"
Agree = Callable[[Any, Any], bool]


@value_class
class Doubt:
    """Something sent about a `fact` that cannot be relied on.

    `name` is which part of it: a component of the count, a site, a sign. It lies between `when`'s
    first and last moment. `value` is what it says where that can be read (None: it cannot); `firm`
    says that the value would stand, and only its time or its bearing is in doubt. A `report` tells
    in words what a result of its day says in numbers. `ended`: over, on a day not known.
    """

    fact: str
    name: str
    when: When
    why: str
    evidence: Evidence
    value: Any = None
    firm: bool = False
    report: bool = False
    ended: bool = False
    until: When | None = None

    def differs(self, when: When, value: Any, agree: Agree) -> bool:
        """Whether counting it could change what the result of this time and value decides.

        Not when it is older. At the same time its own value must disagree, where it can be read;
        when it may be later, also a value that may yet change, or none.
        """
        if self.when.end < when.begin:
            return False
        if self.report and self.when.last == when.first == when.last:  # of that day, or older
            return False
        same = self.value is not None and agree(self.value, value)
        if same and self.when.first == self.when.last == when.last:
            return False
        return not (same and self.firm)

    @property
    def sentence(self) -> str:
        """Why the fact is open, and what would settle it."""
        sent = f": '{self.evidence.sent}'" if self.evidence.sent else ""
        day = f" of {self.evidence.date}" if self.evidence.date else ""
        what = self.evidence.title or self.evidence.source
        return f"{what}{day} leaves it open ({self.why}){sent}; {self.settle}"

    @property
    def settle(self) -> str:
        """What would settle it."""
        if self.name == RESULT:
            return str(MESSAGES.texts()["answers"]["own_settle"])
        return SIGN_IT if self.name == ANSWER else SETTLE[self.fact]

    @property
    def closed(self) -> Evidence:
        """Its evidence, set aside."""
        return self.evidence.set_aside(self.why)

    @property
    def left_open(self) -> Evidence:
        """Its evidence, saying that it leaves its fact open."""
        return self.evidence.set_aside(f"{self.why}; {self.settle}")


def ends(doubt: Doubt, later: Iterable[When]) -> bool:
    """Whether a readable result of the same kind and site came after it."""
    return any(doubt.when.end < when.begin for when in later)


def stays(evidence: Evidence) -> bool:
    """Whether it is of a condition, which stays until it is ended; a result is of its day."""
    return evidence.source.startswith("Condition")


def unborn(when: When, chart: Chart) -> bool:
    """Whether a date lies before the patient's birth, so that it is none."""
    return chart.born is not None and when.last < chart.born


def lies(statement: Statement, chart: Chart, as_of: date | None) -> When:
    """When a statement may be about: its own date, or the bounds its sender, the patient's birth
    and the day asked about give it.
    """
    own = statement.when
    if own is not None and unborn(own, chart):
        own = None
    if own is not None and not own.vague:
        return own
    first = max(own.first if own else statement.earliest or date.min, chart.born or date.min)
    ends = [own.last if own else date.max, statement.latest, as_of]
    ends += [said.last for said in (statement.issued, statement.sent) if said is not None]
    last = min(day for day in ends if day is not None)
    return When(own.text if own else "", min(first, last), last)
