"""Exercises drawn by a seed, in the same way here and on the page (`web/exercises.js`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allstatus.teach.exercises import Exercise

MASK, WORD = 0xFFFFFFFF, 1 << 32


def random_numbers(seed: int) -> Iterator[int]:
    """Whole numbers below 2^32 from a seed below 2^32: the generator mulberry32, four lines in any
    language.
    """
    state = seed & MASK
    while True:
        state = (state + 0x6D2B79F5) & MASK
        mixed = ((state ^ state >> 15) * (state | 1)) & MASK
        mixed ^= (mixed + ((mixed ^ mixed >> 7) * (mixed | 61))) & MASK
        yield (mixed ^ mixed >> 14) & MASK


def draw(pool: Sequence[Exercise], seed: int, count: int) -> list[Exercise]:
    """`count` exercises from the pool (all of it when it holds fewer), half at an edge, each answer
    in turn; easy ones first.
    """
    numbers = random_numbers(seed)
    groups: dict[tuple[str, bool], list[Exercise]] = {}
    for exercise in pool:
        groups.setdefault((exercise.answer, exercise.at_edge), []).append(exercise)
    answers = _shuffled(list(dict.fromkeys(exercise.answer for exercise in pool)), numbers)
    drawn: list[Exercise] = []
    turn = 0
    while len(drawn) < min(count, len(pool)):
        answer, edge = answers[turn % len(answers)], (turn + turn // len(answers)) % 2 == 0
        left = groups.get((answer, edge)) or groups.get((answer, not edge))
        turn += 1
        if left:
            drawn.append(left.pop(next(numbers) * len(left) // WORD))
    return sorted(drawn, key=lambda exercise: exercise.level)


def _shuffled(items: list[str], numbers: Iterator[int]) -> list[str]:
    return [items.pop(next(numbers) * len(items) // WORD) for _ in range(len(items))]
