"""Which results belong together, at each edge; `assessment.yaml` holds the cases."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ehr.charts_as_yaml import decide

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
    found: dict[str, Any] = {key: fact.value for key, fact in decision.facts.items()}
    found |= {"outcome": decision.outcome, "status": decision.status}
    assert {key: found[key] for key in expect} == expect, decision.warnings


@pytest.mark.parametrize("name", CASES)
def test_the_order_of_a_chart_s_statements_does_not_matter(name: str) -> None:
    lines, _ = CASES[name]
    one, other = decide(lines), decide(lines[::-1])
    assert (one.outcome, one.possible) == (other.outcome, other.possible)
