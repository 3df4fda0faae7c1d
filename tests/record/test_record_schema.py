"""What a record's JSON Schema says that the types do not: it refuses what `classify` refuses, and
takes what that takes.
"""

from __future__ import annotations

from typing import Any

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.record_schema import AGE, BLASTS, DAY, PERCENT

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")

# key, a value it takes, values it refuses
ASKED = [
    ("marrow_blast_percent", 0, [-1, 100.5, True, []]),
    ("marrow_blast_percent", "100", ["101", "banana", "4,5", "-1", "5-", "201/", ""]),
    ("marrow_blast_percent", "10/200", ["10/", "/200"]),
    ("marrow_blast_percent", "5-10 %", ["5-101"]),
    ("marrow_blast_percent", "≥5", ["=>5"]),
    ("marrow_blast_percent", "m2", ["M4", "M"]),
    (
        "marrow_blast_percent",
        {"value": "5", "unit": "%"},
        [{}, {"value": -1}, {"value": 5, "x": 1}],
    ),
    ("marrow_blast_percent", {"value": 5, "cells_counted": 1}, [{"value": 5, "cells_counted": 0}]),
    ("as_of", "2026-02-28", ["x", "2026-13-01", "2026-01-32", "26-01-01", "2026-1-1"]),
    ("age_years", 130, [-1, 131, "old"]),
]


def test_a_grade_is_one_of_the_marrow_s_blasts_alone() -> None:
    taken = {"4.9": True, "<5": True, "10/200": True, " M1 ": False, "m3": False}
    assert {
        said: jsonschema.Draft202012Validator(PERCENT).is_valid(said) for said in taken
    } == taken
    assert all(jsonschema.Draft202012Validator(BLASTS).is_valid(said) for said in taken)


@pytest.mark.parametrize(("key", "taken", "refused"), ASKED, ids=lambda one: str(one)[:20])
def test_the_schema_and_the_classifier_take_and_refuse_alike(
    classifier: Classifier, key: str, taken: Any, refused: list[Any]
) -> None:
    schema = jsonschema.Draft202012Validator(classifier.record_model.model_json_schema())
    rest = {"prior_remission": True}
    assert schema.is_valid(rest | {key: taken})
    classifier.classify(rest | {key: taken})
    for value in refused:
        assert not schema.is_valid(rest | {key: value}), value
        with pytest.raises(InvalidRecord):
            classifier.classify(rest | {key: value})


def test_one_fact_must_be_there_and_not_null(classifier: Classifier) -> None:
    schema = jsonschema.Draft202012Validator(classifier.record_model.model_json_schema())
    for record in ({}, {"id": 1, "age_years": 40}, {"prior_remission": None}):
        assert not schema.is_valid(record)
        with pytest.raises(InvalidRecord):
            classifier.classify(record)
    assert schema.is_valid({"prior_remission": False})


def test_every_key_is_described(classifier: Classifier) -> None:
    keys = classifier.record_model.model_json_schema()["properties"]
    assert [name for name, said in keys.items() if not said.get("description")] == []
    assert {"minimum", "maximum"} <= AGE.keys()
    assert BLASTS["anyOf"][-1] == DAY["anyOf"][-1] == {"type": "null"}
