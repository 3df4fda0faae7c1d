"""What a later message deletes does not count; of one time it is not known which came last."""

import pytest

from allstatus.ehr.chart import Problem
from allstatus.ehr.hl7v2.deletions import (
    DELETED,
    MAYBE_DELETED,
    CodedSegment,
    without_deleted,
)
from ehr.hl7v2.segment_lines import day


def stated(sent: str, *names: str, deletes: bool = False) -> CodedSegment:
    when = day(sent) if sent else None
    return CodedSegment(Problem("DG1", (), when, when, sent=when), frozenset(names), deletes)


@pytest.mark.parametrize(
    ("deleted_at", "void", "doubt"),
    [
        ("202503120900", DELETED, ""),
        ("202503110900", "", MAYBE_DELETED),
        ("20250311", "", MAYBE_DELETED),
        ("202503100900", "", ""),
        ("", "", MAYBE_DELETED),
    ],
)
def test_a_deletion_is_of_what_was_sent_before_it(deleted_at: str, void: str, doubt: str) -> None:
    said, deletion = stated("202503110900", "a"), stated(deleted_at, "a", deletes=True)
    first, _ = without_deleted([said, deletion])
    _, last = without_deleted([deletion, said])
    assert (first.void, first.doubt) == (last.void, last.doubt) == (void, doubt)


def test_a_deletion_is_of_what_it_names() -> None:
    said = [stated("202503110900", "a", "b"), stated("202503120900", "c", deletes=True)]
    assert next(iter(without_deleted(said))).void == ""
    assert next(iter(without_deleted([said[0], stated("202503120900", "b", deletes=True)]))).void
