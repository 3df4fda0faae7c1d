"""Documents that are called by a code of the marrow, and the reports that hold the same ones."""

from typing import Any

import pytest

from allstatus.ehr.chart import Mention, Result
from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_mentions import told
from allstatus.ehr.fhir.fhir_store import ResourceStore
from ehr.bundles import concept

PATIENT = {"reference": "Patient/p1"}
DOCUMENT = {
    "resourceType": "DocumentReference",
    "id": "d",
    "status": "current",
    "subject": PATIENT,
    "type": concept("33721-2"),
    "date": "2025-03-20",
    "content": [{"attachment": {"url": "Binary/x"}}],
}
REPORT = {
    "resourceType": "DiagnosticReport",
    "id": "r",
    "subject": PATIENT,
    "presentedForm": [{"url": "https://ehr.example/fhir/Binary/x"}],
}


def results(resource: dict[str, Any], *beside: dict[str, Any]) -> list[Result]:
    store = ResourceStore(BundleEntry("", one) for one in (resource, *beside))
    said = [one.statement for one in told(resource, store, other=True) if isinstance(one, Mention)]
    return [one for one in said if isinstance(one, Result)]


@pytest.mark.parametrize(
    ("more", "day", "latest"),
    [
        ({}, None, "2025-03-20"),
        ({"context": {"period": {"start": "2025-03-10", "end": "2025-03-10"}}}, "2025-03-10", None),
        ({"period": {"start": "2025-03-10", "end": "2025-03-10"}}, "2025-03-10", None),
        ({"context": {"period": {"start": "2025-03-10"}}}, None, "2025-03-20"),
        ({"context": [{"reference": "Encounter/e"}]}, None, "2025-03-20"),
        ({"meta": {"lastUpdated": "2025-03-12T00:00:00Z"}}, None, "2025-03-12"),
    ],
)
def test_it_is_of_the_service_it_is_about_and_not_after_it_was_written(
    more: dict[str, Any], day: str | None, latest: str | None
) -> None:
    (one,) = results(DOCUMENT | more)
    assert (one.when and one.when.shown, one.latest and one.latest.isoformat()) == (day, latest)


def test_one_that_a_report_of_the_same_patient_holds_says_nothing_more() -> None:
    assert not results(DOCUMENT, REPORT)
    assert results(DOCUMENT, REPORT | {"subject": {"reference": "Patient/p2"}})
    assert results(DOCUMENT, REPORT | {"presentedForm": [{"url": "Binary/y"}, {"data": "eA=="}]})
    related = {"context": {"related": [{"reference": "DiagnosticReport/r"}]}, "content": []}
    assert not results(DOCUMENT | related, REPORT)


@pytest.mark.parametrize(
    ("more", "void"),
    [
        ({"status": "superseded"}, "superseded by another"),
        ({"docStatus": "entered-in-error"}, "entered in error"),
        ({"docStatus": "final"}, ""),
    ],
)
def test_it_stands_by_both_its_statuses(more: dict[str, Any], void: str) -> None:
    (one,) = results(DOCUMENT | more)
    assert (one.void, one.doubt) == (void, "")


def test_one_without_a_code_of_its_own_is_counted_only() -> None:
    assert not results(DOCUMENT | {"type": {"text": "Bone marrow biopsy"}})
