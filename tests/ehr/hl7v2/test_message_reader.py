"""Messages to charts: one a patient, in any order, and a part is refused unless it is asked for."""

from itertools import permutations

import pytest

from allstatus.ehr.hl7v2.message_kinds import UNREAD_RESULTS
from allstatus.ehr.hl7v2.message_reader import NAMELESS, read_hl7
from allstatus.errors import InvalidRecord
from ehr.hl7v2.segment_lines import HEADER

OBR = "OBR|1|P1|F1|11150-0^^LN|||20250310"
OBX = "OBX|1|NM|11150-0^Blasts^LN||{}|%|||||F"


def sent(
    number: str, value: int, *, kind: str = "ORU^R01", at: str = "20250311090000", mode: str = "P"
) -> str:
    header = HEADER.replace("ORU^R01", kind).replace("20250311090000", at)
    header = header.replace("M1|P", f"M1|{mode}")
    pid = f"PID|1||{number}^^^HOSP^MR" if number else "PID|1"
    return "\r".join((header, pid, OBR, OBX.format(value))) + "\r"


def test_there_is_a_chart_for_each_patient_whatever_the_order() -> None:
    feed = [sent("77", 5), sent("78", 60), sent("77", 6, at="20250312090000")]
    for order in permutations(feed):
        charts = read_hl7("".join(order))
        assert [chart.patient for chart in charts] == ["77", "78"]
        assert [result.value.number for result in charts[0].results] == ["5", "6"]


def test_a_message_that_names_nobody_is_a_doubt_for_the_only_patient() -> None:
    (chart,) = read_hl7(sent("77", 5) + sent("", 60))
    assert [bool(result.doubt) for result in chart.results] == [False, True]
    assert NAMELESS in chart.results[1].doubt
    two = read_hl7(sent("77", 5) + sent("78", 6) + sent("", 60))
    assert [len(chart.results) for chart in two] == [1, 1]
    assert all(any("set aside" in warning for warning in chart.warnings) for chart in two)


def test_results_in_a_message_of_another_kind_are_in_doubt_or_mentioned() -> None:
    (order,) = read_hl7(sent("77", 5, kind="ORM^O01"))
    assert [result.doubt for result in order.results] == [UNREAD_RESULTS.format("ORM^O01")]
    (document,) = read_hl7(sent("77", 5, kind="MDM^T02"))
    assert (document.results, len(document.mentions)) == ([], 1)
    assert "1 message is of a kind that is not read (MDM^T02)" in document.warnings


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no HL7 v2 message"),
        ("PID|1||77\r", "holds no HL7 v2 message"),
        (f"{HEADER}\r", "holds no segment but the header"),
    ],
)
def test_what_holds_nothing_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidRecord, match=problem):
        read_hl7(text)


def test_a_part_is_refused_and_read_only_as_a_part() -> None:
    part = f"BHS|^~\\&\r{sent('77', 5)}BTS|2\r"
    with pytest.raises(InvalidRecord, match="a batch holds 1 of 2 messages"):
        read_hl7(part)
    (chart,) = read_hl7(part, partial=True)
    assert chart.partial
    assert any("a batch holds 1 of 2 messages" in warning for warning in chart.warnings)


def test_lines_in_no_segment_are_counted() -> None:
    (chart,) = read_hl7(sent("77", 5) + "stray\rlines\r")
    assert "lines of the feed that are in no segment: 2" in chart.warnings
