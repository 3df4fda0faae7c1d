"""Which results belong together, at each edge; `assessment.yaml` holds the cases."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.decision.decision import Decision
from ehr.charts_as_yaml import decide, tell

GROUPS = yaml.safe_load(Path(__file__).with_name("assessment.yaml").read_text("utf-8"))
CASES = {
    f"{group}: {name}": (entry["with"] + case["chart"], case["expect"])
    for group, entry in GROUPS.items()
    for name, case in entry["cases"].items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_chart_is_assessed_as_the_table_says(name: str) -> None:
    lines, expect = CASES[name]
    decision = decide(lines)
    now = {key: value for key, value in expect.items() if key != "earlier"}
    assert told(decision, now) == now, decision.warnings


def told(decision: Decision, expect: dict[str, Any]) -> dict[str, Any]:
    """Of a decision what is expected of it."""
    found: dict[str, Any] = {key: fact.value for key, fact in decision.facts.items()}
    found |= {"outcome": decision.outcome, "status": decision.status}
    return {key: found[key] for key in expect}


@pytest.mark.parametrize("name", [name for name in CASES if "earlier" in CASES[name][1]])
def test_each_earlier_assessment_is_as_the_table_says(name: str) -> None:
    lines, expect = CASES[name]
    points = {point.day: point.decision for point in tell(lines).points}
    found = {day: told(points[day], wanted) for day, wanted in expect["earlier"].items()}
    assert found == expect["earlier"]


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_a_chart_s_statements_does_not_matter(name: str) -> None:
    lines, _ = CASES[name]
    one, other = decide(lines), decide(lines[::-1])
    assert (one.outcome, one.possible) == (other.outcome, other.possible)
