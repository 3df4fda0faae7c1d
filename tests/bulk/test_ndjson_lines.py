"""NDJSON as columns: values as they are spelled, and each line that is no record told by number."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.bulk import ndjson_lines
from allstatus.bulk.ndjson_lines import TOO_LONG, blocks, keys_of, parse_lines
from allstatus.errors import InvalidRecord

SPELLED = {
    b'{"a":"x"}': "x",
    b'{"a":""}': "",
    b'{"a":null}': None,
    b"{}": None,
    b'{"b":1}': None,
    b'{"a":5}': "5",
    b'{"a":5.00}': "5.00",
    b'{"a":1E+2}': "1E+2",
    b'{"a":true}': "true",
    b'{"a":[1,"x"]}': '[1, "x"]',
    b'{"a":{"b":null}}': '{"b": null}',
    b'\xef\xbb\xbf{"a":"x"}': "x",
    b'{"a":"x"}\r\n': "x",
    b'{"a":"\xc3\xa9"}': "\N{LATIN SMALL LETTER E WITH ACUTE}",
}
REFUSED = {
    b"[1]": ("", "is not an object"),
    b"5": ("", "is not an object"),
    b"{": ("", "is not valid JSON"),
    b'{"a":1,"a":1}': ("", "twice"),
    b'{"a":NaN}': ("", "NaN"),
    b'{"a":"\xff"}': ("", "is not UTF-8 text"),
    b'{"checked":1}': ("checked", "is refused here"),
}


def _check(record: dict[str, Any]) -> None:
    if "checked" in record:
        raise InvalidRecord("checked", "is refused here", "leave it out")


@pytest.mark.parametrize("line", SPELLED)
def test_a_value_is_text_as_it_is_spelled(line: bytes) -> None:
    batch, unreadable = parse_lines(1, [line], ["a"], _check)
    assert (batch.to_pydict(), unreadable) == ({"a": [SPELLED[line]]}, {})


@pytest.mark.parametrize("line", REFUSED)
def test_a_line_that_is_no_record_is_told_by_its_number(line: bytes) -> None:
    lines = [b'{"a":1}', line, b'{"a":2}']
    batch, unreadable = parse_lines(7, lines, ["a"], _check)
    (number, (field, problem)), *more = unreadable.items()
    assert (batch.to_pydict(), number, more) == ({"a": ["1", "2"]}, 8, [])
    assert (field, REFUSED[line][1] in problem) == (REFUSED[line][0], True), problem


def test_without_a_check_any_object_is_a_record() -> None:
    assert parse_lines(1, [b'{"checked":1}'], ["checked"], None)[0].num_rows == 1


LINES = st.lists(st.sampled_from([b"", b" \t", b'{"a":1}', b"[1]", b"{"]), max_size=20)


@given(LINES, st.integers(1, 5), st.booleans())
def test_each_line_that_holds_anything_is_in_one_block(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], many: int, ended: bool
) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.ndjson"
    path.write_bytes(b"\n".join(lines) + (b"\n" if ended else b""))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ndjson_lines, "LINES", many)
        found = list(blocks(path))
    assert [line.strip() for block in found for line in block] == [x for x in lines if x.strip()]
    assert all(len(block) == many for block in found[:-1])
    assert all(found)


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
@pytest.mark.parametrize("more", [-1, 0, 1, 7, 8, 9, 100])
def test_a_line_that_is_too_long_is_that_line_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int, end: bytes
) -> None:
    monkeypatch.setattr(ndjson_lines, "LONGEST_ROW", 8)
    last = b"1" * (8 + more) + end
    (tmp_path / "a.ndjson").write_bytes(b'{"a":1}\n' * 2 + last)
    (lines,) = blocks(tmp_path / "a.ndjson")
    kept = last.removesuffix(b"\n") if end == b"\n\n" else last
    assert lines[:2] == [b'{"a":1}\n'] * 2
    assert lines[2:] == ([TOO_LONG] if len(kept) > 8 else [kept])
    rows, unreadable = parse_lines(1, lines, ["a"], None)
    assert rows.num_rows == 2
    assert ("is longer than" in unreadable[3][1]) is (len(kept) > 8)


def test_a_block_has_few_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ndjson_lines, "BYTES", 20)
    (tmp_path / "a.ndjson").write_text('{"a":1}\n' * 7)
    assert list(map(len, blocks(tmp_path / "a.ndjson"))) == [3, 3, 1]


@pytest.mark.parametrize(("columns", "held"), [(1, [7]), (3, [4, 3]), (100, [1] * 7)])
def test_a_block_of_many_columns_has_few_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int, held: list[int]
) -> None:
    monkeypatch.setattr(ndjson_lines, "VALUES", 12)
    (tmp_path / "a.ndjson").write_text('{"a":1}\n' * 7)
    assert list(map(len, blocks(tmp_path / "a.ndjson", columns))) == held


@pytest.mark.parametrize(
    ("lines", "known", "keys"),
    [
        ([], [], []),
        ([], ["cbc"], ["cbc"]),
        ([{"b": 1}, {"a": 1, "b": 2}], ["c", "a"], ["b", "a", "c"]),
        ([{"cbc.anc": 1}], ["cbc", "id"], ["cbc.anc", "id"]),
        ([{"cbc": {"anc": 1}}], ["cbc"], ["cbc"]),
        ([{"a": 1}, [2]], [], ["a"]),
    ],
    ids=["empty", "known only", "in order", "split", "whole", "no record"],
)
def test_the_columns_are_the_keys_of_the_first_lines(
    tmp_path: Path, lines: list[Any], known: list[str], keys: list[str]
) -> None:
    (tmp_path / "a.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert keys_of(tmp_path / "a.ndjson", known) == keys


def test_a_key_that_comes_after_the_first_lines_is_there_when_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_lines, "LINES", 1)
    (tmp_path / "a.ndjson").write_text('{"a":1}\n{"b":1}\n')
    assert keys_of(tmp_path / "a.ndjson", []) == ["a"]
    assert keys_of(tmp_path / "a.ndjson", ["b"]) == ["a", "b"]
