"""Phrases as a rule file says them: a text, or some said only where they are so."""

from __future__ import annotations

from allstatus.rules.condition import Clause
from allstatus.rules.phrases import Phrase, Place, read_says


def read(item: object, _: Place) -> Clause:
    return Clause("criterion", "when", criterion=str(item))


def at(place: Place) -> str:
    return ".".join(map(str, place))


def test_a_text_is_one_phrase_that_is_always_said() -> None:
    said = read_says({"plain": "A text."}, ("x",), read, at)
    assert said == {"plain": (Phrase("A text.", place="x.says.plain"),)}
    assert not said["plain"][0].criteria()


def test_a_phrase_names_the_criteria_it_depends_on() -> None:
    entry = ["Always.", {"say": "Sometimes.", "when": ["treated"], "near": "blasts"}]
    always, sometimes = read_says({"plain": entry}, (), read, at)["plain"]
    assert (always.text, always.when, always.near) == ("Always.", None, None)
    assert sometimes.criteria() == {"treated", "blasts"}
    assert sometimes.place == "says.plain.1"
