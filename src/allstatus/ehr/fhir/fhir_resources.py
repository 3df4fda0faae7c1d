"""FHIR resources, one by one, to what they state: R4, and what R5 and earlier versions say the same
way. Unknown elements are ignored, decimals stay exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from allstatus.ehr.chart import UNREAD_STATUS, Code, Mention, Problem, Statement
from allstatus.ehr.coding import comments
from allstatus.ehr.dates import When, of_age, read_when
from allstatus.ehr.fhir.fhir_patients import whose
from allstatus.ehr.fhir.fhir_results import read_observation, read_report
from allstatus.ehr.fhir.fhir_sent import measured, stated
from allstatus.ehr.fhir.fhir_standing import (
    ENCOUNTER,
    STANDS,
    UNSTATED,
    Standing,
    noted,
    standing,
    statuses,
    together,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore, identity
from allstatus.ehr.fhir.fhir_treatments import read_treatment
from allstatus.ehr.fhir.json_access import (
    Json,
    codeable,
    codes,
    extensions,
    hl7_system,
    obj,
    objects,
    reached,
    span,
    text,
    unread,
    when,
    whole_number,
)

VERIFIED = hl7_system("condition-ver-status")
CLINICAL = ("", "condition_clinical")
VERIFICATION = {
    "confirmed": STANDS,
    "refuted": Standing("refuted"),
    "entered-in-error": Standing("entered in error"),
    **statuses(Standing("", "not confirmed"), "unconfirmed", "provisional", "differential"),
}
# How ICD-10-GM says it beside a code: excluded, suspected, certain; Z, "state after", is over.
# Source: HL7 Deutschland, Basisprofil DE R4, icd-10-gm-diagnosesicherheit.
CERTAINTY = {
    "A": VERIFICATION["refuted"],
    "V": VERIFICATION["provisional"],
    "G": STANDS,
    "Z": STANDS,
}
CERTAIN = "icd-10-gm-diagnosesicherheit"
AFTER = "Z"
DUE_TO, PRIMARY = "condition-dueTo", "related-primary-cancer-condition"
ASSERTED = "/condition-assertedDate"
MORPHOLOGY = "morphology"  # in mcode-histology-morphology-behavior, and others' names for it
UNVERIFIABLE = Standing("", "its status of verification cannot be read")
WIDER = {"active", "inactive"}  # which take the others in
STATES = ("active", "recurrence", "relapse", "inactive", "remission", "resolved")
ENDED = ("inactive", "resolved", "remission")
BESIDE_REASONS = frozenset({"diagnosis", "finding", "contained"})  # what a visit was for, too
RECORDED = ("recordedDate", "assertedDate", "dateRecorded")
YEARS = ("a", "year", "years")
BEGUN = ("onset", *RECORDED)
SEEN = ("period", "actualPeriod", "effectiveDateTime", "effectivePeriod", "date")


def statements(resource: Json, store: ResourceStore) -> Iterable[Statement | Mention]:
    """What a resource states; nothing for kinds that say nothing about status."""
    reader = READERS.get(text(resource.get("resourceType")))
    return reader(resource, store) if reader is not None else ()


def _condition(resource: Json, store: ResourceStore) -> Iterator[Problem]:
    certain = _certainty(resource, obj(resource.get("code")))
    stands = together(
        _verified(resource),
        *(CERTAINTY.get(one, UNVERIFIABLE) for one in certain),
        standing(resource, {UNSTATED: STANDS}, unmodified=store.unmodified),
        noted(comments.CONDITION, [resource]),
    )
    clinical = _clinical(resource)
    causes, cause = _related(resource, DUE_TO, store)
    ending = resource.get("abatementBoolean")
    end = ending is None and _has(resource, ("abatement",))
    until = span(resource, "abatementDateTime", "abatementPeriod") if end else None
    recorded = _recorded(resource)
    onset = when(resource, "onsetDateTime", "onsetPeriod") or _at_age(resource, store)
    day, found = onset or recorded, codes(resource.get("code"))
    yield Problem(
        **stated(resource, stands, day, resource.get("code")),
        **identity(resource, store, rest=measured(found)),
        codes=found + _morphology(resource) + _topography(resource),
        issued=recorded,
        recorded=recorded,
        onset=onset,
        until=until,
        ended=end or ending is True or AFTER in certain or clinical in ENDED,
        clinical=clinical,
        cause=cause,
        caused=causes,
        primary=_related(resource, PRIMARY, store)[1],
        unread_start=not day and _has(resource, BEGUN),
        unread_end=end and until is None,
    )


def _at_age(resource: Json, store: ResourceStore) -> When | None:
    """The year in which it began at an age, of one whose birth is known."""
    age = obj(resource.get("onsetAge"))
    years, unit = whole_number(age.get("value")), age.get("code") or age.get("unit")
    if years is None or unit not in YEARS or age.get("comparator"):
        return None
    born = read_when(text(store.patient(whose(resource, store)).get("birthDate")))
    return born and of_age(born, years)


def _has(resource: Json, names: tuple[str, ...]) -> bool:
    """Whether an element whose name begins so was sent, be it without what it says."""
    return any(key.lstrip("_").startswith(names) for key in resource)


def _related(resource: Json, named: str, store: ResourceStore) -> tuple[bool, tuple[Code, ...]]:
    """Whether extensions of this name say to what a condition is related, and its codes."""
    said = extensions(resource, named)
    found: tuple[Code, ...] = ()
    for extension in said:
        known = store.resolve(resource, extension.get("valueReference")) or {}
        found += codes(extension.get("valueCodeableConcept")) + codes(known.get("code"))
    return bool(said), found


def _recorded(resource: Json) -> When | None:
    """When it was recorded, else asserted: an element of earlier versions, an extension since."""
    said = (when(one, "valueDateTime") for one in extensions(resource, ASSERTED))
    return when(resource, *RECORDED) or next(filter(None, said), None)


def _morphology(resource: Json) -> tuple[Code, ...]:
    """Which disease it is by its tissue: mCODE's extension, and others' that are named so."""
    return tuple(
        code
        for extension in objects(resource.get("extension"))
        if MORPHOLOGY in text(extension.get("url")).rpartition("/")[2].lower()
        for code in codes(extension.get("valueCodeableConcept"))
    )


def _topography(resource: Json) -> tuple[Code, ...]:
    """Where a morphology lies, of which some say only with their place which disease they are."""
    places = objects(resource.get("bodySite"))
    return tuple(code for place in places for code in codes(place) if code.system == "icdo3")


def _verified(resource: Json) -> Standing:
    sent = resource.get("verificationStatus")
    if sent is None:
        return STANDS
    said = _status_codes(sent, VERIFIED)
    return together(*(VERIFICATION.get(code, UNVERIFIABLE) for code in said or [""]))


def _certainty(*elements: Json) -> list[str]:
    """How certain a German diagnosis is: on its coding, its code or itself."""
    inner = [coding for element in elements for coding in objects(element.get("coding"))]
    said = [one for element in (*elements, *inner) for one in extensions(element, CERTAIN)]
    return [
        text(obj(one.get("valueCoding")).get("code")) or text(one.get("valueCode")) for one in said
    ]


def _clinical(resource: Json) -> str:
    """Active, in relapse, in remission or over; empty where it is not sent."""
    sent = resource.get("clinicalStatus")
    if not sent:
        return UNREAD_STATUS if unread(resource, "clinicalStatus") else ""
    said = {code for code in _status_codes(sent, CLINICAL) if code in STATES}
    narrow = said - WIDER or said
    return narrow.pop() if len(narrow) == 1 else UNREAD_STATUS


def _status_codes(value: object, systems: tuple[str, ...]) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [code.code for code in codes(value) if code.system in systems]


def _encounter(resource: Json, store: ResourceStore) -> Iterator[Problem]:
    """What an encounter was for, or an impression found; it is known since then."""
    stands = standing(resource, ENCOUNTER, unmodified=store.unmodified)
    start = when(resource, *SEEN)
    for concept in visit_reasons(resource):
        contained = concept.get("resourceType") == "Condition"
        found = obj(concept.get("code")) if contained else concept
        said = obj(found.get("concept")) or found
        known = together(
            stands,
            _verified(concept) if contained else STANDS,
            *(CERTAINTY.get(c, UNVERIFIABLE) for c in _certainty(said)),
        )
        of_it = stated(resource, known, start, said)
        yield Problem(**of_it, codes=codeable(found), issued=start, recorded=start, ended=True)


def visit_reasons(visit: Json) -> Iterator[Json]:
    """Why somebody came, what was found or diagnosed, and the conditions contained in it."""
    for said in (*objects(visit.get("reasonCode")), *objects(visit.get("reason"))):
        yield from objects(said.get("value")) or [said]
    if BESIDE_REASONS.isdisjoint(visit):
        return
    yield from (one for one in reached(visit, "diagnosis.condition") if "concept" in one)
    for found in objects(visit.get("finding")):
        yield from objects(found.get("itemCodeableConcept"))
        yield from (one for one in objects(found.get("item")) if "concept" in one)
    contained = objects(visit.get("contained"))
    yield from (one for one in contained if one.get("resourceType") == "Condition")


READERS: dict[str, Callable[[Json, ResourceStore], Iterable[Statement | Mention]]] = {
    "Observation": read_observation,
    "DiagnosticReport": read_report,
    "Condition": _condition,
    "Encounter": _encounter,
    "ClinicalImpression": _encounter,
    "MedicationAdministration": read_treatment,
    "MedicationStatement": read_treatment,
    "MedicationRequest": read_treatment,
    "MedicationDispense": read_treatment,
    "Procedure": read_treatment,
}
