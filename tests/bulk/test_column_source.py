"""How a house writes a fact is undone by the mapping: the row is answered as the record it says."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from allstatus.bulk.arrow import Columns
from allstatus.bulk.column_source import CellReader, ColumnSource, Spelling
from allstatus.bulk.mapping_file import read_mapping
from bulk.rows import CELLS, answers, reference

CASES = yaml.safe_load((Path(__file__).parent / "spellings.yaml").read_text("utf-8"))
ROWS = [(case["mapping"], row) for case in CASES for row in case["rows"]]


@pytest.mark.parametrize(("mapping", "row"), ROWS, ids=[str(row["cells"]) for _, row in ROWS])
def test_a_row_is_the_record_that_the_mapping_makes_of_it(
    tmp_path: Path, mapping: dict[str, Any], row: dict[str, Any]
) -> None:
    path = tmp_path / "columns.yaml"
    path.write_text(yaml.safe_dump(mapping), "utf-8")
    assigned = read_mapping(path)
    batch = pa.record_batch({name: pa.array([cell or None]) for name, cell in row["cells"].items()})
    if "refused" in row:
        (reject,) = Columns(CELLS, batch.schema.names, assigned).cells_of(batch)[1]
        assert f"{reject.column}: {reject.reason}".startswith(row["refused"])
    else:
        assert answers(batch, assigned) == [reference(row["record"])]


@pytest.mark.parametrize("value", [float("nan"), -9, -9.0, "NaN", "-9"])
def test_a_null_word_is_one_in_numbers_too(value: object) -> None:
    reader = CellReader(ColumnSource("x", spelling=Spelling(null=("nan", "NaN", "-9"))))
    assert reader.read(value) is None
    assert reader.read(5) == 5
