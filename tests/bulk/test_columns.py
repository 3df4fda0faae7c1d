"""Columns say of every row what the classifier says of it alone: every combination, and every
number at the edges.
"""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allstatus.bulk.arrow import Columns
from allstatus.bulk.breakpoints import Cut
from allstatus.bulk.column_mapping import ColumnSource
from allstatus.bulk.float_bounds import first_past
from allstatus.errors import InvalidRecord
from allstatus.record.blood_count import COMPONENTS, Component
from bulk.rows import ANSWERS, CELLS, LIMIT, PERCENT, RULES, Row, all_rows, decided

ROWS = list(all_rows())
WORDS = {True: "true", False: "false", None: None}


def answers(
    batch: pa.RecordBatch, assigned: dict[str, ColumnSource] | None = None, threads: Any = None
) -> list[tuple[Any, ...] | str]:
    """What columns say of each row: the answer, or why it is refused."""
    cells, rejects = Columns(CELLS, batch.schema.names, assigned).cells_of(batch, threads)
    found = [
        astuple(ANSWERS[cell]) if cell < len(ANSWERS) else "refused" for cell in cells.tolist()
    ]
    assert [row for row, answer in enumerate(found, 1) if answer == "refused"] == [
        reject.row for reject in rejects
    ]
    for reject in rejects:
        found[reject.row - 1] = reject.reason
    return found


def batch_of(rows: list[Row]) -> pa.RecordBatch:
    """Yes/no facts and choices as text (where "unknown" can be said), numbers as numbers."""
    columns = {
        name: pa.array(
            [WORDS[v] if isinstance(v, bool) else v for v in (row[name] for row in rows)]
        )
        for name in rows[0]
    }
    return pa.RecordBatch.from_pydict(columns)


@pytest.fixture(scope="module")
def every_row() -> pa.RecordBatch:
    return batch_of(ROWS)


@pytest.fixture(scope="module")
def expected() -> list[tuple[Any, ...] | str]:
    return [decided(row) for row in ROWS]


def test_every_combination_of_statements(every_row: pa.RecordBatch, expected: list[Any]) -> None:
    assert answers(every_row) == expected


def test_the_same_with_dictionaries_and_two_threads(
    every_row: pa.RecordBatch, expected: list[Any]
) -> None:
    coded = pa.RecordBatch.from_arrays(
        [c.dictionary_encode() if pa.types.is_string(c.type) else c for c in every_row.columns],
        every_row.schema.names,
    )
    with ThreadPoolExecutor(2) as pool:
        assert answers(coded, threads=pool) == expected


def test_the_same_with_booleans_where_nothing_is_explicitly_unknown() -> None:
    rows = [
        row
        for row in ROWS
        if "unknown" not in (row["prior_remission"], row["relapse_since_remission"])
    ]
    columns = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    assert columns["prior_remission"].type == pa.bool_()
    assert answers(pa.RecordBatch.from_pydict(columns)) == [decided(row) for row in rows]


@pytest.mark.parametrize("start", [1, 7, 8, 13, 1001])
def test_a_slice_is_read_from_where_it_starts(
    every_row: pa.RecordBatch, expected: list[Any], start: int
) -> None:
    assert answers(every_row.slice(start, 999)) == expected[start : start + 999]


def test_a_missing_column_states_nothing() -> None:
    for name in RULES.ruleset.facts:
        rows = [row for row in ROWS[::97] if row[name] is None]
        assert answers(batch_of([{k: v for k, v in row.items() if k != name} for row in rows])) == [
            decided(row) for row in rows
        ]


def test_rubbish_under_a_null_is_not_read() -> None:
    indices = pa.Array.from_buffers(
        pa.int32(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(np.array([0, 10**9, 1], np.int32))]
    )
    words = pa.DictionaryArray.from_arrays(indices, pa.array(["normal", "abnormal"]), safe=False)
    numbers = pa.Array.from_buffers(
        pa.float64(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(np.array([1.0, math.nan, 1.0]))]
    )
    batch = pa.RecordBatch.from_pydict(
        {"cbc": words, PERCENT: numbers, "signs_and_symptoms": ["absent"] * 3}
    )
    rows = [
        {"cbc": cbc, PERCENT: b, "signs_and_symptoms": "absent"}
        for cbc, b in (("normal", 1.0), (None, None), ("abnormal", 1.0))
    ]
    assert answers(batch) == [decided(row) for row in rows]


