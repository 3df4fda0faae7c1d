"""DG1 segments, and the reasons for which results were ordered, to problems."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.ehr.chart import Problem
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.dates import last_day
from allstatus.ehr.fhir.fhir_resources import REASON, tells_of_more
from allstatus.ehr.hl7v2.deletions import DELETE, DELETED, CodedSegment
from allstatus.ehr.hl7v2.results import Sender
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment
from allstatus.ehr.hl7v2.times import usable


def read_diagnosis(segment: Segment, sender: Sender) -> CodedSegment:
    """A DG1 segment. Its date is when the diagnosis was made, so it is not taken for the onset."""
    made = usable(segment.when(5), sender.sent, sender.born)
    codes = segment.codes(3, segment.text(2))
    deletes = segment.text(21).upper() == DELETE
    own = segment.raw(20)
    coded = frozenset(f"{code.system}|{code.code}" for code in codes)
    problem = Problem(
        f"{sender.name} DG1 {segment.text(1)}".strip(),
        codes,
        made or sender.sent,
        sender.sent,
        DELETED if deletes else "",
        segment.text(3, 2) or segment.text(4),
        doubt=BROKEN_OFF if segment.broken else "",
        latest=last_day([sender.sent]),
        sent=sender.sent,
        recorded=made or sender.sent,
    )
    return CodedSegment(
        problem, frozenset({own}) if own and deletes else coded | {own} - {""}, deletes
    )


def read_reason(request: Segment, sender: Sender) -> Iterator[Problem]:
    """The coded disease for which results were ordered, in any edition of ICD or in SNOMED CT."""
    systems = code_tables().systems
    said = request.codes(31)
    codes = tuple(code for code in said if code.system == "snomed" or systems.is_of_icd(code))
    if codes:
        when = sender.sent
        doubt = REASON if tells_of_more(codes) else ""
        source = f"{sender.name} OBR-31"
        yield Problem(source, codes, when, when, doubt=doubt, sent=when, recorded=when)
