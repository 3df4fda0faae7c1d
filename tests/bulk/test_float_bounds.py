"""One comparison with a number of the column's own type decides as the exact limit does."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allstatus.bulk.breakpoints import Cut
from allstatus.bulk.float_bounds import first_past

LIMITS = st.one_of(
    st.decimals(0, 100, places=3), st.decimals(0, 100, places=17), st.fractions(0, 100)
).map(Fraction)


@given(
    LIMITS, st.booleans(), st.sampled_from([np.float64, np.float32, np.float16]), st.integers(-3, 3)
)
def test_one_comparison_decides_for_a_limit_that_is_no_float(
    limit: Fraction, beyond: bool, kind: type[np.floating], steps: int
) -> None:
    cut, number = Cut(limit, beyond), kind(float(limit))
    for _ in range(abs(steps)):
        number = np.nextafter(number, kind(math.inf if steps > 0 else -math.inf))
    assert bool(number >= first_past(cut, number.dtype)) is cut.passed_by(Fraction(str(number)))


@given(LIMITS, st.booleans(), st.integers(0, 10**6), st.integers(0, 6))
def test_one_comparison_decides_for_scaled_whole_numbers(
    limit: Fraction, beyond: bool, number: int, decimals: int
) -> None:
    cut = Cut(limit, beyond)
    assert (number >= first_past(cut, np.dtype(np.int64), decimals)) is cut.passed_by(
        Fraction(number, 10**decimals)
    )
