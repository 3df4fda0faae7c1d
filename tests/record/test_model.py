"""A record holds only what a record can hold, however it is made."""

import importlib
import json
import os
import pickle
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from allstatus import InvalidRecord, Record, classify
from allstatus.decision.schema import schema_of
from allstatus.record.model import OutsideMarrow
from decision.test_properties import records

CLEAN = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "cbc": "normal",
    "marrow_blast_percent": 4,
    "signs_and_symptoms": "absent",
}
SCHEMA = jsonschema.Draft202012Validator(schema_of("record"))
REFUSED: list[dict[str, Any]] = [
    {"marrow_blast_percent": "banana"},
    {"marrow_blast_percent": "4,5"},
    {"marrow_blast_percent": "-5"},
    {"marrow_blast_percent": "101"},
    {"marrow_blast_percent": 100.5},
    {"marrow_blast_percent": -1},
    {"marrow_blast_percent": True},
    {"marrow_blast_percent": {"comparator": "<"}},
    {"marrow_blast_percent": {"value": 5, "cells_counted": 0}},
    {"as_of": "x", "cbc": "normal"},
    {"as_of": "2026-13-01", "cbc": "normal"},
    {"relapse_count": -1, "cbc": "normal"},
    {"tki_failures": 1.5, "cbc": "normal"},
    {"age_years": 131, "cbc": "normal"},
    {"cbc": "Normal"},
    {"cbc": {"wbc": {"value": [1]}}},
    {"cbc": {"wbc": {"value": -1}}},
    {"cbc": {"white": {}}},
    {"signs_and_symptoms": "yes"},
    {"signs_and_symptoms": [1]},
    {"leukemia_outside_marrow": {"site": "liver"}},
    {"prior_remission": 1},
    {"prior_remission": "yes"},
    {"MRN12345": {"cbc": "normal"}},
    {"id": 7},
    {"cbc": None},
    {},
]
SMUGGLED = [
    {"signs_and_symptoms": "yes"},
    {"cbc": "Normal"},
    {"prior_remission": 1},
    {"leukemia_outside_marrow": "yes"},
    {"marrow_blast_percent": 140},
    {"no_such_key": 1},
]


@pytest.mark.parametrize("record", REFUSED, ids=str)
def test_the_schema_refuses_what_classify_refuses(record: dict[str, Any]) -> None:
    with pytest.raises(InvalidRecord):
        classify(record)
    assert not SCHEMA.is_valid(record)


@given(records)
@settings(max_examples=300)
def test_the_schema_takes_what_classify_takes(record: dict[str, Any]) -> None:
    sent = json.loads(json.dumps(record, default=float))
    assert not list(SCHEMA.iter_errors(sent))


SPELLINGS = [
    "4.9",
    " <5 ",
    ">= 5",
    "5-10",
    "5 to 10",
    "5 %",
    "10/200",
    "m1",
    "unknown",
    "1e1",
    "+5",
]
SPELLINGS += ["100.0", "≤5", "=5", "05", "5–10", "0.5%", "-0", "99.99 %"]


@given(st.sampled_from(SPELLINGS))
@settings(max_examples=len(SPELLINGS) * 3)
def test_every_spelling_of_a_percentage_is_in_the_schema(text: str) -> None:
    assert Record.read({"marrow_blast_percent": text})
    assert SCHEMA.is_valid({"marrow_blast_percent": text})


