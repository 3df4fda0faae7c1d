"""Patients named by an identifier, in an export as in one bundle."""

import json
from pathlib import Path
from typing import Any

import pytest
from synthetic import make_export

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
