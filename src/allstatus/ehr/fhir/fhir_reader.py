"""A FHIR bundle, resource list or single resource to charts, one for each patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple

from allstatus.ehr.chart import (
    IN_DOUBT,
    NAMELESS,
    SAID_SO,
    SET_ASIDE,
    SEVERAL,
    VISITS,
    Chart,
    Mention,
    Statement,
    changed,
    in_doubt,
)
from allstatus.ehr.dates import read_when
from allstatus.ehr.fhir.fhir_bundles import BundleEntry, check_whole, entries_of, missing_parts
from allstatus.ehr.fhir.fhir_mentions import may_tell, told
from allstatus.ehr.fhir.fhir_patients import (
    APART,
    BY_IDENTIFIER,
    CONTAINED,
    NOBODY,
    PatientKey,
    Persons,
    alike,
    persons,
    titles,
    whose,
    whose_all,
)
from allstatus.ehr.fhir.fhir_patients import subject_of as subject_in
from allstatus.ehr.fhir.fhir_resources import READERS, visit_reasons
from allstatus.ehr.fhir.fhir_standing import modified
from allstatus.ehr.fhir.fhir_store import ResourceStore, replaced
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.fhir_withdrawals import of_others, of_replaced, withdrawn
from allstatus.ehr.fhir.json_access import NOTHING, Json, text
from allstatus.errors import InvalidRecord

SUBJECTS = {"Patient", *READERS}
SUPERSEDED = "superseded by a later version"
REPLACED = "replaced by another"
REPLACING = {"extension", "related"}  # elements by which one says so
DELETED = "deleted"
OTHERS = "resources of other patients: {}; set aside"
LINKED = "patients {} are one person, as their links say"
ELSEWHERE = "this patient is linked to another, whose resources are not here"
HOME = "(this server)"  # of resources none of which names a server
PART = "only a part of this chart was given ({}); what is not here is unknown"


def read_fhir(value: object, *, partial: bool = False, unmodified: bool = False) -> list[Chart]:
    """The charts in a FHIR document, in the order of their patients' ids; `unmodified`: no modifier
    extension stands in it.

    Raises InvalidRecord when there is none, or when what is given is a part by its own account
    (further pages, fewer entries than its total, failed entries); `partial` reads that part.
    """
    missing = list(dict.fromkeys(missing_parts(value)))
    if missing and not partial:
        check_whole(value)
    gathered = _gather(ResourceStore(entries_of(value), unmodified=unmodified))
    charts = gathered.charts()
    if not charts:
        remedy = f"give a FHIR R4 Bundle or list with {', '.join(sorted(SUBJECTS))} resources"
        raise InvalidRecord("input", "holds no patient and nothing about one", remedy)
    for chart in charts.values() if partial else ():
        chart.partial = True
        chart.warnings.append(PART.format("; ".join(missing) or SAID_SO))
    return [charts[key] for key in sorted(charts)]


def read_patients(
    resources: list[Json], patient: str, nameless: int = 0, *, unmodified: bool = False
) -> list[Chart]:
    """The charts of what was gathered for one patient, and those linked to it, out of many
    patients' resources, `nameless` of which name nobody. More than one where several servers have
    a patient of that name, or a link is changed by what is not read.
    """
    entries = [BundleEntry("", resource) for resource in resources]
    gathered = _gather(ResourceStore(entries, unmodified=unmodified))
    linked = {*gathered.people.one.values(), *gathered.people.apart}
    called = titles(key for key in gathered.of if key in linked or key[1] == patient)
    charts = [gathered.chart(key, called[key]) for key in called] or [Chart(patient)]
    for chart in charts if nameless else ():
        chart.warnings.append(SET_ASIDE.format("resources", nameless))
    return charts


class Own(NamedTuple):
    """One patient's chart, whether anything of it was there, and how much was others'."""

    chart: Chart
    known: bool
    others: int


def read_own(
    entries: Sequence[BundleEntry], patient: str, server: str = "", *, unmodified: bool = False
) -> Own:
    """The chart of one patient of one server, out of what that server is said to have answered.

    What names another patient, the same id on another server, or no person at all is set aside and
    told; what names nobody is a doubt. Without `server` it is the one that all addresses name, if
    they do. `unmodified`: none of it has a modifier extension.
    """
    home = home_of(entries, server)
    gathered = _gather(ResourceStore(entries, home, unmodified=unmodified))
    mine = gathered.people.one.get((home, patient), (home, patient))
    gathered.of.setdefault(mine, [])
    chart = gathered.chart(mine, patient)
    if gathered.nameless:
        _place_nameless(gathered.nameless, {patient: chart})
    others = sum(key != mine for key in gathered.owners)
    if others:
        chart.warnings.append(OTHERS.format(others))
    return Own(chart, mine in gathered.owners or bool(gathered.nameless), others)


def home_of(entries: Sequence[BundleEntry], server: str = "") -> str:
    """The server that entries are from: the one said, else by their full addresses, else the one
    that every subject names.
    """
    if said := split_address(f"{server.rstrip('/')}/Patient/x")[0]:
        return said
    addresses = {entry.address for entry in entries} - {""}
    servers = {split_address(address)[0] for address in addresses} - {""}
    if not servers:
        subjects = {text(subject_in(entry.resource).get("reference")) for entry in entries}
        servers = {split_address(reference)[0] for reference in subjects - {""}}
    return servers.pop() or HOME if len(servers) == 1 else HOME


@dataclass(slots=True, eq=False, repr=False)
class _Gathered:
    """A source's statements by patient, and those of nobody."""

    store: ResourceStore
    of: dict[PatientKey, list[Statement | Mention]] = field(default_factory=dict)
    nameless: list[list[Statement | Mention]] = field(default_factory=list)
    owners: list[PatientKey] = field(default_factory=list)  # of each patient and each statement
    people: Persons = APART

    def charts(self) -> dict[str, Chart]:
        """The charts by title; what names nobody is a doubt for the only patient."""
        called = titles(self.of)
        charts = {called[key]: self.chart(key, called[key]) for key in self.of}
        if self.nameless and len(charts) <= 1:
            _place_nameless(self.nameless, charts)
        elif self.nameless:
            for chart in charts.values():
                chart.warnings.append(SET_ASIDE.format("resources", len(self.nameless)))
        return charts

    def chart(self, key: PatientKey, title: str) -> Chart:
        """What was gathered of one patient."""
        chart = Chart(title or None)
        patient = self.store.patient(key)
        if patient and not modified(patient, inside=("contained",)):
            gender, born = patient.get("gender"), read_when(text(patient.get("birthDate")))
            chart.sex = gender if gender in ("female", "male", "other", "unknown") else None
            chart.born = born.first if born else None
        for statement in self.of[key]:
            chart.add(statement)
        names = sorted(name for (_, name), leader in self.people.one.items() if leader == key)
        chart.warnings += [LINKED.format(", ".join(names))] if names else []
        if key in self.people.apart:
            chart.partial = True
            chart.warnings.append(PART.format(ELSEWHERE))
        return chart


