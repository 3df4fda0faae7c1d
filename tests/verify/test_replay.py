"""Recorded decisions come out the same when they are decided again, and when not, it is said
how.
"""

import json
import operator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.ehr import decide_chart, make_reader, read_charts
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.verify.recorded_decision import read_recorded
from allstatus.verify.replay import render_text, replay, to_document
from copies import NUMBERS, copy_rules, lock
from decision.test_properties import records
from shipped import RULES
from test_cli import RECORDS, run

EXPECTED = sorted(RECORDS.glob("*.expected.json"))
ACCEPTED = [
    path.with_name(path.name.replace(".expected", ""))
    for path in EXPECTED
    if "refused" not in json.loads(path.read_text("utf-8"))
]
BETWEEN = f"{NUMBERS['limit']}.5"
SECOND_REMISSION = {
    "id": "second",
    "prior_treatment": "disease_directed",
    "prior_remission": True,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
    "marrow_blast_percent": BETWEEN,
}


def decided(record: dict[str, Any]) -> dict[str, Any]:
    """A decision document as it is read back from a file."""
    document = parse_json(RULES.classify(record).to_json())
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A rule set with twice the limit, locked."""
    edit = {"file": "thresholds.yaml", "find": "value: <limit>", "put": "value: <double>"}
    return str(lock(copy_rules(tmp_path_factory.mktemp("rules") / "doubled", [edit])))


def test_every_fixture_is_decided_again_alike_with_and_without_its_record() -> None:
    pairs = [(parse_json(path.read_text("utf-8")), path) for path in ACCEPTED]
    lines = [(1, decided(record)) for record, _ in pairs] + [
        (1, {"record": record, "decision": decided(record)}) for record, _ in pairs
    ]
    found = replay(lines, engine="builtin")
    assert [found.differs, found.refused] == [[], []]
    assert (found.same, found.rebuilt) == (2 * len(pairs), len(pairs))


panels = st.fixed_dictionaries({"wbc": st.sampled_from([{"flag": "H"}, {"flag": "N"}])})


more = st.fixed_dictionaries(
    {},
    optional={
        "relapse_count": st.integers(0, 3),
        "cbc": panels,
        "as_of": st.just("2026-01-05"),
        "id": st.integers(),
        "marrow_blast_percent": st.sampled_from(
            [{"value": "0.05", "unit": "1"}, {"value": "0.3", "comparator": ">=", "unit": "1"}]
        ),
        "leukemia_outside_marrow": st.sampled_from([{"site": "cns"}, {"site": []}]),
        "signs_and_symptoms": st.lists(st.just("bone pain"), max_size=2),
    },
)


@settings(max_examples=25)
@given(st.lists(st.builds(operator.or_, records, more), min_size=4, max_size=8))
def test_the_facts_of_a_decision_are_enough_to_decide_it_again(
    several: list[dict[str, Any]],
) -> None:
    found = replay([(None, decided(record)) for record in several], engine="builtin")
    assert (found.same, found.differs, found.refused) == (len(several), [], [])


def test_other_rules_give_a_difference_field_by_field(doubled: str) -> None:
    lines = [
        (1, decided(SECOND_REMISSION)),
        (2, decided({"id": "clear", "cbc": "abnormal"})),
        (3, {"outcome": "determined"}),
    ]
    found = replay(lines, doubled, engine="builtin")
    assert (found.decisions, found.same, len(found.differs), len(found.refused)) == (3, 1, 1, 1)
    (difference,) = found.differs
    assert (difference.number, difference.id, difference.fields["status"]) == (
        1,
        "second",
        ("recurrent", "in_remission"),
    )
    assert set(difference.fields) == {"status", "possible", "options"}
    text = render_text(found)
    assert "3 recorded decisions: 1 the same, 1 difference, 1 refused." in text
    assert "OTHER RULES" in text
    assert "status: recurrent -> in_remission" in text
    assert max(map(len, text.splitlines())) <= 80
    document = to_document(found)
    assert document["decisions"] == document["same"] + document["differ"] + document["refused"]


def test_a_decision_that_was_tampered_with_differs() -> None:
    document = decided(SECOND_REMISSION) | {"status": "in_remission"}
    (difference,) = replay([(None, document)], engine="builtin").differs
    assert difference.fields == {"status": ("in_remission", "recurrent")}


def test_other_files_under_the_same_version_are_named() -> None:
    document = decided(SECOND_REMISSION)
    document["ruleset"]["digest"] = "0" * 64
    found = replay([(None, document)], engine="builtin")
    assert found.same == 1
    assert "(000000000000)" in render_text(found)
    assert "OTHER RULES" in render_text(found)


def test_what_is_missing_is_compared_when_the_record_stands_beside() -> None:
    decision = decided({"cbc": "abnormal"})
    decision["missing"] = decision["missing"][1:]
    assert replay([(None, decision)], engine="builtin").same == 1
    (difference,) = replay(
        [(None, {"record": {"cbc": "abnormal"}, "decision": decision})], engine="builtin"
    ).differs
    assert set(difference.fields) == {"missing"}


def test_a_version_that_is_not_kept_is_refused() -> None:
    document = decided(SECOND_REMISSION)
    document["ruleset"]["version"] = "1999.1.1-r1"
    ((_, error),) = replay([(1, document)], engine="builtin").refused
    assert "1999.1.1-r1 is not kept here; name the rules to decide by" in str(error)


NO_DECISIONS = [
    {},
    [],
    3,
    {"record": {}},
    {"record": {}, "decision": {}},
    {"outcome": "determined", "status": 3},
]


@pytest.mark.parametrize("value", NO_DECISIONS, ids=str)
def test_what_is_no_recorded_decision_is_refused(value: Any) -> None:
    with pytest.raises(InvalidRecord, match="is not as in a recorded decision; give decisions as"):
        read_recorded(value)


def test_the_command_exits_with_0_1_or_3(tmp_path: Path, doubled: str) -> None:
    path = tmp_path / "decisions.ndjson"
    path.write_text(
        "".join(
            json.dumps(decided(record), default=str) + "\n"
            for record in (SECOND_REMISSION, {"cbc": "normal"})
        ),
        "utf-8",
    )
    same = run("replay", str(path))
    assert (same.returncode, same.stderr) == (0, "")
    assert "2 recorded decisions: 2 the same, 0 differences, 0 refused." in same.stdout
    differing = run("replay", str(path), "--rules", doubled, "--json")
    assert (differing.returncode, json.loads(differing.stdout)["differ"]) == (1, 1)
    refused = run("replay", "-", stdin=path.read_text("utf-8") + '{"outcome": 1}\n')
    assert (refused.returncode, refused.stderr.startswith("error: record 3: ")) == (3, True)
    no_record = json.dumps({"record": [], "decision": decided(SECOND_REMISSION)})
    assert run("replay", "-", stdin=no_record).returncode == 3
    assert run("replay", "nowhere").returncode == 3
    assert run("replay", str(path), "--rules", "nowhere").returncode == 4


CHARTS = sorted(
    path
    for path in (RECORDS.parent / "fhir").glob("*.json")
    if not path.name.endswith(".expected.json")
)


@pytest.mark.parametrize(
    "assumed",
    [(), ("symptoms-absent-unless-recorded",)],
    ids=["nothing-assumed", "symptoms-assumed"],
)
def test_decisions_on_charts_come_out_the_same_from_their_facts(assumed: tuple[str, ...]) -> None:
    reader = make_reader(assumed)
    charts = [
        chart
        for path in CHARTS
        for _, chart in read_charts(path.read_text("utf-8"))
        if not isinstance(chart, InvalidRecord)
    ]
    decisions = [decide_chart(RULES, chart, options=reader) for chart in charts]
    assert {"not_applicable", "conflicting_data", "determined"} <= {
        decision.outcome for decision in decisions
    }
    found = replay(enumerate((parse_json(decision.to_json()) for decision in decisions), 1))
    assert (found.same, found.rebuilt, found.differs, found.refused) == (
        len(decisions),
        len(decisions),
        [],
        [],
    )


def test_an_altered_decision_on_a_chart_differs() -> None:
    chart = next(
        chart
        for _, chart in read_charts(
            (RECORDS.parent / "fhir" / "38-acute-myeloid-leukemia.json").read_text("utf-8")
        )
    )
    document = parse_json(decide_chart(RULES, chart).to_json())
    document["outcome"] = "determined"
    assert replay([(1, document)]).differs[0].fields["outcome"] == (
        "determined",
        "insufficient_data",
    )
