"""Tokens of which one part is of another kind than it must be, as a table: none passes, and none is
an error inside.
"""

import time
from pathlib import Path

import pytest
import yaml
from starlette.testclient import TestClient

from .conftest import BASE, PATIENT_VIEW, serving
from .test_auth import BODY, encoded
from .tokens import ISSUER, TokenIssuer

TOKENS = yaml.safe_load((Path(__file__).parent / "odd_tokens.yaml").read_text("utf-8"))
ISSUING = TokenIssuer()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("odd")
    issuers = [{"issuer": ISSUER, "keys": ISSUING.written(folder)}]
    with serving(folder, insecure_dev=False, base_url=BASE, issuers=issuers) as client:
        yield client


def signed(header: object, claims: object) -> str:
    """A token of these two parts, whatever they are, by the listed elliptic key."""
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{ISSUING.sign(text)}"


def moments(claims: dict) -> dict:
    named = {"now": int(time.time()), "soon": int(time.time()) + 20}
    return {name: named.get(str(value), value) for name, value in claims.items()}


HEADER = {"alg": "ES384", "kid": "ec", "typ": "JWT"}
PARTS = {
    **{f"header {row}": (HEADER | row, {}) for row in TOKENS["header"]},
    **{f"claims {row!a}": (HEADER, row) for row in TOKENS["claims"]},
    **{f"whole {row}": tuple(row) for row in TOKENS["whole"]},
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_another_kind_is_401(guarded: TestClient, name: str) -> None:
    header, changed = PARTS[name]
    claims = ISSUING.claims() | moments(changed) if isinstance(changed, dict) else changed
    headers = {"Authorization": f"Bearer {signed(header, claims)}"}
    assert guarded.post(PATIENT_VIEW, json=BODY, headers=headers).status_code == 401


def test_a_token_as_these_are_made_passes_but_not_beside_another(guarded: TestClient) -> None:
    one, two = (f"Bearer {signed(HEADER, ISSUING.claims())}" for _ in range(2))
    both = [("Authorization", one), ("Authorization", two)]
    assert guarded.post(PATIENT_VIEW, json=BODY, headers=both).status_code == 401
    headers = {"Authorization": one}
    assert guarded.post(PATIENT_VIEW, json=BODY, headers=headers).status_code == 200
