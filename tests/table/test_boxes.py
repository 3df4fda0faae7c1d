"""Covers of sets by boxes, on grids of any shape."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from allstatus.table.boxes import (
    Box,
    Branch,
    Grid,
    disjoint_boxes,
    few_boxes,
    fewest_boxes,
    prime_boxes,
)
from allstatus.table.case_set import CaseSet, has, members, set_of, union

SMALL = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(Grid)
GRIDS = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(Grid)


def sets_of(grid: Grid) -> st.SearchStrategy[CaseSet]:
    return st.integers(0, (1 << grid.size) - 1).map(CaseSet)


def leaves(branches: list[Branch[Any]]) -> int:
    return sum(len(left) for _, left in branches)


@given(GRIDS)
def test_a_box_holds_the_cases_whose_classes_are_inside(grid: Grid) -> None:
    for case in range(grid.size):
        box: Box = tuple(frozenset([number]) for number in grid.classes_of(case))
        assert list(members(grid.cases(box))) == [case]
        for axis, size in enumerate(grid.sizes):
            assert grid.cases(grid.opened(box, axis)).bit_count() == size


@given(SMALL, st.data())
def test_both_covers_hold_what_is_wanted_and_nothing_that_is_not_free(
    grid: Grid, data: st.DataObject
) -> None:
    wanted, free = data.draw(sets_of(grid)), data.draw(sets_of(grid))
    few, fewest = few_boxes(grid, wanted, free), fewest_boxes(grid, wanted, free)
    for boxes in (few, fewest):
        covered = union(map(grid.cases, boxes))
        assert not wanted & ~covered
        assert not covered & ~(wanted | free)
    assert len(fewest) <= len(few)


@given(SMALL, st.data())
def test_no_fewer_prime_boxes_hold_what_is_wanted(grid: Grid, data: st.DataObject) -> None:
    wanted, free = data.draw(sets_of(grid)), data.draw(sets_of(grid))
    primes, count = prime_boxes(grid, wanted, free), len(fewest_boxes(grid, wanted, free))
    for boxes in combinations(primes, max(count - 1, 0)) if len(primes) < 8 and count else ():
        assert wanted & ~union(map(grid.cases, boxes))


@given(GRIDS, st.data())
def test_disjoint_boxes_give_every_case_its_one_answer(grid: Grid, data: st.DataObject) -> None:
    size = grid.size
    expected = data.draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    answers = {
        answer: set_of(case for case, said in enumerate(expected) if said == answer)
        for answer in range(3)
    }
    boxes = disjoint_boxes(grid, answers, leaves)
    for case, answer in enumerate(expected):
        classes = grid.classes_of(case)
        hits = [
            said
            for fixed, said in boxes
            if all(classes[axis] in inside for axis, inside in fixed.items())
        ]
        assert hits == [answer]


@given(st.sets(st.integers(0, 300)))
def test_a_set_has_its_members_and_no_others(numbers: set[int]) -> None:
    cases = set_of(numbers)
    assert list(members(cases)) == sorted(numbers)
    assert {number for number in range(301) if has(cases, number)} == numbers
