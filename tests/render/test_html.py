"""The page a decision is shown as: whole, safe, readable by eye, by ear and on paper."""

import json
import re
import shutil
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus import Decision, InvalidRecord, MissingExtra, load_rules
from allstatus.decision.answer import UNDECIDED
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import decode
from allstatus.render import html
from allstatus.render.html import render_html
from allstatus.render.messages import headline, messages
from allstatus.render.reader import Reader
from allstatus.render.words import MARK
from allstatus.rules.phrases import LEVELS
from command_line import run
from shipped import RULES

html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "fixtures" / "records"
LIMIT = RULES.ruleset.thresholds["blast_threshold"].value
URL = RULES.ruleset.source["url"]
UNTREATED = {
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": "60",
    "signs_and_symptoms": ["fever"],
}
HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><b>",
    '"><img src=x onerror=alert(1)>',
    "' onclick='x",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "<!-- -->",
    "]]>",
    "&lt;b&gt;",
    "\x00\x1b[31m",
    "\u202egnp.exe",
    "é 白 🧬",
]


def decide_file(path: Path) -> Iterator[Decision]:
    """The decisions on the charts of a fixture."""
    for _, chart in read_charts(decode(path.read_bytes(), str(path))):
        assert isinstance(chart, Chart)
        yield decide_chart(RULES, chart)


def decisions() -> Iterator[tuple[str, Decision]]:
    for path in sorted(RECORDS.glob("*.json")):
        if not path.name.endswith(".expected.json"):
            try:
                yield path.stem, RULES.classify(parse_json(path.read_text("utf-8")))
            except InvalidRecord:
                continue
    for path in sorted([*ROOT.glob("fixtures/fhir/*.json"), *ROOT.glob("fixtures/hl7v2/*.hl7")]):
        if not path.name.endswith(".expected.json"):
            yield from (
                (f"{path.name} {number}", decision)
                for number, decision in enumerate(decide_file(path), 1)
            )


DECISIONS = dict(decisions())


