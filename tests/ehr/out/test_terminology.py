"""The codes, maps and other definitions of a rule set as FHIR."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allstatus.ehr.coding.codes import read_yaml, table
from allstatus.ehr.out.names import Names
from ehr.out.written import DEFINITIONS, RULES

MAPS = [
    (entry["name"], status, target)
    for entry in read_yaml("outputs")["maps"]
    for status, target in entry["statuses"].items()
]


def test_codes_of_a_code_system_are_unique() -> None:
    for resource in DEFINITIONS.values():
        codes = [concept["code"] for concept in resource.get("concept", ())]
        assert len(codes) == len(set(codes)), resource["id"]
    assert len(list(Names(RULES.ruleset).concepts)) == len(
        DEFINITIONS[f"CodeSystem/{RULES.ruleset.id}"]["concept"]
    )


def test_a_definition_is_named_once_and_by_a_name_that_fhir_allows() -> None:
    urls = [one["url"] for one in DEFINITIONS.values()]
    assert len(urls) == len(set(urls))
    for one in DEFINITIONS.values():
        assert len(one["id"]) <= 64
        assert one["name"].isalnum()
        assert one["name"][0].isupper()


@pytest.mark.parametrize(
    ("name", "status", "target"), MAPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_map_is_no_closer_than_it_is(name: str, status: str, target: dict[str, str]) -> None:
    assert target["because"]
    assert target["equivalence"] in ("wider", "inexact", "unmatched")
    assert ("code" in target) == (target["equivalence"] != "unmatched")
    known = table("diagnoses").by_code.get(
        ("icd10cm" if name == "icd10cm" else "snomed", target.get("code", ""))
    )
    if known is not None and known[0]["asserts"] is not None:
        assert known[0]["asserts"] in RULES.ruleset.statuses[status].asserts
        assert known[1], "a code not checked against its source is not mapped to"


def test_outcomes_without_a_status_are_mapped_to_nothing() -> None:
    for resource in DEFINITIONS.values():
        if resource["resourceType"] == "ConceptMap":
            assert {element["code"] for element in resource["group"][0]["element"]} == set(
                RULES.ruleset.statuses
            )


def test_definitions_are_written_one_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "allstatus", "fhir", "definitions", "-o"]
    done = subprocess.run(
        [*command, str(tmp_path / "site")], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert f"{len(DEFINITIONS)} definitions" in done.stderr
    written = {
        path.stem.replace("-", "/", 1): json.loads(path.read_text("utf-8"))
        for path in (tmp_path / "site").iterdir()
    }
    assert set(written) == set(DEFINITIONS)
