"""What a reader should check or know besides: said where it holds, and never a change of answer."""

from typing import Any

import pytest

from allstatus import classify
from allstatus.decision.warnings import NORMAL_WITH_BLASTS

UNTREATED: dict[str, Any] = {
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": 60,
    "signs_and_symptoms": "present",
}
NORMAL = {name: {"flag": "N"} for name in ("wbc", "neutrophils", "hemoglobin", "platelets")}
SPREAD = [
    "leukemia_outside_marrow: the page also says, under Chemotherapy: Chemotherapy into the spinal "
    "fluid is an option where ALL has reached, or may reach, the CNS.",
    "leukemia_outside_marrow: the page also says, under Radiation therapy: External radiation is "
    "an option where ALL has reached, or may reach, brain and spinal cord.",
]


def told(**stated: Any) -> list[str]:
    record = UNTREATED | stated
    plain = {key: value for key, value in record.items() if key != "leukemia_outside_marrow"}
    decision = classify(record)
    if record["cbc"] == "abnormal":
        assert decision.status == classify(plain).status
    return list(decision.warnings)


@pytest.mark.parametrize("site", ["cns", ["testes", "cns"]])
def test_of_leukemia_in_the_cns_the_page_s_sentences_on_spread_are_told(site: Any) -> None:
    assert told(leukemia_outside_marrow={"site": site}) == SPREAD


@pytest.mark.parametrize("where", [{"site": "testes"}, {"site": []}, "present", "unknown", None])
def test_of_leukemia_elsewhere_or_nowhere_nothing_is_told(where: Any) -> None:
    assert told(leukemia_outside_marrow=where) == []


def test_of_a_relapse_in_the_cns_too_and_of_no_undescribed_case() -> None:
    relapse = {"prior_treatment": "disease_directed", "leukemia_outside_marrow": {"site": "cns"}}
    assert list(classify(UNTREATED | relapse | {"prior_remission": True}).warnings) == SPREAD
    assert not classify(UNTREATED | relapse | {"prior_remission": False}).warnings


@pytest.mark.parametrize("cbc", ["normal", NORMAL], ids=["word", "parts"])
def test_a_normal_count_beside_leukemia_in_the_blood_is_to_be_checked(cbc: Any) -> None:
    assert told(cbc=cbc, leukemia_outside_marrow={"site": ["blood"]}) == [NORMAL_WITH_BLASTS]
    assert told(cbc=cbc, leukemia_outside_marrow={"site": ["testes"]}) == []
    assert told(leukemia_outside_marrow={"site": "blood"}) == []


def test_the_page_is_about_adults() -> None:
    (young,) = told(age_years=17)
    assert young == "age_years: the page is about adults; this patient is under 18"
    assert told(age_years=18) == told() == []
