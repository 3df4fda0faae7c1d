"""DG1 segments, reasons of orders and what other segments tell of a disease."""

from datetime import date

import pytest

from allstatus.ehr.chart import Mention, Problem
from allstatus.ehr.hl7v2.deletions import DELETED
from allstatus.ehr.hl7v2.diagnoses import read_diagnosis, read_reason, read_told
from allstatus.ehr.hl7v2.segments import BROKEN_OFF
from ehr.hl7v2.segment_lines import SENDER, segment

DG1 = "DG1|1||C91.00^ALL^I10C||{day}|W" + "|" * 14 + "{own}|{action}"


def dg1(day: str = "20250102", own: str = "", action: str = "") -> str:
    return DG1.format(day=day, own=own, action=action)


@pytest.mark.parametrize("day", ["", "20250401", "03/01/2025"])
def test_a_diagnosis_without_a_day_is_of_some_day_before_its_message(day: str) -> None:
    dated = read_diagnosis(segment(dg1("20250102")), SENDER).statement
    assert dated.when is not None
    assert (dated.when.text, dated.codes[0].code, dated.void) == ("20250102", "C91.00", "")
    for line in (dg1(day), f"PRB|AD|{day}|C91.00^ALL^I10C"):
        told = read_told(segment(line), SENDER).statement
        assert isinstance(told, Problem)
        assert (told.when, told.recorded, told.unread_start) == (None, None, True)
        assert told.latest == date(2025, 3, 11)


def test_a_deletion_names_its_own_number_alone_where_it_has_one() -> None:
    known = read_diagnosis(segment(dg1(own="77")), SENDER)
    assert (known.deletes, len(known.names), "77" in known.names) == (False, 2, True)
    by_number = read_diagnosis(segment(dg1(own="77", action="d")), SENDER)
    assert (by_number.deletes, by_number.names) == (True, {"77"})
    assert by_number.statement.void == DELETED
    by_code = read_diagnosis(segment(dg1(action="D")), SENDER)
    assert by_code.names == known.names - {"77"}


def test_a_broken_diagnosis_and_one_taken_back_in_words_are_in_doubt() -> None:
    broken, said = segment(dg1()), segment(dg1())
    broken.break_off()
    assert read_diagnosis(broken, SENDER).statement.doubt == BROKEN_OFF
    assert read_diagnosis(said, SENDER).statement.doubt == ""
    said.comments.append("entered in error")
    assert read_diagnosis(said, SENDER).statement.doubt != ""


@pytest.mark.parametrize(
    ("line", "code", "void"),
    [
        ("PRB|AD|20250101|C91.00^ALL^I10C", "C91.00", ""),
        ("PRB|DE|20250101|C91.00^ALL^I10C", "C91.00", DELETED),
        ("FT1|1|||20250101" + "|" * 15 + "C91.00^ALL^I10C", "C91.00", ""),
        (dg1(), "C91.00", ""),
    ],
)
def test_other_segments_tell_of_a_disease_too(line: str, code: str, void: str) -> None:
    told = read_told(segment(line), SENDER)
    assert ([one.code for one in told.statement.codes], told.statement.void) == ([code], void)
    assert not told.deletes


@pytest.mark.parametrize(
    ("said", "kind"),
    [("C91.00^ALL^I10C", Problem), ("91857003^ALL^SCT", Problem), ("4711^local^L", Mention)],
)
def test_a_reason_is_a_disease_or_a_mention(said: str, kind: type) -> None:
    (found,) = read_reason(segment(f"OBR|1|P1|F1|11150-0^^LN{'|' * 27}{said}"), SENDER)
    assert isinstance(found, kind)
    assert not isinstance(found, Problem) or (found.void, found.doubt) == ("", "")
    assert list(read_reason(segment("OBR|1"), SENDER)) == []
