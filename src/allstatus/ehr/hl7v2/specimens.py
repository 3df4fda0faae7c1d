"""What a result was measured in: SPM-4, or OBR-15 in any of the ways it is written."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from allstatus.ehr.chart import MOST, POOLED, REJECTED, ROLES, TEXT, TOO_MANY, Code
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.comments import unfit
from allstatus.ehr.coding.specimen_words import topics_named
from allstatus.ehr.dates import When, read_when
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment, coded
from allstatus.ehr.hl7v2.times import span

INAPPROPRIATE = ("I", "??")  # table 0492
SOURCE, TYPE = "v2_specimen_source", "v2_specimen"  # tables 0070 and 0487


class Specimen(NamedTuple):
    """Its codes, what tells it from others, and why what was measured in it does not count
    (`void`) or cannot be relied on (`doubt`); when it was `collected` and, at the latest, received.
    """

    codes: tuple[Code, ...] = ()
    name: str = ""
    void: str = ""
    doubt: str = ""
    collected: When | None = None
    received: When | None = None


def specimen_of(order: Segment | None, segments: Iterable[Segment]) -> Specimen:
    """The specimen of an order, by its SPM segments and else by OBR-15."""
    found = list(segments)
    if not found:
        return _by_order(order) if order is not None else Specimen()
    codes: tuple[Code, ...] = ()
    role, doubt = "", BROKEN_OFF if any(segment.broken for segment in found) else ""
    for segment in found:
        type_ = segment.parts(4)
        codes += tuple(code for item in type_ for code in _element(item, TYPE))
        codes += tuple(code for item in segment.parts(8) for code in _element(item, ""))
        role = role or segment.text(11).upper()
        doubt = doubt or _unfit(segment)
    numbers = "&".join(segment.raw(2) for segment in found)
    taken = {(segment.text(17), segment.text(17, 2)) for segment in found}
    start, end = map(read_when, taken.pop()) if len(taken) == 1 else (None, None)
    received = next((segment.when(18) for segment in found if len(found) == 1), None)
    described = _standing(codes, numbers, role, doubt)
    return described._replace(collected=span(start, end), received=received)


def _unfit(segment: Segment) -> str:
    """Why a specimen cannot be relied on: rejected (SPM-21), not appropriate (SPM-23), or by how it
    is described (SPM-14), its quality (SPM-22) or its condition (SPM-24).
    """
    if segment.raw(21) or segment.text(23) in INAPPROPRIATE:
        return REJECTED
    said = ((*parts, "", "")[:2] for parts in segment.repeats(24))
    condition = (unfit(code, display) for code, display in said)
    words = (unfit("", word) for n in (14, 22, 23) for one in segment.repeats(n) for word in one)
    return next(filter(None, chain(condition, words)), "")


def _by_order(order: Segment) -> Specimen:
    """OBR-15: a coded element of its own, or the first component of a specimen source, whose
    sub-components are the element, with the place it was taken from and its role further on.
    """
    codes: tuple[Code, ...] = ()
    role = ""
    for item in order.parts(15):
        codes += tuple(_element(item, SOURCE))
        if not _is_element(item):
            codes += tuple(code for part in item[3:4] for code in coded(part))
            codes += tuple(_in_words(part[0] for part in item[1:3]))
            role = role or (item[6][0].upper() if len(item) > 6 else "")
    return _standing(codes, "", role, "")


def _in_words(texts: Iterable[str]) -> Iterable[Code]:
    """What a specimen is called where others have its additives and a free text."""
    return (Code(TEXT, text.lower(), text) for text in texts if topics_named(text))


def _is_element(item: list[list[str]]) -> bool:
    """Whether components, and not their sub-components, hold code, text and system."""
    system = item[2][0] if len(item) > 2 else ""
    return len(item[0]) == 1 and bool(code_tables().system_of(Code(system, "")))


def _element(item: list[list[str]], system: str) -> Iterable[Code]:
    """A coded element in components or in sub-components. A code alone may be of either table."""
    parts = [part[0] for part in item] if _is_element(item) else item[0]
    if len(item[0]) == 1 and system != SOURCE:
        parts = [part[0] for part in item]
    found = [*coded(parts, system)]
    yield from found
    if not found and (named := "".join(parts[1:2] or parts[2:3]).strip()):
        yield Code(TEXT, named.lower(), named)
    if system and not any(parts[2:3]):
        yield from coded(parts[:1], TYPE if system == SOURCE else SOURCE)


def _standing(codes: tuple[Code, ...], number: str, role: str, doubt: str) -> Specimen:
    codes, rest = codes[:MOST], codes[MOST:]
    doubt = doubt or (TOO_MANY if rest else "")
    name = " ".join(sorted({f"{code.system}|{code.code}" for code in codes}))
    return Specimen(codes, f"{name} {number}", ROLES.get(role, ""), POOLED.get(role, doubt))
