"""Whose the rows of a table are; how that is heard stands in `test_lab_table.py`."""

import pytest

from allstatus.ehr.table_patients import SUMMARIES, is_summary, named


@pytest.mark.parametrize("name", SUMMARIES["names"])
def test_what_sums_up_rows_is_told_whatever_its_letters(name: str) -> None:
    for said in (name, name.upper(), f"{name.title()} (n=12)", f"{name} n = 3", f"{name}: ± SD"):
        assert is_summary(said)
    assert not is_summary(f"{name}x")
    assert named(name) == name
