"""Times that a message can have meant: not after it was sent, not before the patient was born, and
no stand-in for a time that is not known.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from allstatus.ehr.dates import When, shifted, spanning

STAND_INS = (1900, 9999)  # years by which systems say that a date is not known
ZONES = timedelta(days=1)  # how far days can be apart whose time zones are not known
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)$")


def usable(when: When | None, sent: When | None, born: date | None = None) -> When | None:
    """A time as it was sent, or None when it cannot be meant."""
    if when is None or not STAND_INS[0] < when.first.year < STAND_INS[1]:
        return None
    if born is not None and when.last < born:
        return None
    return None if sent is not None and _after(when, sent) else when


def span(start: When | None, end: When | None) -> When | None:
    """From the start of a period to its end, since what it dates lies somewhere within."""
    if start is None or end is None or end.last <= start.last:
        return start
    return spanning(start, end)


def _after(when: When, sent: When) -> bool:
    one, other = _instant(when), _instant(sent)
    if one is not None and other is not None:
        return one > other
    return when.first > shifted(sent.last, ZONES)


def _instant(when: When) -> datetime | None:
    """The moment of a time with a clock and a zone, to the minute."""
    zone = _ZONE.search(when.text)
    if when.vague or len(when.clock) < 4 or zone is None:
        return None
    sign = 1 if zone[1] == "+" else -1
    offset = sign * timedelta(hours=int(zone[2]), minutes=int(zone[3]))
    if abs(offset) >= timedelta(hours=24):
        return None
    try:
        at = datetime.strptime(f"{when.first:%Y%m%d}{when.clock[:4]}", "%Y%m%d%H%M")
    except ValueError:
        return None
    return at.replace(tzinfo=timezone(offset))
