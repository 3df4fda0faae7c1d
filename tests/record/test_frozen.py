"""What is frozen stays as it is, however it is reached, copied or pickled."""

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from allstatus.record.frozen import FrozenDict, freeze, plain

GIVEN = FrozenDict(a=1, b=(2, 3))
CHANGES: list[Callable[[FrozenDict], Any]] = [
    lambda given: given.__setitem__("a", 2),
    lambda given: given.__delitem__("a"),
    lambda given: given.update(a=2),
    lambda given: given.pop("a"),
    lambda given: given.popitem(),
    lambda given: given.setdefault("c", 1),
    lambda given: given.clear(),
    lambda given: given.__ior__({"a": 2}),
]


@dataclass(frozen=True)
class Moved:
    from_: str
    places: tuple[str, ...]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_refused(change: Callable[[FrozenDict], Any]) -> None:
    with pytest.raises(TypeError, match="change a copy"):
        change(GIVEN)
    assert GIVEN == {"a": 1, "b": (2, 3)}


def test_equal_values_hash_alike_and_copies_are_the_same() -> None:
    assert hash(GIVEN) == hash(FrozenDict(b=(2, 3), a=1))
    assert copy.copy(GIVEN) is copy.deepcopy(GIVEN) is GIVEN
    again = pickle.loads(pickle.dumps(GIVEN))
    assert again == GIVEN
    assert type(again) is FrozenDict


def test_all_the_way_down_and_back() -> None:
    value = {"a": [{"b": [1, None]}, "text"], "c": {}}
    frozen = freeze(value)
    assert frozen == {"a": ({"b": (1, None)}, "text"), "c": {}}
    assert isinstance(frozen["a"][0], FrozenDict)
    assert hash(frozen)
    assert plain(frozen) == value
    plain(frozen)["a"].append(1)
    assert plain(frozen) == value


def test_a_field_that_ends_in_a_line_is_a_key_without_it() -> None:
    assert plain([Moved("blood", ("cns",))]) == [{"from": "blood", "places": ["cns"]}]
