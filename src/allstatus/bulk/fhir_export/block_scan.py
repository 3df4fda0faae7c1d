"""A block of lines told at once, where all are of one type and written alike, as nearly all of an
export is.

A line by itself costs Python more than reading it costs a program that is compiled; here it is cut
twice, and what holds
for every line of the block is asked once. Where the answer is not plain, the lines are told one by
one.
"""

from __future__ import annotations

from typing import NamedTuple

from allstatus.bulk.fhir_export.line_scan import LineHead, patient_in


class ScannedBlock(NamedTuple):
    """Whom each line of a block is about, by name; how all of them begin, and what stands between
    that and their ends.
    """

    names: list[bytes]
    begin: bytes
    inner: list[bytes]

    def line(self, place: int) -> bytes:
        """One of the lines, whole."""
        return self.begin + self.inner[place] + b"}"


def skim(text: bytes, head: LineHead, owner: bytes) -> ScannedBlock | None:
    """Whom the lines of a block are about, who stands behind `owner`; None where that may not be
    plain for one of them.
    """
    if b'"contained"' in text:  # it may say first whom something else is about
        return None
    if head.type == "Patient":
        begin = head.begin + b"," + head.id
        inner = _cut(text, begin)
        names = [line.partition(b'"')[0] for line in inner]
    else:
        begin, subject = head.begin, owner + b"Patient/"
        inner = _cut(text, begin)
        names = [line.partition(subject)[2].partition(b'"')[0] for line in inner]
        if not _are_plain(names):
            names = _told_by_reference(inner, owner)
    return ScannedBlock(names, begin, inner) if _are_plain(names) else None


def count_alike(text: bytes, head: LineHead) -> int:
    """How many lines a block has that all begin and end as a resource of this type does; 0 when one
    does not.
    """
    return len(_cut(text, head.begin))


def _are_plain(names: list[bytes]) -> bool:
    signs = b"".join(names)
    return bool(names) and b"" not in names and b"/" not in signs and b"\\" not in signs


def _told_by_reference(inner: list[bytes], subject: bytes) -> list[bytes]:
    """The names in references of any form, such as absolute ones; empty for one that is not
    plain.
    """
    references = [line.partition(subject)[2].partition(b'"')[0] for line in inner]
    names = {reference: _name_in(reference) for reference in set(references)}
    return [names[reference] for reference in references]


def _name_in(reference: bytes) -> bytes:
    plain = reference and reference.isascii() and b"\\" not in reference
    return (patient_in(reference) or "").encode() if plain else b""


def _cut(text: bytes, begin: bytes) -> list[bytes]:
    """The lines of a block without how all of them begin and end; none when they do not."""
    if not (text.startswith(begin) and text.endswith(b"}\n")):
        return []
    inner = text[len(begin) : -2].split(b"}\n" + begin)
    return [] if b"\n" in b"".join(inner) else inner
