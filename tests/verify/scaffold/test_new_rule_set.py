"""A new rule set begins with the citations of its page, and locks once its blanks are filled."""

import re
from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.errors import RulesError
from allstatus.rules.fingerprint import page_sentences
from allstatus.teach.teaching_page import make_page
from allstatus.verify.citations import read_citations
from allstatus.verify.page_map import PageMap, map_page, read_page_map, write_page_map
from allstatus.verify.rule_examples import failing_examples
from allstatus.verify.scaffold.new_citations import NOWHERE
from allstatus.verify.scaffold.new_rule_set import blanks, new_rule_set
from page_rules import PLASMA, SMALL_PAGE, rules_citing_small_page

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
    """What a person writes, in short; what has no sentence cites the first that was chosen."""
    first = (folder / "cites.txt").read_text("utf-8").splitlines()[2:4]
    section, sentence = (line.partition(": ")[2] for line in first)
    for file in folder.rglob("*.yaml"):
        text = file.read_text("utf-8").replace("  # FILL IN: check", "")
        text = text.replace("section: FILL IN", f"section: {section}")
        text = text.replace(f"'{NOWHERE}'", sentence)
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


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A draft of the made-up page's states, after no other rule set."""
    new_rule_set("plasma", PLASMA.read_text("utf-8"), None, tmp_path / "plasma")
    return tmp_path / "plasma"


def test_of_a_page_alone_each_state_with_a_heading_is_a_status(alone: Path) -> None:
    rules = load_rules(alone, draft=True).ruleset
    states = ["early", "smoldering", "active"]
    assert rules.in_course == (
        *(f"{state}_plasma_cell_disease" for state in states),
        "plasma_cell_disease_in_remission",
    )
    listed = {name: len(options) for name, options in rules.options.items()}
    assert [listed[name] for name in rules.in_course] == [1, 2, 3, 1]
    assert [*rules.facts] == ["called"]
    lines = [
        line for file in alone.rglob("*.yaml") for line in file.read_text("utf-8").splitlines()
    ]
    strange = re.compile(r"leukemia|\bALL\b|blast")
    assert [line for line in lines if strange.search(line) and "FILL IN" not in line] == []


def test_of_a_page_alone_it_locks_once_filled_in(alone: Path) -> None:
    assert len(list(blanks(alone, most=None))) == 74
    fill(alone)
    assert list(blanks(alone)) == []
    rules = load_rules(alone, locked=False)
    assert failing_examples(rules) == []
    places = {sentence.place for sentence in page_sentences(PLASMA.read_text("utf-8"))}
    assert {citation.place for citation in read_citations(alone)} <= places
    assert len(make_page(rules)) > 0


def test_a_page_without_such_sections_names_the_remedy(tmp_path: Path) -> None:
    said = "no section begins with 'Stages of' or 'Treatment of'; give words of a heading"
    with pytest.raises(RulesError, match=said):
        new_rule_set("none", "# A page\n\n## About it\n\nOne.\n", None, tmp_path / "none")


def test_a_folder_that_is_there_is_left_alone(made: Path, like: Path) -> None:
    with pytest.raises(RulesError, match="is there already"):
        new_rule_set("another", PAGE, like, made)
