"""A result as an Observation sent it, read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from allstatus.ehr.chart import NO_STATUS, NUMBERS, SEVERAL, Code, Quantity, Result
from allstatus.ehr.coding import comments
from allstatus.ehr.dates import When, last_day, read_when
from allstatus.ehr.fhir.fhir_context import (
    ABOUT,
    ANOTHERS,
    UNPLACED,
    Dated,
    Specimens,
    about,
    dated,
    is_unplaced,
    specimens,
)
from allstatus.ehr.fhir.fhir_holders import (
    ERROR,
    LISTS,
    listed_in_error,
    listing,
    ordered,
    remarks,
    withdrawal,
)
from allstatus.ehr.fhir.fhir_patients import same_person, subject_of, whose
from allstatus.ehr.fhir.fhir_ranges import ranges
from allstatus.ehr.fhir.fhir_standing import (
    CORRECTED,
    NOTED,
    REPORT,
    RESULT,
    STANDS,
    UNREADABLE_STATUS,
    Standing,
    absence,
    modified,
    noted,
    standing,
    together,
    updated,
)
from allstatus.ehr.fhir.fhir_store import ResourceStore, names_of
from allstatus.ehr.fhir.fhir_values import flags, interpreted, value_of
from allstatus.ehr.fhir.json_access import Json, codes, text, when, words

# elements by which a result that nothing lists tells more of itself than by status and labels
BESIDE_STATUS = frozenset({"basedOn", "derivedFrom", "partOf"}).union(ABOUT, LISTS, NOTED)


def source_of(resource: Json) -> str:
    """What a statement from a resource is called."""
    return f"{resource['resourceType']}/{text(resource.get('id')) or '(no id)'}"


def stated(
    resource: Json, stands: Standing, day: When | None, concept: object, *bounds: When | None
) -> dict[str, Any]:
    """What all statements of a resource have: its name and words, its day, whether it counts. It
    is not after `bounds`.
    """
    return {
        "source": source_of(resource),
        "when": day,
        "void": stands.void,
        "doubt": stands.doubt,
        "text": words(concept),
        "latest": None if day else last_day([*bounds, updated(resource)]),
    }


def measured(coded: tuple[Code, ...]) -> str:
    """The codes of what was measured, as they are sent."""
    return " ".join([code.code for code in coded])


class Observed:
    """An Observation as it was sent; what its results have in common is read once."""

    __slots__ = ("_read", "_specimens", "codes", "names", "resource", "store")

    def __init__(self, resource: Json, store: ResourceStore) -> None:
        self.resource, self.store = resource, store
        self.codes = codes(resource.get("code"))
        self._specimens = UNPLACED if is_unplaced(resource, store) else None
        self._read: Read | None = None
        rest = f"{measured(self.codes)} {self.specimens.names}" if "identifier" in resource else ""
        self.names = names_of(resource, store, rest)

    @property
    def specimens(self) -> Specimens:
        """What it was measured in."""
        if self._specimens is None:
            self._specimens = specimens(self.resource, self.store)
        return self._specimens

    def read(self) -> Read:
        """Whether it counts, when it is of, and what it is about."""
        if self._read is None:
            self._read = self._all()
        return self._read

    def born(self) -> When | None:
        """The patient's birth."""
        patient = self.store.patient(whose(self.resource, self.store))
        return read_when(text(patient.get("birthDate")))

    def _all(self) -> Read:
        resource, store, of = self.resource, self.store, self._specimens or self.specimens
        stands, listed = _stands(resource, store), id(resource) in store.listed
        if of is UNPLACED and not listed and resource.keys().isdisjoint(BESIDE_STATUS):
            return stands, dated(resource, store, of), ()  # as most are
        whom, focus = about(resource, store)
        told, found = [resource], [stands, of.standing, whom]
        if listed:
            told += [one for _, one in listing(resource, store)]
            found += held(resource, store), listed_in_error(resource, store)
        orders = [order for one in told for order in store.members(one, "basedOn")]
        done = store.members(resource, "partOf")
        beside = [one for one in (*orders, *done) if one is not None]
        heard = remarks(told, store)
        noting = [*told, *beside]
        found.append(noted(comments.RESULT, noting, of.resources, heard, self.codes, store.heard))
        found.append(ordered(orders))
        found += map(self._source, store.members(resource, "derivedFrom"))
        found.append(ordered(done, "procedure"))
        return together(*found), dated(resource, store, of), focus

    def _source(self, measured: Json | None) -> Standing:
        """What it means for a result that it is derived from another: of an error, or of others."""
        if measured is None:
            return STANDS
        mine, its = (whose(one, self.store) for one in (self.resource, measured))
        why = withdrawal(measured, ERROR) or (ANOTHERS if same_person(mine, its) is False else "")
        return Standing("", f"its source: {why}") if why else STANDS

    def shared(self) -> dict[str, Any]:
        """What its results have in common and seldom tells anything."""
        _, day, focus = self.read()
        corrected = self.resource.get("status") in CORRECTED
        return shared_of(self.resource, day) | {"focus": focus, "corrected": corrected}


Read = tuple[Standing, Dated, tuple[Code, ...]]


