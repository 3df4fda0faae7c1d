"""Who may call: bearer tokens (JWT) of listed issuers, checked against their listed keys and used
once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import httpx2 as httpx
import jwt

from allstatus.service.auditing.store import Connection, Store, StoreError, insert
from allstatus.service.config import Config, Issuer
from allstatus.service.jwks import ALGORITHMS, KeyRing, Keys, Refused
from allstatus.service.problem_details import ProblemDetails

SCHEMA = """
CREATE TABLE IF NOT EXISTS token (id TEXT PRIMARY KEY, expires INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS token_by_expiry ON token (expires);
CREATE TABLE IF NOT EXISTS forgotten (
  "only" INTEGER PRIMARY KEY CHECK ("only" = 1), until INTEGER NOT NULL);
"""
LONGEST = 8_192  # characters of a token
LAST = 10**12  # seconds
UNLISTED = "its issuer is not listed"
TIMES = ("exp", "iat", "nbf")
LEEWAY = 30  # seconds the clocks may differ
SET_BACK = 3_600  # seconds that this machine's clock may be set back without a token being refused
UNTIL = (
    'INSERT INTO forgotten VALUES (1, ?) ON CONFLICT ("only") DO UPDATE '
    "SET until = max(until, excluded.until) RETURNING until"
)


class Gatekeeper:
    """Checks the token of a call."""

    def __init__(self, config: Config, store: Store, client: httpx.AsyncClient) -> None:
        self.config, self.store = config, store
        self.ring = KeyRing(config, client)
        self._keys = self.ring.keys

    async def check(self, authorizations: Sequence[str], address: str) -> str:
        """Let a call to `address` pass by its one header and say whose it is, or raise Refused."""
        if len(authorizations) > 1:
            raise Refused("several were sent")
        scheme, _, token = "".join(authorizations).partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused("none was sent")
        if len(token) > LONGEST:
            raise Refused("it is too long")
        header, keys = self._opened(token.strip())
        try:
            await self._use_once(await self._claims(token.strip(), header, keys, address))
        except Refused as refused:
            refused.claimed = keys.issuer.issuer
            raise
        return keys.issuer.issuer

    def _opened(self, token: str) -> tuple[dict[str, Any], Keys]:
        """A token's header, unchecked, and the keys of the listed issuer that it names."""
        try:
            header, unchecked = (
                jwt.get_unverified_header(token),
                jwt.decode(token, options={"verify_signature": False}),
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise Refused("it is not a JWT") from None
        issuer = unchecked.get("iss")
        keys = self._keys.get(issuer) if isinstance(issuer, str) else None
        if keys is None:
            raise Refused(UNLISTED)
        return header, keys

    async def _claims(
        self, token: str, header: dict[str, Any], keys: Keys, address: str
    ) -> dict[str, Any]:
        algorithm = self._check_header(header, keys.issuer)
        key = await keys.find(header.get("kid"), algorithm)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=[address, *keys.issuer.audience],
                issuer=keys.issuer.issuer,
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "exp", "iat", "jti"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise Refused(_why(error)) from None
        return self._check_claims(claims)

    def _check_header(self, header: dict[str, Any], issuer: Issuer) -> str:
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Refused("its algorithm is not one of public keys")
        if str(header.get("typ", "JWT")).upper() != "JWT" or "crit" in header:
            raise Refused("its header asks for what is not understood")
        listed = (issuer.jwks_url, *issuer.jku)
        if "jku" in header and issuer.keys is None and header["jku"] not in listed:
            raise Refused("its jku is not a listed address of its issuer")
        return str(algorithm)

    def _check_claims(self, claims: dict[str, Any]) -> dict[str, Any]:
        times = [claims[name] for name in TIMES if name in claims]
        if not all(type(moment) in (int, float) and abs(moment) < LAST for moment in times):
            raise Refused("its exp, iat or nbf is not a number of seconds")
        jti = claims["jti"]
        if not isinstance(jti, str) or not jti.strip():
            raise Refused("its jti is empty")
        if not 0 < claims["exp"] - claims["iat"] <= self.config.limits.token_seconds:
            raise Refused("it is valid for longer than is allowed here, or for no time")
        return claims

    async def _use_once(self, claims: dict[str, Any]) -> None:
        name = sha256(json.dumps([claims["iss"], claims["jti"]]).encode()).hexdigest()
        expires = int(claims["exp"]) + LEEWAY + 1
        try:
            first = await self.store.write(first_uses, (name, expires))
        except StoreError:
            raise ProblemDetails(
                503,
                "tokens-unavailable",
                "The use of the token cannot be recorded, so it is not accepted.",
                headers={"Retry-After": "5"},
            ) from None
        if first is None:
            raise Refused("it is of a time whose tokens are forgotten: the clock was set back")
        if not first:
            raise Refused("it was used before")


def first_uses(connection: Connection, tokens: list[tuple[str, int]]) -> list[bool | None]:
    """Whether each token (name, expiry) is used for the first time; of the same one twice, the
    first. None for one that could have been used and forgotten before the clock was set back.
    """
    until = int(connection.execute(UNTIL, (int(time.time()) - SET_BACK,)).fetchone()[0])
    connection.execute("DELETE FROM token WHERE expires < ?", (until,))
    marks = ",".join("?" * len(tokens))
    known = {
        name
        for (name,) in connection.execute(
            f"SELECT id FROM token WHERE id IN ({marks})", [name for name, _ in tokens]
        )
    }
    first: list[bool | None] = []
    for name, expires in tokens:
        first.append(None if expires < until else name not in known)
        known.add(name)
    insert(connection, "token", [token for token, new in zip(tokens, first, strict=True) if new])
    return first


def _why(error: Exception) -> str:
    """What does not hold, in words that repeat nothing of the token."""
    reasons: Sequence[tuple[type[Exception], str]] = (
        (jwt.ExpiredSignatureError, "it has expired"),
        (jwt.ImmatureSignatureError, "it is not valid yet"),
        (jwt.InvalidAudienceError, "it is meant for another address"),
        (jwt.InvalidIssuerError, UNLISTED),
        (jwt.MissingRequiredClaimError, "it lacks one of iss, aud, exp, iat, jti"),
        (jwt.InvalidSignatureError, "its signature does not hold"),
    )
    return next((words for kind, words in reasons if isinstance(error, kind)), "it is not valid")
