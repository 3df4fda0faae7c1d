"""A measured percentage against its limit: the strips to draw, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from allstatus.decision.decision import Decision
from allstatus.record.percent import ZERO, Percent, format_number
from allstatus.record.value_class import value_class
from allstatus.render.definitions import remarks
from allstatus.render.reader import Reader
from allstatus.render.strip import Span, Strip, around, whole
from allstatus.render.words import limit_words, sentence_case
from allstatus.rules.ruleset import Criterion
from allstatus.why.counting_error import CountingError, counting_error
from allstatus.why.observed import observe


@value_class
class Drawing:
    """One strip with what is drawn on it; `low` and `high` label its ends."""

    low: str
    high: str
    limit_at: float
    value: Span | None
    counted: Span | None


@value_class
class LimitSide:
    """One side of the limit in words, and the statuses that ask for it."""

    where: str
    title: str
    asked_by: tuple[str, ...]


@value_class
class ThresholdStrips:
    """A fact with its measured value, the drawings (the whole first) and the two sides of the limit
    (below first).

    `lies` says where the value lies; `limit_below` whether the limit itself belongs to the side
    below.
    """

    fact: str
    measured: str
    limit: str
    lies: tuple[str, ...]
    limit_below: bool
    has_open_end: bool
    drawings: tuple[Drawing, ...]
    sides: tuple[LimitSide, LimitSide]


def thresholds(decision: Decision, reader: Reader) -> Iterator[ThresholdStrips]:
    """One for each limit that a stated percentage is compared with."""
    for criterion in decision.rules.criteria.values():
        value, limit = (
            getattr(decision.record, criterion.condition.fact, None),
            criterion.condition.limit,
        )
        if (
            isinstance(value, Percent)
            and limit is not None
            and criterion.condition.operator not in ("==", "!=")
        ):
            yield _threshold(decision, criterion, value, limit, reader)


def _threshold(
    decision: Decision,
    criterion: Criterion,
    value: Percent,
    limit: Fraction,
    reader: Reader,
) -> ThresholdStrips:
    error, said = counting_error(value, limit), limit_words(decision.rules, criterion.name)
    strips = [strip for strip in (whole(limit), around(limit, value)) if strip is not None]
    held_below = criterion.condition.holds(Percent(ZERO, limit, high_open=True)) is True
    limit_below = criterion.condition.holds(Percent(limit, limit)) is held_below
    names = ("or_fewer", "more_than") if limit_below else ("less_than", "or_more")
    below, above = (
        _side(decision, criterion, held, reader.says("threshold", name, limit=said), reader)
        for name, held in zip(names, (held_below, not held_below), strict=True)
    )
    return ThresholdStrips(
        reader.heading(criterion.condition.fact),
        _measured(value, reader),
        said,
        tuple(_lies(decision, criterion, value, said, reader)),
        limit_below,
        value.low_open or value.high_open,
        tuple(_draw(strip, value, error) for strip in strips),
        (below, above),
    )


def _draw(strip: Strip, value: Percent, error: CountingError | None) -> Drawing:
    counted = strip.span(Fraction(error.low), Fraction(error.high)) if error else None
    measured = strip.span(value.low, value.high, value.low_open, value.high_open)
    return Drawing(
        f"{format_number(strip.low)} %",
        f"{format_number(strip.high)} %",
        strip.place(strip.limit),
        measured,
        counted,
    )


def _measured(value: Percent, reader: Reader) -> str:
    """The value as it was sent, and in percent where that reads otherwise."""
    percent = f"{value.describe()} %"
    if value.exact is not None and "/" in percent:
        rounded = format_number(round(value.exact, 2))
        percent = reader.says("threshold", "about", percent=percent, rounded=rounded)
    if value.text.removesuffix("%").strip() == value.describe():
        return percent
    return reader.says("threshold", "that_is", sent=value.text, percent=percent)


def _lies(
    decision: Decision, criterion: Criterion, value: Percent, limit: str, reader: Reader
) -> Iterator[str]:
    """On which side of the limit the value lies, how far from it, and what a reader should know of
    it.
    """
    verdict, seen = criterion.condition.holds(value), observe(criterion, value, None)
    side = criterion.title if verdict else criterion.otherwise
    if verdict is None:
        yield reader.says("threshold", "both_sides", limit=limit)
    elif seen.margin in (None, "0"):
        yield reader.says("threshold", "side", side=side)
    else:
        distance = reader.margin(seen.margin).removeprefix(", ")
        yield reader.says("threshold", "distance", side=side, distance=distance, limit=limit)
    yield from (
        f"{sentence_case(remark)}."
        for remark in remarks(decision.rules, criterion.name, seen, reader)
    )


def _side(
    decision: Decision, criterion: Criterion, held: bool, where: str, reader: Reader
) -> LimitSide:
    """The side on which a criterion is held (or is not), with the statuses that ask for it."""
    titles, nodes = reader.outcomes(), decision.trace.nodes.items()
    asking = [
        path.split(".")[0]
        for path, node in nodes
        if node.criterion == criterion.name and (node.kind != "not") is held
    ]
    return LimitSide(
        where,
        criterion.title if held else criterion.otherwise,
        tuple(titles[name] for name in dict.fromkeys(asking)),
    )
