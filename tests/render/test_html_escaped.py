"""Text of a record, a chart or a source never becomes part of the page's code."""

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus import load_rules
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.render.html import render_html
from allstatus.rules.phrases import LEVELS
from render.pages import ROOT, UNTREATED, parse, show, tags, text
from shipped import RULES

URL = RULES.ruleset.source["url"]
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
    assert "&lt;5, that is less than 5\N{NO-BREAK SPACE}%" in page
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


def test_a_source_that_is_no_web_page_is_not_linked(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES.ruleset.directory, folder)
    ruleset = folder / "ruleset.yaml"
    ruleset.write_text(ruleset.read_text("utf-8").replace(URL, "javascript:alert(1)"), "utf-8")
    page = render_html([load_rules(folder, engine="builtin", locked=False).classify(UNTREATED)])
    assert "javascript:" not in page
    assert "a" not in tags(parse(page))
