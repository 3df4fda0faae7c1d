"""What would change the answer, held against its definition on every cell."""

import re
from collections.abc import Iterable
from itertools import combinations, islice, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus.bulk.cells import Cells
from allstatus.decision.classifier import Classifier, load_rules
from allstatus.render.changes import answers_away
from allstatus.render.interview import Interview
from allstatus.render.text import render_text
from allstatus.table.decision_table import OUTSIDE
from decision.test_properties import records as drawn
from two_limits import two_limits
from why.cells import EXPLAINER, FACTS, RESOLVER, RULES, TABLE, Verdicts, with_answers
from why.settling import cells, change_faults, records, settling_faults

EXAMPLES = Path(__file__).parents[2] / "examples" / "rules"
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


@given(drawn)
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


PROFESSIONAL = load_rules("nci-pdq-adult-all-health-professional", engine="builtin")
AML = load_rules(EXAMPLES / "nci-pdq-adult-aml-patient", engine="builtin")
SETS = {"patient": RULES, "professional": PROFESSIONAL, "aml": AML}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    """A rule set with two limits on one number."""
    return two_limits(tmp_path_factory.mktemp("rules") / "mine")


def none_wrong(faults: Iterable[str]) -> None:
    assert list(islice(faults, 3)) == []


@pytest.mark.parametrize("name", SETS)
def test_answers_told_of_every_cell_settle_it_and_none_is_too_many(name: str) -> None:
    """2,187 cells of the patient set, 59,049 of the professional one."""
    rules = SETS[name]
    none_wrong(fault for cell in cells(rules) for fault in settling_faults(rules, cell))


def test_answers_told_where_a_number_has_two_limits_settle_it(two: Classifier) -> None:
    none_wrong(fault for cell in cells(two) for fault in settling_faults(two, cell))


@pytest.mark.parametrize("name", SETS)
def test_given_in_a_record_the_answers_give_the_outcome(name: str) -> None:
    assert sum(answered(SETS[name], record) for record in records(SETS[name], 150)) > 50


@pytest.mark.parametrize("name", SETS)
def test_what_would_change_it_is_told_once_by_its_kind_and_never_holds_already(name: str) -> None:
    rules = SETS[name]
    none_wrong(fault for one in records(rules, 60) for fault in change_faults(rules, one))


def test_what_would_change_it_never_holds_already_where_a_number_has_two_limits(
    two: Classifier,
) -> None:
    none_wrong(fault for one in records(two, 60) for fault in change_faults(two, one))


@pytest.mark.slow
def test_what_would_change_it_in_every_cell(two: Classifier) -> None:
    for rules, size in ((RULES, None), (two, 600), (PROFESSIONAL, 600), (AML, 200)):
        none_wrong(fault for one in records(rules, size) for fault in change_faults(rules, one))


@pytest.mark.parametrize("name", SETS)
def test_a_conflict_names_facts_that_were_given_and_only_those(name: str) -> None:
    rules, seen = SETS[name], 0
    for record in records(rules, 600):
        decision = rules.classify(record)
        for conflict in decision.conflicts:
            stated = {f for f, value in record.items() if value not in (None, "unknown")}
            assert set(conflict.facts) <= stated, (record, conflict)
            seen += 1
    assert seen > 20


WEIGHED = re.compile(r"likel|probab|presum|suggests that|most cases", re.IGNORECASE)


@pytest.mark.parametrize("name", SETS)
def test_an_answer_is_never_worded_as_likely(name: str) -> None:
    for record in records(SETS[name], 40):
        for text in answers_away(SETS[name].classify(record)):
            assert not WEIGHED.search(text)


def test_ask_tells_what_is_told_of_what_is_known_by_then() -> None:
    for record in records(RULES, 60):
        known = {fact: value for fact, value in record.items() if value is not None}
        assert Interview(RULES, known).answers_away() == answers_away(RULES.classify(known))


def test_answered_as_told_an_interview_ends_with_the_outcome_told() -> None:
    for record in records(RULES, 60):
        decision = RULES.classify(record)
        for entry in decision.settling[:4]:
            interview = Interview(RULES, record)
            interview.record |= {answer.fact: answer.sample for answer in entry.answers}
            assert interview.next_question() is None
            assert interview.decide().possible == (entry.to,)
