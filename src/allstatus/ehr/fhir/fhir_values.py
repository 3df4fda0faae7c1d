"""Values, reference ranges and flags of FHIR, as sent. What cannot be read stays unreadable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from allstatus.ehr.chart import Code, Quantity
from allstatus.ehr.dates import When
from allstatus.ehr.fhir.json_access import Json, codes, obj, objects, text, words
from allstatus.ehr.sent_values import CELLS, FLAG_WORDS, FLAGS, by_flags, flag_of
from allstatus.record.remembered import remembered
from allstatus.record.sent_numbers import Range, Unreadable, number_of
from allstatus.record.units import same_unit

Birth = Callable[[], When | None]
BACKWARDS: dict[str, Any] = {  # signs that a limit cannot have, and how one turns in a denominator
    "low": ("<", "<=", "≤"),
    "high": (">", ">=", "≥"),
    "turned": {"": "", "=": "", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "≤": ">=", "≥": "<="},
}
TWO_VALUES = "more than one value"
UNREADABLE_RANGE = Range(Quantity("(cannot be read)", text="(cannot be read)"))
OF_SOME = frozenset({"type", "meaning", "age", "appliesTo"})  # which make a range that of some only
OF_ANOTHER_AGE = Range(Quantity("(of another age)"))
SEX_SYSTEMS = (
    "snomed",
    "http://hl7.org/fhir/administrative-gender",
    "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
    "http://terminology.hl7.org/CodeSystem/v2-0001",
)
SEX_CODES = {"248152002": "female", "F": "female", "female": "female"} | {
    "248153007": "male",
    "M": "male",
    "male": "male",
}
MEANINGS = (
    "http://terminology.hl7.org/CodeSystem/referencerange-meaning",
    "http://hl7.org/fhir/referencerange-meaning",
)
INTERPRETATIONS = (FLAGS, "http://hl7.org/fhir/v3/ObservationInterpretation")
DAYS = {
    "a": Fraction(1461, 4),
    "mo": Fraction(1461, 48),
    "wk": Fraction(7),
    "d": Fraction(1),
    "h": Fraction(1, 24),
    "min": Fraction(1, 1440),
}
OLDEST = 150 * 365
AGE_UNITS = {
    word: DAYS[unit]
    for unit, said in {
        "a": "a year years yr yrs y",
        "mo": "mo month months",
        "wk": "wk week weeks w",
        "d": "d day days",
        "h": "h hour hours",
        "min": "min minute minutes",
    }.items()
    for word in said.split()
}


@remembered(1024)
def _values(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of an element's keys that hold its value."""
    return tuple([key for key in keys if key.startswith("value")])


def value_of(part: Json) -> Quantity | None:
    """The value of an Observation or component; None when none was sent."""
    sent = _values(tuple(part))
    if len(sent) != 1 or part[sent[0]] is None:
        sent = tuple([key for key in sent if part[key] is not None])
    if not sent:
        return None
    if len(sent) > 1:
        return _quoted(TWO_VALUES)
    return _read(sent[0], part[sent[0]])


def interpreted(part: Json) -> Quantity | None:
    """A finding that was sent as HL7's interpretation alone, such as positive."""
    found = tuple(
        Code(FLAGS, code.code, code.display)
        for code in codes(part.get("interpretation"))
        if code.system in INTERPRETATIONS
    )
    return None if part.get("dataAbsentReason") else by_flags(found)


def _read(kind: str, value: Any) -> Quantity | None:
    reader = READERS.get(kind)
    return reader(value) if reader else _quoted(f"a value that is not read ({kind})")


def _string(value: object) -> Quantity | None:
    if not isinstance(value, str):
        return None
    return Quantity(value, 0) if value.strip() == "0" else _quoted(value)


def _quoted(value: str) -> Quantity:
    return Quantity(value, text=value)


def _boolean(value: object) -> Quantity:
    said = {True: "Y", False: "N"}.get(value) if isinstance(value, bool) else None
    return Quantity(str(value).lower(), codes=(Code("v2_yes_no", said),) if said else ())


def _coded(concept: object) -> Quantity:
    found = codes(concept)
    if not found and (said := words(concept)):
        return _quoted(said)
    return Quantity(words(concept) or " ".join(code.code for code in found), codes=found)


def quantity(value: Json) -> Quantity:
    """A FHIR Quantity; unit and code that say different things make a unit that nothing knows."""
    code, unit = value.get("code"), value.get("unit")
    code, unit = code if isinstance(code, str) else "", unit if isinstance(unit, str) else ""
    number, sign = value.get("value"), value.get("comparator")
    if sign is None and "_comparator" in value:
        sign = "?"
    shown = "no number" if number is None else str(number)
    try:
        return _same_quantity(shown, number, sign, code, unit)
    except TypeError:  # a number or sign that is an object or a list
        return _quantity(shown, number, sign, code, unit)


def _quantity(shown: str, number: object, sign: object, code: str, unit: str) -> Quantity:
    return Quantity(f"{sign or ''}{shown} {unit or code}".strip(), number, sign, _unit(code, unit))


# the limits of ranges, and values too, are the same few again and again
_same_quantity = remembered(1 << 13, typed=True)(_quantity)


def _unit(code: str, unit: str) -> str | None:
    if code != unit and code and unit and not same_unit(code, unit):
        return f"{code} or {unit}"
    return code or unit or None


