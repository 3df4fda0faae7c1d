"""A kind of message is read in one way."""

from allstatus.ehr.hl7v2.message_kinds import (
    DIAGNOSES,
    LINK,
    MERGES,
    RESULTS,
    SPECIMEN_FIRST,
    TREATMENTS,
    UNLINK,
)


def test_no_kind_is_read_as_results_and_as_something_else() -> None:
    assert not {kind for kind, _ in RESULTS} & (DIAGNOSES | TREATMENTS)
    assert not DIAGNOSES & TREATMENTS
    assert SPECIMEN_FIRST < RESULTS


def test_links_and_merges_are_movements_of_patients() -> None:
    movements = {*MERGES, LINK, UNLINK}
    assert {kind for kind, _ in movements} == {"ADT"} <= DIAGNOSES
    assert len(movements) == len(MERGES) + 2
