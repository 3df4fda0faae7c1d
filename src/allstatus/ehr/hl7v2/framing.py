"""HL7 v2 text to messages: frames, files and batches, broken lines, and whether a part is
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from allstatus.ehr.dates import When
from allstatus.ehr.fhir.json_access import whole_number
from allstatus.ehr.hl7v2.segments import Marks, Segment
from allstatus.ehr.hl7v2.times import usable

_ENDS = re.compile(r"[\r\n\x0b\x1c]+")
_ENDING = "\r\n\x0b\x1c"
_NAME = re.compile("[A-Za-z][A-Za-z0-9]{2}")
_AROUND = " \t\0\x1a\ufeff"
HEADERS, TRAILERS = ("FHS", "BHS"), ("FTS", "BTS")
_STATING = "MSH PID MRG ORC OBR OBX SPM DG1 PR1 RXA RXE RXG RXR NTE DSC ADD"
BESIDE = ("CTD", "PRT", "RXC", "RXR", "TQ1", "TQ2")  # go with another segment, as a site's own do
STATUS = 11  # OBX-11
TEST_MODES = {"T": "training", "D": "debugging"}
TO_PATIENT = "PI"  # NTE-4 in table 0364: instructions, which say nothing of a result
READ = frozenset((*_STATING.split(), *HEADERS, *TRAILERS))


@dataclass(slots=True)
class Message:
    """One message: its header, and its segments in order."""

    header: Segment
    segments: list[Segment] = field(default_factory=list)
    above: Segment = field(init=False)  # what a comment is about: the last that states something

    def __post_init__(self) -> None:
        self.above = self.header

    @property
    def name(self) -> str:
        """What it is called where it is told of."""
        return f"message {self.header.text(10)}".strip()

    @property
    def kind(self) -> tuple[str, str]:
        """Its type and event; `ORU` alone was version 2.1's name for `ORU^R01`."""
        kind, event = self.header.text(9, 1).upper(), self.header.text(9, 2).upper()
        return kind, "R01" if (kind, event) == ("ORU", "") else event

    @property
    def test(self) -> str:
        """What it is sent for that is not production, or empty."""
        mode = self.header.text(11).upper()
        return f"{TEST_MODES[mode]} (MSH-11 {mode})" if mode in TEST_MODES else ""

    @property
    def sent(self) -> When | None:
        """When it was sent."""
        return usable(self.header.when(7), None)

    def put(self, segment: Segment) -> None:
        """The next segment; a comment is noted beside what it is about, too."""
        if segment.name == "NTE" and segment.text(4).upper() != TO_PATIENT:
            said = segment.raw(3).replace(segment.marks.repetition, "\n")
            self.above.comments.append(segment.plain(said))
        elif segment.name not in (*BESIDE, "NTE") and not segment.name.startswith("Z"):
            self.above = segment
        self.segments.append(segment)


@dataclass(slots=True)
class Framed:
    """What a text holds: messages, how many lines are in no segment, and what is known to be
    missing.
    """

    messages: list[Message] = field(default_factory=list)
    stray: int = 0
    missing: list[str] = field(default_factory=list)


def read_messages(*texts: str) -> Framed:
    """The messages of texts with their segments; what is no segment breaks the one before it."""
    found = Framed()
    for text in texts:
        _read(text, found)
        if text[-1:] not in _ENDING:
            _cut_off(found)
    return found


def _read(text: str, found: Framed) -> None:
    counts = _Counts(len(found.messages), len(found.messages))
    marks: Marks | None = None
    for line in _lines(text):
        name = line[:3].upper()
        if name in ("MSH", *HEADERS) and len(line) > 4:
            marks = Marks.of(line)
        elif name in TRAILERS and marks is not None and not line[3:4].isalnum():
            found.missing += counts.fit(Segment(line, Marks(line[3:4] or "|")), len(found.messages))
            continue
        if marks is None:
            found.stray += 1
            continue
        if not _is_segment(line, marks):
            _break(found, line)
            continue
        segment = Segment(line, marks)
        if name == "MSH":
            found.messages.append(Message(segment))
            found.missing += ["a message continues another"] if segment.raw(14) else []
        elif name in HEADERS:
            found.missing += counts.fit(segment, len(found.messages))
        elif name in ("DSC", "ADD"):
            if name == "ADD" or segment.raw(1):
                found.missing.append("a message continues in another")
            if name == "ADD":
                _break(found, line)
        elif found.messages:
            found.messages[-1].put(segment)
        else:
            found.stray += 1


def _lines(text: str) -> Iterator[str]:
    stripped = (line.strip(_AROUND) for line in _ENDS.split(text))
    return (line for line in stripped if line)


def _is_segment(line: str, marks: Marks) -> bool:
    name, after = line[:3], line[3:4]
    if not _NAME.fullmatch(name) or after not in ("", marks.field):
        return False
    known = name.upper() in READ
    return known or (name.isupper() and (after != "" or name[2].isdigit()))


def _break(found: Framed, line: str) -> None:
    """The last segment does not end where its line does; a comment goes on."""
    if found.messages:
        message = found.messages[-1]
        last = message.segments[-1] if message.segments else message.header
        if last.name == "NTE":
            message.above.comments.append(line)
        else:
            last.break_off()
    found.stray += 1


def _cut_off(found: Framed) -> None:
    """A text that ends within an OBX, before its status, may have been cut off there."""
    last = found.messages[-1].segments[-1:] if found.messages else []
    if last and last[0].name == "OBX" and len(last[0].fields) <= STATUS:
        last[0].break_off()


@dataclass(slots=True)
class _Counts:
    """How many messages came before the batch, and how many batches there are in the file."""

    before: int = 0
    start: int = 0
    batches: int = 0

    def fit(self, segment: Segment, messages: int) -> Iterator[str]:
        """What a trailer says that does not fit what is here."""
        said = whole_number(segment.text(1))
        if segment.name == "FHS":
            self.batches, self.before, self.start = 0, messages, messages
        elif segment.name == "BHS":
            self.batches, self.start = self.batches + 1, messages
        elif segment.name == "BTS":
            here, self.start = messages - self.start, messages
            if said is not None and said != here:
                yield f"a batch holds {here} of {said} messages"
        else:
            batches = self.batches or int(messages > self.before)
            if said is not None and said != batches:
                yield f"a file holds {batches} of {said} batches"
