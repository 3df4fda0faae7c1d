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
from allstatus.teach.case_map import draw_case
from allstatus.teach.exercise_set import Sheet
from allstatus.teach.exercise_words import Worded
from allstatus.teach.strings import texts

MODEL_ID = 1_764_360_112  # drawn once for these fields; it never changes
FIELDS = ("Case", "Question", "Choices", "Answer", "Explanation", "Picture", "Source")
FRONT = "<div class=case>{{Case}}</div><p><b>{{Question}}</b></p>{{Choices}}"
BACK = (
    "{{FrontSide}}<hr id=answer><p><b>{{Answer}}</b></p>{{Explanation}}{{Picture}}<p "
    "class=source>{{Source}}</p>"
)
STYLE = """\
.card { font: 18px/1.45 system-ui, sans-serif; max-width: 34em; margin: 0 auto; \
text-align: left; }
table { border-collapse: collapse; } td { padding: .15em 1.2em .15em 0; vertical-align: top; }
img { width: 100%; }
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
    pictures: dict[str, str] = {}
    for exercise in sheet.exercises:
        named = [exercise.level, *(["edge"] if exercise.at_edge else []), exercise.answer]
        tags = [f"allstatus::{name}" for name in named]
        drawn = draw_case(sheet.classifier, exercise.record)
        file = drawn and f"allstatus-{hashlib.sha256(drawn.encode()).hexdigest()[:16]}.svg"
        if drawn and file:
            pictures[file] = drawn
        fields = _fields(sheet, exercise, file)
        deck.add_note(genanki.Note(model=model, fields=fields, guid=exercise.id, tags=tags))
    return _written(genanki.Package(deck), pictures)


def _fields(sheet: Sheet, exercise: Worded, picture: str | None) -> list[str]:
    rows = "".join(
        f"<tr><td>{html.escape(label)}</td><td><b>{html.escape(value)}</b></td></tr>"
        for label, value in exercise.case
    )
    why = "".join(f"<p>{html.escape(line)}</p>" for line in exercise.explanation)
    listed = "".join(f"<li>{html.escape(title)}</li>" for title in exercise.choices.values())
    said = texts(sheet.rules)
    question, source = said["exercise"]["question"], f"{exercise.read_from}. {sheet.source}"
    return [
        f"<table>{rows}</table>",
        html.escape(question),
        f"<ol>{listed}</ol>",
        html.escape(exercise.answer_title),
        why,
        f'<img src="{picture}" alt="{html.escape(said["page"]["map"])}">' if picture else "",
        html.escape(source),
    ]


def _deck_id(name: str) -> int:
    """A number that a rule set's decks keep, in the range Anki uses."""
    return (1 << 30) + int(hashlib.sha256(name.encode()).hexdigest()[:7], 16)


def _written(package: Any, pictures: dict[str, str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for name, drawn in pictures.items():
            (Path(folder) / name).write_text(drawn, "utf-8")
        package.media_files = [str(Path(folder) / name) for name in pictures]
        path = Path(folder) / "deck.apkg"
        package.write_to_file(path)
        return path.read_bytes()
