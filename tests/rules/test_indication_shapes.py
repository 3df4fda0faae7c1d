"""The shapes of stated uses and of other definitions: each says of which disease it is."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from allstatus.rules.indication_shapes import AgentUseShape, ComparisonsFile

CITE = {"title": "A source", "url": "https://example.org", "section": "Use", "sentence": None}
USE = {
    "agent": "imatinib",
    "title": "Imatinib",
    "population": ["C91.0"],
    "all": ["philadelphia_positive"],
    "reading": "literal",
    "cite": CITE,
}
DEFINITION = {
    "id": "other",
    "name": "Other",
    "title": "Another definition",
    "kind": "remission",
    "population": ["C91.0"],
    "marrow": {"comparator": "<", "percent": 5},
    "blood": None,
    "cite": CITE,
}
CHANGES: list[dict[str, Any]] = [  # of either; each leaves it without what it needs
    {"population": []},
    {"population": "C91.0"},
    {"population": None},
    {"cite": {**CITE, "sentence": "short"}},
    {"title": 5},
    {"unheard": "of"},
]


def taken(shape: type[BaseModel], data: Any) -> bool:
    try:
        shape.model_validate(deepcopy(data))
    except ValidationError:
        return False
    return True


def test_a_use_and_a_definition_with_all_they_need_are_taken() -> None:
    assert taken(AgentUseShape, USE)
    assert taken(ComparisonsFile, [DEFINITION, DEFINITION | {"id": "more", "also": "a demand"}])


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_without_its_disease_or_source_neither_is(change: dict[str, Any]) -> None:
    assert not taken(AgentUseShape, USE | change)
    assert not taken(ComparisonsFile, [DEFINITION | change])


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_counts_are_least_numbers_and_the_marrow_has_a_limit_of_either_kind(sign: str) -> None:
    limit = {"comparator": sign, "value": 1}
    counts = {"counts": {"neutrophils": limit, "platelets": limit}}
    assert taken(ComparisonsFile, [DEFINITION | counts]) == (sign in (">", ">="))
    assert taken(ComparisonsFile, [DEFINITION | {"marrow": {"comparator": sign, "percent": 5}}])
