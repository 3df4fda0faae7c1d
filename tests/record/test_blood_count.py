"""The blood count: one component at its edges (`blood_count.yaml`), by every door, and the
whole.
"""

import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from allstatus import InvalidRecord, classify, load_rules
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.record.blood_count import (
    COMPONENTS,
    CbcPanel,
    Component,
    read_panel,
    verdict_by_parts,
    verdict_of_count,
)
from allstatus.record.count_component import Person
from allstatus.record.model import Record

RULES = load_rules()
GROUPS = yaml.safe_load(Path(__file__).with_name("blood_count.yaml").read_text("utf-8"))
PEOPLE = {
    "of a woman": {"sex": "female"},
    "of a man": {"sex": "male"},
    "of a child of 17 the adult table says nothing, the laboratory does": {"age_years": 17},
}
SWITCHED_OFF = "with the adult table switched off"
NORMAL = {
    "wbc": {"value": "6", "unit": "10*9/L", "low": "4", "high": "11"},
    "hemoglobin": {"value": "14", "unit": "g/dL", "low": "12", "high": "16"},
    "platelets": {"value": "250", "unit": "10*9/L", "low": "150", "high": "400"},
}
LOINC = {
    "wbc": "6690-2",
    "neutrophils": "751-8",
    "hemoglobin": "718-7",
    "hematocrit": "4544-3",
    "platelets": "777-3",
}


class Case(NamedTuple):
    """A line of the table, read."""

    group: str
    name: str
    sent: dict[str, str]
    normal: bool | None
    because: str

    @property
    def person(self) -> dict[str, Any]:
        return PEOPLE.get(self.group, {})

    @property
    def panel(self) -> dict[str, Any]:
        """A count that is normal but for this component."""
        rest = {k: v for k, v in NORMAL.items() if (k, self.name) != ("hemoglobin", "hematocrit")}
        return {**rest, self.name: self.sent}

    @property
    def count(self) -> str | None:
        return {True: "normal", False: "abnormal", None: None}[self.normal]


def _case(group: str, line: list[str]) -> Case:
    name, *rest = line
    sent: dict[str, str] = {}
    words = iter(rest)
    for word in words:
        if word in ("normal", "abnormal", "unknown"):
            normal = {"normal": True, "abnormal": False, "unknown": None}[word]
            return Case(group, name, sent, normal, next(words, ""))
        if word.startswith("flag "):
            sent["flag"] = word.removeprefix("flag ")
        elif "to" in word.split():
            low, _, high = (part.strip() for part in word.partition("to"))
            sent |= {k: v for k, v in (("low", low), ("high", high)) if v}
        else:
            value, _, unit = word.partition(" ")
            sent |= {"value": value} | ({"unit": unit} if unit else {})
    raise AssertionError(line)


CASES = [_case(group, line) for group, lines in GROUPS.items() for line in lines]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.sent}")
def test_a_component(case: Case) -> None:
    person = Person(
        case.person.get("sex"), case.person.get("age_years", 18) >= 18, case.group != SWITCHED_OFF
    )
    found = Component.model_validate(case.sent).judge(case.name, person)
    assert found.normal is case.normal
    assert case.because in found.because
    assert found.conflict is (case.because == "contradicts")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.name} {case.sent}")
def test_a_record_says_the_same(case: Case) -> None:
    decision = classify({"cbc": case.panel, **case.person}, adult_ranges=case.group != SWITCHED_OFF)
    assert decision.facts["cbc"].value == case.count
    by_default = "adult table's" in str(decision.facts["cbc"].evidence)
    assert ("adult ranges" in [entry.value for entry in decision.assumptions]) is by_default
    left_out = [line for line in decision.warnings if line.startswith(f"cbc.{case.name}: ")]
    assert [line.endswith("; it is left out") for line in left_out] == [True] * (
        case.normal is None
    )


