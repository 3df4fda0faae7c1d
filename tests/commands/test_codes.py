"""What a code means is told in the words of the rules that are asked."""

from pathlib import Path

import pytest

from command_line import run

ICD = "http://hl7.org/fhir/sid/icd-10-cm|"
SNOMED = "http://snomed.info/sct|"
EXAMPLES = Path(__file__).parents[2] / "examples" / "rules"
AML = ("--rules", EXAMPLES / "nci-pdq-adult-aml-patient")


@pytest.mark.parametrize(
    ("rules", "code", "said"),
    [
        ((), f"{ICD}C91.00", "acute lymphoblastic leukemia: true"),
        ((), f"{SNOMED}91861009", "acute lymphoblastic leukemia: false"),
        (AML, f"{ICD}C92.00", "acute myeloid leukemia: true"),
        (AML, f"{ICD}C91.00", "acute myeloid leukemia: false"),
    ],
)
def test_whose_disease_a_diagnosis_is_is_told_in_its_own_name(
    rules: tuple[object, ...], code: str, said: str
) -> None:
    told = run("codes", "explain", code, *rules)
    assert told.returncode == 0
    assert f"({said})" in told.stdout or f"({said}," in told.stdout
    assert " all:" not in told.stdout
    assert "none" not in told.stdout
