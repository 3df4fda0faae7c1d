"""FHIR's medicines and procedures to treatments, in R4, R5 and the versions before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from allstatus.ehr.chart import MOST, TEXT, Code, Treatment
from allstatus.ehr.coding import comments
from allstatus.ehr.dates import When, shifted
from allstatus.ehr.fhir.fhir_context import about
from allstatus.ehr.fhir.fhir_holders import ordered
from allstatus.ehr.fhir.fhir_sent import measured, stated
from allstatus.ehr.fhir.fhir_standing import (
    CONTRADICTS,
    GIVEN,
    MODIFIED,
    MORE,
    STANDS,
    UNREAD_DONE,
    Standing,
    modified,
    noted,
    standing,
    statuses,
    together,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore, identity
from allstatus.ehr.fhir.json_access import (
    NOT_HERE,
    Json,
    codeable,
    codes,
    in_words,
    obj,
    objects,
    text,
    when,
    words,
)
from allstatus.record.remembered import remembered

DATES = (
    *("effectiveDateTime", "effectivePeriod", "performedDateTime", "performedPeriod"),  # R4
    *("effectiveTimeDateTime", "effectiveTimePeriod"),  # DSTU2
    *("occurenceDateTime", "occurencePeriod"),  # R5 as published, with one r
    *("occurrenceDateTime", "occurrencePeriod"),  # and as meant
    *("whenHandedOver", "whenPrepared", "dateAsserted", "authoredOn", "dateWritten"),  # closest
)
DATED_SO = ("effective", "performed", "occurence", "occurrence")
SENT_SO = ("_", *DATED_SO)
DIFFER = "its medicine's versions differ"
DAYS = tuple(name for name in DATES if name.startswith(DATED_SO))
REASONS = (
    *("reasonCode", "reasonReference", "reason", "reasonCodeableConcept", "reasonGiven"),
    *("reasonForUse", "reasonForUseCodeableConcept", "reasonForUseReference"),
)
ORDERS = ("request", "basedOn", "prescription", "authorizingPrescription")
INTENT = "intent"  # mCODE's procedure-intent, its older treatment-intent, and others' names for it
TAKING = {
    **statuses(STANDS, "taking", "taking-as-directed", "taking-not-as-directed"),
    **statuses(STANDS, "stopped", "stopped-as-directed", "stopped-not-as-directed"),
    "not-taking": Standing("not taken"),
}
DOSAGES = ("dosage", "dosageInstruction")
DOSES = ("dose", "doseQuantity", "quantity")
ASSERTED = ("dateAsserted", "recorded", "authoredOn")
RECORDED = "recorded"  # how R5 says that a statement was made, whatever it says


def read_treatment(resource: Json, store: ResourceStore) -> Iterator[Treatment]:
    """What was given or done, or ordered, and why that does not count."""
    kind = resource["resourceType"]
    medicine = kind != "Procedure"
    done = resource.get("code")
    found, name, stands = codes(done), words(done), STANDS
    if medicine:
        found, name, stands = _product(resource, store)
    dosages, orders = _listed(resource, DOSAGES), _orders(resource, store)
    day = when(resource, *_dates(tuple(resource)))
    stands = together(
        _standing(resource, GIVEN[kind], unmodified=store.unmodified),
        stands,
        about(resource, store)[0],
        _amount(dosages),
        noted(comments.TREATMENT, orders, remarks=_said(resource), known=store.heard),
        MORE if len(orders) > MOST else STANDS,
        ordered(orders[1:]),
        ordered(store.members(resource, "partOf"), "procedure"),
        _foretold(day, when(resource, ASSERTED[0])),
    )
    reasons = next((r for one in orders if (r := _reasons(one, store))), ())
    yield Treatment(
        **stated(resource, stands, day, {"text": name}, when(resource, *ASSERTED)),
        **identity(resource, store, rest=measured(found)),
        codes=found,
        issued=when(resource, "dateAsserted"),
        intent=next((said for one in orders if (said := _intent(one))), ()),
        route=tuple([code for dosage in dosages for code in codes(dosage.get("route"))]),
        reasons=reasons,
        medicine=medicine,
    )


def _standing(resource: Json, known: dict[str, Standing], *, unmodified: bool) -> Standing:
    if known is GIVEN["MedicationAdministration"] and resource.get("statusReason"):
        done = resource.get("status") == "completed"  # R4: why it was not performed
        stands = standing(resource, known, unmodified=unmodified)
        return together(stands, CONTRADICTS if done else STANDS)
    if resource.get("status") != RECORDED or "adherence" not in resource:
        return standing(resource, known, unmodified=unmodified)
    said = [code.code for code in codes(obj(resource["adherence"]).get("code"))]
    taken = next((TAKING[code] for code in said if code in TAKING), known[RECORDED])
    return together(taken, standing(resource, known | {RECORDED: STANDS}))


def _foretold(day: When | None, asserted: When | None) -> Standing:
    """Whether it was said before it was taken, by more than a time zone explains."""
    if day is None or asserted is None or day.first <= shifted(asserted.last, timedelta(days=1)):
        return STANDS
    return GIVEN["MedicationStatement"]["intended"]


def _amount(dosages: list[Json]) -> Standing:
    """Whether an amount of it may have been given: nothing says so but amounts of 0."""
    doses = [dose for dosage in dosages for dose in _doses(dosage)]
    nothing = doses and all(dose.get("value") == 0 for dose in doses)
    return UNREAD_DONE if nothing else STANDS


def _doses(dosage: Json) -> list[Json]:
    rated = [*objects(dosage.get("doseAndRate")), dosage]
    return [dose for one in rated for name in DOSES for dose in objects(one.get(name))]


def _said(resource: Json) -> list[str]:
    """How it was given, in words; of what was ordered they only say how it should be."""
    dosages = objects(resource["dosage"]) if "dosage" in resource else ()
    return [said for dosage in dosages if (said := text(dosage.get("text")))]


@remembered(1024)
def _dates(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The elements that may say when a treatment with these keys was given: a date that was sent
    and cannot be read is not replaced by another.
    """
    sent = [key.lstrip("_") for key in keys if key.startswith(SENT_SO)]
    if any(name.startswith(DATED_SO) and name not in DAYS for name in sent):
        return DAYS
    own = tuple(name for name in DAYS if name in keys or f"_{name}" in keys) if sent else ()
    return own or DATES


