"""Every backend gives every vector its answer, but for the gaps declared in backends.py, which are
tested too.
"""

from functools import lru_cache
from itertools import groupby, repeat
from pathlib import Path

import backends
import pytest
from backends import BACKENDS, DOCUMENT

from allstatus.testing.answers import Answer, AnswerLevel
from allstatus.testing.conformance import judge_one
from allstatus.testing.vectors import Vector
from needs import CQL
from shipped import vectors

MADE = vectors()
VECTORS = [vector for vector in MADE if vector.level is not AnswerLevel.blood_count]
COUNTS = [vector for vector in MADE if vector.level is AnswerLevel.blood_count]
GROUPS = [
    *dict.fromkeys((vector.family, vector.level) for vector in VECTORS),
    ("", AnswerLevel.explanation),
]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory):
    @lru_cache
    def asked(name: str) -> list[Answer | str]:
        answers = BACKENDS[name].answers(
            [vector.record for vector in VECTORS], tmp_path_factory.mktemp(name)
        )
        assert len(answers) == len(VECTORS)
        return answers

    return asked


def wrong(answers: list[Answer | str], family: str, level: AnswerLevel) -> list[str]:
    """The failures in one cell of the matrix; the level `explanation` asks all of every vector."""
    asked = [
        (v, a)
        for v, a in zip(VECTORS, answers, strict=True)
        if family in (v.family, "") and level.takes_in(v.level)
    ]
    asked = [(v, a) for v, a in asked if v.level == level or level is AnswerLevel.explanation]
    failures = (judge_one(vector, answer, level) for vector, answer in asked)
    return ["\n".join(failure.lines) for failure in failures if failure]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=b.marks) for name, b in BACKENDS.items()]
)
@pytest.mark.parametrize(
    ("family", "level"), GROUPS, ids=[f"{level}-{family}".strip("-") for family, level in GROUPS]
)
def test_a_backend_agrees_or_its_gap_is_declared(
    name: str, family: str, level: AnswerLevel, ask
) -> None:
    backend = BACKENDS[name]
    failures, gap = wrong(ask(name), family, level), backend.gap(family, level)
    if gap is None:
        assert not failures, "\n".join(failures[:3])
    else:
        assert failures, f"this gap has closed ({gap}); remove it from backends.py"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=b.marks) for name, b in BACKENDS.items() if b.counts]
)
def test_a_count_of_components_is_judged_alike(name: str, tmp_path: Path) -> None:
    answers = BACKENDS[name].answers([vector.record for vector in COUNTS], tmp_path)
    judged = map(judge_one, COUNTS, answers, repeat(AnswerLevel.core))
    assert [failure.lines for failure in judged if failure] == []


def test_gaps_name_families_and_levels_that_are() -> None:
    known = {
        *AnswerLevel,
        *(family for family, _ in GROUPS),
        *(f"{family} {level}" for family, level in GROUPS),
    }
    assert all(gap in known for backend in BACKENDS.values() for gap in backend.gaps)


def test_the_documentation_shows_the_table_of_today() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text == backends.with_table(text), (
        "run: PYTHONPATH=tests:tests/testing python tests/testing/backends.py"
    )


@CQL
def test_cql_answers_every_cell_with_its_regions(ask) -> None:
    cells: list[tuple[Vector, Answer | str]] = [
        (vector, answer)
        for vector, answer in zip(VECTORS, ask("cql"), strict=True)
        if vector.family == "partial"
    ]
    assert len(cells) == 2187
    assert all(
        set(answer[name]) == set(vector.expected[name])
        for name in ("regions", "possible_regions")
        for vector, answer in cells
    )


def test_vectors_come_family_by_family() -> None:
    families = [family for family, _ in groupby(VECTORS, key=lambda vector: vector.family)]
    assert len(families) == len(set(families))
