"""What a record can state, read off its model: each word it says is one that a record takes."""

import pytest

from allstatus import InvalidRecord
from allstatus.record.fact_keys import ABOUT_THE_RECORD, fact_keys
from allstatus.record.model import Biomarkers, Record

BY_KIND = {
    "yes_no": {"prior_remission", "relapse_since_remission", "refractory"},
    "number": {"age_years", "relapse_count", "tki_failures"},
    "percent": {"marrow_blast_percent"},
}
STATED = {"yes_no": [True, False], "number": [0, 3], "percent": ["5", "<5"]}
OTHERWISE = {"yes_no": "positive", "number": "many", "percent": "many", "choice": "no such word"}


def record_with(key: str, value: object) -> Record:
    outer, _, inner = key.partition(".")
    return Record.read({"cbc": "normal", outer: {inner: value} if inner else value})


def test_every_key_of_a_record_states_a_fact_or_is_about_the_record() -> None:
    keys = {*Record.model_fields, *(f"biomarkers.{name}" for name in Biomarkers.model_fields)}
    assert keys - set(fact_keys()) == {*ABOUT_THE_RECORD, "biomarkers"}
    for kind, names in BY_KIND.items():
        assert {name for name, key in fact_keys().items() if key.kind == kind} == names


@pytest.mark.parametrize("key", fact_keys())
def test_a_record_takes_what_its_key_can_state_and_nothing_of_another_kind(key: str) -> None:
    statable = fact_keys()[key]
    assert bool(statable.words) == (statable.kind == "choice")
    for value in (*statable.words, *STATED.get(statable.kind, [])):
        assert record_with(key, value)
    with pytest.raises(InvalidRecord):
        record_with(key, OTHERWISE[statable.kind])


def test_a_blood_count_is_read_as_a_whole_or_by_its_parts() -> None:
    cbc = fact_keys()["cbc"]
    assert cbc.as_read(None) == ("normal", "abnormal")
    assert cbc.as_read("cbc_by_parts") == ("normal", "some_abnormal", "all_abnormal")
    assert fact_keys()["lineage"].as_read(None) == ("B", "T")
