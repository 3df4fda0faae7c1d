"""Exercises: right by the rules, half at an edge, the same for a seed here and on the page."""

import json
from collections import Counter
from itertools import islice
from pathlib import Path

from allstatus.decision.classifier import Classifier
from allstatus.record.percent import read_percent
from allstatus.rules.histories import read_histories
from allstatus.teach.exercise_words import choices, word
from allstatus.teach.exercises import EACH, OUTCOMES, Exercise, answer_of
from allstatus.teach.sampling import draw, random_numbers
from allstatus.teach.strings import TEXTS
from needs import NODE
from teach.tools import run_node

DECIDED = ("The facts that decided", "The fact to ask for first", "The facts that clash")
DRAWS = [(seed, count) for seed in (0, 1, 7, 2**31, 2**32 - 1) for count in (1, 6, 10, 37, 400)]


def test_every_answer_has_its_share_at_an_edge_and_away_from_it(
    teaching: Classifier, pool: list[Exercise]
) -> None:
    shares = Counter((exercise.answer, exercise.at_edge) for exercise in pool)
    assert shares == {
        (answer, edge): EACH for answer in choices(teaching.ruleset) for edge in (True, False)
    }
    assert len({exercise.id for exercise in pool}) == len(pool)
    assert {exercise.level for exercise in pool} == {0, 1, 2}


def test_every_answer_is_the_decision(teaching: Classifier, pool: list[Exercise]) -> None:
    assert [
        exercise
        for exercise in pool
        if answer_of(teaching.classify(exercise.record)) != exercise.answer
    ] == []


def test_a_case_is_harder_the_nearer_the_limit_and_the_more_is_unknown(
    pool: list[Exercise],
) -> None:
    unknown = {exercise.id: list(exercise.record.values()).count("unknown") for exercise in pool}
    plain = [exercise for exercise in pool if not exercise.at_edge and unknown[exercise.id] < 2]
    on_the_line = [
        exercise
        for exercise in pool
        if exercise.record["marrow_blast_percent"] in ("5", "10/200", "5-10", ">=5")
    ]
    assert {exercise.level for exercise in plain} == {0}
    assert {exercise.level for exercise in on_the_line if not unknown[exercise.id]} == {1}
    assert {exercise.level for exercise in on_the_line if unknown[exercise.id]} == {2}


def test_an_edge_is_within_a_point_of_the_limit_or_spans_it(
    teaching: Classifier, pool: list[Exercise]
) -> None:
    (limit,) = (threshold.value for threshold in teaching.ruleset.thresholds.values())
    for exercise in pool:
        text = exercise.record["marrow_blast_percent"]
        value = None if text == "unknown" else read_percent(text)
        near = value is not None and (
            value.low <= limit <= value.high
            or min(abs(value.low - limit), abs(value.high - limit)) < 1
        )
        assert near is exercise.at_edge, exercise


def test_the_fact_that_decided_does_decide(teaching: Classifier, pool: list[Exercise]) -> None:
    for exercise in pool:
        decision = teaching.classify(exercise.record)
        if exercise.answer == "conflicting_data":
            assert exercise.decided_by in decision.conflicts[0].facts
        elif exercise.answer == "insufficient_data":
            assert decision.ask_next is not None
            assert exercise.decided_by == decision.ask_next.fact
        else:
            others = teaching.resolver.classes[exercise.decided_by]
            outcomes = {
                teaching.classify(exercise.record | {exercise.decided_by: other.sample}).possible
                for other in others
            }
            assert outcomes - {decision.possible, ()}, exercise


def test_half_of_a_draw_is_at_an_edge_and_each_answer_comes_in_turn(pool: list[Exercise]) -> None:
    for seed in range(50):
        drawn = draw(pool, seed, 12)
        assert sum(exercise.at_edge for exercise in drawn) == 6
        assert set(Counter(exercise.answer for exercise in drawn).values()) == {2}
        assert [exercise.level for exercise in drawn] == sorted(
            exercise.level for exercise in drawn
        )


def test_a_draw_never_repeats_a_case_and_ends_with_the_pool(pool: list[Exercise]) -> None:
    drawn = draw(pool, 3, 10**6)
    assert sorted(exercise.id for exercise in drawn) == sorted(exercise.id for exercise in pool)


def test_seeds_differ(pool: list[Exercise]) -> None:
    assert (
        len({tuple(exercise.id for exercise in draw(pool, seed, 10)) for seed in range(100)}) == 100
    )


def test_the_generator_is_mulberry32() -> None:
    assert list(islice(random_numbers(1), 3)) == [2693262067, 11749833, 2265367787]


def test_an_explanation_names_the_outcome_the_fact_and_the_section(
    teaching: Classifier, pool: list[Exercise]
) -> None:
    for exercise in pool[::7]:
        worded = word(teaching, exercise)
        assert worded.explanation[0].endswith(".")
        assert any(line.startswith(DECIDED) for line in worded.explanation)
        assert worded.sections
        assert worded.read_from.startswith("Read from: Stages of Acute Lymphoblastic Leukemia")
        assert "{" not in "".join(worded.explanation)


def test_histories_meet_every_answer(teaching: Classifier) -> None:
    points = [
        point
        for history in read_histories(teaching.ruleset.directory)
        for point in history["points"]
    ]
    assert {answer_of(teaching.classify(point["record"])) for point in points} == {
        *teaching.ruleset.statuses,
        *OUTCOMES,
    }


@NODE
def test_the_page_draws_and_words_them_the_same(
    teaching: Classifier, pool: list[Exercise], page_file: Path
) -> None:
    page = json.loads(run_node("exercises.mjs", page_file, stdin=json.dumps(DRAWS)))
    for exercise, seen in zip(pool, page["pool"], strict=True):
        worded = word(teaching, exercise)
        assert seen == {
            "record": exercise.record,
            "answer": exercise.answer,
            "at_edge": exercise.at_edge,
            "level": exercise.level,
            "decided_by": exercise.decided_by,
            "case": [list(pair) for pair in worded.case],
            "explanation": worded.explanation,
            "read_from": worded.read_from,
            "why_not": worded.why_not,
        }
    places = {exercise.id: number for number, exercise in enumerate(pool)}
    assert page["draws"] == [
        [places[exercise.id] for exercise in draw(pool, seed, count)] for seed, count in DRAWS
    ]


def test_every_fact_has_its_words(teaching: Classifier) -> None:
    known = TEXTS.texts()["facts"]
    for fact in teaching.ruleset.facts.values():
        assert fact.name in known
        assert set(fact.values) <= set(known[fact.name].get("values", {})), fact.name
