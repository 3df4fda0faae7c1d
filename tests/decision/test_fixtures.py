"""Every fixture record gives the decision that stands beside it, whichever engine fired the
table.
"""

import json
from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.decision.classifier import Classifier
from allstatus.record.exact_json import parse_json

RECORDS = Path(__file__).parents[2] / "fixtures" / "records"
EXPECTED = sorted(RECORDS.glob("*.expected.json"))


@pytest.mark.parametrize(
    "path", EXPECTED, ids=lambda path: path.name.removesuffix(".expected.json")
)
def test_fixture_gives_the_decision_beside_it(path: Path, classifier: Classifier) -> None:
    expected = json.loads(path.read_text("utf-8"))
    text = path.with_name(path.name.replace(".expected", "")).read_text("utf-8")
    if "refused" in expected:
        with pytest.raises(InvalidRecord) as refusal:
            classifier.classify(parse_json(text))
        assert refusal.value.field == expected["refused"]["field"]
        assert all(word in str(refusal.value) for word in expected["refused"]["says"])
        return
    decision = classifier.classify(parse_json(text)).to_dict()
    assert decision["outcome"] == expected["outcome"]
    assert decision["status"] == expected["status"]
    assert sorted(decision["possible"]) == expected["possible"]
    assert sorted(region["id"] for region in decision["regions"]) == expected["regions"]
    open_cases = sorted(region["id"] for region in decision["possible_regions"])
    assert open_cases == expected.get("possible_regions", [])
    assert sorted(entry["fact"] for entry in decision["missing"]) == expected["missing"]
    assert sorted(entry["fact"] for entry in decision["assumptions"]) == expected["assumptions"]
    assert sorted(entry["constraint"] for entry in decision["conflicts"]) == expected["conflicts"]


def test_there_are_at_least_forty_fixtures() -> None:
    assert len(EXPECTED) >= 40
