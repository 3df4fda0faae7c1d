"""How far a count of cells may lie from the truth: held against sums of exact binomial
probabilities.
"""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus import classify
from allstatus.render.text import render_text
from allstatus.why.counting_error import at_least, binomial_interval

REMISSION = {"prior_treatment": "disease_directed", "cbc": "normal", "signs_and_symptoms": "absent"}


def exactly(blasts: int, cells: int, share: Fraction) -> Fraction:
    """The chance of at least so many blasts, summed in whole numbers."""
    terms = (
        math.comb(cells, n) * share**n * (1 - share) ** (cells - n)
        for n in range(blasts, cells + 1)
    )
    return sum(terms, Fraction(0))


@given(
    st.integers(1, 100),
    st.data(),
    st.fractions(Fraction(1, 1000), Fraction(999, 1000), max_denominator=1000),
)
def test_the_chance_of_a_count_is_the_binomial_sum(
    cells: int, data: st.DataObject, share: Fraction
) -> None:
    blasts = data.draw(st.integers(1, cells))
    assert at_least(blasts, cells, float(share)) == pytest.approx(
        float(exactly(blasts, cells, share)), rel=1e-9, abs=1e-12
    )


@pytest.mark.parametrize(
    ("blasts", "cells", "low", "high"),
    [
        (10, 200, 2.42, 9.00),
        (25, 500, 3.26, 7.29),
        (0, 200, 0.0, 1.83),
        (200, 200, 98.17, 100.0),
        (1, 1, 2.5, 100.0),
    ],
)
def test_intervals_as_tables_print_them(blasts: int, cells: int, low: float, high: float) -> None:
    assert binomial_interval(blasts, cells) == pytest.approx((low, high), abs=0.005)


@given(st.integers(1, 2000), st.data())
def test_an_interval_holds_its_own_share_and_has_its_tails(cells: int, data: st.DataObject) -> None:
    blasts = data.draw(st.integers(0, cells))
    low, high = binomial_interval(blasts, cells)
    assert 0 <= low <= 100 * blasts / cells <= high <= 100
    if blasts:
        assert at_least(blasts, cells, low / 100) == pytest.approx(0.025, abs=1e-6)
    if blasts < cells:
        assert 1 - at_least(blasts + 1, cells, high / 100) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize(
    ("blasts", "spans"),
    [
        ("10/200", True),
        ("4/200", True),
        ("0/200", False),
        ("100/200", False),
        ({"value": 2, "cells_counted": 500}, False),
    ],
)
def test_the_trace_says_whether_a_count_spans_the_limit_and_never_changes_the_decision(
    blasts: object, spans: bool
) -> None:
    decision = classify(
        REMISSION | {"marrow_blast_percent": blasts, "prior_remission": True}, engine="builtin"
    )
    errors = [node.counting_error for node in decision.trace.nodes.values() if node.counting_error]
    assert errors
    assert {error.spans_threshold for error in errors} == {spans}
    assert decision.status == ("recurrent" if blasts == "100/200" else "in_remission")
    side = "on both sides of the limit" if spans else "on one side of the limit"
    assert side in " ".join(render_text(decision).split())


def test_a_percentage_without_a_count_has_no_counting_error() -> None:
    decision = classify(REMISSION | {"marrow_blast_percent": 5}, engine="builtin")
    assert not any(node.counting_error for node in decision.trace.nodes.values())
