"""Points are numbered by remission, marked where the status is another, and paired by day."""

from datetime import date

from allstatus.ehr.assess.remissions import Past
from allstatus.ehr.timelines.timeline_points import Timeline, add_point
from shipped import RULES

REMISSION = {
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": "2",
    "signs_and_symptoms": "absent",
}
FIRST, SECOND = date(2025, 1, 1), date(2025, 3, 1)


def test_only_another_status_is_a_change() -> None:
    told = Timeline("p1")
    unclear = {"cbc": "normal"}
    last = None
    for day, record in ((FIRST, REMISSION), (SECOND, unclear), (date(2025, 4, 1), REMISSION)):
        last = add_point(told.points, day, RULES.classify(record), Past((), ()), last)
    assert [(point.number, point.changed) for point in told.points] == [
        (1, True),
        (None, False),
        (1, False),
    ]
    assert last == "in_remission"


def test_a_point_stands_beside_the_one_of_its_day() -> None:
    told, other = Timeline("p1"), Timeline("p1")
    assert told.beside() == []
    for timeline, days in ((told, (FIRST, SECOND)), (other, (SECOND,))):
        for day in days:
            add_point(timeline.points, day, RULES.classify(REMISSION), Past((), ()), None)
    told.assuming = other
    assert [(mine.day, other and other.day) for mine, other in told.beside()] == [
        (FIRST, None),
        (SECOND, SECOND),
    ]
