"""What resources of other kinds tell by the way: why something was ordered, planned or billed, what
a flag, a note or a document is about, and the coded answers on a form.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from allstatus.ehr.chart import VISITS, Code, Mention, Problem, Quantity, Result, Statement
from allstatus.ehr.dates import When
from allstatus.ehr.fhir.fhir_patients import whose
from allstatus.ehr.fhir.fhir_resources import READERS, statements
from allstatus.ehr.fhir.fhir_results import ATTACHED, read_other
from allstatus.ehr.fhir.fhir_sent import held, source_of, stated
from allstatus.ehr.fhir.fhir_standing import (
    ENCOUNTER,
    REPORT,
    STANDS,
    Standing,
    standing,
    statuses,
    together,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore, identity
from allstatus.ehr.fhir.fhir_values import value_of
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import (
    Json,
    codeable,
    codes,
    obj,
    objects,
    reached,
    span,
    text,
    when,
    words,
)

REASON = "an order's reason"
NAMED = "told in passing"
ANSWERED = "an answer on a form"
DATES = (
    *("authoredOn", "orderedOn", "authored", "occurrenceDateTime", "occurrencePeriod"),
    *("billablePeriod", "identifiedDateTime", "identifiedPeriod"),
    *("period", "start", "started", "date", "detected", "created"),
)
# elements, step by step, that name what something is about
NAMING = {
    "AdverseEvent": ("event", "code"),
    "CarePlan": ("addresses", "activity.detail.reasonCode"),
    "Composition": ("event.code", "event.detail", "section.code"),
    "CoverageEligibilityRequest": ("item.diagnosis.diagnosisCodeableConcept",),
    "DetectedIssue": ("code",),
    "DocumentReference": (),
    "EpisodeOfCare": ("diagnosis.condition",),
    "Flag": ("code",),
}
HAPPENED = ("AdverseEvent",)  # kinds that name what was there, not what it may be about
# the same of kinds that are read, of which these say nothing by themselves
BESIDE = {
    "Condition": ("evidence", "evidence.code", "stage.summary"),
    "Procedure": ("complication", "outcome"),
}
OF_OTHERS = ("FamilyMemberHistory", "Goal", "RiskAssessment")  # of kin, or not of what is
STATUSES = ENCOUNTER | statuses(STANDS, "active", "inactive", "draft", "revoked", "waitlist")
STATUSES |= statuses(STANDS, "final", "preliminary", "amended")
DOCUMENTS = ("DocumentReference", "Composition")
WRITTEN = ("date", "indexed", "created")  # when, which is not before what it reports on
OF_DOCUMENTS = REPORT | {"current": STANDS, "superseded": Standing("superseded by another")}


def told(resource: Json, store: ResourceStore, *, other: bool) -> list[Statement | Mention]:
    """What a resource states, by the way and within it too; `other`: its kind states nothing."""
    kind = resource["resourceType"]
    reader = None if other else READERS.get(kind)
    said: list[Statement | Mention] = [] if reader is None else [*reader(resource, store)]
    if not said:
        whole = read_other(resource)
        said = [*_mentions(resource, whole, store)] or [whole]
    elif kind in BESIDE:
        said += _beside(resource, said[0])
    if "contained" in resource:
        said += _told_within(resource, store)
    return said


def _told_within(resource: Json, store: ResourceStore) -> Iterator[Statement | Mention]:
    for member in objects(resource["contained"]):
        kind = member.get("resourceType")
        if kind in ("DiagnosticReport", "Observation"):
            yield from statements(member, store)
        elif kind == "Condition" and resource["resourceType"] not in (*VISITS, *OF_OTHERS):
            yield from _contained(member, store)


def may_tell(resource: Json) -> bool:
    """Whether a resource of a kind that states nothing itself tells of something by the way."""
    kind = resource["resourceType"]
    if kind in READERS or kind in OF_OTHERS:
        return False
    answers = kind == "QuestionnaireResponse" and bool(objects(resource.get("item")))
    reports = kind in DOCUMENTS and bool(codes(resource.get("type")))
    return answers or reports or any(codeable(concept) for _, concept in _named(resource, kind))


def _contained(condition: Json, store: ResourceStore) -> Iterator[Mention]:
    """A condition that has no life outside what contains it."""
    stands = held(condition, store)
    for one in statements(condition, store):
        if isinstance(one, Problem):
            kept = replace(one, void=one.void or stands.void, doubt=one.doubt or NAMED)
            yield Mention(kept, more=True)


def _beside(resource: Json, said: Any) -> Iterator[Mention]:
    """What stands beside what a resource states, as findings of its day."""
    paths = BESIDE[resource["resourceType"]]
    for concept in (one for path in paths for one in reached(resource, path)):
        if found := codeable(concept):
            value = Quantity(words(concept), codes=found)
            shared = {"doubt": said.doubt or NAMED, "latest": said.latest, "value": value}
            source = f"beside {source_of(resource)}"
            yield Mention(Result(source, (), said.when, said.issued, said.void, **shared))


def _mentions(resource: Json, whole: Statement, store: ResourceStore) -> Iterator[Mention]:
    """What a resource of a kind that is not read, the `whole`, tells by the way: it is not known by
    that to be there.
    """
    kind = resource["resourceType"]
    if kind in READERS or kind in OF_OTHERS or resource.get("actuality") == "potential":
        return
    if kind == "QuestionnaireResponse":
        yield from _answers(resource, whole)
        return
    if kind in DOCUMENTS:
        yield from _of_document(resource, whole, store)
    for why, concept in _named(resource, kind):
        if not (found := codeable(concept)):
            continue
        day, stands = _standing(resource, why)
        of_it = stated(resource, stands, day, obj(concept.get("concept")) or concept)
        problem = Problem(**of_it, codes=found, issued=day, recorded=day)
        yield Mention(problem, whole, more=kind not in HAPPENED)


def _standing(resource: Json, why: str) -> tuple[When | None, Standing]:
    return when(resource, *DATES), together(standing(resource, STATUSES), Standing("", why))


def _named(resource: Json, kind: str) -> Iterator[tuple[str, Json]]:
    said = objects(resource.get("reasonCode")) + objects(resource.get("reason"))
    said += reached(resource, "diagnosis.diagnosisCodeableConcept")
    yield from ((REASON, one) for one in said)
    for path in NAMING.get(kind, ()):
        yield from ((NAMED, one) for one in reached(resource, path))


def _answers(form: Json, whole: Statement) -> Iterator[Mention]:
    """Each answer with a code, or to a question that is called by one."""
    day, stands = _standing(form, ANSWERED)
    waiting = deque(objects(form.get("item")))
    while waiting:
        item = waiting.popleft()
        waiting += objects(item.get("item"))
        for answer in objects(item.get("answer")):
            waiting += objects(answer.get("item"))
            coded = codes(answer.get("valueCoding"))
            value = Quantity(words({"coding": [answer.get("valueCoding")]}), codes=coded)
            value = value if coded else value_of(answer) or Quantity()
            question = Code("loinc", text(item.get("linkId")).rpartition("/")[2])
            of_it = stated(form, stands, day, {"text": item.get("text")})
            yield Mention(Result(**of_it, codes=(question,), value=value), whole)


def _of_document(resource: Json, whole: Statement, store: ResourceStore) -> Iterator[Mention]:
    """What a document is about, unless a report holds the same or what it lists tells it."""
    coded = codes(resource.get("type"))
    if not coded or _is_reported(resource, store):
        return
    own = REPORT.get(text(resource.get("docStatus")), STANDS)
    stands = together(standing(resource, OF_DOCUMENTS), own)
    day = _day(resource)
    written = when(resource, *WRITTEN)
    of_it = stated(resource, stands, day, resource.get("type"), written)
    of_it |= identity(resource, store)
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
