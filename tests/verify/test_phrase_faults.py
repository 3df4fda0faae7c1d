"""A phrase that tells more than its cases hold is found where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from allstatus.verify.phrase_faults import facts_named, phrase_faults
from copies import copy_rules
from two_limits import two_limits

CASES = yaml.safe_load((Path(__file__).parent / "phrase_faults.yaml").read_text("utf-8"))


def test_the_shipped_rules_say_what_holds(classifier: Classifier) -> None:
    assert phrase_faults(classifier.table) == []
    professional = load_rules("nci-pdq-adult-all-health-professional", engine="builtin")
    assert phrase_faults(professional.table) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["fault"])
def test_a_fault_is_found_where_it_stands(case: Mapping[str, str], tmp_path: Path) -> None:
    edit = {key: case[key] for key in ("file", "find", "put")}
    folder = copy_rules(tmp_path / "mine", [edit])
    table = load_rules(folder, engine="builtin", locked=False).table
    assert [fault.split(": ", 1)[1] for fault in phrase_faults(table)] == [case["problem"]]


def test_words_left_of_another_limit_are_found(tmp_path: Path) -> None:
    faults = phrase_faults(two_limits(tmp_path / "mine").table)
    assert len(faults) == 6
    old = "is said where 'marrow_blasts_above_threshold' holds, which no clause of 'recurrent' uses"
    assert sum(old in fault for fault in faults) == 4
    other = "names one limit of 'marrow_blast_percent' and not relapse_threshold"
    assert sum(other in fault for fault in faults) == 2


def test_the_longer_word_goes_first(classifier: Classifier) -> None:
    facts = classifier.ruleset.facts.values()
    assert set(facts_named(facts, "Leukemia is found outside the marrow.")) == {
        "leukemia_outside_marrow"
    }
    assert set(facts_named(facts, "Few blasts in the marrow.")) == {"marrow_blast_percent"}
