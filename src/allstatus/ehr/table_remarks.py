"""Rows of a table that say something of its results, and which of them each result hears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from allstatus.ehr.chart import MOST, TOO_MANY
from allstatus.ehr.coding.comments import Kinds, taken_back
from allstatus.ehr.dates import When, may_be_one, read_when

Row = Mapping[str, str]


class Remark(NamedTuple):
    """What a row says of all results of its time and specimen; "" and None name none."""

    when: When | None
    specimen: str
    text: str


def remarks_in(rows: Iterable[Row]) -> list[Remark]:
    """What such rows say, each once."""
    return list(dict.fromkeys(map(_remark, rows)))


def _remark(row: Row) -> Remark:
    text = f"{row.get('value', '')}\n{row.get('comment', '')}"
    return Remark(read_when(row["date"]), row.get("specimen", ""), text)


def heard(row: Row, remarks: Iterable[Remark], *, corrected: bool, of: Kinds) -> str:
    """Why a row cannot be relied on by its own comment or by the remarks on it, or empty."""
    said = [row.get("comment", ""), *islice(_on(row, remarks), MOST + 1)]
    back = taken_back(*said, corrected=corrected, of=of)
    return back or (TOO_MANY if len(said) > MOST + 1 else "")


def _on(row: Row, remarks: Iterable[Remark]) -> Iterator[str]:
    when, specimen = read_when(row["date"]), row.get("specimen", "")
    for remark in remarks:
        its = not specimen or remark.specimen in ("", specimen)
        if its and may_be_one(remark.when, when):
            yield remark.text
