"""What resources tell by the way, and what they are counted as where nothing of it is known."""

from typing import Any

import pytest

from allstatus.ehr.chart import Mention, Result
from allstatus.ehr.fhir.fhir_bundles import resources_of
from allstatus.ehr.fhir.fhir_mentions import told
from allstatus.ehr.fhir.fhir_results import read_other
from allstatus.ehr.fhir.fhir_store import ResourceStore
from ehr.bundles import ICD10CM, concept

RELAPSE = concept("C91.02", ICD10CM)
FLAG = {"resourceType": "Flag", "id": "f", "status": "active", "code": RELAPSE}


def mentions(resource: dict[str, Any]) -> list[Mention]:
    store = ResourceStore([])
    other = resource["resourceType"] not in ("Condition", "Procedure")
    said = told(resource, store, other=other)
    return [one for one in said if isinstance(one, Mention)]


@pytest.mark.parametrize(
    ("more", "void", "day"),
    [
        ({}, "", None),
        ({"period": {"start": "2025-03-12"}}, "", "2025-03-12"),
        ({"status": "entered-in-error"}, "entered in error", None),
    ],
)
def test_what_a_flag_is_about(more: dict[str, Any], void: str, day: str | None) -> None:
    (one,) = mentions(FLAG | more)
    said = one.statement
    assert (said.void, said.doubt) == (void, "" if void else "told in passing")
    assert (said.when.text if said.when else None) == day
    assert one.more
    assert one.whole == read_other(FLAG | more)


def test_each_answer_on_a_form_however_deep() -> None:
    inner = {"linkId": "/11150-0", "text": "Blasts", "answer": [{"valueInteger": 60}]}
    answer = {"valueCoding": RELAPSE["coding"][0], "item": [inner]}
    form = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "authored": "2025-03-12",
        "item": [{"linkId": "1", "item": [{"linkId": "2", "answer": [answer, {}]}]}],
    }
    found = [one.statement for one in mentions(form)]
    assert [(one.codes[0].code, one.text) for one in found] == [
        ("2", ""),
        ("2", ""),
        ("11150-0", "Blasts"),
    ]
    assert [[code.code for code in one.said] for one in found if isinstance(one, Result)] == [
        ["C91.02"],
        [],
        [],
    ]


def test_of_kin_and_of_what_may_come_nothing_is_told() -> None:
    for kind in ("FamilyMemberHistory", "Goal", "RiskAssessment"):
        assert mentions({"resourceType": kind, "reasonCode": [RELAPSE]}) == []


def test_findings_beside_a_condition_are_of_its_day() -> None:
    (one,) = mentions(
        {
            "resourceType": "Condition",
            "id": "c",
            "recordedDate": "2025-03-12",
            "evidence": [{"code": [RELAPSE]}, {"detail": []}],
        }
    )
    assert (one.statement.source, one.whole) == ("beside Condition/c", None)
    assert one.statement.when is not None
    assert one.statement.when.text == "2025-03-12"


def test_a_bundle_among_parameters_is_opened() -> None:
    parts = {"resourceType": "Parameters", "parameter": [{"part": [{"resource": FLAG}]}]}
    assert list(resources_of(parts)) == [("", FLAG)]
