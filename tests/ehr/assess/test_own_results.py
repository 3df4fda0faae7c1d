"""Results of the codes of a rule set's own facts, through each door, are read as own_results.yaml
says.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.decision.classifier import load_rules
from allstatus.ehr.assess.recorded_answers import answer_code, system_of
from allstatus.ehr.chart import Chart
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.hl7v2 import read_hl7
from allstatus.ehr.lab_table import read_table
from allstatus.ehr.timelines.timeline import decide_chart
from ehr.bundles import ICD10CM, concept, condition, observation, patient, quantity
from ehr.test_hl7v2 import message
from page_rules import PLASMA_RULES

GIVEN = yaml.safe_load((Path(__file__).parent / "own_results.yaml").read_text("utf-8"))
RULES = load_rules(PLASMA_RULES, engine="builtin")
FACTS = RULES.ruleset.facts
DAY = "2026-02-01"
FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
HL7_STATUS = {"final": "F", "preliminary": "P", "corrected": "C", "cancelled": "X"}
HL7_STATUS |= {"entered-in-error": "W"}
DISEASE = condition("c1", "C90.00", ICD10CM, "2025-06-01")
Sent = dict[str, Any]


def stated(sent: Sent) -> tuple[str, Any, str | None]:
    """(the fact, its value, the day) of a result that a case sends."""
    ((fact, value),) = [(name, sent[name]) for name in GIVEN["facts"] if name in sent]
    day = sent.get("day", DAY)
    return fact, value, str(day) if day else None


def is_number(value: object) -> bool:
    return not isinstance(value, bool) and str(value).replace(".", "", 1).isdecimal()


def as_fhir(every: list[Sent]) -> Chart:
    resources = [patient(), DISEASE]
    for number, sent in enumerate(every):
        fact, value, day = stated(sent)
        made: Sent = {"status": sent.get("status", "final")}
        if sent.get("coded"):
            said = concept(answer_code(FACTS[fact], value), system_of(RULES.ruleset.id))
            made["valueCodeableConcept"] = said
        elif isinstance(value, bool):
            made["valueBoolean"] = value
        elif is_number(value):
            unit = sent.get("unit")
            made["valueQuantity"] = {"value": value} | (
                quantity(value, unit, sent.get("sign")) if unit else {}
            )
        else:
            made["valueString"] = value
        if "specimen" in sent:
            made["specimen"] = {"display": sent["specimen"]}
        if "focus" in sent:
            made["focus"] = [{"reference": sent["focus"]}]
        if "flag" in sent:
            made["interpretation"] = [concept(sent["flag"], FLAGS)]
        one = observation(f"o{number}", GIVEN["facts"][fact], day or "", **made)
        resources.append(one if day else {k: v for k, v in one.items() if "DateTime" not in k})
    (chart,) = read_fhir(resources)
    return chart


def as_hl7(every: list[Sent]) -> Chart:
    segments = ["DG1|1||C90.00^^I10C||20250601|W", "OBR|1|P1|F1|panel^^LN|||20260201"]
    for number, sent in enumerate(every, 1):
        fact, value, day = stated(sent)
        kind, shown = ("NM", value) if is_number(value) else ("ST", value)
        if sent.get("coded"):
            said = answer_code(FACTS[fact], value)
            kind, shown = "CWE", f"{said}^^{system_of(RULES.ruleset.id)}"
        elif isinstance(value, bool):
            kind, shown = "CWE", "Y^Yes^HL70136" if value else "N^No^HL70136"
        elif "sign" in sent:
            kind, shown = "SN", f"{sent['sign']}^{value}"
        code, unit, flag = GIVEN["facts"][fact], sent.get("unit", ""), sent.get("flag", "")
        status = HL7_STATUS[sent.get("status", "final")]
        on = (day or "").replace("-", "")
        segments.append(
            f"OBX|{number}|{kind}|{code}^^LN|{number}|{shown}|{unit}||{flag}|||{status}|||{on}"
        )
    (chart,) = read_hl7(message("ORU^R01", *segments, sent=20260801))
    return chart


def as_table(every: list[Sent]) -> Chart:
    rows = ["patient,date,system,code,comparator,value,unit,flag,status"]
    rows.append("p1,2025-06-01,I10C,C90.00,,,,,")
    for sent in every:
        fact, value, day = stated(sent)
        shown, flag = ("", "POS" if value else "NEG") if isinstance(value, bool) else (value, "")
        unit, sign, status = (sent.get(key, "") for key in ("unit", "sign", "status"))
        code = GIVEN["facts"][fact]
        rows.append(f"p1,{day or ''},LN,{code},{sign},{shown},{unit},{flag},{status}")
    (chart,) = read_table("\n".join(rows))
    return chart


DOORS = {"fhir": as_fhir, "hl7": as_hl7, "table": as_table}
CASES = [
    pytest.param(door, case, id=f"{case['name']}, {door}")
    for case in GIVEN["cases"]
    for door in case.get("doors", DOORS)
]


@pytest.mark.parametrize(("door", "case"), CASES)
def test_a_result_of_an_own_fact_counts_as_it_should(door: str, case: dict[str, Any]) -> None:
    decision = decide_chart(RULES, DOORS[door](case["sent"]))
    fact = decision.facts[stated(case["sent"][0])[0]]
    value = case.get("expect")
    assert (fact.value, fact.state) == (value, "unknown" if value is None else "derived")
    because = " ".join(entry.because for entry in fact.evidence if hasattr(entry, "because"))
    assert case.get("says", "") in because
    assert (decision.outcome == "conflicting_data") is case.get("conflict", False)
    numbers = decision.accounted
    assert numbers is not None
    assert numbers.came_in == numbers.counted + numbers.set_aside + numbers.about_something_else
    assert numbers.counted + numbers.set_aside >= len(case["sent"])


def test_what_is_later_than_the_day_asked_about_is_set_aside() -> None:
    chart = as_fhir([{"m_protein": 2, "unit": "g/dL"}])
    decision = decide_chart(RULES, chart, as_of=date(2026, 1, 1))
    assert decision.facts["m_protein"].state == "unknown"
    assert decision.accounted is not None
    assert (decision.accounted.counted, decision.accounted.set_aside) == (1, 1)
