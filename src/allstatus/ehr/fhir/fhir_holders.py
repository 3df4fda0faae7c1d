"""What holds a resource, orders it or includes it, and the status by which that takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from allstatus.ehr.chart import IN_ERROR
from allstatus.ehr.fhir.fhir_standing import (
    ENCOUNTER,
    GIVEN,
    REPORT,
    STANDS,
    UNREADABLE_STATUS,
    UNSTATED,
    Standing,
    denied,
)
from allstatus.ehr.fhir.json_access import Json, text, unread

ERROR = {"entered-in-error": IN_ERROR}
BACK = ERROR | {"cancelled": "cancelled"}
UNDONE = BACK | {"not-done": "not done"}  # of orders, and of what a thing is part of
# every word that FHIR's resources have had for a status, from DSTU2 to R5
WORDS = set[str]().union(REPORT, ENCOUNTER, *GIVEN.values()) - {UNSTATED}
WORDS |= {
    *("aborted", "accepted", "available", "current", "deprecated", "ended", "failed", "modified"),
    *("proposed", "received", "rejected", "requested", "retired", "review", "revoked", "suspended"),
}


def withdrawal(holder: Json, back: Mapping[str, str] = BACK) -> str:
    """Why what it holds is in doubt: its status takes that back, or cannot be read. Else empty."""
    status = holder.get("status")
    if status is None and not unread(holder, "status"):
        return ""
    said = text(status)
    return back.get(said, "" if said in WORDS else UNREADABLE_STATUS.doubt)


def ordered(orders: Iterable[Json | None], called: str = "order") -> Standing:
    """What it means for a thing that an order for it was never to be done, or forbids it, or that
    what it is part of was not done; None is not here.
    """
    here = (one for one in orders if one is not None)
    why = next(filter(None, (withdrawal(one, UNDONE) or denied(one).void for one in here)), "")
    return Standing("", f"its {called}: {why}") if why else STANDS
