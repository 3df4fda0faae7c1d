"""Sets of cases as boxes that a person can read: along every axis some of its classes.

A grid is a product of axes: the criteria of a decision table, or facts with the classes of their
values. Its sets are covered in three ways: by the fewest boxes, exactly; by few, on grids too large
for that; and by few that do not overlap, for languages in which a condition is a text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations, product
from math import prod
from typing import TypeVar

from allstatus.table.case_set import CaseSet, members, union

Box = tuple[frozenset[int], ...]  # for each axis the classes inside
Fixed = Mapping[int, tuple[int, ...]]  # the axes a box does not hold whole, with the classes inside
Answer = TypeVar("Answer", bound=Hashable)


class Grid:
    """All combinations of one class from each axis, as cases numbered with the first axis running
    fastest; `sizes` says how many classes each axis has.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self.size = prod(sizes)
        self.strides = tuple(prod(self.sizes[:axis]) for axis in range(len(self.sizes)))

    @cached_property
    def everything(self) -> CaseSet:
        """All cases."""
        return CaseSet((1 << self.size) - 1)

    @cached_property
    def masks(self) -> list[list[CaseSet]]:
        """For each axis and class the cases in that class."""
        masks = []
        for size, stride in zip(self.sizes, self.strides, strict=True):
            first = (1 << stride) - 1  # repeated at each turn of the axis
            turns = self.everything // ((1 << stride * size) - 1)
            masks.append([CaseSet((first << stride * number) * turns) for number in range(size)])
        return masks

    def cases(self, box: Box) -> CaseSet:
        """The cases inside a box."""
        cases = self.everything
        for masks, classes in zip(self.masks, box, strict=True):
            cases = cases & union(masks[number] for number in classes)
        return cases

    def classes_of(self, case: int) -> list[int]:
        """The class of a case on each axis."""
        return [
            case // stride % size for size, stride in zip(self.sizes, self.strides, strict=True)
        ]

    def opened(self, box: Box, axis: int) -> Box:
        """The box with one axis whole."""
        return (*box[:axis], frozenset(range(self.sizes[axis])), *box[axis + 1 :])


def fewest_boxes(grid: Grid, wanted: CaseSet, free: CaseSet) -> list[Box]:
    """The fewest boxes, fixing the fewest axes in all, that hold every wanted case and otherwise
    only free ones: by Quine and McCluskey, all prime boxes and a search for the smallest cover.
    """
    boxes = {box: grid.cases(box) for box in prime_boxes(grid, wanted, free)}
    for count in range(len(boxes) + 1):
        if covers := _covers(boxes, wanted, count):
            return min(covers, key=lambda cover: sum(_fixed_axes(grid, box) for box in cover))
    raise AssertionError("the prime boxes cover what is wanted")


def prime_boxes(grid: Grid, wanted: CaseSet, free: CaseSet) -> list[Box]:
    """Every box of wanted and free cases that no wider such box contains."""
    forbidden = ~(wanted | free)
    inside = {}
    for box in product(*map(_choices, grid.sizes)):
        cases = grid.cases(box)
        if cases & wanted and not cases & forbidden:
            inside[box] = cases
    return [box for box in inside if not any(wider in inside for wider in _wider(grid, box))]


def _choices(size: int) -> list[frozenset[int]]:
    """What a box may hold of an axis."""
    return [frozenset(some) for n in range(1, size + 1) for some in combinations(range(size), n)]


def _wider(grid: Grid, box: Box) -> Iterator[Box]:
    for axis, size in enumerate(grid.sizes):
        for number in set(range(size)) - box[axis]:
            yield (*box[:axis], box[axis] | {number}, *box[axis + 1 :])


def _fixed_axes(grid: Grid, box: Box) -> int:
    return sum(len(classes) < size for classes, size in zip(box, grid.sizes, strict=True))


