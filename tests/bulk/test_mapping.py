"""The mapping file: read as it is written, and refused with the key at fault."""

from pathlib import Path

import pytest
from bulk.rows import CELLS

from allstatus import InvalidRecord
from allstatus.bulk.mapping import Source, assign_columns, read_mapping

FACTS = tuple(CELLS.facts)


def mapping(tmp_path: Path, text: str) -> dict[str, Source]:
    path = tmp_path / "columns.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def test_spellings_stay_as_they_are_written(tmp_path: Path) -> None:
    read = mapping(tmp_path, "cbc: CBC\nprior_remission: {column: REM, values: {Yes: true, No: false, 9: unknown, '': null}}\n")
    assert read["cbc"] == Source("CBC")
    assert read["prior_remission"] == Source("REM", {"Yes": True, "No": False, "9": "unknown", "": None})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cbcs: CBC", "cbcs: is not a key of a record (did you mean 'cbc'?)"),
        ("cbc: [CBC]", "cbc: is not a column"),
        ("cbc: {column: CBC, value: {}}", "cbc: is not a column"),
        ("- cbc", "is not a mapping"),
        ("cbc: {", "cannot be read as YAML"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        mapping(tmp_path, text)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("names", "assigned", "message"),
    [
        (["CBC"], {"cbc": Source("CBCs")}, "cbc: has no column 'CBCs' (did you mean 'CBC'?)"),
        (["cbc", "cbc.wbc.value"], {}, "comes both whole and in components"),
        (["cbc", "cbc"], {}, "is the name of two columns"),
        (["id", "age_years"], {}, "state no fact"),
    ],
)
def test_columns_that_do_not_fit_are_refused(names: list[str], assigned: dict[str, Source], message: str) -> None:
    with pytest.raises(InvalidRecord) as refusal:
        assign_columns(names, assigned, FACTS)
    assert message in str(refusal.value)
