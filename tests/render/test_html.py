"""The page a decision is shown as: whole, loading nothing, readable by eye, by ear and on paper."""

import json
import re
import sys
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from xml.etree.ElementTree import Element

import pytest

from allstatus import Decision, MissingExtra
from allstatus.decision.answer import UNDECIDED
from allstatus.render import html
from allstatus.render.html import render_html
from allstatus.render.messages import headline, messages
from allstatus.render.reader import Reader
from allstatus.render.words import MARK
from allstatus.rules.phrases import LEVELS
from command_line import run
from render.pages import DECISIONS, UNTREATED, by_class, parse, show, tags, text
from shipped import RULES

URL = RULES.ruleset.source["url"]


@dataclass(frozen=True)
class Shown:
    """A decision's page at a level: parsed once, for every test that looks at it."""

    decision: Decision
    level: str
    page: str
    tree: Element


@pytest.fixture(
    scope="module", params=[(name, level) for name in DECISIONS for level in LEVELS], ids="-".join
)
def shown(request: pytest.FixtureRequest) -> Shown:
    name, level = request.param
    page = render_html([DECISIONS[name]], level=level)
    return Shown(DECISIONS[name], level, page, parse(page))


def test_every_outcome_is_a_whole_page_that_says_it(shown: Shown) -> None:
    decision, level = shown.decision, shown.level
    said = text(shown.tree)
    assert shown.page.startswith("<!doctype html>")
    assert headline(decision, level) in said
    assert all(message in said for message in messages(decision, level))
    assert all(getattr(option.titles, level) in said for option in decision.options)
    rules = decision.to_dict()["ruleset"]
    for part in (
        rules["id"],
        rules["version"],
        rules["digest"],
        rules["table_digest"],
        rules["source"]["title"],
        decision.rules.notice,
    ):
        assert part in said
    assert not re.search(r"recommend|approved", said, re.IGNORECASE)


def test_the_fixtures_show_every_status_region_and_outcome() -> None:
    shown = {
        part
        for decision in DECISIONS.values()
        for part in (decision.status, *(region.id for region in decision.regions))
    }
    assert shown >= {*RULES.ruleset.statuses, *RULES.ruleset.regions}
    outcomes = "determined outside_definitions insufficient_data conflicting_data not_applicable"
    assert {decision.outcome for decision in DECISIONS.values()} == set(outcomes.split())


def test_nothing_is_loaded_and_nothing_runs(shown: Shown) -> None:
    tree = shown.tree
    loaders = "script link img iframe object embed base form audio video image use"
    assert not set(loaders.split()) & set(tags(tree))
    attributes = [
        (key.rpartition("}")[2], value) for element in tree.iter() for key, value in element.items()
    ]
    assert {
        value
        for key, value in attributes
        if key in ("href", "src", "action", "srcset", "background")
    } == {URL}
    assert not [key for key, _ in attributes if key.startswith("on") or key == "style"]
    style = next(element for element in tree.iter("style"))
    assert "url(" not in str(style.text)
    assert "@import" not in str(style.text)