def _covers(boxes: Mapping[Box, CaseSet], left: CaseSet, count: int) -> list[list[Box]]:
    """Every cover of what is left by at most `count` boxes, chosen case by case."""
    if not left:
        return [[]]
    if not count:
        return []
    case = left & -left
    choices = [box for box, cases in boxes.items() if cases & case]
    covers = [(box, _covers(boxes, left & ~boxes[box], count - 1)) for box in choices]
    return [[box, *rest] for box, found in covers for rest in found]


def few_boxes(grid: Grid, wanted: CaseSet, free: CaseSet) -> list[Box]:
    """Boxes that together hold every wanted case and otherwise only free ones; greedy, none
    superfluous.
    """
    boxes, left, axes = [], wanted, list(range(len(grid.sizes)))
    orders = [axes[first:] + axes[:first] for first in axes]
    while left:
        seed = next(members(left))
        grown = [_grow(grid, seed, wanted | free, order) for order in orders]
        best = max(grown, key=lambda box: (grid.cases(box) & left).bit_count())
        boxes.append(best)
        left = left & ~grid.cases(best)
    return _without_superfluous(grid, boxes, wanted)


def _grow(grid: Grid, seed: int, allowed: CaseSet, order: Sequence[int]) -> Box:
    """The box around a case, widened on one axis after the other as far as allowed."""
    box: Box = tuple(frozenset([number]) for number in grid.classes_of(seed))
    for axis in order:
        forbidden = grid.cases(grid.opened(box, axis)) & ~allowed
        fits = [number for number, mask in enumerate(grid.masks[axis]) if not mask & forbidden]
        box = (*box[:axis], frozenset(fits), *box[axis + 1 :])
    return box


def _without_superfluous(grid: Grid, boxes: list[Box], wanted: CaseSet) -> list[Box]:
    kept = list(boxes)
    for box in boxes:
        others = [other for other in kept if other != box]
        if not wanted & ~union(map(grid.cases, others)):
            kept = others
    return kept


# Classes of an axis that leave the same, and what they leave: the cases of each answer.
Branch = tuple[list[int], dict[Answer, CaseSet]]


def disjoint_boxes(
    grid: Grid,
    answers: Mapping[Answer, CaseSet],
    left_to_say: Callable[[list[Branch[Answer]]], object],
) -> list[tuple[Fixed, Answer]]:
    """Boxes that hold every case once, each with the one answer of its cases; few, by a tree that
    branches on the axis with the least `left_to_say`. `answers` divide the grid's cases.
    """
    parts = {answer: cases for answer, cases in answers.items() if cases}
    return list(_tree(grid, parts, list(range(len(grid.sizes))), {}, left_to_say))


def _tree(
    grid: Grid,
    parts: dict[Answer, CaseSet],
    axes: list[int],
    fixed: Fixed,
    left_to_say: Callable[[list[Branch[Answer]]], object],
) -> Iterator[tuple[Fixed, Answer]]:
    if len(parts) == 1:
        yield fixed, next(iter(parts))
        return
    branches = {axis: _branches(grid, axis, parts) for axis in axes}
    axis = min(axes, key=lambda axis: left_to_say(branches[axis]))  # type: ignore[arg-type,return-value]
    others = [other for other in axes if other != axis]
    for classes, left in branches[axis]:
        whole = len(classes) == grid.sizes[axis]
        limited = fixed if whole else {**fixed, axis: tuple(classes)}
        yield from _tree(grid, left, others, limited, left_to_say)


def _branches(grid: Grid, axis: int, parts: Mapping[Answer, CaseSet]) -> list[Branch[Answer]]:
    branches: dict[Hashable, Branch[Answer]] = {}
    for number, mask in enumerate(grid.masks[axis]):
        here = {answer: cases & mask for answer, cases in parts.items() if cases & mask}
        shift = grid.strides[axis] * number
        alike = tuple((answer, cases >> shift) for answer, cases in here.items())
        branches.setdefault(alike, ([], here))[0].append(number)
    return list(branches.values())
