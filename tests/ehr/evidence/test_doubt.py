"""Doubt only widens, and has bounds; `doubt.yaml` holds a remission's scraps."""

import random
from copy import deepcopy
from dataclasses import replace
from operator import eq
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.ehr.chart import Chart, Problem, Quantity, Result, Statement
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.dates import read_when
from allstatus.ehr.evidence.doubt import Doubt, ends
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.table.chart_context import Evidence
from ehr.charts_as_yaml import RULES, decide, possible

TABLE = yaml.safe_load(Path(__file__).with_name("doubt.yaml").read_text("utf-8"))
FIXTURES = Path(__file__).parents[3] / "fixtures"
CHARTS = sorted(
    path
    for folder in ("fhir", "timelines", "hl7v2")
    for path in (FIXTURES / folder).iterdir()
    if not any(part in path.name for part in (".expected", "of-records", ".facts", "latin-1"))
)
OPTIONS = make_reader(["symptoms-absent-unless-recorded"])


@pytest.mark.parametrize("name", TABLE["closed"])
def test_a_scrap_that_the_bounds_close_leaves_the_answer_as_it_was(name: str) -> None:
    assert decide(TABLE["with"] + TABLE["closed"][name]).status == "in_remission"


@pytest.mark.parametrize("name", TABLE["open"])
def test_a_scrap_within_the_bounds_leaves_its_fact_open(name: str) -> None:
    case = TABLE["open"][name]
    decision = decide(TABLE["with"] + case["chart"])
    assert decision.outcome == "insufficient_data"
    assert "in_remission" in decision.possible
    fact = decision.facts[case["fact"]]
    assert (fact.value, fact.state) == (None, "unknown")


@pytest.mark.parametrize("name", TABLE["differs"])
def test_what_a_doubt_may_change(name: str) -> None:
    said, result, wanted = deepcopy(TABLE["differs"][name])
    seen, day = Evidence("Observation/1"), read_when(str(said.pop("day")))
    doubt = Doubt("marrow_blast_percent", "marrow", day, "", seen, **said)  # type: ignore[arg-type]
    when = read_when(str(result["day"]))
    assert when
    assert doubt.differs(when, result["value"], eq) is wanted


@pytest.mark.parametrize("name", TABLE["ends"])
def test_what_ends_a_doubt(name: str) -> None:
    day, later, wanted = TABLE["ends"][name]
    when, others = read_when(str(day)), [read_when(str(other)) for other in later]
    doubt = Doubt("marrow_blast_percent", "marrow", when, "", Evidence("1"))  # type: ignore[arg-type]
    assert ends(doubt, others) is wanted  # type: ignore[arg-type]


def test_an_open_fact_says_why_and_what_would_settle_it() -> None:
    scrap = {"csf": "Lymphoblasts present on cytospin", "day": "2025-03-09"}
    decision = decide([*TABLE["with"], scrap])
    assert (
        "Blasts in cerebrospinal fluid of 2025-03-09 leaves it open (is text, which is quoted and "
        "not read): 'Lymphoblasts present on cytospin'; say whether leukemia was found there, and "
        "when"
    ) in decision.warnings


def undated(statement: Statement) -> Statement:
    if isinstance(statement, Problem):
        return replace(statement, when=None, issued=None, onset=None, recorded=None)
    return replace(statement, when=None, issued=None)


def of_the_year(statement: Statement) -> Statement:
    year = read_when(statement.when.text[:4]) if statement.when else None
    if isinstance(statement, Problem):
        onset, recorded = (year if day else None for day in (statement.onset, statement.recorded))
        return replace(statement, when=year, onset=onset, recorded=recorded)
    return replace(statement, when=year)


def preliminary(statement: Statement) -> Statement:
    return replace(statement, doubt="preliminary, not final")


def as_text(statement: Statement) -> Statement:
    told = Quantity("see comment", text="see comment")
    return replace(statement, value=told) if isinstance(statement, Result) else statement


def in_an_unknown_unit(statement: Statement) -> Statement:
    if not isinstance(statement, Result) or statement.value.number is None or statement.ranges:
        return statement
    return replace(statement, value=statement.value._replace(unit="furlong"))


BLURS = (undated, of_the_year, preliminary, as_text, in_an_unknown_unit)


def blurred(chart: Chart) -> list[tuple[str, Chart]]:
    """The chart with each statement that counts made unreadable in each way."""
    made = []
    for kind in ("results", "problems"):
        for place, statement in enumerate(getattr(chart, kind)):
            if statement.void or (kind == "problems" and not _asserts(statement)):
                continue
            for blur in BLURS:
                other = blur(statement)
                if other != statement:
                    items: list[Any] = list(getattr(chart, kind))
                    items[place] = other
                    what = f"{statement.source} {blur.__name__}"
                    made.append((what, replace(chart, **{kind: items})))
    return made


def _asserts(problem: Problem) -> bool:
    """Whether it says more than the diagnosis itself."""
    return not any(code.code.startswith(("C91.0", "9185700", "27757")) for code in problem.codes)


@pytest.mark.parametrize("path", CHARTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_statement_made_unreadable_never_shrinks_what_is_possible(path: Path) -> None:
    for _, chart in read_charts(path.read_text("utf-8")):
        assert isinstance(chart, Chart)
        before = decide_chart(RULES, chart, options=OPTIONS)
        if before.outcome == "not_applicable":
            continue
        ways = blurred(chart)
        chance = random.Random(path.name)
        for what, other in chance.sample(ways, min(len(ways), 40)):
            after = decide_chart(RULES, other, options=OPTIONS)
            assert possible(before) <= possible(after), what
            if before.outcome == "conflicting_data":
                assert after.outcome != "determined", what
