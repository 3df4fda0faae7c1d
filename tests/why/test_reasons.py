"""The reasons of every cell, held against their definition."""

from itertools import combinations
from typing import Any

from hypothesis import given, settings

from allstatus.record.frozen import plain
from decision.test_properties import records
from why.cells import (
    EXPLAINER,
    RESOLVER,
    RULES,
    TABLE,
    Verdicts,
    criteria_by_fact,
    known_of,
    merged,
    outcomes_of,
)


def test_each_reason_forces_the_outcome_and_no_proper_subset_does(
    outcomes: dict[Verdicts, frozenset[str]],
) -> None:
    for cell, possible in outcomes.items():
        reasons = EXPLAINER.explain(RESOLVER.resolve(cell, frozenset())).reasons
        assert bool(reasons) == (len(possible) < 2)
        closed = criteria_by_fact(known_of(RESOLVER.resolve(cell, frozenset()).cell.closed))
        for names in reasons:
            assert outcomes_of(merged(closed[name] for name in names)) == possible
            for fewer in combinations(names, len(names) - 1):
                assert outcomes_of(merged(closed[name] for name in fewer)) != possible


def test_reasons_speak_of_given_facts_and_not_of_what_follows_from_them() -> None:
    decision = RULES.classify(
        {
            "prior_remission": True,
            "cbc": "normal",
            "marrow_blast_percent": 2,
            "signs_and_symptoms": "absent",
        }
    )
    assert decision.facts["prior_treatment"].state == "derived"
    assert plain(decision.reasons) == [
        [
            "prior_remission",
            "cbc",
            "marrow_blast_percent",
            "signs_and_symptoms",
            "leukemia_outside_marrow",
        ],
    ]


def test_missing_facts_can_change_the_answer_and_irrelevant_ones_cannot(
    outcomes: dict[Verdicts, frozenset[str]],
) -> None:
    for cell, possible in outcomes.items():
        explanation = EXPLAINER.explain(RESOLVER.resolve(cell, frozenset()))
        assert not set(explanation.missing) & set(explanation.irrelevant)
        for place, name in enumerate(TABLE.criteria):
            answers = [
                outcomes[(*cell[:place], answer, *cell[place + 1 :])] for answer in (False, True)
            ]
            open_question = cell[place] is None and all(answers)
            changes = (
                open_question
                and len(possible) > 1
                and any(answer != possible for answer in answers)
            )
            fact = RULES.ruleset.criteria[name].condition.fact
            assert (fact in explanation.missing) == changes
            assert (fact in explanation.irrelevant) == (open_question and not changes)


@given(records)
@settings(max_examples=150)
def test_missing_and_irrelevant_hold_for_the_record_with_its_assumptions(
    record: dict[str, Any],
) -> None:
    decision = RULES.classify(record)
    missing = {entry.fact for entry in decision.missing}
    for fact in (*missing, *decision.irrelevant):
        answers = [
            RULES.classify(record | {fact: value.sample}) for value in RESOLVER.classes[fact]
        ]
        changed = any(
            answer.possible and answer.possible != decision.possible for answer in answers
        )
        assert changed == (fact in missing)
