"""What is refused arrives whole from another process, and is caught as what it is."""

import pickle

import pytest

from allstatus import AllstatusError, InvalidRecord, MissingExtra, RulesError, classify, load_rules

ERRORS = [
    InvalidRecord("cbc", "is not one of the values it can take", 'use "normal"'),
    RulesError(["facts.yaml:1: one", "facts.yaml:2: two"]),
    MissingExtra("jinja2", "html"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: AllstatusError) -> None:
    restored = pickle.loads(pickle.dumps(error))
    assert type(restored) is type(error)
    assert str(restored) == str(error)
    assert vars(restored) == vars(error)


def test_a_refused_record_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="is above 100 %"):
        classify({"marrow_blast_percent": 140})


@pytest.mark.parametrize("name", ["bulitin", "", "Durable"])
def test_a_name_that_is_no_engine_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="use one of auto, durable, builtin"):
        classify({"cbc": "normal"}, engine=name)
    with pytest.raises(ValueError, match="is no engine"):
        load_rules(engine=name)
