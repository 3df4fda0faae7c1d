"""Segments and messages from lines, for the tests of what is read in them."""

from allstatus.ehr.dates import When, read_when
from allstatus.ehr.hl7v2.framing import Message, read_messages
from allstatus.ehr.hl7v2.results import Sender
from allstatus.ehr.hl7v2.segments import Marks, Segment

HEADER = r"MSH|^~\&|LAB|HOSP|EHR|HOSP|20250311090000||ORU^R01|M1|P|2.5.1"
SENDER = Sender("message M1", read_when("20250311090000"))
MARKS = Marks.of(HEADER)


def segment(line: str) -> Segment:
    return Segment(line, MARKS)


def segments(*lines: str) -> list[Segment]:
    return [segment(line) for line in lines]


def message(*lines: str, header: str = HEADER) -> Message:
    (found,) = read_messages("\r".join((header, *lines)) + "\r").messages
    return found


def day(text: str) -> When:
    found = read_when(text)
    assert found is not None
    return found
