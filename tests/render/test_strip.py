"""A line with a limit on it: what is drawn where, and that only the limit is on the limit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.record.percent import read_percent
from allstatus.render.strip import Span, Strip, around, whole

LIMIT = Fraction(5)
percentages = st.fractions(0, 100)


@given(percentages, percentages, st.fractions(min_value=1, max_value=99))
def test_places_keep_their_order_and_only_the_limit_is_on_the_limit(
    one: Fraction, other: Fraction, limit: Fraction
) -> None:
    strip = whole(limit)
    places = [strip.place(number) for number in sorted([one, other])]
    assert 0 <= places[0] <= places[1] <= 100
    assert all(
        (strip.place(number) == strip.place(limit)) is (number == limit) for number in (one, other)
    )


@pytest.mark.parametrize(
    ("spelling", "low", "high"),
    [
        ("4.9", 0, 10),
        ("0", 0, 10),
        ("10", 0, 10),
        ("M2", 0, 10),
        (">=5", 0, 10),
        ("10.1", None, None),
        ("M3", None, None),
        ("<60", None, None),
    ],
)
def test_a_value_near_the_limit_is_shown_from_near(
    spelling: str, low: int | None, high: int | None
) -> None:
    strip = around(LIMIT, read_percent(spelling))
    assert (strip and strip.low, strip and strip.high) == (low, high)


def test_spans() -> None:
    strip = Strip(Fraction(0), Fraction(10), LIMIT)
    assert strip.span(Fraction(0), LIMIT, high_open=True) == Span(0, 50, "closed", "open")
    assert strip.span(LIMIT, Fraction(100)) == Span(50, 100, "closed", "cut")
    assert strip.span(Fraction(25), Fraction(100)) is None