def test_the_page_allows_itself_its_own_style_only() -> None:
    tree = show(UNTREATED)
    style = next(element for element in tree.iter("style"))
    digest = b64encode(sha256(str(style.text).encode()).digest()).decode()
    policy = next(meta.get("content") for meta in tree.iter("meta") if meta.get("http-equiv"))
    assert (
        policy
        == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_evidence_of_a_chart_is_said_in_words() -> None:
    said = text(
        next(parse(render_html([DECISIONS["10-isolated-cns-relapse.json 1"]])).iter("main"))
    )
    assert "2026-02-01 Blasts in bone marrow, percent of cells: 2 % (bone marrow blasts)" in said
    assert "{" not in said


def test_a_listener_and_a_keyboard_find_their_way(shown: Shown) -> None:
    tree, both = shown.tree, render_html([shown.decision] * 2, level=shown.level)
    levels = list(map(int, re.findall(r"<h([1-6])\b", both)))
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert next(tree.iter("html")).get("lang") == "en"
    opened = re.findall(r"<(main|nav|title)\b", both)
    assert sorted(opened) == ["main", "nav", "title"]
    assert all(cell.get("scope") in ("col", "row") for cell in tree.iter("th"))
    assert all(str(details[0].tag) == "summary" for details in tree.iter("details"))
    identifiers = re.findall(r' id="([^"]*)"', both)
    assert len(identifiers) == len(set(identifiers)) > 2
    assert all(
        svg.get("aria-hidden") == "true"
        for svg in tree.iter("{http://www.w3.org/2000/svg}svg")
        if svg.get("width")
    )


def states(tree: Element) -> list[tuple[str, str, str]]:
    """Of each definition and clause its class, sign and spoken word."""
    return [
        (
            element.get("class", "").split()[-1],
            text(by_class(element, "mark")[0]),
            text(by_class(element, "hidden")[0]).rstrip(": "),
        )
        for element in [*tree.iter("details"), *tree.iter("li")]
        if element.get("class", "").split()[-1:] and element.get("class", "").split()[-1] in MARK
    ]


def test_each_state_has_a_sign_and_a_word_of_its_own() -> None:
    each = {(state, MARK[state], Reader(RULES.ruleset).says("states", state)) for state in MARK}
    assert len(set(MARK.values())) == len({said for _, _, said in each}) == len(MARK)
    found: set[tuple[str, str, str]] = set()
    for decision in DECISIONS.values():
        found.update(states(parse(render_html([decision]))))
        if found >= each:
            break
    assert found == each


def test_no_page_has_a_state_of_another_sign_or_word(shown: Shown) -> None:
    reader = Reader(RULES.ruleset, shown.level)
    for state, mark, word in states(shown.tree):
        assert (mark, word) == (MARK[state], reader.says("states", state))


@pytest.mark.parametrize(
    "name", [name for name, decision in DECISIONS.items() if decision.outcome in UNDECIDED]
)
def test_no_definition_is_evaluated_on_a_contradiction_or_another_disease(name: str) -> None:
    assert {state for state, _, _ in states(parse(render_html([DECISIONS[name]])))} == {
        "not_evaluated"
    }


def test_every_clause_and_option_is_cited_by_section_and_reading() -> None:
    tree = show(UNTREATED)
    clauses = [
        link
        for link in tree.iter("a")
        if link.get("class") in ("cite literal", "cite interpretation")
    ]
    assert {text(link).partition(":")[0] for link in clauses} == {"literal", "our reading"}
    sections = {node.cite.section for node in RULES.classify(UNTREATED).trace.nodes.values()}
    assert {section.replace(" > ", " › ") for section in sections} <= {
        link.get("title") for link in clauses
    }


def test_several_records_are_articles_of_one_page_with_an_index() -> None:
    chosen = list(DECISIONS.values())[:3]
    tree = parse(render_html(chosen))
    assert [article.get("id") for article in tree.iter("article")] == [
        "record-1",
        "record-2",
        "record-3",
    ]
    index = next(tree.iter("nav"))
    assert [link.get("href") for link in index.iter("a")] == ["#record-1", "#record-2", "#record-3"]
    assert all(str(decision.record.id) in text(index) for decision in chosen)
    with pytest.raises(ValueError, match="no decision"):
        render_html([])


def test_the_command_prints_one_page_and_reports_refusals_beside_it() -> None:
    lines = [json.dumps(record) for record in (UNTREATED, UNTREATED | {"cbc": "oops"}, UNTREATED)]
    asked = ("classify", "-", "--format", "html")
    result = run(*asked, "--level", "plain", stdin="\n".join(lines))
    assert result.returncode == 3
    assert result.stderr.startswith("error: record 2: cbc")
    assert tags(parse(result.stdout)).count("article") == 2
    assert run(*asked, stdin="{}").stdout == ""


def test_without_jinja2_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    html._template.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtra, match=r"pip install 'allstatus\[html\]'"):
        render_html([RULES.classify(UNTREATED)])
