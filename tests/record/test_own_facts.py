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

TESTS = Path(__file__).parent.parent
GIVEN = {
    name: yaml.safe_load((TESTS / f"{name}.yaml").read_text("utf-8"))
    for name in ("own_facts", "own_set")
}
CASES = [(name, case) for name, given in GIVEN.items() for case in given["cases"]]
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
    if not entries:
        return
    with file.open("a", encoding="utf-8") as out:
        out.write(yaml.safe_dump(entries, sort_keys=False))


def names(given: dict[str, Any]) -> list[str]:
    """The facts as the record has them: of a set its members."""
    return [
        f"{name}_{member}" if member else name
        for name, fact in given["facts"].items()
        for member in fact.get("members", [""])
    ]


def rules_with_own_facts(folder: Path, given: dict[str, Any] = GIVEN["own_facts"]) -> Path:
    """A copy of the rule set with the facts of own_facts.yaml, or of own_set.yaml."""
    copy_rules(folder, given["edits"])
    about = {"own": True, "question": "Is it?", "answered_by": ["cytogenetic_analysis"]}
    about |= {"about": "finding", "burden": 3, "says": SAYS}
    add(folder / "facts.yaml", {name: {**about, **kind} for name, kind in given["facts"].items()})
    named = {"title": "It does", "otherwise": "It does not"}
    add(
        folder / "criteria.yaml",
        {name: {**named, "condition": text, **READ} for name, text in given["criteria"].items()},
    )
    limits = given["thresholds"].items()
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
def rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Classifier]:
    folder = tmp_path_factory.mktemp("rules")
    made = {name: rules_with_own_facts(folder / name, given) for name, given in GIVEN.items()}
    return {name: load_rules(at, engine="builtin", draft=True) for name, at in made.items()}


@pytest.fixture(scope="module", params=GIVEN)
def own(request: pytest.FixtureRequest, rules: dict[str, Classifier]) -> Classifier:
    return rules[request.param]


@pytest.mark.parametrize(("name", "case"), CASES, ids=str)
def test_answers_turn_on_them(
    rules: dict[str, Classifier], name: str, case: dict[str, Any]
) -> None:
    own, record = rules[name], {**BASE, **case["facts"]}
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


def test_the_schema_and_cql_have_them(own: Classifier) -> None:
    own_facts = {name for name, fact in own.ruleset.facts.items() if fact.own}
    assert own_facts in [set(names(given)) for given in GIVEN.values()]
    assert own_facts <= set(own.record_model.model_json_schema()["properties"])
    text = to_cql(own.table)
    assert all(name in text for name in own_facts)


@pytest.mark.parametrize("name", [pytest.param("own_facts", marks=pytest.mark.slow), "own_set"])
def test_dmn_has_them(rules: dict[str, Classifier], name: str) -> None:
    text = to_dmn(rules[name].table)
    assert all(own in text for own in names(GIVEN[name]))


def test_they_are_asked_for_where_they_can_decide(rules: dict[str, Classifier]) -> None:
    missing = {entry.fact for entry in rules["own_facts"].classify(BASE).missing}
    assert missing == set(GIVEN["own_facts"]["facts"])
    known = {**BASE, "mutations_npm1": True}
    (asked,) = rules["own_set"].classify(known).missing
    assert asked.fact == "mutations_flt3"
    assert asked.question == "Was an internal tandem duplication of FLT3 found?"
    assert rules["own_set"].ruleset.facts["mutations_npm1"].codes["site"] == ("NPM1-PCR",)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_generated_records_state_them(own: Classifier, data: st.DataObject) -> None:
    own.classify(data.draw(records(own)))


@pytest.mark.parametrize(
    "stated",
    ["5", "<5", "10/200", {"value": "0.05", "unit": "1"}, {"value": "5", "cells_counted": 200}],
    ids=str,
)
def test_a_percentage_is_written_as_it_can_be_read(
    rules: dict[str, Classifier], stated: Any
) -> None:
    model = rules["own_facts"].record_model
    record = model.read({**BASE, "cells_percent": stated})
    assert model.model_validate_json(record.model_dump_json()) == record
