"""Columns say of every row what the classifier says of it alone: every combination, and every
number at the edges.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allstatus.bulk.column_source import ColumnSource
from bulk.rows import LIMIT, PERCENT, RULES, Row, all_rows, answers, decided, reference

ROWS = list(all_rows())


WORDS = {True: "true", False: "false", None: None}


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
    "  ",
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
        else text.strip() and text
    )
    stated = stated or None  # a blank cell says nothing
    (found,) = answers(pa.RecordBatch.from_pydict({PERCENT: [text], "cbc": ["normal"]}))
    assert found == reference({PERCENT: stated, "cbc": "normal"})


@given(st.lists(st.floats(allow_subnormal=True), min_size=1, max_size=20))
@example([5.000000000000001, 4.999999999999999, -0.0, 5e-324])
def test_any_float_is_read_as_in_a_record(values: list[float]) -> None:
    found = answers(
        pa.RecordBatch.from_pydict(
            {PERCENT: pa.array(values, pa.float64()), "cbc": ["normal"] * len(values)}
        )
    )
    assert found == [reference({PERCENT: value, "cbc": "normal"}) for value in values]


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
