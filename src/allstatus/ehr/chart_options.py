"""How a chart is to be read: the assumptions a caller may name and switch."""

from __future__ import annotations

from dataclasses import dataclass

from allstatus.errors import InvalidRecord, nearest

SYMPTOMS_ABSENT = "symptoms-absent-unless-recorded"
KNOWN = (SYMPTOMS_ABSENT,)


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """`window_days`: how far a blood count may lie from its marrow. `adult_ranges`: use the default
    table where a laboratory sends none.
    """

    window_days: int = 14
    adult_ranges: bool = True
    symptoms_absent: bool = False


DEFAULT_OPTIONS = ChartOptions()


def make_reader(
    assume: list[str] | tuple[str, ...] = (), *, window_days: int = 14, adult_ranges: bool = True
) -> ChartOptions:
    """The options from the names a caller gave; raises InvalidRecord for a name that is no
    assumption.
    """
    for name in assume:
        if name not in KNOWN:
            raise InvalidRecord(
                "--assume",
                f"is not an assumption that can be made{nearest(name, KNOWN)}",
                f"use {', '.join(KNOWN)}",
            )
    return ChartOptions(window_days, adult_ranges, SYMPTOMS_ABSENT in assume)
