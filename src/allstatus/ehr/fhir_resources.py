"""FHIR R4 resources, one by one, to what they state. Unknown elements are ignored, decimals stay
exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from allstatus.ehr.chart import Code, Problem, Quantity, Range, Result, Statement, Treatment
from allstatus.ehr.fhir_store import ResourceStore
from allstatus.ehr.json_access import Json, codes, obj, objects, text, when, words
from allstatus.record.units import same_unit

RESULT_VOID = {
    "final": "",
    "amended": "",
    "corrected": "",
    "preliminary": "preliminary, not final",
    "registered": "has no result yet",
    "cancelled": "cancelled",
    "entered-in-error": "entered in error",
    "unknown": "its status is unknown",
}
GIVEN_VOID = {
    "MedicationAdministration": {
        "completed": "",
        "in-progress": "",
        "stopped": "",
        "on-hold": "",
        "not-done": "not done",
    },
    "MedicationStatement": {
        "completed": "",
        "active": "",
        "stopped": "",
        "not-taken": "not taken",
        "intended": "intended, not given",
    },
    "Procedure": {
        "completed": "",
        "in-progress": "",
        "stopped": "",
        "not-done": "not done",
        "preparation": "not done yet",
    },
}
VERIFIED_VOID = {"refuted": "refuted", "entered-in-error": "entered in error"} | dict.fromkeys(
    ("unconfirmed", "provisional", "differential"), "not confirmed"
)
SEX_CODES = {
    "248152002": "female",
    "F": "female",
    "female": "female",
    "248153007": "male",
    "M": "male",
    "male": "male",
}
TREATMENT_DATES = (
    "effectiveDateTime",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "dateAsserted",
    "authoredOn",
)
TWO_VALUES = "more than one value"
MODIFIED = "carries a modifier extension, which may change its meaning"


def statements(resource: Json, store: ResourceStore) -> Iterator[Statement]:
    """What a resource states; nothing for kinds that say nothing about status."""
    reader = READERS.get(text(resource.get("resourceType")))
    if reader is not None:
        yield from reader(resource, store)


def _source(resource: Json) -> str:
    return f"{resource['resourceType']}/{text(resource.get('id')) or '(no id)'}"


def _void(resource: Json, meanings: dict[str, str]) -> str:
    if resource.get("modifierExtension"):
        return MODIFIED
    status = resource.get("status")
    if status is None:
        return ""
    return meanings.get(
        text(status),
        "entered in error"
        if status == "entered-in-error"
        else "its status cannot be read as done or final",
    )


def _observation(resource: Json, store: ResourceStore) -> Iterator[Result]:
    dated = when(resource, "effectiveDateTime", "effectiveInstant", "effectivePeriod")
    issued = when(resource, "issued")
    notes: tuple[str, ...] = () if dated else ("dated by its issue",)
    if resource.get("status") is None:
        notes += ("its status is not stated",)
    void = _void(resource, RESULT_VOID)
    specimen = store.specimen(resource)
    focus = tuple(
        code
        for reference in objects(resource.get("focus"))
        for code in store.concept(resource, reference)
    )
    parts = [(resource, _source(resource))]
    parts += [
        (part, f"{_source(resource)} component") for part in objects(resource.get("component"))
    ]
    for part, source in parts:
        value = _value(part)
        if part is resource and value is None and resource.get("component"):
            continue
        yield Result(
            source,
            codes(part.get("code")),
            dated or issued,
            issued,
            void or ("" if value else "has no value"),
            words(part.get("code")),
            value=value or Quantity(),
            ranges=tuple(_ranges(part)),
            flags=_flags(part),
            specimen=specimen,
            corrected=resource.get("status") in ("amended", "corrected"),
            focus=focus,
            notes=notes,
        )


def _value(part: Json) -> Quantity | None:
    if len([key for key in part if key.startswith("value")]) > 1:
        return Quantity(TWO_VALUES, text=TWO_VALUES)
    if "valueQuantity" in part:
        return quantity(obj(part["valueQuantity"]))
    if "valueRange" in part:
        low, high = (quantity(obj(obj(part["valueRange"]).get(end))) for end in ("low", "high"))
        unit = low.unit if low.unit == high.unit else f"{low.unit} or {high.unit}"
        return Quantity(f"{low.sent} to {high.sent}", low.number, None, unit, high=high.number)
    if "valueRatio" in part:
        top, bottom = (
            obj(obj(part["valueRatio"]).get(end)).get("value")
            for end in ("numerator", "denominator")
        )
        return Quantity(f"{top}/{bottom}", top, None, None, cells=bottom)
    if "valueInteger" in part:
        return Quantity(str(part["valueInteger"]), part["valueInteger"])
    if "valueBoolean" in part:
        says = (
            {True: "Y", False: "N"}.get(part["valueBoolean"])
            if isinstance(part["valueBoolean"], bool)
            else None
        )
        return Quantity(
            str(part["valueBoolean"]).lower(), codes=(Code("v2_yes_no", says),) if says else ()
        )
    if "valueCodeableConcept" in part:
        concept = part["valueCodeableConcept"]
        found = codes(concept)
        return Quantity(words(concept) or " ".join(code.code for code in found), codes=found)
    return (
        Quantity(part["valueString"], text=part["valueString"])
        if isinstance(part.get("valueString"), str)
        else None
    )


def quantity(value: Json) -> Quantity:
    """A FHIR Quantity; unit and code that say different things make a unit that nothing knows."""
    code, unit = text(value.get("code")), text(value.get("unit"))
    named = code or unit
    if code != unit and code and unit and not same_unit(code, unit):
        named = f"{code} or {unit}"
    sent = f"{value.get('comparator') or ''}{value.get('value')} {unit or code}".strip()
    return Quantity(sent, value.get("value"), value.get("comparator"), named or None)


def _ranges(part: Json) -> Iterator[Range]:
    for item in objects(part.get("referenceRange")):
        kind = codes(item.get("type"))
        if kind and kind[0].code != "normal":
            continue
        low = quantity(obj(item["low"])) if "low" in item else None
        high = quantity(obj(item["high"])) if "high" in item else None
        sex = next(
            (
                SEX_CODES[code.code]
                for code in codes(item.get("appliesTo"))
                if code.code in SEX_CODES
            ),
            None,
        )
        if low or high:
            yield Range(low, high, sex)
        elif text(item.get("text")):
            yield Range(Quantity(text(item["text"]), text=text(item["text"])), None, sex)


def _flags(part: Json) -> tuple[str, ...]:
    return tuple(code.code.upper() for code in codes(part.get("interpretation")))


def _report(resource: Json, store: ResourceStore) -> Iterator[Result]:
    if conclusion := text(resource.get("conclusion")):
        dated, issued = (
            when(resource, "effectiveDateTime", "effectivePeriod"),
            when(resource, "issued"),
        )
        yield Result(
            _source(resource),
            codes(resource.get("code")),
            dated or issued,
            issued,
            _void(resource, RESULT_VOID | {"appended": ""}),
            words(resource.get("code")),
            value=Quantity(conclusion, text=conclusion),
            specimen=store.specimen(resource),
        )


def _condition(resource: Json, store: ResourceStore) -> Iterator[Problem]:
    verified = [
        VERIFIED_VOID.get(code, "") for code in _status_codes(resource.get("verificationStatus"))
    ]
    if resource.get("verificationStatus") is not None and not verified:
        verified = ["its status of verification cannot be read"]
    void = (
        MODIFIED
        if resource.get("modifierExtension")
        else next((why for why in verified if why), "")
    )
    clinical = next(iter(_status_codes(resource.get("clinicalStatus"))), "")
    causes = [
        e
        for e in objects(resource.get("extension"))
        if text(e.get("url")).endswith("condition-dueTo")
    ]
    cause = tuple(
        code
        for e in causes
        for code in codes(e.get("valueCodeableConcept"))
        + store.concept(resource, e.get("valueReference"))
    )
    ended = clinical in ("inactive", "resolved", "remission") or any(
        key.startswith("abatement") for key in resource
    )
    recorded, onset = when(resource, "recordedDate"), when(resource, "onsetDateTime", "onsetPeriod")
    yield Problem(
        _source(resource),
        codes(resource.get("code")),
        onset or recorded,
        recorded,
        void,
        words(resource.get("code")),
        when(resource, "abatementDateTime", "abatementPeriod"),
        ended,
        recorded,
        clinical,
        cause,
        bool(causes),
        onset,
    )


def _status_codes(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [code.code for code in codes(value)]


def _encounter(resource: Json, _: ResourceStore) -> Iterator[Problem]:
    void = _void(
        resource,
        {
            "finished": "",
            "in-progress": "",
            "arrived": "",
            "triaged": "",
            "onleave": "",
            "completed": "",
        },
    )
    for concept in objects(resource.get("reasonCode")):
        start = when(resource, "period")
        yield Problem(
            _source(resource),
            codes(concept),
            start,
            start,
            void,
            words(concept),
            ended=True,
            recorded=start,
        )


def _treatment(resource: Json, store: ResourceStore) -> Iterator[Treatment]:
    kind = resource["resourceType"]
    concept = (
        resource.get("code") if kind == "Procedure" else resource.get("medicationCodeableConcept")
    )
    found, names = codes(concept), words(concept)
    medicine = store.resolve(resource, resource.get("medicationReference"))
    if medicine is not None:
        ingredients = [
            obj(item.get("itemCodeableConcept")) for item in objects(medicine.get("ingredient"))
        ]
        found += codes(medicine.get("code")) + tuple(
            code for item in ingredients for code in codes(item)
        )
        names = "; ".join(
            part for part in (names, words(medicine.get("code")), *map(words, ingredients)) if part
        )
    void = (
        "ordered, not known to be given"
        if kind == "MedicationRequest"
        else _void(resource, GIVEN_VOID[kind])
    )
    if not void and resource.get("status") is None:
        void = "its status is not stated"
    reasons = codes(resource.get("reasonCode"))
    for reference in objects(resource.get("reasonReference")):
        reasons += store.concept(resource, reference)
    route = codes(obj(resource.get("dosage")).get("route")) if kind != "MedicationStatement" else ()
    for dosage in objects(resource.get("dosage")) if kind == "MedicationStatement" else ():
        route += codes(dosage.get("route"))
    yield Treatment(
        _source(resource),
        found,
        when(resource, *TREATMENT_DATES),
        when(resource, "dateAsserted"),
        void,
        names,
        _intent(resource, store),
        route,
        reasons,
        kind != "Procedure",
    )


def _intent(resource: Json, store: ResourceStore) -> tuple[Code, ...]:
    stated = _intent_extension(resource)
    return stated or _intent_extension(store.resolve(resource, resource.get("request")) or {})


def _intent_extension(resource: Json) -> tuple[Code, ...]:
    found: tuple[Code, ...] = ()
    for extension in objects(resource.get("extension")):
        if "treatmentintent" in text(extension.get("url")).lower().replace("-", ""):
            found += codes(extension.get("valueCodeableConcept"))
    return found


READERS: dict[str, Callable[[Json, ResourceStore], Iterator[Statement]]] = {
    "Observation": _observation,
    "DiagnosticReport": _report,
    "Condition": _condition,
    "Encounter": _encounter,
    "MedicationAdministration": _treatment,
    "MedicationStatement": _treatment,
    "MedicationRequest": _treatment,
    "Procedure": _treatment,
}
