"""Dated records of one patient: what each leaves to the next, and what a record says itself."""

from datetime import date
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.ehr.timelines.record_history import decide_dated
from shipped import RULES

CLEAR = {"cbc": "normal", "marrow_blast_percent": "2", "signs_and_symptoms": "absent"}
TREATED = {**CLEAR, "prior_treatment": "disease_directed", "leukemia_outside_marrow": "absent"}
SICK = {"cbc": "abnormal", "marrow_blast_percent": "60", "signs_and_symptoms": "present"}
REMISSION = {"id": "a", "as_of": "2026-01-01", **TREATED}
RELAPSE = {"id": "a", "as_of": "2026-03-01", **SICK}
AGAIN = {"id": "a", "as_of": "2026-05-01", **CLEAR}


def statuses(records: list[dict[str, Any]], as_of: date | None = None) -> list[list[str | None]]:
    return [
        [point.decision.status for point in timeline.points]
        for timeline in decide_dated(RULES, records, as_of)
    ]


def test_a_remission_is_carried_to_a_relapse_and_on() -> None:
    assert statuses([REMISSION, RELAPSE, AGAIN]) == [["in_remission", "recurrent", "in_remission"]]


def test_the_order_they_are_given_in_does_not_matter() -> None:
    assert statuses([AGAIN, RELAPSE, REMISSION]) == statuses([REMISSION, RELAPSE, AGAIN])


def test_what_is_carried_is_derived_and_says_so() -> None:
    (timeline,) = decide_dated(RULES, [REMISSION, RELAPSE])
    fact = timeline.points[1].decision.facts["prior_remission"]
    assert (fact.value, fact.state) == (True, "derived")
    assert [entry.because for entry in fact.evidence] == ["carried forward from the record before"]


def test_what_a_record_says_itself_stands() -> None:
    (timeline,) = decide_dated(RULES, [REMISSION, {**RELAPSE, "prior_remission": "unknown"}])
    fact = timeline.points[1].decision.facts["prior_remission"]
    assert fact.state != "derived"


def test_remissions_are_numbered_and_changes_marked() -> None:
    steady = {**AGAIN, "as_of": "2026-06-01"}
    (timeline,) = decide_dated(RULES, [REMISSION, RELAPSE, AGAIN, steady])
    assert [point.number for point in timeline.points] == [1, None, 2, 2]
    assert [point.changed for point in timeline.points] == [True, True, True, False]


def test_each_patient_has_a_history_of_their_own() -> None:
    other = {**RELAPSE, "id": "b"}
    assert statuses([REMISSION, other]) == [["in_remission"], [None]]
    assert [timeline.patient for timeline in decide_dated(RULES, [other, REMISSION])] == ["a", "b"]


def test_records_after_the_day_are_left_out_and_those_of_the_day_are_not() -> None:
    given = [REMISSION, RELAPSE]
    assert statuses(given, date(2026, 2, 28)) == [["in_remission"]]
    assert statuses(given, date(2026, 3, 1)) == [["in_remission", "recurrent"]]
    assert statuses(given, date(2025, 12, 31)) == []


def test_a_record_without_a_date_is_refused() -> None:
    with pytest.raises(InvalidRecord, match="as_of"):
        decide_dated(RULES, [REMISSION, {"id": "a", **CLEAR}])


@pytest.mark.parametrize(
    ("between", "then", "status", "number"),
    [
        ({"marrow_blast_percent": "unknown"}, {}, "in_remission", None),
        ({"marrow_blast_percent": "3-8", "leukemia_outside_marrow": "unknown"}, {}, None, None),
        ({**CLEAR, "leukemia_outside_marrow": "unknown"}, {}, None, None),
        ({**CLEAR, "relapse_since_remission": "unknown"}, {}, None, None),
        ({**CLEAR, "relapse_since_remission": True}, {}, None, None),
        (
            {**CLEAR, "relapse_since_remission": True},
            {"relapse_since_remission": False},
            "in_remission",
            None,
        ),
        ({"cbc": "unknown"}, {}, "in_remission", 1),
        ({**CLEAR, "signs_and_symptoms": "unknown"}, {}, "in_remission", 1),
        ({**CLEAR, "leukemia_outside_marrow": "absent"}, {}, "in_remission", 1),
    ],
)
def test_what_a_record_between_leaves_open_may_have_been_a_relapse(
    between: dict[str, Any], then: dict[str, Any], status: str | None, number: int | None
) -> None:
    record = {"id": "a", "as_of": "2026-03-01", **between}
    (timeline,) = decide_dated(RULES, [REMISSION, record, {**AGAIN, **then}])
    assert (timeline.points[2].decision.status, timeline.points[2].number) == (status, number)


def test_what_may_have_been_a_remission_leaves_a_relapse_open() -> None:
    record = {"id": "a", "as_of": "2026-04-01", **CLEAR, "marrow_blast_percent": "3-8"}
    (timeline,) = decide_dated(RULES, [REMISSION, RELAPSE, record, {**AGAIN, "cbc": "abnormal"}])
    fact = timeline.points[3].decision.facts["relapse_since_remission"]
    assert (fact.value, fact.state) == (None, "unknown")


def test_a_relapse_is_not_over_by_a_remission_of_its_own_day() -> None:
    same = {**AGAIN, "as_of": RELAPSE["as_of"], "leukemia_outside_marrow": "absent"}
    (timeline,) = decide_dated(RULES, [REMISSION, RELAPSE, same, AGAIN])
    fact = timeline.points[3].decision.facts["relapse_since_remission"]
    assert (fact.value, fact.state) == (None, "unknown")
