"""The public strategies: what they promise holds of every example, they hit the edges, and examples
shrink to little.
"""

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from allstatus import InvalidRecord, load_rules
from allstatus.decision.classifier import Classifier
from allstatus.record.percent import read_percent
from allstatus.testing import (
    assert_conforms,
    blast_percents,
    complete_records,
    equivalent_spellings,
    histories,
    invalid_records,
    near_threshold,
    records,
    records_with,
    refinements,
    region_records,
)
from allstatus.testing.answers import answer_of
from allstatus.testing.representatives import HAIR, UNKNOWN
from copies import copy_rules, lock
from shipped import RULES

LIMIT = RULES.ruleset.thresholds["blast_threshold"].value
OUTCOMES = ["determined", "outside_definitions", "insufficient_data", "conflicting_data"]
PHASE_STATUS = {"untreated", "in_remission", "recurrent", None}
SAME = settings(
    derandomize=True,
    database=None,
    max_examples=300,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SHRUNK = settings(derandomize=True, database=None)
FIND = settings(derandomize=True, database=None, max_examples=2000)


def seen(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """300 examples, the same every time."""
    found: list[Any] = []

    @SAME
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


@given(records())
def test_every_record_is_valid_and_states_or_denies_something(record: dict[str, Any]) -> None:
    decision = RULES.classify(record)
    assert record
    assert decision.outcome in OUTCOMES


@given(complete_records())
def test_a_complete_record_never_lacks_data(record: dict[str, Any]) -> None:
    assert set(record) == set(RULES.ruleset.facts)
    assert RULES.classify(record).outcome != "insufficient_data"


@pytest.mark.parametrize("outcome", OUTCOMES)
@given(data=st.data())
def test_records_with_an_outcome_have_it(outcome: str, data: st.DataObject) -> None:
    assert RULES.classify(data.draw(records_with(outcome))).outcome == outcome


@pytest.mark.parametrize("status", list(RULES.table.statuses))
@given(data=st.data())
def test_records_with_a_status_have_it(status: str, data: st.DataObject) -> None:
    assert RULES.classify(data.draw(records_with(status=status))).status == status


@pytest.mark.parametrize("region", list(RULES.table.regions))
@given(data=st.data())
def test_region_records_lie_in_the_region(region: str, data: st.DataObject) -> None:
    decision = RULES.classify(data.draw(region_records(region)))
    assert region in [entry.id for entry in decision.regions]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: records_with("cured"), "no outcome is 'cured'"),
        (records_with, "say an outcome or a status"),
        (lambda: records_with(status="cured"), "statuses: in_remission, recurrent, untreated"),
        (
            lambda: records_with("conflicting_data", status="recurrent"),
            "no record is conflicting_data with status 'recurrent'",
        ),
        (lambda: region_records("nowhere"), "no region is 'nowhere'"),
        (lambda: assert_conforms(RULES.classify, level="perfect"), "no level is 'perfect'"),
    ],
)
def test_a_name_the_rules_do_not_have_is_refused(ask: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ask()


@given(refinements())
def test_more_knowledge_never_adds_a_possibility(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    before, after = pair
    assert set(RULES.classify(after).possible) <= set(RULES.classify(before).possible)
    assert set(before) <= set(after)


@given(data=st.data())
def test_a_given_record_is_refined_as_it_stands(data: st.DataObject) -> None:
    record = {"cbc": UNKNOWN, "marrow_blast_percent": "<10", "signs_and_symptoms": "absent"}
    before, after = data.draw(refinements(record))
    assert before == record
    assert after["signs_and_symptoms"] == "absent"
    assert not {"relapse_since_remission", "leukemia_outside_marrow"} & set(after)
    percent = read_percent(after["marrow_blast_percent"])
    assert percent.exact is None or percent.exact < 2 * LIMIT


@given(st.data())
def test_another_spelling_is_the_same_in_every_answer(data: st.DataObject) -> None:
    record = data.draw(records())
    other = data.draw(equivalent_spellings(record))
    assert answer_of(RULES, other) == answer_of(RULES, record)


@given(blast_percents())
def test_every_spelling_can_be_read(value: Any) -> None:
    assert 0 <= read_percent(value).low <= read_percent(value).high <= 100


def test_numbers_hit_the_limit_and_a_hair_beside_it() -> None:
    numbers = Counter(Fraction(number) for number in seen(near_threshold()))
    assert {LIMIT, LIMIT + HAIR, LIMIT - HAIR} <= set(numbers)
    exact = [percent.exact for percent in map(read_percent, seen(blast_percents()))]
    assert exact.count(LIMIT) >= 5
    assert None in exact
    beside = sum(
        number is not None and 0 < abs(number - LIMIT) <= Fraction(1, 10) for number in exact
    )
    assert beside >= 15


def test_records_reach_every_outcome_and_every_form() -> None:
    found = seen(records())
    assert {RULES.classify(record).outcome for record in found} == set(OUTCOMES)
    assert any(isinstance(record.get("signs_and_symptoms"), list) for record in found)
    assert any(isinstance(record.get("leukemia_outside_marrow"), dict) for record in found)
    assert any(None in record.values() for record in found)
    assert any(UNKNOWN in record.values() for record in found)


def test_every_answer_comes_often_among_generated_records() -> None:
    answers = Counter(
        decision.status or decision.outcome for decision in map(RULES.classify, seen(records()))
    )
    assert set(answers) == {*RULES.table.statuses, *OUTCOMES[1:]}
    assert min(answers.values()) >= 10


def test_a_failing_refinement_is_printed_as_records() -> None:
    @SHRUNK
    @given(refinements())
    def never_more(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
        assert pair[0] == pair[1]

    with pytest.raises(AssertionError) as found:
        never_more()
    (note,) = [note for note in found.value.__notes__ if "pair=" in note]
    assert "known" not in note.replace("unknown", "")
    assert len(repr(records())) < 100


@given(invalid_records())
def test_what_is_no_record_is_refused(record: Any) -> None:
    with pytest.raises(InvalidRecord):
        RULES.classify(record)


def test_a_failing_example_shrinks_to_what_matters() -> None:
    simplest = find(
        records(), lambda record: RULES.classify(record).status == "recurrent", settings=FIND
    )
    assert len(simplest) <= 3
    assert None not in simplest.values()
    assert (
        find(near_threshold(), lambda number: Fraction(number) > LIMIT, settings=FIND)
        == "5.000000000000000001"
    )
    complete = find(records_with(status="in_remission"), lambda _: True, settings=FIND)
    assert RULES.classify(complete).status == "in_remission"
    assert UNKNOWN not in complete.values()


@given(histories())
def test_a_history_goes_forward_and_each_record_fits_its_phase(
    history: list[dict[str, Any]],
) -> None:
    days = [record["as_of"] for record in history]
    assert days == sorted(set(days))
    decisions = [RULES.classify(record) for record in history]
    assert {decision.status for decision in decisions} <= PHASE_STATUS
    assert decisions[0].status == "untreated"
    counts = [record["relapse_count"] for record in history]
    assert counts == sorted(counts)
    for earlier, later in zip(decisions, history[1:], strict=False):
        assert earlier.status != "in_remission" or later["prior_remission"]


@pytest.fixture(scope="module")
def other_rules(tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    """The rule set with another limit: strategies read it."""
    edits = [
        {"file": "thresholds.yaml", "find": "      value: <limit>", "put": "      value: 12.5"},
    ]
    folder = lock(copy_rules(tmp_path_factory.mktemp("other") / "rules", edits))
    return load_rules(folder, engine="builtin")


def test_strategies_read_limits_and_values_from_any_rule_set(other_rules: Classifier) -> None:
    assert Fraction(25, 2) + HAIR in {
        Fraction(number) for number in seen(near_threshold(other_rules))
    }
    found = seen(complete_records(other_rules))
    assert len({record["prior_treatment"] for record in found}) == 3
    untreated = seen(records_with(status="untreated", rules=other_rules))
    assert all(other_rules.classify(record).status == "untreated" for record in untreated)
