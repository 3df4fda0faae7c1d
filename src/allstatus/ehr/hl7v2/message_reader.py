"""HL7 v2 messages to charts, one for each patient; the order of messages decides nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import Any

from allstatus.ehr.chart import (
    IN_DOUBT,
    NAMELESS,
    SAID_SO,
    SET_ASIDE,
    SEVERAL,
    Chart,
    Mention,
    Problem,
    Statement,
    no_whole,
)
from allstatus.ehr.dates import PointInTime
from allstatus.ehr.hl7v2.corrections import named
from allstatus.ehr.hl7v2.deletions import without_deleted
from allstatus.ehr.hl7v2.diagnoses import (
    all_told,
    read_diagnosis,
    read_passing,
    read_reason,
    read_reasons,
)
from allstatus.ehr.hl7v2.documents import read_documents
from allstatus.ehr.hl7v2.framing import Framed, Message, read_messages
from allstatus.ehr.hl7v2.message_kinds import (
    LINK,
    MERGES,
    RESULTS,
    SPECIMEN_FIRST,
    UNLINK,
    UNREAD_KIND,
    UNREAD_RESULTS,
    is_read,
)
from allstatus.ehr.hl7v2.patient_parts import PatientPart
from allstatus.ehr.hl7v2.patients import IdentifiedPerson, Patients, read_person
from allstatus.ehr.hl7v2.results import Sender, orders_of, read_order
from allstatus.ehr.hl7v2.segments import Segment, under
from allstatus.ehr.hl7v2.treatments import read_treatments
from allstatus.errors import InvalidRecord

# segments whose comments are on what they say themselves
WITH_OWN = ("DG1", "PRB", "PR1", "RXA", "RXE", "RXG", "AL1", "IAM", "NK1", "GT1", "IN1", "FT1")
WITHOUT_SEGMENTS = "messages without a segment that can be read: {}"
PART = "only a part of this feed was given ({}); what is not here is unknown"
REMEDY = (
    "send all of it, or say that it is partial, and what is here is read: what is not here is then "
    "unknown"
)


def read_hl7(*texts: str, partial: bool = False) -> list[Chart]:
    """The charts in HL7 v2 texts, read as one feed, in the order of what their patients are called.

    Raises InvalidRecord when it holds no message, or none with a segment, or when it is a part by
    its own account (counts of a batch or file, a continuation); `partial` reads that part.
    """
    framed = read_messages(*texts)
    _check(framed, partial=partial)
    messages = sorted(framed.messages, key=_order)
    linking = _linking(messages)
    said = [one for message in messages for one in _read(message, id(message) in linking)]
    patients = Patients(one.person for one in said)
    charts = _Charts(said, patients).charts()
    for chart in charts:
        if framed.stray:
            chart.warnings.append(f"lines of the feed that are in no segment: {framed.stray}")
        if partial:
            chart.partial = True
            missing = "; ".join(dict.fromkeys(framed.missing)) or SAID_SO
            chart.warnings.append(PART.format(missing))
    return charts


def _check(framed: Framed, *, partial: bool) -> None:
    remedy = "give messages such as ORU^R01, each beginning with MSH"
    if not framed.messages:
        raise InvalidRecord("input", "holds no HL7 v2 message", remedy)
    if not any(message.segments for message in framed.messages):
        remedy = "end each segment with a carriage return"
        raise InvalidRecord("input", "holds no segment but the header of its messages", remedy)
    if framed.missing and not partial:
        raise no_whole(framed.missing[0], REMEDY)


def _order(message: Message) -> Any:
    """Messages by when they were sent, whatever order they came in."""
    lines = (message.header, *message.segments)
    sent = message.sent
    when = sent.order if sent else (PointInTime(date.min, ""), "")
    return when, [segment.fields for segment in lines]


def _linking(messages: list[Message]) -> set[int]:
    """The messages by which two records are one patient's, unless a later one takes that back."""
    last: dict[frozenset[str], Message] = {}
    for message in messages:
        if message.kind in (LINK, UNLINK):
            last[frozenset(one.raw(3) for one in message.segments if one.name == "PID")] = message
    return {id(message) for message in last.values() if message.kind == LINK}


def _read(message: Message, links: bool) -> Iterator[PatientPart]:
    """What a message says of each patient in it; `links`: the first is the others, too."""
    groups = list(under(message.segments, "PID"))
    if len(groups) > 1 and groups[0][0] is None and not _states(groups[0][1]):
        groups = groups[1:]
    rivals: list[IdentifiedPerson] = []
    for pid, segments in groups or [(None, [])]:
        merged = None
        if message.kind in MERGES:
            merged = next((segment for segment in segments if segment.name == "MRG"), None)
        elif links and pid is not groups[-1][0]:
            merged = groups[-1][0]
        said = PatientPart(message, read_person(pid, merged), segments)
        if message.kind in RESULTS:
            told = _states(segments)
            said.rivals = rivals if told else []
            rivals = [] if told or not said.person.identifiers else [*rivals, said.person]
        _fill(said, pid)
        yield said


def _states(segments: list[Segment]) -> bool:
    return any(s.name in ("OBR", "OBX", "DG1", "RXA", "RXE", "RXG", "PR1") for s in segments)


