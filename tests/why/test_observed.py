"""What is seen of a criterion: the distance of a number from the limit, and of nothing else."""

from typing import Any

import pytest

from allstatus.record.percent import read_percent
from allstatus.why.observed import distance, observe
from why.cells import TABLE

CRITERIA = TABLE.ruleset.criteria
BLASTS = CRITERIA["marrow_blasts_above_threshold"]


@pytest.mark.parametrize(
    ("value", "margin", "at_threshold"),
    [
        (5, "0", True),
        ("4.9", "-0.1", False),
        ("5.000000000000000001", "+0.000000000000000001", False),
        ("<5", None, False),
    ],
)
def test_the_distance_from_the_limit_is_exact(
    value: Any, margin: str | None, at_threshold: bool
) -> None:
    assert distance(BLASTS, read_percent(value)) == (margin, at_threshold, None)


def test_what_is_no_number_has_no_distance() -> None:
    assert distance(BLASTS, None) == (None, False, None)
    assert observe(CRITERIA["cbc_normal"], "normal", "normal") == ("normal", None, False, None)


def test_a_count_of_cells_says_how_far_the_truth_may_lie() -> None:
    seen = observe(BLASTS, read_percent("10/200"), "10/200")
    assert seen.counting_error is not None
    assert (seen.counting_error.cells_counted, seen.counting_error.spans_threshold) == (200, True)
    assert seen.near
    assert not observe(BLASTS, read_percent("7"), "7").near
