"""Exercises as Moodle's GIFT (docs.moodle.org, GIFT format): multiple choice, with feedback to
the case and to each wrong choice.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from allstatus.teach.exercise_set import Sheet
from allstatus.teach.exercise_words import Worded
from allstatus.teach.strings import texts

_SPECIAL = re.compile(r"([~=#{}:\\])")


def write_gift(sheet: Sheet) -> bytes:
    """One question an exercise, in a category that names the rule set and the seed; imports as
    HTML.
    """
    return "\n".join(_lines(sheet)).encode()


def _lines(sheet: Sheet) -> Iterator[str]:
    yield f"// {sheet.title}"
    yield f"// {sheet.source}"
    yield ""
    yield (
        f"$CATEGORY: "
        f"allstatus/{sheet.rules.id}/"
        f"{texts(sheet.rules)['exercise']['seed'].format(seed=sheet.seed)}"
    )
    for number, exercise in enumerate(sheet.exercises, 1):
        yield ""
        yield from _question(sheet, number, exercise)
    yield ""


def _question(sheet: Sheet, number: int, exercise: Worded) -> Iterator[str]:
    forms = texts(sheet.rules)["exercise"]
    case = "".join(
        f"<li>{_html(label)}: <b>{_html(value)}</b></li>" for label, value in exercise.case
    )
    title = f"{forms['case'].format(number=number)}, {forms[exercise.level]} ({exercise.id})"
    stem = f"<ul>{case}</ul><p>{_html(forms['question'])}</p>"
    yield f"::{_escape(title)}::[html]{_escape(stem)}{{"
    for name, text in exercise.choices.items():
        choice = _escape(_html(text))
        if name == exercise.answer:
            yield f"\t={choice}"
        else:
            yield f"\t~{choice}#{_escape(_html(exercise.why_not[name]))}"
    why = "".join(f"<p>{_html(line)}</p>" for line in [*exercise.explanation, exercise.read_from])
    yield f"\t####{_escape(why)}"
    yield "}"


def _html(text: str) -> str:
    return html.escape(text, quote=False)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
