"""Whose lines are looked for in an export: those with a code of the disease the rules are about."""

import json
from pathlib import Path

import pytest

from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.fhir_export.export_run import ExportJob, ExportRun
from allstatus.bulk.fhir_export.find_patients import holds_diagnosis, patients_in
from allstatus.ehr.chart_options import make_reader
from bulk.folders import HOW, rows, write_folder

AML = Path(__file__).parents[3] / "examples/rules/nci-pdq-adult-aml-patient"
OF_AML = DecideSettings(
    str(AML), "builtin", options=make_reader(["symptoms-absent-unless-recorded"])
)
CASES = [  # code, the rules, whether a condition of it is one of the disease
    ("C92.00", OF_AML, True),
    ("91861009", OF_AML, True),
    ("C91.00", OF_AML, False),
    ("C92.00", HOW, False),
    ("C91.00", HOW, True),
]


@pytest.mark.parametrize(("code", "how", "found"), CASES)
def test_a_code_is_of_the_disease_that_the_rules_are_about(
    code: str, how: DecideSettings, found: bool
) -> None:
    coded = {"coding": [{"code": code}]}
    subject = {"reference": "Patient/p1"}
    line = json.dumps({"resourceType": "Condition", "subject": subject, "code": coded}).encode()
    assert holds_diagnosis(line, how.reading) is found
    assert list(patients_in([line], how.reading)) == (["p1"] if found else [])


@pytest.mark.parametrize(("how", "listed"), [(OF_AML, ["aml"]), (HOW, ["all"])])
def test_an_export_s_patients_are_those_of_the_rules(
    how: DecideSettings, listed: list[str], tmp_path: Path
) -> None:
    resources = []
    for name, code in (("aml", "C92.00"), ("all", "C91.00"), ("other", "C50.9")):
        coded = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]}
        about = {"subject": {"reference": f"Patient/{name}"}, "onsetDateTime": "2025-03-01"}
        resources += [
            {"resourceType": "Patient", "id": name, "birthDate": "1970-01-01"},
            {"resourceType": "Condition", "id": f"c-{name}", "code": coded, **about},
        ]
    export, target = write_folder(tmp_path / "export", resources), tmp_path / "out.ndjson"
    beside = tmp_path / "out.rejects.csv", tmp_path / "out.evidence.ndjson"
    totals = ExportRun(ExportJob(export, target, *beside, how)).totals()
    assert [row["id"] for row in rows(target)] == listed
    assert (totals.patients, totals.found, totals.listed) == (3, 1, 1)


def test_every_spelling_of_a_code_is_found() -> None:
    for code in (
        "C91.00",
        "c91.01",
        "C9102",
        " c9100 ",
        "91857003",
        r"\u00391857003",
        r"C91\u002e00",
        "C91.00†",
        r"C91.00\u2020",
        "\u200bC91.00\u2060",
        r"\u200bC91.00\u200F",
        "\xa0C91.00\xa0",
        r"\u00a0C91.00\u00a0",
    ):
        assert holds_diagnosis(f'{{"code":"{code}"}}'.encode()), code
    for code in ("C92.00", "C91.10", "C83.50"):
        assert not holds_diagnosis(f'{{"code":"{code}"}}'.encode()), code
