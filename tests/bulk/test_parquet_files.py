"""Parquet and Arrow as they lie about: in folders, in short decimals, and damaged."""

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from allstatus import InvalidRecord
from allstatus.bulk.batch_run import BatchJob, BatchRun, BatchTotals
from allstatus.bulk.parquet_files import ParquetTable
from bulk.rows import CELLS

ROWS = 300
TABLE = pa.table(
    {
        "id": [f"p{number}" for number in range(ROWS)],
        "cbc": (["normal", "abnormal", None] * ROWS)[:ROWS],
        "marrow_blast_percent": [number / 7 for number in range(ROWS)],
        "prior_remission": ([True, False, None] * ROWS)[:ROWS],
        "signs_and_symptoms": pa.array((["absent", "present"] * ROWS)[:ROWS]).dictionary_encode(),
    }
)


def decide(source: Path, **more: object) -> BatchTotals:
    beside = source.parent / "rejects.csv", source.parent / "cells.ndjson"
    job = BatchJob(source, source.parent / "out.csv", *beside, **more)  # type: ignore[arg-type]
    return BatchRun(CELLS, job).totals()


def test_folders_of_files_are_one_table_and_their_names_columns(tmp_path: Path) -> None:
    root = tmp_path / "table"
    for ward, cbc in (("a", "normal"), ("b%20c", "abnormal"), ("__HIVE_DEFAULT_PARTITION__", None)):
        folder = root / f"prior_treatment=none/ward={ward}"
        folder.mkdir(parents=True)
        pq.write_table(pa.table({"id": [1, 2], "cbc": [cbc, "normal"]}), folder / "x.parquet")
    (root / "_SUCCESS").write_bytes(b"")
    (root / ".x.parquet").write_bytes(b"no")
    totals = decide(root, keep=("ward",))
    assert (totals.rows, totals.written, totals.rejected) == (6, 6, 0)
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    wards = [("1", ""), ("2", ""), ("1", "a"), ("2", "a"), ("1", "b c"), ("2", "b c")]
    assert [tuple(line.split(",")[:2]) for line in lines[1:]] == wards


def test_files_that_are_not_alike_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "table"
    root.mkdir()
    pq.write_table(pa.table({"cbc": ["normal"], "id": [1]}), root / "a.parquet")
    pq.write_table(pa.table({"CBC": ["normal"], "id": [1]}), root / "b.parquet")
    with pytest.raises(InvalidRecord, match=r"b.parquet: has no column 'cbc'"):
        decide(root)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidRecord, match="is a folder"):
        ParquetTable(tmp_path / "empty")


@pytest.mark.parametrize("name", ["decimal32", "decimal64", "decimal128", "decimal256"])
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_decimals_of_every_width(tmp_path: Path, name: str, ending: str) -> None:
    if not hasattr(pa, name):
        pytest.skip(f"this pyarrow has no {name}")
    blasts = pa.array(["5.0", "5.1", None]).cast(pa.decimal128(4, 1))
    table = pa.table({"marrow_blast_percent": blasts, "cbc": ["normal"] * 3})
    table = table.set_column(0, "marrow_blast_percent", blasts.cast(getattr(pa, name)(4, 1)))
    source = tmp_path / f"in.{ending}"
    if ending == "parquet":
        pq.write_table(table, source)
    else:
        with pa.ipc.new_file(str(source), table.schema) as file:
            file.write_table(table)
    assert len(decide(source).cells) == 3


def damaged(whole: bytes, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    for turn in range(40):
        if turn % 4 == 0:
            yield whole[: chance.randrange(len(whole))]
            continue
        part = bytearray(whole)
        part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
        yield bytes(part)


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_damaged_file_is_read_or_refused_and_never_a_crash(tmp_path: Path, ending: str) -> None:
    source = tmp_path / f"in.{ending}"
    if ending == "parquet":
        pq.write_table(TABLE, source, write_page_checksum=True)
    else:
        with pa.ipc.new_file(str(source), TABLE.schema) as file:
            file.write_table(TABLE)
    for content in damaged(source.read_bytes(), 20251128):
        source.write_bytes(content)
        with suppress(InvalidRecord):
            assert decide(source).rows <= ROWS


def test_pages_are_held_against_their_checksums_and_written_with_them(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    plain = {"compression": "none", "use_dictionary": False, "write_statistics": False}
    pq.write_table(TABLE, source, write_page_checksum=True, **plain)
    whole = source.read_bytes()
    source.write_bytes(whole.replace(b"abnormal", b"abnormaI", 1))
    with pytest.raises(InvalidRecord, match="is not a whole parquet file"):
        decide(source)
    source.write_bytes(whole)
    beside = tmp_path / "rejects.csv", tmp_path / "cells.ndjson"
    BatchRun(CELLS, BatchJob(source, tmp_path / "out.parquet", *beside)).totals()
    written = bytearray((tmp_path / "out.parquet").read_bytes())
    ids = pq.read_metadata(tmp_path / "out.parquet").row_group(0).column(0)
    written[ids.data_page_offset + ids.total_compressed_size - 3] ^= 1  # within its only page
    (tmp_path / "bad.parquet").write_bytes(written)
    with pytest.raises(OSError, match="CRC"):
        pq.ParquetFile(tmp_path / "bad.parquet", page_checksum_verification=True).read()
