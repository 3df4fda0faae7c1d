"""`--ask`: the questions settle the answer, each is asked once, and what is typed is understood."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allstatus import InvalidRecord, load_rules
from allstatus.render.interview import Interview, choices, read_answer
from allstatus.table.decision_table import OUTSIDE
from shipped import RULES

PLASMA = load_rules(Path(__file__).parents[1] / "pages" / "plasma")
SPANISH = load_rules(language="es")
LOADED = {"en": RULES.ruleset, "es": SPANISH.ruleset, "plasma": PLASMA.ruleset}


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
    ("rules", "fact", "text", "value"),
    [
        ("en", "prior_remission", " Y ", True),
        ("en", "prior_remission", "no", False),
        ("en", "prior_remission", "?", "unknown"),
        ("en", "prior_treatment", "2", "symptom_relief_only"),
        ("en", "prior_treatment", "Disease directed", "disease_directed"),
        ("en", "marrow_blast_percent", " <5 ", "<5"),
        ("en", "marrow_blast_percent", "10/200", "10/200"),
        ("en", "cbc", "not known", "unknown"),
        ("es", "prior_remission", "Sí", True),
        ("es", "prior_remission", "si", True),
        ("es", "prior_remission", "yes", True),
        ("es", "prior_remission", "NO", False),
        ("es", "prior_treatment", "Solo alivio de los síntomas", "symptom_relief_only"),
        ("es", "prior_treatment", "solo alivio de los sintomas", "symptom_relief_only"),
        ("es", "prior_treatment", "none", "none"),
        ("es", "signs_and_symptoms", "presentes por otra causa", "present_other_cause"),
        ("es", "cbc", "no se sabe", "unknown"),
        ("plasma", "m_protein", " 3 ", "3"),
        ("plasma", "m_protein", "2.5", "2.5"),
        ("plasma", "m_protein", "?", "unknown"),
    ],
)
def test_answers_as_people_type_them(rules: str, fact: str, text: str, value: object) -> None:
    assert read_answer(LOADED[rules], LOADED[rules].facts[fact], text) == value


@pytest.mark.parametrize(
    ("rules", "fact", "text"),
    [
        ("en", "prior_remission", "maybe"),
        ("en", "prior_remission", "sí"),
        ("en", "marrow_blast_percent", "140"),
        ("en", "cbc", "7"),
        ("es", "prior_remission", "quizá"),
        ("es", "cbc", "3"),
        ("plasma", "m_protein", "-1"),
        ("plasma", "m_protein", "1001"),
        ("plasma", "m_protein", "much"),
    ],
)
def test_no_answer_is_guessed(rules: str, fact: str, text: str) -> None:
    with pytest.raises(InvalidRecord):
        read_answer(LOADED[rules], LOADED[rules].facts[fact], text)


@pytest.mark.parametrize(
    ("rules", "fact", "said"),
    [
        ("en", "prior_remission", "yes, no, ? not known"),
        ("es", "prior_remission", "sí, no, ? no se sabe"),
        ("en", "cbc", "1 normal, 2 abnormal, ? not known"),
        ("es", "cbc", "1 normal, 2 anormal, ? no se sabe"),
        (
            "en",
            "marrow_blast_percent",
            'a percentage such as 4.9, "<5", 10/200 or M1, ? not known',
        ),
        (
            "plasma",
            "plasma_cell_percent",
            'a percentage such as 4.9, "<5", 10/200, ? not known',
        ),
        ("plasma", "m_protein", "a number such as 3 or 2.5, ? not known"),
    ],
)
def test_the_answers_are_told_in_the_language_of_the_rules(
    rules: str, fact: str, said: str
) -> None:
    assert choices(LOADED[rules], LOADED[rules].facts[fact]) == said


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


def test_all_that_is_asked_in_spanish_is_spanish() -> None:
    result = run("--lang", "es", "--level", "plain", stdin="quizá\nsí\n3\n140\n?\n" + "?\n" * 9)
    assert result.returncode == 0
    for said in ("lo responde:", "(sí, no, ? no se sabe)", "Esa no es una de las respuestas."):
        assert said in result.stderr
    words = set(result.stderr.lower().replace(",", " ").split())
    assert words.isdisjoint({"answered", "not", "known", "yes", "none", "is", "give", "answer"})


def test_questions_are_as_wide_as_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    result = run(stdin="yes\n" + "?\n" * 9)
    asked = [line.rpartition("): ")[2] for line in result.stderr.split("\n")]
    assert 40 < max(map(len, asked)) <= 50