def properties(schema: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    if isinstance(schema, list):
        return [found for part in schema for found in properties(part, path)]
    if not isinstance(schema, dict):
        return []
    own = schema.get("properties", {}) if schema.get("type") == "object" else {}
    found = [(f"{path}.{name}", part) for name, part in own.items()]
    return found + [
        f
        for key, part in schema.items()
        if key != "anyOf" or "$defs" not in schema
        for f in properties(part, f"{path}.{key}")
    ]


def test_every_property_is_described() -> None:
    found = properties(schema_of("record"))
    assert len(found) > 30
    assert [name for name, part in found if not part.get("description")] == []


def test_json_is_read_exactly() -> None:
    text = json.dumps(CLEAN).replace('percent": 4', 'percent": 5.000000000000000001')
    assert classify(Record.model_validate_json(text)).outcome == "outside_definitions"
    assert Record.model_validate_json(text.encode()) == Record.model_validate_json(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"cbc": "normal", "cbc": "abnormal"}',
        '{"cbc": {"wbc": {"value": 1, "value": 2}}}',
        '{"marrow_blast_percent": NaN}',
        '{"marrow_blast_percent": -Infinity}',
        '{"cbc": "normal"',
    ],
)
def test_json_that_is_not_exact_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(record|input): "):
        Record.model_validate_json(text)


@pytest.mark.parametrize("update", SMUGGLED, ids=str)
def test_nothing_is_smuggled_in(update: dict[str, Any]) -> None:
    record = Record.read(CLEAN)
    with pytest.raises(ValidationError):
        record.model_copy(update=update)
    with pytest.raises(ValidationError):
        Record.model_construct(**{**CLEAN, **update})


def test_a_copy_says_what_was_said() -> None:
    record = Record.read(CLEAN)
    assert record.model_copy() == record
    assert record.model_copy(update={"marrow_blast_percent": 6}) == Record.read(
        CLEAN | {"marrow_blast_percent": 6}
    )


@pytest.mark.parametrize(
    "more",
    [
        {"signs_and_symptoms": ["fever", "bruises"]},
        {"leukemia_outside_marrow": {"site": ["cns", "blood"]}},
        {"cbc": {"wbc": {"value": 5, "low": 4, "high": "11"}}},
    ],
    ids=str,
)
def test_a_record_is_hashable_and_pickles(more: dict[str, Any]) -> None:
    record = Record.read(CLEAN | more)
    assert hash(record) == hash(Record.read(CLEAN | more))
    assert pickle.loads(pickle.dumps(record)) == record


class Request(BaseModel):
    """A model of somebody else's with records in it."""

    records: list[Record]


def test_inside_another_model_a_refusal_is_one_of_its_errors() -> None:
    wrong = [{"marrow_blast_percent": 140}, CLEAN, {"cbc": "Normal"}]
    with pytest.raises(ValidationError) as refusal:
        Request.model_validate({"records": wrong})
    assert {error["loc"][1] for error in refusal.value.errors()} == {0, 2}
    assert not any("140" in error["msg"] for error in refusal.value.errors())


@pytest.mark.parametrize("key", ["MRN12345", "Sexton", "Smith", "Idris", "x" * 50])
def test_no_key_that_is_not_near_a_real_one_is_repeated(key: str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        classify({key: {}})
    assert key not in str(refusal.value)


def test_a_key_near_a_real_one_is_shown_with_it() -> None:
    with pytest.raises(InvalidRecord, match=r"marow_blast_percent.*'marrow_blast_percent'"):
        classify({"marow_blast_percent": 5})


@pytest.mark.skipif(find_spec("mypy") is None, reason="mypy is not installed (extra test)")
def test_types_accept_what_the_reader_reads_and_no_more() -> None:
    folder = Path(__file__).parent
    marked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "typed_records.py", "refused_records.py"],
        cwd=folder,
        env=os.environ | {"MYPYPATH": str(folder.parents[1] / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    at = set(re.findall(r"^(\w+)\.py:(\d+): error", marked.stdout, re.MULTILINE))
    lines = (folder / "refused_records.py").read_text("utf-8").splitlines()
    made = {number for number, line in enumerate(lines, 1) if line.startswith("Record(")}
    assert at == {("refused_records", str(number)) for number in made}, marked.stdout
    assert len(importlib.import_module("record.typed_records").RECORDS) > 10
    for number in made:
        with pytest.raises(ValueError, match=r"\w"):
            eval(lines[number - 1], {"Record": Record, "OutsideMarrow": OutsideMarrow})
