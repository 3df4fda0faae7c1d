"""The next question, held against every order of questions."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus.table.assumptions import Resolution
from decision.test_properties import records
from why.cells import EXPLAINER, FACTS, RESOLVER, RULES, TABLE


def least_burden(resolution: Resolution, policy: Any) -> Any:
    """The least burden until settled, by trying every order of questions."""
    if len(resolution.cell.possible) < 2:
        return 0
    best = None
    for fact in FACTS:
        answers = RESOLVER.open_answers(resolution, fact)
        if len(answers) > 1:
            costs = [
                least_burden(RESOLVER.what_if(resolution, answer), policy) for answer in answers
            ]
            counts = [
                (resolution.cell.completions & TABLE.cases_with(answer.verdicts)).bit_count()
                for answer in answers
            ]
            cost = RULES.ruleset.facts[fact].burden + policy(costs, counts)
            best = cost if best is None or cost < best else best
    return best


def test_the_next_question_is_the_least_burdensome_at_worst_and_on_average() -> None:
    def mean(costs, counts):
        return sum(c * n for c, n in zip(costs, counts, strict=True)) / sum(counts)

    asked = 0
    for cell in product((False, True, None), repeat=len(TABLE.criteria)):
        resolution = RESOLVER.resolve(cell, frozenset())
        if cell.count(None) > 4 or len(resolution.cell.possible) < 2:
            continue
        asked += 1
        by_worst, by_mean = EXPLAINER.questions.plans(resolution)
        assert by_worst.worst == least_burden(resolution, lambda costs, _: max(costs))
        assert float(by_mean.mean) == pytest.approx(least_burden(resolution, mean))
        assert by_worst.unsettled == by_mean.unsettled == 0
    assert asked > 100


def test_facts_that_cannot_be_answered_are_not_asked_for() -> None:
    decision = RULES.classify(
        {"prior_treatment": "disease_directed", "prior_remission": False, "cbc": "normal"}
    )
    resolution = RESOLVER.resolve(
        (True, False, False, True, None, None, None), frozenset({"leukemia_outside_marrow"})
    )
    assert decision.ask_next is not None
    plan, _ = EXPLAINER.questions.plans(resolution, frozenset({decision.ask_next.fact}))
    assert plan.fact != decision.ask_next.fact


@given(records)
@settings(max_examples=150)
def test_each_answer_shown_for_the_next_question_is_what_the_record_would_then_give(
    record: dict[str, Any],
) -> None:
    question = RULES.classify(record).ask_next
    if question is not None:
        classes = {value.region: value for value in RESOLVER.classes[question.fact]}
        for answer in question.answers:
            answered = record | {question.fact: classes[answer.region].sample}
            assert list(RULES.classify(answered).possible) == list(answer.possible)
