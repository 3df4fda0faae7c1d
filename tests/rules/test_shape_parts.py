"""The parts of rule files: strict types, no key but theirs, and clauses within clauses."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from allstatus.rules.shape_parts import CiteShape, ClauseShape, DatedValue, FactShape, SaysShape

CITE = {"section": "A > B", "sentence": "0" * 64}
SAYS = {"clinician": "a", "student": "b", "plain": "c"}
FACT = {
    "type": "yes_no",
    "question": "What?",
    "answered_by": [],
    "about": "finding",
    "burden": 1,
    "says": SAYS,
}
FITS: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (CiteShape, CITE),
    (SaysShape, SAYS),
    (FactShape, FACT),
    (DatedValue, {"from": "2025-12-30", "value": 5}),
    (DatedValue, {"from": "2025-12-30", "value": Decimal("5.5")}),
    (ClauseShape, {"not": "a"}),
    (ClauseShape, {"any": ["a", {"all": [{"not": "b"}], "note": "so"}], "also_cited": [CITE]}),
]
UNFIT: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (CiteShape, CITE | {"sentence": "0" * 63}),
    (CiteShape, CITE | {"page": "x"}),
    (SaysShape, {"clinician": "a", "student": "b"}),
    (FactShape, FACT | {"burden": "1"}),
    (FactShape, FACT | {"type": "boolean"}),
    (DatedValue, {"from": "30.12.2025", "value": 5}),
    (DatedValue, {"from": "2025-12-30", "value": "5"}),
    (ClauseShape, {"any": []}),
    (ClauseShape, {"not": ["a"]}),
]


@pytest.mark.parametrize(("shape", "data"), FITS, ids=str)
def test_what_has_the_shape_is_taken(shape: type[BaseModel], data: dict[str, Any]) -> None:
    assert shape.model_validate(data)


@pytest.mark.parametrize(("shape", "data"), UNFIT, ids=str)
def test_what_has_not_is_refused(shape: type[BaseModel], data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(data)
