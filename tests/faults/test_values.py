"""Values that cannot be held are refused by field at every door, and the others are answered."""

import csv
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import InvalidRecord, classify
from allstatus.ehr.out.bundle import bundle_json
from allstatus.record.json_reader import split_records
from allstatus.record.model import Record
from allstatus.render.html import render_html
from allstatus.render.text import render_text
from command_line import run
from needs import needs

CASES = yaml.safe_load((Path(__file__).parent / "values.yaml").read_text("utf-8"))
MARROW = "marrow_blast_percent"
GOOD = '{"id": "good", "cbc": "normal"}'
BAD = [case["line"].replace("DIGITS", "9" * 5000).replace("LARGE", "9" * 400) for case in CASES]
LINES = [GOOD, *(line for bad in BAD for line in (bad, GOOD))]
TEXT = "\n".join(LINES) + "\n"
FORMS = {"x-ndjson": TEXT, "json": f"[{', '.join(LINES)}]"}


@pytest.mark.parametrize(
    ("case", "line"),
    [*zip(CASES, BAD, strict=True)],
    ids=[f"{case['field']}: {case['says']}" for case in CASES],
)
def test_the_field_is_named(case: dict[str, str], line: str) -> None:
    _, (_, value), _ = split_records(f"{GOOD}\n{line}\n{GOOD}")
    if not isinstance(value, InvalidRecord):
        with pytest.raises(InvalidRecord) as refused:
            classify(value)
        value = refused.value
    assert (case["says"] in str(value), value.field) == (True, case["field"])


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_classify_answers_the_others(tmp_path: Path, text: str) -> None:
    (tmp_path / "in").write_text(text)
    found = run("classify", tmp_path / "in")
    assert [json.loads(line)["id"] for line in found.stdout.splitlines()] == ["good"] * (
        len(CASES) + 1
    )
    errors = found.stderr.splitlines()
    assert [line.split(": ")[1:3] for line in errors] == [
        [f"record {2 * number}", case["field"]] for number, case in enumerate(CASES, 1)
    ]


