"""Patients that are one person: what `Patient.link` says, of whatever type it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from allstatus.ehr.fhir_patients import NOBODY, PatientKey, named
from allstatus.ehr.fhir_standing import modified
from allstatus.ehr.fhir_store import ResourceStore
from allstatus.ehr.json_access import Json, obj, objects, text

LEADS = ("replaced-by", "refer")  # the other is the one to use


class Persons(NamedTuple):
    """`one`: what each of several patients of one person is called; `apart`: who is said to be
    somebody else too whose resources are not here.
    """

    one: dict[PatientKey, PatientKey]
    apart: frozenset[PatientKey]


APART = Persons({}, frozenset())


def persons(
    patients: Iterable[tuple[PatientKey, Json]],
    same: Mapping[PatientKey, PatientKey | None],
    store: ResourceStore,
    *,
    join: bool,
) -> Persons:
    """Which patients are one person: all that links reach, called by the one that is to be used.
    `same`: what keys without a server stand for; `join`: whether all about a patient here is here.
    """
    known = dict(patients)
    leaders: dict[PatientKey, PatientKey] = {}
    groups = {key: {key} for key in known}
    apart: set[PatientKey] = set()
    for key, patient in known.items():
        for link in objects(patient.get("link")):
            other = named(patient, obj(link.get("other")), store)
            other = other and same.get(other, other)
            if other in (None, NOBODY, key):
                continue
            assert other is not None
            if other not in known or not join or modified(link):
                apart.add(key)
                continue
            kind = text(link.get("type"))
            if kind in LEADS:
                leaders[key] = other
            elif kind == "replaces":
                leaders[other] = key
            group = groups[key] | groups[other]
            groups.update(dict.fromkeys(group, group))
    one = {key: _leader(group, leaders) for key, group in groups.items() if len(group) > 1}
    return Persons(one, frozenset(one.get(key, key) for key in apart))


def _leader(group: set[PatientKey], leaders: dict[PatientKey, PatientKey]) -> PatientKey:
    """The one that no other is to be used for, else the first by name."""
    return min(group - leaders.keys() or group)
