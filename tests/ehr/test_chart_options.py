"""The assumptions a caller may name."""

from pathlib import Path

import pytest

from allstatus import InvalidRecord, RulesError
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, KNOWN, ChartOptions, make_reader


def test_nothing_is_assumed_unless_it_is_named() -> None:
    assert make_reader() == DEFAULT_OPTIONS == ChartOptions(14, True, False, None)


def test_each_switch_is_its_own() -> None:
    assert make_reader(KNOWN) == ChartOptions(symptoms_absent=True)
    assert make_reader(window_days=7) == ChartOptions(window_days=7)
    assert make_reader(adult_ranges=False) == ChartOptions(adult_ranges=False)


@pytest.mark.parametrize("name", ["", "symptoms-absent", "symptoms-absent-unless-record"])
def test_a_name_that_is_no_assumption(name: str) -> None:
    with pytest.raises(InvalidRecord, match="is not an assumption that can be made") as refused:
        make_reader([*KNOWN, name])
    assert KNOWN[0] in str(refused.value)


def test_a_site_s_tables_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(RulesError):
        make_reader(codes=tmp_path / "absent")


def test_the_tables_are_ours_unless_a_site_has_its_own() -> None:
    assert DEFAULT_OPTIONS.tables is ChartOptions(window_days=7).tables
