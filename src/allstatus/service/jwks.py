"""The public keys of listed issuers, from a file or from the one address that is listed for each.

PyJWT reads and checks keys and signatures. Its PyJWKClient is not used: it follows redirects and
the environment's proxies, sets no limit of size, holds up the event loop, and reads a set again
only when a key is not in it, so that a withdrawn key would be accepted until then.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import httpx2 as httpx
import jwt

from allstatus.errors import InvalidRecord
from allstatus.record.regular_file import refuse_no_file
from allstatus.service.config import Config, ConfigError, Issuer
from allstatus.service.problem_details import ProblemDetails

CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ALGORITHMS = (*CURVES, "RS256", "RS384", "RS512", "PS256", "PS384", "PS512")  # of public keys only
ASKED_AGAIN = 60  # seconds between two readings that unknown keys cause
AFTER_FAILURE = 5  # the same when the last reading failed
READ_SECONDS = 10  # that one set may take, however slowly it comes
NO_KEYS = "an issuer has no keys here that its tokens could be checked by"
KEYS_BYTES = 200_000
RSA_BITS = 2_048


class Refused(ProblemDetails):
    """A call without a token that holds; `why` is told, the token never. `claimed` is the listed
    issuer it says it is of.
    """

    claimed = ""

    def __init__(self, why: str) -> None:
        super().__init__(
            401,
            "token-refused",
            f"The bearer token is refused: {why}.",
            headers={"WWW-Authenticate": "Bearer"},
            reason=f"token-refused: {why}",
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
    """The public keys of one issuer: of its file, or the last good set of its one listed address
    for as long as settings say.
    """

    def __init__(self, issuer: Issuer, client: httpx.AsyncClient, kept_seconds: float = 3_600):
        self.issuer, self._client, self._kept_seconds = issuer, client, kept_seconds
        self._keys: list[PublicKey] = []
        self._lock = asyncio.Lock()
        self._good_at: float | None = None
        self._asked_at: float | None = None
        self._failed = False
        if issuer.keys is not None:
            self._keys = _read_file(issuer.keys)
            self._good_at = time.monotonic()

    @property
    def age(self) -> float | None:
        """Seconds since the set was read; None when it never was."""
        return None if self._good_at is None else time.monotonic() - self._good_at

    @property
    def trouble(self) -> str:
        """What is wrong with the keys, in words; empty when nothing is."""
        if not self._known():
            return NO_KEYS
        return "the keys of an issuer could not be read again; the last set is used" * self._failed

    @property
    def usable(self) -> bool:
        """Whether there is a set to check tokens by."""
        return bool(self._known())

    def take(self, before: Keys) -> None:
        """Begin with the set that was read before."""
        self._keys, self._good_at, self._failed = before._keys, before._good_at, before._failed

    async def find(self, kid: object, algorithm: str) -> PublicKey:
        """The key a token names; the issuer's keys are read again, now and then, when it is not
        among them.
        """
        found = _choose(self._known(), kid, algorithm)
        if found is None and self.issuer.jwks_url is not None:
            async with self._lock:
                if _choose(self._known(), kid, algorithm) is None and self._may_ask():
                    self._asked_at = time.monotonic()
                    await self._read(self.issuer.jwks_url)
            found = _choose(self._known(), kid, algorithm)
        if found is None:
            raise Refused("it is signed with a key that is not among those read of its issuer")
        return found

    async def refresh(self) -> None:
        """Read the set again, as the clock asks; a failure keeps the last good one."""
        if self.issuer.jwks_url is not None:
            async with self._lock:
                await self._read(self.issuer.jwks_url)

    def _known(self) -> list[PublicKey]:
        """The keys, while they may be used."""
        if self.issuer.keys is not None:
            return self._keys
        return self._keys if (self.age or 0) <= self._kept_seconds else []

    def _may_ask(self) -> bool:
        wait = AFTER_FAILURE if self._failed else ASKED_AGAIN
        return self._asked_at is None or time.monotonic() - self._asked_at >= wait

    async def _read(self, address: str) -> None:
        try:
            keys = await self._asked(address)
        except (httpx.HTTPError, TimeoutError, ValueError, RecursionError):
            self._failed = True
        else:
            self._keys, self._good_at, self._failed = keys, time.monotonic(), False

    async def _asked(self, address: str) -> list[PublicKey]:
        async with (
            asyncio.timeout(READ_SECONDS),
            self._client.stream("GET", address) as response,
        ):
            data = bytearray()
            async for piece in response.aiter_bytes():
                data += piece
                if len(data) > KEYS_BYTES:
                    raise ValueError
        if response.status_code != 200:
            raise ValueError
        return _public_keys(json.loads(data))


class KeyRing:
    """The keys of every listed issuer, read at start and again by the clock."""

    def __init__(self, config: Config, client: httpx.AsyncClient) -> None:
        kept = config.limits.keys_kept_seconds
        self.keys = {issuer.issuer: Keys(issuer, client, kept) for issuer in config.issuers}
        self._seconds = config.limits.keys_seconds

    def carry_on(self, before: KeyRing) -> None:
        """Take over the sets of issuers whose address is the same."""
        for name, keys in self.keys.items():
            known = before.keys.get(name)
            if (
                known is not None
                and keys.issuer.jwks_url
                and (known.issuer.jwks_url == keys.issuer.jwks_url)
            ):
                keys.take(known)

    async def watch(self) -> None:
        """Read the sets now, and again for ever; none waits for another."""
        await asyncio.gather(*map(self._watch, self.keys.values()))

    async def _watch(self, keys: Keys) -> None:
        while True:
            await keys.refresh()
            await asyncio.sleep(self._seconds)

    def troubles(self) -> list[str]:
        """What is wrong with any set."""
        return sorted({keys.trouble for keys in self.keys.values()} - {""})

    @property
    def usable(self) -> bool:
        """Whether tokens of every issuer can be checked."""
        return all(keys.usable for keys in self.keys.values())

    @property
    def ages(self) -> dict[str, float]:
        """Seconds since the keys of each issuer that has an address were read, by its name;
        infinite when they never were. Those of files are read when settings are.
        """
        addressed = {name: keys for name, keys in self.keys.items() if keys.issuer.jwks_url}
        return {name: inf if keys.age is None else keys.age for name, keys in addressed.items()}


def _choose(keys: Sequence[PublicKey], kid: object, algorithm: str) -> PublicKey | None:
    """The one key that is meant; none where it is not clear which."""
    fitting = [key for key in keys if key.fits(algorithm) and kid in (None, key.kid)]
    return fitting[0] if fitting and all(key.key == fitting[0].key for key in fitting) else None


def _read_file(path: Path) -> list[PublicKey]:
    try:
        refuse_no_file(path)
        keys = _public_keys(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, RecursionError, InvalidRecord):
        raise ConfigError(
            f"{path}: holds no JWKS; give the issuer's public keys as a JSON Web Key Set"
        ) from None
    if not keys:
        raise ConfigError(
            f"{path}: holds no public key of use; give RSA ({RSA_BITS} bits or more) or EC keys "
            f"as a JSON Web Key Set"
        )
    return keys


def _public_keys(value: Any) -> list[PublicKey]:
    """The keys of a JWKS that check signatures; private keys and weak ones are left out, and, as
    RFC 7517 asks, what cannot be read. ValueError where there is no set, or nothing else in it.
    """
    listed = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise ValueError
    read = [_read_key(key) for key in listed if _checks_signatures(key)]
    keys = [key for key in read if key is not None]
    if not keys and read:
        raise ValueError
    return [key for key in keys if key.curve or key.key.key_size >= RSA_BITS]


def _checks_signatures(key: Any) -> bool:
    """Whether an entry is for us, by what it says of itself: a public key, and for signatures."""
    if not isinstance(key, dict) or key.get("kty") not in ("RSA", "EC") or "d" in key:
        return False
    uses = key.get("key_ops", ["verify"])
    return key.get("use", "sig") == "sig" and isinstance(uses, list) and "verify" in uses


def _read_key(data: dict[str, Any]) -> PublicKey | None:
    algorithm = "RS384" if data["kty"] == "RSA" else None
    try:
        key = jwt.PyJWK(data, data.get("alg") or algorithm).key
    except Exception:  # whatever a library makes of what it was sent
        return None
    return PublicKey(data.get("kid"), data.get("crv"), data.get("alg"), key)
