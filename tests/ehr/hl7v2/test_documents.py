"""Documents told of in HL7 v2 by their type, and what becomes of them later."""

from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.mentions import with_mentions
from allstatus.ehr.hl7v2 import read_hl7
from allstatus.ehr.sendings import without_superseded
from ehr.test_hl7v2 import message

BIOPSY = "TXA|1|33721-2^Marrow biopsy^LN|TX|20250311||||||||D1^LAB|||||LA||"


def standing(*sent: tuple[str, str]) -> list[str]:
    text = "".join(
        message(kind, f"{BIOPSY}{availability}", sent=20250312090000 + place)
        for place, (kind, availability) in enumerate(sent)
    )
    (chart,) = read_hl7(text)
    results = without_superseded(with_mentions(chart, code_tables()).results)
    return [one.void or one.doubt for one in results if one.void != "superseded"]


def test_a_document_stands_until_a_later_message_takes_it_back() -> None:
    unread = "sent in MDM^T02, whose results are not read"
    assert standing(("MDM^T02", "AV")) == [unread]
    assert unread not in standing(("MDM^T02", "AV"), ("MDM^T11", "CA"))
    assert unread in standing(("MDM^T11", "CA"), ("MDM^T02", "AV"))
