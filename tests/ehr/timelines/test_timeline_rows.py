"""The rows of a timeline's picture: which days they span, and what stands in them for a point."""

from datetime import date, timedelta
from typing import Any

import pytest

from allstatus.ehr.timelines.record_history import decide_dated
from allstatus.ehr.timelines.timeline_rows import TimelineRows, band_of
from shipped import RULES

CLEAN = {
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": 2,
    "signs_and_symptoms": "absent",
}
IN_CNS = CLEAN | {"prior_remission": True, "leukemia_outside_marrow": {"site": ["cns", "testes"]}}
# facts -> the band of its point, and where leukemia is outside the marrow
CASES: list[tuple[dict[str, Any], str, str]] = [
    (CLEAN, "in_remission", "found"),
    (IN_CNS, "recurrent", "CNS, testes"),
    (CLEAN | {"leukemia_outside_marrow": {"site": "blood"}}, "cannot_tell", "blood"),
    ({"cbc": "normal"}, "cannot_tell", "found"),
]


def rows_of(*records: dict[str, Any]) -> TimelineRows:
    days = [date(2025, 1, 1) + timedelta(days=100 * number) for number in range(len(records))]
    dated = [{"id": "p", "as_of": day, **facts} for day, facts in zip(days, records, strict=True)]
    (timeline,) = decide_dated(RULES, dated)
    return TimelineRows(timeline, [(p.day, p) for p in timeline.points if p.day], "?")


@pytest.mark.parametrize(("facts", "band", "sites"), CASES)
def test_a_point_has_a_band_and_its_sites(facts: dict[str, Any], band: str, sites: str) -> None:
    rows = rows_of(facts)
    ((_, point),) = rows.points
    assert band_of(point) == band
    assert band in rows.bands
    assert rows.sites_of(point) == sites


def test_the_days_are_spanned_with_room_for_labels() -> None:
    rows = rows_of(CLEAN, CLEAN, CLEAN)
    assert rows.days == [date(2025, 1, 1), date(2025, 4, 11), date(2025, 7, 20)]
    assert rows.span == (date(2024, 12, 26), date(2025, 8, 7))
    assert rows.width == 224


def test_one_day_is_spanned_as_if_it_were_two_months() -> None:
    assert rows_of(CLEAN).span == (date(2024, 12, 31), date(2025, 1, 6))


@pytest.mark.parametrize(
    ("percents", "joined"),
    [(["88", "3", "1", "46"], 1), (["5", "4"], 1), (["5", "5.0001"], 0), (["<5", "4"], 0)],
)
def test_percentages_are_joined_on_one_side_of_the_limit_only(
    percents: list[str], joined: int
) -> None:
    from matplotlib.figure import Figure

    axis = Figure().add_subplot()
    rows_of(*(CLEAN | {"marrow_blast_percent": percent} for percent in percents)).blasts(axis)
    assert sum(line.get_linestyle() == ":" for line in axis.lines) == joined
