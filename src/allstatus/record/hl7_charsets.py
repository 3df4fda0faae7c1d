"""HL7 v2 bytes to text: each message by the character set it names itself (MSH-18, table 0211)."""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

_STARTS = re.compile(rb"(?:^|(?<=[\r\n\x0b\x1c]))(?=[ \t]*(?:MSH|BHS|FHS|BTS|FTS)\W)")
_BEGINS = re.compile(rb"[\s\x00\x0b]*(?:\xef\xbb\xbf)?[\s\x0b]*(MSH|FHS|BHS)[^\w\s]")
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
# names of table 0211 that are not Python's; a part of an ISO 2022 text is read with the rest of it
NAMED = {
    "UNICODE": "utf-8",  # where the header could be read as single bytes
    "ISO IR6": "ascii",
    "ISO IR13": "shift_jis",
    "ISO IR14": "shift_jis",
    "ISO IR87": "iso2022_jp_2",
    "ISO IR159": "iso2022_jp_2",
    "GB 18030-2000": "gb18030",
    "KS X 1001": "euc_kr",
    "BIG-5": "big5",
}
FALLBACK = ("utf-8", "latin-1")  # the second takes any bytes, and no two alike


def decode_hl7(data: bytes) -> str | None:
    """The text of HL7 v2 messages, None when the bytes are no such messages."""
    if (wide := _wide(data)) is not None:
        return wide
    if not _BEGINS.match(data):
        return None
    places = sorted({0, *(found.start() for found in _STARTS.finditer(data)), len(data)})
    pieces = [data[start:end] for start, end in pairwise(places)]
    return "".join(map(_decode, pieces)).lstrip("\ufeff")


def _wide(data: bytes) -> str | None:
    for mark, name in MARKS:
        if data.startswith(mark):
            return _strict(data, name)
    if b"\0" not in data[:16]:  # which every other wide sign of a header has
        return None
    for name in WIDE:
        if data[:16].startswith(tuple(start.encode(name) for start in ("MSH|", "FHS|", "BHS|"))):
            return _strict(data, name)
    return None


def _decode(piece: bytes) -> str:
    for name in (*_declared(piece), *FALLBACK):
        if (text := _strict(piece, name)) is not None:
            return text
    return piece.decode("latin-1")


def _declared(piece: bytes) -> list[str]:
    """The codec of the character sets that a message names; none where it names none known."""
    line = re.split(rb"[\r\n]", piece.lstrip(b"\xef\xbb\xbf \t\x0b"), maxsplit=1)[0]
    header = line.decode("latin-1")
    if not header.startswith("MSH") or len(header) < 9:
        return []
    fields = header.split(header[3])
    said = fields[17].split(header[5]) if len(fields) > 17 else []
    found = [codec for name in said if (codec := _codec(name.strip().upper()))]
    return found[-1:]


def _codec(name: str) -> str | None:
    plain = name.removeprefix("UNICODE ") or name
    plain = NAMED.get(name) or (f"iso-{plain.replace('/', '-')}" if "8859/" in plain else plain)
    if plain.startswith("iso-ISO"):
        plain = plain.removeprefix("iso-")
    try:
        found = codecs.lookup(plain).name
    except LookupError:
        return None
    return None if found.startswith(("utf-16", "utf-32")) else found


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError):
        return None
