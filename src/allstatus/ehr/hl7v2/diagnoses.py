"""DG1 segments, and the reasons for which results were ordered, to problems."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.ehr.chart import Mention, Problem
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.mentions import tells_of_more
from allstatus.ehr.dates import last_day
from allstatus.ehr.fhir.fhir_mentions import REASON
from allstatus.ehr.hl7v2.deletions import DELETE, DELETED, CodedSegment
from allstatus.ehr.hl7v2.results import Sender
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment, coded
from allstatus.ehr.hl7v2.times import usable


def read_diagnosis(segment: Segment, sender: Sender) -> CodedSegment:
    """A DG1 segment. Its date is when the diagnosis was made, so it is not taken for the onset."""
    made = usable(segment.when(5), sender.sent, sender.born)
    codes = segment.codes(3, segment.text(2))
    deletes = segment.text(21).upper() == DELETE
    own = segment.raw(20)
    named = frozenset(f"{code.system}|{code.code}" for code in codes)
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
        problem, frozenset({own}) if own and deletes else named | {own} - {""}, deletes
    )


def read_reason(request: Segment, sender: Sender) -> Iterator[Problem | Mention]:
    """The coded diseases for which results were ordered, in any edition of ICD or in SNOMED CT."""
    systems, when = code_tables().systems, sender.sent
    for said in request.repeats(31):
        found = tuple(coded(said))
        codes = tuple(code for code in found if code.system == "snomed" or systems.is_of_icd(code))
        of_disease = bool(codes) and not tells_of_more(codes, code_tables())
        source, kept = f"{sender.name} OBR-31", codes or found
        doubt = "" if of_disease else REASON
        problem = Problem(source, kept, when, when, doubt=doubt, sent=when, recorded=when)
        if codes:
            yield problem
        elif found:
            yield Mention(problem, more=True)