class SentResult(Result):
    """A result of an Observation, or of a component of it. Its codes and what a correction calls it
    by are read at once, all else when it is asked for: of a result that no table names nobody does.
    """

    __slots__ = ("_sent", "said")
    _sent: tuple[Observed, Json, Standing, str]
    said: tuple[Code, ...]  # known at once of a quantity, which has none

    @classmethod
    def unread(
        cls,
        of: Observed,
        part: Json,
        named: tuple[tuple[Code, ...], str] | None = None,
        beside: Standing = STANDS,
    ) -> SentResult:
        """The result that an Observation states, or a component: its codes, and which it is."""
        self = cls.__new__(cls)
        coded, names, which = of.codes, of.names, ""
        if named is not None:
            coded, which = named
            names = tuple([name + which for name in names])
        put_sent(self, (of, part, beside, which))
        put_number(self, next(NUMBERS))
        put_codes(self, coded)
        put_names(self, names)
        if part.get("valueQuantity") is not None:
            put_said(self, ())
        if of._specimens is UNPLACED:
            put_specimen(self, ())
        return self

    def __getattr__(self, name: str) -> Any:
        read = READ_LATER.get(name)
        if read is None:
            raise AttributeError(name)
        read(self)
        return getattr(self, name)

    def _read(self) -> None:
        of, part, beside, _ = self._sent
        stands, day, _ = of.read()
        sent = self._value()
        value = sent or Quantity()
        if sent is None or "dataAbsentReason" in part or beside is not STANDS:
            stands = together(stands, beside, absence(part, sent))
        put_source(self, self._called())
        if of.specimens is not UNPLACED:
            put_specimen(self, of.specimens.codes)
        put_said(self, value.codes)
        put_when(self, day.when)
        put_void(self, stands.void)
        put_doubt(self, stands.doubt)
        put_value(self, value)
        put_ranges(self, ranges(part, of.born, day.when))
        put_flags(self, flags(part))
        put_notes(self, _notes(of.resource, day))

    def _value(self) -> Quantity | None:
        part = self._sent[1]
        return value_of(part) or interpreted(part)

    def _read_beside(self) -> None:
        of, part, *_ = self._sent
        put_text(self, words(part.get("code")))
        for field, value in of.shared().items():
            PUT[field](self, value)

    def _read_said(self) -> None:
        made_by_replace = not hasattr(self, "_sent")
        sent = self.value if made_by_replace else self._value()
        put_said(self, () if sent is None else sent.codes)

    def _read_source(self) -> None:
        put_source(self, self._called())

    def _read_specimen(self) -> None:
        put_specimen(self, self._sent[0].specimens.codes)

    def _called(self) -> str:
        of, _, _, which = self._sent
        return f"{source_of(of.resource)}{' component' if which else ''}"


PUT = {
    one: getattr(SentResult, one).__set__
    for one in ("_sent", "said", *(one.name for one in fields(Result)))
}
put_sent, put_number, put_codes = PUT["_sent"], PUT["number"], PUT["codes"]
put_names, put_text, put_source = PUT["names"], PUT["text"], PUT["source"]
put_specimen, put_said, put_when = PUT["specimen"], PUT["said"], PUT["when"]
put_void, put_doubt, put_value = PUT["void"], PUT["doubt"], PUT["value"]
put_ranges, put_flags, put_notes = PUT["ranges"], PUT["flags"], PUT["notes"]
CONTENT = ("when", "void", "doubt", "value", "ranges", "flags", "notes")
BESIDE = ("issued", "sent", "earliest", "latest", "corrected", "focus", "text")
READ_LATER: dict[str, Callable[[SentResult], None]] = {
    **dict.fromkeys(CONTENT, SentResult._read),
    **dict.fromkeys(BESIDE, SentResult._read_beside),
    "source": SentResult._read_source,
    "specimen": SentResult._read_specimen,
    "said": SentResult._read_said,
}


def shared_of(resource: Json, day: Dated) -> dict[str, Any]:
    """When a result was issued and sent, and between which days it can be."""
    issued = when(resource, "issued")
    return {
        "issued": issued,
        "earliest": day.earliest,
        "latest": day.latest,
        "sent": issued or updated(resource),
    }


def _notes(resource: Json, day: Dated) -> tuple[str, ...]:
    notes = (day.by,) if day.by else ()
    return notes if resource.get("status") is not None else (*notes, NO_STATUS)


def held(resource: Json, store: ResourceStore) -> Standing:
    """A contained result has no life outside what contains it."""
    container = store.container(resource)
    if container is None:
        return STANDS
    same = not subject_of(resource) or same_person(whose(resource, store), whose(container, store))
    if not same:
        return Standing("", SEVERAL) if same is None else Standing(ANOTHERS)
    outer = _stands(container, store)
    tells = modified(container, inside=("contained",))
    if container.get("resourceType") in ("DiagnosticReport", "Observation"):
        tells = tells or outer.doubt == UNREADABLE_STATUS.doubt
    doubt = outer.doubt if tells else ""
    return Standing(outer.void, doubt)


def _stands(resource: Json, store: ResourceStore) -> Standing:
    report = resource.get("resourceType") == "DiagnosticReport"
    return standing(resource, REPORT if report else RESULT, unmodified=store.unmodified)
