"""How far a percentage of counted cells may lie from the truth: the exact binomial 95 % interval.

The interval of Clopper and Pearson (Biometrika 1934). It informs; it never changes a decision.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from allstatus.record.percent import Percent
from allstatus.record.value_class import value_class

TAIL = 0.025
STEPS, MOST_TERMS, PRECISION = 60, 10_000, 1e-14


@value_class
class CountingError:
    """The exact 95 % interval of a count of cells, in percent; whether the limit lies within."""

    cells_counted: int
    low: float
    high: float
    spans_threshold: bool


def counting_error(value: Percent, limit: Fraction) -> CountingError | None:
    """The interval in percent (two decimals) and whether the limit lies within; None without a
    count.

    A percentage that is no whole number of the cells counted is taken to the nearest cell.
    """
    if value.cells_counted is None or value.exact is None:
        return None
    low, high = binomial_interval(
        round(value.exact * value.cells_counted / 100), value.cells_counted
    )
    return CountingError(
        value.cells_counted, round(low, 2), round(high, 2), spans_threshold=low <= limit < high
    )


@lru_cache(maxsize=4096)
def binomial_interval(blasts: int, cells: int) -> tuple[float, float]:
    """The exact two-sided 95 % interval, in percent, of `blasts` among `cells` counted."""
    low = 0.0 if blasts == 0 else _share_where(lambda share: at_least(blasts, cells, share) - TAIL)
    high = (
        1.0
        if blasts == cells
        else _share_where(lambda share: TAIL - (1 - at_least(blasts + 1, cells, share)))
    )
    return 100 * low, 100 * high


def at_least(blasts: int, cells: int, share: float) -> float:
    """The chance of at least `blasts` among `cells` when `share` of all cells are blasts.

    >>> round(at_least(10, 200, 0.05), 4)
    0.5453
    """
    return incomplete_beta(blasts, cells - blasts + 1, share)


def _share_where(rising: Callable[[float], float]) -> float:
    """Where a rising function of a share is zero, by halving."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = (
        math.exp(
            math.lgamma(a + b)
            - math.lgamma(a)
            - math.lgamma(b)
            + a * math.log(x)
            + b * math.log1p(-x)
        )
        / a
    )
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, MOST_TERMS):
        even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m))
        for term in (even, odd):
            d, c = 1 / (1 + term * d), 1 + term / c
            fraction *= d * c
        if abs(d * c - 1) < PRECISION:
            break
    return front * fraction
