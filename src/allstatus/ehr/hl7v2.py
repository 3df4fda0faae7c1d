"""HL7 v2 `ORU^R01` messages to charts: several in a file, several of one order superseding one
another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from allstatus.ehr.chart import Chart, Code, Problem, Quantity, Range, Result
from allstatus.ehr.codes import make_code
from allstatus.ehr.dates import When, read_when
from allstatus.ehr.sent_values import written
from allstatus.errors import InvalidRecord

RESULT_VOID = {
    "F": "",
    "C": "",
    "U": "",
    "A": "",
    "P": "preliminary, not final",
    "I": "has no result yet (pending)",
    "S": "partial, not final",
    "R": "preliminary, not verified",
    "D": "deleted",
    "W": "sent for the wrong patient",
    "X": "no result can be obtained",
    "N": "not asked for",
    "O": "an order without a result",
}
RANK = "NOXISRPUFACDW"  # of two messages of one time, the later letter holds
SUPERSEDED = "superseded by a later message of the same order"
_ENDS = re.compile(r"[\r\n\x0b\x1c]+")


class Segment:
    """A segment's fields, split and unescaped on demand. Fields count from 1, as the standard
    counts them.
    """

    def __init__(self, line: str, marks: str) -> None:
        self.marks, self.fields = marks, line.split(marks[0])
        self.name = self.fields[0]
        if self.name == "MSH":
            self.fields.insert(1, marks[0])

    def repeats(self, number: int) -> list[list[str]]:
        """The repetitions of a field, each as its components."""
        raw = self.fields[number] if number < len(self.fields) else ""
        return [
            [self._plain(part) for part in item.split(self.marks[1])]
            for item in raw.split(self.marks[2])
            if item
        ]

    def components(self, number: int) -> list[str]:
        """The components of a field's first repetition."""
        return next(iter(self.repeats(number)), [])

    def text(self, number: int, component: int = 1) -> str:
        """One component, or empty."""
        parts = self.components(number)
        return parts[component - 1].strip() if component <= len(parts) else ""

    def when(self, number: int) -> When | None:
        """A time stamp, or None."""
        return read_when(self.text(number))

    def codes(self, number: int) -> tuple[Code, ...]:
        """Each coded element with its alternate."""
        found = []
        for parts in self.repeats(number):
            for start in (0, 3):
                code, display, system = ([*parts, *[""] * 6])[start : start + 3]
                if code:
                    found.append(make_code(system, code, display))
        return tuple(found)

    def _plain(self, text: str) -> str:
        escape = self.marks[3]
        if not escape or escape not in text:
            return text
        for letter, mark in zip(
            "FSRT", (self.marks[0], self.marks[1], self.marks[2], self.marks[4]), strict=True
        ):
            text = text.replace(f"{escape}{letter}{escape}", mark)
        return text.replace(f"{escape}E{escape}", escape)


@dataclass(slots=True)
class Order:
    """An OBR group: its own segment, the results under it, and their specimens."""

    request: Segment
    results: list[Segment] = field(default_factory=list)
    specimen: tuple[Code, ...] = ()


@dataclass(slots=True)
class Message:
    """One message: its header, patient, orders and diagnoses."""

    header: Segment
    patient: Segment | None = None
    orders: list[Order] = field(default_factory=list)
    diagnoses: list[Segment] = field(default_factory=list)

    @property
    def sent(self) -> When | None:
        """When it was sent."""
        return self.header.when(7)


def read_hl7(text: str) -> list[Chart]:
    """The charts in HL7 v2 text, in the order of their patients' ids; raises InvalidRecord when it
    holds no message.
    """
    charts: dict[str, Chart] = {}
    results: dict[str, list[tuple[tuple[str, ...], Result, str]]] = {}
    for message in _messages(text):
        name = message.patient.text(3) or message.patient.text(2) if message.patient else ""
        chart = charts.setdefault(name, Chart(name or None))
        _describe(chart, message)
        if message.header.text(9) != "ORU":
            chart.warnings.append(
                f"message {message.header.text(10)}: is not an ORU message; its results are set "
                f"aside"
            )
            continue
        for problem in _problems(message):
            chart.add(problem)
        results.setdefault(name, []).extend(_results(message))
    if not charts:
        raise InvalidRecord(
            "input", "holds no HL7 v2 message", "give ORU^R01 messages, each beginning with MSH"
        )
    for name, found in results.items():
        charts[name].results = list(_superseded(found))
    return [charts[name] for name in sorted(charts)]


def _messages(text: str) -> Iterator[Message]:
    message: Message | None = None
    marks = ""
    for line in _ENDS.split(text.lstrip("\ufeff")):
        line = line.strip(" \ufeff")  # noqa: PLW2901
        if line.startswith("MSH") and len(line) > 3:
            if message is not None:
                yield message
            marks = (line[3] + line[4:].partition(line[3])[0][:4]).ljust(5, "\0")
            message = Message(Segment(line, marks))
        elif message is not None and line:
            _put(message, Segment(line, marks))
    if message is not None:
        yield message


