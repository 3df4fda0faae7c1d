"""A new rule set begins with the citations of its page, and locks once its blanks are filled."""

from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.errors import RulesError
from allstatus.rules.fingerprint import page_sentences
from allstatus.verify.citations import read_citations
from allstatus.verify.page_map import PageMap, map_page, read_page_map, write_page_map
from allstatus.verify.rule_examples import failing_examples
from allstatus.verify.scaffold.new_rule_set import blanks, new_rule_set
from page_rules import SMALL_PAGE, rules_citing_small_page

PAGE = (
    SMALL_PAGE.read_text("utf-8")
    .replace("title: The cold", "url: https://example.org/page\ntitle: The cold")
    .replace("hot water with honey", "hot water and honey")
)


@pytest.fixture
def like(tmp_path: Path) -> Path:
    folder = rules_citing_small_page(tmp_path / "like")
    page = page_sentences(SMALL_PAGE.read_text("utf-8"))
    reasons = {"about": "Says what the page is."}
    write_page_map(folder, map_page(page, PageMap(reasons, ()), []))
    return folder


@pytest.fixture
def made(like: Path, tmp_path: Path) -> Path:
    new_rule_set("another", PAGE, like, tmp_path / "another")
    return tmp_path / "another"


def fill(folder: Path) -> None:
    """What a person writes, in short."""
    for file in folder.rglob("*.yaml"):
        text = file.read_text("utf-8").replace("  # FILL IN: check", "")
        file.write_text(text.replace("FILL IN: ", "").replace("FILL IN", "words"), "utf-8")


def test_every_citation_stands_on_the_page(made: Path) -> None:
    places = {sentence.place for sentence in page_sentences(PAGE)}
    assert {citation.place for citation in read_citations(made)} <= places
    assert {sentence.place for sentence in read_page_map(made).sentences} == places


def test_the_head_is_the_pages(made: Path) -> None:
    rules = load_rules(made, draft=True).ruleset
    assert (rules.id, rules.effective_from) == ("another", "2026-01-02")
    assert rules.source["url"] == "https://example.org/page"


def test_options_are_the_items_of_the_pages_lists(made: Path) -> None:
    options = load_rules(made, draft=True).ruleset.options.values()
    assert [option["title"] for listed in options for option in listed] == ["FILL IN"] * 3


def test_blanks_are_told_with_their_line_and_are_few_at_a_time(made: Path) -> None:
    told = list(blanks(made))
    assert len(told) == 21
    assert told[0].startswith("another/")
    assert "still to be filled in or checked" in told[0]
    assert told[-1].endswith("more places like these")


def test_filled_in_it_can_be_locked(made: Path) -> None:
    fill(made)
    assert list(blanks(made)) == []
    assert failing_examples(load_rules(made, locked=False)) == []


def test_a_folder_that_is_there_is_left_alone(made: Path, like: Path) -> None:
    with pytest.raises(RulesError, match="is there already"):
        new_rule_set("another", PAGE, like, made)
