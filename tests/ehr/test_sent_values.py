"""Values as sent: what share of cells they mean, and whether there are any."""

from typing import Any

import pytest

from allstatus.ehr.chart import Quantity
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.sent_values import Unreadable, found_any, percent_of

TABLES = code_tables()
# numerator, comparator, denominator -> share in words, whether there are any; None: cannot be read
SHARES: list[tuple[Any, str | None, Any, str | None, bool | None]] = [
    (10, None, 200, "5", True),
    (0, None, 200, "0", False),
    (0, ">", 100, "more than 0", True),
    (0, ">=", 100, "0 to 100", None),
    (0, "<", 100, None, None),
    (10, "<", 200, "less than 5", None),
    (10, "<=", 200, "at most 5", None),
    (10, ">=", 200, "at least 5", True),
    (100, ">", 100, None, None),
    (10, "ad", 200, None, None),
    (10, None, 0, None, None),
    (300, None, 200, None, None),
    (None, None, 200, None, None),
    ("2.5", None, 100, "2.5", True),
]


@pytest.mark.parametrize(("top", "sign", "bottom", "share", "any_"), SHARES)
def test_a_share_of_cells(
    top: Any, sign: str | None, bottom: Any, share: str | None, any_: bool | None
) -> None:
    sent = Quantity("sent", top, sign, cells=bottom)
    assert _read(lambda: percent_of(sent, TABLES).describe()) in (share, _open(share))
    assert _read(lambda: found_any(sent, TABLES)) is any_


def _open(share: str | None) -> str | None:
    return "at most 100" if share == "0 to 100" else share


def _read(read: Any) -> Any:
    try:
        return read()
    except Unreadable:
        return None


def test_only_whole_cells_were_counted() -> None:
    assert percent_of(Quantity("10/200", 10, cells=200), TABLES).cells_counted == 200
    assert percent_of(Quantity("2.5/100", "2.5", cells=100), TABLES).cells_counted is None
    assert percent_of(Quantity(">10/200", 10, ">", cells=200), TABLES).cells_counted is None
