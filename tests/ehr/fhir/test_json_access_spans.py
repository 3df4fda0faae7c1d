"""Times of FHIR as the days between which they lie."""

from datetime import date

import pytest

from allstatus.ehr.fhir.json_access import span

PERIODS = [
    ({"start": "2025-03-01", "end": "2025-03-05"}, ("2025-03-01", "2025-03-05")),
    ({"start": "2025-03-01", "end": "2025-03-01"}, ("2025-03-01", "2025-03-01")),
    ({"start": "2025-03", "end": "2025-03-05"}, ("2025-03-01", "2025-03-05")),
    ({"start": "2025-03-05", "end": "2025-03-01"}, None),
    ({"start": "2025-03-01"}, ("2025-03-01", "9999-12-31")),
    ({"end": "2025-03-05"}, ("0001-01-01", "2025-03-05")),
    ({"start": "soon", "end": "2025-03-05"}, ("0001-01-01", "2025-03-05")),
    ({}, None),
]


@pytest.mark.parametrize(("period", "days"), PERIODS)
def test_a_period_spans_all_its_days(period: dict[str, str], days: tuple[str, str] | None) -> None:
    found = span({"effectivePeriod": period}, "effectivePeriod")
    shown = None if found is None else (found.first.isoformat(), found.last.isoformat())
    assert shown == days


def test_a_timing_spans_its_events_or_its_bounds() -> None:
    events = span({"effectiveTiming": {"event": ["2025-03-05", "2025-03-01"]}}, "effectiveTiming")
    bounds = {"repeat": {"boundsPeriod": {"start": "2025-03-01", "end": "2025-03-05"}}}
    bounded = span({"effectiveTiming": bounds}, "effectiveTiming")
    for found in (events, bounded):
        assert found is not None
        assert (found.first, found.last) == (date(2025, 3, 1), date(2025, 3, 5))
