"""Remissions and relapses carried forward: what came before a day, how often, and what doubt leaves
open.
"""

from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from allstatus.ehr.assess.remissions import Event, History, Past, marrow_side
from allstatus.ehr.dates import read_when
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.record.percent import read_percent
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules
from allstatus.rules.ruleset import RELAPSE, REMISSION
from allstatus.table.chart_context import Evidence

PATIENT = read_rules(find_rules())
STATUSES = PATIENT.statuses
AML = read_rules(Path(__file__).parents[3] / "examples/rules/nci-pdq-adult-aml-patient")
PLASMA = read_rules(Path(__file__).parents[2] / "pages/plasma")
SEEN = Evidence("Observation/1")


def day(number: int) -> date:
    return date(2026, 1, number)


def event(
    kind: str, number: int, *places: str, decided: bool = False, assumed: bool = False
) -> Event:
    return Event(day(number), kind, SEEN, decided, assumed, frozenset(places))


def course(text: str) -> Past:
    """`+3 -5 -6`: a remission on the 3rd, relapses on the 5th and 6th."""
    events = [
        event(REMISSION if word[0] == "+" else RELAPSE, int(word[1:])) for word in text.split()
    ]
    return History(events).before(day(28), None)


COURSES = [  # events, remission before, relapsed since, relapses
    ("", False, False, 0),
    ("+3", True, False, 0),
    ("-5", True, True, 1),
    ("+3 -5", True, True, 1),
    ("+3 -5 -6", True, True, 1),
    ("+3 -5 +7", True, False, 1),
    ("+3 -5 +7 -9", True, True, 2),
    ("-9 +7 -5 +3", True, True, 2),
]


@pytest.mark.parametrize(("text", "before", "since", "count"), COURSES)
def test_a_course(text: str, before: bool, since: bool, count: int) -> None:
    past = course(text)
    assert past.remission_before is before
    assert past.relapsed_since is since
    assert past.relapse_count == count


def test_a_relapse_on_the_day_of_the_remission_is_not_since_it() -> None:
    assert not course("+5 -5").relapsed_since
    assert course("+5 -6").relapsed_since


def test_remissions_end_before_the_day_and_relapses_with_its_evidence() -> None:
    remissions = [event(REMISSION, 3), event(REMISSION, 5)]
    history = History([*remissions, event(RELAPSE, 5), event(RELAPSE, 6)])
    past = history.before(day(5), day(5))
    assert [e.day for e in past.remissions] == [day(3)]
    assert [e.day for e in past.relapses] == [day(5)]
    assert [e.day for e in history.before(day(5), day(6)).relapses] == [day(5), day(6)]
    assert [e.day for e in history.before(day(5), None).relapses] == [day(5), day(6)]


def test_an_assessment_is_not_its_own_past() -> None:
    history = History()
    history.decided(day(5), STATUSES["recurrent"], places=frozenset({"cns"}))
    assert history.before(day(5), day(5)).relapses == ()
    (relapse,) = history.before(day(6), day(6)).relapses
    assert (relapse.decided, relapse.places) == (True, {"cns"})
    assert [e.day for e in history.before(day(4), None).relapses] == [day(5)]


def test_a_remission_coded_on_the_day_ends_what_came_before_it_and_one_decided_does_not() -> None:
    history = History([event(RELAPSE, 3)])
    history.decided(day(5), STATUSES["in_remission"])
    assert history.before(day(5), day(5)).ends == ()
    coded = History([event(RELAPSE, 3), event(REMISSION, 5), event(REMISSION, 6)])
    assert [e.day for e in coded.before(day(5), day(5)).ends] == [day(5)]
    assert not coded.before(day(5), day(5)).relapsed_since


@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        ("in_remission", [REMISSION]),
        ("recurrent", [RELAPSE]),
        ("untreated", []),
    ],
)
def test_which_statuses_are_carried_forward(status: str, kinds: list[str]) -> None:
    history = History()
    history.decided(day(3), STATUSES[status], places=frozenset({"marrow"}))
    assert [e.kind for e in history.events] == kinds
    assert all(bool(e.places) is (e.kind == RELAPSE) for e in history.events)


def test_what_codes_assert_is_of_the_last_day_it_can_be() -> None:
    said = [("in_remission", "2026-01"), ("relapse", "2026-02-03"), ("not_in_remission", "2026-03")]
    coded = [Finding("x", read_when(when), SEEN, value) for value, when in said]  # type: ignore[arg-type]
    found = [(e.kind, e.day, e.decided) for e in History.coded(coded).events]
    assert found == [(REMISSION, day(31), False), (RELAPSE, date(2026, 2, 3), False)]


def test_an_assessment_that_is_carried_forward_is_used_as_evidence() -> None:
    history = History()
    history.decided(day(3), STATUSES["in_remission"])
    assert [e.evidence.used for e in history.events] == [True]


def test_a_relapse_not_told_from_refractory_disease_needs_a_remission_before_it() -> None:
    either, history = AML.statuses["refractory_or_recurrent"], History()
    history.decided(day(3), either)
    assert history.events == []
    later = History([event(REMISSION, 3)])
    later.decided(day(3), either)
    later.decided(day(2), either)
    assert [event.kind for event in later.events] == [REMISSION]
    history.decided(day(4), AML.statuses["in_remission"])
    history.decided(day(5), either)
    assert [event.kind for event in history.events] == [REMISSION, RELAPSE]


