"""Explanations, their pages and the teaching page in the language that a caller prefers."""

import pytest
from starlette.testclient import TestClient

from allstatus.service.accept import preferred_language

from .test_rest import RECORD

SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
NEGOTIATED = [
    ("", "en"),
    ("es", "es"),
    ("ES-mx", "es"),
    ("en-US,en;q=0.9,es;q=0.8", "en"),
    ("fr, es;q=0.4", "es"),
    ("fr", "en"),
    ("en;q=0, *", "es"),
    ("*", "en"),
    ("es;q=0", "en"),
]


@pytest.mark.parametrize(("accept", "language"), NEGOTIATED)
def test_the_language_preferred_of_those_there_are(accept: str, language: str) -> None:
    assert preferred_language(accept, ("en", "es")) == language


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_an_explanation(client: TestClient, kind: str) -> None:
    answer = client.post("/explain?level=plain", json=RECORD, headers={**SPANISH, "Accept": kind})
    assert "La página llama a esto: LLA en remisión" in answer.text
    assert answer.headers["content-language"] == "es"
    assert "Accept-Language" in answer.headers["vary"]


def test_the_teaching_page(client: TestClient) -> None:
    page = client.get("/trainer.html", headers=SPANISH)
    assert '<html lang="es" dir="ltr">' in page.text
    assert client.get("/trainer.html").headers["content-language"] == "en"


def test_the_home_page(client: TestClient) -> None:
    english, spanish = (client.get("/", headers=headers) for headers in ({}, SPANISH))
    assert '<html lang="en" dir="ltr">' in english.text
    assert "Try a record" in english.text
    assert '<html lang="es" dir="ltr">' in spanish.text
    assert "no tratada, en remisión o recidivante" in spanish.text
    assert "Pruebe un registro" in spanish.text
    assert 'data-refused="Rechazado"' in spanish.text
    assert "[en]" not in spanish.text
    assert spanish.headers["content-language"] == "es"


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def test_a_page_by_a_link_that_ended(client: TestClient) -> None:
    """A browser is shown a page; a program is told as of everything else."""
    name = "/decisions/" + "a" * 43
    shown = client.get(name, headers={**SPANISH, "Accept": BROWSER})
    assert (shown.status_code, shown.headers["content-language"]) == (404, "es")
    assert "No existe tal explicación" in shown.text
    assert "style-src 'self'" in shown.headers["content-security-policy"]
    told = client.get(name, headers=SPANISH)
    assert told.json()["type"] == "urn:allstatus:problem:no-such-page"


def test_what_programs_read_is_the_same_in_every_language(client: TestClient) -> None:
    english, spanish = (
        client.post("/classify", json=RECORD, headers=headers).json() for headers in ({}, SPANISH)
    )
    assert english == spanish
