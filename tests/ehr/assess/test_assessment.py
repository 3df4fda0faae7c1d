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


def test_what_leaves_a_fact_open_is_told_beside_what_would_have_set_it() -> None:
    readable: dict[str, Any] = {"marrow": 2, "day": "2025-03-10"}
    decision = decide(
        [{"given": "vincristine", "day": None}, readable, {**readable, "marrow": "see report"}]
    )
    evidence = decision.facts["marrow_blast_percent"].evidence
    marrow = [entry.because for entry in evidence if not isinstance(entry, str)]
    assert marrow == [
        "bone marrow blasts; but another cannot be read",
        "is text, which is quoted and not read; say what percentage of the marrow's cells were "
        "blasts, and when",
    ]
    assert [w for w in decision.warnings if "leaves it open" in w] == [
        "Vincristine leaves it open (has no date, so it cannot be placed before or after a "
        "result); say whether treatment directed at the leukemia was given, and when",
        "Blasts in bone marrow, percent of cells of 2025-03-10 leaves it open (is text, which is "
        "quoted and not read): 'see report'; say what percentage of the marrow's cells were "
        "blasts, and when",
    ]
