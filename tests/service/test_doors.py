"""What stands before the decisions: addresses, headers, bodies, other sites' pages, pages of FHIR
servers, and reloading.
"""

import gzip
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from allstatus.service.fhir_addresses import below
from needs import SERVER

from .conftest import BASE, PATIENT_VIEW, call, chart, prefetch_of, serving
from .process import served
from .test_rest import RECORD
from .tokens import ISSUER, TokenIssuer

SELF = TokenIssuer()
AWAY = {"Host": "evil.example"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("doors")
    issuers = [{"issuer": ISSUER, "keys": SELF.written(folder)}]
    settings = {"insecure_dev": False, "base_url": BASE, "issuers": issuers}
    with serving(folder, **settings) as client:
        yield client


def bearer(**claims: object) -> dict:
    return {"Authorization": f"Bearer {SELF.token(**claims)}"}


def test_the_host_named_by_a_caller_is_no_audience(guarded: TestClient) -> None:
    token = bearer(aud=f"http://evil.example{PATIENT_VIEW}")
    assert guarded.post(PATIENT_VIEW, json={}, headers=AWAY | token).status_code == 401


def test_the_host_named_by_a_caller_is_in_no_link(guarded: TestClient) -> None:
    body = call(prefetch_of(chart("01-exactly-five")))
    answer = guarded.post(PATIENT_VIEW, json=body, headers=AWAY | bearer())
    assert answer.json()["cards"][0]["links"][0]["url"].startswith(f"{BASE}/decisions/")


@pytest.mark.parametrize("query", ["as_of=x", "level=x&width=1", "more=1", "rules=none"])
@pytest.mark.parametrize("path", ["/classify", "/explain", "/timeline"])
def test_the_token_is_looked_at_before_parameters(
    guarded: TestClient, path: str, query: str
) -> None:
    assert guarded.post(f"{path}?{query}", json=RECORD).status_code == 401


@pytest.mark.parametrize("path", [f"{PATIENT_VIEW}/", "/classify/", "/healthz/", "/rules/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_address_is_redirected(guarded: TestClient, path: str, method: str) -> None:
    answer = guarded.request(method, path, headers=AWAY, follow_redirects=False)
    assert answer.status_code in (404, 405)
    assert "location" not in answer.headers


FIXED = ("/", "/trainer.html", "/rules")  # holds nothing of a patient


def test_the_document_names_address_and_token(guarded: TestClient) -> None:
    document = guarded.get("/openapi.json").json()
    assert document["info"]["license"]["identifier"] == "Apache-2.0"
    assert [each["url"] for each in document["servers"]] == [BASE]
    posts = [path["post"] for path in document["paths"].values() if "post" in path]
    assert all(post["security"] == [{"token": []}] for post in posts)


PAGES = ["/", "/trainer.html", "/rules", "/healthz", "/nothing", PATIENT_VIEW]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_bears_its_policies(guarded: TestClient, path: str) -> None:
    headers = guarded.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == ("no-cache" if path in FIXED else "no-store")
    assert headers["x-frame-options"] == "DENY"
    assert len(headers.get_list("content-security-policy")) == 1


ELSEWHERE = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize(("method", "headers"), [("OPTIONS", ELSEWHERE), ("GET", AWAY)])
def test_what_is_refused_before_any_page_bears_them_too(
    client: TestClient, method: str, headers: dict
) -> None:
    answer = client.request(method, "/rules", headers=headers)
    assert answer.status_code == 400
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


HOSTS = ["evil.example", "localhost.evil.example:8000", "localhost:8000@evil.example", "[::2]", ""]


@pytest.mark.parametrize("host", HOSTS)
def test_another_name_of_this_machine_is_refused_where_it_is_tried_out(
    client: TestClient, host: str
) -> None:
    answer = client.get("/healthz", headers={"Host": host})
    assert (answer.status_code, answer.json()["type"][-12:]) == (400, "unknown-host")


def test_a_page_by_link_bears_its_own_policy(client: TestClient) -> None:
    body = call(prefetch_of(chart("01-exactly-five")))
    link = client.post(PATIENT_VIEW, json=body).json()["cards"][0]["links"][0]["url"]
    policy = client.get(link).headers["content-security-policy"]
    assert "style-src 'sha256-" in policy
    assert policy.endswith("frame-ancestors 'none'")


ENTRIES = ["/classify", "/explain", "/timeline", PATIENT_VIEW, f"{PATIENT_VIEW}/feedback"]


@pytest.mark.parametrize("path", ENTRIES)
def test_the_token_is_looked_at_before_the_body(guarded: TestClient, path: str) -> None:
    read: list[int] = []

    def body():
        for number in range(100):
            read.append(number)
            yield b" " * 65_536

    headers = {"content-type": "application/json"}
    assert guarded.post(path, content=body(), headers=headers).status_code == 401


@pytest.mark.parametrize("path", ENTRIES)
def test_a_compressed_body_is_415(client: TestClient, path: str) -> None:
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    answer = client.post(path, content=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 415


HEADS = {
    "a compressed body named before another": (
        415,
        [("content-encoding", "gzip"), ("content-encoding", "identity")],
    ),
    "two lengths": (400, [("content-length", "2"), ("transfer-encoding", "chunked")]),
    "long headers": (431, [(f"x-{number}", "a" * 1_000) for number in range(70)]),
    "many headers": (200, [(f"x-{number}", "a") for number in range(2_000)]),
}


@pytest.mark.parametrize("name", HEADS)
def test_a_head_is_looked_at_whole(client: TestClient, name: str) -> None:
    status, headers = HEADS[name]
    answer = client.post("/classify", json=RECORD, headers=headers)
    assert answer.status_code == status
    assert (status == 200) == ("connection" not in answer.headers)


@pytest.mark.parametrize("media", ["text/plain", "text/html", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("path", [PATIENT_VIEW, f"{PATIENT_VIEW}/feedback"])
def test_what_a_form_can_send_is_refused_on_hooks(
    client: TestClient, path: str, media: str
) -> None:
    body = json.dumps(call(prefetch_of(chart("01-exactly-five"))))
    assert client.post(path, content=body, headers={"content-type": media}).status_code == 415


ORIGINS = {
    "http://localhost:9000": 200,
    "http://127.0.0.1:8080": 200,
    "https://evil.example": 403,
    "http://localhost.evil.example": 403,
    "null": 403,
}


@pytest.mark.parametrize("origin", ORIGINS)
def test_only_pages_of_this_machine_may_try_it_out(client: TestClient, origin: str) -> None:
    headers = {"Origin": origin}
    assert client.post("/classify", json=RECORD, headers=headers).status_code == ORIGINS[origin]
    asked = headers | {"Access-Control-Request-Method": "POST"}
    allowed = client.options("/classify", headers=asked).headers
    assert ("access-control-allow-origin" in allowed) == (ORIGINS[origin] == 200)


@pytest.mark.parametrize("host", ["[::1]:8000", "localhost:8000", "127.0.0.1"])
def test_this_machine_by_any_of_its_names(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/rules", "/about", "/cds-services", "/"])
def test_head_is_answered_as_get_is(client: TestClient, path: str) -> None:
    assert client.head(path).status_code == client.get(path).status_code == 200


HOME = "https://fhir.example.org/r4/tenant"
FOLLOWED = [
    f"{HOME}?page=2",
    f"{HOME}/Observation?patient=p1&page=2",
    f"{HOME}/Observation?next=..%2F..",
    "Observation?patient=p1",
    "/r4/tenant/Observation",
    "https://FHIR.example.org:443/r4/tenant/_getpages",
]
NOT_FOLLOWED = [
    "?page=2",
    f"{HOME}/../other/Observation",
    f"{HOME}/%2e%2e/other/Observation",
    f"{HOME}/%252e%252e/other",
    f"{HOME}/..%2fother",
    f"{HOME}/.%2e/other",
    f"{HOME}/..;a=b/other",
    f"{HOME}/%c0%ae%c0%ae/other",
    f"{HOME}/%ef%bc%8e%ef%bc%8e/other",
    f"{HOME}/..%20/other",
    f"{HOME}/..%0d%0a/other",
    f"{HOME}/x;../other",
    f"{HOME}/x%ff",
    f"{HOME}/./Observation",
    f"{HOME}/..\\other",
    f"{HOME}/%5c..%5cother",
    f"{HOME}/a%00b",
    f"{HOME}2/Observation",
    f"{HOME}#x",
    "https://fhir.example.org/r4/other",
    "https://fhir.example.org/",
    "https://fhir.example.org:8443/r4/tenant/x",
    "http://fhir.example.org/r4/tenant/x",
    "https://a@fhir.example.org/r4/tenant/x",
    "https://fhir.example.org@evil.example/r4/tenant/x",
    "https://fhir.example.org.evil.example/r4/tenant/x",
    "//evil.example/r4/tenant/x",
    "../other/Observation",
    "..",
    "http://[bad",
    f"{HOME}/\ud800",
    f"{HOME}/a\nb",
    f"{HOME}/a b",
    "file:///etc/passwd",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("address", FOLLOWED)
def test_a_page_below_the_base_is_followed(address: str) -> None:
    assert below(HOME, address) is not None


@pytest.mark.parametrize("address", NOT_FOLLOWED)
def test_a_page_elsewhere_is_not_followed(address: str) -> None:
    assert below(HOME, address) is None


def test_a_server_without_a_name_is_not_the_one_that_is_known() -> None:
    unnamed = ["https:///Observation", "https:Observation", "///Observation", "https:?x"]
    assert [below("https://fhir.example.org", address) for address in unnamed] == [None] * 4


@SERVER
def test_settings_are_read_again_and_what_is_wrong_changes_nothing(tmp_path: Path) -> None:
    import httpx2 as httpx

    config = "reading: {window_days: 14}\n"
    with served(tmp_path, "--insecure-dev", config=config) as service:
        settings = tmp_path / "config.yaml"
        kept = settings.read_text("utf-8")

        def reload(text: str) -> int:
            settings.write_text(text, "utf-8")
            return httpx.post(f"{service.address}/-/reload", trust_env=False).status_code

        assert reload(kept.replace("days: 14", "days: 15")) == 200
        assert reload(kept.replace("days: 14", "days: x")) == 422
        assert reload(kept + "rules: [none-such]\n") == 422
        assert reload(kept + "cors_origins: ['https://x.example']\n") == 422
        answer = httpx.post(f"{service.address}/classify", json=RECORD, trust_env=False)
        assert answer.status_code == 200
        for name in ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"):
            through = httpx.post(f"{service.address}/-/reload", headers={name: "10.0.0.1"})
            assert through.status_code == 404
        assert reload(f"base_url: https://other.example\n{kept}") == 200
        document = httpx.get(f"{service.address}/openapi.json").json()
        assert document["servers"] == [{"url": "https://other.example"}]
