"""Several sendings of one result: which holds, whatever order they come in."""

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.ehr.chart import Quantity, Result
from allstatus.ehr.dates import read_when
from allstatus.ehr.sendings import MAYBE_CORRECTED, SUPERSEDED, without_superseded

Sent = tuple[str, str, bool]  # its name, when it was sent, whether it is a correction
# sendings -> of each why it does not hold (empty: it does)
CASES: dict[str, tuple[list[Sent], list[str]]] = {
    "one": ([("a", "2025-03-11", False)], [""]),
    "the later": ([("a", "2025-03-11", False), ("a", "2025-03-12", False)], [SUPERSEDED, ""]),
    "of two names both": ([("a", "2025-03-11", False), ("b", "2025-03-12", False)], ["", ""]),
    "without a name both": ([("", "2025-03-11", False), ("", "2025-03-12", False)], ["", ""]),
    "of one time both": ([("a", "2025-03-11", False), ("a", "2025-03-11", False)], ["", ""]),
    "a correction of that time": (
        [("a", "2025-03-11", False), ("a", "2025-03-11", True)],
        [SUPERSEDED, ""],
    ),
    "a later one than a correction": (
        [("a", "2025-03-11", True), ("a", "2025-03-12", False)],
        [SUPERSEDED, ""],
    ),
    "the one with a time": ([("a", "", False), ("a", "2025-03-11", False)], [SUPERSEDED, ""]),
    "none with a time both": ([("a", "", False), ("a", "", False)], ["", ""]),
    "a correction without a time of one without": (
        [("a", "", False), ("a", "", True)],
        [SUPERSEDED, ""],
    ),
    "of one day where one names no zone, whatever the clock, both": (
        [("a", "2025-03-11T08:00:00", False), ("a", "2025-03-11T09:00:00Z", False)],
        ["", ""],
    ),
    "within a month none is known to be later": (
        [("a", "2025-03", False), ("a", "2025-03-11", False)],
        ["", ""],
    ),
    "a later clock further east is earlier": (
        [("a", "2025-03-11T20:00:00-10:00", False), ("a", "2025-03-12T01:00:00+14:00", False)],
        ["", SUPERSEDED],
    ),
    "a correction of that time that names no zone": (
        [("a", "2025-03-11T08:00:00Z", False), ("a", "2025-03-11T08:00:00", True)],
        [SUPERSEDED, ""],
    ),
    "of one time as written, where one names no zone, both": (
        [("a", "2025-03-11T08:00:00Z", False), ("a", "2025-03-11T08:00:00", False)],
        ["", ""],
    ),
    "a correction of that hour, neither of which names a zone": (
        [("a", "2025-03-11T08:00:00", False), ("a", "2025-03-11T08:00:00", True)],
        [SUPERSEDED, ""],
    ),
    "one later may be of either of two": (
        [("a", "2025-03-11", False), ("a", "2025-03-11", False), ("a", "2025-03-12", False)],
        [MAYBE_CORRECTED, MAYBE_CORRECTED, ""],
    ),
    "two later are of both": (
        [("a", f"2025-03-1{day}", False) for day in (1, 1, 2, 2)],
        [SUPERSEDED, SUPERSEDED, "", ""],
    ),
}


def result(number: int, sent: Sent) -> Result:
    name, day, corrected = sent
    names, when = ((name,) if name else ()), read_when(day)
    value = Quantity(str(number), number)
    return Result("r", (), None, names=names, sent=when, corrected=corrected, value=value)


@pytest.mark.parametrize("name", CASES)
def test_of_several_sendings_the_last_holds(name: str) -> None:
    sent, wanted = CASES[name]
    results = [result(number, one) for number, one in enumerate(sent)]
    for order in permutations(results):
        found = {one.value.number: one.void or one.doubt for one in without_superseded([*order])}
        assert [found[number] for number in range(len(sent))] == wanted


@pytest.mark.parametrize(
    ("void", "wanted"), [("entered in error", MAYBE_CORRECTED), ("deleted", SUPERSEDED)]
)
def test_a_later_sending_entered_in_error_may_be_in_error_itself(void: str, wanted: str) -> None:
    first, last = (result(n, ("a", f"2025-03-1{n}", False)) for n in (1, 2))
    found = list(without_superseded([first, replace(last, void=void)]))
    assert [one.void or one.doubt for one in found] == [wanted, void]
    corrected = result(3, ("a", "2025-03-13", True))
    found = list(without_superseded([first, replace(last, void=void), corrected]))
    assert [one.void for one in found] == [SUPERSEDED, void, ""]


def precedes(one: Result, other: Result) -> bool:
    """Whether another sending is later, or corrects one that may be of the same time."""
    mine, theirs = one.sent, other.sent
    corrects = other.corrected and not one.corrected
    if mine is None or theirs is None:
        return (mine is None and theirs is not None) or (mine is theirs and corrects)
    if mine.end < theirs.begin or theirs.end < mine.begin:
        return mine.end < theirs.begin
    return corrects


times = st.sampled_from(
    [
        *("", "2025-03", "2025-03-11", "2025-03-11T08:00:00", "2025-03-11T09:00"),
        *("2025-03-11T08:00:00Z", "2025-03-11T20:00:00-10:00", "2025-03-12T06:00:00Z"),
        *("2025-03-12T01:00:00+14:00", "2025-03-12", "2025-03-13T00:00:00Z"),
    ]
)


@given(st.lists(st.tuples(st.just("a"), times, st.booleans()), max_size=8))
def test_what_holds_is_what_comparing_each_with_each_other_says(sendings: list[Sent]) -> None:
    results = [result(number, sent) for number, sent in enumerate(sendings)]
    found = [one.void or one.doubt for one in without_superseded(results)]

    def replaced(one: Result) -> str:
        later = Counter((r.sent, r.corrected) for r in results if precedes(one, r))
        together = sum((r.sent, r.corrected) == (one.sent, one.corrected) for r in results)
        if not later:
            return ""
        return SUPERSEDED if max(later.values()) >= together else MAYBE_CORRECTED

    assert found == [replaced(one) for one in results]


def test_what_was_said_of_a_sending_stands_beside_a_later_one() -> None:
    first, later = result(0, ("a", "2025-03-11", False)), result(1, ("a", "2025-03-12", False))
    gone = replace(first, void="deleted")
    assert [one.void for one in without_superseded([gone, later])] == ["deleted", ""]
    doubtful = replace(first, doubt="preliminary")
    found = without_superseded([doubtful, first, later])
    assert [one.doubt for one in found] == ["preliminary", MAYBE_CORRECTED, ""]


@pytest.mark.parametrize("element", ["issued", "when"])
def test_a_sending_that_says_no_time_is_of_its_issue_or_day(element: str) -> None:
    sendings = [
        replace(result(number, ("a", "", False)), **{element: read_when(f"2025-03-1{number}")})
        for number in (2, 1)
    ]
    assert [one.void for one in without_superseded(sendings)] == ["", SUPERSEDED]
