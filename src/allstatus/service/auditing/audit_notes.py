"""Calls that were refused, and pages that were read, as the audit has them: who, when and why, and
nothing of what was sent.
"""

from __future__ import annotations

import time
from typing import Any

from starlette.types import Scope

from allstatus.service.auditing.audit_rows import PAGE, READ, REFUSED, Caller, Entry, note, who
from allstatus.service.auditing.hash_chain import ChainKey
from allstatus.service.hooks.hook_requests import SERVICES

NO_SERVICE = "none"
A_MINUTE = 60  # rows about calls of nobody known, who could fill a disk with them


class Refusals:
    """Makes the rows; of callers without a token that holds at most so many a minute, and then how
    many there were besides.
    """

    def __init__(self, most: int = A_MINUTE) -> None:
        self._most, self._began, self._written, self._left_out = most, 0.0, 0, 0

    def entry(self, key: ChainKey, scope: Scope, name: str) -> Entry | None:
        """The row about a call, refused under that id; None for what is no call, or too much."""
        state = scope["state"]
        caller: Caller | None = state.get("caller")
        if caller is None or not (caller.issuer or self._may_write()):
            return None
        left_out, self._left_out = self._left_out, 0
        asked = who(key, caller, reason=state.get("reason"), left_out=left_out)
        return note(_service(scope), REFUSED, name, who=asked)

    def _may_write(self) -> bool:
        now = time.monotonic()
        if now - self._began >= 60:
            self._began, self._written = now, 0
        self._written += 1
        self._left_out += self._written > self._most
        return self._written <= self._most


def reading(key: ChainKey, scope: Scope, decision_id: str) -> Entry:
    """The row about a page that was read, of whoever had its link."""
    address = (scope.get("client") or ("",))[0]
    return note(PAGE, READ, decision_id, who=who(key, Caller(client=address)))


def _service(scope: Scope) -> str:
    """The service asked for, by its route: `classify`, or a CDS service with what is asked of it;
    of one that there is not, nothing of what was sent.
    """
    given: dict[str, Any] = scope.get("path_params", {})
    values = {name: value if value in SERVICES else NO_SERVICE for name, value in given.items()}
    path = str(scope["route"].path).format(**values)
    return path.removeprefix("/cds-services").strip("/")
