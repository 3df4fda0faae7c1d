"""What is said to whom: a text for every key that can be reached, and plain words that are
plain.
"""

import re
import runpy
from itertools import product
from pathlib import Path

import pytest

from allstatus import Decision
from allstatus.render.messages import headline, may_be, messages, phrases, reasons_of
from allstatus.render.text import render_text
from allstatus.rules.phrases import LEVELS
from shipped import RULES

SAMPLES = [
    dict(zip(RULES.table.criteria, values, strict=True))
    for values in product((False, True, None), repeat=len(RULES.table.criteria))
]
FORBIDDEN = re.compile(r"recommend|approved|should take|advise", re.IGNORECASE)


def decisions_of_all_cells() -> list[Decision]:
    """A decision for every cell: each fact with a value of its class, or explicitly unknown."""
    found = []
    for cell in SAMPLES:
        record: dict[str, object] = {}
        for fact, classes in RULES.resolver.classes.items():
            wanted = {name: cell[name] for name in RULES.ruleset.criteria_of(fact)}
            record[fact] = next((c.sample for c in classes if c.verdicts == wanted), "unknown")
        if any(value != "unknown" for value in record.values()):
            found.append(RULES.classify(record))
    return found


DECISIONS = decisions_of_all_cells()
REACHED = {(d.outcome, reason) for d in DECISIONS for reason in reasons_of(d)} | {
    ("conflicting_data", "relapse_count_against_history"),
    ("conflicting_data", "one_value"),
}


def everything_said(outcome: str, level: str, reason: str) -> str:
    """All phrases for one key, as if each were said."""
    told = phrases(RULES.ruleset, outcome, level, reason)
    return RULES.ruleset.with_limits(" ".join(phrase.text for phrase in told))


def syllables(word: str) -> int:
    """A rough count: groups of vowels, without a silent e."""
    groups = len(re.findall(r"[aeiouy]+", word))
    return max(1, groups - (word.endswith("e") and not word.endswith("le") and groups > 1))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade of a text."""
    sentences = [part for part in re.split(r"[.!?]+", text) if part.strip()]
    words = re.findall(r"[a-z']+", text.lower())
    return (
        0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    )


def test_every_reachable_key_has_its_text_at_every_level() -> None:
    assert len(DECISIONS) == 2186
    assert {outcome for outcome, _ in REACHED} == {
        "determined",
        "outside_definitions",
        "insufficient_data",
        "conflicting_data",
    }
    for (outcome, reason), level in product(REACHED, LEVELS):
        text = everything_said(outcome, level, reason)
        assert len(text) > 20
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text
        assert not FORBIDDEN.search(text)


def test_every_outcome_has_a_headline_at_every_level_and_says_something() -> None:
    seen = set()
    for decision in DECISIONS:
        for level in LEVELS:
            seen.add(headline(decision, level))
            assert messages(decision, level) or may_be(decision, level)
    assert len(seen) == 3 * (
        3 + 3
    )  # three statuses and three other outcomes, each for three readers


@pytest.mark.parametrize(("outcome", "reason"), sorted(REACHED))
def test_the_three_readers_are_told_it_differently(outcome: str, reason: str) -> None:
    assert len({everything_said(outcome, level, reason) for level in LEVELS}) == len(LEVELS)


def test_what_is_said_of_a_number_at_its_limit_is_said_of_no_other_alike() -> None:
    treated = {"prior_treatment": "disease_directed", "cbc": "normal"}
    said = [
        messages(
            RULES.classify(
                treated | {"signs_and_symptoms": "absent", "marrow_blast_percent": percent}
            ),
            "student",
        )
        for percent in ("2", "5", "3")
    ]
    assert ["exactly on the limit" in text for (text,) in said] == [False, True, False]


def test_plain_words_read_at_about_grade_six_to_eight() -> None:
    grades = {key: grade(everything_said(key[0], "plain", key[1])) for key in REACHED}
    assert 4 <= sum(grades.values()) / len(grades) <= 8
    assert {key: found for key, found in grades.items() if found > 9.5} == {}


def test_text_is_80_columns_wide_for_every_cell_and_reader() -> None:
    for decision in DECISIONS[::37]:
        for level in LEVELS:
            assert max(map(len, render_text(decision, level=level).splitlines())) <= 80


def test_what_the_documents_read_aloud_is_what_is_said_today() -> None:
    docs = Path(__file__).parents[2] / "docs"
    aloud = runpy.run_path(str(docs / "read_aloud.py"))
    text = (docs / "read-aloud.md").read_text("utf-8")
    assert len(aloud["CASES"]) == 15
    assert text[text.index(aloud["MARK"]) :] == aloud["made"](), "run: python docs/read_aloud.py"
