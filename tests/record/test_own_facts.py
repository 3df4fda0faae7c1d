"""Facts of a rule set's own: its record has them, its answers turn on them, no other has them."""

import pickle
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus import classify
from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import InvalidRecord
from allstatus.record.model import Record
from allstatus.record.own_facts import record_with
from allstatus.testing.strategies import records
from allstatus.translate.cql import to_cql
from allstatus.translate.dmn import to_dmn
from copies import copy_rules

GIVEN = yaml.safe_load((Path(__file__).parent.parent / "own_facts.yaml").read_text("utf-8"))
BASE = {
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": "3",
    "signs_and_symptoms": "present",
}
SAYS = dict.fromkeys(("clinician", "student", "plain"), "It counts.")
CITE = {
    "section": "Trial protocol",
    "sentence": "1e9e71b423737b78e4011f697a24fa04a827c3bea28b68226e646b7cf1c0a0f7",
}
READ = {"reading": "interpretation", "cite": CITE}


def add(file: Path, entries: dict[str, Any]) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.write(yaml.safe_dump(entries, sort_keys=False))


def rules_with_own_facts(folder: Path) -> Path:
    """A copy of the rule set with the facts of own_facts.yaml."""
    copy_rules(folder, GIVEN["edits"])
    about = {"own": True, "question": "Is it?", "answered_by": ["cytogenetic_analysis"]}
    about |= {"about": "finding", "burden": 3, "says": SAYS}
    add(folder / "facts.yaml", {name: {**about, **kind} for name, kind in GIVEN["facts"].items()})
    named = {"title": "It does", "otherwise": "It does not"}
    add(
        folder / "criteria.yaml",
        {name: {**named, "condition": text, **READ} for name, text in GIVEN["criteria"].items()},
    )
    limits = GIVEN["thresholds"].items()
    add(
        folder / "thresholds.yaml",
        {
            name: {
                "title": "A limit",
                "unit": limit["unit"],
                "values": [{"from": "2025-12-30", "value": limit["value"]}],
                **READ,
            }
            for name, limit in limits
        },
    )
    return folder


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    folder = rules_with_own_facts(tmp_path_factory.mktemp("rules") / "own")
    return load_rules(folder, engine="builtin", draft=True)


@pytest.mark.parametrize("case", GIVEN["cases"], ids=lambda case: str(case["facts"]))
def test_answers_turn_on_them(own: Classifier, case: dict[str, Any]) -> None:
    record = {**BASE, **case["facts"]}
    if "refused" in case:
        with pytest.raises(InvalidRecord) as refusal:
            own.classify(record)
        assert str(refusal.value).startswith(case["refused"])
        return
    decision = own.classify(record)
    expected = case.get("status"), case.get("outcome", "determined")
    assert (decision.status, decision.outcome) == expected
    assert pickle.loads(pickle.dumps(decision)) == decision


def test_other_rules_refuse_them() -> None:
    with pytest.raises(InvalidRecord, match="is not a key of a record"):
        classify({**BASE, "gene_changes": True})
    assert record_with(()) is Record


def test_the_schema_questions_and_logic_have_them(own: Classifier) -> None:
    assert set(GIVEN["facts"]) <= set(own.record_model.model_json_schema()["properties"])
    missing = {entry.fact for entry in own.classify(BASE).missing}
    assert missing == set(GIVEN["facts"])
    for text in (to_cql(own.table), to_dmn(own.table)):
        assert all(name in text for name in GIVEN["facts"])


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_generated_records_state_them(own: Classifier, data: st.DataObject) -> None:
    own.classify(data.draw(records(own)))


@pytest.mark.parametrize("name", [n for n, f in GIVEN["facts"].items() if f["type"] == "percent"])
@pytest.mark.parametrize(
    "stated",
    ["5", "<5", "10/200", {"value": "0.05", "unit": "1"}, {"value": "5", "cells_counted": 200}],
    ids=str,
)
def test_a_percentage_is_written_as_it_can_be_read(own: Classifier, name: str, stated: Any) -> None:
    record = own.record_model.read({**BASE, name: stated})
    assert own.record_model.model_validate_json(record.model_dump_json()) == record
