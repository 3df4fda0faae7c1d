"""One patient's history as a state machine for Hypothesis: a step at a time, each held against the
rules. Public, under semver.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from allstatus.testing.answers import AnswerLevel, answer_of
from allstatus.testing.assertions import failure_of
from allstatus.testing.charts import APART, PHASES, Course, findings
from allstatus.testing.number_strategies import Rules, classifier_of
from allstatus.testing.representatives import Record
from allstatus.testing.vectors import Vector

DAYS = st.integers(*APART)


class HistoryMachine(RuleBasedStateMachine):
    """A patient examined again and again: treated, in remission, relapsed. Subclass it, give it
    `classify`, and have pytest run `TestMine = Mine.TestCase`.

    Each examination makes a record, kept in `course.records`; `check` holds the answer to it
    against the rules (`ruleset`, a name or folder, at `level`). Override `check` to hold more, such
    as what an answer may do after the one before.
    """

    ruleset: Rules = None
    level = "exact-decimal"

    def __init__(self) -> None:
        super().__init__()
        self.course = Course()

    def classify(self, record: Record) -> Any:
        """Your classifier: a record to its answer."""
        raise NotImplementedError("give your classifier: def classify(self, record): ...")

    def check(self, record: Record) -> None:
        """Raise AssertionError unless the answer to a record is that of the rules."""
        __tracebackhide__ = True
        claim = AnswerLevel(self.level)
        expected = answer_of(classifier_of(self.ruleset), record)
        vector = Vector("history", "history", claim, record, expected)
        if failure := failure_of(self.classify, vector, claim):
            raise AssertionError("\n".join(failure.lines)) from failure.raised

    @initialize(data=st.data())
    def comes(self, data: st.DataObject) -> None:
        """The patient comes, never treated."""
        self._examine(data)

    @precondition(lambda machine: machine.may("treated"))
    @rule(days=DAYS, data=st.data())
    def is_treated(self, days: int, data: st.DataObject) -> None:
        """Treatment directed at the disease is given, and the disease is still there."""
        self.course.go_on("treated", days)
        self._examine(data)

    @precondition(lambda machine: machine.may("in_remission"))
    @rule(days=DAYS, data=st.data())
    def is_in_remission(self, days: int, data: st.DataObject) -> None:
        """Nothing is found any more, or still nothing."""
        self.course.go_on("in_remission", days)
        self._examine(data)

    @precondition(lambda machine: machine.may("recurrent"))
    @rule(days=DAYS, data=st.data())
    def relapses_or_stays(self, days: int, data: st.DataObject) -> None:
        """The disease is back, or still there."""
        self.course.go_on("recurrent", days)
        self._examine(data)

    def may(self, phase: str) -> bool:
        """Whether the patient's disease can be in a phase next."""
        return phase in PHASES[self.course.phase]

    def _examine(self, data: st.DataObject) -> None:
        found = data.draw(findings(self.course.phase == "in_remission", self.ruleset))
        self.check(self.course.examine(found))
