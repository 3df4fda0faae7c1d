"""Observations and reports are read as `fhir_results.yaml` says, statement by statement."""

from decimal import Decimal
from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import BundleEntry
from allstatus.ehr.fhir.fhir_context import ANOTHERS, UNKNOWN_FOCUS, about
from allstatus.ehr.fhir.fhir_store import ResourceStore
from ehr.fhir.fhir_cases import PATIENT, cases, chart_of, check


@pytest.mark.parametrize("case", cases("fhir_results"), ids=lambda case: case["name"])
def test_a_result_is_read_as_it_says(case: dict[str, Any]) -> None:
    check(case)


def test_decimals_stay_exact() -> None:
    value = Decimal("5.000000000000000001")
    sent = {"resourceType": "Observation", "id": "m", "valueQuantity": {"value": value}}
    assert chart_of([sent]).results[0].value.number == value


FOCUS = [  # what a result says it is about -> why it does not count, why it is in doubt, its codes
    ([], "", "", []),
    ([{"reference": "Patient/p1"}], "", "", []),
    ([{"reference": "Patient/p2"}], ANOTHERS, "", []),
    ([{"reference": "RelatedPerson/r"}], ANOTHERS, "", []),
    ([{"type": "Device"}], "is about a thing", "", []),
    ([{"reference": "Condition/c"}], "", "", ["c"]),
    ([{"display": "the baby"}], "", UNKNOWN_FOCUS, []),
]


@pytest.mark.parametrize(("focus", "void", "doubt", "named"), FOCUS)
def test_whom_a_result_is_about(
    focus: list[dict[str, str]], void: str, doubt: str, named: list[str]
) -> None:
    result = {"resourceType": "Observation", "id": "m", "subject": {"reference": "Patient/p1"}}
    result |= {"focus": focus}
    code = {"coding": [{"system": "urn:x", "code": "c"}]}
    condition = {"resourceType": "Condition", "id": "c", "code": code}
    store = ResourceStore([BundleEntry("", one) for one in (PATIENT, result, condition)])
    stands, codes = about(result, store)
    assert (stands.void, stands.doubt) == (void, doubt)
    assert [found.code for found in codes] == named
