"""Coded statuses that say otherwise than the facts: both are shown, the facts decide."""

from ehr.charts_as_yaml import decide

TREATED = [{"given": "vincristine", "day": "2025-01-10"}]
COUNT = {"count": "normal", "day": "2025-03-10"}
REMISSION = [*TREATED, {"marrow": 2, "day": "2025-03-10"}, COUNT]
MARROW = [*TREATED, {"marrow": 60, "day": "2025-03-10"}, COUNT]


def test_a_remission_coded_beside_a_marrow_that_is_none() -> None:
    known = {"remission": "", "recorded": "2025-02-20"}
    decision = decide([*MARROW, known, {"remission": "", "recorded": "2025-03-12"}])
    assert decision.status == "recurrent"
    assert [entry.says for entry in decision.contradictions] == ["in_remission"]
    assert any("both are shown, the facts decide" in warning for warning in decision.warnings)


def test_statuses_that_agree_or_are_of_another_time_are_none() -> None:
    agreeing = decide([*REMISSION, {"remission": "", "recorded": "2025-03-12"}])
    assert not agreeing.contradictions
    earlier = [
        {"relapse": "", "recorded": "2025-02-10"},
        {"remission": "", "recorded": "2025-02-20"},
    ]
    assert not decide([*REMISSION, *earlier]).contradictions
