"""What clinicians made of cards, stored once however often it is sent. Their comments are not kept:
they may name the patient.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allstatus.ehr.fhir.json_access import obj, objects, text
from allstatus.service.auditing.kept_feedback import Feedback
from allstatus.service.hooks.cards import OVERRIDE_REASONS, REASONS_SYSTEM
from allstatus.service.problem_details import ProblemDetails, too_many

OTHER = "other"  # a reason that is none of ours: its text may be free, so it is not kept


def read_feedback(body: Any, most: int) -> list[Feedback]:
    """Check what was sent; raises Problem (400) that names the element, never its value, or 413 for
    more than so many.
    """
    given = obj(body).get("feedback")
    if (
        not isinstance(given, list)
        or not given
        or not all(isinstance(item, dict) for item in given)
    ):
        raise _bad("feedback", "must be a list of objects")
    if len(given) > most:
        raise too_many(most)
    return [_read(item) for item in given]


def _read(item: dict[str, Any]) -> Feedback:
    if item.get("outcome") not in ("accepted", "overridden"):
        raise _bad("feedback.outcome", "must be accepted or overridden")
    given = item.get("acceptedSuggestions")
    accepted = objects(given)
    whole = accepted == (given or [])
    if not whole or (item["outcome"] == "accepted" and not accepted):
        raise _bad("feedback.acceptedSuggestions", "must name the suggestions that were accepted")
    suggestions = sorted(
        _uuid(suggestion.get("id"), "feedback.acceptedSuggestions.id") for suggestion in accepted
    )
    return Feedback(
        _uuid(item.get("card"), "feedback.card"),
        item["outcome"],
        " ".join(suggestions),
        _reason(item),
        _time(item),
    )


def _reason(item: dict[str, Any]) -> str:
    reason = obj(obj(item.get("overrideReason")).get("reason"))
    code = text(reason.get("code"))
    known = reason.get("system") == REASONS_SYSTEM and code in OVERRIDE_REASONS
    return code if known else OTHER if reason else ""


def _time(item: dict[str, Any]) -> str:
    try:
        moment = datetime.fromisoformat(str(item.get("outcomeTimestamp")))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):  # the first and last day may be of no year elsewhere
        pass
    raise _bad(
        "feedback.outcomeTimestamp", "must be a moment with its time zone, as RFC 3339 writes it"
    )


def _uuid(value: Any, field: str) -> str:
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError):
        raise _bad(field, "must be a UUID") from None


def _bad(field: str, detail: str) -> ProblemDetails:
    return ProblemDetails(400, "invalid-feedback", f"{field} {detail}.", field=field)
