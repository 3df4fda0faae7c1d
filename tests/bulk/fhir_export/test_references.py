"""What patients' lines refer to is found in an export, however it is called, and only that."""

from pathlib import Path

import pytest

from allstatus.bulk.fhir_export import ndjson_pieces
from allstatus.bulk.fhir_export.ndjson_pieces import Piece
from allstatus.bulk.fhir_export.partitions import REFERRED, Kept, Partitions
from allstatus.bulk.fhir_export.references import Wanted, fetch, missing_from, save_wanted, types_of


@pytest.mark.parametrize(
    ("reference", "key"),
    [
        ("Medication/m", "Medication/m"),
        ("Medication/m/_history/2", "Medication/m"),
        ("https://h.example/fhir/Medication/m", "Medication/m"),
        ("https://h.example/fhir/Medication/m/_history/2", "Medication/m"),
        ("urn:uuid:0b0c1d6e", "0b0c1d6e"),
        ("Observation/there", ""),
        ("urn:uuid:there", ""),
        ("Patient/p", ""),
        ("https://h.example/fhir/Practitioner/p", ""),
        ("#contained", ""),
        ("m", ""),
    ],
)
def test_what_is_missing_from_lines(reference: str, key: str) -> None:
    lines = [
        b'{"resourceType":"Observation","id":"there"}',
        b'{"id":"o","x":{"reference" : "%s"},"resourceType":"Observation"}' % reference.encode(),
    ]
    assert missing_from(lines) == ({key.encode()} if key else set())


@pytest.mark.parametrize(
    ("keys", "types"),
    [([], set()), (["Medication/m", "Substance/s"], {"Medication", "Substance"}), (["m"], None)],
)
def test_types_of_what_is_wanted(keys: list[str], types: set[str] | None) -> None:
    assert types_of({key.encode(): {0} for key in keys}) == types


LINES = [
    b'{"resourceType":"Medication","id":"m"}',
    b'{"id":"n","resourceType":"Medication"}',
    b"",
    b'{"resourceType":"Medication","id":"m","cut',
    b'{"resourceType":"Substance","id":"m"}',
    b'{"resourceType":"Medication","id":"m","id":"m"}',
    b'{"resourceType":"Medication","id":"m","meta":{"versionId":"2"}}',
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"Medication/m": {0}}, {0: [1, 7]}),
        ({"Medication/m": {0, 2}, "Medication/n": {1}}, {0: [1, 7], 1: [2], 2: [1, 7]}),
        ({"m": {1}}, {1: [1, 5, 7]}),
        ({"m": {0}, "Medication/m": {1}}, {0: [1, 5, 7], 1: [1, 7]}),
        ({"Medication/other": {0}}, {}),
    ],
)
def test_each_shelf_gets_the_lines_it_wants_by_their_numbers(
    tmp_path: Path, wanted: dict[str, set[int]], found: dict[int, list[int]]
) -> None:
    (tmp_path / "a.ndjson").write_bytes(b"\n".join(LINES) + b"\n")
    shelves = Partitions.build(tmp_path / "lines", map(str, range(5)))
    name = save_wanted(shelves, {key.encode(): places for key, places in wanted.items()})
    fetch(Piece(3, tmp_path / "a.ndjson"), shelves, name)
    for shelf in range(shelves.count):
        numbers = found.get(shelf, [])
        expected = [Kept(REFERRED, 3, number, LINES[number - 1]) for number in numbers]
        assert list(shelves.read(shelf)) == expected


def test_a_line_that_is_too_long_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ndjson_pieces, "LONGEST", 100)
    monkeypatch.setattr(ndjson_pieces, "BLOCK", 64)
    (tmp_path / "a.ndjson").write_bytes(b'{"x":"%s"}\n%s\n' % (b"x" * 300, LINES[0]))
    shelves = Partitions.build(tmp_path / "lines", ["p"])
    fetch(Piece(0, tmp_path / "a.ndjson"), shelves, save_wanted(shelves, {b"m": {0}}))
    assert [kept.number for kept in shelves.read(0)] == [2]


def test_each_edition_of_what_is_wanted_has_a_name_of_its_own(tmp_path: Path) -> None:
    shelves, wanted = Partitions.build(tmp_path, ["p"]), Wanted({b"m": {0}})
    assert save_wanted(shelves, wanted) != save_wanted(shelves, wanted)
