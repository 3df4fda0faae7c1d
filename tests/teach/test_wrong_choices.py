"""What is said of a wrong choice: a fact of the case that speaks against it, in known words."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.teach.exercise_words import choices, word
from allstatus.teach.exercises import Exercise, answer_of
from allstatus.teach.wrong_choices import WrongChoices

CASES = yaml.safe_load(Path(__file__).with_name("wrong_choices.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_what_speaks_against_a_choice(case: dict[str, Any]) -> None:
    classifier = load_rules(case.get("rules"), language=case.get("language", "en"))
    decision = classifier.classify(case["record"])
    assert answer_of(decision) == case["answer"]
    rules = classifier.ruleset
    wrong = WrongChoices(rules, case["record"], decision, choices(rules))
    assert {name: wrong.why(name) for name in case["why_not"]} == case["why_not"]


def test_every_wrong_choice_of_every_exercise_has_its_own_words(
    teaching: Classifier, pool: list[Exercise]
) -> None:
    titles = choices(teaching.ruleset)
    for exercise in pool[::5]:
        said = word(teaching, exercise).why_not
        assert said.keys() == titles.keys() - {exercise.answer}
        assert all(text.endswith(".") and "{" not in text for text in said.values())
        alike = 1 if exercise.answer == "conflicting_data" else len(said)
        assert exercise.answer == "insufficient_data" or len(set(said.values())) == alike