def _product(resource: Json, store: ResourceStore) -> tuple[tuple[Code, ...], str, Standing]:
    """A medicine by its own code, its Medication's, and those of its active ingredients."""
    concept = resource.get("medicationCodeableConcept")
    either = obj(resource.get("medication"))
    concept = concept or either.get("concept") or (either if "coding" in either else None)
    found, names, stands = codes(concept), [words(concept)] if concept else [], STANDS
    for said in (resource.get("medicationReference"), either.get("reference"), either):
        if not said:
            continue
        reference = obj(said)
        if not (text(reference.get("reference")) or reference.get("identifier")):
            continue
        versions = store.meant(resource, reference)
        if not versions:
            names.append(text(reference.get("display")) or f"{text(reference.get('reference'))}")
        for one in versions:
            if id(one) not in store.medicines:
                store.medicines[id(one)] = _contents(one, store)
            of_it, called, doubt = store.medicines[id(one)]
            found, names = found + of_it, names + called
            stands = doubt if doubt is not STANDS else stands
        stands = stands if len(versions) < 2 else Standing("", DIFFER)
    return found, "; ".join(dict.fromkeys(name for name in names if name)), stands


def _contents(medicine: Json, store: ResourceStore) -> tuple[tuple[Code, ...], list[str], Standing]:
    """What a Medication is and holds, what that is called, and whether it can be relied on."""
    parts = list(islice(_ingredients(medicine, store), MOST + 1))
    found = codes(medicine.get("code")) + tuple(c for part in parts for c in codeable(part))
    names = [words(one.get("concept") or one) for one in parts]
    names.insert(0, words(medicine.get("code")))
    stands = MORE if len(parts) > MOST else STANDS
    if not store.unmodified and modified(medicine, inside=("contained",)):
        stands = Standing("", MODIFIED)
    if medicine.get("status") == "entered-in-error":
        stands = Standing("", "its medicine was entered in error")
    return found, names, stands


def _ingredients(medicine: Json, store: ResourceStore) -> Iterator[Json]:
    listed = objects(medicine.get("ingredient"))
    listed += objects(obj(medicine.get("product")).get("ingredient"))
    for item in listed:
        if item.get("isActive") is False:
            continue
        either = obj(item.get("item"))
        yield obj(item.get("itemCodeableConcept")) or either
        reference = item.get("itemReference") or either.get("reference") or either
        parts = store.meant(medicine, reference)
        if len(parts) == 1 and parts[0] is not medicine:
            yield obj(parts[0].get("code"))


def _orders(resource: Json, store: ResourceStore) -> list[Json]:
    """A treatment, and the orders it was given under."""
    orders, seen = [resource], {id(resource)}
    for order in orders:  # which grows while it is gone through
        if len(orders) > MOST:
            break
        for reference in _listed(order, ORDERS):
            for found in store.meant(order, reference):
                if id(found) not in seen:
                    seen.add(id(found))
                    orders.append(found)
    return orders


def _listed(resource: Json, names: tuple[str, ...]) -> list[Json]:
    """The objects of all of these elements that were sent."""
    if resource.keys().isdisjoint(names):
        return []
    return [one for name in names if name in resource for one in objects(resource[name])]


def _reasons(resource: Json, store: ResourceStore) -> tuple[Code, ...]:
    found: tuple[Code, ...] = ()
    for said in _listed(resource, REASONS):
        own = obj(said.get("concept")) or said
        found += codes(own) or in_words(own)
        for reference in (said, obj(said.get("reference"))):
            found += _referred(resource, reference, store)
    return found


def _referred(resource: Json, reference: Json, store: ResourceStore) -> tuple[Code, ...]:
    """The code of what a reference means, else its words; of what is not here, or stands in several
    versions, that it is not.
    """
    if not (isinstance(reference.get("reference"), str) or reference.get("identifier")):
        return ()
    known = store.meant(resource, reference)
    if len(known) == 1:
        return codes(known[0].get("code")) or in_words(known[0].get("code"))
    shown = text(reference.get("display"))
    return (Code(TEXT, shown.lower() or NOT_HERE, shown),)


def _intent(resource: Json) -> tuple[Code, ...]:
    found: tuple[Code, ...] = ()
    for extension in objects(resource["extension"]) if "extension" in resource else ():
        if INTENT in text(extension.get("url")).rpartition("/")[2].lower():
            said = extension.get("valueCodeableConcept")
            found += codes(said) or in_words(said)
            found += codes(extension.get("valueCoding"))
    return found
