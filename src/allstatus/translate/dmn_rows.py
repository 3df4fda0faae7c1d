"""A function of words as the rows of a decision table that never overlap and leave no gap; few, by
a tree that halves well.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

Row = tuple[
    Mapping[str, tuple[str, ...]], Hashable
]  # the words of each column that matters, and the answer
Answers = Sequence[Hashable]


def rows_of(columns: Mapping[str, Sequence[str]], answers: Answers) -> Iterator[Row]:
    """Rows that give each combination of words its answer; `answers` are in the order of
    `itertools.product` of the columns.
    """
    yield from _rows(dict(columns), tuple(answers), {})


def _rows(
    free: Mapping[str, Sequence[str]],
    answers: tuple[Hashable, ...],
    fixed: Mapping[str, tuple[str, ...]],
) -> Iterator[Row]:
    if len(set(answers)) == 1:
        yield fixed, answers[0]
        return
    name = min(free, key=lambda column: _left_to_say(_split(free, answers, column)))
    left = {column: words for column, words in free.items() if column != name}
    for part, words in _split(free, answers, name).items():
        yield from _rows(
            left, part, fixed if len(words) == len(free[name]) else {**fixed, name: tuple(words)}
        )


def _split(
    free: Mapping[str, Sequence[str]], answers: tuple[Hashable, ...], column: str
) -> dict[tuple[Hashable, ...], list[str]]:
    """The answers left for each word of a column; words that leave the same ones stand together."""
    names, size = list(free), len(free[column])
    stride = 1
    for later in names[names.index(column) + 1 :]:
        stride *= len(free[later])
    parts: dict[tuple[Hashable, ...], list[str]] = {}
    for place, word in enumerate(free[column]):
        starts = range(place * stride, len(answers), size * stride)
        parts.setdefault(
            tuple(answer for start in starts for answer in answers[start : start + stride]), []
        ).append(word)
    return parts


def _left_to_say(parts: Mapping[tuple[Hashable, ...], list[str]]) -> tuple[int, int]:
    """How many different answers the parts still hold, together; then how many parts there are."""
    return sum(len(set(part)) for part in parts), len(parts)
