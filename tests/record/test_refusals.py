"""How a record is refused: which field, what is wrong, what to do; never a key that may name
somebody.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.refusals import REMEDIES
from allstatus.record.yaml_file import YamlFile

FOLDER = Path(__file__).parent
CASES = YamlFile(FOLDER / "refusals.yaml", FOLDER).data


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["problem"])
def test_a_refusal_says_where_what_and_what_to_do(
    classifier: Classifier, case: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRecord) as refused:
        classifier.classify(case["record"])
    said = refused.value
    assert (said.field, said.problem, said.remedy) == (
        case["field"],
        case["problem"],
        case["remedy"],
    )


@pytest.mark.parametrize("field", REMEDIES)
def test_each_remedy_belongs_to_a_key_and_is_said_of_it(classifier: Classifier, field: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        classifier.classify({"prior_remission": True, field: {"no such key": object()}})
    assert refused.value.field.partition(".")[0] == field
    assert "object at" not in str(refused.value)
    assert refused.value.remedy == REMEDIES[field]
