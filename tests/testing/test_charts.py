"""A generated chart is decided as the record it was made from, and has the shape its standard gives
it.
"""

import json
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.ehr import (
    Timeline,
    decide_chart,
    decide_dated,
    decide_over_time,
    make_reader,
    read_charts,
)
from allstatus.testing import bundles, charted_histories, histories, hl7v2_messages
from allstatus.testing.answers import answer_of, uses_of
from allstatus.testing.representatives import HAIR, Record
from shipped import RULES

LIMIT = RULES.ruleset.thresholds["blast_threshold"].value
MARROW = "11150-0"
SETTLED = ("in_remission", "recurrent")
UNLESS_RECORDED = make_reader(["symptoms-absent-unless-recorded"])


def decided(text: str) -> dict[str, Any]:
    """All that is answered on a chart of one patient."""
    ((_, chart),) = read_charts(text)
    decision = decide_chart(RULES, chart)
    return {
        "outcome": decision.outcome,
        "status": decision.status,
        "possible": list(decision.possible),
        "regions": [region.id for region in decision.regions],
        "possible_regions": [region.id for region in decision.possible_regions],
        "options": [option.id for option in decision.options],
        "missing": [entry.fact for entry in decision.missing],
        "reasons": [list(names) for names in decision.reasons],
        **uses_of(decision.options),
    }


def timeline_of(bundle: dict[str, Any]) -> Timeline:
    ((_, chart),) = read_charts(json.dumps(bundle))
    return decide_over_time(RULES, chart, options=UNLESS_RECORDED)


@settings(max_examples=200)
@given(bundles())
def test_a_bundle_is_decided_as_its_record(made: tuple[Record, dict[str, Any]]) -> None:
    record, bundle = made
    assert decided(json.dumps(bundle)) == answer_of(RULES, record, uses=True)


@given(hl7v2_messages())
def test_a_message_is_decided_as_its_record(made: tuple[Record, str]) -> None:
    record, message = made
    assert decided(message) == answer_of(RULES, record, uses=True)


@given(charted_histories())
def test_a_charted_history_is_decided_as_its_records_from_the_first_remission_on(
    made: tuple[list[Record], dict[str, Any]],
) -> None:
    records, bundle = made
    timeline = timeline_of(bundle)
    assert [str(point.day) for point in timeline.points] == [record["as_of"] for record in records]
    for record, point in zip(records, timeline.points, strict=True):
        expected = RULES.classify(record)
        if expected.status in SETTLED:
            assert point.decision.status == expected.status
            assert point.number == expected.remission_number
        else:
            assert set(expected.possible) < set(point.decision.possible)
    assert timeline.now is not None
    assert timeline.now.outcome == timeline.points[-1].decision.outcome


@given(histories())
def test_a_history_of_records_is_decided_over_time_as_each_record_alone(
    records: list[Record],
) -> None:
    (timeline,) = decide_dated(RULES, records)
    assert [point.decision.status for point in timeline.points] == [
        RULES.classify(record).status for record in records
    ]


@given(st.data())
def test_what_a_history_leaves_out_of_its_records_is_carried_forward(data: st.DataObject) -> None:
    records = data.draw(histories())
    carried = ("prior_treatment", "prior_remission", "relapse_since_remission", "relapse_count")
    silent = [
        records[0],
        *(
            {key: value for key, value in record.items() if key not in carried[1:]}
            for record in records[1:]
        ),
    ]
    (timeline,) = decide_dated(RULES, silent)
    for record, point in zip(records, timeline.points, strict=True):
        expected = RULES.classify(record)
        assert point.decision.status == expected.status or expected.status not in SETTLED


def test_charts_reach_every_answer_a_chart_can_give_and_numbers_a_hair_beside_the_limit() -> None:
    outcomes, numbers = set(), set()

    @settings(derandomize=True, database=None, max_examples=300)
    @given(bundles(), hl7v2_messages())
    def collect(made: tuple[Record, Any], message: tuple[Record, str]) -> None:
        decision = RULES.classify(made[0])
        outcomes.add(decision.status or decision.outcome)
        number = message[0]["marrow_blast_percent"]
        if number[0] not in "<>":
            numbers.add(Fraction(number))

    collect()
    assert outcomes == {
        "recurrent",
        "insufficient_data",
    }  # a chart does not say that something is absent
    assert {LIMIT, LIMIT + HAIR, LIMIT - HAIR} <= numbers


def test_histories_pass_through_every_phase() -> None:
    seen = set()

    @settings(derandomize=True, database=None, max_examples=100)
    @given(charted_histories())
    def collect(made: tuple[list[Record], dict[str, Any]]) -> None:
        seen.update((point.decision.status, point.number) for point in timeline_of(made[1]).points)

    collect()
    assert {(None, None), ("in_remission", 1), ("recurrent", None), ("in_remission", 2)} <= seen


@given(bundles())
def test_a_bundle_is_one_patients_with_a_marrow_result(made: tuple[Record, dict[str, Any]]) -> None:
    _, bundle = made
    assert json.loads(json.dumps(bundle)) == bundle
    resources = [entry["resource"] for entry in bundle["entry"]]
    assert resources[0]["resourceType"] == "Patient"
    assert all(resource["subject"] == {"reference": "Patient/p1"} for resource in resources[1:])
    assert len({resource["id"] for resource in resources}) == len(resources)
    observations = [resource for resource in resources if resource["resourceType"] == "Observation"]
    (marrow,) = [
        resource for resource in observations if resource["code"]["coding"][0]["code"] == MARROW
    ]
    assert ("valueQuantity" in marrow) != ("valueString" in marrow)


@given(hl7v2_messages())
def test_a_message_is_an_oru_with_numbered_results(made: tuple[Record, str]) -> None:
    segments = [line.split("|") for line in made[1].split("\r")[:-1]]
    assert [segment[0] for segment in segments[:5]] == ["MSH", "PID", "DG1", "OBR", "OBX"]
    assert segments[0][8] == "ORU^R01"
    marrow = segments[4]
    assert marrow[2] in ("NM", "SN")
    assert marrow[3].startswith(MARROW)
    assert marrow[11] == "F"
    assert ("^" in marrow[5]) is (marrow[2] == "SN")
