"""A set of points as few boxes: on every fact some of its values, so that a person can read it."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.verify.value_grid import FactSpace

Box = tuple[frozenset[int], ...]  # for each axis, the classes inside


def cover(space: FactSpace, wanted: int, free: int) -> list[Box]:
    """Boxes that together hold every wanted point and otherwise only free ones; greedy, none
    superfluous.
    """
    boxes, left = [], wanted
    while left:
        seed = (left & -left).bit_length() - 1
        grown = [_grow(space, seed, wanted | free, order) for order in _orders(len(space.axes))]
        best = max(grown, key=lambda box: (points_in(space, box) & left).bit_count())
        boxes.append(best)
        left &= ~points_in(space, best)
    return _without_superfluous(space, boxes, wanted)


def points_in(space: FactSpace, box: Box) -> int:
    """The set of points inside a box."""
    points = (1 << space.size) - 1
    for masks, classes in zip(space.masks, box, strict=True):
        points &= sum(masks[number] for number in classes)
    return points


def in_words(space: FactSpace, box: Box) -> dict[str, str]:
    """The facts a box limits, with the values inside it."""
    return {
        axis.fact: axis.words(classes)
        for axis, classes in zip(space.axes, box, strict=True)
        if len(classes) < len(axis.classes)
    }


def _orders(length: int) -> Iterator[list[int]]:
    """The orders in which to try the axes: each comes first once."""
    axes = list(range(length))
    yield from (axes[start:] + axes[:start] for start in axes)


def _grow(space: FactSpace, seed: int, allowed: int, order: list[int]) -> Box:
    """The box around a point that is widened on one axis after the other as far as allowed."""
    box = [frozenset([number]) for number in space.classes_of(seed)]
    for axis in order:
        every_class = frozenset(range(len(space.masks[axis])))
        row = points_in(space, (*box[:axis], every_class, *box[axis + 1 :]))
        forbidden = row & ~allowed
        box[axis] = frozenset(
            number for number, mask in enumerate(space.masks[axis]) if not mask & forbidden
        )
    return tuple(box)


def _without_superfluous(space: FactSpace, boxes: list[Box], wanted: int) -> list[Box]:
    kept = list(boxes)
    for box in boxes:
        others = [other for other in kept if other != box]
        covered = 0
        for other in others:
            covered |= points_in(space, other)
        if not wanted & ~covered:
            kept = others
    return kept