def _range_value(value: Json) -> Quantity:
    """A Range as a value. One end alone is open; a comparator at an end only makes it wider."""
    low, high = (quantity(obj(value.get(end))) for end in ("low", "high"))
    ends = [end for end in (low, high) if end.number is not None]
    if len(ends) < 2:
        if not ends:
            return _quoted("a range without limits")
        return _open_end(ends[0], ">=" if ends[0] is low else "<=")
    if low.unit != high.unit and low.unit and high.unit:
        return Quantity(
            f"{low.sent} to {high.sent}", low.number, None, f"{low.unit} or {high.unit}"
        )
    unit, shown = low.unit or high.unit, f"{low.sent} to {high.sent}"
    if low.comparator in BACKWARDS["low"]:
        return _open_end(high, "<=")
    if high.comparator in BACKWARDS["high"]:
        return _open_end(low, ">=")
    return Quantity(shown, low.number, None, unit, high=high.number)


def _open_end(end: Quantity, sign: str) -> Quantity:
    if end.comparator not in (None, "", "=", sign, sign[0]):
        return _quoted(f"a range with one limit, {end.sent}")
    comparator = sign if end.comparator in (None, "", "=") else end.comparator
    sent = end.sent if end.comparator else f"{sign}{end.sent}"
    return Quantity(sent, end.number, comparator, end.unit)


def _ratio(value: Json) -> Quantity:
    """A share such as 10 of 200 cells; the comparators of both ends together say which way it is
    open.
    """
    top, bottom = (quantity(obj(value.get(end))) for end in ("numerator", "denominator"))
    sent = f"{top.sent}/{bottom.sent}"
    units = [(end.unit or "").strip() for end in (top, bottom)]
    plain = all(unit.lower() in CELLS or unit[:1] == "{" for unit in units)
    if not plain and units[0] != units[1]:
        return Quantity(sent, text=f"{sent}, a ratio of two units")
    signs = {str(top.comparator or ""), BACKWARDS["turned"].get(str(bottom.comparator or ""), "?")}
    signs -= {"", "="}
    if len({sign[0] for sign in signs}) > 1 or "?" in signs:
        return Quantity(sent, text=f"{sent}, whose signs leave it open")
    sign = next((sign for sign in sorted(signs, key=len)), None)
    return Quantity(sent, top.number, sign, None, cells=bottom.number)


READERS: dict[str, Callable[[Any], Quantity | None]] = {
    "valueString": _string,
    "valueInteger": lambda value: Quantity(str(value), value),
    "valueQuantity": lambda value: quantity(obj(value)),
    "valueRange": lambda value: _range_value(obj(value)),
    "valueRatio": lambda value: _ratio(obj(value)),
    "valueBoolean": _boolean,
    "valueCodeableConcept": _coded,
}


def ranges(part: Json, born: Birth, day: When | None) -> tuple[Range, ...]:
    """The reference ranges that may be this patient's on a day; one that cannot be read, or is not
    known to be of this patient, stands as unreadable. `born` is asked only by one of an age.
    """
    sent = part.get("referenceRange")
    if sent is None:
        return ()
    found = [one for item in objects(sent) if (one := _range(item, born, day)) is not None]
    mine = tuple([one for one in found if one is not OF_ANOTHER_AGE])
    unreadable = len(mine) < len(found) or bool(sent and not objects(sent))
    return mine or (UNREADABLE_RANGE,) * unreadable


def _range(item: Json, born: Birth, day: When | None) -> Range | None:
    sex = None
    if not OF_SOME.isdisjoint(item):
        kinds = codes(kind := item.get("type") or item.get("meaning"))
        if kind and not any(code.code == "normal" and _means(code) for code in kinds):
            return UNREADABLE_RANGE if not kinds or not all(map(_means, kinds)) else None
        applies = _of_age(obj(item.get("age")), born(), day) if "age" in item else True
        if applies is False:
            return OF_ANOTHER_AGE
        groups = {_sex(one) for one in objects(item.get("appliesTo"))}
        if applies is None or "" in groups or len(groups) > 1:
            return UNREADABLE_RANGE
        sex = next(iter(groups), None)
    low = quantity(obj(item["low"])) if "low" in item else None
    high = quantity(obj(item["high"])) if "high" in item else None
    if low or high:
        return Range(low, high, sex)
    if said := text(item.get("text")):
        return Range(_quoted(said), None, sex)
    return UNREADABLE_RANGE if "normalValue" in item else None


def _means(code: Code) -> bool:
    return not code.system or code.system in MEANINGS


def _sex(concept: Json) -> str:
    said = {SEX_CODES.get(c.code, "") for c in codes(concept) if c.system in SEX_SYSTEMS}
    return said.pop() if len(said) == 1 else ""


def _of_age(age: Json, born: When | None, day: When | None) -> bool | None:
    """Whether a patient may be of an age from `low` to `high`; None when the age cannot be read."""
    limits: dict[str, Fraction] = {}
    for end in ("low", "high"):
        if end not in age:
            continue
        limit = quantity(obj(age[end]))
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


def _worded(said: str) -> str:
    flag = flag_of(said)
    return flag if flag in FLAG_WORDS.values() else f"|{said}"


def flags(part: Json) -> tuple[str, ...]:
    """The interpretations: HL7's own by their code; any other with its system, as it means nothing
    known.
    """
    if "interpretation" not in part:
        return ()
    found: list[str] = []
    for concept in objects(part["interpretation"]):
        said = codes(concept)
        known = [code.code.upper() for code in said if code.system in INTERPRETATIONS]
        found += (
            known or [f"{code.system}|{code.code}" for code in said] or [_worded(words(concept))]
        )
    return tuple(found)
