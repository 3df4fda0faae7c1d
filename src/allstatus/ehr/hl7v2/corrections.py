"""What a correction calls each result by, and which sendings of one time it replaces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import product

from allstatus.ehr.chart import Result, in_doubt
from allstatus.ehr.dates import PointInTime, When
from allstatus.ehr.hl7v2.results import CANCELLED, NO_VALUE, Sending
from allstatus.ehr.sendings import SUPERSEDED

MAYBE_CORRECTED = "another sending of its order may have corrected it"
MOST_PAIRS = 1 << 17  # held against each other of one code; of more, all are in doubt
Fillers = dict[tuple[str, str], set[str]]  # filler numbers by placer and the rest of the name


def _fillers(sendings: list[Sending]) -> Fillers:
    found: Fillers = {}
    for one in sendings:
        if one.filler and one.placer:
            found.setdefault((one.placer, one.rest), set()).add(one.filler)
    return found


def _by_number(sendings: list[Sending]) -> list[Sending]:
    """The same, with an order's number alone where all that name its assigner name the same."""
    spaces: dict[str, set[str]] = {}
    for said in (name for one in sendings for name in (one.filler, one.placer)):
        number, _, space = said.partition("^")
        spaces.setdefault(number, set()).update([space] if space else ())

    def short(said: str) -> str:
        number = said.partition("^")[0]
        return number if len(spaces[number]) < 2 else said

    return [replace(one, filler=short(one.filler), placer=short(one.placer)) for one in sendings]


def _by_zone(sendings: list[Sending]) -> list[Sending]:
    """The same, with the time in UTC where one time of day is that of several time zones."""
    times = [one.result.when.utc if one.result.when else None for one in sendings]
    known: dict[str, set[datetime]] = {}
    for one, time in zip(sendings, times, strict=True):
        known.setdefault(one.rest, set()).update([time] if time else ())
    return [
        replace(one, rest=f"{one.rest} {time}") if time and len(known[one.rest]) > 1 else one
        for one, time in zip(sendings, times, strict=True)
    ]


def _unclear(sendings: list[Sending], fillers: Fillers) -> Iterator[str]:
    """Names that a sending without a filler may mean, where its placer has several."""
    for one in sendings:
        known = set() if one.filler else fillers.get((one.placer, one.rest), set())
        if len(known) > 1:
            yield from (f"filler {filler}|{one.rest}" for filler in known)


def named(sendings: list[Sending]) -> Iterator[Result]:
    """Results with what a correction calls each by, of one patient."""
    sendings = _by_zone(_by_number(sendings))
    fillers = _fillers(sendings)
    names = _names(sendings, fillers)
    unclear = set(_unclear(sendings, fillers))
    top: dict[tuple[str, When | None], int] = {}
    sent: dict[str, list[Result]] = {}
    for one, name in zip(sendings, names, strict=True):
        if not one.unless:
            sent.setdefault(name, []).append(one.result)
        key = name, one.result.sent
        top[key] = max(top.get(key, 0), one.rank)
    near = set(_nearly_named(sendings, names))
    cancelled = _cancelled(sendings)
    for place, (one, name) in enumerate(zip(sendings, names, strict=True)):
        result = replace(one.result, names=(name,) if name else ())
        if one.confirms:
            result = _confirmed(result, sent[name] if name else [])
        if name and one.rank < top[name, result.sent]:
            result = replace(result, void=result.void or SUPERSEDED, doubt="")
        elif (name in unclear or place in near) and not result.void:
            result = in_doubt(result, MAYBE_CORRECTED)
        elif not result.void and _is_cancelled(one, cancelled):
            result = in_doubt(result, CANCELLED)
        yield result


# when orders were last cancelled, by filler, placer (None: whichever) and what was asked
Cancelled = dict[tuple[str | None, str | None, str], PointInTime | None]


