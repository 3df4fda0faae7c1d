"""A blood count in columns says of each row what the same count says in a record."""

import json
import math
from itertools import product
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.bulk.arrow import Columns
from allstatus.errors import InvalidRecord
from allstatus.record.blood_count import COMPONENTS, Component
from bulk.rows import CELLS, PERCENT, RULES, answers, reference


def test_a_blood_count_in_components() -> None:
    parts = {
        "wbc": (6.1, 4.0, 11.0),
        "hemoglobin": (14.0, 12.0, 16.0),
        "platelets": (250, 150, 400),
    }
    rows = [
        parts,
        {**parts, "wbc": (3.9, 4.0, 11.0)},
        {**parts, "platelets": (None, None, None)},
        {**parts, "wbc": (-1, 4, 11)},
    ]
    columns = {
        f"cbc.{component}.{part}": pa.array([row[component][place] for row in rows], pa.float64())
        for component in parts
        for place, part in enumerate(("value", "low", "high"))
    }
    panels = [
        {
            c: {"value": v, "low": low, "high": high}
            for c, (v, low, high) in row.items()
            if v is not None
        }
        for row in rows
    ]
    found = answers(pa.RecordBatch.from_pydict({**columns, PERCENT: ["4"] * len(rows)}))
    assert found == [reference({"cbc": panel, PERCENT: "4"}) for panel in panels]


def test_what_a_component_does_not_say_is_not_taken_from_another_row() -> None:
    """Every order of value, low and high, with each of them there or not, in one batch."""
    numbers = list(product((None, 3.0, 5.0, 12.0), repeat=3))
    whole = {"hemoglobin": (14.0, 12.0, 16.0), "platelets": (250.0, 150.0, 400.0)}
    rows = [{"wbc": three, **whole} for three in numbers]
    columns = {
        f"cbc.{component}.{part}": pa.array([row[component][place] for row in rows], pa.float64())
        for component in rows[0]
        for place, part in enumerate(PARTS)
    }
    found = answers(pa.RecordBatch.from_pydict({**columns, PERCENT: ["4"] * len(rows)}))
    assert found == [reference({"cbc": _stated(row), PERCENT: "4"}) for row in rows]


def test_each_row_is_refused_for_its_own_reason() -> None:
    """In one batch, a component that is negative, one that is no number, and one whose range runs
    backwards.
    """
    whole = {"hemoglobin": (14.0, 12.0, 16.0), "platelets": (250.0, 150.0, 400.0)}
    faults = [(-1.0, 4.0, 11.0), (math.nan, 4.0, 11.0), (6.0, 11.0, 4.0), (6.0, math.inf, 4.0)]
    rows = [{"wbc": three, **whole} for three in faults]
    columns = {
        f"cbc.{component}.{part}": pa.array([row[component][place] for row in rows], pa.float64())
        for component in rows[0]
        for place, part in enumerate(PARTS)
    }
    assert answers(pa.RecordBatch.from_pydict(columns)) == [
        "is negative; give a number from 0",
        'is not a finite number (NaN or infinity); give a number such as 4.5, or "<0.1"',
        "has a range that runs backwards; give low no greater than high",
        'is not a finite number (NaN or infinity); give a number such as 4.5, or "<0.1"',
    ]


PARTS = ("value", "low", "high")


def _stated(row: dict[str, tuple[float | None, ...]]) -> dict[str, dict[str, float]]:
    """A row's blood count as a record states it."""
    panel = {
        component: {p: n for p, n in zip(PARTS, three, strict=True) if n is not None}
        for component, three in row.items()
    }
    return {component: parts for component, parts in panel.items() if parts}


NUMBER = st.sampled_from(
    [None, -1.0, -0.0, 4.0, 4.000000000000001, 11.0, 1e300, math.nan, math.inf]
)


COMPONENT = st.fixed_dictionaries(
    {
        "value": NUMBER,
        "low": NUMBER,
        "high": NUMBER,
        "unit": st.sampled_from([None, "10*9/L", "g/dL", "10 9/L"]),
        "flag": st.sampled_from([None, "N", "H", "n"]),
    }
)


