"""A FHIR R4 bundle, resource list or single resource to charts, one for each patient."""

from __future__ import annotations

from allstatus.ehr.chart import Chart
from allstatus.ehr.dates import read_when
from allstatus.ehr.fhir_resources import READERS, statements
from allstatus.ehr.fhir_store import ResourceStore, resources_of
from allstatus.ehr.json_access import NOTHING, Json, obj, objects, text
from allstatus.errors import InvalidRecord

SUBJECTS = {"Patient", *READERS}
OF_THE_REPORT = (
    "effectiveDateTime",
    "effectivePeriod",
    "issued",
)  # what a result within a report need not repeat
NOBODY = "(a group, a device or a place)"
SET_ASIDE = "{} resources name no patient; they are set aside"


def read_fhir(value: object) -> list[Chart]:
    """The charts in a FHIR document, in the order of their patients' ids; raises InvalidRecord when
    there is none.
    """
    store = ResourceStore(resources_of(value))
    charts, nameless = _read(store)
    if nameless:
        _place_nameless(nameless, charts, store)
    if not charts:
        raise InvalidRecord(
            "input",
            "holds no patient and nothing about one",
            f"give a FHIR R4 Bundle or list with {', '.join(sorted(SUBJECTS))} resources",
        )
    return [charts[key] for key in sorted(charts)]


def read_patient(resources: list[Json], patient: str, nameless: int = 0) -> Chart:
    """One patient's chart from what was gathered for it out of many patients' resources, `nameless`
    of which name nobody.
    """
    charts, _ = _read(ResourceStore(resources_of(resources)))
    chart = charts.get(patient) or Chart(patient)
    if nameless:
        chart.warnings.append(SET_ASIDE.format(nameless))
    return chart


def _read(store: ResourceStore) -> tuple[dict[str, Chart], list[Json]]:
    """The charts by patient, and the resources that name no patient."""
    charts: dict[str, Chart] = {}
    for patient in store.resources:
        if patient["resourceType"] == "Patient":
            name = store.name(patient)
            _describe(charts.setdefault(name, Chart(name or None)), patient)
    nameless: list[Json] = []
    known: dict[str, str | None] = {}
    for resource in store.resources:
        if resource["resourceType"] in READERS:
            reference = text(obj(resource.get("subject")).get("reference"))
            if reference[:1] in ("", "#"):
                whose = _patient_of(resource, store)
            elif (whose := known.get(reference)) is None:
                whose = known[reference] = _patient_of(resource, store)
            if whose is None:
                nameless.append(resource)
            elif whose is not NOBODY:
                _add(charts.setdefault(whose, Chart(whose or None)), resource, store)
    return charts, nameless


def _place_nameless(nameless: list[Json], charts: dict[str, Chart], store: ResourceStore) -> None:
    """What names no patient belongs to the only patient there is, and to nobody when there are
    several.
    """
    if len(charts) > 1:
        for chart in charts.values():
            chart.warnings.append(SET_ASIDE.format(len(nameless)))
        return
    chart = next(iter(charts.values()), None) or charts.setdefault("", Chart())
    if chart.patient is not None:
        chart.warnings.append(
            f"{len(nameless)} resources name no patient; they are read as the only patient's"
        )
    for resource in nameless:
        _add(chart, resource, store)


def _add(chart: Chart, resource: Json, store: ResourceStore) -> None:
    for statement in statements(resource, store):
        chart.add(statement)
    if resource["resourceType"] == "DiagnosticReport":
        shared = {key: resource[key] for key in OF_THE_REPORT if key in resource}
        for member in objects(resource.get("contained")):
            if member.get("resourceType") == "Observation":
                _add(chart, shared | member, store)


def _describe(chart: Chart, patient: Json) -> None:
    gender, born = patient.get("gender"), read_when(text(patient.get("birthDate")))
    chart.sex = gender if gender in ("female", "male", "other", "unknown") else None
    chart.born = born.first if born else None


def subject_of(resource: Json) -> tuple[str | None, Json]:
    """(patient named by a resource standing alone, else None; the identifier that names it where no
    reference does).
    """
    whose, subject = (
        _patient_of(resource, ResourceStore([])),
        obj(resource.get("subject") or resource.get("patient")),
    )
    identifier = obj(subject.get("identifier"))
    named = text(identifier.get("value")) == whose and text(subject.get("reference"))[:1] in (
        "",
        "#",
    )
    return ("" if whose is NOBODY else whose), (identifier if whose and named else NOTHING)


def _patient_of(resource: Json, store: ResourceStore) -> str | None:
    subject = obj(resource.get("subject") or resource.get("patient"))
    known = store.resolve(resource, subject)
    if known is not None:
        return store.name(known) if known.get("resourceType") == "Patient" else NOBODY
    kind, _, name = text(subject.get("reference")).partition("/_history/")[0].rpartition("/")
    name = name.removeprefix("urn:uuid:").removeprefix("urn:oid:")
    if name and not name.startswith("#"):
        return name if kind.rpartition("/")[2] in ("Patient", "") else NOBODY
    return _by_identifier(obj(subject.get("identifier")), store)


def _by_identifier(identifier: Json, store: ResourceStore) -> str | None:
    value = text(identifier.get("value"))
    for patient in store.resources if value else ():
        if patient["resourceType"] == "Patient":
            for own in objects(patient.get("identifier")):
                if own.get("value") == value and own.get("system") == identifier.get("system"):
                    return store.name(patient)
    return value or None
