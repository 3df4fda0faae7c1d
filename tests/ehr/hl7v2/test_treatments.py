"""What was given, ordered or done, and what of it counts."""

import pytest

from allstatus.ehr.chart import Treatment
from allstatus.ehr.fhir.fhir_standing import ORDERED
from allstatus.ehr.hl7v2.deletions import DELETED, CodedSegment
from allstatus.ehr.hl7v2.segments import BROKEN_OFF
from allstatus.ehr.hl7v2.treatments import NOT_GIVEN, read_treatments
from ehr.hl7v2.segment_lines import SENDER, segments


def rxa(
    status: str = "CP", *, amount: str = "1", refused: str = "", action: str = "", day: str = ""
) -> str:
    given = f"RXA|0|1|{day or '20250105'}||6851^Methotrexate^RXNORM|{amount}|mg"
    return f"{given}{'|' * 11}{refused}||{status}|{action}"


def read(*lines: str) -> list[CodedSegment]:
    return list(read_treatments(segments(*lines), SENDER))


def one(*lines: str) -> Treatment:
    (found,) = read(*lines)
    assert isinstance(found.statement, Treatment)
    return found.statement


@pytest.mark.parametrize(
    ("line", "void", "doubt"),
    [
        (rxa(), "", ""),
        (rxa("PA"), "", ""),
        (rxa(""), "", ""),
        (rxa("RE"), NOT_GIVEN, ""),
        (rxa("NA"), NOT_GIVEN, ""),
        (rxa(refused="00^refused^NIP002"), NOT_GIVEN, ""),
        (rxa(amount="0"), "", NOT_GIVEN),
        (rxa(amount="0.00"), "", NOT_GIVEN),
        (rxa(amount="0.5"), "", ""),
        (rxa(amount="999"), "", ""),
        (rxa("??"), "", "its status cannot be read as given"),
        (rxa(action="D"), DELETED, ""),
    ],
)
def test_what_was_given_counts_by_its_status_and_amount(line: str, void: str, doubt: str) -> None:
    found = one(line)
    assert (found.void, found.doubt, found.medicine) == (void, doubt, True)
    assert [code.code for code in found.codes] == ["6851"]


@pytest.mark.parametrize(
    ("common", "day", "void"),
    [
        ("ORC|NW|P1|F1||||||20250104", "20250104", ""),
        ("ORC|NW|P1|F1", "20250311090000", ""),
        ("ORC|CA|P1|F1||||||20250104", "20250104", "cancelled"),
    ],
)
def test_what_was_ordered_is_a_doubt_of_the_day_of_its_order(
    common: str, day: str, void: str
) -> None:
    found = one(common, "RXE||6851^Methotrexate^RXNORM|10")
    assert found.when is not None
    assert (found.when.text, found.void) == (day, void)
    assert found.doubt == ("" if void else ORDERED)


def test_a_route_is_of_the_medicine_before_it() -> None:
    found = read(
        rxa(), "RXR|IT^Intrathecal^HL70162", rxa(day="20250106"), "RXR|IV", rxa(day="20250107")
    )
    routes = [[code.code for code in each.statement.route] for each in found]  # type: ignore[union-attr]
    assert routes == [["IT"], ["IV"], []]


def test_a_procedure_is_no_medicine() -> None:
    found = one(f"PR1|1|SCT|108290001^Radiotherapy^SCT||20250110{'|' * 10}C91.00^ALL^I10C")
    assert found.when is not None
    assert (found.medicine, found.when.text) == (False, "20250110")
    assert [code.code for code in found.reasons] == ["C91.00"]


def test_a_deletion_is_of_an_order_s_code_and_time() -> None:
    common = "ORC|RE|P1|F1"
    given, deletion = read(common, rxa())[0], read(common, rxa(action="D"))[0]
    assert given.names == deletion.names
    assert (given.deletes, deletion.deletes) == (False, True)
    for other in (read("ORC|RE|P2|F2", rxa()), read(common, rxa(day="20250106"))):
        assert not other[0].names & deletion.names


def test_a_time_that_cannot_be_meant_leaves_the_day_open_to_that_of_the_message() -> None:
    found = one(rxa(day="20250401"))
    assert (found.when, found.latest and found.latest.isoformat()) == (None, "2025-03-11")


def test_a_broken_segment_and_one_taken_back_are_in_doubt() -> None:
    lines = segments(rxa(), rxa())
    lines[0].break_off()
    lines[1].comments.append("not administered")
    broken, said = (each.statement.doubt for each in read_treatments(lines, SENDER))
    assert broken == BROKEN_OFF
    assert said != ""
