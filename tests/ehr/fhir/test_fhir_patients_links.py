"""Patients that are one person by their links."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import entries_of
from allstatus.ehr.fhir.fhir_patients import LEADS, persons
from allstatus.ehr.fhir.fhir_reader import read_fhir, read_own, read_patients
from allstatus.ehr.fhir.fhir_store import ResourceStore

P, Q, R = (("", name) for name in "pqr")


def patient(id: str, **link: Any) -> dict[str, Any]:
    links = {"link": [link]} if link else {}
    return {"resourceType": "Patient", "id": id, **links}


def to(name: str, kind: str | None = None, **more: Any) -> dict[str, Any]:
    return {"other": {"reference": name}, **({"type": kind} if kind else {}), **more}


ELSEWHERE = [
    to("Patient/x", "seealso"),
    to("http://b.example/fhir/Patient/q", "seealso"),
]
CHANGED = to("Patient/q", "seealso", modifierExtension=[{"url": "x"}])
NOWHERE = [to("Patient/p", "seealso"), to("RelatedPerson/q", "seealso"), {"type": "seealso"}]


@pytest.mark.parametrize(
    ("link", "leader"),
    [(to("Patient/q", kind), Q) for kind in LEADS]
    + [(to("Patient/q", kind), P) for kind in ("replaces", "seealso", "other", None)],
)
def test_a_link_of_any_type_makes_one_person_of_two(link: dict[str, Any], leader: Any) -> None:
    known = [(P, patient("p", **link)), (Q, patient("q")), (R, patient("r"))]
    found = persons(known, {}, dict(known), ResourceStore([]))
    assert (found.one, found.apart) == ({P: leader, Q: leader}, frozenset())


def test_those_who_replace_each_other_are_called_by_the_first_name() -> None:
    known = [
        (P, patient("p", **to("Patient/q", "replaced-by"))),
        (Q, patient("q", **to("Patient/p", "replaced-by"))),
    ]
    assert persons(known, {}, dict(known), ResourceStore([])).one == {P: P, Q: P}


@pytest.mark.parametrize("link", ELSEWHERE)
def test_who_is_linked_to_somebody_not_here_is_only_a_part(link: dict[str, Any]) -> None:
    known = [(P, patient("p", **link)), (Q, patient("q"))]
    found = persons(known, {}, dict(known), ResourceStore([]))
    assert (found.one, found.apart) == ({}, {P})


@pytest.mark.parametrize("link", NOWHERE)
def test_a_link_that_names_no_other_patient_says_nothing(link: dict[str, Any]) -> None:
    known = [(P, patient("p", **link)), (Q, patient("q"))]
    found = persons(known, {}, dict(known), ResourceStore([]))
    assert found == ({}, frozenset())


def resources() -> list[dict[str, Any]]:
    of = {"resourceType": "Observation", "id": "m", "subject": {"reference": "Patient/q"}}
    return [patient("p", **to("Patient/q", "replaced-by")), patient("q"), of]


def test_what_is_said_of_either_is_the_persons() -> None:
    (chart,) = read_fhir(resources())
    assert (chart.patient, len(chart.results), chart.partial) == ("q", 1, False)
    assert chart.warnings == ["patients p, q are one person, as their links say"]
    own = read_own(list(entries_of(resources())), "p")
    assert (len(own.chart.results), own.others) == (1, 0)


def test_of_a_link_that_is_not_read_whole_both_are_a_part() -> None:
    known = [(P, patient("p", **CHANGED)), (Q, patient("q")), (R, patient("r"))]
    found = persons(known, {}, dict(known), ResourceStore([]))
    assert (found.one, found.apart) == ({}, {P, Q})


def test_a_patient_of_whom_only_results_are_here_is_joined_by_the_link_of_the_other() -> None:
    (chart,) = read_fhir([one for one in resources() if one["id"] != "q"])
    assert (chart.patient, len(chart.results), chart.partial) == ("p", 1, False)


def test_gathered_with_those_linked_to_it_a_patient_is_the_person() -> None:
    (chart,) = read_patients([*resources(), patient("r")], "q", nameless=2)
    assert (chart.patient, len(chart.results), chart.partial) == ("q", 1, False)
    assert chart.warnings[1:] == ["resources that name no patient: 2; set aside"]


def test_gathered_alone_it_is_a_part() -> None:
    (chart,) = read_patients([resources()[0]], "p")
    assert (chart.patient, chart.partial) == ("p", True)


def test_two_servers_patients_of_one_id_gathered_together_are_two_people() -> None:
    servers = ["a.example/fhir", "b.example/fhir"]
    of = [
        {
            "resourceType": "Observation",
            "id": server[0],
            "subject": {"reference": f"http://{server}/Patient/p"},
        }
        for server in servers
    ]
    charts = read_patients(of, "p")
    assert [chart.patient for chart in charts] == [f"p ({server})" for server in servers]
    assert [len(chart.results) for chart in charts] == [1, 1]
