"""Careful steps through JSON of any shape: what has another type is as if not there."""

from __future__ import annotations

from datetime import date
from typing import Any

from allstatus.ehr.chart import TEXT, Code
from allstatus.ehr.coding.codes import make_code
from allstatus.ehr.dates import When, read_when, spanning
from allstatus.record.remembered import remembered

Json = dict[str, Any]
NOTHING: Json = {}
NOT_HERE = "not here"
OBJECTS_ONLY = {dict}
LEFT_OUT = ("SUBSETTED", "REDACTED", "MASKED")


def hl7_system(name: str) -> tuple[str, str, str]:
    """How one of HL7's code systems is named: not at all, by its address, by that before R4."""
    return "", f"http://terminology.hl7.org/CodeSystem/{name}", f"http://hl7.org/fhir/{name}"


def obj(value: object) -> Json:
    """An object, else an empty one."""
    return value if isinstance(value, dict) else NOTHING


def objects(value: object) -> list[Json]:
    """The objects of a list; one object alone is a list of one."""
    if value is None:
        return []
    if isinstance(value, list):
        if len(value) == 1 and isinstance(value[0], dict):
            return value[:]  # as most are
        if set(map(type, value)) == OBJECTS_ONLY:
            return value[:]
        return [item for item in value if isinstance(item, dict)]
    return [value] if isinstance(value, dict) else []


def text(value: object) -> str:
    """Text, else empty."""
    return value if isinstance(value, str) else ""


def whole_number(value: object) -> int | None:
    """A whole number, also one written as text; of one with more than twenty digits the first."""
    if isinstance(value, str) and value.isdecimal():
        return int(value[:20])
    return value if type(value) is int else None


def unread(element: Json, name: str) -> bool:
    """Whether an element was sent without what it says: FHIR's `_name`, which holds why."""
    return element.get(name) is None and f"_{name}" in element


def reached(element: Json, path: str) -> list[Json]:
    """The objects in an element's inner elements, such as `activity.detail`."""
    found = [element]
    for step in path.split("."):
        found = [inner for one in found for inner in objects(one.get(step))]
    return found


def extensions(element: Json, ending: str) -> list[Json]:
    """The extensions of an element whose address ends so."""
    if "extension" not in element:
        return []
    sent = objects(element["extension"])
    return [one for one in sent if text(one.get("url")).endswith(ending)]


def codes(concepts: object) -> tuple[Code, ...]:
    """The codings of one CodeableConcept or a list of them; a bare Coding counts too."""
    if concepts is None:
        return ()
    found = []
    for concept in (concepts,) if isinstance(concepts, dict) else objects(concepts):
        for coding in objects(concept.get("coding")) or ([concept] if "code" in concept else []):
            told = coding.get("system"), coding.get("code"), coding.get("display")
            try:
                code = _same_code(*told)
            except TypeError:  # one of them is an object or a list
                code = _code(*told)
            if code is not None:
                found.append(code)
    return tuple(found)


def _code(system: object, code: object, display: object) -> Code | None:
    code = str(code) if type(code) is int else code
    if not (isinstance(code, str) and code):
        return None
    system = system if isinstance(system, str) else ""
    return make_code(system, code, display if isinstance(display, str) else "")


_same_code = remembered(4096, typed=True)(_code)


def codeable(value: object) -> tuple[Code, ...]:
    """The same where R5 has a CodeableReference: those of its concept."""
    found = codes(value)
    for item in objects(value):
        found += codes(item.get("concept"))
    return found


def words(concept: object) -> str:
    """A concept as people read it: its text, else its first display."""
    concept = obj(concept)
    if said := text(concept.get("text")):
        return said
    for coding in objects(concept.get("coding")):
        if display := text(coding.get("display")):
            return display
    return ""


def in_words(concept: object) -> tuple[Code, ...]:
    """A concept that has words and no code, as a code of the system of words."""
    said = words(concept)
    return (Code(TEXT, said.lower(), said),) if said else ()


def subsetted(resource: Json) -> bool:
    """Whether its sender left something out of it, by its tag or its security label."""
    return any(label in LEFT_OUT for label in labels_of(resource))


def labels_of(resource: Json) -> list[str]:
    """The codes of its tags and security labels."""
    meta = resource.get("meta")
    if isinstance(meta, list):  # as only an odd sender writes it
        return [label for one in objects(meta) for label in labels_of({"meta": one})]
    if not isinstance(meta, dict) or not ("tag" in meta or "security" in meta):
        return []
    labels = objects(meta.get("tag")) + objects(meta.get("security"))
    return [text(label.get("code")).strip().upper() for label in labels]


def when(resource: Json, *names: str) -> When | None:
    """The first of these elements that holds a date; of a period its start, else its end."""
    for name in names:
        value = resource.get(name)
        if value is None:
            continue
        ends = (value.get("start"), value.get("end")) if isinstance(value, dict) else (value,)
        for candidate in ends:
            if isinstance(candidate, str) and (found := read_when(candidate)):
                return found
    return None


def span(resource: Json, *names: str) -> When | None:
    """The time in the first of these elements; of a period from its start to its end, since what
    it dates lies somewhere within. One that lacks an end is open there (`date.min`, `date.max`);
    one that runs backwards is none.
    """
    for name in names:
        value = resource.get(name)
        if isinstance(value, str) and (day := read_when(value)):
            return day
        period = obj(value)
        if "repeat" in period or "event" in period:
            return _timing(period)
        start, end = when(period, "start"), when(period, "end")
        if start and end:
            same = start.first == end.last and not start.vague
            return start if same else spanning(start, end) if start.first <= end.last else None
        if start:
            return When(f"{start.text} to", start.first, date.max)
        if end:
            return When(f"to {end.text}", date.min, end.last)
    return None


def _timing(timing: Json) -> When | None:
    events = [{"event": event} for event in timing.get("event") or () if isinstance(event, str)]
    days = [day for event in events if (day := when(event, "event"))]
    if days:
        first, last = min(days, key=lambda day: day.first), max(days, key=lambda day: day.last)
        return first if first == last else spanning(first, last)
    return span(obj(timing.get("repeat")), "boundsPeriod")
