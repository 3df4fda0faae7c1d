"""Documents whose type is a code of what they report on, such as a marrow biopsy: what they say is
for a person to read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from allstatus.ehr.chart import Mention, Quantity, Result, Statement
from allstatus.ehr.dates import When, last_day
from allstatus.ehr.fhir.fhir_patients import whose
from allstatus.ehr.fhir.fhir_sent import stated
from allstatus.ehr.fhir.fhir_standing import REPORT, STANDS, Standing, standing, together, updated
from allstatus.ehr.fhir.fhir_store import ResourceStore, identity
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import Json, codes, obj, objects, span, text, when

DOCUMENTS = ("DocumentReference", "Composition")
ATTACHED = Quantity("an attached document", text="an attached document")
WRITTEN = ("date", "indexed", "created")  # when, which is not before what it reports on
STATUSES = REPORT | {"current": STANDS, "superseded": Standing("superseded by another")}


def read_document(resource: Json, whole: Statement, store: ResourceStore) -> Iterator[Mention]:
    """What a document is about, unless a report holds the same or what it lists tells it."""
    coded = codes(resource.get("type"))
    if not coded or _is_reported(resource, store):
        return
    own = REPORT.get(text(resource.get("docStatus")), STANDS)
    stands = together(standing(resource, STATUSES), own)
    day = _day(resource)
    written = when(resource, *WRITTEN)
    of_it = stated(resource, stands, day, resource.get("type")) | identity(resource, store)
    of_it["latest"] = None if day else last_day([written, updated(resource)])
    result = Result(**of_it, codes=coded, issued=written, value=ATTACHED)
    listed = (store.resolve(resource, one) for one in entries(resource))
    parts = [codes(one.get("code")) for one in listed if one is not None]
    yield Mention(result, whole, unless=tuple(parts))


def _day(resource: Json) -> When | None:
    """The time of the service that it is about."""
    for element in (obj(resource.get("context")), resource):
        day = span(element, "period")
        if day is not None and date.min < day.first and day.last < date.max:
            return day
    return None


def entries(resource: Json) -> Iterator[Json]:
    """What the sections of a document refer to."""
    waiting = objects(resource.get("section"))
    for section in waiting:  # which grows while it is gone through
        waiting += objects(section.get("section"))
        yield from objects(section.get("entry"))


def _is_reported(resource: Json, store: ResourceStore) -> bool:
    """Whether a report of the same patient holds the same document, or is what it belongs to."""
    related = objects(obj(resource.get("context")).get("related"))
    meant = [store.resolve(resource, one) or {} for one in related]
    if any(one.get("resourceType") == "DiagnosticReport" for one in meant):
        return True
    mine, attached = whose(resource, store), _attached(store)
    forms = (obj(one.get("attachment")) for one in objects(resource.get("content")))
    return any(
        whose(one, store) == mine for form in forms for one in attached.get(_place(form), ())
    )


def _attached(store: ResourceStore) -> dict[str, list[Json]]:
    """The reports of a source by where their documents are."""
    if store.attached is None:
        store.attached = {}
        for report in store.resources:
            if report["resourceType"] == "DiagnosticReport" and "presentedForm" in report:
                for place in filter(None, map(_place, objects(report["presentedForm"]))):
                    store.attached.setdefault(place, []).append(report)
    return store.attached


def _place(attachment: Json) -> str:
    return split_address(text(attachment.get("url")))[1]
