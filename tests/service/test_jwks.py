"""Key sets: withdrawn keys end, an unreadable one costs no other, and files must hold keys."""

import asyncio
import json
from pathlib import Path

import httpx2 as httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from allstatus.service.config import Config, ConfigError, Issuer
from allstatus.service.jwks import KeyRing, Keys, Refused

from .tokens import ISSUER, TokenIssuer

SELF = TokenIssuer()


def watched(answers: dict[str, httpx.Response], *, kept: float = 3_600) -> Keys:
    """The keys of an address that answers as `answers["now"]` says."""
    transport = httpx.MockTransport(lambda _: answers["now"])
    issuer = Issuer(
        issuer=ISSUER, jwks_url="https://ehr.example.org/keys", jku=("https://other.example/k",)
    )
    return Keys(issuer, httpx.AsyncClient(transport=transport), kept)


def found(keys: Keys) -> bool:
    try:
        asyncio.run(keys.find("ec", "ES384"))
    except Refused:
        return False
    return True


def test_a_withdrawn_key_ends_at_the_next_reading() -> None:
    left = {"keys": SELF.jwks()["keys"][1:]}
    answers = {"now": httpx.Response(200, json=SELF.jwks())}
    keys = watched(answers)
    asyncio.run(keys.refresh())
    assert found(keys)
    answers["now"] = httpx.Response(200, json=left)
    asyncio.run(keys.refresh())
    assert not found(keys)


BAD_ANSWERS = [
    httpx.Response(500),
    httpx.Response(200, text="{"),
    httpx.Response(200, json=[]),
    httpx.Response(200, json={"keys": [{"kty": "EC", "crv": 1}]}),
    httpx.Response(200, content=b"x" * 300_000),
]


@pytest.mark.parametrize("answer", BAD_ANSWERS)
@pytest.mark.parametrize("kept", [3_600, 0])
def test_a_failed_reading_keeps_the_last_set_for_its_time(
    answer: httpx.Response, kept: float
) -> None:
    answers = {"now": httpx.Response(200, json=SELF.jwks())}
    keys = watched(answers, kept=kept)
    asyncio.run(keys.refresh())
    answers["now"] = answer
    asyncio.run(keys.refresh())
    assert (found(keys), keys.usable) == (kept > 0, kept > 0)
    assert "could not be read again" in keys.trouble or kept == 0


def test_an_issuer_whose_set_never_ends_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allstatus.service.jwks.READ_SECONDS", 0.2)
    asked: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "slow.example.org":
            await asyncio.sleep(3_600)
        return httpx.Response(200, json=SELF.jwks())

    names = ["https://slow.example.org", ISSUER]
    config = Config.model_validate(
        {
            "base_url": "https://cds.example.org",
            "issuers": [{"issuer": name, "jwks_url": f"{name}/keys"} for name in names],
            "limits": {"keys_seconds": 1},
        }
    )
    transport = httpx.MockTransport(answer)

    async def watch() -> KeyRing:
        ring = KeyRing(config, httpx.AsyncClient(transport=transport))
        watching = asyncio.create_task(ring.watch())
        while asked.count("ehr.example.org") < 2 or asked.count("slow.example.org") < 2:
            await asyncio.sleep(0.01)
        watching.cancel()
        return ring

    ring = asyncio.run(watch())
    assert [keys.usable for keys in ring.keys.values()] == [False, True]


EC, RSA = SELF.jwks()["keys"]
ODD = [
    None,
    1,
    True,
    "",
    [],
    {},
    "x",
    "\ud800",
    float("inf"),
    ["encrypt"],
    "RS999",
    "none",
    "=",
    "-1",
]
NAMES = ["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops", "kid", "x5c", "d"]
ENTRIES = [{**key, "kid": "odd", name: odd} for key in (EC, RSA) for name in NAMES for odd in ODD]
OTHERS = [*ENTRIES, None, 1, "key", [], {}, {"kty": "OKP", "crv": "Ed25519", "x": "A"}]


def test_an_entry_that_cannot_be_read_keeps_no_withdrawn_key_and_costs_no_other() -> None:
    answers = {"now": httpx.Response(200, json=SELF.jwks())}
    keys = watched(answers)
    asyncio.run(keys.refresh())
    for odd in OTHERS:
        for listed, here in ([odd, EC, RSA], True), ([RSA, odd], False):
            answers["now"] = httpx.Response(200, text=json.dumps({"keys": listed}))
            asyncio.run(keys.refresh())
            assert (found(keys), keys.trouble) == (here, ""), odd


OTHER = TokenIssuer().jwks()["keys"][0]  # another key of the same name


@pytest.mark.parametrize(
    ("listed", "here"),
    [([EC, EC], True), ([EC, {**EC, "alg": "ES384"}], True), ([EC, OTHER], False)],
)
def test_a_key_listed_twice_is_one_and_two_of_one_name_are_none(
    listed: list[dict], here: bool
) -> None:
    keys = watched({"now": httpx.Response(200, json={"keys": listed})})
    asyncio.run(keys.refresh())
    assert found(keys) == here


def test_a_set_that_is_being_read_is_no_trouble() -> None:
    seen: list[str] = []

    async def answer(_: httpx.Request) -> httpx.Response:
        seen.append(keys.trouble)
        return httpx.Response(200, json=SELF.jwks())

    issuer = Issuer(issuer=ISSUER, jwks_url=f"{ISSUER}/keys")
    keys = Keys(issuer, httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    for _ in range(2):
        asyncio.run(keys.refresh())
    assert seen[1] == ""


NONE_LEFT = [[], [{"kty": "oct", "k": "c2VjcmV0"}], [{**EC, "use": "enc"}]]
NONE_LEFT += [[{**EC, "key_ops": ["encrypt"]}]]


@pytest.mark.parametrize("listed", NONE_LEFT)
def test_a_set_without_keys_withdraws_every_key(listed: list[dict]) -> None:
    answers = {"now": httpx.Response(200, json=SELF.jwks())}
    keys = watched(answers)
    asyncio.run(keys.refresh())
    answers["now"] = httpx.Response(200, json={"keys": listed})
    asyncio.run(keys.refresh())
    assert (found(keys), keys.usable, "no keys here" in keys.trouble) == (False, False, True)


def weak_rsa() -> dict:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    return json.loads(RSAAlgorithm.to_jwk(key.public_key()))


UNUSABLE = [
    "",
    "[]",
    '{"keys": []}',
    '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}',
    json.dumps({"keys": [weak_rsa()]}),
    '{"keys": [{"kty": "EC", "crv": "P-384", "x": "?", "y": "?"}]}',
]


@pytest.mark.parametrize("text", UNUSABLE)
def test_a_file_without_a_public_key_of_use_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="JSON Web Key Set"):
        Keys(Issuer(issuer=ISSUER, keys=path), httpx.AsyncClient())


def test_private_keys_in_a_file_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "jwks.json"
    private = json.loads(RSAAlgorithm.to_jwk(SELF.rsa))
    path.write_text(json.dumps({"keys": [private]}), "utf-8")
    with pytest.raises(ConfigError):
        Keys(Issuer(issuer=ISSUER, keys=path), httpx.AsyncClient())
