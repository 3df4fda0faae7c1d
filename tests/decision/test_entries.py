"""What a decision is made of are values: nothing in them can be assigned or changed."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from allstatus.decision import entries

ENTRIES = [
    value
    for value in vars(entries).values()
    if isinstance(value, type) and value.__module__ == entries.__name__
]
CHANGEABLE = (list, dict, set)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_an_entry_is_frozen_and_holds_nothing_that_can_be_changed(entry: type[Any]) -> None:
    assert is_dataclass(entry)
    hints = get_type_hints(entry)
    assert not any(str(kind) in repr(hints) for kind in CHANGEABLE)
    value = entry(*[None for _ in fields(entry)])
    with pytest.raises(FrozenInstanceError):
        setattr(value, fields(entry)[0].name, "spoilt")
