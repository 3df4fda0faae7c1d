"""Where a statement is put, when it may be about, and what is told of it once."""

from datetime import date
from typing import Any

import pytest

from allstatus.ehr.chart import Chart, Code, Statement
from allstatus.ehr.dates import read_when
from allstatus.ehr.evidence.chart_reading import (
    UNBORN,
    UNDATED,
    VAGUE,
    ChartReading,
    cancers,
    evidence_of,
    known_by,
    place_in_time,
)
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.table.chart_context import Evidence

BORN = date(1980, 5, 1)
DAY = date(2025, 3, 10)


def statement(when: str | None = None, **more: Any) -> Statement:
    times = {name: read_when(more.pop(name)) for name in ("issued", "sent") if name in more}
    at = None if when is None else read_when(when)
    return Statement("Observation/1", (Code("urn:x", "7", "Seven"),), at, **times, **more)


BY = [  # its date, what else is dated, whether it is known on 2025-03-10
    (None, {}, True),
    ("2025-03-10", {}, True),
    ("2025-03-11", {}, False),
    ("2025-03", {}, True),
    ("2025-04", {}, False),
    ("2025-03-10", {"issued": "2025-03-10"}, True),
    ("2025-03-10", {"issued": "2025-03-11"}, False),
    ("2025-03-09", {"sent": "2025-03-11"}, False),
]


@pytest.mark.parametrize(("when", "more", "known"), BY)
def test_what_is_known_by_a_day(when: str | None, more: dict[str, str], known: bool) -> None:
    assert known_by(statement(when, **more), DAY) is known
    assert known_by(statement(when, **more), None)


LIES = [  # its date, what else it says, the first and last day it may be about, why it is in doubt
    ("2025-03-10", {}, "2025-03-10", "2025-03-10", ""),
    ("2025-03-11", {}, "2025-03-11", "2025-03-11", VAGUE),
    ("2025-02", {}, "2025-02-01", "2025-02-28", ""),
    ("2025-03", {}, "2025-03-01", "2025-03-10", VAGUE),
    ("1980-05-01", {}, "1980-05-01", "1980-05-01", ""),
    ("1980-04-30", {}, "1980-05-01", "2025-03-10", UNBORN),
    (None, {}, "1980-05-01", "2025-03-10", UNDATED),
    (None, {"issued": "2025-03-01"}, "1980-05-01", "2025-03-01", UNDATED),
    ("2025-03-10", {"doubt": "preliminary"}, "2025-03-10", "2025-03-10", "preliminary"),
]


@pytest.mark.parametrize(("when", "more", "first", "last", "why"), LIES)
def test_when_a_statement_may_be_about(
    when: str | None, more: dict[str, str], first: str, last: str, why: str
) -> None:
    reading = ChartReading(Chart("p1", "female", BORN), DAY)
    found, told = place_in_time(reading, statement(when, **more))
    assert (str(found.first), str(found.last), told) == (first, last, why)


def test_evidence_is_by_the_code_understood_else_by_the_first_sent() -> None:
    sent = statement("2025-03-10")
    assert evidence_of(sent, sent="5 %") == Evidence(
        "Observation/1", "urn:x|7", "Seven", "2025-03-10", "5 %"
    )
    assert evidence_of(Statement("x", (), None, text="in words")).title == "in words"
    assert evidence_of(Statement("x", (), None)).code == ""


def test_what_is_set_aside_or_in_doubt_is_filed_by_its_fact_and_told_once() -> None:
    reading = ChartReading(Chart())
    seen = Evidence("Observation/1", title="Blasts")
    reading.put_aside("cbc", seen, "cancelled")
    assert reading.warnings == []
    for _ in range(2):
        reading.put_aside("cbc", seen, "preliminary", warn=True)
        when = place_in_time(reading, statement("2025-03-10"))[0]
        reading.doubt(Doubt("cbc", "wbc", when, "its status is unknown", seen))
    assert [entry.because for entry in reading.aside["cbc"]] == ["cancelled", *["preliminary"] * 2]
    assert len(reading.doubts["cbc"]) == 2
    assert reading.warnings == [
        "Observation/1 (Blasts): preliminary",
        "Observation/1 (Blasts): its status is unknown",
    ]


def test_cancers_are_named_once_in_order() -> None:
    assert cancers(["Lung cancer", "Breast cancer", "Lung cancer"]) == "Breast cancer, Lung cancer"
