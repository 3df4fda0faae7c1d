"""Whose a resource is: a patient is named by server and id, or by identifier and its authority.
Patients are one person where `Patient.link`, of whatever type, says so.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeVar

from allstatus.ehr.fhir.fhir_standing import modified
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import NOTHING, Json, obj, objects, reached, text

PatientKey = tuple[str, str]  # server, or the authority of an identifier; and the name there
NOBODY: PatientKey = ("", "(a group, a device or a place)")
PERSONS = ("Patient", "")
LOCAL = frozenset({"", "#"})  # how a reference begins that means another thing in each resource
BY_IDENTIFIER = "identifier of "
CONTAINED = "contained "
# kinds whose element for whom they are about has another name; what is in it may be no patient
ABOUT = {
    "Appointment": "participant.actor",
    "QuestionnaireResponse": "source",
    "SupplyRequest": "deliverFor",
    "Task": "for",
}
LEADS = ("replaced-by", "refer")  # the other is the one to use
Name = TypeVar("Name", str, PatientKey)


def subjects_of(resource: Json) -> list[Json]:
    """Every element that says whom a resource is about; one that is well formed has one."""
    subject, patient = resource.get("subject"), resource.get("patient")
    if type(subject) is dict and not patient:
        return [subject]
    if not subject and not patient and resource.get("resourceType") in ABOUT:
        return [*filter(_is_patient, reached(resource, ABOUT[resource["resourceType"]]))]
    return objects(subject) + objects(patient)


def _is_patient(reference: Json) -> bool:
    kind = split_address(text(reference.get("reference")))[1].rpartition("/")[0]
    return (kind or text(reference.get("type")) or "Patient") == "Patient"


def subject_of(resource: Json) -> Json:
    """The first of them."""
    subjects = subjects_of(resource)
    return subjects[0] if subjects else NOTHING


def whose_all(resource: Json, store: ResourceStore) -> tuple[PatientKey | None, ...]:
    """Everybody whom a resource names; more than one where it contradicts itself."""
    subjects = subjects_of(resource)
    if len(subjects) < 2 or resource.get("resourceType") == "Patient":
        return (_whose(resource, subjects, store),)
    said = (named(resource, subject, store) for subject in subjects)
    return tuple(dict.fromkeys(key for key in said if key is not None)) or (None,)


def whose(resource: Json, store: ResourceStore) -> PatientKey | None:
    """The patient a resource is about; NOBODY where it is no person, None where nobody is named."""
    return _whose(resource, subjects_of(resource), store)


def _whose(resource: Json, subjects: list[Json], store: ResourceStore) -> PatientKey | None:
    if resource.get("resourceType") == "Patient":
        return own_key(resource, store)
    subject = subjects[0] if subjects else NOTHING
    reference = subject.get("reference")
    if not isinstance(reference, str) or reference[:1] in LOCAL:
        container = None if subject else store.container(resource)
        return named(resource, subject, store) if container is None else whose(container, store)
    asked = store.server(resource), reference, text(subject["type"]) if "type" in subject else ""
    told: PatientKey | None = store.told.get(asked)
    if told is None:
        told = store.told[asked] = named(resource, subject, store)
    return told


def named(owner: Json, subject: Json, store: ResourceStore) -> PatientKey | None:
    """The patient a reference names, as `whose` says it."""
    server, local = split_address(text(subject.get("reference")))
    kind, _, name = local.rpartition("/")
    if server:
        return (server, name) if kind in PERSONS else NOBODY
    known = store.resolve(owner, subject)
    if known is not None and not (kind and _elsewhere(known, owner, store)):
        return own_key(known, store) if known.get("resourceType") == "Patient" else NOBODY
    name = name.removeprefix("urn:uuid:").removeprefix("urn:oid:")
    if name and name[0] not in "#?" and "?" not in name:
        known_as = kind or text(subject.get("type"))
        return (store.server(owner), name) if known_as in PERSONS else NOBODY
    identifier = obj(subject.get("identifier"))
    if text(subject.get("type")) not in PERSONS:
        return NOBODY
    value = text(identifier.get("value"))
    return (BY_IDENTIFIER + text(identifier.get("system")), value) if value else None


def same_person(one: PatientKey | None, other: PatientKey | None) -> bool | None:
    """Whether two names are one person's; None when one is called by an id and one by an identifier
    that nobody here is known to have.
    """
    if one is None or other is None or one[1] == other[1]:
        return True
    unclear = any(key[0].startswith((BY_IDENTIFIER, CONTAINED)) for key in (one, other))
    return None if unclear and one[0] != other[0] else False


def _elsewhere(known: Json, owner: Json, store: ResourceStore) -> bool:
    """Whether two resources are from two servers: `Patient/p1` of one is not the other's."""
    servers = store.server(known), store.server(owner)
    return all(servers) and servers[0] != servers[1]


def own_key(patient: Json, store: ResourceStore) -> PatientKey | None:
    """What a Patient resource is called: one that is contained has no life elsewhere, so by its
    identifier (as the Patient here that has it), else by all it says; None when that is nothing.
    """
    if store.container(patient) is None:
        return store.server(patient), store.name(patient)
    for identifier in objects(patient.get("identifier")):
        if value := text(identifier.get("value")):
            system = text(identifier.get("system"))
            known = store.identified("Patient", system, value)
            return (BY_IDENTIFIER + system, value) if known is None else own_key(known, store)
    if not {*patient} - {"resourceType", "id", "active", "meta"}:
        return None
    return CONTAINED + json.dumps(patient, sort_keys=True, default=str), text(patient.get("id"))


def alike(keys: Iterable[PatientKey]) -> dict[PatientKey, PatientKey | None]:
    """What a key without a server means: the one patient of that id; None where there are two."""
    servers: dict[str, list[PatientKey]] = {}
    for key in sorted(set(keys)):
        if key[0] and not key[0].startswith((BY_IDENTIFIER, CONTAINED)):
            servers.setdefault(key[1], []).append(key)
    return {("", name): found[0] if len(found) == 1 else None for name, found in servers.items()}


def titles(keys: Iterable[PatientKey]) -> dict[PatientKey, str]:
    """How patients are called: by their name, with server or authority where two have one name."""
    known = sorted(keys)
    times = Counter(name for _, name in known)
    found = {}
    for number, key in enumerate(known, 1):
        place, name = key
        place = f"{CONTAINED}, {number}" if place.startswith(CONTAINED) else place or "no server"
        found[key] = name if times[name] == 1 else f"{name} ({place})"
    return found


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
    one = leaders(links, known)
    return Persons(one, frozenset(one.get(key, key) for key in apart))


def leaders(links: Iterable[tuple[str, Name, Name]], known: Collection[Name]) -> dict[Name, Name]:
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
