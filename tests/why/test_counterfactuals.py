"""What would change the answer, held against its definition on every cell."""

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus.bulk.cells import Cells
from allstatus.decision.classifier import Classifier
from allstatus.render.text import render_text
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


def answered(classifier: Classifier, record: dict[str, Any]) -> int:
    """How many answers a record is told of, each tried: given, it gives its outcome."""
    decision = classifier.classify(record)
    for entry, away in zip(decision.settling, decision.one_answer_away, strict=True):
        given = {answer.fact: answer.sample for answer in entry.answers}
        after = classifier.classify({**record, **given})
        assert (after.outcome, after.status) == (away.outcome, away.status), (record, away)
    if decision.outcome == "insufficient_data":
        assert {entry.to for entry in decision.settling} == set(decision.possible), record
    return len(decision.settling)


def test_giving_the_answers_gives_the_outcome_in_every_cell(classifier: Classifier) -> None:
    cells = Cells(classifier)
    states = [[(name, s.sample) for s in one.states] for name, one in cells.facts.items()]
    records = [dict(chosen) for chosen in product(*states)]
    stating = [record for record in records if set(record.values()) != {None}]
    assert sum(answered(classifier, record) for record in stating) > 1000


@pytest.mark.parametrize("level", ["clinician", "student", "plain"])
def test_it_is_said_first(classifier: Classifier, level: str) -> None:
    treated = {"prior_treatment": "disease_directed", "cbc": "normal", "marrow_blast_percent": "2"}
    text = render_text(classifier.classify(treated | {"prior_remission": False}), level=level)
    after_the_headline = text.splitlines()[1]
    assert after_the_headline == "If there are no signs or symptoms of leukemia: ALL in remission."


def test_at_diagnosis_one_answer_settles_it(classifier: Classifier) -> None:
    record = {"cbc": "abnormal", "marrow_blast_percent": "80", "signs_and_symptoms": "present"}
    settled = {
        tuple(answer.region for answer in entry.answers): entry.status
        for entry in classifier.classify(record).one_answer_away
    }
    assert settled[("prior_treatment == none or symptom_relief_only",)] == "untreated"
