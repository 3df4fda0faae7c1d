"""A history followed a step at a time: right classifiers pass, forgetful ones are caught."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from allstatus.testing import HistoryMachine
from allstatus.testing.answers import answer_of
from shipped import RULES

SAME = settings(
    derandomize=True,
    database=None,
    max_examples=300,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Patient(HistoryMachine):
    """A classifier that is right, followed over time."""

    def classify(self, record: dict[str, Any]) -> Any:
        return answer_of(RULES, record)


class Forgetful(HistoryMachine):
    """One that forgets earlier remissions."""

    def classify(self, record: dict[str, Any]) -> Any:
        return answer_of(RULES, record | {"prior_remission": False, "relapse_count": None})


def test_a_history_is_followed_a_step_at_a_time() -> None:
    followed = settings(SAME, max_examples=20, stateful_step_count=8)
    run_state_machine_as_test(Patient, settings=followed)
    with pytest.raises(AssertionError, match="history"):
        run_state_machine_as_test(Forgetful, settings=settings(SAME, max_examples=50))
