"""OBX-5 with its type, unit and range to a value as sent."""

from __future__ import annotations

import re

from allstatus.ehr.chart import Code, Quantity, Range
from allstatus.ehr.hl7v2.segments import Segment
from allstatus.ehr.sent_values import FLAGS, by_flags, flag_of, written
from allstatus.record.units import read_unit

WRITTEN = ("", "NM", "ST", "TX", "FT")  # types of values that are read as they are written
CODED = ("CE", "CWE", "CNE", "CF", "IS", "ID")
UCUM = ("UCUM", "2.16.840.1.113883.6.8", "HTTP://UNITSOFMEASURE.ORG")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_POWER = r"(?<![\w.])([x×*]?\s*10){}(\d{{1,2}}\s*/)"  # 10^9/L, whose ^ was not escaped


def value_of(segment: Segment) -> Quantity | None:
    """The value of an OBX, or what its flags alone say, None where there is none; what is no number
    or code stays text.
    """
    kind, repeats, unit = segment.text(2).upper(), segment.repeats(5), unit_of(segment)
    sent = "~".join("^".join(parts) for parts in repeats)
    if not sent.strip():
        return by_flags(tuple(Code(FLAGS, flag) for flag in flags_of(segment)))
    shown = f"{sent} {unit}" if unit else sent
    parts = [part.strip() for part in repeats[0]]
    if len(repeats) > 1 or segment.marks.repetition in segment.raw(5):
        sent = segment.plain(segment.raw(5))  # with the repetitions that are empty
        return Quantity(shown, text=sent, codes=segment.codes(5) if kind in CODED else ())
    if kind in CODED:
        return Quantity(shown, codes=segment.codes(5))
    if kind == "SN":
        return _structured(parts, shown, unit)
    if len(parts) > 1:
        return Quantity(shown, text=sent)
    if kind not in WRITTEN:
        return Quantity(shown, text=f"{kind} {sent}")
    if kind == "NM" and _NUMBER.fullmatch(parts[0]):
        return Quantity(shown, _plain(parts[0]), None, unit)
    return written(parts[0], unit)


def _plain(number: str) -> str:
    """A number as the standard lets it be written (`+3.5`, `.5`, `5.`), as others read it."""
    sign, digits = ("-" if number.startswith("-") else ""), number.lstrip("+-")
    whole, point, rest = digits.partition(".")
    return f"{sign}{whole or '0'}{point if rest else ''}{rest}"


def _structured(parts: list[str], shown: str, unit: str | None) -> Quantity:
    """An SN value: comparator, number, separator, number."""
    comparator, first, separator, second = [*parts, "", "", "", ""][:4]
    first, second = (_plain(n) if _NUMBER.fullmatch(n) else n for n in (first, second))
    if not separator and not second:
        return Quantity(shown, first or None, comparator or None, unit)
    if separator == "-" and not comparator:
        return Quantity(shown, first, None, unit, high=second)
    if separator in ("/", ":") and not comparator:
        return Quantity(shown, first, None, unit, cells=second)
    return Quantity(shown, text=shown)


def unit_of(segment: Segment) -> str | None:
    """A unit: that of its translations which is known here, first one in UCUM; two that are known
    and differ are given together, so that neither is taken, and so are two repetitions.
    """
    repeats = [one for one in segment.raw(6).split(segment.marks.repetition) if one.strip()]
    units = list(dict.fromkeys(filter(None, (_unit(segment, one) for one in repeats))))
    alike = len(units) > 1 and len({read_unit(unit) or unit for unit in units}) == 1
    return units[0] if alike else " or ".join(units) or None


def _unit(segment: Segment, raw: str) -> str | None:
    mark = segment.marks.component
    raw = raw if mark in raw else raw.replace(segment.marks.part, mark)  # `%&percent&UCUM`
    parts = segment.split(re.sub(_POWER.format(re.escape(mark)), r"\1*\2", raw) if mark else raw)
    filled = [*(part.strip() for part in parts), *[""] * 20]
    sent = [(filled[n], filled[n + 2].upper() in UCUM) for n in (0, 3, 9) if filled[n]]
    sent += [(filled[n], False) for n in (1, 4) if filled[n] and not sent]
    known = {unit: read_unit(unit) for unit, _ in sent}
    by_ucum = [unit for unit, ucum in sent if ucum and known[unit] is not None]
    found = by_ucum or [unit for unit, _ in sent if known[unit] is not None]
    if len({known[unit] for unit in found}) > 1:
        return " or ".join(found)
    return next(iter(found), None) or next((unit for unit, _ in sent), None)


def ranges_of(segment: Segment) -> tuple[Range, ...]:
    """A reference range as words."""
    text = "".join("^".join(parts) for parts in segment.repeats(7))
    return (Range(Quantity(text, text=text)),) if text else ()


def flags_of(segment: Segment) -> tuple[str, ...]:
    """The flags of an OBX."""
    return tuple(flag_of(parts[0]) for parts in segment.repeats(8) if parts[0].strip())