def _cancelled(sendings: list[Sending]) -> Cancelled:
    """The orders that were cancelled; None where it is not known when."""
    found: Cancelled = {}
    for one in sendings:
        if one.rank == 0 and one.result.void == CANCELLED:
            end = one.result.sent.end if one.result.sent else None
            for numbers in product({one.filler, None}, {one.placer, None}):
                key = *numbers, one.asked
                before = found.get(key, end)
                found[key] = None if end is None or before is None else max(before, end)
    return found


def _is_cancelled(one: Sending, cancelled: Cancelled) -> bool:
    """Whether the order of a result was cancelled, and not sent again since."""
    filler, placer = one.filler, one.placer
    numbers: list[tuple[str | None, str | None]] = [(filler or None, placer or None)]
    if filler and placer:
        numbers += [(filler, ""), ("", placer)]
    elif not filler and not placer:
        return False
    ends = [cancelled[key] for pair in numbers if (key := (*pair, one.asked)) in cancelled]
    sent = one.result.sent
    return any(end is None or sent is None or not end < sent.begin for end in ends)


def _nearly_named(sendings: list[Sending], names: list[str]) -> Iterator[int]:
    """The places of results that one which takes back a result may mean: it names none, and these
    by a code and all that both say of order, sub-id, time and specimen.
    """
    number = Counter(name for one, name in zip(sendings, names, strict=True) if not one.unless)
    back: dict[str, list[Sending]] = {}
    places: dict[str, list[int]] = {}
    for place, (one, name) in enumerate(zip(sendings, names, strict=True)):
        for code in {*one.rest.partition("|")[0].split()}:
            places.setdefault(code, []).append(place)
            if one.takes_back and number[name] == 1:
                back.setdefault(code, []).append(one)
    for code, ones in back.items():
        many = len(ones) * len(places[code]) > MOST_PAIRS
        yield from (
            place
            for place in places[code]
            if many or any(_may_mean(one, sendings[place]) for one in ones)
        )


def _may_mean(one: Sending, other: Sending) -> bool:
    mine, theirs = one.result.sent, other.result.sent
    if one is other:
        return False
    if mine is not None and theirs is not None and mine.end < theirs.begin:
        return False
    if not _may_be_one(one.filler, other.filler) or not (one.filler or one.placer):
        return False
    if not _may_be_one(one.placer, other.placer) or not (other.filler or other.placer):
        return False
    rest, of_other = one.rest.split("|", 3)[1:], other.rest.split("|", 3)[1:]
    return all(map(_may_be_one, rest, of_other))


def _may_be_one(one: str, other: str) -> bool:
    """Whether two names do not contradict each other: one may be empty, or say less."""
    one, other = one.strip(), other.strip()
    return one.startswith(other) or other.startswith(one)


def _confirmed(result: Result, sendings: list[Result]) -> Result:
    """A result made final without being sent again: what was last sent before it."""
    before = [
        other
        for other in sendings
        if other.value.sent and other.sent and result.sent and other.sent.end < result.sent.begin
    ]
    last = max(before, key=lambda other: other.sent.order if other.sent else (), default=None)
    if last is None or last.void:
        return result
    doubt = "" if result.doubt == NO_VALUE else result.doubt
    return replace(result, doubt=doubt, value=last.value, ranges=last.ranges, flags=last.flags)


def _names(sendings: list[Sending], fillers: Fillers) -> list[str]:
    """By what its sender calls each result, where all sendings of its order and kind say that."""
    by_order = [_name(one, fillers) for one in sendings]
    vague = {
        name
        for one, name in zip(sendings, by_order, strict=True)
        if not (one.instance or one.unless)
    }
    return [
        name if name and name in vague else one.instance or name
        for one, name in zip(sendings, by_order, strict=True)
    ]


def _name(one: Sending, fillers: dict[tuple[str, str], set[str]]) -> str:
    """What names a result: its order by the filler's number, else by the placer's."""
    known = fillers.get((one.placer, one.rest), set())
    filler = one.filler or (next(iter(known)) if len(known) == 1 else "")
    if filler:
        return f"filler {filler}|{one.rest}"
    return f"placer {one.placer}|{one.rest}" if one.placer else ""
