"""An export gives each patient the decision that one bundle of all its resources gives, however it
is written down.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from synthetic import make_export

from allstatus.bulk.fhir_export import find_patients, process_pool
from bulk.folders import Resource, exported, write_folder
from bulk.one_bundle import assert_same, expected

FIXTURES = Path(__file__).parents[3] / "fixtures"
CHARTS = sorted(
    path for path in FIXTURES.glob("fhir/*.json") if not path.name.endswith(".expected.json")
)
TIMELINES = [
    path
    for path in sorted(FIXTURES.glob("timelines/*.json"))
    if b'"resourceType"' in path.read_bytes()
]


def read(path: Path) -> list[Resource]:
    return exported(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", [*CHARTS, *TIMELINES], ids=lambda path: path.stem)
def test_each_fixture(path: Path, tmp_path: Path) -> None:
    resources = sorted(read(path), key=lambda resource: str(resource["resourceType"]))
    assert_same(resources, write_folder(tmp_path / "export", resources), tmp_path / "out.ndjson")


@pytest.mark.parametrize("seed", range(6))
def test_a_synthetic_export_split_shuffled_packed_and_misnamed(seed: int, tmp_path: Path) -> None:
    resources = list(make_export(14, 0.6, 40, seed))
    folder = write_folder(tmp_path / "export", resources, Random(seed))
    assert_same(resources, folder, tmp_path / "out.ndjson", ordered=False)


def many() -> list[Resource]:
    """The fixtures together, each with ids of its own, as patients of one export."""
    gathered: list[Resource] = []
    for number, path in enumerate(CHARTS):
        text = json.dumps(read(path))
        if '"Patient/p1"' in text and "#" not in text:
            gathered += json.loads(_renamed(text, f"-{number}"))
    return gathered


def _renamed(text: str, ending: str) -> str:
    """Every id and reference with another ending."""
    return json.dumps(
        changed(
            json.loads(text),
            {"id": lambda name: name + ending, "reference": lambda name: name + ending},
        )
    )


def changed(value: Any, change: dict[str, Callable[[str], str]]) -> Any:
    """JSON with the texts under these keys changed, at any depth."""
    if isinstance(value, list):
        return [changed(item, change) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: change[key](item) if key in change and isinstance(item, str) else changed(item, change)
        for key, item in value.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_all_fixtures_in_one_export(seed: int, tmp_path: Path) -> None:
    resources = many()
    assert len(expected(resources)[0]) > 80
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources, Random(seed)),
        tmp_path / "out.ndjson",
        ordered=False,
    )


SPELLED = {
    "absolute": lambda reference: f"https://example.org/fhir/{reference}",
    "versioned": lambda reference: f"{reference}/_history/1",
    "bare": lambda reference: reference.removeprefix("Patient/"),
}


@pytest.mark.parametrize("how", SPELLED)
def test_references_spelled_otherwise(how: str, tmp_path: Path) -> None:
    resources = [
        changed(resource, {"reference": SPELLED[how]}) for resource in make_export(6, 0.7, 40, 9)
    ]
    assert len(expected(resources)[0]) == 4
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources),
        tmp_path / "out.ndjson",
        ordered=False,
    )


UUID = "0b0c1d6e-1111-4222-8333-{:012d}"


def with_uuids() -> Iterator[Resource]:
    """An export whose resources are called by UUIDs and refer to each other by `urn:uuid`."""
    known: dict[str, str] = {}

    def urn(reference: str) -> str:
        return "urn:uuid:" + known.setdefault(reference, UUID.format(len(known)))

    for resource in make_export(6, 0.7, 40, 5):
        own = urn(f"{resource['resourceType']}/{resource['id']}").removeprefix("urn:uuid:")
        yield changed(resource, {"reference": urn}) | {"id": own}


def test_references_by_uuid(tmp_path: Path) -> None:
    resources = list(with_uuids())
    medicines = [
        line for line in json.dumps(expected(resources)[1]).split('"title"') if "Imatinib" in line
    ]
    assert medicines
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources),
        tmp_path / "out.ndjson",
        ordered=False,
    )


def test_patients_named_by_an_identifier_only(tmp_path: Path) -> None:
    resources = list(make_export(6, 0.7, 40, 5))
    for resource in resources[::2]:
        if "subject" in resource:
            name = resource["subject"]["reference"].removeprefix("Patient/")
            resource["subject"] = {"identifier": {"system": "urn:mrn", "value": f"m-{name}"}}
    stranger = {"identifier": {"system": "urn:mrn", "value": "nobody-has-this"}}
    diagnosis = next(
        resource
        for resource in resources
        if find_patients.holds_diagnosis(json.dumps(resource).encode())
    )
    resources.append(diagnosis | {"id": "of-a-stranger", "subject": stranger})
    assert "nobody-has-this" in [row["id"] for row in expected(resources)[0]]
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources),
        tmp_path / "out.ndjson",
        ordered=False,
    )


def test_several_versions_and_copies_of_a_resource(tmp_path: Path) -> None:
    resources = list(make_export(6, 0.7, 40, 3))
    marrows = [resource for resource in resources if "11150-0" in json.dumps(resource)]
    later = [
        m
        | {
            "meta": {"versionId": "2", "lastUpdated": "2026-02-05T00:00:00Z"},
            "status": "entered-in-error",
        }
        for m in marrows[::2]
    ]
    assert later
    resources += later + resources[::5]
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources, Random(1)),
        tmp_path / "out.ndjson",
        ordered=False,
    )


@pytest.mark.parametrize("ids", [({"id": "x"}, {"id": "y"}), ({}, {})], ids=["ids", "no ids"])
@pytest.mark.parametrize("patients", [1, 2])
def test_resources_that_name_nobody(
    patients: int, ids: tuple[dict[str, str], ...], tmp_path: Path
) -> None:
    resources = list(make_export(patients, 1, 40, 3))
    code = {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]}
    nameless = {"resourceType": "Observation", "status": "final", "code": code}
    later = {"effectiveDateTime": "2030-01-01", "valueQuantity": {"value": 7, "code": "%"}}
    resources += [nameless | ids[0], nameless | ids[1] | later]
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources),
        tmp_path / "out.ndjson",
        ordered=False,
    )


def test_escapes_that_hide_a_code_a_name_or_a_slash(tmp_path: Path) -> None:
    resources = list(make_export(4, 0.6, 40, 3))
    folder = write_folder(tmp_path / "export", resources)
    for path in folder.glob("*.ndjson"):
        text = (
            path.read_text("utf-8")
            .replace("Patient/p0", r"Patient\/\u00700")
            .replace('"C91', r'"\u004391')
        )
        path.write_text(
            text.replace('"9185', r'"\u003985').replace('"27757', r'"\u00327757'), "utf-8"
        )
    assert_same(resources, folder, tmp_path / "out.ndjson", ordered=False)


def test_work_shared_out_to_processes_gives_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_pool, "SMALL", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    resources = list(make_export(14, 0.6, 40, 4))
    assert_same(
        resources,
        write_folder(tmp_path / "export", resources, Random(4)),
        tmp_path / "out.ndjson",
        ordered=False,
    )
