"""The explanation as a document."""

from typing import Any

from hypothesis import given, settings
from pydantic_core import from_json

from allstatus.decision.document import PARTS
from allstatus.record.frozen import plain
from decision.test_properties import patients, records
from why.cells import RULES


@given(records, patients)
@settings(max_examples=200)
def test_json_is_the_document_whichever_decision_came_first(
    record: dict[str, Any], patient: dict[str, Any]
) -> None:
    for switch in (True, False):
        decision = RULES.classify(
            record | patient | {"id": 'one "quoted" \ue000 id'}, applicability=switch
        )
        parts = {name: plain(getattr(decision, name)) for name in PARTS}
        assert from_json(decision.to_json()) == decision.to_dict() == parts
