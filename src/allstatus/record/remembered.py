"""What was worked out of short texts that come again and again, in little memory: how many answers
are kept is bounded, and so is how much text they are of, however long each is.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

MOST = 1 << 23  # characters that all answers together may be of; then all are forgotten
Function = TypeVar("Function", bound=Callable[..., Any])


class _Kept:
    """Every function whose answers are kept, and how much text they are of."""

    def __init__(self) -> None:
        self.functions: list[Any] = []
        self.size = 0

    def weigh(self, given: tuple[Any, ...]) -> None:
        """Count what an answer is of, and forget all answers where that is too much."""
        self.size += _size(given)
        if self.size > MOST:
            self.size = 0
            for function in self.functions:
                function.cache_clear()


KEPT = _Kept()


def remembered(most: int, *, typed: bool = False) -> Callable[[Function], Function]:
    """Keeps at most so many answers of a function of hashable values, as `lru_cache` does; `typed`:
    1 and 1.0 are two questions.
    """

    def keep(function: Function) -> Function:
        @lru_cache(maxsize=most, typed=typed)
        @wraps(function)
        def answer(*given: Any) -> Any:
            KEPT.weigh(given)
            return function(*given)

        KEPT.functions.append(answer)
        return answer  # type: ignore[return-value]

    return keep


def _size(values: tuple[Any, ...]) -> int:
    """Characters in values, and in tuples of them."""
    size = 0
    for value in values:
        if isinstance(value, str):
            size += len(value)
        elif isinstance(value, tuple):
            size += _size(value)
    return size
