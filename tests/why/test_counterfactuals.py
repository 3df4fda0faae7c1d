"""What would change the answer, held against its definition on every cell."""

from itertools import combinations, product
from typing import Any

from hypothesis import given, settings

from allstatus.table.decision_table import OUTSIDE
from decision.test_properties import records
from why.cells import EXPLAINER, FACTS, RESOLVER, RULES, TABLE, Verdicts, with_answers

OUTCOMES = (*TABLE.statuses, OUTSIDE)


def test_each_change_gives_what_it_claims_and_no_smaller_one_does(
    outcomes: dict[Verdicts, frozenset[str]],
) -> None:
    for cell, now in outcomes.items():
        changes = EXPLAINER.explain(RESOLVER.resolve(cell, frozenset())).changes
        sizes: dict[str, int] = {}
        for change in changes:
            assert outcomes[with_answers(cell, change.answers)] == {change.to} != now
            assert sizes.setdefault(change.to, len(change.answers)) == len(change.answers)
        assert set(sizes) == {outcome for outcome in OUTCOMES if now != {outcome}}
        for size in range(1, max(sizes.values())):
            for facts in combinations(FACTS, size):
                for answers in product(*(RESOLVER.classes[fact] for fact in facts)):
                    reached = outcomes[with_answers(cell, answers)]
                    assert len(reached) != 1 or reached == now or sizes[next(iter(reached))] <= size


def test_a_change_of_history_is_marked_as_one() -> None:
    decision = RULES.classify(
        {
            "prior_treatment": "none",
            "cbc": "normal",
            "marrow_blast_percent": 2,
            "signs_and_symptoms": "absent",
        }
    )
    (to_remission,) = [
        change for change in decision.to_dict()["counterfactuals"] if change["to"] == "in_remission"
    ]
    assert to_remission["about"] == "history"
    assert to_remission["changes"] == [
        {
            "fact": "prior_treatment",
            "from": "none",
            "to_region": "prior_treatment == disease_directed",
        }
    ]


@given(records)
@settings(max_examples=150)
def test_a_change_made_to_the_record_gives_the_outcome_it_names(record: dict[str, Any]) -> None:
    decision = RULES.classify(record)
    for change in decision.changes:
        changed = record | {answer.fact: answer.sample for answer in change.answers}
        assert RULES.classify(changed).possible == (change.to,)
