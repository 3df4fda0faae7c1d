"""A value class does what its twin does, made by `dataclass(frozen=True, slots=True)`."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from itertools import product
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json

from allstatus.record.frozen import Frozen, FrozenDict
from allstatus.record.value_class import value_class


def kinds(made: Any) -> list[Any]:
    """The same classes made one way."""

    @made
    class Plain:
        """Two fields, one of them with a default."""

        amount: int
        unit: str = "%"

    @made
    class Single:
        """One field."""

        places: tuple[str, ...]

    @made
    class Made:
        """A default that is made for each, and words of its own."""

        text: str
        words: dict[str, int] = field(default_factory=dict)

        def __repr__(self) -> str:
            return f"<{self.text}>"

    @made
    class Inner(Frozen):
        """What it holds is frozen too."""

        given: dict[str, list[int]]

    return [Plain, Single, Made, Inner]


OURS = Plain, Single, Made, Inner = kinds(value_class)
for one in OURS:
    one.__qualname__ = one.__name__  # where pickle finds it
GIVEN: list[list[tuple[Any, ...]]] = [
    [(5,), (5, "%"), (5, "cells"), (20,)],
    [((),), (("cns", "blood"),)],
    [("a",), ("a", {}), ("a", {"b": 1})],
    [({"a": [1, 2]},)],
]
TWINS = list(zip(OURS, kinds(dataclass(frozen=True, slots=True)), GIVEN, strict=True))
MADE = [(ours, twin, values) for ours, twin, given in TWINS for values in given]


@pytest.mark.parametrize(("ours", "twin", "values"), MADE)
def test_as_a_dataclass_does(ours: Any, twin: Any, values: tuple[Any, ...]) -> None:
    one, other = ours(*values), twin(*values)
    assert repr(one) == repr(other).replace("kinds.<locals>.", "")
    assert to_json(one) == to_json(other)
    assert (one.__doc__, one.__match_args__) == (other.__doc__, other.__match_args__)
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(twin).parameters)
    named = dict(zip(one.__match_args__, values, strict=False))
    assert ours(**named) == one == replace(one, **named)
    assert one != values
    assert one != other


@pytest.mark.parametrize(("ours", "twin", "given"), TWINS)
def test_equal_and_hashed_by_its_fields(ours: Any, twin: Any, given: list[tuple[Any, ...]]) -> None:
    for one, other in product(given, repeat=2):
        assert (ours(*one) == ours(*other)) is (twin(*one) == twin(*other))
        if ours is not Made:  # which holds a dict
            assert hash(ours(*one)) == hash(twin(*one))


@pytest.mark.parametrize(("ours", "twin", "values"), MADE)
def test_copies_and_what_was_pickled_are_equal(
    ours: Any,
    twin: Any,  # noqa: ARG001
    values: tuple[Any, ...],
) -> None:
    one = ours(*values)
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert again == one
        assert type(again) is ours


def test_what_is_held_is_frozen() -> None:
    assert isinstance(Inner({"a": [1]}).given, FrozenDict)
    assert Inner({"a": [1]}).given == {"a": (1,)}


@pytest.mark.parametrize(("ours", "twin", "values"), MADE)
def test_no_change(ours: Any, twin: Any, values: tuple[Any, ...]) -> None:
    for change in (lambda one, name: setattr(one, name, 1), delattr):
        assert refusal(change, ours(*values)) == refusal(change, twin(*values))


def refusal(change: Callable[[Any, str], None], one: Any) -> str:
    with pytest.raises(FrozenInstanceError) as refused:
        change(one, fields(one)[0].name)
    return str(refused.value)


@pytest.mark.parametrize("given", [(), (1, "%", 2)])
def test_the_right_number_of_values(given: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"Plain\.__init__\(\)"):
        Plain(*given)


def test_its_json_schema_is_a_dataclass_s() -> None:
    for ours, twin, _ in TWINS:
        assert TypeAdapter(ours).json_schema() == TypeAdapter(twin).json_schema()
