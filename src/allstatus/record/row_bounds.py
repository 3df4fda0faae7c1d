"""How large a row of a file may be, in every format in which one could have no end."""

from __future__ import annotations

from allstatus.errors import InvalidRecord

LONGEST_ROW = 1 << 24  # bytes as UTF-8, the ends of its lines among them
MOST_COLUMNS = 10_000
SHORTER = "shorten it (or close a quote)"


def too_many_columns(place: str) -> InvalidRecord:
    """The refusal of a file with more columns."""
    return InvalidRecord(place, f"names more than {MOST_COLUMNS:,} columns", "drop unread columns")
