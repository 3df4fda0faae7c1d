"""The rule set in memory: what it says of itself, and that it stays as it is."""

from dataclasses import FrozenInstanceError
from itertools import product

import pytest

from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules
from allstatus.rules.ruleset import HIGHEST

RULES = read_rules(find_rules())


def test_each_criterion_belongs_to_one_fact() -> None:
    found = [name for fact in RULES.facts for name in RULES.criteria_of(fact)]
    assert sorted(found) == sorted(RULES.criteria)
    assert RULES.criteria_of("no_such_fact") == ()


def test_the_tests_that_answer_a_fact_have_titles() -> None:
    for fact in RULES.facts.values():
        assert len(RULES.test_titles(fact)) == len(fact.answered_by)


def test_a_threshold_s_value_stands_in_texts() -> None:
    assert RULES.with_limits("more than {blast_threshold} blasts") == "more than 5 % blasts"
    with pytest.raises(KeyError):
        RULES.with_limits("{no_such_threshold}")


def test_a_status_has_a_name_in_exported_logic() -> None:
    assert RULES.statuses["in_remission"].condition_name == "IsInRemission"


def test_a_constraint_is_an_implication() -> None:
    for constraint in RULES.constraints.values():
        names = sorted(constraint.condition.criteria() | constraint.consequence.criteria())
        for values in product((False, True), repeat=len(names)):
            case = dict(zip(names, values, strict=True))
            broken = constraint.condition.holds(case) and not constraint.consequence.holds(case)
            assert constraint.holds(case) is not broken


def test_percentages_end_at_a_hundred() -> None:
    assert {kind: int(highest) for kind, highest in HIGHEST.items()} == {
        "percent": 100,
        "number": 1000,
    }


def test_nothing_of_it_can_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        RULES.title = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        RULES.facts["other"] = RULES.facts["cbc"]  # type: ignore[index]
