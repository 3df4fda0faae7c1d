"""OBX segments to results, with what their order, specimen and message say beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from allstatus.ehr.chart import NO_STATUS, Code, Quantity, Result
from allstatus.ehr.coding.codes import heard_of
from allstatus.ehr.coding.comments import taken_back
from allstatus.ehr.dates import When, last_day
from allstatus.ehr.hl7v2.remarks import ONLY_A_REMARK, VOID, comments_in, remarks_in_text
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment, under
from allstatus.ehr.hl7v2.specimens import Specimen, specimen_of
from allstatus.ehr.hl7v2.times import span, usable
from allstatus.ehr.hl7v2.values import flags_of, ranges_of, value_of
from allstatus.ehr.sendings import BY_IDENTIFIER

NO_VALUE = "has no value"
OUTSIDE_ORDER = "stands outside an order"
CANCELLED = "its order was cancelled"
UNTOLD = "announced, without a result"
FINAL = ("F", "C", "U", "A", "B", "V")  # terminology.hl7.org v2-0085: B and V since 2.8
DOUBT = {
    "P": "preliminary, not final",
    "I": "has no result yet (pending)",
    "S": "partial, not final",
    "R": "preliminary, not verified",
}
# table 0123, for results that do not say it themselves
ORDER_DOUBT = {
    "P": DOUBT["P"],
    "R": DOUBT["R"],
    "A": DOUBT["S"],
    "I": DOUBT["I"],
    "S": DOUBT["I"],
    "M": DOUBT["P"],
    "N": DOUBT["I"],
}
ORDER_FINAL = ("F", "C")
ORDER_CANCELLED = ("CA", "OC", "CR")  # ORC-1, table 0119; ORC-5 has CA for it
ORDER_VOID = {"O": "its specimen is not there yet", "X": CANCELLED, "CA": CANCELLED}
UNREADABLE_STATUS = "its status cannot be read as final"
OBSERVATION_SITE = 20  # since 2.7
COLLECTORS = 39  # of OBR: the collector's comment
CONFIRMS = "U"  # final now, and not sent again
RANK_OF_FINAL = 1
RANK = dict.fromkeys("PISR", 0) | {"C": 2, "D": 3, "W": 3}  # of sendings of one time; else 1


@dataclass(frozen=True, slots=True)
class Sender:
    """What the message says that a result is in: its name, when it was sent, and its patient's
    birth; `unread`: why results in it cannot be relied on. `comments` are those on all of it.
    """

    name: str
    sent: When | None
    born: date | None = None
    unread: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A result, what names its order (`filler`, `placer`) and what else it is known by (`rest`),
    and the rank of its status among sendings of one time. `confirms`: it makes final what was sent
    before, without sending it again. `instance` names the result whatever its order (OBX-21).
    `unless` are the codes of an order's results: where one is known, it tells what the order would.
    `asked` is what was ordered.
    """

    result: Result
    filler: str
    placer: str
    rest: str
    rank: int
    confirms: bool = False
    instance: str = ""
    unless: tuple[tuple[Code, ...], ...] = ()
    asked: str = ""

    @property
    def takes_back(self) -> bool:
        """Whether it is sent as a correction, or to take a result back."""
        return self.rank > RANK_OF_FINAL or self.result.void == VOID["X"]


@dataclass(frozen=True, slots=True)
class Order:
    """An OBR with the segments under it; `cancelled` by the ORC before it (`common`), with the
    `comments` on any of these but the results. `remarks` are those of its observations that are no
    results.
    """

    request: Segment | None
    observations: tuple[Segment, ...]
    specimen: Specimen
    cancelled: bool = False
    comments: str = ""
    common: Segment | None = None
    remarks: tuple[Segment, ...] = ()

    @classmethod
    def of(
        cls,
        request: Segment | None,
        segments: list[Segment],
        shared: tuple[Segment, ...],
        common: Segment | None = None,
    ) -> Order:
        """From its segments; `shared` are specimens that stand before several orders."""
        own = tuple(segment for segment in segments if segment.name == "SPM")
        found = tuple(segment for segment in segments if segment.name == "OBX")
        cancelled = common is not None and (
            common.text(1).upper() in ORDER_CANCELLED or common.text(5).upper() == "CA"
        )
        beside = [one for one in segments if one.name not in ("OBX", "ORC")]
        said = [one for one in (common, request, *shared, *beside) if one is not None]
        remarks = tuple(remarks_in_text(found))
        texts = [comment for one in said for comment in one.comments]
        texts += [" ".join(parts) for parts in request.repeats(COLLECTORS)] if request else []
        comments = "\n".join((*texts, *comments_in(found, remarks)))
        specimen = specimen_of(request, own or shared)
        return cls(request, found, specimen, cancelled, comments, common, remarks)

    @property
    def status(self) -> str:
        """What it says of its results (OBR-25), else that it was cancelled."""
        said = self.request.status(25) if self.request is not None else ""
        return said or ("CA" if self.cancelled else "")


def orders_of(segments: list[Segment], specimen_first: bool) -> Iterator[Order]:
    """The orders of a message; specimens before an order are of all that follow, up to the next."""
    shared: tuple[Segment, ...] = ()
    common: Segment | None = None
    for request, group in under(segments, "OBR"):
        specimens = tuple(segment for segment in group if segment.name == "SPM")
        if request is not None and specimen_first:
            own = [segment for segment in group if segment.name != "SPM"]
            yield Order.of(request, own, shared, common)
            shared = specimens or shared
        else:
            yield Order.of(request, group, shared, common)
            shared = specimens if request is None else shared
        common = next((segment for segment in group if segment.name == "ORC"), None)