def _quantity(written: str, unit: str | None) -> dict[str, Any]:
    number = written.lstrip("<>=")
    sent = {"value": number, "comparator": written.removesuffix(number), "unit": unit}
    return {key: part for key, part in sent.items() if part}


def _observation(name: str, sent: dict[str, str]) -> dict[str, Any]:
    unit = sent.get("unit")
    limits = {end: _quantity(sent[end], unit) for end in ("low", "high") if end in sent}
    flag = {"coding": [{"code": sent.get("flag"), "system": FLAGS}]}
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": LOINC[name]}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2025-03-10",
        "valueQuantity": _quantity(sent["value"], unit),
        **({"referenceRange": [limits]} if limits else {}),
        **({"interpretation": [flag]} if "flag" in sent else {}),
    }


FLAGS = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
NEEDED = [case for case in CASES if "value" in case.sent and case.name != "neutrophils"]


def _chart(text: str, kind: str, *, adult_ranges: bool) -> Any:
    ((_, chart),) = read_charts(text, kind)
    options = ChartOptions(adult_ranges=adult_ranges)
    now = decide_over_time(RULES, chart, options=options).now
    assert now is not None
    return now


@pytest.mark.parametrize("case", NEEDED, ids=lambda case: f"{case.name} {case.sent}")
def test_fhir_says_the_same(case: Case) -> None:
    born = {"birthDate": "2008-01-01"} if "age_years" in case.person else {}
    sex = {"gender": case.person["sex"]} if "sex" in case.person else {}
    diagnosis = {
        "resourceType": "Condition",
        "id": "d",
        "subject": {"reference": "Patient/p"},
        "recordedDate": "2025-03-01",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C91.00"}]},
    }
    patient = {"resourceType": "Patient", "id": "p", **born, **sex}
    results = [_observation(name, sent) for name, sent in case.panel.items()]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in (patient, diagnosis, *results)],
    }
    now = _chart(json.dumps(bundle), "fhir", adult_ranges=case.group != SWITCHED_OFF)
    assert now.facts["cbc"].value == case.count


def _obx(number: int, name: str, sent: dict[str, str]) -> str:
    low, high = sent.get("low", ""), sent.get("high", "")
    given = f"{low}-{high}" if low and high else f">={low}" if low else f"<={high}" if high else ""
    unit = sent.get("unit", "").replace("^", "\\S\\")
    value = sent["value"]
    head = f"OBX|{number}|ST|{LOINC[name]}^x^LN||{value}|{unit}|{given}|{sent.get('flag', '')}"
    return f"{head}|||F|||20250310"


PLAIN = [
    case
    for case in NEEDED
    if not any(sign in case.sent.get(end, "") for sign in "<>" for end in ("low", "high"))
]


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: f"{case.name} {case.sent}")
def test_hl7_v2_says_the_same(case: Case) -> None:
    born = "20080101" if "age_years" in case.person else ""
    sex = {"female": "F", "male": "M"}.get(case.person.get("sex", ""), "")
    lines = [
        "MSH|^~\\&|L|H|||20250310||ORU^R01|1|P|2.5.1",
        f"PID|1||p||||{born}|{sex}",
        "DG1|1||C91.00^ALL^I10C||20250301",
        "OBR|1|1||58410-2^CBC^LN|||20250310",
        *(_obx(number, *one) for number, one in enumerate(case.panel.items(), 1)),
    ]
    now = _chart("\r".join(lines), "hl7v2", adult_ranges=case.group != SWITCHED_OFF)
    assert now.facts["cbc"].value == case.count


def test_a_range_or_a_unit_alone_is_no_result() -> None:
    panel = {**NORMAL, "neutrophils": {"unit": "10*9/L", "low": 2, "high": 7}}
    assert classify({"cbc": panel}).facts["cbc"].value == "normal"


