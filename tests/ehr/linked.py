"""The cases of linked_patients.yaml as resources, one with another or each by itself."""

from pathlib import Path
from typing import Any

import yaml

from ehr.bundles import REMISSION, Resource, marrow, patient

CASES = yaml.safe_load((Path(__file__).parent / "linked_patients.yaml").read_text("utf-8"))


def resources(case: str) -> list[Resource]:
    """The people of a case: what links say of each, and what is known of whom."""
    said, gone = CASES[case].get("links", {}), CASES[case].get("gone", ())
    people = [
        patient(name, identifier=[{"system": "urn:mrn", "value": f"m-{name}"}])
        | {"link": [_link(**link) for link in said.get(name, ())]}
        for name in ("p1", "p2", "p3", *(["p4"] if "p4" in said else []))
        if name not in gone
    ]
    relapse = marrow("2025-03-20", 60) | about("p2")
    others = [one | about("p3") | {"id": f"{one['id']}-3"} for one in REMISSION[1:]]
    return [*people, *REMISSION[1:], relapse, *others]


def about(name: str) -> Resource:
    return {"subject": {"reference": f"Patient/{name}"}}


def _link(type: str, other: str = "", identifier: str = "", **more: Any) -> Resource:
    named = {"identifier": {"system": "urn:mrn", "value": identifier}, "type": "Patient"}
    return {"type": type, "other": {"reference": other} if other else named, **more}


def together() -> tuple[list[Resource], dict[str, str]]:
    """All cases as one export, whose people are called after them, and what is told of each."""
    everything: list[Resource] = []
    told: dict[str, str] = {}
    for number, case in enumerate(CASES):
        everything += [_renamed(one, f"{number:02d}-") for one in resources(case)]
        told |= {f"{number:02d}-{name}": said for name, said in CASES[case]["told"].items()}
    return everything, told


def _renamed(value: Any, before: str) -> Any:
    """Every id, identifier and reference with a beginning of its own."""
    if isinstance(value, list):
        return [_renamed(item, before) for item in value]
    if not isinstance(value, dict):
        return value
    named = {"id", "value"} if "resourceType" in value or value.get("system") == "urn:mrn" else ()
    found = {
        key: before + item if key in named else _renamed(item, before)
        for key, item in value.items()
    }
    if "reference" in value:
        kind, _, name = value["reference"].partition("Patient/")
        found["reference"] = f"{kind}Patient/{before}{name}" if name else kind
    return found
