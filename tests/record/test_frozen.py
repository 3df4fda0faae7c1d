"""What is frozen stays as it is, however reached, copied or pickled; what is shared is frozen."""

import copy
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import FrozenInstanceError, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from allstatus import load_rules
from allstatus.ehr import decide_chart, make_reader, read_charts
from allstatus.ehr.coding.codes import code_tables, read_yaml
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


CHART = Path("fixtures/fhir/12-second-remission-of-the-marrow.json")
CHANGEABLE = (dict, list, set, bytearray)


def chart() -> Any:
    ((_, found),) = read_charts(CHART.read_text("utf-8"))
    return found


def decision() -> Any:
    return decide_chart(load_rules(), chart(), options=make_reader())


def statements() -> tuple[Any, ...]:
    found = chart()
    return (*found.results, *found.problems, *found.treatments)


SHARED = {
    "a chart's decision": decision,
    "what a chart is made of": statements,
    "the decision table": lambda: load_rules().table,
    "the code tables": code_tables,
    "the reader's options": lambda: make_reader(["symptoms-absent-unless-recorded"]).tables,
    "a table as data": lambda: read_yaml("results"),
}


@pytest.mark.parametrize("what", SHARED)
def test_nothing_that_is_handed_out_can_be_changed(what: str) -> None:
    assert list(changeable(SHARED[what](), what, set())) == []


def test_a_code_table_keeps_its_topics() -> None:
    with pytest.raises(FrozenInstanceError):
        code_tables().diagnoses.by_code = {}  # type: ignore[misc]


def changeable(value: Any, path: str, seen: set[int]) -> Iterator[str]:
    """Where something changeable stands in a value, its parts and their public attributes."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if type(value) in CHANGEABLE or (is_dataclass(value) and not _refuses(value)):
        yield path
    for name, part in parts(value):
        yield from changeable(part, f"{path}.{name}", seen)


def parts(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, (tuple, list, frozenset)):
        yield from enumerate(value)
    elif type(value).__module__.startswith("allstatus.") and not isinstance(value, type):
        names = {*getattr(value, "__dict__", ()), *slots_of(type(value))}
        public = sorted(name for name in names if not name.startswith("_"))
        yield from ((name, getattr(value, name)) for name in public if hasattr(value, name))


def slots_of(kind: type) -> Iterator[str]:
    for base in kind.__mro__:
        slots = base.__dict__.get("__slots__", ())
        yield from (slots,) if isinstance(slots, str) else slots


def _refuses(value: Any) -> bool:
    if isinstance(value, type) or not (named := fields(value)):
        return True
    try:
        setattr(value, named[0].name, getattr(value, named[0].name))
    except (FrozenInstanceError, AttributeError):
        return True
    return False
