"""FHIR resources are read as `fhir_resources.yaml` says, statement by statement."""

from typing import Any

import pytest

from ehr.fhir.fhir_cases import cases, check


@pytest.mark.parametrize("case", cases("fhir_resources"), ids=lambda case: case["name"])
def test_a_resource_is_read_as_it_says(case: dict[str, Any]) -> None:
    check(case)
