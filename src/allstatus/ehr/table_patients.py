"""Whose a row of a table of results is, by what stands in the place of the patient: nobody's, where
that stands for none; and nobody's, too, where the row sums up others, as a total or a mean does. A
patient who is called so needs another id.
"""

from __future__ import annotations

import re
from functools import cache

from allstatus.ehr.coding.code_systems import UNSEEN
from allstatus.record.code_files import read_yaml

NOBODYS = re.compile(r"N/?A|NAN|NULL|NONE|UNK(?:NOWN)?|[-.?]|#\S+[!?]?|\d(?:[.,]\d+)?E\+\d+", re.I)
SUMMARIES = read_yaml("column-names")["summaries"]  # and what is said of them
# what else may stand there: of how many, with which deviation
_MORE = r"\s*[:=]?\s*(?:\(.*\)|\[.*\]|n\s*=\s*\d+|(?:±|\+/-).*)?"


def named(patient: str) -> str:
    """A patient's id; empty for what stands for none, or was cut to a number of few digits."""
    name = patient.strip(UNSEEN)
    return "" if NOBODYS.fullmatch(name) else name


def is_summary(patient: str) -> bool:
    """Whether a row sums up others by what stands for its patient.

    >>> is_summary("TOTAL (n=12)"), is_summary("Totals of P12"), is_summary("P12")
    (True, False, False)
    """
    return re.fullmatch(summaries(), patient, re.IGNORECASE) is not None


@cache
def summaries() -> str:
    """A pattern of what such rows are called, whatever the case of its letters."""
    names = "|".join(map(re.escape, SUMMARIES["names"]))
    return f"(?:{names}){_MORE}"
