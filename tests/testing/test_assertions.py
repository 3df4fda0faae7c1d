"""`assert_conforms`: what differs is told by family, and a crash is no refusal."""

from collections import Counter
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.testing import assert_conforms
from allstatus.testing.answers import AnswerLevel, answer_of
from allstatus.testing.representatives import UNKNOWN
from allstatus.testing.vectors import within
from shipped import RULES, vectors


@pytest.mark.slow
def test_our_classifier_conforms_at_every_level() -> None:
    assert_conforms(RULES.classify, level="explanation")
    assert_conforms(lambda record: answer_of(RULES, record), examples=20)


def two_valued(record: dict[str, Any]) -> dict[str, Any]:
    """What is unknown counts as no."""
    try:
        known = {name: value for name, value in record.items() if value not in (None, UNKNOWN)}
        return answer_of(
            RULES, {"prior_treatment": "none", "prior_remission": False, "cbc": "abnormal", **known}
        )
    except InvalidRecord as error:
        raise ValueError(str(error)) from error


def test_a_two_valued_classifier_is_caught_with_the_record_and_the_difference() -> None:
    assert_conforms(two_valued, level="core")
    with pytest.raises(
        AssertionError, match=r"record \{.*\n  outcome: expected \"insufficient_data\", got"
    ):
        assert_conforms(two_valued)


def test_every_family_that_fails_is_told_with_its_smallest_example() -> None:
    with pytest.raises(AssertionError) as found:
        assert_conforms(lambda _: {"outcome": "determined", "status": "x", "possible": ["x"]})
    said = str(found.value).splitlines()
    asked = within(vectors(), AnswerLevel.exact_decimal)
    families = Counter(vector.family for vector in asked)
    assert said[0] == (
        f"{len(asked)} of {len(asked)} vectors fail, in {len(families)} families; the smallest:"
    )
    told = [line.split(":")[0] for line in said[1:] if not line.startswith(" ")]
    assert told == [f"{family} ({count})" for family, count in families.items()]


@pytest.mark.parametrize("level", ["core", "exact-decimal"])
def test_a_crash_is_no_refusal(level: str) -> None:
    def crashes(record: Any) -> Any:
        try:
            return RULES.classify(record)
        except InvalidRecord:
            return len(5)  # type: ignore[arg-type]

    if level == "core":
        assert_conforms(crashes, level=level)
        return
    with pytest.raises(AssertionError) as found:
        assert_conforms(crashes, level=level)
    assert isinstance(found.value.__cause__, TypeError)
    assert "raised TypeError: object of type 'int' has no len()" in str(found.value)
    assert ", in 1 family; " in str(found.value)


@pytest.mark.slow
def test_what_vectors_do_not_ask_generated_records_do() -> None:
    asked = {vector_key(record) for record in vector_records()}

    def learnt_by_heart(record: dict[str, Any]) -> Any:
        return (
            answer_of(RULES, record)
            if vector_key(record) in asked
            else {"outcome": "determined", "status": "x", "possible": ["x"]}
        )

    with pytest.raises(AssertionError, match="generated"):
        assert_conforms(learnt_by_heart)


def vector_records() -> list[dict[str, Any]]:
    return [vector.record for vector in vectors()]


def vector_key(record: dict[str, Any]) -> str:
    return repr(sorted(record.items(), key=lambda item: item[0]))