def beside(kind: type[np.floating]) -> list[float]:
    limit = kind(float(LIMIT))
    down, up = (np.nextafter(limit, kind(end)) for end in (-math.inf, math.inf))
    tiny = np.nextafter(kind(0), kind(1))
    past = np.nextafter(kind(100), kind(math.inf))
    return [
        float(n)
        for n in (
            limit,
            down,
            up,
            0,
            -0.0,
            tiny,
            -tiny,
            0.5,
            100,
            past,
            math.nan,
            math.inf,
            -math.inf,
            np.finfo(kind).max,
        )
    ]


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16])
def test_floats_read_by_their_shortest_decimal_form(kind: type[np.floating]) -> None:
    values = np.array(beside(kind), kind)
    found = answers(pa.RecordBatch.from_pydict({PERCENT: values, "cbc": ["normal"] * len(values)}))
    assert found == [decided({PERCENT: Decimal(str(value)), "cbc": "normal"}) for value in values]


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint64()]
)
def test_whole_numbers(kind: pa.DataType) -> None:
    unsigned = pa.types.is_unsigned_integer(kind)
    values = [0, 1, int(LIMIT), int(LIMIT) + 1, 100, 101, 127, *([] if unsigned else [-1, -128])]
    found = answers(
        pa.RecordBatch.from_pydict(
            {PERCENT: pa.array(values, kind), "cbc": ["normal"] * len(values)}
        )
    )
    assert found == [decided({PERCENT: value, "cbc": "normal"}) for value in values]


@pytest.mark.parametrize(
    "kind",
    [pa.decimal128(6, 3), pa.decimal128(18, 3), pa.decimal128(38, 18), pa.decimal256(60, 18)],
)
def test_decimals_exactly(kind: pa.DataType) -> None:
    hair = Decimal(1).scaleb(-kind.scale)
    limit = Decimal(int(LIMIT))
    values = [limit, limit - hair, limit + hair, Decimal(0), -hair, Decimal(100), 100 + hair]
    found = answers(
        pa.RecordBatch.from_pydict(
            {PERCENT: pa.array(values, kind), "cbc": ["normal"] * len(values)}
        )
    )
    assert found == [decided({PERCENT: value, "cbc": "normal"}) for value in values]


