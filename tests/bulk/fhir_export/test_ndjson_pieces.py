"""The files of an export as they are read: cut into pieces, compressed, damaged, with lines of any
length.
"""

import gzip
from pathlib import Path
from random import Random

import pytest

from allstatus.bulk.fhir_export import ndjson_pieces
from allstatus.bulk.fhir_export.ndjson_pieces import (
    CUT_SHORT,
    TOO_LONG,
    Piece,
    cut,
    read_piece,
)

AFTER = {
    "nothing": b"",
    "garbage": b"garbage after the end",
    "padding": b"\0" * 64,
    "a little padding": b"\0" * 3,
    "another member": gzip.compress(b'{"b":2}\n'),
}


def lines_of(piece: Piece) -> list[bytes]:
    return [line for some in read_piece(piece) for line in some]


@pytest.mark.parametrize("block", [2, 7, 32, 1 << 16])
@pytest.mark.parametrize("damage", AFTER.values(), ids=AFTER)
def test_what_follows_a_compressed_file(
    tmp_path: Path, damage: bytes, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_pieces, "BLOCK", block)
    path = tmp_path / "a.ndjson.gz"
    path.write_bytes(gzip.compress(b'{"a":1}\n') + damage)
    assert lines_of(Piece(0, path)) == [
        b'{"a":1}\n',
        *([b'{"b":2}\n'] if damage[:2] == b"\x1f\x8b" else []),
        *([CUT_SHORT.encode()] if damage.startswith(b"garbage") else []),
    ]


@pytest.mark.parametrize("piece", [1, 7, 64, 1000])
@pytest.mark.parametrize("block", [2, 5, 64])
def test_pieces_of_a_file_hold_each_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, block: int
) -> None:
    monkeypatch.setattr(ndjson_pieces, "PIECE", piece)
    monkeypatch.setattr(ndjson_pieces, "BLOCK", block)
    lines = [b"x" * Random(number).randrange(30) for number in range(40)]
    for ending in (b"", b"\n"):
        for mark in (b"", ndjson_pieces.MARK):
            (tmp_path / "a.ndjson").write_bytes(mark + b"\r\n".join(lines) + ending)
            found = [line for part in cut([tmp_path / "a.ndjson"]) for line in lines_of(part)]
            ended = [*(line + b"\r\n" for line in lines[:-1]), lines[-1] + ending]
            assert found == (ended if ended[-1] else ended[:-1]), (ending, mark)


def test_of_a_line_that_is_too_long_its_references_are_left_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_pieces, "LONGEST", 200)
    subject = b'"reference":"Patient/p1"'
    for block in (2, 7, 64, 128):
        monkeypatch.setattr(ndjson_pieces, "BLOCK", block)
        for before, after in ((0, 2000), (300, 300), (1000, 1000), (2000, 0)):
            long = b"x" * before + subject + b"y" * after
            for end in (b"\nb\nc\n", b""):
                (tmp_path / "a.ndjson").write_bytes(b"a\n" + long + end)
                found = lines_of(Piece(0, tmp_path / "a.ndjson"))
                left, after_it = TOO_LONG.encode(), [b"b\n", b"c\n"] if end != b"" else []
                assert found == [b"a\n", left + b" " + subject, *after_it], (block, before)
