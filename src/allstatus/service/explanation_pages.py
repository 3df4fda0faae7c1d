"""Explanation pages by link: sealed with a key that only the link holds, and gone after a while.

What is kept cannot be read without the link, by whoever runs the service or copies its files.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from functools import cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

import allstatus
from allstatus.decision.classifier import Classifier
from allstatus.decision.decision import Decision
from allstatus.ehr.coding.site_codes import SiteCodes
from allstatus.record.code_files import codes_digest
from allstatus.record.percent import Percent
from allstatus.render.html import render_html
from allstatus.rules.comparisons import comparisons_path
from allstatus.service.auditing.store import Connection, Store, insert
from allstatus.table.chart_context import ChartContext

SCHEMA = """
CREATE TABLE IF NOT EXISTS page (
  id TEXT PRIMARY KEY, expires INTEGER NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS page_by_expiry ON page (expires);
"""


class Packed(TypedDict):
    """What is sealed of a decision; each percentage by its parts."""

    decision_id: str
    made_by: dict[str, Any]
    record: dict[str, Any]
    percents: dict[str, dict[str, Any]]
    chart: ChartContext | None


PACKED, CHART = TypeAdapter(Packed), TypeAdapter(ChartContext)
PERCENT = tuple(field.name for field in fields(Percent))
NONCE = b"\0" * 12  # each key seals one page only


class Pages:
    """Keeps decisions for their explanation pages: at most `most` for `seconds`."""

    def __init__(self, store: Store, seconds: int, most: int) -> None:
        self.store, self.seconds, self.most = store, seconds, most
        self._cleared = 0

    def new_name(self) -> str:
        """The last part of a link, which is also what opens its page."""
        return _name(secrets.token_bytes(32))

    def keep(
        self, name: str, decision: Decision, made_by: Mapping[str, Any], decision_id: str = ""
    ) -> asyncio.Future[Any]:
        """Seal a decision under a name with what it was made by and its id in the audit; it is kept
        when the future is done.
        """
        place, key = _secrets(name)
        sealed, expires = (
            AESGCM(key).encrypt(NONCE, pack(decision, made_by, decision_id), None),
            int(time.time()) + self.seconds,
        )
        return self.store.write(self._keep, (place, expires, sealed))

    def find(self, name: str) -> dict[str, Any] | None:
        """What was kept under a name; None when there is nothing, or no longer."""
        try:
            place, key = _secrets(name)
            with self.store.reading() as connection:
                row = connection.execute(
                    "SELECT sealed FROM page WHERE id = ? AND expires > ?",
                    (place, int(time.time())),
                ).fetchone()
            return None if row is None else json.loads(AESGCM(key).decrypt(NONCE, row[0], None))
        except (ValueError, TypeError, InvalidTag):
            return None

    def _keep(self, connection: Connection, given: list[tuple[str, int, bytes]]) -> None:
        now = int(time.time())
        if now != self._cleared:  # what is over is not found before either
            connection.execute("DELETE FROM page WHERE expires <= ?", (now,))
            self._cleared = now
        insert(connection, "page", given)
        connection.execute(
            "DELETE FROM page WHERE rowid <= (SELECT max(rowid) FROM page) - ?", (self.most,)
        )


def _name(secret: bytes) -> str:
    return urlsafe_b64encode(secret).decode().rstrip("=")


def _secrets(name: str) -> tuple[str, bytes]:
    """Where a page is kept, and the key that opens it; neither tells the other."""
    secret = urlsafe_b64decode(name + "=")
    if len(secret) != 32 or name != _name(secret):  # which may be written in other ways
        raise ValueError("is no name of a page")
    return sha256(b"place\0" + secret).hexdigest(), sha256(b"key\0" + secret).digest()


def made_by(
    classifier: Classifier, *, adult_ranges: bool = True, site: SiteCodes | None = None
) -> dict[str, Any]:
    """What a decision depends on besides its record: rules, stated uses, other definitions and
    codes by their digests, the program's version, and how charts are read.
    """
    return {
        "rules": classifier.ruleset.id,
        "ruleset_digest": classifier.ruleset.digest,
        "table_digest": classifier.table.digest,
        "overlay_digest": classifier.applicability.overlay.digest,
        "comparisons_digest": comparisons_digest(),
        "codes_digest": codes_digest(),
        "site_codes_digest": None if site is None else site.digest,
        "program": allstatus.__version__,
        "adult_ranges": adult_ranges,
    }


@cache
def comparisons_digest() -> str:
    """The SHA-256 of other definitions, as this process reads them."""
    return sha256(comparisons_path().read_bytes()).hexdigest()


def pack(decision: Decision, made: Mapping[str, Any], decision_id: str = "") -> bytes:
    """What a decision was made of, exactly: its record, what its chart supplied, and what `made_by`
    says.
    """
    record, percents = dict[str, Any](), dict[str, dict[str, Any]]()
    for name, value in vars(decision.record).items():
        if isinstance(value, Percent):
            percents[name] = {end: getattr(value, end) for end in PERCENT}
        elif value is not None:
            record[name] = _plain(value)
    packed: Packed = {
        "decision_id": decision_id,
        "made_by": dict(made),
        "record": record,
        "percents": percents,
        "chart": decision.chart,
    }
    return PACKED.dump_json(packed, fallback=str)


def unpack(kept: dict[str, Any], classifier: Classifier) -> Decision:
    """The decision made of it again by what it was made by, which the caller has compared."""
    percents = {
        name: Percent(**value | {end: Fraction(value[end]) for end in ("low", "high")})
        for name, value in kept["percents"].items()
    }
    record = classifier.record_model.read(kept["record"]).model_copy(update=percents)
    if kept["chart"] is None:
        return classifier.classify(record, adult_ranges=kept["made_by"]["adult_ranges"])
    return classifier.classify(record, chart=CHART.validate_python(kept["chart"]))


def _plain(value: Any) -> Any:
    return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value


def explanation_page(decision: Decision, level: str) -> str:
    """A decision as an HTML page."""
    return render_html([decision], level=level)
