"""Tokens: the lawful ones pass once, and each attack is refused."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path

import httpx2 as httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from allstatus.service import state
from allstatus.service.config import ConfigError, read_config

from .conftest import BASE, PATIENT_VIEW, call, chart, prefetch_of, serving
from .tokens import ISSUER, TokenIssuer

BODY = call(prefetch_of(chart("01-exactly-five")))
SELF = TokenIssuer()
STRANGER = TokenIssuer("https://stranger.example")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("guarded")
    with serving(
        folder,
        insecure_dev=False,
        base_url=BASE,
        issuers=[{"issuer": ISSUER, "keys": SELF.written(folder)}],
    ) as client:
        yield client


def ask(client: TestClient, token: str | None, path: str = PATIENT_VIEW) -> httpx.Response:
    return client.post(
        path, json=BODY, headers={"Authorization": f"Bearer {token}"} if token is not None else {}
    )


@pytest.mark.parametrize("algorithm", ["ES384", "RS384", "RS256", "PS384"])
def test_a_lawful_token_passes(guarded: TestClient, algorithm: str) -> None:
    assert ask(guarded, SELF.token(algorithm=algorithm)).status_code == 200


def test_an_audience_may_be_one_of_several(guarded: TestClient) -> None:
    assert (
        ask(guarded, SELF.token(aud=["https://other.example", BASE + PATIENT_VIEW])).status_code
        == 200
    )


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned() -> str:
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(SELF.claims())}."


def signed_with_the_public_key() -> str:
    """HS256 keyed with what anyone may read."""
    secret = SELF.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa'})}.{encoded(SELF.claims())}"
    signature = (
        base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()
    )
    return f"{text}.{signature}"


def altered() -> str:
    header, _, signature = SELF.token().split(".")
    return f"{header}.{encoded(SELF.claims(sub='admin'))}.{signature}"


def now() -> int:
    return int(time.time())


ATTACKS: dict[str, Callable[[], str | None]] = {
    "no token": lambda: None,
    "empty": lambda: "",
    "no JWT": lambda: "abc",
    "none": unsigned,
    "none in capitals": lambda: unsigned().replace(
        encoded({"alg": "none", "typ": "JWT"}), encoded({"alg": "NONE", "typ": "JWT"})
    ),
    "HS256 with the public key": signed_with_the_public_key,
    "altered": altered,
    "without its signature": lambda: SELF.token().rpartition(".")[0] + ".",
    "another audience": lambda: SELF.token(aud="https://elsewhere.example/cds-services/x"),
    "the audience of another endpoint": lambda: SELF.token(aud=f"{BASE}/classify"),
    "no audience": lambda: SELF.token(aud=None),
    "expired": lambda: SELF.token(exp=now() - 60, iat=now() - 120),
    "no expiry": lambda: SELF.token(exp=None),
    "valid for a day": lambda: SELF.token(exp=now() + 86_400),
    "not yet valid": lambda: SELF.token(nbf=now() + 90),
    "issued in the future": lambda: SELF.token(iat=now() + 90),
    "no jti": lambda: SELF.token(jti=None),
    "empty jti": lambda: SELF.token(jti=" "),
    "unlisted issuer": STRANGER.token,
    "no issuer": lambda: SELF.token(iss=None),
    "listed issuer, key of a stranger": lambda: STRANGER.token(iss=ISSUER),
    "unlisted jku with its own key": lambda: STRANGER.token(
        {"jku": "https://stranger.example/keys"}, iss=ISSUER
    ),
    "its own key inside": lambda: STRANGER.token({"jwk": STRANGER.jwks()["keys"][0]}, iss=ISSUER),
    "unknown kid": lambda: SELF.token({"kid": "../../etc/passwd"}),
    "kid of a key of another kind": lambda: SELF.token({"kid": "rsa"}),
    "a header that must be understood": lambda: SELF.token({"crit": ["exp"]}),
    "another type": lambda: SELF.token({"typ": "at+jwt"}),
    "oversize": lambda: SELF.token(more="x" * 9_000),
    "exp as text": lambda: SELF.token(exp=str(now() + 60)),
    "iat as text": lambda: SELF.token(iat=str(now())),
    "nbf as text": lambda: SELF.token(nbf=str(now())),
    "exp true": lambda: SELF.token(exp=True),
    "exp a list": lambda: SELF.token(exp=[now() + 60]),
    "exp without end": lambda: SELF.token(exp=float("inf")),
    "exp beyond all": lambda: SELF.token(exp=10**400),
    "jti a number": lambda: SELF.token(jti=1),
    "audience an object": lambda: SELF.token(aud={"a": BASE + PATIENT_VIEW}),
    "exp no number": lambda: SELF.token(exp="soon"),
    "another curve": lambda: SELF.token(
        algorithm="ES256", key=ec.generate_private_key(ec.SECP256R1())
    ),
    "weak hash": lambda: SELF.token(algorithm="ES384")[:-4] + "AAAA",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_is_refused(
    guarded: TestClient, attack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        raise AssertionError("an address was fetched")

    monkeypatch.setattr(guarded.app.state.desk.client, "stream", never)
    token = ATTACKS[attack]()
    answer = ask(guarded, token)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/fhir+json")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert token in (None, "") or token not in answer.text


def test_a_token_is_used_once(guarded: TestClient) -> None:
    token = SELF.token()
    assert [ask(guarded, token).status_code for _ in range(3)] == [200, 401, 401]
    assert "used before" in ask(guarded, token).json()["issue"][0]["diagnostics"]


def test_a_token_for_one_service_opens_no_other(guarded: TestClient) -> None:
    assert ask(guarded, SELF.token(), "/cds-services/allstatus-order-sign").status_code == 401


@pytest.mark.parametrize("path", ["/classify", "/explain", "/timeline", PATIENT_VIEW + "/feedback"])
def test_whatever_takes_data_asks_for_a_token(guarded: TestClient, path: str) -> None:
    assert guarded.post(path, json={}).status_code == 401
    assert (
        guarded.post(
            path, json={}, headers={"Authorization": f"Bearer {SELF.token(aud=BASE + path)}"}
        ).status_code
        != 401
    )


def test_what_names_no_patient_is_open(guarded: TestClient) -> None:
    assert {
        guarded.get(path).status_code
        for path in ("/", "/cds-services", "/rules", "/about", "/healthz", "/readyz")
    } == {200}


def test_keys_are_read_from_the_listed_address_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def keys(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, json=SELF.jwks())

    listed = "https://ehr.example.org/keys"
    made = httpx.AsyncClient(transport=httpx.MockTransport(keys))
    monkeypatch.setattr(state, "make_client", lambda _seconds: made)
    with serving(
        tmp_path,
        insecure_dev=False,
        base_url=BASE,
        issuers=[{"issuer": ISSUER, "jwks_url": listed}],
    ) as client:
        assert ask(client, SELF.token({"jku": listed})).status_code == 200
        assert ask(client, SELF.token()).status_code == 200
        assert ask(client, SELF.token({"jku": "https://ehr.example.org/other"})).status_code == 401
        assert [ask(client, SELF.token({"kid": f"k{n}"})).status_code for n in range(5)] == [
            401
        ] * 5
    assert asked == [listed] * 2  # at start, and for all kids of strangers together


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no keys"),
        httpx.Response(200, json={"keys": []}),
    ],
)
def test_an_issuer_that_gives_no_keys_lets_nobody_in(
    tmp_path: Path, answer: httpx.Response
) -> None:
    with serving(
        tmp_path,
        insecure_dev=False,
        base_url=BASE,
        issuers=[{"issuer": ISSUER, "jwks_url": "https://ehr.example.org/keys"}],
    ) as client:
        for known in client.app.state.desk.gatekeeper._keys.values():
            known._client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer))
        assert ask(client, SELF.token()).status_code == 401


def test_a_jku_is_ignored_where_keys_are_a_file(guarded: TestClient) -> None:
    assert ask(guarded, SELF.token({"jku": "http://127.0.0.1:9/keys"})).status_code == 200


SETTINGS = {
    "nobody listed": ("{}", "lists no issuers"),
    "no address of its own": ("issuers: [{issuer: x, keys: a}]", "names no base_url"),
    "an issuer twice": (
        "insecure_dev: true\nissuers: [{issuer: x, keys: a}, {issuer: x, keys: b}]",
        "lists x twice",
    ),
    "no such search taken away": (
        "insecure_dev: true\nprefetch: {change: {specimen: null}}",
        "no search specimen",
    ),
    "no such search to help": ("insecure_dev: true\nprefetch: {helpful: [specimen]}", "specimen"),
    "a state that is the audit": (
        "insecure_dev: true\naudit: a.db\nstate: ./b/../a.db",
        "a.db twice",
    ),
    "a key that is the audit": ("insecure_dev: true\naudit: a.db\naudit_key: a.db", "a.db twice"),
    "no such profile": ("insecure_dev: true\nprefetch: {profile: x}", "names no profile"),
    "both sources": (
        "issuers: [{issuer: x, keys: a, jwks_url: 'https://x.example'}]",
        "either keys or jwks_url",
    ),
    "plain http": ("issuers: [{issuer: x, jwks_url: 'http://x.example/keys'}]", "needs https"),
    "another key": ("insecure_dev: true\nisuers: []", "yaml:2: isuers: is no setting"),
    "any origin": ("insecure_dev: true\ncors_origins: ['*']", "every origin"),
    "any proxy": ("insecure_dev: true\nproxies: ['*']", "proxies.0: names no network"),
    "a proxy by name": (
        "insecure_dev: true\nproxies: [proxy.local]",
        "proxies.0: names no network",
    ),
    "no number": ("insecure_dev: true\nlimits: {body_bytes: many}", "yaml:2: limits.body_bytes"),
    "no YAML": ("a: [", "not valid YAML"),
    "a list": ("- a", "keys and values"),
    "an audit without a name": ("insecure_dev: true\naudit: .", "audit: is not a path"),
    "no such engine": ("insecure_dev: true\nengine: x", "Input should be 'durable' or 'builtin'"),
    "a port that is none": ("insecure_dev: true\nbase_url: 'https://x:99999'", "base_url: Port"),
    "a port that is no number": ("insecure_dev: true\nfhir_servers: ['https://x:y']", "Port"),
    "a server with a user": ("insecure_dev: true\nfhir_servers: ['https://a:b@x']", "and user"),
    "a server without https": (
        "insecure_dev: true\nfhir_servers: ['http://fhir.example.org']",
        "needs https",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_refused_with_the_key_named(tmp_path: Path, name: str) -> None:
    text, said = SETTINGS[name]
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        read_config(path)
