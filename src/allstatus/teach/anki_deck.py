"""Exercises as an Anki deck (extra `teach`: genanki), with ids that stay, so that importing again
updates.
"""

from __future__ import annotations

import hashlib
import html
import tempfile
from pathlib import Path
from typing import Any

from allstatus.errors import MissingExtra
from allstatus.teach.exercise_set import Sheet
from allstatus.teach.exercise_words import Worded
from allstatus.teach.strings import texts

MODEL_ID = 1_764_201_501  # drawn once; it never changes
FIELDS = ("Case", "Question", "Answer", "Explanation", "Source")
FRONT = "<div class=case>{{Case}}</div><p><b>{{Question}}</b></p>"
BACK = (
    "{{FrontSide}}<hr id=answer><p><b>{{Answer}}</b></p>{{Explanation}}<p "
    "class=source>{{Source}}</p>"
)
STYLE = """\
.card { font: 18px/1.45 system-ui, sans-serif; max-width: 34em; margin: 0 auto; \
text-align: left; }
table { border-collapse: collapse; } td { padding: .15em 1.2em .15em 0; vertical-align: top; }
.source { font-size: .75em; opacity: .75; }"""


def write_apkg(sheet: Sheet) -> bytes:
    """One note an exercise; needs genanki, raises MissingExtra without it."""
    try:
        import genanki
    except ModuleNotFoundError:
        raise MissingExtra("genanki", "teach") from None
    templates = [{"name": "Case", "qfmt": FRONT, "afmt": BACK}]
    model = genanki.Model(
        MODEL_ID,
        "allstatus case",
        fields=[{"name": name} for name in FIELDS],
        templates=templates,
        css=STYLE,
    )
    deck = genanki.Deck(
        _deck_id(sheet.rules.id), f"allstatus: {sheet.rules.title}", html.escape(sheet.source)
    )
    for exercise in sheet.exercises:
        tags = [exercise.level, *(["edge"] if exercise.at_edge else []), exercise.answer]
        deck.add_note(
            genanki.Note(model=model, fields=_fields(sheet, exercise), guid=exercise.id, tags=tags)
        )
    return _written(genanki.Package(deck))


def _fields(sheet: Sheet, exercise: Worded) -> list[str]:
    rows = "".join(
        f"<tr><td>{html.escape(label)}</td><td><b>{html.escape(value)}</b></td></tr>"
        for label, value in exercise.case
    )
    why = "".join(f"<p>{html.escape(line)}</p>" for line in exercise.explanation)
    question, source = (
        texts(sheet.rules)["exercise"]["question"],
        f"{exercise.read_from}. {sheet.source}",
    )
    return [
        f"<table>{rows}</table>",
        html.escape(question),
        html.escape(exercise.answer_title),
        why,
        html.escape(source),
    ]


def _deck_id(name: str) -> int:
    """A number that a rule set's decks keep, in the range Anki uses."""
    return (1 << 30) + int(hashlib.sha256(name.encode()).hexdigest()[:7], 16)


def _written(package: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        package.write_to_file(path)
        return path.read_bytes()
