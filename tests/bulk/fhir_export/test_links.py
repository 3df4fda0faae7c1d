"""What Patients of an export say of being somebody else too, and who is known there."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.bulk.fhir_export.links import known_in, links_in

CASES = yaml.safe_load(Path(__file__).with_name("links.yaml").read_text("utf-8"))
OTHER = b'{"resourceType":"Observation","note":[{"text":"\\"link\\""}]}'


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_each_line_among_others(case: dict[str, Any]) -> None:
    line = (case.get("text") or json.dumps(case["line"])).encode()
    expected = [tuple(link) for link in case.get("links", [])]
    for lines in ([line], [line + b"\n"], [OTHER, b"", line, b"{", OTHER]):
        assert list(links_in(lines)) == expected


def test_only_patients_who_are_wanted_are_known() -> None:
    lines = [
        b'{"resourceType":"Patient","id":"a"}',
        b'{"resourceType": "Patient", "id": "b"}',
        b'{"id":"c","resourceType":"Patient"}',
        b'{"resourceType":"Patient","id":"d","link":',
        b'{"resourceType":"Observation","id":"e","subject":{"reference":"Patient/e"}}',
        b'{"resourceType":"Patient"}',
        b"",
    ]
    wanted = frozenset("abcdef")
    assert list(known_in(lines, wanted)) == ["a", "b", "c"]
    assert list(known_in(lines, wanted - {"a"})) == ["b", "c"]
    assert not list(known_in([], wanted))
