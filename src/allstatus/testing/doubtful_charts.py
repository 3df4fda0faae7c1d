"""Strategies for charts of which something cannot be read: in each shape that EHRs are known to
send. Public, under semver.

Two promises of a chart reader are tried with them: what is made unreadable never shrinks what is
possible, and what does not count changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from allstatus.testing import chart_parts as parts
from allstatus.testing.chart_parts import Resource
from allstatus.testing.charts import bundles
from allstatus.testing.mutants import without
from allstatus.testing.number_strategies import Rules

Blur = Callable[[Resource], Resource | None]
UNKNOWN = {"extension": [{"url": f"{parts.FHIR}/data-absent-reason", "valueCode": "unknown"}]}
MODIFIER = [{"url": "http://h.example/only-planned", "valueBoolean": True}]
DATES = ("effectiveDateTime", "onsetDateTime", "recordedDate")


def _put(resource: Resource, elements: Resource) -> Resource:
    """The resource with elements put in, None taking one out."""
    return {key: item for key, item in (resource | elements).items() if item is not None}


def _changed(kinds: str, **elements: Any) -> Blur:
    """Resources of these kinds with elements put in, None taking one out."""

    def change(resource: Resource) -> Resource | None:
        return _put(resource, elements) if resource["resourceType"] in kinds.split() else None

    return change


def _value(**elements: Any) -> Blur:
    """Results with another value."""

    def change(resource: Resource) -> Resource | None:
        if resource["resourceType"] != "Observation":
            return None
        kept = {key: item for key, item in resource.items() if not key.startswith("value")}
        return kept | elements

    return change


def _quantity(**elements: Any) -> Blur:
    """Results whose quantity is changed, None taking an element out, and which have no range."""

    def change(resource: Resource) -> Resource | None:
        if "valueQuantity" not in resource:
            return None
        made = _put(resource["valueQuantity"], elements)
        return without(resource, "referenceRange") | {"valueQuantity": made}

    return change


def _undated(resource: Resource) -> Resource | None:
    return without(resource, *DATES)


def _of_the_year(resource: Resource) -> Resource | None:
    return {key: item[:4] if key in DATES else item for key, item in resource.items()}


def _date_unread(resource: Resource) -> Resource | None:
    found = {f"_{key}": UNKNOWN for key in DATES if key in resource}
    return without(resource, *DATES) | found


def _end_unread(resource: Resource) -> Resource | None:
    if "abatementDateTime" not in resource:
        return None
    return without(resource, "abatementDateTime") | {"_abatementDateTime": UNKNOWN}


def _period(end: str) -> Blur:
    def change(resource: Resource) -> Resource | None:
        if "effectiveDateTime" not in resource or resource["resourceType"] != "Observation":
            return None
        period = {"effectivePeriod": {end: resource["effectiveDateTime"]}}
        return without(resource, "effectiveDateTime") | period

    return change


RESULT, ANY = "Observation", "Observation Condition MedicationAdministration"
BLURS: dict[str, Blur] = {
    "value in words": _value(valueString="see comment"),
    "unknown coded value": _value(valueCodeableConcept=parts.coded("http://h.example", "4711")),
    "value not read": _value(valueSampledData={}),
    "no value": _value(),
    "absent value": _value(dataAbsentReason=parts.coded(parts.ABSENT, "error")),
    "value and absent": _changed(RESULT, dataAbsentReason=parts.coded(parts.ABSENT, "unknown")),
    "no unit": _quantity(unit=None, code=None, system=None),
    "unknown unit": _quantity(unit="furlong", code="furlong"),
    "two units": _quantity(unit="furlong"),
    "unknown comparator": _quantity(comparator="~"),
    "comparator left out": _quantity(comparator=None, _comparator=UNKNOWN),
    "a modifier extension": _changed(ANY, modifierExtension=MODIFIER),
    "implicit rules": _changed(ANY, implicitRules="http://h.example/rules"),
    "preliminary": _changed(RESULT, status="preliminary"),
    "result status unknown": _changed(RESULT, status="unknown"),
    "result status omitted": _changed(RESULT, status=None, _status=UNKNOWN),
    "focus not here": _changed(RESULT, focus=[{"display": "graft"}]),
    "specimen elsewhere": _changed(
        RESULT,
        specimen={"reference": "#s"},
        contained=[
            {"resourceType": "Specimen", "id": "s", "type": parts.coded(parts.SNOMED, "119323008")}
        ],
    ),
    "undated": _undated,
    "of the year": _of_the_year,
    "date left out": _date_unread,
    "end left out": _end_unread,
    "period from": _period("start"),
    "period until": _period("end"),
    "treatment status unknown": _changed("MedicationAdministration", status="unknown"),
    "reason in words": _changed("MedicationAdministration", reasonCode=[{"text": "as discussed"}]),
    "reason not given": _changed("MedicationAdministration", reasonNotGiven=[{"text": "refused"}]),
    "of nobody": _changed(ANY, subject=None),
    "subject in words": _changed(ANY, subject={"display": "the patient"}),
    "not confirmed": _changed(
        "Condition", verificationStatus=parts.coded(parts.VERIFICATION, "provisional")
    ),
    "confirmed in words": _changed("Condition", verificationStatus={"text": "likely"}),
}


@st.composite
def blurred_bundles(draw: st.DrawFn, rules: Rules = None) -> tuple[Resource, Resource, str]:
    """A FHIR R4 collection, the same with one statement that cannot be relied on, and in which way.

    The diagnosis itself stays. Whatever was possible must stay possible, and no status may become
    another.
    """
    _, bundle = draw(bundles(rules))
    stated = [
        number
        for number, entry in enumerate(bundle["entry"])
        if entry["resource"]["resourceType"] in ANY
        and not entry["resource"]["id"].startswith("all")
    ]
    number = draw(st.sampled_from(stated))
    resource = bundle["entry"][number]["resource"]
    ways = [(name, made) for name, blur in BLURS.items() if (made := blur(resource)) is not None]
    name, made = draw(st.sampled_from(ways))
    blurred = deepcopy(bundle)
    blurred["entry"][number]["resource"] = made
    return bundle, blurred, name


@st.composite
def scrapped_bundles(draw: st.DrawFn, rules: Rules = None) -> tuple[Resource, Resource, list[str]]:
    """A FHIR R4 collection, the same with scraps that do not count beside it, and which they are.

    Nothing of the answer may change.
    """
    _, bundle = draw(bundles(rules))
    scraps = draw(st.lists(st.sampled_from(sorted(SCRAPS)), min_size=1, max_size=4, unique=True))
    resources = [entry["resource"] for entry in bundle["entry"]]
    added = [
        resource for name in scraps for resource in SCRAPS[name](name.replace(" ", "-"), resources)
    ]
    entries = [{"resource": resource} for resource in draw(st.permutations(resources + added))]
    return bundle, bundle | {"entry": entries}, scraps


Scrap = Callable[[str, list[Resource]], list[Resource]]


def _marrow_of(resources: list[Resource]) -> Resource:
    return next(one for one in resources if one["id"].startswith("marrow"))


def _beside(day: str, name: str, **elements: Any) -> Resource:
    made = parts.marrow(date.fromisoformat(day), "60")[1][0]
    return _put(made, {"id": name, **elements})


def _worse(days: int = 0, **elements: Any) -> Scrap:
    """Another marrow with 60 % blasts, so many days after the chart's own."""

    def make(name: str, resources: list[Resource]) -> list[Resource]:
        own = date.fromisoformat(_marrow_of(resources)["effectiveDateTime"])
        return [_beside(str(own + timedelta(days=days)), name, **elements)]

    return make


