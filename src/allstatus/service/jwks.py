"""The public keys of listed issuers, from a file or from the one address that is listed for
each.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import jwt

from allstatus.service.config import ConfigError, Issuer
from allstatus.service.problem_details import ProblemDetails

CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ALGORITHMS = (*CURVES, "RS256", "RS384", "RS512", "PS256", "PS384", "PS512")  # of public keys only
KEYS_FRESH = 60  # seconds between two readings of an issuer's keys
KEYS_BYTES = 200_000
RSA_BITS = 2_048


class Refused(ProblemDetails):
    """A call without a token that holds; `why` is told, the token never."""

    def __init__(self, why: str) -> None:
        super().__init__(
            401,
            "token-refused",
            f"The bearer token is refused: {why}.",
            headers={"WWW-Authenticate": "Bearer"},
        )


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures; `algorithm` is the only one it is for, where it names one."""

    kid: str | None
    curve: str | None
    algorithm: str | None
    key: Any

    def fits(self, algorithm: str) -> bool:
        """Whether it is for an algorithm, by what it says of itself and by its kind and curve."""
        return self.algorithm in (None, algorithm) and self.curve == CURVES.get(algorithm)


class Keys:
    """The public keys of one issuer, from its file or its one listed address."""

    def __init__(self, issuer: Issuer, client: httpx.AsyncClient) -> None:
        self.issuer, self._client, self._read_at = issuer, client, 0.0
        self._keys: list[PublicKey] = []
        self._lock = asyncio.Lock()
        if issuer.keys is not None:
            self._keys = _public_keys(_read_file(issuer), str(issuer.keys))

    async def find(self, kid: object, algorithm: str) -> PublicKey:
        """The key a token names; the issuer's keys are read again, at most once a minute, when it
        is not among them.
        """
        found = _choose(self._keys, kid, algorithm)
        if found is None and self.issuer.jwks_url is not None:
            async with self._lock:
                await self._refresh(self.issuer.jwks_url)
            found = _choose(self._keys, kid, algorithm)
        if found is None:
            raise Refused("it is signed with a key that the issuer does not list")
        return found

    async def _refresh(self, address: str) -> None:
        if time.monotonic() - self._read_at < KEYS_FRESH and self._read_at:
            return
        self._read_at = time.monotonic()
        try:
            response = await self._client.get(address)
            if response.status_code == 200 and len(response.content) <= KEYS_BYTES:
                self._keys = _public_keys(response.json(), address)
        except (httpx.HTTPError, ValueError, ConfigError):
            return


def _choose(keys: Sequence[PublicKey], kid: object, algorithm: str) -> PublicKey | None:
    """The one key that is meant; none where it is not clear which."""
    fitting = [key for key in keys if key.fits(algorithm) and kid in (None, key.kid)]
    return fitting[0] if len(fitting) == 1 else None


def _read_file(issuer: Issuer) -> Any:
    assert issuer.keys is not None
    try:
        return json.loads(issuer.keys.read_text("utf-8"))
    except (OSError, ValueError):
        raise ConfigError(
            f"{issuer.keys}: holds no JWKS; give the issuer's public keys as a JSON Web Key Set"
        ) from None


def _public_keys(value: Any, place: str) -> list[PublicKey]:
    """The keys of a JWKS that check signatures; private keys and weak ones are left out."""
    listed = value.get("keys", []) if isinstance(value, dict) else []
    public = [
        key
        for key in listed
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and "d" not in key
    ]
    try:
        keys = [_read_key(key) for key in public if key.get("use", "sig") == "sig"]
    except (jwt.PyJWTError, ValueError):
        raise ConfigError(
            f"{place}: holds a key that cannot be read; give RSA or EC public keys as a JSON Web "
            f"Key Set"
        ) from None
    strong = [key for key in keys if key.curve or key.key.key_size >= RSA_BITS]
    if not strong:
        raise ConfigError(
            f"{place}: holds no public key of use; give RSA ({RSA_BITS} bits or more) or EC keys "
            f"as a JSON Web Key Set"
        )
    return strong


def _read_key(data: dict[str, Any]) -> PublicKey:
    algorithm = "RS384" if data["kty"] == "RSA" else None
    return PublicKey(
        data.get("kid"),
        data.get("crv"),
        data.get("alg"),
        jwt.PyJWK(data, data.get("alg") or algorithm).key,
    )
