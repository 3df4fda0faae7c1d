"""Every sentence of a page is accounted for, and the table in docs/ is the one the command
prints.
"""

import json
from pathlib import Path

import pytest
import yaml

from allstatus.errors import RulesError
from allstatus.rules.editions import find_rules
from allstatus.rules.fingerprint import normalise, page_sentences
from allstatus.rules.load import read_rules
from allstatus.verify.citations import read_citations
from allstatus.verify.coverage import Coverage, cover, render_markdown, render_text, to_document
from allstatus.verify.page_map import MAP_FILE, PageMap, map_page, read_page_map, write_page_map
from page_rules import HAS_PAGE, PAGE, ROOT, SMALL_PAGE, SMALL_RULES, rules_citing_small_page
from test_cli import run

MARKED = f'      - {{sentence: "{"a" * 64}", sketch: "{"b" * 32}", informational: figur}}\n'
BROKEN = {
    "page: []\n": "coverage.yaml:1: the file has no key 'reasons'; add it",
    "reasons: {}\npage: []\nmore: 1\n": (
        "coverage.yaml:3: unknown key 'more'; keys here: reasons, page"
    ),
    "reasons: {}\npage:\n  - section: A\n    sentences:\n"
    '      - {sentence: "12", sketch: "34"}\n': (
        "coverage.yaml:5: 'page.1.sentences.1.sketch' is '34'; write the sentence's sketch in 32 "
        "hexadecimal digits"
    ),
    f"reasons:\n  figure: A picture.\npage:\n  - section: A\n    sentences:\n{MARKED}": (
        "coverage.yaml:6: unknown reason 'figur' (did you mean 'figure'?); name one of `reasons`"
    ),
    "reasons:\n  figure: A picture.\n  A Figure!: Another.\npage: []\n": (
        "coverage.yaml:3: 'A Figure!' is no name (a-z, 0-9, _)"
    ),
}


def small_coverage(rules: Path = SMALL_RULES) -> Coverage:
    page = page_sentences(SMALL_PAGE.read_text("utf-8"))
    return cover(read_rules(find_rules()), read_citations(rules), read_page_map(rules), page)


def test_each_sentence_goes_to_entries_or_to_a_reason_or_is_unaccounted_for() -> None:
    found = small_coverage()
    where = {row.sentence.text: (row.went, row.entries or row.informational) for row in found.rows}
    assert where["Its lid is still."] == ("cited", ("criterion quiet", "status quiet"))
    assert where["Treatment includes:"] == ("cited", ("options sneezing",))
    assert where["This page is made up."] == ("informational", "about")
    assert where["a tea cosy"] == ("unaccounted", None)
    assert dict(found.counts) == {"cited": 8, "informational": 6, "unaccounted": 1}
    assert not found.holds


def test_a_reason_for_a_sentence_that_is_cited_is_a_problem(tmp_path: Path) -> None:
    rules = tmp_path / "cold"
    rules.mkdir()
    for path in SMALL_RULES.glob("*.yaml"):
        (rules / path.name).write_text(path.read_text("utf-8"), "utf-8")
    (rules / "criteria.yaml").write_text(
        "water:\n  cite:\n    section: Treatment of the sneezing state\n"
        "    sentence: 83d01075f003c119803584b290b6a6bfdd40ef02e86b02dbccc44f511b5ab81e\n",
        "utf-8",
    )
    found = small_coverage(rules)
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "sentence 83d01075f003 is called link but criterion water cites it; remove one of the two"
    ]
    assert not found.holds


def test_a_reason_that_no_sentence_gives_is_a_problem() -> None:
    page_map = read_page_map(SMALL_RULES)
    more = PageMap({**page_map.reasons, "figur": "A picture."}, page_map.sentences)
    page = page_sentences(SMALL_PAGE.read_text("utf-8"))
    found = cover(read_rules(find_rules()), read_citations(SMALL_RULES), more, page)
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "reason figur: unused; remove it"
    ]
    assert not found.holds


def test_an_update_keeps_the_reasons_and_gives_new_sentences_none(tmp_path: Path) -> None:
    page = (
        SMALL_PAGE.read_text("utf-8")
        .replace("## About this page", "## About")
        .replace("twice", "three times")
    )
    old = read_page_map(SMALL_RULES)
    mapped = map_page(
        page_sentences(page), old, [citation.place for citation in read_citations(SMALL_RULES)]
    )
    write_page_map(tmp_path, mapped)
    assert read_page_map(tmp_path) == mapped
    kept, new = mapped.sentences[-2:]
    assert (kept.section, kept.informational) == ("About", "about")
    assert new.informational is None


