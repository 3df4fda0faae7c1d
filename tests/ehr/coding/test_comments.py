"""Comments are read as `comments.yaml` says, and only for whether they take their result back."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from allstatus.ehr.coding.comments import (
    CONDITION,
    MARROW,
    SHARE,
    TREATMENT,
    _spelled,
    by_comment,
    taken_back,
)
from allstatus.record.code_files import read_yaml

SAID = yaml.safe_load(Path(__file__).with_name("comments.yaml").read_text("utf-8"))
KINDS = read_yaml("comment-words")["taken_back"]
OF = MARROW, TREATMENT, CONDITION
WORDS = [(of, word) for of in OF for kind in of for word in KINDS[kind]["words"]]


@pytest.mark.parametrize(
    "comment", SAID["takes_back"] + SAID["more_that_take_back"] + SAID["and_these_do"]
)
def test_a_comment_takes_its_result_back(comment: str) -> None:
    assert taken_back(comment)
    assert "\n" in comment or taken_back("Reviewed.", comment.upper())


@pytest.mark.parametrize(
    "comment", SAID["does_not"] + SAID["more_that_do_not"] + SAID["and_these_do_not"]
)
def test_a_comment_does_not(comment: str) -> None:
    assert taken_back(comment) == taken_back(comment, corrected=True) == ""


@pytest.mark.parametrize("comment", SAID["unless_corrected"])
def test_a_corrections_comment_may_be_about_what_it_corrects(comment: str) -> None:
    assert taken_back(comment)
    assert taken_back(comment, corrected=True) == ""


def test_each_word_of_the_table_is_found_alone() -> None:
    said = [(of, re.sub(r"\(([^|)]*)[^)]*\)", r"\1", w).replace(" .. ", " ")) for of, w in WORDS]
    assert [w for of, w in said if not taken_back(w.replace("*", ""), of=of)] == []
    assert {*KINDS} == {*MARROW, *TREATMENT, *CONDITION}


def test_no_word_of_the_table_stands_twice() -> None:
    for kind in KINDS.values():
        said = [spelled for word in kind["words"] for spelled in _spelled(word)]
        assert len({*said}) == len(said)


def test_what_of_a_treatment_is_cancelled_may_be_how_it_was_to_be_given() -> None:
    assert taken_back("Infusion cancelled", of=TREATMENT)
    assert not taken_back("Infusion cancelled")


def test_some_words_take_back_only_with_nothing_beside_them() -> None:
    for word in read_yaml("comment-words")["alone"]:
        assert taken_back(f"Reviewed. {word.upper()}.")
        assert not taken_back(f"Lorem {word} ipsum")
        assert not taken_back(word, of=CONDITION)


def test_a_treatment_and_a_condition_have_words_of_their_own() -> None:
    said = {"dose not given": TREATMENT, "relapse was ruled out": CONDITION, "clotted": MARROW}
    for comment, mine in said.items():
        for of in OF:
            assert bool(taken_back(comment, of=of)) is (of is mine)


def test_a_doubt_that_a_comment_makes_is_known_by_its_words() -> None:
    assert by_comment(taken_back("clotted"))
    assert not by_comment("preliminary, not final")


def test_a_differential_is_another_test_than_a_whole_count_and_that_of_a_share() -> None:
    for comment in SAID["of_a_share"]:
        assert taken_back(comment, of=SHARE)
        assert not taken_back(comment)


def test_that_it_is_blood_takes_back_what_is_of_the_marrow() -> None:
    for comment in SAID["of_marrow"]:
        assert taken_back(comment, of=MARROW)
        assert not taken_back(comment, of=SHARE)


@given(st.lists(st.text()))
def test_any_text_is_read(comments: list[str]) -> None:
    assert isinstance(taken_back(*comments), str)


def test_why_quotes_the_table_and_not_the_comment() -> None:
    assert taken_back("DOE JANE: specimen mislabelled") == (
        "a comment beside it takes it back ('mislabelled')"
    )
