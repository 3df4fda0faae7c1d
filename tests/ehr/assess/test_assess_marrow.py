"""The marrow of an assessment: which one counts, and what is told of the others."""

import pytest

from ehr.charts_as_yaml import decide, tell

FACT = "marrow_blast_percent"
GIVEN = {"given": "vincristine", "day": "2025-01-10"}
COUNT = {"count": "normal", "day": "2025-03-10"}


def becauses(lines: list[dict[str, object]]) -> list[str]:
    return [entry.because for entry in decide(lines).facts[FACT].evidence if not entry.used]


def test_earlier_marrows_are_shown_the_last_three() -> None:
    earlier = [{"marrow": 60, "day": f"2025-02-0{day}"} for day in range(1, 6)]
    aside = becauses([GIVEN, *earlier, {"marrow": 2, "day": "2025-03-10"}, COUNT])
    assert aside == ["an earlier marrow"] * 3


def test_at_an_earlier_assessment_only_those_of_its_time_are_shown() -> None:
    hours = [{"marrow": 60, "day": f"2025-02-10T0{hour}:00"} for hour in (8, 9)]
    others = [{"marrow": 60, "day": day} for day in ("2025-02-11", "2025-02")]
    first = tell([GIVEN, *hours, *others]).points[0].decision.facts[FACT]
    assert [entry.date for entry in first.evidence if entry.because == "an earlier marrow"] == [
        "2025-02-10"
    ]


def test_a_marrow_before_treatment_cannot_show_what_followed() -> None:
    decision = decide([GIVEN, {"marrow": 2, "day": "2025-01-10"}])
    assert decision.facts[FACT].value is None
    assert (
        "the latest marrow (2025-01-10) was taken no later than the start of treatment "
        "(2025-01-10), so it cannot show what followed"
    ) in decision.warnings


def test_a_marrow_before_a_relapse_cannot_show_that_it_is_over() -> None:
    relapse = {"relapse": "", "recorded": "2025-03-12"}
    decision = decide([GIVEN, {"marrow": 2, "day": "2025-03-10"}, COUNT, relapse])
    assert decision.facts[FACT].value is None
    leukemic = decide([GIVEN, {"marrow": 60, "day": "2025-03-10"}, COUNT, relapse])
    assert leukemic.facts[FACT].value == "60"


def test_two_that_differ_are_a_conflict_and_of_two_specimens_open() -> None:
    two = [{"marrow": 2, "day": "2025-03-10"}, {"marrow": 30, "day": "2025-03-10"}]
    conflict = decide([GIVEN, *two, COUNT])
    assert [entry.constraint for entry in conflict.conflicts] == ["two_marrow_results_on_one_day"]
    sides = [one | {"specimen": side} for one, side in zip(two, ("left", "right"), strict=True)]
    decision = decide([GIVEN, *sides, COUNT])
    assert not decision.conflicts
    assert (
        "two marrow specimens of 2025-03-10 differ, so the percentage is open" in decision.warnings
    )


def test_of_two_that_agree_the_narrower_counts() -> None:
    two = [{"marrow": "<5 %", "day": "2025-03-10"}, {"marrow": 4, "day": "2025-03-10"}]
    assert decide([GIVEN, *two, COUNT]).facts[FACT].value == "4"
    assert becauses([GIVEN, *two, COUNT]) == ["agrees with the one counted"]


DAY, HOUR, WIDE = "2025-03-10", "2025-03-10T10:00:00", "2-10 %"


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        ((2, DAY), (WIDE, DAY), "given"),
        ((2, HOUR), (WIDE, HOUR), "given"),
        ((2, HOUR), (WIDE, DAY), "unknown"),
        ((2, DAY), (WIDE, HOUR), "unknown"),
        ((2, HOUR), (3, DAY), "given"),
        ((WIDE, DAY), ("3-12 %", HOUR), "given"),
    ],
)
def test_a_marrow_is_not_taken_where_another_may_be_later_and_does_not_settle(
    one: tuple[object, str], other: tuple[object, str], state: str
) -> None:
    marrows = [{"marrow": value, "day": day} for value, day in (one, other)]
    assert decide([GIVEN, COUNT, *marrows]).facts[FACT].state == state
