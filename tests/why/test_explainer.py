"""Reasons, why not, what would change it and what to ask: held against the definition on all 2,187
cells.
"""

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus import load_rules
from allstatus.record.frozen import plain
from allstatus.table.assumptions import Resolution
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.fact_domain import ValueClass
from decision.test_properties import patients, records

RULES = load_rules(engine="builtin")
TABLE, RESOLVER, EXPLAINER = RULES.table, RULES.resolver, RULES.explainer
FACTS = tuple(RULES.ruleset.facts)
OUTCOMES = (*TABLE.statuses, OUTSIDE)
Verdicts = tuple[bool | None, ...]


def outcomes_of(known: dict[str, bool]) -> set[str]:
    """What a set of criteria leaves possible, found case by case."""
    return {
        (TABLE.firings[number].statuses or (OUTSIDE,))[0]
        for number, case in enumerate(TABLE.cases)
        if TABLE.consistent >> number & 1
        and all(case[name] is verdict for name, verdict in known.items())
    }


def criteria_by_fact(known: dict[str, bool]) -> dict[str, dict[str, bool]]:
    grouped: dict[str, dict[str, bool]] = {}
    for name, verdict in known.items():
        grouped.setdefault(RULES.ruleset.criteria[name].condition.fact, {})[name] = verdict
    return grouped


def merged(parts: Any) -> dict[str, bool]:
    return {name: verdict for part in parts for name, verdict in part.items()}


@pytest.fixture(scope="module")
def outcomes() -> dict[Verdicts, frozenset[str]]:
    """What each cell leaves possible, by union over its completions."""
    found: dict[Verdicts, frozenset[str]] = {}
    for number, case in enumerate(TABLE.cases):
        alone = (
            frozenset({(TABLE.firings[number].statuses or (OUTSIDE,))[0]})
            if TABLE.consistent >> number & 1
            else frozenset()
        )
        found[tuple(case.values())] = alone
    for cell in sorted(
        product((False, True, None), repeat=len(TABLE.criteria)), key=lambda cell: cell.count(None)
    ):
        if None in cell:
            place = cell.index(None)
            found[cell] = frozenset().union(
                *(found[(*cell[:place], answer, *cell[place + 1 :])] for answer in (False, True))
            )
    return found


def known_of(cell: Verdicts) -> dict[str, bool]:
    return {
        name: verdict
        for name, verdict in zip(TABLE.criteria, cell, strict=True)
        if verdict is not None
    }


def with_answers(cell: Verdicts, answers: tuple[ValueClass, ...]) -> Verdicts:
    changed = dict(zip(TABLE.criteria, cell, strict=True)) | merged(
        answer.verdicts for answer in answers
    )
    return tuple(changed[name] for name in TABLE.criteria)


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


def test_given_facts_come_before_derived_ones() -> None:
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
        [
            "prior_treatment",
            "cbc",
            "marrow_blast_percent",
            "signs_and_symptoms",
            "leukemia_outside_marrow",
        ],
    ]


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


def test_why_not_names_false_clauses_or_the_facts_it_waits_for(
    outcomes: dict[Verdicts, frozenset[str]],
) -> None:
    for cell, possible in outcomes.items():
        resolution = RESOLVER.resolve(cell, frozenset())
        nodes = EXPLAINER.tracer.outline(resolution.cell).nodes
        entries = EXPLAINER.explain(resolution).why_not
        reached = possible if len(possible) == 1 else frozenset()
        assert [entry.status for entry in entries] == [
            name for name in TABLE.statuses if possible and name not in reached
        ]
        for entry in entries:
            assert bool(entry.failing) == (entry.status not in possible)
            if entry.together:
                assert all(nodes[path].verdict == "unknown" for path in entry.failing)
                assert len(entry.failing) > 1
            else:
                assert all(
                    nodes[path].verdict == "false" and nodes[path].decisive
                    for path in entry.failing
                )
            assert set(entry.waiting_for) <= {
                fact for fact in FACTS if len(RESOLVER.open_answers(resolution, fact)) > 1
            }


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


@given(records)
@settings(max_examples=150)
def test_a_change_made_to_the_record_gives_the_outcome_it_names(record: dict[str, Any]) -> None:
    decision = RULES.classify(record)
    for change in decision.changes:
        changed = record | {answer.fact: answer.sample for answer in change.answers}
        assert RULES.classify(changed).possible == (change.to,)


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


@given(records, patients)
@settings(max_examples=200)
def test_json_is_the_document_whichever_decision_came_first(
    record: dict[str, Any], patient: dict[str, Any]
) -> None:
    from pydantic_core import from_json

    for switch in (True, False):
        decision = RULES.classify(
            record | patient | {"id": 'one "quoted" \ue000 id'}, applicability=switch
        )
        assert from_json(decision.to_json()) == decision.to_dict()
