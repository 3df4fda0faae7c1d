"""FHIR's reference ranges that may be the patient's; what cannot be read stays unreadable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

from allstatus.ehr.dates import When
from allstatus.ehr.fhir.fhir_values import BACKWARDS, quantity, quoted
from allstatus.ehr.fhir.json_access import Json, codes, hl7_system, obj, objects, text
from allstatus.record.reference_range import is_range
from allstatus.record.sent_numbers import Range, SentNumber, Unreadable, number_of

Birth = Callable[[], When | None]
UNREADABLE_RANGE = Range(SentNumber("(cannot be read)", text="(cannot be read)"))
OF_SOME = frozenset({"type", "meaning", "age", "appliesTo"})  # which make a range that of some only
OF_ANOTHER_AGE = Range(SentNumber("(of another age)"))
SEX_SYSTEMS = (
    "snomed",
    "http://hl7.org/fhir/administrative-gender",
    "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
    "http://terminology.hl7.org/CodeSystem/v2-0001",
)
SEX_CODES = dict.fromkeys(("248152002", "F", "female"), "female")
SEX_CODES |= dict.fromkeys(("248153007", "M", "male"), "male")
MEANINGS = hl7_system("referencerange-meaning")
OLDEST = 150 * 365
AGE_UNITS = {  # in days
    word: days
    for said, days in {
        "a year years yr yrs y": Fraction(1461, 4),
        "mo month months": Fraction(1461, 48),
        "wk week weeks w": Fraction(7),
        "d day days": Fraction(1),
        "h hour hours": Fraction(1, 24),
        "min minute minutes": Fraction(1, 1440),
    }.items()
    for word in said.split()
}


def ranges(part: Json, born: Birth, day: When | None) -> tuple[Range, ...]:
    """The reference ranges that may be this patient's on a day; one that cannot be read, or is not
    known to be of this patient, stands as unreadable. `born` is asked only by one of an age.
    """
    sent = part.get("referenceRange")
    if sent is None:
        return ()
    found: list[Range] = []
    given = objects(sent)
    others = bool(sent and not given)
    for item in given:
        one = _range(item, born, day)
        if one is OF_ANOTHER_AGE:
            others = True
        elif one is not None:
            found += [one, *_worded(item, one)] if "text" in item else [one]
    return tuple(found) if found or not others else (UNREADABLE_RANGE,)


def _range(item: Json, born: Birth, day: When | None) -> Range | None:
    sex = None
    if not item.keys().isdisjoint(OF_SOME):
        kinds = codes(kind := item.get("type") or item.get("meaning"))
        known = [code for code in kinds if code.system in MEANINGS]
        if kind and not any(code.code == "normal" for code in known):
            return None if kinds and len(known) == len(kinds) else UNREADABLE_RANGE
        applies = _of_age(obj(item.get("age")), born(), day) if "age" in item else True
        if applies is False:
            return OF_ANOTHER_AGE
        groups = {_sex(one) for one in objects(item.get("appliesTo"))}
        if applies is None or "" in groups or len(groups) > 1:
            return UNREADABLE_RANGE
        sex = next(iter(groups), None)
    low = quantity(item["low"]) if "low" in item else None
    high = quantity(item["high"]) if "high" in item else None
    if low or high:
        return Range(low, high, sex)
    if said := text(item.get("text")):
        return Range(quoted(said), None, sex)
    return UNREADABLE_RANGE if "normalValue" in item else None


def _worded(item: Json, told: Range) -> list[Range]:
    """The range in the words beside one that was sent as numbers, where they are one."""
    said = text(item["text"])
    alone = told == UNREADABLE_RANGE or not ("low" in item or "high" in item)
    return [] if alone or not is_range(said) else [Range(quoted(said), None, told.sex)]


def _sex(concept: Json) -> str:
    said = {SEX_CODES.get(c.code, "") for c in codes(concept) if c.system in SEX_SYSTEMS}
    return said.pop() if len(said) == 1 else ""


def _of_age(age: Json, born: When | None, day: When | None) -> bool | None:
    """Whether a patient may be of an age from `low` to `high`; None when the age cannot be read."""
    limits: dict[str, Fraction] = {}
    for end in ("low", "high"):
        if end not in age:
            continue
        limit = quantity(age[end])
        factor = AGE_UNITS.get((limit.unit or "").lower())
        try:
            number = number_of(limit.number)
        except Unreadable:
            return None
        if factor is None or limit.comparator in BACKWARDS[end]:
            return None
        inclusive = end == "high" and limit.comparator != "<"
        limits[end] = (number + inclusive) * factor  # 12 years last until the 13th birthday
    if not limits:
        return None
    youngest, oldest = _age(born, day)
    return youngest - 1 < limits.get("high", oldest + 2) and oldest + 1 >= limits.get("low", 0)


def _age(born: When | None, day: When | None) -> tuple[int, int]:
    """The youngest and oldest a patient can be, in days."""
    if born is None:
        return 0, OLDEST
    first, last = (day.first, day.last) if day else (born.first, date.max)
    return max(0, (first - born.last).days), min((last - born.first).days, OLDEST)
