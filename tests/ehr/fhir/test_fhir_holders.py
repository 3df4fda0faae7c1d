"""The status by which what holds or orders a thing takes it back; more in `assessor.yaml`."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_holders import ERROR, ordered, withdrawal
from allstatus.ehr.fhir.fhir_standing import STANDS, UNREADABLE_STATUS

UNREAD = UNREADABLE_STATUS.doubt
STATUSES = [
    ({}, ""),
    ({"status": "final"}, ""),
    ({"status": "revoked"}, ""),
    ({"status": "entered-in-error"}, "entered in error"),
    ({"status": "cancelled"}, "cancelled"),
    ({"status": "Entered in error"}, UNREAD),
    ({"status": ""}, UNREAD),
    ({"status": ["final"]}, UNREAD),
    ({"status": None}, ""),
    ({"_status": {"extension": []}}, UNREAD),
]


@pytest.mark.parametrize(("holder", "why"), STATUSES)
def test_a_status_takes_back_or_may_do_so(holder: dict[str, Any], why: str) -> None:
    assert withdrawal(holder) == why
    assert withdrawal(holder, ERROR) == (why if why != "cancelled" else "")


def test_an_order_that_forbids_or_is_not_here() -> None:
    assert ordered([None, {"status": "active"}]) is STANDS
    assert ordered([{"status": "active", "doNotPerform": True}]).doubt == "its order: not done"
    assert ordered([{"status": "not-done"}], "procedure").doubt == "its procedure: not done"
