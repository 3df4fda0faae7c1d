"""Observations and diagnostic reports to the results they state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allstatus.ehr.chart import NO_STATUS, Code, Quantity, Result, Statement
from allstatus.ehr.dates import last_day, read_when
from allstatus.ehr.fhir_context import Dated, Specimens, dated, specimens
from allstatus.ehr.fhir_patients import named, whose
from allstatus.ehr.fhir_standing import (
    MODIFIED,
    REPORT,
    RESULT,
    STANDS,
    Standing,
    identity,
    modified,
    standing,
    together,
    updated,
)
from allstatus.ehr.fhir_store import ResourceStore
from allstatus.ehr.fhir_values import flags, interpreted, ranges_of, value_of
from allstatus.ehr.json_access import Json, codes, objects, text, when, words

NO_VALUE = "has no value"
NOT_ASKED = {
    "not-asked": "not asked",
    "asked-declined": "declined",
    "not-applicable": "not applicable",
    "not-performed": "not performed",
}
ABSENT = (
    "",
    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://hl7.org/fhir/data-absent-reason",
)
OF_OTHERS = ("Patient", "RelatedPerson", "Person", "Practitioner", "PractitionerRole", "Group")
OF_THINGS = ("Device", "Location", "Organization", "Substance", "BiologicallyDerivedProduct")
ANOTHERS = "is about another person"
UNKNOWN_FOCUS = "is about something that is not here"
FOCUS_CODE = "observation-focusCode"
SAID_OF_ALL = ("codes", "issued", "earliest", "latest", "names", "sent")
UNHELD = "lists results that are not here"
UNTOLD = "tells of no result"


def source_of(resource: Json) -> str:
    """What a statement from a resource is called."""
    return f"{resource['resourceType']}/{text(resource.get('id')) or '(no id)'}"


def read_observation(resource: Json, store: ResourceStore) -> Iterator[Statement]:
    """An Observation's value and those of its components; a panel says what its members do not."""
    of = specimens(resource, store)
    day = dated(resource, store, of)
    whom, focus = about(resource, store)
    stands = together(standing(resource, RESULT), of.standing, whom, _held(resource, store))
    shared = _shared(resource, store, day, of)
    shared |= {"focus": focus, "corrected": resource.get("status") in ("amended", "corrected")}
    shared["notes"] = _notes(resource, day)
    patient = store.patient(whose(resource, store))
    born = read_when(text(patient.get("birthDate")))
    parts = objects(resource.get("component"))
    lists = parts or objects(resource.get("hasMember"))
    if not (lists and value_of(resource) is None):
        yield _result(resource, source_of(resource), stands, shared, born, day)
    else:
        yield _panel(resource, store, stands, shared, day)
    for number, part in enumerate(parts):
        mine = together(stands, Standing("", MODIFIED if modified(part) else ""))
        named = _component_names(shared, part, parts[:number])
        yield _result(part, f"{source_of(resource)} component", mine, shared | named, born, day)


def _shared(resource: Json, store: ResourceStore, day: Dated, of: Specimens) -> dict[str, Any]:
    coded = codes(resource.get("code"))
    measured = " ".join([code.code for code in coded])
    return {
        "codes": coded,
        "issued": when(resource, "issued"),
        "earliest": day.earliest,
        "latest": day.latest,
        "specimen": of.codes,
        **identity(resource, store, rest=f"{measured} {of.names}"),
    }


def _notes(resource: Json, day: Dated) -> tuple[str, ...]:
    notes = (day.by,) if day.by else ()
    return notes if resource.get("status") is not None else (*notes, NO_STATUS)


def _component_names(shared: dict[str, Any], part: Json, before: list[Json]) -> dict[str, Any]:
    mine = codes(part.get("code"))
    again = sum(codes(other.get("code")) == mine for other in before)
    which = f" component {' '.join(code.code for code in mine)} {again}"
    return {"codes": mine, "names": tuple(name + which for name in shared["names"])}


def _stated(part: Json, source: str, stands: Standing, day: Dated) -> dict[str, Any]:
    """What every statement from a resource says in words, when, and whether it counts."""
    return {
        "source": source,
        "when": day.when,
        "void": stands.void,
        "doubt": stands.doubt,
        "text": words(part.get("code")),
    }


def _result(
    part: Json, source: str, stands: Standing, shared: dict[str, Any], born: Any, day: Dated
) -> Result:
    value = value_of(part) or interpreted(part)
    stands = together(stands, _absence(part, value))
    return Result(
        **_stated(part, source, stands, day),
        value=value or Quantity(),
        ranges=ranges_of(part, born, day.when),
        flags=flags(part),
        **shared,
    )


