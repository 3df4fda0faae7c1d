"""No text a client can send takes more than linear time: long runs of every sign that means
something, in every text field of a chart.
"""

import copy
import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest

from allstatus import load_rules
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.hl7v2 import read_hl7
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from allstatus.errors import InvalidRecord
from allstatus.record.percent import read_percent
from allstatus.service.prefetch import PrefetchedChart

from .conftest import chart, prefetch_of

SHORT, LONG = 3_000, 12_000
MOST = 9  # times the time for four times the length: linear takes 4, quadratic 16
SLOW = 0.1  # seconds; less than this is not looked at
SIGNS = [
    *" \t\n\u00a0.,:;-–_/\\|+*^#&'\"<>=%()[]{}?!@$~0159aAeEMxX²µ×",
    "\u202e",
    "\ud800",
    "1.",
    "1-",
    "1 ",
    "( ",
    "<b>",
    "to ",
    "and ",
    "/A",
    "://a",
    "1e",
    " 5 %x",
]
CLASSIFIER = load_rules()


def texts(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The path of each text in a chart, one for each name."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from texts(item, (*path, number))
    elif isinstance(value, str):
        yield path


def rich() -> dict:
    """A prefetch in which each text a reader looks at is there."""
    given = prefetch_of(chart("01-exactly-five"))
    observation = given["observations"]["entry"][0]["resource"]
    more = {
        "effectiveDateTime": "2025-03-01",
        "valueString": "5 %",
        "note": [{"text": "hemodilute"}],
        "bodySite": {"text": "marrow"},
        "interpretation": [{"text": "N"}],
        "referenceRange": [{"text": "4.0-11.0 10*9/L"}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "11150-0"}], "text": "Blasts"},
    }
    kept = {name: item for name, item in observation.items() if not name.startswith("value")}
    counted = kept | {"id": "n2", "valueQuantity": {"value": 5, "unit": "%", "comparator": "<"}}
    given["observations"]["entry"] += [
        {"fullUrl": "urn:uuid:1", "resource": kept | more | {"id": "n1"}},
        {"resource": counted},
    ]
    return given


GIVEN = rich()
FIELDS = {path[-3:]: path for path in texts(GIVEN) if not isinstance(path[-1], int)}
NAMES = {tuple(part for part in path if isinstance(part, str)): path for path in FIELDS.values()}


def with_text(path: tuple, text: str) -> dict:
    given = copy.deepcopy(GIVEN)
    place: object = given
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = text
    return given


def taken(work: Callable[[], object]) -> float:
    """Processor time of one run, whatever it refuses; garbage of other tests is not collected."""
    gc.disable()
    try:
        began = time.process_time()
        with suppress(InvalidRecord):
            work()
        return time.process_time() - began
    finally:
        gc.enable()


def is_linear(work: Callable[[int], Callable[[], object]]) -> bool:
    """Whether the work on a long text takes as many times longer as the text is; the least of three
    counts, since a machine has other things to do."""
    if taken(work(LONG)) < SLOW:
        return True
    long, short = (min(taken(work(size)) for _ in range(3)) for size in (LONG, SHORT))
    return long < SLOW or long < MOST * short


def decided(given: dict) -> Callable[[], object]:
    return lambda: decide_over_time(CLASSIFIER, PrefetchedChart("p1", "", given).chart())


