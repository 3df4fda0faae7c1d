"""TXA segments to the documents they tell of: what these say is for a person to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.ehr.chart import Mention, Result, Statement
from allstatus.ehr.dates import last_day
from allstatus.ehr.hl7v2.deletions import DELETED
from allstatus.ehr.hl7v2.results import Sender
from allstatus.ehr.hl7v2.segments import Segment
from allstatus.ehr.hl7v2.times import usable

GONE = {"CA": DELETED, "OB": "obsolete"}  # TXA-19, table 0273


def read_documents(
    segments: Iterable[Segment], sender: Sender, whole: Statement
) -> Iterator[Mention]:
    """What documents report on by their type (TXA-2, coded since 2.7), such as a marrow biopsy. A
    later message about one (TXA-12) holds, be it that it is no more.
    """
    for segment in segments:
        if segment.name != "TXA":
            continue
        day, number = usable(segment.when(4), sender.sent, sender.born), segment.text(12)
        void = GONE.get(segment.text(19).upper(), "")
        result = Result(
            f"{sender.name} TXA",
            segment.codes(2),
            day,
            sender.sent,
            void,
            segment.text(2, 2),
            names=(f"document {number}",) if number else (),
            doubt="" if void else sender.unread,
            latest=None if day else last_day([sender.sent]),
            sent=sender.sent,
        )
        yield Mention(result, whole)