def test_writing_what_was_read_changes_nothing(tmp_path: Path) -> None:
    for rules in (SMALL_RULES, find_rules()):
        write_page_map(tmp_path, read_page_map(rules))
        assert (tmp_path / MAP_FILE).read_text("utf-8") == (rules / MAP_FILE).read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "says"),
    BROKEN.items(),
    ids=["no reasons", "unknown key", "no fingerprint", "unknown reason", "no name"],
)
def test_a_broken_file_is_refused_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / MAP_FILE).write_text(text, "utf-8")
    with pytest.raises(RulesError) as refusal:
        read_page_map(tmp_path)
    assert says in str(refusal.value)


def test_the_reports_fit_and_name_the_rules() -> None:
    found = small_coverage()
    text = render_text(found)
    assert max(map(len, text.splitlines())) <= 80
    assert "UNACCOUNTED FOR" in text
    assert found.ruleset.digest[:12] in text
    document = to_document(found)
    assert document["counts"] == {"sentences": 15, "cited": 8, "informational": 6, "unaccounted": 1}
    assert len(document["sentences"]) == 15


def test_the_command_exits_with_1_while_a_sentence_is_unaccounted_for(tmp_path: Path) -> None:
    rules = rules_citing_small_page(tmp_path / "rules")
    asked = ("rules", "coverage", str(SMALL_PAGE), "--rules", str(rules))
    assert run(*asked, "--update").returncode == 0
    first = run(*asked, "--json")
    assert (first.returncode, json.loads(first.stdout)["counts"]["unaccounted"]) == (1, 10)
    text = (
        (rules / MAP_FILE).read_text("utf-8").replace("reasons: {}", "reasons: {rest: The rest.}")
    )
    uncited = [
        entry["sentence"]
        for entry in json.loads(first.stdout)["sentences"]
        if entry["went"] == "unaccounted"
    ]
    lines = [
        line.replace('"}', '", informational: rest}') if any(f in line for f in uncited) else line
        for line in text.splitlines()
    ]
    (rules / MAP_FILE).write_text("\n".join(lines) + "\n", "utf-8")
    assert run(*asked).returncode == 0
    assert "| rest | 10 | The rest. |" in run(*asked, "--markdown").stdout


@HAS_PAGE
def test_no_sentence_of_nci_page_is_unaccounted_for() -> None:
    rules = find_rules()
    found = cover(
        read_rules(rules),
        read_citations(rules),
        read_page_map(rules),
        page_sentences(PAGE.read_text("utf-8")),
    )
    assert [row.sentence.fingerprint for row in found.rows if row.went == "unaccounted"] == []
    assert found.problems == ()


@HAS_PAGE
def test_the_table_in_docs_is_the_one_the_command_prints() -> None:
    rules = find_rules()
    found = cover(
        read_rules(rules),
        read_citations(rules),
        read_page_map(rules),
        page_sentences(PAGE.read_text("utf-8")),
    )
    written = (ROOT / "docs" / "coverage.md").read_text("utf-8")
    assert written == render_markdown(found), (
        "run `allstatus rules coverage PAGE --format markdown > docs/coverage.md`"
    )


@HAS_PAGE
def test_the_table_in_docs_quotes_no_sentence_of_the_page() -> None:
    headings = {
        normalise(part)
        for s in page_sentences(PAGE.read_text("utf-8"))
        for part in s.section.split(" > ")
    }
    written = normalise((ROOT / "docs" / "coverage.md").read_text("utf-8"))
    sentences = {normalise(s.text) for s in page_sentences(PAGE.read_text("utf-8"))} - headings
    assert [s for s in sentences if len(s) >= 40 and s in written] == []


def test_reasons_are_our_own_words_and_each_is_used() -> None:
    page_map = read_page_map(find_rules())
    used = {sentence.informational for sentence in page_map.sentences} - {None}
    assert used == set(page_map.reasons)
    assert (
        yaml.safe_load((find_rules() / MAP_FILE).read_text("utf-8"))["reasons"] == page_map.reasons
    )
