"""Which remarks of a table a result hears; what remarks are stands in `lab_table.yaml`."""

import pytest

from allstatus.ehr.chart import MOST, TOO_MANY
from allstatus.ehr.coding.comments import RESULT
from allstatus.ehr.table_remarks import heard, remarks_in


def row(date: str, specimen: str = "", value: str = "", comment: str = "") -> dict[str, str]:
    return {"date": date, "specimen": specimen, "value": value, "comment": comment}


def why(result: dict[str, str], *remarks: dict[str, str]) -> str:
    return heard(result, remarks_in(remarks), corrected=False, of=RESULT)


@pytest.mark.parametrize(
    ("date", "specimen", "is_heard"),
    [
        ("2025-03-10", "", True),
        ("2025-03-10", "BM", True),
        ("2025-03-10", "BLD", False),
        ("2025-03", "", True),
        ("", "", True),
        ("2025-03-11", "", False),
        ("2025-03-10T09:00", "", True),
    ],
)
def test_a_remark_is_heard_by_what_may_be_of_its_time_and_specimen(
    date: str, specimen: str, is_heard: bool
) -> None:
    result = row("2025-03-10", "BM", "3")
    said = why(result, row(date, specimen, "clotted"))
    assert bool(said) is is_heard
    assert why(result | {"comment": "clotted"}) == why(result, row("", "", "clotted"))


def test_of_more_remarks_than_are_read_a_result_is_in_doubt() -> None:
    remarks = [row("2025-03-10", "", f"seen by {number}") for number in range(MOST + 1)]
    result = row("2025-03-10", "", "3")
    assert why(result, *remarks[:MOST], remarks[0]) == ""
    assert why(result, *remarks) == TOO_MANY
    assert why(result | {"date": "2025-03-11"}, *remarks) == ""
