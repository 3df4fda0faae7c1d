"""Which OBX segments of an order are only remarks on its other results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from allstatus.ehr.coding.comments import is_comment
from allstatus.ehr.hl7v2.segments import Segment
from allstatus.ehr.hl7v2.values import value_of

VOID = {
    "D": "deleted",
    "W": "sent as wrong",
    "X": "no result can be obtained",
    "N": "not asked for",
    "O": "an order without a result",
}
ONLY_A_REMARK = "only a remark"
TEXT = ("TX", "FT")  # types of text for people
BESIDE = (4, 14)  # sub-id and time, which one of the two may leave out


def remarks_in_text(observations: Sequence[Segment]) -> Iterator[Segment]:
    """Text without a digit under the code of a number of the same order: its report, and not
    another result.
    """
    texts = [one for one in observations if one.text(2).upper() in TEXT and _says_no_number(one)]
    numbers = [one for one in observations if texts and _is_number(one)]
    yield from (text for text in texts if any(_goes_with(text, number) for number in numbers))


def comments_in(observations: Sequence[Segment], remarks: Sequence[Segment]) -> Iterator[str]:
    """What remarks and results that are comments say of the others."""
    for one in observations:
        if one.status(11) not in VOID and (
            one in remarks or is_comment(one.codes(3), one.text(3, 2))
        ):
            yield one.plain(one.raw(5))


def _says_no_number(segment: Segment) -> bool:
    said = segment.plain(segment.raw(5))
    return said != "" and not any(sign.isdigit() for sign in said)


def _is_number(segment: Segment) -> bool:
    value = value_of(segment)
    return segment.status(11) not in VOID and value is not None and value.number is not None


def _goes_with(text: Segment, number: Segment) -> bool:
    beside = all(
        not text.raw(n) or not number.raw(n) or text.raw(n) == number.raw(n) for n in BESIDE
    )
    return beside and not {*text.codes(3)}.isdisjoint(number.codes(3))
