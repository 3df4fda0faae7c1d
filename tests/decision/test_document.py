"""A decision's JSON, filled into a form that decisions of one kind share, is equal to its parts."""

import json
from typing import Any

from hypothesis import given, settings

from allstatus.decision.document import PARTS, SCHEMA_VERSION, to_dict, to_json
from allstatus.record.frozen import plain
from decision.test_properties import records
from shipped import RULES


@given(records, records)
@settings(max_examples=100, deadline=None)
def test_the_form_is_filled_with_each_patient_s_own(
    one: dict[str, Any], two: dict[str, Any]
) -> None:
    for record in (one, two):
        decision = RULES.classify(record)
        assert json.loads(to_json(decision)) == {
            name: plain(getattr(decision, name)) for name in PARTS
        }


def test_a_value_that_looks_like_a_mark_of_the_form_is_a_value() -> None:
    marked = "\ue000facts\ue001"
    document = json.loads(to_json(RULES.classify({"id": marked, "cbc": "normal"})))
    assert document["id"] == marked
    assert document["facts"]["cbc"]["value"] == "normal"


def test_the_dict_is_new_each_time() -> None:
    decision = RULES.classify({"cbc": "normal"})
    to_dict(decision)["missing"].clear()
    assert to_dict(decision)["missing"]
    assert to_dict(decision)["schema_version"] == SCHEMA_VERSION