@pytest.mark.parametrize("name", NAMES, ids=".".join)
def test_each_text_of_a_chart_takes_linear_time(name: tuple) -> None:
    slow = [
        json.dumps(before + sign)
        for sign in SIGNS
        for before, after in (("", ""), ("5", "x"))
        if not is_linear(
            lambda size, run=sign, ends=(before, after): decided(
                with_text(NAMES[name], ends[0] + run * (size // len(run)) + ends[1])
            )
        )
    ]
    assert slow == []


@pytest.mark.parametrize("segment", ["PID|1||{}||{}|", "OBX|1|ST|11150-0^{}^LN||{}|%|{}|{}|||F"])
def test_each_text_of_a_message_takes_linear_time(segment: str) -> None:
    head = "MSH|^~\\&|LAB|HOSPITAL|||20250310||ORU^R01|1|P|2.5.1\rPID|1||p1\r"

    def reading(text: str) -> list:
        return [
            decide_over_time(CLASSIFIER, found)
            for found in read_hl7(head + segment.replace("{}", text))
        ]

    def of(sign: str) -> Callable[[int], Callable[[], object]]:
        return lambda size: lambda: reading("5" + sign * (size // len(sign)) + "x")

    assert [json.dumps(sign) for sign in SIGNS if not is_linear(of(sign))] == []


def _taken_back(size: int) -> str:
    """A feed in which each result is of an order of its own, and half of them are taken back."""
    head = "MSH|^~\\&|L|L|||20250310||ORU^R01|{0}|P|2.5\rPID|1||p1\r"
    order = "OBR|1|P{0}|F{0}|11150-0^b^LN|||20250301|||||||||||||||20250301|||{1}\r"
    result = "OBX|1|NM|11150-0^b^LN||3|%|||||{1}|||20250301"
    ways = (f"{number}{status}" for number in range(size) for status in "XF")
    return "\r".join((head + order + result).format(way, way[-1]) for way in ways)


def _made_of_each_other(size: int) -> dict:
    """Results of two patients, each of a specimen that was made of the next."""
    subjects = [{"reference": f"Patient/p{number}"} for number in (1, 2)]
    code = {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]}
    said = {"status": "final", "code": code, "valueQuantity": {"value": 3, "unit": "%"}}
    made: list[dict] = [{"resourceType": "Patient", "id": f"p{number}"} for number in (1, 2)]
    for number in range(size):
        parent = {"reference": f"Specimen/s{number + 1}"}
        specimen = {"resourceType": "Specimen", "id": f"s{number}", "parent": [parent]}
        of = {"subject": subjects[number == 0], "specimen": {"reference": f"Specimen/s{number}"}}
        made += specimen, {"resourceType": "Observation", "id": f"o{number}", **said, **of}
    entries = [{"resource": resource} for resource in made]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _in_doubt(size: int) -> dict:
    """Marrows of many days that a list takes back, and as many of which only the issue is dated."""
    code = {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]}
    said = {"resourceType": "Observation", "status": "final", "code": code}
    days = [(date(2000, 1, 1) + timedelta(days=number)).isoformat() for number in range(size)]
    dated = [{"effectiveDateTime": day} for day in days]
    issued = [{"issued": f"{day}T08:00:00Z"} for day in days]
    values = {"valueQuantity": {"value": 3, "unit": "%"}}
    made = [{**said, **values, **day, "id": f"o{n}"} for n, day in enumerate([*dated, *issued])]
    removed = [{"item": {"reference": f"Observation/o{n}"}, "deleted": True} for n in range(size)]
    made.append({"resourceType": "List", "status": "current", "mode": "working", "entry": removed})
    ill = {"coding": [{"system": "http://snomed.info/sct", "code": "91857003"}]}
    made.append({"resourceType": "Condition", "id": "c", "code": ill})
    entries = [{"resource": one | {"subject": {"reference": "Patient/p1"}}} for one in made]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_hundreds_of_results_in_doubt_are_decided_in_linear_time() -> None:
    charts = {size: read_fhir(_in_doubt(size // 16))[0] for size in (SHORT, LONG)}
    assert is_linear(lambda size: lambda: decide_chart(CLASSIFIER, charts[size]))


def _within_each_other(size: int) -> dict:
    """Results in panels in panels, on one order with as many notes, and treatments with orders
    because of orders, all of a mixture of as many medicines.
    """
    said = {"status": "final", "code": {"coding": [{"code": "11150-0"}]}}
    made: list[dict] = []
    for number in range(size):
        member = {"reference": f"Observation/o{number + 1}"}
        order = {"reference": f"MedicationRequest/q{number + 1}"}
        result = {**said, "hasMember": [member], "basedOn": [{"reference": "ServiceRequest/s"}]}
        mixture = {"status": "completed", "medicationReference": {"reference": "Medication/m"}}
        made += (
            {"resourceType": "Observation", "id": f"o{number}", **result},
            {"resourceType": "MedicationRequest", "id": f"q{number}", "basedOn": [order]},
            {"resourceType": "MedicationAdministration", **mixture, "request": order},
        )
    notes = [{"text": f"note {number}"} for number in range(size)]
    holds = [{"itemCodeableConcept": {"text": f"drug {number}"}} for number in range(size)]
    made.append({"resourceType": "ServiceRequest", "id": "s", "status": "active", "note": notes})
    made.append({"resourceType": "Medication", "id": "m", "ingredient": holds})
    ill = {"coding": [{"system": "http://snomed.info/sct", "code": "91857003"}]}
    made.append({"resourceType": "Condition", "id": "c", "code": ill})
    entries = [{"resource": one | {"subject": {"reference": "Patient/p1"}}} for one in made]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def test_what_stands_within_one_another_takes_linear_time() -> None:
    charts = {size: _within_each_other(size // 16) for size in (SHORT, LONG)}
    assert is_linear(lambda size: lambda: decide_chart(CLASSIFIER, read_fhir(charts[size])[0]))


def test_many_results_that_are_taken_back_or_made_of_each_other_take_linear_time() -> None:
    feeds = {size: _taken_back(size // 10) for size in (SHORT, LONG)}
    charts = {size: _made_of_each_other(size // 4) for size in (SHORT, LONG)}
    assert is_linear(lambda size: lambda: read_hl7(feeds[size]))
    assert is_linear(lambda size: lambda: read_fhir(charts[size]))


def test_a_percentage_takes_linear_time() -> None:
    for sign in SIGNS:
        for before, after in (("", ""), ("5", "x"), ("<", "%"), ("5-", "x")):
            text = before + sign * (50_000 // len(sign)) + after
            assert taken(lambda text=text: read_percent(text)) < 1, json.dumps(sign)
