"""What one message says of one patient, in doubt where it may be of another, or is a test."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from allstatus.ehr.chart import Mention, Statement, in_doubt
from allstatus.ehr.fhir.fhir_withdrawals import TEST_DATA
from allstatus.ehr.hl7v2.deletions import CodedSegment
from allstatus.ehr.hl7v2.framing import Message
from allstatus.ehr.hl7v2.patients import IdentifiedPerson
from allstatus.ehr.hl7v2.results import Sending
from allstatus.ehr.hl7v2.segments import Segment


@dataclass(slots=True)
class PatientPart:
    """What one message says of one patient, and of whom; `rivals` are others whom it may be of."""

    message: Message
    person: IdentifiedPerson
    segments: list[Segment]
    rivals: list[IdentifiedPerson] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    coded: list[CodedSegment] = field(default_factory=list)
    others: list[Statement | Mention] = field(default_factory=list)
    whole: Statement | None = None  # of a kind that is not read

    def in_doubt(self, why: str) -> PatientPart:
        """The same where it cannot be relied on."""
        return replace(
            self,
            sendings=[replace(one, result=in_doubt(one.result, why)) for one in self.sendings],
            coded=[replace(one, statement=in_doubt(one.statement, why)) for one in self.coded],
            others=[in_doubt(one, why) for one in self.others],
        )

    def as_test(self) -> PatientPart:
        """The same of a test among messages that are none: it corrects and deletes nothing."""
        told = self.in_doubt(TEST_DATA)
        told.sendings = [
            replace(one, filler="", placer="", instance="", confirms=False) for one in told.sendings
        ]
        told.coded = [replace(one, names=frozenset()) for one in told.coded]
        return told
