"""DG1 segments, reasons of orders and what other segments tell of a disease."""

from dataclasses import replace
from datetime import date

import pytest

from allstatus.ehr.chart import Mention, Problem
from allstatus.ehr.fhir.fhir_mentions import NAMED, REASON
from allstatus.ehr.hl7v2.deletions import DELETED
from allstatus.ehr.hl7v2.diagnoses import (
    all_told,
    read_diagnosis,
    read_passing,
    read_reason,
    read_reasons,
    read_told,
)
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
        ("FT1|DE|||20250101" + "|" * 15 + "C91.00^ALL^I10C", "C91.00", ""),
        (dg1(), "C91.00", ""),
    ],
)
def test_other_segments_tell_of_a_disease_too(line: str, code: str, void: str) -> None:
    told = read_told(segment(line), SENDER)
    assert ([one.code for one in told.statement.codes], told.statement.void) == ([code], void)
    assert told.statement.text == "ALL"
    assert not told.deletes


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("C91.00^ALL^I10C|free text", "ALL"),
        ("C91.00^ALL^I10C", "ALL"),
        ("C91.00^^I10C|free text", "free text"),
        ("C91.00^^I10C", ""),
    ],
)
def test_a_diagnosis_is_called_as_its_code_is_or_as_its_text_says(said: str, title: str) -> None:
    assert read_diagnosis(segment(f"DG1|1||{said}"), SENDER).statement.text == title


def test_what_a_message_that_is_not_read_tells_is_in_doubt_for_its_own_reason_first() -> None:
    broken, whole = segment(dg1()), segment(dg1())
    broken.break_off()
    unread = replace(SENDER, unread="sent in BAR^P12, whose results are not read")
    told = [one.statement.doubt for one in all_told([broken, whole, segment("PV1|1")], unread)]
    assert told == [BROKEN_OFF, unread.unread]


def test_bills_and_problems_beside_results_are_told_in_passing_unless_deleted() -> None:
    lines = ["PRB|AD|20250101|C91.00^ALL^I10C", "PRB|DE|20250101|C91.00^ALL^I10C", dg1()]
    told = list(read_passing(map(segment, lines), SENDER))
    assert [(one.statement.doubt, one.statement.void) for one in told] == [
        (NAMED, ""),
        ("", DELETED),
    ]


def test_why_somebody_came_tells_of_more_than_the_disease_alone() -> None:
    (reason,) = read_reasons([segment("PV2|||C91.02^relapse^I10C"), segment("PV1|1")], SENDER)
    assert (reason.more, reason.statement.text, reason.statement.doubt) == (
        True,
        "relapse",
        REASON,
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [("C91.00^ALL^I10C", Problem), ("91857003^ALL^SCT", Problem), ("4711^local^L", Mention)],
)
def test_a_reason_is_a_disease_or_a_mention(said: str, kind: type) -> None:
    (found,) = read_reason(segment(f"OBR|1|P1|F1|11150-0^^LN{'|' * 27}{said}"), SENDER)
    assert isinstance(found, kind)
    if isinstance(found, Problem):
        assert (found.void, found.doubt) == ("", "")
    else:
        assert (found.more, found.statement.doubt) == (True, REASON)
        assert [code.code for code in found.statement.codes] == ["4711"]
    assert list(read_reason(segment("OBR|1"), SENDER)) == []


def test_of_a_reason_the_codes_of_diseases_are_read_where_there_are_any() -> None:
    line = f"OBR|1|P1|F1|11150-0^^LN{'|' * 27}C91.00^ALL^I10C^4711^local^L"
    (found,) = read_reason(segment(line), SENDER)
    assert isinstance(found, Problem)
    assert [code.code for code in found.codes] == ["C91.00"]
