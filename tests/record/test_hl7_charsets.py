"""HL7 v2 bytes are read by the character set each message names, and no byte is lost."""

import codecs

import pytest

from allstatus.record.hl7_charsets import decode_hl7


def message(charset: str, text: str = "é") -> str:
    """A message that names its character set in MSH-18."""
    return f"MSH|^~\\&|||||||ORU^R01|1|P|2.5||||||{charset}\rNTE|{text}\r"


NAMED = [
    ("UNICODE UTF-8", "utf-8", "é漢"),
    ("8859/1", "latin-1", "é"),
    ("8859/15", "iso-8859-15", "€"),
    ("8859/2", "iso-8859-2", "ł"),
    ("GB 18030-2000", "gb18030", "漢"),
    ("BIG-5", "big5", "漢"),
    ("", "utf-8", "é漢"),
    ("", "latin-1", "é"),
    ("no such set", "latin-1", "é"),
]


@pytest.mark.parametrize(("charset", "codec", "text"), NAMED)
def test_a_message_names_its_set(charset: str, codec: str, text: str) -> None:
    sent = message(charset, text)
    assert decode_hl7(sent.encode(codec)) == sent


def test_each_message_of_a_file_by_its_own() -> None:
    one, two = message("8859/15", "€"), message("UNICODE UTF-8", "漢")
    assert decode_hl7(one.encode("iso-8859-15") + two.encode()) == one + two


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, b""])
def test_wide_text(mark: bytes) -> None:
    sent = message("UNICODE UTF-16")
    assert (decode_hl7(mark + sent.encode("utf-16-le")) or "").lstrip("\ufeff") == sent


@pytest.mark.parametrize("data", [b"", b"{}", b"PID|1", b"MSHA|1"])
def test_bytes_that_are_no_messages(data: bytes) -> None:
    assert decode_hl7(data) is None
