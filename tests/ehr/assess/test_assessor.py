"""A remission, and each shape of `assessor.yaml` beside it: what cannot be read leaves its fact
open, what does not count leaves the answer as it was.
"""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.decision.decision import Decision
from allstatus.ehr.assess.caller_facts import CallerFacts, make_overlays
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from allstatus.record.exact_json import parse_json
from ehr import bundles
from ehr.assess.test_recorded_answers import observation
from shipped import RULES

OPTIONS = make_reader(["symptoms-absent-unless-recorded"])
GROUPS = yaml.safe_load(Path(__file__).with_name("assessor.yaml").read_text("utf-8"))
CASES = {
    f"{group}: {name}": case for group, cases in GROUPS.items() for name, case in cases.items()
}
HL7 = "http://terminology.hl7.org/CodeSystem/"
SYSTEMS = {
    "snomed": bundles.SNOMED,
    "icd10cm": bundles.ICD10CM,
    "rxnorm": bundles.RXNORM,
    "loinc": bundles.LOINC,
    "verification": f"{HL7}condition-ver-status",
    "clinical": f"{HL7}condition-clinical",
    "absent": f"{HL7}data-absent-reason",
    "interpretation": f"{HL7}v3-ObservationInterpretation",
    "meaning": f"{HL7}referencerange-meaning",
}
CODES = {
    "marrow": "11150-0",
    "csf": "26447-3",
    "blood": "26446-5",
    "platelets": "777-3",
    "disease status": "97509-4",
}
IDS = {"marrow": "marrow-{}", "platelets": "777-3-{}", "vincristine": "given-vincristine-{}"}
QUANTITY = re.compile(r"(<=|>=|<|>|~|ad)?(-?[\d.]+) (%|10\*9/L|g/L|mg|a)")
CONCEPT = re.compile(rf"({'|'.join(SYSTEMS)}) (\S+)")
LITERAL = ("valueString", "text", "display", "abatementString", "performedString")


