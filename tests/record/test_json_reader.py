"""Records from one object, an array or NDJSON; what is a chart; and every refusal."""

from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord
from allstatus.record.json_reader import (
    chart_kind,
    decode,
    holds_bundle_lines,
    read_lines,
    read_records,
    read_text,
    split_records,
)

SPLIT: list[tuple[str, list[tuple[int | None, Any]]]] = [
    ('{"a": 1}', [(None, {"a": 1})]),
    ('[{"a": 1}, 2]', [(1, {"a": 1}), (2, 2)]),
    ("[]", []),
    ('{"a": 1}\n\n{"a": 2}\n', [(1, {"a": 1}), (3, {"a": 2})]),
]
KINDS = [
    ("MSH|^~\\&|", "hl7v2"),
    ("\ufeff\vMSH|", "hl7v2"),
    ("FHS|", "hl7v2"),
    ("BHS|", "hl7v2"),
    ("MSH^~|\\&^LAB", "hl7v2"),
    ("MSH,date\n", None),
    ("MSHX|", None),
    ("date,code,value\n", "table"),
    ('"Code";"Date"\n', "table"),
    ("patient\tdate\tcode\n", "table"),
    ("date,value\n", None),
    ('{"resourceType": "Bundle"}', "fhir"),
    ('{"cbc": "normal"}', None),
    ("", None),
]


@pytest.mark.parametrize(("text", "records"), SPLIT)
def test_records_and_their_numbers(text: str, records: list[Any]) -> None:
    assert list(split_records(text)) == records


def test_a_broken_line_of_many_is_that_line_s_alone() -> None:
    first, second, third = split_records('{"a": 1}\n{"a": }\n{"a": 3}')
    assert (first, third) == ((1, {"a": 1}), (3, {"a": 3}))
    assert second[0] == 2
    assert isinstance(second[1], InvalidRecord)


NO_RECORDS = ["{", "not JSON", "not JSON\nnor this", '{"a": 1,\n"b" 2}', "[1", "[1] [2]"]
NO_RECORDS += ["[1,]", "[,1]", "[1, 2]x", "[1 [2]]", '[{"a": 1,}, 2]', '[{"a": 1, 2]']


@pytest.mark.parametrize("text", NO_RECORDS)
def test_text_that_is_no_records(text: str) -> None:
    with pytest.raises(InvalidRecord, match="not valid JSON"):
        list(split_records(text))


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_what_is_a_chart(text: str, kind: str | None) -> None:
    assert chart_kind(text) == kind


@pytest.mark.parametrize("item", ["NaN", '{"a": 1, "a": 2}', '"\x01"', "9" * 5000, '"\\ud800"'])
def test_an_item_that_is_refused_is_that_item_s_alone(item: str) -> None:
    text = f' [ {{"a": [1]}} ,\n{item}, 3 ]\n'
    first, (number, refused), third = split_records(text)
    assert (first, number, third) == ((1, {"a": [1]}), 2, (3, 3))
    assert isinstance(refused, InvalidRecord)
    with pytest.raises(InvalidRecord, match=r"^item 2: "):
        list(split_records(text, together=True))


def test_only_a_file_of_whole_bundles_has_bundle_lines(tmp_path: Path) -> None:
    bundles, lines = tmp_path / "b.ndjson", tmp_path / "l.ndjson"
    bundles.write_text('{"resourceType": "Bundle"}\n')
    lines.write_text('{"resourceType": "Patient"}\n')
    assert holds_bundle_lines(str(bundles))
    assert not holds_bundle_lines(str(lines))
    assert not holds_bundle_lines(str(tmp_path / "absent.ndjson"))
    assert not holds_bundle_lines(str(bundles.rename(tmp_path / "b.json")))


def test_lines_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "r.ndjson"
    path.write_text('{"a": 1}\n\n{\n')
    (first, broken) = read_lines(str(path))
    assert first == (1, {"a": 1})
    assert broken[0] == 3
    assert isinstance(broken[1], InvalidRecord)
    assert next(read_records(str(path))) == first


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecord, match="there is no such file"):
        read_text(str(tmp_path / "absent"), "JSON")
    with pytest.raises(InvalidRecord, match="is a folder"):
        read_text(str(tmp_path), "JSON")


def test_text_is_utf_8_and_a_message_may_be_latin_1() -> None:
    assert decode("\ufeffé".encode(), "x") == "é"
    assert decode("MSH|é".encode("latin-1"), "x") == "MSH|é"
    with pytest.raises(InvalidRecord, match="is not UTF-8 text"):
        decode("é".encode("latin-1"), "x")
