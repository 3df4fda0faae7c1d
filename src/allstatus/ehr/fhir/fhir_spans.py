"""Times in FHIR as the days between which they lie: a date, a period, a timing."""

from __future__ import annotations

from datetime import date

from allstatus.ehr.dates import When, read_when, spanning
from allstatus.ehr.fhir.json_access import Json, obj, when


def span(resource: Json, *names: str) -> When | None:
    """The time in the first of these elements; of a period from its start to its end, since what
    it dates lies somewhere within. One that lacks an end is open there (`date.min`, `date.max`);
    one that runs backwards is none.
    """
    for name in names:
        value = resource.get(name)
        if isinstance(value, str) and (day := read_when(value)):
            return day
        period = obj(value)
        if "repeat" in period or "event" in period:
            return _timing(period)
        start, end = when(period, "start"), when(period, "end")
        if start and end:
            same = start.first == end.last and not start.vague
            return start if same else spanning(start, end) if start.first <= end.last else None
        if start:
            return When(f"{start.text} to", start.first, date.max)
        if end:
            return When(f"to {end.text}", date.min, end.last)
    return None


def _timing(timing: Json) -> When | None:
    events = [{"event": event} for event in timing.get("event") or () if isinstance(event, str)]
    days = [day for event in events if (day := when(event, "event"))]
    if days:
        first, last = min(days, key=lambda day: day.first), max(days, key=lambda day: day.last)
        return first if first == last else spanning(first, last)
    return span(obj(timing.get("repeat")), "boundsPeriod")