def longhand(value: Any, name: str = "") -> Any:
    """FHIR as a line jots it down: `2 %` is a quantity and `snomed 1` a concept."""
    if isinstance(value, dict):
        return {key: longhand(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [longhand(item, name) for item in value]
    if not isinstance(value, str) or name in LITERAL:
        return value
    if found := QUANTITY.fullmatch(value):
        number = float(found[2])
        return bundles.quantity(int(number) if number.is_integer() else number, found[3], found[1])
    found = CONCEPT.fullmatch(value)
    return bundles.concept(found[2], SYSTEMS[found[1]]) if found else value


def resource_of(line: dict[str, Any], number: int) -> dict[str, Any]:
    """The resource of one line; null leaves an element out."""
    what, value = next(iter(line.items()))
    rest = {key: item for key, item in line.items() if key != what}
    made: dict[str, Any]
    if what in CODES:
        made = bundles.observation(IDS.get(what, what).format(value), CODES[what], value)
    elif what == "vincristine":
        made = bundles.given(value)
    elif what == "condition":
        made = bundles.condition(f"condition-{number}", "") | {"code": longhand(value)}
    else:
        made, rest = {"subject": {"reference": "Patient/p1"}}, line
    made |= longhand(rest)
    return {key: item for key, item in made.items() if item is not None}


def chart_of(case: dict[str, Any]) -> list[dict[str, Any]]:
    """A remission with a case's resources: one of an id that is there takes its place."""
    resources: list[Any] = bundles.bundle(*deepcopy(bundles.REMISSION))["entry"]
    found = {entry["resource"]["id"]: [entry["resource"]] for entry in resources}
    here = set(found)
    for name in case.get("without", ()):
        del found[name]
    for number, line in enumerate(case["chart"]):
        resource = resource_of(line, number)
        name = resource["id"]
        found[name] = [resource] if name in here else [*found.get(name, ()), resource]
        here.discard(name)
    return [resource for versions in found.values() for resource in versions]


def as_patients() -> dict[str, list[dict[str, Any]]]:
    """The charts of all shapes by patient, none of which share an id: as an export holds them."""
    found = {}
    for number, case in enumerate(CASES.values(), 1):
        written = json.dumps([{"id": f"no-{n}", **r} for n, r in enumerate(chart_of(case))])
        text = re.sub(r'"reference": "(\w+)/', rf'"reference": "\1/{number}-', written)
        resources = json.loads(text.replace('"system": "mrn"', f'"system": "mrn-{number}"'))
        for resource in resources:
            resource["id"] = f"{number}-{resource['id']}"
        found[f"{number}-p1"] = resources
    return found


def decide(resources: list[dict[str, Any]], *said: CallerFacts) -> Decision:
    """The decision on patient p1, with what a caller says of them."""
    charts = read_fhir(parse_json(json.dumps(resources)))
    (chart,) = [chart for chart in charts if chart.patient == "p1"]
    return decide_chart(RULES, chart, options=OPTIONS, overlays=said)


def told(decision: Decision) -> str:
    """The status or outcome in the words of the table."""
    if decision.outcome != "insufficient_data":
        return decision.status or decision.outcome
    return "open" if "in_remission" in decision.possible else "not in remission"


@pytest.mark.parametrize("name", CASES)
def test_a_shape_beside_a_remission_is_read_as_the_table_says(name: str) -> None:
    decision = decide(chart_of(CASES[name]))
    assert told(decision) == CASES[name]["expect"], decision.warnings


def test_the_order_of_resources_does_not_matter() -> None:
    for name, case in CASES.items():
        resources = chart_of(case)
        assert told(decide(resources[::-1])) == case["expect"], name


@pytest.mark.parametrize(
    ("first", "over", "signs"),
    [
        ("2025-03-20", "2025-03-31", "absent"),
        ("2025-03-20", "2025-04-01", None),
        ("2025-04-08", "2025-04-09", None),
        ("2025-04-08", "2025-04-30", "present"),
    ],
)
def test_a_marrow_of_a_month_may_be_of_any_of_its_days(
    first: str, over: str, signs: str | None
) -> None:
    fever = {
        "condition": "snomed 386661006",
        "onsetDateTime": first,
        "abatementDateTime": over,
    }
    marrow = {"marrow": "2025-04", "valueQuantity": "2 %"}
    decision = decide(chart_of({"chart": [marrow, fever]}))
    assert decision.facts["signs_and_symptoms"].value == signs


def test_treatment_that_somebody_answered_for_leaves_the_count_open_no_more() -> None:
    answer = {"prior_treatment": "none"}
    undated = {"vincristine": None, "id": "undated"}
    chart = chart_of({"without": ["given-vincristine-2025-01-10"], "chart": [undated]})
    assert decide(chart).facts["cbc"].value is None
    assert decide(chart, CallerFacts(None, None, answer)).facts["cbc"].value == "normal"
    signed = observation(1, {**answer, "day": "2025-03-10"}, RULES.ruleset.id)
    assert decide([*chart, signed]).facts["cbc"].value == "normal"


def test_a_marrow_of_some_days_may_be_of_the_last_on_which_a_sign_may_have_been_there() -> None:
    fever = {"resourceType": "Observation", "id": "f", "status": "final", "valueBoolean": True}
    fever |= {"code": "snomed 386661006"}
    fever |= {"effectivePeriod": {"start": "2025-03-04", "end": "2025-03-15"}}
    days = {"effectivePeriod": {"start": "2025-03-02", "end": "2025-03-20"}}
    marrow = {"marrow": None, "valueQuantity": "2 %", **days}
    range_ = [{"low": "150 10*9/L", "high": "400 10*9/L"}]
    platelets = [
        {"platelets": day, "valueQuantity": f"{number} 10*9/L", "referenceRange": range_}
        for day, number in (("2025-03-16", 100), ("2025-03-20", 230))
    ]
    case = {"without": ["marrow-2025-03-10"], "chart": [marrow, *platelets, fever]}
    assert decide(chart_of(case)).facts["cbc"].value is None


def test_an_undated_marrow_may_be_of_a_day_without_the_count_of_the_day_it_was_issued_on() -> None:
    undated = {"marrow": None, "id": "u", "valueQuantity": "3 %", "issued": "2025-03-20T08:00:00Z"}
    (chart,) = read_fhir(chart_of({"chart": [undated]}))
    said = make_overlays({"as_of": "2025-03-20", "leukemia_outside_marrow": "absent"})
    (_, point) = decide_over_time(RULES, chart, options=OPTIONS, overlays=said).points
    assert point.decision.facts["cbc"].value is None
    assert point.decision.possible == ("in_remission", "recurrent", "outside_definitions")
