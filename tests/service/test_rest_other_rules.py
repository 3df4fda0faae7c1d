"""A service of another disease's rules: every door decides by them and speaks of no other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from allstatus.ehr.chart_options import ChartOptions, make_reader
from allstatus.service import rest

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, serving

ROOT = Path(__file__).parents[2]
AML = ROOT / "examples" / "rules" / "nci-pdq-adult-aml-patient"
CHART = chart("38-acute-myeloid-leukemia")
RECORD = {
    "diagnosis": "C92.00",
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": "8",
    "signs_and_symptoms": "present",
    "gene_changes": True,
}
STRANGE = re.compile(r"\bALL\b|(?i:lymphoblastic)|\bC91(?!\.00\.)")  # C91.00, an example of a code


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("aml"), rules=[str(AML)]) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/about", "/rules", "/cds-services", "/openapi.json"])
def test_its_pages_are_of_its_disease(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert not STRANGE.findall(answer.text)


@pytest.mark.parametrize("accept", ["application/json", "application/fhir+json"])
@pytest.mark.parametrize("sent", [RECORD, CHART], ids=["record", "chart"])
def test_its_answers_are_of_its_disease(client: TestClient, sent: object, accept: str) -> None:
    answer = client.post("/classify", json=sent, headers={"Accept": accept})
    assert answer.status_code == 200
    assert "adult-aml-treatment-pdq" in answer.text
    assert not STRANGE.findall(answer.text)


def test_a_fact_of_its_own_decides(client: TestClient) -> None:
    assert client.post("/classify", json=RECORD).json()["status"] == "untreated"
    without = {**RECORD, "gene_changes": False}
    assert client.post("/classify", json=without).json()["outcome"] == "outside_definitions"


def test_a_card_and_its_page_are_of_its_disease(client: TestClient) -> None:
    answer = client.post(PATIENT_VIEW, json=call(prefetch_of(CHART)))
    (card,) = answer.json()["cards"]
    assert card["source"]["label"].startswith("Acute Myeloid Leukemia")
    (link,) = [link["url"] for link in card["links"] if "/decisions/" in link["url"]]
    page = client.get(link)
    assert page.status_code == 200
    assert not STRANGE.findall(json.dumps(answer.json()) + page.text)


def test_the_chart_of_another_disease_is_not_decided(client: TestClient) -> None:
    other = client.post("/classify", json=chart("01-exactly-five")).json()
    assert (other["outcome"], other["status"]) == ("not_applicable", None)


def test_many_are_decided_by_what_the_call_began_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(tmp_path) as client:
        desk, decide = client.app.state.desk, rest._decide
        began, seen = desk.reader, []

        def reloaded(reader: ChartOptions, *given: object) -> object:
            seen.append(reader)
            desk.means = desk.means._replace(reader=make_reader((), window_days=1))
            return decide(reader, *given)

        monkeypatch.setattr(rest, "_decide", reloaded)
        assert client.post("/classify", json=[RECORD, RECORD]).status_code == 200
        assert seen == [began, began]
        assert desk.reader is not began
