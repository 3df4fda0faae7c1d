"""Sets of cases behave as sets of their numbers do."""

from hypothesis import given
from hypothesis import strategies as st

from allstatus.table.case_set import NO_CASE, has, members, set_of, union

NUMBERS = st.sets(st.integers(0, 200))


@given(NUMBERS)
def test_members_are_what_was_put_in_smallest_first(numbers: set[int]) -> None:
    assert list(members(set_of(numbers))) == sorted(numbers)
    assert set_of(numbers).bit_count() == len(numbers)


@given(NUMBERS, NUMBERS)
def test_both_either_and_only_the_first(one: set[int], other: set[int]) -> None:
    first, second = set_of(one), set_of(other)
    assert set(members(first & second)) == one & other
    assert set(members(first | second)) == one | other
    assert set(members(first & ~second)) == one - other
    assert set(members(first ^ second)) == one ^ other
    assert (first == second) is (one == other)


@given(NUMBERS, st.integers(0, 250))
def test_whether_a_case_is_in_it(numbers: set[int], number: int) -> None:
    assert has(set_of(numbers), number) is (number in numbers)


@given(st.lists(NUMBERS))
def test_the_union_of_many(sets: list[set[int]]) -> None:
    assert set(members(union(map(set_of, sets)))) == set().union(*sets)


def test_no_case() -> None:
    assert list(members(NO_CASE)) == []
    assert not NO_CASE
    assert union([]) == set_of([]) == NO_CASE
