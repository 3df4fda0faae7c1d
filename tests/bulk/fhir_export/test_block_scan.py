"""A block of lines told at once says what its lines say one by one, or nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.bulk.fhir_export import shuffle as routing
from allstatus.bulk.fhir_export.block_scan import count_alike, skim
from allstatus.bulk.fhir_export.line_scan import head_of
from allstatus.bulk.fhir_export.ndjson_pieces import Lines, Piece
from allstatus.bulk.fhir_export.partitions import Kept, Partitions
from allstatus.bulk.fhir_export.shuffle import LineTally, route

FOUND = {"a", "b"}
TYPES = ["Observation", "Patient", "Specimen", "Medication", "Condition", "Organization"]
ODD: dict[str, Callable[[dict[str, Any]], Any]] = {
    "as it is": lambda r: r,
    "about nobody": lambda r: {key: value for key, value in r.items() if key != "subject"},
    "about a group": lambda r: r | {"subject": {"reference": "Group/a"}},
    "by an absolute reference": lambda r: (
        r | {"subject": {"reference": "http://other.example/fhir/Patient/a"}}
    ),
    "by a version": lambda r: r | {"subject": {"reference": "Patient/a/_history/2"}},
    "by an identifier": lambda r: (
        r | {"subject": {"identifier": {"system": "urn:mrn", "value": "1"}}}
    ),
    "by an escape": lambda r: (
        r | {"subject": {"reference": "Patient/\N{LATIN SMALL LETTER E WITH ACUTE}"}}
    ),
    "something contained first": lambda r: {
        "resourceType": r["resourceType"],
        "contained": [_about("Specimen", "s", "b")],
        **r,
    },
    "a quote within": lambda r: {
        "resourceType": r["resourceType"],
        "note": 'said "subject":{"reference":"Patient/b"}',
        **r,
    },
    "another id first": lambda r: {
        "resourceType": r["resourceType"],
        "meta": {"x": 1, "id": "b"},
        **r,
    },
    "of another type": lambda r: {**r, "resourceType": "Procedure"},
    "a bundle": lambda _: {"resourceType": "Bundle", "entry": []},
    "no resource": lambda _: [1],
}
PLAIN = {
    "as it is",
    "another id first",
    "a quote within",
    "by an absolute reference",
    "by a version",
}
SPOILT: dict[str, Callable[[str], str]] = {
    "whole": lambda line: line,
    "cut short": lambda line: line[:-9],
    "cut before its subject": lambda line: line[:30],
    "two in one": lambda line: line + line,
    "empty": lambda _: "",
    "its quote missing": lambda line: line.replace('a"}', "a}"),
}


def _about(kind: str, name: str, patient: str) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": name,
        "code": {"text": "x"},
        "subject": {"reference": f"Patient/{patient}"},
    }


@st.composite
def blocks(draw: st.DrawFn) -> bytes:
    """Lines of one type, nearly all as a server writes them, with single or no spaces."""
    kind, separators = (
        draw(st.sampled_from(TYPES)),
        draw(st.sampled_from([(",", ":"), (", ", ": ")])),
    )
    plain = st.tuples(st.sampled_from("abcde"), st.just("as it is"), st.just("whole"))
    odd = st.tuples(
        st.sampled_from("abcde"), st.sampled_from(sorted(ODD)), st.sampled_from(sorted(SPOILT))
    )
    lines = []
    for place, (patient, change, spoil) in enumerate(
        draw(st.lists(plain | plain | odd, min_size=1, max_size=12))
    ):
        name = patient if kind == "Patient" else f"{patient}-{place}"
        lines.append(
            SPOILT[spoil](
                json.dumps(ODD[change](_about(kind, name, patient)), separators=separators)
            )
        )
    return "".join(f"{line}\n" for line in lines).encode()


def outcome(folder: Path, text: bytes) -> tuple[LineTally, list[Kept], list[str]]:
    """What becomes of a block: the counts, the lines kept or put apart, and the lines rejected."""
    (folder / "block.ndjson").write_bytes(text)
    shelves = Partitions.build(folder / "shelves", FOUND)
    tally = route(Piece(0, folder / "block.ndjson"), shelves, frozenset({0}))
    kept = [
        kept
        for name in ("000000", "000001", "nameless", "identified")
        for kept in shelves.read_apart(name)
    ]
    return (
        tally,
        kept,
        [path.read_text("utf-8") for path in sorted((folder / "shelves").glob("rejects.*"))],
    )


@given(blocks())
def test_lines_told_at_once_are_told_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, text: bytes
) -> None:
    folder = tmp_path_factory.mktemp("export")
    at_once = outcome(folder, text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(routing.Shuffle, "_tell_at_once", lambda *_: False)
        one_by_one = outcome(folder, text)
    somebody = at_once[0].somebody, one_by_one[0].somebody
    assert len(somebody[0]) > 1 if len(somebody[1]) > 1 else somebody[0] == somebody[1]
    at_once[0].somebody = one_by_one[0].somebody = set()
    assert at_once == one_by_one


def test_plain_lines_are_told_at_once() -> None:
    lines = [
        json.dumps(_about("Observation", f"o{n}", f"p{n}"), separators=(",", ":")).encode()
        for n in range(5)
    ]
    text = b"".join(line + b"\n" for line in lines)
    head = head_of(text)
    assert head is not None
    skimmed = skim(text, head, head.subject)
    assert skimmed is not None
    assert skimmed.names == [b"p0", b"p1", b"p2", b"p3", b"p4"]
    assert [skimmed.line(place) for place in range(5)] == lines
    assert count_alike(text, head) == 5
    assert count_alike(text[:-2], head) == count_alike(b"{}\n" + text, head) == 0


@pytest.mark.parametrize("change", sorted(ODD.keys() - PLAIN))
def test_a_line_that_is_not_plain_makes_its_block_be_told_line_by_line(change: str) -> None:
    odd = ODD[change](_about("Observation", "o", "a"))
    text = b"".join(
        json.dumps(line, separators=(",", ":")).encode() + b"\n"
        for line in (_about("Observation", "p", "b"), odd)
    )
    head = head_of(text)
    assert head is not None
    assert skim(text, head, head.subject) is None


@pytest.mark.parametrize("change", sorted(PLAIN - {"a quote within"}))
def test_references_of_any_form_are_told_at_once(change: str) -> None:
    lines = [_about("Observation", "p", "b"), ODD[change](_about("Observation", "o", "a"))]
    text = b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)
    head = head_of(text)
    assert head is not None
    skimmed = skim(text, head, head.subject)
    assert skimmed is not None
    assert skimmed.names == [b"b", b"a"]


@given(
    st.lists(st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"")), max_size=30),
    st.integers(1, 9),
)
def test_parts_of_a_block_hold_each_line_once(lines: list[bytes], count: int) -> None:
    block = Lines(b"".join(line + b"\n" for line in lines))
    parts = list(block.parts(count))
    assert len(parts) <= count
    assert [line for part in parts for line in part.split()] == lines
