"""What a chart tells by the way counts for what the tables know, a site's own included."""

import json
from pathlib import Path
from typing import Any

import pytest

from allstatus.ehr.chart import Chart, Mention, Problem, Result, Statement, changed, doubt_of
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.coding.codes import code_tables, make_code
from allstatus.ehr.coding.mentions import tells_of_more, with_mentions
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.hl7v2 import read_hl7
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from ehr.bundles import REMISSION, bundle
from ehr.test_hl7v2 import message
from shipped import RULES

ASSUME = ["symptoms-absent-unless-recorded"]
SITE = {
    "results": "marrow_blasts:\n  codes:\n"
    '    - {system: "http://h.example/lab", code: "KMB", verified: no, cite: "site list"}\n',
    "diagnoses": "all_in_relapse:\n  codes:\n"
    '    - {system: "http://h.example/dx", code: "REL", verified: no, cite: "site list"}\n',
}
REL = {"coding": [{"system": "http://h.example/dx", "code": "REL"}]}
FHIR: dict[str, dict[str, Any]] = {
    "an order's reason": {
        "resourceType": "ServiceRequest",
        "status": "active",
        "reasonCode": [REL],
    },
    "a flag": {"resourceType": "Flag", "status": "active", "code": REL},
    "an answer on a form": {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "item": [{"linkId": "1", "answer": [{"valueCoding": REL["coding"][0]}]}],
    },
    "a condition's evidence": {"resourceType": "Condition", "evidence": [{"code": [REL]}]},
}
HL7 = {
    "a result in a document": ("MDM^T02", "OBX|1|NM|KMB^^http://h.example/lab||60|%|||||F"),
    "a diagnosis in a bill": ("DFT^P03", "DG1|1||REL^x^http://h.example/dx||20250312|W"),
    "an order's reason": ("ORU^R01", f"OBR|1|P|F|x^y^L{'|' * 27}REL^x^http://h.example/dx"),
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, text in SITE.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def status(chart: Chart, codes: Path | None) -> str | None:
    return decide_chart(RULES, chart, options=make_reader(ASSUME, codes=codes)).status


@pytest.mark.parametrize("name", FHIR)
def test_a_site_s_code_told_by_the_way_of_a_resource(name: str, site: Path) -> None:
    told = {"id": "x", "subject": {"reference": "Patient/p1"}, **FHIR[name]}
    (chart,) = read_fhir(parse_json(json.dumps(bundle(*REMISSION, told))))
    assert [status(chart, codes) for codes in (None, site)] == ["in_remission", None]


@pytest.mark.parametrize("name", HL7)
def test_a_site_s_code_told_by_the_way_of_a_message(name: str, site: Path) -> None:
    kind, line = HL7[name]
    day = "20250310"
    results = [
        "DG1|1||C91.00^ALL^I10C||20250102|W",
        f"OBR|1|P1|F1|58410-2^CBC^LN|||{day}",
        f"OBX|1|NM|6690-2^WBC^LN||6.2|10*9/L|4.0-11.0||||F|||{day}",
        f"OBX|2|NM|718-7^Hb^LN||13.1|g/dL|12.0-15.5||||F|||{day}",
        f"OBX|3|NM|777-3^Plt^LN||230|10*9/L|150-400||||F|||{day}",
        f"OBX|4|NM|11150-0^Blasts^LN||3|%|||||F|||{day}",
        "RXA|0|1|20250110|20250110|11202^vincristine^RXNORM|2|mg||||||||||||||CP",
    ]
    later = message(kind, line, sent=20250313090000)
    (chart,) = read_hl7(message("ORU^R01", *results) + later)
    assert [status(chart, codes) for codes in (None, site)] == ["in_remission", None]


def test_the_whole_stands_where_nothing_in_it_is_known() -> None:
    whole, day = Statement("m", (), None), None
    known = Problem("a", (make_code("icd10cm", "C91.02"),), day)
    unknown = Result("b", (make_code("http://l", "x"),), day)
    chart = Chart("p")
    for one in (Mention(known, whole), Mention(unknown, whole), Mention(unknown)):
        chart.add(one)
    found = with_mentions(chart, code_tables())
    assert (found.problems, found.results, found.others) == ([known], [], [])
    assert (chart.problems, len(chart.mentions)) == ([], 3)
    only = Chart("p", mentions=[Mention(unknown, whole), Mention(unknown, whole)])
    assert with_mentions(only, code_tables()).others == [whole]


@pytest.mark.parametrize(
    ("system", "code", "more"),
    [
        ("icd10cm", "C91.02", True),
        ("icd10cm", "C79.32", True),
        ("snomed", "61301000119102", True),
        ("icd10cm", "C91.00", False),
        ("icd10cm", "C91.01", False),
        ("snomed", "386661006", False),
    ],
)
def test_what_tells_of_more_than_the_disease(system: str, code: str, more: bool) -> None:
    assert tells_of_more((make_code(system, code),), code_tables()) is more
    first = Problem("a", (make_code("icd10cm", "C91.00"), make_code(system, code)), None)
    assert doubt_of(changed(Mention(first), doubt="d")) == doubt_of(changed(first, doubt="d"))
