"""One segment: its fields, repetitions, components and sub-components, split and unescaped on
demand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from allstatus.ehr.chart import Code
from allstatus.ehr.coding.codes import make_code
from allstatus.ehr.coding.result_statuses import status_letter
from allstatus.ehr.dates import When, read_when

NULL = '""'  # sent to say that there is no value
BROKEN_OFF = "its segment is broken off"
# of a coded element: code, text and system of each translation, and where its system's OID stands
TRANSLATIONS = ((0, 13), (3, 16), (9, 19))


class Marks(NamedTuple):
    """What separates fields, components, repetitions and sub-components, and what escapes them."""

    field: str
    component: str = "\0"
    repetition: str = "\0"
    escape: str = "\0"
    part: str = "\0"

    @classmethod
    def of(cls, header: str) -> Marks:
        """As an MSH, BHS or FHS segment declares them."""
        return cls(header[3], *header[4:].partition(header[3])[0][:4])


class Segment:
    """A segment's fields, counted from 1 as the standard counts them. `broken`: what follows it is
    no segment, so its last field was cut off and is left out, and more may be missing. `comments`
    are those of the NTE segments right after it.
    """

    def __init__(self, line: str, marks: Marks) -> None:
        self.marks, self.fields, self.broken = marks, line.split(marks.field), False
        self.comments: list[str] = []
        self.name = self.fields[0].upper()
        if self.name == "MSH":
            self.fields.insert(1, marks.field)

    def break_off(self) -> None:
        """Note that the segment does not end where its line does."""
        if not self.broken and len(self.fields) > 1:
            self.fields.pop()
        self.broken = True

    def raw(self, number: int) -> str:
        """A field as sent, empty where it says that there is none."""
        sent = self.fields[number].strip() if number < len(self.fields) else ""
        return "" if sent == NULL else sent

    def repeats(self, number: int) -> list[list[str]]:
        """The repetitions of a field, each as its components."""
        return [self.split(item) for item in self._items(number)]

    def parts(self, number: int) -> list[list[list[str]]]:
        """The repetitions of a field, each as its components' sub-components."""
        return [
            [self._parts(component) for component in item.split(self.marks.component)]
            for item in self._items(number)
        ]

    def split(self, item: str) -> list[str]:
        """The components of one repetition, unescaped, up to the last that is filled."""
        mark = self.marks.component
        return [self.plain(part) for part in item.rstrip(mark).split(mark)]

    def components(self, number: int) -> list[str]:
        """The components of a field's first repetition."""
        return next(iter(self.repeats(number)), [])

    def text(self, number: int, component: int = 1) -> str:
        """One component, or empty."""
        found = self.components(number)
        return found[component - 1].strip() if component <= len(found) else ""

    def only(self, number: int) -> str:
        """The first component of a field that has one; all of it, which nothing reads, where it is
        repeated otherwise.
        """
        said = {parts[0].strip() for parts in self.repeats(number)}
        return said.pop() if len(said) == 1 else self.raw(number)

    def status(self, number: int) -> str:
        """The status of a result or an order, by its letter."""
        return status_letter(self.only(number))

    def when(self, number: int) -> When | None:
        """A time stamp as sent, or None."""
        return read_when(self.only(number))

    def codes(self, number: int, system: str = "") -> tuple[Code, ...]:
        """Each coded element with its translations; `system` is that of a code sent without."""
        return tuple(code for item in self.repeats(number) for code in coded(item, system))

    def plain(self, text: str) -> str:
        """Text without escapes and highlighting."""
        escape = self.marks.escape
        if escape not in text:
            return text
        text = _hexadecimal(text, escape)
        meant = dict(
            zip(
                "FSRET",
                (*self.marks[:3], escape, self.marks.part),
                strict=True,
            )
        )
        sign, meant = re.escape(escape), meant | {"H": "", "N": ""}
        return re.sub(f"{sign}([FSRETHN]){sign}", lambda found: meant[found[1]], text)

    def _items(self, number: int) -> Iterator[str]:
        return (item for item in self.raw(number).split(self.marks.repetition) if item)

    def _parts(self, component: str) -> list[str]:
        return [self.plain(part).strip() for part in component.split(self.marks.part)]


def _hexadecimal(text: str, escape: str) -> str:
    r"""Text with characters that were sent by their numbers (`\X25\`)."""
    sign = re.escape(escape)
    return re.sub(
        f"{sign}X((?:[0-7][0-9A-Fa-f])+){sign}",
        lambda found: bytes.fromhex(found[1]).decode("ascii"),
        text,
    )


def coded(parts: Sequence[str], system: str = "") -> Iterator[Code]:
    """A coded element's translations: a system is named, or else given by its OID."""
    filled = [*(part.strip() for part in parts), *[""] * 20]
    for start, oid in TRANSLATIONS:
        code, display, named = filled[start : start + 3]
        if code and code != NULL:
            yield make_code(named or filled[oid] or system, code, display)


def under(segments: Sequence[Segment], name: str) -> Iterator[tuple[Segment | None, list[Segment]]]:
    """Segments in groups that each begin with one of this name; what stands before it is under
    None.
    """
    head: list[Segment | None] = [None]

    def heading(segment: Segment) -> int:
        if segment.name == name:
            head.append(segment)
        return len(head) - 1

    for number, group in groupby(segments, heading):
        yield head[number], list(group)
