"""A file of records is read in slabs: every row once, by its number, whatever its format."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.bulk import ndjson_lines, sources
from allstatus.bulk.sources import Slab, SlabSource, format_of, format_read
from allstatus.errors import InvalidRecord
from bulk.files import write

NAMES = {
    "a.parquet": "parquet",
    "a.PQ": "parquet",
    "a.csv": "csv",
    "a.ndjson": "ndjson",
    "a.jsonl": "ndjson",
    "a.arrow": "ipc",
    "a.ipc": "ipc",
    "a.feather": "ipc",
    "a.CSV": "csv",
}
READ_ONLY = {"a.tsv": "csv", "a.txt": "csv", "a.csv.gz": "csv", "a.tsv.gz": "csv"}


@pytest.mark.parametrize("name", [*NAMES, *READ_ONLY])
def test_a_name_says_the_format(name: str) -> None:
    assert format_read(Path(name)) == (NAMES | READ_ONLY)[name]
    if name in NAMES:
        assert format_of(Path(name)) == NAMES[name]


@pytest.mark.parametrize("name", ["a", "a.xlsx", "a.json", "a.gz", "a.csv.zip", ".csv"])
def test_another_name_says_none(name: str) -> None:
    for read in (format_of, format_read):
        with pytest.raises(InvalidRecord, match="has a name that says no format"):
            read(Path(name))


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_some_formats_are_read_and_not_written(name: str) -> None:
    with pytest.raises(InvalidRecord, match="has a name that says no format"):
        format_of(Path(name))


ROWS = [{"id": f"p{number}", "x": str(number)} for number in range(30)]


def slabs_of(path: Path, skipped: frozenset[int] = frozenset()) -> list[Slab]:
    source = SlabSource(path, keys=("id", "x"))
    assert source.names == ["id", "x"]
    return list(source.slabs(["x"], set(), skipped.__contains__))


@pytest.mark.parametrize("ending", ["parquet", "csv", "ndjson", "arrow"])
@pytest.mark.parametrize("size", [1, 7, 30, 99])
def test_every_row_is_in_one_slab_by_its_number(
    tmp_path: Path, ending: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SLAB", size)
    monkeypatch.setattr(ndjson_lines, "LINES", size)
    monkeypatch.setattr(sources, "CSV_BLOCK", 16 * size)
    path = write(tmp_path / f"a.{ending}", ROWS)
    slabs = slabs_of(path)
    assert [slab.number for slab in slabs] == list(range(len(slabs)))
    assert max(slab.count for slab in slabs) <= size
    numbered = {
        int(number): value
        for slab in slabs
        for number, value in zip(slab.row_numbers(), slab.batch["x"].to_pylist(), strict=True)
    }
    assert numbered == {number: row["x"] for number, row in enumerate(ROWS, 1)}
    for skipped in ({0}, {len(slabs) - 1}, set(range(0, len(slabs), 2)), set(range(len(slabs)))):
        left = slabs_of(path, frozenset(skipped))
        assert left == [slab for slab in slabs if slab.number not in skipped]


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 9))
@settings(deadline=None)
@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_spoilt_rows_keep_their_numbers_and_those_of_the_others(
    tmp_path_factory: pytest.TempPathFactory, ending: str, good: list[bool], size: int
) -> None:
    path = tmp_path_factory.mktemp("rows") / f"a.{ending}"
    spoilt, line = {"csv": ("1,2,3", "p,{}"), "ndjson": ("[1]", '{{"id":"p","x":"{}"}}')}[ending]
    lines = [line.format(row) if kept else spoilt for row, kept in enumerate(good, 1)]
    path.write_text("\n".join([*(["id,x"] if ending == "csv" else []), *lines]) + "\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ndjson_lines, "LINES", size)
        patched.setattr(sources, "CSV_BLOCK", 16 * size)
        slabs = slabs_of(path)
    rows = range(1, len(good) + 1)
    assert [n for slab in slabs for n in slab.unreadable] == [n for n in rows if not good[n - 1]]
    assert sum(slab.count for slab in slabs) == len(good)
    for slab in slabs:
        assert slab.batch["x"].to_pylist() == list(map(str, slab.row_numbers()))


@pytest.mark.parametrize(
    ("first", "unreadable", "numbers"),
    [(1, (), [1, 2, 3]), (5, (5, 6), [7, 8, 9]), (5, (6, 9), [5, 7, 8])],
)
def test_the_numbers_of_a_slab(first: int, unreadable: Any, numbers: list[int]) -> None:
    batch = pa.RecordBatch.from_pydict({"x": ["a", "b", "c"]})
    slab = Slab(0, first, batch, dict.fromkeys(unreadable, ("", "why")))
    assert (slab.row_numbers().tolist(), slab.count) == (numbers, 3 + len(unreadable))


DAMAGED = {"parquet": "parquet", "arrow": "ipc", "feather": "ipc"}


@pytest.mark.parametrize("ending", sorted(DAMAGED))
@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_a_file_that_is_cut_is_refused(tmp_path: Path, ending: str, share: float) -> None:
    whole = write(tmp_path / f"a.{'arrow' if ending == 'feather' else ending}", ROWS).read_bytes()
    path = tmp_path / f"cut.{ending}"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InvalidRecord, match=f"is not a whole {DAMAGED[ending]} file"):
        slabs_of(path)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("none.csv", "folder.csv", "none.parquet"):
        with pytest.raises(InvalidRecord):
            SlabSource(tmp_path / name)


def test_keys_that_lines_may_have_are_columns(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text(json.dumps({"x": 1}) + "\n")
    assert SlabSource(tmp_path / "a.ndjson", keys=("id",)).names == ["x", "id"]


@pytest.mark.parametrize("rows", [2, 20_000])
@pytest.mark.parametrize("damage", ["cut", "turned", "followed"])
def test_a_packed_file_that_is_not_whole_is_refused(tmp_path: Path, rows: int, damage: str) -> None:
    lines = "".join(f"p{number},{number * 7919 % 1000}\n" for number in range(rows))
    whole = bytearray(gzip.compress(f"id,x\n{lines}".encode()))
    if damage == "turned":
        whole[len(whole) // 2] ^= 255
    path = tmp_path / "a.csv.gz"
    path.write_bytes(whole[:-9] if damage == "cut" else whole + b"x" * 20 * (damage == "followed"))
    with pytest.raises(InvalidRecord, match="is not a whole gz file"):
        slabs_of(path)
