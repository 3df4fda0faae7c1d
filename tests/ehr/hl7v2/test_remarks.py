"""Text beside a number of its own code is a remark on it; what may be another result is none."""

import pytest

from allstatus.ehr.hl7v2.remarks import VOID, comments_in, remarks_in_text
from ehr.hl7v2.segment_lines import segments

NUMBER = "OBX|1|NM|11150-0^Blasts^LN|1|3|%|||||F|||20250310"


@pytest.mark.parametrize(
    ("text", "is_remark"),
    [
        ("OBX|2|TX|11150-0^Blasts^LN||see comment||||||F", True),
        ("OBX|2|FT|11150-0^Blasts^LN|1|see comment||||||F|||20250310", True),
        ("OBX|2|TX|BL^Blasts^L^11150-0^Blasts^LN||see comment||||||F", True),
        ("OBX|2|TX|11150-0^Blasts^LN|2|see comment||||||F", False),
        ("OBX|2|TX|11150-0^Blasts^LN||see comment||||||F|||20250311", False),
        ("OBX|2|TX|11150-0^Blasts^LN||60 of 100||||||F", False),
        ("OBX|2|ST|11150-0^Blasts^LN||see comment||||||F", False),
        ("OBX|2|TX|26447-3^Blasts^LN||see comment||||||F", False),
    ],
)
def test_a_remark_says_no_number_and_stands_beside_one(text: str, is_remark: bool) -> None:
    number, beside = found = segments(NUMBER, text)
    assert [*remarks_in_text(found)] == ([beside] if is_remark else [])
    assert [*remarks_in_text([beside, number])] == ([beside] if is_remark else [])
    assert [*comments_in(found, [beside])] == [beside.raw(5)]


@pytest.mark.parametrize("status", VOID)
def test_what_was_taken_back_neither_has_a_remark_nor_is_one(status: str) -> None:
    remark = "OBX|2|TX|11150-0^Blasts^LN||see comment||||||{}"
    gone = NUMBER.replace("|||||F|", f"|||||{status}|")
    assert not [*remarks_in_text(segments(gone, remark.format("F")))]
    assert not [*comments_in(found := segments(remark.format(status)), found)]
