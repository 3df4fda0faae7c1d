"""What a caller says stands in the place of what a chart says, and is said to."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.ehr.assess.assessment import Assessment
from allstatus.ehr.assess.caller_facts import SUPPLIED, CallerFacts, lay_over, make_overlays
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.errors import InvalidRecord
from allstatus.table.chart_context import Evidence
from ehr.assess.test_assessor import OPTIONS, RULES, chart_of, told

ANSWERS = yaml.safe_load(Path(__file__).with_name("caller_facts.yaml").read_text("utf-8"))
TEXT = {"csf": "2025-03-09", "valueString": "see report"}
DAY = date(2025, 3, 10)
MARROW = "marrow_blast_percent"


def test_a_record_or_a_list_of_them_is_laid_over() -> None:
    (one,) = make_overlays({"id": 7, "as_of": "2025-03-10", "cbc": "normal", MARROW: None})
    assert one == CallerFacts("7", DAY, {"cbc": "normal"})
    assert [overlay.facts for overlay in make_overlays([{"cbc": "normal"}, {MARROW: 5}])] == [
        {"cbc": "normal"},
        {MARROW: 5},
    ]


def test_what_is_no_record_is_refused() -> None:
    with pytest.raises(InvalidRecord, match=MARROW):
        make_overlays([{"cbc": "normal"}, {MARROW: 140}])


@pytest.mark.parametrize(
    ("patient", "asked", "is_for"),
    [(None, "p1", True), (None, None, True), ("p1", "p1", True), ("p1", "p2", False)],
)
def test_whom_it_is_for(patient: str | None, asked: str | None, is_for: bool) -> None:
    assert CallerFacts(patient, None, {}).is_for(asked) is is_for


@pytest.mark.parametrize(
    ("as_of", "day", "known"),
    [
        (None, DAY, True),
        (DAY, None, True),
        (DAY, DAY, True),
        (DAY, date(2025, 3, 11), True),
        (DAY, date(2025, 3, 9), False),
    ],
)
def test_when_it_is_known(as_of: date | None, day: date | None, known: bool) -> None:
    assert CallerFacts(None, as_of, {}).known_by(day) is known


def found() -> Assessment:
    """A marrow of 60 %, and a doubt that left the count open."""
    assessment = Assessment()
    assessment.derive(MARROW, "60", [Evidence("Observation/1", used=True)])
    doubt = Doubt(
        "cbc", "wbc", When("", DAY, DAY), "its status is unknown", Evidence("Observation/2")
    )
    assessment.leave_open("cbc", [doubt])
    assessment.assume("signs_and_symptoms", "absent", "not recorded")
    assessment.conflicts.append(("two marrows", (MARROW,), "they differ"))
    return assessment


def test_the_chart_s_value_stays_as_evidence_set_aside() -> None:
    assessment = found()
    lay_over(assessment, CallerFacts(None, None, {MARROW: "2"}))
    assert (assessment.facts[MARROW], assessment.states[MARROW]) == ("2", "given")
    ours, chart = assessment.evidence[MARROW]
    assert (ours.source, ours.read, ours.used) == (SUPPLIED, "2", True)
    assert (chart.used, chart.because) == (False, "the caller supplied another value")
    assert f"{MARROW}: the caller's value stands in the place of the chart's" in assessment.warnings
    assert assessment.conflicts == []


def test_the_same_value_replaces_nothing() -> None:
    assessment = found()
    lay_over(assessment, CallerFacts(None, None, {MARROW: "60"}))
    assert [warning for warning in assessment.warnings if warning.startswith(MARROW)] == []


def test_a_doubt_and_an_assumption_are_answered_and_no_others() -> None:
    assessment = found()
    assert len(assessment.warnings) == 1
    lay_over(assessment, CallerFacts(None, None, {"cbc": "normal"}))
    assert assessment.warnings == []
    assert [entry.fact for entry in assessment.assumptions] == ["signs_and_symptoms"]
    assert len(assessment.conflicts) == 1
    lay_over(assessment, CallerFacts(None, None, {"signs_and_symptoms": "present"}))
    assert assessment.assumptions == []


@pytest.mark.parametrize(
    ("wanted", "said"), [(wanted, said) for wanted, cases in ANSWERS.items() for said in cases]
)
def test_what_is_said_beside_a_remission_gives_the_answer_of_the_table(
    wanted: str, said: dict[str, Any] | list[dict[str, Any]]
) -> None:
    records = said if isinstance(said, list) else [said]
    lines = [TEXT for record in records if record.get("text")]
    lines += [record["beside"] for record in records if "beside" in record]
    told_by = [{k: v for k, v in one.items() if k not in ("text", "beside")} for one in records]
    facts = [one for one in told_by if one]
    (chart,) = read_fhir(chart_of({"chart": lines}))
    for order in (facts, facts[::-1]):
        try:
            overlays = make_overlays(order)
            decision = decide_chart(RULES, chart, options=OPTIONS, overlays=overlays)
        except InvalidRecord:
            assert wanted == "refused"
            return
        assert told(decision) == wanted, decision.warnings