def _put(message: Message, segment: Segment) -> None:
    if segment.name == "PID":
        message.patient = segment
    elif segment.name == "DG1":
        message.diagnoses.append(segment)
    elif segment.name == "OBR":
        message.orders.append(Order(segment, specimen=segment.codes(15)))
    elif segment.name == "OBX" and message.orders:
        message.orders[-1].results.append(segment)
    elif segment.name == "SPM" and message.orders:
        message.orders[-1].specimen += segment.codes(4)


def _describe(chart: Chart, message: Message) -> None:
    if message.patient is not None:
        born = message.patient.when(7)
        chart.born = born.first if born else chart.born
        chart.sex = {"F": "female", "M": "male", "O": "other", "A": "other"}.get(
            message.patient.text(8), chart.sex
        )


def _problems(message: Message) -> Iterator[Problem]:
    """Diagnoses of DG1 segments, and the reasons for which results were ordered."""
    for segment in message.diagnoses:
        day = segment.when(5) or message.sent
        yield Problem(
            "DG1",
            segment.codes(3),
            day,
            message.sent,
            text=segment.text(3, 2),
            recorded=message.sent,
            onset=segment.when(5),
        )
    for order in message.orders:
        if codes := tuple(
            code
            for code in order.request.codes(31)
            if code.system in ("icd10cm", "icd10", "snomed")
        ):
            yield Problem("OBR-31", codes, message.sent, message.sent, recorded=message.sent)


def _results(message: Message) -> Iterator[tuple[tuple[str, ...], Result, str]]:
    """(what it answers, the result, its status letter) of each OBX."""
    for order in message.orders:
        number = (
            order.request.text(3)
            or order.request.text(2)
            or f"{order.request.text(4)} {order.request.text(7)}"
        )
        seen: dict[tuple[str, str], int] = {}
        for segment in order.results:
            what = segment.text(3), segment.text(4)
            seen[what] = seen.get(what, 0) + 1
            yield (
                (number, *what, str(seen[what])),
                _result(segment, order, message),
                segment.text(11),
            )


def _result(segment: Segment, order: Order, message: Message) -> Result:
    dated = segment.when(14) or order.request.when(7)
    notes: tuple[str, ...] = () if dated else ("dated by its message",)
    status = segment.text(11)
    if not status:
        notes += ("its status is not stated",)
    value = _value(segment)
    void = RESULT_VOID.get(status, "its status cannot be read as final") if status else ""
    if order.request.text(25) == "X":
        void = void or "its order was cancelled"
    flags = tuple(parts[0].strip().upper() for parts in segment.repeats(8) if parts[0].strip())
    text_range = "".join("^".join(parts) for parts in segment.repeats(7))
    return Result(
        f"message {message.header.text(10)} OBX {segment.text(1)}",
        segment.codes(3),
        dated or message.sent,
        order.request.when(22) or message.sent,
        void or ("" if value else "has no value"),
        segment.text(3, 2),
        value=value or Quantity(),
        ranges=(Range(Quantity(text_range, text=text_range)),) if text_range else (),
        flags=flags,
        specimen=order.specimen,
        corrected=status == "C",
        notes=notes,
    )


def _value(segment: Segment) -> Quantity | None:
    kind, repeats = segment.text(2), segment.repeats(5)
    unit = segment.text(6) or segment.text(6, 2) or None
    sent = "~".join("^".join(parts) for parts in repeats)
    if not sent.strip('"'):
        return None
    shown = f"{sent} {unit}" if unit else sent
    parts = [part.strip() for part in repeats[0]]
    if len(repeats) > 1:
        return Quantity(shown, text=sent)
    if kind in ("CE", "CWE", "CNE", "CF", "IS", "ID"):
        return Quantity(shown, codes=segment.codes(5))
    if kind == "SN":
        return _structured(parts, shown, unit)
    return written(parts[0], unit) if len(parts) == 1 else Quantity(shown, text=sent)


def _structured(parts: list[str], shown: str, unit: str | None) -> Quantity:
    """An SN value: comparator, number, separator, number."""
    comparator, first, separator, second = [*parts, "", "", "", ""][:4]
    if not separator and not second:
        return Quantity(shown, first or None, comparator or None, unit)
    if separator == "-" and not comparator:
        return Quantity(shown, first, None, unit, high=second)
    if separator in ("/", ":") and not comparator:
        return Quantity(shown, first, None, unit, cells=second)
    return Quantity(shown, text=shown)


def _superseded(found: list[tuple[tuple[str, ...], Result, str]]) -> Iterator[Result]:
    """Every result; of several for one order, all but the last are void."""
    last: dict[tuple[str, ...], tuple[object, Result]] = {}
    for key, result, status in found:
        place = (result.issued.order if result.issued else ()), RANK.find(status), result.value.sent
        if key not in last or place >= last[key][0]:  # type: ignore[operator]
            last[key] = place, result
    for key, result, _ in found:
        holds = last[key][1]
        if result is holds:
            yield result
        elif result != holds:
            yield replace(result, void=result.void or SUPERSEDED)
