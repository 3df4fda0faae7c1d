"""What nobody would send to the service, beside what must hold of any: no token but a lawful one
passes, and no answer of a server is read as more than it is.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from random import Random
from typing import Any

import httpx2 as httpx
import pytest

from allstatus import InvalidRecord, load_rules
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.record.exact_json import parse_json
from allstatus.service.auth import SCHEMA, Gatekeeper
from allstatus.service.config import Config
from allstatus.service.jwks import Refused
from allstatus.service.prefetch import PrefetchedChart, lack, searches
from service.conftest import BASE, PATIENT_VIEW, chart, prefetch_of
from service.tokens import ISSUER, TokenIssuer

from .inputs import any_mapping, changed, fuzzed

ADDRESS = BASE + PATIENT_VIEW
SELF = TokenIssuer()
DAY = 86_400
LAWFUL = SELF.token(exp=int(time.time()) + DAY - 60)
RULES = load_rules()
PREFETCH = json.dumps(prefetch_of(chart("01-exactly-five")))
NAMES = ("iss", "aud", "exp", "iat", "nbf", "jti", "sub", "tenant")


def claims_of(rng: Random) -> dict[str, Any]:
    now = int(time.time())
    return {
        name: rng.choice((value, ISSUER, ADDRESS, now, now + 50, now - 50, "j"))
        for name, value in any_mapping(*NAMES)(rng).items()
        if name.isidentifier()
    }


class Memory:
    """Used tokens, as a file of the service keeps them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        connection.executescript(SCHEMA)

    async def write(self, work: Any, row: tuple[str, int]) -> bool | None:
        return work(self.connection, [row])[0]


@pytest.fixture(scope="module")
def gatekeeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gatekeeper]:
    folder = tmp_path_factory.mktemp("tokens")
    issuer = {"issuer": ISSUER, "keys": SELF.written(folder)}
    given_ = {"base_url": BASE, "audit": folder / "audit.db", "issuers": [issuer]} | {
        "limits": {"token_seconds": DAY}
    }
    with closing(sqlite3.connect(":memory:")) as connection:
        store: Any = Memory(connection)
        yield Gatekeeper(Config.model_validate(given_), store, httpx.AsyncClient())


def passes(gatekeeper: Gatekeeper, authorization: str) -> bool:
    try:
        return asyncio.run(gatekeeper.check([authorization], ADDRESS)) == ISSUER
    except Refused:
        return False


def test_a_lawful_token_passes_once(gatekeeper: Gatekeeper) -> None:
    assert [passes(gatekeeper, f"Bearer {LAWFUL}") for _ in range(2)] == [True, False]


@fuzzed(changed(f"Bearer {LAWFUL}"))
def test_no_token_made_of_a_used_one_passes(gatekeeper: Gatekeeper, authorization: str) -> None:
    passes(gatekeeper, f"Bearer {LAWFUL}")
    assert not passes(gatekeeper, authorization)


@fuzzed(claims_of)
def test_only_lawful_claims_pass(gatekeeper: Gatekeeper, claims: dict[str, Any]) -> None:
    try:
        token = SELF.token(**claims)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return  # what the issuer's library does not sign
    if passes(gatekeeper, f"Bearer {token}"):
        said = SELF.claims(**claims)
        now = time.time()
        assert said["iss"] == ISSUER
        assert ADDRESS in (said["aud"] if isinstance(said["aud"], list) else [said["aud"]])
        assert said["jti"].strip()
        assert said["iat"] - 60 <= now <= said["exp"] + 60


def prefetched(text: str) -> None:
    """Decides on what an EHR sent in advance, as far as it is whole."""
    answers = parse_json(text)
    asked = searches()
    if isinstance(answers, dict):
        whole = {
            key: value
            for key, value in answers.items()
            if key in asked.templates and not lack(asked, key, value)
        }
        decide_over_time(RULES, PrefetchedChart("p1", "", whole).chart())


@fuzzed(changed(PREFETCH), PREFETCH)
def test_a_prefetch_is_whole_and_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        prefetched(text)
