"""Many decisions as one line each: the record's id, the status, and what decides or what to ask
next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from allstatus.decision.decision import Decision
from allstatus.render.messages import messages, short_headline
from allstatus.render.printable import printable, wrapped
from allstatus.render.reader import Reader
from allstatus.render.words import diagnosis_words

LOOK_AHEAD = 100  # decisions whose ids and statuses the columns are made to fit
WIDEST = 40  # of the column of ids


def render_lines(
    decisions: Iterable[Decision], *, width: int | None = None, counts: Counter[str] | None = None
) -> Iterator[str]:
    """A line for each decision, cut to `width` characters where one is given; `counts` is added to
    for each status.
    """
    rows = ((_id(one), short_headline(one), printable(_decides(one))) for one in decisions)
    first = list(islice(rows, LOOK_AHEAD))
    ids = min(max((len(row[0]) for row in first), default=0), WIDEST)
    statuses = max((len(row[1]) for row in first), default=0)
    for number, status, why in chain(first, rows):
        if counts is not None:
            counts[status] += 1
        yield _cut(f"{number:<{ids}}  {status:<{statuses}}  {why}".rstrip(), width)


def render_counts(counts: Counter[str], reader: Reader, *, width: int, refused: int = 0) -> str:
    """How many there were in all, and of each status, most frequent first; then how many were
    refused.
    """
    told = [
        *counts.most_common(),
        *([(reader.says("short_headlines", "refused"), refused)] if refused else []),
    ]
    each = ", ".join(f"{number:,} {status}" for status, number in told)
    total = f"{counts.total() + refused:,}"
    return "\n".join(wrapped(reader.says("in_all", count=total, each=each), width)) + "\n"


def _id(decision: Decision) -> str:
    return "-" if decision.id is None else printable(str(decision.id))


def _decides(decision: Decision) -> str:
    """The facts that settle it, the fact to ask for, or what stands in the way."""
    if decision.outcome == "determined":
        rules, facts, reader = decision.rules, decision.facts, Reader(decision.rules)
        measured_first = sorted(
            decision.reasons[0], key=lambda name: rules.facts[name].kind != "percent"
        )
        return ", ".join(
            f"{reader.words(name)} {reader.known(name, facts[name])}" for name in measured_first
        )
    if decision.ask_next is not None:
        reader = Reader(decision.rules)
        return reader.says("ask", fact=reader.words(decision.ask_next.fact))
    seen = map(diagnosis_words, decision.diagnoses)
    return " ".join(messages(decision, "clinician")) or "; ".join(seen)


def _cut(line: str, width: int | None) -> str:
    return line if width is None or len(line) <= width else f"{line[: width - 1]}…"