def test_batch_answers_the_others(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from allstatus.bulk.batch_run import BatchJob, BatchRun
    from bulk.rows import CELLS

    (tmp_path / "in.ndjson").write_text(TEXT)
    names = ("in.ndjson", "out.ndjson", "rejects.csv", "cells.ndjson")
    totals = BatchRun(CELLS, BatchJob(*(tmp_path / name for name in names))).totals()
    assert (totals.written, totals.rejected) == (len(CASES) + 1, len(CASES))
    with (tmp_path / "rejects.csv").open(newline="") as file:
        rejects = list(csv.DictReader(file))
    for number, (case, reject) in enumerate(zip(CASES, rejects, strict=True), 1):
        assert int(reject["row"]) == 2 * number
        assert case["says"] in reject["reason"]
        if case["field"] not in ("input", "record"):
            assert case["field"] in (reject["column"], reject["reason"].split(": ")[0])


@pytest.mark.parametrize("form", FORMS)
def test_the_service_answers_the_others(tmp_path: Path, form: str) -> None:
    pytest.importorskip("fastapi")
    from service.conftest import serving

    with serving(tmp_path) as client:
        kind = {"Content-Type": f"application/{form}"}
        answer = client.post("/classify", content=FORMS[form].encode(), headers=kind)
        rows = [json.loads(line) for line in answer.text.splitlines()]
        assert [row["id"] for row in rows[::2]] == ["good"] * (len(CASES) + 1)
        assert [row["problem"]["field"] for row in rows[1::2]] == [case["field"] for case in CASES]
        kind = {"Content-Type": "application/json"}
        for line in BAD:
            alone = client.post("/classify", content=line.encode(), headers=kind)
            assert (line[:80], alone.status_code) == (line[:80], 422)


def test_an_export_answers_the_others(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from synthetic import make_export

    from bulk.folders import decide, rejects, rows, write_folder

    people = list(make_export(6, 1.0, 40, 1))
    before = write_folder(tmp_path / "plain", people)
    decide(before, tmp_path / "plain.ndjson")
    folder = write_folder(tmp_path / "export", people)
    conditions = next(folder.glob("Condition*"))
    spoilt = [
        line.replace('"resourceType"', f'"value":{value},"resourceType"', 1)
        for line in conditions.read_text().splitlines()[:1]
        for value in ("1e99999999999999999999", '"\\ud800"', "9" * 5000)
    ]
    with conditions.open("a") as file:
        file.write("".join(f"{line}\n" for line in spoilt))
    decide(folder, tmp_path / "out.ndjson")
    (its, *others), (was, *same) = rows(tmp_path / "out.ndjson"), rows(tmp_path / "plain.ndjson")
    assert (others, its["id"]) == (same, was["id"])
    assert {*was["possible"].split()} <= {*its["possible"].split()}  # its lines leave facts open
    assert len(rejects(tmp_path / "out.ndjson")) == len(spoilt)


def test_replay_answers_the_others(tmp_path: Path) -> None:
    good = classify({"id": "good", "cbc": "normal"}).to_json().decode()
    lines = [good, good.replace('"good"', '"\\ud800"'), good.replace('"good"', "1e" + "9" * 20)]
    for text in ("\n".join([*lines, good]), f"[{','.join([*lines, good])}]"):
        (tmp_path / "in").write_text(text)
        found = run("replay", tmp_path / "in", "--json")
        assert found.stderr.count("error: record ") == 2
        assert json.loads(found.stdout)["same"] == 2
        assert found.returncode == 3


PYTHON: dict[str, Any] = {
    "signalling NaN": Decimal("sNaN"),
    "NaN": Decimal("NaN"),
    "float NaN": math.nan,
    "infinity": math.inf,
    "-infinity": Decimal("-Infinity"),
    "10**5000": 10**5000,
    "-10**5000": -(10**5000),
    "10**20": 10**20,
    "10**400": 10**400,
    "-10**999": -(10**999),
    "a surrogate": "\ud800",
    "NUL": "a\0b",
    "an escape": "\x1b[2J",
    "bytes": b"x",
    "an object": object(),
    "a set": {1},
    "complex": 1j,
    "1e999999999": Decimal("1e999999999"),
    "1e-999999999": Decimal("1e-999999999"),
    "6,000 digits": "9" * 6000,
    "true": True,
    "1.5": 1.5,
    "[1]": [1],
    "{}": {},
    "findings": ["fever", "\ud83d"],
}
WITHIN = {
    "marrow_blast_percent": [("value",), ("comparator",), ("unit",), ("cells_counted",)],
    "cbc": [("wbc", part) for part in ("value", "unit", "low", "high", "flag")],
    "leukemia_outside_marrow": [("site",)],
    "biomarkers": [("bcr_abl1",), ("cd19",)],
}
PARTS = {"marrow_blast_percent": {"value": 6}, "cbc": {"wbc": {"value": 6, "unit": "10*9/L"}}}


def places() -> list[tuple[str, ...]]:
    return [
        place
        for name in Record.model_fields
        for place in [(name,), *((name, *more) for more in WITHIN.get(name, ()))]
    ]


@pytest.mark.parametrize("place", places(), ids=".".join)
@pytest.mark.parametrize("value", PYTHON.values(), ids=PYTHON)
def test_python_s_values_are_refused_or_written(value: Any, place: tuple[str, ...]) -> None:
    record: dict[str, Any] = {"prior_treatment": "none", "cbc": "abnormal"}
    name, *within = place
    stated = value
    for part in reversed(within):
        stated = {part: stated}
    if within:
        known = PARTS.get(name, {})
        inner = within[:-1]
        stated = {**known, **stated} if not inner else {"wbc": {**known["wbc"], **stated["wbc"]}}
    try:
        decision = classify({**record, name: stated})
    except InvalidRecord:
        return
    assert decision.to_json()
    assert bundle_json(decision)
    assert render_text(decision).encode()
    assert render_html([decision]).encode()


@needs("python:pandas")
@pytest.mark.parametrize("place", [("as_of",), (MARROW, "unit"), ("age_years",), ("cbc",)])
def test_nothing_of_pandas_is_refused_by_field(place: tuple[str, ...]) -> None:
    import pandas

    for nothing in (pandas.NA, pandas.NaT):
        name, *within = place
        stated = {"value": 6, within[0]: nothing} if within else nothing
        with pytest.raises(InvalidRecord) as refused:
            classify({"prior_treatment": "none", name: stated})
        assert refused.value.field == name


def test_a_number_of_numpy_s_is_the_number() -> None:
    numpy = pytest.importorskip("numpy")
    for stated in (0.1, {"value": 3.5, "comparator": "<"}, {"value": 0.03, "unit": "1"}):
        value = stated["value"] if isinstance(stated, dict) else stated
        short = numpy.float64(value)
        same = {**stated, "value": short} if isinstance(stated, dict) else short
        for name, of in ((MARROW, (stated, same)), ("age_years", (value, short))):
            one, other = (classify({"prior_remission": True, name: said}) for said in of)
            assert one.to_json() == other.to_json()


def test_dates_beyond_the_calendar_are_refused_and_kept(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from allstatus.bulk.batch_run import BatchJob, BatchRun
    from bulk.rows import CELLS

    days = pa.array([-719162, -719163, 2932896, 2932897, 2**31 - 1, None], pa.int32())
    days = days.cast(pa.date32())
    told = ["0001-01-01", "0000-12-31", "9999-12-31", "10000-01-01"]
    told += ["<value out of range: 2147483647>", None]
    numbers = pa.array([math.nan, -math.inf, 1.5, None, 0.0, math.inf])
    table = pa.table({"id": [*"abcdef"], "cbc": ["normal"] * 6, "day": days, "n": numbers})
    for name, column in (("as_of", days), ("other", days)):
        folder = tmp_path / name
        folder.mkdir()
        whole = table.append_column(name, column)
        with pa.ipc.new_file(str(folder / "in.arrow"), whole.schema) as file:
            file.write_table(whole)
        names = ("in.arrow", "out.ndjson", "rejects.csv", "cells.ndjson")
        job = BatchJob(*(folder / one for one in names), keep=("day", "n"))
        totals = BatchRun(CELLS, job).totals()
        refused = [1, 3, 4] if name == "as_of" else []
        assert (totals.written, totals.rejected) == (6 - len(refused), len(refused))
        lines = (folder / "out.ndjson").read_text().splitlines()
        rows = [json.loads(line, parse_constant=pytest.fail) for line in lines]
        kept = [place for place in range(6) if place not in refused]
        assert [row["day"] for row in rows] == [told[place] for place in kept]
        said = ["NaN", "-Infinity", 1.5, None, 0.0, "Infinity"]
        assert [row["n"] for row in rows] == [said[place] for place in kept]


def test_a_column_of_lists_is_refused_by_name(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    lists = pa.array([["5"]])
    table = pa.table({"patient": ["p"], "date": ["2025-01-01"], "code": ["718-7"], "value": lists})
    with pa.ipc.new_file(str(tmp_path / "in.arrow"), table.schema) as file:
        file.write_table(table)
    found = run("batch", tmp_path / "in.arrow", "-o", tmp_path / "out.ndjson")
    assert (found.returncode, found.stderr.split(" a column of ")[0]) == (
        3,
        "error: value: cannot be read as",
    )


def test_a_kept_column_that_parquet_cannot_hold_is_named(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    codes = pa.array([0, 1], pa.int8())
    columns = {
        "years": pa.array([0, 2**62], pa.int64()).cast(pa.timestamp("s")),
        "runs": pa.RunEndEncodedArray.from_arrays([2], ["x"]),
        "intervals": pa.array([pa.MonthDayNano([1, 2, 3]), None]),
        "negative scale": pa.array([Decimal("5E+20"), None], pa.decimal128(5, -20)),
        "coded with null": pa.DictionaryArray.from_arrays(codes, pa.array([5.0, None])),
    }
    for name, column in columns.items():
        table = pa.table({"id": ["a", "b"], "cbc": ["normal"] * 2, name: column})
        with pa.ipc.new_file(str(tmp_path / "in.arrow"), table.schema) as file:
            file.write_table(table)
        for ending in ("parquet", "ndjson", "arrow"):
            out = tmp_path / f"out.{ending}"
            found = run("batch", tmp_path / "in.arrow", "-o", out, "--keep", name)
            said = f"error: {name}: is a column of {column.type}, which Parquet does not hold so; "
            held = ending != "parquet"
            assert (found.returncode == 0, said in found.stderr) == (held, not held)
            assert out.exists() == held
