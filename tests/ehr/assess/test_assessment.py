"""Which results belong together, at each edge; `assessment.yaml` holds the cases."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.decision.decision import Decision
from allstatus.ehr.assess.assessment import Assessment, places_open
from allstatus.ehr.dates import read_when
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.table.chart_context import Evidence
from ehr.charts_as_yaml import RULES, decide, tell

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
    found |= {"possible": list(decision.possible)}
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


def test_a_marrow_of_a_month_that_is_not_over_may_be_of_the_day_that_is_asked_about() -> None:
    treated: dict[str, Any] = {"given": "vincristine", "day": "2025-01-10"}
    of_march: dict[str, Any] = {"marrow": 2, "day": "2025-03"}
    counts = [{"count": "normal", "day": "2025-03-05"}, {"count": "low", "day": "2025-03-15"}]
    fever = {"fever": "", "day": "2025-03-15", "until": "2025-03-15"}
    other = {"marrow": 2, "day": "2025-03-05"}
    asked = date(2025, 3, 15)
    assert decide([treated, other, counts[0]], asked).status == "in_remission"
    assert decide([treated, of_march], asked).facts["marrow_blast_percent"].value is None
    decision = decide([treated, of_march, other, *counts, fever], asked)
    assert decision.facts["cbc"].value is None


@pytest.mark.parametrize(
    ("low", "cbc"), [("2025-03-10", None), ("2025-03-15", None), ("2025-03-16", "normal")]
)
def test_such_a_marrow_after_another_is_of_no_day_after_it(low: str, cbc: str | None) -> None:
    marrows = [{"marrow": 2, "day": "2025-02-14"}, {"marrow": 2, "day": "2025-03"}]
    counts = [{"count": "normal", "day": day} for day in ("2025-02-14", "2025-03-01")]
    treated = {"given": "vincristine", "day": "2025-01-10"}
    lines = [treated, *marrows, *counts, {"count": "low", "day": low}]
    assert decide(lines, date(2025, 3, 15)).facts["cbc"].value == cbc


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


def doubt(fact: str, name: str = "x") -> Doubt:
    day = read_when("2025-03-10")
    assert day
    return Doubt(fact, name, day, "cannot be read", Evidence(f"{fact} {name}"))


def found_so_far() -> Assessment:
    """Count and marrow derived, and each assumed."""
    found = Assessment()
    for fact, value in (("cbc", "normal"), ("marrow_blast_percent", "2")):
        found.derive(fact, value, [Evidence(f"{fact} 1", used=True, because="counted")])
        found.assume(fact, value, "assumed")
    return found


def becauses(found: Assessment, fact: str) -> list[tuple[bool, str]]:
    return [(entry.used, entry.because) for entry in found.evidence[fact]]


def test_what_is_left_open_rests_on_nothing_and_nothing_else_changes() -> None:
    found = found_so_far()
    found.leave_open("cbc", [doubt("cbc"), doubt("cbc")])
    assert found.facts == {"cbc": "unknown", "marrow_blast_percent": "2"}
    assert [entry.fact for entry in found.assumptions] == ["marrow_blast_percent"]
    assert becauses(found, "cbc") == [(False, "counted; but another cannot be read")]
    assert becauses(found, "marrow_blast_percent") == [(True, "counted")]
    assert (len(found.open), len(found.warnings)) == (1, 1)


def test_what_somebody_states_answers_what_was_in_doubt_of_it_and_of_nothing_else() -> None:
    found = found_so_far()
    for fact in ("cbc", "marrow_blast_percent"):
        found.leave_open(fact, [doubt(fact)])
        found.assume(fact, "unknown", "assumed")
    found.evidence["cbc"].append(Evidence("cbc 2", used=True, because="seen"))
    found.state("cbc", "abnormal", Evidence("clinician", used=True), "a clinician says otherwise")
    assert found.facts == {"cbc": "abnormal", "marrow_blast_percent": "unknown"}
    assert found.states["cbc"] == "given"
    assert [one.fact for one in found.open] == ["marrow_blast_percent"]
    assert found.warnings == [doubt("marrow_blast_percent").sentence]
    assert [entry.fact for entry in found.assumptions] == ["marrow_blast_percent"]
    assert not found.is_open(doubt("cbc"))
    assert becauses(found, "cbc") == [
        (False, "counted; but another cannot be read"),
        (False, "a clinician says otherwise"),
        (True, ""),
    ]


def test_of_two_completions_what_differs_is_open_unless_somebody_stated_it() -> None:
    one, other = Assessment(), Assessment()
    one.facts = {"cbc": "normal", "prior_remission": True, "relapse_count": 1}
    one.states["prior_remission"] = "given"
    other.facts = {"cbc": "abnormal", "prior_remission": False, "relapse_count": 1}
    one.conflicts = [("both", (), ""), ("one", (), "")]
    other.conflicts = [("both", (), "")]
    one.or_else(other, doubt("cbc"))
    assert one.facts == {"cbc": "unknown", "prior_remission": True, "relapse_count": 1}
    assert one.conflicts == [("both", (), "")]
    other.facts["relapse_count"] = 2
    one.or_else(other, doubt("cbc"))
    assert "relapse_count" not in one.facts
    del other.facts["prior_remission"]
    one.facts["marrow_blast_percent"], one.states["marrow_blast_percent"] = "2", "given"
    one.or_else(other, doubt("cbc"))
    assert one.facts["prior_remission"] is True
    assert one.facts["marrow_blast_percent"] == "unknown"


@pytest.mark.parametrize(
    ("marrow", "doubts", "places"),
    [
        (None, [], set()),
        ("2", [], set()),
        ("3-8", [], {"marrow"}),
        (None, [("marrow_blast_percent", "x")], {"marrow"}),
        ("2", [("leukemia_outside_marrow", "cns"), ("cbc", "platelets")], {"cns"}),
    ],
)
def test_where_leukemia_may_be(
    marrow: str | None, doubts: list[tuple[str, str]], places: set[str]
) -> None:
    found = Assessment(facts={} if marrow is None else {"marrow_blast_percent": marrow})
    found.open = [doubt(*one) for one in doubts]
    assert places_open(RULES.ruleset, found) == places
