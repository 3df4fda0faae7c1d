"""Both pages on the same fixtures: where they differ is listed with the reason, and nowhere else do
they.
"""

from pathlib import Path
from typing import Any

import yaml

from allstatus import InvalidRecord, load_rules
from allstatus.record.exact_json import parse_json
from allstatus.verify.rule_examples import failing_examples
from shipped import RULES as PATIENT

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROFESSIONAL = load_rules("nci-pdq-adult-all-health-professional", engine="builtin")
GROUPS = yaml.safe_load((FIXTURES / "rule-sets-differ.yaml").read_text("utf-8"))


def spine() -> dict[str, Any]:
    """The fixture records that are accepted, by name."""
    found = {}
    for path in sorted((FIXTURES / "records").glob("*.json")):
        if not path.name.endswith(".expected.json"):
            try:
                record = parse_json(path.read_text("utf-8"))
                PATIENT.classify(record)
            except InvalidRecord:
                continue
            found[path.stem] = record
    return found


def test_the_fixtures_on_which_the_pages_differ_are_the_listed_ones() -> None:
    records = spine()
    assert len(records) >= 40
    listed = {
        name: (tuple(group["patient"]), tuple(group["professional"]))
        for group in GROUPS
        for name in group["records"]
    }
    answers = {
        name: (PATIENT.classify(record).possible, PROFESSIONAL.classify(record).possible)
        for name, record in records.items()
    }
    assert {name: pair for name, pair in answers.items() if pair[0] != pair[1]} == listed
    assert all(group["because"] for group in GROUPS)


def test_what_only_the_professional_page_asks_for_brings_both_together() -> None:
    records = spine()
    closed = [
        (group["closed_by"], n)
        for group in GROUPS
        if "closed_by" in group
        for n in group["records"]
    ]
    assert len(closed) > 20
    for stated, name in closed:
        record = with_stated(records[name], stated)
        assert PROFESSIONAL.classify(record).possible == PATIENT.classify(record).possible


def with_stated(record: dict[str, Any], stated: dict[str, Any]) -> dict[str, Any]:
    """The record with these facts too; parts of a panel are put beside those that are there."""
    beside = {
        name: record[name] | value if isinstance(value, dict) else value
        for name, value in stated.items()
    }
    return record | beside


def test_the_professional_page_s_examples_hold() -> None:
    assert failing_examples(PROFESSIONAL) == []


def test_every_clause_of_recurrent_is_marked_as_our_reading_on_the_professional_page() -> None:
    trace = PROFESSIONAL.classify({"prior_remission": True}).trace
    nodes = [node for path, node in trace.nodes.items() if path.startswith("recurrent")]
    assert {node.reading for node in nodes} == {"interpretation"}


def test_parts_of_the_blood_count_that_are_partly_known_leave_only_what_can_be() -> None:
    panel = {"wbc": {"flag": "H"}, "platelets": {"flag": "L"}}
    fact = PROFESSIONAL.classify({"cbc": panel}).facts["cbc"]
    assert (fact.value, fact.state) == ("all_abnormal or some_abnormal", "given")
    remission = {
        "prior_treatment": "disease_directed",
        "marrow_blast_percent": 2,
        "signs_and_symptoms": "absent",
    }
    for count in (panel, "abnormal"):
        assert PROFESSIONAL.classify(
            remission | {"cbc": count, "prior_remission": False}
        ).possible == ("outside_definitions",)


def test_cns_prophylaxis_is_a_phase_of_its_own_on_the_professional_page() -> None:
    phases = {
        option["phase"] for options in PROFESSIONAL.ruleset.options.values() for option in options
    }
    assert phases == {"remission_induction", "cns_prophylaxis", "consolidation", "recurrence"}
