"""`--ask`: the questions settle the answer, each is asked once, and what is typed is understood."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.render.interview import Interview, read_answer
from allstatus.table.decision_table import OUTSIDE
from shipped import RULES

FACTS = RULES.ruleset.facts


def typed(sample: object) -> str:
    return (
        {True: "yes", False: "no"}.get(sample, str(sample).replace("_", " "))
        if not hasattr(sample, "text")
        else sample.text or "80"
    )


def test_true_answers_settle_every_case_that_can_be() -> None:
    for number, case in enumerate(RULES.table.cases):
        if not RULES.table.consistent >> number & 1:
            continue
        answers = {
            fact: next(
                c.sample
                for c in classes
                if all(case[name] is held for name, held in c.verdicts.items())
            )
            for fact, classes in RULES.resolver.classes.items()
        }
        interview, asked = Interview(RULES, {}), []
        while fact := interview.next_question():
            asked.append(fact.name)
            interview.answer(fact, typed(answers[fact.name]))
        decision = interview.decide()
        assert len(asked) == len(set(asked))
        assumed = {entry.fact for entry in decision.assumptions}
        if all(RULES.ruleset.facts[name].assume.value == answers[name] for name in assumed):  # type: ignore[union-attr]
            assert decision.possible == (RULES.table.firings[number].statuses or (OUTSIDE,))


def test_what_is_not_known_is_not_asked_again_and_the_rest_is_told() -> None:
    answers = {
        "marrow_blast_percent": "?",
        "signs_and_symptoms": "absent",
        "leukemia_outside_marrow": "absent",
        "prior_remission": "no",
    }
    interview, asked = (
        Interview(RULES, {"prior_treatment": "disease_directed", "cbc": "normal"}),
        [],
    )
    while fact := interview.next_question():
        asked.append(fact.name)
        interview.answer(fact, answers[fact.name])
    decision = interview.decide()
    assert len(asked) == len(set(asked))
    assert decision.outcome == "insufficient_data"
    assert [entry.fact for entry in decision.missing] == ["marrow_blast_percent"]


@pytest.mark.parametrize(
    ("fact", "text", "value"),
    [
        ("prior_remission", " Y ", True),
        ("prior_remission", "no", False),
        ("prior_remission", "?", "unknown"),
        ("prior_treatment", "2", "symptom_relief_only"),
        ("prior_treatment", "Disease directed", "disease_directed"),
        ("marrow_blast_percent", " <5 ", "<5"),
        ("marrow_blast_percent", "10/200", "10/200"),
        ("cbc", "not known", "unknown"),
    ],
)
def test_answers_as_people_type_them(fact: str, text: str, value: object) -> None:
    assert read_answer(FACTS[fact], text) == value


@pytest.mark.parametrize(
    ("fact", "text"), [("prior_remission", "maybe"), ("marrow_blast_percent", "140"), ("cbc", "7")]
)
def test_no_answer_is_guessed(fact: str, text: str) -> None:
    with pytest.raises(InvalidRecord):
        read_answer(FACTS[fact], text)


def run(*arguments: str, stdin: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allstatus", "classify", "--ask", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


def test_questions_go_to_standard_error_and_the_decision_alone_to_standard_output(
    tmp_path: Path,
) -> None:
    path = tmp_path / "one.json"
    path.write_text(
        '{"prior_treatment": "disease_directed", "cbc": "normal", "signs_and_symptoms": "absent"}',
        "utf-8",
    )
    result = run(str(path), "--format", "json", stdin="nonsense\n4.9\n")
    assert result.returncode == 0
    assert json.loads(result.stdout)["status"] == "in_remission"
    assert "bone marrow" in result.stderr
    assert "nonsense" not in result.stdout


def test_input_that_ends_early_is_refused() -> None:
    result = run(stdin="yes\n")
    assert (result.returncode, result.stdout) == (3, "")
    assert "before the input ended" in result.stderr
