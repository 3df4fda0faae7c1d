"""An issuer made for a test: its keys, and tokens lawful but for what a test changes."""

import json
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from .conftest import BASE, PATIENT_VIEW

ISSUER = "https://ehr.example.org"


class TokenIssuer:
    """An EHR with an elliptic and an RSA key."""

    def __init__(self, name: str = ISSUER) -> None:
        self.name = name
        self.elliptic = ec.generate_private_key(ec.SECP384R1())
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwks(self) -> dict:
        """Its public keys."""
        elliptic = json.loads(ECAlgorithm.to_jwk(self.elliptic.public_key())) | {
            "kid": "ec",
            "use": "sig",
        }
        other = json.loads(RSAAlgorithm.to_jwk(self.rsa.public_key())) | {
            "kid": "rsa",
            "use": "sig",
        }
        return {"keys": [elliptic, other]}

    def written(self, folder: Path) -> Path:
        """Its public keys as a file."""
        path = folder / "jwks.json"
        path.write_text(json.dumps(self.jwks()), "utf-8")
        return path

    def claims(self, **more: object) -> dict:
        """Lawful claims, with some changed; None leaves one out."""
        now = int(time.time())
        lawful = {
            "iss": self.name,
            "aud": BASE + PATIENT_VIEW,
            "exp": now + 120,
            "iat": now,
            "jti": str(uuid4()),
        }
        return {name: value for name, value in {**lawful, **more}.items() if value is not None}

    def token(
        self,
        header: dict | None = None,
        algorithm: str = "ES384",
        key: object = None,
        **claims: object,
    ) -> str:
        """A signed token."""
        kid = {"ES384": "ec"}.get(algorithm, "rsa")
        signing = key or (self.elliptic if algorithm.startswith("ES") else self.rsa)
        return jwt.encode(self.claims(**claims), signing, algorithm, {"kid": kid, **(header or {})})

    def sign(self, text: str) -> str:
        """The signature of any text by the elliptic key, as ES384 writes it."""
        made = ECAlgorithm(ECAlgorithm.SHA384, ec.SECP384R1)
        signature = made.sign(text.encode(), self.elliptic)
        return urlsafe_b64encode(signature).rstrip(b"=").decode()
