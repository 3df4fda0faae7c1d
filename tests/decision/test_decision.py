"""A decision is a value: nothing done to one changes another, the rules or the table."""

import copy
import json
import pickle
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from allstatus import Decision, load_rules
from allstatus.decision.document import PARTS
from allstatus.decision.schema import schema_of
from allstatus.ehr.out.bundle import bundle_json
from allstatus.record.frozen import plain
from allstatus.render.html import render_html
from allstatus.render.text import render_text
from decision.test_properties import records
from shipped import RULES

CLEAN = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
}
KINDS = {
    "determined, untreated": {
        "prior_treatment": "none",
        "cbc": "abnormal",
        "marrow_blast_percent": "120/200",
        "signs_and_symptoms": ["fever"],
    },
    "determined, in remission": CLEAN | {"marrow_blast_percent": 5},
    "outside the definitions": CLEAN | {"marrow_blast_percent": 60},
    "data missing": CLEAN,
    "conflict with a constraint": CLEAN | {"prior_treatment": "none", "prior_remission": True},
    "conflict within the record": CLEAN | {"relapse_count": 2},
}
CHANGES = {
    "append": ("spoilt",),
    "update": ({"spoilt": "spoilt"},),
    "__setitem__": (0, "spoilt"),
    "setdefault": ("spoilt", "spoilt"),
    "add": ("spoilt",),
    "pop": (),
    "popitem": (),
    "clear": (),
}
NOW = datetime(2026, 1, 5, tzinfo=UTC)
SCHEMA = jsonschema.Draft202012Validator(schema_of("decision"))


def spoil(value: Any, depth: int = 0) -> None:
    """Change everything that lets itself be changed."""
    if depth > 12 or isinstance(value, str | int | float | None):
        return
    parts = list(value.values()) if isinstance(value, Mapping) else []
    parts += list(value) if isinstance(value, list | tuple | set | frozenset) else []
    if is_dataclass(value):
        parts += [getattr(value, field.name) for field in fields(value)]
        for field in fields(value):
            _tried(lambda name=field.name: setattr(value, name, "spoilt"))
    for part in parts:
        spoil(part, depth + 1)
    for method, what in CHANGES.items():
        _tried(lambda method=method, what=what: getattr(value, method)(*what))


def _tried(change: Any) -> None:
    try:
        change()
    except (AttributeError, TypeError, KeyError, IndexError, StopIteration):
        return


def spoil_all(decision: Decision) -> None:
    for name in dir(decision):
        if not name.startswith("_"):
            value = getattr(decision, name)
            spoil(value() if name == "to_dict" else None if callable(value) else value)


def said(decision: Decision) -> tuple[Any, ...]:
    """The next patient's answer in every form."""
    return (
        decision.to_json(),
        decision.to_dict(),
        *(render_text(decision, level=level) for level in ("clinician", "student", "plain")),
        render_html([decision]),
        bundle_json(decision, at=NOW),
    )


@pytest.mark.parametrize("record", KINDS.values(), ids=KINDS)
def test_what_is_done_to_a_decision_changes_no_other(record: dict[str, Any]) -> None:
    before = said(RULES.classify(record | {"id": "next"}))
    table = RULES.table.digest
    spoil_all(RULES.classify(record | {"id": "first"}))
    assert said(RULES.classify(record | {"id": "next"})) == before
    assert said(load_rules(engine="builtin").classify(record | {"id": "next"})) == before
    assert RULES.table.digest == table


@given(records)
@settings(max_examples=100, deadline=None)
def test_any_decision_is_a_value(record: dict[str, Any]) -> None:
    decision = RULES.classify(record)
    spoil_all(RULES.classify(record))
    again = RULES.classify(record)
    assert decision == again
    assert hash(decision) == hash(again)
    parts = {name: plain(getattr(decision, name)) for name in PARTS}
    assert json.loads(decision.to_json()) == decision.to_dict() == parts
    restored = pickle.loads(pickle.dumps(decision))
    assert restored == decision
    assert restored.to_dict() == decision.to_dict()
    assert copy.deepcopy(decision) is decision
    assert SCHEMA.is_valid(decision.to_dict())


def test_decisions_of_other_patients_differ() -> None:
    record = KINDS["data missing"]
    assert RULES.classify(record | {"id": 1}) != RULES.classify(record | {"id": 2})
    assert len({RULES.classify(record | {"id": number % 3}) for number in range(9)}) == 3


@pytest.mark.parametrize("name", PARTS)
def test_no_part_can_be_assigned_or_deleted(name: str) -> None:
    decision = RULES.classify(CLEAN)
    with pytest.raises(AttributeError):
        setattr(decision, name, None)
    with pytest.raises(AttributeError):
        delattr(decision, name)


@pytest.mark.parametrize("record", KINDS.values(), ids=KINDS)
def test_a_pickled_decision_is_put_in_words_by_the_same_rules(record: dict[str, Any]) -> None:
    decision = RULES.classify(record)
    assert said(pickle.loads(pickle.dumps(decision))) == said(decision)
