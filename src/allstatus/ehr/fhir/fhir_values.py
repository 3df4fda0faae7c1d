"""Values, reference ranges and flags of FHIR, as sent. What cannot be read stays unreadable."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from allstatus.ehr.chart import Code, Quantity
from allstatus.ehr.fhir.json_access import NOTHING, Json, codes, obj, objects, words
from allstatus.ehr.sent_values import CELLS, FLAG_WORDS, FLAGS, by_flags, flag_of
from allstatus.record.remembered import remembered
from allstatus.record.units import read_unit, same_unit

BACKWARDS: dict[str, Any] = {  # signs that a limit cannot have, and how one turns in a denominator
    "low": ("<", "<=", "≤"),
    "high": (">", ">=", "≥"),
    "turned": {"": "", "=": "", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "≤": ">=", "≥": "<="},
}
UCUM = ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8")
EXACT = (Decimal, int)  # kinds of numbers of which each is made again from how it is shown
TWO_VALUES = "more than one value"
UNREAD_FLAG = "|?"  # sent, and not what it says
INTERPRETATIONS = (FLAGS, "http://hl7.org/fhir/v3/ObservationInterpretation")


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
        return quoted(TWO_VALUES)
    reader = READERS.get(sent[0])
    return reader(part[sent[0]]) if reader else quoted(f"a value that is not read ({sent[0]})")


def interpreted(part: Json) -> Quantity | None:
    """A finding that was sent as HL7's interpretation alone, such as positive."""
    found = tuple(
        Code(FLAGS, code.code, code.display)
        for code in codes(part.get("interpretation"))
        if code.system in INTERPRETATIONS
    )
    return None if part.get("dataAbsentReason") else by_flags(found)


def _string(value: object) -> Quantity | None:
    if not isinstance(value, str):
        return None
    return Quantity(value, 0) if value.strip() == "0" else quoted(value)


def quoted(value: str) -> Quantity:
    """Text that stays text."""
    return Quantity(value, text=value)


def _boolean(value: object) -> Quantity:
    said = {True: "Y", False: "N"}.get(value) if isinstance(value, bool) else None
    return Quantity(str(value).lower(), codes=(Code("v2_yes_no", said),) if said else ())


def _coded(concept: object) -> Quantity:
    found = codes(concept)
    if not found and (said := words(concept)):
        return quoted(said)
    return Quantity(words(concept) or " ".join(code.code for code in found), codes=found)


def quantity(sent: object) -> Quantity:
    """A FHIR Quantity; unit and code that say different things make a unit that nothing knows."""
    get = (sent if isinstance(sent, dict) else NOTHING).get
    number, sign = get("value"), get("comparator")
    if sign is None and get("_comparator", NOTHING) is not NOTHING:
        sign = "?"
    kind, shown = type(number), str(number)
    code, unit, system = get("code"), get("unit"), get("system", UCUM[0])
    if kind not in EXACT:
        return _quantity(shown, number, sign, code, unit, system)
    try:
        return _same_quantity(kind, shown, sign, code, unit, system)
    except TypeError:  # one of them is an object or a list
        return _quantity(shown, number, sign, code, unit, system)


def _quantity(
    shown: str, number: object, sign: object, code: object, unit: object, system: object
) -> Quantity:
    code, unit = code if isinstance(code, str) else "", unit if isinstance(unit, str) else ""
    if unit and system not in UCUM and read_unit(code) is None:
        code = ""  # of a system of units that is not known here
    shown = "no number" if number is None else shown
    return Quantity(f"{sign or ''}{shown} {unit or code}".strip(), number, sign, _unit(code, unit))


@remembered(1 << 13, typed=True)
def _same_quantity(kind: Callable[[str], object], shown: str, *beside: Any) -> Quantity:
    """The same limits and values come again and again; text is told from other text sooner than an
    exact number from another.
    """
    return _quantity(shown, kind(shown), *beside)


def _unit(code: str, unit: str) -> str | None:
    if code != unit and code and unit and not same_unit(code, unit):
        return f"{code} or {unit}"
    return code or unit or None


def _range_value(value: Json) -> Quantity:
    """A Range as a value. One end alone is open; a comparator at an end only makes it wider."""
    low, high = (quantity(value.get(end)) for end in ("low", "high"))
    ends = [end for end in (low, high) if end.number is not None]
    if len(ends) < 2:
        if not ends:
            return quoted("a range without limits")
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
        return quoted(f"a range with one limit, {end.sent}")
    comparator = sign if end.comparator in (None, "", "=") else end.comparator
    sent = end.sent if end.comparator else f"{sign}{end.sent}"
    return Quantity(sent, end.number, comparator, end.unit)


def _ratio(value: Json) -> Quantity:
    """A share such as 10 of 200 cells; the signs of both ends say which way it is open."""
    top, bottom = (quantity(value.get(end)) for end in ("numerator", "denominator"))
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
    "valueQuantity": quantity,
    "valueRange": lambda value: _range_value(obj(value)),
    "valueRatio": lambda value: _ratio(obj(value)),
    "valueBoolean": _boolean,
    "valueCodeableConcept": _coded,
}


def _worded(said: str) -> str:
    flag = flag_of(said)
    return flag if flag in FLAG_WORDS.values() else f"|{said}"


def flags(part: Json) -> tuple[str, ...]:
    """The interpretations: HL7's own by their code, any other with its system, as not known."""
    if "interpretation" not in part:
        return (UNREAD_FLAG,) if "_interpretation" in part else ()
    sent = part["interpretation"]
    found: list[str] = [] if isinstance(sent, dict | list) or sent is None else [_worded(str(sent))]
    for concept in objects(sent):
        said = codes(concept)
        known = [code.code.upper() for code in said if code.system in INTERPRETATIONS]
        found += (
            known
            or [f"{code.system}|{code.code}" for code in said]
            or [_worded(words(concept) or ("?" if concept else ""))]
        )
    return tuple(found)
