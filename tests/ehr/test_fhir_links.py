"""Patients that are one person by their links."""

from typing import Any

import pytest

from allstatus.ehr.fhir import read_fhir, read_own, read_patient
from allstatus.ehr.fhir_links import LEADS, persons
from allstatus.ehr.fhir_store import ResourceStore

P, Q, R = (("", name) for name in "pqr")


def patient(id: str, **link: Any) -> dict[str, Any]:
    links = {"link": [link]} if link else {}
    return {"resourceType": "Patient", "id": id, **links}


def to(name: str, kind: str | None = None, **more: Any) -> dict[str, Any]:
    return {"other": {"reference": name}, **({"type": kind} if kind else {}), **more}


ELSEWHERE = [
    to("Patient/x", "seealso"),
    to("http://b.example/fhir/Patient/q", "seealso"),
    to("Patient/q", "seealso", modifierExtension=[{"url": "x"}]),
]
NOWHERE = [to("Patient/p", "seealso"), to("RelatedPerson/q", "seealso"), {"type": "seealso"}]


@pytest.mark.parametrize(
    ("link", "leader"),
    [(to("Patient/q", kind), Q) for kind in LEADS]
    + [(to("Patient/q", kind), P) for kind in ("replaces", "seealso", "other", None)],
)
def test_a_link_of_any_type_makes_one_person_of_two(link: dict[str, Any], leader: Any) -> None:
    known = [(P, patient("p", **link)), (Q, patient("q")), (R, patient("r"))]
    found = persons(known, {}, ResourceStore([]), join=True)
    assert (found.one, found.apart) == ({P: leader, Q: leader}, frozenset())


def test_those_who_replace_each_other_are_called_by_the_first_name() -> None:
    known = [
        (P, patient("p", **to("Patient/q", "replaced-by"))),
        (Q, patient("q", **to("Patient/p", "replaced-by"))),
    ]
    assert persons(known, {}, ResourceStore([]), join=True).one == {P: P, Q: P}


@pytest.mark.parametrize("link", ELSEWHERE)
def test_who_is_linked_to_somebody_not_here_is_only_a_part(link: dict[str, Any]) -> None:
    found = persons(
        [(P, patient("p", **link)), (Q, patient("q"))], {}, ResourceStore([]), join=True
    )
    assert (found.one, found.apart) == ({}, {P})


@pytest.mark.parametrize("link", NOWHERE)
def test_a_link_that_names_no_other_patient_says_nothing(link: dict[str, Any]) -> None:
    found = persons(
        [(P, patient("p", **link)), (Q, patient("q"))], {}, ResourceStore([]), join=True
    )
    assert found == ({}, frozenset())


def resources() -> list[dict[str, Any]]:
    of = {"resourceType": "Observation", "id": "m", "subject": {"reference": "Patient/q"}}
    return [patient("p", **to("Patient/q", "replaced-by")), patient("q"), of]


def test_what_is_said_of_either_is_the_persons() -> None:
    (chart,) = read_fhir(resources())
    assert (chart.patient, len(chart.results), chart.partial) == ("q", 1, False)
    assert chart.warnings == ["patients p, q are one person, as their links say"]
    own = read_own(resources(), "p")
    assert (len(own.chart.results), own.others) == (1, 0)


def test_gathered_one_by_one_each_is_a_part() -> None:
    chart = read_patient(resources(), "p")
    assert (chart.patient, chart.results, chart.partial) == ("p", [], True)