SPELLINGS = [
    "5",
    "5.0",
    "<5",
    ">=5",
    "5-10",
    "<10",
    "5 %",
    "10/200",
    "11/200",
    "M1",
    "m2",
    "M3",
    "5.000000000000000001",
    "unknown",
    "4,5",
    "NaN",
    "inf",
    "-1",
    "101",
    "1e-320",
    "1e1001",
    "0x5",
    "",
    " 5 ",
    "٥",
    '{"value": 0.05, "unit": "1"}',
    '{"value": 5}',
    "[5]",
    "{",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_text_is_read_as_in_a_record(text: str) -> None:
    stated = (
        {"value": "0.05", "unit": "1"}
        if "unit" in text
        else {"value": 5}
        if "value" in text
        else [5]
        if text == "[5]"
        else text
    )
    (found,) = answers(pa.RecordBatch.from_pydict({PERCENT: [text], "cbc": ["normal"]}))
    assert found == reference({PERCENT: stated, "cbc": "normal"})


def reference(record: dict[str, Any]) -> Any:
    """The oracle for values that cannot be remembered."""
    from allstatus import InvalidRecord

    try:
        decision = RULES.classify(record)
    except InvalidRecord as error:
        return f"{error.problem}; {error.remedy}"
    return (
        decided(record)
        if all(not isinstance(v, dict | list) for v in record.values())
        else (
            decision.outcome,
            decision.status,
            decision.possible,
            tuple(e.id for e in decision.regions),
            tuple(e.id for e in decision.possible_regions),
            tuple(e.fact for e in decision.missing),
            tuple(e.id for e in decision.options),
        )
    )


@given(st.lists(st.floats(allow_subnormal=True), min_size=1, max_size=20))
@example([5.000000000000001, 4.999999999999999, -0.0, 5e-324])
def test_any_float_is_read_as_in_a_record(values: list[float]) -> None:
    found = answers(
        pa.RecordBatch.from_pydict(
            {PERCENT: pa.array(values, pa.float64()), "cbc": ["normal"] * len(values)}
        )
    )
    assert found == [reference({PERCENT: value, "cbc": "normal"}) for value in values]


LIMITS = st.one_of(
    st.decimals(0, 100, places=3), st.decimals(0, 100, places=17), st.fractions(0, 100)
).map(Fraction)


@given(
    LIMITS, st.booleans(), st.sampled_from([np.float64, np.float32, np.float16]), st.integers(-3, 3)
)
def test_one_comparison_decides_for_a_limit_that_is_no_float(
    limit: Fraction, beyond: bool, kind: type[np.floating], steps: int
) -> None:
    cut, number = Cut(limit, beyond), kind(float(limit))
    for _ in range(abs(steps)):
        number = np.nextafter(number, kind(math.inf if steps > 0 else -math.inf))
    assert bool(number >= first_past(cut, number.dtype)) is cut.passed_by(Fraction(str(number)))


@given(LIMITS, st.booleans(), st.integers(0, 10**6), st.integers(0, 6))
def test_one_comparison_decides_for_scaled_whole_numbers(
    limit: Fraction, beyond: bool, number: int, decimals: int
) -> None:
    cut = Cut(limit, beyond)
    assert (number >= first_past(cut, np.dtype(np.int64), decimals)) is cut.passed_by(
        Fraction(number, 10**decimals)
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cbc", "Normal"),
        ("prior_treatment", "?"),
        ("prior_remission", "yes"),
        ("relapse_count", "many"),
        ("relapse_count", 1.5),
        ("relapse_count", -1),
        ("age_years", 200),
        ("age_years", "young"),
        ("diagnosis", "C92.00"),
        ("sex", "f"),
        ("as_of", "yesterday"),
        ("lineage", "b"),
    ],
)
def test_what_no_record_can_say_is_rejected_with_the_record_s_reason(name: str, value: Any) -> None:
    batch = pa.RecordBatch.from_pydict(
        {"signs_and_symptoms": ["absent", "absent"], name: [value, None]}
    )
    found = answers(batch)
    assert found == [
        reference({"signs_and_symptoms": "absent", name: value}),
        decided({"signs_and_symptoms": "absent"}),
    ]


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
        assert used[number] == ("adult ranges" in [e["value"] for e in decision.assumptions])


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


def test_spellings_of_a_house_are_translated() -> None:
    source = {
        "cbc": ColumnSource("count", {"0": "normal", "1": "abnormal", "9": None}),
        "prior_remission": ColumnSource("rem", {"y": True, "n": False}),
    }
    found = answers(
        pa.RecordBatch.from_pydict({"count": [0, 1, 9, 5], "rem": ["y", "n", "y", "y"]}), source
    )
    meant = [("normal", True), ("abnormal", False), (None, True), (5, True)]
    assert found == [decided({"cbc": cbc, "prior_remission": before}) for cbc, before in meant]


def test_lists_and_objects() -> None:
    signs = pa.array([["fever"], [], None], pa.list_(pa.string()))
    outside = pa.array(
        [{"site": "cns"}, None, {"site": "blood"}], pa.struct([("site", pa.string())])
    )
    found = answers(
        pa.RecordBatch.from_pydict(
            {"signs_and_symptoms": signs, "leukemia_outside_marrow": outside, "cbc": ["normal"] * 3}
        )
    )
    stated = [(["fever"], {"site": "cns"}), ([], None), (None, {"site": "blood"})]
    assert found == [
        reference({"signs_and_symptoms": s, "leukemia_outside_marrow": o, "cbc": "normal"})
        for s, o in stated
    ]
