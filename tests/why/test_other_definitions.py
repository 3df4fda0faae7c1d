"""What others would say: only where it differs, only from data, and never a change of the
decision.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus import RulesError, load_rules
from allstatus.record.frozen import plain
from allstatus.record.percent import read_percent
from allstatus.rules.comparisons import read_comparisons
from allstatus.testing import blast_percents
from allstatus.why.other_definitions import OtherDefinitions
from decision.test_properties import LIMIT, records
from shipped import RULES

DEFINITIONS = read_comparisons()
CLEAN = {"prior_treatment": "disease_directed", "cbc": "normal", "signs_and_symptoms": "absent"}
ABOUT_ALL = [d for d in DEFINITIONS if d.kind == "remission" and d.population == ("C91.0",)]
STRICT = {d.id for d in ABOUT_ALL if d.marrow.comparator == "<"}


def elsewhere(record: dict[str, Any], about: str) -> dict[str, bool]:
    """What each differing definition says, by id."""
    entries = [entry for entry in RULES.classify(record).elsewhere if entry.about == about]
    return {definition.id: entry.there for entry in entries for definition in entry.definitions}


@pytest.mark.parametrize("text", [5, "5.0", "10/200", "5 %"])
def test_exactly_on_the_limit_the_stricter_definitions_differ(text: Any) -> None:
    assert elsewhere(
        CLEAN | {"marrow_blast_percent": text}, "marrow_blast_percent"
    ) == dict.fromkeys(STRICT, False)
    (entry,) = RULES.classify(CLEAN | {"marrow_blast_percent": text}).elsewhere
    assert entry.says.startswith(
        "Marrow blasts 5 %: within the limit of remission here, beyond it by ELN 2024, CIBMTR"
    )
    assert entry.here is True


@pytest.mark.parametrize(
    "text",
    [
        "4.9",
        "5.1",
        "4.999999999999999999",
        "<5",
        ">5",
        "<=5",
        ">=5",
        "M1",
        "M2",
        "3-5",
        "unknown",
        None,
    ],
)
def test_off_the_limit_or_undecided_nobody_differs(text: Any) -> None:
    assert elsewhere(CLEAN | {"marrow_blast_percent": text}, "marrow_blast_percent") == {}


def panel(platelets: float, neutrophils: float = 3, low: float = 150) -> dict[str, Any]:
    return CLEAN | {
        "marrow_blast_percent": 2,
        "cbc": {
            "wbc": {"value": 6, "unit": "10*9/L", "low": 4, "high": 11},
            "hemoglobin": {"value": 14, "unit": "g/dL", "low": 12, "high": 16},
            "platelets": {"value": platelets, "unit": "10*9/L", "low": low, "high": 400},
            "neutrophils": {"value": neutrophils, "unit": "10*9/L", "low": 0.5, "high": 7},
        },
    }


def asking(platelets: str) -> set[str]:
    return {d.id for d in ABOUT_ALL if d.counts and str(d.counts["platelets"]) == platelets}


AT_LEAST, MORE_THAN = asking("at least 100"), asking("more than 100")
LOWER = asking("more than 50")


@pytest.mark.parametrize(
    ("record", "about", "expected"),
    [
        (panel(120), "platelets", dict.fromkeys(AT_LEAST | MORE_THAN | LOWER, True)),
        (panel(100), "platelets", dict.fromkeys(AT_LEAST | LOWER, True)),
        (panel(99), "platelets", dict.fromkeys(LOWER, True)),
        (panel(50), "platelets", {}),
        (panel(160), "platelets", {}),
        (panel(100, low=90), "platelets", dict.fromkeys(MORE_THAN, False)),
        (panel(95, low=90), "platelets", dict.fromkeys(AT_LEAST | MORE_THAN, False)),
        (panel(160, 1), "neutrophils", dict.fromkeys(MORE_THAN, False)),
        (panel(160, 0.9), "neutrophils", dict.fromkeys(AT_LEAST | MORE_THAN, False)),
        (panel(160, 1.1), "neutrophils", {}),
        (panel(160, 0.5), "neutrophils", dict.fromkeys(AT_LEAST | MORE_THAN | LOWER, False)),
    ],
)
def test_counts_are_compared_from_both_sides(
    record: dict[str, Any], about: str, expected: dict[str, bool]
) -> None:
    assert elsewhere(record, about) == expected


def test_a_count_in_words_or_without_a_unit_says_nothing() -> None:
    assert elsewhere(CLEAN | {"cbc": "abnormal"}, "platelets") == {}
    bare = panel(120)
    del bare["cbc"]["platelets"]["unit"]
    assert elsewhere(bare, "platelets") == {}


def test_the_professional_page_is_compared_with_others_and_not_with_itself() -> None:
    professional = load_rules("nci-pdq-adult-all-health-professional", engine="builtin")
    entries = professional.classify(CLEAN | {"marrow_blast_percent": 5}).elsewhere
    assert {definition.id for entry in entries for definition in entry.definitions} == STRICT


@given(records, blast_percents())
@settings(max_examples=200)
def test_others_differ_on_the_marrow_only_exactly_at_the_limit(
    record: dict[str, Any], blasts: Any
) -> None:
    decision = RULES.classify(record | {"marrow_blast_percent": blasts})
    at_limit = decision.outcome != "conflicting_data" and read_percent(blasts).exact == LIMIT
    assert bool(decision.elsewhere) == at_limit
    assert decision.to_dict()["elsewhere"] == plain(decision.elsewhere)
    assert all(
        limit.value == LIMIT for limit in (d.marrow for d in DEFINITIONS if d.kind == "remission")
    )


def test_every_citation_says_where_and_why_no_sentence_is_given() -> None:
    for definition in DEFINITIONS:
        assert definition.cite["url"].startswith("https://")
        assert definition.cite["sentence"] or definition.cite.get("not_checked")


def test_a_broken_comparisons_file_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "comparisons.yaml"
    path.write_text("- id: x\n  name: x\n", "utf-8")
    with pytest.raises(RulesError, match=r"comparisons.yaml:1: '1' has no key 'title'; add it"):
        read_comparisons(path)


def test_a_definition_of_another_disease_is_not_named() -> None:
    aml = replace(RULES.ruleset, id="aml", population={"icd10cm": ["C92.0"], "snomed": []})
    named = {
        rules.id: {
            source.id
            for entry in OtherDefinitions(rules).of(read_percent("5"), None).entries
            for source in entry.definitions
        }
        for rules in (RULES.ruleset, aml)
    }
    assert named == {RULES.ruleset.id: STRICT, "aml": {"nci-aml"}}
