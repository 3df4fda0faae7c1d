"""One patient's history as a state machine for Hypothesis: a step at a time, each held against the
rules. Public, under semver.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from allstatus.testing.answers import AnswerLevel, answer_of
from allstatus.testing.assertions import failure_of
from allstatus.testing.charts import APART, PHASES, Course
from allstatus.testing.number_strategies import Rules, classifier_of
from allstatus.testing.representatives import Record
from allstatus.testing.vectors import Vector


class HistoryMachine(RuleBasedStateMachine):
    """A patient examined again and again, from one phase to the next. Subclass it, give it
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

    @rule(days=st.integers(*APART), data=st.data())
    def goes_on(self, days: int, data: st.DataObject) -> None:
        """Some days later, in a phase that may follow or in the same."""
        self.course.go_on(data.draw(st.sampled_from(PHASES[self.course.phase])), days)
        self._examine(data)

    def _examine(self, data: st.DataObject) -> None:
        self.check(self.course.examine(data.draw(self.course.findings(self.ruleset))))