def _place_nameless(nameless: list[list[Statement | Mention]], charts: dict[str, Chart]) -> None:
    chart = next(iter(charts.values()), None) or charts.setdefault("", Chart())
    if chart.patient is not None:
        chart.warnings.append(IN_DOUBT.format("resources", len(nameless)))
    for said in nameless:
        for one in said:
            chart.add(in_doubt(one, NAMELESS if chart.patient is not None else ""))


def _gather(store: ResourceStore) -> _Gathered:
    gathered = _Gathered(store)
    everything = (store.resources, ""), (store.superseded, SUPERSEDED), (store.deleted, DELETED)
    owners = [(it, why, whose_all(it, store)) for group, why in everything for it in group]
    if gone := _replaced(owners, store):
        owners = [(one, why or gone.get(id(one), ""), keys) for one, why, keys in owners]
    whom = _name_patients(gathered, owners)
    placed = [(is_other(resource), resource, why, whom[keys]) for resource, why, keys in owners]
    gone |= {id(one): SUPERSEDED for one in store.superseded}
    people = {id(one): them[0] for _, one, _, them in placed if len(them) == 1}
    taken_back = of_replaced(gone, store) | of_others(people, store) | withdrawn(store)
    for other, resource, why, them in sorted(placed, key=itemgetter(0)):
        if resource["resourceType"] == "Patient":
            continue
        unclear = SEVERAL if len(them) > 1 else taken_back.get(id(resource), "")
        for owner in them:
            if owner != NOBODY:
                _add(gathered, resource, why, owner, unclear, other=other)
            elif len(them) == 1 and not other:
                gathered.owners.append(NOBODY)
    return gathered


