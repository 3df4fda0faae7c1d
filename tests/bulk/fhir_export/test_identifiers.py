"""Patients named by an identifier, in an export as in one bundle."""

import json
from pathlib import Path
from typing import Any

import pytest
from synthetic import make_export

from allstatus.bulk.fhir_export.identifiers import identifiers_in, own_name
from allstatus.bulk.fhir_export.line_scan import identified_by
from bulk.folders import write_folder
from bulk.one_bundle import assert_same


@pytest.mark.parametrize(
    "beside",
    [
        {"identifier": {"system": "urn:mrn", "value": "m-{other}"}},
        {"identifier": {"system": "urn:mrn", "value": "m-{own}"}},
        {"identifier": {"system": "urn:mrn", "value": "nobody-has-this"}},
        {"reference": "Patient/{other}"},
    ],
    ids=["another", "the same", "a stranger", "another by reference"],
)
def test_what_names_two_one_of_them_by_an_identifier(
    tmp_path: Path, beside: dict[str, Any]
) -> None:
    resources = list(make_export(4, 0.9, 40, 5))
    marrow = next(resource for resource in resources if "11150-0" in json.dumps(resource))
    own = marrow["subject"]["reference"].removeprefix("Patient/")
    names = [resource["id"] for resource in resources if resource["resourceType"] == "Patient"]
    other = next(name for name in names if name != own)
    marrow["patient"] = json.loads(
        json.dumps(beside).replace("{own}", own).replace("{other}", other)
    )
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources),
        tmp_path / "out.ndjson",
        ordered=False,
    )


ASKED = identified_by({"system": "urn:mrn", "value": "7"})
BARE = identified_by({"value": "7"})
IDENTIFIERS: dict[str, tuple[Any, list[str]]] = {
    "as asked": ([{"system": "urn:mrn", "value": "7"}], [ASKED]),
    "one alone": ({"system": "urn:mrn", "value": "7"}, [ASKED]),
    "among others": ([{"value": "8"}, 3, {"system": "urn:mrn", "value": "7"}], [ASKED]),
    "without a system": ([{"value": "7"}], [BARE]),
    "with an empty system": ([{"system": "", "value": "7"}], [BARE]),
    "of another system": ([{"system": "urn:other", "value": "7"}], []),
    "a number": ([{"system": "urn:mrn", "value": 7}], []),
    "a number with a point": ([{"system": "urn:mrn", "value": 7.5}], []),
    "nothing": ([], []),
}


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_who_has_an_identifier(name: str) -> None:
    identifier, found = IDENTIFIERS[name]
    patient = {"resourceType": "Patient", "id": "p", "identifier": identifier}
    others = [patient | {"resourceType": "Person"}, patient | {"id": 5}]
    lines = [json.dumps(one).encode() for one in (*others, patient)]
    lines += [b"", b'{"resourceType":"Patient","identifier":']
    expected = [(one, "p") for one in found]
    assert list(identifiers_in(lines, frozenset({ASKED, BARE}))) == expected
    assert not list(identifiers_in(lines, frozenset()))


def test_a_stranger_is_called_by_the_value() -> None:
    assert (own_name(ASKED), own_name(BARE)) == ("7", "7")
