"""Generated charts have the shape their standards give them, and numbers on and beside the limit."""

import json
from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from allstatus import load_rules
from allstatus.testing import bundles, hl7v2_messages

LIMIT = load_rules(engine="builtin").ruleset.thresholds["blast_threshold"].value
MARROW = "11150-0"


def coded(resource: dict[str, Any], code: str) -> bool:
    return resource["resourceType"] == "Observation" and resource["code"]["coding"][0]["code"] == code


@given(bundles())
def test_a_bundle_is_one_patients_with_a_marrow_result(bundle: dict[str, Any]) -> None:
    assert json.loads(json.dumps(bundle)) == bundle
    resources = [entry["resource"] for entry in bundle["entry"]]
    assert [resource["resourceType"] for resource in resources[:2]] == ["Patient", "Condition"]
    assert all(resource["subject"] == {"reference": "Patient/p1"} for resource in resources[1:])
    assert len({resource["id"] for resource in resources}) == len(resources)
    (marrow,) = [resource for resource in resources if coded(resource, MARROW)]
    assert ("valueQuantity" in marrow) != ("valueString" in marrow)


@given(hl7v2_messages())
def test_a_message_is_an_oru_with_numbered_results(message: str) -> None:
    segments = [line.split("|") for line in message.split("\r")[:-1]]
    assert [segment[0] for segment in segments[:5]] == ["MSH", "PID", "DG1", "OBR", "OBX"]
    assert segments[0][8] == "ORU^R01"
    marrow = segments[4]
    assert marrow[2] in ("NM", "SN")
    assert marrow[3].startswith(MARROW)
    assert marrow[11] == "F"
    assert ("^" in marrow[5]) is (marrow[2] == "SN")


def test_numbers_in_charts_lie_a_hair_beside_the_limit_too() -> None:
    found = set()

    @settings(derandomize=True, database=None, max_examples=200)
    @given(hl7v2_messages())
    def collect(message: str) -> None:
        marrow = next(line for line in message.split("\r") if line.startswith("OBX")).split("|")
        if marrow[2] == "NM":
            found.add(Fraction(marrow[5]))

    collect()
    assert {LIMIT, LIMIT + Fraction(1, 10**18), LIMIT - Fraction(1, 10**18)} <= found
