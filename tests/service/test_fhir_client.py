"""What was not prefetched is read from the EHR's server: configured ones only, whole or not at all,
within limits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
import yaml
from starlette.testclient import TestClient

from allstatus.service.prefetch import searches, templates

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from .fhir_server import TOKEN, FhirServer, fhir_server

NAME = "01-exactly-five"
PAGES = yaml.safe_load((Path(__file__).parent / "odd_pages.yaml").read_text("utf-8"))
LIMITS = {"fhir_seconds": 60, "fhir_bytes": 200_000, "fhir_pages": 5}  # on a busy machine


@contextmanager
def service_and_server(
    folder: Path, limits: dict[str, float]
) -> Iterator[tuple[TestClient, FhirServer]]:
    with fhir_server(chart(NAME)) as server:
        settings = {
            "fhir_servers": [server.address],
            "limits": limits,
            "reading": {"assume": ["symptoms-absent-unless-recorded"]},
        }
        with serving(folder, **settings) as client:
            yield client, server


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, FhirServer]]:
    with service_and_server(tmp_path_factory.mktemp("lawful"), LIMITS) as both:
        yield both


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, FhirServer]]:
    """Another server, so that what it is still asked after a failure is not counted elsewhere."""
    with service_and_server(
        tmp_path_factory.mktemp("failing"), LIMITS | {"fhir_seconds": 0.5}
    ) as both:
        yield both


@pytest.fixture(autouse=True)
def lawful_again(reading: tuple[TestClient, FhirServer]) -> None:
    reading[1].manner, reading[1].further = "lawful", {}
    reading[1].asked.clear()
    reading[1].tokens.clear()


def ask(
    client: TestClient, server: FhirServer, prefetch: object, address: str = "", token: str = TOKEN
) -> httpx.Response:
    authorization = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 60,
        "scope": "patient/*.read",
        "subject": "cds",
    }
    body = call(prefetch, fhirServer=address or server.address, fhirAuthorization=authorization)
    if prefetch is None:
        del body["prefetch"]
    return client.post(PATIENT_VIEW, json=body)


def test_without_prefetch_everything_is_read(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    read, given = (
        ask(client, server, None),
        client.post(PATIENT_VIEW, json=call(prefetch_of(chart(NAME)))),
    )
    assert read.json()["cards"][0]["detail"] == given.json()["cards"][0]["detail"]
    assert read.json()["cards"][0]["summary"] == "By NCI's patient page: ALL in remission"
    kinds = {template.partition("?")[0].partition("/")[0] for template in templates().values()}
    assert {path.partition("?")[0].split("/")[1] for path in server.asked} == kinds
    assert any("start=2" in path for path in server.asked)
    assert server.tokens == {f"Bearer {TOKEN}"}


def test_what_a_server_would_have_remembered_of_one_call_goes_with_no_other(
    tmp_path: Path,
) -> None:
    with service_and_server(tmp_path, LIMITS) as (client, server):
        server.headers = {"Set-Cookie": "session=of-one-user; Path=/"}
        for _ in range(2):
            assert ask(client, server, None).status_code == 200
        assert server.cookies == {None}


AGAIN = {
    "120": "120",
    "0": "0",
    "Fri, 31 Dec 2027 23:59:59 GMT": "Fri, 31 Dec 2027 23:59:59 GMT",
    "Fri, 31 Dec 9999 23:59:59 -1200": None,
    "-5": None,
    "1.5": None,
    "1e9": None,
    "120, 130": None,
    "9" * 39: None,
    "soon": None,
}


@pytest.mark.parametrize("said", AGAIN)
def test_when_to_ask_again_is_passed_on_where_it_is_such(
    failing: tuple[TestClient, FhirServer], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    client, server = failing
    monkeypatch.setattr(server, "manner", "500")
    monkeypatch.setattr(server, "headers", {"Retry-After": said})
    answer = ask(client, server, None)
    assert (answer.status_code, answer.headers.get("retry-after")) == (412, AGAIN[said])


@pytest.mark.parametrize("key", [key for key in templates() if key not in searches().helpful])
def test_only_what_is_lacking_is_read(reading: tuple[TestClient, FhirServer], key: str) -> None:
    client, server = reading
    given = prefetch_of(chart(NAME))
    given.pop(key)
    answer = ask(client, server, given)
    assert answer.json()["cards"][0]["summary"] == "By NCI's patient page: ALL in remission"
    kind = templates()[key].partition("?")[0].partition("/")[0]
    assert {path.partition("?")[0].split("/")[1] for path in server.asked} == {kind}


def test_a_failure_sent_as_prefetch_is_read_again(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    given = prefetch_of(chart(NAME)) | {"observations": {"resourceType": "OperationOutcome"}}
    assert ask(client, server, given).status_code == 200
    assert len(server.asked) == 2


def test_a_page_missing_from_prefetch_is_read(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    given = prefetch_of(chart(NAME))
    given["observations"]["entry"] = given["observations"]["entry"][:2]
    given["observations"]["link"] = [
        {"relation": "next", "url": f"{server.address}/Observation?patient=p1&start=2"}
    ]
    assert (
        ask(client, server, given).json()["cards"][0]["summary"]
        == "By NCI's patient page: ALL in remission"
    )
    assert len(server.asked) == 1


@pytest.mark.parametrize("row", PAGES, ids=str)
@pytest.mark.parametrize("begun", [False, True])
def test_a_further_page_that_is_none_is_412(
    reading: tuple[TestClient, FhirServer], row: dict, begun: bool
) -> None:
    client, server = reading
    server.further, given = row, prefetch_of(chart(NAME))
    results = given.pop("observations")
    if begun:
        following = {"relation": "next", "url": f"{server.address}/Observation?patient=p1&start=2"}
        given["observations"] = results | {"entry": results["entry"][:2], "link": [following]}
    answer = ask(client, server, given)
    assert (answer.status_code, "observations" in answer.text) == (412, True)


def test_nothing_is_read_that_was_given(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    assert ask(client, server, prefetch_of(chart(NAME))).status_code == 200
    assert server.asked == []


@pytest.mark.parametrize(
    "manner",
    [
        "slow",
        "401",
        "500",
        "no JSON",
        "large",
        "endless",
        "404",
        "elsewhere",
        "outcome",
        "redirect",
    ],
)
def test_what_cannot_be_had_whole_is_412(
    failing: tuple[TestClient, FhirServer], manner: str
) -> None:
    client, server = failing
    server.manner = manner
    answer = ask(client, server, None)
    assert (answer.status_code, answer.headers["content-type"]) == (412, "application/fhir+json")


def test_a_relative_next_page_is_followed(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    server.manner = "relative"
    assert (
        ask(client, server, None).json()["cards"][0]["summary"]
        == "By NCI's patient page: ALL in remission"
    )


OTHERS = [
    "http://127.0.0.1:9",
    "https://evil.example",
    "file:///etc/passwd",
    "{}@evil.example",
    "{}.evil.example",
    "{}/../x",
]


@pytest.mark.parametrize("other", OTHERS)
def test_a_server_that_is_not_listed_is_never_asked(
    reading: tuple[TestClient, FhirServer], other: str
) -> None:
    client, server = reading
    answer = ask(client, server, None, other.format(server.address))
    assert answer.status_code == 412
    assert "not one this service may read from" in answer.json()["issue"][0]["diagnostics"]
    assert server.asked == []


def test_a_wrong_token_is_412(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    assert ask(client, server, None, token="another").status_code == 412


def test_a_patient_the_server_does_not_know_is_412(
    reading: tuple[TestClient, FhirServer],
) -> None:
    client, server = reading
    given = {key: None for key in templates() if key != "patient"}
    body = call(
        given,
        patient="nobody",
        fhirServer=server.address,
        fhirAuthorization={"access_token": TOKEN, "token_type": "Bearer"},
    )
    answer = client.post(PATIENT_VIEW, json=body)
    assert (answer.status_code, "patient (" in answer.text) == (412, True)
    assert [path for path in server.asked if "p1" not in path] == [
        "/Patient/nobody"
    ]  # an earlier test's reads may still come in


def test_an_id_that_is_a_step_up_asks_nothing(reading: tuple[TestClient, FhirServer]) -> None:
    client, server = reading
    access = {"access_token": TOKEN, "token_type": "Bearer"}
    body = call({}, patient="..", fhirServer=server.address, fhirAuthorization=access)
    answer = client.post(PATIENT_VIEW, json=body)
    assert (answer.status_code, "lies outside" in answer.text) == (412, True)
    assert all("?" in path for path in server.asked)