def _condition(code: Resource, **elements: Any) -> Scrap:
    def make(name: str, resources: list[Resource]) -> list[Resource]:
        own = date.fromisoformat(_marrow_of(resources)["effectiveDateTime"])
        return [parts.condition(name, parts.FEVER, own) | {"code": code} | elements]

    return make


def _replaced(name: str, resources: list[Resource]) -> list[Resource]:
    """A later result, and one of the chart's own value that replaces it."""
    own = _marrow_of(resources)
    day = own["effectiveDateTime"]
    said: Resource = {"url": f"{parts.FHIR}/observation-replaces"}
    said |= {"valueReference": {"reference": f"Observation/{name}"}}
    return [_beside(day, name), own | {"id": f"{name}-new", "extension": [said]}]


SCRAPS: dict[str, Scrap] = {
    "entered in error": _worse(20, status="entered-in-error"),
    "cancelled": _worse(20, status="cancelled"),
    "not performed": _worse(
        20, valueQuantity=None, dataAbsentReason=parts.coded(parts.ABSENT, "not-performed")
    ),
    "another person's": _worse(20, focus=[{"reference": "RelatedPerson/donor"}]),
    "of a group": _worse(20, subject={"reference": "Group/trial"}),
    "older unreadable": _worse(-300, valueQuantity=None, valueString="see comment"),
    "issued before": _worse(-300, effectiveDateTime=None, issued="2019-01-01T00:00:00Z"),
    "unknown code": _worse(20, code=parts.coded("http://h.example/lab", "KMB")),
    "refuted fever": _condition(
        parts.coded(parts.SNOMED, parts.FEVER),
        verificationStatus=parts.coded(parts.VERIFICATION, "refuted"),
    ),
    "fever in words": _condition({"text": "Fever"}),
    "another problem": _condition(parts.coded(parts.SNOMED, "38341003")),
    "replaced": _replaced,
}
