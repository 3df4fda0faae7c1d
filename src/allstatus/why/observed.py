"""What was seen of the fact behind a criterion, and how far a number lies from the limit."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from allstatus.record.percent import Percent, format_number
from allstatus.rules.ruleset import Criterion
from allstatus.why.counting_error import CountingError, counting_error

NEAR = 1  # points from a limit
_is_near = lru_cache(maxsize=4096)(lambda margin: abs(Fraction(margin)) <= NEAR)
Distance = tuple[str | None, bool, CountingError | None]


class Observation(NamedTuple):
    """What was seen of a criterion's fact, as JSON has it; for a number its distance from the limit
    (percentage points, signed) and its counting error.
    """

    actual: Any = None
    margin: str | None = None
    at_threshold: bool = False
    counting_error: CountingError | None = None

    @property
    def near(self) -> bool:
        """Whether the number lies at the limit or at most a point from it."""
        return self.margin is not None and _is_near(self.margin)


def observe(criterion: Criterion, value: Any, shown: Any) -> Observation:
    """What was seen of a criterion's fact (`shown`), and for a number how far it lies from the
    limit.
    """
    return Observation(shown, *distance(criterion, value))


def distance(criterion: Criterion, value: Any) -> Distance:
    """How far a number lies from the limit of a criterion, and its counting error."""
    limit = criterion.condition.limit
    if limit is None or not isinstance(value, Percent):
        return None, False, None
    return _distance(value, *limit.as_integer_ratio())


@lru_cache(maxsize=4096)  # few spellings, often repeated; whole numbers are found sooner
def _distance(value: Percent, numerator: int, denominator: int) -> Distance:
    if value.exact is None:
        return None, False, None
    limit = Fraction(numerator, denominator)
    margin = value.exact - limit
    return _signed(margin), margin == 0, counting_error(value, limit)


def _signed(margin: Fraction) -> str:
    return f"+{format_number(margin)}" if margin > 0 else format_number(margin)