def parse(page: str) -> Element:
    """The page as a tree; any error of syntax or nesting fails."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


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


def show(record: dict[str, Any], level: str = "clinician") -> Element:
    return parse(render_html([RULES.classify(record)], level=level))


def tags(tree: Element) -> list[str]:
    return [str(element.tag).rpartition("}")[2] for element in tree.iter()]


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_class(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if name in element.get("class", "").split()]


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


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_the_record_stays_text(hostile: str, level: str) -> None:
    tree = show(UNTREATED | {"id": hostile, "signs_and_symptoms": [hostile]}, level)
    assert tags(tree) == tags(show(UNTREATED | {"id": "x"}, level))
    printable = re.sub(r"[\x00-\x1f]", "\ufffd", hostile)
    assert f"Record {printable}" in text(tree)


@cache
def benign(findings: int) -> list[str]:
    """The tags of a page whose record says nothing odd."""
    return tags(show(UNTREATED | {"id": "x", "signs_and_symptoms": ["x"] * findings}))


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3))
def test_no_text_of_a_record_changes_the_page_around_it(identity: str, findings: list[str]) -> None:
    tree = show(UNTREATED | {"id": identity, "signs_and_symptoms": findings})
    assert tags(tree) == benign(len(findings))


def test_text_of_a_blood_count_and_a_spelling_is_escaped() -> None:
    wbc = {"value": "60", "unit": "10*9/L", "low": "4", "high": "11", "flag": "H"}
    record = UNTREATED | {"cbc": {"wbc": wbc}, "marrow_blast_percent": "<5"}
    page = render_html([RULES.classify(record)])
    assert "&lt;5, that is less than 5 %" in page
    assert "<5" not in page
    assert "wbc 60 10*9/L: outside the laboratory's range 4 to 11" in text(parse(page))


def test_text_of_a_chart_is_escaped() -> None:
    chart_text = (ROOT / "fixtures/fhir/38-acute-myeloid-leukemia.json").read_text("utf-8")
    trees = []
    for name in ("x", "<script>alert(1)</script><b title='"):
        named = json.loads(
            chart_text,
            object_hook=lambda value, name=name: (
                value | {"display": name} if "code" in value else value
            ),
        )
        ((_, chart),) = read_charts(json.dumps(named))
        assert isinstance(chart, Chart)
        trees.append(parse(render_html([decide_chart(RULES, chart)])))
    assert tags(trees[0]) == tags(trees[1])
    assert "<script>alert(1)</script><b title=' (C92.00)" in text(trees[1])


def test_the_evidence_of_a_chart_is_said_in_words() -> None:
    said = text(
        next(parse(render_html([DECISIONS["10-isolated-cns-relapse.json 1"]])).iter("main"))
    )
    assert "2026-02-01 Blasts in bone marrow, percent of cells: 2 % (bone marrow blasts)" in said
    assert "{" not in said


def test_a_source_that_is_no_web_page_is_not_linked(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES.ruleset.directory, folder)
    ruleset = folder / "ruleset.yaml"
    ruleset.write_text(ruleset.read_text("utf-8").replace(URL, "javascript:alert(1)"), "utf-8")
    page = render_html([load_rules(folder, engine="builtin", locked=False).classify(UNTREATED)])
    assert "javascript:" not in page
    assert "a" not in tags(parse(page))


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


AT = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
}


@pytest.mark.parametrize(
    ("spelling", "says"),
    [
        (str(LIMIT), "5 % is on the line, which belongs to ALL in remission."),
        ("4.9", "Blasts in the bone marrow are not above the limit: 0.1 below the limit of 5 %."),
        (
            "5.000000000000000001",
            "Blasts in the bone marrow are above the limit: 0.000000000000000001 above the limit "
            "of 5 %.",
        ),
        (">=5", "It reaches over both sides of the limit of 5 %, so it does not decide."),
        ("<5", "Blasts in the bone marrow are not above the limit."),
        ("10/200", "10/200, that is 5 %"),
        (
            "10/200",
            "200 cells counted: the true share may lie from 2.42 to 9.0 % (95 %), on both sides of "
            "the limit.",
        ),
        ("1/3", "1/3, that is 100/3 % (about 33.33)"),
        ("M2", "M2, that is 5 to 25 %"),
    ],
)
def test_the_strip_is_said_in_words(spelling: str, says: str) -> None:
    (figure,) = show(AT | {"marrow_blast_percent": spelling}).iter("figure")
    assert says in text(figure)
    assert (
        "5 % or less Blasts in the bone marrow are not above the limit; asked for by ALL in "
        "remission." in text(figure)
    )
    assert (
        "more than 5 % Blasts in the bone marrow are above the limit; asked for by Recurrent ALL "
        "and Untreated ALL." in text(figure)
    )


@pytest.mark.parametrize(
    ("spelling", "ends"),
    [
        ("<5", ["closed", "open"]),
        ("M1", ["closed", "closed"]),
        (">=5", ["closed", "closed", "closed", "cut"]),
        ("60", ["closed"]),
    ],
)
def test_open_closed_and_cut_ends_are_drawn_differently(spelling: str, ends: list[str]) -> None:
    tree = show(AT | {"marrow_blast_percent": spelling})
    drawn = [
        element.get("class")
        for strip in by_class(tree, "strip")
        for element in strip.iter()
        if element.get("class") in ends
    ]
    assert drawn == (ends if len(by_class(tree, "strip")) == 1 or "cut" in ends else ends * 2)
    assert ("hollow" in text(tree)) is ("open" in ends)


@pytest.mark.parametrize("value", ["unknown", None])
def test_nothing_is_drawn_of_what_is_not_known(value: str | None) -> None:
    assert "figure" not in tags(show(AT | {"marrow_blast_percent": value}))


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
