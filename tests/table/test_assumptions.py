"""Assumptions: only of what is not reported, only where they may be, and named where used."""

from itertools import product

import pytest

from shipped import RULES

TABLE, RESOLVER = RULES.table, RULES.resolver
ASSUMED = frozenset(name for name, fact in RULES.ruleset.facts.items() if fact.assume)
CELLS = list(product((False, True, None), repeat=len(TABLE.criteria)))
REMISSION = {
    "prior_treatment": "disease_directed",
    "cbc": "normal",
    "marrow_blast_percent": "5",
    "signs_and_symptoms": "absent",
}


def test_nothing_is_assumed_of_what_is_reported() -> None:
    for verdicts in CELLS:
        resolution = RESOLVER.resolve(verdicts, frozenset())
        assert resolution.cell is resolution.stated
        assert resolution.assumed == resolution.used == ()


def test_an_assumption_only_narrows_and_those_used_are_among_those_made() -> None:
    for verdicts in CELLS:
        resolution = RESOLVER.resolve(verdicts, ASSUMED)
        stated, cell = resolution.stated.completions, resolution.cell.completions
        assert cell & ~stated == 0
        assert bool(stated) or not resolution.assumed
        assert set(resolution.used) <= set(resolution.assumed) <= ASSUMED


def test_the_same_question_is_worked_out_once() -> None:
    assert RESOLVER.resolve(CELLS[0], ASSUMED) is RESOLVER.resolve(CELLS[0], ASSUMED)


def test_what_if_is_what_the_answer_would_give() -> None:
    for verdicts in CELLS[::7]:
        resolution = RESOLVER.resolve(verdicts, ASSUMED)
        for fact, answers in RESOLVER.classes.items():
            for answer in answers:
                changed = dict(zip(TABLE.criteria, verdicts, strict=True)) | dict(answer.verdicts)
                expected = RESOLVER.resolve(tuple(changed.values()), ASSUMED - {fact})
                assert RESOLVER.what_if(resolution, answer) is expected


def test_open_answers_are_one_for_a_known_fact_and_none_in_a_conflict() -> None:
    for verdicts in CELLS:
        resolution = RESOLVER.resolve(verdicts, frozenset())
        for fact, answers in RESOLVER.classes.items():
            left = RESOLVER.open_answers(resolution, fact)
            assert bool(left) is bool(resolution.cell.completions)
            assert len(left) <= len(answers)


@pytest.mark.parametrize("fact", sorted(ASSUMED))
@pytest.mark.parametrize("stated", ["unknown", None])
def test_unknown_is_reported_and_null_is_not(fact: str, stated: str | None) -> None:
    assumed = {entry.fact for entry in RULES.classify({**REMISSION, fact: stated}).assumptions}
    assert stated is None or fact not in assumed


def test_an_assumption_that_decides_is_named() -> None:
    decision = RULES.classify(REMISSION)
    assert decision.status == "in_remission"
    assert "leukemia_outside_marrow" in {entry.fact for entry in decision.assumptions}
    unknown = RULES.classify({**REMISSION, "leukemia_outside_marrow": "unknown"})
    assert unknown.outcome == "insufficient_data"
