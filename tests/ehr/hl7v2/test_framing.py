"""Text to messages: what is no segment breaks the one before it, and a part is said to be one."""

import pytest

from allstatus.ehr.hl7v2.framing import read_messages
from ehr.hl7v2.segment_lines import HEADER, message

PID, OBX = "PID|1||77", "OBX|1|NM|11150-0^^LN||5|%|||||F"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r", "\x1c\r"])
def test_any_end_of_line_ends_a_segment(end: str) -> None:
    found = read_messages(f"\x0b{end.join((HEADER, PID, OBX))}{end}")
    assert [[one.name for one in each.segments] for each in found.messages] == [["PID", "OBX"]]
    assert (found.stray, found.missing) == (0, [])


@pytest.mark.parametrize(
    ("line", "broken", "stray"),
    [
        ("and went on here", True, 1),
        ("ZZ1|local", False, 0),
        ("OBX^not the separator", True, 1),
        ("obx|2|NM|11150-0^^LN||6|%|||||F", False, 0),
        ("NTE|1||a comment", False, 0),
    ],
)
def test_what_is_no_segment_breaks_the_one_before_it(line: str, broken: bool, stray: int) -> None:
    found = read_messages("\r".join((HEADER, PID, OBX, line)) + "\r")
    assert found.messages[0].segments[1].broken is broken
    assert found.stray == stray


def test_a_comment_is_beside_what_it_is_about_and_goes_on_with_what_follows() -> None:
    found = message(PID, OBX, "NTE|1||first~second", "third")
    assert found.segments[1].comments == ["first\nsecond", "third"]
    assert not found.segments[1].broken
    assert message("NTE|1||of all", PID).header.comments == ["of all"]


@pytest.mark.parametrize(
    ("end", "broken"), [("", False), ("\r", False), ("|||||", False), ("|\r", False)]
)
def test_a_text_that_ends_within_a_status_was_not_cut_off(end: str, broken: bool) -> None:
    assert read_messages(f"{HEADER}\r{OBX}{end}").messages[0].segments[0].broken is broken


@pytest.mark.parametrize("cut", [3, 4, 8, 10])
def test_a_text_that_ends_before_the_status_of_a_result_may_be_cut_off(cut: int) -> None:
    line = "|".join(OBX.split("|")[: cut + 1])
    assert read_messages(f"{HEADER}\r{line}").messages[0].segments[0].broken
    assert not read_messages(f"{HEADER}\r{line}\r").messages[0].segments[0].broken


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (["BHS|^~\\&", HEADER, PID, "BTS|1"], []),
        (["BHS|^~\\&", HEADER, PID, "BTS|2"], ["a batch holds 1 of 2 messages"]),
        (["FHS|^~\\&", "BHS|^~\\&", HEADER, PID, "BTS|1", "FTS|1"], []),
        (
            ["FHS|^~\\&", "BHS|^~\\&", HEADER, PID, "BTS|1", "FTS|2"],
            ["a file holds 1 of 2 batches"],
        ),
        (["FHS|^~\\&", HEADER, PID, "FTS|1"], []),
        ([HEADER, PID, "DSC|4711"], ["a message continues in another"]),
        ([HEADER, PID, "DSC|"], []),
        ([HEADER, PID, "ADD|more"], ["a message continues in another"]),
        ([HEADER.replace("|2.5.1", "|2.5.1||4711"), PID], ["a message continues another"]),
    ],
)
def test_counts_and_continuations_say_what_is_missing(lines: list[str], missing: list[str]) -> None:
    assert read_messages("\r".join(lines) + "\r").missing == missing


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ORU^R01", ("ORU", "R01")),
        ("ORU", ("ORU", "R01")),
        ("adt^a08", ("ADT", "A08")),
        ("", ("", "")),
    ],
)
def test_a_message_of_results_needs_no_event(said: str, kind: tuple[str, str]) -> None:
    found = message(PID, header=HEADER.replace("ORU^R01", said))
    assert (found.kind, found.name) == (kind, "message M1")
    assert found.sent is not None
    assert found.sent.text == "20250311090000"
