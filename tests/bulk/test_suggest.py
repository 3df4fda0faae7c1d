"""A suggested mapping is one: it reads the file it was made for, and says that it guesses."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from allstatus.bulk.batch_run import BatchJob, BatchRun
from allstatus.bulk.mapping_file import is_of_results, read_mapping
from allstatus.bulk.suggest import suggest
from bulk.rows import CELLS

ROOT = Path(__file__).parents[2]
HOUSE = """MRN;TX;CR1;BLAST;CNS;WBC;PLT;SEX;WARD
4711; J;Y;0,62;N;6,0;250;F;3
4712;N ;NULL;0,03;J;2,1;.;M;3
"""


def test_a_table_of_patients(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(HOUSE, "utf-8")
    text = suggest(tmp_path / "in.csv")
    lines = text.splitlines()
    assert "id: MRN  # by its name" in lines
    assert "4711" not in text  # no column of ids is shown
    assert any(line.startswith("trim: true  # ") for line in lines)
    assert any(line.startswith("null: [., 'NULL']  # ") for line in lines)
    blasts = "marrow_blast_percent: {column: BLAST, decimal: ',', unit: fraction}  # "
    assert any(line.startswith(blasts) for line in lines)
    assert "# cbc.wbc.unit: {constant: UNIT}  # which? as in 10*9/L, g/dL, %" in lines
    assert "# not used: WARD" in lines
    assert all("#" in line for line in lines)
    (tmp_path / "columns.yaml").write_text(text, "utf-8")
    written = tmp_path / "out.csv", tmp_path / "rejects.csv", tmp_path / "cells.ndjson"
    mapping = read_mapping(tmp_path / "columns.yaml")
    assert BatchRun(CELLS, BatchJob(tmp_path / "in.csv", *written, mapping)).totals().written == 2


@pytest.mark.parametrize("name", ["i2b2", "mimic"])
def test_a_table_of_results(tmp_path: Path, name: str) -> None:
    source = ROOT / "examples" / "tables" / f"{name}.csv"
    (tmp_path / "columns.yaml").write_text(suggest(source), "utf-8")
    mapping = read_mapping(tmp_path / "columns.yaml")
    assert is_of_results(mapping)
    by_hand = read_mapping(source.with_suffix(".yaml"))
    assert mapping["patient"].column == by_hand["patient"].column
    assert mapping["date"].column == by_hand["date"].column
    assert mapping["unit"].column == by_hand["unit"].column


@pytest.mark.parametrize(
    ("rows", "said"), [(13, "13 different values"), (20, "at least 15 different values")]
)
def test_of_very_many_values_the_first_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, said: str
) -> None:
    monkeypatch.setattr("allstatus.bulk.suggest.TEXTS", 14)
    (tmp_path / "in.csv").write_text("BLAST\n" + "".join(f"{row}\n" for row in range(rows)))
    assert said in suggest(tmp_path / "in.csv")
    assert ("at least" in suggest(tmp_path / "in.csv")) is said.startswith("at least")


def test_names_of_two_columns_are_told_and_not_read(tmp_path: Path) -> None:
    names = ["id", "cbc", "id", "note", "note"]
    pq.write_table(
        pa.Table.from_arrays([pa.array(["normal"])] * 5, names=names), tmp_path / "a.parquet"
    )
    text = suggest(tmp_path / "a.parquet")
    assert "# of two columns: id, note" in text
    assert "cbc: cbc  # by its name; seen: normal (1)" in text


def test_a_long_line_goes_on_in_comments(tmp_path: Path) -> None:
    values = "".join(f"said {letter} # so\n" for letter in "abcdefghij")
    (tmp_path / "in.csv").write_text(f"CBC\n{values}")
    text = suggest(tmp_path / "in.csv")
    assert max(map(len, text.splitlines())) <= 80
    assert yaml.safe_load(text) == {"cbc": "CBC"}
