"""Lines told at once say what they say one by one, or nothing."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.bulk.fhir_export import shuffle as routing
from allstatus.bulk.fhir_export.line_scan import READ, Scanned, scan, tell, tell_line
from allstatus.bulk.fhir_export.ndjson_pieces import Piece
from allstatus.bulk.fhir_export.partitions import Kept, Partitions
from allstatus.bulk.fhir_export.shuffle import LineTally, route
from allstatus.errors import InvalidRecord

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
    "with a blank": lambda r: r | {"subject": {"reference": "Patient/a "}},
    "in small letters": lambda r: r | {"subject": {"reference": "patient/a"}},
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
    "by an escape",
    "by a version",
    "with a blank",
    "in small letters",
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
    tally = route(Piece(0, folder / "block.ndjson"), shelves)
    kept = [kept for name in (0, 1, "nameless", "identified") for kept in shelves.read(name)]
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
        patched.setattr(routing, "scan", lambda lines: None if lines[1:] else scan(lines))
        one_by_one = outcome(folder, text)
    somebody = at_once[0].somebody, one_by_one[0].somebody
    assert len(somebody[0]) > 1 if len(somebody[1]) > 1 else somebody[0] == somebody[1]
    at_once[0].somebody = one_by_one[0].somebody = set()
    assert at_once == one_by_one


@given(blocks())
def test_a_line_is_told_as_by_reading_it(text: bytes) -> None:
    for line in text.split(b"\n")[:-1]:
        with suppress(InvalidRecord):  # damage further inside a line goes unnoticed
            assert told(line) == tell(line)


def told(line: bytes) -> Scanned:
    """A line told; which kind of thing about nobody of interest it is does not matter."""
    found = tell_line(line)
    return found if found.names or found.type in READ else tell(line)


def at_once(*resources: Any) -> Scanned | None:
    lines = [json.dumps(one, separators=(",", ":")).encode() for one in resources]
    return scan(lines)


def test_plain_lines_are_told_at_once() -> None:
    plain = [_about("Observation", f"o{n}", f"p{n}") for n in range(5)]
    scanned = at_once(*plain)
    assert scanned == ("Observation", ("p0", "p1", "p2", "p3", "p4"), False)
    assert at_once({}, *plain) is None
    assert at_once(*plain, {}) is None


def test_lines_about_nobody_are_counted_at_once() -> None:
    scanned = at_once(*({"resourceType": "Organization", "id": str(n)} for n in range(5)))
    assert scanned == ("Organization", (), False)


@pytest.mark.parametrize("change", sorted(ODD.keys() - PLAIN))
def test_a_line_that_is_not_plain_makes_its_block_be_told_by_lines(change: str) -> None:
    odd = ODD[change](_about("Observation", "o", "a"))
    assert at_once(_about("Observation", "p", "b"), odd) is None


@pytest.mark.parametrize("change", sorted(PLAIN - {"a quote within", "by an escape"}))
def test_references_of_any_form_are_told_at_once(change: str) -> None:
    odd = ODD[change](_about("Observation", "o", "a"))
    scanned = at_once(_about("Observation", "p", "b"), odd)
    assert scanned == ("Observation", ("b", "a"), False)


def test_names_that_are_not_ascii_are_read_and_those_that_are_no_text_rejected(
    tmp_path: Path,
) -> None:
    accented = '{"resourceType":"Observation","subject":{"reference":"Patient/\N{DEGREE SIGN}"}}'
    lines = [accented.encode(), accented.encode("latin-1")]
    assert scan(lines) is None
    assert tell_line(lines[0]).names == ("\N{DEGREE SIGN}",)
    tally, kept, rejected = outcome(tmp_path, b"".join(line + b"\n" for line in lines))
    assert (tally.lines["all"], tally.lines["passed"], tally.lines["rejected"], kept) == (
        2,
        1,
        1,
        [],
    )
    assert rejected == ['[0, 2, "is not UTF-8 text"]\n']


@pytest.mark.parametrize(
    "damage", ['"text":}', '"text":01', '"text":"\\x"', '"text":' + "[" * 100_000]
)
def test_a_line_that_is_no_json_further_inside_is_rejected(damage: str, tmp_path: Path) -> None:
    lines = [json.dumps(_about("Observation", f"o{n}", "c")) for n in range(5)]
    lines[3] = lines[3].replace('"text": "x"', damage)
    tally, kept, _ = outcome(tmp_path, "".join(f"{line}\n" for line in lines).encode())
    assert (tally.lines["passed"], tally.lines["rejected"], kept) == (4, 1, [])
