"""Medicines given (RXA) or ordered (RXE, RXG) and procedures (PR1) to treatments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from allstatus.ehr.chart import Code, Treatment
from allstatus.ehr.coding.comments import PERSONS, TREATMENT, taken_back
from allstatus.ehr.dates import When, last_day
from allstatus.ehr.fhir.fhir_standing import ORDERED
from allstatus.ehr.hl7v2.deletions import DELETE, DELETED, CodedSegment
from allstatus.ehr.hl7v2.results import CANCELLED, ORDER_CANCELLED, Sender
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment, under
from allstatus.ehr.hl7v2.times import usable

NOT_GIVEN = "not given"
_NOTHING = re.compile(r"0+(\.0*)?")
GIVEN = {"": "", "CP": "", "PA": ""}  # table 0322: complete, partially administered
REFUSED = ("RE", "NA")
NOTES = 9  # of RXA, on how it was given
CODE_OF = {"RXE": 2, "RXG": 4}


def read_treatments(segments: list[Segment], sender: Sender) -> Iterator[CodedSegment]:
    """The treatments of one patient in one message."""
    for order, group in under(segments, "ORC"):
        number = (order.text(3) or order.text(2)) if order is not None else ""
        for place, segment in enumerate(group):
            if segment.name == "RXA":
                given = _by_order(_given(segment, _route(group[place + 1 :]), sender), order)
                yield _coded(given, number, segment.text(21))
            elif segment.name in CODE_OF:
                route = _route(group[place + 1 :])
                ordered = _by_order(_ordered(segment, order, route, sender), order)
                yield _coded(ordered, number, "")
            elif segment.name == "PR1":
                yield _coded(_procedure(segment, sender), "", segment.text(20))


def _by_order(treatment: Treatment, order: Segment | None) -> Treatment:
    """A treatment and what its order says of it: cancelled, or taken back by a comment."""
    if order is None or treatment.void or treatment.doubt:
        return treatment
    doubt = CANCELLED if order.text(1).upper() in ORDER_CANCELLED else ""
    return replace(treatment, doubt=doubt or taken_back("\n".join(order.comments), of=TREATMENT))


def _coded(treatment: Treatment, order: str, action: str) -> CodedSegment:
    """A treatment is deleted by its order, code and time."""
    day = treatment.when.text if treatment.when else ""
    kind = ORDERED if treatment.doubt == ORDERED else "given"
    names = (f"{kind} {order} {code.system}|{code.code} {day}" for code in treatment.codes)
    return CodedSegment(treatment, frozenset(names), action.upper() == DELETE)


def _route(following: list[Segment]) -> tuple[Code, ...]:
    """The route said after a medicine, before the next one."""
    found: tuple[Code, ...] = ()
    for segment in following:
        if segment.name in ("RXA", *CODE_OF):
            break
        if segment.name == "RXR":
            found += segment.codes(1, "HL70162")
    return found


def _given(segment: Segment, route: tuple[Code, ...], sender: Sender) -> Treatment:
    status = segment.only(20).upper()
    void = NOT_GIVEN if status in REFUSED or segment.raw(18) else ""
    void = DELETED if segment.text(21).upper() == DELETE else void
    doubt = GIVEN.get(status, "its status cannot be read as given")
    doubt = doubt or (NOT_GIVEN if _NOTHING.fullmatch(segment.text(6)) else "")
    day = usable(segment.when(3), sender.sent, sender.born)
    reasons = segment.codes(19)
    return _treatment(segment, 5, sender, day, void, doubt, route=route, reasons=reasons)


def _ordered(
    segment: Segment, order: Segment | None, route: tuple[Code, ...], sender: Sender
) -> Treatment:
    void, day = "", None
    if order is not None:
        void = "cancelled" if order.text(1).upper() in ORDER_CANCELLED else ""
        day = usable(order.when(9), sender.sent, sender.born)
    number = CODE_OF[segment.name]
    return _treatment(segment, number, sender, day or sender.sent, void, ORDERED, route=route)


def _procedure(segment: Segment, sender: Sender) -> Treatment:
    void = DELETED if segment.text(20).upper() == DELETE else ""
    day = usable(segment.when(5), sender.sent, sender.born)
    method, reasons = segment.text(2), segment.codes(15)
    return _treatment(
        segment, 3, sender, day, void, "", system=method, reasons=reasons, medicine=False
    )


def _treatment(
    segment: Segment,
    number: int,
    sender: Sender,
    day: When | None,
    void: str,
    doubt: str,
    *,
    system: str = "",
    route: tuple[Code, ...] = (),
    reasons: tuple[Code, ...] = (),
    medicine: bool = True,
) -> Treatment:
    doubt = BROKEN_OFF if segment.broken else doubt
    noted = (" ".join(parts) for parts in segment.repeats(NOTES)) if segment.name == "RXA" else ()
    doubt = doubt or taken_back("\n".join([*segment.comments, *noted]), of=TREATMENT)
    doubt = doubt or taken_back(sender.comments, of=PERSONS)
    return Treatment(
        f"{sender.name} {segment.name} {segment.text(1)}".strip(),
        segment.codes(number, system),
        day,
        sender.sent,
        void,
        segment.text(number, 2) or segment.text(number),
        doubt="" if void else doubt,
        latest=None if day else last_day([sender.sent]),
        sent=sender.sent,
        route=route,
        reasons=reasons,
        medicine=medicine,
    )