Keys = tuple[PatientKey | None, ...]
Owner = tuple[Json, str, Keys]


def _name_patients(gathered: _Gathered, owners: list[Owner]) -> dict[Keys, list[PatientKey | None]]:
    """Whom the keys of a resource mean by servers and links; notes the patients who are here."""
    store = gathered.store
    whose_keys = {keys for _, _, keys in owners}
    all_named = {key for keys in whose_keys for key in keys if key is not None}
    same = alike(all_named)
    patients = [
        (known, key, resource)
        for resource, why, keys in owners
        if resource["resourceType"] == "Patient" and not why
        if (key := keys[0]) is not None and (known := same.get(key, key)) is not None
    ]
    here = {known for key in all_named if (known := same.get(key, key)) is not None}
    gathered.people = persons([(known, it) for known, _, it in patients], same, here, store)
    one = gathered.people.one
    for known, key, resource in patients:
        gathered.owners.append(person := one.get(known, known))
        store.patients.setdefault(known, resource)
        store.patients.setdefault(key, resource)
        gathered.of.setdefault(person, [])
    same = {key: known and one.get(known, known) for key, known in same.items()} | {**one}
    return {keys: list(dict.fromkeys(k and same.get(k, k) for k in keys)) for keys in whose_keys}


def _replaced(owners: list[Owner], store: ResourceStore) -> dict[int, str]:
    """Why a resource does not count that another of its patient says it replaces."""
    return {
        id(old): REPLACED
        for one, why, keys in owners
        if not why and not one.keys().isdisjoint(REPLACING)
        for old in replaced(one, store)
        if whose(old, store) == keys[0]
    }


def _add(
    gathered: _Gathered,
    resource: Json,
    why: str,
    key: PatientKey | None,
    unclear: str,
    *,
    other: bool,
) -> None:
    if other and key not in gathered.of and not (key is None and may_tell(resource)):
        return
    if key is not None and not other:
        gathered.owners.append(key)
    said = told(resource, gathered.store, other=other)
    if not said:
        return
    if why:
        said = [changed(one, void=why, names=()) for one in said]
    if unclear:
        said = [in_doubt(one, unclear) for one in said]
    if key is None:
        gathered.nameless.append(said)
    else:
        gathered.of.setdefault(key, []).extend(said)


def is_other(resource: Json) -> bool:
    """Of a kind that makes nobody a patient here, or a visit without a reason."""
    kind = resource["resourceType"]
    if kind in VISITS:
        return not any(visit_reasons(resource))
    return kind not in READERS


def subjects_of(resource: Json) -> list[tuple[str | None, Json]]:
    """(patient named by a resource standing alone, else None; the identifier that names it where no
    reference does), of everybody it names, those with a reference first.
    """
    alone = [BundleEntry("", resource)] if resource.get("contained") else []
    keys = whose_all(resource, ResourceStore(alone))
    return sorted(map(_subject, keys), key=lambda said: (not said[0], bool(said[1])))


def _subject(key: PatientKey | None) -> tuple[str | None, Json]:
    if key is None or key is NOBODY or key[0].startswith(CONTAINED):
        return (None if key is None else ""), NOTHING
    system = key[0].removeprefix(BY_IDENTIFIER)
    named = {"system": system or None, "value": key[1]} if system != key[0] else NOTHING
    return key[1], named
