"""The bounds of a row are the same, and said the same, wherever columns are read."""

import json
from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.ehr.lab_table import read_table
from allstatus.record.row_bounds import LONGEST_ROW, MOST_COLUMNS

DOCS = Path(__file__).parents[2] / "docs"
SAID = f"names more than {MOST_COLUMNS:,} columns; drop unread columns"


def test_the_bounds_are_told() -> None:
    told = (DOCS / "scale.md").read_text("utf-8")
    assert f"may have {LONGEST_ROW >> 20} MB" in told
    assert f"{MOST_COLUMNS:,} columns" in told


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_too_many_columns(tmp_path: Path, ending: str, more: int) -> None:
    pytest.importorskip("pyarrow")
    from allstatus.bulk.suggest import suggest

    names = [f"c{number}" for number in range(MOST_COLUMNS + more)]
    path = tmp_path / f"a.{ending}"
    lines = {"csv": ",".join(names), "ndjson": json.dumps(dict.fromkeys(names))}
    path.write_text(f"{lines[ending]}\n")
    if more:
        with pytest.raises(InvalidRecord, match=SAID):
            suggest(path)
    else:
        assert "# not used: c0, c1" in suggest(path)
    if ending == "csv":
        with pytest.raises(InvalidRecord, match="separators" if more else "has no column"):
            read_table("x" + "," * (MOST_COLUMNS + more))
