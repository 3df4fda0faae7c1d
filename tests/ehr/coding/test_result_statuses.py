"""The statuses of results are read as `codes/result-statuses.yaml` lists them, and no other."""

import pytest

from allstatus.ehr.coding.result_statuses import LETTERS, result_status, status_letter
from allstatus.ehr.fhir.fhir_standing import RESULT
from allstatus.ehr.hl7v2.results import DOUBT, FINAL, VOID
from allstatus.record.code_files import read_yaml

TABLE = read_yaml("result-statuses")
LISTS = (
    TABLE["letters"],
    TABLE["letters_without_a_value"],
    TABLE["in_other_languages"]["words"],
    {status: kind["words"] for status, kind in TABLE["words"].items()},
)
LISTED = [(word, status) for some in LISTS for status, words in some.items() for word in words]


def test_each_word_means_one_status_that_is_one_of_a_result() -> None:
    assert len({word.upper() for word, _ in LISTED}) == len(LISTED)
    assert {status for _, status in LISTED} == {*LETTERS} <= {*RESULT}
    assert [
        w for w, status in LISTED if result_status(f" {w.title()}", answered=False) != status
    ] == []


def test_a_letter_stands_in_a_table_as_it_does_in_a_message() -> None:
    letters = {word: RESULT[status] for word, status in LISTED if len(word) == 1}
    assert {*letters} == {*FINAL, *VOID, *DOUBT}
    assert {word for word, stands in letters.items() if stands.void} == {*VOID}
    assert {word for word, stands in letters.items() if stands.doubt} == {*DOUBT}


@pytest.mark.parametrize(
    ("sent", "letter"),
    [
        ("Final", "F"),
        ("corrected", "C"),
        ("Anulado", "X"),
        ("in error", "W"),
        ("ca", "CA"),
        ("?", "?"),
    ],
)
def test_a_word_in_a_message_is_its_letter(sent: str, letter: str) -> None:
    assert status_letter(sent) == letter


@pytest.mark.parametrize("sent", ["", "not final", "final?", "modified", "FF", "n"])
def test_what_is_not_listed_is_as_it_was_sent(sent: str) -> None:
    assert result_status(sent, answered=True) == sent
