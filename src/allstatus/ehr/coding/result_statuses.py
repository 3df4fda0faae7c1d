"""A result's status as systems write it, by `codes/result-statuses.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from allstatus.ehr.coding.comments import plain_words
from allstatus.record.code_files import read_yaml

WORD = 3  # signs of a word; what is shorter is a letter, or HL7's CA
LETTERS = {
    "final": "F",
    "amended": "C",
    "corrected": "C",
    "preliminary": "P",
    "registered": "I",
    "cancelled": "X",
    "entered-in-error": "W",
}


def result_status(sent: str, *, answered: bool) -> str:
    """A result's status as FHIR spells it, or else as sent; `answered`: it has a value."""
    said = _spelled(sent)
    found = _words().get(said) or ("" if answered else _unanswered().get(said))
    return found or sent


def status_letter(sent: str) -> str:
    """The same as a letter of HL7's table 0085, where it is sent as a word."""
    said = sent.upper()
    return said if len(said) < WORD else LETTERS.get(result_status(said, answered=True), said)


@cache
def _words() -> dict[str, str]:
    table = read_yaml("result-statuses")
    listed = {status: kind["words"] for status, kind in table["words"].items()}
    others = (table["letters"], table["in_other_languages"]["words"], listed)
    return dict(pair for words in others for pair in _by_word(words))


@cache
def _unanswered() -> dict[str, str]:
    return dict(_by_word(read_yaml("result-statuses")["letters_without_a_value"]))


def _by_word(words: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    for status, spelled in words.items():
        yield from ((_spelled(word), status) for word in spelled)


def _spelled(text: str) -> str:
    return " ".join(plain_words(text).split())
