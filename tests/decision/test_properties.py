"""Laws that hold for every record, checked on the whole table and on generated records."""

from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.record.percent import read_percent
from allstatus.table.decision_table import OUTSIDE
from allstatus.testing import records as any_records
from shipped import RULES

TABLE = RULES.table
LIMIT = RULES.ruleset.thresholds["blast_threshold"].value
CELLS = list(product((False, True, None), repeat=len(TABLE.criteria)))
records = any_records()

yes_no = st.sampled_from([True, False, "unknown", None])
marker = st.sampled_from(["positive", "negative", "unknown", None])
patients = st.fixed_dictionaries(
    {},
    optional={
        "age_years": st.sampled_from([0, 0.05, 17.99, 18, 25.99, 26, 43, None]),
        "lineage": st.sampled_from(["B", "T", "unknown", None]),
        "refractory": yes_no,
        "relapse_count": st.sampled_from([0, 1, 2, 3, None]),
        "tki_failures": st.sampled_from([0, 1, 2, None]),
        "biomarkers": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["bcr_abl1", "kmt2a_rearranged", "cd19", "cd22"], marker)
        ),
    },
)


def matching(cell: tuple[bool | None, ...]) -> list[int]:
    """The consistent cases of a cell, found the slow way."""
    return [
        number
        for number, case in enumerate(TABLE.cases)
        if TABLE.consistent >> number & 1
        and all(
            known is None or case[name] is known
            for name, known in zip(TABLE.criteria, cell, strict=True)
        )
    ]


def test_there_are_2187_cells_and_each_is_the_union_of_its_cases() -> None:
    assert len(CELLS) == 2187
    for cell in CELLS:
        outcomes = {(TABLE.firings[n].statuses or (OUTSIDE,))[0] for n in matching(cell)}
        found = TABLE.cell(cell)
        assert set(found.possible) == outcomes
        expected = "conflicting_data" if not outcomes else "insufficient_data"
        if len(outcomes) == 1:
            expected = OUTSIDE if outcomes == {OUTSIDE} else "determined"
        assert found.outcome == expected


def test_more_knowledge_never_adds_a_possibility() -> None:
    for cell in CELLS:
        possible = set(TABLE.cell(cell).possible)
        for index, known in enumerate(cell):
            if known is None:
                for answer in (False, True):
                    assert (
                        set(TABLE.cell((*cell[:index], answer, *cell[index + 1 :])).possible)
                        <= possible
                    )


@given(records)
@settings(max_examples=300)
def test_every_record_gets_an_honest_decision(record: dict[str, object]) -> None:
    decision = RULES.classify(record)
    document = decision.to_dict()
    assert (decision.status is not None) == (decision.outcome == "determined")
    assert (document["options"] != []) == (decision.outcome == "determined")
    assert (document["missing"] != []) == (decision.outcome == "insufficient_data")
    assert (
        (document["conflicts"] != [])
        == (decision.outcome == "conflicting_data")
        == (document["possible"] == [])
    )
    if decision.status is not None:
        assert decision.possible == (decision.status,)
        verdicts = {entry["status"]: entry["verdict"] for entry in document["trace"]["statuses"]}
        assert verdicts[decision.status] == "true"


@given(records)
@settings(max_examples=200)
def test_the_order_of_keys_and_relief_of_symptoms_change_nothing(record: dict[str, object]) -> None:
    turned = dict(reversed(record.items()))
    if turned.get("prior_treatment") == "none":
        turned["prior_treatment"] = "symptom_relief_only"
    assert RULES.classify(turned).possible == RULES.classify(record).possible


@given(records)
@settings(max_examples=200)
def test_a_record_survives_a_round_trip_through_json(record: dict[str, object]) -> None:
    read = RULES.classify(record).record
    assert (
        RULES.classify(read.model_dump(mode="json")).to_dict() == RULES.classify(record).to_dict()
    )


@given(st.fractions(0, 100))
def test_a_percentage_is_on_exactly_one_side_of_the_limit(value: Fraction) -> None:
    percent = read_percent(str(Decimal(value.numerator) / Decimal(value.denominator)))
    assert percent.exact is not None
    assert percent.compare(">", LIMIT) is (percent.exact > LIMIT)
    assert percent.compare("<=", LIMIT) is not percent.compare(">", LIMIT)


@pytest.mark.parametrize("hair", ["1e-18", "1e-30", "0.0000001"])
def test_a_hair_beside_the_limit_is_on_its_own_side(hair: str) -> None:
    limit, small = Decimal(int(LIMIT)), Decimal(hair)
    with localcontext(prec=50):
        below, above = f"{limit - small:f}", f"{limit + small:f}"
    assert read_percent(below).compare(">", LIMIT) is False
    assert read_percent(above).compare(">", LIMIT) is True
