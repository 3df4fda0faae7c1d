"""How each fact of an answer is known, and what is said beside it."""

from typing import Any

import pytest

from shipped import RULES

REMISSION = {
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": "4.9",
    "signs_and_symptoms": "absent",
}


def test_each_fact_says_how_it_is_known() -> None:
    facts = RULES.classify(REMISSION).facts
    assert {name: (fact.value, fact.state) for name, fact in facts.items()} == {
        "prior_treatment": ("disease_directed", "given"),
        "prior_remission": (None, "unknown"),
        "relapse_since_remission": (False, "assumed"),
        "cbc": ("normal", "given"),
        "marrow_blast_percent": ("4.9", "given"),
        "signs_and_symptoms": ("absent", "given"),
        "leukemia_outside_marrow": ("absent", "assumed"),
    }
    counted = RULES.classify(REMISSION | {"relapse_count": 1}).facts["prior_remission"]
    assert (counted.value, counted.state) == (True, "derived")
    assert counted.evidence == ("relapse_count: a relapse needs a remission before it",)


def test_a_conflict_rests_on_no_assumption() -> None:
    answer = RULES.classify(REMISSION | {"relapse_count": 1, "prior_remission": False})
    assert (answer.outcome, answer.possible, answer.regions) == ("conflicting_data", (), ())
    assert answer.assumptions == ()
    assert "assumed" not in {fact.state for fact in answer.facts.values()}
    assert [conflict.constraint for conflict in answer.conflicts] == [
        "relapse_count_against_history"
    ]


@pytest.mark.parametrize(
    ("stated", "number"),
    [
        ({}, None),
        ({"relapse_count": 0}, 1),
        ({"relapse_count": 2, "relapse_since_remission": False}, 3),
        ({"prior_remission": False}, 1),
        ({"prior_remission": False, "marrow_blast_percent": 60}, None),
    ],
)
def test_which_remission_it_is(stated: dict[str, Any], number: int | None) -> None:
    assert RULES.classify(REMISSION | stated).remission_number == number


@pytest.mark.parametrize(("age", "told"), [(17.99, 1), (18, 0), (None, 0)])
def test_the_page_is_about_adults(age: float | None, told: int) -> None:
    assert len(RULES.classify(REMISSION | {"age_years": age}).warnings) == told


def test_a_record_has_no_chart() -> None:
    answer = RULES.classify(REMISSION)
    assert (answer.chart, answer.accounted, answer.codes) == (None, None, None)
    assert (answer.diagnoses, answer.contradictions) == ((), ())
