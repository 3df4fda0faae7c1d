"""The blood count of an assessment: which results are told of, and what it rests on."""

from allstatus.decision.decision import Decision
from ehr.charts_as_yaml import COUNT, decide

BEFORE = [{"given": "vincristine", "day": "2025-01-10"}, {"marrow": 2, "day": "2025-03-10"}]


def told(decision: Decision) -> list[str]:
    return [entry.because for entry in decision.facts["cbc"].evidence if not entry.used]


def test_a_count_of_the_marrow_s_day_rests_on_nothing_else() -> None:
    decision = decide([*BEFORE, {"count": "normal", "day": "2025-03-10"}])
    assert decision.facts["cbc"].value == "normal"
    assert "cbc" not in {entry.fact for entry in decision.assumptions}
    assert told(decision) == []


def test_a_count_near_the_marrow_names_the_window() -> None:
    decision = decide([*BEFORE, {"count": "normal", "day": "2025-03-12"}])
    assert {entry.value for entry in decision.assumptions if entry.fact == "cbc"} == {
        "within 14 days"
    }


def test_one_component_of_another_day_is_enough_for_it() -> None:
    lines = [{name: "normal", "day": f"2025-03-1{n}"} for n, name in enumerate(COUNT)]
    assert [entry.fact for entry in decide([*BEFORE, *lines]).assumptions].count("cbc") == 1


def test_without_a_marrow_there_is_no_window() -> None:
    decision = decide([BEFORE[0], {"count": "normal", "day": "2025-03-12"}])
    assert decision.facts["cbc"].value == "normal"
    assert "cbc" not in {entry.fact for entry in decision.assumptions}


def test_the_adult_table_is_a_named_assumption() -> None:
    parts = [{name: 230 if name == "platelets" else 6} for name in ("wbc", "platelets")]
    lines = [part | {"day": "2025-03-10"} for part in parts]
    hemoglobin = {"hemoglobin": "normal", "day": "2025-03-10"}
    decision = decide([*BEFORE, *lines, hemoglobin])
    assert decision.facts["cbc"].value == "normal"
    assert "adult ranges" in {entry.value for entry in decision.assumptions}


def test_what_is_further_away_or_before_treatment_is_told() -> None:
    others = [{"count": "low", "day": "2025-03-14"}, {"count": "low", "day": "2025-01-09"}]
    decision = decide([*BEFORE, {"count": "normal", "day": "2025-03-10"}, *others])
    assert decision.status == "in_remission"
    assert told(decision) == [
        "no later than the start of treatment",
        "further from the marrow, or not within the window",
    ]


def test_a_later_count_beyond_the_window_is_warned_of() -> None:
    lines = [*BEFORE, {"count": "normal", "day": "2025-03-10"}]
    warning = (
        "later blood counts (to 2025-03-25) do not belong to the marrow of 2025-03-10; the answer "
        "is about that day"
    )
    assert warning in decide([*lines, {"count": "low", "day": "2025-03-25"}]).warnings
    assert warning not in decide([*lines, {"count": "low", "day": "2025-03-24"}]).warnings


def test_a_count_that_cannot_be_read_says_what_would_settle_it() -> None:
    decision = decide([BEFORE[0], {"platelets": "clumped", "day": "2025-06-01"}])
    settle = "say what was measured, and whether it is normal"
    assert [w.endswith(settle) for w in decision.warnings if "leaves it open" in w] == [True]


def test_a_count_that_is_open_rests_on_no_assumption() -> None:
    clumped = {"platelets": "clumped", "day": "2025-03-12"}
    decision = decide([*BEFORE, {"count": "normal", "day": "2025-03-12"}, clumped])
    assert decision.facts["cbc"].value is None
    assert "cbc" not in {entry.fact for entry in decision.assumptions}