def _absence(part: Json, value: Quantity | None) -> Standing:
    """What a missing value means: not asked for, or sent without."""
    said = [code for code in codes(part.get("dataAbsentReason")) if code.system in ABSENT]
    reasons = [NOT_ASKED.get(code.code) for code in said]
    if value is None:
        why = next((reason for reason in reasons if reason), None)
        return Standing(why, "") if why else Standing("", NO_VALUE)
    both = "has a value, and a reason for having none"
    return Standing("", both) if part.get("dataAbsentReason") else STANDS


def _panel(
    resource: Json, store: ResourceStore, stands: Standing, shared: dict[str, Any], day: Dated
) -> Statement:
    """A panel without a value of its own: its members tell, unless one is not here."""
    members = objects(resource.get("hasMember"))
    if all(store.resolve(resource, member) is not None for member in members):
        return _other(resource, stands, shared, day)
    return _result(
        resource, source_of(resource), together(stands, Standing("", UNHELD)), shared, None, day
    )


def _other(resource: Json, stands: Standing, shared: dict[str, Any], day: Dated) -> Statement:
    known = {key: shared[key] for key in SAID_OF_ALL}
    return Statement(**_stated(resource, source_of(resource), stands, day), **known)


def _held(resource: Json, store: ResourceStore) -> Standing:
    """A contained result has no life outside what contains it."""
    container = store.container(resource)
    if container is None:
        return STANDS
    report = container.get("resourceType") == "DiagnosticReport"
    outer = standing(container, REPORT if report else RESULT)
    doubt = outer.doubt if modified(container, inside=("contained",)) else ""
    return Standing(outer.void, doubt)


def about(resource: Json, store: ResourceStore) -> tuple[Standing, tuple[Code, ...]]:
    """Whether a result is the patient's, and the codes of the condition it is about."""
    found: tuple[Code, ...] = ()
    stands = STANDS
    if "focus" not in resource and "extension" not in resource:
        return stands, found
    for extension in objects(resource.get("extension")):
        if text(extension.get("url")).endswith(FOCUS_CODE):
            stands = together(stands, Standing(ANOTHERS))
    for reference in objects(resource.get("focus")):
        meant = store.resolve(resource, reference)
        kind = text((meant or {}).get("resourceType")) or _kind(reference)
        if kind == "Patient" and named(resource, reference, store) == whose(resource, store):
            continue
        if kind in OF_OTHERS or kind in OF_THINGS:
            stands = together(
                stands, Standing(ANOTHERS if kind in OF_OTHERS else "is about a thing")
            )
        elif not kind:
            stands = together(stands, Standing("", UNKNOWN_FOCUS))
        found += codes((meant or {}).get("code"))
    return stands, found


def _kind(reference: Json) -> str:
    parts = text(reference.get("reference")).partition("/_history/")[0].split("/")
    return parts[-2] if len(parts) > 1 else text(reference.get("type"))


def read_report(resource: Json, store: ResourceStore) -> Iterator[Statement]:
    """A report's conclusion; without one, what it announces and no result here tells."""
    of = specimens(resource, store)
    day = dated(resource, store, of)
    stands = together(standing(resource, REPORT), of.standing)
    shared = _shared(resource, store, day, of)
    said = _concluded(resource)
    listed = [store.resolve(resource, one) for one in objects(resource.get("result"))]
    if said is None and listed and None not in listed:
        yield _other(resource, stands, shared, day)
        return
    if said is None:
        stands = together(stands, Standing("", UNHELD if listed else UNTOLD))
    stated = _stated(resource, source_of(resource), stands, day)
    yield Result(**stated, value=said or Quantity(), **shared)


def _concluded(resource: Json) -> Quantity | None:
    if conclusion := text(resource.get("conclusion")):
        return Quantity(conclusion, text=conclusion)
    coded = resource.get("conclusionCode") or resource.get("codedDiagnosis")
    if found := codes(coded):
        return Quantity("; ".join(filter(None, map(words, objects(coded)))), codes=found)
    if resource.get("presentedForm"):
        return Quantity("an attached document", text="an attached document")
    return None


def read_other(resource: Json, store: ResourceStore) -> Statement:
    """A resource of a kind that tells of no status here: what it is, so that it is counted."""
    coded = resource.get("code") or resource.get("vaccineCode") or resource.get("type")
    return Statement(
        source_of(resource),
        codes(coded) if resource["resourceType"] != "FamilyMemberHistory" else (),
        None,
        text=words(coded) if isinstance(coded, dict) else "",
        names=identity(resource, store)["names"],
        latest=last_day([updated(resource)]),
    )
