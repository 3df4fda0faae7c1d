"""A time counts when the message can have meant it."""

from datetime import date

import pytest

from allstatus.ehr.hl7v2.times import span, usable
from ehr.hl7v2.segment_lines import day

SENT = day("20250311090000+0100")


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("20250311090000+0100", True),
        ("20250311090100+0100", False),
        ("20250311080000+0000", True),
        ("20250311080100+0000", False),
        ("20250312", True),
        ("20250313", False),
        ("202503", True),
        ("202504", False),
        ("19000101", False),
        ("19010101", True),
    ],
)
def test_not_after_it_was_sent_nor_a_stand_in(text: str, counts: bool) -> None:
    assert (usable(day(text), SENT) is not None) is counts


@pytest.mark.parametrize(
    ("text", "counts"), [("19800430", False), ("19800501", True), ("198005", True), ("1979", False)]
)
def test_not_before_the_patient_was_born(text: str, counts: bool) -> None:
    assert (usable(day(text), SENT, date(1980, 5, 1)) is not None) is counts


def test_without_a_time_of_sending_nothing_is_after_it() -> None:
    assert usable(day("20990101"), None) == day("20990101")
    assert usable(None, SENT) is None


def test_a_period_reaches_from_its_start_to_its_end() -> None:
    both = span(day("20250301"), day("20250305"))
    assert both is not None
    assert (both.first, both.last) == (date(2025, 3, 1), date(2025, 3, 5))
    for end in (None, day("20250301"), day("20250228")):
        assert span(day("20250301"), end) == day("20250301")
    assert span(None, day("20250301")) is None