def _fill(said: PatientPart, pid: Segment | None) -> None:
    message, kind = said.message, "^".join(filter(None, said.message.kind))
    born = said.person.born
    comments = "\n".join(_comments(message, pid, said.segments))
    day = born.first if born else None
    sender = Sender(message.name, message.sent, day, comments=comments)
    results = message.kind in RESULTS
    if not results:
        sender = replace(sender, unread=UNREAD_RESULTS.format(kind or "(none)"))
    if not is_read(message.kind):
        _fill_in_doubt(said, sender)
        return
    for order in orders_of(said.segments, message.kind in SPECIMEN_FIRST):
        said.sendings += read_order(order, sender)
        if order.request is not None and not order.cancelled:
            said.others += read_reason(order.request, sender)
    found = [segment for segment in said.segments if segment.name == "DG1"]
    said.coded += [read_diagnosis(segment, sender) for segment in found]
    said.coded += read_treatments(said.segments, sender)
    said.others += read_passing(said.segments, sender)
    said.others += read_reasons(said.segments, sender)


def _comments(message: Message, pid: Segment | None, segments: list[Segment]) -> Iterator[str]:
    """What a message says beside its patient, before the first order."""
    own = takewhile(lambda one: one.name not in ("ORC", "OBR", "OBX", "SPM"), segments)
    for segment in (message.header, *([pid] if pid is not None else ()), *own):
        if segment.name not in WITH_OWN:
            yield from segment.comments


def _fill_in_doubt(said: PatientPart, sender: Sender) -> None:
    """A message of a kind that is not read: a statement that nothing here understands, but for what
    it says of the facts by codes that are known, which it leaves open.
    """
    text = UNREAD_KIND.format("^".join(filter(None, said.message.kind)) or "(none)")
    orders = orders_of(said.segments, specimen_first=False)
    said.sendings = [one for order in orders for one in read_order(order, sender)]
    said.coded = [*all_told(said.segments, sender)]
    said.whole = Statement(said.message.name, (), None, said.message.sent, text=text)
    said.others += read_documents(said.segments, sender, said.whole)
    said.others += read_reasons(said.segments, sender, said.whole)
    if not (said.sendings or said.coded or said.others):
        said.others.append(said.whole)


class _Charts:
    """Charts made of what messages say, each of one patient."""

    def __init__(self, said: list[PatientPart], patients: Patients) -> None:
        self.of: dict[int, list[PatientPart]] = defaultdict(list)
        self.nameless: list[PatientPart] = []
        for one in said:
            groups = dict.fromkeys(patients.group(who) for who in (one.person, *one.rivals))
            told = one.in_doubt(SEVERAL) if len(groups) > 1 else one
            for group in groups:
                if group is not None:
                    self.of[group].append(told)
            self.nameless += [one] if list(groups) == [None] else []
        self.titles, self.doubts = patients.titles(), patients.doubts()

    def charts(self) -> list[Chart]:
        """The charts in the order of their titles; what names nobody stands alone where nobody is
        named, and is a doubt for a patient who is the only one.
        """
        made = {group: self._chart(said, self.titles[group]) for group, said in self.of.items()}
        for group, chart in made.items():
            chart.warnings += self.doubts.get(group, ())
        if made:
            self._place_nameless(made)
            return [made[group] for group in sorted(made, key=lambda group: self.titles[group])]
        charts = [self._chart([said], None) for said in self.nameless if said.segments]
        for chart in charts:
            chart.warnings += self._unread()
        return charts

    def _chart(self, said: list[PatientPart], title: str | None) -> Chart:
        chart = Chart(title)
        if not all(one.message.test for one in said):
            said = [one.as_test() if one.message.test else one for one in said]
        persons = [one.person for one in said]
        chart.sex = _agreed([person.sex for person in persons])
        chart.born = _agreed([person.born.first if person.born else None for person in persons])
        sendings = [(sending, one.whole) for one in said for sending in one.sendings]
        results = named([sending for sending, _ in sendings])
        for (sending, whole), result in zip(sendings, results, strict=True):
            by_the_way = whole is not None or sending.unless
            chart.add(Mention(result, whole, unless=sending.unless) if by_the_way else result)
        coded = without_deleted([coded for one in said for coded in one.coded])
        for whole, statement in zip([o.whole for o in said for _ in o.coded], coded, strict=True):
            if isinstance(statement, Problem) and whole is not None:
                chart.add(Mention(statement, whole))
            else:
                chart.add(statement)
        for one in said:
            for other in one.others:
                chart.add(other)
        chart.warnings += _told(said)
        return chart

    def _place_nameless(self, made: dict[int, Chart]) -> None:
        only = next(iter(made)) if len(made) == 1 else None
        aside, nameless = 0, [said for said in self.nameless if said.segments]
        for said in nameless:
            persons = [] if only is None else [one.person for one in self.of[only]]
            if only is None or any(said.person.differs(person) for person in persons):
                aside += 1
                continue
            made[only].take_in_doubt(self._chart([said], None), NAMELESS)
        doubtful = len(nameless) - aside
        for chart in made.values():
            chart.warnings += self._unread()
            chart.warnings += [IN_DOUBT.format("messages", doubtful)] if doubtful else []
            chart.warnings += [SET_ASIDE.format("messages", aside)] if aside else []

    def _unread(self) -> list[str]:
        number = sum(not said.segments for said in self.nameless)
        return [WITHOUT_SEGMENTS.format(number)] if number else []


def _agreed(values: list[Any]) -> Any:
    """What all that say it say alike, else None."""
    said = {value for value in values if value is not None}
    return said.pop() if len(said) == 1 else None


def _told(said: list[PatientPart]) -> Iterator[str]:
    """What a reader should know of the messages themselves."""
    kinds: Counter[str] = Counter()
    for one in said:
        if one.message.test:
            yield f"{one.message.name}: is marked as sent for {one.message.test}"
        kinds.update(["^".join(filter(None, one.message.kind))] if one.whole is not None else ())
    for kind, number in sorted(kinds.items()):
        noun = "message is" if number == 1 else "messages are"
        yield f"{number} {noun} of a kind that is not read ({kind or 'none'})"
