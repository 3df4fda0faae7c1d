"""When a result is of and in what it was measured, where it does not say so itself."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_context import dated, specimens
from allstatus.ehr.fhir.fhir_holders import listing
from allstatus.ehr.fhir.fhir_store import ResourceStore


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": name, "subject": {"reference": "Patient/p"}, **more}


def to(name: str) -> dict[str, str]:
    return {"reference": name}


REPORT = resource(
    "DiagnosticReport",
    "r",
    effectiveDateTime="2025-03-08",
    issued="2025-03-12T08:00:00Z",
    specimen=[to("Specimen/blood")],
    result=[to("Observation/panel")],
)
PANEL = resource("Observation", "panel", hasMember=[to("Observation/m")])
MARROW = resource(
    "Specimen",
    "marrow",
    type={"coding": [{"system": "http://snomed.info/sct", "code": "119359002"}]},
    collection={"collectedDateTime": "2025-03-07"},
    receivedTime="2025-03-09T08:00:00Z",
)
BLOOD = resource("Specimen", "blood", type={"text": "Blood"})
PART = resource("Specimen", "part", parent=[to("Specimen/blood")])
RESULT = resource("Observation", "m", valueInteger=2)


def store_of(*resources: dict[str, Any]) -> ResourceStore:
    return ResourceStore([BundleEntry("", one) for one in resources])


def test_reports_and_panels_above_a_result() -> None:
    store = store_of(REPORT, PANEL, RESULT)
    assert [(by, one["id"]) for by, one in listing(RESULT, store)] == [
        ("panel", "panel"),
        ("report", "r"),
    ]


@pytest.mark.parametrize(
    ("result", "others", "codes"),
    [
        (RESULT | {"specimen": to("Specimen/marrow")}, (REPORT, PANEL), ["119359002"]),
        (RESULT, (REPORT, PANEL), ["blood"]),
        (RESULT, (PANEL | {"specimen": to("Specimen/marrow")}, REPORT), ["119359002"]),
        (RESULT, (), []),
        (
            RESULT | {"specimen": to("Specimen/blood")},
            (BLOOD | {"type": {"text": "Marrow"}},),
            ["blood", "marrow"],
        ),
        (
            RESULT | {"specimen": to("Specimen/part")},
            (PART, BLOOD | {"type": {"text": "Marrow"}}),
            ["blood", "marrow"],
        ),
        (RESULT | {"specimen": {"display": "Marrow"}}, (), ["marrow"]),
        (RESULT | {"specimen": to("Specimen/gone")}, (), ["not here"]),
    ],
)
def test_a_result_s_own_specimen_is_before_its_report_s_and_panel_s(
    result: dict[str, Any], others: tuple[dict[str, Any], ...], codes: list[str]
) -> None:
    store = store_of(result, *others, MARROW, BLOOD)
    found = [code.code for code in specimens(result, store).codes if code.system != "specimen"]
    assert found == codes


def test_a_specimen_of_another_person_or_in_error() -> None:
    result = RESULT | {"specimen": to("Specimen/marrow")}
    other = store_of(result, MARROW | {"subject": to("Patient/donor")})
    assert specimens(result, other).standing.void == "its specimen is of another person"
    wrong = store_of(result, MARROW | {"status": "entered-in-error"})
    assert specimens(result, wrong).standing.doubt == "its specimen was entered in error"


def day_of(result: dict[str, Any], *others: dict[str, Any]) -> tuple[Any, ...]:
    store = store_of(result, *others, MARROW, BLOOD)
    found = dated(result, store, specimens(result, store))
    day = None if found.when is None else (found.when.first.day, found.when.last.day)
    bounds = [None if end is None else end.day for end in (found.earliest, found.latest)]
    return day, found.by, *bounds


def test_the_day_is_the_result_s_own_else_its_report_s_else_the_collection_s() -> None:
    own, taken = {"effectiveDateTime": "2025-03-06"}, {"specimen": to("Specimen/marrow")}
    assert day_of(RESULT | own | taken, REPORT, PANEL) == ((6, 6), "", None, None)
    assert day_of(RESULT | taken, REPORT, PANEL) == ((8, 8), "dated by its report", None, None)
    by = "dated by its specimen's collection"
    assert day_of(RESULT | taken) == ((7, 7), by, None, None)
    assert day_of(RESULT) == (None, "", None, None)


def test_a_date_that_cannot_be_read_is_not_replaced_and_only_bounded() -> None:
    unread = RESULT | {"_effectiveDateTime": {"extension": []}, "specimen": to("Specimen/marrow")}
    assert day_of(unread, REPORT, PANEL) == (None, "", None, 9)
    assert day_of(RESULT | {"effectiveDateTime": "soon", "issued": "2025-03-10"})[3] == 10


def test_a_period_with_one_end_is_bounded_at_the_other() -> None:
    from_the_first = RESULT | {"effectivePeriod": {"start": "2025-03-01"}}
    assert day_of(from_the_first) == (None, "", 1, None)
    assert day_of(from_the_first | {"issued": "2025-03-04"}) == ((1, 4), "", None, None)
    assert day_of(RESULT | {"effectivePeriod": {"end": "2025-03-04"}}) == (None, "", None, 4)
