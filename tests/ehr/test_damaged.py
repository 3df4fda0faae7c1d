"""Results read when they are asked for say what results read at once say, however damaged."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service extra is not installed")

from starlette.testclient import TestClient

from allstatus.ehr import chart_files
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.facts_table import facts_document
from allstatus.ehr.fhir.fhir_sent import SentResult
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from allstatus.ehr.timelines.timeline_text import timeline_document
from allstatus.errors import InvalidRecord
from allstatus.record import exact_json
from allstatus.service.hooks import cds_hooks
from ehr.damaged import DAMAGES, damaged
from service.conftest import BASE, PATIENT_VIEW, call, prefetch_of, serving
from shipped import RULES

OPTIONS = make_reader(["symptoms-absent-unless-recorded"])
FIXTURES = Path(__file__).parents[2] / "fixtures"
CHARTS = [
    path
    for folder in ("fhir", "field", "timelines")
    for path in sorted((FIXTURES / folder).glob("*.json"))
    if '"resourceType"' in path.read_text("utf-8")
]
JSON = {"content-type": "application/json"}
MADE_NEW = re.compile(r"[\w-]{43}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|T\d\d:\d\d:[\d.]+Z?")
EACH = 12  # of so many charts one is damaged in each way, another one in the next way


@contextmanager
def carefully(patched: pytest.MonkeyPatch) -> Iterator[None]:
    """Every number is read by the lenient parser, every result at once, and modifier extensions are
    looked for in each.
    """
    unread = SentResult.unread

    def read(*given: Any, **named: Any) -> Any:
        return replace(unread(*given, **named))

    with patched.context() as context:
        context.setattr(SentResult, "unread", staticmethod(read))
        context.setattr(exact_json, "_DECODER", exact_json._LENIENT)
        for door in (chart_files, cds_hooks):
            context.setattr(door, "may_modify", lambda _: True)
        yield


def answers(text: str) -> list[Any]:
    """All that is said of the charts in a text; a refusal by what it says."""
    try:
        charts = [chart for _, chart in read_charts(text)]
    except InvalidRecord as error:
        return [str(error)]
    said: list[Any] = []
    for chart in charts:
        if isinstance(chart, InvalidRecord):
            said.append(str(chart))
            continue
        now = decide_chart(RULES, chart, options=OPTIONS)
        then = decide_chart(RULES, chart, as_of=date(2025, 6, 1))
        over_time = timeline_document(decide_over_time(RULES, chart, options=OPTIONS))
        said += [now.to_json(), facts_document(now), then.to_json(), over_time]
    return said


@cache
def chart_of(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def damaged_charts(name: str, each: int = EACH) -> dict[str, str]:
    """Texts of charts damaged in one way, by the fixtures' names."""
    first = [*DAMAGES].index(name)
    return {
        path.stem: damaged(chart_of(path), name, number)
        for number, path in enumerate(CHARTS)
        if number % each == first % each
    }


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_chart_has_the_answers_of_a_careful_reading(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title, text in damaged_charts(name).items():
        quickly = answers(text)
        with carefully(monkeypatch):
            assert answers(text) == quickly, title


def test_most_damaged_charts_are_answered_and_some_refused() -> None:
    said = [answers(text) for name in DAMAGES for text in damaged_charts(name, 40).values()]
    refused = sum(isinstance(first, str) for first, *_ in said)
    assert 0 < refused < len(said) / 2


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    reading = {"assume": ["symptoms-absent-unless-recorded"]}
    with serving(tmp_path_factory.mktemp("damaged"), reading=reading) as client:
        yield client


def explained(client: TestClient, text: str) -> list[str]:
    """The cards on a patient whose resources are prefetched as this text, and the pages they link
    to; ids and times that are made anew are left out.
    """
    body = json.dumps(call("prefetched")).replace('"prefetched"', text)
    answer = client.post(PATIENT_VIEW, content=body, headers=JSON)
    cards = answer.json().get("cards", ())
    links = [link["url"] for card in cards for link in card.get("links", ())]
    pages = [client.get(link).text for link in links if link.startswith(BASE)]
    return [MADE_NEW.sub("", said) for said in (str(answer.status_code), answer.text, *pages)]


def prefetched() -> Any:
    return prefetch_of(chart_of(FIXTURES / "fhir" / "01-exactly-five.json"))


def test_a_chart_has_a_page_of_its_own(client: TestClient) -> None:
    status, _, page = explained(client, json.dumps(prefetched()))
    assert (status, "5\N{NO-BREAK SPACE}%" in page) == ("200", True)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_page_of_a_damaged_chart_is_that_of_a_careful_reading(
    name: str, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        text = damaged(prefetched(), name, number)
        quickly = explained(client, text)
        with carefully(monkeypatch):
            assert explained(client, text) == quickly
