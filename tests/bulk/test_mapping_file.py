"""What is said of a whole file holds for each key; a file that names a code is of results."""

from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.bulk.column_source import Spelling
from allstatus.bulk.mapping_file import is_of_results, named_as_results, read_mapping


def read(folder: Path, text: str) -> dict:
    path = folder / "columns.yaml"
    path.write_text(text, "utf-8")
    return read_mapping(path)


def test_a_key_says_over_the_whole_file(tmp_path: Path) -> None:
    mapping = read(
        tmp_path,
        'null: [NULL, .]\ndecimal: ","\ncbc: C\nage_years: A\n'
        'marrow_blast_percent: {column: B, decimal: ".", "null": "-9"}\n',
    )
    assert mapping["cbc"].spelling == Spelling(null=("NULL", "."))  # no number is read there
    assert mapping["age_years"].spelling == Spelling(null=("NULL", "."), decimal=",")
    assert mapping["marrow_blast_percent"].spelling == Spelling(null=("-9",))


def test_a_mapping_of_results_has_keys_of_its_own(tmp_path: Path) -> None:
    mapping = read(tmp_path, "patient: P\ndate: D\ncode: C\nvalue: {column: V, decimal: ','}\n")
    assert is_of_results(mapping)
    assert not is_of_results(read(tmp_path, "cbc: C\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code: C\ndate: D\n", "does not say 'patient'"),
        ("patient: P\ndate: D\ncode: C\ncbc: X\n", "cbc: is not a key of a table of results"),
        ("patient: P\ndate: D\ncode: C\nvalue: {column: [A, B]}\n", "value: is read from one"),
    ],
)
def test_a_faulty_mapping_of_results_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidRecord, match=message):
        read(tmp_path, text)


def test_a_table_of_results_is_known_by_its_columns() -> None:
    assert set(named_as_results(["Patient", "DATE", "code", "ward"])) == {"patient", "date", "code"}
    assert named_as_results(["patient", "date", "code", "cbc"]) == {}
    assert named_as_results(["patient", "date"]) == {}
