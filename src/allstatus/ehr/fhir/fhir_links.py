"""Patients that are one person: what `Patient.link` says, of whatever type it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeVar

from allstatus.ehr.fhir.fhir_patients import NOBODY, PatientKey, named
from allstatus.ehr.fhir.fhir_standing import modified
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.json_access import Json, obj, objects, text

LEADS = ("replaced-by", "refer")  # the other is the one to use
Name = TypeVar("Name", str, PatientKey)


class Persons(NamedTuple):
    """`one`: what each of several patients of one person is called; `apart`: who is said to be
    somebody else too, and it is not known that all of that is here.
    """

    one: dict[PatientKey, PatientKey]
    apart: frozenset[PatientKey]


APART = Persons({}, frozenset())


def persons(
    patients: Iterable[tuple[PatientKey, Json]],
    same: Mapping[PatientKey, PatientKey | None],
    here: Collection[PatientKey],
    store: ResourceStore,
) -> Persons:
    """Which patients are one person: all that links reach, called by the one that is to be used.
    `same`: what keys without a server stand for; `here`: about whom anything is here.
    """
    known = dict(patients)
    links: list[tuple[str, PatientKey, PatientKey]] = []
    apart: set[PatientKey] = set()
    for key, patient in known.items():
        for link in objects(patient.get("link")):
            other = named(patient, obj(link.get("other")), store)
            other = other and same.get(other, other)
            if other in (None, NOBODY, key):
                continue
            assert other is not None
            if other in here and not modified(link):
                links.append((text(link.get("type")), key, other))
            else:
                apart |= {name for name in (key, other) if name in here}
    one = together(links, known)
    return Persons(one, frozenset(one.get(key, key) for key in apart))


def together(links: Iterable[tuple[str, Name, Name]], known: Collection[Name]) -> dict[Name, Name]:
    """What each linked patient is called: of all that links reach the one whom no other is to be
    used for, else the first by name; one who is `known` before one who is only named. A link is
    its type, whose it is, and the other.
    """
    groups: dict[Name, set[Name]] = {}
    replaced: set[Name] = set()
    for kind, own, other in links:
        group = groups.get(own, {own}) | groups.get(other, {other})
        groups.update(dict.fromkeys(group, group))
        replaced |= {own} if kind in LEADS else {other} if kind == "replaces" else set()
    return {name: _leader(group, known, replaced) for name, group in groups.items()}


def _leader(group: set[Name], known: Collection[Name], replaced: set[Name]) -> Name:
    mine = {name for name in group if name in known} or group
    return min(mine - replaced or mine)
