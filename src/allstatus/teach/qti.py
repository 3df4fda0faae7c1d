"""Exercises as text2qti's Markdown, from which `text2qti FILE` makes QTI 1.2 for Canvas and
others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from allstatus.teach.exercise_set import Sheet
from allstatus.teach.exercise_words import Worded
from allstatus.teach.strings import texts

_SPECIAL = re.compile(r"([\\`*_{}\[\]#$])")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def write_qti(sheet: Sheet) -> bytes:
    """One multiple-choice question an exercise: its explanation as general feedback, and
    feedback to each wrong choice.
    """
    return "\n".join(_lines(sheet)).encode()


def _lines(sheet: Sheet) -> Iterator[str]:
    yield f"Quiz title: {_escape(sheet.title)}"
    yield f"Quiz description: {_escape(sheet.source)}"
    for number, exercise in enumerate(sheet.exercises, 1):
        yield ""
        yield from _question(sheet, number, exercise)
    yield ""


def _question(sheet: Sheet, number: int, exercise: Worded) -> Iterator[str]:
    forms = texts(sheet.rules)["exercise"]
    yield (
        f"Title: {_escape(forms['case'].format(number=number))}, {forms[exercise.level]} "
        f"({exercise.id})"
    )
    yield "Points: 1"
    yield f"1.  {_escape(forms['question'])}"
    yield ""
    for label, value in exercise.case:
        yield f"    * {_escape(label)}: **{_escape(value)}**"
    yield f"... {_escape(' '.join([*exercise.explanation, exercise.read_from]))}"
    for letter, (name, text) in zip("abcdefghijklmnop", exercise.choices.items(), strict=False):
        yield f"{'*' if name == exercise.answer else ''}{letter}) {_escape(text)}"
        if name != exercise.answer:
            yield f"... {_escape(exercise.why_not[name])}"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", re.sub(r"[&<>]", lambda sign: _ENTITY[sign[0]], text))
