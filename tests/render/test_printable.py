"""What a spreadsheet would run is text, in every CSV that is written."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from allstatus.render.printable import inert

SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
BEFORE = ["", " ", "   ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\0", '"', ' "', "\t", "\r", "\n"]
RUN = [f"{before}{sign}SUM(A1)" for sign in SIGNS for before in BEFORE]
RUN += ["\ttab", "\rend", "\nend", "-", "+", "- 5", "-1-1", "+1+1", "=1"]
KEPT = [
    "",
    "p1",
    "a=1",
    "a@b",
    "5",
    "-5",
    "+5",
    "-2.5e-3",
    "-.5",
    "+5.",
    "'=1",
    " p1",
    "1-2",
    "x\n=1",
]


@pytest.mark.parametrize("text", RUN, ids=ascii)
def test_what_would_be_run_begins_with_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert inert(inert(text)) == f"'{text}"


@pytest.mark.parametrize("text", KEPT, ids=ascii)
def test_all_else_is_as_it_is(text: str) -> None:
    assert inert(text) == text


@pytest.mark.parametrize("number", [None, 5, -5.5, True])
def test_no_text_is_as_it_is(number: object) -> None:
    assert inert(number) is number


def test_each_column_of_a_batch(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from allstatus.bulk.writers import CsvFile

    texts = [*RUN, *KEPT, None]
    coded = pa.array(texts).dictionary_encode()
    for column in (pa.array(texts), pa.array(texts, pa.large_string()), coded):
        for part in (column, column.slice(len(RUN))):
            file = CsvFile(tmp_path / "out.csv", pa.schema([("=name", column.type)]))
            file.write(pa.record_batch([part], names=["=name"]))
            file.close()
            with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as written:
                rows = [row[0] if row else "" for row in csv.reader(written)]
            assert rows == ["'=name", *(inert(text or "") for text in part.to_pylist())]


def test_rejects_and_kept_columns(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    lines = (json.dumps({"id": text, "note": text, "cbc": "normal"}) for text in RUN)
    (tmp_path / "in.ndjson").write_text("\n".join(lines))
    asked = ["batch", "in.ndjson", "-o", "out.csv", "--keep", "note"]
    command = [sys.executable, "-m", "allstatus", *asked]
    subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
    for name in ("out.csv", "out.csv.rejects.csv"):
        with (tmp_path / name).open(newline="", encoding="utf-8") as written:
            cells = [cell for row in csv.reader(written) for cell in row]
        assert [cell for cell in cells if inert(cell) != cell] == []
