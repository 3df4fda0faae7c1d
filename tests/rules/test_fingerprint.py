"""Citations point at sentences of the page, and no sentence of the page is copied."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.rules.fingerprint import (
    PageSentence,
    cite_block,
    fingerprint,
    fitting,
    normalise,
    page_sentences,
)

ROOT = Path(__file__).parents[2]
PAGE = ROOT.parent / "shared" / "seed" / "nci-pdq-adult-all-patient.md"
RULES = ROOT / "rules" / "nci-pdq-adult-all-patient"
HAS_PAGE = pytest.mark.skipif(
    not PAGE.is_file(), reason="the page is not beside this checkout (../shared/seed)"
)
LONG_ENOUGH_TO_BE_A_SENTENCE = 40


def cites(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if set(value) == {"section", "sentence"}:
            yield value["section"], value["sentence"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from cites(item)


def words(value: Any) -> Iterator[str]:
    """Every text in a rule file but the section paths, which are the page's own headings."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for key, item in value.items() if key != "section" for text in words(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in words(item))


@HAS_PAGE
def test_every_citation_is_a_sentence_of_the_page() -> None:
    page = {(s.section, s.fingerprint) for s in page_sentences(PAGE.read_text("utf-8"))}
    for path in RULES.rglob("*.yaml"):
        for cite in cites(yaml.safe_load(path.read_text("utf-8"))):
            assert cite in page, f"{path.name}: {cite}"


@HAS_PAGE
def test_no_sentence_of_the_page_is_copied_into_the_rules() -> None:
    sentences = [normalise(s.text) for s in page_sentences(PAGE.read_text("utf-8"))]
    for path in RULES.rglob("*.yaml"):
        text = normalise(" ".join(words(yaml.safe_load(path.read_text("utf-8")))))
        copied = [s for s in sentences if len(s) >= LONG_ENOUGH_TO_BE_A_SENTENCE and s in text]
        assert copied == [], path.name


def test_a_fingerprint_ignores_markup_links_space_and_case() -> None:
    plain = "The CBC is normal."
    for same in (
        "The [CBC](http://example.org/a) is **normal**.",
        "the  cbc\nis normal.",
        "The CBC is normal.",
    ):
        assert fingerprint(same) == fingerprint(plain)
    assert fingerprint("The CBC is abnormal.") != fingerprint(plain)


def test_sentences_carry_their_section_path() -> None:
    page = (
        "---\nversion: 1\n---\n# Page\n\n## Part\n\nOne. Two\nlines.\n\n### Sub\n\n**Bold**\n\n- "
        "item\n- other item\n"
    )
    assert list(page_sentences(page)) == [
        PageSentence("Part", "One."),
        PageSentence("Part", "Two lines."),
        PageSentence("Part > Sub > Bold", "item"),
        PageSentence("Part > Sub > Bold", "other item"),
    ]


def test_words_find_the_sentence_as_they_stand_else_in_any_order() -> None:
    page = list(page_sentences("## A\n\nTea is hot. Hot tea is good.\n\n## B\n\nTea is hot.\n"))
    assert [s.section for s in fitting(page, "tea is  HOT")] == ["A", "B"]
    assert [s.text for s in fitting(page, "good hot")] == ["Hot tea is good."]
    assert fitting(page, "coffee") == []
    assert yaml.safe_load(cite_block(page[0])) == {
        "cite": {"section": "A", "sentence": fingerprint("Tea is hot.")}
    }
