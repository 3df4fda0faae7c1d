"""DG1 segments, and the reasons for which results were ordered, to problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from allstatus.ehr.chart import Mention, Problem, Statement
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.comments import CONDITION, taken_back
from allstatus.ehr.coding.mentions import tells_of_more
from allstatus.ehr.dates import last_day
from allstatus.ehr.fhir.fhir_mentions import NAMED, REASON
from allstatus.ehr.hl7v2.deletions import DELETE, DELETED, CodedSegment
from allstatus.ehr.hl7v2.results import Sender
from allstatus.ehr.hl7v2.segments import BROKEN_OFF, Segment, coded
from allstatus.ehr.hl7v2.times import usable

# Segments that tell of a disease: where its code is, and its day.
REASONS = {"PV2": 3, "SCH": 7, "RXE": 27}  # fields with a coded reason of a visit or an order
TELLING = {"DG1": (3, 5), "PRB": (3, 16), "FT1": (19, 4)}


def read_diagnosis(segment: Segment, sender: Sender) -> CodedSegment:
    """A DG1 segment. Its date is when the diagnosis was made, so it is not taken for the onset; one
    without a date is of some day before its message.
    """
    made = usable(segment.when(5), sender.sent, sender.born)
    codes = segment.codes(3, segment.text(2))
    deletes = segment.text(21).upper() == DELETE
    own = segment.raw(20)
    named = frozenset(f"{code.system}|{code.code}" for code in codes)
    problem = Problem(
        f"{sender.name} DG1 {segment.text(1)}".strip(),
        codes,
        made,
        sender.sent,
        DELETED if deletes else "",
        segment.text(3, 2) or segment.text(4),
        doubt=BROKEN_OFF if segment.broken else taken_back(*segment.comments, of=CONDITION),
        latest=last_day([sender.sent]),
        sent=sender.sent,
        recorded=made,
        unread_start=made is None,
    )
    return CodedSegment(
        problem, frozenset({own}) if own and deletes else named | {own} - {""}, deletes
    )


def read_told(segment: Segment, sender: Sender) -> CodedSegment:
    """What a segment tells of a disease in a message of a kind that is not read."""
    if segment.name == "DG1":
        return read_diagnosis(segment, sender)
    code, day = TELLING[segment.name]
    when = usable(segment.when(day), sender.sent, sender.born)
    void = DELETED if segment.name == "PRB" and segment.text(1).upper() == "DE" else ""
    source, latest = f"{sender.name} {segment.name}", last_day([sender.sent])
    codes, said = segment.codes(code), segment.text(code, 2)
    problem = Problem(
        source,
        codes,
        when,
        sender.sent,
        void,
        said,
        latest=latest,
        recorded=when,
        unread_start=when is None,
    )
    return CodedSegment(problem, frozenset(), deletes=False)


def all_told(segments: Iterable[Segment], sender: Sender) -> Iterator[CodedSegment]:
    """What the segments of a message of a kind that is not read tell of diseases, in doubt."""
    for one in (read_told(segment, sender) for segment in segments if segment.name in TELLING):
        doubt = one.statement.doubt or sender.unread
        yield replace(one, statement=replace(one.statement, doubt=doubt))


def read_passing(segments: Iterable[Segment], sender: Sender) -> Iterator[Mention]:
    """What bills and problems tell of a disease in a message of a kind that is read for others."""
    for segment in segments:
        if segment.name in TELLING and segment.name != "DG1":
            said = read_told(segment, sender).statement
            if isinstance(said, Problem):
                yield Mention(replace(said, doubt="" if said.void else NAMED))


def read_reasons(
    segments: Iterable[Segment], sender: Sender, whole: Statement | None = None
) -> Iterator[Mention]:
    """Why somebody was admitted, is to come or is to be given something, where that is a relapse or
    says that the disease is elsewhere.
    """
    when = sender.sent
    for segment in segments:
        number = REASONS.get(segment.name, 0)
        if number and (codes := segment.codes(number)):
            source, said = f"{sender.name} {segment.name}-{number}", segment.text(number, 2)
            latest = last_day([when])
            problem = Problem(
                source, codes, when, when, "", said, doubt=REASON, latest=latest, recorded=when
            )
            yield Mention(problem, whole, more=True)


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