@pytest.mark.parametrize(
    ("percent", "above"),
    [("4.9", False), ("5", True), ("<5", False), ("<=5", None), ("12", True), ("30", True)],
)
def test_a_marrow_is_above_a_limit_that_belongs_above_itself(
    percent: str, above: bool | None
) -> None:
    assert marrow_side(AML, read_percent(percent)) is above


RESTS = [  # events, whether all rests on a named assumption
    ([], False),
    ([event(REMISSION, 3)], False),
    ([event(REMISSION, 3, decided=True)], False),
    ([event(REMISSION, 3, decided=True, assumed=True)], True),
    ([event(REMISSION, 3, decided=True, assumed=True), event(REMISSION, 4)], False),
    ([event(REMISSION, 3, decided=True, assumed=True), event(RELAPSE, 4, decided=True)], True),
    ([event(REMISSION, 3, decided=True, assumed=True), event(RELAPSE, 4)], False),
]


@pytest.mark.parametrize(("events", "rests"), RESTS)
def test_whether_a_history_rests_on_an_assumption(events: list[Event], rests: bool) -> None:
    assert History(events).before(day(28), None).rests_on_assumption is rests


def test_what_doubt_leaves_open_counts_only_where_it_changes_which_is_last() -> None:
    history = History([event(REMISSION, 5)])
    history.undecided(day(4), [STATUSES["recurrent"]], SEEN, frozenset({"cns"}))
    history.undecided(day(6), [STATUSES["in_remission"], STATUSES["untreated"]], SEEN, frozenset())
    assert history.before(day(28), None).in_doubt == ()
    history.undecided(day(7), [STATUSES["recurrent"]], SEEN, frozenset({"cns"}))
    past = history.before(day(28), None)
    assert [(e.kind, e.day) for e in past.in_doubt] == [(RELAPSE, day(7))]
    assert past.places == {"cns"}
    assert history.before(day(7), None).in_doubt == ()


def test_what_is_decided_between_two_events_is_counted_between_them() -> None:
    history = History([event(RELAPSE, 3), event(RELAPSE, 10)])
    assert history.before(day(28), None).relapse_count == 1
    history.decided(day(5), STATUSES["in_remission"])
    assert history.before(day(28), None).relapse_count == 2


@pytest.mark.parametrize(("first", "then"), [(REMISSION, RELAPSE), (RELAPSE, REMISSION)])
def test_doubt_between_the_last_remission_and_the_last_relapse_changes_nothing(
    first: str, then: str
) -> None:
    history = History([event(first, 5), event(then, 7)], [event(first, 6)])
    assert history.before(day(28), None).in_doubt == ()


@pytest.mark.parametrize(
    "events", list(permutations([event(REMISSION, 5), event(RELAPSE, 5, "cns")]))
)
def test_of_a_remission_and_a_relapse_of_one_day_it_is_not_known_which_is_last(
    events: tuple[Event, ...],
) -> None:
    past = History(list(events)).before(day(28), None)
    assert [(e.kind, e.day) for e in past.in_doubt] == [(RELAPSE, day(5))]
    assert past.places == {"cns"}
    later = History([*events, event(REMISSION, 6)]).before(day(28), None)
    assert later.in_doubt == ()


@pytest.mark.parametrize(
    "events",
    list(permutations([event(REMISSION, 5), event(RELAPSE, 5, "cns"), event(RELAPSE, 5, "skin")])),
)
def test_every_relapse_of_the_last_remission_s_day_is_in_doubt(events: tuple[Event, ...]) -> None:
    past = History(list(events)).before(day(28), None)
    assert len(past.in_doubt) == 2
    assert past.places == {"cns", "skin"}
    relapsed = History([*events, event(RELAPSE, 6, "testis")]).before(day(28), None)
    assert (relapsed.in_doubt, relapsed.places) == ((), {"testis"})


def test_without_a_remission_or_relapse_nothing_is_in_doubt() -> None:
    assert Past((), (), (event(RELAPSE, 5),)).in_doubt == ()


def test_places_are_those_since_the_last_remission_or_not_known() -> None:
    events = [event(RELAPSE, 2, "cns"), event(REMISSION, 3), event(RELAPSE, 5, "marrow")]
    assert History(events).before(day(28), None).places == {"marrow"}
    assert History(events, [event(RELAPSE, 6)]).before(day(28), None).places == {"marrow"}
    doubtful = History([event(REMISSION, 3)], [event(RELAPSE, 6)])
    assert doubtful.before(day(28), None).places == frozenset()
    one_known = History([event(REMISSION, 3)], [event(RELAPSE, 6, "cns"), event(RELAPSE, 7)])
    assert one_known.before(day(28), None).places == frozenset()
    perhaps_over = History([event(RELAPSE, 5, "cns")], [event(REMISSION, 6)])
    assert perhaps_over.before(day(28), None).places == {"cns"}


@pytest.mark.parametrize(
    ("percent", "above"),
    [("5", False), ("5.0000001", True), ("4-6", None), (">5", True), ("<5", False)],
)
def test_the_side_of_the_marrow(percent: str, above: bool | None) -> None:
    assert marrow_side(PATIENT, read_percent(percent)) is above


@pytest.mark.parametrize(
    ("percent", "above"),
    [(None, None), ("unknown", None), ("5-10", None), (2, False), ("<5", False), ("10/100", True)],
)
def test_the_side_of_a_marrow_as_a_caller_writes_it(percent: object, above: bool | None) -> None:
    assert marrow_side(PATIENT, percent) is above


def test_rules_without_a_limit_of_the_marrow_tell_no_side() -> None:
    assert marrow_side(PLASMA, "60") is None
