"""The page's list for a status, whole and in its order."""

import pytest

from allstatus import load_rules
from allstatus.decision.entries import Option
from allstatus.decision.options import list_options
from allstatus.rules.editions import rule_sets
from allstatus.rules.load import read_rules
from allstatus.rules.ruleset import RuleSet

RULE_SETS = [read_rules(folder) for folder in rule_sets()]
RULES = load_rules(engine="builtin").ruleset


@pytest.mark.parametrize("rules", RULE_SETS, ids=lambda rules: rules.id)
def test_each_status_lists_what_its_file_lists(rules: RuleSet) -> None:
    for status, stated in rules.options.items():
        listed = list_options(rules, status)
        assert [option.id for option in listed] == [option["id"] for option in stated]
        assert all(_is_only_listed(option) for option in listed)


def _is_only_listed(option: Option) -> bool:
    """Nothing is said of the patient by the list alone."""
    asked = (*option.needs, *option.asks, *option.by_agent)
    return option.applicability == "listed" and not asked


def test_without_a_status_nothing_is_listed() -> None:
    assert list_options(RULES, None) == ()


def test_what_is_only_studied_is_not_said_to_be_listed() -> None:
    said = {
        option.listed_by: option.because
        for status in RULES.statuses
        for option in list_options(RULES, status)
    }
    assert said["page"].startswith("The page lists this under ")
    assert "only as studied in clinical trials" in said["clinical_trials"]
    assert not any("recommend" in text or "approved" in text for text in said.values())