def test_a_panel_tells_what_is_known_of_each_component() -> None:
    numbers = {"value": 6, "unit": "10*9/L", "low": 4, "high": 11}
    unread = {"value": 230, "unit": "bananas"}
    found = read_panel(CbcPanel.model_validate({"wbc": numbers, "platelets": unread}))
    assert (found.normal, found.numbers) == ({"wbc": True}, {"wbc": Fraction(6)})


VERDICTS = [
    dict(zip(COMPONENTS, states, strict=True))
    for states in product(("absent", True, False, None), repeat=len(COMPONENTS))
]


def test_the_whole_of_every_set_of_components() -> None:
    """By the sentence of the design, over all 1,024."""
    for states in VERDICTS:
        sent = {name: state for name, state in states.items() if state != "absent"}
        enough = "wbc" in sent and "platelets" in sent and {"hemoglobin", "hematocrit"} & set(sent)
        wanted = "normal" if enough and all(sent.values()) else None
        if False in sent.values():
            wanted = "abnormal"
        assert verdict_of_count(sent) == wanted, sent


def test_the_parts_of_every_set_of_components() -> None:
    """What the parts are known to be is what every completion of the unknown ones agrees on."""
    for states in VERDICTS:
        sent = {name: state for name, state in states.items() if state != "absent"}
        said = verdict_by_parts(sent)
        possible = {said} if isinstance(said, str) else said
        assert isinstance(said, str) is (len(possible) == 1), sent
        whole = verdict_of_count(sent) == "normal" and "neutrophils" in sent
        assert whole is (possible == {"normal"}), sent
        assert (verdict_of_count(sent) == "abnormal") is ("normal" not in possible), sent
        groups = (("wbc", "neutrophils"), ("hemoglobin", "hematocrit"), ("platelets",))
        low = [any(sent.get(name) is False for name in group) for group in groups]
        assert ("all_abnormal" in possible) or any(
            all(sent.get(name) for name in group if name in sent) for group in groups
        ), sent
        if all(low):
            assert possible == {"all_abnormal"}, sent


@pytest.mark.parametrize(
    ("component", "field", "problem"),
    [
        ({"value": "abc"}, "cbc.wbc.value", "is not a number"),
        ({"value": True}, "cbc.wbc.value", "is true or false, not a number"),
        ({"value": [1]}, "cbc.wbc.value", "is not a number"),
        ({"value": "4,5"}, "cbc.wbc.value", "has a comma"),
        ({"value": -1}, "cbc.wbc.value", "is negative"),
        ({"value": float("nan")}, "cbc.wbc.value", "is not a finite number (NaN or infinity)"),
        ({"value": 5, "low": "low"}, "cbc.wbc.low", "is not a number"),
        ({"value": 5, "high": -11}, "cbc.wbc.high", "is negative"),
        ({"value": 5, "low": 11, "high": 4}, "cbc.wbc", "has a range that runs backwards"),
    ],
)
def test_what_no_record_can_say(component: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        Record.read({"cbc": {"wbc": component}})
    assert (refused.value.field, refused.value.problem) == (field, problem)


NUMBERS = st.decimals(0, 2000, places=2, allow_nan=False)


@given(
    st.sampled_from(COMPONENTS),
    NUMBERS,
    st.sampled_from([("10*9/L", "/uL", 1000), ("g/dL", "g/L", 10), ("L/L", "%", 100)]),
    st.tuples(NUMBERS, NUMBERS).map(sorted),
)
def test_the_unit_it_is_written_in_never_matters(
    name: str, value: Any, units: tuple[str, str, int], limits: list[Any]
) -> None:
    (unit, other, factor), (low, high) = units, limits
    one = {"value": str(value), "unit": unit, "low": str(low), "high": str(high)}
    scaled = {k: str(Fraction(v) * factor) for k, v in one.items() if k != "unit"}
    if any("/" in number for number in scaled.values()):
        return
    verdicts = [
        read_panel(CbcPanel.model_validate({name: component})).normal
        for component in (one, {**scaled, "unit": other})
    ]
    assert verdicts[0] == verdicts[1]
