"""The pages of decisions on every fixture, parsed strictly, and what stands in them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from allstatus import Decision, InvalidRecord
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import decode
from allstatus.render.html import render_html
from shipped import RULES

html5lib = pytest.importorskip("html5lib", reason="html5lib is not installed")
ROOT = Path(__file__).parents[2]
RECORDS = ROOT / "fixtures" / "records"
UNTREATED = {
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": "60",
    "signs_and_symptoms": ["fever"],
}


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


def show(record: dict[str, Any], level: str = "clinician") -> Element:
    return parse(render_html([RULES.classify(record)], level=level))


def tags(tree: Element) -> list[str]:
    return [str(element.tag).rpartition("}")[2] for element in tree.iter()]


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_class(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if name in element.get("class", "").split()]
