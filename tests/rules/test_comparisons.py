"""Limits of other definitions, on both sides and at the limit."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from allstatus import RulesError
from allstatus.rules.comparisons import Limit, comparisons_path, other_remissions, read_comparisons
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules

HAIR = Fraction(1, 10**18)
LIMITS = [  # comparator, just below 5, at 5, just above 5, in words
    ("<", True, False, False, "less than 5"),
    ("<=", True, True, False, "at most 5"),
    (">", False, False, True, "more than 5"),
    (">=", False, True, True, "at least 5"),
]


@pytest.mark.parametrize(("sign", "below", "at", "above", "words"), LIMITS)
def test_a_limit(sign: str, below: bool, at: bool, above: bool, words: str) -> None:
    limit = Limit(sign, Fraction(5))
    assert [limit.holds(5 + step) for step in (-HAIR, 0, HAIR)] == [below, at, above]
    assert str(limit) == words


def test_every_definition_has_its_own_id_and_a_citation() -> None:
    found = read_comparisons()
    assert len({other.id for other in found}) == len(found) > 0
    assert all(other.cite["url"].startswith("https://") for other in found)
    assert read_comparisons() is found


def test_a_file_that_is_refused_says_where(tmp_path: Path) -> None:
    text = comparisons_path().read_text("utf-8")
    broken = tmp_path / "comparisons.yaml"
    broken.write_text(text.replace("  kind: remission", "  kind: remision", 1), "utf-8")
    with pytest.raises(RulesError, match=r"comparisons\.yaml:\d+: .*remision.*remission"):
        read_comparisons(broken)
    with pytest.raises(RulesError, match="the file is missing"):
        read_comparisons(tmp_path / "absent.yaml")


def test_others_remissions_are_of_the_rule_set_s_own_disease_and_not_its_own() -> None:
    rules = read_rules(find_rules())
    others = {other.id for other in other_remissions(rules)}
    assert rules.id not in {other.ruleset for other in other_remissions(rules)}
    assert {"eln-2024", "singapore-ndf-mrd", "singapore-ndf-relapsed"} < others
    assert not {other for other in others if "aml" in other}
    assert other_remissions(replace(rules, population={"icd10cm": ["D46.9"], "snomed": []})) == ()


def test_the_formulary_with_two_definitions_has_both() -> None:
    least = {
        other.id: other.counts["platelets"].value for other in read_comparisons() if other.counts
    }
    assert (least["singapore-ndf-relapsed"], least["singapore-ndf-mrd"]) == (50, 100)
