"""What one message says of one patient, where it may be a test."""

from allstatus.ehr.fhir.fhir_withdrawals import TEST_DATA
from allstatus.ehr.hl7v2 import read_hl7
from ehr.hl7v2.test_message_reader import sent


def test_a_test_among_messages_that_are_none_is_in_doubt_and_takes_nothing_back() -> None:
    real, test = sent("77", 5), sent("77", 60, at="20250312090000", mode="T")
    test = test.replace("|F\r", "|C\r")
    for feed in (real + test, test + real):
        (chart,) = read_hl7(feed)
        assert {str(r.value.number): (r.void, r.doubt) for r in chart.results} == {
            "5": ("", ""),
            "60": ("", TEST_DATA),
        }
        assert "message M1: is marked as sent for training (MSH-11 T)" in chart.warnings
    (alone,) = read_hl7(test)
    assert [result.doubt for result in alone.results] == [""]
