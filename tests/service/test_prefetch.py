"""Answers to a search that are not all there is, as a table; and what is searched for."""

from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from allstatus.ehr.fhir.fhir_mentions import NAMING
from allstatus.ehr.fhir.fhir_resources import READERS
from allstatus.ehr.fhir.fhir_withdrawals import TELLING
from allstatus.service.prefetch import searches
from service.hooks.test_order_cards import IN_REMISSION

from .conftest import PATIENT_VIEW, call, chart, prefetch_of

BUNDLES = yaml.safe_load((Path(__file__).parent / "odd_bundles.yaml").read_text("utf-8"))


@pytest.mark.parametrize("row", BUNDLES, ids=str)
def test_a_bundle_that_is_not_all_is_412(client: TestClient, row: dict) -> None:
    given = prefetch_of(chart(IN_REMISSION))
    given["observations"] |= row.get("bundle", {})
    if "entry" in row:
        given["observations"]["entry"].append(row["entry"])
    answer = client.post(PATIENT_VIEW, json=call(given))
    assert answer.status_code == 412
    assert "observations" in answer.text


def test_an_outcome_that_says_nothing_is_told(client: TestClient) -> None:
    given = prefetch_of(chart(IN_REMISSION))
    given["observations"]["entry"].append({"resource": {"resourceType": "OperationOutcome"}})
    (card,) = client.post(PATIENT_VIEW, json=call(given)).json()["cards"]
    assert "answer for observations came with a warning" in card["detail"]


def test_everything_that_a_chart_hears_is_asked_for() -> None:
    chosen = searches("everything")
    asked = {chosen.kinds(key)[0] for key in chosen.templates}
    heard = {*READERS, *NAMING, *TELLING, "QuestionnaireResponse"}
    # neither has a search by patient: the one comes beside, the other few servers hold
    assert heard - asked == {"Provenance", "VerificationResult"}
    results = {chosen.kinds(key)[0] for key, said in chosen.templates.items() if "Prov" in said}
    assert results == {*READERS} - {"ClinicalImpression"}