def read_order(order: Order, sender: Sender) -> Iterator[Sending]:
    """The results of an order, and what it announces without one, or without one that is known."""
    sent = [_sending(order, segment, sender) for segment in order.observations]
    yield from sent
    request, counted = order.request, [one.result for one in sent if not one.result.void]
    if request is None or not (counted or not (sent or sender.unread)):
        return
    announced = _announced(order, request, sender)
    told = {name for result in counted for name in _code_name(result).split()}
    if told.isdisjoint(_code_name(announced.result).split()):
        yield replace(announced, unless=tuple(result.codes for result in counted))


def _sending(order: Order, segment: Segment, sender: Sender) -> Sending:
    request, status = order.request, segment.status(11)
    sent_at = segment.when(14) if segment.raw(14) else _collected(order)
    day = usable(sent_at, sender.sent, sender.born)
    if segment.raw(14) and segment.when(14) is None:
        day = None
    void, doubt = _standing(order, segment, sender)
    value = value_of(segment)
    said = status or order.status
    result = Result(
        f"{sender.name} OBX {segment.text(1)}",
        segment.codes(3),
        day,
        _reported(request, sender),
        void,
        segment.text(3, 2),
        doubt="" if void else doubt or ("" if value else NO_VALUE),
        latest=None if day else _latest(segment, order),
        sent=sender.sent,
        value=value or Quantity(),
        ranges=ranges_of(segment),
        flags=flags_of(segment),
        specimen=order.specimen.codes + _site(segment),
        corrected=said == "C",
        notes=tuple(_notes(order, segment)),
    )
    rest = (
        ONLY_A_REMARK if segment in order.remarks else _code_name(result),
        segment.raw(4),
        _moment(day),
        order.specimen.name,
    )
    rank, confirms = RANK.get(said, 1), status == CONFIRMS and value is None
    own = segment.raw(21)
    instance = f"{BY_IDENTIFIER}{own}|{rest[0]}|{rest[-1]}" if own else ""
    asked = request.text(4) if request is not None else ""
    names = (*_numbers(order), "|".join(rest))
    return Sending(result, *names, rank, confirms, instance, asked=asked)


def _site(segment: Segment) -> tuple[Code, ...]:
    return tuple(code for code in segment.codes(OBSERVATION_SITE) if code.system)


def _standing(order: Order, segment: Segment, sender: Sender) -> tuple[str, str]:
    """(why a result does not count, why it cannot be relied on)."""
    status = segment.status(11)
    whole = order.status
    void = VOID.get(status, "") or order.specimen.void or (CANCELLED if whole == "X" else "")
    void = void or (ONLY_A_REMARK if segment in order.remarks else "")
    if segment.broken:
        return void, BROKEN_OFF
    if order.request is not None and order.request.broken:
        return void, "its order is broken off"
    said = ""
    if status:
        said = "" if status in FINAL else DOUBT.get(status, UNREADABLE_STATUS)
    elif whole:
        void = void or ORDER_VOID.get(whole, "")
        said = "" if whole in ORDER_FINAL else ORDER_DOUBT.get(whole, UNREADABLE_STATUS)
    said = said or (CANCELLED if order.cancelled else "")
    doubt = sender.unread or said or order.specimen.doubt
    comments = ("\n".join(segment.comments), order.comments, sender.comments)
    if doubt or not any(comments):
        return void, doubt
    of = heard_of(segment.codes(3))
    return void, taken_back(*comments, corrected=(status or whole) == "C", of=of)


def _notes(order: Order, segment: Segment) -> Iterator[str]:
    request = order.request
    if request is None:
        yield OUTSIDE_ORDER
    if not segment.only(11) and not order.status:
        yield NO_STATUS


def _announced(order: Order, request: Segment, sender: Sender) -> Sending:
    status = order.status
    void = ORDER_VOID.get(status, "") or order.specimen.void
    day = usable(_collected(order), sender.sent, sender.born)
    result = Result(
        f"{sender.name} OBR {request.text(1)}",
        request.codes(4),
        day,
        _reported(request, sender),
        void,
        request.text(4, 2),
        doubt="" if void else ORDER_DOUBT.get(status, UNTOLD),
        latest=None if day else _latest(request, order),
        sent=sender.sent,
        specimen=order.specimen.codes,
    )
    rest = "|".join((_code_name(result), "", _moment(day), order.specimen.name))
    return Sending(result, *_numbers(order), rest, 0, asked=request.text(4))


def _collected(order: Order) -> When | None:
    """By the order, else by its specimen."""
    request = order.request
    if request is None or not request.raw(7):
        return order.specimen.collected
    return span(request.when(7), request.when(8))


def _reported(request: Segment | None, sender: Sender) -> When | None:
    said = usable(request.when(22), sender.sent) if request is not None else None
    return said or sender.sent


def _latest(segment: Segment, order: Order) -> date | None:
    """The last day a result without a date can be of: not after it was analysed, its specimen
    received, or its report written.
    """
    said = [segment.when(19)] if segment.name == "OBX" else []
    said += [order.request.when(14), order.request.when(22)] if order.request is not None else []
    said.append(order.specimen.received)
    return last_day(usable(when, None) for when in said)


def _code_name(result: Result) -> str:
    return " ".join(sorted(f"{code.system}:{code.code}" for code in result.codes))


def _moment(when: When | None) -> str:
    return f"{when.first} {when.last} {when.clock}" if when is not None else ""


def _numbers(order: Order) -> tuple[str, str]:
    """Filler's and placer's number of an order, which its ORC has where its OBR does not."""
    said = [one for one in (order.request, order.common) if one is not None]
    if order.request is None:
        return "", ""
    found = (next((one.components(n)[:2] for one in said if one.text(n)), []) for n in (3, 2))
    filler, placer = ("^".join(parts).rstrip("^") for parts in found)
    return filler, placer
