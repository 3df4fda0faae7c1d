"""A block of lines told at once, where all are of one type and written alike, as nearly all of an export is.

A line by itself costs Python more than reading it costs a program that is compiled; here each line takes three searches,
and what holds for every line of the block is asked once. Where the answer is not plain, the lines are told one by one.
"""

from __future__ import annotations

from typing import NamedTuple

from allstatus.bulk.exports.glance import Head


class Skimmed(NamedTuple):
    """Whom each line of a block is about, by name, and where the line ends."""

    names: list[bytes]
    ends: list[int]

    def line(self, text: bytes, place: int) -> bytes:
        """One of the lines of the block's text."""
        return text[self.ends[place - 1] + 1 if place else 0 : self.ends[place]]


def skim(text: bytes, head: Head) -> Skimmed | None:
    """Whom the lines of a block are about, told by their first subject; None where it may be another for one of them."""
    told = _names(text, b"," + head.id if head.type == "Patient" else head.subject + b"Patient/")
    if told is None or b'"contained"' in text or not _are_alike(text, head, len(told.names)):
        return None
    signs = b"".join(told.names)
    return None if any(sign in signs for sign in (b"/", b"\\", b"\n")) else told


def count_alike(text: bytes, head: Head) -> int:
    """How many lines a block has that all begin and end as a resource of this type does; 0 when one does not."""
    lines = text.count(b"\n")
    return lines if _are_alike(text, head, lines) else 0


def _are_alike(text: bytes, head: Head, lines: int) -> bool:
    """Between two lines stands the end of one resource and the beginning of another of the same type."""
    return text.startswith(head.begin) and text.endswith(b"}\n") and text.count(b"}\n" + head.begin) == lines - 1


def _names(text: bytes, mark: bytes) -> Skimmed | None:
    """What stands after the first mark in each line, up to a quote."""
    names, ends, find, width, begin, size = list[bytes](), list[int](), text.find, len(mark), 0, len(text)
    while begin < size:
        end = find(b"\n", begin)
        at = find(mark, begin, end)
        if at < 0:
            return None
        at += width
        names.append(text[at : find(b'"', at)])
        ends.append(end)
        begin = end + 1
    return Skimmed(names, ends)
