"""What a record states of each fact: as its name says, by another part of it, or not at all."""

from dataclasses import replace
from typing import Any

import pytest

from allstatus.record.model import Record
from allstatus.record.percent import Percent, read_percent
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules
from allstatus.table.chart_context import ChartContext, Evidence
from allstatus.table.facts import RecordFacts, add_chart, sources_of, state_facts, write_value

PROFESSIONAL = read_rules(find_rules("nci-pdq-adult-all-health-professional"))
PATIENT = read_rules(find_rules())
NAMES = tuple(PATIENT.facts)
LOW = {"value": "50", "unit": "10*9/L", "low": "150", "high": "400"}
STATED: list[tuple[dict[str, Any], str, Any]] = [  # record, fact, its value
    ({"cbc": "normal"}, "cbc", "normal"),
    ({"cbc": "some_abnormal"}, "cbc", "abnormal"),
    ({"cbc": "all_abnormal"}, "cbc", "abnormal"),
    ({"cbc": {"platelets": LOW}}, "cbc", "abnormal"),
    ({"cbc": {"platelets": {**LOW, "value": "200"}}}, "cbc", None),
    ({"signs_and_symptoms": []}, "signs_and_symptoms", "absent"),
    ({"signs_and_symptoms": ["fever"]}, "signs_and_symptoms", "present"),
    ({"leukemia_outside_marrow": {"site": "cns"}}, "leukemia_outside_marrow", "present"),
    ({"leukemia_outside_marrow": {"site": []}}, "leukemia_outside_marrow", "absent"),
    ({"relapse_count": 1}, "prior_remission", True),
    ({"relapse_count": 0, "prior_treatment": "none"}, "prior_remission", None),
    ({"relapse_count": 1, "prior_remission": True}, "prior_remission", True),
]
CONFLICTS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"relapse_count": 1, "prior_remission": False}, ("relapse_count", "prior_remission")),
    (
        {"relapse_count": 0, "relapse_since_remission": True},
        ("relapse_count", "relapse_since_remission"),
    ),
]


def stated(record: dict[str, Any]) -> RecordFacts:
    return state_facts(Record.read(record), NAMES)


@pytest.mark.parametrize(("record", "fact", "value"), STATED, ids=str)
def test_the_value_of_a_fact(record: dict[str, Any], fact: str, value: Any) -> None:
    assert stated(record).values[fact] == value


def test_unknown_is_reported_and_null_is_not() -> None:
    said = stated({"cbc": "unknown", "prior_remission": None, "signs_and_symptoms": "unknown"})
    assert said.values["cbc"] is said.values["prior_remission"] is None
    assert {"cbc", "signs_and_symptoms"}.isdisjoint(said.unreported)
    assert "prior_remission" in said.unreported


@pytest.mark.parametrize(("record", "facts"), CONFLICTS, ids=str)
def test_a_record_that_contradicts_itself(record: dict[str, Any], facts: tuple[str, ...]) -> None:
    assert [conflict[1] for conflict in stated(record).conflicts] == [facts]


@pytest.mark.parametrize(
    "record",
    [
        {"relapse_count": 0, "prior_remission": False},
        {"relapse_count": 0, "relapse_since_remission": False},
        {"relapse_count": 2, "prior_remission": True, "relapse_since_remission": True},
    ],
)
def test_a_count_that_agrees(record: dict[str, Any]) -> None:
    assert stated(record).conflicts == ()


def test_a_counted_relapse_derives_the_remission_before_it() -> None:
    said = stated({"relapse_count": 1})
    assert said.derived == {"prior_remission"}
    assert {"prior_remission", "relapse_since_remission"}.isdisjoint(said.unreported)


@pytest.mark.parametrize(("value", "warned"), [("0.05", True), ("1", False), ("5 %", False)])
def test_a_bare_fraction_is_warned_of(value: str, warned: bool) -> None:
    assert bool(stated({"marrow_blast_percent": value}).warnings) is warned


def test_a_count_read_by_its_parts() -> None:
    fact = next(f for f in PROFESSIONAL.facts.values() if f.read_by == "cbc_by_parts")
    sources = sources_of(PROFESSIONAL.facts.values())

    def read(value: Any) -> Any:
        return state_facts(Record.read({"cbc": value}), (fact.name,), sources).values[fact.name]

    assert read("normal") == "normal"
    assert read("abnormal") == {"some_abnormal", "all_abnormal"}
    assert read("unknown") is None


def test_a_chart_s_evidence_goes_before_the_record_s() -> None:
    said = stated({"cbc": {"platelets": LOW}})
    own, seen = said.evidence["cbc"], Evidence("Observation/1", used=True)
    add_chart(said, ChartContext({"cbc": (seen,)}, warnings=("a warning",)))
    assert said.evidence["cbc"] == (seen, *own)
    assert "a warning" in said.warnings


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (read_percent("<5"), "<5"),
        (frozenset({"b", "a"}), "a or b"),
        (True, True),
        (None, None),
    ],
)
def test_a_value_as_json_has_it(value: Percent | object, written: object) -> None:
    assert write_value(value) == written


def test_a_fact_of_another_name_is_read_as_its_key_is() -> None:
    fact = replace(PATIENT.facts["cbc"], name="blood", record_key="cbc")
    panel = {name: {"flag": "N"} for name in ("wbc", "hemoglobin", "platelets")}
    record = Record.read({"cbc": panel})
    assert state_facts(record, ("blood",), sources_of([fact])).values == {"blood": "normal"}
