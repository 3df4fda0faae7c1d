"""Values as sent to exact numbers, or a plain reason why they cannot be read."""

from __future__ import annotations

import re
from fractions import Fraction

from allstatus.ehr.chart import Code, Quantity
from allstatus.ehr.coding.codes import CodeTables, table
from allstatus.errors import InvalidRecord
from allstatus.record.count_component import FLAG_UNKNOWN
from allstatus.record.percent import (
    HUNDRED,
    MARROW_GRADES,
    NOTHING_LEFT,
    Percent,
    format_number,
    read_percent,
)
from allstatus.record.sent_numbers import (
    Unreadable,
    comparator_of,
    interval,
    number_of,
    split_comparator,
)
from allstatus.record.units import RATIO, read_unit

__all__ = ["Unreadable"]

_PERCENT_TEXT = re.compile(
    # <5 %, 5-10 %
    r"\s*(?:(?:(?:<=|>=|<|>|≤|≥)\s*)?\d+(?:\.\d+)?(?:\s*(?:-|–|to)\s*\d+(?:\.\d+)?)?\s*%"
    r"|M[123]|\d{1,6}\s*/\s*\d{1,6})\s*",  # M1, 10/200
    re.IGNORECASE,
)

FEW = MARROW_GRADES["M1"].high
CELLS = ("", "1", "cells", "cell")
FLAGS = "interpretation"
ABOVE = frozenset({"A", "AA", "EX", "H", "HH", "HU", "HX", "H>", ">"})  # abnormal, or over a limit
# HL7's table 0078 and ObservationInterpretation by their displays; in Spanish, too
_WORDS_OF = {
    "N": ("NORMAL",),
    "A": ("ABNORMAL", "ANORMAL"),
    "AA": ("CRITICAL ABNORMAL", "CRITICALLY ABNORMAL"),
    "H": ("HIGH", "ALTO", "ALTA"),
    "HH": ("CRITICAL HIGH", "CRITICALLY HIGH"),
    "HU": ("VERY HIGH",),
    "L": ("LOW", "BAJO", "BAJA"),
    "LL": ("CRITICAL LOW", "CRITICALLY LOW"),
    "LU": ("VERY LOW",),
    "POS": ("POSITIVE", "POSITIVO", "POSITIVA"),
    "NEG": ("NEGATIVE", "NEGATIVO", "NEGATIVA"),
    "DET": ("DETECTED",),
    "ND": ("NOT DETECTED",),
    "RR": ("REACTIVE",),
    "NR": ("NON-REACTIVE",),
    "IND": ("INDETERMINATE",),
    "E": ("EQUIVOCAL",),
}
FLAG_WORDS = {word: code for code, words in _WORDS_OF.items() for word in words}
# not clear, held back, a failed control
UNSETTLED = frozenset({"E", "HM", "IE", "IND", "QCF", "WR"})
_OF_OTHER_THINGS = "<,AC,B,CAR,D,EXP,I,L<,LX,MS,NCL,NS,NULL,OBX,R,S,SDD,SYN-R,SYN-S,TOX,U,UNE,VS,W"
KNOWN_FLAGS = ABOVE | UNSETTLED | {*FLAG_WORDS.values()} | {*_OF_OTHER_THINGS.split(",")}
MARKS = "*!#†‡"  # call attention to a value, and never say that nothing was found
UNSAID = "does not say present or absent"
APART = "its words differ"  # from its code
OPPOSITE = "and its flag say the opposite of each other"
FLAGGED = "is flagged {}"

_EQUALS = re.compile(r"^\s*=\s*(?=\d)")
_BETWEEN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)\s*", re.IGNORECASE)
_SHARE_IN_WORDS = re.compile(r"\{[^{}]*(?:%|percent|pct)[^{}]*\}", re.IGNORECASE)  # means 1 in UCUM
_POWER = re.compile(r"\s*\d+(?:\.\d+)?[eE][+-]?\d{1,2}\s*")


def written(text: str, unit: str | None) -> Quantity:
    """A value written as text with its unit beside it: a number with or without comparator (or as
    2.3e11), or from one number to another; else text that stays text.
    """
    shown = f"{text} {unit}" if unit else text
    text = _EQUALS.sub("", text)
    found, between = split_comparator(text), _BETWEEN.fullmatch(text) if unit else None
    if between is not None:
        return Quantity(shown, between[1], None, unit, high=between[2])
    if _POWER.fullmatch(text):
        return Quantity(shown, text.strip(), None, unit)
    if found:
        return Quantity(shown, found[1], found[0], unit)
    return Quantity(shown, text=text if _same_share(text, unit) else shown)


def _same_share(text: str, unit: str | None) -> bool:
    """Whether the unit beside a text may be that of the share which the text states itself."""
    if not unit or not _PERCENT_TEXT.fullmatch(text):
        return True
    known = read_unit(unit)
    if "%" in text:
        return known is not None and known == read_unit("%")
    return unit in CELLS or (known is not None and known.quantity == RATIO)


def flag_of(sent: str) -> str:
    """A flag as HL7 codes it, where it was sent so or by that code's words."""
    said = sent.strip().upper()
    return FLAG_WORDS.get(said, said)


