"""What a result was measured in, however its order writes it."""

from datetime import date

import pytest

from allstatus.ehr.chart import MOST, REJECTED, TOO_MANY
from allstatus.ehr.hl7v2.segments import BROKEN_OFF
from allstatus.ehr.hl7v2.specimens import POOLED, ROLES, specimen_of
from ehr.hl7v2.segment_lines import day, segment, segments


def order(specimen: str) -> str:
    return f"OBR|1|P1|F1|11150-0^^LN|||20250310{'|' * 8}{specimen}"


@pytest.mark.parametrize(
    ("field", "codes"),
    [
        ("BM", ["BM", "BM"]),
        ("BMA^Bone marrow^HL70487", ["BMA"]),
        ("119359002&Bone marrow&SCT", ["119359002"]),
        ("BM^^^14016003&Marrow structure&SCT", ["BM", "BM", "14016003"]),
        ("&Bone Marrow", ["bone marrow"]),
        ("^Bone Marrow", ["bone marrow"]),
        ("^EDTA", []),  # an additive
        ("", []),
    ],
)
def test_an_order_names_its_specimen_in_any_of_its_ways(field: str, codes: list[str]) -> None:
    assert [code.code for code in specimen_of(segment(order(field)), ()).codes] == codes


def test_segments_of_their_own_are_taken_before_the_order() -> None:
    found = specimen_of(segment(order("BLD")), segments("SPM|1|S1||BMA^Bone marrow^HL70487"))
    assert [code.code for code in found.codes] == ["BMA"]
    assert found.name.endswith("S1")


def spm(**fields: str) -> str:
    said = {4: "BMA^^HL70487"} | {int(key[1:]): value for key, value in fields.items()}
    return "SPM|1|" + "|".join(said.get(number, "") for number in range(2, 25))


@pytest.mark.parametrize("role", [*ROLES, *POOLED, "P", ""])
def test_of_a_control_nothing_counts_and_of_several_patients_all_is_in_doubt(role: str) -> None:
    found = specimen_of(None, segments(spm(f11=role)))
    assert (found.void, found.doubt) == (ROLES.get(role, ""), POOLED.get(role, ""))


def test_a_rejected_or_broken_specimen_is_in_doubt() -> None:
    assert specimen_of(None, segments(spm(f21="RB"))).doubt == REJECTED
    broken = segments(spm())
    broken[0].break_off()
    assert specimen_of(None, broken).doubt == BROKEN_OFF
    assert specimen_of(None, segments(spm(), spm(f21="RB"))).doubt == REJECTED


def test_when_it_was_collected_is_known_of_specimens_that_agree() -> None:
    one, other = spm(f17="20250310^20250311", f18="20250312"), spm(f17="20250301")
    found = specimen_of(None, segments(one))
    assert found.collected is not None
    assert (found.collected.first, found.collected.last) == (date(2025, 3, 10), date(2025, 3, 11))
    assert found.received == day("20250312")
    both = specimen_of(None, segments(one, other))
    assert (both.collected, both.received) == (None, None)


def test_without_order_and_segments_nothing_is_known() -> None:
    assert specimen_of(None, ()) == specimen_of(segment("OBR|1"), ())._replace(name="")


def test_of_more_specimens_than_are_read_a_result_is_in_doubt() -> None:
    for number, doubt in ((MOST, ""), (MOST + 1, TOO_MANY)):
        specimen = specimen_of(
            None, segments(*[f"SPM|{n}|s{n}||BMA^a^HL70487" for n in range(number)])
        )
        assert (len(specimen.codes), specimen.doubt) == (MOST, doubt)