@given(
    st.lists(
        st.fixed_dictionaries({"wbc": COMPONENT, "hemoglobin": COMPONENT, "platelets": COMPONENT}),
        min_size=1,
        max_size=12,
    )
)
def test_any_blood_count_in_components_is_read_as_in_a_record(
    rows: list[dict[str, dict[str, Any]]],
) -> None:
    kinds = {"unit": pa.string(), "flag": pa.string()}
    columns = {
        f"cbc.{component}.{part}": pa.array(
            [row[component][part] for row in rows], kinds.get(part, pa.float64())
        )
        for component in rows[0]
        for part in rows[0][component]
    }
    found = answers(pa.RecordBatch.from_pydict({**columns, PERCENT: ["4"] * len(rows)}))
    stated = [
        {c: {k: v for k, v in parts.items() if v is not None} for c, parts in row.items()}
        for row in rows
    ]
    panels = [{c: parts for c, parts in panel.items() if parts} or None for panel in stated]
    assert found == [reference({"cbc": panel, PERCENT: "4"}) for panel in panels]


SENT = st.fixed_dictionaries(
    {},
    optional={
        "value": st.sampled_from(["0", "4", "13", "14", "20", "<2", "160", "4000", "9999"]),
        "low": st.sampled_from(["4", ">4", "12", "150"]),
        "high": st.sampled_from(["11", "<11", "16", "400"]),
        "unit": st.sampled_from(["10*9/L", "/uL", "g/dL", "g/L", "furlong"]),
        "flag": st.sampled_from(["N", "H"]),
    },
)


PATIENT = st.fixed_dictionaries(
    {
        "cbc": st.fixed_dictionaries({}, optional=dict.fromkeys(COMPONENTS, SENT)),
        "sex": st.sampled_from([None, "female", "male", "other"]),
        "age_years": st.sampled_from([None, 17, 17.9, 18, 60]),
    }
)


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["columns", "struct", "text"])
@pytest.mark.parametrize("adult_ranges", [True, False])
@given(rows=st.lists(PATIENT, min_size=1, max_size=8))
def test_a_count_is_judged_for_whose_it_is_as_in_a_record(
    shape: str, rows: list[dict[str, Any]], *, adult_ranges: bool
) -> None:
    counts = [row["cbc"] for row in rows]
    parts = {
        name: pa.struct([(p, pa.string()) for p in Component.model_fields]) for name in COMPONENTS
    }
    if shape == "text":
        cbc: dict[str, Any] = {"cbc": [json.dumps(count) for count in counts]}
    elif shape == "struct":
        cbc = {"cbc": pa.array(counts, pa.struct(list(parts.items())))}
    else:
        keys = [(name, part) for name in COMPONENTS for part in Component.model_fields]
        cbc = {
            f"cbc.{name}.{part}": pa.array([c.get(name, {}).get(part) for c in counts], pa.string())
            for name, part in keys
        }
    others = {key: [row[key] for row in rows] for key in ("sex", "age_years")}
    batch = pa.RecordBatch.from_pydict({**cbc, **others, PERCENT: ["4"] * len(rows)})
    columns = Columns(CELLS, batch.schema.names, adult_ranges=adult_ranges)
    cells, rejects = columns.cells_of(batch)
    records = [
        {**row, PERCENT: "4", "cbc": {name: sent for name, sent in row["cbc"].items() if sent}}
        for row in rows
    ]
    decided = {}
    for number, record in enumerate(records):
        try:
            decided[number] = RULES.classify(record, adult_ranges=adult_ranges)
        except InvalidRecord:
            continue
    assert {reject.row - 1 for reject in rejects} == set(range(len(rows))) - set(decided)
    used = columns.by_adult_ranges(batch)
    for number, decision in decided.items():
        assert CELLS.answers[cells[number]].possible == decision.possible
        assert used[number] == ("adult ranges" in [e.value for e in decision.assumptions])


def test_a_blood_count_as_text_is_compared_exactly() -> None:
    columns = {
        "cbc.wbc.value": ["4", "3.999999999999999999", "4,1"],
        "cbc.wbc.low": ["4.0"] * 3,
        "cbc.wbc.high": ["11"] * 3,
    }
    found = answers(pa.RecordBatch.from_pydict({**columns, PERCENT: ["4"] * 3}))
    assert found == [
        reference({"cbc": {"wbc": {"value": v, "low": "4", "high": "11"}}, PERCENT: "4"})
        for v in columns["cbc.wbc.value"]
    ]