def by_flags(flags: tuple[Code, ...]) -> Quantity | None:
    """A finding that was sent as HL7's flags alone, such as positive; None where they say none."""
    if table("results").find(flags) is None:
        return None
    return Quantity(" ".join(code.display or code.code for code in flags), codes=flags)


def percent_of(quantity: Quantity, tables: CodeTables) -> Percent:
    """A share of cells in percent, exactly; raises Unreadable when it is text, without a unit, or
    out of bounds.
    """
    try:
        return _percent(quantity, tables)
    except InvalidRecord as error:
        raise Unreadable(error.problem) from None


def _percent(quantity: Quantity, tables: CodeTables) -> Percent:
    if quantity.codes:
        return _graded(quantity, tables)
    if quantity.text is not None:
        return _worded(quantity.text)
    if quantity.cells is not None:
        return _share(quantity)
    known = read_unit(quantity.unit) if quantity.unit else None
    if quantity.unit and _SHARE_IN_WORDS.fullmatch(quantity.unit.strip()):
        known = None
    if known is None or known.quantity != RATIO:
        why = f"has a unit that is not a percentage ('{quantity.unit}')"
        raise Unreadable(why if quantity.unit else "has no unit")
    unit = "%" if known.factor == 1 else "1"
    if quantity.high is None:
        interval(quantity)
        sent = {"value": quantity.number, "comparator": quantity.comparator, "unit": unit}
        return read_percent(sent)
    if unit == "1":
        raise Unreadable("is a range of fractions")
    return read_percent(f"{quantity.number}-{quantity.high}")


def _graded(quantity: Quantity, tables: CodeTables) -> Percent:
    """What a grade's code says, or the words beside it; raises Unreadable where they differ."""
    grade = tables.results.find(quantity.codes)
    coded = grade.topic["grade"] if grade else None
    if coded is None and quantity.text is None:
        raise Unreadable("is a coded answer that gives no percentage")
    words = quantity.sent if quantity.text is None else quantity.text
    if coded is None:
        return _worded(words)
    known = read_percent(coded)
    if quantity.text is None and not _PERCENT_TEXT.fullmatch(words):
        return known
    said = _worded(words)
    if said.high < known.low or known.high < said.low:
        raise Unreadable(APART)
    return said


def _worded(text: str) -> Percent:
    if not _PERCENT_TEXT.fullmatch(text):
        raise Unreadable("is text, which is quoted and not read")
    return read_percent(text.strip())


def _share(quantity: Quantity) -> Percent:
    """A count of cells among cells counted; a comparator leaves the share open on one side."""
    top, bottom = number_of(quantity.number), number_of(quantity.cells)
    if bottom == 0 or top > bottom:
        raise Unreadable("is not a count of cells")
    share, sign = 100 * top / bottom, comparator_of(quantity)
    if (sign == "<" and not share) or (sign == ">" and share == HUNDRED):
        raise Unreadable(NOTHING_LEFT)
    counted = top.denominator == bottom.denominator == 1 and not sign
    return Percent(
        Fraction(0) if sign.startswith("<") else share,
        HUNDRED if sign.startswith(">") else share,
        sign == ">",
        sign == "<",
        f"{sign}{format_number(top)}/{format_number(bottom)}",
        int(bottom) if counted else None,
    )


def found_any(quantity: Quantity, tables: CodeTables, flags: tuple[str, ...] = ()) -> bool:
    """Whether a share is above zero; raises Unreadable where it, or a flag, leaves that open."""
    found = _found_any(quantity, tables)
    if why := says_opposite(found, flags, tables):
        raise Unreadable(why)
    return found


def flag_denies(percent: Percent, flags: tuple[str, ...], tables: CodeTables) -> str:
    """Why a flag may say that none were found where there are more than a remission has, or that
    some were where there are none; empty where none may.
    """
    if percent.high > 0 and percent.low <= FEW:
        return ""
    return says_opposite(percent.low > 0, flags, tables)


def says_opposite(found: bool, flags: tuple[str, ...], tables: CodeTables) -> str:
    """Why a flag may call present what a value does not find, or the other way round; nothing
    found is not above what is usual, either. Empty where none may.
    """
    told = (tables.results.find([Code(FLAGS, flag)]) for flag in flags)
    says = {match.topic["says"] for match in told if match}
    if ("absent" if found else "present") in says or (not found and not ABOVE.isdisjoint(flags)):
        return OPPOSITE
    unread = (flag for flag in flags if flag not in KNOWN_FLAGS and _may_deny(flag, found))
    return next((FLAG_UNKNOWN.format(flag.strip("|")) for flag in unread), "")


def _may_deny(flag: str, found: bool) -> bool:
    said = flag.rpartition("|")[2].strip()  # after the system that FHIR names
    return bool(said.strip(MARKS) if found else said)


def _found_any(quantity: Quantity, tables: CodeTables) -> bool:
    if quantity.codes and quantity.text is None:
        answer = tables.results.find(quantity.codes)
        says = answer.topic["says"] if answer else None
        if says is None:
            raise Unreadable("is a coded answer that says neither present nor absent")
        return bool(says == "present")
    whole = quantity.text is not None or quantity.cells is not None
    number = percent_of(quantity, tables) if whole else interval(quantity)
    above = number.compare(">", Fraction(0))
    if above is None:
        raise Unreadable("does not say whether there are any")
    return above
