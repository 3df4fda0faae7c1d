"""One segment taken apart: what separates and escapes is what its header declares."""

import pytest

from allstatus.ehr.hl7v2.segments import Marks, coded, under
from ehr.hl7v2.segment_lines import HEADER, segment, segments


def test_a_header_counts_its_separator_as_its_first_field() -> None:
    header = segment(HEADER)
    assert (header.raw(1), header.raw(2), header.text(9, 2)) == ("|", r"^~\&", "R01")
    assert Marks.of("MSH#*!?%#LAB") == Marks("#", "*", "!", "?", "%")


@pytest.mark.parametrize(
    ("field", "components"),
    [
        ("a^b", ["a", "b"]),
        (r"a\S\b^c", ["a^b", "c"]),
        (r"\T\\R\\F\\E\ ", ["&~|" + "\\"]),
        (r"\H\bold\N\ ", ["bold"]),
        (r"5\X25\ ", ["5%"]),
        (r"\Z99\ ", [r"\Z99" + "\\"]),
        ('""', []),
        ("", []),
    ],
)
def test_components_are_unescaped_and_a_null_is_nothing(field: str, components: list[str]) -> None:
    assert segment(f"OBX|{field}").components(1) == components


def test_repetitions_and_sub_components() -> None:
    one = segment("SPM|a^b&c~d")
    assert one.repeats(1) == [["a", "b&c"], ["d"]]
    assert one.parts(1) == [[["a"], ["b", "c"]], [["d"]]]
    assert one.repeats(7) == []
    assert (one.text(1, 2), one.text(1, 3), one.text(9)) == ("b&c", "", "")


@pytest.mark.parametrize(
    ("field", "only"), [("F", "F"), ("F^x", "F"), ("F~F", "F"), ("F~P", "F~P"), ("", "")]
)
def test_a_field_that_is_repeated_otherwise_is_no_value_that_is_read(field: str, only: str) -> None:
    assert segment(f"OBX|{field}").only(1) == only


def test_a_segment_that_is_broken_off_loses_its_last_field_once() -> None:
    one = segment("OBX|1|NM|5")
    one.break_off()
    one.break_off()
    assert (one.broken, one.raw(2), one.raw(3)) == (True, "NM", "")


def test_each_translation_is_a_code_of_its_system_its_oid_or_the_default() -> None:
    found = list(coded(["A", "a", "LN", "B", "b", "SCT"]))
    assert [(code.code, code.display) for code in found] == [("A", "a"), ("B", "b")]
    assert found[0].system != found[1].system
    by_oid = [*["C", "c"], *[""] * 11, "2.16.840.1.113883.6.1"]
    assert [code.system for code in coded(by_oid)] == [found[0].system]
    assert [code.system for code in coded(["D"], "HL70162")] == ["HL70162"]
    assert list(coded(['""', "no code", "LN"])) == []


def test_segments_stand_under_the_last_of_a_name_and_those_before_it_under_none() -> None:
    lines = segments("NTE|1", "OBR|1", "OBX|1", "OBX|2", "OBR|2")
    groups = [
        (head and head.raw(1), [one.name for one in group]) for head, group in under(lines, "OBR")
    ]
    assert groups == [(None, ["NTE"]), ("1", ["OBR", "OBX", "OBX"]), ("2", ["OBR"])]
